"""Linear equations with rational numbers, or rational functions of the parameters, as coefficients, solved exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import fmpq_mat

from coopgame.algebra.quotients import Quotient

Vector = list[Quotient]
Number = Any  # flint.fmpq, which ships without type information, or Quotient where there are symbols


def solve(table: Sequence[Sequence[Number]], right: Sequence[Number]) -> list[Number]:
    """Return the vector v with table * v = right, of a square table with one solution; with symbols it is generic in them.

    All entries are flint.fmpq, or all are Quotients of one ring.
    """
    if not isinstance(right[0], Quotient):
        found = fmpq_mat([list(row) for row in table]).solve(fmpq_mat([[entry] for entry in right]))
        return [found[k, 0] for k in range(len(right))]
    rows, _ = _reduced([[*row, entry] for row, entry in zip(table, right, strict=True)])
    return [row[-1] for row in rows]


def nullspace(table: Sequence[Sequence[Quotient]]) -> list[Vector]:
    """Return a basis of the vectors v with table * v = 0, generic in the parameters.

    table has at least one row. In the reduced form pivots stand as far to the left as they can.
    """
    ring = table[0][0].ring
    zero, one = Quotient(ring, ring.constant(0)), Quotient(ring, ring.constant(1))
    rows, pivots = _reduced([list(row) for row in table])
    width = len(table[0])
    basis = []
    for free in (k for k in range(width) if k not in pivots):
        vector = [zero] * width
        vector[free] = one
        for row, pivot in zip(rows, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis


def _reduced(rows: list[Vector]) -> tuple[list[Vector], list[int]]:
    """Return the nonzero rows in reduced echelon form, and the columns of their pivots."""
    done: list[Vector] = []
    pivots: list[int] = []
    for column in range(len(rows[0])):
        candidates = [row for row in rows if not row[column].is_zero()]
        if not candidates:
            continue
        chosen = min(candidates, key=lambda row: sum(not entry.is_zero() for entry in row))
        rows = [row for row in rows if row is not chosen]
        lead = chosen[column]
        chosen = [entry / lead for entry in chosen]
        rows = [_without(row, chosen, column) for row in rows]
        done = [_without(row, chosen, column) for row in done]
        done.append(chosen)
        pivots.append(column)
    return done, pivots


def _without(row: Vector, pivot_row: Vector, column: int) -> Vector:
    factor = row[column]
    if factor.is_zero():
        return row
    return [a - factor * b for a, b in zip(row, pivot_row, strict=True)]
