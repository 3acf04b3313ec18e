"""Published results reproduced: postgraduate places and enrolment, with corners that are wrongly called stable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from coopgame import RestPoint, analyse, integrate, read_game, replicator

GAME = read_game(Path(__file__).parent / "games" / "F1-09a.toml")
FIELD = replicator(GAME)


def vertex(d: int, x: int, y: int) -> RestPoint:
    """The rest point at a corner."""
    (point,) = [p for p in analyse(GAME, {"d": d}).rest_points if tuple(p.coordinates.values()) == (x, y)]
    return point


@pytest.mark.parametrize(("d", "saddle", "square"), [(10, 0.5, 125), (0, 0.75, 93.75), (20, 0.25, 93.75)])
def test_saddle_between_two_stable_corners(d: int, saddle: float, square: float) -> None:
    """Huang, Zhou, Zeng, Zhou (2025), Scientific Reports 15, 34978: d = 10, 0 and 20."""
    points = analyse(GAME, {"d": d}).rest_points
    (interior,) = [p for p in points if p.kind == "interior"]
    assert interior.stability == "saddle"
    assert [float(v) for v in interior.coordinates.values()] == [saddle, 0.5]
    one, other = (float(e) for e in interior.eigenvalues)
    assert one == -other
    assert one**2 == pytest.approx(square, abs=1e-9)
    assert {tuple(p.coordinates.values()) for p in points.attractors} == {(0, 0), (1, 1)}


@pytest.mark.parametrize(("d", "corner", "edge"), [(-10, (1, 1), "x = 1"), (30, (0, 0), "x = 0")])
def test_a_corner_on_a_line_of_rest_points_is_no_ess(d: int, corner: tuple[int, int], edge: str) -> None:
    """Huang, Zhou, Zeng, Zhou (2025), Scientific Reports 15, 34978: the corner that the authors' script marks as ESS."""
    points = analyse(GAME, {"d": d}).rest_points
    assert [(c.kind, c.where) for c in points.components] == [("line", edge)]
    point = vertex(d, *corner)
    assert tuple(point.eigenvalues) == (-25, 0)
    assert (point.stability, point.attracting) == ("non-hyperbolic", "lyapunov")
    assert corner not in {tuple(p.coordinates.values()) for p in points.attractors}
    assert not [p for p in points if p.kind == "interior"]


def test_a_start_that_ends_on_the_line() -> None:
    """Huang, Zhou, Zeng, Zhou (2025), Scientific Reports 15, 34978: d = -10 leads from (0.6, 0.9) to (1, 0.71495)."""
    path = integrate(FIELD, {"x": 0.6, "y": 0.9}, {"d": -10})
    assert path.outcome.kind == "converged"
    assert path.outcome.label is None
    assert path.final[::2] == pytest.approx([1, 0.71495], abs=1e-4)


def test_the_stable_half_of_the_line() -> None:
    """Huang, Zhou, Zeng, Zhou (2025), Scientific Reports 15, 34978: d = 30, x = 0 attracts where y < 1/2 only."""
    for y, expected in {0.2: -15, 0.49: -0.5, 0.51: 0.5, 0.9: 20}.items():
        eigenvalues = np.linalg.eigvals(FIELD.jacobian({"x": 0, "y": y}, {"d": 30})).real
        assert sorted(eigenvalues) == pytest.approx(sorted([expected, 0]), abs=1e-9)
    near = integrate(FIELD, {"x": 1e-4, "y": 0.2}, {"d": 30})
    assert near.outcome.kind == "converged"
    assert near.final[0] < 1e-6
    assert 0.2 < near.final[2] < 0.21


def test_a_start_that_leaves_the_wrongly_marked_corner() -> None:
    """Huang, Zhou, Zeng, Zhou (2025), Scientific Reports 15, 34978: d = 30 leads from (0.3, 0.2) to (1, 1)."""
    path = integrate(FIELD, {"x": 0.3, "y": 0.2}, {"d": 30})
    assert path.outcome.kind == "converged"
    assert path.final[::2] == pytest.approx([1, 1], abs=1e-6)
