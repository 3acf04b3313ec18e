"""Linear relations between the payoffs of two players that one of them enforces alone in a repeated game."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from coopgame.algebra.chains import Field, Law, closed_sets, stationary
from coopgame.algebra.polynomials import to_fraction
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import exact_number, symbols_of
from coopgame.games.game import Game
from coopgame.games.horizons import Discounted, Horizon, LimitOfMeans
from coopgame.games.matrix import MatrixGame
from coopgame.games.memory_one import OUTCOMES, MemoryOne, pure_memory_one
from coopgame.games.repeated_play import Chain
from coopgame.games.stochastic_games import as_stochastic_game, symmetric_stage

Four = tuple[Fraction, Fraction, Fraction, Fraction]  # at CC, CD, DC, DD, the own action first
REPEAT = (1, 1, 0, 0)  # the strategy that always repeats its own action
_FACING = (0, 2, 1, 3)
LONG_RUN = LimitOfMeans()


@dataclass(frozen=True)
class PayoffRelation:
    """The line alpha * own + beta * other + gamma = 0 between the own payoff and the other player's, both per round.

    Scaled so that alpha is 1; or, where alpha is 0, beta.

    Raises ParameterError when alpha and beta are both 0.

    >>> print(PayoffRelation(2, -4, 2))
    own - 1 = 2 (other - 1)
    """

    alpha: Fraction
    beta: Fraction
    gamma: Fraction

    def __init__(self, alpha: Any, beta: Any, gamma: Any) -> None:
        given = [exact_number(v, n) for v, n in ((alpha, "alpha"), (beta, "beta"), (gamma, "gamma"))]
        lead = given[0] or given[1]
        if not lead:
            raise ParameterError("alpha and beta are 0; a relation between payoffs needs one of them")
        for name, value in zip(("alpha", "beta", "gamma"), given, strict=True):
            object.__setattr__(self, name, value / lead)

    @classmethod
    def through(cls, baseline: Any, chi: Any) -> PayoffRelation:
        """Return own - baseline = chi (other - baseline), the line of slope chi on which both can have the baseline.

        >>> PayoffRelation.through(baseline=1, chi=2).gamma
        Fraction(1, 1)
        """
        slope, both = exact_number(chi, "chi"), exact_number(baseline, "baseline")
        return cls(1, -slope, (slope - 1) * both)

    @classmethod
    def fixing(cls, payoff: Any) -> PayoffRelation:
        """Return other = payoff, whatever the own payoff is.

        >>> print(PayoffRelation.fixing(2))
        other = 2
        """
        return cls(0, 1, -exact_number(payoff, "payoff"))

    @property
    def chi(self) -> Fraction | None:
        """How much the own payoff changes with the other's; None where it is free."""
        return -self.beta if self.alpha else None

    @property
    def baseline(self) -> Fraction | None:
        """The payoff that both can have; None where the line has no such point or consists of them."""
        return None if self.alpha + self.beta == 0 else -self.gamma / (self.alpha + self.beta)

    def at(self, own: Any, other: Any) -> Fraction:
        """Return alpha * own + beta * other + gamma; 0 on the line."""
        return self.alpha * exact_number(own, "own") + self.beta * exact_number(other, "other") + self.gamma

    def __str__(self) -> str:
        if not self.alpha:
            return f"other = {-self.gamma}"
        if not self.beta:
            return f"own = {-self.gamma}"
        both, factor = self.baseline, "" if self.beta == -1 else f"{-self.beta} "
        if both is None:
            return f"own = other{_plus(-self.gamma)}"
        if both == 0:
            return f"own = {factor}other"
        return f"own{_plus(-both)} = {factor}(other{_plus(-both)})"


