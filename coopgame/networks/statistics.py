"""Patterns of strategies on a network: connected clusters, edges between strategies, shares by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import StateError
from coopgame.networks.readers import network as read_network

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class NetworkPatterns:
    """How strategies lie on a network.

    sizes: of every strategy its connected clusters by number of nodes, the largest first. edges: weights of the edges between strategies, shape (strategies, strategies),
    symmetric; each edge counts once, on the diagonal where both ends play alike. shares: of nodes by strategy.
    """

    strategies: tuple[str, ...]
    sizes: tuple[np.ndarray, ...] = field(repr=False)
    edges: np.ndarray
    shares: np.ndarray

    @property
    def clusters(self) -> dict[str, int]:
        """The number of connected clusters of every strategy."""
        return {name: len(own) for name, own in zip(self.strategies, self.sizes, strict=True)}

    @property
    def boundary(self) -> float:
        """The weight of the edges between nodes that play differently."""
        return float(self.edges.sum() - np.trace(self.edges)) / 2

    @property
    def boundary_share(self) -> float:
        """The share of the edges that lie between nodes that play differently; NaN without edges."""
        total = self.boundary + float(np.trace(self.edges))
        return self.boundary / total if total > 0 else float("nan")

    def met(self, one: str, other: str) -> float:
        """Return the chance that the other end of an edge of one strategy plays the other; NaN where no edge has an end of it."""
        i, j = self._place(one), self._place(other)
        ends = self.edges[i].sum() + self.edges[i, i]
        return float(self.edges[i, j] * (2 if i == j else 1) / ends) if ends > 0 else float("nan")

    def assortment(self, one: str, other: str) -> float:
        """Return how much more often one strategy meets itself than the other one meets it: r = P(one | one) - P(one | other).

        In a benefit-and-cost game with accumulated payoffs on a regular network helpers earn more where r b > c. References: van Baalen and Rand (1998), Journal of Theoretical
        Biology 193, 631-648.
        """
        return self.met(one, one) - self.met(other, one)

    def _place(self, name: str) -> int:
        if name not in self.strategies:
            raise StateError(f"no strategy {name!r}; they are {', '.join(self.strategies)}")
        return self.strategies.index(name)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each strategy: its share, number of clusters, the largest and the mean size of them."""
        import pandas as pd

        rows = [
            (name, share, len(own), int(own[0]) if len(own) else 0, float(own.mean()) if len(own) else np.nan)
            for name, share, own in zip(self.strategies, self.shares, self.sizes, strict=True)
        ]
        return pd.DataFrame(rows, columns=["strategy", "share", "clusters", "largest", "mean_size"])

    def __str__(self) -> str:
        parts = [
            f"{name}: share {share:.4g}, {len(own)} cluster{'' if len(own) == 1 else 's'}, the largest of {int(own[0]) if len(own) else 0}"
            for name, share, own in zip(self.strategies, self.shares, self.sizes, strict=True)
        ]
        return "\n".join([*parts, f"edges between different strategies: {self.boundary_share:.4g} of all"])

    def _repr_html_(self) -> str:
        table: str = self.to_dataframe().to_html(index=False)
        return f"{table}<p>edges between different strategies: {self.boundary_share:.4g} of all</p>"


def find_network_patterns(network: Any, state: Any, strategies: Sequence[str] | None = None) -> NetworkPatterns:
    """Return how strategies lie on a network: connected clusters, and edges within and between strategies.

    network: what `network` reads, a lattice, or a cluster of firms. state: the place of each node's strategy, shape (nodes,). strategies: their names, by default 0, 1, …. In a
    directed network nodes are connected whichever way an edge points. Edges to oneself do not count.

    Raises StateError for states that do not fit.

    References: Szabó and Fáth (2007), Physics Reports 446, section 6.

    >>> from coopgame import find_network_patterns, ring
    >>> patterns = find_network_patterns(ring(8), [0, 0, 1, 0, 1, 1, 1, 0], ["C", "D"])
    >>> patterns.clusters, patterns.boundary, patterns.met("C", "C")
    ({'C': 2, 'D': 2}, 4.0, 0.5)
    """
    from scipy.sparse.csgraph import connected_components

    graph = read_network(network)
    places = np.asarray(state)
    if places.dtype.kind not in "iub" or not places.size:
        raise StateError(
            "a state gives the place of each node's strategy in the game as a whole number, such as NetworkRun.final[0]"
        )
    names = tuple(strategies) if strategies is not None else tuple(str(k) for k in range(int(places.max()) + 1))
    n = len(names)
    if places.shape != (graph.size,) or places.dtype.kind not in "iub" or places.min() < 0 or places.max() >= n:
        raise StateError(f"a state gives each of {graph.size} nodes a whole number from 0 to {n - 1}")
    places = places.astype(np.int64)
    one, other, weights = graph.edges()
    kept = one != other
    one, other = one[kept], other[kept]
    weights = np.ones(len(one)) if weights is None else weights[kept]
    within = np.bincount(places[one] * n + places[other], weights, minlength=n * n).reshape(n, n)
    edges = within + within.T - np.diag(np.diag(within))
    from scipy.sparse import csr_array

    alike = places[one] == places[other]
    ends = (one[alike], other[alike])
    same = csr_array((np.ones(len(ends[0]), dtype=np.int8), ends), shape=(graph.size, graph.size))
    _, labels = connected_components(same, directed=False)
    sizes = np.bincount(labels)
    owner = np.empty(len(sizes), dtype=np.int64)
    owner[labels] = places
    found = tuple(np.sort(sizes[owner == k])[::-1] for k in range(n))
    shares = np.bincount(places, minlength=n) / graph.size
    for array in (*found, edges, shares):
        array.flags.writeable = False
    return NetworkPatterns(names, found, edges, shares)


def group_shares(states: Any, groups: Any, strategies: int) -> np.ndarray:
    """Return the shares of strategies within groups of nodes, such as trades or tiers; shape (..., groups, strategies).

    states: places of strategies, nodes on the last axis, such as `NetworkRun.final` or `NetworkRun.snapshots`. groups: the number of each node's group from 0 on, such as
    `Cluster.group`; shape (nodes,). strategies: how many there are. Groups without nodes have NaN.

    Raises StateError where the numbers of nodes differ.

    >>> from coopgame import group_shares
    >>> group_shares([0, 1, 1, 1], [0, 0, 1, 1], 2)
    array([[0.5, 0.5],
           [0. , 1. ]])
    """
    places, of = np.asarray(states), np.asarray(groups)
    if of.dtype.kind not in "iu" or places.dtype.kind not in "iub":
        raise StateError(
            "strategies and groups are given by place, whole numbers from 0 on, such as NetworkRun.final and Cluster.group"
        )
    if of.ndim != 1 or places.shape[-1:] != of.shape or not len(of) or of.min() < 0:
        raise StateError(
            f"groups of shape {of.shape} do not fit states of shape {places.shape}; give each node one number from 0 on"
        )
    if places.min() < 0 or places.max() >= strategies:
        raise StateError(f"strategies run from 0 to {strategies - 1}, got {places.min()} to {places.max()}")
    flat = places.reshape(-1, len(of)).astype(np.int64)
    count = int(of.max()) + 1
    sizes = np.bincount(of, minlength=count)[:, None]
    found = np.empty((len(flat), count, strategies))
    for k, row in enumerate(flat):
        numbers = np.bincount(of * strategies + row, minlength=count * strategies).reshape(count, strategies)
        found[k] = np.divide(numbers, sizes, out=np.full(numbers.shape, np.nan), where=sizes > 0)
    return found.reshape(*places.shape[:-1], count, strategies)
