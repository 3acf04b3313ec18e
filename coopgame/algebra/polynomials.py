"""Exact polynomials in named parameters, computed by FLINT and shown as SymPy expressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from coopgame.errors import ParameterError, UnsupportedError

Polynomial = Any  # flint.fmpq_mpoly, which ships without type information
Point = Mapping[str, Fraction]
MIRROR = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "!=": "!="}


def to_fmpq(value: Fraction | int) -> Any:
    """Return a rational number in FLINT's form."""
    exact = Fraction(value)
    return fmpq(exact.numerator, exact.denominator)


def to_fraction(value: Any) -> Fraction:
    """Return a FLINT rational as a Fraction."""
    return Fraction(int(value.p), int(value.q))


def mostly_negative(polynomial: Polynomial) -> bool:
    """Return whether a polynomial reads better with its sign turned: more minus than plus signs, ties by the first."""
    signs = [1 if coefficient > 0 else -1 for coefficient in polynomial.coeffs()]
    return (sum(signs), signs[0]) < (0, 0) if signs else False


class Ring:
    """Polynomials with rational coefficients in the given names, in their order.

    FLINT accepts ASCII names only, so generators are numbered inside and named at the door.
    Two rings with the same names are equal and their polynomials can be mixed.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names: tuple[str, ...] = tuple(names)
        if len(set(self.names)) != len(self.names):
            raise ParameterError(f"names repeat in {self.names}; give every name once")
        generators = [f"p{i}" for i in range(len(self.names))]
        self.context = fmpq_mpoly_ctx.get(generators, Ordering.degrevlex)
        self._generators = dict(zip(self.names, self.context.gens(), strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ring) and other.names == self.names

    def __hash__(self) -> int:
        return hash(self.names)

    def __repr__(self) -> str:
        return f"Ring({list(self.names)})"

    def generator(self, name: str) -> Polynomial:
        """Return the polynomial that is the name itself; ParameterError when the ring has no such name."""
        try:
            return self._generators[name]
        except KeyError:
            raise ParameterError(f"unknown parameter {name!r}; known are {', '.join(self.names)}") from None

    def constant(self, value: Fraction | int) -> Polynomial:
        """Return a constant polynomial."""
        return self.context.constant(to_fmpq(value))

    def from_expression(self, expression: sympy.Expr, what: str = "expression") -> Polynomial:
        """Return the polynomial equal to a SymPy expression.

        Raises UnsupportedError when the expression is not a polynomial in the names of the ring.
        """
        numerator, denominator = self.fraction(expression, what)
        if not denominator.is_constant():
            raise UnsupportedError(
                f"{what} {expression} divides by {self.to_expression(denominator)}; a polynomial is needed here: "
                "multiply by the denominator, or give its parameters values"
            )
        return numerator / denominator.leading_coefficient()

    def fraction(self, expression: sympy.Expr, what: str = "expression") -> tuple[Polynomial, Polynomial]:
        """Return numerator and denominator of a rational expression, without common factors."""
        numerator, denominator = self._fraction(expression, what)
        if denominator.is_zero():
            raise UnsupportedError(f"{what} {expression} divides by zero")
        if not denominator.is_constant():
            common = numerator.gcd(denominator)
            numerator, denominator = numerator / common, denominator / common
        return numerator, denominator

    def _fraction(self, node: Any, what: str) -> tuple[Polynomial, Polynomial]:
        one = self.context.constant(1)
        if node.is_Symbol:
            return self.generator(node.name), one
        if node.is_Rational:
            return self.constant(Fraction(int(node.p), int(node.q))), one
        if node.is_Add:
            numerator, denominator = self.context.constant(0), one
            for argument in node.args:
                top, bottom = self._fraction(argument, what)
                if bottom == denominator:
                    numerator = numerator + top
                else:
                    numerator, denominator = numerator * bottom + top * denominator, denominator * bottom
            return numerator, denominator
        if node.is_Mul:
            numerator, denominator = one, one
            for argument in node.args:
                top, bottom = self._fraction(argument, what)
                numerator, denominator = numerator * top, denominator * bottom
            return numerator, denominator
        if node.is_Pow and node.exp.is_Integer:
            top, bottom = self._fraction(node.base, what)
            power = int(node.exp)
            return (top**power, bottom**power) if power >= 0 else (bottom**-power, top**-power)
        raise UnsupportedError(
            f"{what} contains {node}, which is not a polynomial or a quotient of polynomials; "
            "symbolic analysis needs + - * / and integer powers: give values to all parameters, or simulate"
        )

    def to_expression(self, polynomial: Polynomial) -> sympy.Expr:
        """Return a polynomial as an expanded SymPy expression."""
        terms = []
        for exponents, coefficient in polynomial.terms():
            factors = [sympy.Rational(int(coefficient.p), int(coefficient.q))]
            factors += [sympy.Symbol(n) ** int(e) for n, e in zip(self.names, exponents, strict=True) if e]
            terms.append(sympy.Mul(*factors))
        return sympy.Add(*terms)

    def factored_expression(self, polynomial: Polynomial) -> sympy.Expr:
        """Return a polynomial as the SymPy product of its irreducible factors."""
        if polynomial.is_zero() or polynomial.is_constant() or polynomial.total_degree() == 1:
            return self.to_expression(polynomial)
        unit, factors = polynomial.factor()
        parts = []
        for factor, power in factors:
            turned = mostly_negative(factor)
            parts.append(self.to_expression(-factor if turned else factor) ** int(power))
            unit = -unit if turned and power % 2 else unit
        return sympy.Mul(sympy.Rational(int(unit.p), int(unit.q)), *parts)

    def evaluate(self, polynomial: Polynomial, point: Point) -> Fraction:
        """Return the exact value at a point that gives every name of the polynomial a number."""
        arguments = [to_fmpq(point[name]) if name in point else fmpq(0) for name in self.names]
        missing = [name for name in self.names_in(polynomial) if name not in point]
        if missing:
            raise ParameterError(f"no value for {', '.join(missing)}; give one to each of them")
        if not self.names:
            return to_fraction(polynomial.leading_coefficient()) if not polynomial.is_zero() else Fraction(0)
        return to_fraction(polynomial(*arguments))

    def names_in(self, polynomial: Polynomial) -> tuple[str, ...]:
        """Return the names that occur in a polynomial, in the ring's order."""
        degrees = polynomial.degrees() if not polynomial.is_zero() else ()
        return tuple(name for name, degree in zip(self.names, degrees, strict=False) if degree > 0)

    def evaluator(self, polynomials: Sequence[Polynomial]) -> Callable[[np.ndarray], np.ndarray]:
        """Return a function from points (n, number of names) to values (number of polynomials, n), in floats."""
        tables = [
            [([(i, int(e)) for i, e in enumerate(m) if e], float(to_fraction(c))) for m, c in p.terms()]
            for p in polynomials
        ]

        def evaluate(points: np.ndarray) -> np.ndarray:
            values = np.zeros((len(tables), len(points)))
            for row, terms in zip(values, tables, strict=True):
                for powers, coefficient in terms:
                    term = np.full(len(points), coefficient)
                    for column, exponent in powers:
                        term *= points[:, column] ** exponent
                    row += term
            return values

        return evaluate

    def primitive(self, polynomial: Polynomial) -> tuple[int, Polynomial]:
        """Return (s, q) with polynomial = s * c * q, s = ±1, c > 0: q has coprime integers and a positive lead.

        The zero polynomial gives (1, 0).
        """
        if polynomial.is_zero():
            return 1, polynomial
        coefficients = [to_fraction(c) for c in polynomial.coeffs()]
        scale = Fraction(
            math.gcd(*(c.numerator for c in coefficients)), math.lcm(*(c.denominator for c in coefficients))
        )
        sign = 1 if coefficients[0] > 0 else -1
        return sign, polynomial / to_fmpq(sign * scale)

    def text(self, polynomial: Polynomial) -> str:
        """Return a polynomial as text, e.g. `F - 2*c*g**2`."""
        return _sum_text(self, list(polynomial.terms()))


