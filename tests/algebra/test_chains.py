"""Laws of small Markov chains against powers of matrices, periods and absorption included."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame.algebra.chains import Field, closed_sets, discounted_law, long_run_law, mean_law, stationary
from coopgame.algebra.linear import solve
from coopgame.expressions import parse_expression

WEIGHTS = st.lists(st.integers(0, 2), min_size=5, max_size=5).filter(any)
CHAINS = st.lists(WEIGHTS, min_size=5, max_size=5)
START = [fmpq(1, 2), fmpq(0), fmpq(1, 4), fmpq(0), fmpq(1, 4)]


def chain(weights: list[list[int]]) -> list[list[fmpq]]:
    return [[fmpq(w, sum(row)) for w in row] for row in weights]


def floats(rows: list[list[fmpq]]) -> np.ndarray:
    return np.array([[float(Fraction(int(x.p), int(x.q))) for x in row] for row in rows])


def law_in_floats(law: list[fmpq]) -> np.ndarray:
    return floats([law])[0]


@settings(deadline=None, max_examples=60)
@given(CHAINS)
def test_the_long_run_is_the_limit_of_means(weights: list[list[int]]) -> None:
    """The lazy chain has the same limit of means and no periods; 60 squarings reach it."""
    rows = chain(weights)
    lazy = (np.eye(5) + floats(rows)) / 2
    for _ in range(60):
        lazy = lazy @ lazy
        lazy /= lazy.sum(axis=1, keepdims=True)
    found = long_run_law(rows, START)
    assert sum(found) == 1
    assert law_in_floats(found) == pytest.approx(law_in_floats(START) @ lazy, abs=1e-10)
    for own in closed_sets(rows):
        law = stationary(rows, own)
        assert all(sum(law[i] * rows[i][j] for i in range(5)) == law[j] for j in range(5))
        assert sum(law) == 1 and all((law[i] > 0) == (i in own) for i in range(5))


@settings(deadline=None, max_examples=40)
@given(CHAINS, st.integers(1, 40))
def test_means_over_rounds_are_sums_of_powers(weights: list[list[int]], count: int) -> None:
    rows, law, total = chain(weights), START, [fmpq(0)] * 5
    for _ in range(count):
        total = [a + b for a, b in zip(total, law, strict=True)]
        law = [sum(law[i] * rows[i][j] for i in range(5)) for j in range(5)]
    assert mean_law(rows, START, count) == [a / count for a in total]


@settings(deadline=None, max_examples=40)
@given(CHAINS)
def test_the_discounted_law_solves_its_recursion(weights: list[list[int]]) -> None:
    """v = (1 - d) start + d v M, which has one solution for d < 1."""
    rows, factor = chain(weights), fmpq(7, 9)
    law = discounted_law(rows, START, factor)
    for j in range(5):
        assert law[j] == (1 - factor) * START[j] + factor * sum(law[i] * rows[i][j] for i in range(5))


def test_symbols_stand_for_numbers_inside() -> None:
    """Two states with chances a and b of a change: (b, a)/(a + b); with b = 0 identically the second one absorbs."""
    field = Field(["a", "b"])
    a, b = (field.read(parse_expression(name)) for name in "ab")
    zero, one = field.number(0), field.number(1)
    law = [str(field.write(x)) for x in long_run_law([[1 - a, a], [b, 1 - b]])]
    assert law == ["b/(a + b)", "a/(a + b)"]
    assert [str(field.write(x)) for x in long_run_law([[1 - a, a], [zero, one]])] == ["0", "1"]
    apart = [[one, zero], [zero, one]]
    assert closed_sets(apart) == [[0], [1]]
    assert [str(field.write(x)) for x in long_run_law(apart, [a, 1 - a])] == ["a", "1 - a"]
    with pytest.raises(ValueError, match="needs the law of its first state"):
        long_run_law(apart)


def test_linear_equations_in_numbers_and_in_symbols_agree() -> None:
    table = [[2, 1, 0], [0, 3, 1], [1, 0, 4]]
    right = [1, 2, 3]
    exact = solve([[fmpq(x) for x in row] for row in table], [fmpq(x) for x in right])
    field = Field(["a"])
    symbolic = solve([[field.number(x) for x in row] for row in table], [field.number(x) for x in right])
    assert [field.write(x) for x in symbolic] == [Field([]).write(x) for x in exact]
    assert all(sum(r * x for r, x in zip(row, exact, strict=True)) == b for row, b in zip(table, right, strict=True))
