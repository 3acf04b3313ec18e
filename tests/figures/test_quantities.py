"""Figures of quantities without an upper bound, and of orbits over generations."""

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
    difference_replicator,
    discrete_dynamic,
    find_rest_points,
    find_separatrices,
    integrate,
    iterate,
    replicator,
)
from coopgame.figures import draw_cube, draw_parameter_overlay, draw_phase_line, draw_phase_portrait, draw_time_series

MODEL = catalog.symbiosis(r1="1/2", r2="2/5", K1=100, K2=50, s12="-6/5", s21="-11/10")


def test_the_plane_holds_all_rest_points() -> None:
    """The saddle lies at (100, 50) times (1 + s)/(1 - s12 s21) = (62.5, 15.625), and the separatrix goes through it."""
    field = replicator(MODEL)
    points = find_rest_points(MODEL, {})
    ax = draw_phase_portrait(field, points, {}, separatrices=find_separatrices(field, {}))
    assert ax.get_xlim() == pytest.approx((0, 135)) and ax.get_ylim() == pytest.approx((0, 67.5))
    assert ax.get_xlabel() == "N1: output of the first cluster"
    curves = np.concatenate([line.get_xydata() for line in ax.lines if line.get_gid() == "separatrix"])
    assert np.abs(curves - [62.5, 15.625]).max(axis=1).min() < 0.5


def test_time_series_reach_as_high_as_quantities() -> None:
    ax = draw_time_series(integrate(MODEL, {"N1": 20, "N2": 60}, t_end=100), language="en")
    assert ax.get_ylim() == pytest.approx((-1.8, 61.8)) and ax.get_ylabel() == "quantity"
    assert [line.get_ydata()[0] for line in ax.lines] == pytest.approx([20, 60])


def test_generations_are_marked() -> None:
    game = MatrixGame([["-5/2", "5/2"], ["5/2", "-5/2"]], symbol="x")
    orbit = iterate(discrete_dynamic(game, difference_replicator()), {"x": 0.3}, generations=40)
    ax = draw_time_series(orbit)
    (line,) = ax.lines
    assert line.get_marker() not in ("None", "") and len(line.get_xdata()) == 41
    assert ax.get_xlabel() == "generation t" and ax.get_ylabel() == "share"


def test_trajectories_widen_the_plane() -> None:
    path = integrate(MODEL, {"N1": 300, "N2": 3}, {})
    ax = draw_phase_portrait(replicator(MODEL), find_rest_points(MODEL, {}), {}, trajectories=[path])
    assert ax.get_xlim() == pytest.approx((0, 405)) and ax.get_xlabel() == "N1: output of the first cluster"
    (line,) = [line for line in ax.lines if line.get_gid() == "trajectory"]
    assert np.array_equal(line.get_xydata(), path.shares)


def test_the_nullclines_are_those_of_the_rates() -> None:
    """Of predator and prey at a = 1, b = 2, c = 3, d = 4 they are y = 1/2 and x = 3/4."""
    model = catalog.predator_prey(a=1, b=2, c=3, d=4)
    ax = draw_phase_portrait(replicator(model), find_rest_points(model), {})
    lines = [path.vertices for drawn in ax.collections for path in drawn.get_paths() if len(path.vertices) > 40]
    assert any(np.allclose(np.asarray(v)[:, 1], 0.5) for v in lines)
    assert any(np.allclose(np.asarray(v)[:, 0], 0.75) for v in lines)


def test_a_share_beside_a_stock() -> None:
    stock = Environment("n", "n*(1 - n/4) - 9*(1 - x)*n/10", between=(0, math.inf))
    game = MatrixGame([["1", "1"], ["n/2", "n/2"]], symbol="x", environment=[stock])
    ax = draw_phase_portrait(replicator(game), find_rest_points(game), {})
    assert ax.get_xlim() == (0, 1) and ax.get_ylim() == (0, pytest.approx(1.35 * 4))
    assert ax.get_ylabel() == "n: environment"
    bare = RateModel({"a": "a*(1 - a)", "b": "1 - b"})
    assert draw_phase_portrait(replicator(bare), find_rest_points(bare), {}).get_ylabel() == "b"


def test_one_parameter_at_several_values() -> None:
    model = catalog.symbiosis()
    numbers = {"r1": "1/2", "r2": "2/5", "K1": 100, "K2": 50, "s21": "-11/10"}
    paths = [integrate(model, {"N1": 10, "N2": 3}, {**numbers, "s12": s}) for s in ("-6/5", "-1/2")]
    for panel, name in zip(draw_parameter_overlay(paths, "s12"), ("N1", "N2"), strict=True):
        top = max(path.coordinate(name).max() for path in paths)
        assert top <= panel.get_ylim()[1] < 1.1 * top and panel.get_title().startswith(f"{name}: output of")
        assert [line.get_ydata()[-1] for line in panel.lines] == [path.coordinate(name)[-1] for path in paths]


def test_figures_of_shares_alone_refuse_quantities() -> None:
    one = RateModel({"N": "N*(1 - N)"})
    with pytest.raises(UnsupportedError, match="N has no upper bound: draw them over time"):
        draw_phase_line(replicator(one), find_rest_points(one), {})
    three = catalog.cyclic_competition(al="0.6", be="1.1")
    path = integrate(three, {"N1": 0.5, "N2": 0.3, "N3": 0.2})
    with pytest.raises(UnsupportedError, match="no upper bound"):
        draw_cube([path], find_rest_points(three))
    market = MatrixGame(
        [["n", "0", "1"], ["1", "1", "0"], ["0", "1", "1"]],
        environment=[Environment("n", "n*(1 - n)", between=(0, math.inf))],
    )
    with pytest.raises(UnsupportedError, match="no upper bound"):
        draw_phase_portrait(replicator(market), find_rest_points(one), {})
