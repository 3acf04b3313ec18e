"""Invasion barriers beside the definition, closed forms, roots by sympy, and minima by scipy."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy.optimize import minimize

from coopgame import MatrixGame, NormalFormGame, find_ess, find_invasion_barrier
from coopgame.errors import StateError, UnsupportedError

Vector = list[Fraction]


def earned(table: list[list[int]], x: Vector, y: Vector) -> Fraction:
    return sum((x[i] * table[i][j] * y[j] for i in range(len(x)) for j in range(len(y))), Fraction(0))


def lead(table: list[list[int]], x: Vector, y: Vector, share: Fraction) -> Fraction:
    """What x earns more than y where y has a share: the definition of Vickers and Cannings (1987)."""
    mixed = [(1 - share) * a + share * b for a, b in zip(x, y, strict=True)]
    return earned(table, x, mixed) - earned(table, y, mixed)


def mutant(rng: random.Random, size: int) -> Vector:
    weights = [Fraction(rng.choice([0, 0, 1, 1, 2, 5])) for _ in range(size)]
    weights = weights if any(weights) else [Fraction(1)] * size
    return [w / sum(weights) for w in weights]


@pytest.mark.parametrize("size", [2, 3, 4, 5])
def test_the_definition_below_and_at_the_barrier(size: int) -> None:
    rng = random.Random(size)
    kinds = set()
    for _ in range(12):
        table = [[rng.randint(-4, 4) for _ in range(size)] for _ in range(size)]
        game = MatrixGame(table)
        for state in find_ess(game):
            x = [Fraction(int(s.p), int(s.q)) for s in state.shares.values()]
            found = state.invasion_barrier
            assert 0 < found.lower <= found.upper <= 1 and found.upper - found.lower <= Fraction(1, 10**12)
            kinds.add(found.known)
            for y in (mutant(rng, size) for _ in range(60)):
                assert y == x or lead(table, x, y, found.lower * Fraction(999, 1000)) > 0
            if found.mutant is None:
                assert found.lower == 1
            else:
                y = list(found.mutant.values())
                assert lead(table, x, y, found.upper) == 0 and lead(table, x, y, found.upper / 2) > 0
            for pure, barrier in found.against:
                y = list(pure.values())
                assert lead(table, x, y, barrier) == 0 or barrier == 1
                assert all(lead(table, x, y, barrier * part) > 0 for part in (Fraction(1, 100), Fraction(99, 100)))
                assert barrier >= found.lower
    assert kinds == ({"exact"} if size == 2 else {"exact", "certified"})


def test_the_lowest_of_all_mutants_beside_a_descent() -> None:
    """SLSQP from many starts finds no lower barrier, and one as low."""
    rng = np.random.default_rng(2)
    compared = 0
    while compared < 15:
        table = rng.normal(size=(4, 4))
        for state in find_ess(MatrixGame(table.tolist())):
            x = np.array([float(s) for s in state.shares.values()])

            def barrier(y: np.ndarray, x: np.ndarray = x, table: np.ndarray = table) -> float:
                loss, clash = (x - y) @ table @ x, (x - y) @ table @ (x - y)
                return float(min(loss / clash, 1.5)) if clash > 1e-9 else 1.5

            starts = [*np.eye(4), *rng.dirichlet(np.full(4, 0.5), size=25)]
            least = min(
                minimize(
                    barrier,
                    start,
                    method="SLSQP",
                    bounds=[(0, 1)] * 4,
                    constraints={"type": "eq", "fun": lambda y: y.sum() - 1},
                ).fun
                for start in starts
            )
            assert min(least, 1.0) == pytest.approx(float(state.invasion_barrier), abs=2e-5)
            compared += 1


@pytest.mark.parametrize(("a", "b"), [(1, 1), (3, 1), (2, 7)])
def test_coordination(a: int, b: int) -> None:
    """The first convention stands against a share a/(a + b) of the second (Weibull 1995, section 2.1); mixed mutants need more."""
    found = find_invasion_barrier(MatrixGame([[a, 0], [0, b]]), [1, 0])
    assert found.lower == found.upper == Fraction(a, a + b) and found.known == "exact"
    assert find_invasion_barrier(MatrixGame([[a, 0], [0, b]]), [1, 0], mutants=[["1/2", "1/2"]]).lower == min(
        Fraction(1), Fraction(2 * a, a + b)
    )


def test_an_inner_ess_of_a_stable_game_is_never_invaded() -> None:
    """(x - y)·A(x - y) < 0 for all y, so that no share suffices."""
    found = find_invasion_barrier(MatrixGame([[-1, 4], [0, 2]], ["hawk", "dove"]), {"hawk": "2/3", "dove": "1/3"})
    assert found.lower == 1 and found.mutant is None and {b for _, b in found.against} == {1}


def test_a_mixed_mutant_is_the_worst() -> None:
    """Against strategy 1, y = (0, t, 1 - t) loses 1 and clashes 1 + 8 t (1 - t): barrier 1/(1 + 8 t (1 - t)), least at t = 1/2."""
    found = find_invasion_barrier(MatrixGame([[0, 0, 0], [-1, 0, 4], [-1, 4, 0]]), {"1": 1})
    assert found.lower == found.upper == Fraction(1, 3) and found.known == "exact"
    assert found.mutant == {"1": 0, "2": Fraction(1, 2), "3": Fraction(1, 2)}
    assert {barrier for _, barrier in found.against} == {1}
    assert "1/3" in str(found) and "invasion barrier" in found._repr_html_()
    table = found.to_dataframe()
    assert list(table["mutant"]) == ["2 = 1", "3 = 1"] and list(table["barrier"]) == [1.0, 1.0]


def test_a_barrier_that_is_no_fraction_lies_between_its_bounds() -> None:
    """Losses 1 and 2: the barrier (2 - t)/(1 + 8 t (1 - t)) has its least value at a root, which sympy gives."""
    found = find_invasion_barrier(MatrixGame([[0, 0, 0], [-1, 0, 4], [-2, 3, -1]]), {"1": 1})
    t = sympy.Symbol("t")
    ratio = (2 - t) / (1 + 8 * t * (1 - t))
    roots = [r for r in sympy.solve(sympy.together(ratio.diff(t)), t) if 0 < r < 1]
    least = min(ratio.subs(t, r) for r in roots)
    assert not least.is_rational
    assert found.known == "certified" and found.lower != found.upper
    assert sympy.Rational(found.lower.numerator, found.lower.denominator) < least
    assert least <= sympy.Rational(found.upper.numerator, found.upper.denominator)
    assert found.upper - found.lower < Fraction(1, 10**12) and "lower bound" in found.because


def test_states_that_are_no_ess_have_no_barrier() -> None:
    rock = MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    for state in (["1/3"] * 3, [1, 0, 0]):
        found = find_invasion_barrier(rock, state)
        assert found.lower == found.upper == 0 and found.because.startswith("not an ESS")
    # the neutral mixture beats none of the pure strategies either
    assert {b for _, b in find_invasion_barrier(rock, ["1/3"] * 3).against} == {0}


def test_many_strategies() -> None:
    """Twenty conventions worth 1, ..., 20: against the k-th the worst mutant is pure or mixes others, and the first falls to any of them."""
    size = 20
    game = MatrixGame([[Fraction(i + 1 if i == j else 0) for j in range(size)] for i in range(size)])
    for k in (0, 9, 19):
        found = find_invasion_barrier(game, {str(k + 1): 1})
        best = max(v for v in range(1, size + 1) if v != k + 1)
        assert found.lower == found.upper == Fraction(k + 1, k + 1 + best)


def test_one_strategy_and_refusals() -> None:
    assert find_invasion_barrier(MatrixGame([[7]]), [1]).lower == 1
    game = MatrixGame([["a", 0], [0, 1]])
    assert find_invasion_barrier(game, [1, 0], {"a": "1/2"}).lower == Fraction(1, 3)
    with pytest.raises(UnsupportedError, match="at values"):
        _ = find_ess(game)[0].invasion_barrier
    with pytest.raises(StateError, match="the state itself"):
        find_invasion_barrier(game, [1, 0], {"a": 1}, mutants=[[1, 0]])
    with pytest.raises(StateError, match="sum to exactly 1"):
        find_invasion_barrier(game, [1, 1], {"a": 1})
    pennies = NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    with pytest.raises(UnsupportedError, match="one population"):
        find_invasion_barrier(pennies, [1, 0])
    with pytest.raises(UnsupportedError, match="one population"):
        _ = find_ess(pennies)[0].invasion_barrier
