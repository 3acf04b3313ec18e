"""Equilibria of a game inside one population: against all vertices tried, against find_es_sets, and against the two-player game."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from coopgame import MatrixGame, NashEquilibria, NormalFormGame, find_es_sets, find_rest_points, nash_equilibria
from coopgame.equilibria import components, feasible_bases, one_population
from tests.equilibria.brute_force import extreme_states

Table = list[list[Fraction]]


def random_table(rng: random.Random, size: int, top: int) -> Table:
    return [[Fraction(rng.randint(0, top)) for _ in range(size)] for _ in range(size)]


def states(found: NashEquilibria) -> list[tuple[Any, ...]]:
    return [tuple(e.strategies[0].values()) for e in found]


@pytest.mark.parametrize("top", [1, 2, 30])
def test_small_games_against_all_vertices(top: int) -> None:
    rng = random.Random(top)
    for _ in range(50):
        table = random_table(rng, rng.randint(1, 4), top)
        found = nash_equilibria(MatrixGame(table))
        assert frozenset(states(found)) == extreme_states(table) and len(set(states(found))) == len(found)
        assert found.complete and sum(part.index or 0 for part in found.components) == 1


def test_components_are_those_of_es_sets() -> None:
    """`find_es_sets` solves every support and joins cells of equal supports and best replies: another way to the same sets."""
    rng = random.Random(5)
    continua = 0
    for _ in range(120):
        table = random_table(rng, rng.randint(1, 5), rng.choice([1, 2]))
        game = MatrixGame(table)
        found, sets = nash_equilibria(game), find_es_sets(game)
        mine = {frozenset(frozenset(states(found)[k] for k in piece) for piece in p.pieces) for p in found.components}
        theirs = {
            frozenset(frozenset(tuple(end.values()) for end in piece) for piece in s.pieces)
            for s in (*sets.sets, *sets.others)
        }
        assert mine == theirs
        continua += any(not part.is_point for part in found.components)
    assert continua > 20


def test_the_two_player_game_has_them_and_more() -> None:
    rng = random.Random(6)
    more = 0
    for size in (2, 3, 5, 6):
        for _ in range(8):
            table = random_table(rng, size, 40)
            alone = nash_equilibria(MatrixGame(table))
            both = nash_equilibria(NormalFormGame.from_bimatrix(table, list(zip(*table, strict=True))))
            equal = {tuple(x.values()): e for e in both for x, y in [e.strategies] if [*x.values()] == [*y.values()]}
            if all(part.is_point for part in (*both.components, *alone.components)):
                assert set(equal) == set(states(alone))
            for state, e in zip(states(alone), alone, strict=True):
                if state in equal:
                    pair = equal[state]
                    assert pair.payoffs == e.payoffs * 2
                    assert (pair.strict, pair.quasi_strict) == (e.strict, e.quasi_strict)
            more += len(both) > len(alone)
    assert more > 10


def test_the_index_is_that_of_the_rest_point_in_the_replicator_dynamics() -> None:
    """The sign of the determinant of minus the Jacobian at saturated rest points (Hofbauer and Sigmund 1998, section 13.4)."""
    rng = random.Random(7)
    seen = set()
    for _ in range(30):
        game = MatrixGame(random_table(rng, 3, 50))
        found = nash_equilibria(game)
        points = {tuple(p.state): p.index for p in find_rest_points(game) if p.saturated and p.index is not None}
        for e in found:
            if tuple(e.state) in points and e.quasi_strict:
                assert e.index == points[tuple(e.state)]
                seen.add((e.pure, e.index))
    assert {(True, 1), (False, 1), (False, -1)} <= seen


def test_floats_with_many_strategies_are_certified_and_the_same_as_exact() -> None:
    rng = random.Random(8)
    for size in (5, 7):
        table = [[rng.gauss(0, 1) for _ in range(size)] for _ in range(size)]
        quick, slow = nash_equilibria(MatrixGame(table)), nash_equilibria(MatrixGame(table), exact=True)
        assert (quick.known, slow.known) == ("certified", "exact")
        assert states(quick) == states(slow) and [e.index for e in quick] == [e.index for e in slow]
        assert len(quick) % 2 == 1


def test_one_strategy_and_payoffs_that_are_all_equal() -> None:
    (only,) = nash_equilibria(MatrixGame([["1/2"]]))
    assert only.strict and only.payoffs == (Fraction(1, 2),) and only.index == 1
    found = nash_equilibria(MatrixGame([[7] * 6] * 6))
    assert states(found) == [tuple(int(i == k) for i in range(6)) for k in range(6)]
    (component,) = found.components
    assert component.pieces == ((0, 1, 2, 3, 4, 5),) and component.index == 1


def test_what_is_too_large_is_said_to_be_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    """A strategy that is used gets a copy, so that there is a continuum, which needs exact pivoting."""
    rng = random.Random(3)
    table = [[rng.gauss(0, 1) for _ in range(7)] for _ in range(7)]
    used = max(nash_equilibria(MatrixGame(table)), key=lambda e: len(e.support[0])).support[0][0]
    copied = [*range(7), int(used) - 1]
    twins = MatrixGame([[table[i][j] for j in copied] for i in copied])
    whole = nash_equilibria(twins)
    assert whole.complete and whole.known == "exact" and any(not part.is_point for part in whole.components)
    monkeypatch.setattr(feasible_bases, "MOST_EXACT_ENTRIES", 72 * 30)
    some = nash_equilibria(twins)
    assert not some.complete and some.known == "numerical" and "more than 30 bases" in some.because
    assert set(states(some)) <= set(states(whole)) and some[0].index is None
    monkeypatch.setattr(feasible_bases, "MOST_BASES", 25)
    few = nash_equilibria(MatrixGame(table))
    assert not few.complete and set(states(few)) <= set(states(nash_equilibria(MatrixGame(table), exact=True)))


def test_a_component_of_many_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four pairs; each strategy earns 1 but against its partner. One of each pair in any mixture is an equilibrium: 2**4 faces with eight corners."""
    game = MatrixGame([[int(i == j or i // 2 != j // 2) for j in range(8)] for i in range(8)])
    found = nash_equilibria(game)
    component = max(found.components, key=lambda part: len(part.pieces))
    pieces = {frozenset(int(found[k].support[0][0]) - 1 for k in piece) for piece in component.pieces}
    assert pieces == {
        frozenset(2 * pair + side for pair, side in enumerate(sides)) for sides in product((0, 1), repeat=4)
    }
    assert found.complete and len(component.members) == 8
    monkeypatch.setattr(components, "MOST_PIECES", 10)
    some = nash_equilibria(game)
    assert not some.complete and "of which only some are listed" in some.because
    fewer = max(some.components, key=lambda part: len(part.pieces))
    assert fewer.members == component.members and set(fewer.pieces) < set(component.pieces)
    assert [part.index for part in some.components] == [part.index for part in found.components]


def test_indices_that_do_not_sum_to_one_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_population, "_indices", lambda *a: [0])
    with pytest.raises(AssertionError, match="sum to 0, not 1"):
        nash_equilibria(MatrixGame([[1]]))
