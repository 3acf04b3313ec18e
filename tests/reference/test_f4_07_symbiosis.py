"""Known results reproduced: two clusters between competition and mutualism, Lotka and Volterra's equations in the form of industrial symbiosis."""

from __future__ import annotations

import pytest
import sympy

from coopgame import IntegrationError, catalog, find_regimes, find_rest_points, integrate

MODEL = catalog.symbiosis()
RATES = {"r1": "0.5", "r2": "0.4", "K1": 1, "K2": 1}


def test_both_outputs_in_symbols() -> None:
    """N1 = K1 (1 + s12)/(1 - s12 s21), N2 = K2 (1 + s21)/(1 - s12 s21)."""
    points = find_rest_points(MODEL)
    assert points.complete and len(points) == 4
    k1, k2, a, b = sympy.symbols("K1 K2 s12 s21")
    both = points["I1"].coordinates
    assert sympy.simplify(both["N1"] - k1 * (1 + a) / (1 - a * b)) == 0
    assert sympy.simplify(both["N2"] - k2 * (1 + b) / (1 - a * b)) == 0


def test_mutualism_settles_above_the_capacities() -> None:
    """(1.875, 1.75) with eigenvalues -1.2 and -0.4375."""
    values = RATES | {"s12": "0.5", "s21": "0.4"}
    point = find_rest_points(MODEL, values).at(N1="15/8", N2="7/4")
    assert (point.stability, point.attracting, point.known) == ("sink", "asymptotic", "exact")
    assert sorted(float(v) for v in point.eigenvalues) == pytest.approx([-1.2, -0.4375], abs=1e-6)
    path = integrate(MODEL, {"N1": 0.1, "N2": 3}, values)
    assert path.outcome.label == point.label
    assert path.final == pytest.approx([1.875, 1.75], abs=1e-6)


def test_strong_competition_lets_the_winner_take_all() -> None:
    """(0.625, 0.3125) is a saddle with eigenvalues -0.464416 and 0.026916; which cluster survives depends on the start."""
    values = RATES | {"s12": "-1.2", "s21": "-1.1"}
    points = find_rest_points(MODEL, values)
    saddle = points.at(N1="5/8", N2="5/16")
    assert saddle.stability == "saddle" and saddle.attracting == "unstable"
    assert sorted(float(v) for v in saddle.eigenvalues) == pytest.approx([-0.464416, 0.026916], abs=1e-6)
    assert {p.place() for p in points.attractors} == {"N1 = 1, N2 = 0", "N1 = 0, N2 = 1"}
    for start, survivor in (({"N1": 0.9, "N2": 0.1}, 0), ({"N1": 0.1, "N2": 0.9}, 1)):
        final = integrate(MODEL, start, values, t_end=500).final
        assert final[survivor] == pytest.approx(1, abs=1e-5) and final[1 - survivor] < 1e-5


def test_which_outputs_attract_in_symbols() -> None:
    """Competition weaker than 1 on both sides, or mutualism with s12 s21 < 1: both; else one survivor, the first (F1) or the second (F2)."""
    regimes = find_regimes(MODEL)
    assert regimes.cover and not regimes.undecided
    cases = {
        ("-1/2", "-1/2"): {"I1"},
        ("1/2", "1/2"): {"I1"},
        ("-2", "-1/2"): {"F2"},
        ("-1/2", "-2"): {"F1"},
        ("-2", "-2"): {"F1", "F2"},
        ("2", "2"): set(),
    }
    for (s12, s21), expected in cases.items():
        values = {"r1": 1, "r2": 1, "K1": 2, "K2": 3, "s12": s12, "s21": s21}
        (regime,) = [r for r in regimes if r.condition.holds(MODEL.values(values))]
        assert set(regime.stable) == expected, (s12, s21)
        numeric = find_rest_points(MODEL, values)
        assert {p.label for p in numeric.attractors} == expected


def test_mutualism_beyond_every_bound() -> None:
    """Equal clusters with s = 2: dN/dt = N (1 + N), so N = N0 e^t/(1 + N0 (1 - e^t)) ends at t = ln(1 + 1/N0)."""
    values = {"r1": 1, "r2": 1, "K1": 1, "K2": 1, "s12": 2, "s21": 2}
    with pytest.raises(IntegrationError, match=r"N1 and N2 grow beyond .*t = 1\.098") as caught:
        integrate(MODEL, {"N1": 0.5, "N2": 0.5}, values, t_end=5)
    partial = caught.value.partial
    assert partial is not None
    assert partial.at(1.0) == pytest.approx([0.5 * 2.718281828 / (1 - 0.5 * 1.718281828)] * 2, rel=1e-8)
