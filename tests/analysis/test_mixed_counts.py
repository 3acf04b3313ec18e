"""Counts over many values against rest points one by one, ties and folds included."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from coopgame import (
    GroupGame,
    ParameterError,
    PopulationGame,
    count_mixed_points,
    find_fold_curve,
    find_rest_points,
    threshold_public_good,
    volunteers_dilemma,
)


def one_by_one(game: GroupGame, values: dict[str, float]) -> tuple[int, int, bool, bool]:
    points = find_rest_points(game.substitute({n: Fraction(v) for n, v in values.items()}))
    inside = [p for p in points if p.kind == "interior"]
    ends = [points[label].attracting == "asymptotic" for label in ("E1", "E2")]
    return len(inside), sum(p.attracting == "asymptotic" for p in inside), ends[0], ends[1]


@pytest.mark.parametrize(
    ("size", "threshold", "shared"), [(5, 3, True), (5, 3, False), (20, 3, False), (12, 9, True), (4, 1, False)]
)
def test_counts_are_those_of_the_rest_points(size: int, threshold: int, shared: bool) -> None:
    game = threshold_public_good(size, threshold, fee_shared=shared)
    rng = np.random.default_rng(size)
    count = 150
    values = {"b": np.ones(count), "K": rng.uniform(0.05, 0.6 * size, count), "fee": rng.uniform(0, 1, count)}
    values["f0"] = 10 ** rng.uniform(-3, 0, count)
    found = count_mixed_points(game, values)
    for i in range(count):
        expected = one_by_one(game, {n: float(v[i]) for n, v in values.items()})
        assert (found.total[i], found.stable[i], found.nobody[i], found.everybody[i]) == expected


def test_places_on_and_beside_the_fold() -> None:
    """Where two points have just met, floats cannot decide: exact arithmetic does."""
    game = threshold_public_good(7, 4)
    curve = find_fold_curve(game, ("K", "f0"), {"b": 1, "fee": 0})
    place = curve.at("1/2")
    steps = np.array([-1e-9, -1e-14, 1e-14, 1e-9])
    found = count_mixed_points(game, {"b": 1, "fee": 0, "f0": place["f0"], "K": float(place["K"]) + steps})
    assert found.total[[0, 3]].tolist() == [2, 0] and found.exact >= 2
    for i, step in enumerate(steps):
        values = {"b": 1, "fee": 0, "f0": place["f0"], "K": Fraction(float(place["K"]) + step)}
        inside = [p for p in find_rest_points(game, values) if p.kind == "interior"]
        assert found.total[i] == len(inside)
    exactly = count_mixed_points(game, {"b": 1, "fee": 0, **place})
    assert int(exactly.total) == 1 and int(exactly.stable) == 0 and exactly.exact == 1


def test_ties_are_exact_for_plain_values() -> None:
    """K = 5 fee with decimal values: the end has no eigenvalue, and is still stable."""
    found = count_mixed_points(threshold_public_good(5, 3), {"b": 1, "K": 2, "fee": "0.4", "f0": "0.1"})
    assert (int(found.total), bool(found.everybody), found.exact) == (1, True, 1)


def test_roots_at_the_middle_and_symmetric_ones() -> None:
    """Halving meets roots at 1/2 and 1/4: D = (x - 1/4)(x - 1/2)(x - a)."""
    game = PopulationGame.from_advantages({"x": "-(x - 1/4)*(x - 1/2)*(x - a)"})
    found = count_mixed_points(game, {"a": np.array([0.75, 0.5, 0.25, 1.5, 0.0])})
    assert found.total.tolist() == [3, 2, 2, 2, 2]
    assert found.stable.tolist() == [2, 1, 1, 1, 1]


def test_all_states_at_rest_and_shapes() -> None:
    game = GroupGame({"A": ["a", "a", "a*c"], "B": [0, 0, 0]}, 3)
    found = count_mixed_points(game, {"a": np.array([[0.0], [1.0]]), "c": np.array([1.0, -1.0, 0.0])})
    assert found.total.tolist() == [[-1, -1, -1], [0, 1, 0]]
    assert found.nobody.tolist() == [[False] * 3] * 2
    assert "6 places" in str(found)
    assert count_mixed_points(volunteers_dilemma(4), {"b": 2, "c": 1}).total.shape == ()


def test_what_is_refused() -> None:
    game = volunteers_dilemma(3)
    with pytest.raises(ParameterError, match="not all finite"):
        count_mixed_points(game, {"b": np.array([1.0, np.nan]), "c": 1})
    with pytest.raises(ParameterError, match="no value for c"):
        count_mixed_points(game, {"b": 1})
    with pytest.raises(ParameterError, match="divides by zero"):
        count_mixed_points(GroupGame({"A": "1/a", "B": 0}, 3), {"a": np.array([0.0])})
