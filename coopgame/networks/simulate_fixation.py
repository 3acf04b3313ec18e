"""The chance that one mutant at a random node of a network takes over, from many runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame._kernels import network_kinds as kinds
from coopgame.errors import NetworkError, StateError, UnsupportedError
from coopgame.finite.estimates import Precision, checked_precision
from coopgame.finite.seeds import count_of, seed_of
from coopgame.finite.takeovers import Batches, Takeovers
from coopgame.games.document import close_match
from coopgame.networks.rules import NetworkPopulation, read_population
from coopgame.networks.rules_process import NetworkProcess
from coopgame.networks.simulate_arrays import contacts_of, meetings_of, play_of, rule_of
from coopgame.networks.simulate_engines import births_of
from coopgame.networks.simulate_tables import chances_by, fitness_by, is_uniform, table_of

if TYPE_CHECKING:
    import pandas as pd

_FIXING = (kinds.FERMI, kinds.DEATH_BIRTH, kinds.BIRTH_DEATH, kinds.IMITATION)

# runs, most steps of a run, stream of random numbers, where fixed, unfinished and steps are added
Runs = Callable[[int, int, np.ndarray, np.ndarray], None]


@dataclass(frozen=True, eq=False)
class NetworkFixation(Takeovers):
    """How often a single mutant at a node drawn at random took over a network of residents.

    fixed, extinct: runs in which it did or died out. unfinished: runs that were cut; they count as not fixed in `probability`, and both ways in `interval`. steps: at the border between
    strategies, in all runs. status: "complete", or what there is to know.
    """

    population: NetworkPopulation = field(repr=False)
    resident: str
    mutant: str
    runs: int
    fixed: int
    unfinished: int
    steps: int
    seed: int
    status: str

    @property
    def extinct(self) -> int:
        """The runs in which the mutant died out."""
        return self.runs - self.fixed - self.unfinished

    @property
    def neutral(self) -> float:
        """The fixation probability of a mutant that makes no difference, from a random node: one over the number of nodes.

        By symmetry, for every law and network: one of as many equal nodes takes over.
        """
        return 1 / self.population.size

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row with what was found."""
        import pandas as pd

        found = {"resident": self.resident, "mutant": self.mutant, **self._estimate()}
        found |= {"runs": self.runs, "fixed": self.fixed, "extinct": self.extinct, "unfinished": self.unfinished}
        return pd.DataFrame([found | {"mean_steps": self.steps / self.runs}])


def simulate_network_fixation(
    population: NetworkPopulation,
    values: Mapping[str, Any] | None,
    resident: str,
    mutant: str,
    *,
    runs: int = 10_000,
    precision: Precision | None = None,
    most_steps: int = 10**9,
    seed: int | np.random.Generator = 0,
    workers: int = 1,
    progress: bool | None = None,
) -> NetworkFixation:
    """Return an estimate of the chance that one mutant at a node drawn evenly takes over a network of residents, without further mutations.

    Only nodes at the border between strategies are drawn, in the right proportions, so that nothing is spent on steps that cannot change anything. runs: how many, or at most so many
    where a precision is given, as by `absolute_error(0.001)`: runs then come in batches of 1000 until the standard error is reached. most_steps: at the border, after which a run
    is cut and counts as unfinished; where strategies coexist, runs can be endless. seed: a batch has random numbers keyed by the seed and its place, so that results do not
    depend on workers, which are threads.

    Raises UnsupportedError for laws under which a border can come to rest or absent strategies come back (fermi_imitation, death_birth, birth_death and imitation_updating are the
    known ones), for synchronous updating and for mutation, NetworkError where the network along which strategies spread is not connected, in a directed one each node to each, StateError for unknown
    strategies.

    References: Lieberman, Hauert and Nowak (2005), Nature 433, 312-316; Ohtsuki, Hauert, Lieberman and Nowak (2006), Nature 441, 502-505.

    >>> from coopgame import MatrixGame, birth_death, linear_fitness, network_population, ring, simulate_network_fixation
    >>> constant = MatrixGame([[1, 1], ["r", "r"]], strategies=["resident", "mutant"])
    >>> cycle = network_population(constant, birth_death(1, fitness=linear_fitness()), ring(20))
    >>> found = simulate_network_fixation(cycle, {"r": "1.1"}, "resident", "mutant")
    >>> exact = (1 - 1 / 1.1) / (1 - 1 / 1.1**20)
    >>> abs(found.probability - exact) < 4 * found.standard_error
    True
    """
    process = read_population(population).at(values)
    checked_precision(precision)
    play = _runs(_between(process, resident, mutant))
    key, workers, most = seed_of(seed), count_of(workers, "workers", 1, 1024), count_of(most_steps, "most_steps")
    runs = count_of(runs, "runs")

    def batch(k: int, runs: int, stop: Callable[[], bool]) -> np.ndarray:
        from coopgame._kernels.random_streams import streams

        found = np.zeros(3, dtype=np.int64)
        play(runs, most, streams(key, range(k, k + 1))[0], found)
        return np.array([runs, *found])

    empty = NetworkFixation(population, resident, mutant, 0, 0, 0, 0, key, "")
    batches = Batches(runs, precision, workers, progress)
    return batches.added_up(batch, lambda counts: _estimate(empty, counts, precision))


