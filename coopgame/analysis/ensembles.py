"""Simulates ensembles of the stochastic replicator dynamics, each replicate with random numbers of its own."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.dynamics.noise import StochasticReplicator
from coopgame.dynamics.sde_steps import Method, StochasticRungeKutta, brownian
from coopgame.dynamics.state import as_state, share_names, slices
from coopgame.errors import FaceStartWarning, IntegrationError, StateError
from coopgame.games.game import Game

if TYPE_CHECKING:
    import xarray

_AT_ONCE = 4_000_000  # random numbers held at once, to bound the memory


@dataclass(frozen=True)
class EnsembleOptions:
    """How an ensemble is simulated.

    step: longest step of time; it is shortened so that whole steps fill the time. replicates: number of paths. points: number of stored
    times, the first and the last among them. method: one step of the equation. batch: replicates that are computed
    together; results do not depend on it.
    """

    step: float = 0.01
    replicates: int = 1000
    points: int = 201
    method: Method = field(default_factory=StochasticRungeKutta)
    batch: int = 2000

    def __post_init__(self) -> None:
        if not (_is_number(self.step) and 0 < self.step < math.inf):
            raise IntegrationError(f"step must be a positive number, got {self.step!r}")
        for name, least in (("replicates", 1), ("points", 2), ("batch", 1)):
            count = getattr(self, name)
            if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < least:
                raise IntegrationError(f"{name} must be a whole number of at least {least}, got {count!r}")


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Paths of the stochastic replicator dynamics.

    times: shape (T,). shares: shape (replicates, T, number of shares), order of `share_names`; log_shares: their natural logarithms,
    kept where a share underflows. seed: the same seed and options give the same paths.
    method, reading: how it was computed, and how the noise is read. step: of time. status: "complete", or what stopped. Where a replicate
    stopped, its shares are NaN from there on, and so are means and quantiles over it: leaving it out would bias them.
    """

    dynamics: StochasticReplicator = field(repr=False)
    values: Mapping[str, Fraction]
    times: np.ndarray
    shares: np.ndarray
    log_shares: np.ndarray
    seed: int
    method: str
    step: float
    status: str

    @property
    def game(self) -> Game:
        """The game that is played."""
        return self.dynamics.game

    @property
    def reading(self) -> str:
        """How the noise is read: Ito, Stratonovich, or Ito on scores."""
        return self.dynamics.reading

    @property
    def final(self) -> np.ndarray:
        """The last states; shape (replicates, number of shares)."""
        last: np.ndarray = self.shares[:, -1]
        return last

    def coordinate(self, name: str) -> np.ndarray:
        """Return one share over time by its symbol or as `population.strategy`; shape (replicates, T)."""
        names = share_names(self.game)
        for population, part in zip(self.game.blocks, slices(self.game), strict=True):
            if population.symbol == name:
                return self.shares[:, :, part.start]
        if name not in names:
            raise StateError(f"no share {name!r}; there are {', '.join((*self.game.coordinates, *names))}")
        return self.shares[:, :, names.index(name)]

    def mean(self) -> np.ndarray:
        """Return the mean over replicates; shape (T, number of shares)."""
        result: np.ndarray = self.shares.mean(axis=0)
        return result

    def quantile(self, levels: float | Sequence[float]) -> np.ndarray:
        """Return quantiles over replicates; shape (levels, T, number of shares), without the first axis for one level.

        Raises StateError for levels outside 0 to 1.
        """
        wanted = np.asarray(levels, dtype=float)
        if not ((wanted >= 0) & (wanted <= 1)).all():
            raise StateError(f"quantiles are wanted at {levels}; levels lie between 0 and 1")
        result: np.ndarray = np.quantile(self.shares, wanted, axis=0)
        return result

    def to_xarray(self) -> xarray.Dataset:
        """Return shares and log shares with dimensions replicate, time and share."""
        import xarray

        coordinates = {
            "replicate": np.arange(len(self.shares)),
            "time": self.times,
            "share": list(share_names(self.game)),
        }
        dims = ("replicate", "time", "share")
        data = {"shares": (dims, self.shares), "log_shares": (dims, self.log_shares)}
        about = {"noise": self.dynamics.shocks.name, "method": self.method, "step": self.step, "status": self.status}
        return xarray.Dataset(data, coordinates, {"game": self.game.name, "seed": str(self.seed), **about})

    def __str__(self) -> str:
        return (
            f"{len(self.shares)} paths to t = {self.times[-1]:g} ({self.dynamics.shocks.name}; {self.method}, step {self.step:g}, "
            f"seed {self.seed}): {self.status}"
        )

    def _repr_html_(self) -> str:
        from html import escape

        low, middle, high = self.quantile([0.05, 0.5, 0.95])[:, -1]
        mean = self.mean()[-1]
        rows = "".join(
            f"<tr><td>{escape(name)}</td>" + "".join(f"<td>{v:.6g}</td>" for v in (*numbers,)) + "</tr>"
            for name, *numbers in zip(share_names(self.game), mean, low, middle, high, strict=True)
        )
        head = "<tr><th>share at the end</th><th>mean</th><th>5 %</th><th>median</th><th>95 %</th></tr>"
        return f"<table>{head}{rows}</table><p>{escape(str(self))}</p>"


