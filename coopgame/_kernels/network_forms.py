"""What the kernels of networks read: who follows whom, who plays with whom, what is played, and the rule."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")
inlined = numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")


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
def payoff(node: int, strategy: int, counts: np.ndarray, meetings: Meetings, play: Play) -> float:
    """Return what a node earns with a strategy against the neighbours that it counts."""
    strategies = play.payoffs.shape[1]
    total = play.own[strategy]
    for layer in range(play.payoffs.shape[0]):
        for other in range(strategies):
            total += play.payoffs[layer, strategy, other] * counts[node, layer * strategies + other]
    if len(meetings.totals):
        weight = meetings.totals[node]
        return float(total / weight) if weight > 0.0 else 0.0
    return float(total)


@compiled
def count(state: np.ndarray, counts: np.ndarray, meetings: Meetings, play: Play) -> None:
    """Write for every node the weights of those it plays with by layer and strategy; shape (nodes, layers * strategies)."""
    strategies = play.payoffs.shape[1]
    counts[:] = 0.0
    for node in range(len(state)):
        for e in range(meetings.indptr[node], meetings.indptr[node + 1]):
            place = int(state[node])
            if len(meetings.layers):
                place += strategies * meetings.layers[e]
            counts[meetings.nodes[e], place] += meetings.weights[e] if len(meetings.weights) else 1.0


@inlined
def change(
    node: int, new: int, state: np.ndarray, counts: np.ndarray, tally: np.ndarray, meetings: Meetings, strategies: int
) -> None:
    """Give a node another strategy, and tell all who count it."""
    old = int(state[node])
    state[node] = new
    tally[old] -= 1
    tally[new] += 1
    for e in range(meetings.indptr[node], meetings.indptr[node + 1]):
        base = strategies * meetings.layers[e] if len(meetings.layers) else 0
        weight = meetings.weights[e] if len(meetings.weights) else 1.0
        counts[meetings.nodes[e], base + old] -= weight
        counts[meetings.nodes[e], base + new] += weight
