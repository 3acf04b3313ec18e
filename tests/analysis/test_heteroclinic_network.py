"""Cycles beyond the plane: closed forms, two criteria against each other, and integration in logarithms of shares."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from coopgame import (
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    UnsupportedError,
    find_heteroclinic_cycles,
    find_permanence,
)
from coopgame.algebra.conditions import FALSE, TRUE
from coopgame.analysis.heteroclinic_network import compare_with_one, network_of, return_matrix

Field = Callable[[float, np.ndarray], np.ndarray]


def _in_logarithms(payoffs: np.ndarray) -> Field:
    """ln of shares over the last one; the last share is not small for long near any cycle through its strategy."""

    def rates(_: float, u: np.ndarray) -> np.ndarray:
        shares = np.exp(u - u.max())
        earned = payoffs @ (shares / shares.sum())
        return earned - earned[-1]

    return rates


def _goes_to_the_border(field: Field, start: np.ndarray, time: float, around: int) -> bool:
    """Whether the orbit is farther out at the end: by the spread of the logarithms of the shares that go around."""
    times = np.linspace(0, time, 4000)
    path = solve_ivp(field, (0, time), start, method="LSODA", rtol=1e-9, atol=1e-9, t_eval=times).y[:around]
    spread = path.max(axis=0) - path.min(axis=0)
    return bool(spread[3200:].max() > spread[:800].max())


@pytest.mark.parametrize("size", [4, 5, 6])
def test_games_with_cyclic_symmetry(size: int) -> None:
    """All row sums of the characteristic matrix are equal, so equal weights decide: it attracts iff the sum is negative."""
    rng = random.Random(size)
    seen = set()
    for _ in range(20):
        row = [Fraction(rng.randint(1, 9 * size), 10)] + [-Fraction(rng.randint(1, 20), 10) for _ in range(size - 2)]
        table = [[Fraction(0)] * size for _ in range(size)]
        for i in range(size):
            for step, value in enumerate(row, 1):
                table[(i + step) % size][i] = value
        (cycle,) = find_heteroclinic_cycles(MatrixGame(table))
        assert len(cycle.states) == size
        assert (cycle.attracts, cycle.repels) == {
            -1: (TRUE, FALSE),
            0: (FALSE, FALSE),
            1: (FALSE, TRUE),
        }[(sum(row) > 0) - (sum(row) < 0)]
        seen.add(cycle.attracts)
    assert seen == {TRUE, FALSE}


def _ring(rng: random.Random, size: int, around: int, strongest: int) -> list[list[Fraction]]:
    """Strategies 0 .. around - 1 replace one another; everything else is worse than who is there."""
    table = [[Fraction(0) if i == j else -Fraction(rng.randint(1, 30), 10) for j in range(size)] for i in range(size)]
    for i in range(around):
        table[(i + 1) % around][i] = Fraction(rng.randint(1, strongest), 10)
    return table


@pytest.mark.parametrize(("size", "around"), [(4, 4), (4, 3), (5, 4), (5, 5)])
def test_products_of_transitions_agree_with_the_weights(size: int, around: int) -> None:
    """By Perron's theorem positive weights exist on one side exactly where the largest eigenvalue lies on it."""
    rng = random.Random(10 * size + around)
    seen = {True: 0, False: 0}
    for _ in range(40):
        (cycle,) = find_heteroclinic_cycles(MatrixGame(_ring(rng, size, around, 15 * around)))
        if cycle.attracts == cycle.repels:
            assert "equal to 1" in cycle.criterion and cycle.weights is None
            continue
        assert cycle.weights is not None and cycle.matrix is not None
        sums = np.array(cycle.matrix.tolist(), dtype=float) @ np.array([float(w) for w in cycle.weights])
        assert (sums < 0).all() if cycle.attracts == TRUE else (sums > 0).all()
        seen[cycle.attracts == TRUE] += 1
    assert min(seen.values()) > 5


@pytest.mark.parametrize(("size", "around"), [(4, 4), (4, 3), (5, 4)])
def test_cycles_on_a_simplex_against_integration(size: int, around: int) -> None:
    rng = random.Random(size + around)
    compared = 0
    while compared < 6:
        table = _ring(rng, size, around, 12 * around)
        (cycle,) = find_heteroclinic_cycles(MatrixGame(table))
        payoffs = np.array(table, dtype=float)
        network = network_of(MatrixGame(table))
        entered = [(0, (i + 1) % around) for i in range(around)]
        turn = np.array(return_matrix(network, [(i,) for i in range(around)], entered), dtype=float)
        radius = np.abs(np.linalg.eigvals(turn)).max()
        if 0.6 < radius < 1.6:
            continue  # too slow to be seen
        start = np.zeros(size)
        start[1:] = -25.0
        assert _goes_to_the_border(_in_logarithms(payoffs), start - start[-1], 900, around) == (
            cycle.attracts == TRUE
        )
        compared += 1


def _from_corners(table: dict[tuple[int, ...], list[Fraction]]) -> PopulationGame:
    """Advantages that take given values at the corners of the cube, linear in each share."""
    names = ("x", "y", "z")
    terms: list[list[str]] = [[], [], []]
    for corner, values in table.items():
        basis = "*".join(name if v else f"(1 - {name})" for name, v in zip(names, corner, strict=True))
        for i, value in enumerate(values):
            terms[i].append(f"({value})*{basis}")
    return PopulationGame.from_advantages({name: " + ".join(parts) for name, parts in zip(names, terms, strict=True)})


HEXAGON = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1), (0, 1, 1), (0, 0, 1)]
ALL_EIGHT = [(0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 1, 0), (1, 1, 1), (1, 0, 1), (1, 0, 0)]


