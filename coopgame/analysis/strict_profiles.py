"""Strict equilibria of games between several populations at values: profiles from which every player who changes alone loses."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from coopgame.analysis.ess import exact_payoff
from coopgame.games.normal_form import NormalFormGame


def strict_profiles(
    game: NormalFormGame, values: Mapping[str, Any] | None = None
) -> list[tuple[tuple[int, ...], tuple[Any, ...]]]:
    """Return every strict equilibrium as the numbers of its strategies, with the payoffs of all players as Fractions; exact.

    Raises UnsupportedError for payoffs that contain shares, ParameterError for missing values and divisions by zero.
    """
    point = game.values(values)
    sizes = tuple(len(population.strategies) for population in game.populations)
    tables = [np.empty(sizes, dtype=object) for _ in sizes]
    for place, profile in zip(product(*map(range, sizes)), game.profiles, strict=True):
        for table, payoff in zip(tables, game.payoff(profile), strict=True):
            table[place] = exact_payoff(game, payoff, point)
    strict = np.ones(sizes, dtype=bool)
    for player, table in enumerate(tables):
        best = table.max(axis=player, keepdims=True)
        strict &= (table == best) & ((table == best).sum(axis=player, keepdims=True) == 1)
    return [
        (place, tuple(table[place] for table in tables)) for place in zip(*map(list, np.nonzero(strict)), strict=True)
    ]
