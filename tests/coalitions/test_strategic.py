"""Worths by threat: values of matrix games against scipy and closed forms, and published characteristic functions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from coopgame import (
    MatrixGame,
    NormalFormGame,
    ParameterError,
    PopulationGame,
    UnsupportedError,
    coalitional_game_of,
    find_core,
    is_superadditive,
    mixed_maxmin,
    pure_maxmin,
    pure_minmax,
)

entries = st.integers(-6, 6).map(Fraction) | st.fractions(-3, 3, max_denominator=5)


@st.composite
def tables(draw: st.DrawFn, most: int = 4) -> list[list[Fraction]]:
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    return draw(st.lists(st.lists(entries, min_size=columns, max_size=columns), min_size=rows, max_size=rows))


@settings(max_examples=100)
@given(tables())
def test_values_of_matrix_games(payoffs: list[list[Fraction]]) -> None:
    table = np.array(payoffs, dtype=float)
    rows = len(table)
    done = linprog(
        [*[0.0] * rows, -1.0],
        np.column_stack([-table.T, np.ones(table.shape[1])]),
        np.zeros(table.shape[1]),
        [[*[1.0] * rows, 0.0]],
        [1.0],
        bounds=[*[(0, None)] * rows, (None, None)],
        method="highs",
    )
    value = mixed_maxmin(payoffs)
    assert float(value) == pytest.approx(-done.fun, abs=1e-7)
    assert pure_maxmin(payoffs) <= value <= pure_minmax(payoffs)
    # what one side secures the other cannot prevent, with payoffs and sides exchanged
    assert mixed_maxmin([[-entry for entry in column] for column in zip(*payoffs, strict=True)]) == -value


@given(st.lists(entries, min_size=4, max_size=4))
def test_the_value_of_two_by_two(numbers: list[Fraction]) -> None:
    """Without a saddle point it is (ad - bc)/(a + d - b - c) (von Neumann and Morgenstern 1944, section 18)."""
    a, b, c, d = numbers
    if pure_maxmin([[a, b], [c, d]]) < pure_minmax([[a, b], [c, d]]):
        assert mixed_maxmin([[a, b], [c, d]]) == (a * d - b * c) / (a + d - b - c)


def test_values_far_apart_in_size() -> None:
    big, tiny = Fraction(10) ** 300, Fraction(1, 10**300)
    assert mixed_maxmin([[big, Fraction(0)], [Fraction(0), tiny]]) == big * tiny / (big + tiny)


def three_person_majority() -> NormalFormGame:
    """Each names another; a pair that names each other takes 1 from the third."""
    names = ["1", "2", "3"]
    others = {name: [o for o in names if o != name] for name in names}
    table = {}
    for profile in product(*(others[name] for name in names)):
        choice = dict(zip(names, profile, strict=True))
        pair = [name for name in names if choice[choice[name]] == name]
        table[profile] = [(Fraction(1, 2) if name in pair else -1) if pair else 0 for name in names]
    return NormalFormGame(table, {f"player {name}": others[name] for name in names})


def test_von_neumanns_and_morgensterns_majority_game() -> None:
    """Von Neumann and Morgenstern (1944), section 21: v is -1 for one player, 1 for two, 0 for all; the game is essential, the core empty."""
    game = coalitional_game_of(three_person_majority())
    assert {size: {game.worth_of(m) for m in range(8) if m.bit_count() == size} for size in (1, 2, 3)} == {
        1: {-1},
        2: {1},
        3: {0},
    }
    assert find_core(game).empty


def test_parameters_get_values_and_players_their_names() -> None:
    inspection = NormalFormGame(
        {
            ("inspect", "cheat"): ("F - c", "g - F"),
            ("inspect", "comply"): ("-c", 0),
            ("rest", "cheat"): (0, "g - d"),
            ("rest", "comply"): (0, 0),
        },
        {"government": ["inspect", "rest"], "firm": ["cheat", "comply"]},
        name="inspection",
    )
    game = coalitional_game_of(inspection, {"F": 5, "c": 1, "g": 2, "d": 0})
    assert (game.players, game.name) == (("government", "firm"), "inspection")
    # the government is sure of 0 by resting, the firm by complying; together cheating unseen earns 2
    assert [game.worth(c) for c in ("government", "firm", "government, firm")] == [0, 0, 2]
    with pytest.raises(ParameterError, match="no value for F, c, d, g"):
        coalitional_game_of(inspection)


def test_a_matrix_game_has_two_players_of_its_population() -> None:
    game = coalitional_game_of(MatrixGame([[0, -2], ["v", "w"]], population="firm"), {"v": 2, "w": -1})
    assert game.players == ("firm 1", "firm 2")
    assert [game.worth([p]) for p in game.players] == [-1, -1]
    assert game.total == 0


@settings(max_examples=25)
@given(st.lists(st.integers(-5, 5), min_size=24, max_size=24))
def test_threats_compared(numbers: list[int]) -> None:
    """Three players with two strategies each: mixing helps both sides, and worths by maxmin are superadditive."""
    game = NormalFormGame(np.array(numbers).reshape(3, 2, 2, 2))
    mixed, low, high = (
        coalitional_game_of(game, threat=threat) for threat in (mixed_maxmin, pure_maxmin, pure_minmax)
    )
    for mask in range(8):
        assert low.worth_of(mask) <= mixed.worth_of(mask) <= high.worth_of(mask)
    assert mixed.total == low.total == high.total == max(sum(numbers[i::8]) for i in range(8))
    assert is_superadditive(mixed) and is_superadditive(low)
    # by definition: one player against both others, who act as one
    payoffs = np.array(numbers).reshape(3, 2, 2, 2)
    for p, player in enumerate(low.players):
        own = np.moveaxis(payoffs[p], p, 0).reshape(2, 4)
        assert low.worth([player]) == own.min(axis=1).max()
        assert high.worth([player]) == own.max(axis=0).min()
        rest = np.moveaxis(payoffs.sum(axis=0) - payoffs[p], p, 0).reshape(2, 4)
        assert high.worth([q for q in low.players if q != player]) == rest.max(axis=1).min()


def test_what_has_no_table_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="depends on the own share"):
        coalitional_game_of(PopulationGame({"a": {"C": "x", "D": 0}, "b": {"E": 0, "F": 1}}))
    with pytest.raises(UnsupportedError, match="more than 20000"):
        coalitional_game_of(NormalFormGame(np.zeros((2, 200, 101), dtype=int)))
