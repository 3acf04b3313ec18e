"""Networks from edge lists, sparse matrices and graphs of networkx."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np

from coopgame.errors import NetworkError
from coopgame.networks.network import MOST_NODES, Network

_ACCEPTED = "pairs of nodes, triples with a weight, a table of them, a scipy.sparse matrix, a graph of networkx, a lattice or a Network"


def network(
    source: Any,
    *,
    names: Sequence[str] | None = None,
    size: int | None = None,
    weight: str = "weight",
    directed: bool = False,
    self_loops: bool = False,
) -> Network:
    """Return the network that a source describes.

    source: pairs (i, j) or triples (i, j, weight), as a list, an array of shape (edges, 2 or 3) or a pandas table with these columns, with nodes given by name or by place
    from 0 on; a scipy.sparse matrix with weights (a dense matrix is wrapped in scipy.sparse.csr_array); a graph of networkx; a lattice; or a Network, which comes back as
    it is (with other names, if given). names: of the nodes, in order; without them named nodes stand in the order in which they appear. size: the number of
    nodes given by place, where the last ones have no edge. weight: the attribute of networkx' edges that holds weights; where no edge has it, there are
    none, where some have, the others weigh 1.

    Nodes without an edge stay. An unweighted pair that is given several times, in either order, counts once; with weights repetitions must agree; entries of
    a sparse matrix at one place add up, as scipy has it. Weights are positive; a matrix whose entries are all 1 is unweighted.
    directed: i -> j says that i looks at j, plays with it and imitates it; a DiGraph is directed without being asked, a matrix that is not
    symmetric must be. self_loops: whether a node may be its own neighbour.

    Raises NetworkError for edges to oneself unless asked for, for asymmetric matrices, for repeated pairs with different weights, for weights that are not
    positive finite numbers, and for unknown nodes.

    >>> from coopgame import network
    >>> print(network([("yard", "steel"), ("yard", "engines"), ("steel", "ore")]))
    network of 4 nodes, 3 edges, neighbours: 1 to 2; connected
    """
    if hasattr(source, "explicit"):
        found = source.explicit()
        if isinstance(found, Network):
            return found if names is None else replace(found, labels=tuple(map(str, names)))
    if size is not None and (isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1):
        raise NetworkError(f"size is {size!r}; a whole number of at least 1 is needed")
    if hasattr(source, "is_multigraph") and hasattr(source, "adjacency"):
        rows, columns, weights, count, labels = _from_networkx(source, weight)
        directed = directed or bool(source.is_directed())
    elif hasattr(source, "tocoo"):
        rows, columns, weights, count = _from_matrix(source, directed)
        labels = None
    else:
        rows, columns, weights, count, labels = _from_pairs(source, names, size)
    if names is not None:
        labels = tuple(map(str, names))
        if len(labels) != count or len(set(labels)) != count:
            raise NetworkError(f"{count} nodes need as many different names, got {len(labels)}")
    return build(count, rows, columns, weights, labels=labels, directed=directed, self_loops=self_loops)


def build(
    size: int,
    one: np.ndarray,
    other: np.ndarray,
    weights: np.ndarray | None = None,
    *,
    labels: tuple[str, ...] | None = None,
    directed: bool = False,
    self_loops: bool = False,
) -> Network:
    """Return the network with given ends of edges: sorted, each edge once, an undirected one in both rows."""
    if not 1 <= size <= MOST_NODES:
        raise NetworkError(f"a network has 1 to {MOST_NODES} nodes, got {size}")
    one, other = np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64)
    loops = one == other
    if loops.any() and not self_loops:
        node = int(one[np.argmax(loops)])
        name = labels[node] if labels else str(node)
        raise NetworkError(
            f"node {name} is its own neighbour; leave that edge out, or give self_loops=True to keep it"
        )
    if weights is not None:
        _check_weights(weights)
    if not directed:
        one, other = np.concatenate([one, other[~loops]]), np.concatenate([other, one[~loops]])
        weights = None if weights is None else np.concatenate([weights, weights[~loops]])
    key = one * size + other
    if weights is None:
        key.sort()
        key = key[_new(key)]
    else:
        key, weights = _once(key, weights, size)
    indptr = np.searchsorted(key, np.arange(size + 1) * size)
    neighbours = (key - np.repeat(np.arange(size) * size, np.diff(indptr))).astype(np.int32)
    return Network(indptr, neighbours, weights, labels, directed)


def _new(key: np.ndarray) -> np.ndarray:
    """Return where a sorted array has another entry than before."""
    kept = np.ones(len(key), dtype=bool)
    np.not_equal(key[1:], key[:-1], out=kept[1:])
    return kept


def _check_weights(weights: np.ndarray) -> None:
    wrong = ~((weights > 0) & np.isfinite(weights))
    if wrong.any():
        raise NetworkError(
            f"an edge has weight {weights[np.argmax(wrong)]}; weights are positive and finite, and an edge that weighs 0 is left out"
        )


def _once(key: np.ndarray, weights: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return sorted keys without repetitions and their weights."""
    order = np.argsort(key, kind="stable")
    key, weights = key[order], weights[order]
    repeated = key[1:] == key[:-1]
    differ = repeated & (weights[1:] != weights[:-1])
    if differ.any():
        place = int(np.argmax(differ))
        i, j = divmod(int(key[place]), size)
        raise NetworkError(
            f"the edge between nodes {i} and {j} is given with weights {weights[place]:g} and {weights[place + 1]:g}; add them up, or keep one"
        )
    kept = _new(key)
    return key[kept], weights[kept]


