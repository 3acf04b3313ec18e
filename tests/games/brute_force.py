"""Payoffs and fields written out over all pure profiles, in fractions: what the package's games are compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod

Table = Mapping[tuple[int, ...], Sequence[Fraction]]


def expected(table: Table, sizes: Sequence[int], state: Sequence[Sequence[Fraction]], p: int, s: int) -> Fraction:
    """What strategy s of population p earns on average against the others' shares."""
    total = Fraction(0)
    for profile in product(*map(range, sizes)):
        if profile[p] == s:
            weight = prod((state[q][profile[q]] for q in range(len(sizes)) if q != p), start=Fraction(1))
            total += weight * table[profile][p]
    return total


def replicator_rates(payoff: Callable[[int, int], Fraction], state: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """Rates of all shares, population after population, from the payoff of every strategy."""
    rates = []
    for p, shares in enumerate(state):
        earned = [payoff(p, s) for s in range(len(shares))]
        mean = sum((x * u for x, u in zip(shares, earned, strict=True)), Fraction(0))
        rates += [x * (u - mean) for x, u in zip(shares, earned, strict=True)]
    return rates
