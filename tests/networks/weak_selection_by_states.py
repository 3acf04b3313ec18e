"""The chance of a mutant to take over a small network, from all of its states: the slow, exact reference of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations

from flint import fmpq, fmpq_mat

Weights = list[list[Fraction]]
Table = tuple[
    tuple[Fraction, Fraction], tuple[Fraction, Fraction]
]  # payoffs of strategy 1 and of strategy 0, each against 1 and 0


@dataclass(frozen=True)
class Dual:
    """A number and its derivative by the intensity of selection at 0."""

    value: Fraction
    slope: Fraction = Fraction(0)

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    def __truediv__(self, other: Dual) -> Dual:
        return Dual(self.value / other.value, (self.slope * other.value - self.value * other.slope) / other.value**2)


def total(numbers: list[Dual]) -> Dual:
    result = Dual(Fraction(0))
    for number in numbers:
        result = result + number
    return result


def incomes(weights: Weights, state: tuple[int, ...], table: Table, mean: bool, with_self: bool) -> list[Fraction]:
    """Return what every node earns."""
    found = []
    for i, row in enumerate(weights):
        met = [w + (with_self and i == j) for j, w in enumerate(row)]
        sum_ = sum(w * table[1 - state[i]][1 - state[j]] for j, w in enumerate(met))
        found.append(Fraction(sum_, sum(met)) if mean else Fraction(sum_))
    return found


def successions(rule: str, weights: Weights, pay: list[Fraction]) -> dict[tuple[int, int], Dual]:
    """Return the chance that node i takes the strategy of node j, for all i and j, as the rule says it."""
    n = len(weights)
    fitness = [Dual(Fraction(1), u) for u in pay]
    chances = {}
    if rule == "birth-death":
        everyone = total(fitness)
        for j, row in enumerate(weights):
            for i, w in enumerate(row):
                chances[i, j] = fitness[j] / everyone * Dual(Fraction(w, sum(row)))
        return chances
    for i, row in enumerate(weights):
        drawn = Dual(Fraction(1, n))
        if rule == "Fermi imitation":  # the chance 1 / (1 + exp(-w gain)) begins as 1/2 + w gain / 4
            for j, w in enumerate(row):
                chances[i, j] = drawn * Dual(Fraction(w, sum(row))) * Dual(Fraction(1, 2), (pay[j] - pay[i]) / 4)
            continue
        rivals = [Fraction(w) + (rule == "imitation updating" and i == j) for j, w in enumerate(row)]
        shares = [Dual(w) * f for w, f in zip(rivals, fitness, strict=True)]
        for j, share in enumerate(shares):
            chances[i, j] = drawn * share / total(shares)
    return chances


def takeover(rule: str, weights: Weights, table: Table, *, mean: bool, with_self: bool = False) -> Dual:
    """Return the chance that one node of strategy 1 at a random place takes over a network of strategy 0."""
    n = len(weights)
    states = range(1, 2**n - 1)
    place = {state: k for k, state in enumerate(states)}
    still = fmpq_mat(len(states), len(states))
    changing: list[dict[int, Fraction]] = []
    gone = fmpq_mat(len(states), 1)
    for state in states:
        bits = tuple(state >> i & 1 for i in range(n))
        chances = successions(rule, weights, incomes(weights, bits, table, mean, with_self))
        k = place[state]
        still[k, k] += 1
        slopes: dict[int, Fraction] = {}
        leave = Dual(Fraction(0))
        for (i, j), chance in chances.items():
            if bits[i] != bits[j]:
                target = state ^ (1 << i)
                leave = leave + chance
                slopes[target] = slopes.get(target, Fraction(0)) + chance.slope
                if target in place:
                    still[k, place[target]] -= rational(chance.value)
                elif target:
                    gone[k, 0] += rational(chance.value)
        still[k, k] -= rational(1 - leave.value)
        slopes[state] = -leave.slope
        changing.append(slopes)
    value = still.solve(gone)

    def at(state: int) -> Fraction:
        return Fraction(state == 2**n - 1) if state not in place else number(value[place[state], 0])

    push = fmpq_mat([[rational(sum(s * at(t) for t, s in slopes.items()))] for slopes in changing])
    slope = still.solve(push)
    starts = [place[1 << i] for i in range(n)]
    return Dual(sum(number(value[k, 0]) for k in starts) / n, sum(number(slope[k, 0]) for k in starts) / n)


def rational(x: Fraction | int) -> fmpq:
    return fmpq(Fraction(x).numerator, Fraction(x).denominator)


def number(x: fmpq) -> Fraction:
    return Fraction(int(x.p), int(x.q))


def connected_graphs(size: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the edges of every connected graph of a size, one of each shape."""
    pairs = list(combinations(range(size), 2))
    seen = set()
    for choice in range(2 ** len(pairs)):
        edges = [pair for k, pair in enumerate(pairs) if choice >> k & 1]
        shape = min(tuple(sorted(tuple(sorted((p[a], p[b]))) for a, b in edges)) for p in permutations(range(size)))
        if shape in seen:
            continue
        seen.add(shape)
        reached = {0}
        for _ in range(size):
            reached |= {b for e in edges for a, b in (e, e[::-1]) if a in reached}
        if len(reached) == size:
            yield edges
