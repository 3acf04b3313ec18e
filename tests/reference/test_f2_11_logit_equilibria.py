"""Published results reproduced: logit equilibria of a matching pennies game with one large payoff."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import NormalFormGame, find_rest_points, integrate, logit, mean_dynamic

GAME = NormalFormGame(
    {("a", "a"): ["X", 0], ("a", "b"): [0, 1], ("b", "a"): [0, 1], ("b", "b"): [1, 0]},
    parameters={"X": 9, "eta": None},
)
# McKelvey and Palfrey (1995), Games and Economic Behavior 10, 6; Ochs (1995), the game with payoff 9: by noise 1/lambda
EQUILIBRIA = {
    "2": (0.83067059, 0.41807747),
    "1": (0.89357633, 0.31278038),
    "1/2": (0.86075439, 0.19107849),
    "1/5": (0.70198424, 0.11713529),
    "1/20": (0.55462739, 0.10109693),
}


@pytest.mark.parametrize("noise", EQUILIBRIA)
def test_one_equilibrium_and_where(noise: str) -> None:
    """It is not monotone in the noise, and tends to the Nash equilibrium (1/2, 1/10)."""
    points = find_rest_points(mean_dynamic(GAME, logit("eta")), {"eta": noise})
    assert points.complete and len(points) == 1
    np.testing.assert_allclose(points[0].state[[0, 2]], EQUILIBRIA[noise], atol=1e-7)
    assert points[0].attracting == "asymptotic"


def test_logit_choice_arrives_there() -> None:
    path = integrate(mean_dynamic(GAME, logit("eta")), {"x": 0.2, "y": 0.9}, {"eta": 1}, t_end=60)
    np.testing.assert_allclose(path.final[[0, 2]], EQUILIBRIA["1"], atol=1e-7)
    assert path.outcome.kind == "converged"
