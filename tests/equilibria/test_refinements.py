"""Refinements beside their definitions in linear arithmetic (z3), laws between them, and published games."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    find_pure_nash_equilibria,
    is_perfect,
    is_proper,
    is_quasi_strict,
    is_strict,
    is_undominated,
)
from coopgame.equilibria import proper
from coopgame.equilibria.many_players import many_player_equilibria
from coopgame.equilibria.refinements import EPSILON, RefinementVerdict
from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import StateError, UnsupportedError

MYERSON = [[1, 0, -9], [0, 0, -7], [-9, -7, -7]]
Pair = tuple[list[Fraction], list[Fraction]]


def bimatrix(row: Any, column: Any) -> NormalFormGame:
    return NormalFormGame.from_bimatrix(row, column)


def random_bimatrix(rows: int, columns: int, seed: int, top: int) -> tuple[NormalFormGame, np.ndarray]:
    payoffs = np.random.default_rng(seed).integers(0, top + 1, (2, rows, columns))
    return bimatrix(*(table.tolist() for table in payoffs)), payoffs


def extreme(game: NormalFormGame) -> list[Pair]:
    found = many_player_equilibria(payoff_tables(game))
    assert found.complete
    return [tuple([Fraction(p) for p in own.values()] for own in point.strategies) for point in found]  # type: ignore[misc]


def tremble_exists(payoffs: np.ndarray, point: Pair, rarer: bool) -> bool:
    """Whether strategies that use everything lie near a profile in which what earns less has at most epsilon, or (rarer) epsilon times the better one's.

    The definitions of Selten (1975) and Myerson (1978) at one small epsilon, all orders at once, in exact linear arithmetic.
    """
    epsilon, near = z3.Q(1, 10**12), Fraction(1, 10**4)
    solver = z3.Solver()
    x = [z3.Real(f"x{i}") for i in range(payoffs.shape[1])]
    y = [z3.Real(f"y{j}") for j in range(payoffs.shape[2])]
    for own, target in ((x, point[0]), (y, point[1])):
        solver.add(z3.Sum(own) == 1, *(share > 0 for share in own))
        for share, value in zip(own, target, strict=True):
            solver.add(share >= _z3(value - near), share <= _z3(value + near))
    for own, other, table in ((x, y, payoffs[0]), (y, x, payoffs[1].T)):
        earned = [z3.Sum([int(v) * share for v, share in zip(row, other, strict=True)]) for row in table]
        for s, t in product(range(len(own)), repeat=2):
            if s != t:
                bound = epsilon * own[t] if rarer else epsilon
                solver.add(z3.Implies(earned[s] < earned[t], own[s] <= bound))
    answer = solver.check()
    assert answer != z3.unknown
    return bool(answer == z3.sat)


def _z3(value: Fraction) -> Any:
    return z3.Q(value.numerator, value.denominator)


def at_epsilon(verdict: RefinementVerdict, epsilon: Fraction) -> list[list[Fraction]]:
    """The trembles at a number, as strategies."""
    points = []
    for own in verdict.trembles:
        at = sympy.Rational(epsilon.numerator, epsilon.denominator)
        values = [sympy.Rational(value.subs(EPSILON, at)) for value in own.values()]
        points.append(
            [Fraction(int(v.p), int(v.q)) / Fraction(int(sum(values).p), int(sum(values).q)) for v in values]
        )
    return points


def check_trembles(payoffs: np.ndarray, point: Pair, verdict: RefinementVerdict, rarer: bool) -> None:
    """The certificate of a yes keeps its promise, for a large and a tiny epsilon."""
    for epsilon in (Fraction(1, 10**4), Fraction(1, 10**9)):
        mixed = at_epsilon(verdict, epsilon)
        for p, table in enumerate((payoffs[0], payoffs[1].T)):
            assert min(mixed[p]) > 0
            assert max(abs(a - b) for a, b in zip(mixed[p], point[p], strict=True)) <= 2 * epsilon
            earned = [sum(int(v) * share for v, share in zip(row, mixed[1 - p], strict=True)) for row in table]
            for s, t in product(range(len(earned)), repeat=2):
                if rarer and earned[s] < earned[t]:
                    assert mixed[p][s] <= epsilon * mixed[p][t]
            if not rarer:  # the equilibrium strategy itself is a best reply to the tremble
                assert all(earned[s] == max(earned) for s, share in enumerate(point[p]) if share > 0)


@settings(max_examples=60)
@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 100_000), st.integers(1, 3))
def test_perfect_and_proper_beside_their_definitions(rows: int, columns: int, seed: int, top: int) -> None:
    game, payoffs = random_bimatrix(rows, columns, seed, top)
    for point in extreme(game)[:4]:
        perfect, strictly = is_perfect(game, point), is_proper(game, point)
        assert bool(perfect) == tremble_exists(payoffs, point, rarer=False)
        assert bool(strictly) == tremble_exists(payoffs, point, rarer=True)
        if perfect:
            check_trembles(payoffs, point, perfect, rarer=False)
        if strictly:
            check_trembles(payoffs, point, strictly, rarer=True)


@settings(max_examples=40)
@given(st.integers(0, 100_000), st.integers(1, 4))
def test_laws_between_refinements(seed: int, top: int) -> None:
    """Strict implies quasi-strict, proper implies perfect, strict implies proper (van Damme 1991, ch. 2 and 3)."""
    game, _ = random_bimatrix(3, 3, seed, top)
    for point in extreme(game):
        quasi, perfect, strict = (bool(f(game, point)) for f in (is_quasi_strict, is_perfect, is_strict))
        strictly = bool(is_proper(game, point))
        assert quasi or not strict
        assert perfect or not strictly
        assert strictly or not strict
        assert perfect == bool(is_undominated(game, point))


@settings(max_examples=60)
@given(st.integers(0, 100_000), st.integers(1, 3))
def test_with_two_strategies_each_perfect_is_proper(seed: int, top: int) -> None:
    game, _ = random_bimatrix(2, 2, seed, top)
    for point in extreme(game):
        assert bool(is_perfect(game, point)) == bool(is_proper(game, point))


@settings(max_examples=30)
@given(st.integers(0, 100_000))
def test_every_game_has_a_proper_equilibrium(seed: int) -> None:
    """Myerson (1978), theorem 1; where all components are points one of these is proper."""
    game, _ = random_bimatrix(3, 3, seed, 3)
    found = many_player_equilibria(payoff_tables(game))
    assume(all(component.is_point for component in found.components))
    assert any(is_proper(game, point) for point in found)


@settings(max_examples=60)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 100_000), st.integers(1, 4))
def test_a_dominating_mixture_dominates(rows: int, columns: int, seed: int, top: int) -> None:
    game, payoffs = random_bimatrix(rows, columns, seed, top)
    rng = np.random.default_rng(seed)
    mixtures = []
    for size in (rows, columns):
        weights = rng.integers(0, 3, size)
        weights[0] += 1
        mixtures.append([Fraction(int(w), int(weights.sum())) for w in weights])
    verdict = is_undominated(game, tuple(mixtures))
    tables = (payoffs[0], payoffs[1].T)
    if verdict:
        for p, table in enumerate(tables):  # a best reply to beliefs that give everything weight is not dominated
            assert supported(table, mixtures[p])
        return
    assert verdict.dominated_by is not None
    better = [list(verdict.dominated_by.values())]
    gains = []
    for p, table in enumerate(tables):
        if (
            len(verdict.dominated_by) == table.shape[0]
            and verdict.dominated_by.keys() == dict.fromkeys(game.populations[p].strategies).keys()
        ):
            against = [
                [sum(Fraction(int(v)) * m for v, m in zip(column, own, strict=True)) for column in table.T]
                for own in (better[0], mixtures[p])
            ]
            gains.append([a - b for a, b in zip(*against, strict=True)])
    assert any(min(lead) >= 0 and max(lead) > 0 for lead in gains)


def supported(table: np.ndarray, mixture: Sequence[Fraction]) -> bool:
    """Whether a mixture is a best reply to some strategy that uses everything; by linear arithmetic."""
    solver = z3.Solver()
    y = [z3.Real(f"y{j}") for j in range(table.shape[1])]
    solver.add(z3.Sum(y) == 1, *(share > 0 for share in y))
    earned = [z3.Sum([int(v) * share for v, share in zip(row, y, strict=True)]) for row in table]
    for s, share in enumerate(mixture):
        if share > 0:
            solver.add(*(earned[s] >= other for other in earned))
    return bool(solver.check() == z3.sat)


# published games


def test_myersons_game() -> None:
    """Myerson (1978), International Journal of Game Theory 7, 73-80: of three equilibria two are perfect and one is proper."""
    game = bimatrix(MYERSON, MYERSON)
    assert {e.profile for e in find_pure_nash_equilibria(game)} == {("1", "1"), ("2", "2"), ("3", "3")}
    verdicts = {s: (bool(is_perfect(game, (s, s))), bool(is_proper(game, (s, s)))) for s in "123"}
    assert verdicts == {"1": (True, True), "2": (True, False), "3": (False, False)}


def test_a_dominated_strategy_makes_an_equilibrium_perfect() -> None:
    """Myerson (1978), section 1: without the third strategies (2, 2) is not perfect, so adding dominated strategies changes what is."""
    without = [row[:2] for row in MYERSON[:2]]
    assert not is_perfect(bimatrix(without, without), ("2", "2"))
    assert is_perfect(bimatrix(MYERSON, MYERSON), ("2", "2"))


def test_hiding_a_penny_that_will_be_grabbed() -> None:
    """A penny is hidden heads or tails up, and guessed, or grabbed: all hiding is perfect, hiding evenly alone proper.

    The variant of matching pennies with which proper equilibrium is often explained; a proper equilibrium need not be an extreme one.
    """
    game = bimatrix([[-1, 0, -1], [0, -1, -1]], [[1, 0, 1], [0, 1, 1]])
    for shares in ((1, 0), ("1/2", "1/2"), ("2/3", "1/3"), ("1/4", "3/4")):
        point = (shares, (0, 0, 1))
        assert is_perfect(game, point)
        assert bool(is_proper(game, point)) is (shares == ("1/2", "1/2"))


def test_no_dominated_strategy_but_a_dominated_equilibrium() -> None:
    """Gambit's games perfect1 and perfect2: no pure strategy is dominated, and an equilibrium is, by a mixture."""
    first = bimatrix([["3", "0", "0"], ["3/2", "2", "3/2"], ["0", "0", "3"]], [[1, 0, 1], [1, 2, 1], [1, 0, 1]])
    second = bimatrix([[4, 0, 0], [2, 3, 2], [0, 0, 4]], [[0, 0, 4], [1, 3, 1], [4, 0, 0]])
    for game in (first, second):
        for s in "123":
            assert is_undominated(game, (s, "2"))
        half = Fraction(1, 2)
        point = ((half, 0, half), (half, 0, half))
        verdict = is_perfect(game, point)
        assert is_undominated(game, point).dominated_by == verdict.dominated_by == {"1": 0, "2": 1, "3": 0}
        assert "weakly dominated by 2 = 1" in verdict.because  # so it is an equilibrium, and not perfect


