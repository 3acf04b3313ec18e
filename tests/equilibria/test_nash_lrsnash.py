"""Extreme equilibria against the stored answers of lrsnash: 500 random games, 25 degenerate ones (`make_answers.py` wrote them)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coopgame import NashEquilibria, NormalFormGame, nash_equilibria
from tests.equilibria.degenerate_games import DEGENERATE_GAMES
from tests.equilibria.games import random_game
from tests.equilibria.make_answers import RANDOM_GAMES, digest, supports, texts

DATA = Path(__file__).parent / "data"


def stored(name: str) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    assert answers.pop("made by").startswith("lrsnash")
    return answers


def mixtures(found: NashEquilibria) -> frozenset[Any]:
    return frozenset(tuple(tuple(own.values()) for own in e.strategies) for e in found)


@pytest.mark.parametrize("start", range(0, RANDOM_GAMES, 100))
def test_random_games(start: int) -> None:
    answers = stored("random_games.json")
    assert len(answers) == RANDOM_GAMES
    for number in range(start, start + 100):
        found = nash_equilibria(NormalFormGame.from_bimatrix(*random_game(number)))
        assert found.complete and len(mixtures(found)) == len(found)
        assert supports(mixtures(found)) == answers[str(number)][1]
        assert digest(mixtures(found)) == answers[str(number)][0]


@pytest.mark.parametrize("name", DEGENERATE_GAMES)
def test_degenerate_games(name: str) -> None:
    """Both ways of visiting vertices, and the game with the players' roles exchanged."""
    answers = stored("degenerate_games.json")
    assert set(answers) == set(DEGENERATE_GAMES) and len(answers) == 25
    first, second = DEGENERATE_GAMES[name]
    game = NormalFormGame.from_bimatrix(first, second)
    found = nash_equilibria(game)
    assert found.complete and sum(part.index or 0 for part in found.components) == 1
    assert texts(mixtures(found)) == answers[name]
    assert texts(mixtures(nash_equilibria(game, exact=True))) == answers[name]
    exchanged = NormalFormGame.from_bimatrix(list(zip(*second, strict=True)), list(zip(*first, strict=True)))
    found = nash_equilibria(exchanged)
    assert texts(frozenset((x, y) for y, x in mixtures(found))) == answers[name]


def test_the_degenerate_games_are_degenerate() -> None:
    """Some mixture has more best replies than strategies: seen at an equilibrium, or by a continuum of them."""
    for first, second in DEGENERATE_GAMES.values():
        found = nash_equilibria(NormalFormGame.from_bimatrix(first, second))
        assert not all(e.quasi_strict for e in found) or not all(part.is_point for part in found.components)
