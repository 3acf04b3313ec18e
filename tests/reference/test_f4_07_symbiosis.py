"""Published results reproduced: symbiosis and competition of two clusters by Lotka-Volterra equations."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy

from coopgame import IntegrationError, catalog, find_regimes, find_rest_points, find_separatrices, integrate, replicator

MODEL = catalog.cluster_symbiosis()
COMMON = {"r1": "0.5", "r2": "0.4", "K1": 1, "K2": 1}
MUTUAL = {**COMMON, "s12": "0.5", "s21": "0.4"}
HOSTILE = {**COMMON, "s12": "-1.2", "s21": "-1.1"}


def test_the_point_of_coexistence_as_a_formula() -> None:
    """The usual model of industrial symbiosis: N1* = K1(1 + s12)/(1 - s12 s21), N2* = K2(1 + s21)/(1 - s12 s21)."""
    inside = find_rest_points(MODEL)["I1"]
    K1, K2, s12, s21 = sympy.symbols("K1 K2 s12 s21")
    stated = {"N1": K1 * (1 + s12) / (1 - s12 * s21), "N2": K2 * (1 + s21) / (1 - s12 * s21)}
    for name, formula in stated.items():
        assert sympy.simplify(inside.coordinates[name] - formula) == 0


def test_mutual_help_is_stable_below_one() -> None:
    """At s12 = 0.5, s21 = 0.4: (1.875, 1.75) with eigenvalues -1.2 and -0.4375."""
    points = find_rest_points(MODEL, MUTUAL)
    inside = points["I1"]
    assert points.complete and len(points) == 4
    assert [float(v) for v in inside.coordinates.values()] == pytest.approx([1.875, 1.75], abs=1e-6)
    assert sorted(float(v) for v in inside.eigenvalues) == pytest.approx([-1.2, -0.4375], abs=1e-6)
    assert (inside.stability, inside.attracting, inside.known) == ("sink", "asymptotic", "exact")
    path = integrate(MODEL, {"N1": 0.01, "N2": 0.02}, MUTUAL)
    assert path.outcome.label == "I1" and path.final == pytest.approx([1.875, 1.75], abs=1e-6)


def test_competition_above_one_lets_the_winner_take_all() -> None:
    """At s12 = -1.2, s21 = -1.1: a saddle at (0.625, 0.3125) with eigenvalues -0.464416 and 0.026916."""
    inside = find_rest_points(MODEL, HOSTILE)["I1"]
    assert [float(v) for v in inside.coordinates.values()] == pytest.approx([0.625, 0.3125], abs=1e-6)
    assert sorted(float(v) for v in inside.eigenvalues) == pytest.approx([-0.464416, 0.026916], abs=1e-6)
    assert inside.stability == "saddle"
    ends = {integrate(MODEL, {"N1": a, "N2": b}, HOSTILE, t_end=2000).outcome.label for a, b in ((0.6, 0.2), (0.2, 0.6))}
    assert ends == {"F1", "F2"}


def test_separatrices_part_the_winners() -> None:
    """Starts on either side of the saddle's stable curves end with another winner."""
    for curve in find_separatrices(replicator(MODEL), HOSTILE):
        across = np.argsort(np.abs(curve[:, 0] - 0.5))[0]
        n1, n2 = curve[across]
        ends = [
            integrate(MODEL, {"N1": n1 * side, "N2": n2}, HOSTILE, t_end=3000).outcome.label for side in (1.02, 0.98)
        ]
        assert ends == ["F1", "F2"]


def test_the_condition_of_stability_is_a_regime() -> None:
    """Stable coexistence iff s12 s21 < 1 where both help."""
    helping = find_regimes(MODEL.assuming("s12 > 0", "s21 > 0"))
    assert helping.cover
    assert {regime.stable: regime.condition.text() for regime in helping} == {
        (): "s12*s21 > 1",
        ("I1",): "s12*s21 < 1",
    }
    (surface,) = helping.hypersurfaces
    assert surface.text == "s12*s21 = 1" and surface.kind == "infinity" and "I1 goes to infinity" in surface.happens
    rivals = {regime.stable for regime in find_regimes(MODEL.assuming("s12 < 0", "s21 < 0"))}
    assert rivals == {("I1",), ("F1",), ("F2",), ("F1", "F2")}


def test_too_much_mutual_help_blows_up_in_finite_time() -> None:
    """With r = K = 1, s = 2 and equal starts dN/dt = N(1 + N), so N/(1 + N) grows like exp(t) and reaches 1 at ln(1 + 1/N0)."""
    values = {"r1": 1, "r2": 1, "K1": 1, "K2": 1, "s12": 2, "s21": 2}
    with pytest.raises(IntegrationError, match="N1 and N2 grow beyond every bound in finite time, near t = 0.693147") as told:
        integrate(MODEL, {"N1": 1, "N2": 1}, values, t_end=5)
    partial = told.value.partial
    assert partial is not None and np.isfinite(partial.shares).all()
    assert partial.times[-1] == pytest.approx(math.log(2), abs=1e-6)
    early = partial.at(0.5)
    ratio = math.exp(0.5) / 2
    assert early == pytest.approx([ratio / (1 - ratio)] * 2, rel=1e-8)
