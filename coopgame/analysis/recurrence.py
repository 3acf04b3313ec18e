"""Turns of a trajectory: when a share passes through a level again and again, and whether the orbit closes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from coopgame.analysis.solution import DenseSolution

_LEAST_SWING = 1e-3
_FEWEST_PASSAGES = 3
_PARTS_OF_A_STEP = 8
_MOST_TURNS = 16


@dataclass(frozen=True, eq=False)
class Turns:
    """The turns of a trajectory around something, seen in the share that swings most.

    column: which share. passages: times at which it rises through a level, shape (m,). states: all shares then, shape (m, n).
    swings: largest minus smallest value of the share in each turn; depths: logarithm of the smallest share of any strategy
    in each turn; both of shape (m - 1,). sizes: by what distances are divided, 1 for shares, its largest value for a quantity without
    upper bound, shape (n,).
    """

    column: int
    passages: np.ndarray
    states: np.ndarray
    swings: np.ndarray
    depths: np.ndarray
    sizes: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """Durations of the turns; shape (m - 1,)."""
        return np.diff(self.passages)

    def drifts(self, turns: int = 1) -> np.ndarray:
        """How far the state moved in so many turns in terms of sizes, largest over the shares; shape (m - turns,)."""
        moved: np.ndarray = (np.abs(self.states[turns:] - self.states[:-turns]) / self.sizes).max(axis=1)
        return moved

    def closing(self, tolerance: float) -> int | None:
        """After how many turns the state came back twice in a row, the fewest; None when it did not.

        The first turn needs to close once: a spiral into a closed orbit closes each turn better than the one before.
        """
        for turns in range(1, min(_MOST_TURNS, len(self.lengths) // 2) + 1):
            last = self.drifts(turns)[-1 if turns == 1 else -1 - turns :]
            if last.max() < tolerance:
                return turns
        return None

    @property
    def spiral(self) -> bool:
        """Whether the later passages drift in one direction, as on the way to or from a rest point."""
        late = self.states[len(self.states) // 2 :] / self.sizes
        widest = int(np.argmax(np.ptp(late, axis=0)))
        steps = np.sign(np.diff(late[:, widest]))
        return len(late) < 4 or bool(np.count_nonzero(np.diff(steps)) < 2)


def find_turns(solution: DenseSolution, unbounded: Collection[int] = ()) -> Turns | None:
    """Return the turns of a solution, None when no share swings or it swings fewer than two times.

    Passages are roots of the dense solution, so they do not depend on the stored times. unbounded: the columns of quantities without
    upper bound, whose swings are measured against their largest values; one that only dies out or grows is passed over.
    """
    times = _between_steps(solution.steps)
    logs = solution(times)
    # by steps: time near a heteroclinic cycle is spent at rest
    seen = _seen(logs, slice(len(times) // 2, None), unbounded)
    if seen is None:
        return None
    passages = np.array([_root(solution, seen.column, seen.level, times[i], times[i + 1]) for i in seen.rises])
    return Turns(seen.column, passages, np.exp(solution(passages)), seen.swings, seen.depths, seen.sizes)


def turns_of_generations(logs: np.ndarray) -> Turns | None:
    """Return the turns of log shares of generations, of shape (T, number of shares), to a whole generation; None as for `find_turns`."""
    shares = np.exp(logs)
    way = np.append(0.0, np.cumsum(np.abs(np.diff(shares, axis=0)).max(axis=1)))
    # by the way that the state has gone: generations near a heteroclinic cycle are spent at rest
    seen = _seen(logs, slice(int(np.searchsorted(way, way[-1] / 2)), None))
    if seen is None:
        return None
    return Turns(seen.column, seen.rises + 1.0, shares[seen.rises + 1], seen.swings, seen.depths, seen.sizes)


@dataclass(frozen=True, eq=False)
class _Seen:
    """The share that swings most, the level it is counted at, the places before it rises through that, and what happens between."""

    column: int
    level: float
    rises: np.ndarray
    swings: np.ndarray
    depths: np.ndarray
    sizes: np.ndarray


def _seen(logs: np.ndarray, late: slice, unbounded: Collection[int] = ()) -> _Seen | None:
    shares = np.exp(logs)
    sizes = np.ones(shares.shape[1])
    for i in unbounded:
        sizes[i] = max(float(shares[late, i].max()), np.finfo(float).tiny)
    found = _swinging(shares, late, sizes, unbounded)
    if found is None:
        return None
    column, level, rises = found
    signal = shares[:, column]
    swings = [np.ptp(signal[a : b + 2]) for a, b in pairwise(rises)]
    finite = np.where(np.isfinite(logs), logs, 0.0).min(axis=1)
    depths = [finite[a : b + 2].min() for a, b in pairwise(rises)]
    return _Seen(column, level, rises, np.array(swings), np.array(depths), sizes)


def _swinging(
    shares: np.ndarray, late: slice, sizes: np.ndarray, unbounded: Collection[int]
) -> tuple[int, float, np.ndarray] | None:
    """Return the column that swings most, its level, and before which rows it rises through it."""
    spread = np.ptp(shares[late], axis=0) / sizes
    for column in np.argsort(-spread, kind="stable").tolist():
        if spread[column] < _LEAST_SWING:
            return None
        signal = shares[:, column]
        level = sizes[column] * _level(signal[late] / sizes[column], float(spread[column]))
        rises = np.flatnonzero((signal[:-1] <= level) & (signal[1:] > level))
        if len(rises) >= _FEWEST_PASSAGES:
            return column, level, rises
        if column not in unbounded:
            return None
    return None


def _between_steps(steps: np.ndarray) -> np.ndarray:
    """Return the solver's steps, each cut into equal parts."""
    fractions = np.arange(_PARTS_OF_A_STEP) / _PARTS_OF_A_STEP
    inner = steps[:-1, None] + np.diff(steps)[:, None] * fractions
    return np.append(inner.ravel(), steps[-1])


def _level(signal: np.ndarray, spread: float) -> float:
    level = float(np.median(signal)) if spread < 0.5 else 0.5
    if signal.min() < level < signal.max():
        return level
    return float(signal.min() + signal.max()) / 2


def _root(solution: DenseSolution, column: int, level: float, low: float, high: float) -> float:
    from scipy.optimize import brentq

    def above(time: float) -> float:
        return float(np.exp(solution(np.array([time]))[0, column]) - level)

    if above(low) * above(high) > 0:  # the level is touched within rounding
        return high
    return float(brentq(above, low, high, xtol=1e-13, rtol=1e-13))
