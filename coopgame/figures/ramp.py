"""Hysteresis: where the state goes as a parameter is ramped up and down, above the branches of rest points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.stability import Stability
from coopgame.figures.style import COLUMN_WIDTH, axes_for, house_style, label

_LARGEST_STEP = 0.2


def draw_ramp(
    branches: Sequence[tuple[float, RestPoints]],
    up: np.ndarray,
    down: np.ndarray,
    coordinate: str,
    parameter: str,
    ax: Axes | None = None,
    *,
    language: str = "en",
) -> Axes:
    """Draw one coordinate of rest points and of a state that follows a ramp up and down; return the axes.

    branches: values of the parameter in rising order with the rest points there. up, down: the coordinate of the state at
    the same values on the way up and on the way down, shape (len(branches),).
    """
    with house_style():
        ax = axes_for(ax, COLUMN_WIDTH, 0.8 * COLUMN_WIDTH)
        path = np.array([value for value, _ in branches])
        for stable, points in _chains(branches, coordinate):
            line = {"linestyle": "-", "linewidth": 1.8} if stable else {"linestyle": "--", "linewidth": 0.9}
            ax.plot([v for v, _ in points], [s for _, s in points], color="#8A8A8A", zorder=1, **line)  # type: ignore[arg-type]
        common = {"linestyle": "none", "markersize": 4.0, "clip_on": False, "zorder": 3}
        ax.plot(path, up, "^", color="black", **common)  # type: ignore[arg-type]
        ax.plot(path, down, "v", markerfacecolor="white", markeredgecolor="black", **common)  # type: ignore[arg-type]
        ax.set_xlim(path[0], path[-1])
        ax.set_ylim(-0.04, 1.04)
        ax.set_xlabel(parameter)
        ax.set_ylabel(label(f"share {coordinate}", f"比例 {coordinate}", language))
        handles = [
            Line2D([], [], color="#8A8A8A", linewidth=1.8, label=label("stable", "稳定", language)),
            Line2D(
                [], [], color="#8A8A8A", linestyle="--", linewidth=0.9, label=label("unstable", "不稳定", language)
            ),
            Line2D(
                [], [], linestyle="none", marker="^", color="black", label=label("ramped up", "逐步提高", language)
            ),
            Line2D(
                [],
                [],
                linestyle="none",
                marker="v",
                markerfacecolor="white",
                markeredgecolor="black",
                label=label("ramped down", "逐步降低", language),
            ),
        ]
        ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, columnspacing=1.0)
    return ax


def _chains(
    branches: Sequence[tuple[float, RestPoints]], coordinate: str
) -> list[tuple[bool, list[tuple[float, float]]]]:
    """Join rest points of the same stability at neighbouring values that lie near each other."""
    open_: list[tuple[bool, list[tuple[float, float]]]] = []
    done: list[tuple[bool, list[tuple[float, float]]]] = []
    for value, found in branches:
        still = []
        left = [(point.stability == Stability.SINK, _at(point, coordinate)) for point in found]
        for stable, chain in open_:
            near = [(abs(share - chain[-1][1]), share) for kind, share in left if kind == stable]
            if near and min(near)[0] < _LARGEST_STEP:
                share = min(near)[1]
                left.remove((stable, share))
                chain.append((value, share))
                still.append((stable, chain))
            else:
                done.append((stable, chain))
        open_ = [*still, *((stable, [(value, share)]) for stable, share in left)]
    return [*done, *open_]


def _at(point: RestPoint, coordinate: str) -> float:
    return float(point.coordinates[coordinate])