# the questions


def test_games_of_three_players() -> None:
    """Strict and quasi-strict are decided for any number of players, the others for two."""
    game = NormalFormGame([[[[2, 0], [0, 0]], [[0, 0], [0, 1]]]] * 3)
    assert is_strict(game, ("1", "1", "1")) and is_strict(game, ("2", "2", "2"))
    assert is_quasi_strict(game, ("1", "1", "1"))
    assert not is_strict(game, ("1", "1", "2"))
    for decide in (is_undominated, is_perfect, is_proper):
        with pytest.raises(UnsupportedError, match="two players, got 3"):
            decide(game, ("1", "1", "1"))


def test_states_of_one_population() -> None:
    game = MatrixGame([[1, 1], [1, 0]], ["a", "b"])
    assert is_perfect(game, "a") and is_proper(game, {"a": 1})
    assert not is_quasi_strict(game, (1, 0))
    assert "b of population is not used and earns as much" in is_quasi_strict(game, (1, 0)).because
    hawk_dove = MatrixGame([["(V - C)/2", "V"], ["0", "V/2"]], ["hawk", "dove"])
    mixed = is_quasi_strict(hawk_dove, ("1/2", "1/2"), {"V": 1, "C": 2})
    assert mixed and not is_strict(hawk_dove, ("1/2", "1/2"), {"V": 1, "C": 2})


