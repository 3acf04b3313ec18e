"""Exact polynomials in named parameters, computed by FLINT and shown as SymPy expressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np
import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from coopgame.errors import ParameterError, UnsupportedError

Polynomial = Any  # flint.fmpq_mpoly, which ships without type information
Point = Mapping[str, Fraction]
Factors = tuple[tuple[Polynomial, int], ...]
_MOST_FACTORED = 500
MIRROR = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "!=": "!="}


def to_fmpq(value: Fraction | int) -> Any:
    """Return a rational number in FLINT's form."""
    exact = value if isinstance(value, Fraction | int) else Fraction(value)
    return fmpq(exact.numerator, exact.denominator)


def to_fraction(value: Any) -> Fraction:
    """Return a FLINT rational as a Fraction."""
    return Fraction(int(value.p), int(value.q))


class Place:
    """An exact point at which many polynomials are evaluated: its numbers are converted for FLINT once per ring."""

    __slots__ = ("_arguments", "point")

    def __init__(self, point: Point) -> None:
        self.point = point
        self._arguments: dict[Ring, tuple[list[Any], bool]] = {}

    def arguments(self, ring: Ring) -> tuple[list[Any], bool]:
        """Return the numbers in the order of the ring's names, 0 where the point has none, and whether none is missing."""
        known = self._arguments.get(ring)
        if known is None:
            numbers = [to_fmpq(self.point[name]) if name in self.point else fmpq(0) for name in ring.names]
            known = self._arguments[ring] = numbers, all(name in self.point for name in ring.names)
        return known


def placed(point: Point | Place) -> Place:
    """Return a point as a place."""
    return point if isinstance(point, Place) else Place(point)


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
        self._factors: dict[str, tuple[Any, Factors]] = {}

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
        return sympy.Add(*(self._term(exponents, coefficient) for exponents, coefficient in polynomial.terms()))

    def _term(self, exponents: Sequence[int], coefficient: Any) -> sympy.Expr:
        """Return one term, its factors in SymPy's order: number, symbols, powers; so SymPy need not sort them."""
        powers = [(symbol, int(exponents[i])) for i, symbol in self._symbols if exponents[i]]
        factors = [symbol for symbol, power in powers if power == 1]
        factors += [symbol**power for symbol, power in powers if power > 1]
        if coefficient != 1 or not factors:
            factors.insert(0, sympy.Rational(int(coefficient.p), int(coefficient.q)))
        return factors[0] if len(factors) == 1 else sympy.Mul(*factors, evaluate=False)

    @cached_property
    def _symbols(self) -> list[tuple[int, sympy.Symbol]]:
        """The number and the symbol of every name, names in alphabetical order."""
        return [(self.names.index(name), sympy.Symbol(name)) for name in sorted(self.names)]

    def factored_expression(self, polynomial: Polynomial) -> sympy.Expr:
        """Return a polynomial as the SymPy product of its irreducible factors."""
        if polynomial.is_zero() or polynomial.is_constant() or polynomial.total_degree() == 1:
            return self.to_expression(polynomial)
        unit, factors = self.factor(polynomial)
        parts = []
        for factor, power in factors:
            turned = mostly_negative(factor)
            parts.append(self.to_expression(-factor if turned else factor) ** power)
            unit = -unit if turned and power % 2 else unit
        return sympy.Mul(sympy.Rational(int(unit.p), int(unit.q)), *parts)

    def factor(self, polynomial: Polynomial) -> tuple[Any, Factors]:
        """Return the constant and the irreducible factors with their powers; the last results are kept."""
        key = str(polynomial)
        if key not in self._factors:
            if len(self._factors) >= _MOST_FACTORED:
                self._factors.clear()
            unit, factors = polynomial.factor()
            self._factors[key] = unit, tuple((factor, int(power)) for factor, power in factors)
        return self._factors[key]

    def evaluate(self, polynomial: Polynomial, point: Point | Place) -> Fraction:
        """Return the exact value at a point that gives every name of the polynomial a number."""
        return to_fraction(self.value(polynomial, placed(point)))

    def value(self, polynomial: Polynomial, place: Place) -> Any:
        """Return the exact value at a place, in FLINT's form."""
        arguments, whole = place.arguments(self)
        if not whole:
            missing = [name for name in self.names_in(polynomial) if name not in place.point]
            if missing:
                raise ParameterError(f"no value for {', '.join(missing)}; give one to each of them")
        if not self.names:
            return fmpq(0) if polynomial.is_zero() else polynomial.leading_coefficient()
        return polynomial(*arguments)

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
            columns = np.ascontiguousarray(points.T)
            values = np.zeros((len(tables), len(points)))
            term = np.empty(len(points))
            for row, terms in zip(values, tables, strict=True):
                for powers, coefficient in terms:
                    term.fill(coefficient)
                    for column, exponent in powers:
                        term *= columns[column] if exponent == 1 else columns[column] ** exponent
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
