"""Computes a measure at all points of a design, here or elsewhere, in memory or in a store."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.batch.executor import Executor, Here, Threads, executor_for
from coopgame.batch.progress import progress_bar
from coopgame.errors import FailedPointsWarning, ParameterError, SweepInterrupted
from coopgame.sweeps.blocks import Blocks
from coopgame.sweeps.designs import Design, as_design
from coopgame.sweeps.functions import FunctionMeasure, Vectorised, function_measure
from coopgame.sweeps.measure import Measure, Points
from coopgame.sweeps.outline import FAILED, Outline, Result, Task, merged, outline_of, versions
from coopgame.sweeps.store import Store, opened_store

if TYPE_CHECKING:
    import xarray

_BATCH = 100_000  # points of a chunk that are computed together
_SINGLE = 1000  # points of a chunk that are computed one by one


def sweep(
    measure: Measure | Vectorised | Callable[..., Any],
    over: Design | Mapping[str, Any],
    *,
    rng: int | np.random.Generator = 0,
    workers: int = 1,
    scheduler: Any = None,
    chunk: int | None = None,
    store: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: bool | None = None,
) -> xarray.Dataset:
    """Return what a measure gives at every point of a design, with named dimensions.

    measure: a measure of this package, or a function that takes the numbers of a point by name and returns a number, a list of numbers of
    fixed length, or a mapping from names to these; when it has a parameter `rng`, it gets random numbers of its point. over: a mapping from names to
    numbers, for every combination, or a design. rng: the seed; what a point gets depends on the seed and the place of the point alone, so
    results depend neither on workers nor on chunks. workers: threads for compiled measures, processes for others. scheduler: the address of a Dask
    scheduler, or a Client. chunk: points of a task. store: a folder in which finished chunks are kept; the result then is read from it when it is used.
    resume: whether to go on with a store of the same sweep; where there is none, it is begun. progress: whether to show a bar;
    by default in terminals and notebooks.

    Variables have the attributes long_name, units, and labels where numbers stand for something. `failed` says where the measure failed: other variables
    are NaN, -1 or False there; `failure_index` and `failure_reason` say why for the first 10 000 of these points. A warning counts them.

    Raises ParameterError for names that the measure does not take, and designs without points; StoreError for a store that exists, is in
    use, or holds another sweep; SweepError when a worker dies; SweepInterrupted, a KeyboardInterrupt, when it is stopped from the keyboard.

    >>> from coopgame import sweep
    >>> result = sweep(lambda b, c: b - c, {"b": [2, 3], "c": [0, 1, 2]})
    >>> result["value"].sel(b=3).values
    array([3., 2., 1.])
    """
    if resume and store is None:
        raise ParameterError("resume=True needs the store to go on with; give store=")
    design, seed = as_design(over), _seed(rng)
    if chunk is not None and (isinstance(chunk, bool) or not isinstance(chunk, int | np.integer) or chunk < 1):
        raise ParameterError(f"chunk = {chunk!r}; a whole number of at least 1 is needed")
    executor_for(
        compiled=True, workers=workers, scheduler=scheduler
    )  # bad values are refused before anything is computed
    chosen = _measure(measure, design, seed)
    outline = outline_of(chosen, design, seed)
    executor = executor_for(compiled=chosen.compiled, workers=workers, scheduler=scheduler)
    size = int(chunk) if chunk is not None else _chunk(chosen, len(design), workers)
    kept = (
        nullcontext(Memory(outline, design, Blocks(design.shape, size)))
        if store is None
        else opened_store(store, outline, design, _said(chosen, design, outline, seed), size, resume)
    )
    with kept as keeper:
        _fill(keeper, executor, Task(chosen, outline.parts), design, seed, size, progress)
    result = keeper.dataset()
    _warn(result)
    return result


@dataclass(eq=False)
class Memory:
    """The results of a sweep that is not stored."""

    outline: Outline
    design: Design
    blocks: Blocks
    done: set[int] = field(default_factory=set)
    reasons: dict[int, str] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.arrays = {part.name: part.empty(len(self.design)) for part in self.outline.parts}

    def keep(self, first: int, last: int, result: Result) -> None:
        """Take the results of the blocks from first to last - 1."""
        stretch = slice(self.blocks.span(first)[0], self.blocks.span(last - 1)[1])
        for name, array in self.arrays.items():
            array[stretch] = result.arrays[name]
        self.done.update(range(first, last))
        self.reasons = merged(self.reasons, result.reasons.items())

    def dataset(self) -> xarray.Dataset:
        """Return the result; when not all was computed, `computed` says what was."""
        shape = self.design.shape
        data = {part.name: self.arrays[part.name].reshape(*shape, *part.shape) for part in self.outline.parts}
        failures = int(self.arrays[FAILED].sum())
        result = self.outline.dataset(data, self.design.coordinates, self.reasons, failures=failures)
        if len(self.done) < len(self.blocks):
            computed = np.zeros(len(self.design), dtype=bool)
            for block in self.done:
                computed[slice(*self.blocks.span(block))] = True
            result["computed"] = (self.design.dims, computed.reshape(shape), {"long_name": "whether it was computed"})
        return result


def _seed(rng: Any) -> int:
    """Return the seed; a generator gives one."""
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0:
        raise ParameterError(f"rng = {rng!r}; give a whole number from 0 on, or a numpy.random.Generator")
    return int(rng)


def _measure(given: Any, design: Design, seed: int) -> Measure:
    if isinstance(given, Measure):
        given.check(design.names)
        return given
    if isinstance(given, Vectorised) or (callable(given) and not isinstance(given, type)):
        return function_measure(given, design, seed)
    raise ParameterError(f"{given!r} is no measure; give one, or a function that takes numbers by name")


def _chunk(measure: Measure, count: int, workers: int) -> int:
    """Return how many points a task has when the user leaves it open; results do not depend on it."""
    if isinstance(measure, FunctionMeasure) and not measure.many:
        return min(_SINGLE, max(1, -(-count // (32 * workers))))
    return min(_BATCH, max(1, -(-count // (4 * workers)))) if workers > 1 else _BATCH


def _said(measure: Measure, design: Design, outline: Outline, seed: int) -> dict[str, str]:
    """Return what the results depend on, by subject; libraries are left out, since with others results agree up to last digits."""
    said = {"the measure": measure.name, "the seed": str(seed), **design.describe()}
    for part in outline.parts:
        along = (
            f" along {', '.join(f'{d} ({n})' for d, n in zip(part.dims, part.shape, strict=True))}"
            if part.dims
            else ""
        )
        coded = f" for {', '.join(part.attrs['labels'])}" if "labels" in part.attrs else ""
        said[f"the variable {part.name}"] = part.dtype + along + coded
    for dim, labels in outline.labels.items():
        said[f"the labels of {dim}"] = ", ".join(map(str, labels))
    said |= {f"of the measure, {key}": text for key, text in measure.provenance().items()}
    return said | {"the version of coopgame": versions()["coopgame_version"]}


def _fill(
    keeper: Memory | Store,
    executor: Executor,
    task: Task,
    design: Design,
    seed: int,
    size: int,
    progress: bool | None,
) -> None:
    """Compute what is not there yet; each result is kept as it comes."""
    blocks = keeper.blocks
    runs = list(blocks.runs((b for b in range(len(blocks)) if b not in keeper.done), size))
    ends = [(blocks.span(first)[0], blocks.span(last - 1)[1]) for first, last in runs]
    there = len(design) - sum(stop - start for start, stop in ends)

    def chunks() -> Iterator[Points]:
        for start, stop in ends:
            indices = np.arange(start, stop)
            yield Points(design.points(indices), indices, seed)

    try:
        with (
            progress_bar(len(design), there, unit="points", progress=progress) as bar,
            closing(executor.run(task, chunks())) as results,
        ):
            if runs and isinstance(executor, Here | Threads):
                task.measure.prepare(bar.set_description_str)
                bar.set_description_str("")
            for place, result in results:
                keeper.keep(*runs[place], result)
                start, stop = ends[place]
                bar.update(stop - start)
    except KeyboardInterrupt:
        raise _interrupted(keeper) from None


def _interrupted(keeper: Memory | Store) -> SweepInterrupted:
    done = f"stopped after {len(keeper.done)} of {len(keeper.blocks)} blocks"
    if isinstance(keeper, Store):
        return SweepInterrupted(f"{done}, which {keeper.path} keeps; run the sweep again with resume=True to go on")
    error = SweepInterrupted(
        f"{done}; they are in the attribute `partial` of this error. With store=… a sweep can be resumed"
    )
    error.partial = keeper.dataset()
    return error


def _warn(result: xarray.Dataset) -> None:
    failures = result.attrs["failures"]
    if failures:
        first, why = int(result["failure_index"][0]), str(result["failure_reason"].values[0])
        warnings.warn(
            f"the measure failed at {failures} of {result[FAILED].size} points, first at point {first}: {why}",
            FailedPointsWarning,
            stacklevel=3,
        )
