"""Published results reproduced: channels of a live-streaming platform, where the separatrix decides."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from coopgame import analyse, basin_area, find_basin, integrate, read_game, replicator
from coopgame.errors import UnsupportedError

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
    assert find_basin(GAME, {"x": 0.5, "y": 0.5}, values) == {(1, 0): "E2", (0, 1): "E3"}[end]
    path = integrate(replicator(GAME), {"x": 0.5, "y": 0.5}, values)
    assert path.outcome.kind == "converged"
    assert path.final[::2] == pytest.approx(end, abs=1e-6)


def test_the_separatrix_moves_over_the_middle_once() -> None:
    """Live-streaming channels, authors' code (iskongling/live-streaming): between k2 = 14 and 17 the outcome turns.

    By hand it does at k2 = 15: there both strategies of both are alike, and the separatrix is symmetric.
    """
    costs = np.linspace(14, 17, 32)
    assert 15 not in costs
    basins = [find_basin(GAME, {"x": 0.5, "y": 0.5}, {"g0": 60, "k2": cost}) for cost in costs]
    turns = sum(one != two for one, two in pairwise(basins))
    assert (basins[0], basins[-1], turns) == ("E2", "E3", 1)
    assert float(basin_area(GAME, {"g0": 60, "k2": 15}).of("E2")) == pytest.approx(0.5, abs=1e-12)
    with pytest.raises(UnsupportedError, match="on the separatrix"):
        find_basin(GAME, {"x": 0.5, "y": 0.5}, {"g0": 60, "k2": 15})
    areas = basin_area(GAME, {"g0": 60, "k2": costs}).of("E2")
    assert (np.diff(areas) < 0).all()
