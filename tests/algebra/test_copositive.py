"""Copositive forms beside values on a grid of directions; solutions of linear equations beside their equations."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest

from coopgame.algebra.affine import corners, solve_linear
from coopgame.algebra.copositive import determinant, is_copositive, is_partly_copositive, is_strictly_copositive


def directions(size: int, parts: int) -> Iterator[tuple[int, ...]]:
    for head in product(range(parts + 1), repeat=size - 1):
        if sum(head) <= parts:
            yield (*head, parts - sum(head))


def random_form(rng: random.Random, size: int) -> list[list[Fraction]]:
    form = [[Fraction(0)] * size for _ in range(size)]
    for i in range(size):
        for j in range(i, size):
            form[i][j] = form[j][i] = Fraction(rng.randint(-2, 2))
    return form


def test_copositive_forms_beside_a_grid() -> None:
    """Integer forms with entries up to 2 fail, when they fail, at a direction of the grid of eighths."""
    rng = random.Random(2)
    seen = set()
    for _ in range(600):
        form = random_form(rng, rng.randint(1, 4))
        matrix = np.array(form, dtype=float)
        lowest = min(np.array(v) @ matrix @ np.array(v) for v in directions(len(form), 8))
        assert is_copositive(form) == (lowest >= 0)
        assert is_strictly_copositive(form) == (lowest > 0)
        seen.add((lowest >= 0, lowest > 0))
    assert seen == {(True, True), (True, False), (False, False)}


def test_free_directions_beside_a_grid() -> None:
    rng = random.Random(3)
    for _ in range(400):
        size = rng.randint(1, 3)
        free = rng.randint(0, size)
        form = random_form(rng, size)
        matrix = np.array(form, dtype=float)
        signs = product((-1, 1), repeat=free)
        values = [
            (v := np.array(w) * np.array([*turn, *[1] * (size - free)])) @ matrix @ v
            for turn in signs
            for w in directions(size, 8)
        ]
        assert is_partly_copositive(form, free, strictly=False) == (min(values) >= 0)
        assert is_partly_copositive(form, free) == (min(values) > 0)


def test_all_solutions_of_linear_equations() -> None:
    rng = random.Random(4)
    kinds = set()
    for _ in range(200):
        rows = [[Fraction(rng.randint(-1, 1)) for _ in range(4)] for _ in range(rng.randint(1, 4))]
        right = [Fraction(rng.randint(-1, 1)) for _ in rows]
        found = solve_linear(rows, right)
        matrix, target = np.array(rows, dtype=float), np.array(right, dtype=float)
        rank = np.linalg.matrix_rank(matrix)
        solvable = np.linalg.matrix_rank(np.column_stack([matrix, target])) == rank
        assert (found is not None) == solvable
        if found is not None:
            assert found.dimension == 4 - rank
            for direction in (None, *found.directions):
                vector = found.origin if direction is None else direction
                wanted = right if direction is None else [Fraction(0)] * len(rows)
                assert [sum(a * b for a, b in zip(row, vector, strict=True)) for row in rows] == wanted
        kinds.add((found is not None, found.dimension if found else 0))
    assert len(kinds) > 3


def test_the_corners_of_a_triangle() -> None:
    plane = solve_linear([[Fraction(1)] * 3], [Fraction(1)])
    assert plane is not None
    assert set(corners(plane, range(3))) == {(1, 0, 0), (0, 1, 0), (0, 0, 1)}


def minor(form: list[list[Fraction]], rows: list[int], columns: list[int]) -> Fraction:
    return determinant([[form[i][j] for j in columns] for i in rows])


def by_principal_minors(form: list[list[Fraction]], strictly: bool) -> bool:
    """Keller's criterion and its weak form (Hadeler 1983): a form fails first on a block with a negative (or zero) determinant and an adjugate of one sign."""
    for size in range(1, len(form) + 1):
        for chosen in map(list, combinations(range(len(form)), size)):
            value = minor(form, chosen, chosen)
            if value > 0 or (value == 0 and not strictly):
                continue
            adjugate = [
                (-1) ** (i + j)
                * minor(form, [k for k in chosen if k != chosen[i]], [k for k in chosen if k != chosen[j]])
                for i in range(size)
                for j in range(size)
            ]
            if all(entry > 0 if strictly else entry >= 0 for entry in adjugate):
                return False
    return True


