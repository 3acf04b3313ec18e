"""Fixation probabilities to first order in the intensity of selection, as formulas in the payoffs and the population size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from coopgame.algebra.conditions import FALSE, Condition
from coopgame.algebra.polynomials import Ring
from coopgame.algebra.quotients import Quotient
from coopgame.dynamics.laws import Law
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.finite.one_third_law import OneThirdLaw, mutant_and_resident, one_third_law, payoffs_of
from coopgame.finite.size_symbols import by_payoffs, larger_ring, population_size, sign_of, value_at, weighted
from coopgame.finite.weak_rules import WeakRule, weak_rule
from coopgame.games.display import latex_text
from coopgame.games.game import Game
from coopgame.games.group import GroupGame

Terms = tuple[sympy.Expr, list[tuple[sympy.Expr, sympy.Expr]]]  # a positive factor; payoffs with their weights


@dataclass(frozen=True, eq=False)
class WeakSelection:
    """The fixation probability of one mutant among residents, 1/N + w coefficient + O(w^2), and what follows from its first order.

    size: a number, or the symbol for any. The other fields are exact. Conditions are about the game's parameters and the symbol of the size.
    """

    game: Game = field(repr=False)
    resident: str
    mutant: str
    size: sympy.Expr
    rule: WeakRule
    _fixation: Terms = field(repr=False)
    _difference: Terms = field(repr=False)

    @cached_property
    def coefficient(self) -> sympy.Expr:
        """The derivative of the mutant's fixation probability at w = 0."""
        return self._expression(self._fixation)

    @cached_property
    def difference(self) -> sympy.Expr:
        """The derivative at w = 0 of the fixation probability of the mutant among residents, less that of the resident among mutants."""
        return self._expression(self._difference)

    @cached_property
    def favoured(self) -> Condition:
        """Under which selection favours that the mutant replaces the resident: its fixation probability is above 1/N."""
        return self._sign(self._fixation)

    @cached_property
    def risk(self) -> Condition:
        """Under which the mutant replaces the resident more easily than the reverse; for pairs sigma a + b > c + sigma d with sigma = (N - 2)/N."""
        return self._sign(self._difference)

    @cached_property
    def one_third(self) -> OneThirdLaw:
        """The limit of `favoured` in a large population."""
        return one_third_law(self.game, self.resident, self.mutant)

    @cached_property
    def risk_limit(self) -> Condition:
        """The limit of `risk` in a large population; for pairs that the mutant is risk-dominant, a + b > c + d."""
        names = self.game.populations[0].strategies
        own, against = payoffs_of(self.game, names.index(self.mutant), names.index(self.resident))
        one = sympy.Integer(1)
        return weighted(larger_ring(self.game), [(a - b, one) for a, b in zip(own, against, strict=True)]).sign(">")

    def value(self, values: Mapping[str, Any] | None = None, size: int | None = None) -> Fraction:
        """Return the coefficient at numbers for all parameters, exactly. size: where it is a symbol; the settings of the rule go with the values."""
        symbols = {self.size.name: size} if self.size.is_Symbol else {}
        if size is not None and not symbols:
            raise ParameterError(f"the size is {self.size} here already; leave it out")
        if size is not None:
            population_size(size, self.game, self.game.size if isinstance(self.game, GroupGame) else 2)
        return value_at(self.coefficient, self.game, symbols, values, self.rule.settings)

    @cached_property
    def _ring(self) -> Ring:
        return larger_ring(self.game, self.size, names=self.rule.settings)

    def _expression(self, terms: Terms) -> sympy.Expr:
        scale, entries = terms
        return by_payoffs(weighted(self._ring, entries), self.game.ring.names, scale)

    def _sign(self, terms: Terms) -> Condition:
        scale, entries = terms
        if scale == 0:
            return FALSE
        total = weighted(self._ring, entries)
        if not self.rule.favours(self.size):
            total = total * Quotient.of(self._ring, self.rule.strength_at(self.size), "strength")
        least = self.game.size if isinstance(self.game, GroupGame) else 2
        return sign_of(total, self.game.ring.names, (self.size, least))

    def __str__(self) -> str:
        return "\n".join(
            (
                f"a mutant {self.mutant!r} among {self.resident!r} takes over with 1/{self.size} + w*{_wrapped(self.coefficient)} + O(w^2), {self.rule.name}",
                f"above 1/{self.size} if {self.favoured}",
                f"easier than the reverse if {self.risk}",
                f"in a large population if {self.one_third.condition}",
            )
        )

    def _repr_latex_(self) -> str:
        size = sympy.latex(self.size)
        return rf"$\rho_{{\text{{{latex_text(self.mutant)}}}}} = \frac{{1}}{{{size}}} + w\left({sympy.latex(self.coefficient)}\right) + O(w^2)$"


