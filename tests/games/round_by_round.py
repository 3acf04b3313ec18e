"""Repeated games played round by round from the definition, in exact fractions: what the laws of outcomes are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

import numpy as np
from hypothesis import strategies as st

from coopgame import MemoryOne

OUTCOMES = [(1, 1), (1, 0), (0, 1), (0, 0)]  # 1 is C; own action first
Law = dict[tuple[int, int, int], Fraction]  # (state, own, other) -> probability


def numbers(rule: MemoryOne) -> tuple[list[Fraction], Fraction | None]:
    """The probabilities of a strategy as fractions, those after the four outcomes and the first one."""
    after = [Fraction(int(p.p), int(p.q)) for p in rule.after]
    return after, None if rule.first is None else Fraction(int(rule.first.p), int(rule.first.q))


def carried_out(intended: Fraction, error: Fraction) -> Fraction:
    return intended * (1 - error) + (1 - intended) * error


def rounds(
    own: Sequence[MemoryOne],
    other: Sequence[MemoryOne],
    error: Fraction = Fraction(0),
    moves: Mapping[tuple[int, int], Mapping[int, Fraction]] | None = None,
    start: int = 0,
) -> Iterator[Law]:
    """Yield the law of state and outcome in each round. moves: (state, number of C) -> next states; one state when left out."""
    moves = moves or {(0, k): {0: Fraction(1)} for k in range(3)}
    law: Law = {}
    for a, b in OUTCOMES:
        p, q = (carried_out(numbers(rules[start])[1] or Fraction(0), error) for rules in (own, other))
        law[start, a, b] = (p if a else 1 - p) * (q if b else 1 - q)
    while True:
        yield law
        following: Law = {}
        for (state, a, b), mass in law.items():
            for state2, chance in moves[state, a + b].items():
                p = carried_out(numbers(own[state2])[0][OUTCOMES.index((a, b))], error)
                q = carried_out(numbers(other[state2])[0][OUTCOMES.index((b, a))], error)
                for a2, b2 in OUTCOMES:
                    add = mass * chance * (p if a2 else 1 - p) * (q if b2 else 1 - q)
                    following[state2, a2, b2] = following.get((state2, a2, b2), Fraction(0)) + add
        law = following


def long_run(
    own: Sequence[MemoryOne],
    other: Sequence[MemoryOne],
    error: float = 0.0,
    moves: Mapping[tuple[int, int], Mapping[int, Fraction]] | None = None,
    start: int = 0,
) -> dict[tuple[int, int, int], float]:
    """The limit of means in floats: a chain that stays where it is half of the time has the same limit, without periods."""
    moves = moves or {(0, k): {0: Fraction(1)} for k in range(3)}
    places = [(state, a, b) for state in range(len(own)) for a, b in OUTCOMES]

    def to(state: int, p: float, q: float) -> dict[tuple[int, int, int], float]:
        p, q = (x * (1 - error) + (1 - x) * error for x in (p, q))
        return {(state, a, b): (p if a else 1 - p) * (q if b else 1 - q) for a, b in OUTCOMES}

    chain = np.zeros((len(places),) * 2)
    for i, (state, a, b) in enumerate(places):
        for state2, chance in moves[state, a + b].items():
            p, q = numbers(own[state2])[0], numbers(other[state2])[0]
            for place, mass in to(state2, float(p[OUTCOMES.index((a, b))]), float(q[OUTCOMES.index((b, a))])).items():
                chain[i, places.index(place)] += float(chance) * mass
    first = to(start, float(numbers(own[start])[1] or 0), float(numbers(other[start])[1] or 0))
    lazy = (np.eye(len(places)) + chain) / 2
    for _ in range(60):
        lazy = lazy @ lazy
        lazy /= lazy.sum(axis=1, keepdims=True)
    law = np.array([first.get(place, 0.0) for place in places]) @ lazy
    return dict(zip(places, law, strict=True))


def rationals(choices: Sequence[Fraction] = ()) -> st.SearchStrategy[Fraction]:
    """Probabilities with small denominators, the ends included."""
    return st.sampled_from(list(choices)) if choices else st.fractions(0, 1, max_denominator=12)


def memory_one(choices: Sequence[Fraction] = ()) -> st.SearchStrategy[MemoryOne]:
    """Strategies of memory one with a first action."""
    one = rationals(choices)
    return st.builds(MemoryOne, st.tuples(one, one, one, one), one)


def pure_rules() -> list[MemoryOne]:
    """All 32 of them, counted out."""
    return [MemoryOne(rule[:4], rule[4]) for rule in product((0, 1), repeat=5)]
