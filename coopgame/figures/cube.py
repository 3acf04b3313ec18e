"""Trajectories of three populations with two strategies each, in the unit cube."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from coopgame.analysis.points import RestPoints
from coopgame.analysis.stability import Stability
from coopgame.analysis.trajectories import Trajectory
from coopgame.figures.style import COLUMN_WIDTH, house_style, label, new_axes


def draw_cube(
    trajectories: Sequence[Trajectory],
    points: RestPoints | None = None,
    ax: Axes | None = None,
    *,
    language: str = "en",
) -> Axes:
    """Draw trajectories in the cube of three shares, starts as dots, rest points marked; return the 3D axes."""
    with house_style():
        axes: Any = ax or new_axes(1.15 * COLUMN_WIDTH, 1.1 * COLUMN_WIDTH, projection="3d")
        game = trajectories[0].game
        names = game.coordinates
        for start, end in combinations(product((0, 1), repeat=3), 2):
            if sum(a != b for a, b in zip(start, end, strict=True)) == 1:
                axes.plot(*zip(start, end, strict=True), color="#BBBBBB", linewidth=0.6, zorder=1)
        for trajectory in trajectories:
            path = np.stack([trajectory.coordinate(name) for name in names])
            target = trajectory.outcome.label
            colour = "#0072B2" if target is None else _colour(target)
            axes.plot(*path, color=colour, linewidth=0.9)
            axes.plot(*path[:, :1], "o", color=colour, markersize=2)
        for point in points or ():
            if point.kind == "vertex":
                place = [float(v) for v in point.coordinates.values()]
                sink = point.stability == Stability.SINK
                axes.plot(
                    *[[v] for v in place],
                    "o",
                    color="black",
                    markerfacecolor="black" if sink else "white",
                    markersize=5,
                )
                axes.text(*[v + (0.05 if v else -0.05) for v in place], point.label, fontsize=7)
        for population, axis in zip(game.populations, "xyz", strict=True):
            english = f"{population.symbol} ({population.name})"
            text = label(english, population.zh and f"{population.symbol}（{population.zh}）", language)
            getattr(axes, f"set_{axis}label")(text, labelpad=-4)
            getattr(axes, f"set_{axis}lim")(0, 1)
            getattr(axes, f"set_{axis}ticks")([0, 0.5, 1])
            axes.tick_params(axis=axis, pad=-2)
        axes.view_init(elev=22, azim=-58)
        axes.set_box_aspect((1, 1, 1), zoom=0.86)
        axes.grid(False)
    return axes  # type: ignore[no-any-return]


def _colour(target: str) -> str:
    shades = ("#0072B2", "#D55E00", "#000000", "#56B4E9", "#009E73", "#CC79A7", "#E69F00", "#7A7A7A")
    digits = "".join(character for character in target if character.isdigit())
    return shades[int(digits or 0) % len(shades)]
