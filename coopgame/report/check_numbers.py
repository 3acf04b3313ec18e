"""Exact polynomials, quotients and their texts for the checker, written apart from what the analysis computes with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from coopgame.errors import RecordError

Monomial = tuple[tuple[str, int], ...]
_TERM = re.compile(r"(?P<sign>[+-]?) ?(?P<body>[^ +-]+)")
_FACTOR = re.compile(r"(?:\((?P<sum>[^()]+)\)|(?P<atom>\w+))(?:\*\*(?P<power>[0-9]+))?(?:\*(?!$)|$)")
_COMPARISON = re.compile(r" (>=|<=|!=|>|<|=) ")
SIGNS = {">": {1}, "<": {-1}, ">=": {0, 1}, "<=": {-1, 0}, "=": {0}, "!=": {-1, 1}}


class Poly:
    """A polynomial with rational coefficients: a coefficient for every product of powers of names."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = {monomial: value for monomial, value in terms.items() if value}
        self._hash: int | None = None

    @classmethod
    def constant(cls, value: Fraction | int) -> Poly:
        """Return a constant."""
        return cls({(): Fraction(value)})

    @classmethod
    def name(cls, name: str) -> Poly:
        """Return the polynomial that is one name."""
        return cls({((name, 1),): Fraction(1)})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __add__(self, other: Poly) -> Poly:
        terms = dict(self.terms)
        for monomial, value in other.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + value
        return Poly(terms)

    def __neg__(self) -> Poly:
        return Poly({monomial: -value for monomial, value in self.terms.items()})

    def __sub__(self, other: Poly) -> Poly:
        return self + -other

    def __mul__(self, other: Poly) -> Poly:
        terms: dict[Monomial, Fraction] = {}
        for one, first in self.terms.items():
            for two, second in other.terms.items():
                monomial = _joined(one, two)
                terms[monomial] = terms.get(monomial, Fraction(0)) + first * second
        return Poly(terms)

    def times(self, factor: Fraction | int) -> Poly:
        """Return the polynomial times a number."""
        return Poly({monomial: value * factor for monomial, value in self.terms.items()})

    def number(self) -> Fraction | None:
        """Return the value of a constant, None for others."""
        if not self.terms:
            return Fraction(0)
        return self.terms.get(()) if len(self.terms) == 1 else None

    def value(self, point: Mapping[str, Fraction]) -> Fraction:
        """Return the value at a point; RecordError when a name has no number."""
        total = Fraction(0)
        for monomial, coefficient in self.terms.items():
            for name, power in monomial:
                if name not in point:
                    raise RecordError(f"no value for {name}")
                coefficient = coefficient * point[name] ** power
            total += coefficient
        return total

    def canonical(self) -> tuple[int, Poly]:
        """Return (s, q) with the polynomial = s times a positive number times q; q starts with coefficient 1."""
        if not self.terms:
            return 1, self
        lead = self.terms[self._lead()]
        return (1 if lead > 0 else -1), self.times(1 / lead)

    def _lead(self) -> Monomial:
        names = sorted({name for monomial in self.terms for name, _ in monomial})
        return max(self.terms, key=lambda monomial: [dict(monomial).get(name, 0) for name in names])

    def divided(self, by: Poly) -> Poly | None:
        """Return the quotient when the division leaves nothing, else None."""
        names = sorted({name for p in (self, by) for monomial in p.terms for name, _ in monomial})

        def key(monomial: Monomial) -> list[int]:
            powers = dict(monomial)
            return [powers.get(name, 0) for name in names]

        top = max(by.terms, key=key)
        rest, quotient = self, Poly({})
        while rest:
            lead = max(rest.terms, key=key)
            powers = dict(lead)
            for name, power in top:
                powers[name] = powers.get(name, 0) - power
                if powers[name] < 0:
                    return None
            monomial = tuple(sorted((name, power) for name, power in powers.items() if power))
            step = Poly({monomial: rest.terms[lead] / by.terms[top]})
            quotient, rest = quotient + step, rest - step * by
        return quotient


def _joined(one: Monomial, two: Monomial) -> Monomial:
    powers = dict(one)
    for name, power in two:
        powers[name] = powers.get(name, 0) + power
    return tuple(sorted(powers.items()))


