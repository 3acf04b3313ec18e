"""Trajectories of three populations with two strategies each, in the unit cube."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from mpl_toolkits.mplot3d import proj3d

from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.stability import Stability
from coopgame.analysis.trajectories import Trajectory
from coopgame.figures.style import COLOURS, COLUMN_WIDTH, LINES, axes_for, house_style, label, needs_populations

_GOALS = {
    "periodic": ("periodic", "周期循环"),
    "quasi-periodic": ("quasi-periodic", "准周期"),
    "heteroclinic": ("heteroclinic", "异宿循环"),
    "chaotic": ("chaotic", "混沌"),
    "undecided": ("undecided", "未定"),
    "converged": ("to a line", "趋于均衡线"),
}


def draw_cube(
    trajectories: Sequence[Trajectory],
    points: RestPoints | None = None,
    ax: Axes | None = None,
    *,
    language: str = "en",
) -> Axes:
    """Draw trajectories in the cube of three shares, starts as dots, vertices marked; return the 3D axes.

    A filled vertex is a sink; mixed points are drawn as diamonds. Trajectories that end at the same point share a line style.
    """
    needs_populations(trajectories[0].game, 3, "the unit cube")
    with house_style():
        axes: Any = axes_for(ax, 1.25 * COLUMN_WIDTH, 1.15 * COLUMN_WIDTH, projection="3d")
        _draw_frame(axes, trajectories[0], language)
        targets = sorted({_goal(trajectory) for trajectory in trajectories})
        for trajectory in trajectories:
            number = targets.index(_goal(trajectory))
            path = np.stack([trajectory.coordinate(name) for name in trajectory.game.coordinates])
            line = LINES[number % len(LINES)]
            axes.plot(*path, color=COLOURS[number % len(COLOURS)], linestyle=line, linewidth=0.9)
            axes.plot(*path[:, :1], "o", color=COLOURS[number % len(COLOURS)], markersize=2)
        for point in points or ():
            _draw_point(axes, point)
        _explain(axes, targets, points or (), language)
    return axes  # type: ignore[no-any-return]


def _goal(trajectory: Trajectory) -> str:
    outcome = trajectory.outcome
    return outcome.label if outcome.kind == "converged" and outcome.label else outcome.kind


def _draw_frame(axes: Any, trajectory: Trajectory, language: str) -> None:
    for start, end in combinations(product((0, 1), repeat=3), 2):
        if sum(a != b for a, b in zip(start, end, strict=True)) == 1:
            axes.plot(*zip(start, end, strict=True), color="#BBBBBB", linewidth=0.6, zorder=1)
    for population, axis in zip(trajectory.game.populations, "xyz", strict=True):
        english = f"{population.symbol} ({population.name})"
        text = label(english, population.zh and f"{population.symbol}（{population.zh}）", language)
        getattr(axes, f"set_{axis}label")(text, labelpad=-3)
        getattr(axes, f"set_{axis}lim")(0, 1)
        # corners carry the labels of vertices, so ticks stand between them
        getattr(axes, f"set_{axis}ticks")([0.25, 0.5, 0.75])
        axes.tick_params(axis=axis, pad=-2, labelsize=6)
        getattr(axes, f"{axis}axis").set_pane_color((1, 1, 1, 0))
        getattr(axes, f"{axis}axis").line.set_color("#BBBBBB")
    axes.view_init(elev=20, azim=-62)
    axes.set_box_aspect((1, 1, 1), zoom=0.84)
    axes.grid(False)


def _draw_point(axes: Any, point: RestPoint) -> None:
    """Mark a rest point; the label of a vertex stands outside the cube, seen from its middle."""
    place = [float(v) for v in point.coordinates.values()]
    face = "black" if point.stability == Stability.SINK else "white"
    mark = "o" if point.kind == "vertex" else "D"
    axes.plot(*[[v] for v in place], mark, color="black", markerfacecolor=face, markersize=5 if mark == "o" else 4)
    across, up, _ = proj3d.proj_transform(*place, axes.get_proj())
    middle = proj3d.proj_transform(0.5, 0.5, 0.5, axes.get_proj())
    away = np.array([across - middle[0], up - middle[1]])
    length = float(np.hypot(*away))
    shift = 9 * away / length if length > 1e-9 else np.array([0.0, 9.0])
    axes.annotate(
        point.label, (across, up), shift, textcoords="offset points", ha="center", va="center", fontsize=7, zorder=9
    )


def _explain(axes: Any, targets: Sequence[str], points: Sequence[RestPoint], language: str) -> None:
    handles = []
    for number, target in enumerate(targets):
        text = label(*_GOALS.get(target, (f"to {target}", f"趋于 {target}")), language)
        style: dict[str, Any] = {"color": COLOURS[number % len(COLOURS)], "linestyle": LINES[number % len(LINES)]}
        handles.append(Line2D([], [], label=text, **style))
    sinks = {point.stability == Stability.SINK for point in points}
    for face, english, chinese in (("black", "sink", "汇（稳定）"), ("white", "not attracting", "不吸引")):
        if (face == "black") not in sinks:
            continue
        mark: dict[str, Any] = {"marker": "o", "linestyle": "none", "color": "black", "markerfacecolor": face}
        handles.append(Line2D([], [], markersize=5, label=label(english, chinese, language), **mark))
    axes.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 1.06), ncols=len(handles), columnspacing=1.0
    )
