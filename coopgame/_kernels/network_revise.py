"""How one node of a network takes its next strategy, by each rule."""

from __future__ import annotations

import math

import numpy as np

from coopgame._kernels.network_forms import (
    Rule,
    compiled,
    inlined,
    payoff,
)
from coopgame._kernels.network_kinds import (
    BEST_NEIGHBOUR,
    DISSATISFIED,
    FERMI,
    IMITATION,
    LOGIT,
    PROPORTIONAL,
    SCALED,
    SMITH,
)
from coopgame._kernels.random_streams import next_word, uniform_of

Drawn = tuple[int, np.uint64, np.uint64]  # a strategy, and the state of the random numbers


@inlined
def other_strategy(strategy: int, part: float, strategies: int) -> int:
    """Return one of the other strategies, each as likely; part: uniform in [0, 1)."""
    return (strategy + 1 + min(int(part * (strategies - 1)), strategies - 2)) % strategies


@inlined
def picked(indptr: np.ndarray, weights: np.ndarray, node: int, part: float) -> int:
    """Return an entry of a node's row in proportion to its weight; part: uniform in [0, 1)."""
    first, last = indptr[node], indptr[node + 1]
    if not len(weights):
        return int(first + int(part * (last - first)))
    total = 0.0
    for e in range(first, last):
        total += weights[e]
    aim, passed = part * total, 0.0
    for e in range(first, last - 1):
        passed += weights[e]
        if aim < passed:
            return int(e)
    return int(last - 1)


@compiled
def takes(luck: float, own: float, met: float, rule: Rule, reach: float) -> bool:
    """Return whether a neighbour with another strategy is copied, from both payoffs.

    luck: uniform in [mutation, 1). reach: the larger weight of meetings of the two, or 1.
    """
    gain = met - own
    if rule.kind == FERMI:
        chance = 1.0 / (1.0 + math.exp(-rule.setting * gain))
    elif rule.kind == PROPORTIONAL:
        chance = rule.step * gain
    elif rule.kind == SCALED:
        chance = rule.step * gain / reach if reach > 0.0 else 0.0
    elif rule.kind == DISSATISFIED:
        chance = rule.step * (rule.setting - own)
    else:
        chance = rule.step * (met - rule.setting)
    return luck < rule.mutation + (1.0 - rule.mutation) * chance


@inlined
def log_fitness(
    node: int,
    strategy: int,
    counts: np.ndarray,
    payoffs: np.ndarray,
    own: np.ndarray,
    totals: np.ndarray,
    rule: Rule,
) -> float:
    """Return the logarithm of a node's fitness, or the fitness itself where it is linear."""
    earned = payoff(node, strategy, counts, payoffs, own, totals)
    if rule.linear:
        return 1.0 - rule.setting + rule.setting * earned
    return rule.setting * earned


@compiled
def _chosen(
    node: int,
    mine: int,
    counts: np.ndarray,
    payoffs: np.ndarray,
    own: np.ndarray,
    totals: np.ndarray,
    rule: Rule,
    parts: np.ndarray,
    part: float,
) -> int:
    """Return the strategy that a node takes from what each would earn; part: uniform in [0, 1)."""
    strategies = len(parts)
    for s in range(strategies):
        parts[s] = payoff(node, s, counts, payoffs, own, totals)
    if rule.kind == SMITH:
        here, passed = parts[mine], 0.0
        for s in range(strategies):
            if parts[s] > here:
                passed += rule.step * (parts[s] - here)
                if part < passed:
                    return s
        return mine
    best, total = parts[0], 0.0
    for s in range(1, strategies):
        best = max(best, parts[s])
    for s in range(strategies):
        if rule.kind == LOGIT:
            parts[s] = math.exp((parts[s] - best) / rule.setting)
        else:
            parts[s] = 1.0 if parts[s] == best else 0.0
        total += parts[s]
    return drawn_strategy(parts, part * total)


@compiled
def drawn_strategy(parts: np.ndarray, aim: float) -> int:
    """Return the strategy in whose part a number between 0 and the sum falls."""
    passed, last = 0.0, 0
    for s in range(len(parts)):
        if parts[s] > 0.0:
            passed += parts[s]
            last = s
            if aim < passed:
                return s
    return last


