"""States and fields with quantities from 0 on: reading, refusing, rates and Jacobians."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from coopgame import (
    Environment,
    MatrixGame,
    RateModel,
    StateError,
    as_state,
    logit,
    mean_dynamic,
    replicator,
    share_names,
    smith,
)
from coopgame.dynamics.state import as_exact_state

PAIR = RateModel({"N1": "N1*(1 - N1 + s*N2)", "N2": "2 - N1*N2"}, parameters={"s": {}})
HARVEST = MatrixGame(
    [["1", "1"], ["n/2", "n/2"]],
    strategies=["spare", "harvest"],
    population="users",
    symbol="x",
    environment=[Environment("n", "n*(1 - n/K) - h*(1 - x)*n", between=(0, math.inf))],
)


def test_states_hold_a_quantity_once() -> None:
    assert share_names(PAIR) == ("N1", "N2")
    assert as_state(PAIR, {"N1": 3, "N2": 0}).tolist() == [3, 0]
    assert as_state(PAIR, [1e12, 1e-12]).tolist() == [1e12, 1e-12]
    assert as_state(PAIR, np.ones((4, 2))).shape == (4, 2)
    assert as_exact_state(PAIR, {"N1": Fraction(7, 2), "N2": 5}) == (Fraction(7, 2), Fraction(5))
    assert share_names(HARVEST) == ("users.spare", "users.harvest", "n")
    assert as_state(HARVEST, {"x": 0.25, "n": 30}).tolist() == [0.25, 0.75, 30]
    assert as_state(HARVEST, [[0.5, 0.5], [8]]).tolist() == [0.5, 0.5, 8]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"N1": -1, "N2": 1}, "N1 = -1; a quantity is a finite number from 0 on"),
        ({"N1": 1, "N2": math.inf}, "N2 = inf; a quantity is a finite number"),
        ({"N1": math.nan, "N2": 1}, "N1 = nan; a quantity"),
        ({"N1": "many", "N2": 1}, "N1 = 'many' is not a number; give a finite number from 0 on"),
        ({"N1": 10**400, "N2": 1}, "N1"),
        ({"N1": 1}, "no quantity; give N2"),
        ({"N1": 1, "N2": 1, "n1": 1}, "unknown quantity 'n1'"),
        ({"N1": 1, "N2": 1, "zzz": 1}, "the quantities are N1, N2"),
        ([1, -2], "N2 = -2; a quantity"),
        ([1, 2, 3], "2 quantities"),
    ],
)
def test_bad_states_are_refused_by_name(state: Any, words: str) -> None:
    with pytest.raises(StateError, match=words):
        as_state(PAIR, state)


def test_shares_keep_their_own_range_beside_a_quantity() -> None:
    with pytest.raises(StateError, match="x = 2; a share lies between 0 and 1"):
        as_state(HARVEST, {"x": 2, "n": 2})
    with pytest.raises(StateError, match="no environment; give n"):
        as_state(HARVEST, {"x": 0.5})


def test_rates_are_those_written_down() -> None:
    field = replicator(PAIR)
    assert field.name == "the model's own rates" == mean_dynamic(PAIR, smith()).name
    assert field.relative == (True, False)
    assert field({"N1": 3, "N2": 4}, {"s": 0.5}) == pytest.approx([3 * (1 - 3 + 2), 2 - 12])
    assert field.equations() == {"N1": "N1*(N2*s + 1 - N1)", "N2": "2 - N1*N2"}
    many = field(np.array([[3.0, 4.0], [0.0, 1.0]]), {"s": 0.5})
    assert many == pytest.approx(np.array([[0, -10], [0, 2]]))


def test_the_rates_of_a_harvested_stock() -> None:
    """Sparing earns 1 and harvesting n/2, so dx/dt = x(1 - x)(1 - n/2); at x = 1/4, n = 3, h = 0.9, K = 4 by hand."""
    values = {"h": "0.9", "K": 4}
    found = replicator(HARVEST)({"x": 0.25, "n": 3}, values)
    change = 0.25 * 0.75 * (1 - 1.5)
    assert found == pytest.approx([change, -change, 3 * (1 - 0.75) - 0.9 * 0.75 * 3])


@pytest.mark.parametrize(
    ("field", "state", "values"),
    [
        (replicator(PAIR), {"N1": 3.0, "N2": 4.0}, {"s": 0.5}),
        (replicator(PAIR), {"N1": 1e6, "N2": 1e-3}, {"s": 2}),
        (replicator(HARVEST), {"x": 0.3, "n": 5.0}, {"h": "0.9", "K": 4}),
        (mean_dynamic(HARVEST, logit(1)), {"x": 0.3, "n": 5.0}, {"h": "0.9", "K": 4}),
    ],
)
def test_jacobians_beside_finite_differences(field: Any, state: dict[str, float], values: dict[str, Any]) -> None:
    found = field.jacobian(state, values)
    columns = [field.game.parts[k].start for k in range(2)]
    for k, (name, value) in enumerate(state.items()):
        step = 1e-6 * max(1.0, abs(value))
        sides = [field({**state, name: value + s * step}, values)[columns] for s in (1, -1)]
        assert found[:, k] == pytest.approx((sides[0] - sides[1]) / (2 * step), rel=1e-6, abs=1e-7)
    shares = as_state(field.game, state)[None, :]
    assert field.jacobians(shares, field.numbers(values))[0] == pytest.approx(found)
