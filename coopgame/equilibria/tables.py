"""Payoff tables at values of all parameters, as exact numbers: what every search for equilibria begins with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
import sympy

from coopgame.analysis.ess import exact_payoff
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame


@dataclass(frozen=True, eq=False)
class WholeTable:
    """Payoffs as whole numbers, in an array of objects, that are all to be divided by one number."""

    numbers: np.ndarray
    denominator: int

    @property
    def T(self) -> WholeTable:
        """The table with its axes in reverse order."""
        return WholeTable(self.numbers.T, self.denominator)

    def fractions(self) -> np.ndarray:
        """Return the payoffs as Fractions."""
        array = np.empty(self.numbers.size, dtype=object)
        array[:] = [Fraction(number, self.denominator) for number in self.numbers.flat]
        return array.reshape(self.numbers.shape)


@dataclass(frozen=True, eq=False)
class PayoffTables:
    """The payoffs of a game in normal form at values.

    game: the game with numbers for its parameters. whole: one table per player, indexed in player order. names: the strategies of every
    player. symmetric: whether the two players stand for one population, so that an equilibrium of the game is a state from which no member gains by changing.
    """

    game: Game
    whole: tuple[WholeTable, ...]
    names: tuple[tuple[str, ...], ...]
    symmetric: bool

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of strategies of every player."""
        return tuple(len(own) for own in self.names)

    @cached_property
    def exact(self) -> tuple[np.ndarray, ...]:
        """One array of Fractions per player, indexed in player order."""
        return tuple(table.fractions() for table in self.whole)


def payoff_tables(game: Game, values: Mapping[str, Any] | None = None) -> PayoffTables:
    """Return the payoffs of a game in normal form, exact at values of all parameters.

    A MatrixGame is the symmetric game of two players from one population: payoffs and their transpose.

    Raises UnsupportedError for games without a payoff table and for payoffs that contain shares, ParameterError for missing values and divisions by zero,
    AssumptionError for values that the game's assumptions exclude.
    """
    if not isinstance(game, MatrixGame | NormalFormGame):
        raise UnsupportedError("equilibria are found for payoff tables (MatrixGame or NormalFormGame)")
    point = game.values(values)
    names = tuple(population.strategies for population in game.populations)
    if isinstance(game, MatrixGame):
        names *= 2
        table = _table(game, (payoff for row in game.payoffs for payoff in row), point, names)
        whole: tuple[WholeTable, ...] = (table, table.T)
    else:
        columns = zip(*map(game.payoff, game.profiles), strict=True)
        whole = tuple(_table(game, payoffs, point, names) for payoffs in columns)
    fixed = game.substitute(point) if game.ring.names else game
    return PayoffTables(fixed, whole, names, symmetric=isinstance(game, MatrixGame))


def _table(
    game: Game, payoffs: Iterable[sympy.Expr], point: Mapping[str, Fraction], names: tuple[tuple[str, ...], ...]
) -> WholeTable:
    """Return payoffs, in the order of the profiles, as one table. sympy's rational numbers are taken as they are, which makes no Fractions."""
    ratios = [
        (int(payoff.p), int(payoff.q)) if payoff.is_Rational else exact_payoff(game, payoff, point).as_integer_ratio()
        for payoff in payoffs
    ]
    denominator = lcm(*{below for _, below in ratios})
    numbers = np.empty(len(ratios), dtype=object)
    numbers[:] = [above * (denominator // below) for above, below in ratios]
    return WholeTable(numbers.reshape([len(own) for own in names]), denominator)
