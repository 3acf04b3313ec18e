"""Textbook games of two players with all their equilibria, from publications or by the calculation in the docstring."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest

from coopgame import MatrixGame, NashEquilibria, NormalFormGame, catalog, nash_equilibria
from tests.equilibria.degenerate_games import DEGENERATE_GAMES

F = Fraction
HALF, THIRD = F(1, 2), F(1, 3)


def solved(first: Any, second: Any) -> NashEquilibria:
    return nash_equilibria(NormalFormGame.from_bimatrix(first, second))


def extreme(found: NashEquilibria) -> dict[tuple[Any, ...], int | None]:
    """Return the index of every extreme equilibrium, by its mixtures."""
    assert found.complete and found.known == "exact"
    return {tuple(tuple(own.values()) for own in e.strategies): e.index for e in found}


def components(found: NashEquilibria) -> list[tuple[int, int, int | None]]:
    """Return pieces, extreme equilibria and index of each component, largest first."""
    return sorted(((len(c.pieces), len(c.members), c.index) for c in found.components), reverse=True)


def test_prisoners_dilemma() -> None:
    """Defection is dominant (Tucker 1950)."""
    assert extreme(solved([[3, 0], [5, 1]], [[3, 5], [0, 1]])) == {((0, 1), (0, 1)): 1}


def test_matching_pennies() -> None:
    """Each makes the other indifferent (von Neumann 1928)."""
    found = solved([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    assert extreme(found) == {((HALF, HALF), (HALF, HALF)): 1}
    assert found[0].payoffs == (0, 0)


def test_battle_of_the_sexes() -> None:
    """Luce and Raiffa (1957), chapter 5, with payoffs (2, 1), (1, 2): mixed 2/3 on the own favourite, of index -1."""
    found = solved([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    assert extreme(found) == {
        ((1, 0), (1, 0)): 1,
        ((0, 1), (0, 1)): 1,
        ((F(2, 3), THIRD), (THIRD, F(2, 3))): -1,
    }
    assert found[2].payoffs == (F(2, 3), F(2, 3)) and [e.strict for e in found] == [True, True, False]


def test_chicken() -> None:
    """Dare and yield (0, 7, 2, 6; Aumann 1974): q dares with 7(1 - q) = 2q + 6(1 - q), so q = 1/3."""
    found = solved([[0, 7], [2, 6]], [[0, 2], [7, 6]])
    mixed = (THIRD, F(2, 3))
    assert extreme(found) == {((1, 0), (0, 1)): 1, ((0, 1), (1, 0)): 1, (mixed, mixed): -1}
    assert found[2].payoffs == (F(14, 3), F(14, 3))


def test_stag_hunt() -> None:
    """Stag 4 together, 0 alone, hare 3: indifferent at 4q = 3."""
    found = solved([[4, 0], [3, 3]], [[4, 3], [0, 3]])
    mixed = (F(3, 4), F(1, 4))
    assert extreme(found) == {((1, 0), (1, 0)): 1, ((0, 1), (0, 1)): 1, (mixed, mixed): -1}


def test_rock_paper_scissors() -> None:
    """By symmetry and a skew-symmetric matrix of rank 2 the uniform mixture alone (von Neumann and Morgenstern 1944, section 18)."""
    rows = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
    uniform = (THIRD,) * 3
    assert extreme(solved(rows, [[-v for v in row] for row in rows])) == {(uniform, uniform): 1}
    assert extreme(nash_equilibria(MatrixGame(rows))) == {(uniform,): 1}


def test_shapley_game() -> None:
    """Shapley (1964): fictitious play cycles around the one equilibrium, which is uniform."""
    uniform = (THIRD,) * 3
    assert extreme(solved([[0, 0, 1], [1, 0, 0], [0, 1, 0]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]])) == {
        (uniform, uniform): 1
    }


@pytest.mark.parametrize("size", [2, 3, 5])
def test_pure_coordination(size: int) -> None:
    """Every set of k strategies, mixed evenly, is one, of index (-1)**(k + 1); there are 2**n - 1 (Quint and Shubik 1997)."""
    rows = [[int(i == j) for j in range(size)] for i in range(size)]
    expected = {}
    for k in range(1, size + 1):
        for used in combinations(range(size), k):
            mixture = tuple(F(int(i in used), k) for i in range(size))
            expected[mixture, mixture] = (-1) ** (k + 1)
    assert extreme(solved(rows, rows)) == expected and len(expected) == 2**size - 1


def test_von_stengel_three_by_two() -> None:
    """Von Stengel (2007), the example of the chapter: one pure and two mixed equilibria; the middle one has index -1."""
    found = solved([[3, 3], [2, 5], [0, 6]], [[3, 2], [2, 6], [3, 1]])
    assert extreme(found) == {
        ((1, 0, 0), (1, 0)): 1,
        ((F(4, 5), F(1, 5), 0), (F(2, 3), THIRD)): -1,
        ((0, THIRD, F(2, 3)), (THIRD, F(2, 3))): 1,
    }


def test_von_stengel_three_by_two_with_a_tie() -> None:
    """Von Stengel (2007), on degenerate games: with b_12 = 3 the first two equilibria are joined by a segment, of index 1 - 1."""
    found = solved(*DEGENERATE_GAMES["von Stengel (2007), 3 x 2 with a tie"])
    assert extreme(found) == {
        ((1, 0, 0), (1, 0)): None,
        ((1, 0, 0), (F(2, 3), THIRD)): None,
        ((0, THIRD, F(2, 3)), (THIRD, F(2, 3))): 1,
    }
    assert components(found) == [(1, 2, 0), (1, 1, 1)]


def test_weakly_dominated_coordination() -> None:
    """(1, 1) is strict; (0, 0) in weakly dominated strategies goes when payoffs move a little, so its index is 0."""
    found = solved([[1, 0], [0, 0]], [[1, 0], [0, 0]])
    assert extreme(found) == {((1, 0), (1, 0)): 1, ((0, 1), (0, 1)): 0}


def test_entry_deterrence() -> None:
    """Selten (1978): entering and giving in is strict; staying out is an equilibrium against a fight with 1/2 or more, of index 0 together."""
    found = solved(*DEGENERATE_GAMES["Selten (1978), entry"])
    assert extreme(found) == {((1, 0), (0, 1)): 1, ((0, 1), (1, 0)): None, ((0, 1), (HALF, HALF)): None}
    assert components(found) == [(1, 2, 0), (1, 1, 1)]


def test_hexagon_of_kohlberg_and_mertens() -> None:
    """Kohlberg and Mertens (1986): the equilibria are a closed curve of six segments."""
    found = solved(*DEGENERATE_GAMES["Kohlberg and Mertens (1986), hexagon"])
    (component,) = found.components
    assert len(component.pieces) == len(component.members) == 6 and component.index == 1
    assert all(len(piece) == 2 for piece in component.pieces)
    assert all(sum(k in piece for piece in component.pieces) == 2 for k in component.members)


def test_battle_of_the_sexes_with_an_outside_option() -> None:
    """Van Damme (1989): (3, 1) is strict. Staying out for 2 holds while the favourite is met with 2/3 at most, index 0.

    With p on the favourite (3p against 1 - p) staying out is best for p <= 2/3, and the other player is free then; the mixed equilibrium of the
    battle, worth 3/4, is never entered.
    """
    found = solved(*DEGENERATE_GAMES["battle of the sexes, outside option"])
    assert extreme(found) == {
        ((0, 1, 0), (1, 0)): 1,
        ((1, 0, 0), (0, 1)): None,
        ((1, 0, 0), (F(2, 3), THIRD)): None,
    }
    assert components(found) == [(1, 2, 0), (1, 1, 1)]


def test_inspection_game() -> None:
    """Inspect at cost 1, fine 3, gain of cheating 1: cheat with c/F = 1/3, inspect with g/F = 1/3 (the game of the catalogue)."""
    found = nash_equilibria(catalog.inspection_game(), {"c": 1, "F": 3, "g": 1})
    assert extreme(found) == {((THIRD, F(2, 3)), (THIRD, F(2, 3))): 1}


def test_kuhn_poker() -> None:
    """Kuhn (1950): worth -1/18 to the first player, whose jack is bet with a chance a of at most 1/3.

    Then the king is bet with 3a and the queen calls with a + 1/3. The second player bets a jack and calls with a queen with 1/3 each, apart from what
    is never reached; in plans that are mixed, only these chances count.
    """
    found = solved(*DEGENERATE_GAMES["Kuhn (1950), poker"])
    jack_bets = set()
    for equilibrium in found:
        assert equilibrium.payoffs == (F(-1, 18), F(1, 18))
        x, y = (list(own.values()) for own in equilibrium.strategies)
        bets_jack, calls, bets_king = (sum(p for k, p in enumerate(x) if k >> bit & 1) for bit in (2, 1, 0))
        jack_bets.add(bets_jack)
        assert bets_king == 3 * bets_jack and calls == bets_jack + THIRD
        assert sum(p for k, p in enumerate(y) if k >> 1 & 1) == sum(p for k, p in enumerate(y) if k & 1) == THIRD
    assert min(jack_bets) == 0 and max(jack_bets) == THIRD
    assert (
        len(found.components) == len(found.components[0].pieces) == 1
    )  # equilibria of zero-sum games form one product


@pytest.mark.parametrize("name", [name for name in DEGENERATE_GAMES if "Blotto" in name])
def test_equilibria_of_zero_sum_games_form_one_product(name: str) -> None:
    """Optimal strategies are exchangeable (von Neumann 1928), so there is one piece, and all equilibria are worth the same."""
    found = solved(*DEGENERATE_GAMES[name])
    assert components(found) == [(1, len(found), 1)]
    assert len({e.payoffs for e in found}) == 1


def test_no_difference_between_any_two_strategies() -> None:
    """Everything is an equilibrium: one product of all mixtures, of index 1."""
    found = solved(*DEGENERATE_GAMES["nothing at stake"])
    assert components(found) == [(1, 9, 1)]


def test_demands_that_fit() -> None:
    """Nash (1953): demands that sum to the total are an equilibrium in all ways; so is asking for everything on both sides."""
    found = solved(*DEGENERATE_GAMES["Nash (1953), demands of 4"])
    pure = {tuple(int(own[0]) - 1 for own in e.support) for e in found if e.pure}
    assert pure == {(a, 4 - a) for a in range(5)} | {(4, 4)}
    assert {tuple(int(own[0]) - 1 for own in e.support) for e in found if e.strict} == {(1, 3), (2, 2), (3, 1)}
