"""Lemke-Howson paths of quantecon end at equilibria that are listed; it compiles for a quarter of a minute, too long for the ordinary tests."""

from __future__ import annotations

import random

import pytest

from coopgame import NormalFormGame, ParameterError, QuanteconLemkeHowson, nash_equilibria

pytestmark = pytest.mark.external


def test_every_path_ends_at_a_listed_equilibrium() -> None:
    pytest.importorskip("quantecon")
    rng = random.Random(5)
    tables = [[[rng.gauss(0, 1) for _ in range(7)] for _ in range(5)] for _ in range(2)]
    game = NormalFormGame.from_bimatrix(*tables)
    every = [e.strategies for e in nash_equilibria(game)]
    for label in range(12):
        (end,) = nash_equilibria(game, method=QuanteconLemkeHowson(label))
        assert end.known == "exact" and end.strategies in every
    with pytest.raises(ParameterError, match="initial_pivot is -1"):
        nash_equilibria(game, method=QuanteconLemkeHowson(-1))
