"""Solves the replicator equation in log-ratio coordinates, which cannot leave the state space."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coopgame.dynamics.mean import VectorField
from coopgame.dynamics.state import slices
from coopgame.errors import IntegrationError


@dataclass(frozen=True)
class IntegrationOptions:
    """How a trajectory is computed.

    rtol, atol: tolerances on logarithms of share ratios. points: number of stored times. method: name of a scipy
    method; DOP853 suits the replicator, whose rates are bounded.
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


class Chart:
    """Log-ratio coordinates of the strategies that are present: u_i = log(x_i / x_reference) in each population.

    An environment variable whose ends are not at rest is its own coordinate.
    """

    def __init__(self, dynamics: VectorField, start: np.ndarray, numbers: list[float]) -> None:
        self.dynamics = dynamics
        self.numbers = numbers
        self.parts = slices(dynamics.game)
        self.count = len(start)
        self.blocks: list[tuple[int, list[int]]] = []
        self.plain: list[int] = []
        for part, relative in zip(self.parts, dynamics.relative, strict=True):
            if not relative:
                self.plain.append(part.start)
                continue
            present = [i for i in range(part.start, part.stop) if start[i] > 0]
            reference = max(present, key=lambda i: start[i])
            self.blocks.append((reference, [i for i in present if i != reference]))
        logs = [np.log(start[i]) - np.log(start[r]) for r, others in self.blocks for i in others]
        self.start = np.array([*logs, *(start[i] for i in self.plain)], dtype=float)

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
        with np.errstate(divide="ignore"):
            for i, row in zip(self.plain, u[position:], strict=True):
                inside = np.clip(row, 0.0, 1.0)  # a step may overshoot an end by its tolerance
                logs[..., i], logs[..., i + 1] = np.log(inside), np.log1p(-inside)
        return logs

    def rates(self, _time: float, u: np.ndarray) -> np.ndarray:
        """Return du/dt: payoff differences to the reference strategy, and plain rates of the environment."""
        drives = self.dynamics.drives(np.exp(self.log_shares(u)), self.numbers)
        relative = [drives[i] - drives[r] for r, others in self.blocks for i in others]
        return np.array([*relative, *(drives[i] for i in self.plain)])


class Solution:
    """A computed solution: the logarithms of all shares at any time, and the steps that the solver took."""

    def __init__(self, chart: Chart, steps: np.ndarray, path: Callable[[np.ndarray], np.ndarray] | None) -> None:
        self.chart = chart
        self.steps = steps
        self._path = path

    def __call__(self, times: np.ndarray) -> np.ndarray:
        """Return log shares at times of shape (T,), shape (T, number of shares)."""
        with np.errstate(over="ignore", under="ignore"):
            if self._path is None:
                return np.tile(self.chart.log_shares(self.chart.start), (len(times), 1))
            return self.chart.log_shares(self._path(times))


def solve(chart: Chart, times: np.ndarray, options: IntegrationOptions) -> Solution:
    """Return the solution from the first to the last of some times. Raises IntegrationError when it stops before."""
    from scipy.integrate import solve_ivp

    if not len(chart.start):
        return Solution(chart, times[[0, -1]], None)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        solved = solve_ivp(
            chart.rates,
            (times[0], times[-1]),
            chart.start,
            method=options.method,
            dense_output=True,
            rtol=options.rtol,
            atol=options.atol,
            max_step=options.max_step,
        )
    if not solved.success or not np.isfinite(solved.y).all():
        raise IntegrationError(
            f"the solution stopped at t = {solved.t[-1]:g}: {solved.message} Check the payoffs for division by zero or "
            "huge numbers, or shorten t_end"
        )
    return Solution(chart, solved.t, solved.sol)
