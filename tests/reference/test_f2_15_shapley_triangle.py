"""Cases F2-15: the Shapley triangle of best response in bad rock-paper-scissors, and Shapley's 3 x 3 game.

Gaunersdorfer and Hofbauer (1995), Games and Economic Behavior 11, 279-303: for payoffs 0, a for a win and -b for a loss, b > a, almost all
best-response paths go to the triangle with corners (a^2, ab, b^2)/(a^2 + ab + b^2) and its cyclic shifts, and time averages of the replicator
dynamics accumulate on it. Shapley (1964), Some topics in two-person games: fictitious play does not settle.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from coopgame import (
    BestResponsePath,
    MatrixGame,
    NormalFormGame,
    Trajectory,
    best_response,
    integrate,
    mean_dynamic,
    replicator,
)

CASES = [(1, 2), (1, 3), (2, 3)]


def bad(a: int, b: int) -> MatrixGame:
    return MatrixGame([[0, -b, a], [a, 0, -b], [-b, a, 0]])


def corners(a: int, b: int) -> set[tuple[Fraction, ...]]:
    total = a * a + a * b + b * b
    corner = [Fraction(a * a, total), Fraction(a * b, total), Fraction(b * b, total)]
    return {tuple(corner[k:] + corner[:k]) for k in range(3)}


def path_of(trajectory: Trajectory) -> BestResponsePath:
    assert isinstance(trajectory.solution, BestResponsePath)
    return trajectory.solution


@pytest.mark.parametrize(("a", "b"), CASES)
@pytest.mark.parametrize("start", [(0.5, 0.3, 0.2), (0.34, 0.33, 0.33), (1, 0, 0)])
def test_best_response_goes_to_the_triangle(a: int, b: int, start: tuple[float, ...]) -> None:
    trajectory = integrate(mean_dynamic(bad(a, b), best_response()), start, t_end=80)
    assert trajectory.outcome.kind == "periodic"
    assert "Shapley polygon with 3 corners" in str(trajectory.outcome)
    polygon = path_of(trajectory).polygon
    assert polygon is not None and polygon.exact is not None
    assert set(polygon.exact) == corners(a, b)
    # on the triangle max Ax = 0, and a side is passed in the time log(b/a)
    assert polygon.period == pytest.approx(3 * math.log(b / a), rel=1e-12)
    assert polygon.multiplier == pytest.approx((a / b) ** 3, rel=1e-12)
    last = [np.array([float(v) for v in ray.start]) for ray in path_of(trajectory).rays[-3:]]
    for corner in corners(a, b):
        assert min(np.abs(state - np.array(corner, dtype=float)).max() for state in last) < 1e-9


def test_the_printed_numbers() -> None:
    assert (Fraction(1, 7), Fraction(2, 7), Fraction(4, 7)) in corners(1, 2)
    assert (Fraction(1, 13), Fraction(3, 13), Fraction(9, 13)) in corners(1, 3)


def distance_to_triangle(state: np.ndarray, a: int, b: int) -> float:
    points = [np.array(c, dtype=float) for c in corners(a, b)]
    weights = np.linspace(0, 1, 2001)[:, None]
    sides = [weights * points[i] + (1 - weights) * points[(i + 1) % 3] for i in range(3)]
    return float(min(np.abs(side - state).max(axis=1).min() for side in sides))


@pytest.mark.parametrize(("a", "b"), [(1, 2), (1, 3)])
def test_time_averages_of_the_replicator_accumulate_on_the_triangle(a: int, b: int) -> None:
    """Averages up to times that grow by a constant factor go around the triangle, with the period of best response in log t."""
    trajectory = integrate(replicator(bad(a, b)), [0.34, 0.33, 0.33], t_end=1e6)
    times = np.geomspace(2e4, 1e6, 25)
    averages = np.array([trajectory.average(0, float(t)) for t in times])
    assert max(distance_to_triangle(average, a, b) for average in averages) < 0.002
    assert distance_to_triangle(averages[-1], a, b) < 1e-3
    assert (np.ptp(averages, axis=0) > 0.3).all()  # they go around it and do not settle
    once = trajectory.average(0, 1e6 * (a / b) ** 3)
    assert once == pytest.approx(averages[-1], abs=2e-3)


ROW = [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
COLUMN = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]


def test_shapleys_game_has_a_hexagon() -> None:
    """Its exact map has the eigenvalue r^6 with r^3 = r^2 + 1, the ratio of run lengths that fictitious play shows."""
    game = NormalFormGame.from_bimatrix(ROW, COLUMN)
    trajectory = integrate(mean_dynamic(game, best_response()), [0.5, 0.3, 0.2, 0.2, 0.2, 0.6], t_end=60)
    polygon = path_of(trajectory).polygon
    assert polygon is not None and len(polygon.corners) == 6
    assert trajectory.outcome.kind == "periodic" and trajectory.outcome.period == polygon.period
    ratio = float(max(np.roots([1, -1, 0, -1]).real))
    assert polygon.period == pytest.approx(6 * math.log(ratio), rel=1e-9)
    assert run_ratio() == pytest.approx(ratio, rel=2e-3)
    # the six corners are one, turned: the game is symmetric under cyclic shifts of both players' strategies
    first, third = polygon.corners[0], polygon.corners[2]
    turned = [np.concatenate([np.roll(first[:3], k), np.roll(first[3:], k)]) for k in (1, 2)]
    assert min(np.abs(third - t).max() for t in turned) < 1e-9


def run_ratio() -> float:
    """Ratio of successive run lengths in fictitious play, played out round by round."""
    row, column = np.array(ROW), np.array(COLUMN)
    earned, other = np.array([2, 0, 1]), np.array([0, 1, 2])
    runs, last, length = [], None, 0
    for _ in range(400_000):
        i, j = int(np.argmax(earned)), int(np.argmax(other))
        if (i, j) != last:
            runs, last, length = [*runs, length], (i, j), 0
        length += 1
        earned, other = earned + row[:, j], other + column[i]
    return float(runs[-1] / runs[-2])
