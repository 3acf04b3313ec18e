"""Payoffs with denominators: at values where one vanishes there is no game, and the message says so."""

import pytest

from coopgame import MatrixGame, NormalFormGame, find_regimes, find_rest_points, integrate
from coopgame.errors import GameError, ParameterError

MESSAGE = "divides by zero at b = 1, where b - 1 is 0"


def symmetric() -> MatrixGame:
    return MatrixGame([["a/(b - 1)", "0"], ["0", "b"]], symbol="x")


def between_two() -> NormalFormGame:
    table = {("u", "l"): ["a/(b - 1)", "1"], ("u", "r"): ["0", "1"], ("d", "l"): ["0", "b"], ("d", "r"): ["1", "2"]}
    return NormalFormGame(table)


@pytest.mark.parametrize("game", [symmetric(), between_two()])
def test_values_at_which_a_denominator_vanishes(game: MatrixGame | NormalFormGame) -> None:
    values = {"a": 2, "b": 1}
    with pytest.raises(GameError, match=MESSAGE):
        find_rest_points(game, values)
    with pytest.raises(GameError, match=MESSAGE):
        game.substitute({"b": 1})
    with pytest.raises(ParameterError, match="division by zero"):
        integrate(game, [0.5] * sum(len(p.strategies) for p in game.populations), values)
    with pytest.raises(GameError, match=MESSAGE):
        find_regimes(game).at(values)
    assert find_rest_points(game, {"a": 2, "b": 3}).complete


def test_a_pole_of_unknown_sign_splits_the_condition() -> None:
    """(1, 1) is stable where a/(b - c) > 1/b, on whichever side of the poles b = 0 and b = c."""
    game = MatrixGame([["a/(b - c)", "0"], ["1/b", "d"]], symbol="x")
    regimes = find_regimes(game)
    assert regimes.cover
    regime = regimes["R2"]
    assert regime.stable == ("E2",)
    assert "b*(b - c)*(a*b + c - b) > 0" in regime.condition.text()
    for a, b, c in [(1, 2, 1), (1, 1, 2), (-1, -2, 1), (-1, 1, 3), (3, -1, 4), (1, 3, -4)]:
        expected = a / (b - c) > 1 / b
        assert (regimes.at({"a": a, "b": b, "c": c, "d": -1}).stable == ("E2",)) is expected
