"""Games on networks of any kind: nodes that change one after the other, or all at once."""

from __future__ import annotations

import numpy as np

from coopgame._kernels.network_births import build_tree, by_refusal, from_tree, offspring, refresh_tree
from coopgame._kernels.network_draws import PART, draw_place
from coopgame._kernels.network_forms import (
    Contacts,
    Meetings,
    Play,
    Rule,
    change,
    compiled,
    count,
    inlined,
    payoff,
)
from coopgame._kernels.network_kinds import BIRTH_DEATH, LOGIT, SMITH, SUCCESSFUL
from coopgame._kernels.network_revise import other_strategy, picked, revise, takes
from coopgame._kernels.random_streams import draw_uniform, next_word, uniform_of


@inlined
def is_over(tally: np.ndarray, nodes: int, rule: Rule) -> bool:
    """Return whether nothing can change any more: all play one strategy, and no other comes back."""
    if rule.mutation > 0.0 or LOGIT <= rule.kind <= SMITH:
        return False
    for number in tally:
        if number > 0:
            return bool(number == nodes)
    return False


@compiled
def _take_up(after: np.ndarray, state: np.ndarray, counts: np.ndarray, tally: np.ndarray, meetings: Meetings) -> None:
    """Let all nodes change at once to what they have chosen."""
    indptr, nodes, layers, weights = meetings.indptr, meetings.nodes, meetings.layers, meetings.weights
    for node in range(len(state)):
        if after[node] != state[node]:
            change(node, int(after[node]), state, counts, tally, indptr, nodes, layers, weights)


@compiled
def _copying(
    state: np.ndarray,
    after: np.ndarray,
    counts: np.ndarray,
    tally: np.ndarray,
    sweeps: int,
    together: bool,
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    stream: np.ndarray,
) -> None:
    """Let nodes copy a neighbour: drawn at random, one at each step, or all at once by what was there before."""
    indptr, nodes, weights = contacts.indptr, contacts.nodes, contacts.weights
    to_indptr, to, layers, counted = meetings.indptr, meetings.nodes, meetings.layers, meetings.weights
    payoffs, own, totals, reach = play.payoffs, play.own, meetings.totals, meetings.reach
    size, strategies = np.uint64(len(state)), len(tally)
    one, two = stream[0], stream[1]
    for _ in range(sweeps):
        for k in range(len(state)):
            if together:
                node = k
                word, one, two = next_word(one, two)
                part = uniform_of(word)
            else:
                node, rest, one, two = draw_place(size, one, two)
                part = PART * np.int64(rest)
            mine = new = int(state[node])
            word, one, two = next_word(one, two)
            luck = uniform_of(word)
            if luck < rule.mutation:
                new = other_strategy(mine, luck / rule.mutation, strategies)
            elif indptr[node] < indptr[node + 1]:
                met = nodes[picked(indptr, weights, node, part)]
                if state[met] != mine:
                    earned = payoff(node, mine, counts, payoffs, own, totals)
                    theirs = payoff(met, int(state[met]), counts, payoffs, own, totals)
                    larger = max(reach[node], reach[met]) if len(reach) else 1.0
                    new = int(state[met]) if takes(luck, earned, theirs, rule, larger) else mine
            if together:
                after[node] = new
            elif new != mine:
                change(node, new, state, counts, tally, to_indptr, to, layers, counted)
        if together:
            _take_up(after, state, counts, tally, meetings)
    stream[0], stream[1] = one, two


