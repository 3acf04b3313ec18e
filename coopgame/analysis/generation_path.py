"""Log shares generation after generation, and the linear maps of displacements along them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from coopgame.dynamics.discrete import GenerationMap
from coopgame.dynamics.state import face_directions
from coopgame.errors import CoopgameError


@dataclass(frozen=True, eq=False)
class GenerationPath:
    """An orbit as computed.

    log_shares: shape (T + 1, number of shares), -inf for absent strategies. stopped: why there is no next generation, None when there is.
    """

    dynamics: GenerationMap
    numbers: list[Any]
    log_shares: np.ndarray
    stopped: CoopgameError | None = None

    @cached_property
    def shares(self) -> np.ndarray:
        """All shares; shape (T + 1, number of shares)."""
        shares: np.ndarray = np.exp(self.log_shares)
        shares.flags.writeable = False
        return shares

    @property
    def last(self) -> int:
        """The last generation."""
        return len(self.log_shares) - 1

    def linear_maps(self, after: int) -> np.ndarray:
        """Return the maps of displacements from each generation to the next, on the face of the strategies that are left at the end.

        Shape (last - after, d, d) with d free directions.
        """
        basis, inverse = face_directions(self.dynamics.game, self.log_shares[-1] > -np.inf)
        jacobians = self.dynamics.jacobians(self.shares[after:-1], self.numbers)
        return np.asarray(inverse @ jacobians @ basis)


def follow_generations(dynamics: GenerationMap, start: np.ndarray, numbers: list[Any], count: int) -> GenerationPath:
    """Return the orbit of a checked state over a number of generations, or the part of it before something stops it."""
    step = dynamics.step(numbers)
    logs = np.empty((count + 1, len(start)))
    with np.errstate(divide="ignore"):
        logs[0] = np.log(start)
    for t in range(count):
        try:
            logs[t + 1] = step(logs[t])
        except CoopgameError as error:
            logs = logs[: t + 1].copy()
            logs.flags.writeable = False
            return GenerationPath(dynamics, numbers, logs, error)
    logs.flags.writeable = False
    return GenerationPath(dynamics, numbers, logs)
