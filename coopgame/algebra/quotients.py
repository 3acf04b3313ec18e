"""Quotients of polynomials: exact rational functions of the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy

from coopgame.algebra.conditions import Condition, sign
from coopgame.algebra.polynomials import Place, Point, Polynomial, Ring, mostly_negative, placed


class Quotient:
    """An exact rational function `numerator / denominator` of the parameters, kept without common factors."""

    __slots__ = ("denominator", "numerator", "ring")

    def __init__(self, ring: Ring, numerator: Polynomial, denominator: Polynomial | None = None) -> None:
        self.ring = ring
        if denominator is None:
            denominator = ring.constant(1)
        elif denominator.is_constant():
            numerator, denominator = numerator / denominator.leading_coefficient(), ring.constant(1)
        else:
            common = numerator.gcd(denominator)
            numerator, denominator = numerator / common, denominator / common
        self.numerator = numerator
        self.denominator = denominator

    @classmethod
    def of(cls, ring: Ring, expression: sympy.Expr, what: str = "payoff") -> Quotient:
        """Return the quotient equal to a rational SymPy expression."""
        return cls(ring, *ring.fraction(expression, what))

    def _with(self, other: Any) -> Quotient:
        return other if isinstance(other, Quotient) else Quotient(self.ring, self.ring.constant(other))

    def __add__(self, other: Any) -> Quotient:
        that = self._with(other)
        if self.denominator == that.denominator:
            return Quotient(self.ring, self.numerator + that.numerator, self.denominator)
        top = self.numerator * that.denominator + that.numerator * self.denominator
        return Quotient(self.ring, top, self.denominator * that.denominator)

    __radd__ = __add__

    def __neg__(self) -> Quotient:
        return Quotient(self.ring, -self.numerator, self.denominator)

    def __sub__(self, other: Any) -> Quotient:
        return self + (-self._with(other))

    def __rsub__(self, other: Any) -> Quotient:
        return self._with(other) - self

    def __mul__(self, other: Any) -> Quotient:
        that = self._with(other)
        return Quotient(self.ring, self.numerator * that.numerator, self.denominator * that.denominator)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Quotient:
        that = self._with(other)
        if that.is_zero():
            raise ZeroDivisionError("division by a quotient that is zero")
        return Quotient(self.ring, self.numerator * that.denominator, self.denominator * that.numerator)

    def is_zero(self) -> bool:
        """Return whether it vanishes identically."""
        return bool(self.numerator.is_zero())

    def sign(self, relation: str) -> Condition:
        """Return the condition `quotient relation 0`; the product with the denominator stands for the quotient."""
        return sign(self.ring, self.numerator * self.denominator, relation)

    def value(self, point: Point | Place) -> Fraction:
        """Return the exact value at a point."""
        place = placed(point)
        return self.ring.evaluate(self.numerator, place) / self.ring.evaluate(self.denominator, place)

    def expression(self) -> sympy.Expr:
        """Return a SymPy expression, numerator and denominator as products of irreducible factors."""
        _, whole = self.ring.primitive(self.denominator)
        scale = self.denominator.leading_coefficient() / whole.leading_coefficient()
        turn = -1 if mostly_negative(whole) else 1
        top, bottom = (self.ring.factored_expression(turn * part) for part in (self.numerator / scale, whole))
        return top / bottom

    def root(self) -> sympy.Expr:
        """Return the square root as a SymPy expression, a numerical factor drawn out.

        SymPy's own would ask for the sign of every factor and term, which takes long in many parameters and finds nothing.
        """
        number, rest = self.expression().as_coeff_Mul()
        if not rest.is_Mul:
            return sympy.sqrt(self.expression())
        inside = sympy.Mul(-1, *rest.args, evaluate=False) if number < 0 else rest
        return sympy.sqrt(abs(number)) * sympy.Pow(inside, sympy.Rational(1, 2), evaluate=False)

    def __repr__(self) -> str:
        return f"Quotient({self.expression()})"


def all_vanish(quotients: Sequence[Quotient]) -> Condition:
    """Return one equation under which all quotients vanish: their common factor is 0. FALSE when they have none."""
    ring = quotients[0].ring
    common = ring.constant(0)
    for quotient in quotients:
        common = common.gcd(quotient.numerator)
    return sign(ring, common, "=")
