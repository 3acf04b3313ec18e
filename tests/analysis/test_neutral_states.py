"""Neutrally stable states beside the definition on grids, single ESS, and textbook games."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product

import pytest

from coopgame import MatrixGame, NormalFormGame, find_es_sets, find_ess, find_nss, is_nss
from coopgame.errors import ParameterError, UnsupportedError

Row = list[Fraction]


def mixtures(size: int, parts: int) -> Iterator[Row]:
    for head in product(range(parts + 1), repeat=size - 1):
        if sum(head) <= parts:
            yield [Fraction(k, parts) for k in (*head, parts - sum(head))]


def earned(table: list[list[int]], x: Row, y: Row) -> Fraction:
    return sum((x[i] * table[i][j] * y[j] for i in range(len(x)) for j in range(len(y))), Fraction(0))


def neutral(table: list[list[int]], x: Row, parts: int) -> bool:
    """The definition, along the way from x to every mixture on a grid: the first coefficient that is not 0 must not favour the mutant."""
    for y in mixtures(len(x), parts):
        first = earned(table, x, x) - earned(table, y, x)
        second = earned(table, x, y) - earned(table, y, y)
        if first < 0 or (first == 0 and second < 0):
            return False
    return True


@pytest.mark.parametrize("size", [2, 3])
def test_the_definition_on_a_grid(size: int) -> None:
    """Entries from -1 to 1: where a mutant invades, one on the grid of twelfths does."""
    rng = random.Random(size)
    met = {True: 0, False: 0}
    for _ in range(40):
        table = [[rng.randint(-1, 1) for _ in range(size)] for _ in range(size)]
        found = find_nss(MatrixGame(table))
        for x in mixtures(size, 6):
            inside = sum(one.contains(x) for one in found)
            assert inside == neutral(table, x, 12)
            met[bool(inside)] += 1
    assert min(met.values()) > 50


def test_membership_is_the_verdict_on_the_state() -> None:
    rng = random.Random(5)
    for _ in range(25):
        game = MatrixGame([[rng.randint(-1, 1) for _ in range(4)] for _ in range(4)])
        found = find_nss(game)
        for x in mixtures(4, 4):
            assert sum(one.contains(x) for one in found) == bool(is_nss(game, x))
        for one in found:  # the extreme points of pieces are equilibria, and stable unless they are listed as lacking
            for end in {tuple(end.values()) for piece in one.pieces for end in piece}:
                lacking = any(end in [tuple(e.values()) for e in piece] for piece in one.without)
                assert one.contains(end) or lacking


def test_the_ess_are_among_them() -> None:
    rng = random.Random(9)
    continua = 0
    for _ in range(60):
        game = MatrixGame([[rng.randint(-1, 1) for _ in range(4)] for _ in range(4)])
        found = find_nss(game)
        points = {tuple(s.pieces[0][0].values()) for s in found if s.ess}
        assert all(s.is_point for s in found if s.ess)
        assert points == {tuple(Fraction(str(v)) for v in s.shares.values()) for s in find_ess(game)}
        for one in find_es_sets(game):  # an ES set consists of neutrally stable states
            assert all(any(s.contains(end) for s in found) for piece in one.pieces for end in piece)
        continua += sum(not s.is_point for s in found)
    assert continua > 10


def test_textbook_games() -> None:
    """Rock, paper, scissors: the even mixture is neutrally stable alone; one payoff for all: everything is."""
    rock = find_nss(MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["rock", "paper", "scissors"]))
    assert [str(s) for s in rock] == ["rock = 1/3, paper = 1/3, scissors = 1/3"]
    assert not rock[0].ess and "one state" in rock._repr_html_()
    even = find_nss(MatrixGame([[5, 5], [5, 5]]))
    assert [str(s) for s in even] == ["between (1 = 1) and (2 = 1)"] and "a continuum" in even._repr_html_()
    nothing = find_nss(MatrixGame([[0, 2, -1], [-1, 0, 2], [2, -1, 0]]).substitute({}))
    assert [s.ess for s in nothing] == [True]
    unstable = find_nss(MatrixGame([[0, 1, -2], [-2, 0, 1], [1, -2, 0]]))
    assert str(unstable).startswith("no NSS")


def test_tit_for_tat_is_neutral_up_to_a_border() -> None:
    """Repeated dilemma with defectors, cooperators and retaliators: cooperators drift in among retaliators up to a share at which defectors earn as much.

    A long repetition gives retaliators 3 among themselves and with cooperators, defectors 1 against retaliators and 5 against cooperators: with a share c of
    cooperators defectors earn 5 c + (1 - c) < 3 for c < 1/2. At c = 1/2 they enter and do better against the mixture as c grows.
    """
    game = MatrixGame([[1, 5, 1], [0, 3, 3], [1, 3, 3]], ["defect", "cooperate", "retaliate"])
    (found,) = find_nss(game)
    assert str(found).startswith("between (retaliate = 1) and (cooperate = 1/2, retaliate = 1/2)")
    assert found.contains({"cooperate": "0.49", "retaliate": "0.51"}) and not found.contains({"cooperate": 1})
    assert found.contains({"cooperate": "1/2", "retaliate": "1/2"}) == neutral(
        [[1, 5, 1], [0, 3, 3], [1, 3, 3]], [Fraction(0), Fraction(1, 2), Fraction(1, 2)], 12
    )


def test_refusals() -> None:
    with pytest.raises(UnsupportedError, match="one population"):
        find_nss(NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]]))
    with pytest.raises(ParameterError, match="no value for a"):
        find_nss(MatrixGame([["a", 0], [0, 1]]))
    with pytest.raises(UnsupportedError, match="up to 14"):
        find_nss(MatrixGame([[int(i == j) for j in range(15)] for i in range(15)]))
