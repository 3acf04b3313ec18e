"""Published results reproduced: innovation and imitation in a cluster of firms with spillovers."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy

from coopgame import (
    analyse,
    find_ess_vertices,
    find_regimes,
    find_rest_points,
    integrate,
    is_ess,
    read_game,
    replicator,
)

GAME = read_game(Path(__file__).parent / "games" / "F4-09.toml")
FREE_RIDING = {"V": 5, "C": 4, "spill": "0.8"}
WIN_WIN = {"V": 5, "C": 4, "spill": "0.5"}


def test_strong_spillovers_lead_to_coexistence() -> None:
    """Constructed, of a kind common in writing on clusters: at V = 5, C = 4, spillover 0.8 half of the firms innovate."""
    mixed = analyse(GAME, FREE_RIDING).rest_points["I1"]
    assert float(mixed.coordinates["x"]) == pytest.approx(0.5, abs=1e-12)
    assert (mixed.stability, mixed.attracting) == ("sink", "asymptotic")
    assert is_ess(GAME, ["1/2", "1/2"], FREE_RIDING)
    assert find_ess_vertices(GAME, FREE_RIDING) == ()
    for start in (0.01, 0.99):
        assert integrate(replicator(GAME), {"x": start}, FREE_RIDING).final[0] == pytest.approx(0.5, abs=1e-9)


def test_weak_spillovers_make_innovation_dominant() -> None:
    """Constructed, of a kind common in writing on clusters: at spillover 0.5 all firms innovate."""
    points = analyse(GAME, WIN_WIN).rest_points
    assert [point.profile for point in points.attractors] == [("innovate",)]
    assert {point.kind for point in points} == {"vertex"}
    assert find_ess_vertices(GAME, WIN_WIN) == ("innovate",)
    path = integrate(replicator(GAME), {"x": 1e-6}, WIN_WIN)
    assert (path.outcome.kind, path.outcome.label) == ("converged", "E2")


@pytest.mark.parametrize(("spill", "stable"), [("0.599", "E2"), ("0.601", "I1")])
def test_the_critical_spillover(spill: str, stable: str) -> None:
    """Constructed, of a kind common in writing on clusters: the threshold is 1 - C/(2V), 0.6 at V = 5 and C = 4."""
    regimes = find_regimes(GAME, {"V": 5, "C": 4})
    assert [surface.text for surface in regimes.hypersurfaces] == ["5*spill = 3"]
    assert regimes.at({"spill": spill}).stable == (stable,)


def test_the_threshold_and_the_mixture_in_symbols() -> None:
    """Constructed, of a kind common in writing on clusters: x* = (V - C)/((V - C) + spill V - V + C/2)."""
    v, c, spill = sympy.symbols("V C spill")
    points = find_rest_points(GAME)
    assert sympy.simplify(points["I1"].coordinates["x"] - (v - c) / ((v - c) + spill * v - v + c / 2)) == 0
    threshold = sympy.solve(points["E2"].eigenvalues[0], spill)
    assert [sympy.simplify(t - (1 - c / (2 * v))) for t in threshold] == [0]
