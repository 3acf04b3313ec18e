"""Programs for games on networks, as benchmarks/networks.py calls them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from turns import Entry

OWN, PEER = "coopgame-egt", "egttools"
TEMPTATION, INTENSITY = 1.01, 2.5  # cooperation neither dies out nor takes over
DILEMMA = np.array([[1.0, 0.0], [TEMPTATION, 0.0]])
RULE, ROWS = "coopgame, lattice as a rule", "coopgame, compressed rows"
EGTTOOLS, NAIVE = "egttools", "networkx and a loop in Python"
DRAWS, TOUCHES = "limit: random numbers alone", "limit: and the same places in memory"


def side_of(nodes: int) -> int:
    """Return the side of the square lattice with about so many nodes."""
    return round(nodes**0.5)


def population(side: int, explicit: bool) -> Any:
    """Return the prisoner's dilemma under Fermi imitation on a lattice, as a rule or with compressed rows."""
    from coopgame import MatrixGame, fermi_imitation, network_population, square_lattice

    lattice = square_lattice(side)
    return network_population(
        MatrixGame(DILEMMA, ["C", "D"]), fermi_imitation(INTENSITY), lattice.explicit() if explicit else lattice
    )


def own_updates(side: int, explicit: bool, first: np.ndarray | None = None) -> Callable[[int], Callable[[], Any]]:
    """Return what makes calls of coopgame, of whole sweeps. first: what each node plays at first; half of them either strategy where it is None."""

    def make(count: int) -> Callable[[], Any]:
        from coopgame import NetworkOptions, simulate_network

        place, sweeps, seeds = population(side, explicit), max(1, count // side**2), itertools.count()
        options, start = (
            NetworkOptions(every=sweeps, progress=False),
            {"C": 0.5, "D": 0.5} if first is None else first,
        )
        return lambda: simulate_network(place, start=start, sweeps=sweeps, seed=next(seeds), options=options)

    return make


def egttools_updates(side: int) -> Callable[[int], Callable[[], Any]]:
    """Return what makes calls of egttools; the result is the number of nodes by strategy."""

    def make(count: int) -> Callable[[], Any]:
        from egttools.games import NormalFormNetworkGame
        from egttools.numerical import NetworkEvolver
        from egttools.numerical.structure import Network

        game = NormalFormNetworkGame(1, DILEMMA)
        nodes = Network(2, INTENSITY, 0.0, rows_of_lattice(side), game)
        half = np.array([side**2 - side**2 // 2, side**2 // 2], dtype=np.uint64)
        keep = [game]  # egttools does not keep it alive
        return lambda: keep and NetworkEvolver.evolve(count, half, nodes)

    return make


def rows_of_lattice(side: int) -> dict[int, list[int]]:
    """Return the neighbours of all nodes."""
    at = np.arange(side**2).reshape(side, side)
    near = [np.roll(at, shift, axis) for shift, axis in ((1, 0), (1, 1), (-1, 1), (-1, 0))]
    return dict(enumerate(np.stack(near, axis=-1).reshape(-1, 4).tolist()))


def naive_updates(side: int) -> Callable[[int], Callable[[], Any]]:
    """Return what makes calls of a loop as one writes it first; the result is the number of nodes by strategy."""

    def make(count: int) -> Callable[[], Any]:
        import math
        import random

        import networkx

        graph = networkx.convert_node_labels_to_integers(networkx.grid_2d_graph(side, side, periodic=True))
        nodes, random_numbers, payoffs = list(graph), random.Random(1), DILEMMA.tolist()

        def run() -> list[int]:
            plays = {node: random_numbers.randrange(2) for node in nodes}
            for _ in range(count):
                node = random_numbers.choice(nodes)
                met = random_numbers.choice(list(graph.neighbors(node)))
                if plays[node] != plays[met]:
                    own, other = (sum(payoffs[plays[i]][plays[j]] for j in graph.neighbors(i)) for i in (node, met))
                    if random_numbers.random() < 1 / (1 + math.exp(INTENSITY * (own - other))):
                        plays[node] = plays[met]
            second = sum(plays.values())
            return [side**2 - second, second]

        return run

    return make


def updates(side: int) -> list[Entry]:
    """Return the programs that let single nodes of a lattice imitate; a unit is one update."""
    nodes = side**2
    return [
        Entry(RULE, OWN, own_updates(side, False), least=nodes),
        Entry(ROWS, OWN, own_updates(side, True), least=nodes),
        Entry(EGTTOOLS, PEER, egttools_updates(side), least=nodes),
        Entry(NAIVE, "networkx", naive_updates(side), least=nodes),
    ]


def with_limits(side: int, states: np.ndarray) -> list[Entry]:
    """Return coopgame and what no simulation can beat that draws and touches as much.

    states: 0 and 1 by cell, from which it is counted how often cells differ and change.
    """
    nodes = side**2
    differ, change = shares(states.reshape(side, side))

    def draws(count: int) -> Callable[[], Any]:
        from network_limits import draw

        stream, words = np.array([1, 2], dtype=np.uint64), round(count * (1 + differ))
        return lambda: draw(words, stream)

    def touches(count: int) -> Callable[[], Any]:
        from network_limits import touch

        stream, packed = np.array([1, 2], dtype=np.uint64), np.zeros(nodes, dtype=np.uint8)
        chances = round(2048 * differ), round(2048 * change)
        return lambda: touch(packed, side, side, *chances, count, stream)

    return [
        Entry(RULE, OWN, own_updates(side, False, states), least=2 * nodes),
        Entry(ROWS, OWN, own_updates(side, True, states), least=2 * nodes),
        Entry(TOUCHES, OWN, touches, least=nodes),
        Entry(DRAWS, OWN, draws, least=nodes),
    ]


def other_cases(nodes: int) -> list[Entry]:
    """Return coopgame on other networks and by other rules; a unit is one update."""

    def make(network: Callable[[], Any], law: Callable[[], Any], payoffs: Any) -> Callable[[int], Callable[[], Any]]:
        def of_count(count: int) -> Callable[[], Any]:
            from coopgame import MatrixGame, NetworkOptions, network_population, simulate_network

            place = network_population(MatrixGame(payoffs), law(), network(), mutation="1/1000")
            start = {name: f"1/{len(payoffs)}" for name in place.strategies}
            sweeps = max(1, count // nodes)
            options, seeds = NetworkOptions(every=sweeps, progress=False), itertools.count()
            return lambda: simulate_network(place, start=start, sweeps=sweeps, seed=next(seeds), options=options)

        return of_count

    def fermi() -> Any:
        from coopgame import fermi_imitation

        return fermi_imitation(INTENSITY)

    def death_birth_rule() -> Any:
        from coopgame import death_birth

        return death_birth("1/10")

    @cache
    def regular() -> Any:
        from coopgame import random_regular

        return random_regular(nodes, 4, seed=1)

    @cache
    def hubs() -> Any:
        from coopgame import scale_free

        return scale_free(nodes, 2, seed=1)

    def lattice() -> Any:
        from coopgame import square_lattice

        return square_lattice(side_of(nodes))

    cycle = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
    cases = {
        "random regular, 4 neighbours, Fermi": (regular, fermi, DILEMMA),
        "scale-free, 2 links each, Fermi": (hubs, fermi, DILEMMA),
        "scale-free, 2 links each, Fermi, three strategies": (hubs, fermi, cycle),
        "lattice, death-birth": (lattice, death_birth_rule, DILEMMA),
    }
    return [Entry(name, OWN, make(*case), least=nodes) for name, case in cases.items()]


def shares(cells: np.ndarray) -> tuple[float, float]:
    """Return how often a cell and a neighbour differ, and how often the cell then copies it."""
    turns = [(1, 0), (1, 1), (-1, 1), (-1, 0)]
    second = sum(np.roll(cells, *turn).astype(int) for turn in turns)
    earned = np.where(cells == 1, TEMPTATION, 1.0) * (4 - second)
    differ = [np.roll(cells, *turn) != cells for turn in turns]
    chance = [1 / (1 + np.exp(INTENSITY * (earned - np.roll(earned, *turn)))) for turn in turns]
    often = float(np.mean(differ))
    return often, float(np.mean([d * c for d, c in zip(differ, chance, strict=True)])) / max(often, 1e-12)


# Nowak and May -------------------------------------------------------------------------------------------------

BENEFIT = 1.85
GENERATIONS, FILTERS, SLICES = "coopgame", "numpy and scipy.ndimage", "numpy, slices of a frame"


def nowak_may(side: int) -> list[Entry]:
    """Return the programs of Nowak and May's spatial game; a unit is a generation of all cells, the result what each cell plays, 1 for defection."""
    cells = first_cells(side)

    def own(count: int) -> Callable[[], Any]:
        from coopgame import (
            MatrixGame,
            NetworkOptions,
            accumulated,
            imitate_the_best,
            moore,
            network_population,
            simulate_network,
            square_lattice,
            synchronous,
        )

        game = MatrixGame([[1, 0], ["b", 0]], ["C", "D"])
        lattice = square_lattice(side, neighbourhood=moore())
        place = network_population(
            game, imitate_the_best(), lattice, payoffs=accumulated(with_self=True), updating=synchronous()
        )
        options, start = NetworkOptions(every=count, progress=False), cells.ravel()
        run = lambda: simulate_network(place, {"b": str(BENEFIT)}, start=start, sweeps=count, options=options)  # noqa: E731
        return lambda: run().final[0].reshape(side, side)

    def loop(generation: Callable[[np.ndarray], np.ndarray]) -> Callable[[int], Callable[[], Any]]:
        def make(count: int) -> Callable[[], Any]:
            def run() -> np.ndarray:
                now = cells
                for _ in range(count):
                    now = generation(now)
                return now

            return run

        return make

    peers = [(FILTERS, "scipy", by_filters), (SLICES, "numpy", by_slices)]
    return [
        Entry(GENERATIONS, OWN, own),
        *(Entry(name, package, loop(generation)) for name, package, generation in peers),
    ]


def first_cells(side: int) -> np.ndarray:
    """Return a tenth of defectors, drawn."""
    return (np.random.default_rng(side).random((side, side)) < 0.1).astype(np.uint8)


def _ranks() -> np.ndarray:
    """Return ranks of payoffs from 1 on by strategy and number of cooperators around, the cell included; equal payoffs have equal ranks."""
    cooperators = np.arange(10)
    earned = np.stack([cooperators, BENEFIT * cooperators])
    return (np.unique(earned, return_inverse=True)[1].reshape(earned.shape) + 1).astype(np.uint8)


RANKS = _ranks()


def by_filters(cells: np.ndarray) -> np.ndarray:
    """Return the next generation with filters of scipy."""
    from scipy.ndimage import convolve1d, maximum_filter

    around = convolve1d(convolve1d(1 - cells, [1, 1, 1], 0, mode="wrap"), [1, 1, 1], 1, mode="wrap")
    earned = RANKS[cells, around]
    best = [maximum_filter(np.where(cells == s, earned, 0), 3, mode="wrap") for s in (0, 1)]
    return np.where(best[0] == best[1], cells, best[1] > best[0]).astype(np.uint8)


def by_slices(cells: np.ndarray) -> np.ndarray:
    """Return the next generation with sums and maxima of shifted slices, rows and columns apart, in single bytes."""
    framed = np.pad(1 - cells, 1, mode="wrap")
    rows = framed[:-2] + framed[1:-1] + framed[2:]
    around = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    earned = np.where(cells, RANKS[1][around], RANKS[0][around])
    best = []
    for strategy in (0, 1):
        framed = np.pad(earned * (cells == strategy), 1, mode="wrap")
        rows = np.maximum(np.maximum(framed[:-2], framed[1:-1]), framed[2:])
        best.append(np.maximum(np.maximum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:]))
    return ((best[1] > best[0]) | ((best[1] == best[0]) & (cells == 1))).astype(np.uint8)


# memory --------------------------------------------------------------------------------------------------------

MEMORY = ("the imports alone", RULE, ROWS, "coopgame, scale-free network", EGTTOOLS)
SWEEPS = 2


def run_in_memory(what: str, nodes: int) -> None:
    """Play two sweeps on a network of so many nodes, or load what that takes."""
    side = side_of(nodes)
    if what == EGTTOOLS:
        egttools_updates(side)(SWEEPS * nodes)()
    elif what == MEMORY[0]:
        own_updates(10, False)(1000)()
    elif what == MEMORY[3]:
        from coopgame import MatrixGame, fermi_imitation, network_population, scale_free, simulate_network

        game = MatrixGame(DILEMMA, ["C", "D"])
        place = network_population(game, fermi_imitation(INTENSITY), scale_free(nodes, 2, seed=1))
        simulate_network(place, start={"C": 0.5, "D": 0.5}, sweeps=SWEEPS)
    else:
        own_updates(side, what == ROWS)(SWEEPS * nodes)()
