"""The search for all ESS: beside all supports by hand, the exact search beside the compiled one, bounds of errors, games with known numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame._kernels import ess_search as kernel
from coopgame._kernels.ess_bounds import eliminate, sign_of, tangent_form
from coopgame._kernels.ess_candidates import differences, enclosed, inverse_of
from coopgame.algebra.definite_supports import all_definite_equilibria, level_shares
from coopgame.analysis import ess_search
from coopgame.analysis.ess_search import DefinitePoint, search_ess

Table = list[list[Fraction]]
State = tuple[Fraction, ...]


def determinant(rows: Table) -> Fraction:
    """By Gauss in Fractions."""
    rows, value = [list(row) for row in rows], Fraction(1)
    for c in range(len(rows)):
        pivot = next((r for r in range(c, len(rows)) if rows[r][c]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != c:
            rows[c], rows[pivot], value = rows[pivot], rows[c], -value
        value *= rows[c][c]
        for r in range(c + 1, len(rows)):
            factor = rows[r][c] / rows[c][c]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[c], strict=True)]
    return value


def by_cramer(rows: Table, right: list[Fraction]) -> list[Fraction] | None:
    whole = determinant(rows)
    if not whole:
        return None
    return [
        determinant([[*row[:k], b, *row[k + 1 :]] for row, b in zip(rows, right, strict=True)]) / whole
        for k in range(len(rows))
    ]


def strictly_copositive(form: Table) -> bool:
    """Keller's criterion (Hadeler 1983): no principal submatrix has det <= 0 and cofactors of the last row that are all positive."""
    for size in range(1, len(form) + 1):
        for chosen in combinations(range(len(form)), size):
            block = [[form[i][j] for j in chosen] for i in chosen]
            if determinant(block) > 0:
                continue
            signs = [
                (-1) ** (size - 1 + c) * determinant([[row[k] for k in range(size) if k != c] for row in block[:-1]])
                for c in range(size)
            ]
            if all(value > 0 for value in signs):
                return False
    return True


def brute_force(table: Table) -> set[State]:
    """All ESS by Abakuks (1980): every support solved, every tie decided, without any pruning or shared code."""
    n, found = len(table), set()
    for size in range(1, n + 1):
        for support in combinations(range(n), size):
            rows = [[table[i][j] for j in support] + [Fraction(-1)] for i in support] + [
                [Fraction(1)] * size + [Fraction(0)]
            ]
            solution = by_cramer(rows, [Fraction(0)] * size + [Fraction(1)])
            if solution is None or min(solution[:size]) <= 0:
                continue
            x = [Fraction(0)] * n
            for i, share in zip(support, solution, strict=False):
                x[i] = share
            earned = [sum((a * s for a, s in zip(row, x, strict=True)), Fraction(0)) for row in table]
            if max(earned) > solution[size]:
                continue
            m, *rest = support
            rest += [k for k in range(n) if k not in support and earned[k] == solution[size]]
            q = [[table[m][j] + table[i][m] - table[i][j] - table[m][m] for j in rest] for i in rest]
            form = [[q[i][j] + q[j][i] for j in range(len(rest))] for i in range(len(rest))]
            if definite_then_copositive(form, size - 1):
                found.add(tuple(x))
    return found


def definite_then_copositive(form: Table, free: int) -> bool:
    for _ in range(free):
        if form[0][0] <= 0:
            return False
        first = form[0]
        form = [[row[j] - row[0] * first[j] / first[0] for j in range(1, len(row))] for row in form[1:]]
    return strictly_copositive(form)


