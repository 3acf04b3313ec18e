"""Plays games on networks of up to many millions of nodes, sweep by sweep, in as many runs as wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.batch.progress import progress_bar
from coopgame.errors import ParameterError
from coopgame.finite.batches import in_order
from coopgame.finite.seeds import count_of, seed_of
from coopgame.networks.lattices import SquareLattice
from coopgame.networks.rules import NetworkPopulation, read_population
from coopgame.networks.simulate_engines import Engine, engine_for
from coopgame.networks.simulate_result import NetworkRun
from coopgame.networks.simulate_start import Start

_PART = 2_000_000  # nodes in the runs that a thread takes at once
_SLICE = 20_000_000  # changes between two looks at whether to stop


@dataclass(frozen=True)
class NetworkOptions:
    """How many runs, and what is kept of them.

    runs: independent of each other. workers: threads; results do not depend on their number. every: sweeps between two records of shares. snapshots: sweeps, multiples of
    `every`, at which the states of all nodes are kept; those at the end always are. progress: whether to show a bar; None for in terminals and notebooks.
    """

    runs: int = 1
    workers: int = 1
    every: int = 1
    snapshots: Sequence[int] = ()
    progress: bool | None = None

    def __post_init__(self) -> None:
        for name in ("runs", "workers", "every"):
            count_of(getattr(self, name), name)
        if isinstance(self.snapshots, str) or not isinstance(self.snapshots, Sequence | np.ndarray):
            raise ParameterError(f"snapshots is {self.snapshots!r}; give a list of sweeps, such as [0, 100]")


@dataclass(frozen=True)
class _Plan:
    engine: Engine
    start: Start
    seed: int
    records: int
    stops: tuple[int, ...]
    every: int
    strategies: int

    def part(self, runs: range, stop: Callable[[], bool]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return numbers by strategy, last states and snapshots of some runs."""
        from coopgame._kernels.random_streams import streams

        states, random = self.start.states(self.seed, runs), streams(self.seed, runs)
        counts = np.empty((len(runs), self.records + 1, self.strategies), dtype=np.int64)
        for strategy in range(self.strategies):
            counts[:, 0, strategy] = (states == strategy).sum(axis=1)
        kept = np.empty((len(runs), len(self.stops), states.shape[1]), dtype=np.uint8)
        most = max(1, _SLICE // (self.every * states.size))
        done = 0
        while not stop():
            for place in [k for k, at in enumerate(self.stops) if at == done]:
                kept[:, place] = states
            if done == self.records:
                break
            target = min([done + most, self.records, *(at for at in self.stops if at > done)])
            written = np.empty((len(runs), target - done, self.strategies), dtype=np.int64)
            self.engine.play(states, random, self.every, written)
            counts[:, done + 1 : target + 1] = written
            done = target
        return counts, states, kept


def simulate_network(
    population: NetworkPopulation,
    values: Mapping[str, Any] | None = None,
    *,
    start: Any,
    sweeps: int,
    seed: int | np.random.Generator = 0,
    options: NetworkOptions | None = None,
) -> NetworkRun:
    """Return runs of a game on a network: shares of strategies over time, and the states of all nodes.

    start: shares by strategy, such as {"C": 0.5, "D": 0.5}, rounded to whole nodes and placed at random anew in each run; or a strategy for each node, by name or by place in the game, of shape
    (nodes,), (runs, nodes), or (rows, columns) on a square lattice. sweeps: how long; a sweep is one step for each node, or one step of all in synchronous updating. seed: a run has random numbers keyed by the seed and its
    number, so that results depend neither on workers nor on how many other runs there are.

    Two strategies on a lattice, ring or other network whose nodes have as many neighbours take one byte a node and chances from tables; other networks take the payoffs from
    counted neighbours. Nodes are drawn exactly evenly, neighbours with 32 random bits, and chances are compared with 53.

    Raises StateError for starts that do not fit, ParameterError for numbers that are none, ProtocolError where fitness could be 0 or negative or rates exceed chances, UnsupportedError for protocols of
    one's own on networks whose nodes differ.

    References: Szabó and Fáth (2007), Physics Reports 446, 97-216; Roca, Cuesta and Sánchez (2009), Physics of Life Reviews 6, 208-249.

    >>> from coopgame import MatrixGame, accumulated, imitate_the_best, moore, network_population, square_lattice, synchronous
    >>> game = MatrixGame([[1, 0], ["b", 0]], strategies=["C", "D"])
    >>> lattice = square_lattice(99, neighbourhood=moore())
    >>> spatial = network_population(game, imitate_the_best(), lattice, payoffs=accumulated(with_self=True), updating=synchronous())
    >>> print(simulate_network(spatial, {"b": "1.85"}, start={"C": "9/10", "D": "1/10"}, sweeps=200, seed=1))
    after 200 sweeps of 9801 nodes (1 run, seed 1): C 0.3122, D 0.6878
    """
    process = read_population(population).at(values)
    if options is not None and not isinstance(options, NetworkOptions):
        raise ParameterError(f"options is {options!r}; give NetworkOptions, such as NetworkOptions(runs=10)")
    chosen = options if options is not None else NetworkOptions()
    records, stops = _schedule(chosen, count_of(sweeps, "sweeps"))
    key = seed_of(seed)
    graph = population.layers[0].graph
    picture = graph.shape if isinstance(graph, SquareLattice) else None
    first = Start(start, population.strategies, population.size, chosen.runs, picture)
    plan = _Plan(engine_for(process), first, key, records, stops, chosen.every, len(population.strategies))
    each = max(1, min(_PART // population.size, -(-chosen.runs // (4 * chosen.workers))))
    parts = [range(k, min(k + each, chosen.runs)) for k in range(0, chosen.runs, each)]
    found = []
    with (
        progress_bar(chosen.runs, unit="runs", progress=chosen.progress) as bar,
        closing(in_order(lambda k, stop: plan.part(parts[k], stop), len(parts), chosen.workers)) as results,
    ):
        for k, result in enumerate(results):
            found.append(result)
            bar.update(len(parts[k]))
    counts, final, kept = (np.concatenate([result[k] for result in found]) for k in range(3))
    times = chosen.every * np.arange(records + 1)
    at = chosen.every * np.array(stops, dtype=np.int64)
    for array in (counts, final, kept, times, at):
        array.flags.writeable = False
    points = {layer.name: point for layer, point in zip(population.layers, process.points, strict=True)}
    return NetworkRun(population, points, key, plan.engine.name, times, counts, final, at, kept)


def _schedule(options: NetworkOptions, sweeps: int) -> tuple[int, tuple[int, ...]]:
    """Return the number of records, and those at which states are kept."""
    every = options.every
    if sweeps % every:
        raise ParameterError(
            f"{sweeps} sweeps are no multiple of every = {every}; take {sweeps - sweeps % every} or another step"
        )
    wrong = [
        at
        for at in options.snapshots
        if isinstance(at, bool) or not hasattr(at, "__index__") or not 0 <= int(at) <= sweeps or at % every
    ]
    if wrong:
        raise ParameterError(f"snapshots at {wrong}; multiples of every = {every} from 0 to {sweeps} are needed")
    return sweeps // every, tuple(int(at) // every for at in options.snapshots)
