"""Bounded unknowns for the search on half-lines: every quantity divided by one more than their sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from flint import arb, fmpq

from coopgame.analysis.enclosures import Enclosure

_LARGEST_EXPONENT = 200
_LARGEST_DENOMINATOR = 10_000
_FAR = sympy.Rational(1, 2**20)  # how near to infinity equations are searched that are no polynomials


class Compact:
    """Unknowns v in the unit cube instead of quantities N from 0 on: N_i = S_i v_i / v_0 with v_0 = 1 - sum of v > 0.

    names: the unknowns of the equations; those in `unbounded` are replaced, the others stay. Polynomials become homogeneous ones, so
    that v_0 = 0 is where quantities are infinite. S_i: powers of two by which the terms of each equation become alike in size, so that a
    search does not depend on units.

    References: Morgan (1987), Solving Polynomial Systems Using Continuation, chapters 3 and 5, on projective coordinates and scaling.
    """

    def __init__(self, equations: Iterable[sympy.Expr], names: Sequence[str], unbounded: Iterable[str]) -> None:
        self.names = tuple(names)
        self.open = [i for i, name in enumerate(names) if name in set(unbounded)]
        self._symbols = [sympy.Symbol(names[i]) for i in self.open]
        self.originals = [self._cleared(equation) for equation in equations] if self.open else list(equations)
        self.scales = self._balanced()

    def _cleared(self, equation: sympy.Expr) -> sympy.Expr:
        """Return the numerator where it is a polynomial of the quantities, else the equation."""
        top = sympy.numer(sympy.together(equation))
        return top if top.is_polynomial(*self._symbols) else equation

    @cached_property
    def polynomial(self) -> bool:
        """Whether nothing is left out: other equations are not searched near infinity."""
        return not self.open or all(equation.is_polynomial(*self._symbols) for equation in self.originals)

    @cached_property
    def rest(self) -> sympy.Expr:
        """What the unknowns leave to 1, v_0."""
        return 1 - sympy.Add(*self._symbols)

    @cached_property
    def expressions(self) -> list[sympy.Expr]:
        """The equations in the unknowns of the cube."""
        return [self._homogeneous(equation) for equation in self.originals] if self.open else self.originals

    @cached_property
    def functions(self) -> list[Enclosure]:
        """The equations as functions of balls."""
        return [Enclosure(expression, self.names) for expression in self.expressions]

    @cached_property
    def positive(self) -> list[Enclosure]:
        """What has to be positive: v_0, so that quantities are finite."""
        if not self.open:
            return []
        return [Enclosure(self.rest if self.polynomial else self.rest - _FAR, self.names)]

    def far(self, balls: Sequence[Any]) -> bool:
        """Whether balls may hold infinite quantities."""
        return bool(self.open) and not self._rest_of(balls) > 0

    def at_infinity(self, middle: Sequence[float], radius: Sequence[float]) -> bool:
        """Whether the one zero in a box is a rational one with infinite quantities."""
        guess = [Fraction(float(m)).limit_denominator(_LARGEST_DENOMINATOR) for m in middle]
        if any(abs(g - Fraction(float(m))) > Fraction(float(r)) for g, m, r in zip(guess, middle, radius, strict=True)):
            return False
        point = {
            sympy.Symbol(n): sympy.Rational(g.numerator, g.denominator) for n, g in zip(self.names, guess, strict=True)
        }
        return all(expression.xreplace(point) == 0 for expression in (self.rest, *self.expressions))

    def values(self, balls: Sequence[Any]) -> list[Any]:
        """Return balls of the quantities from balls of the unknowns."""
        result = list(balls)
        if self.open:
            rest = self._rest_of(balls)
            for i, scale in zip(self.open, self.scales, strict=True):
                result[i] = balls[i] * _ball(scale) / rest
        return result

    def _rest_of(self, balls: Sequence[Any]) -> Any:
        return 1 - sum((balls[i] for i in self.open[1:]), balls[self.open[0]])

    def _homogeneous(self, equation: sympy.Expr) -> sympy.Expr:
        scaled = [scale * symbol for scale, symbol in zip(self.scales, self._symbols, strict=True)]
        if not equation.is_polynomial(*self._symbols):
            return equation.xreplace({s: v / self.rest for s, v in zip(self._symbols, scaled, strict=True)})
        terms = sympy.Poly(equation, *self._symbols).terms()
        degree = max(sum(powers) for powers, _ in terms)
        return sympy.Add(
            *(
                sympy.Mul(
                    coefficient,
                    self.rest ** (degree - sum(powers)),
                    *(v**power for v, power in zip(scaled, powers, strict=True)),
                )
                for powers, coefficient in terms
            )
        )

    def _balanced(self) -> list[sympy.Rational]:
        """Return powers of two for the quantities, by least squares over the logarithms of all terms, one free size an equation."""
        rows, sides = [], []
        polynomials = [e for e in self.originals if self.open and e != 0 and e.is_polynomial(*self._symbols)]
        for place, equation in enumerate(polynomials):
            inside = sorted(equation.free_symbols - set(self._symbols), key=str)
            for powers, coefficient in sympy.Poly(equation, *self._symbols).terms():
                # parameters and shares that are unknowns too lie between 0 and 1
                size = abs(complex(coefficient.xreplace(dict.fromkeys(inside, sympy.Rational(1, 2)))))
                if np.isfinite(size) and size > 0:
                    own = [-float(place == k) for k in range(len(polynomials))]
                    rows.append([*map(float, powers), *own])
                    sides.append(-np.log2(size))
        if not rows:
            return [sympy.Integer(1)] * len(self.open)
        found = np.linalg.lstsq(np.array(rows), np.array(sides), rcond=None)[0][: len(self.open)]
        limits = np.clip(np.rint(found), -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
        return [sympy.Integer(2) ** int(exponent) for exponent in limits]


def _ball(number: sympy.Rational) -> Any:
    return arb(fmpq(int(number.p), int(number.q)))
