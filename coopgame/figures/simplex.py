"""The phase portrait of one population with three strategies, on the triangle of their shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from coopgame.analysis.points import RestPoints
from coopgame.analysis.trajectories import Trajectory
from coopgame.dynamics.field import VectorField
from coopgame.errors import UnsupportedError
from coopgame.figures.style import COLUMN_WIDTH, axes_for, explain_marks, house_style, mark_rest_point
from coopgame.figures.triangle import CORNERS, HEIGHT, draw_triangle


def draw_simplex(
    dynamics: VectorField,
    points: RestPoints,
    values: Mapping[str, Any] | None = None,
    ax: Axes | None = None,
    *,
    trajectories: Sequence[Trajectory] = (),
    language: str = "en",
) -> Axes:
    """Draw streamlines, trajectories and rest points of a three-strategy population on its simplex; return the axes.

    points: rest points at the same values. The first strategy is at the lower left corner, the second at the lower right,
    the third on top.
    """
    game = dynamics.game
    if len(game.populations) != 1 or len(game.populations[0].strategies) != 3 or game.environment:
        sizes = " x ".join(str(len(block.strategies)) for block in game.blocks)
        raise UnsupportedError(
            f"a simplex is drawn for one population of three strategies; this game has {sizes}: draw shares over time instead"
        )
    with house_style():
        ax = axes_for(ax, COLUMN_WIDTH, COLUMN_WIDTH)
        grid_x, grid_y = np.linspace(0, 1, 70), np.linspace(0, HEIGHT, 60)
        x, y = np.meshgrid(grid_x, grid_y)
        third = y / HEIGHT
        second = x - third / 2
        first = 1 - second - third
        inside = (first > 1e-3) & (second > 1e-3) & (third > 1e-3)
        shares = np.where(inside[..., None], np.stack([first, second, third], axis=-1), 1 / 3)
        rates = dynamics(shares, values) @ CORNERS
        u, v = (np.ma.masked_where(~inside, rates[..., i]) for i in (0, 1))
        ax.streamplot(grid_x, grid_y, u, v, color="#9A9A9A", density=0.9, linewidth=0.6, arrowsize=0.7)
        draw_triangle(ax, game.populations[0].strategies)
        for trajectory in trajectories:
            path = trajectory.shares @ CORNERS
            ax.plot(path[:, 0], path[:, 1], color="black", linewidth=1.1)
        for point in points:
            place = point.state @ CORNERS
            mark_rest_point(ax, float(place[0]), float(place[1]), point)
        explain_marks(ax, points, language, height=1.0)
    return ax
