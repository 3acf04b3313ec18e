"""Which roots of a polynomial lie to the left of the imaginary axis: counted exactly, or as Routh-Hurwitz conditions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpz_poly

_FIRST_BITS = 64


@dataclass(frozen=True)
class RootCount:
    """How many roots, with multiplicity, have negative real part, are 0, lie on the imaginary axis besides 0, or have positive."""

    left: int
    zero: int
    imaginary: int
    right: int

    @property
    def signs(self) -> tuple[int, ...]:
        """The signs of the real parts, negative ones first."""
        return (-1,) * self.left + (0,) * (self.zero + self.imaginary) + (1,) * self.right


def count_roots(coefficients: Sequence[Fraction | int]) -> RootCount:
    """Return where the complex roots of a polynomial lie, exactly; the leading coefficient comes first.

    Every irreducible factor over the rationals that is no polynomial in the square of its unknown has no root on the
    imaginary axis, so enclosures of its roots are refined until they leave the axis. The others are decided by the
    real roots of the polynomial in the square.

    Raises ValueError when all coefficients are zero.

    >>> count_roots([1, 1, 4, 4])
    RootCount(left=1, zero=0, imaginary=2, right=0)
    """
    polynomial = _integral(coefficients)
    if polynomial == 0:
        raise ValueError("every number is a root of the polynomial 0")
    totals = [0, 0, 0, 0]
    for factor, power in polynomial.factor()[1]:
        for place, count in enumerate(_count_of_factor(factor)):
            totals[place] += count * int(power)
    return RootCount(*totals)


def _integral(coefficients: Sequence[Fraction | int]) -> Any:
    exact = [Fraction(c) for c in reversed(coefficients)]
    scale = math.lcm(*(c.denominator for c in exact)) if exact else 1
    return fmpz_poly([int(c * scale) for c in exact])


def _count_of_factor(factor: Any) -> tuple[int, int, int, int]:
    degree = int(factor.degree())
    numbers = [int(factor[i]) for i in range(degree + 1)]
    if degree == 1:
        root = -numbers[0] * numbers[1]
        return int(root < 0), int(root == 0), 0, int(root > 0)
    if not any(numbers[1::2]):
        imaginary = 2 * sum(1 for real in _real_parts(fmpz_poly(numbers[::2]), real_only=True) if real < 0)
        return (degree - imaginary) // 2, 0, imaginary, (degree - imaginary) // 2
    parts = _real_parts(factor)
    left = sum(1 for real in parts if real < 0)
    return left, 0, 0, degree - left


def _real_parts(factor: Any, *, real_only: bool = False) -> list[Any]:
    """Return enclosures of the real parts of the roots of an irreducible factor, none of which holds 0."""
    before, bits = ctx.prec, _FIRST_BITS
    try:
        while True:
            ctx.prec = bits
            roots = [root for root, _ in factor.complex_roots()]
            parts = [root.real for root in roots if not real_only or root.imag == arb(0)]
            if not any(part.contains(0) for part in parts):
                return parts
            bits *= 2
    finally:
        ctx.prec = before


def hurwitz_quantities(coefficients: Sequence[Any]) -> list[Any]:
    """Return numbers that are all positive exactly when every root has a negative real part.

    coefficients: of any exact commutative kind, the leading one first, which has to be positive. The criterion of Liénard and Chipart:
    every second coefficient from the last one on, and every second Hurwitz determinant.

    References: Gantmacher (1959), Applications of the Theory of Matrices, chapter V, section 13.
    """
    degree = len(coefficients) - 1
    alternate = [coefficients[i] for i in range(degree, 0, -2)]
    return alternate + [_hurwitz_determinant(coefficients, size) for size in range(degree - 1, 0, -2)]


def _hurwitz_determinant(coefficients: Sequence[Any], size: int) -> Any:
    def entry(row: int, column: int) -> Any:
        place = 2 * (column + 1) - (row + 1)
        return coefficients[place] if 0 <= place < len(coefficients) else 0

    return determinant([[entry(i, j) for j in range(size)] for i in range(size)])


def determinant(table: Sequence[Sequence[Any]]) -> Any:
    """Return the determinant without divisions, by minors of growing size; the int 0 when every term vanishes.

    Entries are of any exact commutative kind; zeros (the int 0 among them) cost nothing. The table is not empty.
    """
    size = len(table)
    minors: dict[tuple[int, ...], Any] = {(j,): entry for j, entry in enumerate(table[0]) if not _is_zero(entry)}
    for row in table[1:]:
        grown: dict[tuple[int, ...], Any] = {}
        for columns, minor in minors.items():
            for j in range(size):
                if j in columns or _is_zero(row[j]):
                    continue
                key = tuple(sorted((*columns, j)))
                term = row[j] * minor if sum(c > j for c in columns) % 2 == 0 else -(row[j] * minor)
                grown[key] = grown[key] + term if key in grown else term
        minors = {columns: minor for columns, minor in grown.items() if not _is_zero(minor)}
    return minors.get(tuple(range(size)), 0)


def _is_zero(value: Any) -> bool:
    return bool(value.is_zero()) if hasattr(value, "is_zero") else value == 0
