"""Published results reproduced: the card game of Co-opetition, in which a supplier gains by limiting supply."""

from __future__ import annotations

import pytest

from coopgame import CoalitionalGame, find_core, find_core_vertices

SOURCE = "Brandenburger and Nalebuff (1996), Co-opetition: a black and a red card together are worth 100 dollars"


def card_game(black: int, students: int) -> CoalitionalGame:
    """Adam has the black cards, every student one red card."""

    def worth(members: frozenset[str]) -> int:
        red = sum(player.startswith("student") for player in members)
        return 100 * min(black, red) if "Adam" in members else 0

    return CoalitionalGame(["Adam", *(f"student {i + 1}" for i in range(students))], worth, name=SOURCE)


@pytest.mark.parametrize(("black", "pie", "adam", "student"), [(26, 2600, 2600, 100), (23, 2300, 2300, 0)])
def test_added_values_with_all_cards_and_after_three_are_burnt(black: int, pie: int, adam: int, student: int) -> None:
    game = card_game(black, 26)
    assert game.total == pie
    assert game.added_values() == {"Adam": adam, **{f"student {i + 1}": student for i in range(26)}}


@pytest.mark.parametrize(("black", "adam", "student"), [(3, 150, 50), (2, 125, 25)])
def test_shapley_values_of_the_small_version(black: int, adam: int, student: int) -> None:
    assert list(card_game(black, 3).shapley_values().values()) == [adam, student, student, student]


def test_with_scarce_cards_adam_can_claim_the_whole_smaller_pie() -> None:
    """With 3 cards for 3 students everything is left to bargain; with 2 competition among them leaves nothing."""
    ample, scarce = find_core(card_game(3, 3)), find_core(card_game(2, 3))
    assert ample.ranges == {"Adam": (0, 300), **{f"student {i}": (0, 100) for i in (1, 2, 3)}}
    assert scarce.ranges == {"Adam": (200, 200), **{f"student {i}": (0, 0) for i in (1, 2, 3)}}
    assert scarce.single and not ample.single
    assert [list(point.values()) for point in find_core_vertices(card_game(2, 3))] == [[200, 0, 0, 0]]
    # each student on its own bargains with Adam over 100: the corners of a cube
    assert len(find_core_vertices(card_game(3, 3))) == 2**3
    assert ample.at_confidence("1/2")["Adam"] == 150
    assert scarce.at_confidence("1/2")["Adam"] == 200