def _estimate(empty: NetworkFixation, counts: np.ndarray, precision: Precision | None) -> NetworkFixation:
    runs, fixed, unfinished, steps = (int(count) for count in counts)
    notes = []
    if unfinished:
        notes.append(f"{unfinished} of {runs} runs were cut after the most steps allowed; raise most_steps")
    if precision is not None and not precision.reached(fixed, runs):
        notes.append(f"the {precision} was not reached within the runs allowed; raise runs")
    status = "; ".join(notes) or "complete"
    return replace(empty, runs=runs, fixed=fixed, unfinished=unfinished, steps=steps, status=status)


def _between(process: NetworkProcess, resident: str, mutant: str) -> NetworkProcess:
    """Return the process between two strategies, the resident first; refuse what has no fixation probability of this kind."""
    population = process.population
    if population.kind not in _FIXING:
        raise UnsupportedError(
            f"{population.law.name}: strategies can coexist at rest or come back; use fermi_imitation, death_birth, birth_death or imitation_updating, or simulate_network()"
        )
    if population.updating.together:
        raise UnsupportedError("fixation is simulated node by node; use asynchronous(), or simulate_network()")
    if process.mutation:
        raise UnsupportedError(
            "with mutation no strategy takes over for good; leave it out, or use simulate_network()"
        )
    _check_connected(population)
    for name in (resident, mutant):
        if name not in population.strategies:
            raise StateError(f"no strategy {name!r}{close_match(name, population.strategies)}")
    if resident == mutant:
        raise StateError(f"resident and mutant are both {resident!r}; two strategies are needed")
    pair = [population.strategies.index(name) for name in (resident, mutant)]
    return replace(process, tables=np.ascontiguousarray(process.tables[:, pair][:, :, pair]))


def _check_connected(population: NetworkPopulation) -> None:
    if population.size < 2:
        raise NetworkError("a network of one node has no neighbours to take over")
    graph = population.contacts
    if graph.is_connected:
        return
    sizes = np.sort(np.bincount(graph.explicit().components))[::-1]
    kind = "directed parts whose nodes reach each other" if graph.is_directed else "parts"
    raise NetworkError(
        f"strategies spread along a network that is not connected: it has {len(sizes)} {kind}, of {', '.join(map(str, sizes[:5]))} nodes, and no mutant takes over all; "
        "take one part, see Network.components"
    )


def _runs(process: NetworkProcess) -> Runs:
    """Return how runs between two strategies are done: from tables where all nodes have as many neighbours."""
    kind = process.population.kind
    most, by_sum = births_of(process)
    if is_uniform(process) and not by_sum:
        chances = fitness_by(process) if kind == kinds.BIRTH_DEATH else chances_by(process)
        if chances is not None:
            from coopgame._kernels.network_fixation import fix_packed

            graph = process.population.layers[0].graph
            places, degree, births, table = table_of(graph), graph.degree, kind == kinds.BIRTH_DEATH, chances
            return lambda runs, steps, stream, found: fix_packed(
                runs, steps, places, table, births, degree, stream, found
            )
    from coopgame._kernels.network_fixation import fix_on_network

    contacts, meetings, play, rule = contacts_of(process), meetings_of(process), play_of(process), rule_of(process)
    return lambda runs, steps, stream, found: fix_on_network(
        runs, steps, contacts, meetings, play, rule, most, by_sum, stream, found
    )
