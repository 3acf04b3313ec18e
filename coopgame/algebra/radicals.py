"""Exact numbers p + q*sqrt(d) with rational functions p, q, d of the parameters: roots of quadratic equations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from coopgame.algebra.conditions import FALSE, Condition, all_of, any_of
from coopgame.algebra.polynomials import Polynomial, Ring
from coopgame.algebra.quotients import Quotient

_LARGEST_SQUARE = 50


@dataclass(frozen=True, eq=False)
class Radical:
    """The number p + q*sqrt(d) where d >= 0. Numbers that are combined must share d, or have q = 0."""

    p: Quotient
    q: Quotient
    d: Quotient

    @classmethod
    def rational(cls, value: Quotient) -> Radical:
        """Return a number without a root."""
        zero = Quotient(value.ring, value.ring.constant(0))
        return cls(value, zero, zero)

    def _like(self, other: Any) -> Radical:
        if isinstance(other, Radical):
            return other
        quotient = other if isinstance(other, Quotient) else Quotient(self.p.ring, self.p.ring.constant(other))
        return Radical.rational(quotient)

    def _root(self, other: Radical) -> Quotient:
        return other.d if self.q.is_zero() else self.d

    def __add__(self, other: Any) -> Radical:
        that = self._like(other)
        return Radical(self.p + that.p, self.q + that.q, self._root(that))

    __radd__ = __add__

    def __neg__(self) -> Radical:
        return Radical(-self.p, -self.q, self.d)

    def __sub__(self, other: Any) -> Radical:
        return self + (-self._like(other))

    def __rsub__(self, other: Any) -> Radical:
        return self._like(other) - self

    def __mul__(self, other: Any) -> Radical:
        that = self._like(other)
        d = self._root(that)
        return Radical(self.p * that.p + self.q * that.q * d, self.p * that.q + self.q * that.p, d)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Radical:
        that = self._like(other)
        norm = that.p * that.p - that.q * that.q * that.d
        return self * Radical(that.p / norm, -that.q / norm, that.d)

    def is_zero(self) -> bool:
        """Return whether it vanishes identically."""
        return self.p.is_zero() and (self.q.is_zero() or self.d.is_zero())

    def sign(self, relation: str) -> Condition:
        """Return the condition `number relation 0`, for > < and =, where d > 0."""
        if self.q.is_zero():
            return self.p.sign(relation)
        if relation == "<":
            return (-self).sign(">")
        norm = self.p * self.p - self.q * self.q * self.d
        if relation == "=":
            return all_of(norm.sign("="), (self.p * self.q).sign("<="))
        return any_of(
            all_of(self.p.sign(">"), self.q.sign(">")),
            all_of(self.p.sign(">"), norm.sign(">")),
            all_of(self.q.sign(">"), norm.sign("<")),
        )

    def expression(self) -> sympy.Expr:
        """Return the number as a SymPy expression."""
        if self.q.is_zero():
            return self.p.expression()
        root = sympy.sqrt(self.d.expression())
        if self.p.is_zero() and self.q.numerator.is_constant():  # c sqrt(d)/n reads worse than sqrt(d c^2/n^2)
            return self.q.expression() * root
        return self.p.expression() + self.q.expression() * root


def radical_of(ring: Ring, expression: sympy.Expr) -> Radical | None:
    """Return an expression as p + q*sqrt(d), None when it has not that form; roots under roots and roots of quotients have not."""
    powers = {power for power in expression.atoms(sympy.Pow) if power.exp.is_Rational and power.exp.q == 2}
    bases = sorted({power.base for power in powers}, key=sympy.default_sort_key)
    if any(base.atoms(sympy.Pow) & powers for base in bases):
        return None
    marks = {base: sympy.Symbol(f"root of {k}") for k, base in enumerate(bases)}
    plain = {power: power.base ** ((power.exp.p - 1) // 2) * marks[power.base] for power in powers}
    wide = Ring([*ring.names, *(str(mark) for mark in marks.values())])
    squares = [ring.fraction(base, "what stands under a root") for base in bases]
    top, bottom = wide.fraction(expression.xreplace(plain), "a coordinate")
    below = _by_roots(ring, bottom, [])
    if below is None or any(not part.is_constant() for _, part in squares):
        return None
    under = [above / part.leading_coefficient() for above, part in squares]
    parts = _by_roots(ring, top, under) or {}
    denominator = next(iter(below.values()))
    rational = Quotient(ring, parts.pop((0,) * len(bases), ring.constant(0)), denominator)
    left = [(odd, part) for odd, part in parts.items() if not part.is_zero()]
    if not left:
        return Radical.rational(rational)
    if len(left) > 1:
        return None
    ((odd, part),) = left
    root = ring.constant(1)
    for square, power in zip(under, odd, strict=True):
        root = root * square**power
    return Radical(rational, Quotient(ring, part, denominator), Quotient(ring, root))


def _by_roots(
    ring: Ring, polynomial: Polynomial, squares: Sequence[Polynomial]
) -> dict[tuple[int, ...], Polynomial] | None:
    """Return the parts of a polynomial by the odd powers of the names beyond the ring, their squares put in.

    None when there are such names and no squares for them.
    """
    count = len(ring.names)
    parts: dict[tuple[int, ...], Polynomial] = {}
    for exponents, coefficient in polynomial.terms():
        inner, outer = tuple(map(int, exponents[:count])), tuple(map(int, exponents[count:]))
        if not squares and any(outer):
            return None
        term = ring.context.from_dict({inner: coefficient})
        for square, power in zip(squares, outer, strict=False):
            term = term * square ** (power // 2)
        odd = tuple(power % 2 for power in outer)
        parts[odd] = parts[odd] + term if odd in parts else term
    return parts


def evaluate(ring: Ring, wide: Ring, polynomial: Polynomial, values: dict[str, Radical]) -> Radical:
    """Return a polynomial of the wide ring at numbers for the names that the ring lacks."""
    extra = [name for name in wide.names if name not in ring.names]
    places = [wide.names.index(name) for name in ring.names], [wide.names.index(name) for name in extra]
    terms: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
    for exponents, coefficient in polynomial.terms():
        inner, outer = (tuple(int(exponents[i]) for i in place) for place in places)
        terms.setdefault(outer, {})[inner] = coefficient
    total = Radical.rational(Quotient(ring, ring.constant(0)))
    for outer, inner_terms in terms.items():
        term = Radical.rational(Quotient(ring, ring.context.from_dict(inner_terms)))
        for name, power in zip(extra, outer, strict=True):
            for _ in range(power):
                term = term * values[name]
        total = total + term
    return total


def roots(ring: Ring, coefficients: list[Quotient]) -> list[tuple[Radical, Condition]]:
    """Return the roots of c0 + c1*u (+ c2*u**2), each with the condition that it is one; the smaller sign of sqrt first."""
    if len(coefficients) == 2 or coefficients[2].is_zero():
        c0, c1 = coefficients[:2]
        return [] if c1.is_zero() else [(Radical.rational(-c0 / c1), c1.sign("!="))]
    c0, c1, c2 = coefficients
    outside, d = _square_free(ring, c1 * c1 - 4 * c2 * c0)
    exists = all_of(d.sign(">"), c2.sign("!="))
    if exists == FALSE:
        return []
    middle, half = -c1 / (2 * c2), outside / (2 * c2)
    return [(Radical(middle, -half, d), exists), (Radical(middle, half, d), exists)]


def _square_free(ring: Ring, value: Quotient) -> tuple[Quotient, Quotient]:
    """Return (s, d) with value = s*s*d and the squares among the polynomial factors of value in s."""
    square, rest = ring.constant(1), ring.constant(1)
    unit, factors = (value.numerator * value.denominator).factor()  # value = product / denominator**2
    for factor, power in factors:
        square = square * factor ** (int(power) // 2)
        rest = rest * factor ** (int(power) % 2)
    number = Fraction(int(unit.p), int(unit.q))
    outside = max(n for n in range(1, _LARGEST_SQUARE) if number.numerator % n**2 == 0)
    inside = number / outside**2  # = inside.numerator * inside.denominator / inside.denominator**2
    top = rest * (inside.numerator * inside.denominator)
    return Quotient(ring, square * outside, value.denominator * inside.denominator), Quotient(ring, top)
