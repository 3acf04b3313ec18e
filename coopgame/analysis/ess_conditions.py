"""Conditions in the parameters under which a mixture is an evolutionarily stable state, and a profile a strict equilibrium."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import sympy

from coopgame.algebra.conditions import FALSE, Condition, all_of
from coopgame.algebra.hurwitz import determinant
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.ess import payoff_quotient
from coopgame.analysis.structure import Pairwise, pairwise_of
from coopgame.errors import UnsupportedError
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame

MOST_SYMBOLIC = 5
_MOST_PROFILES = 100
_MOST_TERMS = 200  # longer conditions are kept without an attempt to refute them
_STEPS = 300_000  # a condition that is not refuted within this bound is kept, which is safe


@dataclass(frozen=True, eq=False)
class ConditionalState:
    """A state by the numbers of its strategies, one support per population, with its shares and mean payoffs and where it is stable."""

    support: tuple[int, ...]
    shares: tuple[sympy.Expr, ...]
    payoffs: tuple[sympy.Expr, ...]
    condition: Condition


def conditions_of_mixtures(game: MatrixGame) -> Iterator[ConditionalState]:
    """Yield the mixture of every support that can carry an ESS, with its condition (Abakuks 1980).

    Raises UnsupportedError for more than five strategies.
    """
    pairwise = pairwise_of(game)
    if pairwise.size > MOST_SYMBOLIC:
        raise UnsupportedError(
            f"conditions are given for up to {MOST_SYMBOLIC} strategies, the game has {pairwise.size}; give values: find_ess(game, {{}})"
        )
    prover = Prover(game.assumptions, steps=_STEPS)
    for size in range(1, pairwise.size + 1):
        for support in combinations(range(pairwise.size), size):
            state = _mixture(pairwise, prover, support)
            if state is not None:
                yield state


def conditions_of_profiles(game: NormalFormGame) -> Iterator[ConditionalState]:
    """Yield every profile that can be a strict equilibrium, with its condition.

    Raises UnsupportedError for more than a hundred profiles and for payoffs that contain shares.
    """
    if len(game.profiles) > _MOST_PROFILES:
        raise UnsupportedError(
            f"conditions are given for up to {_MOST_PROFILES} profiles, the game has {len(game.profiles)}; give values: find_ess(game, {{}})"
        )
    prover = Prover(game.assumptions, steps=_STEPS)
    earned = {
        profile: [payoff_quotient(game, payoff) for payoff in game.payoff(profile)] for profile in game.profiles
    }
    sizes = [range(len(population.strategies)) for population in game.populations]
    for place, profile in zip(product(*sizes), game.profiles, strict=True):
        losses = [
            earned[profile][p] - earned[(*profile[:p], other, *profile[p + 1 :])][p]
            for p, population in enumerate(game.populations)
            for other in population.strategies
            if other != profile[p]
        ]
        condition = _possible(prover, all_of(*(loss.sign(">") for loss in losses)))
        if condition is not None:
            shares = tuple(sympy.Integer(int(i == s)) for s, size in zip(place, sizes, strict=True) for i in size)
            yield ConditionalState(place, shares, game.payoff(profile), condition)


def _possible(prover: Prover, condition: Condition) -> Condition | None:
    """Return a condition in its shortest form, None when it is proved never to hold."""
    condition = prover.tidy(condition)
    terms = sum(len(leaf.polynomial) for leaf in condition.signs())
    if condition == FALSE or (terms <= _MOST_TERMS and prover.refutation(condition) is not None):
        return None
    return condition


def _mixture(pairwise: Pairwise, prover: Prover, support: tuple[int, ...]) -> ConditionalState | None:
    b = pairwise.differences
    zero = Quotient(pairwise.ring, pairwise.ring.constant(0))
    one = Quotient(pairwise.ring, pairwise.ring.constant(1))
    block = [[b[i][j] for j in support] for i in support]
    size = len(support)
    u = [
        determinant([[one if j == k else row[j] for j in range(size)] for row in block]) or zero for k in range(size)
    ]
    side = 1 if size % 2 else -1  # negative definite on the support: the bordered determinant has this sign
    equal = determinant(block) or zero
    outside = []
    for k in (k for k in range(pairwise.size) if k not in support):
        earned = sum((b[k][j] * share for j, share in zip(support, u, strict=True)), zero)
        outside.append(side * (earned - equal))
    exists = all_of(*((side * share).sign(">") for share in u))
    strict = all_of(exists, *_definite(block), *(value.sign("<") for value in outside))
    condition = _possible(prover, strict)
    if condition is None:
        return None
    total = sum(u, zero)
    shares = [zero] * pairwise.size
    for i, share in zip(support, u, strict=True):
        shares[i] = share / total
    assert isinstance(pairwise.game, MatrixGame), "conditions are asked for payoff matrices"
    row = pairwise.game.payoffs[support[0]]
    mean = sum((payoff_quotient(pairwise.game, row[j]) * shares[j] for j in support), zero)
    return ConditionalState(support, tuple(s.expression() for s in shares), (mean.expression(),), condition)


def _definite(block: Sequence[Sequence[Quotient]]) -> list[Condition]:
    """Return that v·Bv < 0 for all v != 0 that sum to 0: leading minors of the form in all strategies but the first."""
    size = len(block)

    def entry(i: int, j: int) -> Quotient:
        return block[0][j] + block[i][0] + block[0][i] + block[j][0] - block[i][j] - block[j][i] - 2 * block[0][0]

    form = [[entry(i, j) for j in range(1, size)] for i in range(1, size)]
    minors = [determinant([row[:k] for row in form[:k]]) for k in range(1, size)]
    zero = Quotient(block[0][0].ring, block[0][0].ring.constant(0))
    return [(minor or zero).sign(">") for minor in minors]
