"""What players get: allocations as they are given, and the excess of every coalition over what its members get."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.coalitions.game import CoalitionalGame
from coopgame.coalitions.subsets import SAFE, largest, subset_sums
from coopgame.errors import GameError, ParameterError
from coopgame.expressions import exact_number


def allocation_of(game: CoalitionalGame, allocation: Mapping[str, Any] | Sequence[Any]) -> list[Fraction]:
    """Return what every player gets, in their order; GameError when players are missing or unknown."""
    if not isinstance(allocation, Mapping):
        if len(allocation) != len(game.players):
            raise GameError(f"{len(allocation)} payoffs for {len(game.players)} players; give one to each")
        allocation = dict(zip(game.players, allocation, strict=True))
    wrong = sorted(set(allocation) ^ set(game.players), key=str)
    if wrong:
        raise GameError(
            f"an allocation gives a payoff to each of {', '.join(game.players)}; check {', '.join(map(str, wrong))}"
        )
    try:
        return [exact_number(allocation[player], f"payoff of {player}") for player in game.players]
    except ParameterError as error:
        raise GameError(str(error)) from error


def excesses(game: CoalitionalGame, payoffs: Sequence[Fraction]) -> tuple[np.ndarray, int]:
    """Return by how much every coalition is worth more than its members get, as whole numbers of 1/unit, and that unit."""
    unit = math.lcm(game.unit, *(payoff.denominator for payoff in payoffs))
    got = subset_sums([int(payoff * unit) for payoff in payoffs])
    factor = unit // game.unit
    scaled = game.scaled
    if got.dtype == object or largest(scaled) * factor >= SAFE or largest(got) >= SAFE:
        return scaled.astype(object) * factor - got, unit
    return scaled * factor - got, unit
