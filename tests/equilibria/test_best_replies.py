"""Best-reply curves beside trying both strategies at every share, and their meetings beside all Nash equilibria."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, find_best_replies, nash_equilibria
from coopgame.equilibria.best_replies import Segment
from coopgame.errors import UnsupportedError

ENTRIES = st.lists(st.integers(-2, 2), min_size=8, max_size=8)


def on_curve(segments: tuple[Segment, ...], x: Fraction, y: Fraction) -> bool:
    return any(
        min(a[0], b[0]) <= x <= max(a[0], b[0]) and min(a[1], b[1]) <= y <= max(a[1], b[1]) for a, b in segments
    )


@settings(max_examples=150, deadline=None)
@given(ENTRIES)
def test_a_point_is_on_the_curve_where_no_strategy_does_better(entries: list[int]) -> None:
    a, b = np.array(entries, dtype=object).reshape(2, 2, 2)
    replies = find_best_replies(NormalFormGame.from_bimatrix(a.tolist(), b.tolist()))
    grid = [Fraction(k, 12) for k in range(13)]
    for x in grid:
        for y in grid:
            row = [a[i][0] * y + a[i][1] * (1 - y) for i in (0, 1)]
            column = [b[0][j] * x + b[1][j] * (1 - x) for j in (0, 1)]
            wanted = (
                x * row[0] + (1 - x) * row[1] == max(row),
                y * column[0] + (1 - y) * column[1] == max(column),
            )
            for p in (0, 1):
                assert (replies.indifferent[p] or on_curve(replies.curves[p], x, y)) == wanted[p]


@settings(max_examples=60, deadline=None)
@given(ENTRIES)
def test_all_extreme_equilibria_are_on_both_curves(entries: list[int]) -> None:
    game = NormalFormGame.from_bimatrix([entries[:2], entries[2:4]], [entries[4:6], entries[6:]])
    replies = find_best_replies(game)
    for equilibrium in nash_equilibria(game):
        x, y = (Fraction(next(iter(own.values()))) for own in equilibrium.strategies)
        for p in (0, 1):
            assert replies.indifferent[p] or on_curve(replies.curves[p], x, y)


def test_one_population_stands_for_two_players_and_other_sizes_are_refused() -> None:
    hawk_dove = find_best_replies(MatrixGame([["(V - C)/2", "V"], ["0", "V/2"]]), {"V": 4, "C": 6})
    assert (Fraction(1), Fraction(2, 3)) in [point for segment in hawk_dove.curves[0] for point in segment]
    with pytest.raises(UnsupportedError, match="this game has 3 x 3"):
        find_best_replies(MatrixGame(np.eye(3).tolist()))


def test_what_best_replies_print() -> None:
    coordination = find_best_replies(NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 0]]))
    # the first player is indifferent where y = 1/3; the second earns the same by both where x = 0
    assert str(coordination).splitlines()[1:] == [
        "best replies of player1: (0, 0) to (0, 1/3) to (1, 1/3) to (1, 1)",
        "best replies of player2: (0, 0) to (0, 1) to (1, 1)",
    ]
    alike = find_best_replies(MatrixGame([[1, 2], [1, 2]]))
    assert str(alike).endswith("best replies of player 2: everything to everything")
