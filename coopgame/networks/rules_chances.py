"""The chances of one step of a game on a network, node by node from the definitions of the laws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from coopgame._kernels import network_kinds as kinds
from coopgame.dynamics.protocols import Protocol
from coopgame.dynamics.replacement_rules import ReplacementRule
from coopgame.networks.rules_kinds import CHOOSING, COPYING, REPLACING, SCALED_RATES, rates_of_switching

if TYPE_CHECKING:
    from coopgame.networks.rules_process import NetworkProcess


def chances_of(process: NetworkProcess, state: np.ndarray) -> np.ndarray:
    """Return the chances that one step makes a node change to a strategy; shape (nodes, strategies)."""
    population = process.population
    nodes, n = len(state), len(population.strategies)
    looks = population.contacts.explicit().to_scipy()  # entry [i, j]: the weight with which i looks at j
    if population.kind == kinds.BIRTH_DEATH:
        logs = _log_fitness(process, state)
        births = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
        into = np.asarray(looks.sum(axis=0)).ravel()
        share = np.divide(births, into, out=np.zeros(nodes), where=into > 0)
        taken = looks @ (share[:, None] * np.eye(n)[state])
        found = _mutated(taken, process.mutation)
    else:
        found = _of_drawn(process, state, looks)
        if not population.updating.together:
            found = found / nodes
    found[np.arange(nodes), state] = 0.0
    return np.asarray(found)


def _of_drawn(process: NetworkProcess, state: np.ndarray, looks: object) -> np.ndarray:
    """Return the chances of the next strategy of each node, were it drawn; entries at the own strategy need not be complete."""
    kind, mutation = process.population.kind, process.mutation
    nodes, n = len(state), process.tables.shape[-1]
    if kind in COPYING or kind in CHOOSING:
        chosen = _choosing(process, state) if kind in CHOOSING else _copying(process, state, looks)
        return np.asarray((1 - mutation) * chosen + mutation / (n - 1))
    explicit = process.population.contacts.explicit()
    found = np.zeros((nodes, n))
    logs = _log_fitness(process, state) if kind in REPLACING else process.payoffs(state)
    for node in range(nodes):
        around = explicit.neighbours_of(node)
        weights = np.ones(len(around)) if explicit.weights is None else explicit.weights[_row(explicit.indptr, node)]
        if kind != kinds.DEATH_BIRTH:
            around, weights = np.append(around, node), np.append(weights, 1.0)
        if not len(around):
            found[node, state[node]] = 1.0
        elif kind == kinds.BEST_NEIGHBOUR:
            best = set(state[around[logs[around] == logs[around].max()]].tolist())
            found[node, state[node] if state[node] in best else min(best)] = 1.0
        else:
            parts = weights * np.exp(logs[around] - logs[around].max())
            np.add.at(found[node], state[around], parts / parts.sum())
    mutated = _mutated(found, mutation)
    lonely = explicit.degrees == 0
    return np.where(lonely[:, None] & (kind != kinds.IMITATION), found, mutated)


def _copying(process: NetworkProcess, state: np.ndarray, looks: object) -> np.ndarray:
    """Return the chances to copy, summed over the neighbours whom a node may meet."""
    rows, columns, weights = _entries(looks)
    earned = process.payoffs(state)
    own, met = earned[rows], earned[columns]
    if process.population.kind == kinds.SCALED:
        reach = np.ones(len(state)) if process.population.payoffs.mean else process.totals
        larger = np.maximum(reach[rows], reach[columns])
        chance = np.divide(process.step * np.maximum(met - own, 0), larger, out=np.zeros(len(own)), where=larger > 0)
    else:
        law = process.population.law
        assert isinstance(law, Protocol), "only protocols have rates"
        rates = rates_of_switching(law, np.stack([own, met], axis=-1), process.settings)[..., 0, 1]
        chance = process.step * rates if process.population.kind in (*SCALED_RATES, kinds.OWN_COPY) else rates
    total = np.bincount(rows, weights, minlength=len(state))
    found = np.zeros((len(state), process.tables.shape[-1]))
    np.add.at(found, (rows, state[columns]), weights / total[rows] * chance)
    return found


def _choosing(process: NetworkProcess, state: np.ndarray) -> np.ndarray:
    """Return the chances to choose each strategy, from what each would earn."""
    law = process.population.law
    assert isinstance(law, Protocol), "only protocols have rates"
    rates = rates_of_switching(law, process.possible_payoffs(state), process.settings)
    return np.asarray(process.step * rates[np.arange(len(state)), state])


def _log_fitness(process: NetworkProcess, state: np.ndarray) -> np.ndarray:
    law = process.population.law
    assert isinstance(law, ReplacementRule), "only replacement rules have a fitness"
    return law.fitness.log_of(process.payoffs(state), np.array([process.setting]))


def _mutated(chances: np.ndarray, mutation: float) -> np.ndarray:
    n = chances.shape[1]
    whole = chances.sum(axis=1, keepdims=True)
    return np.asarray((1 - mutation) * chances + mutation / (n - 1) * (whole - chances))


def _entries(looks: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    matrix = looks.tocoo()  # type: ignore[attr-defined]
    return matrix.row, matrix.col, matrix.data


def _row(indptr: np.ndarray, node: int) -> slice:
    return slice(int(indptr[node]), int(indptr[node + 1]))
