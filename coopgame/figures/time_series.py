"""Shares over time: one trajectory, and one parameter at several values overlaid."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from coopgame.analysis.trajectories import Trajectory
from coopgame.figures.style import COLOURS, LINES, MARKS, PAGE_WIDTH, Picture, house_style, label, new_axes
from coopgame.games.game import Game


def draw_time_series(trajectory: Trajectory, ax: Axes | None = None, *, language: str = "en") -> Axes:
    """Draw every share or quantity of a trajectory over time with its name at the end of the line; return the axes."""
    with house_style():
        ax = ax or new_axes()
        names = trajectory.game.coordinates
        ends = []
        for i, name in enumerate(names):
            share = trajectory.coordinate(name)
            ax.plot(trajectory.times, share, color=COLOURS[i % len(COLOURS)], linestyle=LINES[i % len(LINES)])
            ends.append(float(share[-1]))
        top = _top(trajectory)
        for name, height in zip(names, _apart([end / top for end in ends]), strict=True):
            ax.annotate(name, (trajectory.times[-1], top * height), xytext=(4, 0), textcoords="offset points", va="center")
        ax.set_ylim(-0.03 * top, 1.03 * top)
        ax.set_xlim(trajectory.times[0], trajectory.times[-1])
        ax.set_xlabel(label("time t", "时间 t", language))
        ax.set_ylabel(label(*_words(trajectory.game), language))
    return ax


def _words(game: Game) -> tuple[str, str]:
    """Return what the vertical axis means, in English and Chinese."""
    if not game.unbounded:
        return "share", "比例"
    return ("share, quantity", "比例、数量") if game.populations else ("quantity", "数量")


def _top(trajectory: Trajectory) -> float:
    """Return the upper end of the vertical axis: 1 for shares, the largest value where there are quantities without upper bound."""
    game = trajectory.game
    largest = max((float(trajectory.coordinate(name).max()) for name in game.unbounded), default=1.0)
    shares = len(game.coordinates) > len(game.unbounded)
    return max(largest, 1.0) if shares else largest or 1.0


def _apart(heights: Sequence[float], gap: float = 0.06) -> list[float]:
    """Return label heights at least a gap apart, in the order given."""
    order = np.argsort(heights)
    placed = list(heights)
    for before, after in itertools.pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    excess = max(0.0, max(placed) - 1.0)
    return [height - excess for height in placed]


def draw_parameter_overlay(
    trajectories: Sequence[Trajectory], parameter: str, axes: Sequence[Axes] | None = None, *, language: str = "en"
) -> list[Axes]:
    """Draw x(t), y(t), z(t), one panel a share, for trajectories that differ in one parameter; return the axes.

    Line style, mark and colour all differ, so the lines can be told apart in print.
    """
    with house_style():
        game = trajectories[0].game
        names = game.coordinates
        panels: Any = axes
        if panels is None:
            figure = Picture(figsize=(PAGE_WIDTH, 0.36 * PAGE_WIDTH), layout="constrained")
            panels = np.atleast_1d(figure.subplots(1, len(names), sharey=not game.unbounded))
        for ax, name, population in zip(panels, names, game.blocks, strict=True):
            for i, trajectory in enumerate(trajectories):
                value = trajectory.values[parameter]
                shown = f"{parameter} = {float(value):g}"
                style: dict[str, Any] = {"color": COLOURS[i % len(COLOURS)], "linestyle": LINES[i % len(LINES)]}
                style |= {
                    "marker": MARKS[i % len(MARKS)],
                    "markersize": 3,
                    "markevery": (i * 20, len(trajectory.times) // 8),
                }
                ax.plot(trajectory.times, trajectory.coordinate(name), label=shown, **style)
            top = max((t.coordinate(name).max() for t in trajectories if name in game.unbounded), default=0.0) or 1.0
            ax.set_ylim(-0.03 * top, 1.03 * top)
            ax.set_xlim(trajectories[0].times[0], trajectories[0].times[-1])
            ax.set_xlabel(label("time t", "时间 t", language))
            ax.set_title(label(f"{name}: {population.name}", population.zh and f"{name}：{population.zh}", language))
        first = ("share of the first strategy", "第一策略比例")
        panels[0].set_ylabel(label(*(_words(game) if game.unbounded else first), language))
        panels[-1].legend(loc="best")
    return list(panels)
