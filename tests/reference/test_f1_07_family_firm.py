"""Published results reproduced: governance of a family firm, with the basins of sixteen starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgame import analyse, find_basin, integrate, read_game, replicator

GAME = read_game(Path(__file__).parent / "games" / "F1-07a.toml")
POINTS = analyse(GAME).rest_points
STARTS = {
    (1, 1): "0.025,0.95 0.05,0.9 0.1,0.8 0.1,0.7 0.1,0.6 0.1,0.5 0.9,0.1 0.98,0.05",
    (0, 0): "0.05,0.4 0.02,0.6 0.05,0.3 0.2,0.3 0.4,0.2 0.8,0.05 0.5,0.1 0.9,0.02",
}


def test_two_stable_vertices_and_two_sources() -> None:
    """Family-firm governance, authors' code (BeauquinLau/family-firm-governance-egt): types of the four vertices."""
    found = {tuple(p.coordinates.values()): p for p in POINTS if p.kind == "vertex"}
    types = {vertex: str(point.stability) for vertex, point in found.items()}
    assert types == {(0, 0): "sink", (1, 1): "sink", (0, 1): "source", (1, 0): "source"}
    assert [float(e) for e in found[0, 0].eigenvalues] == pytest.approx([-1.05, -1.42], abs=1e-9)
    assert [float(e) for e in found[1, 1].eigenvalues] == pytest.approx([-6.02, -0.90], abs=1e-9)
    assert {tuple(p.coordinates.values()) for p in POINTS.attractors} == {(0, 0), (1, 1)}


def test_the_interior_saddle() -> None:
    """Family-firm governance, authors' code (BeauquinLau/family-firm-governance-egt): the saddle and its eigenvalues."""
    (saddle,) = [p for p in POINTS if p.kind == "interior"]
    assert saddle.stability == "saddle"
    assert [float(v) for v in saddle.coordinates.values()] == pytest.approx([0.6120689655, 0.1485148515], abs=1e-9)
    one, other = (float(e) for e in saddle.eigenvalues)
    assert one == -other
    assert one**2 == pytest.approx(0.4925034141, abs=1e-9)


@pytest.mark.parametrize("end", STARTS)
def test_sixteen_starts_go_where_the_authors_say(end: tuple[int, int]) -> None:
    """Family-firm governance, authors' code (BeauquinLau/family-firm-governance-egt): basins of attraction."""
    starts = [tuple(float(share) for share in pair.split(",")) for pair in STARTS[end].split()]
    assert len(starts) == 8
    for p, q in starts:
        path = integrate(replicator(GAME), {"p": p, "q": q})
        assert path.outcome.kind == "converged"
        assert path.final[::2] == pytest.approx(end, abs=1e-6), (p, q)


@pytest.mark.parametrize("end", STARTS)
def test_the_conserved_quantity_tells_the_same_sixteen_basins(end: tuple[int, int]) -> None:
    """Family-firm governance, authors' code (BeauquinLau/family-firm-governance-egt): basins, without integration."""
    label = {(0, 0): "E1", (1, 1): "E4"}[end]
    for pair in STARTS[end].split():
        assert find_basin(GAME, dict(zip("pq", pair.split(","), strict=True))) == label