@dataclass(frozen=True)
class EnforcedRelation:
    """What a strategy enforces between the two payoffs against every opponent, in whatever way that one plays; exact.

    relations: one line; none when there is no such line; two when both payoffs are fixed. payoffs: own and other's payoff against extreme opponents,
    deterministic ones of memory one, by what they do after CC, CD, DC, DD and at first; against any opponent the pair is a mean of these. witnesses: three
    opponents whose payoffs are not on a line, when there is none. phi: the factor at which the strategy is that of Press and Dyson for the line; None when it
    enforces a line in another way, as unconditional strategies do.
    """

    strategy: MemoryOne
    relations: tuple[PayoffRelation, ...]
    payoffs: Mapping[str, tuple[Fraction, Fraction]] = field(repr=False)
    witnesses: tuple[str, ...]
    phi: Fraction | None
    stage: Four

    @property
    def relation(self) -> PayoffRelation | None:
        """The line, None when there is none or both payoffs are fixed."""
        return self.relations[0] if len(self.relations) == 1 else None

    @property
    def kind(self) -> str:
        """What the line means: extortionate, generous, fair, equalizer, own payoff fixed, both payoffs fixed, linear for any other line, or none.

        With slope chi > 1 it is extortionate through mutual defection, and generous through mutual cooperation; fair is own = other.
        """
        line = self.relation
        if line is None:
            return "both payoffs fixed" if self.relations else "none"
        if not line.alpha:
            return "equalizer"
        if not line.beta:
            return "own payoff fixed"
        if line == PayoffRelation(1, -1, 0):
            return "fair"
        baselines = {self.stage[3]: "extortionate", self.stage[0]: "generous"}
        return baselines.get(line.baseline, "linear") if line.baseline is not None and -line.beta > 1 else "linear"

    def __str__(self) -> str:
        if self.relations:
            return f"{' and '.join(map(str, self.relations))}, against every opponent: {self.kind}"
        shown = ", ".join(f"({self.payoffs[w][0]}, {self.payoffs[w][1]}) against {w}" for w in self.witnesses)
        return f"no line: payoffs are {shown}"


def find_enforced_relation(
    strategy: MemoryOne,
    stage: Game,
    values: Mapping[str, Any] | None = None,
    *,
    horizon: Horizon = LONG_RUN,
) -> EnforcedRelation:
    """Return the linear relation between payoffs that a strategy enforces whatever the other player does, or that there is none; exact.

    Which shares of outcomes an opponent can reach is a question of a Markov decision problem, so they are all means of those that deterministic opponents of
    memory one reach: a relation holds against every opponent exactly when it holds against these. Of a strategy whose first action is not said all ways to
    begin count. A strategy that errs is `strategy.with_error(eps)`.

    stage: a symmetric game of two actions. values: of its parameters. horizon: LimitOfMeans() or Discounted(factor).

    Raises ParameterError for missing numbers, UnsupportedError for other horizons and stage games, GameError for a discounted game without a first action.

    References: Press and Dyson (2012), Proceedings of the National Academy of Sciences 109, 10409-10413; Akin (2015), Games 6, 175-190; Hilbe, Traulsen and
    Sigmund (2015), Games and Economic Behavior 92, 41-52, with discounting.

    >>> from coopgame import catalog, tit_for_tat
    >>> dilemma = catalog.prisoners_dilemma(R=3, S=0, T=5, P=1)
    >>> print(find_enforced_relation(MemoryOne(["8/9", "1/2", "1/3", 0]), dilemma))
    own - 1 = 2 (other - 1), against every opponent: extortionate
    >>> find_enforced_relation(tit_for_tat(), dilemma).kind
    'fair'
    """
    numbers = stage_numbers(stage, values)
    factor = discount_factor(horizon)
    for entry in strategy.entries:
        if symbols_of(entry):
            raise ParameterError(f"the strategy {strategy} has parameters; give numbers to find what it enforces")
    payoffs: dict[str, tuple[Fraction, Fraction]] = {}
    for name, law in _extreme_laws(strategy, stage, horizon):
        shares = [to_fraction(share) for share in law]
        own, other = (
            sum((s * numbers[k] for s, k in zip(shares, order, strict=True)), Fraction(0))
            for order in (range(4), _FACING)
        )
        payoffs[name] = own, other
    relations, witnesses = _line(payoffs)
    phi = _phi(strategy, relations[0], numbers, factor) if len(relations) == 1 else None
    return EnforcedRelation(strategy, relations, payoffs, witnesses, phi, numbers)


