"""Risk dominance and p-dominance beside their definitions, conditions beside values, and published games."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    catalog,
    find_p_dominance,
    find_pure_nash_equilibria,
    find_risk_dominance_conditions,
    find_risk_dominant,
)
from coopgame.errors import UnsupportedError


def bimatrix(row: Any, column: Any) -> NormalFormGame:
    return NormalFormGame.from_bimatrix(row, column)


def stays(payoffs: np.ndarray, profile: tuple[int, int], p: Fraction) -> bool:
    """Whether both strategies are best replies to all beliefs with probability p on the other's; the rest on one other strategy is the worst."""
    for table, own, other in ((payoffs[0], profile[0], profile[1]), (payoffs[1].T, profile[1], profile[0])):
        for rest in range(table.shape[1]):
            earned = [p * int(row[other]) + (1 - p) * int(row[rest]) for row in table]
            if earned[own] < max(earned):
                return False
    return True


@settings(max_examples=80)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 100_000), st.integers(1, 9))
def test_thresholds_are_where_staying_begins(rows: int, columns: int, seed: int, top: int) -> None:
    payoffs = np.random.default_rng(seed).integers(-top, top + 1, (2, rows, columns))
    game = bimatrix(*(table.tolist() for table in payoffs))
    found = find_p_dominance(game)
    assert {e.profile: e.strict for e in found} == {e.profile: e.strict for e in find_pure_nash_equilibria(game)}
    for e in found:
        place = tuple(int(name) - 1 for name in e.profile)
        assert stays(payoffs, place, e.p) and stays(payoffs, place, (e.p + 1) / 2)
        if e.p > 0:
            assert not stays(payoffs, place, e.p - Fraction(1, 10**9))
        assert e.half_dominant == stays(payoffs, place, Fraction(1, 2))
    assert [e.p for e in found] == sorted(e.p for e in found)


@settings(max_examples=100)
@given(st.lists(st.integers(1, 20), min_size=4, max_size=4))
def test_risk_dominance_is_a_threshold_sum_below_one(losses: list[int]) -> None:
    """Harsanyi and Selten (1988): of two strict equilibria of a 2x2 game that with the larger Nash product; the same as thresholds that add up to less than 1."""
    a, b, c, d = losses
    game = bimatrix([[a, 0], [0, c]], [[b, 0], [0, d]])
    found = find_risk_dominant(game)
    thresholds = {e.profile: sum(e.thresholds) for e in find_p_dominance(game)}
    assert found.products == (a * b, c * d) and found.losses == ((a, b), (c, d))
    if found.dominant is None:
        assert a * b == c * d and set(thresholds.values()) == {1}
    else:
        assert thresholds[found.dominant] < 1
        assert found.dominant == (("1", "1") if a * b > c * d else ("2", "2"))


@settings(max_examples=60)
@given(st.lists(st.integers(-9, 9), min_size=8, max_size=8))
def test_conditions_say_at_values_what_the_numbers_say(numbers: list[int]) -> None:
    names = ["a", "b", "c", "d", "e", "f", "g", "h"]
    game = bimatrix([["a", "b"], ["c", "d"]], [["e", "f"], ["g", "h"]])
    values = dict(zip(names, numbers, strict=True))
    holding = {
        profile
        for profile, condition in find_risk_dominance_conditions(game).items()
        if condition.holds({name: Fraction(v) for name, v in values.items()})
    }
    try:
        found = find_risk_dominant(game, values)
    except UnsupportedError:
        assert holding == set()
        return
    assert holding == ({found.dominant} if found.dominant else set())


@settings(max_examples=60)
@given(st.lists(st.integers(-9, 9), min_size=4, max_size=4))
def test_conditions_of_one_population(numbers: list[int]) -> None:
    game = MatrixGame([["a", "b"], ["c", "d"]])
    values = dict(zip("abcd", numbers, strict=True))
    conditions = find_risk_dominance_conditions(game)
    holding = {
        profile
        for profile, condition in conditions.items()
        if condition.holds({name: Fraction(v) for name, v in values.items()})
    }
    a, b, c, d = numbers
    expected = {("1", "1")} if a > c and d > b and a + b > c + d else set()
    expected |= {("2", "2")} if a > c and d > b and a + b < c + d else set()
    assert holding == expected


