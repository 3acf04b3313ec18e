"""What the report says about M6, checked by hand formulas, numerical Jacobians and simulation."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from coopgame import find_rest_points, integrate, read_game, replicator

FOLDER = Path(__file__).parents[2] / "paper_repro" / "models"
FEEDBACK = read_game(FOLDER / "m6.toml")
RENEWAL = read_game(FOLDER / "m6_renewal.toml")


def _gains(p: dict[str, Fraction]) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """(b0, f0, b1, f1): payoff of cooperating minus price war against a cooperator, a price warrior; M1 by hand."""
    found = []
    for i in "01":
        saved = (1 - p["psi"]) * p[f"a{i}"] + (1 - p["phi"]) * p[f"k{i}"]
        policy = p["s"] + p["t"] + p["d"] - p["c"]
        found += [saved - p[f"h{i}"] + policy - p["v"], -p[f"h{i}"] + policy + p["v"] + p["g"]]
    return found[0], found[1], found[2], found[3]


def _random(rng: np.random.Generator, names: tuple[str, ...]) -> dict[str, Fraction]:
    values = {name: Fraction(int(rng.integers(1, 40)), 20) for name in names}
    return values | {name: Fraction(int(rng.integers(0, 21)), 20) for name in ("psi", "phi")}


def test_everybody_cooperating_lasts_where_the_weighted_gain_is_positive() -> None:
    """At (1, (r + u)/(r + u + delta)) the eigenvalue of x is minus ((r + u) b1 + delta b0)/(r + u + delta)."""
    rng = np.random.default_rng(11)
    field = replicator(RENEWAL)
    seen = set()
    for _ in range(100):
        p = _random(rng, RENEWAL.ring.names)
        b0, _, b1, _ = _gains(p)
        at = {"x": 1.0, "e": float((p["r"] + p["u"]) / (p["r"] + p["u"] + p["delta"]))}
        eigenvalues = np.linalg.eigvals(field.jacobian(at, p))
        stable = bool((eigenvalues.real < -1e-9).all())
        assert stable == ((p["r"] + p["u"]) * b1 + p["delta"] * b0 > 0)
        seen.add(stable)
    assert seen == {True, False}


def test_collapse_lasts_where_investment_is_too_weak() -> None:
    """At (0, u/(u + delta)) the eigenvalue of x is (u f1 + delta f0)/(u + delta)."""
    rng = np.random.default_rng(12)
    field = replicator(RENEWAL)
    for _ in range(100):
        p = _random(rng, RENEWAL.ring.names)
        _, f0, _, f1 = _gains(p)
        eigenvalues = np.linalg.eigvals(field.jacobian({"x": 0.0, "e": float(p["u"] / (p["u"] + p["delta"]))}, p))
        assert bool((eigenvalues.real < 0).all()) == (p["u"] * f1 + p["delta"] * f0 < 0)


def test_mixed_points_of_the_base_case_are_saddles() -> None:
    rng = np.random.default_rng(13)
    found = 0
    for _ in range(60):
        p = _random(rng, FEEDBACK.ring.names)
        b0, f0, b1, f1 = _gains(p)
        if not (b1 > b0 and f1 > f0):
            continue
        for point in find_rest_points(FEEDBACK, p):
            if point.kind == "interior":
                found += 1
                assert str(point.stability) == "saddle"
    assert found > 3


def test_mixed_points_attract_only_with_crowding() -> None:
    """x* = 1/(1 + theta) attracts iff b0 + theta f0 > 0 > b1 + theta f1 and f0 b1 < b0 f1."""
    rng = np.random.default_rng(14)
    sinks = 0
    for _ in range(300):
        p = _random(rng, FEEDBACK.ring.names) | {"h1": Fraction(int(rng.integers(20, 80)), 20)}
        b0, f0, b1, f1 = _gains(p)
        interior = (
            [q for q in find_rest_points(FEEDBACK, p) if q.kind == "interior"] if b0 + p["theta"] * f0 > 0 else []
        )
        attracts = any(q.attracting == "asymptotic" for q in interior)
        assert attracts == (b0 + p["theta"] * f0 > 0 > b1 + p["theta"] * f1 and f0 * b1 < b0 * f1)
        sinks += attracts
    assert sinks > 5


def test_a_pulse_of_investment_makes_the_change_permanent() -> None:
    """Height 0.3 from (0.02, 0.02): 57 time units are enough, 55 are not (table of pulses: 56.3)."""
    for duration, lasting in ((55.0, False), (57.0, True)):
        during = integrate(RENEWAL, {"x": 0.02, "e": 0.02}, {"u": "0.3"}, t_end=duration)
        after = integrate(RENEWAL, during.final, {}, t_end=2000)
        assert (after.coordinate("x")[-1] > 0.99) == lasting
