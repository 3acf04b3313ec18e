"""What weak selection sees of a rule: how strongly it favours the better paid, and how fast strategies are copied without selection."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from coopgame.dynamics.laws import Law
from coopgame.dynamics.protocols import Protocol
from coopgame.dynamics.replacement_rules import ReplacementRule, birth_death, death_birth, moran
from coopgame.errors import ProtocolError, UnsupportedError
from coopgame.expressions import parse_expression

SIZE = sympy.Symbol("N")
_INTENSITY = "intensity"


@dataclass(frozen=True)
class WeakRule:
    """A rule of a well-mixed population to first order in the intensity of selection w.

    strength: g in T(-)/T(+) = 1 - w g (payoff of the mutants - payoff of the residents) + ..., the ratio of the chances that the mutants lose and win one member.
    copying: the chance without selection that the member whose turn it is takes the strategy of another, each of the others as likely. survival: the part of
    selection that works by survival of parents, so that mutation at birth does not weaken it; 1/(N - 1) under birth-death, 0 where the dead are drawn from all alike.
    generation: whether all members are replaced at once, drawn independently. explores: whether a member mutates instead of copying when it is its turn; else what it copies, or
    who is born, mutates. positive: names in the formulas that stand for positive
    numbers. The formulas are numbers or texts in the population size, which is called N there.

    >>> rule = WeakRule("local update", strength="2/D", copying="1/2")
    >>> print(rule)
    local update: g = 2/D
    """

    name: str
    strength: Any = 1
    copying: Any = 1
    survival: Any = 0
    generation: bool = field(default=False, kw_only=True)
    explores: bool = field(default=False, kw_only=True)
    positive: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        for name in ("strength", "copying", "survival"):
            object.__setattr__(self, name, parse_expression(getattr(self, name), f"{self.name}: {name}"))
        if self.copying.is_number and not self.copying.is_positive:
            raise ProtocolError(
                f"{self.name}: copying = {self.copying}; without copying nothing spreads: a positive chance is needed"
            )

    @property
    def settings(self) -> frozenset[str]:
        """Names other than the population size in the formulas."""
        free = self.strength.free_symbols | self.copying.free_symbols | self.survival.free_symbols
        return frozenset(symbol.name for symbol in free if symbol != SIZE)

    def strength_at(self, size: sympy.Expr) -> sympy.Expr:
        """Return g in a population of a size."""
        return self.strength.subs(SIZE, size)

    def favours(self, size: sympy.Expr) -> bool:
        """Return whether g is known to be positive, given that the rule copies at all; a size without a value counts as at least 3."""
        rate = sympy.cancel(self.strength * self.copying)
        rate = rate.subs({name: sympy.Symbol(name, positive=True) for name in self.positive})
        if not size.is_number:
            rate = rate.subs(SIZE, 3 + sympy.Symbol("more", nonnegative=True))
        return bool(sympy.cancel(rate.subs(SIZE, size)).is_positive)

    def fixation_weights(self, size: sympy.Expr) -> tuple[sympy.Expr, tuple[sympy.Expr, sympy.Expr, sympy.Expr]]:
        """Return a factor and the weights of a - c, of b - d (both times N - 2), and of b - c in the first order of a fixation probability."""
        if self.generation:
            return self.strength_at(size) / (size * (3 * size - 2)), (size - 1, 2 * size - 1, 3 * size - 2)
        return self.strength_at(size) / (6 * size), (sympy.Integer(1), sympy.Integer(2), sympy.Integer(3))

    def mutation_weights(
        self, size: sympy.Expr, mutation: sympy.Expr, strategies: int
    ) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
        """Return a factor and the weights of the parts for low and for high mutation in the first order of mean shares; none is negative.

        mutation: the chance of another strategy, each of the others as likely.
        """
        kept, moved, pull = self.paces(size, mutation, strategies)
        if self.generation:
            pair = size - kept**2 * (size - 1)
            triple = size**2 - kept**3 * (size - 1) * (size - 2)
            high = size * moved * (3 * kept**2 * (1 + kept) * (size - 1) + (3 - 2 * moved) * pair)
            low = ((1 + kept) * triple - high) / 2
            return pull / (pair * triple), sympy.expand(low), sympy.expand(high)
        return pull / ((kept + moved) * (2 * kept + moved)), kept, moved

    def paces(
        self, size: sympy.Expr, mutation: sympy.Expr, strategies: int
    ) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
        """Return the chance that no mutation comes in the way of copying, the pace of mutation beside that of copying one given other, and what selection is multiplied by.

        The quotient of the first two is theta where members change one at a time; in generations the second is the chance of a strategy drawn from all.
        """
        fresh = mutation * sympy.Rational(
            strategies, strategies - 1
        )  # the chance of one drawn from all, the old one among them
        kept = 1 - (mutation if self.explores else fresh)
        strength, copying, survival = (e.subs(SIZE, size) for e in (self.strength, self.copying, self.survival))
        moved = fresh if self.generation else fresh * (size - 1) / copying
        return kept, moved, strength * size * kept + survival * moved

    def __str__(self) -> str:
        return f"{self.name}: g = {self.strength}"


_ONE_BY_ONE: dict[Any, dict[str, Any]] = {
    moran().replacements: {"copying": "(N - 1)/N"},
    birth_death().replacements: {"survival": "1/(N - 1)"},
    death_birth().replacements: {"strength": "(N - 2)/(N - 1)"},
}


def weak_rule(law: Law | WeakRule | None = None, step: Any = 1) -> WeakRule:
    """Return what weak selection sees of a law of change, derived from its formula.

    The intensity w is the law's setting of that name, whatever its value; of a law without one it is a factor on all payoffs. Members who imitate meet one of the
    others, each as likely. step: what rates of imitation are multiplied by to make chances. None is the Moran process.

    Raises UnsupportedError for laws that are not of this kind: members try strategies that nobody plays, do not imitate where payoffs are equal, or do not change
    with the difference of two payoffs alone.

    References: Wu, Altrock, Wang and Traulsen (2010), Physical Review E 82, 046106.

    >>> from coopgame import fermi_imitation, imitation_of_the_dissatisfied, weak_rule
    >>> print(weak_rule(fermi_imitation()))
    Fermi imitation: g = 1
    >>> print(weak_rule(imitation_of_the_dissatisfied("K")))
    imitation driven by dissatisfaction: g = 1/K
    """
    if law is None:
        law = moran()
    if isinstance(law, WeakRule):
        return law
    if isinstance(law, ReplacementRule):
        return _replacement(law)
    if not isinstance(law, Protocol) or not law.imitative or not law.smooth:
        raise UnsupportedError(
            f"{getattr(law, 'name', law)} has no expansion in weak selection here; it takes smooth imitation, such as fermi_imitation(), "
            "moran() and the other replacement rules, or a WeakRule with the strength of one's own rule"
        )
    return _imitation(law, parse_expression(step, "step"))


@lru_cache(maxsize=64)
def _imitation(law: Protocol, step: sympy.Expr) -> WeakRule:
    """Return the expansion of the rates of copying, found with three strategies at symbolic payoffs and shares."""
    w = sympy.Dummy("w", positive=True)
    settings: dict[str, Any] = dict(law.settings)
    own = _INTENSITY in settings
    if own:
        settings[_INTENSITY] = w
    payoffs, shares = sympy.symbols("_p:3", real=True), sympy.symbols("_x:2", positive=True)
    scaled = np.array([p if own else w * p for p in payoffs], dtype=object)
    rates = np.asarray(law.rates(scaled, np.array([*shares, 1 - sum(shares)], dtype=object), **settings))
    pairs = [(i, j) for i in range(3) for j in range(3) if i != j]
    neutral = {sympy.cancel(rates[pair].subs(w, 0)) for pair in pairs}
    copying = neutral.pop()
    if neutral or copying == 0 or copying.free_symbols & {*payoffs, *shares}:
        raise UnsupportedError(f"{law.name} does not copy all strategies alike where payoffs are equal; no expansion")
    slopes = {pair: sympy.diff(rates[pair], w).subs(w, 0) for pair in pairs}
    found = {sympy.cancel((slopes[i, j] - slopes[j, i]) / (payoffs[j] - payoffs[i])) for i, j in pairs}
    gain = found.pop()
    if found or gain.free_symbols & {*payoffs, *shares}:
        raise UnsupportedError(
            f"{law.name} does not change in proportion to the difference of two payoffs under weak selection; no expansion"
        )
    rate = copying
    if law.among_all:
        copying = copying * (SIZE - 1) / SIZE
    expansion = WeakRule(law.name, sympy.cancel(gain / rate), sympy.cancel(copying * step), explores=True)
    declared = [value.name for name, value in law.settings if name in law.positive and value.is_Symbol]
    return replace(expansion, positive=tuple(name for name in declared if name in expansion.settings))


def _replacement(law: ReplacementRule) -> WeakRule:
    """Return the expansion of a replacement rule: what it is for fitness exp(w payoff), times the strength of the fitness."""
    w, payoff = sympy.Dummy("w", positive=True), sympy.Dummy("payoff", real=True)
    fitness = sympy.Integer(1) * np.asarray(law.fitness.of(np.array([payoff], dtype=object), w)).item()
    strength = sympy.cancel(sympy.diff(sympy.log(fitness), w, payoff).subs(w, 0))
    if fitness.subs(w, 0) != 1 or strength.free_symbols:
        raise UnsupportedError(
            f"{law.name}: fitness is not 1 + w (a multiple of payoff + a number) to first order; no expansion"
        )
    if law.generation and law.replacements is moran().replacements:
        return WeakRule(law.name, strength, generation=True)
    if law.generation or law.replacements not in _ONE_BY_ONE:
        raise UnsupportedError(f"{law.name} has no expansion here; give a WeakRule with the strength of the rule")
    formulas = dict(_ONE_BY_ONE[law.replacements])
    own = parse_expression(formulas.pop("strength", 1))
    survival = parse_expression(formulas.pop("survival", 0))
    return WeakRule(law.name, strength * own, survival=strength * survival, **formulas)
