"""Games under further assumptions and without any: payoffs, names and labels stay."""

from __future__ import annotations

from typing import Any

import pytest

from coopgame import AssumptionError, Game, MatrixGame, NormalFormGame, PopulationGame, find_rest_points

KINDS: list[Game] = [
    MatrixGame(
        [["b - c", "-c"], ["b", "0"]],
        parameters={"b": "> 0", "c": {"range": [0, 9], "value": 1}},
        assumptions="b > c",
    ),
    NormalFormGame.from_bimatrix(
        [["b", "c"], [0, 1]], [["c", 0], [1, "b"]], assumptions=["b > c"], initial={"x": "0.1"}
    ),
    PopulationGame.from_advantages({"x": "b*y - c", "y": "c - b*x"}, assumptions=["b > c"]),
]


def common(game: Game) -> tuple[Any, ...]:
    """What assumptions leave alone."""
    payoffs = [game.expected_payoff(p, s) for p, q in enumerate(game.populations) for s in range(len(q.strategies))]
    return type(game), game.populations, game.ring, game.labels, game.initial, payoffs


@pytest.mark.parametrize("game", KINDS, ids=lambda game: game.kind)
def test_further_assumptions_are_added(game: Game) -> None:
    more = game.assuming("b < 2*c", "c > 1")
    assert common(more) == common(game)
    assert more.check_values({"b": 3, "c": 2}) == ()
    assert more.check_values({"b": 5, "c": 2}) == ("b < 2*c",)
    assert game.check_values({"b": 5, "c": 2}) == ()
    assert game.assuming() == game
    with pytest.raises(AssumptionError, match="cannot hold together"):
        game.assuming("b < c")


@pytest.mark.parametrize("game", KINDS, ids=lambda game: game.kind)
def test_assumptions_are_dropped(game: Game) -> None:
    free = game.without_assumptions()
    assert common(free) == common(game)
    assert free.check_values({"b": -5, "c": 70}) == ()
    assert [p.value for p in free.parameters] == [p.value for p in game.parameters]


def test_a_further_assumption_decides_a_type() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", "0"]], symbol="x")
    assert str(find_rest_points(game)["E1"].stability) == "depends"
    assert str(find_rest_points(game.assuming("c > 0"))["E1"].stability) == "sink"
