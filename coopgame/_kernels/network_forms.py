"""What the kernels of networks read: who follows whom, who plays with whom, what is played, and the rule.

Inner loops take single arrays, since numba counts references to an array whenever it is read from a tuple.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")
inlined = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)


class Contacts(NamedTuple):
    """At whom each node looks, and who looks at it, as compressed rows; weights are empty where all count 1. All arrays are read-only."""

    indptr: np.ndarray
    nodes: np.ndarray
    weights: np.ndarray
    follower_indptr: np.ndarray
    followers: np.ndarray
    follower_weights: np.ndarray


class Meetings(NamedTuple):
    """Who counts each node among those with whom it plays, as compressed rows by the node that is counted.

    layers: the layer of each entry, empty for one layer. weights: empty where all count 1. totals: by which payoffs are divided, empty where they are not.
    reach: the weights of all meetings of each node, where the rule divides by them; else empty.
    """

    indptr: np.ndarray
    nodes: np.ndarray
    layers: np.ndarray
    weights: np.ndarray
    totals: np.ndarray
    reach: np.ndarray


class Play(NamedTuple):
    """payoffs: of every layer, row against column, shape (layers, strategies, strategies). own: what each strategy earns against the node itself."""

    payoffs: np.ndarray
    own: np.ndarray


class Rule(NamedTuple):
    """kind: of network_kinds. setting: intensity, noise, aspiration or baseline. step: by which rates are multiplied. linear: whether fitness is."""

    kind: int
    setting: float
    step: float
    mutation: float
    linear: bool


def fixed(values: Any, dtype: Any) -> np.ndarray:
    """Return an array that can be read only, so that kernels are compiled for one type."""
    array = np.ascontiguousarray(values, dtype=dtype).view()
    array.flags.writeable = False
    return array


@inlined
def payoff(
    node: int, strategy: int, counts: np.ndarray, payoffs: np.ndarray, own: np.ndarray, totals: np.ndarray
) -> float:
    """Return what a node earns with a strategy against the neighbours that it counts."""
    strategies = payoffs.shape[1]
    total = own[strategy]
    for layer in range(payoffs.shape[0]):
        for other in range(strategies):
            total += payoffs[layer, strategy, other] * counts[node, layer * strategies + other]
    if len(totals):
        weight = totals[node]
        return float(total / weight) if weight > 0.0 else 0.0
    return float(total)


@compiled
def count(state: np.ndarray, counts: np.ndarray, strategies: int, meetings: Meetings) -> None:
    """Write for every node the weights of those it plays with by layer and strategy; shape (nodes, layers * strategies)."""
    indptr, nodes, layers, weights = meetings.indptr, meetings.nodes, meetings.layers, meetings.weights
    counts[:] = 0.0
    for node in range(len(state)):
        for e in range(indptr[node], indptr[node + 1]):
            place = int(state[node])
            if len(layers):
                place += strategies * layers[e]
            counts[nodes[e], place] += weights[e] if len(weights) else 1.0


@inlined
def change(
    node: int,
    new: int,
    state: np.ndarray,
    counts: np.ndarray,
    tally: np.ndarray,
    indptr: np.ndarray,
    nodes: np.ndarray,
    layers: np.ndarray,
    weights: np.ndarray,
) -> None:
    """Give a node another strategy, and tell all who count it; the last four arrays are those of Meetings."""
    strategies = len(tally)
    old = int(state[node])
    state[node] = new
    tally[old] -= 1
    tally[new] += 1
    for e in range(indptr[node], indptr[node + 1]):
        base = strategies * layers[e] if len(layers) else 0
        weight = weights[e] if len(weights) else 1.0
        counts[nodes[e], base + old] -= weight
        counts[nodes[e], base + new] += weight