def test_stag_hunt() -> None:
    """Harsanyi and Selten (1988), section 3.9, and Aumann's stag hunt: the equilibrium that pays less is the safer one."""
    game = MatrixGame([[9, 0], [8, 7]], ["c", "d"])  # Aumann (1990), payoffs 9, 8, 7, 0
    found = find_risk_dominant(game)
    assert found.dominant == ("d", "d") and found.products == (1, 49)
    assert {e.profile: e.p for e in find_p_dominance(game)} == {
        ("c", "c"): Fraction(7, 8),
        ("d", "d"): Fraction(1, 8),
    }
    text = {profile[0]: str(c) for profile, c in find_risk_dominance_conditions(catalog.stag_hunt()).items()}
    assert len(text) == 2


def test_no_equilibrium_needs_to_be_half_dominant() -> None:
    """The coordination game of Young (1993), Econometrica 61, 57-84, with equilibria that pay 6, 7 and 8; thresholds by hand."""
    game = MatrixGame([[6, 0, 0], [5, 7, 5], [0, 5, 8]])
    found = {e.profile[0]: e for e in find_p_dominance(game)}
    assert set(found) == {"1", "2", "3"}
    assert all(e.strict for e in found.values())
    assert found["1"].p == Fraction(7, 8)  # against 2: 6p > 5p + 7(1 - p)
    assert found["2"].p == Fraction(3, 5)  # against 3: 7p + 5(1 - p) > 5p + 8(1 - p)
    assert found["3"].p == Fraction(5, 8)  # against 2, the rest on 1: 8p > 5p + 5(1 - p)
    assert not any(e.half_dominant for e in found.values())


def test_equal_products_and_equilibria_off_the_diagonal() -> None:
    even = find_risk_dominant(bimatrix([[1, 0], [0, 2]], [[2, 0], [0, 1]]))
    assert even.dominant is None and "neither risk-dominates" in str(even)
    crossed = find_risk_dominant(bimatrix([[0, 3], [1, 0]], [[0, 1], [1, 0]]))
    assert crossed.profiles == (("1", "2"), ("2", "1")) and crossed.dominant == ("1", "2")


def test_what_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="this game has 1 at these values"):
        find_risk_dominant(MatrixGame([[3, 0], [5, 1]]))
    with pytest.raises(UnsupportedError, match="got 3 x 3"):
        find_risk_dominant(MatrixGame(np.eye(3, dtype=int)))
    with pytest.raises(UnsupportedError, match="has 0 at these values"):  # two asymmetric equilibria, none symmetric
        find_risk_dominant(MatrixGame([[0, 2], [1, 0]]))
    with pytest.raises(UnsupportedError, match="two players with two strategies"):
        find_risk_dominance_conditions(MatrixGame(np.eye(3, dtype=int)))
    three = NormalFormGame([np.zeros((2, 2, 2), dtype=int).tolist()] * 3)
    for find in (find_risk_dominant, find_p_dominance):
        with pytest.raises(UnsupportedError):
            find(three)


def test_degenerate_games() -> None:
    assert [e.p for e in find_p_dominance(bimatrix([[0]], [[0]]))] == [0]
    zeros = find_p_dominance(bimatrix([[0, 0], [0, 0]], [[0, 0], [0, 0]]))
    assert len(zeros) == 4 and all(e.p == 0 and not e.strict for e in zeros)
    none = find_p_dominance(catalog.matching_pennies())
    assert len(none) == 0 and str(none) == "no pure equilibrium" and len(none.to_dataframe()) == 0
    weak = find_p_dominance(bimatrix([[1, 0], [1, 5]], [[1, 0], [0, 1]]))
    assert {e.profile: e.p for e in weak}["1", "1"] == 1  # a tie: only a sure player stays


@pytest.mark.parametrize("unit", ["1e-300", "1e300"])
def test_units_change_nothing(unit: str) -> None:
    game = MatrixGame([[f"9*{unit}", "0"], [f"8*{unit}", f"7*{unit}"]])
    assert [e.p for e in find_p_dominance(game)] == [Fraction(1, 8), Fraction(7, 8)]
    assert find_risk_dominant(game).dominant == ("2", "2")


def test_tables() -> None:
    table = find_p_dominance(MatrixGame([[9, 0], [8, 7]], ["c", "d"])).to_dataframe()
    assert table["profile"].tolist() == ["d, d", "c, c"] and table["half_dominant"].tolist() == [True, False]
    assert "<td>d, d</td>" in find_p_dominance(MatrixGame([[9, 0], [8, 7]], ["c", "d"]))._repr_html_()
