"""Evolutionary stability beside its definition: invaders tried one by one, and the quadratic form worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    find_ess_vertices,
    find_pure_nash_equilibria,
    find_rest_points,
    is_ess,
)
from coopgame.algebra.copositive import determinant, is_strictly_copositive
from coopgame.errors import ParameterError, StateError, UnsupportedError

SMALL = st.integers(-2, 2)
Row = list[Fraction]
GRID = 8


def test_a_verdict_in_words() -> None:
    contest = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"])
    assert str(is_ess(contest, {"hawk": "1/2", "dove": "1/2"})).startswith("yes: Nash equilibrium, and every other")
    assert str(is_ess(contest, {"hawk": 1})).startswith("no: not a Nash equilibrium: hawk")
    with pytest.raises(StateError, match=r"give shares, such as \{'hawk': 1\}"):
        is_ess(contest, "hawk")


def earned(table: list[list[int]], x: Row, y: Row) -> Fraction:
    """What a mixture x earns against y."""
    return sum((x[i] * table[i][j] * y[j] for i in range(len(x)) for j in range(len(y))), Fraction(0))


def mixtures(size: int, parts: int = GRID) -> Iterator[Row]:
    """All states with shares that are multiples of 1/parts."""
    for head in product(range(parts + 1), repeat=size - 1):
        if sum(head) <= parts:
            yield [Fraction(k, parts) for k in (*head, parts - sum(head))]


def invaded(table: list[list[int]], x: Row, parts: int = GRID) -> bool:
    """Whether the definition fails against a mutant near x in some direction of the grid of mixtures.

    x is an ESS iff x earns more than y against y for all y near x. Along the way from x to a mixture m this is a
    quadratic in the distance, so the first coefficient that is not zero decides.
    """
    for mutant in mixtures(len(x), parts):
        if mutant != x:
            first = earned(table, x, x) - earned(table, mutant, x)
            second = earned(table, x, mutant) - earned(table, mutant, mutant)
            if first < 0 or (first == 0 and second <= 0):
                return True
    return False


def ess_of_two(table: list[list[int]], x: Fraction) -> bool:
    """The textbook classification of two strategies, first strategy with share x."""
    (a, b), (c, d) = table
    if x == 1:
        return a > c or (a == c and b > d)
    if x == 0:
        return d > b or (d == b and c > a)
    return a < c and d < b and x * (b - d + c - a) == b - d


def ess_of_three(table: list[list[int]], x: Row) -> bool:
    """Decided by hand for three strategies: leading terms of x(A)z - z(A)z along all directions z - x."""
    value = earned(table, x, x)
    pure = [[Fraction(int(i == k)) for i in range(3)] for k in range(3)]
    payoffs = [earned(table, e, x) for e in pure]
    if max(payoffs) > value:
        return False
    replies = [k for k in range(3) if payoffs[k] == value]
    others = [k for k in replies if pure[k] != x]
    directions = [[e - s for e, s in zip(pure[k], x, strict=True)] for k in others]

    def form(v: Row, w: Row) -> Fraction:
        return -(earned(table, v, w) + earned(table, w, v)) / 2

    inside = [k for k in replies if x[k] > 0]
    if len(inside) == 3:  # negative definite on the plane of directions
        (p, q), r = directions[:2], form(directions[0], directions[1])
        return form(p, p) > 0 and form(p, p) * form(q, q) > r * r
    if not directions:
        return True
    if len(replies) == 2:
        return all(form(v, v) > 0 for v in directions)
    if len(inside) == 1:  # a cone spanned by two edges
        p, q = directions
        r = form(p, q)
        return form(p, p) > 0 and form(q, q) > 0 and (r >= 0 or r * r < form(p, p) * form(q, q))
    # a half plane: along the edge both ways, inwards one way
    along = next(v for k, v in zip(others, directions, strict=True) if x[k] > 0)
    inwards = next(v for k, v in zip(others, directions, strict=True) if x[k] == 0)
    r = form(along, inwards)
    return form(along, along) > 0 and form(along, along) * form(inwards, inwards) > r * r


@settings(max_examples=150)
@given(st.lists(SMALL, min_size=4, max_size=4), st.fractions(0, 1, max_denominator=6))
def test_two_strategies(entries: list[int], share: Fraction) -> None:
    table = [entries[:2], entries[2:]]
    game = MatrixGame(table)
    for x in (share, Fraction(0), Fraction(1)):
        assert bool(is_ess(game, [x, 1 - x])) == ess_of_two(table, x)
    (a, b), (c, d) = table
    if (b - d + c - a) and 0 < Fraction(b - d, b - d + c - a) < 1:
        mixed = Fraction(b - d, b - d + c - a)
        assert bool(is_ess(game, [mixed, 1 - mixed])) == ess_of_two(table, mixed)
    ess = tuple(name for name, x in (("1", Fraction(1)), ("2", Fraction(0))) if ess_of_two(table, x))
    assert find_ess_vertices(game) == ess


@settings(max_examples=80)
@given(st.lists(SMALL, min_size=9, max_size=9))
def test_three_strategies(entries: list[int]) -> None:
    """Pure states, edge and interior rest points of random tables, many with ties."""
    table = [entries[:3], entries[3:6], entries[6:]]
    game = MatrixGame(table)
    for point in find_rest_points(game):
        x = [Fraction(str(share)) for share in point.coordinates.values()]
        verdict = bool(is_ess(game, x))
        assert verdict == ess_of_three(table, x)
        if verdict:
            assert not invaded(table, x)
            # an ESS is asymptotically stable (Taylor and Jonker 1978)
            assert point.attracting in ("asymptotic", "unknown")


@settings(max_examples=80)
@given(st.lists(SMALL, min_size=9, max_size=9), st.integers(0, 44))
def test_states_with_invaders_are_never_called_ess(entries: list[int], number: int) -> None:
    table = [entries[:3], entries[3:6], entries[6:]]
    x = list(mixtures(3))[number]
    if invaded(table, x):
        assert not is_ess(MatrixGame(table), x)


@settings(max_examples=60)
@given(st.lists(SMALL, min_size=16, max_size=16))
def test_pure_states_of_four_strategies(entries: list[int]) -> None:
    """No grid of mutants may invade what is called an ESS; strict equilibria are ESS."""
    table = [entries[4 * i : 4 * i + 4] for i in range(4)]
    found = find_ess_vertices(MatrixGame(table))
    for j in range(4):
        losses = [table[j][j] - table[i][j] for i in range(4) if i != j]
        if min(losses) > 0:
            assert str(j + 1) in found
        if min(losses) < 0:
            assert str(j + 1) not in found
        if str(j + 1) in found:
            assert not invaded(table, [Fraction(int(i == j)) for i in range(4)], parts=3)


@settings(max_examples=100)
@given(st.lists(st.integers(-4, 4), min_size=6, max_size=6))
def test_strict_copositivity_of_three_by_three(entries: list[int]) -> None:
    """A symmetric matrix beside its values on a grid, and beside Hadeler's criterion (1983) in floating point."""
    a, b, c, d, e, f = entries
    form = [[Fraction(v) for v in row] for row in ([a, d, e], [d, b, f], [e, f, c])]
    found = is_strictly_copositive(form)
    if min(earned([[int(v) for v in row] for row in form], v, v) for v in mixtures(3, 12)) <= 0:
        assert not found
    if min(a, b, c) > 0:
        roots = np.sqrt([a * b, a * c, b * c])
        pairs = np.array([d, e, f]) + roots
        total = np.sqrt(a * b * c) + d * np.sqrt(c) + e * np.sqrt(b) + f * np.sqrt(a)
        if pairs.min() > 1e-9:
            inner = total + np.sqrt(2 * pairs.prod())
            if abs(inner) > 1e-9:
                assert found == (inner > 0)
    exact = np.linalg.det(np.array(form, dtype=float))
    assert float(determinant(form)) == pytest.approx(exact, abs=1e-9)


