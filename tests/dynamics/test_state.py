"""States are read in every form that is offered; what is no state is named."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from coopgame import MatrixGame, NormalFormGame, StateError, as_state, share_names
from coopgame.dynamics.state import as_exact_state

PENNIES = NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[0, 1], [1, 0]], {"left": ["h", "t"], "right": ["h", "t"]})
THREE = MatrixGame([[0, 1, 2], [2, 0, 1], [1, 2, 0]], ["r", "p", "s"])
MIXED = NormalFormGame([np.zeros((2, 3), dtype=int).tolist()] * 2, {"a": ["1", "2"], "b": ["r", "p", "s"]})


def test_the_order_of_shares() -> None:
    assert share_names(MIXED) == ("a.1", "a.2", "b.r", "b.p", "b.s")


@pytest.mark.parametrize(
    "state",
    [
        {"x": 0.25, "y": 0.5},
        {"left.h": 0.25, "left.t": 0.75, "right": [0.5, 0.5]},
        [0.25, 0.75, 0.5, 0.5],
        [[0.25, 0.75], [0.5, 0.5]],
        (np.array([0.25, 0.75]), np.array([0.5, 0.5])),
    ],
)
def test_one_state_in_many_forms(state: Any) -> None:
    np.testing.assert_array_equal(as_state(PENNIES, state), [0.25, 0.75, 0.5, 0.5])


def test_strategies_alone_name_shares_where_one_population_has_them() -> None:
    np.testing.assert_array_equal(as_state(THREE, {"r": "1/4", "s": Fraction(3, 4)}), [0.25, 0, 0.75])
    np.testing.assert_array_equal(as_state(MIXED, {"x": 0.5, "r": 1}), [0.5, 0.5, 1, 0, 0])
    assert as_exact_state(THREE, {"p": "1/3", "s": Fraction(2, 3)}) == (0, Fraction(1, 3), Fraction(2, 3))
    # the symbol of a population is the share of its first strategy, whatever strategies are called
    odd = MatrixGame([[1, 0], [0, 1]], ["y", "x"], symbol="x")
    np.testing.assert_array_equal(as_state(odd, {"x": 0.25}), [0.25, 0.75])


def test_batches_keep_their_leading_axes() -> None:
    x = np.linspace(0, 1, 5)
    assert as_state(PENNIES, {"x": x, "y": np.full(5, 0.5)}).shape == (5, 4)
    assert as_state(THREE, np.full((2, 7, 3), 1 / 3)).shape == (2, 7, 3)


def test_rounding_is_taken_out() -> None:
    shares = as_state(THREE, [0.1, 0.2, 0.7 + 1e-12])
    assert abs(shares.sum() - 1) < 1e-15


@pytest.mark.parametrize(
    ("game", "state", "words"),
    [
        (PENNIES, {"x": 1.5, "y": 0.5}, r"x = 1\.5; a share lies between 0 and 1"),
        (PENNIES, {"x": float("nan"), "y": 0.5}, "x = nan; a share lies"),
        (PENNIES, {"x": "half", "y": 0.5}, "x = 'half' is not a number"),
        (PENNIES, {"x": 0.5}, "no shares for population 'right'; give y"),
        (PENNIES, {"x": 0.5, "y": 0.5, "z": 1}, "unknown share 'z'"),
        (PENNIES, {"x": 0.5, "right.t": 0.5}, r"'right' must sum to 1, got 0\.5"),
        (THREE, [0.5, 0.6, 0.1], r"'population' must sum to 1, got 1\.2; divide by the sum first"),
        (THREE, [0.5, -0.1, 0.6], r"population\.p = -0\.1; a share lies"),
        (THREE, [np.inf, 0, 0], r"population\.r = inf"),
        (THREE, [0.5, 0.5], "has 3 shares"),
        (THREE, "rps", "is not a state|has 3 shares"),
        (MIXED, {"x": 0.5, "b": [0.5, 0.5]}, "'b' has 3 shares|has 5 shares|got shape|population 'b'"),
        (MIXED, {"x": 0.5, "b.q": 1}, "unknown share 'b.q'"),
        (PENNIES, {"h": 0.5}, r"'h' is a strategy of several populations; write left\.h or right\.h"),
        (THREE, {"r": 1, "population.r": 1}, r"population\.r is given twice"),
    ],
)
def test_what_is_no_state_is_named(game: Any, state: Any, words: str) -> None:
    with pytest.raises(StateError, match=words):
        as_state(game, state)