def test_equilibria_that_were_found_can_be_asked_about() -> None:
    game = bimatrix(MYERSON, MYERSON)
    found = many_player_equilibria(payoff_tables(game))
    assert [bool(is_strict(game, point)) for point in found] == [point.strict for point in found]
    assert [bool(is_quasi_strict(game, point)) for point in found] == [point.quasi_strict for point in found]


def test_what_is_no_equilibrium() -> None:
    game = bimatrix(MYERSON, MYERSON)
    for decide in (is_strict, is_quasi_strict, is_perfect, is_proper):
        verdict = decide(game, ("1", "3"))
        assert not verdict and "not a Nash equilibrium: 1 of player1 is used and earns less" in str(verdict)


def test_questions_that_are_not_well_formed() -> None:
    game = bimatrix(MYERSON, MYERSON)
    with pytest.raises(StateError, match="one mixture is needed for each of the 2 players"):
        is_strict(game, ("1", "1", "1"))
    with pytest.raises(StateError, match="unknown strategy '4'"):
        is_strict(game, ("4", "1"))
    with pytest.raises(StateError, match="sum to exactly 1"):
        is_strict(game, ((0.1, 0.2, 0.7), "1"))
    with pytest.raises(StateError, match="has 3 probabilities, got 2"):
        is_strict(game, ((0, 1), "1"))
    irrational = NormalFormGame(
        [
            [[[3, 1], [0, 0]], [[0, 0], [1, 2]]],
            [[[0, 0], [2, 1]], [[1, 3], [0, 0]]],
            [[[2, 0], [0, 0]], [[0, 0], [0, 3]]],
        ]
    )
    (point,) = many_player_equilibria(payoff_tables(irrational))
    with pytest.raises(UnsupportedError, match="exact probabilities"):
        is_strict(irrational, point)


