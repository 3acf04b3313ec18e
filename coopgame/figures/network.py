"""A network with the strategies of its nodes: lattices as pictures, others as nodes and edges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from coopgame.errors import ParameterError, StateError
from coopgame.figures.layouts import circular_layout, group_layout, tier_layout
from coopgame.figures.network_edges import draw_edges, edge_handles
from coopgame.figures.network_scene import Scene, scene_of
from coopgame.figures.style import COLUMN_WIDTH, MARKS, axes_for, house_style
from coopgame.networks.clusters import VERTICAL, Cluster

Layout = Callable[[Any], np.ndarray] | np.ndarray


def draw_network(
    states: Any,
    network: Any = None,
    ax: Axes | None = None,
    *,
    at: int | None = None,
    run: int = 0,
    strategies: Sequence[str] | None = None,
    layout: Layout | None = None,
    names: bool = False,
    language: str = "en",
) -> Axes:
    """Draw a network with the strategies of its nodes; return the axes.

    Square lattices are pictures with one cell for each node, other networks nodes and edges. Strategies differ in colour and mark. Every layer has its own kind of line,
    vertical relations solid and horizontal ones dashed; edges with weights differ in width, directed ones have heads. An edge that would run through other nodes of its row is an arc.

    states: a NetworkRun; or a strategy for each node, by name or by place among `strategies`; or None for bare nodes. network: anything that `network` reads, layers or
    a cluster; by default what the run is on. at: a sweep of which the states are kept, the last one by default. run: the number of the run. strategies: their names in
    the order of colours; by default those of the run, else all that occur, in alphabetical order. layout: places of shape (nodes, 2), or a function that gives them for the network, such as
    `spring_layout`; by default clusters with vertical relations stand tier by tier, others group by group, and other networks on a circle. names: whether nodes are named.

    Raises StateError for states that do not fit, ParameterError for sweeps that are not kept and for layouts and runs that are none, UnsupportedError for more than 100 000 edges.
    """
    scene = scene_of(states, network, at=at, run=run, strategies=strategies)
    with house_style():
        if scene.lattice is not None and layout is None:
            shape = scene.lattice.shape
            ax = axes_for(ax, COLUMN_WIDTH, COLUMN_WIDTH * min(1.6, 0.12 + shape[0] / shape[1]))
            draw_cells(ax, scene)
        else:
            places = places_of(scene, layout)
            ax = axes_for(ax, COLUMN_WIDTH, COLUMN_WIDTH)
            draw_edges(ax, scene.graphs, places)
            draw_nodes(ax, scene, places)
            if names:
                _write_names(ax, scene, places)
            elif layout is None and isinstance(scene.network, Cluster):
                _write_groups(ax, scene.network, places)
            ax.set_aspect("equal")
            ax.margins(0.08)
            ax.axis("off")
        explain_network(ax, scene, language)
    return ax


def draw_cells(ax: Axes, scene: Scene) -> Any:
    """Draw one cell for each node of the lattice; return the picture."""
    lattice = scene.lattice
    if lattice is None or scene.states is None:
        raise StateError("a lattice is drawn by the strategies of its nodes; give states, or a layout for bare nodes")
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set(visible=True, linewidth=0.6)
    count = len(scene.strategies)
    colours = ListedColormap(scene.colours)
    cells = scene.states.reshape(lattice.shape)
    return ax.imshow(cells, colours, vmin=-0.5, vmax=count - 0.5, interpolation="nearest", gid="cells")


def draw_nodes(ax: Axes, scene: Scene, places: np.ndarray) -> list[Any]:
    """Draw nodes by strategy; return what was drawn."""
    area = float(np.clip(2500 / scene.size, 6, 70))
    common: dict[str, Any] = {"s": area, "edgecolors": "black", "linewidths": 0.5, "zorder": 3}
    if scene.states is None:
        return [ax.scatter(*places.T, color="white", gid="nodes", **common)]
    return [
        ax.scatter(
            *places[scene.states == k].T,
            color=colour,
            marker=MARKS[k % len(MARKS)],
            gid=f"nodes-{name}",
            **common,
        )
        for k, (name, colour) in enumerate(zip(scene.strategies, scene.colours, strict=True))
    ]


def places_of(scene: Scene, layout: Layout | None) -> np.ndarray:
    """Return where nodes stand, checked."""
    chosen: Layout = layout if layout is not None else circular_layout
    if layout is None and isinstance(scene.network, Cluster):
        chosen = tier_layout if VERTICAL in scene.network.layers else group_layout
    places = np.asarray(chosen(scene.network) if callable(chosen) else chosen, dtype=float)
    if places.shape != (scene.size, 2) or not np.isfinite(places).all():
        raise ParameterError(
            f"a layout of {scene.size} nodes has finite places of shape ({scene.size}, 2), got shape {places.shape}"
        )
    return places


def explain_network(ax: Axes, scene: Scene, language: str) -> None:
    """Write above the axes which colours are which strategies, and which lines which layers."""
    handles: list[Any] = []
    pictures = bool(ax.images)
    for k, (name, colour) in enumerate(zip(scene.strategies, scene.colours, strict=True)):
        if pictures:
            handles.append(Patch(facecolor=colour, edgecolor="black", linewidth=0.5, label=name))
        else:
            mark: dict[str, Any] = {"marker": MARKS[k % len(MARKS)], "markersize": 5, "markeredgecolor": "black"}
            handles.append(Line2D([], [], linestyle="none", color=colour, markeredgewidth=0.5, label=name, **mark))
    if not pictures:
        handles += edge_handles(scene.graphs, language)
    if handles:
        ax.legend(
            handles=handles,
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=min(len(handles), 4),
            columnspacing=1.2,
            handlelength=1.6,
        )


def _write_names(ax: Axes, scene: Scene, places: np.ndarray) -> None:
    names = next((own.labels for own in scene.graphs.values() if own.labels is not None), range(scene.size))
    for place, name in zip(places, names, strict=True):
        box = {"boxstyle": "round,pad=0.05", "facecolor": "white", "edgecolor": "none", "alpha": 0.8}
        ax.annotate(
            str(name),
            (place[0], place[1]),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            fontsize=6,
            bbox=box,
            zorder=4,
        )


def _write_groups(ax: Axes, cluster: Cluster, places: np.ndarray) -> None:
    """Write the names of tiers to the left of their rows, those of trades into their circles."""
    rows = VERTICAL in cluster.layers
    left = places[:, 0].min()
    for k, name in enumerate(cluster.groups):
        own = places[cluster.group == k]
        if rows:
            at, style = (left, own[0, 1]), {"xytext": (-10, 0), "ha": "right", "va": "center"}
        else:
            at, style = (own[:, 0].mean(), own[:, 1].min()), {"xytext": (0, -8), "ha": "center", "va": "top"}
        ax.annotate(name, at, textcoords="offset points", **style)  # type: ignore[arg-type]
