"""How much of a game is common interest, and how much is conflict: exact decompositions of payoff tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import sympy

from coopgame.errors import UnsupportedError
from coopgame.expressions import to_sympy
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame

Profile = tuple[int, ...]
Payoffs = dict[Profile, tuple[sympy.Expr, ...]]


@dataclass(frozen=True)
class ZeroSumSplit:
    """Payoffs without player constants as common interest (mean over players) plus conflict (deviations from it)."""

    common: Mapping[Profile, sympy.Expr]
    conflict: Mapping[Profile, tuple[sympy.Expr, ...]]


@dataclass(frozen=True)
class StrategicDecomposition:
    """Potential, harmonic and nonstrategic parts of the payoffs, and their shares of the squared norm.

    Every part maps a profile of strategy numbers to one payoff per player. The norm weighs player m's payoffs by
    the number of m's strategies, in which the parts are orthogonal, so the shares add up to 1.
    """

    potential: Payoffs
    harmonic: Payoffs
    nonstrategic: Payoffs
    potential_function: Mapping[Profile, sympy.Expr]
    shares: Mapping[str, sympy.Expr]


def payoff_table(game: Game, values: Mapping[str, Any] | None = None) -> tuple[tuple[int, ...], Payoffs]:
    """Return the numbers of strategies and the payoffs by profile of strategy numbers; a MatrixGame has two players.

    values are merged with the defaults; without them the parameters stay symbols.

    Raises UnsupportedError for payoffs that are no table: dependent on the own population's shares, not linear in another's,
    or known by their differences only.
    """
    if values is not None:
        game = game.substitute(game.values(values))
    if isinstance(game, MatrixGame):
        n = len(game.payoffs)
        table: Payoffs = {(i, j): (game.payoffs[i][j], game.payoffs[j][i]) for i in range(n) for j in range(n)}
        shape: tuple[int, ...] = (n, n)
    elif isinstance(game, NormalFormGame):
        shape = tuple(len(p.strategies) for p in game.populations)
        profiles = list(product(*map(range, shape)))
        names = [tuple(p.strategies[s] for p, s in zip(game.populations, q, strict=True)) for q in profiles]
        table = {q: game.payoff(name) for q, name in zip(profiles, names, strict=True)}
    else:
        shape, table = _from_expressions(game)
    shares = {sympy.Symbol(name) for name in game.coordinates}
    for row in table.values():
        for payoff in row:
            if payoff.free_symbols & shares:
                raise UnsupportedError(f"the payoff {payoff} depends on a share, so these payoffs are no table")
    return shape, table


def _from_expressions(game: Game) -> tuple[tuple[int, ...], Payoffs]:
    """Pure profiles of a game given by expressions that are linear in each other population's shares."""
    if not game.populations:
        raise UnsupportedError("a model of quantities alone has no payoffs; this analysis needs a game")
    if len(game.populations) == 1:
        raise UnsupportedError("a game of one population needs a payoff matrix here; write it as a MatrixGame")
    if getattr(game, "from_differences", False):
        raise UnsupportedError("only payoff differences of this game are known; a decomposition needs the payoffs")
    shape = tuple(len(p.strategies) for p in game.populations)
    table: Payoffs = {}
    for profile in product(*map(range, shape)):
        point = {}
        for p, (population, played) in enumerate(zip(game.populations, profile, strict=True)):
            for s in range(len(population.strategies)):
                share = game.share(p, s)
                if share.is_Symbol:
                    point[share] = sympy.Integer(int(s == played))
        payoffs = [sympy.expand(_linear(game, p, s).xreplace(point)) for p, s in enumerate(profile)]
        table[profile] = tuple(payoffs)
    return shape, table


def _linear(game: Game, p: int, s: int) -> sympy.Expr:
    """Return a strategy's payoff after checking that it is what a payoff table gives on average."""
    payoff = game.expected_payoff(p, s)
    for q, population in enumerate(game.populations):
        shares = [game.share(q, i) for i in range(len(population.strategies))]
        symbols = [share for share in shares if share.is_Symbol and payoff.has(share)]
        if p == q and symbols:
            raise UnsupportedError(
                f"the payoff {payoff} depends on the own share {symbols[0]}, so it is no payoff table"
            )
        if any(sympy.expand(sympy.diff(payoff, a, b)) != 0 for a in symbols for b in symbols):
            raise UnsupportedError(f"the payoff {payoff} is not linear in {symbols[0]}, so it is no payoff table")
    return payoff


def zero_sum_split(game: Game, values: Mapping[str, Any] | None = None) -> ZeroSumSplit:
    """Return each player's payoff, minus its mean over profiles, as mean over players plus deviation.

    References: Kalai and Kalai (2013), Cooperation in Strategic Games Revisited.
    """
    _, table = payoff_table(game, values)
    centred = _centred(table)
    players = len(next(iter(table.values())))
    common = {q: sympy.Add(*row) / players for q, row in centred.items()}
    return ZeroSumSplit(common, {q: tuple(u - common[q] for u in row) for q, row in centred.items()})


