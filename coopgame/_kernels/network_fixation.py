"""A mutant on a network until it is alone or gone: only nodes at the border between strategies are drawn."""

from __future__ import annotations

import math

import numpy as np

from coopgame._kernels.network_births import offspring
from coopgame._kernels.network_draws import HALF, PART, draw_place
from coopgame._kernels.network_forms import Contacts, Meetings, Play, Rule, change, compiled, count, inlined
from coopgame._kernels.network_kinds import BIRTH_DEATH
from coopgame._kernels.network_packed import Chances, Places, revised
from coopgame._kernels.network_revise import log_fitness, revise
from coopgame._kernels.random_streams import draw_uniform, next_word, uniform_of

FIXED, UNFINISHED, STEPS = range(3)


@inlined
def place_in_border(node: int, wanted: bool, border: np.ndarray, where: np.ndarray, length: int) -> int:
    """Add a node to the border or take it out; return how many are there. where: its place, or -1."""
    at = where[node]
    if wanted and at < 0:
        border[length] = node
        where[node] = length
        return length + 1
    if not wanted and at >= 0:
        last = border[length - 1]
        border[at] = last
        where[last] = at
        where[node] = -1
        return length - 1
    return length


@inlined
def _differs(node: int, state: np.ndarray, indptr: np.ndarray, nodes: np.ndarray) -> bool:
    differing = 0
    for e in range(indptr[node], indptr[node + 1]):
        differing += state[nodes[e]] != state[node]
    return differing > 0


@compiled
def _parent(
    border: np.ndarray,
    length: int,
    state: np.ndarray,
    counts: np.ndarray,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    most: float,
    by_sum: bool,
    logs: np.ndarray,
    stream: np.ndarray,
) -> int:
    """Return a node of the border in proportion to fitness, by refusal or by the sum over the border."""
    if not by_sum:
        while True:
            node = border[int(draw_uniform(stream) * length)]
            fitness = log_fitness(node, int(state[node]), counts, meetings, play, rule)
            kept = fitness / most if rule.linear else math.exp(fitness - most)
            if draw_uniform(stream) < kept:
                return int(node)
    top = -np.inf
    for k in range(length):
        logs[k] = log_fitness(border[k], int(state[border[k]]), counts, meetings, play, rule)
        top = max(top, logs[k])
    total = 0.0
    for k in range(length):
        logs[k] = logs[k] if rule.linear else math.exp(logs[k] - top)
        total += logs[k]
    aim, passed, last = draw_uniform(stream) * total, 0.0, 0
    for k in range(length):
        if logs[k] > 0.0:
            passed += logs[k]
            last = k
            if aim < passed:
                break
    return int(border[last])


@compiled
def fix_on_network(
    runs: int,
    most_steps: int,
    contacts: Contacts,
    meetings: Meetings,
    play: Play,
    rule: Rule,
    most: float,
    by_sum: bool,
    stream: np.ndarray,
    found: np.ndarray,
) -> None:
    """Add to `found` the runs in which the mutant takes over, those that are cut, and the steps at the border.

    Strategy 0 is the resident, 1 the mutant. most, by_sum: the largest fitness for parents that are drawn by refusal, and whether they are drawn by sums.
    """
    n = len(contacts.indptr) - 1
    births = rule.kind == BIRTH_DEATH
    around_indptr = contacts.follower_indptr if births else contacts.indptr
    around = contacts.followers if births else contacts.nodes
    told_indptr = contacts.indptr if births else contacts.follower_indptr
    told = contacts.nodes if births else contacts.followers
    state, parts = np.zeros(n, np.uint8), np.empty(2)
    counts = np.empty((n, 2 * play.payoffs.shape[0]))
    tally = np.array([n, 0])
    border, where, logs = np.empty(n, np.int32), np.full(n, -1, np.int32), np.empty(n if by_sum else 0)
    count(state, counts, meetings, play)
    length = 0
    for _ in range(runs):
        node, new, steps = int(draw_uniform(stream) * n), 1, 0
        while True:
            if new != state[node]:
                change(node, new, state, counts, tally, meetings, 2)
                length = place_in_border(node, _differs(node, state, around_indptr, around), border, where, length)
                for e in range(told_indptr[node], told_indptr[node + 1]):
                    other = told[e]
                    length = place_in_border(
                        other, _differs(other, state, around_indptr, around), border, where, length
                    )
            if tally[1] == 0 or tally[1] == n or steps == most_steps:
                break
            steps += 1
            if births:
                parent = _parent(border, length, state, counts, meetings, play, rule, most, by_sum, logs, stream)
                node, new = offspring(parent, state, contacts, rule, 2, stream)
            else:
                at, rest, stream[0], stream[1] = draw_place(np.uint64(length), stream[0], stream[1])
                node, part = int(border[at]), PART * np.int64(rest)
                new, stream[0], stream[1] = revise(
                    node,
                    part,
                    state,
                    counts,
                    contacts,
                    meetings,
                    play,
                    rule,
                    parts,
                    stream[0],
                    stream[1],
                )
        found[STEPS] += steps
        found[FIXED] += tally[1] == n
        if tally[1] > 0:
            found[UNFINISHED] += tally[1] < n
            state[:] = 0
            where[:] = -1
            length = 0
            tally[0], tally[1] = n, 0
            count(state, counts, meetings, play)


@compiled
def fix_packed(
    runs: int,
    most_steps: int,
    places: Places,
    chances: Chances,
    births: bool,
    degree: int,
    stream: np.ndarray,
    found: np.ndarray,
) -> None:
    """Do as `fix_on_network` where all nodes have as many neighbours, listed in a table, and chances or fitness are.

    births: whether nodes of the border are parents, drawn by refusal of fitness relative to 1.
    """
    n = places.columns
    packed, mutants, length = np.zeros(n, np.uint8), 0, 0
    border, where = np.empty(n, np.int32), np.full(n, -1, np.int32)
    whole = np.uint8(2 * degree + 1)  # a mutant among mutants
    one, two, wide = stream[0], stream[1], np.uint64(degree)
    for _ in range(runs):
        word, one, two = next_word(one, two)
        node, new, steps = int(uniform_of(word) * n), 1, 0
        while True:
            if new != packed[node] & 1:
                packed[node] ^= np.uint8(1)
                mutants += 2 * new - 1
                step = np.uint8(2) if new else np.uint8(254)
                for k in range(degree):
                    packed[places.table[node * degree + k]] += step
                for k in range(-1, degree):
                    other = node if k < 0 else int(places.table[node * degree + k])
                    wanted = packed[other] != 0 and packed[other] != whole
                    length = place_in_border(other, wanted, border, where, length)
            if mutants in (0, n) or steps == most_steps:
                break
            steps += 1
            at, rest, one, two = draw_place(np.uint64(length), one, two)
            node, k = int(border[at]), int(np.int64(rest * wide >> HALF))
            if births:
                word, one, two = next_word(one, two)
                new = int(packed[node] & 1)
                if uniform_of(word) < chances.fitness[packed[node]]:
                    node = int(places.table[node * degree + k])
            else:
                new, one, two = revised(packed, places, chances, degree, node, 0, node, k, one, two)
        found[STEPS] += steps
        found[FIXED] += mutants == n
        if mutants > 0:
            found[UNFINISHED] += mutants < n
            packed[:] = 0
            where[:] = -1
            mutants = length = 0
    stream[0], stream[1] = one, two
