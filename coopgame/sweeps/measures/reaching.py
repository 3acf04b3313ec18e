"""The measure of the time at which a state is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.batch.engine import BatchOptions
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import as_state
from coopgame.errors import StateError
from coopgame.games.game import Game
from coopgame.sweeps.measure import Found, Points, Variable
from coopgame.sweeps.measures.dynamic import OfTrajectories, failed
from coopgame.sweeps.measures.following import has_lanes, states_at
from coopgame.sweeps.measures.setting import Given, Setting

_INTERVALS = 256
_FINER = 64
_ROUNDS = 2  # 256 * 64 * 64 parts of t_end, and a straight line between these
_BLOCK = 2048  # points whose states over time are held at once
_LEAST_LOG = -690.0  # of a share from which a trajectory can be taken up again


def time_to_reach(
    dynamics: VectorField | Game,
    target: Any,
    values: Mapping[str, Any] | None = None,
    initial: Any = None,
    *,
    within: float = 0.01,
    t_end: float = 200.0,
    options: BatchOptions | None = None,
) -> TimeToReach:
    """Return the measure of the first time at which every share is within a distance of a target.

    target: the strategies of a pure profile, in the order of the populations, or any state as `as_state` takes it. within: largest absolute difference
    of a share. Variable: `time`; 0 where the start is that near, infinite where it is not reached by `t_end`. The crossing is looked for on 256
    equal intervals of t_end and then on finer ones, to about 1e-6 of t_end: what is near for less than t_end/256 may be missed.
    values, initial: as in `final_shares`.

    Raises StateError for a target that is no state.

    >>> import numpy as np
    >>> from coopgame import MatrixGame
    >>> from coopgame.sweeps.measure import Points
    >>> measure = time_to_reach(MatrixGame([["c", "c"], [0, 0]], strategies=["a", "b"], symbol="x"), ["a"], initial={"x": 0.5})
    >>> found = measure.evaluate(Points({"c": np.array([1.0, -1.0])}, np.arange(2)))
    >>> found.arrays["time"].round(3), round(float(np.log(99)), 3)
    (array([4.595,   inf]), 4.595)
    """
    setting = Setting.of(dynamics, values, initial)
    if isinstance(within, bool) or not isinstance(within, int | float | np.number) or not 0 < within < 1:
        raise StateError(f"within = {within!r}; a number between 0 and 1 is needed")
    state = tuple(map(float, _target(setting.game, target)))
    return TimeToReach(setting, t_end, options or BatchOptions(), state, float(within), has_lanes(setting.dynamics))


def _target(game: Game, target: Any) -> np.ndarray:
    words = target.split(", ") if isinstance(target, str) else target
    if isinstance(words, Sequence) and words and all(isinstance(word, str) for word in words):
        known = [p.strategies for p in game.populations]
        if game.environment or len(words) != len(known) or any(w not in k for w, k in zip(words, known, strict=True)):
            shown = "; ".join(f"{p.name}: {', '.join(p.strategies)}" for p in game.populations)
            raise StateError(
                f"the target {target!r} is no pure profile; give one strategy of each population ({shown})"
            )
        return as_state(game, np.array([float(s == w) for w, k in zip(words, known, strict=True) for s in k]))
    state = as_state(game, target)
    if state.ndim != 1:
        raise StateError(f"one target is needed, got an array of shape {state.shape}")
    return state


@dataclass(frozen=True, eq=False)
class TimeToReach(OfTrajectories):
    """The time at which a state is reached; made by `time_to_reach`."""

    target: tuple[float, ...]
    within: float
    compiled: bool
    name = "time_to_reach"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """`time`."""
        return (Variable("time", (), meaning="time to reach the target", zh="到达目标的时间"),)

    def provenance(self) -> Mapping[str, str]:
        """Return also the target and the distance."""
        target = ", ".join(f"{share:g}" for share in self.target)
        return {**super().provenance(), "target": target, "within": f"{self.within:g}"}

    def evaluate(self, points: Points) -> Found:
        """Return the times; see `time_to_reach`."""
        given = self.setting.read(points)
        times = np.full(len(given), np.inf)
        for first in range(0, len(given), _BLOCK):
            rows = np.arange(first, min(first + _BLOCK, len(given)))
            part = given.only(rows)
            times[rows] = self._times(part)
            given.failures.update(part.failures)
        return self.found(len(points), given, {"time": times})

    def _times(self, part: Given) -> np.ndarray:
        """Return times, and write failures into those of the part."""
        width = float(self.t_end) / _INTERVALS
        logs, distances = self._distances(part, part, width, _INTERVALS)
        k = _first(distances <= self.within)
        times = np.where(k == 0, 0.0, np.inf)
        rows = np.flatnonzero((k > 0) & (k <= _INTERVALS))
        left = (k[rows] - 1) * width
        before = logs[rows, k[rows] - 1]
        ends = np.stack([distances[rows, k[rows] - 1], distances[rows, k[rows]]])
        for _ in range(_ROUNDS):
            width /= _FINER
            anew = Given(part.places[rows], part.only(rows).values, np.exp(before), part.failures)
            logs, distances = self._distances(anew, part.only(rows), width, _FINER, before, left)
            distances[:, -1] = np.minimum(
                distances[:, -1], self.within
            )  # it is reached in here, up to the solver's error
            k = np.maximum(_first(distances <= self.within), 1)
            n = np.arange(len(rows))
            before, left = logs[n, k - 1], left + (k - 1) * width
            ends = np.stack([distances[n, k - 1], distances[n, k]])
        gap = ends[0] - ends[1]
        part_of_it = np.where(gap > 0, (ends[0] - self.within) / np.where(gap > 0, gap, 1.0), 0.0)
        times[rows] = left + np.clip(part_of_it, 0, 1) * width
        return times

    def _distances(
        self,
        given: Given,
        whole: Given,
        width: float,
        count: int,
        before: np.ndarray | None = None,
        left: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return log shares and distances at 0, 1, … intervals after the starts; shapes (n, count + 1, …).

        before, left: log shares and times of starts that are taken up again. Where a share is too small for that, the trajectory is followed from
        its own start once more.
        """
        times = width * np.arange(1, count + 1)
        states = states_at(self.setting, given, times, self.options)
        logs = states.log_shares.copy()
        failures = dict(states.failures)
        with np.errstate(divide="ignore"):
            first = np.log(given.starts) if before is None else before
        if before is not None and left is not None:
            small = (np.isfinite(before) & (before < _LEAST_LOG)).any(axis=1) & (left > 0)
            for k in np.flatnonzero(small):
                again = states_at(self.setting, whole.only(np.array([k])), left[k] + times, self.options)
                logs[k], failures = again.log_shares[0], {n: why for n, why in failures.items() if n != k}
                failures |= dict.fromkeys([int(k)] if again.failures else [], next(iter(again.failures.values()), ""))
        failed(given, failures)
        logs = np.concatenate([first[:, None], logs], axis=1)
        distances = np.nan_to_num(np.abs(np.exp(logs) - np.array(self.target)).max(axis=2), nan=np.inf)
        return logs, distances


def _first(reached: np.ndarray) -> np.ndarray:
    """Return for every row the first place that is true, the number of places where none is."""
    return np.asarray(np.where(reached.any(axis=1), reached.argmax(axis=1), reached.shape[1]))
