"""Several networks over the same nodes, each for its own kind of relation and its own game."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from coopgame.errors import NetworkError
from coopgame.networks.network import Network
from coopgame.networks.readers import network


class LayeredNetwork(Mapping[str, Network]):
    """Networks over the same nodes by name: `layered["vertical"]`; made by `layers` and by the clusters, and not changed afterwards."""

    def __init__(self, networks: Mapping[str, Network]) -> None:
        self._networks = dict(networks)

    def __getitem__(self, name: str) -> Network:
        if name not in self._networks:
            raise KeyError(f"no layer {name!r}; the layers are {', '.join(self._networks)}")
        return self._networks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._networks)

    def __len__(self) -> int:
        return len(self._networks)

    @property
    def size(self) -> int:
        """The number of nodes."""
        return next(iter(self.values())).size

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes."""
        return next((net.labels for net in self.values() if net.labels is not None), next(iter(self.values())).names)

    def union(self) -> Network:
        """Return the network of all edges: two nodes are neighbours where some layer joins them.

        With weights they add up over layers, an edge of a layer without weights counting 1; where no layer has weights the union has none.
        """
        rows, columns, weights = [], [], []
        for net in self.values():
            rows.append(net.rows)
            columns.append(net.neighbours)
            weights.append(np.ones(len(net.neighbours)) if net.weights is None else net.weights)
        one, other = np.concatenate(rows).astype(np.int64), np.concatenate(columns).astype(np.int64)
        key, place = np.unique(one * self.size + other, return_inverse=True)
        summed = np.bincount(place, np.concatenate(weights)) if any(n.is_weighted for n in self.values()) else None
        indptr = np.zeros(self.size + 1, dtype=np.int64)
        np.cumsum(np.bincount(key // self.size, minlength=self.size), out=indptr[1:])
        directed = any(net.is_directed for net in self.values())
        labels = next((net.labels for net in self.values() if net.labels is not None), None)
        return Network(indptr, (key % self.size).astype(np.int32), summed, labels, directed)

    def __str__(self) -> str:
        return "\n".join([f"{len(self)} layers over {self.size} nodes", *(f"{k}: {net}" for k, net in self.items())])

    def __repr__(self) -> str:
        return f"<LayeredNetwork: {len(self)} layers over {self.size} nodes: {', '.join(self)}>"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(net))}</td></tr>" for name, net in self.items())
        return f"<table>{rows}</table>"


def layers(networks: Mapping[str, Any]) -> LayeredNetwork:
    """Return several networks over the same nodes as layers, each of which can carry its own game.

    networks: name -> anything that `network` reads, all with the same number of nodes; where several name their nodes, with the same names in the same
    order. Lattices are written out.

    Raises NetworkError where sizes or names differ, or without a layer.

    >>> from coopgame import layers, network, ring
    >>> trade = layers({"horizontal": ring(4), "vertical": network([(0, 2), (1, 3)])})
    >>> print(trade)
    2 layers over 4 nodes
    horizontal: network of 4 nodes, 4 edges, neighbours: 2 each; connected
    vertical: network of 4 nodes, 2 edges, neighbours: 1 each; not connected
    """
    if not isinstance(networks, Mapping) or not networks:
        raise NetworkError('layers are given by name, such as {"vertical": chains, "horizontal": trades}')
    read = {str(name): network(source) for name, source in networks.items()}
    sizes = {name: net.size for name, net in read.items()}
    if len(set(sizes.values())) > 1:
        shown = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise NetworkError(f"layers need the same nodes, got sizes {shown}; give size= or names= to network()")
    labels = {net.labels for net in read.values() if net.labels is not None}
    if len(labels) > 1:
        raise NetworkError("layers name their nodes differently; give the same names= in the same order to network()")
    return LayeredNetwork(read)
