"""Simulated games on tiny networks against their Markov chains over all states, built from the definitions of the laws."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare

from coopgame import (
    Law,
    MatrixGame,
    NetworkProcess,
    accumulated,
    asynchronous,
    averaged,
    best_response,
    birth_death,
    death_birth,
    degree_scaled_imitation,
    fermi_imitation,
    imitate_the_best,
    imitation_of_success,
    imitation_of_the_dissatisfied,
    imitation_updating,
    layers,
    linear_fitness,
    logit,
    network,
    network_population,
    pairwise_imitation,
    ring,
    smith,
    synchronous,
)
from coopgame._kernels.random_streams import streams
from coopgame.networks.simulate_engines import Engine, engine_for, general_engine
from tests.networks import brute_network as brute

RUNS, SWEEPS = 12_000, 2
PAW = [(0, 1), (1, 2), (0, 2), (2, 3)]
HEAVY = [(0, 1, 0.3), (1, 2, 2.0), (0, 2, 1.25), (2, 3, 0.7)]
ONE_WAY = [(0, 1), (1, 2), (2, 0), (3, 0), (2, 3), (0, 3)]
TWO = [[1.0, -0.5], [1.75, 0.25]]
THREE = [[0.5, 2.0, -1.0], [1.5, 0.0, 0.75], [-0.25, 1.0, 1.0]]
GAMES = {2: MatrixGame(TWO), 3: MatrixGame(THREE)}


@dataclass(frozen=True)
class Case:
    """A law and its definition as a function of the process, for steps and ranges of payoffs."""

    law: Law
    drawn: Callable[[NetworkProcess], Any]
    explores: bool = True


def _gain(step: float) -> brute.Drawn:
    return brute.copying(lambda own, met, _: step * max(met - own, 0.0))


CASES = {
    "fermi": Case(fermi_imitation("3/4"), lambda _: brute.fermi(0.75)),
    "pairwise": Case(pairwise_imitation(), lambda p: _gain(1 / (p.high - p.low))),
    "scaled": Case(
        degree_scaled_imitation(),
        lambda p: brute.copying(
            lambda own, met, reach: max(met - own, 0) / (reach * (p.tables.max() - min(p.tables.min(), 0)))
        ),
    ),
    "dissatisfied": Case(
        imitation_of_the_dissatisfied(10), lambda p: brute.copying(lambda own, *_: (10 - own) / (10 - p.low))
    ),
    "success": Case(imitation_of_success(-8), lambda p: brute.copying(lambda _own, met, _: (met + 8) / (p.high + 8))),
    "logit": Case(logit("1/2"), lambda _: brute.logit(0.5)),
    "best response": Case(best_response(), lambda _: brute.best_response),
    "smith": Case(smith(), lambda p: brute.smith(p.step)),
    "death-birth": Case(
        death_birth("1/2"), lambda _: brute.by_fitness(lambda f: math.exp(f / 2), itself=False), False
    ),
    "death-birth, linear": Case(
        death_birth("1/10", fitness=linear_fitness()),
        lambda _: brute.by_fitness(lambda f: 0.9 + 0.1 * f, itself=False),
        False,
    ),
    "imitation": Case(
        imitation_updating("1/2"), lambda _: brute.by_fitness(lambda f: math.exp(f / 2), itself=True), False
    ),
    "best": Case(imitate_the_best(), lambda _: brute.best_neighbour, False),
}


def weights(edges: list[Any], nodes: int, *, directed: bool = False) -> brute.Weights:
    found: brute.Weights = {k: {} for k in range(nodes)}
    for i, j, *weight in edges:
        found[i][j] = float(weight[0]) if weight else 1.0
        if not directed:
            found[j][i] = found[i][j]
    return found


@cache
def _streams(seed: int) -> np.ndarray:
    return streams(seed, range(RUNS))


def observed(engine: Engine, start: list[int], strategies: int, seed: int) -> np.ndarray:
    """Return how often each state comes after some sweeps, in lexicographic order."""
    states = np.tile(np.array(start, dtype=np.uint8), (RUNS, 1))
    shares = np.empty((RUNS, SWEEPS, strategies), dtype=np.int64)
    engine.play(states, _streams(seed).copy(), 1, shares)
    assert (shares[:, -1] == np.stack([(states == s).sum(axis=1) for s in range(strategies)], axis=1)).all()
    codes = states @ strategies ** np.arange(len(start))[::-1]
    return np.bincount(codes, minlength=strategies ** len(start))


def agree(counts: np.ndarray, matrix: np.ndarray, start: list[int], strategies: int, *, together: bool) -> None:
    """Compare with the law of the chain after as many steps; states that cannot be must not be seen."""
    assert np.allclose(matrix.sum(axis=1), 1)
    steps = SWEEPS if together else SWEEPS * len(start)
    code = int(np.array(start) @ strategies ** np.arange(len(start))[::-1])
    law = np.linalg.matrix_power(matrix, steps)[code]
    assert not counts[law < 1e-13].any()
    expected = law * RUNS
    rare = expected < 8
    seen, wanted = list(counts[~rare]), list(expected[~rare])
    if expected[rare].sum() > 8:
        seen.append(counts[rare].sum())
        wanted.append(expected[rare].sum())
    elif rare.any():
        assert counts[rare].sum() <= 40
        total = sum(wanted)
        wanted = [w * sum(seen) / total for w in wanted]
    if len(seen) > 1:
        assert chisquare(seen, np.array(wanted) * sum(seen) / sum(wanted)).pvalue > 1e-4


def check(case: Case, process: NetworkProcess, scene: brute.Scene, start: list[int], *, tables: bool) -> None:
    together = process.population.updating.together
    matrix = brute.chain(
        scene, case.drawn(process), together=together, mutation=process.mutation, explores=case.explores
    )
    engine = engine_for(process)
    assert (engine.name != "any network") == tables
    for one in {engine.name: engine, "any network": general_engine(process)}.values():
        counts = observed(one, start, scene.strategies, 7)
        agree(counts, matrix, start, scene.strategies, together=together)
    # the chances of one step, from every state
    for code, state in enumerate(np.ndindex(*(scene.strategies,) * scene.nodes)):
        chances = process.chances(np.array(state))
        for node in range(scene.nodes):
            for strategy in range(scene.strategies):
                if strategy != state[node] and not together:
                    after = (*state[:node], strategy, *state[node + 1 :])
                    target = int(np.ravel_multi_index(after, (scene.strategies,) * scene.nodes))
                    assert chances[node, strategy] == pytest.approx(matrix[code, target], abs=1e-13)


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_nodes_with_different_neighbours(name: str, mean: bool, together: bool) -> None:
    case = CASES[name]
    mutation = 0.125 if mean else 0.0
    population = network_population(
        GAMES[2],
        case.law,
        network(PAW),
        payoffs=averaged() if mean else accumulated(),
        updating=synchronous() if together else asynchronous(),
        mutation=mutation,
    )
    net = weights(PAW, 4)
    check(case, population.at(), brute.Scene([(net, TWO)], net, mean=mean), [0, 1, 1, 0], tables=False)


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_a_ring_with_meetings_with_oneself(name: str, mean: bool, together: bool) -> None:
    """By tables and by counts."""
    case = CASES[name]
    population = network_population(
        GAMES[2],
        case.law,
        ring(4),
        payoffs=averaged(with_self=True) if mean else accumulated(with_self=True),
        updating=synchronous() if together else asynchronous(),
        mutation=0.0 if mean else 0.0625,
    )
    net = weights([(0, 1), (1, 2), (2, 3), (3, 0)], 4)
    scene = brute.Scene([(net, TWO)], net, mean=mean, with_self=True)
    check(case, population.at(), scene, [0, 1, 0, 0], tables=name != "best")


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("name", [name for name in CASES if "linear" not in name])
def test_three_strategies_on_weighted_edges(name: str, together: bool) -> None:
    case = CASES[name]
    population = network_population(
        GAMES[3],
        case.law,
        network(HEAVY),
        updating=synchronous() if together else asynchronous(),
        mutation=0.1,
    )
    net = weights(HEAVY, 4)
    check(case, population.at(), brute.Scene([(net, THREE)], net), [0, 1, 2, 2], tables=False)


@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("name", ["fermi", "scaled", "logit", "smith", "death-birth", "imitation", "best"])
def test_directed_networks(name: str, mean: bool) -> None:
    """Node i looks at j: plays with it and imitates it."""
    case = CASES[name]
    population = network_population(
        GAMES[2], case.law, network(ONE_WAY, directed=True), payoffs=averaged() if mean else accumulated()
    )
    net = weights(ONE_WAY, 4, directed=True)
    check(case, population.at(), brute.Scene([(net, TWO)], net, mean=mean), [0, 1, 0, 1], tables=False)


@pytest.mark.parametrize("along", [None, "across"])
@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("name", ["fermi", "pairwise", "logit", "best response", "death-birth", "imitation"])
def test_layers_with_games_of_their_own(name: str, mean: bool, along: str | None) -> None:
    """One symbolic game, with a parameter that differs between layers; strategies spread along both or one of them."""
    case = CASES[name]
    game = MatrixGame([["b", "-h"], ["b + 1/2", 0]], parameters={"b": 1, "h": "1/2"})
    down, across = [(0, 2), (1, 2), (1, 3)], [(0, 1), (2, 3), (1, 2)]
    population = network_population(
        {"down": (game, {"h": 0}), "across": game},
        case.law,
        layers({"down": down, "across": across}),
        payoffs=averaged() if mean else accumulated(),
        updating=asynchronous(along=along),
    )
    tables = [[[2.0, -0.0], [2.5, 0.0]], [[2.0, -0.75], [2.5, 0.0]]]
    nets = [weights(down, 4), weights(across, 4)]
    spread = nets[1] if along else weights([*down, *across], 4)
    scene = brute.Scene(list(zip(nets, tables, strict=True)), spread, mean=mean)
    check(case, population.at({"b": 2, "h": "3/4"}), scene, [0, 1, 0, 1], tables=False)


@pytest.mark.parametrize("intensity", [0.5, 8.0])
@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("kind", ["paw", "heavy", "one way", "three"])
def test_birth_death(kind: str, mean: bool, intensity: float) -> None:
    """Parents by refusal and from the tree of sums; in a directed network offspring goes to those who look at the parent."""
    edges = {"paw": PAW, "heavy": HEAVY, "one way": ONE_WAY, "three": PAW}[kind]
    table, n = (THREE, 3) if kind == "three" else (TWO, 2)
    law = birth_death(intensity)
    population = network_population(
        GAMES[n],
        law,
        network(edges, directed=kind == "one way"),
        payoffs=averaged() if mean else accumulated(),
        mutation=0.05 if mean else 0,
    )
    net = weights(edges, 4, directed=kind == "one way")
    scene = brute.Scene([(net, table)], net, mean=mean)
    matrix = brute.births(scene, lambda f: math.exp(intensity * f), 0.05 if mean else 0.0)
    start = [0, 1, n - 1, 0]
    agree(observed(general_engine(population.at()), start, n, 3), matrix, start, n, together=False)


def test_linear_birth_death() -> None:
    net = weights(PAW, 4)
    law = birth_death("1/5", fitness=linear_fitness())
    process = network_population(GAMES[2], law, network(PAW)).at()
    matrix = brute.births(brute.Scene([(net, TWO)], net), lambda f: 0.8 + 0.2 * f)
    agree(observed(general_engine(process), [0, 1, 1, 0], 2, 3), matrix, [0, 1, 1, 0], 2, together=False)
