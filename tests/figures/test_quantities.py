"""Figures of quantities without an upper bound, and of orbits over generations."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    catalog,
    difference_replicator,
    discrete_dynamic,
    find_rest_points,
    find_separatrices,
    integrate,
    iterate,
    replicator,
)
from coopgame.figures import draw_phase_portrait, draw_time_series

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
