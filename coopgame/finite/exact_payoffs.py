"""What members of finite populations earn, as Fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Any

import numpy as np
import sympy

from coopgame.analysis.ess import exact_payoff
from coopgame.errors import UnsupportedError
from coopgame.expressions import value_at
from coopgame.finite.group_draws import whole_draws
from coopgame.finite.payoffs import FinitePayoffs, GroupPayoffs, PairPayoffs, RolePayoffs, TwoStrategyGroups
from coopgame.games.game import Game
from coopgame.games.group import GroupGame
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame


def exact_finite_payoffs(game: Game, point: Mapping[str, Fraction], sizes: Sequence[int]) -> FinitePayoffs:
    """Return the payoffs of a game in populations of given sizes as Fractions; states are arrays of Fractions then.

    Raises UnsupportedError for payoffs that are formulas of the shares.
    """
    if isinstance(game, MatrixGame):
        return PairPayoffs(_table(game, game.payoffs, point))
    if isinstance(game, GroupGame):
        table = _table(game, game.payoffs, point)
        if len(table) > 2:
            return GroupPayoffs(whole_draws(np.array(game.compositions), sizes[0]), table)
        return TwoStrategyGroups(_group_means(table, sizes[0]))
    if isinstance(game, NormalFormGame) and len(game.populations) > 1:
        shape = tuple(len(own.strategies) for own in game.populations)
        rows = [game.payoff(profile) for profile in game.profiles]
        table = _table(game, rows, point).reshape(*shape, len(shape))
        return RolePayoffs(tuple(np.moveaxis(table[..., p], p, 0) for p in range(len(shape))), (1,) * len(shape))
    raise UnsupportedError("exact orders need a table of payoffs: a MatrixGame, a GroupGame or a NormalFormGame")


def exact_setting(value: Any, point: Mapping[str, Fraction]) -> Fraction:
    """Return a setting of a law at values of all parameters, exactly; UnsupportedError where it is no rational number."""
    number = value_at(value, point)
    if not number.is_Rational:
        raise UnsupportedError(f"{value} is {number} at these values; exact orders need a rational number")
    return Fraction(int(number.p), int(number.q))


def _table(game: Game, rows: Sequence[Sequence[sympy.Expr]], point: Mapping[str, Fraction]) -> np.ndarray:
    table = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        table[i] = [exact_payoff(game, entry, point) for entry in row]
    return table


def _group_means(payoffs: np.ndarray, size: int) -> np.ndarray:
    """Return the expected payoffs by the number of players of the first strategy among the others; shape (2, size)."""
    group = payoffs.shape[1]
    ways = np.array(
        [
            [
                Fraction(comb(first, m) * comb(size - 1 - first, group - 1 - m), comb(size - 1, group - 1))
                for first in range(size)
            ]
            for m in range(group)
        ],
        dtype=object,
    )
    return np.asarray(payoffs @ ways)
