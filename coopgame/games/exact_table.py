"""The payoffs of a game as a table of exact numbers: what files and games of other programs hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.decomposition import payoff_table
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame

Place = tuple[int, ...]


@dataclass(frozen=True)
class ExactTable:
    """Players, their strategies, and the payoffs in player order at every profile of strategy numbers."""

    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    payoffs: Mapping[Place, tuple[Fraction, ...]]

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of strategies of every player."""
        return tuple(len(own) for own in self.strategies)

    def column_major(self) -> list[tuple[Fraction, ...]]:
        """Return the payoffs profile by profile, the first player's strategy changing fastest."""
        return [self.payoffs[place[::-1]] for place in product(*map(range, self.shape[::-1]))]


def exact_table(game: Game, values: Mapping[str, Any] | None = None) -> ExactTable:
    """Return the payoffs at values of all parameters; a MatrixGame has two players, who stand for its population.

    Raises ParameterError that names parameters without a value, and UnsupportedError for payoffs that are no table or no rational numbers.
    """
    _, found = payoff_table(game, values or {})
    populations = game.populations
    players = tuple(population.name for population in populations)
    if isinstance(game, MatrixGame):
        populations = populations * 2
        players = (f"{players[0]} 1", f"{players[0]} 2")
    strategies = tuple(population.strategies for population in populations)
    payoffs = {}
    for place, row in found.items():
        where = ", ".join(own[s] for own, s in zip(strategies, place, strict=True))
        payoffs[place] = tuple(_rational(payoff, where) for payoff in row)
    return ExactTable(players, strategies, payoffs)


def _rational(payoff: Any, where: str) -> Fraction:
    try:
        return exact_number(payoff, f"payoff at {where}")
    except ParameterError:
        raise UnsupportedError(
            f"the payoff {payoff} at {where!r} is no rational number, which this form needs; round it first"
        ) from None
