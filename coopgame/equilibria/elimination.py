"""Dominated strategies eliminated round by round, and the game that is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.equilibria.dominance import (
    Dominance,
    DominatedStrategies,
    PlayerTable,
    dominated_among,
    mixture_text,
    player_tables,
)
from coopgame.errors import UnsupportedError
from coopgame.games.declarations import Population
from coopgame.games.document import shown
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame

if TYPE_CHECKING:
    import pandas as pd

Choice = Callable[[Sequence[Dominance]], Sequence[Dominance]]


def all_at_once(dominated: Sequence[Dominance]) -> Sequence[Dominance]:
    """Return every dominated strategy: all players eliminate all of them in the same round."""
    return dominated


def one_at_a_time(dominated: Sequence[Dominance]) -> Sequence[Dominance]:
    """Return the first dominated strategy, in the order of players and strategies: each round eliminates one."""
    return dominated[:1]


@dataclass(frozen=True)
class EliminationRule:
    """Which dominated strategies a round eliminates: made by `strict_dominance` or `weak_dominance`.

    weak: whether weak dominance suffices. choose: a function that picks some of the dominated strategies, at least one.
    """

    weak: bool = False
    choose: Choice = all_at_once


def strict_dominance(choose: Choice = all_at_once) -> EliminationRule:
    """Return the rule that eliminates strictly dominated strategies; what is left does not depend on `choose`."""
    return EliminationRule(False, choose)


def weak_dominance(choose: Choice = all_at_once) -> EliminationRule:
    """Return the rule that eliminates weakly and strictly dominated strategies; what is left may depend on `choose`."""
    return EliminationRule(True, choose)


@dataclass(frozen=True, eq=False)
class EliminationRound:
    """What one round eliminates, with the mixtures that dominate in the game of that round."""

    number: int
    eliminated: tuple[Dominance, ...]

    def text(self) -> str:
        """Return the round on one line."""
        return f"round {self.number}: " + "; ".join(d.text() for d in self.eliminated)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, eq=False)
class Elimination:
    """The rounds of an elimination and the game that is left.

    reduced: a game of the same kind with the surviving strategies, payoffs at the values.
    """

    game: Game = field(repr=False)
    rule: EliminationRule = field(repr=False)
    rounds: tuple[EliminationRound, ...]
    reduced: Game

    @property
    def order_may_matter(self) -> bool:
        """Whether another order could have left another game: not under strict dominance, nor where nothing was dominated."""
        return self.rule.weak and bool(self.rounds)

    @property
    def survivors(self) -> dict[str, tuple[str, ...]]:
        """The strategies that are left, by population."""
        return {population.name: population.strategies for population in self.reduced.populations}

    @property
    def solution(self) -> tuple[str, ...] | None:
        """The profile that is left when the game is dominance solvable, that is, one strategy of every player; else None."""
        left = list(self.survivors.values())
        return tuple(own[0] for own in left) if all(len(own) == 1 for own in left) else None

    @property
    def rationalizable(self) -> dict[str, tuple[str, ...]]:
        """The rationalizable strategies by population: for two players, what survives strict dominance (Bernheim 1984; Pearce 1984).

        Raises UnsupportedError after weak dominance, which goes further, and for more players, where independent beliefs may rule out more.
        """
        if self.rule.weak:
            raise UnsupportedError(
                "weak dominance eliminates rationalizable strategies too; use eliminate_dominated(game, values)"
            )
        if len(self.game.populations) > 2:
            raise UnsupportedError(
                "survivors of strict dominance are the rationalizable strategies of two players; with more, they are those that are "
                "rationalizable when beliefs about the others may be correlated: see `survivors`"
            )
        return self.survivors

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row per eliminated strategy."""
        import pandas as pd

        rows = [
            (r.number, d.population, d.strategy, d.strict, mixture_text(d.by))
            for r in self.rounds
            for d in r.eliminated
        ]
        return pd.DataFrame(rows, columns=["round", "population", "strategy", "strict", "by"])

    def _ending(self) -> list[str]:
        left = "; ".join(f"{name}: {', '.join(own)}" for name, own in self.survivors.items())
        note = (
            "another order may leave another game"
            if self.order_may_matter
            else "every order leaves the same game (strict dominance)"
        )
        return [f"left: {left}", *([note] if self.rounds else [])]

    def __str__(self) -> str:
        return "\n".join([*(r.text() for r in self.rounds), *self._ending()])

    def _repr_html_(self) -> str:
        from html import escape

        cells = [
            (str(r.number), d.population, d.strategy, "strictly" if d.strict else "weakly", mixture_text(d.by))
            for r in self.rounds
            for d in r.eliminated
        ]
        rows = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in cells)
        head = "".join(f"<th>{h}</th>" for h in ("round", "population", "strategy", "dominated", "by"))
        notes = "".join(f"<p>{escape(line)}</p>" for line in self._ending())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{notes}"


