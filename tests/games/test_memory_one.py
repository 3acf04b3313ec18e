"""Strategies of memory one: entries, errors, the named ones, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

from coopgame import (
    GameError,
    MemoryOne,
    ParameterError,
    always_cooperate,
    always_defect,
    generous_tit_for_tat,
    grim,
    pure_memory_one,
    tit_for_tat,
    win_stay_lose_shift,
)


def test_named_strategies_do_what_their_names_say() -> None:
    """After CC, CD, DC, DD, then at first; tables of Nowak and Sigmund (1993) and Press and Dyson (2012)."""
    assert always_cooperate().entries == (1, 1, 1, 1, 1)
    assert always_defect().entries == (0, 0, 0, 0, 0)
    assert tit_for_tat().entries == (1, 0, 1, 0, 1)
    assert tit_for_tat(0).entries == (1, 0, 1, 0, 0)
    assert win_stay_lose_shift().entries == (1, 0, 0, 1, 1)
    assert grim().entries == (1, 0, 0, 0, 1)
    assert generous_tit_for_tat("1/3").entries == (1, sympy.Rational(1, 3), 1, sympy.Rational(1, 3), 1)


def test_the_pure_ones_are_16_and_32() -> None:
    unsaid, all_of_them = pure_memory_one(), pure_memory_one(1) | pure_memory_one(0)
    assert len(set(unsaid.values())) == 16 and len(set(all_of_them.values())) == 32
    assert {rule.entries for rule in all_of_them.values()} == {tuple(int(b) for b in f"{k:05b}") for k in range(32)}
    assert all(rule.first is None for rule in unsaid.values())
    assert all_of_them["C1001"] == win_stay_lose_shift() and all_of_them["C1010"] == tit_for_tat()
    with pytest.raises(ParameterError, match="begins with 1 or 0"):
        pure_memory_one("1/2")


def test_numbers_are_exact_and_floats_are_the_numbers_they_are() -> None:
    rule = MemoryOne([0.1, "0.1", Fraction(1, 3), "q/2"], first=1e-300)
    assert rule.after[0] == sympy.Rational(*(0.1).as_integer_ratio()) != rule.after[1]
    assert rule.after[1] == sympy.Rational(1, 10)
    assert rule.after[3] == sympy.Symbol("q") / 2
    assert rule.first == sympy.Rational(*(1e-300).as_integer_ratio()) > 0
    assert MemoryOne(np.array([1.0, 0.0, 1.0, 0.0]), 1) == tit_for_tat()
    assert len({rule, MemoryOne([0.1, "0.1", Fraction(1, 3), "q/2"], first=1e-300)}) == 1


def test_an_error_turns_an_action_into_the_other_one() -> None:
    with_error = MemoryOne([1, 0, "1/2", "q"], "1/4").with_error("1/10")
    q = sympy.Symbol("q")
    assert with_error.after[:3] == (sympy.Rational(9, 10), sympy.Rational(1, 10), sympy.Rational(1, 2))
    assert sympy.expand(with_error.after[3] - (q * sympy.Rational(9, 10) + (1 - q) / 10)) == 0
    assert with_error.first == sympy.Rational(3, 10)  # 1/4 * 9/10 + 3/4 * 1/10
    assert tit_for_tat().with_error(1).after == (0, 1, 0, 1)
    assert MemoryOne([1, 0, 0, 1]).with_error("e").first is None


@pytest.mark.parametrize("after", ["1010", 7, (1, 0, 1), [], (1, 0, 1, 0, 1)])
def test_four_entries_are_needed(after: object) -> None:
    with pytest.raises(GameError, match="four probabilities"):
        MemoryOne(after)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong", [-1, "1.01", 2, float("nan"), float("inf"), True, "sqrt(2)/2", "exp(q)", sympy.sqrt(2) / 2]
)
def test_what_is_no_probability_is_refused(wrong: object) -> None:
    with pytest.raises(ParameterError, match="after CD"):
        MemoryOne([1, wrong, 0, 0])
    with pytest.raises(ParameterError):
        MemoryOne([1, 0, 0, 0], first=wrong)
    with pytest.raises(ParameterError):
        grim().with_error(wrong)
