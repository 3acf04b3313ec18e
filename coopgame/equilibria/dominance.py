"""Dominated strategies with the mixtures that dominate them, and beliefs that justify all others; decided exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.equilibria.linear_programs import Program, solve_program
from coopgame.equilibria.result import Mixture, shown
from coopgame.equilibria.tables import payoff_tables
from coopgame.games.game import Game
from coopgame.listed import Listed

if TYPE_CHECKING:
    import pandas as pd

Profile = tuple[str, ...]
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, eq=False)
class Dominance:
    """A dominated strategy and a mixture of others that dominates it.

    strict: whether the mixture earns more whatever the others do; else it never earns less and sometimes more. margins: what the mixture earns more
    against each profile of the others (in one population: each strategy of the opponent); exact.
    """

    population: str
    strategy: str
    by: Mixture
    strict: bool
    margins: Mapping[Profile, Fraction] = field(repr=False)

    @property
    def pure(self) -> bool:
        """Whether a single strategy dominates."""
        return len(self.by) == 1

    def text(self) -> str:
        """Return the dominance on one line, with the mixture."""
        how = "strictly" if self.strict else "weakly"
        return f"{self.population}: {self.strategy} is {how} dominated by {mixture_text(self.by)}"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class Belief:
    """A belief about the others to which a strategy is a best reply, so that no mixture strictly dominates it.

    belief: probabilities of profiles of the others, only the positive ones; of two players that is a mixture of the opponent. With more players it may
    correlate them. full: whether every profile has positive probability, which rules out weak dominance too.
    """

    population: str
    strategy: str
    belief: Mapping[Profile, Fraction]
    full: bool

    def text(self) -> str:
        """Return the belief on one line."""
        if () in self.belief:  # there are no others
            return f"{self.population}: {self.strategy} is best"
        named = {c[0] if len(c) == 1 else f"({', '.join(c)})": p for c, p in self.belief.items()}
        return f"{self.population}: {self.strategy} is a best reply to {mixture_text(named)}"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class DominatedStrategies(Listed[Dominance]):
    """The dominated strategies of a game, player by player, and beliefs for those that are not strictly dominated.

    Every strategy stands in one of the two lists; the weakly dominated ones stand in both.
    """

    game: Game = field(repr=False)
    dominances: tuple[Dominance, ...]
    beliefs: tuple[Belief, ...] = field(repr=False)

    entries_in = "dominances"

    @property
    def strictly(self) -> tuple[Dominance, ...]:
        """The strictly dominated strategies."""
        return tuple(d for d in self.dominances if d.strict)

    @property
    def weakly(self) -> tuple[Dominance, ...]:
        """The strategies that are dominated weakly but not strictly."""
        return tuple(d for d in self.dominances if not d.strict)

    def belief(self, population: str, strategy: str) -> Belief | None:
        """Return the belief that justifies a strategy; None when it is strictly dominated."""
        return next((b for b in self.beliefs if (b.population, b.strategy) == (population, strategy)), None)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row per dominated strategy."""
        import pandas as pd

        rows = [(d.population, d.strategy, d.strict, mixture_text(d.by)) for d in self.dominances]
        return pd.DataFrame(rows, columns=["population", "strategy", "strict", "by"])

    def __str__(self) -> str:
        return "\n".join(d.text() for d in self.dominances) or "no strategy is dominated"

    def _repr_html_(self) -> str:
        from html import escape

        cells = [(d.population, d.strategy, "strictly" if d.strict else "weakly", mixture_text(d.by)) for d in self]
        rows = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in cells)
        head = "".join(f"<th>{h}</th>" for h in ("population", "strategy", "dominated", "by"))
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return table if self.dominances else "<p>no strategy is dominated</p>"


