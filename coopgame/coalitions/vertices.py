"""The extreme points of the core: divisions of which all others in it are mixtures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

from coopgame.coalitions.game import CoalitionalGame, check_coalitional
from coopgame.coalitions.properties import is_convex
from coopgame.errors import UnsupportedError

_MOST_PLAYERS = 8
_MOST_POINTS = 3000


@dataclass(frozen=True)
class _Point:
    """Whole numbers x over a positive t, and the coalitions, as bits of a number, that get just what they are worth."""

    payoffs: tuple[int, ...]
    t: int
    tight: int


def find_core_vertices(game: CoalitionalGame) -> tuple[dict[str, Fraction], ...]:
    """Return the extreme points of the core, none where it is empty; exact.

    Of a convex game they are the vectors of marginal contributions in all orders of the players (Shapley 1971). Else the divisions that give every player
    what it is worth alone are cut by one coalition after the other (double description).

    Raises UnsupportedError for more than 8 players, and where more than 3000 points arise on the way.

    References: Shapley (1971), International Journal of Game Theory 1, 11-26; Motzkin, Raiffa, Thompson and Thrall (1953).

    >>> gloves = CoalitionalGame(["L", "R"], {"L": 0, "R": 0, "L, R": 1})
    >>> [{player: str(payoff) for player, payoff in point.items()} for point in find_core_vertices(gloves)]
    [{'L': '0', 'R': '1'}, {'L': '1', 'R': '0'}]
    """
    check_coalitional(game)
    if len(game.players) > _MOST_PLAYERS:
        raise UnsupportedError(
            f"the core of {len(game.players)} players may have too many extreme points; at most {_MOST_PLAYERS} players are allowed. find_core "
            "gives every player's range"
        )
    found = marginal_vectors(game) if is_convex(game) else cut_imputations(game)
    return tuple(dict(zip(game.players, payoffs, strict=True)) for payoffs in sorted(found))


def marginal_vectors(game: CoalitionalGame) -> set[tuple[Fraction, ...]]:
    """Return what the players add to those before them, for every order in which they may arrive."""
    found = set()
    for order in permutations(range(len(game.players))):
        payoffs, mask = [0] * len(order), 0
        for i in order:
            payoffs[i] = int(game.scaled[mask | 1 << i]) - int(game.scaled[mask])
            mask |= 1 << i
        found.add(tuple(payoffs))
    return {tuple(Fraction(x, game.unit) for x in payoffs) for payoffs in found}


def cut_imputations(game: CoalitionalGame) -> set[tuple[Fraction, ...]]:
    """Return the extreme points of the core by cutting the divisions that satisfy single players by all other coalitions."""
    n = len(game.players)
    alone = [int(game.scaled[1 << i]) for i in range(n)]
    left = int(game.scaled[-1]) - sum(alone)
    if left < 0:
        return set()
    every = sum(1 << (1 << i) for i in range(n))
    if left == 0:
        points = [_Point(tuple(alone), 1, every)]
    else:
        points = [
            _Point(tuple(w + left * (i == k) for i, w in enumerate(alone)), 1, every & ~(1 << (1 << k)))
            for k in range(n)
        ]
    for mask in range(1, 2**n - 1):
        if mask & (mask - 1):
            points = _cut(points, mask, int(game.scaled[mask]), n - 1)
            if len(points) > _MOST_POINTS:
                raise UnsupportedError(
                    f"more than {_MOST_POINTS} extreme points arise; find_core gives every player's range"
                )
    return {tuple(Fraction(x, point.t * game.unit) for x in point.payoffs) for point in points}


def _cut(points: Sequence[_Point], mask: int, worth: int, dimension: int) -> list[_Point]:
    """Return the extreme points of what a coalition leaves, from those before."""
    surplus = [sum(x for i, x in enumerate(p.payoffs) if mask >> i & 1) - worth * p.t for p in points]
    bit = 1 << mask
    kept = [
        _Point(p.payoffs, p.t, p.tight | bit) if h == 0 else p for p, h in zip(points, surplus, strict=True) if h >= 0
    ]
    above = [(p, h) for p, h in zip(points, surplus, strict=True) if h > 0]
    below = [(p, h) for p, h in zip(points, surplus, strict=True) if h < 0]
    for p, h in above:
        for q, g in below:
            common = p.tight & q.tight
            if common.bit_count() >= dimension - 1 and _are_neighbours(points, common):
                payoffs = [-g * x + h * y for x, y in zip(p.payoffs, q.payoffs, strict=True)]
                t = -g * p.t + h * q.t
                shared = math.gcd(t, *payoffs)
                kept.append(_Point(tuple(x // shared for x in payoffs), t // shared, common | bit))
    return kept


def _are_neighbours(points: Sequence[_Point], common: int) -> bool:
    """Return whether two points with these common tight coalitions span an edge: no third point has them all."""
    return sum(point.tight & common == common for point in points) == 2
