"""Solves a mean dynamic in coordinates that suit it: logarithms of share ratios, or the shares themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from coopgame.analysis.schedules import Schedule, numbers_at
from coopgame.analysis.stops import blow_up, left_range, too_large
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family
from coopgame.dynamics.state import share_names, slices
from coopgame.errors import CoopgameError, IntegrationError, ParameterError

Path = Callable[[np.ndarray], np.ndarray]
Watcher = Callable[[float, Path], float | None]
_MARGIN = 1e-6
_LARGEST_LOG = 709.0
_LARGE = 1e30  # rates that are no numbers at larger quantities are those of a step that was tried too far
_METHODS = ("DOP853", "RK45", "RK23", "LSODA", "Radau", "BDF")


@dataclass(frozen=True)
class IntegrationOptions:
    """How a trajectory is computed.

    rtol, atol: tolerances on the coordinates that are integrated: logarithms of share ratios where absent strategies stay absent,
    else shares. points: number of stored times. method: a scipy method; DOP853 suits bounded rates, LSODA or Radau stiff ones, such as
    logit choice with little noise or a fast environment.
    """

    rtol: float = 1e-10
    atol: float = 1e-10
    points: int = 1001
    max_step: float = np.inf
    method: str = "DOP853"

    def __post_init__(self) -> None:
        if not (self.rtol > 0 and self.atol > 0 and self.max_step > 0):
            raise IntegrationError(f"tolerances and max_step must be positive, got {self}")
        if self.points < 2:
            raise IntegrationError(f"points must be at least 2, got {self.points}")
        if self.method not in _METHODS:
            raise IntegrationError(f"unknown method {self.method!r}; there are {', '.join(_METHODS)}")


class DenseSolution(Protocol):
    """What any computed solution gives: the times between which it is smooth, and log shares at any time."""

    @property
    def steps(self) -> np.ndarray:
        """Times, in order, from the start to the end."""

    @property
    def stopped(self) -> CoopgameError | None:
        """Why the solution ended before its time, None when it did not."""

    def __call__(self, times: np.ndarray) -> np.ndarray:
        """Return log shares at times of shape (T,); shape (T, number of shares)."""


class Chart:
    """Coordinates of the strategies that can be present.

    Where absent strategies stay absent: u_i = log(x_i / x_reference) in each population, and the logarithm of a quantity from 0 on
    that stays 0 once it is. Elsewhere the shares themselves, and an environment variable whose ends are not at rest.
    """

    def __init__(
        self,
        dynamics: VectorField,
        start: np.ndarray,
        numbers: list[float],
        schedules: Sequence[tuple[int, Schedule]] = (),
    ) -> None:
        self.dynamics = dynamics
        self.numbers = numbers
        self.schedules = tuple(schedules)
        self.count = len(start)
        self.blocks: list[tuple[int, list[int]]] = []
        self.plain: list[slice] = []
        self.amounts: list[int] = []
        self.variables: list[int] = []
        game = dynamics.game
        populations = len(game.populations)
        for k, (part, relative) in enumerate(zip(slices(game), dynamics.relative, strict=True)):
            if relative and not game.blocks[k].bounded:
                self.amounts += [part.start] if start[part.start] > 0 else []
            elif relative:
                present = [i for i in range(part.start, part.stop) if start[i] > 0]
                reference = max(present, key=lambda i: start[i])
                self.blocks.append((reference, [i for i in present if i != reference]))
            elif k < populations:
                self.plain.append(part)
            else:
                self.variables.append(part.start)
        names = share_names(game)
        self.unbounded = {i for i, name in enumerate(names) if name in game.unbounded}
        logs = [np.log(start[i]) - np.log(start[r]) for r, others in self.blocks for i in others]
        logs += [np.log(start[i]) for i in self.amounts]
        shares = [value for part in self.plain for value in start[part]]
        self.start = np.array([*logs, *shares, *(start[i] for i in self.variables)], dtype=float)

    def log_shares(self, u: np.ndarray) -> np.ndarray:
        """Return the logarithms of all shares; u has shape (d, ...), the result (..., number of shares)."""
        logs = np.full((*u.shape[1:], self.count), -np.inf)
        position = 0
        for reference, others in self.blocks:
            block = u[position : position + len(others)]
            position += len(others)
            top = np.maximum(block.max(axis=0, initial=0.0), 0.0)
            total = top + np.log(np.exp(-top) + np.exp(block - top).sum(axis=0))
            logs[..., reference] = -total
            for i, row in zip(others, block, strict=True):
                logs[..., i] = row - total
        for i in self.amounts:
            logs[..., i] = u[position]
            position += 1
        with np.errstate(divide="ignore"):
            # a step may overshoot the border by its tolerance
            for part in self.plain:
                block = np.maximum(u[position : position + part.stop - part.start], 0.0)
                position += part.stop - part.start
                logs[..., part] = np.moveaxis(np.log(block / block.sum(axis=0)), 0, -1)
            for i, row in zip(self.variables, u[position:], strict=True):
                inside = np.clip(row, 0.0, np.inf if i in self.unbounded else 1.0)
                logs[..., i] = np.log(inside)
                if i not in self.unbounded:
                    logs[..., i + 1] = np.log1p(-inside)
        return logs

    def shares(self, u: np.ndarray) -> np.ndarray:
        """Return all shares; u has shape (d, ...), the result (..., number of shares)."""
        return np.asarray(np.exp(self.log_shares(u))) if u.ndim > 1 else self._one_state(u.tolist())

    def _one_state(self, u: list[float]) -> np.ndarray:
        """Return the shares of one state; for a few numbers plain arithmetic is several times faster than arrays."""
        shares = [0.0] * self.count
        position = 0
        for reference, others in self.blocks:
            logs = u[position : position + len(others)]
            position += len(others)
            top = max(0.0, *logs) if logs else 0.0
            shares[reference] = math.exp(-top)
            for i, log in zip(others, logs, strict=True):
                shares[i] = math.exp(log - top)
            total = shares[reference] + math.fsum(shares[i] for i in others)
            for i in (reference, *others):
                shares[i] /= total
        for i in self.amounts:
            shares[i] = math.exp(u[position]) if u[position] < _LARGEST_LOG else math.inf
            position += 1
        for part in self.plain:
            block = [max(v, 0.0) for v in u[position : position + part.stop - part.start]]
            position += part.stop - part.start
            total = math.fsum(block)
            shares[part] = [v / total for v in block]
        for i, value in zip(self.variables, u[position:], strict=True):
            shares[i] = max(value, 0.0)
            if i not in self.unbounded:
                shares[i] = min(shares[i], 1.0)
                shares[i + 1] = 1.0 - shares[i]
        return np.array(shares)

    def rates(self, time: float, u: np.ndarray) -> np.ndarray:
        """Return du/dt: differences of growth to the reference strategy, and plain rates."""
        numbers = numbers_at(self.numbers, self.schedules, time) if self.schedules else self.numbers
        shares = self.shares(u)
        drives = self._drives(shares, numbers)
        rates = [drives[i] - drives[r] for r, others in self.blocks for i in others]
        rates += [drives[i] for i in self.amounts]
        for part in self.plain:
            rates += drives[part]
        rates += [drives[i] for i in self.variables]
        if not all(map(math.isfinite, rates)):
            if any(shares[i] > _LARGE for i in self.unbounded):
                return np.full(len(rates), np.nan)  # the solver takes a shorter step
            raise IntegrationError(f"a rate is no finite number at t = {time:.6g}; check the payoffs there")
        return np.array(rates)

    def _drives(self, shares: np.ndarray, numbers: list[Any]) -> list[float]:
        try:
            drives: list[float] = self.dynamics.drives(shares, numbers).tolist()
            return drives
        except ParameterError:  # an overflow, where the quantities are those of a step that was tried too far
            if any(shares[i] > _LARGE for i in self.unbounded):
                return [math.nan] * self.count
            raise

    def growth(self, time: float, u: np.ndarray) -> dict[str, float]:
        """Return the growth rates of the quantities without upper bound that are present, by name."""
        names, shares = share_names(self.dynamics.game), self.shares(u)
        drives = self._drives(shares, numbers_at(self.numbers, self.schedules, time))
        present = [i for i in sorted(self.unbounded) if shares[i] > 0]
        return {names[i]: drives[i] if i in self.amounts else drives[i] / float(shares[i]) for i in present}

    def sizes(self, u: np.ndarray) -> dict[str, float]:
        """Return the quantities without upper bound, by name."""
        names, shares = share_names(self.dynamics.game), self.shares(u)
        return {names[i]: float(shares[i]) for i in sorted(self.unbounded)}

    def bounded(self) -> list[tuple[str, int, float]]:
        """Return the coordinates whose rates have to keep them in their range, by name, place and upper end; projection stops itself."""
        names = share_names(self.dynamics.game)
        kept = {
            part.start
            for law, part in zip(self.dynamics.laws, slices(self.dynamics.game), strict=False)
            if law.family != Family.PROJECTION
        }
        found: list[tuple[str, int, float]] = []
        position = sum(len(others) for _, others in self.blocks) + len(self.amounts)
        for part in self.plain:
            if part.start in kept:
                found += [(names[i], position + i - part.start, 1.0) for i in range(part.start, part.stop)]
            position += part.stop - part.start
        tops = [math.inf if i in self.unbounded else 1.0 for i in self.variables]
        return found + [
            (names[i], position + k, top) for k, (i, top) in enumerate(zip(self.variables, tops, strict=True))
        ]


@dataclass(frozen=True, eq=False)
class Solution:
    """A computed solution: the logarithms of all shares at any time up to the last step.

    steps: the times at which the solver stopped. stopped: why it ended before its time, None when it did not.
    """

    chart: Chart
    steps: np.ndarray
    pieces: Sequence[Callable[[np.ndarray], np.ndarray]] = field(repr=False, default=())
    stopped: CoopgameError | None = None

    def coordinates(self, times: np.ndarray) -> np.ndarray:
        """Return the coordinates of the chart at times of shape (T,); shape (d, T)."""
        times = np.asarray(times, dtype=float)
        result = np.tile(self.chart.start[:, None], (1, len(times)))
        if not self.pieces:
            return result
        which = np.clip(np.searchsorted(self.steps, times, side="left") - 1, 0, len(self.pieces) - 1)
        order = np.argsort(which, kind="stable")
        used, starts = np.unique(which[order], return_index=True)
        for piece, chosen in zip(used, np.split(order, starts[1:]), strict=True):
            result[:, chosen] = self.pieces[piece](times[chosen])
        return result

    def __call__(self, times: np.ndarray) -> np.ndarray:
        """Return log shares at times of shape (T,), shape (T, number of shares)."""
        with np.errstate(over="ignore", under="ignore"):
            return self.chart.log_shares(self.coordinates(times))


def solve(
    chart: Chart,
    span: tuple[float, float],
    options: IntegrationOptions,
    watch: Watcher | None = None,
) -> Solution:
    """Return the solution over a span of time, or the part of it before something stops it.

    watch: called after every step with the step's end and its dense solution; returns the time at which to stop, if any.
    """
    if not len(chart.start):
        return Solution(chart, np.array(span))
    breaks = sorted({b for _, schedule in chart.schedules for b in schedule.breaks if span[0] < b < span[1]})
    steps, pieces, stopped = [span[0]], [], None
    u, bounded, margin = chart.start, chart.bounded(), max(_MARGIN, 10 * options.rtol, 10 * options.atol)
    with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
        for end in (*breaks, span[1]):
            try:
                for solver in _stages(chart, steps[-1], u, end, options):
                    pieces.append(solver.dense_output())
                    steps.append(float(solver.t))
                    u = np.array(solver.y)
                    left = left_range(bounded, margin, u, pieces[-1], steps) or too_large(chart, pieces[-1], steps)
                    if left is not None:
                        return Solution(chart, np.array(steps), pieces, left)
                    halt = watch(steps[-1], pieces[-1]) if watch else None
                    if halt is not None:
                        steps[-1] = halt
                        return Solution(chart, np.array(steps), pieces)
            except CoopgameError as error:
                stopped = blow_up(chart, u, steps[-1]) or error
                break
    return Solution(chart, np.array(steps), pieces, stopped)


def _stages(chart: Chart, start: float, u: np.ndarray, end: float, options: IntegrationOptions) -> Iterator[Any]:
    """Yield the scipy solver after every successful step up to an end."""
    from scipy import integrate

    before_end = np.nextafter(end, start)  # a schedule may jump at the end, and stages at it belong to this side

    def rates(time: float, u: np.ndarray) -> np.ndarray:
        return chart.rates(min(time, before_end), u)

    method = getattr(integrate, options.method)
    solver = method(rates, start, u, end, rtol=options.rtol, atol=options.atol, max_step=options.max_step)
    while solver.status == "running":
        message = solver.step()
        if solver.status == "failed" or not np.isfinite(solver.y).all():
            raise IntegrationError(
                f"the solution stopped at t = {solver.t:g}: {message or 'a coordinate is no finite number'} Check the payoffs for "
                "division by zero or huge numbers, try the method Radau, or shorten t_end"
            )
        yield solver
