"""Network: who meets and imitates whom, as compressed rows of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import MissingExtraError, NetworkError

if TYPE_CHECKING:
    import pandas as pd

MOST_NODES = 2**31 - 1
_SHOWN = 8


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """Nodes and who is next to whom; made by `network`, the lattices' `explicit()` and the generators, and not changed afterwards.

    indptr, neighbours: compressed rows: the neighbours of node i are neighbours[indptr[i] : indptr[i + 1]], ascending and each once; int64 of shape
    (size + 1,) and int32 of shape (number of entries,). weights: of the same entries, positive float64, or None where every edge counts 1. labels: the names
    of the nodes, or None for 0, 1, 2, …

    An edge of an undirected network stands in the rows of both its ends, an edge to oneself once. In a directed network row i lists those at whom node i
    looks: it plays with them and imitates them, or their offspring take its place.
    """

    indptr: np.ndarray
    neighbours: np.ndarray
    weights: np.ndarray | None = None
    labels: tuple[str, ...] | None = None
    is_directed: bool = False

    def __post_init__(self) -> None:
        kinds = {"indptr": np.int64, "neighbours": np.int32, "weights": np.float64}
        for name, kind in kinds.items():
            given = getattr(self, name)
            if given is not None:
                array = np.ascontiguousarray(given, dtype=kind).view()
                array.flags.writeable = False
                object.__setattr__(self, name, array)
        self._check_rows()
        if self.labels is not None:
            self._check_labels(self.labels)

    def _check_rows(self) -> None:
        indptr, neighbours = self.indptr, self.neighbours
        if indptr.ndim != 1 or len(indptr) < 2:
            raise NetworkError("a network needs at least one node")
        if indptr[0] != 0 or indptr[-1] != len(neighbours) or (np.diff(indptr) < 0).any():
            raise NetworkError("indptr must rise from 0 to the number of neighbours; network() builds it from edges")
        if len(neighbours) and not (neighbours.min() >= 0 and neighbours.max() < self.size):
            raise NetworkError(f"neighbours must lie between 0 and {self.size - 1}; network() checks and sorts edges")
        if self.weights is not None and (
            self.weights.shape != neighbours.shape or not ((self.weights > 0) & np.isfinite(self.weights)).all()
        ):
            raise NetworkError("weights must be positive finite numbers, one for each neighbour")

    def _check_labels(self, labels: tuple[str, ...]) -> None:
        if len(labels) != self.size or len(set(labels)) != len(labels):
            raise NetworkError(f"{self.size} nodes need as many different names, got {len(labels)}")

    # size and shape -------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.indptr) - 1

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes."""
        return self.labels if self.labels is not None else tuple(map(str, range(self.size)))

    @cached_property
    def edge_count(self) -> int:
        """The number of edges; of an undirected network each pair counts once, and so does an edge to oneself."""
        if self.is_directed:
            return len(self.neighbours)
        return (len(self.neighbours) + self._loops) // 2

    @cached_property
    def _loops(self) -> int:
        return int(np.count_nonzero(self.rows == self.neighbours))

    @property
    def has_self_loops(self) -> bool:
        """Whether some node is its own neighbour."""
        return self._loops > 0

    @property
    def rows(self) -> np.ndarray:
        """The node to whose row each entry of `neighbours` belongs, int32; made anew at every call."""
        return np.repeat(np.arange(self.size, dtype=np.int32), np.diff(self.indptr))

    @cached_property
    def degrees(self) -> np.ndarray:
        """How many neighbours each node has; shape (size,)."""
        degrees = np.diff(self.indptr)
        degrees.flags.writeable = False
        return degrees

    @cached_property
    def strengths(self) -> np.ndarray:
        """The sum of the weights of each node's edges, its degree where there are none; shape (size,)."""
        if self.weights is None:
            strengths = self.degrees.astype(float)
        else:
            strengths = np.bincount(self.rows, self.weights, minlength=self.size)
        strengths.flags.writeable = False
        return strengths

    @property
    def is_weighted(self) -> bool:
        """Whether the edges carry weights."""
        return self.weights is not None

    @cached_property
    def is_regular(self) -> bool:
        """Whether all nodes have the same number of neighbours."""
        return bool((self.degrees == self.degrees[0]).all())

    @property
    def degree(self) -> int:
        """The number of neighbours that every node has. Raises NetworkError where they differ."""
        if not self.is_regular:
            low, high = int(self.degrees.min()), int(self.degrees.max())
            raise NetworkError(
                f"the nodes have {low} to {high} neighbours, so the network has no single degree; see degrees"
            )
        return int(self.degrees[0])

    @cached_property
    def components(self) -> np.ndarray:
        """The number of the connected part of each node, from 0 on; of a directed network parts in which each node reaches each; shape (size,)."""
        from scipy.sparse.csgraph import connected_components

        _, parts = connected_components(self.to_scipy(), directed=self.is_directed, connection="strong")
        parts.flags.writeable = False
        return np.asarray(parts)

    @cached_property
    def is_connected(self) -> bool:
        """Whether every node reaches every other one along edges."""
        return not self.components.any()

    @cached_property
    def isolated(self) -> np.ndarray:
        """The nodes without a neighbour other than themselves, and at which nobody looks; they stay in the network."""
        other = self.rows != self.neighbours
        linked = np.zeros(self.size, dtype=bool)
        linked[self.rows[other]] = True
        linked[self.neighbours[other]] = True
        return np.flatnonzero(~linked)

    # one node -------------------------------------------------------------------------------------------------

    def index(self, node: int | str) -> int:
        """Return the place of a node given by its name or its place. Raises NetworkError for unknown ones."""
        if isinstance(node, str):
            if node in self._places:
                return self._places[node]
            raise NetworkError(f"no node {node!r}; the names begin with {', '.join(self.names[:_SHOWN])}")
        if not 0 <= node < self.size:
            raise NetworkError(f"no node {node}; the nodes are 0 to {self.size - 1}")
        return int(node)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}

    def neighbours_of(self, node: int | str) -> np.ndarray:
        """Return the neighbours of a node, ascending."""
        i = self.index(node)
        return self.neighbours[self.indptr[i] : self.indptr[i + 1]]

    def has_edge(self, one: int | str, other: int | str) -> bool:
        """Return whether the second node is a neighbour of the first."""
        row, wanted = self.neighbours_of(one), self.index(other)
        place = int(np.searchsorted(row, wanted))
        return place < len(row) and int(row[place]) == wanted

    # other forms ----------------------------------------------------------------------------------------------

    def explicit(self) -> Network:
        """Return the network itself; lattices return theirs."""
        return self

    def to_scipy(self) -> Any:
        """Return the adjacency matrix as scipy.sparse.csr_array, with weights or ones as floats."""
        from scipy.sparse import csr_array

        weights = np.ones(len(self.neighbours)) if self.weights is None else np.array(self.weights)
        return csr_array((weights, self.neighbours.copy(), self.indptr.copy()), shape=(self.size, self.size))

    def to_networkx(self) -> Any:
        """Return the network as a graph of networkx. Raises MissingExtraError without the extra `network`."""
        try:
            import networkx
        except ImportError:
            raise MissingExtraError("a graph of networkx", "network") from None
        graph = networkx.DiGraph() if self.is_directed else networkx.Graph()
        nodes = list(self.labels) if self.labels is not None else list(range(self.size))
        graph.add_nodes_from(nodes)
        one, other, weights = self.edges()
        named = ((nodes[i], nodes[j]) for i, j in zip(one.tolist(), other.tolist(), strict=True))
        if weights is None:
            graph.add_edges_from(named)
        else:
            graph.add_weighted_edges_from((i, j, w) for (i, j), w in zip(named, weights.tolist(), strict=True))
        return graph

    def edges(self) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
        """Return both ends of every edge and the weights or None; of an undirected network each edge once, the smaller end first."""
        rows = self.rows
        kept = slice(None) if self.is_directed else rows <= self.neighbours
        return rows[kept], self.neighbours[kept], None if self.weights is None else self.weights[kept]

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each edge: its ends by name, and its weight."""
        import pandas as pd

        one, other, weights = self.edges()
        names = np.array(self.names, dtype=object)
        ends = {"source": names[one], "target": names[other]}
        return pd.DataFrame({**ends, "weight": np.ones(len(one)) if weights is None else weights})

    def _facts(self) -> dict[str, str]:
        low, high = int(self.degrees.min()), int(self.degrees.max())
        kind = [word for word, said in (("directed", self.is_directed), ("weighted", self.is_weighted)) if said]
        return {
            "nodes": str(self.size),
            "edges": str(self.edge_count),
            "neighbours": f"{low} each" if low == high else f"{low} to {high}",
            "kind": ", ".join([*kind, "connected" if self.is_connected else "not connected"]),
        }

    def __str__(self) -> str:
        facts = self._facts()
        edges = "1 edge" if self.edge_count == 1 else f"{facts['edges']} edges"
        return f"network of {facts['nodes']} nodes, {edges}, neighbours: {facts['neighbours']}; {facts['kind']}"

    def __repr__(self) -> str:
        return f"<Network: {self}>"

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th>{key}</th><td>{fact}</td></tr>" for key, fact in self._facts().items())
        return f"<table>{rows}</table>"
