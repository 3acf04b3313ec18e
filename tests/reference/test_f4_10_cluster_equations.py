"""Known results reproduced: competition and cooperation of two enterprises in a cluster.

Zhang, Zhang and Wade (2018), Boundary Value Problems 2018, equation (1.1), without delays; parameters of our own.
"""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import catalog, find_rest_points, integrate, replicator

VALUES = {"r1": "0.5", "r2": "0.4", "K1": 10, "K2": 10, "al": "0.05", "be": "0.05", "c1": 1, "c2": 1}
MODEL = catalog.enterprise_cluster()


def test_both_enterprises_survive() -> None:
    """(5.141418, 10.857567) with eigenvalues -0.345687 +- 0.194232i."""
    points = find_rest_points(MODEL, VALUES)
    assert points.complete
    (both,) = [p for p in points if (p.state > 0).all()]
    assert both.state == pytest.approx([5.141418, 10.857567], abs=1e-5)
    values = np.sort_complex([complex(v) for v in both.eigenvalues])
    assert values == pytest.approx([-0.345687 - 0.194232j, -0.345687 + 0.194232j], abs=1e-5)
    assert (both.stability, both.attracting, both.known) == ("sink", "asymptotic", "certified")
    path = integrate(MODEL, {"x1": 1, "x2": 1}, VALUES)
    assert path.outcome.label == both.label and path.final == pytest.approx(both.state, abs=1e-5)


def test_no_rest_point_is_missing() -> None:
    """Eliminating x1 = 10 - (x2 - 1)^2/20 leaves a quartic for x2, whose positive roots numpy finds."""
    x2 = np.polynomial.Polynomial([0, 1])
    x1 = 10 - (x2 - 1) ** 2 / 20
    roots = (1 - x2 / 10 + (x1 - 1) ** 2 / 200).roots()
    real = roots[np.abs(roots.imag) < 1e-9].real
    expected = [(float(x1(v)), float(v)) for v in real if v > 0 and x1(v) > 0]
    found = [tuple(p.state) for p in find_rest_points(MODEL, VALUES) if (p.state > 0).all()]
    assert np.array(found) == pytest.approx(np.array(expected), abs=1e-9)


def test_the_jacobian_equals_differences() -> None:
    field, state, step = replicator(MODEL), np.array([3.0, 7.0]), 1e-6
    differences = [
        (field(state + step * e, VALUES) - field(state - step * e, VALUES)) / (2 * step) for e in np.eye(2)
    ]
    assert field.jacobian(state, VALUES) == pytest.approx(np.array(differences).T, abs=1e-8)
    assert "own rates" in field.name
