"""The triangle of three shares: where states lie, its outline and corners, and one cell for each state of a finite population."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap

HEIGHT = np.sqrt(3) / 2
# first strategy at the lower left, second at the lower right, third on top
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, HEIGHT]])
# rises evenly from white, so that black marks and arrows are seen on all but the darkest cells
HEAT = LinearSegmentedColormap.from_list("heat", ["#FFFFFF", "#BFD7EA", "#4B93C3", "#0B4A75"])
LIGHT_HEAT = LinearSegmentedColormap.from_list("light heat", ["#FFFFFF", "#BFD7EA", "#7FB3D6"])
_MOST_VECTOR = 3_000  # cells beyond which they are stored as pixels


def draw_triangle(ax: Axes, names: Sequence[str], margin: float = 0.0) -> None:
    """Draw the outline with the names of the strategies at its corners; axes are equal and hidden.

    margin: by how much what is drawn reaches over the outline.
    """
    outline = np.vstack([CORNERS, CORNERS[:1]])
    ax.plot(outline[:, 0], outline[:, 1], color="black", linewidth=0.9, clip_on=False)
    shifts = ((-0.02 - margin, -0.05 - margin), (0.02 + margin, -0.05 - margin), (0.0, 0.045 + margin))
    for (x, y), name, align, shift in zip(CORNERS, names, ("right", "left", "center"), shifts, strict=True):
        ax.text(x + shift[0], y + shift[1], name, ha=align, va="center")
    ax.set_xlim(-0.06 - margin, 1.06 + margin)
    ax.set_ylim(-0.1 - margin, HEIGHT + 0.08 + margin)
    ax.set_aspect("equal")
    ax.axis("off")


def cell_radius(size: int) -> float:
    """Return the radius of the hexagon around a state of a population with so many members."""
    return 1 / (size * float(np.sqrt(3)))


def draw_state_cells(ax: Axes, counts: np.ndarray, values: np.ndarray, **colours: Any) -> PolyCollection:
    """Draw a hexagon around each state, coloured by its value; return the cells.

    counts: numbers of members with each of three strategies, shape (states, 3). values: shape (states,).
    """
    size = int(counts[0].sum())
    radius = cell_radius(size)
    angles = np.pi / 6 + np.pi / 3 * np.arange(6)
    hexagon = radius * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    cells = PolyCollection(
        (counts / size @ CORNERS)[:, None, :] + hexagon,
        array=values,
        edgecolors="face",
        linewidths=0.2,
        rasterized=len(values) > _MOST_VECTOR,
        zorder=0.5,
        gid="states",
        **colours,
    )
    ax.add_collection(cells)
    return cells