def test_copositive_forms_beside_all_principal_minors() -> None:
    rng = random.Random(11)
    seen = set()
    for _ in range(250):
        size = rng.randint(1, 6)
        form = random_form(rng, size)
        for i in range(size):
            form[i][i] = Fraction(rng.randint(1, 3))  # most would fail on the diagonal otherwise
        found = is_copositive(form), is_strictly_copositive(form)
        assert found == (by_principal_minors(form, False), by_principal_minors(form, True))
        seen.add(found)
    assert seen == {(True, True), (True, False), (False, False)}


HORN = [[1, -1, 1, 1, -1], [-1, 1, -1, 1, 1], [1, -1, 1, -1, 1], [1, 1, -1, 1, -1], [-1, 1, 1, -1, 1]]
HOFFMAN_PEREIRA = [  # Hoffman and Pereira (1973), Journal of Combinatorial Theory A 14, 302-309: extreme in the cone of copositive forms
    [1, -1, 1, 0, 0, 1, -1],
    [-1, 1, -1, 1, 0, 0, 1],
    [1, -1, 1, -1, 1, 0, 0],
    [0, 1, -1, 1, -1, 1, 0],
    [0, 0, 1, -1, 1, -1, 1],
    [1, 0, 0, 1, -1, 1, -1],
    [-1, 1, 0, 0, 1, -1, 1],
]


@pytest.mark.parametrize("rows", [HORN, HOFFMAN_PEREIRA], ids=["Horn", "Hoffman-Pereira"])
def test_extreme_forms_are_copositive_and_barely_so(rows: list[list[int]]) -> None:
    """Both have zeros in the nonnegative orthant; the sum of all squares, however little of it, decides to either side."""
    size = len(rows)
    for tilt in (Fraction(0), Fraction(1, 10**40), -Fraction(1, 10**40)):
        form = [[Fraction(v) + tilt * (i == j) for j, v in enumerate(row)] for i, row in enumerate(rows)]
        assert is_copositive(form) == (tilt >= 0)
        assert is_strictly_copositive(form) == (tilt > 0)
        shuffled = random.Random(size).sample(range(size), size)
        assert is_copositive([[form[i][j] for j in shuffled] for i in shuffled]) == (tilt >= 0)


@pytest.mark.parametrize(("prime", "clique"), [(5, 2), (13, 3), (17, 3), (29, 4)])
def test_forms_that_count_the_largest_clique(prime: int, clique: int) -> None:
    """Motzkin and Straus (1965): k(E - A) - E is copositive exactly for k >= the size of the largest clique; here of Paley's graphs, among them
    the one on 17 vertices without a clique of four (Greenwood and Gleason 1955).
    """
    squares = {x * x % prime for x in range(1, prime)}
    for k in (clique - Fraction(1, 100), Fraction(clique), clique + Fraction(1, 100)):
        form = [[Fraction(-1 if (i - j) % prime in squares else k - 1) for j in range(prime)] for i in range(prime)]
        assert is_copositive(form) == (k >= clique)
        assert is_strictly_copositive(form) == (k > clique)


def test_many_places() -> None:
    """Equal negative entries beside a diagonal of ones: v = (1, ..., 1) decides."""
    size = 24
    for entry in (Fraction(-1, size), Fraction(-1, size - 1), Fraction(-1, size - 2)):
        form = [[Fraction(1) if i == j else entry for j in range(size)] for i in range(size)]
        value = size + size * (size - 1) * entry
        assert is_copositive(form) == (value >= 0)
        assert is_strictly_copositive(form) == (value > 0)
    assert is_copositive([]) and is_strictly_copositive([])
