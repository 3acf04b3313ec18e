"""Paths of the projection dynamics beside projected Euler steps, closed forms, and what cannot happen to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, Trajectory, crosses, integrate, mean_dynamic, projection

small = st.integers(-4, 4)


def _path(table: list[list[int]], start: list[float], t_end: float) -> Trajectory:
    return integrate(mean_dynamic(MatrixGame(table), projection()), start, t_end=t_end)


def _nearest_on_simplex(point: np.ndarray) -> np.ndarray:
    """The Euclidean projection, by sorting (Held, Wolfe and Crowder 1974)."""
    ordered = np.sort(point)[::-1]
    sums = (np.cumsum(ordered) - 1) / np.arange(1, len(point) + 1)
    level = sums[np.flatnonzero(ordered > sums)[-1]]
    return np.maximum(point - level, 0.0)


@settings(max_examples=20)
@given(st.lists(small, min_size=9, max_size=9), st.lists(st.integers(0, 6), min_size=3, max_size=3).filter(any))
def test_small_steps_put_back_on_the_simplex(table: list[int], parts: list[int]) -> None:
    """The projection dynamics is the limit of steps along the payoffs that are put back to the nearest state."""
    matrix = np.array(table, dtype=float).reshape(3, 3)
    start = np.array(parts) / sum(parts)
    path = _path(matrix.astype(int).tolist(), list(start), 1.0)
    assert (path.shares >= -1e-13).all()
    assert np.abs(path.shares.sum(axis=1) - 1).max() < 1e-12
    state, step = start, 1e-4
    for _ in range(10_000):
        state = _nearest_on_simplex(state + step * (matrix @ state))
    np.testing.assert_allclose(path.final, state, atol=5e-3)


def test_two_strategies_in_closed_form() -> None:
    """Dominance by c: x' = c/2 until x = 1, then rest."""
    path = _path([[3, 3], [1, 1]], [0.25, 0.75], 2.0)
    np.testing.assert_allclose(path.shares[:, 0], np.minimum(0.25 + path.times, 1.0), atol=1e-12)
    assert path.final[1] == 0.0


def test_a_share_leaves_and_comes_back() -> None:
    """Bad rock-paper-scissors: the cycle runs along the border, where absent strategies are exactly absent."""
    path = _path([[0, -2, 1], [1, 0, -2], [-2, 1, 0]], [0.5, 0.3, 0.2], 40.0)
    assert path.shares.min() == 0.0
    assert path.outcome.period == pytest.approx(2.6493, abs=1e-3)
    for k in range(3):
        away = path.shares[:, k] == 0
        assert away.any()
        assert (path.shares[-200:, k] > 0).any()


def test_zero_sum_games_keep_the_distance_inside() -> None:
    start = [0.4, 0.3, 0.3]
    path = _path([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], start, 30.0)
    distance = np.linalg.norm(path.shares - 1 / 3, axis=1)
    np.testing.assert_allclose(distance, distance[0], rtol=1e-8)
    assert path.outcome.period == pytest.approx(2 * np.pi / np.sqrt(3), rel=1e-6)


def test_events_are_seen() -> None:
    field = mean_dynamic(MatrixGame([[3, 3], [1, 1]], symbol="x"), projection())
    path = integrate(field, {"x": 0.25}, t_end=2.0, events=[crosses("x - 1/2", stop=True)])
    assert path.times[-1] == pytest.approx(0.25, abs=1e-12)