def test_too_many_orders_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = [[0] * 7 for _ in range(7)]
    with pytest.raises(UnsupportedError, match="ties of player1 allow"):
        is_proper(bimatrix(zeros, zeros), ("1", "1"))
    assert is_proper(bimatrix([[0] * 4] * 4, [[0] * 4] * 4), ("1", "1"))
    monkeypatch.setattr(proper, "_MOST_PAIRS", 3)
    with pytest.raises(UnsupportedError, match="more pairs than the 3 that are tried"):
        is_proper(bimatrix(MYERSON, MYERSON), ("2", "2"))


@pytest.mark.parametrize("size", range(6))
def test_orders_are_counted(size: int) -> None:
    """The numbers of orders with ties: 1, 1, 3, 13, 75, 541 (Fubini numbers; Gross 1962)."""
    assert len(list(proper._orders(range(size)))) == proper._count(size, False) == [1, 1, 3, 13, 75, 541][size]
    joined = proper._orders_with_first(range(size + 1), (0,))
    assert len(joined) == len(set(joined)) == proper._count(size, True)


def test_units_change_nothing() -> None:
    for unit in ("1e-300", "1e300", "2/7"):
        game = bimatrix(
            [[f"{v}*{unit}" for v in row] for row in MYERSON], [[f"{v}*{unit}" for v in row] for row in MYERSON]
        )
        assert [bool(is_proper(game, (s, s))) for s in "123"] == [True, False, False]
