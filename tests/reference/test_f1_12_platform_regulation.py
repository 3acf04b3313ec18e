"""Published results reproduced: regulation of a platform by three parties, with a line of rest points."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgame import analyse, read_game

ANALYSIS = analyse(read_game(Path(__file__).parent / "games" / "F1-12.toml"))
POINTS = ANALYSIS.rest_points


def test_one_vertex_is_stable() -> None:
    """Three-party regulation, authors' code (linktoxc/three-party-evolutionary-game): (1, 1, 1)."""
    (stable,) = POINTS.attractors
    assert tuple(stable.coordinates.values()) == (1, 1, 1)
    assert [float(e) for e in stable.eigenvalues] == pytest.approx([-9, -6.75, -0.5], abs=1e-9)


@pytest.mark.parametrize(("z", "growing"), [(0, 8.25), (1, 6.75)])
def test_two_vertices_on_a_line_of_rest_points(z: int, growing: float) -> None:
    """Three-party regulation, authors' code (linktoxc/three-party-evolutionary-game): (1, 0, z) rests, unstable."""
    (point,) = [p for p in POINTS if tuple(p.coordinates.values()) == (1, 0, z)]
    assert point.eigenvalues[2] == 0
    assert float(point.eigenvalues[1]) == growing
    assert float(point.eigenvalues[0]) < 0
    assert (point.stability, point.attracting) == ("non-hyperbolic", "unstable")
    assert [(c.kind, c.where) for c in POINTS.components] == [("line", "x = 1 and y = 0")]


def test_two_parameters_act_on_nothing() -> None:
    """Three-party regulation, authors' code (linktoxc/three-party-evolutionary-game): E1 and E2 are in no equation."""
    assert {*ANALYSIS.dead_parameters, *ANALYSIS.unused_parameters} == {"E1", "E2"}
