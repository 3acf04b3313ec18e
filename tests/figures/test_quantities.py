"""Figures of quantities from 0 on: axes hold what is drawn, labels say what they mean."""

from __future__ import annotations

import math

import numpy as np
import pytest

from coopgame import (
    Environment,
    MatrixGame,
    RateModel,
    UnsupportedError,
    catalog,
    find_rest_points,
    find_separatrices,
    integrate,
    replicator,
)
from coopgame.figures import draw_cube, draw_parameter_overlay, draw_phase_line, draw_phase_portrait, draw_time_series

RIVALS = catalog.cluster_symbiosis()
VALUES = {"r1": "0.5", "r2": "0.4", "K1": 1000, "K2": 500, "s12": "-1.2", "s21": "-1.1"}


def test_the_portrait_holds_rest_points_trajectories_and_separatrices() -> None:
    path = integrate(RIVALS, {"N1": 2000, "N2": 3}, VALUES)
    points = find_rest_points(RIVALS, VALUES)
    curves = find_separatrices(replicator(RIVALS), VALUES)
    ax = draw_phase_portrait(replicator(RIVALS), points, VALUES, separatrices=curves, trajectories=[path])
    assert ax.get_xlim()[0] == 0 and ax.get_xlim()[1] > 2000 and 500 < ax.get_ylim()[1] < 1000
    drawn = {line.get_gid(): line for line in ax.lines if line.get_gid()}
    assert np.array_equal(np.column_stack(drawn["trajectory"].get_data()), path.shares)
    assert {"separatrix", "rest-point-saddle", "rest-point-sink", "rest-point-source"} <= set(drawn)
    assert ax.get_xlabel() == "N1: output of cluster 1" and ax.get_ylabel() == "N2: output of cluster 2"
    assert draw_phase_portrait(replicator(RIVALS), points, VALUES, language="zh").get_xlabel() == "N1：集群1的产出"


def test_the_nullclines_are_those_of_the_rates() -> None:
    """Of predator and prey at r = 1, a = 2, b = 4, m = 3 they are y = 1/2 and x = 3/4."""
    model, values = catalog.predator_prey(), {"r": 1, "a": 2, "b": 4, "m": 3}
    ax = draw_phase_portrait(replicator(model), find_rest_points(model, values), values)
    lines = [path.vertices for drawn in ax.collections for path in drawn.get_paths() if len(path.vertices) > 40]
    assert any(np.allclose(np.asarray(v)[:, 1], 0.5) for v in lines)
    assert any(np.allclose(np.asarray(v)[:, 0], 0.75) for v in lines)


def test_a_share_beside_a_stock() -> None:
    game = MatrixGame(
        [["1", "1"], ["n/2", "n/2"]],
        symbol="x",
        environment=[Environment("n", "n*(1 - n/4) - 9*(1 - x)*n/10", between=(0, math.inf))],
    )
    ax = draw_phase_portrait(replicator(game), find_rest_points(game), {})
    assert ax.get_xlim() == (0, 1) and ax.get_ylim() == (0, pytest.approx(1.35 * 4)) and "environment" in ax.get_ylabel()
    path = integrate(game, {"x": 0.5, "n": 30})
    assert draw_time_series(path).get_ylabel() == "share, quantity"


def test_time_series_reach_the_largest_value() -> None:
    paths = [integrate(RIVALS, {"N1": 10, "N2": 3}, {**VALUES, "s12": s}) for s in ("-1.2", "-0.5")]
    ax = draw_time_series(paths[0])
    assert ax.get_ylabel() == "quantity" and paths[0].shares.max() <= ax.get_ylim()[1] < 1.1 * paths[0].shares.max()
    assert np.array_equal(ax.lines[0].get_ydata(), paths[0].coordinate("N1"))
    panels = draw_parameter_overlay(paths, "s12")
    for panel, name in zip(panels, ("N1", "N2"), strict=True):
        top = max(path.coordinate(name).max() for path in paths)
        assert top <= panel.get_ylim()[1] < 1.1 * top


def test_figures_of_shares_alone_refuse_quantities() -> None:
    one = RateModel({"N": "N*(1 - N)"})
    with pytest.raises(UnsupportedError, match="N has no upper bound: draw them over time"):
        draw_phase_line(replicator(one), find_rest_points(one), {})
    three = catalog.cyclic_competition()
    path = integrate(three, {"N1": 0.5, "N2": 0.3, "N3": 0.2}, {"al": "0.6", "be": "1.1"})
    with pytest.raises(UnsupportedError, match="no upper bound"):
        draw_cube([path], find_rest_points(three, {"al": "0.6", "be": "1.1"}))
