"""Truths at many points: the same as one exact evaluation after the other, however the points came in."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of, any_of, sign
from coopgame.algebra.polynomials import Ring
from coopgame.algebra.truths import Truths
from coopgame.expressions import parse_condition, parse_expression

RING = Ring(["a", "b", "c"])
POLYNOMIALS = ("a - b", "b - 2*c", "a*b - c", "a + b + c - 1", "c", "a**2 - b")
SIGNS = st.builds(
    lambda text, relation: sign(RING, RING.from_expression(parse_expression(text)), relation),
    st.sampled_from(POLYNOMIALS),
    st.sampled_from(("<", "<=", ">", ">=", "=", "!=")),
)
CONDITIONS = st.recursive(
    st.one_of(SIGNS, st.sampled_from((TRUE, FALSE))),
    lambda inner: st.builds(
        lambda join, parts: join(*parts), st.sampled_from((all_of, any_of)), st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=8,
)
# whole numbers are exact in floats, and small ones meet equations often
ROWS = st.lists(st.tuples(*(st.integers(-2, 2),) * 3), min_size=0, max_size=90).map(
    lambda rows: np.array(rows, dtype=float).reshape(-1, 3)
)


def one_by_one(condition: Condition, rows: np.ndarray) -> list[bool]:
    return [condition.holds(dict(zip(RING.names, map(Fraction, row), strict=True))) for row in rows.tolist()]


@given(CONDITIONS, ROWS)
def test_conditions_hold_where_exact_numbers_say(condition: Condition, rows: np.ndarray) -> None:
    truths = Truths(RING, rows)
    wanted = one_by_one(condition, rows)
    assert truths.everywhere(condition) == all(wanted)
    assert truths.of(condition).tolist() == wanted
    assert truths.everywhere(condition) == all(wanted)  # now from what is remembered


@given(st.lists(CONDITIONS, min_size=1, max_size=3), ROWS, st.lists(ROWS, max_size=3))
@settings(max_examples=60)
def test_points_that_are_added_join_what_is_known(
    conditions: list[Condition], first: np.ndarray, more: list[np.ndarray]
) -> None:
    truths, all_rows = Truths(RING, first), first
    for rows in more:
        for condition in conditions[:1]:  # the others meet all points at once
            truths.of(condition)
        truths.add(rows)
        all_rows = np.concatenate([all_rows, rows])
        assert np.array_equal(truths.points, all_rows)
    for condition in conditions:
        assert truths.of(condition).tolist() == one_by_one(condition, all_rows)


def test_what_is_asked_later_does_not_change_what_came_back() -> None:
    """The array of a conjunction is a new one: the remembered signs stay as they were."""
    truths = Truths(RING, np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]))
    less, more = (
        sign(RING, RING.from_expression(part.difference), part.relation)
        for part in parse_condition("a < b and c < b")
    )
    before = truths.of(less).tolist()
    assert truths.of(all_of(less, more)).tolist() == [False, False]
    assert truths.of(any_of(less, more)).tolist() == [True, True]
    assert truths.of(less).tolist() == before == [True, False]


def test_a_sign_can_be_supposed() -> None:
    truths = Truths(RING, np.array([[1.0, 1.0, 0.0], [2.0, 1.0, 0.0]]))
    level = sign(RING, RING.from_expression(parse_expression("a - b")), ">")
    assert truths.of(level).tolist() == [False, True]
    truths.suppose(level, True)
    assert truths.of(level).tolist() == [True, True] and truths.everywhere(level)
    truths.suppose(level, False)
    assert truths.of(any_of(level, FALSE)).tolist() == [False, False]


def test_a_failure_beyond_the_first_points_is_seen() -> None:
    rows = np.ones((500, 3))
    rows[499] = [-1, 0, 0]
    positive = sign(RING, RING.from_expression(parse_expression("a")), ">")
    assert not Truths(RING, rows).everywhere(positive)
    assert Truths(RING, rows[:499]).everywhere(positive)
