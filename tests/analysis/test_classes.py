"""Potential, stable and supermodular games against gradients, quadratic forms and known examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, classify_game, integrate, read_game
from coopgame.algebra.conditions import FALSE, TRUE

GAMES = Path(__file__).parents[1] / "reference" / "games"
entries = st.integers(-3, 3)


@given(st.lists(entries, min_size=9, max_size=9))
@settings(max_examples=60)
def test_stability_is_a_quadratic_form(numbers: list[int]) -> None:
    """Against numpy: strictly stable iff z'Az < 0 for z that sum to 0; null stable iff it vanishes."""
    a = np.reshape(numbers, (3, 3)).astype(float)
    found = classify_game(MatrixGame(a))
    basis = np.array([[1, 0, -1], [0, 1, -1]]).T
    form = np.linalg.eigvalsh(basis.T @ (a + a.T) @ basis)
    assert (found.strictly_stable == TRUE) == bool((form < -1e-9).all())
    assert (found.null_stable == TRUE) == bool(np.abs(form).max() < 1e-9)


@given(st.lists(entries, min_size=6, max_size=6), st.lists(entries, min_size=3, max_size=3))
@settings(max_examples=40)
def test_the_potential_of_a_matrix_game(upper: list[int], columns: list[int]) -> None:
    """A symmetric matrix plus a constant in each column: derivatives of the potential are payoff differences; it rises."""
    s = np.zeros((3, 3))
    s[np.triu_indices(3)] = upper
    a = s + np.triu(s, 1).T + np.array(columns)
    game = MatrixGame(a)
    found = classify_game(game)
    assert found.potential == TRUE and found.potential_function is not None
    shares = [sympy.Symbol(name) for name in game.coordinates]
    last = {shares[2]: 1 - shares[0] - shares[1]}
    for i in (0, 1):
        difference = (game.expected_payoff(0, i) - game.expected_payoff(0, 2)).xreplace(last)
        assert sympy.expand(sympy.diff(found.potential_function, shares[i]) - difference) == 0
    path = integrate(game, [0.3, 0.3, 0.4], t_end=5)
    height = sympy.lambdify(shares[:2], found.potential_function)(path.shares[:, 0], path.shares[:, 1])
    assert (np.diff(np.broadcast_to(height, path.times.shape)) > -1e-9).all()


@given(st.lists(entries, min_size=8, max_size=8), st.lists(entries, min_size=12, max_size=12))
@settings(max_examples=40)
def test_the_potential_of_three_players(potential: list[int], own: list[int]) -> None:
    """Payoffs = common function + what the others do: an exact potential game; any other cross effect breaks it."""
    common = np.reshape(potential, (2, 2, 2))
    dummy = np.reshape(own, (3, 2, 2))
    payoffs = [common + np.expand_dims(dummy[p], p) for p in range(3)]
    game = NormalFormGame(payoffs)
    found = classify_game(game)
    assert found.potential == TRUE
    for i, name in enumerate(game.coordinates):
        slope = sympy.diff(found.potential_function, sympy.Symbol(name))
        assert sympy.expand(slope - game.advantage(i)) == 0
    broken = [p.copy() for p in payoffs]
    broken[0][0, 0, 0] += 1
    assert classify_game(NormalFormGame(broken)).potential == FALSE


def test_known_games() -> None:
    hawks = classify_game(MatrixGame([["(V - C)/2", "V"], ["0", "V/2"]], assumptions=["C > 0"]))
    assert (hawks.potential, hawks.strictly_stable, hawks.supermodular) == (TRUE, TRUE, FALSE)
    rps = classify_game(
        MatrixGame([["0", "-a", "b"], ["b", "0", "-a"], ["-a", "b", "0"]], assumptions=["a > 0", "b > 0"])
    )
    assert rps.potential == FALSE and rps.null_stable.text() == "a = b"
    for a, b, stable in ((1, 2, True), (2, 1, False)):
        assert rps.strictly_stable.holds({"a": a, "b": b}) == stable
    pennies = classify_game(NormalFormGame([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]))
    assert (pennies.null_stable, pennies.potential) == (TRUE, FALSE)
    assert "never" in str(pennies) and "conserved" in str(pennies)


def test_group_buying_is_supermodular_where_synergies_are_positive() -> None:
    found = classify_game(read_game(GAMES / "F1-06a.toml"))
    assert found.supermodular.holds({"T1": 10, "T2": 20, "T3": 10})
    assert not found.supermodular.holds({"T1": 10, "T2": -20, "T3": 10})
    assert found.potential.holds({"T1": 3, "T2": 3, "T3": 3})


def test_supermodularity_up_to_the_order_of_strategies() -> None:
    """Chicken between two populations: turned round for one of them it is a coordination game."""
    chicken = [[[0, 3], [1, 2]], [[0, 1], [3, 2]]]
    assert classify_game(NormalFormGame(chicken)).supermodular == TRUE
    path = integrate(NormalFormGame(chicken), [0.4, 0.6, 0.5, 0.5], t_end=60)
    assert path.outcome.kind == "converged"


@pytest.mark.parametrize("size", [2, 3, 4])
def test_strict_stability_in_higher_dimension(size: int) -> None:
    rng = np.random.default_rng(size)
    for _ in range(10):
        a = rng.integers(-4, 3, (size, size)) - 3 * np.eye(size, dtype=int)
        basis = np.vstack([np.eye(size - 1), -np.ones(size - 1)])
        negative = bool((np.linalg.eigvalsh(basis.T @ (a + a.T) @ basis) < -1e-9).all())
        assert (classify_game(MatrixGame(a)).strictly_stable == TRUE) == negative
