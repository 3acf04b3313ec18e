"""How one node of a network takes its next strategy, by each rule."""

from __future__ import annotations

import math

import numpy as np

from coopgame._kernels.network_forms import (
    Contacts,
    Meetings,
    Play,
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
    SUCCESSFUL,
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
def chance_to_copy(own: float, met: float, rule: Rule, reach: float) -> float:
    """Return the chance to copy a neighbour from both payoffs; reach: the larger one of the two nodes."""
    gain = met - own
    if rule.kind == FERMI:
        return 1.0 / (1.0 + math.exp(-rule.setting * gain))
    if rule.kind == PROPORTIONAL:
        return rule.step * gain
    if rule.kind == SCALED:
        return rule.step * gain / reach if reach > 0.0 else 0.0
    if rule.kind == DISSATISFIED:
        return rule.step * (rule.setting - own)
    return rule.step * (met - rule.setting)


@inlined
def log_fitness(node: int, strategy: int, counts: np.ndarray, meetings: Meetings, play: Play, rule: Rule) -> float:
    """Return the logarithm of a node's fitness, or the fitness itself where it is linear."""
    earned = payoff(node, strategy, counts, meetings, play)
    if rule.linear:
        return 1.0 - rule.setting + rule.setting * earned
    return rule.setting * earned


@compiled
def _chosen(
    node: int,
    own: int,
    counts: np.ndarray,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    parts: np.ndarray,
    part: float,
) -> int:
    """Return the strategy that a node takes from what each would earn; part: uniform in [0, 1)."""
    strategies = len(parts)
    for s in range(strategies):
        parts[s] = payoff(node, s, counts, meetings, play)
    if rule.kind == SMITH:
        here, passed = parts[own], 0.0
        for s in range(strategies):
            if parts[s] > here:
                passed += rule.step * (parts[s] - here)
                if part < passed:
                    return s
        return own
    best = parts.max()
    total = 0.0
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
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    parts: np.ndarray,
) -> None:
    """Write the fitness of each strategy among a node's neighbours, with weights, itself included under imitation updating; up to a factor."""
    parts[:] = 0.0
    most = -np.inf
    first = contacts.indptr[node]
    for e in range(first - (1 if rule.kind == IMITATION else 0), contacts.indptr[node + 1]):
        other = node if e < first else contacts.nodes[e]
        weight = contacts.weights[e] if e >= first and len(contacts.weights) else 1.0
        strategy = int(state[other])
        fitness = log_fitness(other, strategy, counts, meetings, play, rule)
        if rule.linear:
            parts[strategy] += weight * fitness
            continue
        if fitness > most:
            parts *= math.exp(most - fitness)
            most = fitness
        parts[strategy] += weight * math.exp(fitness - most)


@compiled
def _best_neighbour(
    node: int,
    state: np.ndarray,
    counts: np.ndarray,
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
) -> int:
    """Return the strategy of who earns the most among a node and its neighbours: its own where that is among the best, else the first of them."""
    own = int(state[node])
    best, found = payoff(node, own, counts, meetings, play), own
    for e in range(contacts.indptr[node], contacts.indptr[node + 1]):
        strategy = int(state[contacts.nodes[e]])
        earned = payoff(contacts.nodes[e], strategy, counts, meetings, play)
        better = strategy == own or (found != own and strategy < found)
        if earned > best or (earned == best and better):
            best, found = earned, strategy
    return found


@compiled
def _same_around(node: int, own: int, state: np.ndarray, contacts: Contacts) -> bool:
    """Return whether a node and all its neighbours play one strategy."""
    differing = 0
    for e in range(contacts.indptr[node], contacts.indptr[node + 1]):
        differing += state[contacts.nodes[e]] != own
    return differing == 0


@compiled
def revise(
    node: int,
    part: float,
    state: np.ndarray,
    counts: np.ndarray,
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    parts: np.ndarray,
    one: np.uint64,
    two: np.uint64,
) -> Drawn:
    """Return the next strategy of a node, and the state of the random numbers.

    part: uniform in [0, 1), for the neighbour whom it meets. parts: of as many entries as strategies, to write on.
    """
    own = int(state[node])
    strategies = len(parts)
    alone = contacts.indptr[node] == contacts.indptr[node + 1]
    if rule.kind <= SMITH:
        luck = -1.0
        if rule.mutation > 0.0:
            word, one, two = next_word(one, two)
            luck = uniform_of(word)
            if luck < rule.mutation:
                return other_strategy(own, luck / rule.mutation, strategies), one, two
            luck = (luck - rule.mutation) / (1.0 - rule.mutation)
        if luck < 0.0:
            word, one, two = next_word(one, two)
            luck = uniform_of(word)
        met = node
        if rule.kind <= SUCCESSFUL:
            if alone:
                return own, one, two
            met = contacts.nodes[picked(contacts.indptr, contacts.weights, node, part)]
            if state[met] == own:
                return own, one, two
        if rule.kind > SUCCESSFUL:
            return _chosen(node, own, counts, meetings, play, rule, parts, luck), one, two
        earned = payoff(node, own, counts, meetings, play)
        theirs = payoff(met, int(state[met]), counts, meetings, play)
        reach = max(meetings.reach[node], meetings.reach[met]) if len(meetings.reach) else 1.0
        taken = luck < chance_to_copy(earned, theirs, rule, reach)
        return (int(state[met]) if taken else own), one, two
    if alone and rule.kind != IMITATION:
        return own, one, two
    new = own
    if not _same_around(node, own, state, contacts):
        if rule.kind == BEST_NEIGHBOUR:
            new = _best_neighbour(node, state, counts, contacts, meetings, play)
        else:
            _parents(node, state, counts, contacts, meetings, play, rule, parts)
            total = parts.sum()
            if parts.max() == total:  # all neighbours play alike
                new = int(parts.argmax())
            else:
                word, one, two = next_word(one, two)
                new = drawn_strategy(parts, uniform_of(word) * total)
    if rule.mutation > 0.0:
        word, one, two = next_word(one, two)
        luck = uniform_of(word)
        if luck < rule.mutation:
            new = other_strategy(new, luck / rule.mutation, strategies)
    return new, one, two
