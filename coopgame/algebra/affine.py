"""Systems of linear equations with rational numbers, and the nonnegative solutions among all solutions; exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from coopgame.algebra.copositive import flint_matrix
from coopgame.algebra.polynomials import to_fraction

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class AffineSet:
    """The solutions `origin + sum t_k directions[k]` of a system."""

    origin: Vector
    directions: tuple[Vector, ...]

    @property
    def dimension(self) -> int:
        """Number of free directions; 0 for one solution."""
        return len(self.directions)


def solve_linear(rows: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> AffineSet | None:
    """Return all solutions of rows * x = right, None when there is none. There is at least one row."""
    width = len(rows[0])
    reduced, rank = flint_matrix([[*row, value] for row, value in zip(rows, right, strict=True)]).rref()
    table = [[to_fraction(reduced[i, j]) for j in range(width + 1)] for i in range(rank)]
    pivots = [next(j for j, entry in enumerate(row) if entry) for row in table]
    if width in pivots:
        return None
    origin = [Fraction(0)] * width
    for row, pivot in zip(table, pivots, strict=True):
        origin[pivot] = row[width]
    directions = []
    for free in (j for j in range(width) if j not in pivots):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for row, pivot in zip(table, pivots, strict=True):
            vector[pivot] = -row[free]
        directions.append(tuple(vector))
    return AffineSet(tuple(origin), tuple(directions))


def corners(solutions: AffineSet, places: Sequence[int]) -> tuple[Vector, ...]:
    """Return the extreme points of the bounded set of solutions whose entries at `places` are nonnegative.

    Every extreme point has as many zero entries among the places as there are free directions; all choices are tried.
    """
    found: dict[Vector, None] = {}
    for zeros in combinations(places, solutions.dimension):
        rows = [[d[i] for d in solutions.directions] for i in zeros]
        at = solve_linear(rows, [-solutions.origin[i] for i in zeros]) if rows else AffineSet((), ())
        if at is None or at.dimension:
            continue
        point = list(solutions.origin)
        for t, direction in zip(at.origin, solutions.directions, strict=True):
            point = [a + t * b for a, b in zip(point, direction, strict=True)]
        if all(point[i] >= 0 for i in places):
            found[tuple(point)] = None
    return tuple(found)
