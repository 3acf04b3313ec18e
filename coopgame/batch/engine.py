"""Integrates many trajectories of one dynamic at once, in lanes of a compiled kernel and in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame._kernels.tableaus import DOP853, TSIT5, Tableau
from coopgame.batch.lane_models import LaneModel, lane_model
from coopgame.codegen.kernel_cache import load_kernel
from coopgame.codegen.lanes import kernel_source
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator
from coopgame.dynamics.state import as_state, share_names, slices
from coopgame.errors import IntegrationError, ParameterError, StateError, UnsupportedError
from coopgame.games.game import Game

if TYPE_CHECKING:
    import xarray

_BLOCK = 4096  # trajectories that a thread takes at once
_FINE = 1e-7  # below this tolerance the method of order 8 needs less time


class Ending(IntEnum):
    """How a trajectory of a batch ended."""

    TIME = 1
    CERTAIN = 2
    STUCK = -1
    STEPS = -2
    NO_NUMBER = -3

    @property
    def text(self) -> str:
        """What happened, and what to do."""
        return {
            Ending.TIME: "at the last time",
            Ending.CERTAIN: "certain of their goal, in a neighbourhood that cannot be left",
            Ending.STUCK: "the step became too small or a rate is no number; check the payoffs, or use integrate() for this point",
            Ending.NO_NUMBER: "a payoff is no finite number at these values, such as after a division by zero",
            Ending.STEPS: "too many steps; the dynamics is stiff: use integrate() with the method Radau, or raise most_steps",
        }[self]


@dataclass(frozen=True)
class BatchOptions:
    """How many trajectories are computed at once.

    tolerance: of the local error, absolute in logarithms of share ratios, or in shares where these are integrated. tableau: the Runge-Kutta pair, by
    default of order 5 for tolerances above 1e-7 and of order 8 below. most_steps: after which a trajectory is given up. workers: threads; results do
    not depend on their number.
    """

    tolerance: float = 1e-8
    tableau: Tableau | None = None
    most_steps: int = 1_000_000
    workers: int = 1

    def __post_init__(self) -> None:
        if not 1e-14 <= self.tolerance <= 1e-2:
            raise IntegrationError(f"tolerance = {self.tolerance!r}; a number from 1e-14 to 1e-2 is needed")
        for name in ("most_steps", "workers"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
                raise IntegrationError(f"{name} = {value!r}; a whole number of at least 1 is needed")

    @property
    def pair(self) -> Tableau:
        """The Runge-Kutta pair that is used."""
        return self.tableau or (TSIT5 if self.tolerance > _FINE else DOP853)


@dataclass(frozen=True, eq=False)
class Batch:
    """Trajectories of one dynamic from many states or at many parameter values, at chosen times.

    times: shape (T,). log_shares: natural logarithms of all shares, exact where a share underflows, -inf for absent strategies; shape (N, T, number of
    shares). endings: how each ended, shape (N,), see `Ending`. ends: the time up to which each was computed; shape (N,). profiles: where it is
    certain which strict pure profile is reached, its number in the order of `profile_names`, else -1; shape (N,). steps, rejected: of the solver, shape (N,).
    kernel: "shape" when the code serves all games of that shape, "model" when it was made for this one.

    A trajectory that is certain of its goal before the last time is stored at later times as it was when that became certain.
    """

    dynamics: VectorField = field(repr=False)
    times: np.ndarray
    log_shares: np.ndarray
    endings: np.ndarray
    ends: np.ndarray
    profiles: np.ndarray
    steps: np.ndarray
    rejected: np.ndarray
    kernel: str
    options: BatchOptions

    @cached_property
    def shares(self) -> np.ndarray:
        """All shares; shape (N, T, number of shares)."""
        shares: np.ndarray = np.exp(self.log_shares)
        shares.flags.writeable = False
        return shares

    @property
    def final(self) -> np.ndarray:
        """The last states; shape (N, number of shares)."""
        last: np.ndarray = self.shares[:, -1]
        return last

    @property
    def profile_names(self) -> tuple[str, ...]:
        """The pure profiles, the last population changing fastest."""
        return tuple(", ".join(p) for p in product(*(q.strategies for q in self.dynamics.game.populations)))

    def __len__(self) -> int:
        return len(self.endings)

    def __str__(self) -> str:
        counts = {ending: int((self.endings == ending).sum()) for ending in Ending}
        shown = "; ".join(f"{count} {ending.text}" for ending, count in counts.items() if count)
        return f"{len(self)} trajectories to t = {self.times[-1]:g}: {shown}"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{(self.profiles == n).sum()}</td></tr>"
            for n, name in enumerate(self.profile_names)
            if (self.profiles == n).any()
        )
        table = f"<table><tr><th>certain to reach</th><th>trajectories</th></tr>{rows}</table>" if rows else ""
        return f"{table}<p>{escape(str(self))}</p>"

    def to_xarray(self) -> xarray.Dataset:
        """Return log shares, endings and profiles with dimensions point, time and share."""
        import xarray

        coordinates = {"time": self.times, "share": list(share_names(self.dynamics.game))}
        data = {
            "log_shares": (("point", "time", "share"), self.log_shares),
            "ending": (("point",), self.endings),
            "end": (("point",), self.ends),
            "profile": (("point",), self.profiles),
        }
        about = {"game": self.dynamics.game.name, "dynamics": self.dynamics.name, "tolerance": self.options.tolerance}
        return xarray.Dataset(data, coordinates, {**about, "method": self.options.pair.name, "kernel": self.kernel})


def integrate_many(
    dynamics: VectorField | Game,
    initial: Any,
    values: Mapping[str, Any] | None = None,
    *,
    times: Sequence[float] | float = 200.0,
    until_certain: bool = False,
    options: BatchOptions | None = None,
) -> Batch:
    """Return trajectories from many states, at many parameter values, or both, point by point.

    initial: one state or N of them, as in `as_state`. values: numbers, or arrays of shape (N,); merged with the game's defaults. times: the times at
    which states are kept, rising; one number is the last time. until_certain: whether a trajectory is no longer followed once it is inside a
    neighbourhood of a strict pure profile that it provably never leaves.

    Step size and error control are those of each trajectory alone: results depend neither on the others nor on the number of workers.
    Coordinates are logarithms of share ratios where absent strategies stay absent, so shares of 1e-300 and far below keep their order. A game stands for its
    replicator dynamics. Compared with `integrate` there is no dense output, no event and no verdict but certainty; a stiff method is missing.

    Raises StateError for bad starts, ParameterError for bad values, IntegrationError for bad times, UnsupportedError for best response,
    projection and laws without a formula.

    >>> import numpy as np
    >>> from coopgame import MatrixGame, integrate_many
    >>> hunt = MatrixGame([["a", 0], [3, 3]], symbol="x")
    >>> batch = integrate_many(hunt, {"x": 0.7}, {"a": np.array([4.0, 5.0])}, until_certain=True)
    >>> batch.profiles
    array([1, 0])
    """
    if isinstance(dynamics, Game):
        dynamics = replicator(dynamics)
    if not isinstance(dynamics, VectorField):
        raise UnsupportedError(f"{dynamics!r} is no mean dynamic in continuous time; iterate() follows generations")
    options = options or BatchOptions()
    moments = _times(times)
    starts, numbers, count = _points(dynamics, initial, values)
    logs = np.empty((count, len(moments), starts.shape[-1]))
    found = (logs, np.empty(count), np.empty((count, 2)), np.empty(count, dtype=np.int64))
    kinds = set()
    for references, chosen in _by_reference(dynamics, starts):
        model = lane_model(dynamics, references)
        kinds.add(model.kind)
        mine = [v[chosen] if np.ndim(v) else v for v in numbers]
        run = _Run(model, starts[chosen], mine, moments, until_certain, options)
        if isinstance(chosen, slice):
            run.fill(found)
            continue
        part = tuple(np.empty((len(chosen), *array.shape[1:]), dtype=array.dtype) for array in found)
        run.fill(part)
        for array, own in zip(found, part, strict=True):
            array[chosen] = own
    _, ends, counts, codes = found
    profiles = np.where(codes >= Ending.CERTAIN, codes - Ending.CERTAIN, -1)
    endings = np.minimum(codes, Ending.CERTAIN)
    steps, rejected = counts.astype(np.int64).T
    for array in (moments, logs, endings, ends, profiles, steps, rejected):
        array.flags.writeable = False
    kind = "model" if "model" in kinds else "shape"
    return Batch(dynamics, moments, logs, endings, ends, profiles, steps, rejected, kind, options)


def _times(times: Sequence[float] | float) -> np.ndarray:
    moments = np.atleast_1d(np.array(times, dtype=float))
    if (
        moments.ndim != 1
        or not len(moments)
        or not (np.isfinite(moments).all() and (np.diff(moments, prepend=0) > 0).all())
    ):
        raise IntegrationError(f"times = {times}; positive numbers are needed, each larger than the one before")
    return moments


def _points(
    dynamics: VectorField, initial: Any, values: Mapping[str, Any] | None
) -> tuple[np.ndarray, list[Any], int]:
    """Return the states of all points, parameters in order, and the number of points."""
    starts = as_state(dynamics.game, initial)
    numbers = dynamics.numbers(values)
    shapes = {starts.shape[:-1], *(np.shape(v) for v in numbers)} - {()}
    if any(len(shape) != 1 for shape in shapes) or len(shapes) > 1:
        lengths = ", ".join(str(shape) for shape in sorted(shapes))
        raise ParameterError(
            f"starts and values have the shapes {lengths}; give one number or N of them for each, for a grid flattened arrays"
        )
    count = next(iter(shapes))[0] if shapes else 1
    if not count:
        raise StateError("no points: starts or values are empty; give at least one")
    return np.broadcast_to(starts, (count, starts.shape[-1])), numbers, count


def _by_reference(dynamics: VectorField, starts: np.ndarray) -> Iterator[tuple[tuple[int, ...], slice | np.ndarray]]:
    """Yield the points by the reference strategy of each block: the last one, or where it is absent another that is present."""
    columns = []
    for part, relative in zip(slices(dynamics.game), dynamics.relative, strict=True):
        block = starts[:, part]
        last = block.shape[1] - 1
        absent = relative & (block[:, last] == 0)
        columns.append(np.where(absent, block.argmax(axis=1), last) if absent.any() else np.array([last]))
    if all(len(column) == 1 for column in columns):
        yield tuple(int(column[0]) for column in columns), slice(None)
        return
    table = np.stack(np.broadcast_arrays(*columns), axis=1)
    kinds, which = np.unique(table, axis=0, return_inverse=True)
    for n, kind in enumerate(kinds):
        yield tuple(int(k) for k in kind), np.flatnonzero(which.ravel() == n)


@dataclass(frozen=True, eq=False)
class _Run:
    """The points of one model, with what the kernel needs for them."""

    model: LaneModel
    starts: np.ndarray
    numbers: Sequence[Any]
    times: np.ndarray
    until_certain: bool
    options: BatchOptions

    def fill(self, found: Sequence[np.ndarray]) -> None:
        """Write log shares, ends, counts of steps and codes of all points into arrays."""
        count = len(self.starts)
        blocks = [slice(first, min(first + _BLOCK, count)) for first in range(0, count, _BLOCK)]
        if self.model.field.dimension:
            _ = self._kernel  # compiled before threads ask for it

        def fill(rows: slice) -> None:
            for array, part in zip(found, self._block(rows), strict=True):
                array[rows] = part

        if self.options.workers == 1 or len(blocks) == 1:
            for rows in blocks:
                fill(rows)
        else:
            with ThreadPoolExecutor(self.options.workers) as threads:
                list(threads.map(fill, blocks))

    @cached_property
    def _kernel(self) -> Callable[..., Any]:
        return load_kernel(kernel_source(self.model.field, self.options.pair))

    def _block(self, rows: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        model, starts = self.model, self.starts[rows]
        count = len(starts)
        u = model.coordinates(starts)
        parameters = model.parameters([v[rows] if np.ndim(v) else v for v in self.numbers], count)
        wrong = ~np.isfinite(parameters).all(axis=1)
        parameters[wrong] = 0.0
        out = np.zeros((count, len(self.times), u.shape[1]))
        ends, counts, codes = np.full(count, self.times[-1]), np.zeros((count, 2)), np.ones(count, dtype=np.int64)
        if u.shape[1]:
            bounds = model.bounds(parameters) if self.until_certain else np.full((count, len(model.field.leads)), 2.0)
            limits = self.options.tolerance, float(self.options.most_steps), 0, count
            self._kernel(u, parameters, bounds, self.times, *limits, out, ends, counts, codes)
        logs = model.log_shares(out)
        _mark_absent(model, starts, logs)
        logs[wrong], ends[wrong], counts[wrong], codes[wrong] = np.nan, 0.0, 0.0, Ending.NO_NUMBER
        return logs, ends, counts, codes


def _mark_absent(model: LaneModel, starts: np.ndarray, logs: np.ndarray) -> None:
    if (starts > 0).all():
        return
    for part, relative in zip(slices(model.game), model.dynamics.relative, strict=True):
        if relative:
            absent = starts[:, part] == 0
            logs[:, :, part] = np.where(absent[:, None, :], -np.inf, logs[:, :, part])
