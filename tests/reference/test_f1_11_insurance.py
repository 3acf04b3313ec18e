"""Published results reproduced: four parties and an insurance, with an eigenvalue that is zero by structure."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from coopgame import analyse, find_rest_points, integrate, read_game, replicator

GAME = read_game(Path(__file__).parent / "games" / "F1-11.toml")
POINTS = analyse(GAME).rest_points
ZERO = {(0, 1, z, w) for z, w in product((0, 1), repeat=2)}


def test_one_vertex_of_sixteen_is_stable() -> None:
    """Four-party game, authors' code (weizhen96/four-party-evolutionary-game): (1, 1, 0, 0)."""
    assert len({tuple(p.coordinates.values()) for p in POINTS if p.kind == "vertex"}) == 16
    (stable,) = POINTS.attractors
    assert tuple(stable.coordinates.values()) == (1, 1, 0, 0)
    assert [float(e) for e in stable.eigenvalues] == pytest.approx([-15, -10, -10, -10], abs=1e-9)


def test_an_eigenvalue_that_is_zero_for_all_parameters() -> None:
    """Four-party game, authors' code (weizhen96/four-party-evolutionary-game): the factor y - 1 - x y at (0, 1)."""
    points = [p for p in find_rest_points(GAME) if p.kind == "vertex"]
    assert {tuple(p.coordinates.values()) for p in points if p.eigenvalues[3] == 0} == ZERO
    for point in points:
        if tuple(point.coordinates.values()) in ZERO:
            assert point.stable_if.text() == "false"


def test_those_four_vertices_are_unstable_at_the_published_values() -> None:
    """Four-party game, authors' code (weizhen96/four-party-evolutionary-game): another eigenvalue is positive."""
    found = {tuple(p.coordinates.values()): p for p in POINTS if tuple(p.coordinates.values()) in ZERO}
    assert set(found) == ZERO
    for point in found.values():
        assert point.eigenvalues[3] == 0
        assert max(float(e) for e in point.eigenvalues) > 0
        assert (point.stability, point.attracting) == ("non-hyperbolic", "unstable")
    lines = {c.where for c in POINTS.components if c.kind == "line"}
    assert lines == {"x = 0 and y = 1 and z = 0", "x = 0 and y = 1 and z = 1"}


@pytest.mark.parametrize("start", [(0.1, 0.9, 0.9, 0.9), (0.3, 0.3, 0.3, 0.3), (0.1, 0.1, 0.1, 0.1)])
def test_three_starts_reach_the_stable_vertex(start: tuple[float, ...]) -> None:
    """Four-party game, authors' code (weizhen96/four-party-evolutionary-game): trajectories to (1, 1, 0, 0)."""
    path = integrate(replicator(GAME), dict(zip("xyzw", start, strict=True)))
    assert path.outcome.kind == "converged"
    assert path.final[::2] == pytest.approx([1, 1, 0, 0], abs=1e-6)
