"""Structure coefficients of a well-mixed population: the sigma rules for two and for many strategies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from coopgame.algebra.conditions import Condition
from coopgame.dynamics.laws import Law
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.finite.mutation_selection import checked_weights, mutation_selection
from coopgame.finite.size_symbols import mutation_chance, population_size, turned, typical
from coopgame.finite.weak_rules import WeakRule, weak_rule
from coopgame.games.matrix import MatrixGame


@dataclass(frozen=True)
class WellMixedStructure:
    """The structure coefficients of a well-mixed population with any mutation, exact.

    Strategy k has a mean share above 1/n under weak selection if sigma1 (a_kk - mean of a_jj) + mean of a_kj - mean of a_jk + sigma2 (mean of a_kj - mean of
    all) > 0. Of two strategies A is more abundant than B if sigma a + b > c + sigma d. In large populations sigma and sigma1 tend to 1 and sigma2 to theta.
    """

    strategies: int
    size: sympy.Expr
    mutation: sympy.Expr
    rule: WeakRule
    sigma1: sympy.Expr
    sigma2: sympy.Expr

    @property
    def sigma(self) -> sympy.Expr:
        """The coefficient for two strategies, (N - 2)/N whatever the mutation and the rule."""
        return (self.size - 2) / self.size

    def condition(self, game: MatrixGame, strategy: str) -> Condition:
        """Return the condition for a strategy of a game to have a mean share above 1/n."""
        found = mutation_selection(game, size=self.size, mutation=self.mutation, rule=self.rule)
        if len(found.strategies) != self.strategies:
            raise UnsupportedError(
                f"these are coefficients for {self.strategies} strategies; the game has {len(found.strategies)}"
            )
        if strategy not in found.favoured:
            raise StateError(f"no strategy {strategy!r}; strategies are {', '.join(found.strategies)}")
        return found.favoured[strategy]

    def __str__(self) -> str:
        return f"sigma = {self.sigma}, sigma1 = {self.sigma1}, sigma2 = {self.sigma2}"

    def _repr_latex_(self) -> str:
        parts = zip((r"\sigma", r"\sigma_1", r"\sigma_2"), (self.sigma, self.sigma1, self.sigma2), strict=True)
        return "$" + r",\quad ".join(f"{name} = {sympy.latex(value)}" for name, value in parts) + "$"


def well_mixed_structure(
    strategies: int = 2, *, size: Any = None, mutation: Any = None, rule: Law | WeakRule | None = None
) -> WellMixedStructure:
    """Return the structure coefficients of a well-mixed population for games with a number of strategies.

    size, mutation, rule: as of `mutation_selection`, where they come from: sigma1 = (N - 2)/(N + theta), sigma2 = theta sigma1, with theta the scaled mutation.

    Raises ParameterError for fewer than two strategies, sizes and chances that are none; UnsupportedError for rules without an expansion.

    References: Tarnita, Ohtsuki, Antal, Fu and Nowak (2009), Journal of Theoretical Biology 259, 570-581; Tarnita, Wage and Nowak (2011), Proceedings of the National Academy of
    Sciences 108, 2334-2337.

    >>> print(well_mixed_structure(3, mutation=0))
    sigma = (N - 2)/N, sigma1 = (N - 2)/N, sigma2 = 0
    """
    if isinstance(strategies, bool) or not isinstance(strategies, int) or strategies < 2:
        raise ParameterError(f"the number of strategies is {strategies!r}; a whole number of at least 2 is needed")
    count, chance, expansion = (
        population_size(size, None),
        mutation_chance(mutation, None, strategies),
        weak_rule(rule),
    )
    _, low, high = checked_weights(expansion, count, chance, strategies)
    point = typical(count, chance)
    first, second = (turned((count - 2) * part / (count * low + high), point) for part in (low, high))
    return WellMixedStructure(strategies, count, chance, expansion, first, second)
