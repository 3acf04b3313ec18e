"""Exact first order in w of small chains, written from the definitions of the processes: numbers with slopes, and linear algebra in fractions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import comb, factorial
from operator import add

from flint import fmpq, fmpq_mat

Counts = tuple[int, ...]


@dataclass(frozen=True)
class Jet:
    """value + slope * w + O(w^2)."""

    value: Fraction
    slope: Fraction = Fraction(0)

    def __add__(self, other: Jet | Fraction | int) -> Jet:
        that = _jet(other)
        return Jet(self.value + that.value, self.slope + that.slope)

    __radd__ = __add__

    def __sub__(self, other: Jet | Fraction | int) -> Jet:
        return self + _jet(other) * -1

    def __rsub__(self, other: Jet | Fraction | int) -> Jet:
        return _jet(other) - self

    def __mul__(self, other: Jet | Fraction | int) -> Jet:
        that = _jet(other)
        return Jet(self.value * that.value, self.value * that.slope + self.slope * that.value)

    __rmul__ = __mul__

    def __truediv__(self, other: Jet | Fraction | int) -> Jet:
        that = _jet(other)
        return Jet(self.value / that.value, (self.slope * that.value - self.value * that.slope) / that.value**2)

    def __rtruediv__(self, other: Jet | Fraction | int) -> Jet:
        return _jet(other) / self


def _jet(value: Jet | Fraction | int) -> Jet:
    return value if isinstance(value, Jet) else Jet(Fraction(value))


W = Jet(Fraction(0), Fraction(1))


def exp(jet: Jet) -> Jet:
    """Return the exponential of a jet whose value is 0."""
    assert jet.value == 0
    return 1 + jet


def pair_payoffs(table: Sequence[Sequence[Fraction]]) -> Callable[[Counts], list[Fraction]]:
    """Return what each strategy earns: its members meet all others, not themselves; 0 where there are none."""

    def payoffs(counts: Counts) -> list[Fraction]:
        size = sum(counts)
        earned = []
        for i, row in enumerate(table):
            others = [m - (j == i) for j, m in enumerate(counts)]
            earned.append(sum((Fraction(m) * e for m, e in zip(others, row, strict=True)), Fraction(0)) / (size - 1))
        return [e if m else Fraction(0) for e, m in zip(earned, counts, strict=True)]

    return payoffs


def group_payoffs(rows: Sequence[Sequence[Fraction]]) -> Callable[[Counts], list[Fraction]]:
    """Return what both strategies earn in groups drawn from the population without replacement."""
    d = len(rows[0])

    def payoffs(counts: Counts) -> list[Fraction]:
        size, found = sum(counts), []
        for s, row in enumerate(rows):
            firsts, seconds = (m - (t == s) for t, m in enumerate(counts))
            if min(firsts, seconds) < 0:
                found.append(Fraction(0))
                continue
            ways = [comb(firsts, k) * comb(seconds, d - 1 - k) for k in range(d)]
            found.append(sum(Fraction(w) * e for w, e in zip(ways, row, strict=True)) / comb(size - 1, d - 1))
        return found

    return payoffs


# rules: fitness or rates, and the chances that in one step a member of i is replaced by one of j --------------------------------

Process = Callable[[Counts, list[Fraction], Fraction], Iterator[tuple[Counts, Jet]]]


def linear(payoff: Fraction) -> Jet:
    return 1 - W + W * payoff


def exponential(payoff: Fraction) -> Jet:
    return exp(W * payoff)


def _moved(counts: Counts, i: int, j: int) -> Counts:
    changed = list(counts)
    changed[i] -= 1
    changed[j] += 1
    return tuple(changed)


def replacement(kind: str, fitness: Callable[[Fraction], Jet]) -> Process:
    """Return the Moran, birth-death or death-birth process, where offspring mutates at birth."""

    def parents(counts: Sequence[int], payoffs: list[Fraction]) -> list[Jet]:
        born = [m * fitness(e) for m, e in zip(counts, payoffs, strict=True)]
        total = reduce(add, born)
        return [b / total for b in born]

    def steps(counts: Counts, payoffs: list[Fraction], mutation: Fraction) -> Iterator[tuple[Counts, Jet]]:
        n, size = len(counts), sum(counts)
        for i in range(n):
            others = [m - (j == i) for j, m in enumerate(counts)]
            for j in range(n):
                if kind == "moran":
                    chance = Fraction(counts[i], size) * parents(counts, payoffs)[j]
                elif kind == "birth-death":
                    left = counts[i] - (i == j)
                    chance = parents(counts, payoffs)[j] * Fraction(left, size - 1) if counts[j] else _jet(0)
                else:
                    chance = Fraction(counts[i], size) * parents(others, payoffs)[j] if counts[i] else _jet(0)
                for k in range(n):
                    yield _moved(counts, i, k), chance * (1 - mutation if k == j else mutation / (n - 1))

    return steps


def imitation(rate: Callable[[Fraction, Fraction], Jet]) -> Process:
    """Return imitation of one of the others by a chance; a member whose turn it is mutates instead with the chance of mutation."""

    def steps(counts: Counts, payoffs: list[Fraction], mutation: Fraction) -> Iterator[tuple[Counts, Jet]]:
        n, size = len(counts), sum(counts)
        stay = _jet(1)
        for i in range(n):
            for j in range(n):
                if i == j:
                    continue
                copied = Fraction(counts[i] * counts[j], size * (size - 1)) * rate(payoffs[i], payoffs[j])
                chance = (1 - mutation) * copied + Fraction(counts[i], size) * mutation / (n - 1)
                stay = stay - chance
                yield _moved(counts, i, j), chance
        yield counts, stay

    return steps


def logit_imitation(noise: Fraction) -> Process:
    """Return the choice among all members, in proportion to exp(payoff / noise); a member whose turn it is mutates instead with the chance of mutation."""

    def steps(counts: Counts, payoffs: list[Fraction], mutation: Fraction) -> Iterator[tuple[Counts, Jet]]:
        n, size = len(counts), sum(counts)
        weights = [m * exp(W * (e / noise)) for m, e in zip(counts, payoffs, strict=True)]
        total = reduce(add, weights)
        for i in range(n):
            for j in range(n):
                fresh = mutation / (n - 1) if i != j else Fraction(0)
                yield _moved(counts, i, j), Fraction(counts[i], size) * ((1 - mutation) * weights[j] / total + fresh)

    return steps


def fermi(own: Fraction, other: Fraction) -> Jet:
    return 1 / (1 + exp(W * (own - other)))


def wright_fisher(fitness: Callable[[Fraction], Jet]) -> Process:
    """Return generations of independent draws of parents, with mutation at birth."""

    def steps(counts: Counts, payoffs: list[Fraction], mutation: Fraction) -> Iterator[tuple[Counts, Jet]]:
        n, size = len(counts), sum(counts)
        born = [m * fitness(e) for m, e in zip(counts, payoffs, strict=True)]
        total = reduce(add, born)
        kept, others = 1 - mutation, mutation / (n - 1)
        shares = [b / total for b in born]
        draw = [s * kept + (1 - s) * others for s in shares]
        for after in states(size, n):
            chance = _jet(factorial(size))
            for m, one in zip(after, draw, strict=True):
                for _ in range(m):
                    chance = chance * one
                chance = chance / factorial(m)
            yield after, chance

    return steps


def states(size: int, n: int) -> list[Counts]:
    """Return all numbers of members of n strategies."""
    if n == 1:
        return [(size,)]
    return [(m, *rest) for m in range(size + 1) for rest in states(size - m, n - 1)]


# exact first order ---------------------------------------------------------------------------------------------------------------


def _matrices(
    process: Process, payoffs: Callable[[Counts], list[Fraction]], places: list[Counts], mutation: Fraction
) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    number = {place: k for k, place in enumerate(places)}
    base = [[Fraction(0)] * len(places) for _ in places]
    slope = [[Fraction(0)] * len(places) for _ in places]
    for k, place in enumerate(places):
        for after, chance in process(place, payoffs(place), mutation):
            if chance == _jet(0):  # also moves from a strategy that nobody plays, which lead nowhere
                continue
            base[k][number[after]] += chance.value
            slope[k][number[after]] += chance.slope
        assert sum(base[k]) == 1 and sum(slope[k]) == 0
    return base, slope


def _solved(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    def q(value: Fraction) -> fmpq:
        return fmpq(value.numerator, value.denominator)

    found = fmpq_mat([[q(v) for v in row] for row in matrix]).solve(fmpq_mat([[q(v)] for v in right]))
    return [Fraction(int(found[k, 0].p), int(found[k, 0].q)) for k in range(len(right))]


def mean_share_slopes(
    process: Process, payoffs: Callable[[Counts], list[Fraction]], size: int, n: int, mutation: Fraction
) -> list[Fraction]:
    """Return the derivatives at w = 0 of the mean shares in the stationary law, by perturbation of the law."""
    places = states(size, n)
    base, slope = _matrices(process, payoffs, places, mutation)
    count = len(places)
    balance = [
        [base[i][j] - (i == j) for i in range(count)] for j in range(count)
    ]  # row j: what comes to j, less what leaves
    balance[-1] = [Fraction(1)] * count
    law = _solved(balance, [Fraction(k == count - 1) for k in range(count)])
    push = [-sum(law[i] * slope[i][j] for i in range(count)) for j in range(count)]
    push[-1] = Fraction(0)
    change = _solved(balance, push)
    assert all(
        sum(p * place[k] for p, place in zip(law, places, strict=True)) / size == Fraction(1, n) for k in range(n)
    )
    return [sum(c * place[k] for c, place in zip(change, places, strict=True)) / size for k in range(n)]


def fixation_slope(process: Process, payoffs: Callable[[Counts], list[Fraction]], size: int) -> Fraction:
    """Return the derivative at w = 0 of the chance that one member of the first of two strategies takes over."""
    places = [(i, size - i) for i in range(size + 1)]
    base, slope = _matrices(process, payoffs, places, Fraction(0))
    inner = range(1, size)
    system = [[Fraction(i == j) - base[i][j] for j in inner] for i in inner]
    chance = [Fraction(0), *_solved(system, [base[i][size] for i in inner]), Fraction(1)]
    assert chance[1] == Fraction(1, size)
    change = _solved(system, [sum(slope[i][j] * chance[j] for j in range(size + 1)) for i in inner])
    return change[0]
