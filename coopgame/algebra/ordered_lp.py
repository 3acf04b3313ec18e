"""Linear programs solved exactly, over the integers and over polynomials in an infinitesimal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Row = list[Any]
Status = Literal["optimal", "infeasible", "unbounded"]


@dataclass(frozen=True)
class Optimum:
    """The largest value of a linear program, and where it is taken: `value / scale` and `solution[j] / scale`, scale > 0."""

    status: Status
    value: Any = 0
    solution: tuple[Any, ...] = ()
    scale: Any = 1


def sign_of_integer(value: int) -> int:
    """Return the sign of a whole number."""
    return (value > 0) - (value < 0)


def sign_at_zero(polynomial: Any) -> int:
    """Return the sign of a polynomial (FLINT) for all small positive arguments: that of its lowest coefficient."""
    for coefficient in polynomial.coeffs():
        if coefficient != 0:
            return 1 if coefficient > 0 else -1
    return 0


def maximise(
    objective: Sequence[Any],
    rows: Sequence[Sequence[Any]],
    right: Sequence[Any],
    *,
    zero: Any = 0,
    sign: Callable[[Any], int] = sign_of_integer,
) -> Optimum:
    """Return the maximum of objective * x over x >= 0 with rows * x = right; numbers are whole, or polynomials.

    The simplex method in two phases with Bland's rule, which cannot cycle, and pivots without fractions: every entry stays a
    minor of the rows, so that divisions leave no remainder (Edmonds 1967).

    zero: the 0 of the numbers; sign: their order.
    """
    width, one = len(objective), zero + 1
    table = [[*row, *([zero] * len(rows)), value] for row, value in zip(rows, right, strict=True)]
    for i, row in enumerate(table):
        if sign(row[-1]) < 0:
            row[:] = [-entry for entry in row]
        row[width + i] = one
    first = _Tableau(table, [width + i for i in range(len(rows))], one, sign)
    first.price([zero] * width + [-one] * len(rows) + [zero])
    first.improve(width + len(rows))
    if sign(first.bottom[-1]) != 0:
        return Optimum("infeasible")
    first.drive_out(width)
    first.price([*objective, *([zero] * len(rows)), zero])
    if not first.improve(width):
        return Optimum("unbounded")
    solution = [zero] * width
    for row, column in zip(first.table, first.basis, strict=True):
        solution[column] = row[-1]
    return Optimum("optimal", -first.bottom[-1], tuple(solution), first.scale)


class _Tableau:
    """Rows in which the columns of the basis are `scale` times unit columns."""

    def __init__(self, table: list[Row], basis: list[int], one: Any, sign: Callable[[Any], int]) -> None:
        self.table, self.basis, self.scale, self.sign = table, basis, one, sign
        self.bottom: Row = []

    def price(self, objective: Row) -> None:
        """Set the bottom row: what a unit of every column adds to the objective, times the scale."""
        bottom = [entry * self.scale for entry in objective]
        for row, column in zip(self.table, self.basis, strict=True):
            factor = objective[column]
            if self.sign(factor):
                bottom = [a - factor * b for a, b in zip(bottom, row, strict=True)]
        self.bottom = bottom

    def improve(self, width: int) -> bool:
        """Pivot until no column before `width` improves; False when the objective has no bound."""
        while True:
            entering = next((j for j in range(width) if self.sign(self.bottom[j]) > 0), None)
            if entering is None:
                return True
            leaving = self._tightest(entering)
            if leaving is None:
                return False
            self.pivot(leaving, entering)

    def drive_out(self, width: int) -> None:
        """Take artificial columns out of a basis in which they are 0; rows that depend on others go."""
        for i in reversed(range(len(self.table))):
            if self.basis[i] < width:
                continue
            column = next((j for j in range(width) if self.sign(self.table[i][j])), None)
            if column is None:
                del self.table[i], self.basis[i]
                continue
            if self.sign(self.table[i][column]) < 0:
                self.table[i] = [-entry for entry in self.table[i]]
            self.pivot(i, column)

    def _tightest(self, entering: int) -> int | None:
        best: int | None = None
        for i, row in enumerate(self.table):
            if self.sign(row[entering]) <= 0:
                continue
            if best is None:
                best = i
                continue
            other = self.table[best]
            order = self.sign(row[-1] * other[entering] - other[-1] * row[entering])
            if order < 0 or (order == 0 and self.basis[i] < self.basis[best]):
                best = i
        return best

    def pivot(self, leaving: int, entering: int) -> None:
        """Bring a column into the basis; its entry in the leaving row is positive."""
        pivot_row = self.table[leaving]
        lead, old = pivot_row[entering], self.scale
        for i, row in enumerate(self.table):
            if i != leaving:
                self.table[i] = _reduced(row, pivot_row, row[entering], lead, old)
        if self.bottom:
            self.bottom = _reduced(self.bottom, pivot_row, self.bottom[entering], lead, old)
        self.scale = lead
        self.basis[leaving] = entering


def _reduced(row: Row, pivot_row: Row, factor: Any, lead: Any, old: Any) -> Row:
    return [(lead * a - factor * b) // old for a, b in zip(row, pivot_row, strict=True)]