def simulate_ensemble(
    dynamics: StochasticReplicator,
    initial: Any,
    values: Mapping[str, Any] | None = None,
    *,
    t_end: float = 100.0,
    rng: np.random.Generator | int | None = None,
    options: EnsembleOptions | None = None,
) -> Ensemble:
    """Return an ensemble of paths of the stochastic replicator dynamics.

    initial: one state, or an array with one state for every replicate. rng: a seed, or a generator that gives one; replicate i draws from the
    stream `SeedSequence(seed, spawn_key=(i,))`, so the first paths of a larger ensemble are those of a smaller one, and
    both methods see the same Wiener process at the same step. Computed in logarithms of sizes, where the noise is additive and
    the drift has bounded derivatives: shares stay positive and sum to 1. Mutation acts in exact half steps before and after
    each step, which makes the strong order 1 for either method.

    Raises StateError for a bad start, ParameterError for bad values, IntegrationError for a step longer than t_end and
    when a payoff is no number at the start.

    >>> from coopgame import ItoShocks, MatrixGame, stochastic_replicator
    >>> noisy = stochastic_replicator(MatrixGame([[0, 1], [1, 0]]), ItoShocks(0.5))
    >>> paths = simulate_ensemble(noisy, {"x": 0.5}, t_end=1, rng=7, options=EnsembleOptions(replicates=3, points=2))
    >>> paths.shares.shape
    (3, 2, 2)
    """
    options = options or EnsembleOptions()
    exact = dynamics.game.values(values)
    starts = _starts(dynamics, initial, options.replicates)
    _warn_on_face(dynamics, starts)
    steps, h = _steps(t_end, options.step)
    stored = np.unique(np.round(np.linspace(0, steps, min(options.points, steps + 1))).astype(int))
    seed = _seed(rng)
    run = _Run(dynamics, dynamics.mean.numbers(exact), options.method, h, stored)
    logs = np.empty((options.replicates, len(stored), starts.shape[-1]))
    for first in range(0, options.replicates, options.batch):
        rows = slice(first, min(first + options.batch, options.replicates))
        run.simulate(starts[rows], [_stream(seed, i) for i in range(rows.start, rows.stop)], logs[rows])
    status = _status(logs, stored * h)
    shares = np.exp(logs)
    times = stored * h
    for array in (times, shares, logs):
        array.flags.writeable = False
    return Ensemble(dynamics, exact, times, shares, logs, seed, options.method.name, h, status)


def _warn_on_face(dynamics: StochasticReplicator, starts: np.ndarray) -> None:
    if dynamics.mutation:
        return
    names = share_names(dynamics.game)[: len(dynamics.sigmas)]
    absent = [name for name, shares in zip(names, starts.T, strict=False) if (shares == 0).any()]
    if absent:
        text = f"a start has no {', '.join(absent)}; without mutation absent strategies never appear"
        warnings.warn(text, FaceStartWarning, stacklevel=3)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Fraction | np.number) and not isinstance(value, bool)


