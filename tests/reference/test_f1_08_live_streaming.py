"""Published results reproduced: channels of a live-streaming platform, where the separatrix decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgame import analyse, integrate, read_game, replicator

GAME = read_game(Path(__file__).parent / "games" / "F1-08a.toml")


@pytest.mark.parametrize(("g0", "saddle", "square"), [(40, (0.4, 0.6), 144), (60, (2 / 3, 0.6), 80)])
def test_the_saddle_and_the_stable_vertices(g0: int, saddle: tuple[float, float], square: float) -> None:
    """Live-streaming channels, authors' code (iskongling/live-streaming): the saddle; (0, 1) and (1, 0) stable."""
    points = analyse(GAME, {"g0": g0}).rest_points
    (interior,) = [p for p in points if p.kind == "interior"]
    assert interior.stability == "saddle"
    assert [float(v) for v in interior.coordinates.values()] == pytest.approx(saddle, abs=1e-9)
    one, other = (float(e) for e in interior.eigenvalues)
    assert one == -other
    assert one**2 == pytest.approx(square, abs=1e-9)
    assert {tuple(p.coordinates.values()) for p in points.attractors} == {(0, 1), (1, 0)}


@pytest.mark.parametrize(
    ("values", "end"),
    [
        ({"g0": 40}, (1, 0)),
        ({"g0": 60}, (0, 1)),
        ({"g0": 60, "k2": 14}, (1, 0)),
        ({"g0": 60, "k2": 17}, (0, 1)),
    ],
)
def test_where_the_middle_goes(values: dict[str, int], end: tuple[int, int]) -> None:
    """Live-streaming channels, authors' code (iskongling/live-streaming): the outcome from (0.5, 0.5)."""
    path = integrate(replicator(GAME), {"x": 0.5, "y": 0.5}, values)
    assert path.outcome.kind == "converged"
    assert path.final[::2] == pytest.approx(end, abs=1e-6)
