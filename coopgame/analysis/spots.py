"""Points of a hypersurface reached along one parameter: signs there and on both sides, decided exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from typing import Any

from coopgame.algebra.conditions import COMPARE, And, Condition, Constant, Or, Sign
from coopgame.algebra.polynomials import Place, Point, Polynomial, Ring, to_fmpq, to_fraction
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.radicals import Radical
from coopgame.analysis.real_roots import Root, isolated_roots

Truth = tuple[bool, bool, bool]
Signs = tuple[int, int, int]
_CLOSE = 1e-6
_NARROW = Fraction(1, 10**60)


class Spot:
    """A root of an irreducible polynomial in one parameter, the other parameters at exact values.

    Everything is decided at the root, just below it and just above it: the sign of a polynomial beside its root is that of
    its first derivative that does not vanish there. The root is a rational number or stands in a rational interval that
    holds no other root of the polynomial.
    """

    def __init__(self, ring: Ring, along: str, others: Point, minimal: Polynomial, root: Root) -> None:
        self.ring, self.along, self.others = ring, along, dict(others)
        self.line = Ring((along,))
        self.minimal = minimal
        self.low, self.high = root.low, root.high
        self._column = ring.names.index(along)
        self._numbers = {f"p{ring.names.index(name)}": to_fmpq(value) for name, value in self.others.items()}
        self._signs: dict[str, Signs] = {}

    @property
    def exact(self) -> Fraction | None:
        """The root when it is rational, else None."""
        return self.low if self.low == self.high else None

    @property
    def point(self) -> dict[str, Fraction]:
        """The values of all parameters; without the one that moves where its value is irrational."""
        moving = {} if self.exact is None else {self.along: self.exact}
        return {name: value for name in self.ring.names for value in _given({**self.others, **moving}, name)}

    def restricted(self, polynomial: Polynomial) -> Polynomial:
        """Return a polynomial of the ring as one in the parameter that moves."""
        if polynomial.is_constant():
            return self.line.context.constant(0 if polynomial.is_zero() else polynomial.leading_coefficient())
        terms = polynomial.subs(self._numbers).terms() if self._numbers else polynomial.terms()
        return self.line.context.from_dict({(int(m[self._column]),): c for m, c in terms})

    def narrow(self, width: Fraction) -> tuple[Fraction, Fraction]:
        """Return ends of an interval around the root that is at most that wide."""
        while self.high - self.low > width:
            middle = (self.low + self.high) / 2
            if self._value_sign(self.minimal, self.low) == self._value_sign(self.minimal, middle):
                self.low = middle
            else:
                self.high = middle
        return self.low, self.high

    def _value_sign(self, polynomial: Polynomial, at: Fraction) -> int:
        value = self.line.evaluate(polynomial, {self.along: at})
        return (value > 0) - (value < 0)

    def multiplicity(self, polynomial: Polynomial) -> tuple[int, Polynomial]:
        """Return how often the root is one of a polynomial in the moving parameter, and what is left without it."""
        count = 0
        while not polynomial.is_zero() and (polynomial % self.minimal).is_zero():
            polynomial, count = polynomial / self.minimal, count + 1
        return count, polynomial

    def _nonzero_sign(self, polynomial: Polynomial) -> int:
        """Return the sign at the root of a polynomial in the moving parameter that does not vanish there."""
        if self.exact is not None:
            return self._value_sign(polynomial, self.exact)
        coefficients = _coefficients(polynomial)
        while True:
            low, high = _range(coefficients, self.low, self.high)
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
            self.narrow((self.high - self.low) / 16)

    def signs_of(self, polynomial: Polynomial) -> Signs:
        """Return the signs below, at and above the root of a polynomial in the moving parameter."""
        if polynomial.is_zero():
            return 0, 0, 0
        count, rest = self.multiplicity(polynomial)
        beside = self._nonzero_sign(rest)
        if not count:
            return beside, beside, beside
        rising = self._nonzero_sign(self.minimal.derivative(0))
        above = beside * rising**count
        return above * (-1) ** count, 0, above

    def signs(self, polynomial: Polynomial) -> Signs:
        """Return the signs below, at and above the root of a polynomial of the ring."""
        key = str(polynomial)
        if key not in self._signs:
            value = self.ring.value(polynomial, self._place) if self._place is not None else 0
            beside = (value > 0) - (value < 0)
            self._signs[key] = (beside,) * 3 if beside else self.signs_of(self.restricted(polynomial))
        return self._signs[key]

    @cached_property
    def _place(self) -> Place | None:
        """All parameters at the root when it is rational, else None."""
        return None if self.exact is None else Place(self.point)

    def truth(self, condition: Condition) -> Truth:
        """Return whether a condition on the parameters holds below, at and above the root."""
        if isinstance(condition, Constant):
            return condition.value, condition.value, condition.value
        if isinstance(condition, Sign):
            compare = COMPARE[condition.relation]
            below, at, above = self.signs(condition.polynomial)
            return bool(compare(below)), bool(compare(at)), bool(compare(above))
        assert isinstance(condition, And | Or)
        join = all if isinstance(condition, And) else any
        parts = [self.truth(part) for part in condition.parts]
        return join(p[0] for p in parts), join(p[1] for p in parts), join(p[2] for p in parts)

    # numbers --------------------------------------------------------------------------------------------------------

    def quotient(self, value: Quotient) -> Quotient | None:
        """Return a quotient as one in the moving parameter, None when its denominator vanishes there identically."""
        bottom = self.restricted(value.denominator)
        return None if bottom.is_zero() else Quotient(self.line, self.restricted(value.numerator), bottom)

    def limit(self, number: Radical) -> Radical | None:
        """Return what a number tends to at the root, finite there and without sqrt where it vanishes; None where unknown or infinite."""
        parts = [self.quotient(part) for part in (number.p, number.q, number.d)]
        if any(part is None for part in parts):
            return None
        p, q, d = (part for part in parts if part is not None)
        if self.multiplicity(d.denominator)[0]:
            return None
        poles = max(self.multiplicity(part.denominator)[0] for part in (p, q))
        if poles:
            return self._removed_pole(p, q, d, poles)
        plain = q.is_zero() or self._at(q) == 0 or self._at(d) == 0
        return Radical.rational(p) if plain else Radical(p, q, d)

    def infinite(self, number: Radical) -> bool:
        """Return whether a number without sqrt certainly grows beyond every bound towards the root."""
        quotient = self.quotient(number.p) if number.q.is_zero() else None
        return quotient is not None and self.multiplicity(quotient.denominator)[0] > 0

    def _removed_pole(self, p: Quotient, q: Quotient, d: Quotient, poles: int) -> Radical | None:
        """The limit of p + q*sqrt(d) by its conjugate: N/(p - q*sqrt(d)) with N = p*p - q*q*d."""
        factor = Quotient(self.line, self.minimal**poles)
        top, root = p * factor, q * factor
        if self._at(top * top - root * root * d) != 0 or self._at(top) == 0 or self._at(top) == self._at(root):
            return None
        limit = (p * p - q * q * d) * factor / (2 * top)
        return None if self.multiplicity(limit.denominator)[0] else Radical.rational(limit)

    def _at(self, value: Quotient) -> int:
        """Return the sign at the root of a quotient in the moving parameter that is finite there."""
        return self.signs_of(value.numerator)[1] * self.signs_of(value.denominator)[1]

    def sign_at(self, number: Radical) -> int | None:
        """Return the sign of a limit at the root, None where it is not real."""
        p = self._at(number.p)
        if number.q.is_zero():
            return p
        d = self._at(number.d)
        if d < 0:
            return None
        q = self._at(number.q) if d else 0
        if q in (p, 0):
            return p
        return q if p == 0 else p * self._at(number.p * number.p - number.q * number.q * number.d)

    def same(self, one: Radical, other: Radical) -> bool | None:
        """Return whether two limits agree at the root, None where that is not known."""
        if not one.q.is_zero() and not other.q.is_zero() and not (one.d - other.d).is_zero():
            apart = abs(self.number(one) - self.number(other))
            return False if apart > _CLOSE else None
        sign = self.sign_at(one - other)
        return None if sign is None else sign == 0

    def number(self, limit: Radical) -> float:
        """Return a limit as a float."""
        low, high = self.narrow(_NARROW)
        at = {self.along: (low + high) / 2}
        if limit.q.is_zero():
            return float(limit.p.value(at))
        root = math.sqrt(max(limit.d.value(at), Fraction(0)))
        return float(limit.p.value(at)) + float(limit.q.value(at)) * root


def _given(point: Point, name: str) -> Iterator[Fraction]:
    if name in point:
        yield point[name]


def _coefficients(polynomial: Polynomial) -> list[Fraction]:
    """Return the coefficients of a polynomial in one name, the constant first."""
    terms = {int(m[0]): to_fraction(c) for m, c in polynomial.terms()}
    return [terms.get(k, Fraction(0)) for k in range(max(terms, default=0) + 1)]


def _range(coefficients: list[Fraction], low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Return bounds of a polynomial over an interval, by Horner's rule."""
    least = most = Fraction(0)
    for coefficient in reversed(coefficients):
        ends = [bound * end for bound in (least, most) for end in (low, high)]
        least, most = min(ends) + coefficient, max(ends) + coefficient
    return least, most


def spots_on(ring: Ring, polynomial: Polynomial, along: str, others: Point) -> Iterator[Spot]:
    """Yield the real roots of a polynomial in one parameter, the others at exact values."""
    line = Ring((along,))
    numbers = {f"p{ring.names.index(name)}": to_fmpq(value) for name, value in others.items()}
    column = ring.names.index(along)
    terms: Any = polynomial.subs(numbers).terms() if numbers else polynomial.terms()
    restricted = line.context.from_dict({(int(m[column]),): c for m, c in terms})
    if restricted.is_zero():
        return
    if restricted.total_degree() == 1:
        constant, slope = _coefficients(restricted)
        yield Spot(ring, along, others, restricted, Root(-constant / slope, -constant / slope))
        return
    for factor, _ in restricted.factor()[1]:
        for root in isolated_roots([_coefficients(factor)]):
            yield Spot(ring, along, others, factor, root)
