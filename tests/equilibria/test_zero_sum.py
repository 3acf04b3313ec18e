"""Optimal strategies beside the minimax theorem, submatrices, sympy's vertices, and games with known values."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, OptimalStrategies, catalog, find_optimal_strategies
from coopgame.equilibria import zero_sum
from coopgame.equilibria.many_players import many_player_equilibria
from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import ParameterError, UnsupportedError


def game_of(matrix: Sequence[Sequence[Any]], total: int = 0) -> NormalFormGame:
    other = [[total - value for value in row] for row in matrix]
    return NormalFormGame.from_bimatrix([list(row) for row in matrix], other)


def secured(matrix: Any, x: Sequence[Fraction]) -> Fraction:
    return min(sum(a * b for a, b in zip(x, column, strict=True)) for column in zip(*matrix, strict=True))


def conceded(matrix: Any, y: Sequence[Fraction]) -> Fraction:
    return max(sum(a * b for a, b in zip(row, y, strict=True)) for row in matrix)


def check(matrix: Any, found: OptimalStrategies) -> None:
    """Every listed strategy guarantees the value: together they prove each other optimal (weak duality)."""
    assert found.known == "exact" and isinstance(found.value, Fraction)
    for own in found.strategies[0]:
        assert secured(matrix, list(own.values())) == found.value
    for own in found.strategies[1]:
        assert conceded(matrix, list(own.values())) == found.value
    assert all(len(set(map(tuple, (o.values() for o in own)))) == len(own) for own in found.strategies)


def corners_by_submatrices(matrix: Any) -> tuple[Fraction, set[tuple[Fraction, ...]], set[tuple[Fraction, ...]]]:
    """The value and the extreme optimal strategies from Shapley and Snow's (1950) theorem: square submatrices K whose equalising strategies are optimal.

    x = 1 adj(K) / (1 adj(K) 1), y = adj(K) 1 / (1 adj(K) 1), value det(K) / (1 adj(K) 1).
    """
    size, width = len(matrix), len(matrix[0])
    found: set[tuple[Fraction, tuple[Fraction, ...], tuple[Fraction, ...]]] = set()
    for k in range(1, min(size, width) + 1):
        for rows, columns in product(combinations(range(size), k), combinations(range(width), k)):
            kernel = sympy.Matrix([[sympy.Rational(matrix[i][j]) for j in columns] for i in rows])
            adjugate = kernel.adjugate()
            total = sum(adjugate)
            if total == 0:
                continue
            x, y = [Fraction(0)] * size, [Fraction(0)] * width
            for n in range(k):
                share = sum(adjugate[m, n] for m in range(k)) / total
                other = sum(adjugate[n, m] for m in range(k)) / total
                x[rows[n]], y[columns[n]] = Fraction(int(share.p), int(share.q)), Fraction(int(other.p), int(other.q))
            value = sympy.Rational(kernel.det()) / total
            exact = Fraction(int(value.p), int(value.q))
            if min(x) >= 0 and min(y) >= 0 and secured(matrix, x) == exact == conceded(matrix, y):
                found.add((exact, tuple(x), tuple(y)))
    (value,) = {v for v, _, _ in found}
    return value, {x for _, x, _ in found}, {y for _, _, y in found}


@settings(max_examples=60)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 10_000), st.integers(1, 9))
def test_extreme_strategies_are_those_of_kernels(rows: int, columns: int, seed: int, top: int) -> None:
    matrix = np.random.default_rng(seed).integers(-top, top + 1, (rows, columns)).tolist()
    found = find_optimal_strategies(game_of(matrix))
    value, first, second = corners_by_submatrices(matrix)
    check(matrix, found)
    assert found.value == value
    assert {tuple(own.values()) for own in found.strategies[0]} == first
    assert {tuple(own.values()) for own in found.strategies[1]} == second


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_pairs_of_optimal_strategies_are_the_equilibria(seed: int) -> None:
    """Equilibria of a zero-sum game are interchangeable: all pairs of extreme optimal strategies, and one component."""
    matrix = np.random.default_rng(seed).integers(-2, 3, (3, 3)).tolist()
    game = game_of(matrix)
    found = find_optimal_strategies(game)
    equilibria = many_player_equilibria(payoff_tables(game))
    pairs = {(tuple(x.values()), tuple(y.values())) for x in found.strategies[0] for y in found.strategies[1]}
    assert {tuple(tuple(own.values()) for own in point.strategies) for point in equilibria} == pairs
    assert equilibria.complete and [component.index for component in equilibria.components] == [1]
    assert {point.payoffs[0] for point in equilibria} == {found.value}


@pytest.mark.parametrize("size", [10, 25])
def test_the_minimax_theorem_in_larger_games(size: int) -> None:
    for seed in range(2):
        for top in (1, 99):
            matrix = np.random.default_rng(seed).integers(-top, top + 1, (size, size + 3)).tolist()
            check(matrix, find_optimal_strategies(game_of(matrix)))


@settings(max_examples=40)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 10_000))
def test_the_exact_simplex_method_agrees_where_floats_mislead(rows: int, columns: int, seed: int) -> None:
    matrix = np.random.default_rng(seed).integers(-3, 4, (rows, columns)).tolist()
    exact = [[Fraction(v) for v in row] for row in matrix]
    across = [list(column) for column in zip(*exact, strict=True)]
    x = zero_sum._by_simplex(across)
    y = zero_sum._by_simplex([[-v for v in row] for row in exact])
    assert secured(exact, x) == conceded(exact, y) == find_optimal_strategies(game_of(matrix)).value


def test_differences_below_floating_point_decide() -> None:
    tiny = Fraction(1, 10**40)
    found = find_optimal_strategies(game_of([[1, 1 + tiny], [1 + tiny, 1]]))
    assert found.value == 1 + tiny / 2 and found.unique
    assert find_optimal_strategies(game_of([[1, 1 + tiny], [1, 1 - tiny]])).strategies[0][0]["1"] == 1


@pytest.mark.parametrize("unit", [Fraction(1, 10**300), Fraction(10**300), Fraction(1, 7)])
def test_units_and_constants(unit: Fraction) -> None:
    matrix = [[3, -1, 2], [0, 4, -2]]
    plain = find_optimal_strategies(game_of(matrix))
    scaled = find_optimal_strategies(
        NormalFormGame.from_bimatrix(
            [[unit * v + 5 for v in row] for row in matrix], [[2 - unit * v for v in row] for row in matrix]
        )
    )
    assert scaled.strategies == plain.strategies
    assert scaled.value == unit * Fraction(plain.value) + 5 and scaled.total == 7


# known games


def test_matching_pennies_and_rock_paper_scissors() -> None:
    """von Neumann (1928): value 0, all strategies alike."""
    half = Fraction(1, 2)
    found = find_optimal_strategies(catalog.matching_pennies())
    assert found.value == 0 and [list(own.values()) for (own,) in found.strategies] == [[half] * 2] * 2
    third = Fraction(1, 3)
    game = MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    assert [list(own.values()) for (own,) in find_optimal_strategies(game).strategies] == [[third] * 3] * 2


def test_two_finger_morra() -> None:
    """Dresher (1961), Games of Strategy, ch. 5: value 0, optimal from (0, 3/5, 2/5, 0) to (0, 4/7, 3/7, 0).

    Both show one or two fingers and guess what the other shows; who alone is right wins the sum of the fingers.
    """
    moves = [(shown, guess) for shown in (1, 2) for guess in (1, 2)]

    def won(one: tuple[int, int], other: tuple[int, int]) -> int:
        right, wrong = one[1] == other[0], other[1] == one[0]
        return (right - wrong) * (one[0] + other[0])

    found = find_optimal_strategies(MatrixGame([[won(a, b) for b in moves] for a in moves]))
    ends = {(0, Fraction(3, 5), Fraction(2, 5), 0), (0, Fraction(4, 7), Fraction(3, 7), 0)}
    assert found.value == 0
    assert [{tuple(own.values()) for own in player} for player in found.strategies] == [ends, ends]


def test_colonel_blotto_with_four_regiments_against_three() -> None:
    """Williams (1954), The Compleat Strategyst; Karlin (1959): two posts, four regiments against three; value 14/9.

    A post is worth 1, and the regiments captured there 1 each; equal forces draw.
    """
    blue, red = [(n, 4 - n) for n in (4, 0, 3, 1, 2)], [(n, 3 - n) for n in (3, 0, 2, 1)]

    def won(one: tuple[int, int], other: tuple[int, int]) -> int:
        return sum((a > b) * (1 + b) - (a < b) * (1 + a) for a, b in zip(one, other, strict=True))

    matrix = [[won(a, b) for b in red] for a in blue]
    assert matrix == [[4, 0, 2, 1], [0, 4, 1, 2], [1, -1, 3, 0], [-1, 1, 0, 3], [-2, -2, 2, 2]]
    found = find_optimal_strategies(game_of(matrix))
    check(matrix, found)
    assert found.value == Fraction(14, 9)
    ninth = Fraction(1, 9)
    assert (4 * ninth, 4 * ninth, 0, 0, ninth) in {tuple(own.values()) for own in found.strategies[0]}
    assert len(found.strategies[1]) == 2  # red's optimal strategies are not unique
    middle = [sum(c) / 2 for c in zip(*(own.values() for own in found.strategies[1]), strict=True)]
    assert middle == [ninth / 2, ninth / 2, 4 * ninth, 4 * ninth]


def test_a_saddle_point_and_duplicates() -> None:
    found = find_optimal_strategies(game_of([[1, 2], [0, 5]]))
    assert found.value == 1 and found.unique and found.strategies[0][0] == {"1": 1, "2": 0}
    twice = find_optimal_strategies(game_of([[1, -1], [-1, 1], [1, -1]]))
    assert len(twice.strategies[0]) == 2 and not twice.unique
    nothing = find_optimal_strategies(game_of([[0, 0, 0], [0, 0, 0]]))
    assert [len(own) for own in nothing.strategies] == [2, 3]
    assert find_optimal_strategies(game_of([[7]])).value == 7


def test_games_in_one_population_and_with_parameters() -> None:
    """Skew-symmetric: value 0. Of (a, b; -b, -a') the roles may share a constant."""
    game = MatrixGame([["0", "-w", "l"], ["w", "0", "-1"], ["-l", "1", "0"]])
    found = find_optimal_strategies(game, {"w": 2, "l": 3})
    assert found.value == 0 and found.strategies[0] == found.strategies[1]
    assert list(found.strategies[0][0].values()) == [
        Fraction(1, 6),
        Fraction(1, 2),
        Fraction(1, 3),
    ]  # opposite stakes
    with pytest.raises(ParameterError, match="no value for"):
        find_optimal_strategies(game, {"w": 2})


def test_what_is_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"payoffs at 1, 2 add up to 4, at 1, 1 to 3"):
        find_optimal_strategies(NormalFormGame.from_bimatrix([[1, 2], [3, 4]], [[2, 2], [0, -1]]))
    with pytest.raises(UnsupportedError, match="two players, got 3"):
        find_optimal_strategies(NormalFormGame([[[[0]]], [[[0]]], [[[0]]]]))
    with pytest.raises(UnsupportedError, match="payoff table"):
        find_optimal_strategies(catalog.predator_prey())


def test_large_games_are_numerical_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = np.random.default_rng(1).integers(-99, 100, (12, 9)).tolist()
    exact = find_optimal_strategies(game_of(matrix))
    monkeypatch.setattr(zero_sum, "_MOST_EXACT", 20)
    found = find_optimal_strategies(game_of(matrix))
    assert found.known == "numerical" and not found.unique and "floating point" in found.because
    assert float(found.value) == pytest.approx(float(exact.value), abs=1e-9)
    for own, other in zip(found.strategies, exact.strategies, strict=True):
        assert list(own[0].values()) == pytest.approx([float(p) for p in other[0].values()], abs=1e-8)


def test_results_as_text_and_tables() -> None:
    found = find_optimal_strategies(game_of([[3, -1], [0, 2]], total=2))
    assert str(found).splitlines()[0] == "value 1 of 2 in all"
    assert "player1: 1 = 1/3, 2 = 2/3" in str(found)
    table = found.to_dataframe()
    assert table.groupby("player")["probability"].sum().tolist() == [1.0, 1.0]
    assert "<td>player2</td><td>1 = 1/2, 2 = 1/2</td>" in found._repr_html_()
