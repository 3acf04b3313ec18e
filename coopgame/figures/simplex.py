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

_HEIGHT = np.sqrt(3) / 2
# first strategy at the lower left, second at the lower right, third on top
_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, _HEIGHT]])


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
        grid_x, grid_y = np.linspace(0, 1, 70), np.linspace(0, _HEIGHT, 60)
        x, y = np.meshgrid(grid_x, grid_y)
        third = y / _HEIGHT
        second = x - third / 2
        first = 1 - second - third
        inside = (first > 1e-3) & (second > 1e-3) & (third > 1e-3)
        shares = np.where(inside[..., None], np.stack([first, second, third], axis=-1), 1 / 3)
        rates = dynamics(shares, values) @ _CORNERS
        u, v = (np.ma.masked_where(~inside, rates[..., i]) for i in (0, 1))
        ax.streamplot(grid_x, grid_y, u, v, color="#9A9A9A", density=0.9, linewidth=0.6, arrowsize=0.7)
        outline = np.vstack([_CORNERS, _CORNERS[:1]])
        ax.plot(outline[:, 0], outline[:, 1], color="black", linewidth=0.9, clip_on=False)
        for trajectory in trajectories:
            path = trajectory.shares @ _CORNERS
            ax.plot(path[:, 0], path[:, 1], color="black", linewidth=1.1)
        for point in points:
            place = point.state @ _CORNERS
            mark_rest_point(ax, float(place[0]), float(place[1]), point)
        _name_corners(ax, game.populations[0].strategies)
        ax.set_xlim(-0.06, 1.06)
        ax.set_ylim(-0.1, _HEIGHT + 0.08)
        ax.set_aspect("equal")
        ax.axis("off")
        explain_marks(ax, points, language, height=1.0)
    return ax


def _name_corners(ax: Axes, names: Sequence[str]) -> None:
    for (x, y), name, align, shift in zip(
        _CORNERS, names, ("right", "left", "center"), ((-0.02, -0.05), (0.02, -0.05), (0.0, 0.045)), strict=True
    ):
        ax.text(x + shift[0], y + shift[1], name, ha=align, va="center")
