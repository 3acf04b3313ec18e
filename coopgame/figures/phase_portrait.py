"""The phase portrait of two coordinates: populations with two strategies each, environment variables, quantities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from coopgame.analysis.points import RestPoints
from coopgame.analysis.trajectories import Trajectory
from coopgame.dynamics.field import VectorField
from coopgame.figures.style import (
    COLUMN_WIDTH,
    explain_marks,
    house_style,
    label,
    mark_rest_point,
    needs_populations,
    new_axes,
)
from coopgame.games.declarations import Population

_BEYOND = 1.35


def draw_phase_portrait(
    dynamics: VectorField,
    points: RestPoints,
    values: Mapping[str, Any] | None = None,
    ax: Axes | None = None,
    *,
    separatrices: Sequence[np.ndarray] = (),
    trajectories: Sequence[Trajectory] = (),
    language: str = "en",
) -> Axes:
    """Draw streamlines, nullclines, separatrices, trajectories and rest points of two coordinates; return the axes.

    points: rest points at the same values. separatrices: curves of shape (n, 2), for instance of `find_separatrices`. Axes run from 0
    to 1, for a quantity without upper bound somewhat beyond the rest points and trajectories.
    """
    needs_populations(dynamics.game, 2, "a phase portrait", unbounded=True)
    game, names = dynamics.game, dynamics.game.coordinates
    with house_style():
        ax = ax or new_axes(COLUMN_WIDTH, 1.07 * COLUMN_WIDTH)
        tops = [_top(name, points, trajectories) if name in game.unbounded else 1.0 for name in names]
        across, up = (top * np.linspace(0.005, 0.995, 60) for top in tops)
        x, y = np.meshgrid(across, up)
        pairs = zip(game.blocks, (x, y), strict=True)
        state = np.stack([e for block, z in pairs for e in ([z, 1 - z] if block.bounded else [z])], axis=-1)
        u, v = (dynamics(state, values)[..., part.start] for part in game.parts)
        ax.streamplot(across, up, u, v, color="#9A9A9A", density=0.9, linewidth=0.6, arrowsize=0.7)
        nullclines: tuple[tuple[np.ndarray, dict[str, Any]], ...] = (
            (_drive(dynamics, 0, u, x), {"color": "#0072B2", "linestyle": "--", "label": f"d{names[0]}/dt = 0"}),
            (_drive(dynamics, 1, v, y), {"color": "#D55E00", "linestyle": ":", "label": f"d{names[1]}/dt = 0"}),
        )
        lines = []
        for sign, look in nullclines:
            if sign.min() < 0 < sign.max():
                ax.contour(x, y, sign, levels=[0], colors=look["color"], linestyles=look["linestyle"], linewidths=1.1)
                lines.append(Line2D([], [], **look))
        for trajectory in trajectories:
            path = [trajectory.coordinate(name) for name in names]
            ax.plot(*path, color="#009E73", linewidth=1.2, gid="trajectory")
        for curve in separatrices:
            ax.plot(curve[:, 0], curve[:, 1], color="black", linewidth=1.6, gid="separatrix")
        if separatrices:
            lines.append(Line2D([], [], color="black", linewidth=1.6, label=label("separatrix", "分界线", language)))
        for point in points:
            px, py = (float(value) for value in point.coordinates.values())
            mark_rest_point(ax, px, py, point)
        ax.set_xlim(0, tops[0])
        ax.set_ylim(0, tops[1])
        ax.set_box_aspect(1)
        for block, axis in zip(dynamics.game.blocks, (ax.xaxis, ax.yaxis), strict=True):
            meaning = f"{block.name} {block.strategies[0]}" if isinstance(block, Population) else block.meaning
            meaning = meaning or ("environment" if game.populations else "")
            english = f"{block.symbol}: {meaning}" if meaning else str(block.symbol)
            axis.set_label_text(label(english, block.zh and f"{block.symbol}：{block.zh}", language))
        explain_marks(ax, points, language, lines=lines, height=1.02)
    return ax


def _top(name: str, points: RestPoints, trajectories: Sequence[Trajectory]) -> float:
    """Return how far the axis of a quantity reaches: somewhat beyond all that is drawn."""
    drawn = [float(point.coordinates[name]) for point in points]
    drawn += [float(trajectory.coordinate(name).max()) for trajectory in trajectories]
    return _BEYOND * max(drawn, default=0.0) or 1.0


def _drive(dynamics: VectorField, i: int, rate: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return a rate without the factor by which the ends of its coordinate are at rest."""
    if not dynamics.relative[i]:
        return rate
    return rate / (at * (1 - at) if dynamics.game.blocks[i].bounded else at)