class Ratio:
    """A quotient of two polynomials, not reduced."""

    __slots__ = ("bottom", "top")

    def __init__(self, top: Poly, bottom: Poly | None = None) -> None:
        self.top = top
        self.bottom = bottom if bottom is not None else Poly.constant(1)
        number = self.bottom.number()
        if number == 0:
            raise RecordError("a payoff divides by zero")
        if number is not None and number != 1:
            self.top, self.bottom = self.top.times(1 / number), Poly.constant(1)

    def __add__(self, other: Ratio) -> Ratio:
        if self.bottom == other.bottom:
            return Ratio(self.top + other.top, self.bottom)
        return Ratio(self.top * other.bottom + other.top * self.bottom, self.bottom * other.bottom)

    def __sub__(self, other: Ratio) -> Ratio:
        return self + Ratio(-other.top, other.bottom)

    def __mul__(self, other: Ratio) -> Ratio:
        return Ratio(self.top * other.top, self.bottom * other.bottom)

    def __truediv__(self, other: Ratio) -> Ratio:
        return Ratio(self.top * other.bottom, self.bottom * other.top)

    def sign_polynomial(self) -> Poly:
        """Return a polynomial that has the sign of the quotient wherever its denominator is not zero."""
        return self.top * self.bottom


def evaluated(node: Any, of_name: Callable[[str], Any], of_number: Callable[[Fraction], Any]) -> Any:
    """Return an expression (as the expression reader gives it) in any numbers that can + - * /."""
    if node.is_Symbol:
        return of_name(node.name)
    if node.is_Rational:
        return of_number(Fraction(int(node.p), int(node.q)))
    if node.is_Add or node.is_Mul:
        values = [evaluated(argument, of_name, of_number) for argument in node.args]
        total = values[0]
        for value in values[1:]:
            total = total + value if node.is_Add else total * value
        return total
    if node.is_Pow and node.exp.is_Integer:
        base, power = evaluated(node.base, of_name, of_number), abs(int(node.exp))
        total = of_number(Fraction(1))
        for _ in range(power):
            total = total * base
        return total if node.exp > 0 else of_number(Fraction(1)) / total
    raise RecordError(f"{node} is not a quotient of polynomials; the checker reads + - * / and whole powers")


def polynomial_of(text: str) -> Poly:
    """Return the polynomial that a text such as `2*c*g**2/3 - F` or `-b*(b - c)**2` writes: a sum, or a product with sums."""
    plain = text.strip()
    if "(" not in plain:
        return _sum(plain)
    product, end = Poly.constant(-1 if plain.startswith("-") else 1), int(plain.startswith("-"))
    while end < len(plain):
        match = _FACTOR.match(plain, end)
        if match is None:
            raise RecordError(f"{text!r} is not a product of names, numbers and sums in brackets")
        factor = _sum(match["sum"] or match["atom"])
        for _ in range(int(match["power"] or 1)):
            product = product * factor
        end = match.end()
    return product


def _sum(text: str) -> Poly:
    total, end = Poly({}), 0
    for match in _TERM.finditer(text.strip()):
        gap = text.strip()[end : match.start()]
        if gap.strip() or (end and not match["sign"]):
            raise RecordError(f"{text!r} is not a sum of terms")
        term = _term(match["body"], text)
        total = total - term if match["sign"] == "-" else total + term
        end = match.end()
    if end != len(text.strip()) or not end:
        raise RecordError(f"{text!r} is not a sum of terms")
    return total


def _term(body: str, text: str) -> Poly:
    product, _, divisor = body.partition("/")
    coefficient, powers = Fraction(1), dict[str, int]()
    for part in product.replace("**", "^").split("*"):
        base, _, power = part.partition("^")
        if base.isdecimal() and not power:
            coefficient *= int(base)
        elif base.isidentifier() and (power.isdecimal() or not power):
            powers[base] = powers.get(base, 0) + int(power or 1)
        else:
            raise RecordError(f"{part!r} in {text!r} is no name, number or power")
    if divisor:
        if not divisor.isdecimal() or int(divisor) == 0:
            raise RecordError(f"{text!r} divides by {divisor!r}")
        coefficient /= int(divisor)
    return Poly({tuple(sorted(powers.items())): coefficient})


def comparison_of(text: str) -> tuple[Poly, str]:
    """Return left minus right and the relation of a text such as `F > c`."""
    parts = _COMPARISON.split(text.strip())
    if len(parts) != 3:
        raise RecordError(f"{text!r} is not one comparison")
    return polynomial_of(parts[0]) - polynomial_of(parts[2]), parts[1]


def fraction_of(text: Any, what: str) -> Fraction:
    """Return the rational number that a text such as `-3/4` writes."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]+(/[1-9][0-9]*)?", text):
        raise RecordError(f"{what}: {text!r} is not a rational number such as 3/4")
    return Fraction(text)
