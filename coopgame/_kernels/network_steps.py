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
)
from coopgame._kernels.network_kinds import BIRTH_DEATH, LOGIT, SMITH
from coopgame._kernels.network_revise import revise
from coopgame._kernels.random_streams import draw_uniform, next_word, uniform_of


@inlined
def is_over(tally: np.ndarray, nodes: int, rule: Rule) -> bool:
    """Return whether nothing can change any more: all play one strategy, and no other comes back."""
    if rule.mutation > 0.0 or LOGIT <= rule.kind <= SMITH:
        return False
    return bool(tally.max() == nodes)


@compiled
def _one_by_one(
    state: np.ndarray,
    counts: np.ndarray,
    tally: np.ndarray,
    steps: int,
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    stream: np.ndarray,
) -> None:
    """Let nodes drawn at random change, one at each step."""
    nodes, strategies = np.uint64(len(state)), len(tally)
    parts = np.empty(strategies)
    one, two = stream[0], stream[1]
    for _ in range(steps):
        node, rest, one, two = draw_place(nodes, one, two)
        part = PART * np.int64(rest)
        new, one, two = revise(node, part, state, counts, contacts, meetings, play, rule, parts, one, two)
        if new != state[node]:
            change(node, new, state, counts, tally, meetings, strategies)
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
    strategies = len(tally)
    offset = build_tree(state, counts, meetings, play, rule, tree) if len(tree) else 0.0
    for _ in range(steps):
        if len(tree):
            parent = from_tree(tree, draw_uniform(stream))
        else:
            parent = by_refusal(state, counts, meetings, play, rule, most, stream)
        node, new = offspring(parent, state, contacts, rule, strategies, stream)
        if node >= 0 and new != state[node]:
            change(node, new, state, counts, tally, meetings, strategies)
            if len(tree):
                offset = refresh_tree(node, state, counts, meetings, play, rule, tree, offset)


@compiled
def _together(
    state: np.ndarray,
    after: np.ndarray,
    counts: np.ndarray,
    tally: np.ndarray,
    sweeps: int,
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    stream: np.ndarray,
) -> None:
    """Let all nodes change at once, each by what was there before."""
    nodes, strategies = len(state), len(tally)
    parts = np.empty(strategies)
    one, two = stream[0], stream[1]
    for _ in range(sweeps):
        for node in range(nodes):
            part = 0.0
            if rule.kind < LOGIT:
                word, one, two = next_word(one, two)
                part = uniform_of(word)
            after[node], one, two = revise(node, part, state, counts, contacts, meetings, play, rule, parts, one, two)
        for node in range(nodes):
            if after[node] != state[node]:
                change(node, int(after[node]), state, counts, tally, meetings, strategies)
    stream[0], stream[1] = one, two


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
        count(state, counts, meetings, play)
        tally[:] = 0
        for node in range(nodes):
            tally[state[node]] += 1
        for record in range(shares.shape[1]):
            if not is_over(tally, nodes, rule):
                if together:
                    _together(state, after, counts, tally, every, contacts, meetings, play, rule, stream)
                elif rule.kind == BIRTH_DEATH:
                    steps = every * nodes
                    _births(state, counts, tally, steps, contacts, meetings, play, rule, most, tree, stream)
                else:
                    _one_by_one(state, counts, tally, every * nodes, contacts, meetings, play, rule, stream)
            shares[run, record] = tally
