"""All roots of an exact polynomial between 0 and 1, isolated, with multiplicities and the signs between them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import sympy
from flint import fmpq, fmpz_poly

from coopgame.algebra.bernstein import halves, power_to_bernstein, sign_changes
from coopgame.algebra.polynomials import to_fraction
from coopgame.algebra.surds import quadratic_roots
from coopgame.errors import UnsupportedError
from coopgame.expressions import to_sympy

_WIDTH = Fraction(1, 1 << 64)  # of an enclosure, as a part of the root


@dataclass(frozen=True)
class Root:
    """One root: an enclosure low <= root <= high, its multiplicity, the signs of the polynomial beside it.

    expression: the root itself where it is rational or a square root, else None. low = high where it is rational.
    """

    low: Fraction
    high: Fraction
    multiplicity: int
    before: int
    after: int
    expression: sympy.Expr | None = None

    @property
    def middle(self) -> Fraction:
        """The middle of the enclosure."""
        return (self.low + self.high) / 2

    def __float__(self) -> float:
        return float(self.middle)


def isolate_roots(coefficients: Sequence[Fraction | int]) -> tuple[Root, ...]:
    """Return all roots in the open interval (0, 1) of a polynomial given by its coefficients, the constant one first.

    The polynomial is factored over the rationals; each factor is halved, in Bernstein form and in integers, until
    Descartes' rule counts one root or none. Enclosures are disjoint, narrower than 2^-64 of the root, and proved.

    Raises UnsupportedError when the polynomial is zero everywhere.

    References: Lane and Riesenfeld (1981), BIT 21, 112-117; Rouillier and Zimmermann (2004), Journal of
    Computational and Applied Mathematics 162, 33-50.

    >>> [(root.low, root.multiplicity) for root in isolate_roots([1, -4, 4])]
    [(Fraction(1, 2), 2)]
    """
    polynomial = _integral(coefficients)
    if polynomial == 0:
        raise UnsupportedError("the polynomial is zero everywhere, so every number is a root")
    places = [place for factor, power in polynomial.factor()[1] for place in _roots_of_factor(factor, int(power))]
    places = _apart(places)
    ends = [Fraction(0), *(end for place in places for end in (place.low, place.high)), Fraction(1)]
    gaps = [(a + b) / 2 for a, b in zip(ends[::2], ends[1::2], strict=True)]
    signs = [_sign_at(polynomial, gap) for gap in gaps]
    return tuple(
        Root(place.low, place.high, place.power, before, after, place.expression())
        for place, (before, after) in zip(places, pairwise(signs), strict=True)
    )


@dataclass(frozen=True)
class _Place:
    """One root of an irreducible factor, between low and high; the factor has opposite signs there, or low = high."""

    factor: Any
    power: int
    low: Fraction
    high: Fraction

    def narrowed(self) -> _Place:
        """Return the half of the enclosure that holds the root."""
        if self.low == self.high:
            return self
        middle = (self.low + self.high) / 2
        left = _sign_at(self.factor, self.low) * _sign_at(self.factor, middle) < 0
        return _Place(self.factor, self.power, *((self.low, middle) if left else (middle, self.high)))

    def expression(self) -> sympy.Expr | None:
        """Return the root exactly where its factor has degree 1 or 2."""
        if self.low == self.high:
            return to_sympy(self.low)
        if self.factor.degree() > 2:
            return None
        c0, c1, c2 = (Fraction(int(self.factor[i])) for i in range(3))
        for root in quadratic_roots(c0, c1, c2):
            if (root - self.low).sign() > 0 > (root - self.high).sign():
                return root.expression()
        raise AssertionError("an enclosure of a root of a quadratic holds one of its roots")


def _integral(coefficients: Sequence[Fraction | int]) -> Any:
    exact = [Fraction(c) for c in coefficients]
    scale = math.lcm(*(c.denominator for c in exact)) if exact else 1
    return fmpz_poly([int(c * scale) for c in exact])


def _sign_at(polynomial: Any, place: Fraction) -> int:
    value = to_fraction(fmpq(polynomial(fmpq(place.numerator, place.denominator))))
    return (value > 0) - (value < 0)


def _roots_of_factor(factor: Any, power: int) -> Iterator[_Place]:
    """Yield the roots of an irreducible factor in (0, 1)."""
    if factor.degree() == 1:
        root = Fraction(-int(factor[0]), int(factor[1]))
        if 0 < root < 1:
            yield _Place(factor, power, root, root)
        return
    exact = power_to_bernstein([Fraction(int(factor[i])) for i in range(int(factor.degree()) + 1)])
    scale = math.lcm(*(c.denominator for c in exact))
    waiting = [([int(c * scale) for c in exact], Fraction(0), Fraction(1))]
    while waiting:
        numbers, low, high = waiting.pop()
        changes = sign_changes(numbers)
        if changes == 1:
            yield _refined(_Place(factor, power, low, high))
        elif changes > 1:
            middle = (low + high) / 2
            left, right = halves(numbers)
            waiting += [(left, low, middle), (right, middle, high)]


def _refined(place: _Place) -> _Place:
    while place.low == 0 or place.high == 1 or place.high - place.low > _WIDTH * place.low:
        place = place.narrowed()
    return place


def _apart(places: Sequence[_Place]) -> list[_Place]:
    """Return the enclosures in order, narrowed until no two of them meet; the roots differ, so this ends."""
    while True:
        ordered = sorted(places, key=lambda place: (place.low, place.high))
        meeting = {i for i in range(1, len(ordered)) if ordered[i - 1].high >= ordered[i].low}
        if not meeting:
            return ordered
        places = [p.narrowed() if i in meeting or i + 1 in meeting else p for i, p in enumerate(ordered)]
