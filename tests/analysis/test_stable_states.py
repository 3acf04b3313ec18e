"""All ESS of a game: beside a test of every rest point, a family with a known number, conditions beside numbers."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from coopgame import MatrixGame, NormalFormGame, find_ess, find_rest_points, is_ess
from coopgame.errors import UnsupportedError


def test_every_rest_point_is_tried_with_the_definition() -> None:
    """Entries from -2 to 2 tie often; an ESS is isolated among rest points, so it is in their list."""
    rng = random.Random(3)
    count = 0
    for _ in range(200):
        size = rng.randint(3, 5)
        game = MatrixGame([[rng.randint(-2, 2) for _ in range(size)] for _ in range(size)])
        found = {tuple(state.shares.values()) for state in find_ess(game)}
        wanted = {tuple(p.coordinates.values()) for p in find_rest_points(game)}
        assert found == {shares for shares in wanted if is_ess(game, list(shares))}
        count += len(found)
    assert count > 150


@pytest.mark.parametrize("groups", [1, 2, 3, 4])
def test_graphs_with_many_cliques_have_as_many_ess(groups: int) -> None:
    """Vickers and Cannings (1988): ESS of a clique game are the maximal cliques; Moon and Moser (1965): 3^(n/3) of them."""
    size = 3 * groups
    payoffs = [[Fraction(1, 2) if i == j else int(i // 3 != j // 3) for j in range(size)] for i in range(size)]
    found = find_ess(MatrixGame(payoffs))
    assert len(found) == 3**groups
    assert all(len(state.support) == groups for state in found)


@pytest.mark.parametrize("size", [3, 4, 5])
def test_conditions_agree_with_numbers(size: int) -> None:
    rng = random.Random(size)
    game = MatrixGame([["0" if i == j else f"b{i}{j}" for j in range(size)] for i in range(size)])
    formulas = find_ess(game)
    assert len(formulas) == 2**size - 1
    compared = 0
    for _ in range(25):
        values = {name: Fraction(rng.choice([-1, 1]) * rng.randint(1, 99), 7) for name in game.ring.names}
        numbers = find_ess(game, values)
        assert {s.support for s in formulas if s.condition.holds(values)} == {s.support for s in numbers}
        compared += len(numbers)
    assert compared > 20


def test_the_mixture_of_hawks_and_doves() -> None:
    game = MatrixGame([["(V - C)/2", "V"], [0, "V/2"]], ["hawk", "dove"], assumptions=["C > 0", "V > 0"])
    states = find_ess(game)
    assert [(s.support, s.condition.text()) for s in states] == [
        (("hawk",), "C < V"),
        (("hawk", "dove"), "C > V"),
    ]
    # at C = V hawks earn no less than doves against hawks, and more against doves
    assert [s.support for s in find_ess(game, {"C": 2, "V": 2})] == [("hawk",)]
    assert "Maynard Smith and Price" in str(states) and "hawk" in states._repr_html_()


def test_games_without_an_ess_and_games_that_have_none_by_definition() -> None:
    assert str(find_ess(MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]))).startswith("no ESS")
    assert len(find_ess(MatrixGame([[1, 1], [1, 1]]))) == 0
    assert len(find_ess(MatrixGame([[7]], ["only"]))) == 1
    with pytest.raises(UnsupportedError, match="one population"):
        find_ess(NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]]))
    six = MatrixGame([[f"a{i}{j}" for j in range(6)] for i in range(6)])
    with pytest.raises(UnsupportedError, match="give values"):
        find_ess(six)
