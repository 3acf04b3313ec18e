"""Several populations with three and more strategies: rest points beside numpy, nashpy and the index theorem."""

from __future__ import annotations

import random
import warnings
from fractions import Fraction
from itertools import product
from typing import Any

import nashpy
import numpy as np
import pytest
import sympy

from coopgame import (
    NormalFormGame,
    PopulationGame,
    find_joint_stability,
    find_regimes,
    find_rest_points,
    replicator,
)
from coopgame.errors import UnsupportedError


def bimatrix(seed: int, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(-9999, 9999, shape), rng.integers(-9999, 9999, shape)


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 3)])
def test_nash_equilibria_are_those_of_nashpy(shape: tuple[int, int]) -> None:
    """Vertex enumeration finds every equilibrium of a nondegenerate game; saturated rest points are the equilibria."""
    mixed = 0
    for seed in range(12):
        row, column = bimatrix(seed, shape)
        points = find_rest_points(NormalFormGame.from_bimatrix(row, column))
        assert points.complete and not points.components
        found = [p.state for p in points if p.saturated]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = [np.concatenate(pair) for pair in nashpy.Game(row, column).vertex_enumeration()]
        assert len(found) == len(wanted)
        assert all(min(np.abs(state - other).max() for other in wanted) < 1e-9 for state in found)
        mixed += sum(p.kind != "vertex" for p in points)
    assert mixed > 12


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 2), (3, 2, 2)])
def test_points_are_at_rest_and_eigenvalues_those_of_the_jacobian(shape: tuple[int, ...]) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        game = NormalFormGame([rng.integers(-999, 999, shape) for _ in shape])
        field = replicator(game)
        points = find_rest_points(game)
        assert points.complete and "add up to 1" in points.complete_because
        for point in points:
            assert np.abs(field(point.state)).max() < 1e-5
            eigenvalues = np.linalg.eigvals(field.jacobian(point.state))
            for value in point.eigenvalues:
                assert np.abs(eigenvalues - complex(value)).min() < 1e-4
            if np.abs(eigenvalues.real).min() > 1e-6:
                below, above = (eigenvalues.real < 0).all(), (eigenvalues.real > 0).all()
                assert point.stability == ("sink" if below else "source" if above else "saddle")
            if point.kind != "vertex":
                assert point.attracting != "asymptotic"


def symbolic(first: str, size: int) -> np.ndarray[Any, Any]:
    return np.array([[f"{first}{i}{j}" for j in range(size)] for i in range(size)], dtype=object)


def test_formulas_agree_with_numbers() -> None:
    formulas = find_rest_points(NormalFormGame([symbolic("a", 3), symbolic("b", 3)]))
    assert formulas.complete and len(formulas) == 9 + 9 + 1
    rng = random.Random(4)
    compared = 0
    for _ in range(10):
        values = {name: Fraction(rng.randint(-99, 99)) for name in formulas.game.ring.names}
        exact = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
        numbers = find_rest_points(formulas.game, values)
        there = {tuple(p.coordinates.values()): p for p in numbers}
        existing = [p for p in formulas if p.exists.holds(values)]
        assert len(existing) == len(numbers)
        for point in existing:
            twin = there[tuple(value.xreplace(exact) for value in point.coordinates.values())]
            for value in point.eigenvalues:
                shown = complex(value.xreplace(exact).evalf(30))
                assert min(abs(shown - complex(other)) for other in twin.eigenvalues) < 1e-9 * max(1, abs(shown))
            if twin.stability != "non-hyperbolic":
                assert point.stable_if.holds(values) == (twin.attracting == "asymptotic")
            compared += point.kind != "vertex"
    assert compared > 10


def test_regimes_of_strict_equilibria() -> None:
    """Two populations coordinate on one of three: (i, i) is stable iff both gain from it."""
    table = {(a, b): ["0", "0"] for a in "xyz" for b in "xyz"}
    table |= {("x", "x"): ["p", "1"], ("y", "y"): ["1", "q"], ("z", "z"): ["1", "1"]}
    game = NormalFormGame(table)
    regimes = find_regimes(game)
    assert regimes.cover
    by_place = {p.profile: p.label for p in regimes_points(game)}
    always, first, second = (by_place[pair] for pair in (("z", "z"), ("x", "x"), ("y", "y")))
    wanted = {frozenset({always, *chosen}) for chosen in ((), (first,), (second,), (first, second))}
    assert {frozenset(r.stable) for r in regimes} == wanted


def regimes_points(game: NormalFormGame) -> Any:
    return [p for p in find_rest_points(game) if p.kind == "vertex"]


def test_equal_payoffs_and_ties() -> None:
    points = find_rest_points(NormalFormGame([np.ones((2, 3)), np.ones((2, 3))]))
    assert [str(c) for c in points.components] == [
        "face of rest points everywhere (all strategies always earn the same)"
    ]
    assert {p.attracting for p in points} == {"lyapunov"}
    twins = NormalFormGame([np.array([[1, 1, 0], [0, 0, 1]]), np.array([[1, 1, 0], [0, 0, 1]])])
    tied = find_rest_points(twins)
    lines = [str(c) for c in tied.components]
    assert "line of rest points x = 1 and player2.3 = 0" in lines
    assert any("(0, 1/2, 1/2) to (1/2, 0, 1/2)" in line for line in lines)
    field = replicator(twins)
    for share in (0.0, 0.2, 0.5):
        assert np.abs(field([0.5, 0.5, share, 0.5 - share, 0.5])).max() < 1e-12


def test_own_shares_are_refused_with_a_remedy() -> None:
    crowded = PopulationGame(
        {"p": {"a": "q.c - p.a", "b": "0", "z": "1/2"}, "q": {"c": "p.a", "d": "1/3"}},
    )
    with pytest.raises(UnsupportedError, match=r"own shares.*integrate"):
        find_rest_points(crowded)


def test_five_populations_are_sampled_and_asked() -> None:
    """Each of five firms gains a_i from joining when its neighbour does, and loses c_i otherwise."""
    table = {}
    for profile in product("jn", repeat=5):
        table[profile] = [
            (f"a{i}" if profile[i - 1] == "j" else f"-c{i}") if profile[i] == "j" else "0" for i in range(5)
        ]
    game = NormalFormGame(table, assumptions=["a0 > 0", "c0 > 0", *(f"c{i} > 0" for i in range(1, 5))])
    points = find_rest_points(game)
    regimes = find_regimes(game, points=points)
    assert not regimes.cover and len(regimes) == 2
    everyone = next(p.label for p in points if p.profile == tuple("jjjjj"))
    nobody = next(p.label for p in points if p.profile == tuple("nnnnn"))
    assert {r.stable for r in regimes} == {(nobody,), (nobody, everyone)}
    both = find_joint_stability(points, [nobody, everyone], alone=True)
    assert both.status == "realised" and all(both.witness[f"a{i}"] > 0 for i in range(5))
    lonely = next(p.label for p in points if p.profile == tuple("jnnnn"))
    assert find_joint_stability(points, [lonely]).status == "empty"
    with pytest.raises(UnsupportedError, match="no rest point 'E99'"):
        find_joint_stability(points, ["E99"])
