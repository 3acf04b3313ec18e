"""What counts as true for benchmarks/sweeps.py: states from other codes, and on which side of a separatrix a start lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sweep_problems import CubeShape, Problem
from sweep_solvers import from_logarithms, to_logarithms
from trajectory_solvers import propagated_in_batches, scipy_reference, solve_ivp_by

AWAY = 1e-6
ELSEWHERE = 0.1
CHECKED = 300


@dataclass(frozen=True, eq=False)
class Truth:
    """The states of a problem at its two times by heyoka, and the first of them by scipy.

    states: shape (N, 2, size). by_scipy: shape (CHECKED, 2, size).
    """

    problem: Problem
    states: np.ndarray
    by_scipy: np.ndarray
    solve: Callable[[np.ndarray, np.ndarray], np.ndarray]

    @cached_property
    def ends(self) -> np.ndarray:
        """The ends from the starts, and from K others each that lie 1e-6 away; shape (1 + K, N, size)."""
        moved = [self.solve(self.problem.parameters, starts)[:, -1] for starts in _moved(self.problem)]
        return np.stack([self.states[:, -1], *moved])

    @property
    def apart(self) -> float:
        """The largest difference between the two codes."""
        return float(np.abs(self.states[: len(self.by_scipy)] - self.by_scipy).max())

    @property
    def near(self) -> int:
        """How many trajectories start so close to a separatrix that a start 1e-6 away ends elsewhere."""
        return int((np.abs(self.ends - self.ends[0]).max(axis=(0, 2)) > ELSEWHERE).sum())

    def errors(self, found: np.ndarray, heyoka: bool) -> np.ndarray:
        """Return the largest error of every trajectory, infinite where there is no number; results of heyoka against scipy."""
        true = self.by_scipy if heyoka else self.states
        count = min(len(found), len(true))
        return np.nan_to_num(np.abs(found[:count] - true[:count]), nan=np.inf).max(axis=(1, 2))

    def wrong(self, found: np.ndarray) -> tuple[int, int]:
        """Return how many end elsewhere than all references, and how many as one that started 1e-6 away but not as their own."""
        with np.errstate(invalid="ignore"):
            distance = np.abs(found[:, -1] - self.ends[:, : len(found)]).max(axis=-1)
        far = ~(distance <= ELSEWHERE)
        lost = far.all(axis=0)
        return int(lost.sum()), int((far[0] & ~lost).sum())


def truth(problem: Problem) -> Truth:
    """Return what is true of a problem."""
    solve, few = _logarithms_by_heyoka(problem), problem.first(CHECKED)
    states = solve(problem.parameters, problem.starts)
    return Truth(problem, states, _by_scipy(few)(few.parameters, few.starts), solve)


def _moved(problem: Problem) -> Iterator[np.ndarray]:
    """Yield starts that differ by 1e-6 in one coordinate of a cube, or in two shares."""
    size = problem.shape.size
    cube = isinstance(problem.shape, CubeShape)
    for i in range(size):
        for j in range(2 if cube else size):
            if cube or i != j:
                starts = problem.starts.copy()
                starts[:, i] += AWAY if not (cube and j) else -AWAY
                if not cube:
                    starts[:, j] -= AWAY
                yield starts


def _logarithms_by_heyoka(problem: Problem) -> Any:
    """Return the Taylor method at 1e-16 in the logarithms of all shares, which cannot overflow, in batches.

    Rates depend on shares divided by their sum, so that a drift of the sum changes nothing. Steps are short: where a small share grows
    without any effect yet, a Taylor series does not see the turn that is coming, and a longer step would jump over it.
    """
    import heyoka as hy

    size, cube = problem.shape.size, isinstance(problem.shape, CubeShape)
    logs = hy.make_vars(*(f"l{i}" for i in range(2 * size if cube else size)))
    raised = [hy.exp(value) for value in logs]
    if cube:
        states = [first / (first + second) for first, second in zip(raised[::2], raised[1::2], strict=True)]
        gains = problem.shape.gains(states, [hy.par[k] for k in range(problem.shape.numbers)])
        changes = [part for x, gain in zip(states, gains, strict=True) for part in ((1 - x) * gain, -x * gain)]
    else:
        total = hy.sum(raised)
        shares = [value / total for value in raised]
        earned = [hy.sum([hy.par[i * size + j] * shares[j] for j in range(size)]) for i in range(size)]
        mean = hy.sum([x * f for x, f in zip(shares, earned, strict=True)])
        changes = [f - mean for f in earned]
    longest = min(problem.times[-1] / 200, 1.0)
    lanes = hy.recommended_simd_size()
    numbers = np.zeros((problem.shape.numbers, lanes))
    solver = hy.taylor_adaptive_batch(
        list(zip(logs, changes, strict=True)), np.zeros((len(logs), lanes)), pars=numbers, tol=1e-16
    )

    def solve(parameters: np.ndarray, starts: np.ndarray) -> np.ndarray:
        whole = np.stack([starts, 1 - starts], axis=-1).reshape(len(starts), -1) if cube else starts
        found = propagated_in_batches(
            solver, problem.shape.prepared(parameters), np.log(whole), problem.times, longest
        )
        if not cube:
            raised = np.exp(found)
            return np.asarray(raised / raised.sum(axis=-1, keepdims=True))
        return from_logarithms(problem, found[..., ::2] - found[..., 1::2])

    return solve


def _by_scipy(problem: Problem) -> Any:
    """Return scipy's DOP853 at 1e-13 in logarithms of share ratios."""
    size, times = problem.shape.size, problem.times
    if not isinstance(problem.shape, CubeShape):
        solve = scipy_reference(size, times)
        return lambda parameters, starts: solve(parameters.reshape(-1, size, size), starts)

    def change(time: float, logits: np.ndarray, numbers: np.ndarray) -> Any:
        return problem.shape.gains(from_logarithms(problem, logits), numbers)

    solve = solve_ivp_by("DOP853")(size, 1e-13, change, times)

    def solve_all(parameters: np.ndarray, starts: np.ndarray) -> np.ndarray:
        found = solve(problem.shape.prepared(parameters), to_logarithms(problem, starts))
        return from_logarithms(problem, found)

    return solve_all
