"""Payoff tables at values of all parameters, as exact numbers: what every search for equilibria begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.analysis.ess import exact_payoff, exact_payoffs
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame


@dataclass(frozen=True, eq=False)
class PayoffTables:
    """The payoffs of a game in normal form at values.

    game: the game with numbers for its parameters. exact: one array of Fractions per player, indexed in player order. names: the strategies of every
    player. symmetric: whether the two players stand for one population, so that an equilibrium of the game is a state from which no member gains by changing.
    """

    game: Game
    exact: tuple[np.ndarray, ...]
    names: tuple[tuple[str, ...], ...]
    symmetric: bool

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of strategies of every player."""
        return tuple(len(own) for own in self.names)


def payoff_tables(game: Game, values: Mapping[str, Any] | None = None) -> PayoffTables:
    """Return the payoffs of a game in normal form, exact at values of all parameters.

    A MatrixGame is the symmetric game of two players from one population: payoffs and their transpose.

    Raises UnsupportedError for games without a payoff table and for payoffs that contain shares, ParameterError for missing values and divisions by zero,
    AssumptionError for values that the game's assumptions exclude.
    """
    if isinstance(game, MatrixGame):
        matrix = _array(exact_payoffs(game, values), (len(game.payoffs),) * 2)
        return PayoffTables(
            _fixed(game, values), (matrix, matrix.T), (game.populations[0].strategies,) * 2, symmetric=True
        )
    if not isinstance(game, NormalFormGame):
        raise UnsupportedError("equilibria are found for payoff tables (MatrixGame or NormalFormGame)")
    point = game.values(values)
    names = tuple(population.strategies for population in game.populations)
    rows = [game.payoff(profile) for profile in game.profiles]
    arrays = []
    for payoffs in zip(*rows, strict=True):
        array = np.empty(len(rows), dtype=object)
        array[:] = [exact_payoff(game, payoff, point) for payoff in payoffs]
        arrays.append(array.reshape([len(own) for own in names]))
    return PayoffTables(_fixed(game, values), tuple(arrays), names, symmetric=False)


def _fixed(game: Game, values: Mapping[str, Any] | None) -> Game:
    return game.substitute(game.values(values)) if game.ring.names else game


def _array(rows: Sequence[Sequence[Fraction]], shape: tuple[int, ...]) -> np.ndarray:
    array = np.empty(shape, dtype=object)
    for i, row in enumerate(rows):
        array[i, :] = row
    return array
