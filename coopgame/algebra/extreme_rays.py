"""Extreme points of polytopes of probabilities that are given by linear equations and inequalities; exact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from coopgame.algebra.affine import Vector
from coopgame.algebra.copositive import flint_matrix
from coopgame.algebra.polynomials import to_fraction
from coopgame.errors import UnsupportedError

_MOST_RAYS = 20_000
Whole = tuple[int, ...]


def extreme_points(
    size: int, equal: Sequence[Sequence[Fraction]] = (), nonnegative: Sequence[Sequence[Fraction]] = ()
) -> tuple[Vector, ...]:
    """Return the extreme points of the mixtures x (x >= 0, sum 1) with row * x = 0 for rows of `equal` and >= 0 for the others.

    The double description method (Motzkin, Raiffa, Thompson and Thrall 1953) in whole numbers, inside the solutions of the equations.

    Raises UnsupportedError when more than 20 000 points appear on the way.
    """
    basis = _nullspace(size, equal)
    if not equal and not nonnegative:
        return tuple(tuple(vector) for vector in basis)
    if not basis:
        return ()
    units = [[vector[i] for vector in basis] for i in range(size)]  # x = basis * t, and x >= 0
    rest = [[_dot(row, vector) for vector in basis] for row in nonnegative]
    rays = _rays([_whole(row) for row in [*units, *rest]], len(basis))
    points = []
    for ray in rays:
        x = [sum((t * vector[i] for t, vector in zip(ray, basis, strict=True)), Fraction(0)) for i in range(size)]
        total = sum(x, Fraction(0))
        points.append(tuple(share / total for share in x))
    return tuple(sorted(points, reverse=True))


def _dot(row: Sequence[Fraction], vector: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(row, vector, strict=True) if a and b), Fraction(0))


def _nullspace(size: int, equal: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    """Return a basis of the vectors that solve all equations."""
    if not equal:
        return [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    reduced, rank = flint_matrix(equal).rref()
    table = [[to_fraction(reduced[i, j]) for j in range(size)] for i in range(rank)]
    pivots = [next(j for j, entry in enumerate(row) if entry) for row in table]
    basis = []
    for free in (j for j in range(size) if j not in pivots):
        vector = [Fraction(0)] * size
        vector[free] = Fraction(1)
        for row, pivot in zip(table, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(vector)
    return basis


def _whole(row: Sequence[Fraction]) -> Whole:
    """Return the row in its shortest whole numbers."""
    scale = math.lcm(*(entry.denominator for entry in row))
    numbers = [int(entry * scale) for entry in row]
    shared = math.gcd(*numbers)
    return tuple(n // shared for n in numbers) if shared > 1 else tuple(numbers)


def _rays(rows: Sequence[Whole], size: int) -> list[Whole]:
    """Return the extreme rays of the pointed cone of all t with rows * t >= 0."""
    rows = list(dict.fromkeys(row for row in rows if any(row)))
    chosen = _independent(rows, size)
    inverse = flint_matrix([[Fraction(v) for v in rows[i]] for i in chosen]).inv()
    columns = [[to_fraction(inverse[i, j]) for i in range(size)] for j in range(size)]
    # a ray with the set of rows, as bits, that vanish on it
    rays = [(_whole(column), sum(1 << i for i in chosen if i != chosen[j])) for j, column in enumerate(columns)]
    for i in (i for i in range(len(rows)) if i not in chosen):
        rays = _cut(rays, rows[i], 1 << i, size)
        if len(rays) > _MOST_RAYS:
            raise UnsupportedError(
                f"more than {_MOST_RAYS} extreme points appear on the way to the answer; use fewer strategies, or break ties"
            )
    return [ray for ray, _ in rays]


def _independent(rows: Sequence[Whole], size: int) -> list[int]:
    """Return the numbers of the first rows that are a basis."""
    across = flint_matrix([[Fraction(row[j]) for row in rows] for j in range(size)])
    reduced, rank = across.rref()
    return [next(j for j in range(len(rows)) if reduced[i, j] != 0) for i in range(rank)]


def _cut(rays: list[tuple[Whole, int]], row: Whole, bit: int, size: int) -> list[tuple[Whole, int]]:
    """Return the rays of the part of a cone where row * t >= 0."""
    heights = [sum(a * b for a, b in zip(row, ray, strict=True)) for ray, _ in rays]
    kept = [
        (ray, tight | bit if height == 0 else tight)
        for (ray, tight), height in zip(rays, heights, strict=True)
        if height >= 0
    ]
    above = [(ray, tight, h) for (ray, tight), h in zip(rays, heights, strict=True) if h > 0]
    below = [(ray, tight, h) for (ray, tight), h in zip(rays, heights, strict=True) if h < 0]
    for one, tight_one, high in above:
        for other, tight_other, low in below:
            common = tight_one & tight_other
            if common.bit_count() < size - 2 or _others(rays, common):
                continue
            kept.append((_whole_numbers([high * b - low * a for a, b in zip(one, other, strict=True)]), common | bit))
    return kept


def _others(rays: list[tuple[Whole, int]], common: int) -> bool:
    """Return whether more than two rays lie on the face where the common rows vanish."""
    count = 0
    for _, tight in rays:
        if tight & common == common:
            count += 1
            if count > 2:
                return True
    return False


def _whole_numbers(numbers: Sequence[int]) -> Whole:
    shared = math.gcd(*numbers)
    return tuple(n // shared for n in numbers) if shared > 1 else tuple(numbers)
