"""What the kernels read of a game on a network, as arrays: whom each node looks at, who counts it, payoffs and rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame._kernels import network_kinds as kinds
from coopgame.networks.network import Network
from coopgame.networks.rules_process import NetworkProcess

if TYPE_CHECKING:
    from coopgame._kernels.network_forms import Contacts, Meetings, Play, Rule

_DIGITS = 52  # of a row's sum that weights are rounded to, so that sums of them are exact in any order


def contacts_of(process: NetworkProcess) -> Contacts:
    """Return the network along which strategies spread, and the same the other way round."""
    from coopgame._kernels.network_forms import Contacts, fixed

    graph = process.population.contacts.explicit()
    rows = _rows(graph)
    if not graph.is_directed:
        return Contacts(*rows, *rows)
    back = graph.to_scipy().T.tocsr()
    back.sort_indices()
    weights = fixed(back.data if graph.is_weighted else [], float)
    return Contacts(*rows, fixed(back.indptr, np.int64), fixed(back.indices, np.int32), weights)


def _rows(graph: Network) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from coopgame._kernels.network_forms import fixed

    weights = fixed(graph.weights if graph.weights is not None else [], float)
    return fixed(graph.indptr, np.int64), fixed(graph.neighbours, np.int32), weights


def meetings_of(process: NetworkProcess) -> Meetings:
    """Return who counts each node, in all layers.

    Weights are rounded to 52 binary digits of the sum of their row, so that what a node counts stays exact however often neighbours change.
    """
    from coopgame._kernels.network_forms import Meetings, fixed

    population = process.population
    graphs = [layer.graph.explicit() for layer in population.layers]
    none = fixed([], float)
    divided = population.payoffs.mean
    totals = fixed(process.totals, float) if divided else none
    reach = fixed(process.totals, float) if population.kind == kinds.SCALED and not divided else none
    if len(graphs) == 1 and not graphs[0].is_directed and not graphs[0].is_weighted:
        indptr, nodes, _ = _rows(graphs[0])
        return Meetings(indptr, nodes, fixed([], np.uint8), none, totals, reach)
    counted, counting, layer, weights = [], [], [], []
    for place, graph in enumerate(graphs):
        matrix = _rounded(graph).tocoo()
        counted.append(matrix.col)
        counting.append(matrix.row)
        layer.append(np.full(len(matrix.row), place, np.uint8))
        weights.append(matrix.data)
    order = np.argsort(np.concatenate(counted), kind="stable")
    indptr = np.zeros(population.size + 1, dtype=np.int64)
    np.cumsum(np.bincount(np.concatenate(counted), minlength=population.size), out=indptr[1:])
    return Meetings(
        fixed(indptr, np.int64),
        fixed(np.concatenate(counting)[order], np.int32),
        fixed(np.concatenate(layer)[order] if len(graphs) > 1 else [], np.uint8),
        fixed(np.concatenate(weights)[order], float) if any(graph.is_weighted for graph in graphs) else none,
        totals,
        reach,
    )


def _rounded(graph: Network) -> Any:
    """Return the adjacency matrix with weights rounded to a unit of their row."""
    matrix = graph.to_scipy()
    if graph.is_weighted:
        _, exponents = np.frexp(graph.strengths)
        unit = np.ldexp(1.0, exponents - _DIGITS)[graph.rows]
        matrix.data = np.rint(matrix.data / unit) * unit
    return matrix


def play_of(process: NetworkProcess) -> Play:
    """Return payoffs of all layers, and what each strategy earns against itself."""
    from coopgame._kernels.network_forms import Play, fixed

    return Play(fixed(process.tables, float), fixed(process.own, float))


def rule_of(process: NetworkProcess) -> Rule:
    """Return the rule for nodes, with its numbers."""
    from coopgame._kernels.network_forms import Rule

    return Rule(process.population.kind, process.setting, process.step, process.mutation, process.is_linear)