@pytest.mark.parametrize("way", [HEXAGON, ALL_EIGHT])
def test_cycles_on_a_cube_against_integration(way: list[tuple[int, ...]]) -> None:
    """Through six corners, and through all eight, where one coordinate turns four times and the matrix is not square."""
    rng = random.Random(len(way))
    verdicts = []
    while len(verdicts) < 4 or len(set(verdicts)) < 2:
        strong = rng.choice([4, 25])
        table = {}
        for corner in product((0, 1), repeat=3):
            values = [Fraction(rng.randint(1, 12), 10) * (1 if v else -1) for v in corner]
            if corner not in way:  # a source, so that orbits that leave the cycle find no other corner to go to
                values = [-value for value in values]
            if corner in way:
                there = way[(way.index(corner) + 1) % len(way)]
                i = next(k for k in range(3) if corner[k] != there[k])
                values[i] = Fraction(rng.randint(1, strong), 5) * (1 if there[i] else -1)
            table[corner] = values
        found = [c for c in find_heteroclinic_cycles(_from_corners(table)) if len(c.states) == len(way)]
        (cycle,) = found
        assert [tuple(state.values()) for state in cycle.states] in [way[k:] + way[:k] for k in range(len(way))]
        assert cycle.attracts != cycle.repels

        def rates(_: float, u: np.ndarray, table: dict = table) -> np.ndarray:
            x = 1 / (1 + np.exp(-np.clip(u, -700, 700)))
            total = np.zeros(3)
            for corner, values in table.items():
                total += np.prod(np.where(corner, x, 1 - x)) * np.array([float(v) for v in values])
            return total

        start = np.array([30.0 if v else -30.0 for v in way[0]])
        i = next(k for k in range(3) if way[0][k] != way[1][k])
        start[i] *= 0.8
        path = solve_ivp(
            rates, (0, 1500), start, method="LSODA", rtol=1e-8, atol=1e-8, t_eval=np.linspace(0, 1500, 3000)
        ).y
        size = np.abs(path).max(axis=0)
        ratio = size[2400:].max() / size[:300].max()
        if 0.9 < ratio < 1.2:
            continue  # too slow to be seen
        assert (ratio > 1) == (cycle.attracts == TRUE), (table, ratio, str(cycle))
        verdicts.append(cycle.attracts)


def test_a_further_unstable_direction() -> None:
    """Rock, paper, scissors and a strategy that invades rock: the cycle of three is there, and is not stable."""
    game = MatrixGame([[0, -3, 1, 1], [1, 0, -3, 1], [-3, 1, 0, 1], [1, -3, -3, 0]])
    three = next(c for c in find_heteroclinic_cycles(game) if len(c.states) == 3 and c.states[0]["population.4"] == 0)
    assert (three.attracts, three.repels) == (FALSE, FALSE)
    assert "further unstable direction" in three.criterion
    everywhere = MatrixGame([[0, -1, 2, 0], [2, 0, -1, 0], [-1, 2, 0, 0], [1, 1, 1, 0]])
    three = next(c for c in find_heteroclinic_cycles(everywhere) if len(c.states) == 3)
    assert three.repels == TRUE and three.weights is not None


def test_rock_paper_scissors_between_two() -> None:
    """Aguiar and Castro (2010), Physica D 239, 1598-1609: every pure state has two unstable directions, in a network of cycles."""
    half, third = Fraction(1, 2), Fraction(1, 3)
    row = [[half, -1, 1], [1, half, -1], [-1, 1, half]]
    column = [
        [-third, 1, -1],
        [-1, -third, 1],
        [1, -1, -third],
    ]  # indexed by row's strategy first: column wins where row loses
    cycles = find_heteroclinic_cycles(NormalFormGame.from_bimatrix(row, column))
    assert cycles
    for cycle in cycles:
        assert cycle.attracts == FALSE
        for here, there in pairwise((*cycle.states, cycle.states[0])):
            assert sum(abs(here[name] - there[name]) for name in here) == 2  # one player changes at a time


def test_an_attracting_cycle_excludes_permanence() -> None:
    rng = random.Random(5)
    met = 0
    for _ in range(3000):
        table = _ring(rng, 4, 4, 40)
        if find_heteroclinic_cycles(MatrixGame(table))[0].attracts == TRUE:
            assert find_permanence(MatrixGame(table)).status == "not permanent"
            met += 1
        if met == 10:
            return
    raise AssertionError("no attracting cycle was met")


def test_the_largest_eigenvalue_is_compared_exactly() -> None:
    rng = random.Random(9)
    for _ in range(100):
        matrix = [[Fraction(rng.randint(1, 9), 12) for _ in range(3)] for _ in range(3)]
        radius = np.abs(np.linalg.eigvals(np.array(matrix, dtype=float))).max()
        if abs(radius - 1) > 1e-9:
            assert compare_with_one(matrix) == np.sign(radius - 1)
    half = Fraction(1, 2)
    assert compare_with_one([[half, half], [half, half]]) == 0
    assert compare_with_one([[half, half], [half, half + Fraction(1, 10**30)]]) == 1


def test_what_is_refused() -> None:
    four = MatrixGame([["0", "a", "1", "1"], ["1", "0", "1", "1"], ["1", "1", "0", "1"], ["1", "1", "1", "0"]])
    with pytest.raises(UnsupportedError, match="give them to a"):
        find_heteroclinic_cycles(four)
    assert find_heteroclinic_cycles(four, {"a": 1}) == ()
    rng = random.Random(1)
    wide = [[0] * 12 for _ in range(12)]
    for i in range(12):
        for j in range(i):
            wide[i][j] = rng.choice([-1, 1])
            wide[j][i] = -wide[i][j]
    with pytest.raises(UnsupportedError, match="too many cycles"):
        find_heteroclinic_cycles(MatrixGame(wide))