def _starts(dynamics: StochasticReplicator, initial: Any, replicates: int) -> np.ndarray:
    starts = as_state(dynamics.game, initial)
    if starts.ndim > 2 or (starts.ndim == 2 and len(starts) != replicates):
        raise StateError(
            f"starts have shape {starts.shape}; give one state, or one for each of {replicates} replicates"
        )
    return np.broadcast_to(starts, (replicates, starts.shape[-1]))


def _steps(t_end: float, step: float) -> tuple[int, float]:
    """Return the number of steps and their length."""
    if not (_is_number(t_end) and 0 < t_end < math.inf):
        raise IntegrationError(f"t_end must be a positive number, got {t_end!r}")
    if step > t_end:
        raise IntegrationError(
            f"a step of {step:g} is longer than the time t_end = {t_end:g}; take a step of at most t_end/100"
        )
    steps = max(1, math.ceil(float(t_end) / float(step) * (1 - 1e-12)))
    return steps, float(t_end) / steps


def _seed(rng: np.random.Generator | int | None) -> int:
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    if rng is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint64)[0])
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0:
        raise IntegrationError(f"rng must be a numpy Generator or a whole number of 0 or more, got {rng!r}")
    return int(rng)


def _stream(seed: int, replicate: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(replicate,))))


@dataclass(frozen=True, eq=False)
class _Run:
    """What all replicates share: the equation, its parameters, the method, the step and the stored steps."""

    dynamics: StochasticReplicator
    numbers: list[float]
    method: Method
    h: float
    stored: np.ndarray

    def simulate(self, starts: np.ndarray, streams: list[np.random.Generator], logs: np.ndarray) -> None:
        """Fill logs, of shape (replicates, stored steps, shares), with log shares."""
        dynamics = self.dynamics
        y = dynamics.coordinates(starts)
        logs[:, 0] = dynamics.log_shares(y)
        row = 1
        for count, noise in enumerate(self._noise(streams), start=1):
            y = advance(dynamics, self.numbers, self.method, y, self.h, noise)
            if count == self.stored[row]:
                y[np.isnan(y).any(axis=-1)] = np.nan
                logs[:, row] = dynamics.log_shares(y)
                row += 1

    def _noise(self, streams: list[np.random.Generator]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield for every step the scaled increments and integrals of W; each of shape (replicates, shares)."""
        sigmas = self.dynamics.noise
        strategies = len(self.dynamics.sigmas)
        steps = int(self.stored[-1])
        length = max(1, min(steps, _AT_ONCE // (2 * strategies * len(streams))))
        for done in range(0, steps, length):
            now = min(length, steps - done)
            normals = np.empty((len(streams), now, 2, strategies))
            for block, stream in zip(normals, streams, strict=True):
                stream.standard_normal(out=block)
            for k in range(now):
                pair = np.zeros((2, len(streams), len(sigmas)))
                pair[:, :, :strategies] = normals[:, k].swapaxes(0, 1)
                increments, integrals = brownian(pair, self.h)
                yield sigmas * increments, sigmas * integrals


def advance(
    dynamics: StochasticReplicator,
    numbers: list[float],
    method: Method,
    y: np.ndarray,
    h: float,
    noise: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Return log shares one step later; noise: sigma times the increments of W and times its integrals over the step."""
    y = dynamics.mutated(np.array(y), h / 2)
    y = method.advance(lambda points: dynamics.drift(points, numbers), y, h, noise)
    return dynamics.mutated(dynamics.normalised(y), h / 2)


def _status(logs: np.ndarray, times: np.ndarray) -> str:
    """Return "complete", or how many replicates stopped and when; IntegrationError when none got anywhere."""
    stopped = np.isnan(logs).any(axis=-1)
    lost = stopped.any(axis=1)
    if not lost.any():
        return "complete"
    first = stopped.argmax(axis=1)
    advice = "a payoff was no finite number; look at division by zero, roots and logarithms in the payoffs"
    if lost.all() and (first <= 1).all():
        raise IntegrationError(f"no replicate got beyond t = {times[1]:g}: {advice}")
    replicate = int(np.flatnonzero(lost)[np.argmin(first[lost])])
    return (
        f"{int(lost.sum())} of {len(lost)} replicates stopped, the first (number {replicate}) before t = "
        f"{times[first[replicate]]:g}: {advice}"
    )
