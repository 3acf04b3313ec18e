"""Pure Nash equilibria, by comparing every unilateral change exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from coopgame.analysis.ess import exact_payoff, exact_payoffs
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame


@dataclass(frozen=True)
class PureEquilibrium:
    """A profile from which no single player gains by changing; strict when every change loses."""

    profile: tuple[str, ...]
    strict: bool


def find_pure_nash_equilibria(game: Game, values: Mapping[str, Any] | None = None) -> tuple[PureEquilibrium, ...]:
    """Return all pure Nash equilibria at values, decided exactly; complete, because every profile is tried.

    For a MatrixGame these are the symmetric ones: strategies that are best replies to themselves.
    """
    if isinstance(game, MatrixGame):
        return _symmetric(game, values)
    if not isinstance(game, NormalFormGame):
        raise UnsupportedError("pure Nash equilibria need a payoff table (MatrixGame or NormalFormGame)")
    point = game.values(values)
    sizes = [range(len(population.strategies)) for population in game.populations]
    earned = {}
    for profile in product(*sizes):
        names = tuple(p.strategies[s] for p, s in zip(game.populations, profile, strict=True))
        earned[profile] = [exact_payoff(game, u, point) for u in game.payoff(names)]
    found = []
    for profile, payoffs in earned.items():
        losses = [
            payoffs[p] - earned[(*profile[:p], other, *profile[p + 1 :])][p]
            for p in range(len(profile))
            for other in sizes[p]
            if other != profile[p]
        ]
        if all(loss >= 0 for loss in losses):
            names = tuple(p.strategies[s] for p, s in zip(game.populations, profile, strict=True))
            found.append(PureEquilibrium(names, all(loss > 0 for loss in losses)))
    return tuple(found)


def _symmetric(game: MatrixGame, values: Mapping[str, Any] | None) -> tuple[PureEquilibrium, ...]:
    matrix = exact_payoffs(game, values)
    found = []
    for j, name in enumerate(game.populations[0].strategies):
        losses = [matrix[j][j] - matrix[i][j] for i in range(len(matrix)) if i != j]
        if all(loss >= 0 for loss in losses):
            found.append(PureEquilibrium((name,), all(loss > 0 for loss in losses)))
    return tuple(found)