def find_dominated(game: Game, values: Mapping[str, Any] | None = None) -> DominatedStrategies:
    """Return every strategy that a mixture of the same player's strategies dominates, strictly or weakly, with that mixture.

    Pure strategies are compared first; then a linear program per strategy looks for the mixture with the largest smallest margin (strict), or with the largest sum
    of margins none of which is negative (weak). Solutions are made exact and verified, so ties and margins of 0 are decided, not rounded. Every other
    strategy comes with a belief to which it is a best reply, the dual solution (Pearce 1984, lemmas 3 and 4). Of a MatrixGame the strategies
    of the population are compared.

    Raises UnsupportedError for games without a payoff table, ParameterError for missing values.

    References: Pearce (1984), Econometrica 52, 1029-1050; Gale and Sherman (1950), in Contributions to the Theory of Games I.

    >>> from coopgame import NormalFormGame, find_dominated
    >>> print(find_dominated(NormalFormGame.from_bimatrix([[3, 0], [0, 3], [1, 1]], [[1, 0], [0, 1], [0, 0]])))
    player1: 3 is strictly dominated by 1 = 1/2, 2 = 1/2
    """
    return dominated_among(game, player_tables(game, values))


@dataclass(frozen=True, eq=False)
class PlayerTable:
    """What a player earns: a row for each strategy, a column for each profile of the others; exact."""

    population: str
    strategies: tuple[str, ...]
    others: tuple[Profile, ...]
    payoffs: np.ndarray


def player_tables(game: Game, values: Mapping[str, Any] | None = None) -> tuple[PlayerTable, ...]:
    """Return the table of every player; of a MatrixGame one, that of a member of the population."""
    tables = payoff_tables(game, values)
    found = []
    for p, population in enumerate(game.populations):
        others = tuple(product(*(own for q, own in enumerate(tables.names) if q != p)))
        payoffs = np.moveaxis(tables.exact[p], p, 0).reshape(len(tables.names[p]), len(others))
        found.append(PlayerTable(population.name, tables.names[p], others, payoffs))
    return tuple(found)


def dominated_among(game: Game, tables: Sequence[PlayerTable], *, weakly: bool = True) -> DominatedStrategies:
    """Return the dominated strategies in tables; weak dominance is left out on request, which saves half the work."""
    dominances: list[Dominance] = []
    beliefs: list[Belief] = []
    for table in tables:
        for verdict in _verdicts(table, weakly):
            (dominances if isinstance(verdict, Dominance) else beliefs).append(verdict)  # type: ignore[arg-type]
    return DominatedStrategies(game, tuple(dominances), tuple(beliefs))


def mixture_text(mixture: Mapping[str, Any]) -> str:
    """Return a mixture as text: a strategy alone by its name, else names with their weights."""
    if len(mixture) == 1:
        return next(iter(mixture))
    return ", ".join(f"{name} = {shown(p)}" for name, p in mixture.items())


def _verdicts(table: PlayerTable, weakly: bool) -> Iterator[Dominance | Belief]:
    whole = _whole_numbers(table.payoffs)
    for s in range(len(table.strategies)):
        gains = whole - whole[s]  # gains[i, c]: what strategy i earns more than s against profile c
        own = _Question(table, s, gains)
        mixture = own.pure(strictly=True)
        belief = None if mixture else own.pure_belief()
        if mixture is None and belief is None:
            mixture, belief = own.strictly()
        if mixture is not None:
            yield own.dominance(mixture, strict=True)
            continue
        if weakly and (belief is None or min(belief) == 0):
            mixture = own.pure(strictly=False)
            if mixture is None:
                mixture, fuller = own.weakly()
                belief = fuller or belief
            if mixture is not None:
                yield own.dominance(mixture, strict=False)
        if belief is not None:
            yield own.belief(belief)


def _whole_numbers(payoffs: np.ndarray) -> np.ndarray:
    """Return payoffs times a positive number that makes them whole, as Python integers."""
    scale = math.lcm(*(value.denominator for value in payoffs.flat))
    whole = np.empty(payoffs.shape, dtype=object)
    whole[...] = [[int(value * scale) for value in row] for row in payoffs]
    return whole