def weak_selection(
    game: Game,
    resident: str | None = None,
    mutant: str | None = None,
    *,
    size: Any = None,
    rule: Law | WeakRule | None = None,
) -> WeakSelection:
    """Return the fixation probability of one mutant to first order in the intensity of selection, as a formula.

    resident, mutant: by default the second and the first strategy of a game with two. size: of the population, a whole number or the name of a symbol; the symbol N by
    default. rule: a law of smooth imitation or replacement, or a WeakRule; the Moran process by default. The intensity w is the law's own setting of
    that name, whatever its value, or a factor on payoffs. Members do not meet themselves; groups are drawn without replacement.

    Exact for every size: for a rule by which one member changes at a time the coefficient is g/N^2 times the sum over i of (N - i) times what i mutants earn more than
    residents do, and the sums are polynomials in N. Under Wright-Fisher it follows from the ancestry of two and of three members, for pairs.

    Raises UnsupportedError for other games than of pairs or groups of one population at constant payoffs, and for rules without an expansion; StateError for unknown
    strategies; ParameterError for sizes that are none.

    References: Nowak, Sasaki, Taylor and Fudenberg (2004), Nature 428; Traulsen, Nowak and Pacheco (2006), Physical Review E 74; Imhof and Nowak (2006), Journal of Mathematical
    Biology 52; for groups Kurokawa and Ihara (2009), Proceedings of the Royal Society B 276.

    >>> from coopgame import MatrixGame, weak_selection
    >>> weak = weak_selection(MatrixGame([["a", "b"], ["c", "d"]], ["A", "B"]))
    >>> weak.coefficient
    (a*(N - 2) + b*(2*N - 1) - c*(N + 1) - 2*d*(N - 2))/(6*N)
    >>> print(weak.risk_limit)
    a + b > c + d
    """
    one, other = mutant_and_resident(game, resident, mutant)
    group = game.size if isinstance(game, GroupGame) else 2
    count, expansion = population_size(size, game, group), weak_rule(rule)
    if expansion.generation and group > 2:
        raise UnsupportedError(
            "under Wright-Fisher the first order of groups of more than two has no formula here; take a rule by which one member changes at a time"
        )
    own, against = payoffs_of(game, one, other)
    build = _pairs if group == 2 else _groups
    names = game.populations[0].strategies
    return WeakSelection(game, names[other], names[one], count, expansion, *build(expansion, own, against, count))


def _pairs(
    rule: WeakRule, own: tuple[sympy.Expr, ...], against: tuple[sympy.Expr, ...], size: sympy.Expr
) -> tuple[Terms, Terms]:
    (b, a), (d, c) = own, against
    scale, (first, second, mixed) = rule.fixation_weights(size)
    rest = size - 2
    fixation = [(a - c, rest * first), (b - d, rest * second), (b - c, mixed)]
    return (scale, fixation), (scale * mixed, [(a - d, rest), (b - c, size)])


def _groups(
    rule: WeakRule, own: tuple[sympy.Expr, ...], against: tuple[sympy.Expr, ...], size: sympy.Expr
) -> tuple[Terms, Terms]:
    """Return the sums over all numbers of mutants, in closed form: they are sums of products of two binomial coefficients."""
    d, strength = len(own), rule.strength_at(size)
    fixation, difference = [], []
    for k, (mine, theirs) in enumerate(zip(own, against, strict=True)):
        last, none = int(k == d - 1), int(k == 0)
        fixation += [(mine, (d - k) * (size + 1) - (d + 1)), (theirs, -(d - k) * (size + 1 - (d + 1) * none))]
        difference += [(mine, size - d * last), (theirs, d * none - size)]
    return (strength / (size * d * (d + 1)), fixation), (strength / (size * d), difference)


def _wrapped(expression: sympy.Expr) -> str:
    return f"({expression})" if expression.is_Add or expression.could_extract_minus_sign() else str(expression)
