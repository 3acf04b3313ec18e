"""Games of Nashpy and pygambit: the orientation is kept, payoffs are exact, what cannot be taken over is refused."""

from __future__ import annotations

import sys
from fractions import Fraction
from itertools import product

import nashpy
import numpy as np
import pytest

from coopgame import (
    GameError,
    MatrixGame,
    MissingExtraError,
    NormalFormGame,
    ParameterError,
    UnsupportedError,
    from_nashpy,
    from_pygambit,
    to_nashpy,
    to_pygambit,
)

# Battle of the sexes with different numbers everywhere: a transposed table would show.
ROW, COLUMN = [[3, 0, 7], [1, 2, 5]], [[2, 4, 6], [8, 3, 9]]


def test_nashpy_indexes_row_then_column_for_both_players() -> None:
    theirs = nashpy.Game(ROW, COLUMN)
    game = from_nashpy(theirs, {"she": ["ballet", "fight"], "he": ["ballet", "fight", "home"]}, name="sexes")
    assert game.name == "sexes"
    for i, j in product(range(2), range(3)):
        profile = [p.strategies[s] for p, s in zip(game.populations, (i, j), strict=True)]
        # what nashpy itself says of the pure profile
        assert [int(u) for u in game.payoff(profile)] == theirs[np.eye(2)[i], np.eye(3)[j]].tolist()
    back = to_nashpy(game)
    assert [m.tolist() for m in back.payoff_matrices] == [ROW, COLUMN]


def test_a_zero_sum_game_of_nashpy_has_the_second_table() -> None:
    game = from_nashpy(nashpy.Game([[1, -1], [-1, 1]]))
    assert {p: game.payoff(p) for p in game.profiles}["1", "2"] == (-1, 1)


def test_a_matrix_game_is_the_symmetric_game_of_two() -> None:
    back = to_nashpy(MatrixGame([["a", "b"], ["c", "d"]]), {"a": 1, "b": 2, "c": 3, "d": "1/4"})
    assert [m.tolist() for m in back.payoff_matrices] == [[[1, 2], [3, 0.25]], [[1, 3], [2, 0.25]]]


def test_floats_stay_what_they_are_and_fractions_exact() -> None:
    half = nashpy.Game(np.array([[0.1]]), np.array([[Fraction(1, 3)]]))
    first, second = from_nashpy(half).payoff(("1", "1"))
    assert Fraction(int(first.p), int(first.q)) == Fraction(0.1)
    assert Fraction(int(second.p), int(second.q)) == Fraction(1, 3)


@pytest.mark.parametrize("dtype", [np.int8, np.uint64, np.float16, np.float32, np.float64, object])
def test_arrays_of_all_kinds_are_exact(dtype: type) -> None:
    array = np.array([[1, 2], [3, 4]]).astype(dtype) / (3 if dtype in (np.float32, np.float64) else 1)
    game = NormalFormGame([array, array.T])
    for i, j in product(range(2), repeat=2):
        first, second = game.payoff((str(i + 1), str(j + 1)))
        assert Fraction(int(first.p), int(first.q)) == Fraction(float(array[i, j]))
        assert Fraction(int(second.p), int(second.q)) == Fraction(float(array[j, i]))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1j, None, True])
def test_a_payoff_that_is_no_number_is_named(wrong: object) -> None:
    array = np.array([[1, 2], [3, 4]], dtype=object)
    array[1, 0] = wrong
    with pytest.raises(GameError, match="payoff of 'player2' at '2, 1'"):
        NormalFormGame([np.ones((2, 2)), array])
    with pytest.raises(GameError, match="payoff of '2' against '1'"):
        MatrixGame(array)


def test_what_nashpy_cannot_hold_is_refused() -> None:
    three = NormalFormGame(np.zeros((3, 2, 2, 2), dtype=int))
    with pytest.raises(UnsupportedError, match="two players, this one has 3"):
        to_nashpy(three)
    with pytest.raises(UnsupportedError, match="too large for a float"):
        to_nashpy(MatrixGame([[10**400]]))
    with pytest.raises(ParameterError, match="no value for b"):
        to_nashpy(MatrixGame([["b"]]))
    with pytest.raises(GameError, match=r"got list; a nashpy\.Game is needed"):
        from_nashpy([ROW, COLUMN])  # type: ignore[arg-type]


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygambit", None)
    with pytest.raises(MissingExtraError, match=r"coopgame-egt\[gambit\]"):
        to_pygambit(MatrixGame([[1]]))
    with pytest.raises(GameError, match=r"got str; a pygambit\.Game is needed"):
        from_pygambit("NFG")  # type: ignore[arg-type]


def test_pygambit_holds_the_same_payoffs_exactly() -> None:
    pytest.importorskip("pygambit")
    shape = (2, 3, 2)
    payoffs = np.empty((3, *shape), dtype=object)
    for n, index in enumerate(np.ndindex(3, *shape)):
        payoffs[index] = Fraction(n * n - 50, 7)
    game = NormalFormGame(payoffs)
    theirs = to_pygambit(game)
    assert [len(p.strategies) for p in theirs.players] == list(shape)
    for place in np.ndindex(*shape):
        for p, player in enumerate(theirs.players):
            assert Fraction(str(theirs[place][player])) == payoffs[(p, *place)]
    assert from_pygambit(theirs) == game


def test_a_game_made_in_pygambit_is_read_with_its_names() -> None:
    pygambit = pytest.importorskip("pygambit")
    theirs = pygambit.Game.from_arrays(ROW, COLUMN, title="sexes")
    for player, label in zip(theirs.players, ("she", "he"), strict=True):
        player.label = label
    game = from_pygambit(theirs)
    assert game.name == "sexes"
    assert [p.name for p in game.populations] == ["she", "he"]
    assert [[game.payoff((str(i), str(j)))[0] for j in (1, 2, 3)] for i in (1, 2)] == ROW
    assert [[game.payoff((str(i), str(j)))[1] for j in (1, 2, 3)] for i in (1, 2)] == COLUMN


def test_a_tree_of_pygambit_becomes_its_strategic_form() -> None:
    """Entry deterrence: after `enter` the incumbent answers; `stay out` ends the game."""
    pygambit = pytest.importorskip("pygambit")
    tree = pygambit.Game.new_tree(players=["entrant", "incumbent"])
    tree.append_move(tree.root, "entrant", ["enter", "out"])
    enter, out = tree.root.children
    tree.append_move(enter, "incumbent", ["fight", "share"])
    fight, share = enter.children
    for n, (node, payoffs) in enumerate(((out, [0, 2]), (fight, [-1, -1]), (share, [1, 1]))):
        tree.set_outcome(node, tree.add_outcome(f"end {n}", payoffs))
    game = from_pygambit(tree)
    assert [game.payoff(profile) for profile in game.profiles] == [(-1, -1), (1, 1), (0, 2), (0, 2)]


def test_names_that_pygambit_cannot_give_back_are_refused() -> None:
    pygambit = pytest.importorskip("pygambit")
    with pytest.raises(UnsupportedError, match="ASCII only, and '合'"):
        to_pygambit(MatrixGame([[1]], ["合作"]))
    with pytest.raises(UnsupportedError, match="pygambit refuses the names of this game"):
        to_pygambit(MatrixGame([[1, 2], [3, 4]], ["2", "1"]))
    theirs = pygambit.Game.from_arrays(ROW, COLUMN)
    theirs.title = "x"
    assert from_pygambit(theirs).name == "x"
