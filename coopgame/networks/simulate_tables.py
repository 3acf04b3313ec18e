"""Chances of two strategies where all nodes have as many neighbours, as tables for the kernels, for any protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame._kernels import network_kinds as kinds
from coopgame.dynamics.protocols import Protocol
from coopgame.dynamics.replacement_rules import ReplacementRule
from coopgame.errors import ProtocolError
from coopgame.networks.lattices import Ring, SquareLattice, von_neumann
from coopgame.networks.payoffs import Graph
from coopgame.networks.rules_kinds import CHOOSING, OWN_FORMULA, REPLACING, SCALED_RATES, rates_of_switching
from coopgame.networks.rules_process import NetworkProcess

if TYPE_CHECKING:
    from coopgame._kernels.network_packed import Chances, Places

_MOST_NEIGHBOURS = 127  # that stand in a byte beside the strategy
_WIDEST = 600.0  # logarithms of fitness that floats hold side by side


def is_uniform(process: NetworkProcess) -> bool:
    """Return whether there are two strategies and one layer on which all nodes have as many neighbours, without weights."""
    layers = process.population.layers
    if len(layers) > 1 or process.tables.shape[-1] != 2:
        return False
    graph = layers[0].graph
    plain = not graph.is_weighted and not graph.is_directed and graph.is_regular
    return bool(plain and 1 <= graph.degree <= _MOST_NEIGHBOURS)


def earned_by(process: NetworkProcess) -> np.ndarray:
    """Return the payoffs by strategy and number of second-strategy neighbours; shape (2, degree + 1)."""
    degree = process.population.layers[0].graph.degree
    second = np.arange(degree + 1)
    total = process.tables[0][:, :1] * (degree - second) + process.tables[0][:, 1:] * second + process.own[:, None]
    return np.asarray(total / process.totals[0] if process.population.payoffs.mean else total)


def chances_by(process: NetworkProcess) -> Chances | None:
    """Return the table of a rule for nodes, or None where there is none: for the best neighbour and birth-death, and for fitness of too wide a range."""
    from coopgame._kernels.network_forms import fixed
    from coopgame._kernels.network_packed import CHOOSE, COPY, Chances

    kind, earned = process.population.kind, earned_by(process)
    if kind in (kinds.BEST_NEIGHBOUR, kinds.BIRTH_DEATH):
        return None
    if kind in REPLACING:
        return fitness_by(process)
    if kind in CHOOSING:
        code, table = CHOOSE, _rates(process, np.stack([earned, earned[::-1]], axis=-1))
    else:
        mine = np.broadcast_to(earned[:, :, None], (2, earned.shape[1], earned.shape[1]))
        code, table = COPY, _rates(process, np.stack([mine, np.swapaxes(mine[::-1], 1, 2)], axis=-1))
    if not (table <= 1 + 1e-9).all():
        raise ProtocolError(
            f"{process.population.law.name}: a chance to change is {table.max():.6g}; rates are no chances: give the updating a step of at most "
            f"{process.step / table.max():.3g}"
        )
    mutation = process.mutation
    limits = _limits(np.swapaxes(mutation + (1 - mutation) * table, 0, 1))
    return Chances(code, limits, _limits(mutation)[0], fixed([], float), mutation)


def fitness_by(process: NetworkProcess) -> Chances | None:
    """Return the table of fitness, the largest 1, or None where floats do not hold all of them side by side.

    The byte is the strategy + 2 * number of second-strategy neighbours.
    """
    from coopgame._kernels.network_forms import fixed
    from coopgame._kernels.network_packed import COMPETE, DIE, Chances

    law = process.population.law
    assert isinstance(law, ReplacementRule), "only replacement rules have a fitness"
    logs = law.fitness.log_of(earned_by(process), np.array([process.setting]))
    if np.ptp(logs) > _WIDEST:
        return None
    code = COMPETE if process.population.kind == kinds.IMITATION else DIE
    fitness = fixed(np.exp(logs - logs.max()).T.ravel(), float)
    return Chances(code, _limits([]), np.uint64(0), fitness, process.mutation)


def _limits(chances: Any) -> np.ndarray:
    """Return below which of the numbers from 0 to 2**53 - 1 an event of a chance happens."""
    from coopgame._kernels.network_forms import fixed

    limits = np.ceil(np.minimum(np.ravel(np.asarray(chances, dtype=float)), 1.0) * 2.0**53)
    return fixed(limits.astype(np.uint64), np.uint64)


def _rates(process: NetworkProcess, pairs: np.ndarray) -> np.ndarray:
    """Return the chances to change; pairs: own payoff and that of whom one meets or of the other strategy, on the last axis."""
    law, kind = process.population.law, process.population.kind
    if kind == kinds.SCALED:
        reach = 1.0 if process.population.payoffs.mean else float(process.totals[0])
        return np.asarray(np.maximum(pairs[..., 1] - pairs[..., 0], 0) * process.step / (reach if reach > 0 else 1.0))
    assert isinstance(law, Protocol), "only protocols have rates"
    rates = rates_of_switching(law, pairs, process.settings)[..., 0, 1]
    return np.asarray(rates * process.step if kind in (*SCALED_RATES, *OWN_FORMULA) else rates)


def places_of(graph: Graph) -> tuple[Places, bool]:
    """Return where the neighbours of a node are, and whether they are the four nearest cells of a square lattice."""
    from coopgame._kernels.network_forms import fixed
    from coopgame._kernels.network_packed import Places

    if isinstance(graph, Ring):
        offsets = [(0, step) for step in graph.offsets]
        rows, columns = 1, graph.size
    elif isinstance(graph, SquareLattice) and graph.periodic:
        offsets = list(graph.neighbourhood.offsets)
        rows, columns = graph.shape
    else:
        return table_of(graph), False
    return Places(fixed([], np.int32), rows, columns, *_offsets(offsets)), tuple(offsets) == von_neumann().offsets


def table_of(graph: Graph) -> Places:
    """Return the neighbours of all nodes as a table."""
    from coopgame._kernels.network_forms import fixed
    from coopgame._kernels.network_packed import Places

    return Places(fixed(graph.explicit().neighbours, np.int32), 1, graph.size, *_offsets([]))


def _offsets(offsets: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    from coopgame._kernels.network_forms import fixed

    return fixed([i for i, _ in offsets], np.int64), fixed([j for _, j in offsets], np.int64)
