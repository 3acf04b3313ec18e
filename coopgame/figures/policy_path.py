"""What changes along a policy path: an index, the stable and unstable shares, and the regimes, one above the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from coopgame.analysis.points import RestPoints
from coopgame.analysis.stability import Stability
from coopgame.figures.style import COLUMN_WIDTH, Picture, fill_of, house_style, label, needs_populations

_LABEL_SIZE = 6.5


def draw_policy_path(
    parameter: str,
    path: np.ndarray,
    points: Sequence[RestPoints],
    regimes: Sequence[str],
    curves: Mapping[str, np.ndarray],
    axes: Sequence[Axes] | None = None,
    *,
    thresholds: Sequence[float] = (),
    order: Sequence[str] = (),
    language: str = "en",
) -> list[Axes]:
    """Draw index curves, rest points of one population, and the regime band along a path; return the three axes.

    path: values of the parameter, increasing, shape (n,). points, regimes: rest points and the name of the regime at each
    value. curves: name -> index along the path, shape (n,). thresholds: where the regime changes; the path should contain
    values just before and after each. order: names of all regimes, in the order of the regime map, so that both figures use
    the same fills.
    """
    needs_populations(points[0].game, 1, "a policy path")
    with house_style():
        panels: Any = axes
        if panels is None:
            figure = Picture(figsize=(COLUMN_WIDTH, 1.3 * COLUMN_WIDTH), layout="constrained")
            panels = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": [3, 3, 0.7]})
        top, middle, band = panels
        for (name, curve), line in zip(curves.items(), ("-", "--", ":", "-."), strict=False):
            top.plot(path, curve, color="black", linestyle=line, label=name)
        if len(curves) > 1:
            top.legend(loc="best")
        else:
            top.set_ylabel(next(iter(curves), ""))
        _draw_branches(middle, path, points, language)
        middle.set_ylim(-0.04, 1.04)
        symbol = points[0].game.coordinates[0]
        middle.set_ylabel(label(f"rest points {symbol}*", f"均衡点 {symbol}*", language))
        _draw_band(band, path, regimes, order or list(dict.fromkeys(regimes)))
        band.set_xlabel(parameter)
        for ax in panels:
            for threshold in thresholds:
                ax.axvline(threshold, color="#777777", linewidth=0.7, linestyle=(0, (1, 2)))
        band.set_xlim(path[0], path[-1])
    return list(panels)


def _draw_branches(ax: Axes, path: np.ndarray, points: Sequence[RestPoints], language: str) -> None:
    """Stable branches as solid lines, unstable ones dashed."""
    branches: dict[tuple[str, bool], list[int]] = {}
    share: dict[tuple[str, int], float] = {}
    for i, found in enumerate(points):
        for point in found:
            branches.setdefault((point.label, point.stability == Stability.SINK), []).append(i)
            share[point.label, i] = float(point.state[0])
    for (name, stable), steps in branches.items():
        gaps = np.flatnonzero(np.diff(steps) > 1) + 1
        for piece in np.split(np.array(steps), gaps):
            style = {"linestyle": "-", "linewidth": 1.8} if stable else {"linestyle": "--", "linewidth": 0.9}
            ax.plot(path[piece], [share[name, int(i)] for i in piece], color="black", **style)  # type: ignore[arg-type]
    handles = [
        Line2D([], [], color="black", linewidth=1.8, label=label("stable", "稳定", language)),
        Line2D([], [], color="black", linewidth=0.9, linestyle="--", label=label("unstable", "不稳定", language)),
    ]
    ax.legend(handles=handles, loc="center right")


def _draw_band(ax: Axes, path: np.ndarray, regimes: Sequence[str], order: Sequence[str]) -> None:
    """Draw one strip a regime, named inside where the name fits and in a legend below where it does not."""
    width = ax.get_window_extent().width * 72 / ax.figure.dpi
    outside: dict[str, Patch] = {}
    start = 0
    for i in range(1, len(regimes) + 1):
        if i < len(regimes) and regimes[i] == regimes[start]:
            continue
        name = regimes[start]
        fill, hatch = fill_of(order.index(name))
        left, right = float(path[start]), float(path[min(i, len(path) - 1)])
        ax.axvspan(left, right, facecolor=fill, hatch=hatch, edgecolor="#555555", linewidth=0)
        if 0.62 * _LABEL_SIZE * _letters(name) < width * (right - left) / (path[-1] - path[0]):
            box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
            ax.text((left + right) / 2, 0.5, name, ha="center", va="center", fontsize=_LABEL_SIZE, bbox=box)
        else:
            outside[name] = Patch(facecolor=fill, hatch=hatch, edgecolor="black", linewidth=0.5, label=name)
        start = i
    ax.set_yticks([])
    ax.set_ylim(0, 1)
    if outside:
        ax.legend(handles=list(outside.values()), loc="upper center", bbox_to_anchor=(0.5, -1.5), ncols=len(outside))


def _letters(text: str) -> int:
    """Return the width of a text in Latin letters; a Chinese character counts double."""
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)