def _extreme_laws(strategy: MemoryOne, stage: Game, horizon: Horizon) -> Iterator[tuple[str, Law]]:
    """Yield the shares of outcomes against each deterministic opponent, and of each way in which play can settle."""
    chain = Chain(as_stochastic_game(stage), Field(()))
    if strategy.first is None and isinstance(horizon, LimitOfMeans):
        for name, opponent in pure_memory_one().items():
            rows = chain.rows((strategy,), (opponent,))
            for states in closed_sets(rows):
                yield f"{name} from {OUTCOMES[states[0]]} on", stationary(rows, states)
        return
    for name, opponent in (pure_memory_one(1) | pure_memory_one(0)).items():
        yield name, chain.law((strategy,), (opponent,), horizon, "the strategy and its opponent")


def _line(payoffs: Mapping[str, tuple[Fraction, Fraction]]) -> tuple[tuple[PayoffRelation, ...], tuple[str, ...]]:
    """Return the line through all pairs of payoffs, or three opponents of which there is none."""
    first, *rest = payoffs
    own, other = payoffs[first]
    second = next((name for name in rest if payoffs[name] != payoffs[first]), None)
    if second is None:
        return (PayoffRelation(1, 0, -own), PayoffRelation.fixing(other)), ()
    alpha, beta = payoffs[second][1] - other, own - payoffs[second][0]
    line = PayoffRelation(alpha, beta, -alpha * own - beta * other)
    third = next((name for name in rest if line.at(*payoffs[name])), None)
    return ((line,), ()) if third is None else ((), (first, second, third))


def _phi(strategy: MemoryOne, line: PayoffRelation, stage: Four, factor: Fraction) -> Fraction | None:
    """Return the factor phi with factor * p + (1 - factor) * first - repeat = phi * (alpha own + beta other + gamma) at all outcomes."""
    first = exact_number(strategy.first or 0)
    left = [factor * exact_number(p) + (1 - factor) * first - r for p, r in zip(strategy.after, REPEAT, strict=True)]
    right = values_at_outcomes(line, stage)
    place = next((k for k in range(4) if right[k]), None)
    if place is None or not left[place]:
        return None
    phi = left[place] / right[place]
    return phi if all(a == phi * b for a, b in zip(left, right, strict=True)) else None


def values_at_outcomes(relation: PayoffRelation, stage: Four) -> list[Fraction]:
    """Return alpha * own + beta * other + gamma at the four outcomes."""
    return [relation.at(stage[k], stage[j]) for k, j in enumerate(_FACING)]


def stage_numbers(stage: Game, values: Mapping[str, Any] | None) -> Four:
    """Return R, S, T, P of a symmetric stage game at values."""
    game = symmetric_stage(stage)
    exact = game.substitute(game.values(values))
    r, s, t, p = (exact_number(entry, "payoff") for row in cast(MatrixGame, exact).payoffs for entry in row)
    return r, s, t, p


def discount_factor(horizon: Horizon) -> Fraction:
    """Return the discount factor, 1 in the limit of means."""
    if isinstance(horizon, LimitOfMeans):
        return Fraction(1)
    if not isinstance(horizon, Discounted):
        raise UnsupportedError(f"relations are enforced in play without end or with discounting; got {horizon}")
    factor = exact_number(horizon.factor, "factor")
    if factor == 0:
        raise ParameterError(
            "factor is 0, so that play ends after one round and no strategy answers; give one above 0"
        )
    return factor


def _plus(number: Fraction) -> str:
    return f" - {-number}" if number < 0 else f" + {number}" if number else ""
