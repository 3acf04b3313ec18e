"""Chances of single mutants to take over in finite populations under the Fermi rule: in logarithms, and their leading terms for intense selection."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from coopgame.dynamics.markov import Term
from coopgame.equilibria.tables import PayoffTables
from coopgame.errors import UnsupportedError
from coopgame.finite.constant_advantage import log_fixation_of_constant

_ZERO, _ONE = Fraction(0), Fraction(1)
Profile = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Invasions:
    """The chain over profiles that rare mutants move.

    share: the chance that the next mutant is a given one. leading: of each profile the others that a mutant can lead to, each with (r, c) such that the chance
    is c * exp(-r * intensity) for a large intensity. log_chance: (i, j, intensity) -> log fixation probability of the mutant that leads from i to j.
    """

    profiles: tuple[Profile, ...]
    share: Fraction
    leading: tuple[dict[int, Term], ...]
    log_chance: Callable[[int, int, Fraction], float]

    def log_transition(self, intensity: Fraction) -> np.ndarray:
        """Return the logarithms of the probabilities of changes, row to column; -inf where no single mutant leads, and on the diagonal."""
        logs = np.full((len(self.profiles),) * 2, -np.inf)
        mutant = math.log(self.share)
        for i, row in enumerate(self.leading):
            for j in row:
                try:
                    logs[i, j] = mutant + self.log_chance(i, j, intensity)
                except OverflowError:
                    raise UnsupportedError(
                        "intensity times payoffs is too large for a float; intensity=math.inf gives the limit exactly"
                    ) from None
        return logs


def invasions_of(tables: PayoffTables, size: int) -> Invasions:
    """Return the chain of a game: mutants within one population, or in one of several populations that meet each other."""
    return _within(tables, size) if tables.symmetric else _between(tables, size)


def _between(tables: PayoffTables, size: int) -> Invasions:
    """Return the chain of several populations: the advantage of a mutant does not depend on how many there are."""
    places = list(product(*map(range, tables.sizes)))
    number = {place: k for k, place in enumerate(places)}
    share = Fraction(1, sum(tables.sizes) - len(tables.sizes)) if len(places) > 1 else _ONE
    gains: dict[tuple[int, int], Fraction] = {}
    leading: list[dict[int, Term]] = [{} for _ in places]
    for i, place in enumerate(places):
        for p, other in _neighbours(tables, place):
            j = number[other]
            gain = tables.exact[p][other] - tables.exact[p][place]
            gains[i, j] = gain
            chance = _ONE if gain else Fraction(1, size)
            leading[i][j] = (max(-gain, _ZERO) * (size - 1), share * chance)

    def log_chance(i: int, j: int, intensity: Fraction) -> float:
        return log_fixation_of_constant(intensity * gains[i, j], size)

    return Invasions(_names(tables, places), share, tuple(leading), log_chance)


def _neighbours(tables: PayoffTables, place: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...]]]:
    for p, count in enumerate(tables.sizes):
        for s in range(count):
            if s != place[p]:
                yield p, (*place[:p], s, *place[p + 1 :])


def _within(tables: PayoffTables, size: int) -> Invasions:
    """Return the chain of one population: mutants meet residents and each other, so their advantage changes on the way."""
    payoffs = tables.exact[0]
    n = len(payoffs)
    share = Fraction(1, n - 1) if n > 1 else _ONE
    scale = math.lcm(*(value.denominator for value in payoffs.flat)) * (size - 1)
    whole = np.empty((n, n), dtype=object)
    whole[...] = [[int(value * scale) // (size - 1) for value in row] for row in payoffs]
    sums = {(i, j): _sums(whole, i, j, size) for i in range(n) for j in range(n) if i != j}
    leading: list[dict[int, Term]] = [{} for _ in range(n)]
    for (i, j), own in sums.items():
        least = min(own)
        leading[i][j] = (Fraction(-least, scale), share / own.count(least))

    def log_chance(i: int, j: int, intensity: Fraction) -> float:
        exponents = np.array([-intensity.numerator * value / (intensity.denominator * scale) for value in sums[i, j]])
        most = exponents.max()
        return -float(most + math.log(np.exp(exponents - most).sum()))

    return Invasions(tuple((name,) for name in tables.names[0]), share, tuple(leading), log_chance)


def _sums(payoffs: np.ndarray, resident: int, mutant: int, size: int) -> list[int]:
    """Return the advantages of 1, 2, ..., k mutants added up, for k = 0 to size - 1, times size - 1; whole numbers as the payoffs are.

    k mutants earn (k - 1) times what they earn from each other and size - k times what from residents; residents k times and size - k - 1 times.
    """
    own, other = payoffs[mutant, mutant], payoffs[mutant, resident]
    against, among = payoffs[resident, mutant], payoffs[resident, resident]
    found = [0]
    for k in range(1, size):
        gain = (k - 1) * own + (size - k) * other - k * against - (size - k - 1) * among
        found.append(found[-1] + gain)
    return found


def _names(tables: PayoffTables, places: list[tuple[int, ...]]) -> tuple[Profile, ...]:
    return tuple(tuple(own[s] for own, s in zip(tables.names, place, strict=True)) for place in places)
