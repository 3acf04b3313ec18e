"""Regimes over two parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from coopgame.analysis.regimes import Regimes
from coopgame.figures.style import axes_for, fill_of, house_style, label, wrapped

_RESOLUTION = 241
_ROOM = 0.058  # half the width that a name needs, as a part of the figure


def draw_regime_map(
    regimes: Regimes,
    horizontal: tuple[str, float, float],
    vertical: tuple[str, float, float],
    values: Mapping[str, Any],
    ax: Axes | None = None,
    *,
    names: Mapping[str, str] | None = None,
    language: str = "en",
) -> Axes:
    """Draw which regime holds over a rectangle of two parameters, the others at values; return the axes.

    horizontal, vertical: parameter, lowest and highest value. names: regime -> text to show in its region.
    """
    with house_style():
        ax = axes_for(ax)
        order = regimes.game.ring.names
        xs, ys = (np.linspace(low, high, _RESOLUTION) for _, low, high in (horizontal, vertical))
        across, up = np.meshgrid(xs, ys)
        columns = {name: np.full(across.size, float(values.get(name, 0))) for name in order}
        columns[horizontal[0]], columns[vertical[0]] = across.ravel(), up.ravel()
        points = np.stack([columns[name] for name in order], axis=1)
        picture = regimes.classify(points).reshape(across.shape)
        present = [int(i) for i in np.unique(picture) if i >= 0]
        for index in present:
            margins = regimes.regimes[index].definition.margins(points, regimes.game.ring).reshape(across.shape)
            fill, hatch = fill_of(index)
            ax.contourf(across, up, margins, levels=[0, np.inf], colors=[fill], hatches=[hatch])
            ax.contour(across, up, margins, levels=[0], colors="black", linewidths=0.8)
        texts = {
            i: (names or {}).get(r.name, f"{r.name}: {', '.join(r.stable) or 'none'}")
            for i, r in enumerate(regimes.regimes)
            if i in present
        }
        name_regions(ax, picture, (xs, ys), texts)
        for (name, _, _), setter in ((horizontal, ax.set_xlabel), (vertical, ax.set_ylabel)):
            parameter = next(p for p in regimes.game.parameters if p.name == name)
            english = f"{name}: {parameter.meaning}" if parameter.meaning else name
            setter(wrapped(label(english, parameter.zh and f"{name}：{parameter.zh}", language)))
    return ax


def name_regions(
    ax: Axes, picture: np.ndarray, grid: tuple[np.ndarray, np.ndarray], texts: Mapping[int, str]
) -> None:
    """Write a text inside the region of each number in the picture, or into a legend where the region is small."""
    from scipy.ndimage import distance_transform_edt

    small = []
    for index, text in texts.items():
        padded = np.pad(picture == index, 1)
        depth = distance_transform_edt(padded)[1:-1, 1:-1]
        row, column = np.unravel_index(int(np.argmax(depth)), depth.shape)
        if depth[row, column] < _ROOM * min(picture.shape):
            fill, hatch = fill_of(index)
            small.append(Patch(facecolor=fill, hatch=hatch, edgecolor="black", linewidth=0.5, label=text))
            continue
        box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none", "alpha": 0.85}
        ax.text(grid[0][column], grid[1][row], text, ha="center", va="center", fontsize=7, bbox=box)
    if small:
        ax.legend(handles=small, loc="upper left", bbox_to_anchor=(1.01, 1))
