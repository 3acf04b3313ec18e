"""The edges of a network as lines: straight, as arcs where they would cover nodes or each other, with heads where directed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.lines import Line2D

from coopgame.errors import UnsupportedError
from coopgame.figures.style import LINES, label
from coopgame.networks.clusters import HORIZONTAL, VERTICAL

_MOST_EDGES = 100_000
_MOST_VECTOR = 3_000  # edges beyond which they are stored as pixels
_MANY = 300  # edges beyond which lines get thinner
_WORDS = {VERTICAL: "纵向关系", HORIZONTAL: "横向关系"}
_DASHED: Any = (0, (3, 2))
_GREY = "#6A6A6A"
_HEAD = 0.03  # the length of a head as a share of the picture
_ARC = 0.35  # how far the middle control point of an arc is from its chord, in lengths of the chord
_BESIDE = 0.12


def draw_edges(ax: Axes, graphs: Mapping[str, Any], places: np.ndarray) -> None:
    """Draw the edges of each layer in its own style; edges to oneself are left out.

    Raises UnsupportedError for more than 100 000 edges.
    """
    total = sum(graph.edge_count for graph in graphs.values())
    if total > _MOST_EDGES:
        raise UnsupportedError(
            f"{total} edges are too many to see; draw_shares_over_time shows a run, and square lattices of any size are drawn as pictures"
        )
    seen = np.zeros(0, dtype=np.int64)
    for k, (name, graph) in enumerate(graphs.items()):
        one, other, weights = graph.explicit().edges()
        kept = one != other
        one, other = one[kept], other[kept]
        keys = np.minimum(one, other).astype(np.int64) * graph.size + np.maximum(one, other)
        again = np.isin(keys, seen)
        seen = np.concatenate([seen, keys])
        control = _controls(places, one, other, again)
        thin = float(np.clip(np.sqrt(_MANY / max(total, 1)), 0.2, 1.0))
        widths = np.full(len(one), thin * _look(name, k, len(graphs))["linewidth"])
        if weights is not None:
            widths = widths * (0.4 + 1.6 * weights[kept] / weights.max())
        look = {**_look(name, k, len(graphs)), "linewidth": widths}
        lines = LineCollection(
            _lines(places[one], control, places[other]),
            zorder=2 if k == 0 else 1.5,
            rasterized=total > _MOST_VECTOR,
            gid=f"edges-{name}",
            **look,
        )
        ax.add_collection(lines)
        if graph.is_directed:
            _draw_heads(ax, (places[one], control, places[other]), look["color"])
    ax.autoscale_view()


def edge_handles(graphs: Mapping[str, Any], language: str) -> list[Line2D]:
    """Return what a legend says about layers; nothing where one network has no name of its own."""
    if len(graphs) == 1 and next(iter(graphs)) not in _WORDS:
        return []
    return [
        Line2D([], [], label=label(name, _WORDS.get(name), language), **_look(name, k, len(graphs)))
        for k, name in enumerate(graphs)
    ]


def _look(name: str, place: int, layers: int) -> dict[str, Any]:
    known = {VERTICAL: ("black", "-"), HORIZONTAL: (_GREY, _DASHED)}
    colour, line = known.get(name, (_GREY if layers == 1 else ("black", _GREY)[place % 2], LINES[place % len(LINES)]))
    return {"color": colour, "linestyle": line, "linewidth": 0.8}


def _controls(places: np.ndarray, one: np.ndarray, other: np.ndarray, again: np.ndarray) -> np.ndarray:
    """Return the middle control points of edges: half way where they are straight.

    again: whether an earlier layer has the edge too, which is then drawn beside it.
    """
    start, end = places[one], places[other]
    shift = np.zeros_like(start)
    along = end - start
    shift[again] = _BESIDE * np.stack([-along[again, 1], along[again, 0]], axis=-1)
    covering = _covers_nodes(places, one, other)
    downward = start[:, 1] <= places[:, 1].min() + 1e-9
    shift[covering, 0] = 0.0
    shift[covering, 1] = np.where(downward, -1.0, 1.0)[covering] * _ARC * np.abs(along[covering, 0])
    return np.asarray((start + end) / 2 + shift)


def _covers_nodes(places: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return which edges lie in a row and run through other nodes of it."""
    span = float(np.ptp(places, axis=0).max()) or 1.0
    _, row = np.unique(np.round(places[:, 1] / span, 9), return_inverse=True)
    row = row.ravel()
    found = np.zeros(len(one), dtype=bool)
    level = np.flatnonzero(row[one] == row[other])
    for r in np.unique(row[one[level]]):
        own = level[row[one[level]] == r]
        across = np.sort(places[row == r, 0])
        left = np.minimum(places[one[own], 0], places[other[own], 0])
        right = np.maximum(places[one[own], 0], places[other[own], 0])
        found[own] = np.searchsorted(across, right, side="left") > np.searchsorted(across, left, side="right")
    return found


def _lines(start: np.ndarray, control: np.ndarray, end: np.ndarray) -> list[np.ndarray]:
    """Return quadratic curves as points, two of them where a curve is straight."""
    straight = np.abs(control - (start + end) / 2).max(axis=-1, initial=0.0) < 1e-12
    t = np.linspace(0, 1, 17)[:, None]
    return [
        np.stack([a, b]) if flat else (1 - t) ** 2 * a + 2 * t * (1 - t) * c + t**2 * b
        for a, c, b, flat in zip(start, control, end, straight, strict=True)
    ]


def _draw_heads(ax: Axes, curves: tuple[np.ndarray, np.ndarray, np.ndarray], colour: str) -> None:
    """Draw a head on each edge, from the node that looks to the one that it looks at."""
    start, control, end = curves
    t = 0.7
    tip = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    along = (1 - t) * (control - start) + t * (end - control)
    along = along / np.maximum(np.hypot(*along.T), 1e-300)[:, None]
    size = _HEAD * (float(np.ptp(np.concatenate([start, end]), axis=0).max()) or 1.0)
    side = np.stack([-along[:, 1], along[:, 0]], axis=-1) * size / 3
    corners = np.stack([tip + along * size / 2, tip - along * size / 2 + side, tip - along * size / 2 - side], axis=1)
    ax.add_collection(PolyCollection(list(corners), facecolors=colour, edgecolors="none", zorder=2, gid="heads"))
