"""What one side of a table can secure against the other: values of matrix games, exactly, in mixed and in pure strategies."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from coopgame.coalitions.simplex import Column, Vector, maximise

Rows = Sequence[Sequence[Fraction]]


def pure_maxmin(payoffs: Rows) -> Fraction:
    """Return what the row side secures by one row, whatever column it meets.

    >>> pure_maxmin([[Fraction(3), Fraction(0)], [Fraction(1), Fraction(2)]])
    Fraction(1, 1)
    """
    return max(min(row) for row in payoffs)


def pure_minmax(payoffs: Rows) -> Fraction:
    """Return to how much the column side can hold the row side down by one column, to which rows answer.

    >>> pure_minmax([[Fraction(3), Fraction(0)], [Fraction(1), Fraction(2)]])
    Fraction(2, 1)
    """
    held: Fraction = min(max(column) for column in zip(*payoffs, strict=True))
    return held


def mixed_maxmin(payoffs: Rows) -> Fraction:
    """Return what the row side secures on average by mixing its rows, which is also what the column side can hold it down to; exact.

    The value of the matrix game, by linear programming in rational arithmetic; the mixtures of both sides that prove it are checked.

    References: von Neumann (1928), Mathematische Annalen 100, 295-320.

    >>> mixed_maxmin([[Fraction(3), Fraction(0)], [Fraction(1), Fraction(2)]])
    Fraction(3, 2)
    """
    low, high = pure_maxmin(payoffs), pure_minmax(payoffs)
    if low == high:
        return low
    if len(payoffs) > len(payoffs[0]):
        return -_value([[-entry for entry in column] for column in zip(*payoffs, strict=True)])
    return _value(payoffs)


def _value(payoffs: Rows) -> Fraction:
    """Return the value by the program of the column side: as much weight as leaves every row at most 1, payoffs moved above 0."""
    least = min(min(row) for row in payoffs)
    moved = [[entry - least + 1 for entry in row] for row in payoffs]
    rows = range(len(moved))
    columns = [Column(j, column, Fraction(1)) for j, column in enumerate(zip(*moved, strict=True))]
    slack = [Column(-1 - i, tuple(int(i == k) for k in rows), Fraction(0)) for i in rows]

    def better(prices: Vector) -> Column | None:
        unpaid = next((column for column, price in zip(slack, prices, strict=True) if price < 0), None)
        if unpaid is not None:
            return unpaid
        costs = [
            sum((p * a for p, a in zip(prices, column.entries, strict=True) if p), Fraction(0)) for column in columns
        ]
        cheapest = min(range(len(columns)), key=costs.__getitem__)
        return columns[cheapest] if costs[cheapest] < 1 else None

    optimum = maximise(slack, [1] * len(moved), better)
    assert optimum is not None  # all payoffs are positive, so weights are bounded
    value = 1 / optimum.value
    own = [price * value for price in optimum.prices]
    other = [optimum.variables.get(j, Fraction(0)) * value for j in range(len(columns))]
    secured = min(
        sum((p * row[j] for p, row in zip(own, moved, strict=True)), Fraction(0)) for j in range(len(columns))
    )
    conceded = max(sum((q * entry for q, entry in zip(other, row, strict=True)), Fraction(0)) for row in moved)
    assert sum(own) == sum(other) == 1 and secured == conceded == value
    return value + least - 1