def eliminate_dominated(
    game: Game, values: Mapping[str, Any] | None = None, *, rule: EliminationRule | None = None
) -> Elimination:
    """Return what is left when dominated strategies are eliminated again and again, with every round and its reasons.

    rule: `strict_dominance()` where it is left out, or `weak_dominance()`; both take a function that chooses what a round eliminates, such as `one_at_a_time`.
    In a finite game the survivors of strict dominance do not depend on the order (Gilboa, Kalai and Zemel 1990); those of weak dominance may, so
    the order is part of the result. A MatrixGame loses row and column together.

    Raises UnsupportedError for games without a payoff table and when `choose` picks nothing that is dominated, ParameterError for missing values.

    References: Bernheim (1984), Econometrica 52, 1007-1028; Pearce (1984), Econometrica 52, 1029-1050; Gilboa, Kalai and Zemel (1990), Operations Research
    Letters 9, 85-89.

    >>> from coopgame import NormalFormGame, eliminate_dominated
    >>> game = NormalFormGame.from_bimatrix([[1, 1, 0], [0, 0, 2]], [[0, 2, 1], [3, 1, 0]])
    >>> print(eliminate_dominated(game))
    round 1: player2: 3 is strictly dominated by 2
    round 2: player1: 2 is strictly dominated by 1
    round 3: player2: 1 is strictly dominated by 2
    left: player1: 1; player2: 2
    every order leaves the same game (strict dominance)
    """
    rule = strict_dominance() if rule is None else rule
    if not isinstance(rule, EliminationRule):
        raise UnsupportedError(
            f"rule is {shown(rule)}; give strict_dominance() or weak_dominance(), which may be told how to choose"
        )
    tables = player_tables(game, values)
    rounds: list[EliminationRound] = []
    while True:
        found = dominated_among(game, tables, weakly=rule.weak)
        if not found:
            break
        chosen = _chosen(found, rule)
        rounds.append(EliminationRound(len(rounds) + 1, chosen))
        tables = _without(game, tables, {(d.population, d.strategy) for d in chosen})
    return Elimination(game, rule, tuple(rounds), _reduced(game, tables))


def _chosen(found: DominatedStrategies, rule: EliminationRule) -> tuple[Dominance, ...]:
    chosen = tuple(rule.choose(found))
    if not chosen or any(d not in found.dominances for d in chosen):
        raise UnsupportedError(
            f"the choice of a round has to be one or more of the {len(found)} dominated strategies it is given, got {chosen!r}; see "
            "one_at_a_time for an example"
        )
    return chosen


def _without(game: Game, tables: Sequence[PlayerTable], gone: set[tuple[str, str]]) -> tuple[PlayerTable, ...]:
    """Return the tables without some strategies, as rows of their player and as columns of all others."""
    left = {t.population: tuple(s for s in t.strategies if (t.population, s) not in gone) for t in tables}
    found = []
    for table in tables:
        names = [t.population for t in tables if t is not table or isinstance(game, MatrixGame)]
        others = tuple(product(*(left[name] for name in names)))
        rows = [table.strategies.index(s) for s in left[table.population]]
        place = {profile: c for c, profile in enumerate(table.others)}
        columns = [place[profile] for profile in others]
        payoffs = table.payoffs[np.ix_(rows, columns)]
        found.append(PlayerTable(table.population, left[table.population], others, payoffs))
    return tuple(found)


def _reduced(game: Game, tables: Sequence[PlayerTable]) -> Game:
    """Return the game of the same kind with the payoffs of the tables; labels of profiles that are left stay."""
    populations = [_part(q, t.strategies) for q, t in zip(game.populations, tables, strict=True)]
    profiles = list(product(*(t.strategies for t in tables)))
    labels = {profile: label for profile, label in game.labels if tuple(profile.split(", ")) in profiles}
    common: dict[str, Any] = {"name": game.name, "zh": game.zh, "source": game.source, "labels": labels}
    if isinstance(game, MatrixGame):
        return MatrixGame(tables[0].payoffs.tolist(), population=populations[0], **common)
    payoffs = {}
    for profile in profiles:
        rest = [(*profile[:p], *profile[p + 1 :]) for p in range(len(tables))]
        payoffs[profile] = [
            t.payoffs[t.strategies.index(profile[p]), t.others.index(rest[p])] for p, t in enumerate(tables)
        ]
    return NormalFormGame(payoffs, populations, **common)


def _part(population: Population, left: Sequence[str]) -> Population:
    chinese = population.strategies_zh
    kept = tuple(chinese[population.strategies.index(s)] for s in left) if chinese else None
    symbol = population.symbol if len(left) == 2 == len(population.strategies) else None
    return replace(population, strategies=tuple(left), symbol=symbol, strategies_zh=kept)
