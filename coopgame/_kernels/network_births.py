"""Birth-death updating: parents drawn in proportion to fitness among all nodes, by refusal or from a tree of sums."""

from __future__ import annotations

import math

import numpy as np

from coopgame._kernels.network_forms import Rule, compiled, inlined
from coopgame._kernels.network_revise import log_fitness, other_strategy, picked
from coopgame._kernels.random_streams import draw_uniform

_FAR = 600.0  # logarithms that lie further above the offset of a tree ask for a new one
_FAINT = 1e-280  # sums below this have lost what they add up


@compiled
def build_tree(
    state: np.ndarray,
    counts: np.ndarray,
    payoffs: np.ndarray,
    own: np.ndarray,
    totals: np.ndarray,
    rule: Rule,
    tree: np.ndarray,
) -> float:
    """Write the fitness of all nodes, up to a factor, as leaves of a tree of sums; return the logarithm of the factor."""
    size, half = len(state), len(tree) // 2
    most = -np.inf
    for node in range(size):
        tree[half + node] = log_fitness(node, int(state[node]), counts, payoffs, own, totals, rule)
        most = max(most, tree[half + node])
    for node in range(size):
        if not rule.linear:
            tree[half + node] = math.exp(tree[half + node] - most)
    for k in range(half - 1, 0, -1):
        tree[k] = tree[2 * k] + tree[2 * k + 1]
    return most


@compiled
def refresh_tree(
    node: int,
    state: np.ndarray,
    counts: np.ndarray,
    indptr: np.ndarray,
    nodes: np.ndarray,
    payoffs: np.ndarray,
    own: np.ndarray,
    totals: np.ndarray,
    rule: Rule,
    tree: np.ndarray,
    offset: float,
) -> float:
    """Bring the tree up to date after a node has changed; return the logarithm of its factor. indptr, nodes: of Meetings."""
    half = len(tree) // 2
    first = indptr[node]
    for e in range(first - 1, indptr[node + 1]):
        other = node if e < first else nodes[e]
        leaf = log_fitness(other, int(state[other]), counts, payoffs, own, totals, rule)
        if not rule.linear:
            if leaf - offset > _FAR:
                return build_tree(state, counts, payoffs, own, totals, rule, tree)
            leaf = math.exp(leaf - offset)
        k = half + other
        tree[k] = leaf
        while k > 1:
            k //= 2
            tree[k] = tree[2 * k] + tree[2 * k + 1]
    if tree[1] < _FAINT:
        return build_tree(state, counts, payoffs, own, totals, rule, tree)
    return offset


@compiled
def from_tree(tree: np.ndarray, part: float) -> int:
    """Return a node in proportion to its leaf; part: uniform in [0, 1)."""
    half = len(tree) // 2
    aim, k = part * tree[1], 1
    while k < half:
        k *= 2
        if aim >= tree[k] and tree[k + 1] > 0.0:
            aim -= tree[k]
            k += 1
    return int(k - half)


@compiled
def by_refusal(
    state: np.ndarray,
    counts: np.ndarray,
    payoffs: np.ndarray,
    own: np.ndarray,
    totals: np.ndarray,
    rule: Rule,
    most: float,
    stream: np.ndarray,
) -> int:
    """Return a node in proportion to its fitness: one drawn evenly is taken with the chance fitness / exp(most), or fitness / most where it is linear."""
    size = len(state)
    while True:
        node = int(draw_uniform(stream) * size)
        fitness = log_fitness(node, int(state[node]), counts, payoffs, own, totals, rule)
        kept = fitness / most if rule.linear else math.exp(fitness - most)
        if draw_uniform(stream) < kept:
            return node


@inlined
def offspring(
    parent: int,
    state: np.ndarray,
    indptr: np.ndarray,
    followers: np.ndarray,
    weights: np.ndarray,
    rule: Rule,
    strategies: int,
    stream: np.ndarray,
) -> tuple[int, int]:
    """Return which follower of the parent gives way, in proportion to weights, and the strategy of the offspring; -1 where nobody follows."""
    if indptr[parent] == indptr[parent + 1]:
        return -1, 0
    entry = picked(indptr, weights, parent, draw_uniform(stream))
    strategy = int(state[parent])
    if rule.mutation > 0.0:
        luck = draw_uniform(stream)
        if luck < rule.mutation:
            strategy = other_strategy(strategy, luck / rule.mutation, strategies)
    return int(followers[entry]), strategy
