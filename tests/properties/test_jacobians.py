"""Fields and symbolic Jacobians of games of every kind beside rates and derivatives written out in the tests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import replicator
from tests.properties import sample_games as games

PARAMETERS = games.names(4)
KINDS = {
    "matrix": games.matrix_games((2, 3, 4), PARAMETERS),
    "cube": games.profile_games(((2, 2), (2, 2, 2), (2, 2, 2, 2)), PARAMETERS),
    "profiles": games.profile_games(((3, 2), (3, 3), (2, 3, 2), (1, 3)), PARAMETERS),
    "own shares": games.own_share_games(PARAMETERS),
    "environment": games.environment_games(PARAMETERS),
    "group": games.group_games(PARAMETERS),
}


@pytest.mark.parametrize("kind", KINDS)
def test_symbolic_jacobians_are_the_derivatives_of_the_rates(kind: str) -> None:
    @settings(max_examples=12)
    @given(KINDS[kind], st.integers(0, 10**6))
    def check(sample: games.Sample, seed: int) -> None:
        rng = np.random.default_rng(seed)
        field = replicator(sample.game)
        values = {name: float(v) for name, v in zip(PARAMETERS, rng.uniform(-3, 3, 4), strict=True)}
        state = np.concatenate([rng.dirichlet(np.ones(len(p.strategies))) for p in sample.game.blocks])
        np.testing.assert_allclose(field(state, values), sample.rates(state, values), atol=1e-11)
        wanted = sample.jacobian(state, values)
        np.testing.assert_allclose(field.jacobian(state, values), wanted, atol=1e-10)

    check()