def _from_matrix(matrix: Any, directed: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, int]:
    if len(matrix.shape) != 2 or matrix.shape[0] != matrix.shape[1]:
        raise NetworkError(f"an adjacency matrix is square, got shape {matrix.shape}")
    entries = matrix.tocsr().tocoo()  # entries at one place add up
    if not np.isrealobj(entries.data):
        raise NetworkError("an adjacency matrix holds real numbers, got complex ones")
    weights = entries.data.astype(float)
    if not np.isfinite(weights).all():
        place = int(np.argmin(np.isfinite(weights)))
        raise NetworkError(
            f"entry ({entries.row[place]}, {entries.col[place]}) of the matrix is {weights[place]}; finite numbers are needed, and 0 where there is no edge"
        )
    kept = weights != 0
    rows, columns, weights = entries.row[kept], entries.col[kept], weights[kept]
    if not directed:
        _check_symmetric(rows, columns, weights, matrix.shape[0])
    unweighted = bool((weights == 1).all())
    return rows, columns, None if unweighted else weights, matrix.shape[0]


def _check_symmetric(rows: np.ndarray, columns: np.ndarray, weights: np.ndarray, size: int) -> None:
    rows, columns = rows.astype(np.int64), columns.astype(np.int64)
    there, back = rows * size + columns, columns * size + rows
    first, second = np.argsort(there), np.argsort(back)
    differ = (there[first] != back[second]) | (weights[first] != weights[second])
    if differ.any():
        i, j = divmod(int(min(there[first][differ].min(), back[second][differ].min())), size)
        raise NetworkError(
            f"the matrix is not symmetric: entries ({i}, {j}) and ({j}, {i}) differ; give directed=True, or add the transpose"
        )


def _from_networkx(
    graph: Any, attribute: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, int, tuple[str, ...] | None]:
    nodes = list(graph.nodes)
    place = {node: i for i, node in enumerate(nodes)}
    edges = list(graph.edges(data=True))
    rows = np.array([place[i] for i, _, _ in edges], dtype=np.int64)
    columns = np.array([place[j] for _, j, _ in edges], dtype=np.int64)
    weights = None
    if any(attribute in data for _, _, data in edges):
        weights = np.array([_number(data.get(attribute, 1)) for _, _, data in edges])
    labels = None if nodes == list(range(len(nodes))) else _texts(nodes)
    return rows, columns, weights, len(nodes), labels


