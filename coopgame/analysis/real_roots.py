"""Real roots of polynomials with rational coefficients, isolated exactly in rational intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import sympy

from coopgame.expressions import to_sympy

_WIDTH = Fraction(1, 10**12)
_SYMBOL = sympy.Dummy("t")


@dataclass(frozen=True)
class Root:
    """A real number as a rational interval that contains it and no other root of the polynomials asked about.

    low = high for a rational root; otherwise the ends are no roots, and at most 1e-12 apart.
    """

    low: Fraction
    high: Fraction

    @property
    def exact(self) -> Fraction | None:
        """The root when it is rational, else None."""
        return self.low if self.low == self.high else None

    def __float__(self) -> float:
        return float((self.low + self.high) / 2)

    def __str__(self) -> str:
        return str(self.exact) if self.exact is not None else f"{float(self):.9g}"


def isolated_roots(polynomials: Sequence[Sequence[Fraction]]) -> tuple[Root, ...]:
    """Return the real roots of all polynomials together, rising, each once; constants have none.

    A polynomial is its coefficients, the constant first. Factors over the rationals are separated, linear ones solved,
    and the roots of the others isolated by continued fractions (Vincent's theorem, as SymPy implements it).
    """
    factors: dict[sympy.Poly, None] = {}
    for numbers in polynomials:
        poly = _poly(numbers)
        if poly.degree() > 0:
            factors |= {factor.monic(): None for factor, _ in poly.factor_list()[1]}
    rational = [-_fraction(factor.all_coeffs()[1]) for factor in factors if factor.degree() == 1]
    curved = [factor for factor in factors if factor.degree() > 1]
    width = _WIDTH
    while True:
        found = [Root(value, value) for value in rational]
        eps = to_sympy(width)
        found += [Root(*map(_fraction, ends)) for factor in curved for ends, _ in factor.intervals(eps=eps)]
        found.sort(key=lambda root: root.low)
        if all(one.high < two.low for one, two in pairwise(found)):
            return tuple(found)
        width = width * _WIDTH  # different factors have different roots, so this ends


def sign_at(numbers: Sequence[Fraction], root: Root) -> int:
    """Return the sign of a polynomial at a root that was isolated together with its own roots."""
    if root.exact is None and any(numbers):
        ends = (to_sympy(end) for end in (root.low, root.high))
        if _poly(numbers).count_roots(*ends):
            return 0
    value = horner(numbers, root.low)
    return (value > 0) - (value < 0)


def horner(numbers: Sequence[Fraction], at: Fraction) -> Fraction:
    """Return the value of a polynomial with the given coefficients, the constant first."""
    total = Fraction(0)
    for number in reversed(numbers):
        total = total * at + number
    return total


def between(left: Root | None, right: Root | None) -> Fraction:
    """Return a number strictly between two neighbouring roots; before the first or beyond the last for None."""
    if left is None:
        return right.low - 1 if right is not None else Fraction(0)
    return left.high + 1 if right is None else (left.high + right.low) / 2


def _poly(numbers: Sequence[Fraction]) -> sympy.Poly:
    return sympy.Poly([to_sympy(c) for c in reversed(numbers)] or [0], _SYMBOL)


def _fraction(value: sympy.Rational) -> Fraction:
    return Fraction(int(value.p), int(value.q))
