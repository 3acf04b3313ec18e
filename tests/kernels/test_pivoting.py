"""The walk over feasible bases against its twin in whole numbers of any size and against all bases tried one by one; its parts against Python."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from typing import Any

import numba
import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame._kernels.label_pairs import distinct, exact_partners, sizes
from coopgame._kernels.limits import WIDE_BITS
from coopgame._kernels.pivoting import DONE, TOO_MANY, UNDECIDED, walk
from coopgame._kernels.wide_products import difference_shifted, sign_of_difference
from coopgame.equilibria.label_sets import _partners, covering, whole, words_of
from coopgame.equilibria.pivoting_exact import walk_exactly
from tests.equilibria.brute_force import solved

Matrix = list[list[int]]
product_sign: Any = sign_of_difference
product_shifted: Any = difference_shifted


@numba.njit
def signs(numbers: np.ndarray, out: np.ndarray) -> None:
    for i in range(len(numbers)):
        a, b, c, d = numbers[i]
        out[i] = product_sign(a, b, c, d)


@numba.njit
def shifted(numbers: np.ndarray, shift: int, out: np.ndarray) -> None:
    for i in range(len(numbers)):
        a, b, c, d = numbers[i]
        out[i] = product_shifted(a, b, c, d, shift)


def test_differences_of_products_are_those_of_python() -> None:
    rng = random.Random(3)
    top = 2**WIDE_BITS
    numbers = [[rng.randint(-top, top) for _ in range(4)] for _ in range(2000)]
    numbers += [[top, top, -top, top], [0, 5, 7, 0], [6, 4, 3, 8], [top, top, top, top], [-top, top, top, top]]
    numbers += [[a, b, b, a + e] for (a, b, *_), e in zip(numbers, (1, -1, 0) * 20, strict=False) if abs(a) < top]
    out = np.zeros(len(numbers), np.int64)
    array = np.array(numbers, dtype=np.int64)
    exact = [a * b - c * d for a, b, c, d in numbers]
    signs(array, out)
    assert out.tolist() == [(t > 0) - (t < 0) for t in exact]
    for shift in (0, 1, 17, WIDE_BITS):
        shifted(array, shift, out)
        assert [v % 2**64 for v in out.tolist()] == [(t >> shift) % 2**64 for t in exact]


def feasible_bases(matrix: Matrix) -> dict[int, int]:
    """Return all bases of {z >= 0, M z <= 1 + eps**row} by trying all: labels of nonbasic variables, and of all that are 0 at eps = 0."""
    height, width = len(matrix), len(matrix[0])
    columns = [[Fraction(row[j]) for row in matrix] for j in range(width)]
    columns += [[Fraction(int(i == k)) for i in range(height)] for k in range(height)]
    found = {}
    for basic in combinations(range(width + height), height):
        rows = [[columns[v][i] for v in basic] for i in range(height)]
        units = [[Fraction(int(i == k)) for i in range(height)] for k in range(height)]
        parts = [solved(rows, right) for right in ([Fraction(1)] * height, *units)]
        if None in parts:
            continue
        # each value is a polynomial in eps: the part without it first
        values = [[part[r] for part in parts if part is not None] for r in range(height)]
        if all(next(c for c in value if c != 0) > 0 for value in values):
            nonbasic = sum(1 << v for v in range(width + height) if v not in basic)
            found[nonbasic] = nonbasic | sum(1 << v for v, value in zip(basic, values, strict=True) if value[0] == 0)
    return found


def walked(matrix: Matrix, kind: Callable[[Any], Any] = np.int64, doubtful: int = 0) -> tuple[dict[int, int], int]:
    table = np.array(matrix, dtype=kind)
    tolerance = 0.0 if table.dtype.kind == "i" else -1.0
    keys, _, tight, visited, _, status = walk(table, np.arange(sum(table.shape)), tolerance, 10**6, doubtful)
    assert status != DONE or visited.all()
    return {whole(a): whole(b) for a, b in zip(keys, tight, strict=True)}, status


def random_matrix(rng: random.Random, top: int) -> Matrix:
    height, width = rng.randint(1, 4), rng.randint(1, 4)
    matrix = [[rng.randint(0, top) for _ in range(width)] for _ in range(height)]
    for j in range(width):
        if not any(row[j] for row in matrix):
            matrix[rng.randrange(height)][j] = 1
    return matrix


@pytest.mark.parametrize("top", [1, 2, 9])
def test_both_walks_in_whole_numbers_find_every_basis_of_the_perturbed_polytope(top: int) -> None:
    rng = random.Random(top)
    degenerate = 0
    for _ in range(60):
        matrix = random_matrix(rng, top)
        expected = feasible_bases(matrix)
        labels = range(len(matrix) + len(matrix[0]))
        keys, _, tight, complete = walk_exactly(matrix, labels, 10**6)
        assert complete and dict(zip(keys, tight, strict=True)) == expected
        assert walked(matrix) == (expected, DONE)
        degenerate += any(key != zeros for key, zeros in expected.items())
    assert degenerate > 5


def test_the_walk_in_doubles_finds_the_same_bases_of_simple_polytopes() -> None:
    rng = random.Random(9)
    for size in (1, 2, 3, 5, 7, 8):
        for _ in range(3):
            matrix = [[rng.randrange(1, 2**40) for _ in range(size)] for _ in range(size)]
            keys, _, tight, _ = walk_exactly(matrix, range(2 * size), 10**6)
            doubles = [[entry / 2**40 for entry in row] for row in matrix]
            assert walked(doubles, np.float64) == (dict(zip(keys, tight, strict=True)), DONE)  # type: ignore[arg-type]


def test_more_than_64_labels() -> None:
    rng = random.Random(4)
    for kind in (np.int64, np.float64):
        matrix = [[rng.randrange(1, 1000) for _ in range(2)] for _ in range(126)]
        keys, _, tight, complete = walk_exactly(matrix, range(128), 10**6)
        top = 1 if kind is np.int64 else 1000
        scaled = [[entry / top for entry in row] for row in matrix]
        found, status = walked(scaled, kind, doubtful=len(keys))  # type: ignore[arg-type]
        assert complete and status == DONE and set(found) == set(keys) and len(keys) > 3
        if kind is np.int64:
            assert found == dict(zip(keys, tight, strict=True))


def normals_sign(matrix: Matrix, labels: list[int], nonbasic: int) -> int:
    """Return the sign of the determinant of the normals -z_j >= 0 and M_i z <= 1 of the facets with the labels of a set, in the order of labels."""
    width = len(matrix[0])
    rows = [[-int(j == k) for k in range(width)] for j in range(width)] + [list(row) for row in matrix]
    chosen = sorted((label, row) for label, row in zip(labels, rows, strict=True) if nonbasic >> label & 1)
    det = fmpz_mat([row for _, row in chosen]).det()
    assert det != 0
    return 1 if det > 0 else -1


@pytest.mark.parametrize(("top", "shuffled"), [(3, False), (9, True), (2**10, True)])
def test_signs_are_those_of_determinants_beside_the_first(top: int, shuffled: bool) -> None:
    rng = random.Random(top)
    done = {np.int64: 0, np.float64: 0}
    for _ in range(40):
        matrix = random_matrix(rng, top)
        count, width = len(matrix) + len(matrix[0]), len(matrix[0])
        labels = rng.sample(range(128), count) if shuffled else list(range(count))  # of both words
        first = normals_sign(matrix, labels, sum(1 << label for label in labels[:width]))
        keys, signs, _, complete = walk_exactly(matrix, labels, 10**6)
        expected = {key: normals_sign(matrix, labels, key) * first for key in keys}
        assert complete and dict(zip(keys, signs, strict=True)) == expected
        for table, tolerance in ((np.array(matrix, dtype=np.int64), 0.0), (np.array(matrix) / top, -1.0)):
            words, turned, _, _, doubtful, status = walk(table, np.array(labels), tolerance, 10**6, 10**6)
            if status == DONE and not len(doubtful):
                assert {whole(key): sign for key, sign in zip(words, turned.tolist(), strict=True)} == expected
                done[table.dtype.type] += len(expected) > 1 and -1 in expected.values()
    assert min(done.values()) > 5


def test_numbers_that_do_not_fit_are_noticed() -> None:
    """Minors of order 8 of matrices with entries near 2**30 are far above 2**61; those of small ones are not."""
    rng = random.Random(5)
    matrix = [[rng.randrange(1, 2**30) for _ in range(8)] for _ in range(8)]
    assert walked(matrix)[1] == UNDECIDED
    small = [[rng.randrange(1, 10) for _ in range(8)] for _ in range(8)]
    keys, _, tight, _ = walk_exactly(small, range(16), 10**6)
    assert walked(small) == (dict(zip(keys, tight, strict=True)), DONE)


def test_the_walk_stops_at_the_most_bases() -> None:
    rng = random.Random(6)
    matrix = [[rng.randrange(1, 50) for _ in range(6)] for _ in range(6)]
    for most in (1, 7, 20):
        keys, _, _, visited, _, status = walk(np.array(matrix), np.arange(12), 0.0, most, 0)
        assert status == TOO_MANY and len(keys) > most > visited.sum() - 1
        some, _, _, complete = walk_exactly(matrix, range(12), most)
        assert len(some) == most and not complete
    every, _, _, _ = walk_exactly(matrix, range(12), 10**6)
    assert set(some) < set(every)


@st.composite
def nearly_degenerate(draw: st.DrawFn) -> list[list[float]]:
    """Matrices of eighths with some entries moved by a few units in the last place, so that bases are degenerate or nearly so."""
    height, width = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    rows = []
    for _ in range(height):
        row = []
        for _ in range(width):
            value, steps = draw(st.integers(1, 8)) / 8, draw(st.sampled_from([0, 0, 0, 1, -1, 3, 64, 2**20, 2**30]))
            row.append(min(value + steps * 2.0**-53, 1.0))
        rows.append(row)
    return rows


@settings(max_examples=500)
@given(nearly_degenerate())
def test_a_basis_that_is_called_sure_is_feasible_and_not_degenerate(matrix: list[list[float]]) -> None:
    """Doubts may be many; but where none is left, the bases are those of the exact walk, and no variable is 0 by chance."""
    height, width = len(matrix), len(matrix[0])
    keys, _, _, visited, doubtful, status = walk(np.array(matrix), np.arange(height + width), -1.0, 10**4, 10**4)
    whole_matrix = [[int(entry * 2**60) for entry in row] for row in matrix]
    scaled = [[entry * 2**60 for entry in row] for row in matrix]
    assert whole_matrix == scaled  # the doubles themselves, multiplied
    exact, _, tight, _ = walk_exactly(whole_matrix, range(height + width), 10**6)
    nondegenerate = {key for key, zeros in zip(exact, tight, strict=True) if key == zeros}
    sure = {whole(words) for n, words in enumerate(keys) if visited[n] and n not in doubtful}
    assert sure <= nondegenerate
    if status == DONE and not len(doubtful):
        assert sure == set(exact)


def test_pairs_of_sets_of_labels_against_python() -> None:
    rng = random.Random(8)
    for count in (3, 70, 128):
        every, size = (1 << count) - 1, 2
        one = list(dict.fromkeys(rng.getrandbits(count) for _ in range(80)))
        other = list(
            dict.fromkeys([*(every ^ bits for bits in one[::3]), *(every ^ (bits & bits >> 1) for bits in one)])
        )
        first, second, everything = words_of(one, size), words_of(other, size), words_of([every], size)[0]
        holds = {(a, b) for a, x in enumerate(one) for b, y in enumerate(other) if x | y == every}
        parts = {(a, b) for a, b in holds if not one[a] & other[b]}
        assert {tuple(pair) for pair in _partners(first, second, everything).tolist()} == holds
        pairs = [pair for part in covering(first, second, everything, (0, 0)) for pair in part.tolist()]
        assert {tuple(pair) for pair in pairs} == holds
        assert {tuple(pair) for pair in exact_partners(first, second, everything).tolist()} == parts
        assert parts and len(holds) > len(parts)
        assert sizes(first).tolist() == [bits.bit_count() for bits in one]
        repeated = [rng.choice(one) for _ in range(200)]
        places: dict[int, int] = {}
        expected = [places.setdefault(bits, len(places)) for bits in repeated]
        numbers, place = distinct(words_of(repeated, size))
        assert place.tolist() == expected
        assert [repeated[n] for n in numbers.tolist()] == list(places)