def _from_pairs(
    source: Any, names: Sequence[str] | None, size: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, int, tuple[str, ...] | None]:
    if hasattr(source, "itertuples"):  # a table of pandas
        source = list(source.itertuples(index=False, name=None))
    if isinstance(source, Mapping):
        raise NetworkError(
            "a mapping is no network; from nodes to lists of neighbours it is given as [(i, j) for i, around in mapping.items() for j in around]"
        )
    _refuse_dense(source)
    if isinstance(source, np.ndarray):
        if source.ndim != 2 or source.shape[1] not in (2, 3):
            raise NetworkError(
                f"an array of edges has shape (edges, 2) or (edges, 3), got {source.shape}; wrap an adjacency matrix in scipy.sparse.csr_array"
            )
        if source.dtype.kind in "iuf":
            ends, weights = source[:, :2], source[:, 2].astype(float) if source.shape[1] == 3 else None
            return (*_places(ends), weights, _count(ends, names, size), None)
        source = source.tolist()
    if isinstance(source, str | PathLike):
        raise NetworkError(
            f"{str(source)!r} is no network; read a file first, such as network(pandas.read_csv(path)) for a table of edges"
        )
    if not isinstance(source, Iterable):
        raise NetworkError(f"{source!r} is no network; give {_ACCEPTED}")
    pairs, weights = _split(list(source))
    whole = all(isinstance(node, int | np.integer) and not isinstance(node, bool) for pair in pairs for node in pair)
    if whole:
        if any(node > MOST_NODES for pair in pairs for node in pair):
            raise NetworkError(
                f"nodes given by place run from 0 to {MOST_NODES - 1}; give numbers that are names as text"
            )
        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return (*_places(ends), weights, _count(ends, names, size), None)
    if size is not None:
        raise NetworkError("size counts nodes given by place; give all names of named nodes as names")
    nodes = list(names) if names is not None else list(dict.fromkeys(node for pair in pairs for node in pair))
    place = {node: i for i, node in enumerate(nodes)}
    unknown = [node for pair in pairs for node in pair if node not in place]
    if unknown:
        raise NetworkError(f"an edge names {unknown[0]!r}, which is not among the names of the nodes")
    ends = np.array([[place[i], place[j]] for i, j in pairs], dtype=np.int64)
    return ends[:, 0], ends[:, 1], weights, len(nodes), _texts(nodes)


def _refuse_dense(source: Any) -> None:
    """Refuse a matrix of three nodes, which would pass for three edges with weights, and other square ones in lists."""
    rows = source.tolist() if isinstance(source, np.ndarray) else source
    if not isinstance(rows, list) or len(rows) < 3 or not all(isinstance(row, list) for row in rows):
        return
    if all(len(row) == len(rows) for row in rows) and not any(rows[i][i] for i in range(len(rows))):
        raise NetworkError("this is an adjacency matrix and no list of edges; wrap it in scipy.sparse.csr_array")


def _split(edges: list[Any]) -> tuple[list[tuple[Any, Any]], np.ndarray | None]:
    """Return the pairs of nodes and the weights of a list of edges."""
    lengths = set()
    for edge in edges:
        if isinstance(edge, str) or not isinstance(edge, Sequence | np.ndarray) or len(edge) not in (2, 3):
            raise NetworkError(
                f"{edge!r} is no edge; a network is given as {_ACCEPTED}, and of a longer table take the columns of the two ends and the weight"
            )
        lengths.add(len(edge))
    if len(lengths) > 1:
        raise NetworkError("some edges have a weight and some have none; give all of them one")
    pairs = [(edge[0], edge[1]) for edge in edges]
    return pairs, np.array([_number(edge[2]) for edge in edges]) if lengths == {3} else None


def _places(ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    whole = ends if ends.dtype.kind in "iu" else np.where(np.isfinite(ends), ends, -1)
    if (whole != np.floor(whole)).any() or (len(whole) and whole.min() < 0):
        raise NetworkError("nodes given by place are whole numbers from 0 on")
    return whole[:, 0].astype(np.int64), whole[:, 1].astype(np.int64)


def _count(ends: np.ndarray, names: Sequence[str] | None, size: int | None) -> int:
    last = int(ends.max()) if len(ends) else -1
    count = len(names) if names is not None else size if size is not None else last + 1
    if last >= count:
        raise NetworkError(f"an edge ends at node {last}, and there are {count} nodes, from 0 on")
    if size is not None and count != size:
        raise NetworkError(f"size is {size}, and there are {count} names")
    return count


def _number(weight: Any) -> float:
    try:
        return float(weight)
    except (TypeError, ValueError):
        raise NetworkError(f"an edge has weight {weight!r}; a positive number is needed") from None


def _texts(nodes: Iterable[Any]) -> tuple[str, ...]:
    nodes = list(nodes)
    missing = [node for node in nodes if node is None or (isinstance(node, float) and math.isnan(node))]
    if missing:
        raise NetworkError(f"a node is called {missing[0]!r}, as missing entries of tables are; drop these edges")
    texts = tuple(map(str, nodes))
    if len(set(texts)) != len(texts):
        raise NetworkError("two nodes have the same name when written as text; rename one")
    return texts
