"""The advantage of one population as an affine function of some parameters, its parts polynomials in the share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import comb
from typing import Any

from coopgame.algebra.polynomials import Polynomial, Ring, to_fraction
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.roots import Root, isolate_roots
from coopgame.analysis.share_line import ShareLine, by_share, share_line_of
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.game import Game


@dataclass(frozen=True, eq=False)
class AffineLine:
    """D = c0 + p1 c1 + p2 c2 + …, where the c are polynomials in the share, with the other parameters in their coefficients.

    ring: of the parameters without value and, last, the share. values: the numbers put in.
    """

    game: Game
    parameters: tuple[str, ...]
    values: Mapping[str, Fraction]
    ring: Ring
    parts: tuple[Quotient, ...]

    @property
    def numeric(self) -> bool:
        """Whether all other parameters have values."""
        return len(self.ring.names) == 1

    def derivatives(self, times: int) -> tuple[Quotient, ...]:
        """Return the derivatives of the parts by the share."""
        return tuple(reduce(lambda part, _: derivative(part), range(times), part) for part in self.parts)

    def wronskian(self) -> Quotient:
        """Return the determinant of the parts and their derivatives; zero everywhere where the parts are dependent."""
        return _determinant([self.derivatives(times) for times in range(len(self.parts))])


def affine_line(game: Game, parameters: Sequence[str], values: Mapping[str, Any] | None) -> AffineLine:
    """Return the advantage as an affine function of the named parameters.

    values: numbers for the others, defaults for the rest. Raises UnsupportedError where it is not affine in them together.
    """
    exact = _exact_values(game, parameters, values)
    line = share_line_of(game.substitute(exact))
    ring = Ring([*(name for name in line.ring.names if name not in parameters), line.game.coordinates[0]])
    return AffineLine(game, tuple(parameters), exact, ring, _parts(line, parameters, ring))


def derivative(quotient: Quotient) -> Quotient:
    """Return the derivative by the last name of the ring, on which the denominator does not depend."""
    column = len(quotient.ring.names) - 1
    return Quotient(quotient.ring, quotient.numerator.derivative(column), quotient.denominator)


def roots_in_share(polynomial: Polynomial, ring: Ring) -> tuple[Root, ...]:
    """Return the roots between 0 and 1 of a polynomial in the share alone; none of one that is zero everywhere."""
    if polynomial.is_zero() or polynomial.is_constant():
        return ()
    rows = by_share(ring, polynomial)
    return isolate_roots([to_fraction(row[()]) if row else Fraction(0) for row in rows])


def _determinant(rows: Sequence[Sequence[Quotient]]) -> Quotient:
    if len(rows) == 1:
        return rows[0][0]
    total = rows[0][0] * 0
    for column, entry in enumerate(rows[0]):
        minor = [[*row[:column], *row[column + 1 :]] for row in rows[1:]]
        total = total + entry * _determinant(minor) * (-1) ** column
    return total


def _exact_values(game: Game, parameters: Sequence[str], values: Mapping[str, Any] | None) -> dict[str, Fraction]:
    """Return numbers for the other parameters: the given ones, defaults for the rest, none for those without."""
    names = {p.name: p.value for p in game.parameters}
    if len(set(parameters)) != len(parameters):
        raise ParameterError(f"the parameters {', '.join(parameters)} repeat; name different ones")
    for name in (*parameters, *(values or {})):
        if name not in names:
            raise ParameterError(f"unknown parameter {name!r}; known are {', '.join(names) or 'none'}")
    for name in parameters:
        if name in (values or {}):
            raise ParameterError(f"{name!r} is solved for; give it no value")
    found = {name: value for name, value in names.items() if value is not None and name not in parameters}
    return found | {name: exact_number(value, name) for name, value in (values or {}).items()}


def _parts(line: ShareLine, parameters: Sequence[str], ring: Ring) -> tuple[Quotient, ...]:
    """Return c0, c1, …: polynomials in the share, the last name of the ring, with the others in their coefficients."""
    x, m = ring.generator(ring.names[-1]), line.degree
    totals = [Quotient(ring, ring.constant(0)) for _ in range(len(parameters) + 1)]
    for k, coefficient in enumerate(line.coefficients):
        basis = Quotient(ring, ring.constant(comb(m, k)) * x**k * (1 - x) ** (m - k))
        for i, part in enumerate(_split(coefficient, parameters, ring)):
            totals[i] = totals[i] + part * basis
    return tuple(totals)


def _split(coefficient: Quotient, parameters: Sequence[str], wide: Ring) -> list[Quotient]:
    """Return the parts of a coefficient: without the parameters, and what multiplies each of them."""
    ring = coefficient.ring
    columns = [ring.names.index(name) for name in parameters]
    tops = [wide.constant(0)] * (len(parameters) + 1)
    for exponents, number in coefficient.numerator.terms():
        powers = [int(exponents[column]) for column in columns]
        if sum(powers) > 1 or set(parameters) & set(ring.names_in(coefficient.denominator)):
            raise UnsupportedError(
                f"the advantage is not linear in {' and '.join(parameters)} together; choose parameters that enter linearly, or "
                "look at rest points along a path of values"
            )
        place = 0 if not any(powers) else 1 + powers.index(1)
        tops[place] = tops[place] + _moved(ring, exponents, number, parameters, wide)
    below = wide.constant(0)
    for exponents, number in coefficient.denominator.terms():
        below = below + _moved(ring, exponents, number, (), wide)
    return [Quotient(wide, top, below) for top in tops]


def _moved(ring: Ring, exponents: Sequence[int], number: Any, without: Sequence[str], wide: Ring) -> Polynomial:
    """Return one term of a polynomial in another ring, leaving out some names."""
    term = wide.constant(to_fraction(number))
    for name, power in zip(ring.names, exponents, strict=True):
        if power and name not in without:
            term = term * wide.generator(name) ** int(power)
    return term
