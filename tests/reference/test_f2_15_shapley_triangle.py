"""Published results reproduced: the triangle of Shapley to which best responses lead in bad rock-paper-scissors."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import MatrixGame, best_response, integrate, mean_dynamic, replicator

GAME = MatrixGame([[0, "-b", "a"], ["a", 0, "-b"], ["-b", "a", 0]], parameters={"a": 1, "b": None})


def _triangle(a: int, b: int) -> np.ndarray:
    """Gaunersdorfer and Hofbauer (1995), Games and Economic Behavior 11: cyclic shifts of (a^2, ab, b^2)/(a^2 + ab + b^2)."""
    corner = np.array([a * a, a * b, b * b]) / (a * a + a * b + b * b)
    return np.array([np.roll(corner, k) for k in range(3)])


@pytest.mark.parametrize("b", [2, 3])
def test_best_responses_end_on_the_triangle(b: int) -> None:
    path = integrate(mean_dynamic(GAME, best_response()), [0.5, 0.3, 0.2], {"b": b}, t_end=60)
    assert path.solution is not None
    corners = path.at(path.solution.steps[-7:-1])
    for corner in corners:
        assert np.abs(_triangle(1, b) - corner).max(axis=1).min() < 1e-12
    # along a side the distance to the pure state ahead falls by the factor 1/b
    assert path.outcome.period == pytest.approx(3 * np.log(b), rel=1e-9)


def test_time_averages_of_the_replicator_come_to_the_same_triangle() -> None:
    """Gaunersdorfer and Hofbauer (1995): averages accumulate on its sides; seen on log-spaced times."""
    path = integrate(replicator(GAME), [0.4, 0.35, 0.25], {"b": 2}, t_end=4000)
    corners = _triangle(1, 2)
    for stop in np.geomspace(400, 4000, 12):
        average = path.average(0.0, float(stop))
        distances = []
        for first, last in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            part = np.clip((average - first) @ (last - first) / ((last - first) @ (last - first)), 0, 1)
            distances.append(np.linalg.norm(average - first - part * (last - first)))
        assert min(distances) < 0.02
