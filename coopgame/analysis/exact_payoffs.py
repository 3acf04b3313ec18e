"""Payoffs of a game at exact states and along straight rays: polynomials in the shares with rational coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy
from flint import fmpq, fmpq_poly

from coopgame.algebra.polynomials import to_fmpq
from coopgame.dynamics.state import slices
from coopgame.errors import UnsupportedError
from coopgame.expressions import sympy_values
from coopgame.games.game import Game
from coopgame.games.substitution import check_denominators

Number = Any  # flint.fmpq, which ships without type information
Numbers = tuple[Number, ...]
Monomial = tuple[tuple[tuple[int, int], ...], Number]

_REMEDY = "follow logit() with a small noise instead"


@dataclass(frozen=True, eq=False)
class ExactPayoffs:
    """The payoff of every strategy as a polynomial of the shares.

    terms: for each strategy its monomials, ((share, power), ...) and coefficient. parts: where the shares of each population stand.
    """

    game: Game
    terms: tuple[tuple[Monomial, ...], ...]

    @cached_property
    def parts(self) -> tuple[slice, ...]:
        """Where the shares of each population stand in a state."""
        return slices(self.game)

    @property
    def size(self) -> int:
        """The number of shares."""
        return len(self.terms)

    @cached_property
    def affine(self) -> bool:
        """Whether payoffs are linear in all shares together, up to constants; then ties are hyperplanes."""
        return all(sum(power for _, power in powers) <= 1 for own in self.terms for powers, _ in own)

    @cached_property
    def table(self) -> tuple[tuple[Numbers, ...], Numbers]:
        """For affine payoffs the coefficients, one row for each strategy, and the constants."""
        return self.linear_at(tuple(fmpq(0) for _ in self.terms))

    def at(self, state: Sequence[Number]) -> list[Number]:
        """Return the payoff of every strategy at a state."""
        if self.affine:
            rows, constants = self.table
            return [_dot(row, state) + c for row, c in zip(rows, constants, strict=True)]
        return [sum((_value(m, state) for m in own), fmpq(0)) for own in self.terms]

    def linear_at(self, state: Sequence[Number]) -> tuple[tuple[Numbers, ...], Numbers]:
        """Return the derivatives of all payoffs at a state, one row for each strategy, and constants c - row . state.

        c is the payoff for affine payoffs. Elsewhere it is left out: among tied strategies it is the same.
        """
        rows = []
        for own in self.terms:
            row = [fmpq(0)] * self.size
            for powers, coefficient in own:
                for share, power in powers:
                    rest = tuple((k, e if k != share else e - 1) for k, e in powers)
                    row[share] += _value((rest, coefficient * power), state)
            rows.append(tuple(row))
        if self.affine:
            constants = tuple(sum((c for powers, c in own if not powers), fmpq(0)) for own in self.terms)
        else:
            constants = tuple(-_dot(row, state) for row in rows)
        return tuple(rows), constants

    def on_face(self, used: Sequence[int]) -> ExactPayoffs:
        """Return the payoffs where only some strategies are present.

        A population with one of them plays it; its own payoffs do not matter any more and are 0.
        """
        settled = [part for part in self.parts if sum(part.start <= i < part.stop for i in used) == 1]
        alone = {i for part in settled for i in range(part.start, part.stop)}
        terms = []
        for i, own in enumerate(self.terms):
            kept = [(powers, c) for powers, c in own if i not in alone and all(share in used for share, _ in powers)]
            terms.append(tuple((tuple(f for f in powers if f[0] not in alone), c) for powers, c in kept))
        return ExactPayoffs(self.game, tuple(terms))

    def along(self, start: Sequence[Number], target: Sequence[Number]) -> list[Any]:
        """Return the payoffs on the ray target + (start - target) s as polynomials in s, which runs from 1 down to 0."""
        lines = [fmpq_poly([b, a - b]) for a, b in zip(start, target, strict=True)]
        result = []
        for own in self.terms:
            total = fmpq_poly([0])
            for powers, coefficient in own:
                product = fmpq_poly([coefficient])
                for share, power in powers:
                    product *= lines[share] ** power
                total += product
            result.append(total)
        return result


def exact_payoffs_of(game: Game, values: Mapping[str, Fraction]) -> ExactPayoffs:
    """Return the payoffs at exact parameter values.

    Raises UnsupportedError for an environment and for payoffs that are no polynomials of the shares.
    """
    if game.environment:
        raise UnsupportedError(f"best response is not followed beside an environment; {_REMEDY}")
    check_denominators(game.denominators, values)
    numbers = sympy_values(values)
    columns, symbols = _columns(game)
    terms = []
    for p, population in enumerate(game.populations):
        for s, name in enumerate(population.strategies):
            payoff = game.expected_payoff(p, s).xreplace(numbers)
            terms.append(_monomials(payoff, columns, symbols, f"{population.name}.{name}"))
    return ExactPayoffs(game, tuple(terms))


def _columns(game: Game) -> tuple[list[int], list[sympy.Symbol]]:
    """Return the share for which each coordinate stands, and the coordinates' symbols."""
    columns: list[int] = []
    for population, part in zip(game.blocks, slices(game), strict=True):
        columns += [part.start] if population.symbol else range(part.start, part.stop)
    return columns, [sympy.Symbol(name) for name in game.coordinates]


def _monomials(
    payoff: sympy.Expr, columns: Sequence[int], symbols: Sequence[sympy.Symbol], name: str
) -> tuple[Monomial, ...]:
    try:
        polynomial = sympy.Poly(payoff, *symbols, domain="QQ")
    except (sympy.PolynomialError, sympy.CoercionFailed):
        raise UnsupportedError(
            f"best response is followed where payoffs are polynomials of the shares with rational coefficients; that of {name} "
            f"is not; {_REMEDY}"
        ) from None
    return tuple(
        (
            tuple((columns[k], e) for k, e in enumerate(powers) if e),
            to_fmpq(Fraction(int(coefficient.p), int(coefficient.q))),
        )
        for powers, coefficient in polynomial.terms()
    )


def _dot(row: Sequence[Number], state: Sequence[Number]) -> Number:
    return sum((a * b for a, b in zip(row, state, strict=True)), fmpq(0))


def _value(monomial: Monomial, state: Sequence[Number]) -> Number:
    powers, value = monomial
    for share, power in powers:
        value *= state[share] ** power
    return value