class _Question:
    """Whether one strategy is dominated; mixtures are lists of weights of strategies, beliefs of columns."""

    def __init__(self, table: PlayerTable, strategy: int, gains: np.ndarray) -> None:
        self.table, self.strategy, self.gains = table, strategy, gains
        self.others = [i for i in range(len(gains)) if i != strategy]
        self.columns = range(gains.shape[1])

    def pure(self, *, strictly: bool) -> list[Fraction] | None:
        """Return a pure strategy that dominates, the one with the largest smallest margin."""
        rows = [i for i in self.others if min(self.gains[i]) >= strictly and any(self.gains[i])]
        if not rows:
            return None
        best = max(rows, key=lambda i: (min(self.gains[i]), sum(self.gains[i])))
        return [Fraction(i == best) for i in range(len(self.gains))]

    def pure_belief(self) -> list[Fraction] | None:
        """Return a belief near one column where the strategy is best against it: full where it is the only best one."""
        if not self.others:
            return [Fraction(1, len(self.columns))] * len(self.columns)
        best = [max(self.gains[i, c] for i in self.others) for c in self.columns]
        column = min(self.columns, key=lambda c: best[c])
        if best[column] > 0:
            return None
        certain = [Fraction(c == column) for c in self.columns]
        if best[column] == 0:
            return certain
        average = max(_ZERO, *(Fraction(sum(self.gains[i]), len(self.columns)) for i in self.others))
        rest = Fraction(-best[column], 2 * (average - best[column]))  # of the belief, spread over all columns
        return [(1 - rest) * sure + rest / len(self.columns) for sure in certain]

    def strictly(self) -> tuple[list[Fraction] | None, list[Fraction] | None]:
        """Return the mixture with the largest smallest margin where that is positive, else a belief.

        Unknowns are the weights and the margin; gains are moved up until none is negative, so that the margin is not either.
        """
        up = -min(self.gains.min(), 0)
        margin = len(self.others)
        limits = [
            ({**{k: Fraction(-self.gains[i, c] - up) for k, i in enumerate(self.others)}, margin: _ONE}, _ZERO)
            for c in self.columns
        ]
        total = (dict.fromkeys(range(margin), _ONE), _ONE)
        found = solve_program(Program([_ZERO] * margin + [_ONE], limits, [total]))
        if found.value > up:
            return self._whole(found.x[:margin], self.others), None
        weights = found.limit_multipliers
        return None, [weight / sum(weights) for weight in weights]

    def weakly(self) -> tuple[list[Fraction] | None, list[Fraction] | None]:
        """Return the mixture without negative margins whose margins add up to most, or a belief in which nothing is excluded."""
        everyone = range(len(self.gains))
        limits = [({i: Fraction(-self.gains[i, c]) for i in everyone}, _ZERO) for c in self.columns]
        total = (dict.fromkeys(everyone, _ONE), _ONE)
        found = solve_program(Program([Fraction(sum(row)) for row in self.gains], limits, [total]))
        if found.value == 0:
            weights = [1 + multiplier for multiplier in found.limit_multipliers]
            return None, [weight / sum(weights) for weight in weights]
        kept = 1 - found.x[self.strategy]
        return self._whole([found.x[i] / kept for i in self.others], self.others), None

    def _whole(self, weights: Sequence[Fraction], places: Sequence[int]) -> list[Fraction]:
        mixture = [_ZERO] * len(self.gains)
        for i, weight in zip(places, weights, strict=True):
            mixture[i] = weight
        return mixture

    def dominance(self, mixture: Sequence[Fraction], *, strict: bool) -> Dominance:
        """Return the verdict, verified: the margins of the mixture against every profile."""
        table = self.table
        used = [i for i, weight in enumerate(mixture) if weight]
        margins = [
            sum((mixture[i] * table.payoffs[i, c] for i in used), _ZERO) - table.payoffs[self.strategy, c]
            for c in self.columns
        ]
        if (
            sum(mixture) != 1
            or min(mixture) < 0
            or min(margins) < 0
            or (min(margins) <= 0 if strict else not any(margins))
        ):
            raise AssertionError(f"the mixture found does not dominate {table.strategies[self.strategy]}")
        by = {table.strategies[i]: mixture[i] for i in used}
        named = dict(zip(table.others, margins, strict=True))
        return Dominance(table.population, table.strategies[self.strategy], by, strict, named)

    def belief(self, belief: Sequence[Fraction]) -> Belief:
        """Return the verdict, verified: nothing earns more against the belief."""
        used = [c for c in self.columns if belief[c]]
        scale = math.lcm(*(weight.denominator for weight in belief))
        earned = self.gains @ np.array([int(weight * scale) for weight in belief], dtype=object)
        if sum(belief) != 1 or min(belief) < 0 or max(earned) > 0:
            raise AssertionError(f"{self.table.strategies[self.strategy]} is no best reply to the belief found")
        named = {self.table.others[c]: belief[c] for c in used}
        return Belief(self.table.population, self.table.strategies[self.strategy], named, min(belief) > 0)
