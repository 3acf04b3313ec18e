"""Published results reproduced: digital sharing of public resources, bistable, with a threshold of the gain."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coopgame import analyse, integrate, read_game, replicator

GAME = read_game(Path(__file__).parent / "games" / "F1-04.toml")
POINTS = analyse(GAME).rest_points
FIELD = replicator(GAME)


def end_of(start: tuple[float, float, float], gain: float | None = None) -> tuple[float, ...]:
    """Shares of the first strategies at the vertex to which a trajectory converges."""
    values = {} if gain is None else {"W": gain}
    path = integrate(FIELD, dict(zip("xyz", start, strict=True)), values)
    assert path.outcome.kind == "converged" and path.outcome.state is not None
    return tuple(float(share) for share in path.outcome.state[::2])


def test_two_vertices_are_stable() -> None:
    """Jiang and Ma (2026), digital sharing of public resources: (1, 0, 0) and (1, 1, 1) with their eigenvalues."""
    found = {
        tuple(int(v) for v in p.coordinates.values()): [float(e) for e in p.eigenvalues] for p in POINTS.attractors
    }
    assert set(found) == {(1, 0, 0), (1, 1, 1)}
    assert found[1, 0, 0] == pytest.approx([-22.44, -6.35415, -6.69816], abs=1e-9)
    assert found[1, 1, 1] == pytest.approx([-17.89, -7.72725, -2.68944], abs=1e-9)


def test_the_saddle_between_them() -> None:
    """Jiang and Ma (2026), digital sharing of public resources: the saddle on the face x = 1."""
    on_face = [p for p in POINTS if p.kind == "face" and p.coordinates["x"] == 1]
    assert len(on_face) == 1
    saddle = on_face[0]
    assert [float(v) for v in saddle.coordinates.values()] == pytest.approx([1, 0.713511, 0.451244], abs=1e-6)
    found = sorted(float(e) for e in saddle.eigenvalues)
    assert found == pytest.approx([-19.790181, -2.586722, 2.586722], abs=1e-6)
    assert (saddle.stability, saddle.attracting) == ("saddle", "unstable")


@pytest.mark.parametrize(
    ("start", "end"),
    [((0.4, 0.35, 0.45), (1, 0, 0)), ((0.8, 0.8, 0.8), (1, 1, 1)), ((0.4, 0.75, 0.5), (1, 1, 1))],
)
def test_where_three_starts_go(start: tuple[float, float, float], end: tuple[float, ...]) -> None:
    """Jiang and Ma (2026), digital sharing of public resources: sharing collapses from the calibrated start."""
    assert end_of(start) == end


def test_the_calibrated_start_is_the_published_one() -> None:
    """Jiang and Ma (2026), digital sharing of public resources: initial shares 0.4, 0.35, 0.45."""
    assert [float(share) for _, share in GAME.initial] == [0.4, 0.35, 0.45]


def test_the_gain_at_which_sharing_survives() -> None:
    """Jiang and Ma (2026), digital sharing of public resources: the outcome flips at W = 34.634."""
    low, high = 20.0, 50.0
    start = (0.4, 0.35, 0.45)
    assert end_of(start, low) == (1, 0, 0)
    assert end_of(start, high) == (1, 1, 1)
    while high - low > 1e-5:
        middle = float(np.mean([low, high]))
        low, high = (middle, high) if end_of(start, middle) == (1, 0, 0) else (low, middle)
    assert low == pytest.approx(34.63393678, abs=1e-4)
