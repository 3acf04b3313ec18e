"""Where the nodes of a network are drawn: on a circle, tier by tier, group by group, or as springs pull them."""

from __future__ import annotations

from typing import Any

import numpy as np

from coopgame.errors import MissingExtraError, UnsupportedError
from coopgame.networks.clusters import Cluster


def circular_layout(network: Any) -> np.ndarray:
    """Return places on the unit circle, the first node on top and the others clockwise; shape (nodes, 2).

    network: anything with a size.
    """
    angles = np.pi / 2 - 2 * np.pi * np.arange(network.size) / network.size
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def tier_layout(cluster: Cluster) -> np.ndarray:
    """Return places in one row for each tier of a cluster, the most upstream one on top; shape (firms, 2).

    Firms stand in the order of the mean place of their neighbours in the tier above, so that fewer relations cross.
    """
    _needs_groups(cluster, "tiers")
    last = max(len(cluster.groups) - 1, 1)
    places = np.zeros((cluster.size, 2))
    graph = cluster.explicit().to_scipy()
    for tier in range(len(cluster.groups)):
        own = np.flatnonzero(cluster.group == tier)
        above = np.flatnonzero(cluster.group == tier - 1)
        ties = graph[own][:, above]
        counts = ties.sum(axis=1)
        pull = np.where(counts > 0, ties @ places[above, 0] / np.where(counts > 0, counts, 1), 0.0)
        order = own[np.argsort(pull, kind="stable")] if tier else own
        places[order, 0] = 2 * (np.arange(len(own)) + 0.5) / len(own) - 1
        places[own, 1] = 1 - 2 * tier / last if len(cluster.groups) > 1 else 0.0
    return places


def group_layout(cluster: Cluster) -> np.ndarray:
    """Return places on one circle for each trade or tier of a cluster, the circles around a larger one; shape (firms, 2)."""
    _needs_groups(cluster, "groups")
    sizes = np.bincount(cluster.group, minlength=len(cluster.groups))
    radii = np.sqrt(sizes / sizes.max())
    count = len(sizes)
    around = 1.25 / np.sin(np.pi / count) if count > 1 else 0.0
    first = np.pi if count == 2 else np.pi / 2
    places = np.zeros((cluster.size, 2))
    for k, (size, radius) in enumerate(zip(sizes, radii, strict=True)):
        centre = first - 2 * np.pi * k / count
        angles = np.pi / 2 - 2 * np.pi * np.arange(size) / size
        circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1) * (radius if size > 1 else 0.0)
        places[cluster.group == k] = circle + around * np.array([np.cos(centre), np.sin(centre)])
    return np.asarray(places / (1.0 + around))


def spring_layout(network: Any, seed: int = 0) -> np.ndarray:
    """Return places at which edges, as springs, are at rest; shape (nodes, 2).

    network: anything with `explicit()`. seed: of the first places. By networkx (Fruchterman and Reingold 1991, Software: Practice and Experience 21, 1129-1164); of one
    seed and one version of networkx places are always the same.

    Raises MissingExtraError without the extra `network`.
    """
    try:
        import networkx
    except ImportError:
        raise MissingExtraError("a layout by springs", "network") from None
    graph = network.explicit()
    found = networkx.spring_layout(graph.to_networkx(), seed=seed)
    return np.array(list(found.values()), dtype=float)  # in the order of the nodes


def _needs_groups(cluster: Any, what: str) -> None:
    if not isinstance(cluster, Cluster):
        raise UnsupportedError(
            f"{type(cluster).__name__} has no {what}, which are those of a cluster; take circular_layout, spring_layout or an array of places"
        )
