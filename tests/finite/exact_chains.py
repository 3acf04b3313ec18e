"""Exact twins: birth-death chains and linear systems in Fractions, and sums with many digits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import mpmath


def solved(matrix: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction]:
    """The solution of a linear system, by elimination in Fractions."""
    n = len(matrix)
    rows = [[*map(Fraction, row), Fraction(b)] for row, b in zip(matrix, right, strict=True)]
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [v / rows[k][k] for v in rows[k]]
        for i in range(n):
            if i != k and rows[i][k]:
                factor = rows[i][k]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return [row[-1] for row in rows]


def stationary(matrix: Sequence[Sequence[Fraction]]) -> list[Fraction]:
    """The stationary law of an irreducible chain in Fractions."""
    n = len(matrix)
    system = [[matrix[i][j] - (i == j) for i in range(n)] for j in range(n)]
    system[-1] = [Fraction(1)] * n
    return solved(system, [Fraction(k == n - 1) for k in range(n)])


def ends(matrix: Sequence[Sequence[Fraction]]) -> tuple[list[Fraction], list[Fraction], list[Fraction | None]]:
    """Of a chain on 0 … N that ends at 0 and N: the probability of N, the mean time to an end, and that of N where it comes; from 1 … N - 1."""
    last = len(matrix) - 1
    inside = range(1, last)
    system = [[Fraction(i == j) - matrix[i][j] for j in inside] for i in inside]
    chance = solved(system, [matrix[i][last] for i in inside])
    time = solved(system, [Fraction(1)] * len(inside))
    whole = [Fraction(0), *chance, Fraction(1)]
    if 0 in chance:
        return chance, time, [None] * len(chance)
    conditional = [[Fraction(i == j) - matrix[i][j] * whole[j] / whole[i] for j in inside] for i in inside]
    return chance, time, list(solved(conditional, [Fraction(1)] * len(inside)))


def log_sum_of_products(logs: Sequence[mpmath.mpf]) -> mpmath.mpf:
    """The logarithm of 1 + e^s1 + e^(s1 + s2) + …, with the digits in force."""
    total, product = mpmath.mpf(1), mpmath.mpf(0)
    for log in logs:
        product += log
        total += mpmath.e**product
    return mpmath.log(total)
