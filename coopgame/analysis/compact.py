"""Zeros on a box that is open at some sides: quantities without bound are searched in coordinates of a cube."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from flint import arb, fmpq

from coopgame.analysis.certify import zeros_in_cube
from coopgame.analysis.enclosures import Enclosure
from coopgame.expressions import to_sympy

_LARGEST_EXPONENT = 200
_LARGEST_DENOMINATOR = 10_000
_FAR = sympy.Rational(1, 2**20)  # how near to infinity equations are searched that are no polynomials
Groups = Sequence[Sequence[str]]


@dataclass(frozen=True, eq=False)
class Zeros:
    """Zeros as balls of the unknowns v of a `Compact`: those certainly inside, those on a border, and the boxes left open."""

    compact: Compact
    inside: tuple[list[Any], ...]
    straddling: tuple[list[Any], ...]
    undecided: int


def zeros_on_box(
    equations: Sequence[sympy.Expr], names: Sequence[str], unbounded: Iterable[str], most_boxes: int, margin: float
) -> Zeros:
    """Return the common zeros of as many equations as unknowns, with finite quantities.

    Where quantities share one point at infinity, lines of zeros there may keep the search from its end, or where each has its own: the
    first way that leaves nothing open is taken, else the one that leaves least.
    """
    open_sides = [name for name in names if name in set(unbounded)]
    ways: list[Groups] = [[open_sides], [[name] for name in open_sides]] if len(open_sides) > 1 else [[open_sides]]
    tried = []
    for groups in ways:
        tried.append(_searched(Compact(equations, names, groups if open_sides else ()), most_boxes, margin))
        if not tried[-1].undecided:
            break
    return min(tried, key=lambda zeros: zeros.undecided)


def _searched(compact: Compact, most_boxes: int, margin: float) -> Zeros:
    found = zeros_in_cube(compact.functions, most_boxes, margin, positive=compact.positive)
    undecided = found.undecided + (not compact.polynomial)
    straddling = []
    for balls in _balls(found.straddling, found.straddling_radii):
        if not compact.far(balls):
            straddling.append(balls)
        elif not compact.at_infinity(balls):
            undecided += 1
    return Zeros(compact, tuple(_balls(found.points, found.radii)), tuple(straddling), undecided)


def _balls(middles: np.ndarray, radii: np.ndarray) -> Iterator[list[Any]]:
    for middle, radius in zip(middles, radii, strict=True):
        yield [arb(float(m), float(r)) for m, r in zip(middle, radius, strict=True)]


class Compact:
    """Unknowns v in the unit cube instead of quantities N from 0 on: N_i = S_i v_i / v_0 with v_0 = 1 - sum of v > 0 in each group.

    names: the unknowns of the equations; those in `groups` are replaced, the others stay. Polynomials become homogeneous in each group,
    so that v_0 = 0 is where quantities are infinite. S_i: powers of two by which the terms of each equation become alike in size, so that
    a search does not depend on units.

    References: Morgan (1987), Solving Polynomial Systems Using Continuation, chapters 3 and 5, on projective coordinates and scaling.
    """

    def __init__(self, equations: Iterable[sympy.Expr], names: Sequence[str], groups: Groups) -> None:
        self.names = tuple(names)
        self.groups = [[sympy.Symbol(name) for name in group] for group in groups]
        self.symbols = [symbol for group in self.groups for symbol in group]
        self.originals = [self._cleared(equation) for equation in equations] if self.symbols else list(equations)

    def _cleared(self, equation: sympy.Expr) -> sympy.Expr:
        """Return the numerator where it is a polynomial of the quantities, else the equation."""
        top = sympy.numer(sympy.together(equation))
        return top if top.is_polynomial(*self.symbols) else equation

    @cached_property
    def polynomial(self) -> bool:
        """Whether nothing is left out: other equations are not searched near infinity."""
        return not self.symbols or all(equation.is_polynomial(*self.symbols) for equation in self.originals)

    @cached_property
    def rests(self) -> list[sympy.Expr]:
        """What the unknowns of each group leave to 1, its v_0."""
        return [1 - sympy.Add(*group) for group in self.groups]

    @cached_property
    def expressions(self) -> list[sympy.Expr]:
        """The equations in the unknowns of the cube."""
        return [self._homogeneous(equation) for equation in self.originals] if self.symbols else self.originals

    @cached_property
    def functions(self) -> list[Enclosure]:
        """The equations as functions of balls."""
        return [Enclosure(expression, self.names) for expression in self.expressions]

    @cached_property
    def positive(self) -> list[Enclosure]:
        """What has to be positive, every v_0, so that quantities are finite."""
        return [Enclosure(rest if self.polynomial else rest - _FAR, self.names) for rest in self.rests]

    def far(self, balls: Sequence[Any]) -> bool:
        """Whether balls may hold infinite quantities."""
        return any(not Enclosure(rest, self.names).value(balls) > 0 for rest in self.rests)

    def at_infinity(self, balls: Sequence[Any]) -> bool:
        """Whether the one zero in a box is a rational one with infinite quantities."""
        guess = [Fraction(float(ball.mid())).limit_denominator(_LARGEST_DENOMINATOR) for ball in balls]
        point = {sympy.Symbol(n): to_sympy(g) for n, g in zip(self.names, guess, strict=True)}
        inside = all(ball.contains(fmpq(g.numerator, g.denominator)) for ball, g in zip(balls, guess, strict=True))
        infinite = any(rest.xreplace(point) == 0 for rest in self.rests)
        return inside and infinite and all(expression.xreplace(point) == 0 for expression in self.expressions)

    def values(self, balls: Sequence[Any]) -> list[Any]:
        """Return balls of the quantities from balls of the unknowns."""
        result = list(balls)
        for group, rest in zip(self.groups, self.rests, strict=True):
            below = Enclosure(rest, self.names).value(balls)
            for symbol in group:
                i, scale = self.names.index(symbol.name), self.scales[symbol]
                result[i] = balls[i] * arb(fmpq(int(scale.p), int(scale.q))) / below
        return result

    def _homogeneous(self, equation: sympy.Expr) -> sympy.Expr:
        if not equation.is_polynomial(*self.symbols):
            put = {
                symbol: self.scales[symbol] * symbol / rest
                for group, rest in zip(self.groups, self.rests, strict=True)
                for symbol in group
            }
            return equation.xreplace(put)
        for group, rest in zip(self.groups, self.rests, strict=True):
            terms = sympy.Poly(equation, *group).terms()
            degree = max(sum(powers) for powers, _ in terms)
            # other groups' unknowns may be in the coefficients already
            equation = sympy.Add(
                *(
                    sympy.Mul(
                        coefficient,
                        rest ** (degree - sum(powers)),
                        *((self.scales[v] * v) ** power for v, power in zip(group, powers, strict=True)),
                    )
                    for powers, coefficient in terms
                )
            )
        return equation

    @cached_property
    def scales(self) -> dict[sympy.Symbol, sympy.Rational]:
        """Powers of two for the quantities, by least squares over the logarithms of all terms, with one free size an equation."""
        rows, sides = [], []
        polynomials = [e for e in self.originals if e != 0 and e.is_polynomial(*self.symbols)]
        for place, equation in enumerate(polynomials if self.symbols else ()):
            # parameters and shares that are unknowns too lie between 0 and 1
            others = dict.fromkeys(equation.free_symbols - set(self.symbols), sympy.Rational(1, 2))
            for powers, coefficient in sympy.Poly(equation, *self.symbols).terms():
                size = abs(complex(coefficient.xreplace(others)))
                if np.isfinite(size) and size > 0:
                    rows.append([*map(float, powers), *(-float(place == k) for k in range(len(polynomials)))])
                    sides.append(-np.log2(size))
        if not rows:
            return dict.fromkeys(self.symbols, sympy.Integer(1))
        found = np.linalg.lstsq(np.array(rows), np.array(sides), rcond=None)[0]
        limits = np.clip(np.rint(found), -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
        return {s: sympy.Integer(2) ** int(e) for s, e in zip(self.symbols, limits, strict=False)}
