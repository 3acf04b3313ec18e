"""Mean shares of the two strategies of a group game under weak selection and any mutation, and the structure coefficients of groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import comb
from typing import Any

import sympy

from coopgame.algebra.conditions import FALSE, Condition
from coopgame.algebra.quotients import Quotient
from coopgame.dynamics.laws import Law
from coopgame.errors import UnsupportedError
from coopgame.finite.mutation_selection import checked_weights, symbols_at
from coopgame.finite.size_symbols import (
    by_payoffs,
    constant_payoffs,
    larger_ring,
    mutation_chance,
    population_size,
    sign_of,
    turned,
    typical,
    value_at,
)
from coopgame.finite.weak_rules import WeakRule, weak_rule
from coopgame.games.display import latex_text
from coopgame.games.group import GroupGame


@dataclass(frozen=True, eq=False)
class GroupMutationSelection:
    """The mean share of the first strategy of a group game in the long run, 1/2 + w coefficient + O(w^2).

    size, mutation: numbers, or symbols for any; mutation is the chance of the other strategy. All fields are exact.
    """

    game: GroupGame = field(repr=False)
    size: sympy.Expr
    mutation: sympy.Expr
    rule: WeakRule
    _scale: sympy.Expr = field(repr=False)
    _weights: tuple[Quotient, ...] = field(repr=False)

    @cached_property
    def coefficient(self) -> sympy.Expr:
        """The derivative of the mean share of the first strategy at w = 0; that of the second is its negative."""
        return by_payoffs(self._total, self.game.ring.names, self._scale, typical(self.size, self.mutation))

    @cached_property
    def structure(self) -> tuple[sympy.Expr, ...]:
        """The coefficients sigma_0, ..., sigma_(d-1), the first of them 1: the first strategy is more abundant if the sum of sigma_k (a_k - b_(d-1-k)) is positive."""
        point = typical(self.size, self.mutation)
        return tuple(turned((weight / self._weights[0]).expression(), point) for weight in self._weights)

    @cached_property
    def favoured(self) -> Condition:
        """Under which the mean share of the first strategy is above 1/2."""
        if sympy.cancel(self._scale) == 0:
            return FALSE
        part = self._total
        if not self.rule.favours(self.size):
            part = part * Quotient.of(self._total.ring, self._scale, "strength")
        return sign_of(part, self.game.ring.names, (self.size, self.game.size), 2 * self.mutation)

    def value(
        self, values: Mapping[str, Any] | None = None, *, size: int | None = None, mutation: Any = None
    ) -> Fraction:
        """Return the coefficient at numbers for all parameters, exactly. size, mutation: where they are symbols; the settings of the rule go with the values."""
        symbols = symbols_at(self.game, (self.size, size, self.game.size), (self.mutation, mutation, 2))
        return value_at(self.coefficient, self.game, symbols, values, self.rule.settings)

    @cached_property
    def _total(self) -> Quotient:
        first, second = self.game.payoffs
        total = self._weights[0] * 0
        for a, b, weight in zip(first, reversed(second), self._weights, strict=True):
            total = total + Quotient.of(weight.ring, a - b) * weight
        return total

    def __str__(self) -> str:
        name = self.game.populations[0].strategies[0]
        return f"mean share of {name!r} above 1/2 if {self.favoured}; {self.rule.name}"

    def _repr_latex_(self) -> str:
        name = self.game.populations[0].strategies[0]
        return rf"$\langle x_{{\text{{{latex_text(name)}}}}}\rangle = \frac{{1}}{{2}} + w\left({sympy.latex(self.coefficient)}\right) + O(w^2)$"


def group_mutation_selection(
    game: GroupGame, *, size: Any = None, mutation: Any = None, rule: Law | WeakRule | None = None
) -> GroupMutationSelection:
    """Return the mean share of the first strategy of a group game in the long run to first order in the intensity of selection, as a formula.

    size, mutation, rule: as of `mutation_selection`. Without selection the numbers of both strategies follow Polya's urn, so that the chances of d and of d + 1 members are
    known in closed form; groups are drawn without replacement. Exact for every size and every mutation chance.

    Raises UnsupportedError for other games than GroupGame with two strategies, for Wright-Fisher, and for rules without an expansion; ParameterError for sizes and chances that are none.

    References: Gokhale and Traulsen (2010), Proceedings of the National Academy of Sciences 107, for rare mutation; Wu, Traulsen and Gokhale (2013), Games 4, for the form
    of the rule.

    >>> from coopgame import GroupGame
    >>> game = GroupGame({"A": ["a0", "a1", "a2"], "B": ["b0", "b1", "b2"]}, 3)
    >>> group_mutation_selection(game, mutation=0).structure
    (1, 1, (N - 3)/N)
    """
    if not isinstance(game, GroupGame):
        raise UnsupportedError(f"{type(game).__name__} is no GroupGame; mutation_selection() takes games of pairs")
    if len(game.payoffs) != 2:
        raise UnsupportedError(
            f"mean shares in groups are worked out for two strategies, got {len(game.payoffs)}; take find_stationary_distribution(), or weak_selection() for two of them"
        )
    constant_payoffs(game)
    count, chance, expansion = (
        population_size(size, game, game.size),
        mutation_chance(mutation, game, 2),
        weak_rule(rule),
    )
    checked_weights(expansion, count, chance, 2)
    if expansion.generation:
        raise UnsupportedError(
            "groups under Wright-Fisher have no formula here; take a rule by which one member changes at a time"
        )
    kept, moved, pull = expansion.paces(count, chance, 2)
    ring = larger_ring(game, count, chance, names=expansion.settings)
    whole = sympy.lcm(sympy.denom(sympy.together(kept)), sympy.denom(sympy.together(moved)))
    kept, moved = (sympy.expand(sympy.cancel(pace * whole)) for pace in (kept, moved))
    below = sympy.Mul(*(moved + j * kept for j in range(1, game.size + 1)))
    scale = pull * whole / (count * 2 ** (game.size + 1) * below)
    weights = _weights(game.size, *(Quotient.of(ring, each, "weight") for each in (count, kept, moved)))
    return GroupMutationSelection(game, count, chance, expansion, scale, weights)


def _weights(d: int, size: Quotient, kept: Quotient, moved: Quotient) -> tuple[Quotient, ...]:
    """Return the weights of a_k - b_(d-1-k): chances of k + 1 members of the first and the rest of the second strategy, cleared of their denominators."""
    rising = [size * 0 + 1]
    for j in range(1, d):
        rising.append(rising[-1] * (moved + kept * (2 * j)))
    weights = []
    for k in range(d - 1):
        rest = d - 1 - k
        inside = (moved + kept * d) * (2 * rest) + (size - d) * (moved + kept * (2 * rest))
        weights.append(rising[k] * rising[rest - 1] * inside * comb(d - 1, k))
    return (*weights, (size - d) * rising[d - 1])
