"""Follows the projection dynamic from one set of moving strategies to the next: stops at the boundary, and where it is left again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from coopgame.analysis.events import Watch
from coopgame.analysis.schedules import Schedule, numbers_at
from coopgame.analysis.solution import Chart, IntegrationOptions, Solution, solve
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family
from coopgame.dynamics.state import slices
from coopgame.errors import CoopgameError, IntegrationError

Path = Callable[[np.ndarray], np.ndarray]

_PARTS_OF_A_STEP = 16
_MOST_PHASES = 5_000
_ROUNDING = 1e-13  # of the payoffs: what is smaller is a tie


class FaceChart(Chart):
    """Coordinates of a state in which, under the projection dynamic, only some strategies of a population move.

    The others are absent and stay at 0. moving: the shares that move. Rates are those of the formula with these strategies, on both
    sides of the boundary, so that a step may end beyond it and the crossing is found on a smooth solution.
    """

    def __init__(
        self,
        dynamics: VectorField,
        start: np.ndarray,
        numbers: list[float],
        schedules: Sequence[tuple[int, Schedule]],
        moving: frozenset[int],
    ) -> None:
        super().__init__(dynamics, start, numbers, schedules)
        self.moving = moving
        self.projected = projected_parts(dynamics)
        columns = [i for part in self.plain for i in range(part.start, part.stop)]
        logs = sum(len(others) for _, others in self.blocks)
        self.rows = {i: logs + k for k, i in enumerate(columns)}

    def shares(self, u: np.ndarray) -> np.ndarray:
        shares = super().shares(u)
        if u.ndim == 1:  # beyond the boundary too, so that payoffs stay smooth there
            for i in (i for part in self.projected for i in range(part.start, part.stop)):
                shares[i] = u[self.rows[i]]
        return shares

    def gains(self, time: float, u: np.ndarray) -> np.ndarray:
        """Return what each strategy of a projected population earns more than the mean of those that move; 0 in other blocks."""
        payoffs = self.dynamics.payoffs_at(self.shares(u), numbers_at(self.numbers, self.schedules, time))
        gains = np.zeros_like(payoffs)
        for part in self.projected:
            own = [i for i in range(part.start, part.stop) if i in self.moving]
            gains[part] = payoffs[part] - payoffs[own].mean()
        return gains

    def rates(self, time: float, u: np.ndarray) -> np.ndarray:
        rates = super().rates(time, u)
        gains = self.gains(time, u)
        for i in (i for part in self.projected for i in range(part.start, part.stop)):
            rates[self.rows[i]] = gains[i] if i in self.moving else 0.0
        return rates


@dataclass(frozen=True, eq=False)
class ProjectedSolution:
    """A solution of the projection dynamic in phases; in each one the same strategies move and the others are exactly absent.

    phases: solutions that follow one another. steps: where a solver stopped; among them the times at which the boundary is met or left.
    """

    phases: tuple[Solution, ...]
    stopped: CoopgameError | None = field(default=None)

    @cached_property
    def steps(self) -> np.ndarray:
        """Times at which the solver stopped, from the start to the end."""
        return np.unique(np.concatenate([phase.steps for phase in self.phases]))

    @property
    def switches(self) -> np.ndarray:
        """The times at which the set of moving strategies changes; shape (number of phases - 1,)."""
        return np.array([phase.steps[0] for phase in self.phases[1:]])

    def __call__(self, times: np.ndarray) -> np.ndarray:
        """Return log shares at times of shape (T,), shape (T, number of shares)."""
        times = np.asarray(times, dtype=float)
        which = np.searchsorted(self.switches, times, side="right")
        result = np.empty((len(times), self.phases[0].chart.count))
        for phase in np.unique(which):
            chosen = which == phase
            result[chosen] = self.phases[phase](times[chosen])
        return result


class _Boundary:
    """Looks on every step for the first time at which the set of moving strategies changes, and for events up to there."""

    def __init__(self, chart: FaceChart, start: float, watch: Watch | None) -> None:
        self.chart, self.last, self.watch = chart, start, watch
        self.share: int | None = None

    def __call__(self, end: float, path: Path) -> float | None:
        times = np.linspace(self.last, end, _PARTS_OF_A_STEP + 1)
        self.last = end
        first = min(self._changes(times, path), default=None)
        if first is not None:
            self.share = first[1]
        halt = self.watch(end if first is None else first[0], path) if self.watch else None
        if halt is not None and (first is None or halt < first[0]):
            self.share = None
            return halt
        return None if first is None else first[0]

    def _changes(self, times: np.ndarray, path: Path) -> list[tuple[float, int]]:
        """Return for every strategy the first time in a step at which it dies out or comes back."""
        u = path(times)
        chart = self.chart
        gains = np.array([chart.gains(t, column) for t, column in zip(times, u.T, strict=True)])
        tie = _ROUNDING * (1 + np.abs(gains).max())
        found = []
        for part in chart.projected:
            for i in range(part.start, part.stop):
                moves = i in chart.moving
                values = u[chart.rows[i]] if moves else tie - gains[:, i]
                beyond = np.flatnonzero(values < (-_ROUNDING if moves else 0.0))
                beyond = beyond[beyond > 0]
                if len(beyond):
                    k = int(beyond[0])
                    found.append((self._root(i, tie, path, (times[k - 1], times[k])), i))
        return found

    def _root(self, i: int, tie: float, path: Path, bounds: tuple[float, float]) -> float:
        from scipy.optimize import brentq

        def value(time: float) -> float:
            u = path(np.array([time]))[:, 0]
            return float(u[self.chart.rows[i]] if i in self.chart.moving else tie - self.chart.gains(time, u)[i])

        low, high = bounds
        if value(low) <= 0:
            return float(low)
        return float(brentq(value, low, high, xtol=1e-15, rtol=1e-14))


def projected_parts(dynamics: VectorField) -> list[slice]:
    """Return where the shares of the populations stand that follow the projection dynamic."""
    laws = zip(slices(dynamics.game), dynamics.laws, strict=False)
    return [part for part, law in laws if law.family == Family.PROJECTION]


def moving_strategies(dynamics: VectorField, shares: np.ndarray, numbers: list[Any]) -> frozenset[int]:
    """Return which shares move at a state: those present, and absent ones that earn more than the mean of the moving.

    Absent strategies come in by their payoff, as long as they are above the mean of those inside.

    References: Lahkar and Sandholm (2008), Games and Economic Behavior 64, section 3.
    """
    payoffs = dynamics.payoffs_at(shares, numbers)
    tie = _ROUNDING * (1 + np.abs(payoffs).max())
    result: set[int] = set()
    for part in projected_parts(dynamics):
        own = [i for i in range(part.start, part.stop) if shares[i] > 0]
        absent = [i for i in range(part.start, part.stop) if shares[i] == 0]
        for i in sorted(absent, key=lambda i: -payoffs[i]):
            if payoffs[i] > payoffs[own].mean() + tie:
                own.append(i)
        result.update(own)
    return frozenset(result)


def follow_projection(
    chart: Chart, t_end: float, options: IntegrationOptions, watch: Watch | None
) -> ProjectedSolution:
    """Return the solution of a dynamic in which some populations follow the projection dynamic.

    chart: of the start. Between two changes of the set of moving strategies the field is smooth and is solved with the options; a
    change is located as a root of the dense solution. There the share that died out is set to 0.

    References: Nagurney and Zhang (1997), on projected dynamical systems; Lahkar and Sandholm (2008).
    """
    dynamics, numbers, schedules = chart.dynamics, chart.numbers, chart.schedules
    time, shares, entering = 0.0, chart.shares(chart.start), frozenset[int]()
    phases: list[Solution] = []
    for _ in range(_MOST_PHASES):
        at_time = numbers_at(numbers, schedules, time)
        moving = moving_strategies(dynamics, shares, at_time) | entering
        face = FaceChart(dynamics, shares, numbers, schedules, moving)
        if watch:
            watch.shares = face.shares
        boundary = _Boundary(face, time, watch)
        phase = solve(face, (time, t_end), options, boundary)
        if phase.steps[-1] > time or not phases:
            phases.append(phase)
        if phase.stopped or boundary.share is None:
            return ProjectedSolution(tuple(phases), phase.stopped)
        time, share = float(phase.steps[-1]), boundary.share
        shares = np.exp(phase(np.array([time])))[0]
        entering = frozenset() if share in moving else frozenset({share})
        shares[share] = 0.0
        for part in projected_parts(dynamics):
            shares[part] /= shares[part].sum()
    error = IntegrationError(f"{_MOST_PHASES} changes of the moving strategies up to t = {time:.6g}; shorten t_end")
    return ProjectedSolution(tuple(phases), error)
