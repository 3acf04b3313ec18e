"""What changes along a policy path: an index, the stable and unstable shares, and the regimes, one above the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from coopgame.analysis.points import RestPoints
from coopgame.analysis.stability import Stability
from coopgame.figures.style import COLUMN_WIDTH, FILLS, HATCHES, Picture, house_style, label


def draw_policy_path(
    parameter: str,
    path: np.ndarray,
    points: Sequence[RestPoints],
    regimes: Sequence[str],
    curves: Mapping[str, np.ndarray],
    axes: Sequence[Axes] | None = None,
    *,
    thresholds: Sequence[float] = (),
    language: str = "en",
) -> list[Axes]:
    """Draw index curves, rest points of one population, and the regime band along a path; return the three axes.

    path: values of the parameter, shape (n,). points, regimes: rest points and the name of the regime at each value.
    curves: name -> index along the path, shape (n,). thresholds: where the regime changes.
    """
    with house_style():
        panels: Any = axes
        if panels is None:
            figure = Picture(figsize=(COLUMN_WIDTH, 1.25 * COLUMN_WIDTH), layout="constrained")
            panels = figure.subplots(3, 1, sharex=True, gridspec_kw={"height_ratios": [3, 3, 0.7]})
        top, middle, band = panels
        for (name, curve), line in zip(curves.items(), ("-", "--", ":", "-."), strict=False):
            top.plot(path, curve, color="black", linestyle=line, label=name)
        if len(curves) > 1:
            top.legend(loc="best")
        else:
            top.set_ylabel(next(iter(curves), ""))
        _draw_branches(middle, path, points)
        middle.set_ylim(-0.04, 1.04)
        symbol = points[0].game.coordinates[0]
        middle.set_ylabel(label(f"rest points {symbol}*", f"均衡点 {symbol}*", language))
        _draw_band(band, path, regimes)
        band.set_xlabel(parameter)
        for ax in panels:
            for threshold in thresholds:
                ax.axvline(threshold, color="#777777", linewidth=0.7, linestyle=(0, (1, 2)))
        band.set_xlim(path[0], path[-1])
    return list(panels)


def _draw_branches(ax: Axes, path: np.ndarray, points: Sequence[RestPoints]) -> None:
    """Stable branches as solid lines, unstable ones dashed."""
    branches: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for value, found in zip(path, points, strict=True):
        for point in found:
            stable = point.stability == Stability.SINK
            branches.setdefault((point.label, stable), []).append((float(value), float(point.state[0])))
    step = float(np.diff(path).max()) * 1.5
    for (_, stable), pairs in branches.items():
        xs, ys = np.array(pairs).T
        gaps = np.flatnonzero(np.diff(xs) > step) + 1
        for piece_x, piece_y in zip(np.split(xs, gaps), np.split(ys, gaps), strict=True):
            style = {"linestyle": "-", "linewidth": 1.8} if stable else {"linestyle": "--", "linewidth": 0.9}
            ax.plot(piece_x, piece_y, color="black", **style)  # type: ignore[arg-type]


def _draw_band(ax: Axes, path: np.ndarray, regimes: Sequence[str]) -> None:
    names = list(dict.fromkeys(regimes))
    start = 0
    for i in range(1, len(regimes) + 1):
        if i < len(regimes) and regimes[i] == regimes[start]:
            continue
        number = names.index(regimes[start])
        left, right = path[start], path[min(i, len(path) - 1)]
        fill, hatch = FILLS[number % len(FILLS)], HATCHES[number % len(HATCHES)]
        ax.axvspan(left, right, facecolor=fill, hatch=hatch, edgecolor="#555555", linewidth=0)
        if right - left > 0.12 * (path[-1] - path[0]):
            box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none", "alpha": 0.9}
            ax.text((left + right) / 2, 0.5, regimes[start], ha="center", va="center", fontsize=6.5, bbox=box)
        start = i
    ax.set_yticks([])
    ax.set_ylim(0, 1)
