"""The phase portrait of two populations with two strategies each, of one and an environment, or of two quantities."""

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
    axes_for,
    explain_marks,
    house_style,
    label,
    mark_rest_point,
    needs_populations,
)
from coopgame.games.declarations import Population


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
    """Draw streamlines, nullclines, separatrices, trajectories and rest points in the plane of two coordinates; return the axes.

    An axis ends at 1, or for a quantity without an upper bound somewhat beyond its largest value at rest and on the trajectories. points:
    rest points at the same values. separatrices: curves of shape (n, 2), for instance of `find_separatrices`.
    """
    blocks, names = dynamics.game.blocks, dynamics.game.coordinates
    needs_populations(dynamics.game, 2, "a phase portrait", unbounded=True)
    with house_style():
        ax = axes_for(ax, COLUMN_WIDTH, 1.07 * COLUMN_WIDTH)
        tops = [
            1.0 if block.bounded else _top(name, points, trajectories)
            for block, name in zip(blocks, names, strict=True)
        ]
        across, up = (top * np.linspace(0.005, 0.995, 60) for top in tops)
        x, y = np.meshgrid(across, up)
        pairs = [[s, 1 - s] if block.bounded else [s] for block, s in zip(blocks, (x, y), strict=True)]
        rates = dynamics(np.stack([*pairs[0], *pairs[1]], axis=-1), values)
        u, v = rates[..., 0], rates[..., len(pairs[0])]
        ax.streamplot(across, up, u, v, color="#9A9A9A", density=0.9, linewidth=0.6, arrowsize=0.7)
        first, second = (block.symbol for block in blocks)
        nullclines: tuple[tuple[np.ndarray, dict[str, Any]], ...] = (
            (
                u / np.prod(pairs[0], axis=0) if dynamics.relative[0] else u,
                {"color": "#0072B2", "linestyle": "--", "label": f"d{first}/dt = 0"},
            ),
            (
                v / np.prod(pairs[1], axis=0) if dynamics.relative[1] else v,
                {"color": "#D55E00", "linestyle": ":", "label": f"d{second}/dt = 0"},
            ),
        )
        lines = []
        for sign, look in nullclines:
            if sign.min() < 0 < sign.max():
                ax.contour(x, y, sign, levels=[0], colors=look["color"], linestyles=look["linestyle"], linewidths=1.1)
                lines.append(Line2D([], [], **look))
        for trajectory in trajectories:
            ax.plot(*map(trajectory.coordinate, names), color="#009E73", linewidth=1.2, gid="trajectory")
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
        for block, axis in zip(blocks, (ax.xaxis, ax.yaxis), strict=True):
            meaning = f"{block.name} {block.strategies[0]}" if isinstance(block, Population) else block.meaning
            meaning = meaning or ("environment" if dynamics.game.populations else "")
            english = f"{block.symbol}: {meaning}" if meaning else str(block.symbol)
            axis.set_label_text(label(english, block.zh and f"{block.symbol}：{block.zh}", language))
        explain_marks(ax, points, language, lines=lines, height=1.02)
    return ax


def _top(name: str, points: RestPoints, trajectories: Sequence[Trajectory]) -> float:
    """Return where the axis of a quantity ends."""
    drawn = [float(point.coordinates[name]) for point in points]
    drawn += [float(trajectory.coordinate(name).max()) for trajectory in trajectories]
    return 1.35 * max(drawn, default=0.0) or 1.0
