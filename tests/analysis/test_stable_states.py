"""All ESS of a game: beside a test of every rest point, a family with a known number, conditions beside numbers."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    Population,
    PopulationGame,
    StableStates,
    find_ess,
    find_rest_points,
    is_ess,
)
from coopgame.errors import GameError, ParameterError, UnsupportedError


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


def test_games_without_an_ess_and_kinds_that_have_none_by_definition() -> None:
    assert str(find_ess(MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]))).startswith("no ESS")
    assert len(find_ess(MatrixGame([[1, 1], [1, 1]]))) == 0
    assert len(find_ess(MatrixGame([[7]], ["only"]))) == 1
    six = MatrixGame([[f"a{i}{j}" for j in range(6)] for i in range(6)])
    with pytest.raises(UnsupportedError, match="give values"):
        find_ess(six)
    with pytest.raises(UnsupportedError, match="find_rest_points"):
        find_ess(PopulationGame({"p": {"a": "2*x", "b": "1 - x"}}, [Population("p", ("a", "b"), "x")]))
    with pytest.raises(UnsupportedError, match="depends on the share x"):
        find_ess(MatrixGame([["x", 1], [1, 0]], symbol="x"), {})


def test_tables_that_are_no_game_are_refused() -> None:
    with pytest.raises(GameError, match="square table"):
        MatrixGame([[1, 2, 3], [4, 5, 6]])
    with pytest.raises(GameError, match="square table"):
        MatrixGame([[1, 2], [3]])
    with pytest.raises(GameError, match="finite number"):
        MatrixGame([[float("nan"), 1], [2, 3]])
    with pytest.raises(ParameterError, match="finite number"):
        find_ess(MatrixGame([["a", 1], [2, 3]]), {"a": float("inf")})
    with pytest.raises(ParameterError, match="no value for a"):
        find_ess(MatrixGame([["a", 1], [2, 3]]), {})


@settings(max_examples=40)
@given(st.integers(2, 5), st.data())
def test_conditions_hold_where_the_search_at_values_finds_the_state(size: int, data: st.DataObject) -> None:
    """Payoffs between -3 and 3, with shares and payoffs compared; where the search finds a tie, the conditions say nothing."""
    values = {
        f"b{i}{j}": Fraction(data.draw(st.integers(-9, 9)), 3) for i in range(size) for j in range(size) if i != j
    }
    if size not in GENERAL:
        GENERAL[size] = find_ess(
            MatrixGame([["0" if i == j else f"b{i}{j}" for j in range(size)] for i in range(size)])
        )
    numbers = find_ess(GENERAL[size].game, values)
    exact = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
    by_support = {state.support: state for state in numbers}
    for state in GENERAL[size]:
        known = by_support.get(state.support)
        if state.condition.holds(values):
            assert known is not None and known.regular and state.regular
            assert known.strict == state.strict
            assert {n: s.xreplace(exact) for n, s in state.shares.items()} == known.shares
            assert state.payoffs[0].xreplace(exact) == known.payoffs[0]
        else:
            assert known is None or not known.regular


GENERAL: dict[int, StableStates] = {}


def test_what_a_state_says() -> None:
    """A tie with an absent strategy: b earns as much as a against a, and less against itself, so a is an ESS that is not regular."""
    game = MatrixGame([[1, 1, 0], [1, 0, 0], [0, 0, 2]], ["a", "b", "c"])
    tied, strict = find_ess(game)
    assert (tied.support, tied.replies, tied.strict, tied.regular) == (("a",), ("a", "b"), False, False)
    assert (strict.support, strict.replies, strict.strict, strict.regular) == (("c",), ("c",), True, True)
    assert [s.payoffs for s in (tied, strict)] == [(1,), (2,)]
    found = find_ess(game)
    assert found.known == "exact" and found.visited >= 3 and "3 supports" not in str(found)
    assert "negative definite" in found.because and "tied with absent strategies" in found._repr_html_()
    table = found.to_dataframe()
    assert table.to_dict("list") == {
        "support": ["a", "c"],
        "a": [1.0, 0.0],
        "b": [0.0, 0.0],
        "c": [0.0, 1.0],
        "payoff": [1.0, 2.0],
        "strict": [False, True],
        "regular": [False, True],
    }
    assert tied.invasion_barrier.lower == Fraction(1, 3)


def test_long_lists_are_cut_on_the_screen_and_whole_in_the_table() -> None:
    payoffs = [[Fraction(1, 2) if i == j else int(i // 3 != j // 3) for j in range(15)] for i in range(15)]
    found = find_ess(MatrixGame(payoffs))
    assert len(found) == len(found.to_dataframe()) == 243
    assert str(found).count("\n") == 101 and "... and 143 more" in str(found) and "243 found" in found._repr_html_()


def test_between_populations_the_strict_equilibria_are_stable() -> None:
    """Selten (1980): no mixed state of an asymmetric contest is evolutionarily stable; beside all pure equilibria and asymptotic stability."""
    rng = random.Random(4)
    count = 0
    for _ in range(40):
        sizes = rng.choice([(2, 2), (2, 3), (2, 2, 2)])
        profiles = list(product(*(range(n) for n in sizes)))
        table = {tuple(map(str, p)): [rng.randint(0, 3) for _ in sizes] for p in profiles}
        game = NormalFormGame(table, {f"q{k}": [str(i) for i in range(n)] for k, n in enumerate(sizes)})
        found = find_ess(game)
        strict = {
            p for p in table if all(_loses(table, p, k, s) for k, n in enumerate(sizes) for s in map(str, range(n)))
        }
        assert {state.profile for state in found} == strict
        attracting = {p.profile for p in find_rest_points(game) if p.attracting == "asymptotic"}
        assert {p for p in attracting if p is not None} >= strict
        count += len(found)
        for state in found:
            assert state.strict and state.regular and [int(u) for u in state.payoffs] == table[state.profile or ()]
    assert count > 20


def _loses(table: dict[tuple[str, ...], list[int]], profile: tuple[str, ...], player: int, other: str) -> bool:
    changed = (*profile[:player], other, *profile[player + 1 :])
    return changed == profile or table[changed][player] < table[profile][player]


def test_conditions_between_populations() -> None:
    """Inspection: no pure state is stable where the fine exceeds the gain, (inspect, comply) never while inspecting costs."""
    inspection = NormalFormGame.from_bimatrix(
        [["F - c", "-c"], [0, 0]],
        [["g - F", 0], ["g", 0]],
        {"inspector": ["inspect", "rest"], "firm": ["cheat", "comply"]},
        assumptions=["c > 0", "g > 0", "F > c"],
    )
    found = find_ess(inspection)
    assert [(s.profile, s.condition.text()) for s in found] == [(("inspect", "cheat"), "F < g")]
    assert found[0].text() == "inspect, cheat if F < g" and "Selten 1980" in str(found)
    assert found[0].shares == {"inspector.inspect": 1, "inspector.rest": 0, "firm.cheat": 1, "firm.comply": 0}
    assert len(find_ess(inspection, {"F": 3, "c": 1, "g": 2})) == 0
    (there,) = find_ess(inspection, {"F": 3, "c": 1, "g": 4})
    assert there.profile == ("inspect", "cheat") and there.payoffs == (2, 1)
    table = found.to_dataframe()
    assert list(table.columns)[-5:] == ["payoff of inspector", "payoff of firm", "strict", "regular", "condition"]
    assert table["condition"].tolist() == ["F < g"] and table["payoff of firm"].tolist() == ["g - F"]
    many = NormalFormGame.from_bimatrix([["a"] * 11] * 10, [["b"] * 11] * 10)
    with pytest.raises(UnsupportedError, match="up to 100 profiles"):
        find_ess(many)
    assert len(find_ess(many, {"a": 0, "b": 0})) == 0
    with pytest.raises(UnsupportedError, match="depends on the share"):
        find_ess(
            NormalFormGame.from_bimatrix(
                [["x", 0], [0, 1]], [[1, 0], [0, 1]], [Population("p", ("a", "b"), "x"), Population("q", ("a", "b"))]
            )
        )