def _centred(table: Payoffs) -> Payoffs:
    players = len(next(iter(table.values())))
    means = [sympy.Add(*(row[m] for row in table.values())) / len(table) for m in range(players)]
    return {q: tuple(u - mean for u, mean in zip(row, means, strict=True)) for q, row in table.items()}


def cooperation_index(game: Game, values: Mapping[str, Any] | None = None) -> sympy.Expr:
    """Return the co-opetition index: the share of common interest in the squared norm of the payoffs.

    Each payoff minus its mean over profiles is split into the mean over players and the deviation from it; the index is
    the first part's share of the sum of squares, counted once per player. It is 0 exactly for constant-sum
    games and 1 exactly when all payoffs are identical up to player constants. It does not change with player
    constants, a common unit, or names; it does change with one player's unit alone. Exact: a rational number at values,
    else an expression in the parameters.

    Raises UnsupportedError for a constant game, for which it is undefined.
    """
    _, table = payoff_table(game, values)
    centred = _centred(table)
    players = len(next(iter(table.values())))
    total = sympy.Add(*(u**2 for row in centred.values() for u in row))
    shared = sympy.Add(*(sympy.Add(*row) ** 2 for row in centred.values())) / players
    total, shared = sympy.expand(total), sympy.expand(shared)
    if total == 0:
        raise UnsupportedError("all payoffs are constant, so the co-opetition index is undefined; vary a payoff")
    return shared / total


def decompose(game: Game, values: Mapping[str, Any] | None = None) -> StrategicDecomposition:
    """Return the potential, harmonic and nonstrategic parts of a game, exactly.

    The nonstrategic part of player m is the mean of m's payoff over m's own strategies. What is left is the gradient of
    a potential function plus a harmonic part, which has no net incentive at any profile. Projections are
    rational matrices, so symbolic payoffs are decomposed by linearity.

    References: Candogan, Menache, Ozdaglar and Parrilo (2011), Mathematics of Operations Research 36, section 4.
    """
    shape, table = payoff_table(game, values)
    profiles = list(table)
    incentives = [
        _without_own_mean(shape, profiles, m, {q: table[q][m] for q in profiles}) for m in range(len(shape))
    ]
    source = {q: sympy.Add(*(shape[m] * incentives[m][q] for m in range(len(shape)))) for q in profiles}
    inverse = _laplacian_inverse(shape)
    phi = {
        q: sympy.Add(*(to_sympy(w) * source[r] for r, w in zip(profiles, inverse[i], strict=True)))
        for i, q in enumerate(profiles)
    }
    gradients = [_without_own_mean(shape, profiles, m, phi) for m in range(len(shape))]
    parts = {
        "potential": {q: tuple(sympy.expand(g[q]) for g in gradients) for q in profiles},
        "harmonic": {
            q: tuple(sympy.expand(i[q] - g[q]) for i, g in zip(incentives, gradients, strict=True)) for q in profiles
        },
        "nonstrategic": {
            q: tuple(sympy.expand(table[q][m] - incentives[m][q]) for m in range(len(shape))) for q in profiles
        },
    }
    norms = {name: _squared_norm(shape, part) for name, part in parts.items()}
    total = sympy.expand(sympy.Add(*norms.values()))
    if total == 0:
        raise UnsupportedError("all payoffs are zero, so the shares are undefined; vary a payoff")
    shares = {name: norm / total for name, norm in norms.items()}
    return StrategicDecomposition(parts["potential"], parts["harmonic"], parts["nonstrategic"], phi, shares)


def _squared_norm(shape: tuple[int, ...], part: Payoffs) -> sympy.Expr:
    return sympy.expand(sympy.Add(*(shape[m] * u**2 for row in part.values() for m, u in enumerate(row))))


def _without_own_mean(
    shape: tuple[int, ...], profiles: list[Profile], m: int, payoff: Mapping[Profile, sympy.Expr]
) -> dict[Profile, sympy.Expr]:
    """Return payoff minus its mean over player m's own strategies."""
    result = {}
    for q in profiles:
        own = [payoff[(*q[:m], s, *q[m + 1 :])] for s in range(shape[m])]
        result[q] = payoff[q] - sympy.Add(*own) / shape[m]
    return result


@cache
def _laplacian_inverse(shape: tuple[int, ...]) -> tuple[tuple[Fraction, ...], ...]:
    """Return the pseudo-inverse of sum over m of h_m (I - averaging over m's strategies), exactly.

    The matrix is diagonal in products of contrasts, one projection per subset of players: on the part that varies in the
    players of a subset its eigenvalue is the sum of their numbers of strategies.
    """
    profiles = list(product(*map(range, shape)))
    rows = []
    for q in profiles:
        row = []
        for r in profiles:
            entry = Fraction(0)
            for subset in product((0, 1), repeat=len(shape)):
                eigenvalue = sum(h for h, varies in zip(shape, subset, strict=True) if varies)
                if not eigenvalue:
                    continue
                weight = Fraction(1)
                for h, varies, a, b in zip(shape, subset, q, r, strict=True):
                    weight *= Fraction(int(a == b)) - Fraction(1, h) if varies else Fraction(1, h)
                entry += weight / eigenvalue
            row.append(entry)
        rows.append(tuple(row))
    return tuple(rows)
