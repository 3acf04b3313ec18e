"""One population with two strategies as a flow on a line: x' = x (1 - x) D(x), D by its Bernstein coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import comb
from typing import Any

import sympy

from coopgame.algebra.bernstein import bernstein_to_power, power_to_bernstein
from coopgame.algebra.polynomials import Polynomial, Ring
from coopgame.algebra.quotients import Quotient
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.group import GroupGame


@dataclass(frozen=True, eq=False)
class ShareLine:
    """The advantage D of the first of two strategies as a polynomial in its share x, D = sum of d_k B_k(x).

    coefficients: d_0 … d_m, exact in the parameters; B_k(x) = C(m, k) x^k (1 - x)^(m - k). In a group game d_k is the gain from
    switching with k co-players who play the first strategy.
    """

    game: Game
    ring: Ring
    coefficients: tuple[Quotient, ...]

    @property
    def degree(self) -> int:
        """The degree m of the Bernstein form."""
        return len(self.coefficients) - 1

    @cached_property
    def numbers(self) -> tuple[Fraction, ...]:
        """The coefficients of a game without parameters."""
        return tuple(coefficient.value({}) for coefficient in self.coefficients)

    @cached_property
    def powers(self) -> tuple[Fraction, ...]:
        """The power coefficients of D, the constant one first, of a game without parameters."""
        return bernstein_to_power(self.numbers)

    def expression(self) -> sympy.Expr:
        """Return D in Bernstein form."""
        x, m = self.game.share(0, 0), self.degree
        terms = [comb(m, k) * x**k * (1 - x) ** (m - k) * d.expression() for k, d in enumerate(self.coefficients)]
        return sympy.Add(*terms)


def share_line_of(game: Game) -> ShareLine:
    """Return the advantage of a game of one population with two strategies in Bernstein form.

    Raises UnsupportedError for other games, and where the advantage is no polynomial in the share with coefficients that are
    quotients of polynomials in the parameters.
    """
    if len(game.populations) != 1 or len(game.populations[0].strategies) != 2:
        raise UnsupportedError(
            "this analysis needs one population with two strategies; use integrate() from several starts"
        )
    if isinstance(game, GroupGame):
        return ShareLine(game, game.ring, tuple(Quotient.of(game.ring, gain) for gain in game.gains))
    share = game.coordinates[0]
    both = Ring([*game.ring.names, share])
    numerator, denominator = both.fraction(game.advantage(0), f"advantage of {share}")
    if share in both.names_in(denominator):
        raise UnsupportedError(
            f"the advantage divides by the share {share}; exact analysis needs a polynomial in it: use integrate() from several "
            "starts"
        )
    below = in_ring(game.ring, by_share(both, denominator)[0])
    powers = [Quotient(game.ring, in_ring(game.ring, terms), below) for terms in by_share(both, numerator)]
    return ShareLine(game, game.ring, power_to_bernstein(powers))


Terms = dict[tuple[int, ...], Any]


def by_share(ring: Ring, polynomial: Polynomial) -> list[Terms]:
    """Return the coefficients by powers of the last name of the ring, each as exponents of the other names."""
    degree = 0 if polynomial.is_zero() else int(polynomial.degrees()[-1])
    rows: list[Terms] = [{} for _ in range(degree + 1)]
    for exponents, coefficient in polynomial.terms():
        rows[int(exponents[-1])][tuple(int(e) for e in exponents[:-1])] = coefficient
    return rows


def in_ring(ring: Ring, terms: Terms) -> Polynomial:
    """Return the polynomial with the given terms."""
    return ring.context.from_dict(terms)
