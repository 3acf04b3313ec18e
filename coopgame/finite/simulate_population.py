"""Simulates finite populations over many steps; what does not change is skipped."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np

from coopgame.batch.progress import progress_bar
from coopgame.errors import ParameterError, SimulationInterrupted
from coopgame.finite.batches import in_order
from coopgame.finite.counts import as_counts
from coopgame.finite.followers import follower_of
from coopgame.finite.generation_paths import GenerationFollower, GenerationPath, generator_of
from coopgame.finite.path import CompiledFollower, Follower, Path, TableFollower
from coopgame.finite.population import FinitePopulation, ProcessAt, process_of
from coopgame.finite.population_paths import PopulationPaths, joined
from coopgame.finite.seeds import count_of, seed_of

_BLOCKS = 32  # of the steps over which means are taken
_SLICE = 5_000_000  # changes by compiled loops between two looks at whether to stop
_SLOW_SLICE = 5_000


def simulate_population(
    population: FinitePopulation,
    values: Mapping[str, Any] | None,
    start: Any,
    steps: int,
    *,
    replicates: int = 1,
    record: int | Sequence[int] = 101,
    burn_in: int = 0,
    seed: int | np.random.Generator = 0,
    workers: int = 1,
    progress: bool | None = None,
) -> PopulationPaths:
    """Return simulated paths of finite populations: numbers of members at some steps, and mean shares over all steps with their standard errors.

    The time to the next change is drawn from its geometric law, and then which change it is, so steps in which nothing changes cost nothing. Chances come from a table of all
    states where it is small, else from compiled formulas of the law, else from the law itself in Python; a path does not depend on which, up to rounding. Under Wright-Fisher
    each generation is one multinomial draw.

    start: numbers of members, as a mapping from strategies, for several populations a mapping from their names to these; or all numbers in a row. steps: of the chain, one for a generation under
    Wright-Fisher. record: how many steps to record, equally spaced from 0 to the last; or which. burn_in: steps before means begin. seed: a path has random numbers keyed by the seed and its own number, so that
    results do not depend on workers, which are threads, and the first paths of more are those of fewer.

    Raises StateError for a start that is none, ParameterError for numbers of steps, replicates and workers that are not positive, ProtocolError where chances of the law are none,
    SimulationInterrupted when it is stopped from the keyboard.

    References: Gillespie (1977), The Journal of Physical Chemistry 81; Traulsen and Hauert (2009), in Reviews of Nonlinear Dynamics and Complexity II.

    >>> from coopgame import MatrixGame, fermi_imitation, finite_population
    >>> game = MatrixGame([[0, 3], [1, 2]], strategies=["hawk", "dove"])
    >>> population = finite_population(game, fermi_imitation(1), 50, mutation="1/100")
    >>> paths = simulate_population(population, None, {"dove": 50}, 10**7)
    >>> print(paths.mean_shares.round(2), paths.counts.shape, paths.status)
    [0.52 0.48] (1, 101, 2) complete
    """
    process = process_of(population, values)
    counts = as_counts(population, start)
    steps, burn_in = count_of(steps, "steps"), count_of(burn_in, "burn_in", 0)
    if burn_in >= steps:
        raise ParameterError(f"burn_in = {burn_in} of {steps} steps; means need steps after it")
    replicates, workers = count_of(replicates, "replicates"), count_of(workers, "workers", 1, 1024)
    times = _recorded(record, steps)
    edges = _edges(burn_in, steps)
    marks = np.unique(np.concatenate([times, edges]))
    key = seed_of(seed)
    follower: Follower = GenerationFollower(process) if population.generations else follower_of(process, counts)
    bar = progress_bar(replicates * steps, unit="steps", progress=progress)

    def part(number: int, stop: Callable[[], bool]) -> dict[str, Any]:
        path = path_of(process, counts, marks, key, number)
        _follow(follower, path, stop, bar.update)
        return _described(path, times, edges, sizes_of(population))

    empty = np.zeros(0)
    whole = PopulationPaths(
        population, process.values, times, empty, empty, np.diff(edges), empty, empty, burn_in, key, "complete"
    )
    found: list[dict[str, Any]] = []
    try:
        with bar, closing(in_order(part, replicates, workers)) as parts:
            for one in parts:
                found.append(one)
    except KeyboardInterrupt:
        done = f"stopped after {len(found)} of {replicates} paths"
        error = SimulationInterrupted(f"{done}; they are in the attribute `partial` of this error")
        error.partial = joined(found, replace(whole, status=done)) if found else None
        raise error from None
    return joined(found, whole)


def path_of(process: ProcessAt, counts: np.ndarray, marks: np.ndarray, seed: int, number: int) -> Path:
    """Return a path at its first step, with random numbers keyed by the seed and its number."""
    from coopgame._kernels.random_streams import streams

    stream = streams(seed, range(number, number + 1))[0]
    if process.population.generations:
        return GenerationPath(counts, marks, stream, random=generator_of(seed, number))
    return Path(counts, marks, stream)


def slice_of(follower: Follower) -> int:
    """Return how many changes take about a third of a second."""
    return _SLICE if isinstance(follower, TableFollower | CompiledFollower) else _SLOW_SLICE


def sizes_of(population: FinitePopulation) -> np.ndarray:
    """Return the size of its population for each strategy; shape (strategies,)."""
    lengths = [part.stop - part.start for part in population.game.parts]
    return np.repeat(population.sizes, lengths)


def _follow(follower: Follower, path: Path, stop: Callable[[], bool], tell: Callable[[int], Any]) -> None:
    last, told, budget = int(path.course.marks[-1]), 0, slice_of(follower)
    done = False
    while not done and not stop():
        done = follower.follow(path, budget)
        now = last if done else min(path.last, last)
        tell(now - told)
        told = now


def _described(path: Path, times: np.ndarray, edges: np.ndarray, sizes: np.ndarray) -> dict[str, Any]:
    """Return what is kept of a path."""
    summed = path.course.summed[np.searchsorted(path.course.marks, edges)]
    return {
        "counts": path.course.shown[np.searchsorted(path.course.marks, times)],
        "blocks": np.diff(summed, axis=0) / np.diff(edges)[:, None] / sizes,
        "changes": path.changes,
        "rest_since": path.last if path.at_rest else -1,
    }


def _recorded(record: int | Sequence[int], steps: int) -> np.ndarray:
    """Return the steps to record, in order."""
    if isinstance(record, Sequence | np.ndarray) and not isinstance(record, str):
        wanted = sorted({count_of(one, "a step to record", 0) for one in record})
        if not wanted or wanted[-1] > steps:
            raise ParameterError(f"record = {record!r}; steps from 0 to {steps} are needed")
        return np.array(wanted, dtype=np.int64)
    count = count_of(record, "record", 2)
    return np.unique(np.array([steps * k // (count - 1) for k in range(count)], dtype=np.int64))


def _edges(burn_in: int, steps: int) -> np.ndarray:
    """Return where the blocks of the steps after burn_in begin and end."""
    blocks = min(_BLOCKS, steps - burn_in)
    return np.array([burn_in + (steps - burn_in) * k // blocks for k in range(blocks + 1)], dtype=np.int64)
