"""Points around a known one: admissible all of them, on all sides, and the same for the same seed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from coopgame.algebra.assumptions import Assumptions
from coopgame.algebra.nearby import neighbours, walk_from
from coopgame.algebra.polynomials import Ring
from coopgame.expressions import parse_condition

START = {"a": Fraction(1, 2), "b": Fraction(1, 4), "c": Fraction(3)}


def assumptions(*texts: str) -> Assumptions:
    return Assumptions(Ring(["a", "b", "c"]), [part for text in texts for part in parse_condition(text)])


NARROW = assumptions("a > b", "b > 0", "a + b < 1", "c*a > 1", "c < 100")


def inside(rows: np.ndarray) -> list[bool]:
    """The assumptions of NARROW, written out."""
    return [a > b > 0 and a + b < 1 and c * a > 1 and c < 100 for a, b, c in rows.tolist()]


@pytest.mark.parametrize("seed", range(5))
def test_neighbours_are_admissible_and_begin_with_the_point(seed: int) -> None:
    rows = neighbours(NARROW, START, np.random.default_rng(seed))
    assert len(rows) > 50 and all(inside(rows))
    assert rows[0].tolist() == [0.5, 0.25, 3.0]
    assert np.array_equal(rows, np.round(rows, 6))
    assert all(NARROW.contains(NARROW.exact_point(row)) for row in rows)


def test_neighbours_lie_on_all_sides_from_near_to_far() -> None:
    """Where everything is admissible every axis is met in both directions, at the same distances."""
    rows = neighbours(assumptions(), START, np.random.default_rng(0)) - np.array([[0.5, 0.25, 3.0]])
    for axis in range(3):
        others = np.delete(rows, axis, axis=1)
        steps = rows[(others == 0).all(axis=1), axis]
        assert set(np.sign(steps)) == {-1.0, 0.0, 1.0}
        scale = (0.5, 0.25, 3.0)[axis]
        for distance in (0.01, 5.0):
            assert np.isclose(steps, distance * scale).any() and np.isclose(steps, -distance * scale).any()


def test_a_point_whose_decimals_are_not_admissible_is_left_out() -> None:
    """1/3 meets 3a = 1; six decimals of it do not."""
    thin = assumptions("3*a >= 1 and 3*a <= 1", "b > 0")
    rows = neighbours(thin, {"a": Fraction(1, 3), "b": Fraction(1), "c": Fraction(0)}, np.random.default_rng(0))
    assert rows.shape == (0, 3)


@pytest.mark.parametrize("count", [8, 200, 1000])
def test_a_walk_stays_admissible_and_reaches_far(count: int) -> None:
    rows = walk_from(NARROW, START, count, np.random.default_rng(3))
    assert 0 < len(rows) <= count and all(inside(rows))
    if count >= 200:
        assert len(rows) > count // 2
        assert rows[:, 2].max() > 2 * 3 and rows[:, 0].max() > 0.7


def test_a_walk_that_finds_nothing_is_empty() -> None:
    point = {"a": Fraction(1, 3), "b": Fraction(1, 3), "c": Fraction(1, 3)}
    assert walk_from(assumptions("3*a >= 1 and 3*a <= 1"), point, 100, np.random.default_rng(0)).shape == (0, 3)


def test_the_same_seed_gives_the_same_points() -> None:
    for found in (neighbours, lambda *rest: walk_from(rest[0], rest[1], 300, rest[2])):
        first, second, other = (found(NARROW, START, np.random.default_rng(seed)) for seed in (1, 1, 2))
        assert np.array_equal(first, second)
        assert not np.array_equal(first, other)
