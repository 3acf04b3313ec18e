"""Ten thousand random games against the program lrsnash, which enumerates extreme equilibria exactly."""

from __future__ import annotations

import random
import shutil
from fractions import Fraction
from typing import Any

import pytest

from coopgame import NormalFormGame, nash_equilibria
from tests.equilibria import lrsnash
from tests.equilibria.degenerate_games import DEGENERATE_GAMES

pytestmark = pytest.mark.external
GAMES, PARTS = 10_000, 20


def random_game(rng: random.Random, size: int, gaussian: bool) -> lrsnash.Game:
    """Return a game with payoffs from N(0, 1) or from 0, 1, 2; floats are rounded to multiples of 2**-52, which lrsnash can read."""

    def payoff() -> Fraction:
        return Fraction(round(rng.gauss(0, 1) * 2**52), 2**52) if gaussian else Fraction(rng.randrange(3))

    first, second = ([[payoff() for _ in range(size)] for _ in range(size)] for _ in range(2))
    return first, second


def mixtures(game: lrsnash.Game) -> frozenset[Any]:
    found = nash_equilibria(NormalFormGame.from_bimatrix(*game))
    assert found.complete
    return frozenset(tuple(tuple(own.values()) for own in e.strategies) for e in found)


@pytest.mark.parametrize("part", range(PARTS))
def test_random_games(part: int) -> None:
    assert shutil.which("lrsnash") is not None, "lrsnash (package lrslib) is not installed"
    rng = random.Random(part)
    games = [random_game(rng, 2 + k // 2 % 7, gaussian=k % 2 == 1) for k in range(GAMES // PARTS)]
    for number, (game, answer) in enumerate(zip(games, lrsnash.extreme_equilibria(games), strict=True)):
        assert mixtures(game) == answer, f"game {number} of part {part}"


def test_degenerate_games() -> None:
    games = list(DEGENERATE_GAMES.values())
    for game, answer in zip(games, lrsnash.extreme_equilibria(games), strict=True):
        assert mixtures(game) == answer