def test_states_are_read_exactly() -> None:
    hawk_dove = MatrixGame([["(V - C)/2", "V"], ["0", "V/2"]], ["hawk", "dove"])
    values = {"V": 4, "C": 6}
    assert is_ess(hawk_dove, {"hawk": "2/3", "dove": "1/3"}, values)
    assert not is_ess(hawk_dove, ["0.6667", "0.3333"], values)
    with pytest.raises(StateError, match="exactly 1"):
        is_ess(hawk_dove, [2 / 3, 1 / 3 + 1e-9], values)
    with pytest.raises(StateError, match="unknown strategy 'hawks'"):
        is_ess(hawk_dove, {"hawks": 1}, values)
    with pytest.raises(StateError, match="2 shares, got 3"):
        is_ess(hawk_dove, [1, 0, 0], values)


def test_several_populations_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="one population"):
        is_ess(NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]]), [1, 0])  # type: ignore[arg-type]


def test_values_reach_payoffs_that_divide() -> None:
    game = MatrixGame([["p/2/(1 - d)", "0"], ["p", "1"]])
    assert find_ess_vertices(game, {"p": 10, "d": "0.8"}) == ("1", "2")
    assert {e.profile for e in find_pure_nash_equilibria(game, {"p": 10, "d": "0.8"})} == {("1",), ("2",)}


def test_payoffs_with_shares_or_zero_denominators_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="depends on the share x"):
        is_ess(MatrixGame([["x", "2"], ["3", "4"]], symbol="x"), {"1": 1})
    with pytest.raises(ParameterError, match="divides by zero at a = 0"):
        find_ess_vertices(MatrixGame([["1/a", "2"], ["3", "4"]]), {"a": 0})