def drawn(rng: random.Random, n: int, kind: str) -> Table:
    if kind == "normal":
        return [[Fraction(rng.gauss(0, 1)) for _ in range(n)] for _ in range(n)]
    if kind == "ties":
        return [[Fraction(rng.randint(-1, 1)) for _ in range(n)] for _ in range(n)]
    if kind == "whole":
        return [[Fraction(rng.randint(-3, 3)) for _ in range(n)] for _ in range(n)]
    half = [[Fraction(rng.choice([0.1, 0.2, 0.3])) for _ in range(n)] for _ in range(n)]
    return [[half[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]


def state_of(point: DefinitePoint, n: int) -> State:
    x = [Fraction(0)] * n
    for i, share in zip(point.support, point.shares, strict=True):
        x[i] = share
    return tuple(x)


def searched(table: Table) -> set[State]:
    points = search_ess(table).points
    states = {state_of(point, len(table)) for point in points}
    assert len(states) == len(points)
    return states


@pytest.fixture(params=["exact", "compiled"])
def route(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(ess_search, "_FEW", 99 if request.param == "exact" else 0)
    return str(request.param)


def compare_with_brute_force(count: int, most: int) -> int:
    """Compare on random games; run once with count = 1000 and most = 9."""
    rng, found = random.Random(7), 0
    for number in range(count):
        table = drawn(rng, rng.randint(1, most), ("normal", "ties", "whole", "symmetric")[number % 4])
        expected = brute_force(table)
        assert searched(table) == expected, table
        found += len(expected)
    return found


def test_every_support_solved_by_hand(route: str) -> None:
    assert compare_with_brute_force(60, 5) > 60


def moon_moser(n: int) -> Table:
    return [[Fraction(1, 2) if i == j else Fraction(int(i // 3 != j // 3)) for j in range(n)] for i in range(n)]


@pytest.mark.parametrize("n", [6, 9, 12, 15, 18, 21])
def test_as_many_ess_as_cliques(n: int) -> None:
    """Vickers and Cannings (1988): the ESS of a clique game are uniform on the maximal cliques; Moon and Moser (1965): at most 3^(n/3), here equal."""
    found = search_ess(moon_moser(n))
    assert len(found.points) == 3 ** (n // 3)
    for point in found.points:
        assert {i // 3 for i in point.support} == set(range(n // 3)) and len(set(point.weights)) == 1
        assert point.payoff == 1 - Fraction(1, 2 * (n // 3))


# Generators of cyclically symmetric matrices (what 0 earns against 1, 2, ..., n/2; 0 against itself) and their numbers of ESS: the set of matrices that
# R. Ullrich's program FracESSA is verified with; most come from Bomze, Schachinger and Ullrich (2018), Mathematics of Operations Research 43, 651-674.
# 30 ESS with nine strategies are also in Broom, Cannings and Vickers (1993), Proceedings of the Royal Society A 443, 573-584.
CYCLIC = [
    (5, "1 3", 5),
    (6, "1 -1 1", 9),
    (7, "1 5 8", 14),
    (7, "8 13 2", 14),
    (8, "5 5 13 11", 20),
    (9, "1 5 10 13", 30),
    (10, "13 19 25 7 5", 50),
    (11, "1 4 6 6 5", 66),
    (11, "15 1/100 14 11/10 38/5", 55),
    (12, "533 118 326 357 118 477", 105),
    (12, "287 50 200 150 113 200", 12),
    (12, "292 -1 293 -1 293 -1", 24),
    (12, "16029525 4007380 9088537 12022143 2147548 16029525", 105),
    (13, "7 18 18 10 7 10", 143),
    (14, "4 3 2 2 3 4 -1", 224),
    (15, "9 9 5 9 3 5 9", 360),
    (16, "7 5 4 4 4 5 7 -1", 512),
    (18, "581 294 539 448 702 431 676 568 431", 258),
    (20, "13 13 13 8 8 8 13 13 13 -1", 2560),
]


@pytest.mark.parametrize(("n", "generator", "number"), CYCLIC)
def test_cyclically_symmetric_games_with_many_ess(n: int, generator: str, number: int) -> None:
    half = [Fraction(word) for word in generator.split()]
    row = [Fraction(0), *half, *(half[::-1] if n % 2 else half[-2::-1])]
    found = search_ess([[row[(j - i) % n] for j in range(n)] for i in range(n)])
    supports = {point.support for point in found.points}
    assert len(supports) == len(found.points) == number
    turned = {tuple(sorted((i + 1) % n for i in support)) for support in supports}
    assert turned == supports  # what a cyclic symmetry does to an ESS is one


def test_games_that_are_not_cyclic_in_the_same_set() -> None:
    """FracESSA, matrices 7 and 9: six ESS with five strategies, and none."""
    six = [[1, 0, 2, 2, 2], [0, 1, 2, 2, 2], [2, 2, 1, 0, 0], [2, 2, 0, 1, 0], [2, 2, 0, 0, 1]]
    none = [[-1, 1, 0, 0], [1, -1, 0, 0], [0, 0, -1, 0], [0, 0, 0, 0]]
    for rows, number in ((six, 6), (none, 0)):
        assert len(searched([[Fraction(v) for v in row] for row in rows])) == number


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(2, 9), st.sampled_from(["normal", "ties", "whole", "symmetric"]))
def test_floats_and_fractions_find_the_same(seed: int, n: int, kind: str) -> None:
    """The compiled search beside the search in rational arithmetic, its slow twin."""
    table = drawn(random.Random(seed), n, kind)
    results = []
    for few in (99, 0):
        ess_search._FEW, kept = few, ess_search._FEW
        try:
            found = search_ess(table)
        finally:
            ess_search._FEW = kept
        results.append(
            (
                [(p.support, p.shares, p.replies, p.payoff) for p in found.points],
                {(p.support, p.shares) for p in found.others},
            )
        )
    assert results[0][0] == results[1][0]
    assert results[1][1] <= results[0][1]  # beside known ESS the compiled search leaves out more


@pytest.mark.parametrize("size", [1e-300, 1e-9, 1.0, 1e300])
def test_sizes_of_payoffs_change_nothing(size: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ess_search, "_FEW", 0)
    rng = np.random.default_rng(4)
    payoffs = np.round(rng.normal(size=(8, 8)), 3) + 0.125
    plain = [[Fraction(v) for v in row] for row in payoffs.tolist()]
    scaled = [[v * Fraction(size) + Fraction(10) ** 20 * j for j, v in enumerate(row)] for row in plain]
    assert searched(scaled) == searched(plain) == brute_force(plain)


def test_what_floats_cannot_tell_is_decided_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two copies of one strategy with a last bit between them: the pivot is far below the rounding errors of the others."""
    monkeypatch.setattr(ess_search, "_FEW", 0)
    alone = []
    for tilt in (Fraction(0), Fraction(1, 2**80), -Fraction(1, 2**80)):
        third = Fraction(1, 3) + Fraction(1, 2**60)
        table = [[-third, 1, 1 + tilt], [1, -third, -third], [1 + tilt, -third, -third - tilt]]
        table = [[Fraction(v) for v in row] for row in table]
        found = search_ess(table)
        assert {state_of(p, 3) for p in found.points} == brute_force(table)
        alone.append(found.exactly - 3)  # beside the three pure states
    assert min(alone) == 0 < max(alone)


def test_more_strategies_than_bits_in_a_word() -> None:
    """33 pairs that miss one another: within a pair a mixture of both, between pairs everybody loses."""
    size = 66
    table = [
        [Fraction(i != j) if i // 2 == j // 2 else Fraction(-1, 1 + (i + j) % 3) for j in range(size)]
        for i in range(size)
    ]
    found = search_ess(table)
    assert [point.support for point in found.points] == [(i, i + 1) for i in range(0, size, 2)]
    assert all(point.shares == (Fraction(1, 2),) * 2 and point.payoff == Fraction(1, 2) for point in found.points)


def test_what_lies_too_deep_is_handed_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """The compiled search grows supports up to a number of levels; here two, in the same code without the compiler."""
    monkeypatch.setattr(ess_search, "_FEW", 0)
    monkeypatch.setattr(kernel, "_DEEPEST", 2)
    monkeypatch.setattr(kernel, "search", kernel.search.py_func)
    rng, alone = random.Random(6), 0
    for _ in range(10):
        table = drawn(rng, 6, "symmetric")
        found = search_ess(table)
        assert {state_of(point, 6) for point in found.points} == brute_force(table)
        alone += found.exactly - 6
    assert alone > 0


def numbers(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.round(rng.normal(size=(n, n)) * 2.0 ** rng.integers(-8, 8, size=(n, n)), 8)


def test_the_bounds_of_errors_hold() -> None:
    """Form, Schur complements and shares in floats beside the same in Fractions."""
    rng = np.random.default_rng(3)
    steps = 0
    for _ in range(60):
        n = int(rng.integers(3, 8))
        payoffs = numbers(rng, n)
        np.fill_diagonal(payoffs, 0)
        others = np.arange(1, n)
        form, errors = np.empty((n - 1, n - 1)), np.empty((n - 1, n - 1))
        tangent_form(0, others, payoffs, np.zeros((n, n)), False, form, errors)
        exact = [
            [
                Fraction(payoffs[0, i])
                + Fraction(payoffs[i, 0])
                + Fraction(payoffs[0, j])
                + Fraction(payoffs[j, 0])
                - Fraction(payoffs[i, j])
                - Fraction(payoffs[j, i])
                for j in others
            ]
            for i in others
        ]
        places = list(range(n - 1))
        while True:
            for i in places:
                for j in places:
                    assert abs(Fraction(form[i, j]) - exact[i][j]) <= Fraction(errors[i, j])
            pivot = next((k for k in places if form[k, k] > errors[k, k]), None)
            if pivot is None:
                break
            places.remove(pivot)
            steps += 1
            to, bounds = np.zeros_like(form), np.zeros_like(form)
            eliminate(form, errors, np.array(places, dtype=np.int64), pivot, to, bounds)
            top = exact[pivot]
            exact = [
                [exact[i][j] - exact[i][pivot] * top[j] / top[pivot] for j in range(n - 1)] for i in range(n - 1)
            ]
            form, errors = to, bounds
    assert steps > 40


def test_the_shares_lie_within_their_bound() -> None:
    rng = np.random.default_rng(8)
    known = 0
    for _ in range(100):
        n = int(rng.integers(2, 7))
        payoffs = numbers(rng, n)
        chosen = np.arange(n)
        table = differences(chosen, payoffs)
        inverse, size = inverse_of(table)
        if size == 0.0:
            continue
        error = enclosed(chosen, payoffs, np.zeros((n, n)), table, inverse)
        if error < 0:
            continue
        rows = [[Fraction(v) for v in row] for row in payoffs]
        exact = by_cramer(
            [[a - b for a, b in zip(row, rows[0], strict=True)] for row in rows[1:]] + [[Fraction(1)] * n],
            [Fraction(0)] * (n - 1) + [Fraction(1)],
        )
        assert exact is not None
        assert all(abs(Fraction(a) - b) <= Fraction(error) for a, b in zip(inverse[:, -1], exact, strict=True))
        known += error < 1e-6
    assert known > 60


def test_signs() -> None:
    assert [sign_of(*given) for given in ((2.0, 1.0, 0.0), (-2.0, 1.0, 0.0), (0.0, 0.0, 0.0))] == [1, -1, 0]
    assert sign_of(0.5, 1.0, 0.0) == 2  # open
    assert sign_of(0.1, 0.2, 1.0) == 0  # a whole number below 0.3
    assert sign_of(float("nan"), 1.0, 1.0) == sign_of(1.0, float("nan"), 1.0) == 2


def test_candidates_have_equal_payoffs_on_definite_supports() -> None:
    """Every support on which the form is definite and the mixture is a best reply inside is met once, by listing all supports."""
    rng = random.Random(2)
    for _ in range(30):
        n = rng.randint(2, 5)
        table = drawn(rng, n, "whole")
        exact = [[fmpq(int(v)) for v in row] for row in table]
        states = [state for state in all_definite_equilibria(exact) if state is not None]
        assert len({support for support, _ in states}) == len(states)
        supports = {tuple(support) for support, _ in states}
        for support in definite_supports(table):
            shares = level_shares(exact, support)
            if min(shares) > 0 and is_equilibrium(table, support, [Fraction(int(s.p), int(s.q)) for s in shares]):
                assert support in supports


def definite_supports(table: Table) -> Iterator[tuple[int, ...]]:
    for size in range(1, len(table) + 1):
        for support in combinations(range(len(table)), size):
            m, *rest = support
            q = [[table[m][j] + table[i][m] - table[i][j] - table[m][m] for j in rest] for i in rest]
            form = [[q[i][j] + q[j][i] for j in range(len(rest))] for i in range(len(rest))]
            if all(determinant([row[:k] for row in form[:k]]) > 0 for k in range(1, len(form) + 1)):
                yield support


def is_equilibrium(table: Table, support: tuple[int, ...], shares: list[Fraction]) -> bool:
    earned = [sum((row[j] * s for j, s in zip(support, shares, strict=True)), Fraction(0)) for row in table]
    return max(earned) == earned[support[0]]
