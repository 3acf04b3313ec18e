"""Exact laws of small Markov chains: in the long run, discounted, and over a number of rounds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy
from flint import fmpq

from coopgame.algebra.linear import Number, solve
from coopgame.algebra.polynomials import Ring, to_fmpq
from coopgame.algebra.quotients import Quotient

Rows = Sequence[Sequence[Number]]  # probabilities from row to column
Law = list[Number]


class Field:
    """The numbers that a chain is computed in: rational ones, or rational functions of the given names."""

    def __init__(self, names: Sequence[str]) -> None:
        self.ring = Ring(names)

    def read(self, expression: sympy.Expr) -> Number:
        """Return the number that an expression is."""
        if not self.ring.names:
            return fmpq(int(expression.p), int(expression.q))
        return Quotient.of(self.ring, expression, "probability")

    def number(self, value: Fraction | int) -> Number:
        """Return a rational number in this field."""
        return Quotient(self.ring, self.ring.constant(value)) if self.ring.names else to_fmpq(value)

    def write(self, number: Number) -> sympy.Expr:
        """Return the expression that a number of this field is."""
        if isinstance(number, Quotient):
            return number.expression()
        return sympy.Rational(int(number.p), int(number.q))


def is_zero(number: Number) -> bool:
    """Return whether a number vanishes; one with symbols: identically."""
    return number.is_zero() if isinstance(number, Quotient) else bool(number == 0)


def closed_sets(rows: Rows) -> list[list[int]]:
    """Return the sets of states that a chain does not leave and within which each state leads to each, in order of their first state."""
    n = len(rows)
    reached = [{i} | {j for j in range(n) if not is_zero(rows[i][j])} for i in range(n)]
    for k in range(n):
        for own in reached:
            if k in own:
                own |= reached[k]
    closed = {frozenset(own) for i, own in enumerate(reached) if all(i in reached[j] for j in own)}
    return sorted(sorted(own) for own in closed)


def stationary(rows: Rows, states: Sequence[int]) -> Law:
    """Return the stationary law of a closed set of states that lead to each other; 0 elsewhere."""
    zero, one = _units(rows)
    # balance of all states but the last, which follows from the others, and the sum of the law in its place
    table = [[rows[i][j] - (one if i == j else zero) for i in states] for j in states[:-1]] + [[one] * len(states)]
    found = solve(table, [zero] * (len(states) - 1) + [one])
    law = [zero] * len(rows)
    for state, mass in zip(states, found, strict=True):
        law[state] = mass
    return law


def long_run_law(rows: Rows, start: Sequence[Number] | None = None) -> Law:
    """Return how often each state is visited in the long run: the limit of means over time, which exists for periodic chains too.

    With several closed sets it is the mean of their laws, weighed by the chances to end in them from the law `start` of the first state. A chain with
    one closed set needs no start. Symbols stand for numbers at which no probability vanishes that does not vanish identically.
    """
    closed = closed_sets(rows)
    if len(closed) == 1:
        return stationary(rows, closed[0])
    if start is None:
        raise ValueError("a chain with several closed sets needs the law of its first state")
    inside = {i for own in closed for i in own}
    visits = _visits(rows, start, [i for i in range(len(rows)) if i not in inside])
    law = [_units(rows)[0]] * len(rows)
    for own in closed:
        weight = sum(start[j] + sum(mean * rows[i][j] for i, mean in visits.items()) for j in own)
        if not is_zero(weight):
            law = [a + weight * b for a, b in zip(law, stationary(rows, own), strict=True)]
    return law


def _visits(rows: Rows, start: Sequence[Number], transient: Sequence[int]) -> dict[int, Number]:
    """Return the expected number of visits to each state that the chain leaves for good."""
    if not transient:
        return {}
    zero, one = _units(rows)
    table = [[(one if i == j else zero) - rows[i][j] for i in transient] for j in transient]
    return dict(zip(transient, solve(table, [start[i] for i in transient]), strict=True))


def discounted_law(rows: Rows, start: Sequence[Number], factor: Number) -> Law:
    """Return (1 - d) times the sum over t of d^t P(state at time t), for a factor 0 <= d < 1: a law."""
    zero, one = _units(rows)
    places = range(len(rows))
    table = [[(one if i == j else zero) - factor * rows[i][j] for i in places] for j in places]
    return solve(table, [(one - factor) * mass for mass in start])


def mean_law(rows: Rows, start: Sequence[Number], rounds: int) -> Law:
    """Return the mean over the first `rounds` times of P(state at that time); by doubling, so many rounds cost little but digits."""
    zero, one = _units(rows)
    places = range(len(rows))
    identity = [[one if i == j else zero for j in places] for i in places]
    total, power = identity, [list(row) for row in rows]  # 1 + M + ... + M^(k-1), and M^k
    for bit in bin(rounds)[3:]:
        total, power = _sum(total, _product(power, total)), _product(power, power)
        if bit == "1":
            total, power = _sum(identity, _product(rows, total)), _product(rows, power)
    return [sum(start[i] * total[i][j] for i in places) / rounds for j in places]


def _product(left: Rows, right: Rows) -> list[Law]:
    places = range(len(right))
    return [[sum(row[k] * right[k][j] for k in places) for j in places] for row in left]


def _sum(left: Rows, right: Rows) -> list[Law]:
    return [[a + b for a, b in zip(*pair, strict=True)] for pair in zip(left, right, strict=True)]


def _units(rows: Rows) -> tuple[Number, Number]:
    """Return 0 and 1 in the field of the entries."""
    entry = rows[0][0]
    if isinstance(entry, Quotient):
        return Quotient(entry.ring, entry.ring.constant(0)), Quotient(entry.ring, entry.ring.constant(1))
    return fmpq(0), fmpq(1)
