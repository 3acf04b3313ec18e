"""Published results reproduced: two strategies under aggregate shocks (Fudenberg and Harris 1992)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from coopgame import (
    EnsembleOptions,
    ItoShocks,
    LearningNoise,
    MatrixGame,
    PopulationGame,
    StratonovichShocks,
    find_stationary_law,
    simulate_ensemble,
    stochastic_replicator,
)


def test_the_beta_law_of_anticoordination() -> None:
    """Advantage k(1 - 2x) and sigma for both: Beta(k/sigma^2, k/sigma^2); k = 1, sigma = 1/2: variance 1/36."""
    game = PopulationGame.from_advantages({"x": "k*(1 - 2*x)"}, parameters={"k": 1})
    noisy = stochastic_replicator(game, ItoShocks(0.5))
    law = find_stationary_law(noisy)
    assert law.exponents == (4, 4)
    assert law.mean == pytest.approx(1 / 2, abs=1e-14) and law.var == pytest.approx(1 / 36, abs=1e-14)
    paths = simulate_ensemble(noisy, {"x": 0.3}, t_end=20, rng=1, options=EnsembleOptions(0.02, 4000, 2))
    assert paths.final[:, 0].var() == pytest.approx(1 / 36, abs=0.002)
    assert paths.final[:, 0].mean() == pytest.approx(1 / 2, abs=4 * np.sqrt(1 / 36 / 4000))


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("sigma", ["1/2", "7/5"])
def test_both_shape_parameters_are_k_over_sigma_squared(k: int, sigma: str) -> None:
    game = PopulationGame.from_advantages({"x": "k*(1 - 2*x)"}, parameters={"k": k})
    for kind in (ItoShocks, StratonovichShocks, LearningNoise):
        law = find_stationary_law(stochastic_replicator(game, kind(sigma)))
        shape = k / Fraction(sigma) ** 2
        assert law.exponents == (shape, shape)
        assert law.var == pytest.approx(float(1 / (4 * (2 * shape + 1))), rel=1e-12)


@pytest.mark.parametrize(
    ("payoffs", "variances", "fate"),
    [
        ([["2", "2"], ["1", "1"]], (1, 1), "1"),  # dominance, equal noise
        ([["2", "2"], ["1", "1"]], (3, "1/2"), "0"),  # noise of the dominant strategy above twice its advantage
        ([["2", "2"], ["1", "1"]], ("5/2", 1), "1"),  # and below
        ([["0", "2"], ["1", "1"]], (1, 1), "law"),  # the corrected game has a mixed equilibrium that attracts
        ([["0", "2"], ["1", "1"]], (4, 1), "0"),  # too much noise for it
        ([["2", "0"], ["1", "1"]], (1, 1), "either"),  # coordination
        ([["2", "0"], ["1", "1"]], (4, 1), "0"),  # noise decides between two strict equilibria
    ],
)
def test_the_four_fates(payoffs: list[list[str]], variances: tuple[Any, Any], fate: str) -> None:
    """Fudenberg and Harris (1992), in the terms of Imhof (2005): compare payoffs less half the variance.

    With a = a11 - a21 - (s1^2 - s2^2)/2 and b = a12 - a22 - (s1^2 - s2^2)/2: both positive, x tends to 1; both negative,
    to 0; a < 0 < b, a stationary law; a > 0 > b, to 0 or 1 by chance. Simulated to t = 600 beside, where the
    slowest log odds have drifted by 150 with a standard deviation of 46.
    """
    first, second = (Fraction(v) for v in variances)
    (a11, a12), (a21, a22) = ([Fraction(v) for v in row] for row in payoffs)
    a, b = a11 - a21 - (first - second) / 2, a12 - a22 - (first - second) / 2
    expected = {(True, True): "1", (False, False): "0", (False, True): "law", (True, False): "either"}[a > 0, b > 0]
    assert expected == fate
    noisy = stochastic_replicator(MatrixGame(payoffs), ItoShocks([float(first) ** 0.5, float(second) ** 0.5]))
    law = find_stationary_law(noisy)
    assert law.exists == (fate == "law")
    last = simulate_ensemble(noisy, {"x": 0.5}, t_end=600, rng=2, options=EnsembleOptions(0.2, 300, 2)).log_shares[
        :, -1
    ]
    first_lost, second_lost = (last < np.log(1e-4)).mean(axis=0)
    if fate == "law":
        assert law.exponents == pytest.approx((float(2 * b / (first + second)), float(-2 * a / (first + second))))
        assert first_lost < 0.2 and second_lost < 0.2
    elif fate == "either":
        assert "to 0 or to 1" in law.fate
        assert first_lost + second_lost > 0.99 and min(first_lost, second_lost) > 0.05
    else:
        assert f"x tends to {fate} with probability 1" in law.fate
        assert (second_lost if fate == "1" else first_lost) > 0.99


@pytest.mark.parametrize("kind", [StratonovichShocks, LearningNoise])
def test_dominated_strategies_are_lost_at_any_noise_without_the_correction(kind: Any) -> None:
    """Mertikopoulos and Moustakas (2010), Khasminskii and Potsepun (2006): no size of the noise saves them; Ito's can."""
    game = MatrixGame([[2, 2], [1, 1]])
    for sigma in ([3, "1/10"], ["1/10", 3], [50, 0]):
        assert "x tends to 1 with probability 1" in find_stationary_law(stochastic_replicator(game, kind(sigma))).fate
    assert "x tends to 0" in find_stationary_law(stochastic_replicator(game, ItoShocks([3, "1/10"]))).fate
