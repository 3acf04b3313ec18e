"""Shares over time or generations: one trajectory or orbit, and one parameter at several values overlaid."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from coopgame.analysis.orbits import Orbit
from coopgame.analysis.trajectories import Trajectory
from coopgame.figures.style import (
    COLOURS,
    LINES,
    MARKS,
    PAGE_WIDTH,
    Picture,
    axes_for,
    house_style,
    label,
    needs_result,
)
from coopgame.games.declarations import Population

_MOST_MARKED = 100

# what the axis shows, by whether there are populations and quantities without an upper bound
_WHAT = {
    (True, False): ("share", "比例"),
    (True, True): ("share, quantity", "比例、数量"),
    (False, False): ("quantity", "数量"),
    (False, True): ("quantity", "数量"),
}


def draw_time_series(course: Trajectory | Orbit, ax: Axes | None = None, *, language: str = "en") -> Axes:
    """Draw every share of a trajectory over time, or of an orbit over generations, with its name at the end; return the axes.

    Generations are marked, and joined by thin lines that only lead the eye; beyond a hundred of them marks are small and stand alone.
    """
    needs_result(course, (Trajectory, Orbit), "integrate")
    with house_style():
        ax = axes_for(ax)
        names = course.game.coordinates
        times = course.generations if isinstance(course, Orbit) else course.times
        ends, top = [], _top([course])
        for i, name in enumerate(names):
            share = course.coordinate(name)
            ax.plot(times, share, color=COLOURS[i % len(COLOURS)], **_line(course, i))
            ends.append(float(share[-1]) / top)
        for name, height in zip(names, apart(ends), strict=True):
            ax.annotate(name, (times[-1], top * height), xytext=(4, 0), textcoords="offset points", va="center")
        ax.set_ylim(-0.03 * top, 1.03 * top)
        ax.set_xlim(times[0], times[-1])
        in_time, in_generations = label("time t", "时间 t", language), label("generation t", "世代 t", language)
        ax.set_xlabel(in_generations if isinstance(course, Orbit) else in_time)
        ax.set_ylabel(label(*_WHAT[bool(course.game.populations), bool(course.game.unbounded)], language))
    return ax


def _top(courses: Sequence[Trajectory | Orbit]) -> float:
    """Return the upper end of the axis: 1 for shares, the largest value of quantities without an upper bound where that is more."""
    reached = [float(c.coordinate(name).max()) for c in courses for name in c.game.unbounded]
    alone = not courses[0].game.populations
    return max(reached) or 1.0 if alone and reached else max([1.0, *reached])


def _line(course: Trajectory | Orbit, i: int) -> dict[str, Any]:
    """Return the style of the line of the share i: continuous in time, marks for generations."""
    if not isinstance(course, Orbit):
        return {"linestyle": LINES[i % len(LINES)]}
    if len(course.generations) > _MOST_MARKED:
        return {"linestyle": "none", "marker": ".", "markersize": 1.5}
    marks = {"marker": MARKS[i % len(MARKS)], "markersize": 3, "clip_on": False}
    return {"linestyle": LINES[i % len(LINES)], "linewidth": 0.5, **marks}


def apart(heights: Sequence[float], gap: float = 0.06) -> list[float]:
    """Return label heights at least a gap apart and at most 1, in the order given; those that are far from others stay where they are."""
    order = np.argsort(heights, kind="stable")
    placed = list(heights)
    for before, after in itertools.pairwise(order):
        placed[after] = max(placed[after], placed[before] + gap)
    ceiling = 1.0
    for k in reversed(order):
        placed[k] = min(placed[k], ceiling)
        ceiling = placed[k] - gap
    return placed


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
            reached = max(float(trajectory.coordinate(name).max()) for trajectory in trajectories)
            top = (reached or 1.0) if name in game.unbounded else 1.0
            ax.set_ylim(-0.03 * top, 1.03 * top)
            ax.set_xlim(trajectories[0].times[0], trajectories[0].times[-1])
            ax.set_xlabel(label("time t", "时间 t", language))
            meaning = population.name if isinstance(population, Population) else population.meaning
            english = f"{name}: {meaning}" if meaning else name
            ax.set_title(label(english, population.zh and f"{name}：{population.zh}", language))
        english, chinese = _WHAT[bool(game.populations), bool(game.unbounded)]
        one = ("share of the first strategy", "第一策略比例") if english == "share" else (english, chinese)
        panels[0].set_ylabel(label(*one, language))
        panels[-1].legend(loc="best")
    return list(panels)
