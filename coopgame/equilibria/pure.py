"""Pure Nash equilibria, by comparing every unilateral change exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.equilibria.tables import PayoffTables, payoff_tables
from coopgame.games.game import Game

_MACHINE = 2**61


@dataclass(frozen=True)
class PureEquilibrium:
    """A profile from which no single player gains by changing; strict when every change loses."""

    profile: tuple[str, ...]
    strict: bool

    def __str__(self) -> str:
        return f"({', '.join(self.profile)}), {'strict' if self.strict else 'not strict'}"


def find_pure_nash_equilibria(game: Game, values: Mapping[str, Any] | None = None) -> tuple[PureEquilibrium, ...]:
    """Return all pure Nash equilibria at values, decided exactly; complete, because every profile is tried.

    For a MatrixGame these are the symmetric ones: strategies that are best replies to themselves.

    Raises UnsupportedError for games without a payoff table, ParameterError for missing values.

    >>> from coopgame import NormalFormGame, find_pure_nash_equilibria
    >>> find_pure_nash_equilibria(NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]]))
    (PureEquilibrium(profile=('1', '1'), strict=True), PureEquilibrium(profile=('2', '2'), strict=True))
    """
    tables = payoff_tables(game, values)
    if tables.symmetric:
        (names, _) = tables.names
        return tuple(PureEquilibrium((names[i],), s) for (i, j), s in pure_profiles(tables) if i == j)
    return tuple(
        PureEquilibrium(tuple(names[s] for names, s in zip(tables.names, place, strict=True)), strict)
        for place, strict in pure_profiles(tables)
    )


def pure_profiles(tables: PayoffTables) -> list[tuple[tuple[int, ...], bool]]:
    """Return the pure equilibria as numbers of strategies, in order, and whether each is strict."""
    equilibrium = np.ones(tables.sizes, dtype=bool)
    strict = np.ones(tables.sizes, dtype=bool)
    for player, table in enumerate(tables.exact):
        whole = whole_numbers(table)
        best = whole == whole.max(axis=player, keepdims=True)
        equilibrium &= best
        strict &= best & (best.sum(axis=player, keepdims=True) == 1)
    return [(tuple(int(s) for s in place), bool(strict[tuple(place)])) for place in np.argwhere(equilibrium)]


def whole_numbers(table: np.ndarray) -> np.ndarray:
    """Return a table of Fractions times their common denominator: machine integers where they fit, else Python's."""
    scale = math.lcm(*(value.denominator for value in table.flat))
    numbers = [value.numerator * (scale // value.denominator) for value in table.flat]
    fits = max(map(abs, numbers)) < _MACHINE
    return np.array(numbers, dtype=np.int64 if fits else object).reshape(table.shape)
