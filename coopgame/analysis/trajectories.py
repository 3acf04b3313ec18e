"""Integrates a trajectory in coordinates that cannot leave the state space, and says where it goes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.dynamics.mean import VectorField, replicator
from coopgame.dynamics.state import as_state, share_names, slices
from coopgame.errors import FaceStartWarning, IntegrationError, StateError
from coopgame.games.game import Game

if TYPE_CHECKING:
    import xarray

    from coopgame.analysis.outcomes import Outcome


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


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A solution of the dynamics.

    times: shape (T,). shares: all shares, shape (T, number of shares), order of `share_names`. log_shares: their
    natural logarithms, exact where the share itself underflows; -inf for strategies absent from the start.
    outcome: where the trajectory goes, with evidence.
    """

    game: Game = field(repr=False)
    values: Mapping[str, Fraction]
    times: np.ndarray
    shares: np.ndarray
    log_shares: np.ndarray
    outcome: Outcome

    @property
    def verdict(self) -> Outcome:
        """The outcome: converged, cycling or undecided."""
        return self.outcome

    @property
    def final(self) -> np.ndarray:
        """The last state; shape (number of shares,)."""
        last: np.ndarray = self.shares[-1]
        return last

    def coordinate(self, name: str) -> np.ndarray:
        """Return one share over time by its symbol or as `population.strategy`; shape (T,)."""
        names = share_names(self.game)
        for population, part in zip(self.game.populations, slices(self.game), strict=True):
            if population.symbol == name:
                return self.shares[:, part.start]
        if name not in names:
            raise StateError(f"no share {name!r}; there are {', '.join((*self.game.coordinates, *names))}")
        return self.shares[:, names.index(name)]

    def to_xarray(self) -> xarray.Dataset:
        """Return shares and log shares with dimensions time and share."""
        import xarray

        coordinates = {"time": self.times, "share": list(share_names(self.game))}
        dims = ("time", "share")
        data = {"shares": (dims, self.shares), "log_shares": (dims, self.log_shares)}
        return xarray.Dataset(data, coordinates, {"game": self.game.name, "outcome": str(self.outcome)})

    def __str__(self) -> str:
        return f"trajectory to t = {self.times[-1]:g}: {self.outcome}"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{a:.6g}</td><td>{b:.6g}</td></tr>"
            for name, a, b in zip(share_names(self.game), self.shares[0], self.shares[-1], strict=True)
        )
        return f"<table><tr><th>share</th><th>start</th><th>end</th></tr>{rows}</table><p>{escape(str(self.outcome))}</p>"


def integrate(
    dynamics: VectorField | Game,
    initial: Any,
    values: Mapping[str, Any] | None = None,
    *,
    t_end: float = 200.0,
    options: IntegrationOptions | None = None,
) -> Trajectory:
    """Return the trajectory from a state, with a verdict on where it goes.

    Inside, the logarithms of share ratios are integrated, so shares stay positive, sum to 1, and are kept down to
    1e-300 and far below. Strategies absent from the start stay absent. values are merged with the game's defaults. A game
    stands for its replicator dynamics.

    Raises StateError for a bad start, ParameterError for bad values, IntegrationError when the solution stops.
    """
    from coopgame.analysis.outcomes import judge

    options = options or IntegrationOptions()
    if isinstance(dynamics, Game):
        dynamics = replicator(dynamics)
    if isinstance(t_end, bool) or not isinstance(t_end, int | float | np.number) or not 0 < t_end < np.inf:
        raise IntegrationError(f"t_end must be a positive number, got {t_end!r}")
    game = dynamics.game
    exact = game.values(values)
    start = as_state(game, initial)
    if start.ndim != 1:
        raise StateError(f"one start is needed, got an array of shape {start.shape}; call integrate for each")
    _warn_on_face(game, start)
    chart = _Chart(dynamics, start, dynamics.numbers(exact))
    times = np.linspace(0.0, float(t_end), options.points)
    solution = _solve(chart, times, options)
    logs = solution(times)
    shares = np.exp(logs)
    for array in (times, shares, logs):
        array.flags.writeable = False
    outcome = judge(dynamics, exact, logs, solution)
    return Trajectory(game, exact, times, shares, logs, outcome)


def _warn_on_face(game: Game, start: np.ndarray) -> None:
    names = np.array(share_names(game))
    absent = [str(name) for name, share in zip(names, start, strict=True) if share == 0]
    if absent:
        text = f"the start has no {', '.join(absent)}; under imitation absent strategies never appear"
        warnings.warn(text, FaceStartWarning, stacklevel=3)


class _Chart:
    """Log-ratio coordinates of the strategies that are present: u_i = log(x_i / x_reference) in each population."""

    def __init__(self, dynamics: VectorField, start: np.ndarray, numbers: list[float]) -> None:
        self.dynamics = dynamics
        self.numbers = numbers
        self.parts = slices(dynamics.game)
        self.count = len(start)
        self.blocks: list[tuple[int, list[int]]] = []
        for part in self.parts:
            present = [i for i in range(part.start, part.stop) if start[i] > 0]
            reference = max(present, key=lambda i: start[i])
            self.blocks.append((reference, [i for i in present if i != reference]))
        self.start = np.array(
            [np.log(start[i]) - np.log(start[r]) for r, others in self.blocks for i in others], dtype=float
        )

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
        return logs

    def rates(self, _time: float, u: np.ndarray) -> np.ndarray:
        """Return du/dt: payoff differences to the reference strategy."""
        payoffs = self.dynamics.payoffs_of_shares(np.exp(self.log_shares(u)), self.numbers)
        return np.array([payoffs[i] - payoffs[r] for r, others in self.blocks for i in others])


class Solution:
    """A computed solution: the logarithms of all shares at any time, and the steps that the solver took."""

    def __init__(self, chart: _Chart, steps: np.ndarray, path: Callable[[np.ndarray], np.ndarray] | None) -> None:
        self.chart = chart
        self.steps = steps
        self._path = path

    def __call__(self, times: np.ndarray) -> np.ndarray:
        """Return log shares at times of shape (T,), shape (T, number of shares)."""
        with np.errstate(over="ignore", under="ignore"):
            if self._path is None:
                return np.tile(self.chart.log_shares(self.chart.start), (len(times), 1))
            return self.chart.log_shares(self._path(times))


def _solve(chart: _Chart, times: np.ndarray, options: IntegrationOptions) -> Solution:
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
