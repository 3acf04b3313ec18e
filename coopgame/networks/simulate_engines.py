"""Which kernel plays a game on a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coopgame._kernels import network_kinds as kinds
from coopgame.errors import UnsupportedError
from coopgame.networks.lattices import SquareLattice
from coopgame.networks.rules_kinds import OWN_FORMULA
from coopgame.networks.rules_process import NetworkProcess
from coopgame.networks.simulate_arrays import contacts_of, meetings_of, play_of, rule_of
from coopgame.networks.simulate_tables import chances_by, earned_by, is_uniform, places_of

_WIDE = np.log(64)  # of fitness: above it parents come from a tree of sums and not by refusal


@dataclass(frozen=True)
class Engine:
    """A compiled way to let runs go on.

    play: function of states (runs, nodes), streams (runs, 2), sweeps between two records and the numbers of nodes by strategy, (runs, records, strategies), which it
    writes; states and streams move on.
    """

    name: str
    play: Callable[[np.ndarray, np.ndarray, int, np.ndarray], None]


def engine_for(process: NetworkProcess) -> Engine:
    """Return the fastest kernel for a game on a network.

    Raises UnsupportedError for rates of one's own where there are more than two strategies or nodes differ in their neighbours.
    """
    if is_uniform(process):
        if generations := _of_generations(process):
            return generations
        if tables := _of_tables(process):
            return tables
    if process.population.kind in OWN_FORMULA:
        raise UnsupportedError(
            f"{process.population.law.name}: rates of one's own are for two strategies on one network without weights whose nodes have as many neighbours, up to 127; elsewhere "
            "take a law that has a formula, such as fermi_imitation() or logit()"
        )
    return general_engine(process)


def general_engine(process: NetworkProcess) -> Engine:
    """Return the kernel for networks of any kind."""
    from coopgame._kernels.network_steps import play_on_network

    contacts, meetings, play, rule = contacts_of(process), meetings_of(process), play_of(process), rule_of(process)
    most, by_tree = births_of(process)
    together = process.population.updating.together

    def run(states: np.ndarray, streams: np.ndarray, every: int, shares: np.ndarray) -> None:
        play_on_network(states, streams, contacts, meetings, play, rule, most, by_tree, together, every, shares)

    return Engine("any network", run)


def births_of(process: NetworkProcess) -> tuple[float, bool]:
    """Return the largest fitness that a node can have, its logarithm unless it is linear, and whether fitness varies too much to draw parents by refusal."""
    if process.population.kind != kinds.BIRTH_DEATH:
        return 0.0, False
    ends = [process.setting * bound for bound in (process.low, process.high)]
    if not process.is_linear:
        return max(ends), abs(ends[1] - ends[0]) > _WIDE
    fitness = [1 - process.setting + end for end in ends]
    return max(fitness), abs(np.log(fitness[1] / fitness[0])) > _WIDE


def _of_tables(process: NetworkProcess) -> Engine | None:
    chances = chances_by(process)
    if chances is None:
        return None
    from coopgame._kernels.network_packed import play_packed

    graph = process.population.layers[0].graph
    places, square = places_of(graph)
    degree, together = graph.degree, process.population.updating.together

    def run(states: np.ndarray, streams: np.ndarray, every: int, shares: np.ndarray) -> None:
        play_packed(states, streams, places, chances, degree, square, together, every, shares)

    return Engine("tables", run)


def _of_generations(process: NetworkProcess) -> Engine | None:
    """Return the kernel for lattices whose cells take all at once what the best neighbour plays, where that is so."""
    population, graph = process.population, process.population.layers[0].graph
    is_lattice = isinstance(graph, SquareLattice) and graph.periodic
    if (
        population.kind != kinds.BEST_NEIGHBOUR
        or not population.updating.together
        or process.mutation
        or not is_lattice
    ):
        return None
    from coopgame._kernels.network_best import play_best
    from coopgame._kernels.network_forms import fixed

    assert isinstance(graph, SquareLattice), "checked above"
    earned = earned_by(process)
    ranks = fixed(np.unique(earned, return_inverse=True)[1].reshape(earned.shape) + 1, np.uint8)
    places, _ = places_of(graph)
    shape, reach = graph.shape, graph.neighbourhood.reach

    def run(states: np.ndarray, streams: np.ndarray, every: int, shares: np.ndarray) -> None:
        play_best(states.reshape(-1, *shape), places.down, places.right, reach, ranks, every, shares)

    return Engine("generations", run)
