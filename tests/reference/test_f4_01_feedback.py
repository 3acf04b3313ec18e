"""Known results reproduced: strategies and an environment that feed back on each other."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from coopgame import catalog, find_regimes, find_rest_points, integrate

WEITZ, RESOURCE = catalog.commons_feedback(), catalog.renewable_resource()
PAYOFFS = {"R0": "3.5", "S0": 1, "T0": 2, "P0": "0.75", "R1": 4, "S1": 1, "T1": "4.5", "P1": "1.25"}
OSCILLATING = {**PAYOFFS, "theta": 2, "eps": "0.1"}
SYMMETRIC = OSCILLATING | {"R0": 5, "S0": 1, "T0": 3, "P0": 0, "R1": 3, "S1": 0, "T1": 5, "P1": 1, "eps": 1}
AVERTED = OSCILLATING | {"R0": 5, "S0": 3, "T0": 4, "P0": 1, "R1": 3, "S1": 0, "T1": 5, "P1": 1}
HARVEST = PAYOFFS | {"a": "0.1", "b": "0.8"}
NAMES = ("R", "S", "T", "P")


def test_the_trace_of_the_mixed_point() -> None:
    """Weitz et al. (2016): x* = 1/(1 + theta); stable if and only if dP1 dR0 < dS0 dT1, where it exists as a focus or node."""
    mixed = find_rest_points(WEITZ).at(
        x="1/(1 + theta)",
        n="(theta*(S0 - P0) + R0 - T0)/(theta*(S0 - P0) + R0 - T0 + theta*(P1 - S1) + T1 - R1)",
    )
    rng = np.random.default_rng(5)
    seen = set()
    for _ in range(400):
        v = {f"{n}{i}": Fraction(int(rng.integers(0, 60)), 10) for n in NAMES for i in (0, 1)}
        v |= {"theta": Fraction(int(rng.integers(1, 40)), 10), "eps": Fraction(1, 10)}
        if not mixed.exists.holds(v) or not (
            v["R0"] > v["T0"] and v["S0"] > v["P0"] and v["T1"] > v["R1"] and v["P1"] > v["S1"]
        ):
            continue
        trace = (v["P1"] - v["S1"]) * (v["R0"] - v["T0"]) - (v["S0"] - v["P0"]) * (v["T1"] - v["R1"])
        assert mixed.stable_if.holds(v) == (trace < 0)
        seen.add(trace < 0)
    assert seen == {True, False}


def test_a_heteroclinic_cycle_with_turns_that_grow_threefold() -> None:
    """Weitz et al. (2016), case dP1 dR0 > dS0 dT1: (1/3, 2/3), 0.277778 +- 1.185041i in fast time, turns grow by 3."""
    mixed = find_rest_points(WEITZ, OSCILLATING).at(x="1/3", n="2/3")
    assert (mixed.stability, mixed.attracting, mixed.known) == ("source", "unstable", "exact")
    fast = [complex(e) / 0.1 for e in mixed.eigenvalues]
    assert sorted(e.imag for e in fast) == pytest.approx([-1.185041, 1.185041], abs=1e-6)
    assert [e.real for e in fast] == pytest.approx([0.277778] * 2, abs=1e-6)
    path = integrate(WEITZ, {"x": 0.3, "n": 0.6}, OSCILLATING, t_end=6000)
    assert path.outcome.kind == "heteroclinic"
    assert path.outcome.growth == pytest.approx(3, rel=0.03)
    assert ((path.shares >= 0) & (path.shares <= 1)).all()


def test_closed_orbits_between_the_cases() -> None:
    """The symmetric case: (1/3, 1/2), +-0.666667i; g = (1 - 2n)(1 + x) separates, so orbits close."""
    mixed = find_rest_points(WEITZ, SYMMETRIC).at(x="1/3", n="1/2")
    assert (mixed.stability, mixed.attracting) == ("center", "lyapunov")
    assert sorted(complex(e).imag for e in mixed.eigenvalues) == pytest.approx([-2 / 3, 2 / 3], abs=1e-12)
    path = integrate(WEITZ, {"x": 0.3, "n": 0.6}, SYMMETRIC, t_end=100)
    assert path.outcome.kind == "periodic" and "closed" in path.outcome.how


def test_the_tragedy_averted() -> None:
    """Weitz et al. (2016), the other sign: (1/3, 5/9), -1.111111 +- 1.924501i in fast time, attracting."""
    mixed = find_rest_points(WEITZ, AVERTED).at(x="1/3", n="5/9")
    assert (mixed.stability, mixed.attracting) == ("sink", "asymptotic")
    fast = sorted((complex(e) / 0.1 for e in mixed.eigenvalues), key=lambda e: e.imag)
    assert fast == pytest.approx([-1.111111 - 1.924501j, -1.111111 + 1.924501j], abs=1e-6)
    assert integrate(WEITZ, {"x": 0.3, "n": 0.6}, AVERTED, t_end=1000).outcome.label == mixed.label


def test_the_regimes_of_the_feedback_cover_everything() -> None:
    reduced = WEITZ.substitute({"R0": "7/2", "S0": 1, "T0": 2, "P0": "3/4", "eps": "1/10"})
    regimes = find_regimes(reduced)
    assert regimes.cover
    for regime in regimes:
        points = find_rest_points(reduced, regime.witness)
        assert {p.label for p in points.attractors} == set(regime.stable)


def test_the_mixed_point_of_a_renewable_resource() -> None:
    """(0.759518, 0.731662); slow strategies, eps large, settle; fast ones cycle (Hopf at 0.0380713)."""
    for speed, stability in (("0.0385", "sink"), ("0.0375", "source")):
        mixed = find_rest_points(RESOURCE, HARVEST | {"eps": speed}).at(x=0.7595178272, n=0.731662479)
        assert (mixed.stability, mixed.known) == (stability, "certified")
    path = integrate(RESOURCE, {"x": 0.7, "n": 0.7}, HARVEST | {"eps": 0.9 * 0.03807130877}, t_end=20000)
    late = path.coordinate("x")[len(path.times) // 2 :]
    assert path.outcome.kind == "periodic"
    assert [late.min(), late.max()] == pytest.approx([0.233, 0.999], abs=2e-3)
