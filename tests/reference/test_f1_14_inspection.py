"""Known results reproduced: the inspection game with a fixed fine cycles; its mixed state is a centre, no ESS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sympy

from coopgame import analyse, find_regimes, find_rest_points, integrate, read_game, replicator

GAME = read_game(Path(__file__).parent / "games" / "F1-14a.toml")
DYNAMIC = read_game(Path(__file__).parent / "games" / "F1-14a-dynamic.toml")


def test_the_mixed_state_is_a_centre() -> None:
    """Inspection game after Tsebelis (1989), Am. Political Science Review 83: (0.4, 0.2), frequency 0.9798, not an ESS."""
    points = analyse(GAME).rest_points
    (mixed,) = [p for p in points if p.kind == "interior"]
    assert tuple(mixed.coordinates.values()) == (sympy.Rational(2, 5), sympy.Rational(1, 5))
    found = sorted((complex(e) for e in mixed.eigenvalues), key=lambda e: e.imag)
    assert found == pytest.approx([-0.9797958971j, 0.9797958971j], abs=1e-9)
    assert (mixed.stability, mixed.attracting) == ("center", "lyapunov")
    assert "not an ESS" in mixed.note
    assert points.attractors == ()


def test_the_frequency_as_a_formula() -> None:
    """Inspection game after Tsebelis (1989), Am. Political Science Review 83: F sqrt(x (1 - x) y (1 - y)) at (g/F, c/F)."""
    (mixed,) = [p for p in find_rest_points(GAME) if p.kind == "interior"]
    fine, cost, gain = sympy.symbols("F c g")
    x, y = gain / fine, cost / fine
    assert [sympy.simplify(v - w) for v, w in zip(mixed.coordinates.values(), (x, y), strict=True)] == [0, 0]
    square = -(fine**2) * x * (1 - x) * y * (1 - y)
    for eigenvalue in mixed.eigenvalues:
        assert sympy.simplify(eigenvalue**2 - square) == 0
    assert sympy.simplify(sum(mixed.eigenvalues)) == 0


def test_a_conserved_quantity_and_cycles() -> None:
    """Inspection game after Tsebelis (1989), Am. Political Science Review 83: H is constant to 1e-6 up to t = 200."""
    path = integrate(replicator(GAME), {"x": 0.5, "y": 0.5}, t_end=200)
    fine, cost, gain = 5, 1, 2
    inspect, rest, cheat, comply = path.log_shares.T
    conserved = -(cost * cheat + (fine - cost) * comply) - (gain * inspect + (fine - gain) * rest)
    assert np.abs(conserved - conserved[0]).max() < 1e-6
    assert np.ptp(path.coordinate("y")) > 0.1
    assert path.outcome.kind == "periodic"
    assert path.final[::2] != pytest.approx([0.4, 0.2], abs=1e-2)


def test_a_fine_that_grows_with_cheating_stabilises_the_mixed_state() -> None:
    """Dynamic penalty F y: (0.632456, 0.316228), eigenvalues -0.683772 +- 0.733296i, reached from (.5, .5)."""
    mixed = find_rest_points(DYNAMIC, {}).at(x=0.4 * 10**0.5 / 2, y=0.1**0.5)
    assert (mixed.stability, mixed.attracting, mixed.known) == ("sink", "asymptotic", "certified")
    found = sorted((complex(e) for e in mixed.eigenvalues), key=lambda e: e.imag)
    assert found == pytest.approx([-0.683772 - 0.733296j, -0.683772 + 0.733296j], abs=1e-6)
    path = integrate(DYNAMIC, {"x": 0.5, "y": 0.5})
    assert path.outcome.kind == "converged"
    assert path.final[::2] == pytest.approx([0.632455532, 0.316227766], abs=1e-6)


def test_where_the_growing_fine_stabilises() -> None:
    """By hand: y* = sqrt(c/F), x* = g/(F y*); the trace is -g x (1 - y)... < 0, so it attracts wherever it exists."""
    (mixed,) = [p for p in find_rest_points(DYNAMIC) if p.kind == "interior"]
    assert mixed.exists == mixed.stable_if
    assert mixed.exists.text() == "F > c and F*c > g**2"
    regimes = find_regimes(DYNAMIC)
    assert regimes.cover and regimes.at({"F": 10, "c": 1, "g": 2}).stable == ("I1",)