@compiled
def _parents(
    node: int,
    state: np.ndarray,
    counts: np.ndarray,
    indptr: np.ndarray,
    nodes: np.ndarray,
    weights: np.ndarray,
    payoffs: np.ndarray,
    own: np.ndarray,
    totals: np.ndarray,
    rule: Rule,
    parts: np.ndarray,
) -> None:
    """Write the fitness of each strategy among a node's neighbours, with weights, itself included under imitation updating; up to a factor."""
    for s in range(len(parts)):
        parts[s] = 0.0
    most = -np.inf
    first = indptr[node]
    for e in range(first - (1 if rule.kind == IMITATION else 0), indptr[node + 1]):
        other = node if e < first else nodes[e]
        weight = weights[e] if e >= first and len(weights) else 1.0
        strategy = int(state[other])
        fitness = log_fitness(other, strategy, counts, payoffs, own, totals, rule)
        if rule.linear:
            parts[strategy] += weight * fitness
            continue
        if fitness > most:
            for s in range(len(parts)):
                parts[s] *= math.exp(most - fitness)
            most = fitness
        parts[strategy] += weight * math.exp(fitness - most)


@compiled
def _best_neighbour(
    node: int,
    state: np.ndarray,
    counts: np.ndarray,
    indptr: np.ndarray,
    nodes: np.ndarray,
    payoffs: np.ndarray,
    own: np.ndarray,
    totals: np.ndarray,
) -> int:
    """Return the strategy of who earns the most among a node and its neighbours: its own where that is among the best, else the first of them."""
    mine = int(state[node])
    best, found = payoff(node, mine, counts, payoffs, own, totals), mine
    for e in range(indptr[node], indptr[node + 1]):
        strategy = int(state[nodes[e]])
        earned = payoff(nodes[e], strategy, counts, payoffs, own, totals)
        better = strategy == mine or (found != mine and strategy < found)
        if earned > best or (earned == best and better):
            best, found = earned, strategy
    return found


@inlined
def _same_around(node: int, state: np.ndarray, indptr: np.ndarray, nodes: np.ndarray) -> bool:
    """Return whether a node and all its neighbours play one strategy."""
    differing = 0
    for e in range(indptr[node], indptr[node + 1]):
        differing += state[nodes[e]] != state[node]
    return differing == 0


@compiled
def revise(
    node: int,
    state: np.ndarray,
    counts: np.ndarray,
    indptr: np.ndarray,
    nodes: np.ndarray,
    weights: np.ndarray,
    payoffs: np.ndarray,
    own: np.ndarray,
    totals: np.ndarray,
    rule: Rule,
    parts: np.ndarray,
    one: np.uint64,
    two: np.uint64,
) -> Drawn:
    """Return the next strategy of a node that copies nobody it meets, and the state of the random numbers.

    indptr, nodes, weights: of Contacts; payoffs, own: of Play; totals: of Meetings. parts: of as many entries as strategies, to write on.
    """
    mine = int(state[node])
    strategies = len(parts)
    if rule.kind <= SMITH:
        word, one, two = next_word(one, two)
        luck = uniform_of(word)
        if luck < rule.mutation:
            return other_strategy(mine, luck / rule.mutation, strategies), one, two
        luck = (luck - rule.mutation) / (1.0 - rule.mutation)
        return _chosen(node, mine, counts, payoffs, own, totals, rule, parts, luck), one, two
    if indptr[node] == indptr[node + 1] and rule.kind != IMITATION:
        return mine, one, two
    new = mine
    if not _same_around(node, state, indptr, nodes):
        if rule.kind == BEST_NEIGHBOUR:
            new = _best_neighbour(node, state, counts, indptr, nodes, payoffs, own, totals)
        else:
            _parents(node, state, counts, indptr, nodes, weights, payoffs, own, totals, rule, parts)
            total, new = 0.0, 0
            for s in range(strategies):
                total += parts[s]
                new = s if parts[s] > parts[new] else new
            if parts[new] < total:  # not all neighbours play alike
                word, one, two = next_word(one, two)
                new = drawn_strategy(parts, uniform_of(word) * total)
    if rule.mutation > 0.0:
        word, one, two = next_word(one, two)
        luck = uniform_of(word)
        if luck < rule.mutation:
            new = other_strategy(new, luck / rule.mutation, strategies)
    return new, one, two
