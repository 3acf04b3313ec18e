"""Integrates a trajectory in coordinates that cannot leave the state space, and says where it goes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.algebra.polynomials import to_fmpq
from coopgame.analysis.best_response_paths import BestResponsePath, follow_best_replies
from coopgame.analysis.conserved import Drift, drifts_along
from coopgame.analysis.courses import Course
from coopgame.analysis.events import Event, EventHit, Watch
from coopgame.analysis.exact_payoffs import exact_payoffs_of
from coopgame.analysis.projection_paths import follow_projection, projected_parts
from coopgame.analysis.schedules import numbers_at, read_schedules
from coopgame.analysis.solution import Chart, DenseSolution, IntegrationOptions, Solution, solve
from coopgame.analysis.verdicts import Outcome
from coopgame.dynamics.discrete import GenerationMap
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family
from coopgame.dynamics.mean import replicator
from coopgame.dynamics.state import as_exact_state, as_state, share_names, slices
from coopgame.errors import CoopgameError, FaceStartWarning, IntegrationError, StateError, UnsupportedError
from coopgame.games.game import Game

if TYPE_CHECKING:
    import xarray

_NODES = 8


@dataclass(frozen=True, eq=False)
class Trajectory(Course):
    """A solution of the dynamics.

    times: shape (T,). shares: all shares, shape (T, number of shares), order of `share_names`. log_shares: their
    natural logarithms, exact where the share itself underflows; -inf for strategies absent from the start.
    judgement: gives the outcome, which is found when it is first asked for. events: what was watched for and happened, in order of time.
    dynamics: by name.
    """

    game: Game = field(repr=False)
    values: Mapping[str, Fraction]
    times: np.ndarray
    shares: np.ndarray
    log_shares: np.ndarray
    judgement: Callable[[], Outcome] = field(repr=False)
    events: tuple[EventHit, ...] = ()
    dynamics: str = "replicator"
    solution: DenseSolution | None = field(default=None, repr=False)

    @cached_property
    def outcome(self) -> Outcome:
        """Where the trajectory goes, with evidence; see `Outcome` for the kinds."""
        return self.judgement()

    @cached_property
    def invariants(self) -> tuple[Drift, ...]:
        """Constants of motion of replicator dynamics, with how far the computed solution lets them drift; see `find_conserved_quantities`.

        Empty for other dynamics, while parameters change in time, and where none is known.
        """
        if not isinstance(self.solution, Solution) or self.solution.chart.schedules:
            return ()
        return drifts_along(self.solution.chart.dynamics, self.values, self.log_shares)

    def at(self, times: Any) -> np.ndarray:
        """Return all shares at any times within the trajectory, from the solver's dense output; shape (..., number of shares).

        Raises IntegrationError for times outside.
        """
        wanted = np.asarray(times, dtype=float)
        if not ((wanted >= self.times[0]) & (wanted <= self.times[-1])).all():
            raise IntegrationError(
                f"the trajectory runs from t = {self.times[0]:g} to {self.times[-1]:g}, got {times}"
            )
        assert self.solution is not None
        shares = np.exp(self.solution(wanted.ravel()))
        return np.asarray(shares.reshape(*wanted.shape, shares.shape[-1]))

    def average(self, start: float | None = None, stop: float | None = None) -> np.ndarray:
        """Return the time average of all shares between two times, by default over the whole trajectory; shape (number of shares,).

        Computed by Gauss-Legendre quadrature on every step of the solver.
        """
        assert self.solution is not None
        low = self.times[0] if start is None else float(start)
        high = self.times[-1] if stop is None else float(stop)
        if not self.times[0] <= low < high <= self.times[-1]:
            raise IntegrationError(
                f"an average needs two times between {self.times[0]:g} and {self.times[-1]:g}, the first smaller, got {low:g} and {high:g}"
            )
        inner = self.solution.steps[(self.solution.steps > low) & (self.solution.steps < high)]
        edges = np.array([low, *inner, high])
        nodes, weights = np.polynomial.legendre.leggauss(_NODES)
        half = np.diff(edges) / 2
        times = (edges[:-1] + half)[:, None] + half[:, None] * nodes
        shares = np.exp(self.solution(times.ravel())).reshape(*times.shape, -1)
        total = np.einsum("i,j,ijk->k", half, weights, shares)
        return np.asarray(total / (high - low))

    def to_xarray(self) -> xarray.Dataset:
        """Return shares and log shares with dimensions time and share."""
        import xarray

        coordinates = {"time": self.times, "share": list(share_names(self.game))}
        dims = ("time", "share")
        data = {"shares": (dims, self.shares), "log_shares": (dims, self.log_shares)}
        return xarray.Dataset(data, coordinates, {"game": self.game.name, "outcome": str(self.outcome)})

    def __str__(self) -> str:
        return f"trajectory to t = {self.times[-1]:g}: {self.outcome}"

    def _notes(self) -> tuple[object, ...]:
        return (self.outcome, *self.invariants)


def integrate(
    dynamics: VectorField | Game,
    initial: Any,
    values: Mapping[str, Any] | None = None,
    *,
    t_end: float = 200.0,
    options: IntegrationOptions | None = None,
    schedules: Mapping[str, Any] | None = None,
    events: Iterable[Event] = (),
) -> Trajectory:
    """Return the trajectory from a state, with a verdict on where it goes.

    Where absent strategies stay absent (replicator and other imitation), the logarithms of share ratios are integrated, so shares
    stay positive, sum to 1, and are kept down to 1e-300 and far below. Under other dynamics the shares themselves are. A quantity from 0 on
    is followed by its logarithm where its rate has it as a factor. values are merged with the game's defaults. schedules: parameters that are functions of time, by `steps`, `ramp` or a function of t. events: what to watch
    for, by `crosses`, `reaches` and `leaves`. A game stands for its replicator dynamics. Best response is followed in closed form from tie to tie,
    and `solution` is then a `BestResponsePath`; a start given by Fractions is exact.

    Raises StateError for a bad start, ParameterError for bad values, IntegrationError when the solution stops, for instance because a
    quantity grows beyond every bound; its `partial` is the trajectory up to there.
    """
    options = options or IntegrationOptions()
    if isinstance(dynamics, Game):
        dynamics = replicator(dynamics)
    if isinstance(dynamics, GenerationMap):
        raise UnsupportedError(
            f"{dynamics.name} goes from generation to generation; follow it with iterate(map, initial, values)"
        )
    if isinstance(t_end, bool) or not isinstance(t_end, int | float | np.number) or not 0 < t_end < np.inf:
        raise IntegrationError(f"t_end must be a positive number, got {t_end!r}; time runs forwards from 0")
    game = dynamics.game
    exact = game.values(values)
    start = as_state(game, initial)
    if start.ndim != 1:
        raise StateError(f"one start is needed, got an array of shape {start.shape}; call integrate for each")
    events = tuple(events)
    if _follows_best_replies(dynamics, schedules):
        return _best_response(dynamics, exact, as_exact_state(game, initial), float(t_end), options, events)
    _warn_on_face(dynamics, start)
    chart = Chart(dynamics, start, dynamics.numbers(exact), read_schedules(game, schedules))
    dynamics.drives(
        start, numbers_at(chart.numbers, chart.schedules, 0.0)
    )  # errors at the start are the caller's to see
    watch = Watch(events, [event.measure(game, exact) for event in events], chart.shares, 0.0) if events else None
    if projected_parts(dynamics):
        solution: DenseSolution = follow_projection(chart, float(t_end), options, watch)
    else:
        solution = solve(chart, (0.0, float(t_end)), options, watch)
    trajectory = _trajectory(
        dynamics, exact, solution, options.points, watch, lambda logs: _outcome(dynamics, exact, logs, solution)
    )
    return _complete(trajectory, solution.stopped)


def _outcome(
    dynamics: VectorField, values: Mapping[str, Fraction], logs: np.ndarray, solution: DenseSolution
) -> Outcome:
    from coopgame.analysis.outcomes import judge  # brings the whole search for rest points

    return judge(dynamics, values, logs, solution)


def _follows_best_replies(dynamics: VectorField, schedules: Mapping[str, Any] | None) -> bool:
    """Return whether every population chooses best replies; UnsupportedError where only some do, or parameters change in time."""
    best = [law.family == Family.BEST_RESPONSE for law in dynamics.laws]
    if not any(best):
        return False
    remedy = "use logit() with a small noise instead of best response"
    if not all(best):
        raise UnsupportedError(
            f"best response is followed when every population chooses best replies, not beside another law; {remedy}"
        )
    if schedules:
        raise UnsupportedError(
            f"best response is not followed while {', '.join(schedules)} change in time; {remedy}, or integrate piece by piece from the final state"
        )
    return True


def _best_response(
    dynamics: VectorField,
    values: Mapping[str, Fraction],
    start: Sequence[Fraction],
    t_end: float,
    options: IntegrationOptions,
    events: Sequence[Event],
) -> Trajectory:
    """Return a solution of the best-response inclusion, which is known in closed form from tie to tie."""
    payoffs = exact_payoffs_of(dynamics.game, values)
    path = follow_best_replies(payoffs, tuple(to_fmpq(share) for share in start), t_end)
    measures = [event.measure(dynamics.game, values) for event in events]
    watch = Watch(events, measures, np.exp, 0.0) if events else None
    for place, step in enumerate(path.steps[1:] if watch else (), 1):
        halt = watch(float(step), path) if watch else None
        if halt is not None:
            kept = tuple(ray for ray in path.rays if ray.time <= halt)
            path = replace(path, rays=kept, steps=np.append(path.steps[:place], halt), repeats=None, stopped=None)
            break
    game = dynamics.game
    trajectory = _trajectory(
        dynamics, values, path, options.points, watch, lambda _: _best_response_outcome(game, values, path)
    )
    return _complete(trajectory, path.stopped)


def _best_response_outcome(game: Game, values: Mapping[str, Fraction], path: BestResponsePath) -> Outcome:
    from coopgame.analysis.best_response_outcomes import judge_best_responses  # as for _outcome

    return judge_best_responses(game, values, path)


def _complete(trajectory: Trajectory, stopped: CoopgameError | None) -> Trajectory:
    """Return a trajectory, or raise what stopped it with the part up to there."""
    if stopped is None:
        return trajectory
    error = IntegrationError(f"{stopped} (the trajectory up to t = {trajectory.times[-1]:g} is kept in `partial`)")
    error.partial = trajectory
    raise error from stopped


def _trajectory(
    dynamics: VectorField,
    values: Mapping[str, Fraction],
    solution: DenseSolution,
    points: int,
    watch: Watch | None,
    judgement: Callable[[np.ndarray], Outcome],
) -> Trajectory:
    times = np.linspace(solution.steps[0], solution.steps[-1], points)
    logs = solution(times)
    shares = np.exp(logs)
    for array in (times, shares, logs):
        array.flags.writeable = False
    hits = tuple(watch.hits) if watch else ()
    return Trajectory(
        dynamics.game, values, times, shares, logs, partial(judgement, logs), hits, dynamics.name, solution
    )


def _warn_on_face(dynamics: VectorField, start: np.ndarray) -> None:
    names = share_names(dynamics.game)
    imitating = zip(dynamics.laws, slices(dynamics.game), strict=False)
    absent = [
        names[i] for law, part in imitating if law.relative for i in range(part.start, part.stop) if start[i] == 0
    ]
    if absent:
        text = f"the start has no {', '.join(absent)}; under imitation absent strategies never appear"
        warnings.warn(text, FaceStartWarning, stacklevel=3)
    blocks = zip(dynamics.game.blocks, slices(dynamics.game), dynamics.relative, strict=True)
    missing = [b.name for b, part, relative in blocks if relative and not b.bounded and start[part.start] == 0]
    if missing:
        text = f"the start has no {', '.join(missing)}; a rate with the factor {missing[0]} leaves it at 0"
        warnings.warn(text, FaceStartWarning, stacklevel=3)
