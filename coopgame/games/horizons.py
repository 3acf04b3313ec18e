"""How long a repeated game lasts: how the rounds are weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from coopgame.algebra.chains import Field, Law, Rows, closed_sets, discounted_law, long_run_law, mean_law
from coopgame.algebra.linear import Number
from coopgame.errors import GameError, ParameterError
from coopgame.games.memory_one import probability


@dataclass(frozen=True)
class LimitOfMeans:
    """Endless play, all rounds weighed alike: the limit of mean payoffs.

    Without errors play may settle in several ways; it then depends on the first round, and what comes back is the mean over where it settles.

    >>> print(LimitOfMeans())
    limit of means
    """

    def __str__(self) -> str:
        return "limit of means"

    @property
    def length(self) -> sympy.Expr:
        """What payoffs are multiplied by: 1, since they are means over rounds."""
        return sympy.Integer(1)

    @property
    def inputs(self) -> tuple[sympy.Expr, ...]:
        """The numbers it is given."""
        return ()

    def law(self, field: Field, rows: Rows, start: Sequence[Number] | None, who: str) -> Law:
        """Return how often each outcome occurs. Raises GameError where that depends on a first round that is not said."""
        if start is None and len(closed_sets(rows)) > 1:
            raise GameError(
                f"{who}: what happens in the long run depends on the first round; give the strategies `first` (and a game with states its `start`), "
                "or an error rate"
            )
        return long_run_law(rows, start)


@dataclass(frozen=True)
class Discounted:
    """Play that goes on after each round with a probability, or whose rounds are discounted by that factor.

    factor: 0 <= factor < 1, a number or an expression of parameters. Payoffs are per round, weighed by (1 - factor) factor^t; with summed=True they are
    expected sums, over 1/(1 - factor) rounds on average.

    >>> Discounted("0.9", summed=True).length
    10
    """

    factor: sympy.Expr
    summed: bool = False

    def __init__(self, factor: Any, summed: bool = False) -> None:
        read = probability(factor, "factor")
        if read == 1:
            raise ParameterError("factor is 1; play without end is LimitOfMeans()")
        object.__setattr__(self, "factor", read)
        object.__setattr__(self, "summed", bool(summed))

    def __str__(self) -> str:
        return f"{'sum' if self.summed else 'mean'} over rounds discounted by {self.factor}"

    @property
    def length(self) -> sympy.Expr:
        """What payoffs per round are multiplied by."""
        return 1 / (1 - self.factor) if self.summed else sympy.Integer(1)

    @property
    def inputs(self) -> tuple[sympy.Expr, ...]:
        """The numbers it is given."""
        return (self.factor,)

    def law(self, field: Field, rows: Rows, start: Sequence[Number] | None, who: str) -> Law:
        """Return how often each outcome occurs. Raises GameError for a first round that is not said."""
        return discounted_law(rows, _said(start, who), field.read(self.factor))


@dataclass(frozen=True)
class FiniteRounds:
    """Play of a known number of rounds.

    Payoffs are means over rounds; with summed=True their sum. Strategies do not see the end coming.

    >>> print(FiniteRounds(10, summed=True))
    sum over 10 rounds
    """

    rounds: int
    summed: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.rounds, bool) or not hasattr(self.rounds, "__index__") or int(self.rounds) < 1:
            raise ParameterError(f"rounds is {self.rounds!r}; a whole number from 1 on is needed")
        object.__setattr__(self, "rounds", int(self.rounds))

    def __str__(self) -> str:
        return f"{'sum' if self.summed else 'mean'} over {self.rounds} rounds"

    @property
    def length(self) -> sympy.Expr:
        """What payoffs per round are multiplied by."""
        return sympy.Integer(self.rounds if self.summed else 1)

    @property
    def inputs(self) -> tuple[sympy.Expr, ...]:
        """The numbers it is given that may be symbols: none."""
        return ()

    def law(self, field: Field, rows: Rows, start: Sequence[Number] | None, who: str) -> Law:
        """Return how often each outcome occurs. Raises GameError for a first round that is not said."""
        return mean_law(rows, _said(start, who), self.rounds)


Horizon = LimitOfMeans | Discounted | FiniteRounds


def _said(start: Sequence[Number] | None, who: str) -> Sequence[Number]:
    if start is None:
        raise GameError(
            f"{who}: the first round is not said; give the strategies `first` (and a game with states its `start`), such as MemoryOne(after, first=1)"
        )
    return start
