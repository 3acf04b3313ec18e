"""Regimes of games without free parameters: one regime, whose stable points are the attractors among the rest points."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import Game, MatrixGame, NormalFormGame, catalog, find_regimes, find_rest_points


def check(game: Game) -> None:
    """The regime lists what rest points at values say, or says what is not known."""
    points = find_rest_points(game)
    regimes = find_regimes(game)
    assert [set(regime.stable) for regime in regimes] == [{p.label for p in points.attractors}]
    # between populations a theorem rules mixtures out, known or not
    if len(game.populations) == 1 and any(p.attracting == "unknown" for p in points):
        assert not regimes.cover


@pytest.mark.parametrize("strategies", [3, 4, 5])
def test_random_games_of_one_population(strategies: int) -> None:
    """From four strategies on, rest points at numbers are found another way than formulas."""
    rng = np.random.default_rng(strategies)
    stable = 0
    for _ in range(15):
        payoffs = rng.integers(-5, 6, (strategies, strategies))
        np.fill_diagonal(payoffs, 0)
        game = MatrixGame(payoffs.tolist())
        check(game)
        stable += sum(p.kind != "vertex" for p in find_rest_points(game).attractors)
    assert stable >= 3


def test_random_games_between_populations() -> None:
    rng = np.random.default_rng(1)
    for shape in ((2, 2), (3, 3), (2, 2, 2)):
        for _ in range(5):
            arrays = rng.integers(-5, 6, (len(shape), *shape))
            check(NormalFormGame([array.tolist() for array in arrays]))


@pytest.mark.parametrize(
    "game",
    [
        catalog.skyrms_chaos(),
        catalog.hypercycle(4, k=1),
        catalog.rock_paper_scissors_with_twin(a=1, b=2, d=1),
        catalog.footloose_entrepreneur(mu="0.4", sg=5, phi="0.5"),
        catalog.renewable_resource(
            R0="3.5", S0=1, T0=2, P0="0.75", R1=4, S1=1, T1="4.5", P1="1.25", a="0.1", b="0.8", eps="0.05"
        ),
    ],
    ids=lambda game: game.name,
)
def test_games_with_a_mixed_attractor(game: Game) -> None:
    """Mixtures that are stable by a centre manifold, by certified eigenvalues, or simply beside pure states."""
    check(game)
    assert any(p.kind != "vertex" for p in find_rest_points(game).attractors)
