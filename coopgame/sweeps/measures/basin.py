"""The measure of the shares of basins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.batch.engine import BatchOptions
from coopgame.dynamics.field import VectorField
from coopgame.games.game import Game
from coopgame.sweeps.measure import Found, Points, Variable
from coopgame.sweeps.measures.attractors import AttractorReached, attractor_reached
from coopgame.sweeps.measures.dynamic import OfSetting
from coopgame.sweeps.measures.sampling import at_starts, check_confidence, draw_starts, wilson
from coopgame.sweeps.measures.setting import Given, Setting

_BLOCK = 20_000  # trajectories at once


def share_of_basin(
    dynamics: VectorField | Game,
    values: Mapping[str, Any] | None = None,
    *,
    n: int = 1000,
    starts: Any = None,
    rng: int | np.random.Generator = 0,
    confidence: float = 0.95,
    t_end: float = 200.0,
    doublings: int = 4,
    options: BatchOptions | None = None,
) -> ShareOfBasin:
    """Return the measure of which part of the starts reaches each attractor.

    n, starts, rng: as in `find_basin_shares`; they are drawn once, and the same at every point, so differences between points are not those of the draws. Points may
    not override them. Variables with the dimension `attractor`: `basin` (the share), `basin_low` and `basin_high` (the ends of a Wilson interval). Attractors
    are those of `attractor_reached`, trajectories that do not settle among them. A point where any trajectory fails is a failure.

    >>> import numpy as np
    >>> from coopgame import MatrixGame
    >>> from coopgame.sweeps.measure import Points
    >>> measure = share_of_basin(MatrixGame([["b", 0], [0, 1]], symbol="x"), starts={"x": np.array([0.1, 0.3, 0.5, 0.7])})
    >>> measure.evaluate(Points({"b": np.array([0.5, 3.0])}, np.arange(2))).arrays["basin"][:, :2]
    array([[0.75, 0.25],
           [0.25, 0.75]])
    """
    check_confidence(confidence)
    reached = attractor_reached(dynamics, values, t_end=t_end, doublings=doublings, options=options)
    states = draw_starts(reached.setting.dynamics, n, starts, rng)
    drawn = "uniform" if starts is None else "given" if not callable(starts) else "drawn by a function"
    seed = "a generator" if isinstance(rng, np.random.Generator) else str(rng)
    setting = Setting(reached.setting.dynamics, reached.setting.values)
    return ShareOfBasin(
        setting, reached, states, confidence, f"{len(states)} starts, {drawn}, rng = {seed}", reached.compiled
    )


@dataclass(frozen=True, eq=False)
class ShareOfBasin(OfSetting):
    """Shares of basins; made by `share_of_basin`."""

    reached: AttractorReached
    starts: np.ndarray
    confidence: float
    drawn: str
    compiled: bool
    name = "share_of_basin"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """`basin`, `basin_low` and `basin_high`."""
        level, dims = f"{self.confidence:.0%}", ("attractor",)
        return (
            Variable("basin", dims, meaning="share of starts that reach it", zh="到达该吸引子的初始状态比例"),
            Variable("basin_low", dims, meaning=f"lower end of the {level} interval", zh=f"{level} 置信区间下限"),
            Variable("basin_high", dims, meaning=f"upper end of the {level} interval", zh=f"{level} 置信区间上限"),
        )

    @property
    def coordinates(self) -> Mapping[str, Sequence[str] | np.ndarray]:
        """The attractors."""
        return {"attractor": list(self.reached.limits.texts)}

    def provenance(self) -> Mapping[str, str]:
        """Return how trajectories are followed, and the starts."""
        own = {"measure": self.name, "starts": self.drawn, "confidence": f"{self.confidence:g}"}
        told = {**self.reached.provenance(), **own}
        return {key: text for key, text in told.items() if key != "initial"}

    def prepare(self, tell: Callable[[str], object]) -> None:
        """Compile the kernel of the dynamic."""
        self.reached.prepare(tell)

    def evaluate(self, points: Points) -> Found:
        """Return shares of basins; see `share_of_basin`."""
        given = self.setting.read(points)
        width, size = len(self.starts), len(self.reached.limits.texts)
        counts = np.zeros((len(given), size), dtype=np.int64)
        at_once = max(_BLOCK // width, 1)
        for first in range(0, len(given), at_once):
            rows = np.arange(first, min(first + at_once, len(given)))
            counts[rows] = self._counts(given.only(rows), given, size)
        low, high = wilson(counts, width, self.confidence)
        return self.found(len(points), given, {"basin": counts / width, "basin_low": low, "basin_high": high})

    def _counts(self, part: Given, whole: Given, size: int) -> np.ndarray:
        width = len(self.starts)
        trajectories = at_starts(self.reached, part, self.starts)
        reached = self.reached.reached(trajectories)
        for place, reason in sorted(trajectories.failures.items(), reverse=True):
            whole.failures[int(part.places[place // width])] = f"start {place % width}: {reason}"
        good = reached.attractor >= 0
        number = trajectories.places[good] // width * size + reached.attractor[good]
        return np.bincount(number, minlength=len(part) * size).reshape(len(part), size)