@compiled
def _comparing(
    state: np.ndarray,
    after: np.ndarray,
    counts: np.ndarray,
    tally: np.ndarray,
    sweeps: int,
    together: bool,
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    stream: np.ndarray,
) -> None:
    """Let nodes choose, or give way to offspring of neighbours: drawn at random, one at each step, or all at once."""
    indptr, nodes, weights = contacts.indptr, contacts.nodes, contacts.weights
    to_indptr, to, layers, counted = meetings.indptr, meetings.nodes, meetings.layers, meetings.weights
    payoffs, own, totals = play.payoffs, play.own, meetings.totals
    size, parts = np.uint64(len(state)), np.empty(len(tally))
    one, two = stream[0], stream[1]
    for _ in range(sweeps):
        for k in range(len(state)):
            node = k
            if not together:
                node, _rest, one, two = draw_place(size, one, two)
            new, one, two = revise(
                node, state, counts, indptr, nodes, weights, payoffs, own, totals, rule, parts, one, two
            )
            if together:
                after[node] = new
            elif new != state[node]:
                change(node, new, state, counts, tally, to_indptr, to, layers, counted)
        if together:
            _take_up(after, state, counts, tally, meetings)
    stream[0], stream[1] = one, two


@compiled
def _births(
    state: np.ndarray,
    counts: np.ndarray,
    tally: np.ndarray,
    steps: int,
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    most: float,
    tree: np.ndarray,
    stream: np.ndarray,
) -> None:
    """Let parents drawn by fitness put offspring in the place of a follower, one at each step."""
    indptr, followers, weights = contacts.follower_indptr, contacts.followers, contacts.follower_weights
    to_indptr, to, layers, counted = meetings.indptr, meetings.nodes, meetings.layers, meetings.weights
    payoffs, own, totals = play.payoffs, play.own, meetings.totals
    offset = build_tree(state, counts, payoffs, own, totals, rule, tree) if len(tree) else 0.0
    for _ in range(steps):
        if len(tree):
            parent = from_tree(tree, draw_uniform(stream))
        else:
            parent = by_refusal(state, counts, payoffs, own, totals, rule, most, stream)
        node, new = offspring(parent, state, indptr, followers, weights, rule, len(tally), stream)
        if node >= 0 and new != state[node]:
            change(node, new, state, counts, tally, to_indptr, to, layers, counted)
            if len(tree):
                offset = refresh_tree(node, state, counts, to_indptr, to, payoffs, own, totals, rule, tree, offset)


@compiled
def play_on_network(
    states: np.ndarray,
    streams: np.ndarray,
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    most: float,
    by_tree: bool,
    together: bool,
    every: int,
    shares: np.ndarray,
) -> None:
    """Let several runs go on; states and streams move on, and the numbers of nodes by strategy are written.

    states: strategies by run and node, uint8. most: the largest logarithm of fitness that a node can have, or the largest fitness where it is linear.
    every: sweeps between two records; a sweep is one step for each node, or one step of all. shares: the numbers, shape (runs, records, strategies), int64.
    """
    runs, nodes = states.shape
    layers, strategies = play.payoffs.shape[0], play.payoffs.shape[1]
    counts = np.empty((nodes, layers * strategies))
    after = np.empty(nodes if together else 0, np.uint8)
    half = 1
    while half < nodes:
        half *= 2
    tree = np.zeros(2 * half if by_tree and rule.kind == BIRTH_DEATH else 0)
    tally = np.empty(strategies, np.int64)
    for run in range(runs):
        state, stream = states[run], streams[run]
        count(state, counts, strategies, meetings)
        tally[:] = 0
        for node in range(nodes):
            tally[state[node]] += 1
        for record in range(shares.shape[1]):
            if not is_over(tally, nodes, rule):
                if rule.kind == BIRTH_DEATH:
                    steps = every * nodes
                    _births(state, counts, tally, steps, contacts, meetings, play, rule, most, tree, stream)
                elif rule.kind <= SUCCESSFUL:
                    _copying(state, after, counts, tally, every, together, contacts, meetings, play, rule, stream)
                else:
                    _comparing(state, after, counts, tally, every, together, contacts, meetings, play, rule, stream)
            for s in range(strategies):  # as one assignment it takes a second to compile
                shares[run, record, s] = tally[s]
