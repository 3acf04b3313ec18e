"""A branch of rest points along a parameter: stable and unstable parts, folds and Hopf points."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from coopgame.analysis.continuation import Branch
from coopgame.figures.style import COLUMN_WIDTH, axes_for, house_style, label

_MARKS = {
    "fold": ("o", "fold", "折叠点"),
    "Hopf": ("s", "Hopf point", "霍普夫点"),
    "branch point": ("D", "branch point", "分岔点"),
}


def draw_branch(
    branches: Branch | Iterable[Branch],
    coordinate: str | Iterable[str],
    ax: Axes | None = None,
    *,
    language: str = "en",
) -> Axes:
    """Draw a share along branches of rest points, solid where they are stable; return the axes.

    branches: one or several results of `find_branch` in the same parameter. coordinate: a share as in `Branch.coordinate`; of
    several shares the sum is drawn.
    """
    shown = (branches,) if isinstance(branches, Branch) else tuple(branches)
    names = (coordinate,) if isinstance(coordinate, str) else tuple(coordinate)
    with house_style():
        ax = axes_for(ax, COLUMN_WIDTH, 0.75 * COLUMN_WIDTH)
        marked: dict[str, None] = {}
        for branch in shown:
            height = np.sum([branch.coordinate(name) for name in names], axis=0)
            for part in _runs(branch.stable):
                stable = bool(branch.stable[part.start])
                style = {"linestyle": "-" if stable else "--", "linewidth": 1.6 if stable else 0.9}
                reach = slice(part.start, min(part.stop + 1, len(height)))
                ax.plot(branch.values[reach], height[reach], color="black" if stable else "#777777", **style)  # type: ignore[arg-type]
            for event in branch.events:
                marker = _MARKS[event.kind][0]
                place = np.argmin(np.abs(branch.states - event.state).sum(axis=1))
                ax.plot(event.value, height[place], marker, color="black", markerfacecolor="white", markersize=5)
                marked[event.kind] = None
        ax.set_xlabel(shown[0].parameter)
        ax.set_ylabel(label(f"share {' + '.join(names)}", f"比例 {' + '.join(names)}", language))
        ax.set_ylim(bottom=min(0.0, ax.get_ylim()[0]))
        handles = [
            Line2D([], [], color="black", linewidth=1.6, label=label("stable", "稳定", language)),
            Line2D(
                [], [], color="#777777", linestyle="--", linewidth=0.9, label=label("unstable", "不稳定", language)
            ),
            *(_handle(kind, language) for kind in marked),
        ]
        ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(handles))
    return ax


def _handle(kind: str, language: str) -> Line2D:
    marker, english, chinese = _MARKS[kind]
    shown = label(english, chinese, language)
    return Line2D([], [], linestyle="none", marker=marker, color="black", markerfacecolor="white", label=shown)


def _runs(flags: np.ndarray) -> list[slice]:
    """Return the runs of equal flags."""
    ends = [*(int(i) + 1 for i in np.flatnonzero(flags[1:] != flags[:-1])), len(flags)]
    return [slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
