"""Published results reproduced: competition and cooperation of two enterprises of a cluster."""

from __future__ import annotations

import pytest

from coopgame import catalog, find_rest_points, integrate, replicator

MODEL = catalog.enterprise_cluster()
VALUES = {"r1": "0.5", "r2": "0.4", "K1": 10, "K2": 10, "al": "0.05", "be": "0.05", "c1": 1, "c2": 1}


def test_the_positive_equilibrium() -> None:
    """Zhang, Zhang and Wade (2018), equation (1.1), without delays, parameters of our own: (5.141418, 10.857567) with
    eigenvalues -0.345687 and imaginary parts 0.194232, stable.
    """
    points = find_rest_points(MODEL, VALUES)
    inside = points["I1"]
    assert points.complete and [point.kind for point in points].count("interior") == 1
    assert [float(v) for v in inside.coordinates.values()] == pytest.approx([5.141418, 10.857567], abs=1e-5)
    for eigenvalue, sign in zip(inside.eigenvalues, (1, -1), strict=True):
        assert complex(eigenvalue) == pytest.approx(-0.345687 + sign * 0.194232j, abs=1e-5)
    assert (inside.stability, inside.attracting, inside.known) == ("sink", "asymptotic", "certified")


def test_the_points_of_one_enterprise_by_hand() -> None:
    """With x2 = 0: x1 = K1 (1 - al c2^2/K2) = 9.95; with x1 = 0: x2 = K2 (1 + be c1^2/K1) = 10.05."""
    points = find_rest_points(MODEL, VALUES)
    alone = {tuple(float(v) for v in point.coordinates.values()) for point in points if point.kind == "edge"}
    assert alone == {(9.95, 0.0), (0.0, 10.05)}
    assert all(point.stability == "saddle" for point in points if point.kind == "edge")


@pytest.mark.parametrize("start", [(0.1, 0.1), (20, 0.5), (1, 30)])
def test_all_starts_come_to_it(start: tuple[float, float]) -> None:
    path = integrate(replicator(MODEL), {"x1": start[0], "x2": start[1]}, VALUES)
    assert (path.outcome.kind, path.outcome.label) == ("converged", "I1")
    assert path.final == pytest.approx([5.141418, 10.857567], abs=1e-5)
