"""The exact numbers that decide a game: payoff advantages at pure profiles, payoff differences of a matrix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import sympy

from coopgame.algebra.polynomials import Polynomial, Ring
from coopgame.algebra.quotients import Quotient
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.group import GroupGame
from coopgame.games.matrix import MatrixGame

Vertex = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Cube:
    """A game of two-strategy populations whose payoffs do not depend on the own population's shares.

    A vertex is a tuple of 0 and 1, one number per population: the share of its first strategy.
    `corner(i, v)` is the payoff advantage of the first strategy of population i when the others play v; entry i
    of v is ignored. Shares between are reached by multilinear interpolation.
    """

    game: Game
    ring: Ring
    corners: tuple[dict[Vertex, Quotient], ...]

    @property
    def size(self) -> int:
        """Number of populations."""
        return len(self.corners)

    @cached_property
    def vertices(self) -> tuple[Vertex, ...]:
        """All vertices, the first population changing fastest."""
        return tuple(vertex[::-1] for vertex in product((0, 1), repeat=self.size))

    def corner(self, i: int, vertex: Vertex) -> Quotient:
        """Return the advantage of population i's first strategy at the others' pure profile."""
        return self.corners[i][vertex[:i] + vertex[i + 1 :]]

    def eigenvalue(self, i: int, vertex: Vertex) -> Quotient:
        """Return the eigenvalue of the replicator field at a vertex in the direction of population i."""
        advantage = self.corner(i, vertex)
        return advantage if vertex[i] == 0 else -advantage


def cube_of(game: Game) -> Cube:
    """Return the corner numbers of a game of two-strategy populations.

    Raises UnsupportedError when a population has other than two strategies, when an advantage is not a quotient
    of polynomials, or when it depends on the own population's shares or not linearly on another's.
    """
    if game.environment:
        raise UnsupportedError("this analysis needs a game without environment")
    for population in game.populations:
        if len(population.strategies) != 2:
            raise UnsupportedError(
                f"population {population.name!r} has {len(population.strategies)} strategies; this analysis needs two each"
            )
    shares = game.coordinates
    both = Ring([*game.ring.names, *shares])
    corners = []
    for i, share in enumerate(shares):
        advantage = game.advantage(i)
        numerator, denominator = both.fraction(advantage, f"advantage of {share}")
        _require_multilinear(both, numerator, denominator, shares, share, game.populations[i].name)
        table = {}
        for others in product((0, 1), repeat=len(shares) - 1):
            vertex = dict(zip([s for s in shares if s != share], others, strict=True))
            top = _at_corner(both, game.ring, numerator, vertex)
            bottom = _at_corner(both, game.ring, denominator, vertex)
            table[others] = Quotient(game.ring, top, bottom)
        corners.append(table)
    return Cube(game, game.ring, tuple(corners))


def _require_multilinear(
    ring: Ring, numerator: Polynomial, denominator: Polynomial, shares: tuple[str, ...], own: str, population: str
) -> None:
    used = set(ring.names_in(denominator)) & set(shares)
    if used:
        raise UnsupportedError(
            f"the payoffs of {population!r} divide by the share {min(used)}; no exact analysis yet"
        )
    degrees = dict(zip(ring.names, numerator.degrees(), strict=True)) if not numerator.is_zero() else {}
    if degrees.get(own, 0):
        raise UnsupportedError(
            f"the payoffs of {population!r} depend on its own share {own}; rest points of such games are not "
            "analysed exactly in this version: use integrate() from several starts"
        )
    for share in shares:
        if degrees.get(share, 0) > 1:
            raise UnsupportedError(
                f"the payoffs of {population!r} contain {share}**{degrees[share]}; exact analysis needs each other "
                "population's share at most to the first power: use integrate() from several starts"
            )


def _at_corner(both: Ring, ring: Ring, polynomial: Polynomial, vertex: dict[str, int]) -> Polynomial:
    """Return the polynomial in the parameters that remains when every share is 0 or 1."""
    terms: dict[tuple[int, ...], Any] = {}
    count = len(ring.names)
    for exponents, coefficient in polynomial.terms():
        powers = dict(zip(both.names[count:], exponents[count:], strict=True))
        if all(vertex.get(name, 0) for name, power in powers.items() if power):
            key = tuple(int(e) for e in exponents[:count])
            terms[key] = terms[key] + coefficient if key in terms else coefficient
    return ring.context.from_dict(terms)


@dataclass(frozen=True, eq=False)
class Pairwise:
    """A game of pairs drawn from one population: b[i][j] = payoff of i minus payoff of j, both against j."""

    game: Game
    ring: Ring
    differences: tuple[tuple[Quotient, ...], ...]

    @property
    def size(self) -> int:
        """Number of strategies."""
        return len(self.differences)


def _uses_shares(game: MatrixGame) -> bool:
    shares = set(game.coordinates)
    return any(shares & {str(symbol) for symbol in entry.free_symbols} for row in game.payoffs for entry in row)


def _matrix_of(game: Game) -> tuple[tuple[sympy.Expr, ...], ...] | None:
    """Return the payoffs of each strategy against each where these decide the expected payoffs."""
    if isinstance(game, MatrixGame):
        return None if _uses_shares(game) else game.payoffs
    return game.pair_payoffs if isinstance(game, GroupGame) and len(game.payoffs) > 2 else None


def pairwise_of(game: Game) -> Pairwise:
    """Return the payoff differences of a one-population game with payoffs linear in the shares.

    A MatrixGame, a GroupGame whose payoffs are linear in the numbers of co-players, or a game of one two-strategy population whose advantage is linear in its share.
    """
    ring = game.ring
    if game.environment:
        raise UnsupportedError("this analysis needs a game without environment")
    table = _matrix_of(game)
    if table is not None:
        matrix = [[Quotient.of(ring, entry) for entry in row] for row in table]
        rows = tuple(tuple(entry - matrix[j][j] for j, entry in enumerate(row)) for row in matrix)
        return Pairwise(game, ring, rows)
    if len(game.populations) != 1 or len(game.populations[0].strategies) != 2:
        raise UnsupportedError(
            "this analysis needs one population with a payoff matrix of parameters and numbers; use integrate() from several starts"
        )
    share = game.coordinates[0]
    both = Ring([*ring.names, share])
    numerator, denominator = both.fraction(game.advantage(0), f"advantage of {share}")
    degree = 0 if numerator.is_zero() else numerator.degrees()[-1]
    if share in both.names_in(denominator) or degree > 1:
        raise UnsupportedError(f"the advantage is not linear in {share}; use integrate() from several starts")
    zero = Quotient(ring, ring.constant(0))
    bottom = _at_corner(both, ring, denominator, {share: 1})
    at = [Quotient(ring, _at_corner(both, ring, numerator, {share: v}), bottom) for v in (0, 1)]
    return Pairwise(game, ring, ((zero, at[0]), (-at[1], zero)))
