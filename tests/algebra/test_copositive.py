"""Copositive forms beside values on a grid of directions; solutions of linear equations beside their equations."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np

from coopgame.algebra.affine import corners, solve_linear
from coopgame.algebra.copositive import is_copositive, is_partly_copositive, is_strictly_copositive


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
