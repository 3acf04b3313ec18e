"""Conserved quantities against the chain rule, along trajectories, and against published ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    UnsupportedError,
    find_conserved_quantities,
    integrate,
    read_game,
)

GAMES = Path(__file__).parents[1] / "reference" / "games"
entries = st.integers(-3, 3)


def test_the_inspection_game() -> None:
    """By hand: c ln y + (F - c) ln(1 - y) + g ln x + (F - g) ln(1 - x), up to sign."""
    (found,) = find_conserved_quantities(read_game(GAMES / "F1-14a.toml"))
    fine, cost, gain = sympy.symbols("F c g")
    expected = {
        "inspector.inspect": gain,
        "inspector.rest": fine - gain,
        "platform.cheat": cost,
        "platform.comply": fine - cost,
    }
    ratios = {sympy.cancel(found.exponents[name] / value) for name, value in expected.items()}
    assert len(ratios) == 1 and found.rate == 0


@given(st.lists(entries, min_size=8, max_size=8))
@settings(max_examples=30)
def test_every_bimatrix_game_has_the_classical_integral(numbers: list[int]) -> None:
    """2 x 2: with advantages A0, A1 of the row and B0, B1 of the column player, A0 ln y - A1 ln(1 - y) - B0 ln x + B1 ln(1 - x)."""
    game = NormalFormGame([np.reshape(numbers[:4], (2, 2)), np.reshape(numbers[4:], (2, 2))])
    a, b = np.reshape(numbers[:4], (2, 2)), np.reshape(numbers[4:], (2, 2))
    a0, a1 = a[0, 1] - a[1, 1], a[0, 0] - a[1, 0]
    b0, b1 = b[1, 0] - b[1, 1], b[0, 0] - b[0, 1]
    found = [q for q in find_conserved_quantities(game) if q.rate == 0]
    names = ["player1.1", "player1.2", "player2.1", "player2.2"]
    classical = sympy.Matrix([[-b0, b1, a0, -a1]])
    rows = [[q.exponents.get(name, 0) for name in names] for q in found]
    both = sympy.Matrix([*rows, *classical.tolist()])
    assert both.rank() == len(found)  # the classical one is a combination of those found
    path = integrate(game, [0.3, 0.7, 0.6, 0.4], t_end=20)
    for quantity in find_conserved_quantities(game):
        expected = quantity.value([0.3, 0.7, 0.6, 0.4]) + float(quantity.rate) * path.times
        assert (
            np.abs(
                sum(float(a) * path.log_shares[:, names.index(n)] for n, a in quantity.exponents.items()) - expected
            ).max()
            < 1e-6
        )


def test_zero_sum_rock_paper_scissors_keeps_the_product() -> None:
    game = MatrixGame([["0", "-a", "a"], ["a", "0", "-a"], ["-a", "a", "0"]])
    (found,) = find_conserved_quantities(game)
    assert set(found.exponents.values()) == {1} and found.rate == 0
    assert find_conserved_quantities(MatrixGame([["0", "-a", "b"], ["b", "0", "-a"], ["-a", "b", "0"]])) == ()


def test_a_twin_dies_out_at_a_constant_rate() -> None:
    """Hofbauer and Sandholm (2011): the fourth strategy earns d less than the third, so x4/x3 falls like exp(-d t)."""
    game = read_game(GAMES / "F2-13a.toml")
    (found,) = find_conserved_quantities(game)
    assert str(found.rate) == "d" and set(found.exponents.values()) == {1, -1}


def test_the_four_party_case() -> None:
    """F1-05a at its mixed values: logit(y) - 2 logit(r) is conserved."""
    values = {
        "P1": 2,
        "P2": 1,
        "P3": 2,
        "F3": 1,
        "DC1": 3,
        "DC4": 2,
        "V": 1,
        "S": 2,
        "F1": 4,
        "DC2": 6,
        "DC3": 1,
        "L": 1,
        "K": 1,
        "E": 2,
        "D": 1,
    }
    found = find_conserved_quantities(read_game(GAMES / "F1-05a.toml").substitute(values))
    steady = [q for q in found if q.rate == 0]
    assert [sorted(q.exponents.values()) for q in steady] == [[-2, -1, 1, 2]]
    assert len(found) == 2 and found[1].rate != 0


def test_payoffs_that_are_no_polynomials_are_refused() -> None:
    game = PopulationGame.from_advantages({"x": "1/(1 + y)", "y": "x"})
    with pytest.raises(UnsupportedError, match="no polynomial of the state"):
        find_conserved_quantities(game)
