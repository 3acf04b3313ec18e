"""Rest points with four and more strategies: formulas against numbers, numbers against zeros of the field."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
import sympy

from coopgame import MatrixGame, find_regimes, find_rest_points, is_ess, is_nss, replicator
from coopgame.analysis.structure import pairwise_of
from coopgame.analysis.support_numbers import support_points


def zero_diagonal(size: int) -> list[list[str]]:
    return [["0" if i == j else f"b{i}{j}" for j in range(size)] for i in range(size)]


def drawn(rng: random.Random, size: int) -> dict[str, Fraction]:
    names = (f"b{i}{j}" for i in range(size) for j in range(size) if i != j)
    return {name: Fraction(rng.randint(-9, 9), rng.choice([1, 2, 3])) for name in names}


@pytest.mark.parametrize("size", [4, 5])
def test_formulas_agree_with_numbers(size: int) -> None:
    rng = random.Random(size)
    formulas = find_rest_points(MatrixGame(zero_diagonal(size)))
    assert formulas.complete
    compared = stable = 0
    for _ in range(25):
        values = drawn(rng, size)
        numbers = find_rest_points(formulas.game, values)
        assert numbers.complete
        exact = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
        there = {tuple(p.coordinates.values()): p for p in numbers}
        existing = [p for p in formulas if p.exists.holds(values)]
        assert len(existing) == len(numbers)
        for point in existing:
            twin = there[tuple(value.xreplace(exact) for value in point.coordinates.values())]
            for value in point.eigenvalues:
                assert min(abs(complex(value.xreplace(exact) - other)) for other in twin.eigenvalues) < 1e-9
            if point.open or twin.stability == "non-hyperbolic":
                continue
            assert point.stable_if.holds(values) == (twin.attracting == "asymptotic")
            compared += 1
            stable += twin.attracting == "asymptotic"
    assert compared > 150 and stable > 10


def zeros_by_floats(payoffs: np.ndarray) -> Iterator[np.ndarray]:
    """Every support solved in floats."""
    size = len(payoffs)
    for count in range(1, size + 1):
        for support in combinations(range(size), count):
            block = payoffs[np.ix_(support, support)]
            system = np.vstack([block[1:] - block[0], np.ones(count)])
            right = np.zeros(count)
            right[-1] = 1
            if abs(np.linalg.det(system)) < 1e-9:
                continue
            shares = np.linalg.solve(system, right)
            if (shares > 1e-12).all():
                whole = np.zeros(size)
                whole[list(support)] = shares
                yield whole


@pytest.mark.parametrize("size", [4, 6, 7])
def test_points_and_types_at_values(size: int) -> None:
    rng = np.random.default_rng(size)
    for _ in range(6):
        payoffs = rng.integers(-99, 99, (size, size))
        game = MatrixGame(payoffs)
        found = find_rest_points(game)
        wanted = list(zeros_by_floats(payoffs.astype(float)))
        assert found.complete and not found.components and len(found) == len(wanted)
        field = replicator(game)
        for point in found:
            assert min(np.abs(point.state - other).max() for other in wanted) < 1e-9
            eigenvalues = np.linalg.eigvals(field.jacobian(point.state))
            for value in point.eigenvalues:
                assert np.abs(eigenvalues - complex(value)).min() < 1e-6
            if np.abs(eigenvalues.real).min() > 1e-6:
                below, above = (eigenvalues.real < 0).all(), (eigenvalues.real > 0).all()
                assert point.stability == ("sink" if below else "source" if above else "saddle")
                assert point.index == np.sign(np.linalg.det(-field.jacobian(point.state)))
            if is_ess(game, list(point.coordinates.values())):
                assert point.attracting == "asymptotic"


def test_relabelling_strategies_relabels_points() -> None:
    rng = np.random.default_rng(8)
    payoffs = rng.integers(-9, 9, (5, 5))
    order = [3, 0, 4, 1, 2]
    one = find_rest_points(MatrixGame(payoffs))
    other = find_rest_points(MatrixGame(payoffs[np.ix_(order, order)]))
    kinds = {(tuple(p.state.round(12)), p.stability, p.attracting) for p in other}
    assert {(tuple(p.state[order].round(12)), p.stability, p.attracting) for p in one} == kinds


def test_twins_make_a_line_that_attracts() -> None:
    """Strategies 1 and 2 earn the same everywhere and beat the others: the edge between them is at rest."""
    game = MatrixGame([[2, 2, 3, 4], [2, 2, 3, 4], [1, 1, 5, 0], [0, 0, 0, 1]])
    points = find_rest_points(game)
    lines = [str(c) for c in points.components]
    assert "line of rest points population.3 = 0 and population.4 = 0" in lines
    assert {p.label: p.attracting for p in points if p.kind == "vertex"} == {
        "E1": "lyapunov",
        "E2": "lyapunov",
        "E3": "asymptotic",
        "E4": "unstable",
    }
    assert is_nss(game, [1, 0, 0, 0]) and not is_ess(game, [1, 0, 0, 0])


@pytest.mark.parametrize(("back", "expected"), [(1, "unstable"), (-1, "asymptotic"), (0, "lyapunov")])
def test_a_zero_eigenvalue_is_decided_on_the_centre_manifold(back: int, expected: str) -> None:
    """Against the mixture of 1 and 2 strategy 3 earns the same; against itself `back` more."""
    game = MatrixGame([[-1, 1, 0, 0], [1, -1, 0, 0], [0, 0, back, 0], [-9, -9, 0, 0]])
    point = find_rest_points(game).at(
        {"population.1": "1/2", "population.2": "1/2", "population.3": 0, "population.4": 0}
    )
    assert (point.stability, point.attracting) == ("non-hyperbolic", expected)


def test_equal_payoffs_are_at_rest_everywhere() -> None:
    points = find_rest_points(MatrixGame([[1, 2, 3, 4]] * 4))
    assert [str(c) for c in points.components] == [
        "face of rest points everywhere (all strategies always earn the same)"
    ]
    assert {p.attracting for p in points} == {"lyapunov"}


def test_a_limit_on_supports_is_said_and_keeps_what_was_found() -> None:
    game = MatrixGame(np.eye(6, dtype=int))
    found = support_points(pairwise_of(game), most_supports=40)
    assert found.searched == 3 and len(found.points) == 15 + 20


def test_formulas_for_more_than_five_strategies_stop_at_edges() -> None:
    points = find_rest_points(MatrixGame(zero_diagonal(6)))
    assert not points.complete and "6 strategies need values" in points.complete_because
    assert {p.kind for p in points} == {"vertex", "edge"}


def test_regimes_of_four_strategies() -> None:
    """Coordination on one of four: each pure state is stable iff its payoff is positive, and the samples are covered."""
    game = MatrixGame([["a", 0, 0, 0], [0, "b", 0, 0], [0, 0, "c", 0], [0, 0, 0, 1]], assumptions=["c > 0"])
    regimes = find_regimes(game)
    assert regimes.cover
    assert sorted(r.stable[-2:] for r in regimes if len(r.stable) == 2) == [("E3", "E4")]
    rng = np.random.default_rng(1)
    for a, b in rng.integers(-9, 9, (30, 2)):
        if 0 not in (a, b):
            wanted = [label for label, value in (("E1", a), ("E2", b)) if value > 0]
            assert regimes.at({"a": int(a), "b": int(b), "c": 2}).stable == (*wanted, "E3", "E4")


def test_open_points_take_the_cover_away() -> None:
    """The interior point of a general game of four has conditions that nobody can read."""
    points = find_rest_points(MatrixGame(zero_diagonal(4)))
    assert [p.label for p in points if p.open] == ["I1"]
    values = {f"b{i}{j}": 1 for i in range(4) for j in range(4) if i != j and (i, j) != (0, 1)}
    one_left = find_regimes(points.game, values)
    assert one_left.cover and not one_left.open