def monomial_text(ring: Ring, exponents: Sequence[int], coefficient: Fraction) -> str:
    """Return one term without its sign, e.g. `2*c*g**2`; coefficient > 0."""
    powers = [(name, int(e)) for name, e in zip(ring.names, exponents, strict=True) if e]
    factors = [name if e == 1 else f"{name}**{e}" for name, e in powers]
    if coefficient.numerator != 1 or not factors:
        factors.insert(0, str(coefficient.numerator))
    text = "*".join(factors)
    return text if coefficient.denominator == 1 else f"{text}/{coefficient.denominator}"


def _sum_text(ring: Ring, terms: Sequence[tuple[Sequence[int], Any]]) -> str:
    if not terms:
        return "0"
    signed = [(m, to_fraction(c)) for m, c in terms]
    signed.sort(key=lambda term: term[1] < 0)  # a positive term first reads better
    first, *rest = signed
    text = ("-" if first[1] < 0 else "") + monomial_text(ring, first[0], abs(first[1]))
    for exponents, coefficient in rest:
        text += (" - " if coefficient < 0 else " + ") + monomial_text(ring, exponents, abs(coefficient))
    return text


def comparison_text(ring: Ring, polynomial: Polynomial, relation: str) -> str:
    """Return `polynomial relation 0` with negative terms moved to the right, e.g. `F > c`."""
    left = [(m, c) for m, c in polynomial.terms() if c > 0]
    right = [(m, -c) for m, c in polynomial.terms() if c < 0]
    if not left and relation in MIRROR:
        left, right, relation = right, left, MIRROR[relation]
    return f"{_sum_text(ring, left)} {relation} {_sum_text(ring, right)}"


@cache
def ring_of(names: tuple[str, ...]) -> Ring:
    """Return the ring of the names, made once."""
    return Ring(names)
