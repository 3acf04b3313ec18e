"""Exact numbers p + q*sqrt(d) with rational p, q, d: the roots of quadratic equations."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from coopgame.expressions import to_sympy


@dataclass(frozen=True)
class Surd:
    """The real number p + q*sqrt(d), d >= 0. Numbers that are combined must share d, or have q = 0."""

    p: Fraction
    q: Fraction = Fraction(0)
    d: Fraction = Fraction(0)

    def _like(self, other: Any) -> Surd:
        return other if isinstance(other, Surd) else Surd(Fraction(other))

    def _root(self, other: Surd) -> Fraction:
        return self.d if self.q else other.d

    def __add__(self, other: Any) -> Surd:
        that = self._like(other)
        return Surd(self.p + that.p, self.q + that.q, self._root(that))

    __radd__ = __add__

    def __neg__(self) -> Surd:
        return Surd(-self.p, -self.q, self.d)

    def __sub__(self, other: Any) -> Surd:
        return self + (-self._like(other))

    def __rsub__(self, other: Any) -> Surd:
        return self._like(other) - self

    def __mul__(self, other: Any) -> Surd:
        that = self._like(other)
        d = self._root(that)
        return Surd(self.p * that.p + self.q * that.q * d, self.p * that.q + self.q * that.p, d)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Surd:
        that = self._like(other)
        norm = that.p**2 - that.q**2 * that.d
        return self * Surd(that.p / norm, -that.q / norm, that.d)

    def sign(self) -> int:
        """Return the sign, +1, 0 or -1, decided exactly."""
        p, q = _sign(self.p), _sign(self.q) if self.d else 0
        if q in (p, 0):
            return p
        if p == 0:
            return q
        return p * _sign(self.p**2 - self.q**2 * self.d)

    def __float__(self) -> float:
        return float(self.expression())

    def expression(self) -> sympy.Expr:
        """Return the number as an exact SymPy expression."""
        p, q, d = (to_sympy(v) for v in (self.p, self.q, self.d))
        return p + q * sympy.sqrt(d)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def square_root(value: Fraction) -> Fraction | None:
    """Return the rational square root of a nonnegative number, None when it is irrational."""
    top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
    return Fraction(top, bottom) if top**2 == value.numerator and bottom**2 == value.denominator else None


def quadratic_roots(c0: Fraction, c1: Fraction, c2: Fraction) -> tuple[Surd, ...]:
    """Return the distinct real roots of c2*x**2 + c1*x + c0, which must not vanish identically."""
    if c2 == 0:
        return () if c1 == 0 else (Surd(-c0 / c1),)
    discriminant = c1**2 - 4 * c2 * c0
    if discriminant < 0:
        return ()
    middle = -c1 / (2 * c2)
    if discriminant == 0:
        return (Surd(middle),)
    root = square_root(discriminant)
    if root is not None:
        return Surd(middle - root / (2 * c2)), Surd(middle + root / (2 * c2))
    half = 1 / (2 * c2)
    return Surd(middle, -half, discriminant), Surd(middle, half, discriminant)
