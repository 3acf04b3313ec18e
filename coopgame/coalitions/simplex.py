"""Linear programs in exact arithmetic whose columns are found as they are needed: a revised simplex method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from coopgame.algebra.copositive import flint_matrix
from coopgame.algebra.polynomials import to_fraction

Vector = list[Fraction]


@dataclass(frozen=True)
class Column:
    """One variable of a program: what it is called, its coefficients in the rows, and what a unit of it is worth."""

    key: int
    entries: tuple[Fraction | int, ...]
    worth: Fraction


@dataclass(frozen=True)
class Optimum:
    """The best value of a program, with the variables that attain it and the prices of the rows that prove it."""

    value: Fraction
    variables: dict[int, Fraction]
    prices: tuple[Fraction, ...]


def maximise(
    basis: Sequence[Column], right: Sequence[Fraction | int], better: Callable[[Vector], Column | None]
) -> Optimum | None:
    """Return the maximum of the worth of nonnegative variables whose columns add up to the right side; None when it is unbounded.

    basis: as many columns as rows with which the program starts; their solution is nonnegative, and rows of zeros in it are lexicographically
    positive in the inverse. better: returns a column worth more than its entries cost at given prices, None when there is none. The row that
    leaves is chosen lexicographically, so that the method ends also where ties abound.

    References: Dantzig, Orden and Wolfe (1955), Pacific Journal of Mathematics 5, 183-195.
    """
    basis = list(basis)
    inverse = _inverse([column.entries for column in basis])
    values = [_product(row, right) for row in inverse]
    worths = [column.worth for column in basis]
    prices = [_product(worths, [row[i] for row in inverse]) for i in range(len(basis))]
    while True:
        entering = better(prices)
        if entering is None:
            value = _product(prices, right)
            used = {column.key: value for column, value in zip(basis, values, strict=True) if value}
            return Optimum(value, used, tuple(prices))
        direction = [_product(row, entering.entries) for row in inverse]
        leaving = _leaving(values, inverse, direction)
        if leaving is None:
            return None
        gain = entering.worth - _product(prices, entering.entries)
        _exchange(values, inverse, direction, leaving)
        basis[leaving] = entering
        prices = [
            price + gain * entry if entry else price for price, entry in zip(prices, inverse[leaving], strict=True)
        ]


def _product(row: Sequence[Fraction], column: Sequence[Fraction | int]) -> Fraction:
    return sum((a if b == 1 else a * b for a, b in zip(row, column, strict=True) if b), Fraction(0))


def _inverse(columns: Sequence[Sequence[Fraction | int]]) -> list[Vector]:
    size = len(columns)
    found = flint_matrix([[Fraction(columns[j][i]) for j in range(size)] for i in range(size)]).inv()
    return [[to_fraction(found[i, j]) for j in range(size)] for i in range(size)]


def _leaving(values: Vector, inverse: list[Vector], direction: Vector) -> int | None:
    """Return the row with the lexicographically smallest quotient of value and inverse by the direction."""
    candidates = [k for k, step in enumerate(direction) if step > 0]
    columns = [values, *map(list, zip(*inverse, strict=True))]
    for column in columns:
        if len(candidates) <= 1:
            break
        quotients = {k: column[k] / direction[k] for k in candidates}
        least = min(quotients.values())
        candidates = [k for k in candidates if quotients[k] == least]
    return candidates[0] if candidates else None


def _exchange(values: Vector, inverse: list[Vector], direction: Vector, leaving: int) -> None:
    """Make the entering column a unit column, in place."""
    pivot = direction[leaving]
    values[leaving] /= pivot
    inverse[leaving] = [entry / pivot for entry in inverse[leaving]]
    for k, factor in enumerate(direction):
        if k != leaving and factor:
            values[k] -= factor * values[leaving]
            inverse[k] = [a - factor * b if b else a for a, b in zip(inverse[k], inverse[leaving], strict=True)]
