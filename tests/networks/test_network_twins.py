"""Kernels of networks against slow twins in Python with the same random numbers: the same states, node by node."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    Law,
    MatrixGame,
    NetworkPopulation,
    accumulated,
    averaged,
    birth_death,
    death_birth,
    degree_scaled_imitation,
    fermi_imitation,
    imitate_the_best,
    imitation_updating,
    logit,
    moore,
    network_population,
    pairwise_imitation,
    random_regular,
    ring,
    scale_free,
    simulate_network,
    smith,
    square_lattice,
    synchronous,
    von_neumann,
)
from coopgame._kernels.random_streams import streams
from coopgame.networks.simulate_engines import engine_for, general_engine

GAME = MatrixGame([[1, "-1/4"], ["5/4", 0]])
MASK = 2**64 - 1


class Twin:
    """xoroshiro128++ in whole numbers of Python."""

    def __init__(self, seed: int) -> None:
        self.one, self.two = (int(word) for word in streams(seed, range(1))[0])

    def word(self) -> int:
        def turned(word: int, by: int) -> int:
            return ((word << by) | (word >> (64 - by))) & MASK

        word = (turned((self.one + self.two) & MASK, 17) + self.one) & MASK
        mixed = self.one ^ self.two
        self.one = turned(self.one, 49) ^ mixed ^ ((mixed << 21) & MASK)
        self.two = turned(mixed, 28)
        return word

    def uniform(self) -> float:
        return (self.word() >> 11) / 2**53

    def place(self, count: int) -> tuple[int, float]:
        """Return a number below count from the upper half of a word, and the lower half as a number in [0, 1)."""
        while True:
            word = self.word()
            place, left = divmod((word >> 32) * count, 2**32)
            if left >= 2**32 % count:
                return place, (word & 0xFFFFFFFF) / 2**32

    def cell(self, rows: int, columns: int) -> tuple[int, int]:
        """Return a row from the upper half of a word and a column from the lower one."""
        while True:
            word = self.word()
            row, upper = divmod((word >> 32) * rows, 2**32)
            column, lower = divmod((word & 0xFFFFFFFF) * columns, 2**32)
            if upper >= 2**32 % rows and lower >= 2**32 % columns:
                return row, column


def by_kernel(population: NetworkPopulation, start: np.ndarray, sweeps: int, *, general: bool = False) -> np.ndarray:
    process = population.at()
    engine = general_engine(process) if general else engine_for(process)
    assert general or engine.name != "any network"
    states = start[None].astype(np.uint8)
    engine.play(states, streams(11, range(1)), sweeps, np.empty((1, 1, 2), dtype=np.int64))
    return states[0]


def around(lattice: Any) -> list[list[int]]:
    """Return the neighbours of all cells in the order of the offsets."""
    if not hasattr(lattice, "neighbourhood"):
        return [[(node + step) % lattice.size for step in lattice.offsets] for node in range(lattice.size)]
    rows, columns = lattice.shape
    return [
        [(i + down) % rows * columns + (j + right) % columns for down, right in lattice.neighbourhood.offsets]
        for i in range(rows)
        for j in range(columns)
    ]


def plain_fermi(
    neighbours: list[list[int]],
    shape: tuple[int, int],
    start: np.ndarray,
    sweeps: int,
    *,
    intensity: float,
    mutation: float,
    together: bool,
) -> np.ndarray:
    """Play Fermi imitation with accumulated payoffs as it is defined, drawing in the order of the kernels."""
    table = [[1.0, -0.25], [1.25, 0.0]]
    state, twin = list(start), Twin(11)
    rows, columns = shape
    square = rows > 1 and len(neighbours[0]) == 4

    def earned(node: int) -> float:
        return sum(table[state[node]][state[k]] for k in neighbours[node])

    def next_of(node: int, k: int, luck: float) -> int:
        met = neighbours[node][k]
        chance = 1 / (1 + math.exp(-intensity * (earned(met) - earned(node)))) if state[met] != state[node] else 0.0
        return 1 - state[node] if luck < mutation + (1 - mutation) * chance else state[node]

    for _ in range(sweeps):
        if together:
            state = [
                next_of(node, int(twin.uniform() * len(near)), twin.uniform()) for node, near in enumerate(neighbours)
            ]
            continue
        for _ in range(len(state)):
            if square:  # a neighbour comes from the lowest bits of the word that decides
                row, column = twin.cell(rows, columns)
                node, word = row * columns + column, twin.word()
                k, luck = word & 3, (word >> 11) / 2**53
            else:
                node, part = twin.place(rows * columns)
                k, luck = int(part * len(neighbours[node])), twin.uniform()
            state[node] = next_of(node, k, luck)
    return np.array(state)


LATTICES = [
    square_lattice(7, 5),
    square_lattice(5, 6, neighbourhood=moore()),
    square_lattice(5, 7, neighbourhood=von_neumann(2)),
    ring(31, 6),
]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("mutation", [0, "1/20"])
@pytest.mark.parametrize("lattice", LATTICES, ids=str)
def test_lattices_play_like_their_twin(lattice: Any, mutation: Any, together: bool) -> None:
    population = network_population(
        GAME,
        fermi_imitation("1/2"),
        lattice,
        updating=synchronous() if together else None,
        mutation=mutation,
    )
    start = np.random.default_rng(5).integers(0, 2, lattice.size)
    shape = getattr(lattice, "shape", (1, lattice.size))
    numbers = {"intensity": 0.5, "mutation": float(Fraction(mutation)), "together": together}
    wanted = plain_fermi(around(lattice), shape, start, 6, **numbers)  # type: ignore[arg-type]
    assert by_kernel(population, start, 6).tolist() == wanted.tolist()


LAWS = [
    fermi_imitation("1/2"),
    pairwise_imitation(),
    degree_scaled_imitation(),
    logit("1/2"),
    smith(),
    death_birth("1/5"),
    imitation_updating("1/5"),
]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("payoffs", [accumulated(), averaged(with_self=True)], ids=str)
@pytest.mark.parametrize("law", LAWS, ids=str)
def test_tables_and_counts_play_alike(law: Law, payoffs: Any, together: bool) -> None:
    """On a network given by rows both kernels draw alike, so they agree node by node."""
    net = random_regular(60, 5, seed=2)
    population = network_population(
        GAME, law, net, payoffs=payoffs, updating=synchronous() if together else None, mutation=0
    )
    start = np.random.default_rng(1).integers(0, 2, 60)
    by_tables = by_kernel(population, start, 8)
    assert not (by_tables == start).all()
    if law.name not in ("logit", "Smith"):  # there tables draw whether to change, and counts which strategy to take
        assert by_tables.tolist() == by_kernel(population, start, 8, general=True).tolist()


def plain_best(lattice: Any, b: Fraction, state: np.ndarray, generations: int, *, with_self: bool) -> np.ndarray:
    """Let all cells take what the best neighbour plays, with payoffs in fractions."""
    neighbours = around(lattice)
    table = [[Fraction(1), Fraction(0)], [b, Fraction(0)]]
    for _ in range(generations):
        earned = [
            sum((table[own][state[k]] for k in neighbours[node]), start=table[own][own] * with_self)
            for node, own in enumerate(state)
        ]
        after = []
        for node, own in enumerate(state):
            group = [node, *neighbours[node]]
            best = max(earned[k] for k in group)
            after.append(own if any(earned[k] == best and state[k] == own for k in group) else 1 - own)
        state = np.array(after)
    return state


@settings(max_examples=40, deadline=None)
@given(
    st.integers(5, 9),
    st.integers(5, 11),
    st.sampled_from([von_neumann(), moore(), von_neumann(2), moore(2)]),
    st.sampled_from(["1", "8/7", "4/3", "3/2", "8/5", "5/3", "1.85", "2", "3"]),
    st.booleans(),
    st.integers(0, 10**6),
)
def test_generations_of_best_neighbours(
    rows: int, columns: int, near: Any, b: str, with_self: bool, seed: int
) -> None:
    """Ties between strategies included, which decide at b = 1, 4/3, 3/2, …; by the kernel for lattices and by that for any network."""
    lattice = square_lattice(rows, columns, neighbourhood=near)
    game = MatrixGame([[1, 0], [b, 0]])
    population = network_population(
        game, imitate_the_best(), lattice, payoffs=accumulated(with_self=with_self), updating=synchronous()
    )
    start = np.random.default_rng(seed).integers(0, 2, lattice.size)
    wanted = plain_best(lattice, Fraction(b), start, 4, with_self=with_self).tolist()
    assert engine_for(population.at()).name == "generations"
    assert by_kernel(population, start, 4).tolist() == wanted
    assert by_kernel(population, start, 4, general=True).tolist() == wanted


def test_best_neighbours_one_by_one() -> None:
    """Asynchronous: from a single defector on a torus nothing but its neighbourhood can change at first, and averaged payoffs rank alike."""
    lattice = square_lattice(5, neighbourhood=moore())
    start = np.zeros(25, dtype=int)
    start[12] = 1
    for payoffs in (accumulated(with_self=True), averaged(with_self=True)):
        population = network_population(
            MatrixGame([[1, 0], ["8/5", 0]]), imitate_the_best(), lattice, payoffs=payoffs
        )
        twin, state = Twin(11), start.copy()
        rows = [lattice.explicit().neighbours_of(k).tolist() for k in range(25)]
        table = [[Fraction(1), Fraction(0)], [Fraction(8, 5), Fraction(0)]]
        for _ in range(50):
            node, _ = twin.place(25)
            group = [node, *rows[node]]
            earned = {k: table[state[k]][state[k]] + sum(table[state[k]][state[j]] for j in rows[k]) for k in group}
            best = {state[k] for k in group if earned[k] == max(earned.values())}
            state[node] = state[node] if state[node] in best else 1 - state[node]
        assert by_kernel(population, start, 2, general=True).tolist() == state.tolist()


def test_weights_that_are_rounded_keep_counts_exact() -> None:
    """After a million changes the counted weights are still sums in any order: payoffs agree with the ones computed anew."""
    from coopgame._kernels.network_forms import change, count
    from coopgame.networks.simulate_arrays import meetings_of, play_of

    rng = np.random.default_rng(3)
    one, other, _ = scale_free(50, 3, seed=1).edges()
    edges = [(int(i), int(j), float(w)) for i, j, w in zip(one, other, rng.lognormal(0, 4, len(one)), strict=True)]
    process = network_population(GAME, fermi_imitation(), edges).at()
    meetings, play = meetings_of(process), play_of(process)
    state = rng.integers(0, 2, 50).astype(np.uint8)
    counts, anew, tally = np.empty((50, 2)), np.empty((50, 2)), np.bincount(state, minlength=2)
    count(state, counts, meetings, play)
    for node in rng.integers(0, 50, 20_000):
        change(int(node), 1 - int(state[node]), state, counts, tally, meetings, 2)
    count(state, anew, meetings, play)
    assert (counts == anew).all() and (tally == np.bincount(state, minlength=2)).all()
    table = process.tables[0][state]
    assert np.allclose((counts * table).sum(axis=1), process.payoffs(state), rtol=1e-12)


def test_wide_fitness_takes_the_tree() -> None:
    """Fitness from exp(0) to exp(3000): parents are the hub or what earns as much, and no sum vanishes."""
    star = [(0, k) for k in range(1, 31)]
    population = network_population(GAME, birth_death(100), star)
    run = simulate_network(population, start=[0] + [1] * 30, sweeps=3, seed=4)
    # the leaves earn 5/4 each from the hub, which loses 30/4: leaves are parents until the hub defects; then nothing can change
    assert run.final.tolist() == [[1] * 31]
    helped = simulate_network(population, start=[0] + [0] * 20 + [1] * 10, sweeps=40, seed=4)
    # the hub earns 20 - 10/4 and hands its strategy to all leaves
    assert helped.final.tolist() == [[0] * 31]
