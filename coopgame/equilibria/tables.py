"""Payoff tables at values of all parameters, as exact numbers: what every search for equilibria begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from coopgame.analysis.ess import exact_payoff
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

    A MatrixGame is the symmetric game of two players from one population: payoffs and their transpose. The tables of games without parameters are kept
    for further questions about the same game.

    Raises UnsupportedError for games without a payoff table and for payoffs that contain shares, ParameterError for missing values and divisions by zero,
    AssumptionError for values that the game's assumptions exclude.
    """
    if not isinstance(game, MatrixGame | NormalFormGame):
        raise UnsupportedError("equilibria are found for payoff tables (MatrixGame or NormalFormGame)")
    point = game.values(values)
    return _tables(game, point) if point else _kept_tables(game)


@lru_cache(maxsize=16)
def _kept_tables(game: MatrixGame | NormalFormGame) -> PayoffTables:
    return _tables(game, {})


def _tables(game: MatrixGame | NormalFormGame, point: Mapping[str, Fraction]) -> PayoffTables:
    names: tuple[tuple[str, ...], ...]
    if isinstance(game, MatrixGame):
        names = (game.populations[0].strategies,) * 2
        matrix = _array(game, [entry for row in game.payoffs for entry in row], point, names)
        arrays = [matrix, matrix.T]
    else:
        names = tuple(population.strategies for population in game.populations)
        rows = [game.payoff(profile) for profile in game.profiles]
        arrays = [_array(game, payoffs, point, names) for payoffs in zip(*rows, strict=True)]
    fixed = game.substitute(point) if point else game
    return PayoffTables(fixed, tuple(arrays), names, symmetric=isinstance(game, MatrixGame))


def _array(
    game: Game, payoffs: Sequence[sympy.Expr], point: Mapping[str, Fraction], names: Sequence[Sequence[str]]
) -> np.ndarray:
    array = np.empty(len(payoffs), dtype=object)
    array[:] = [exact_payoff(game, payoff, point) for payoff in payoffs]
    array = array.reshape([len(own) for own in names])
    array.flags.writeable = False
    return array
