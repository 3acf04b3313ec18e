"""The benefit from which cooperation is favoured, found by simulation, against the exact critical ratio of the same network."""

from __future__ import annotations

import math

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    averaged,
    death_birth,
    find_critical_ratio,
    network_population,
    random_regular,
    simulate_network_fixation,
)

INTENSITY = "1/100"
RUNS = 60_000  # of each kind of mutant at each benefit
BENEFITS = np.array([0.0, 4.0, 8.0])  # the cost is 1


def crossing(benefits: np.ndarray, effects: np.ndarray, errors: np.ndarray) -> tuple[float, float]:
    """Return where the line through effects of selection is 0, and its standard error."""
    spread = benefits - benefits.mean()
    slope = effects @ spread / (spread @ spread)
    found = benefits.mean() - effects.mean() / slope
    weights = 1 / len(benefits) + (found - benefits.mean()) * spread / (spread @ spread)
    return float(found), float(np.sqrt(weights**2 @ errors**2) / slope)


def test_the_line_and_its_error() -> None:
    """Against many noisy lines whose zero is known."""
    random = np.random.default_rng(1)
    errors = np.array([0.01, 0.02, 0.03])
    found = [crossing(BENEFITS, 0.1 * (BENEFITS - 3.5) + random.normal(0, errors), errors) for _ in range(4000)]
    places, stated = np.array(found).T
    assert places.mean() == pytest.approx(3.5, abs=0.02)
    assert places.std() == pytest.approx(stated.mean(), rel=0.05)


def test_the_threshold_of_a_random_regular_network() -> None:
    """Within three standard errors of (b/c)* = 98/23 of a network of 100 nodes with 4 neighbours each, at intensity 1/100.

    In the donation game on a regular network the two strategies change places when the intensity changes its sign, since fitness is exponential and payoffs then differ by
    a number that is the same for all. So half the difference of the chances of a cooperator and a defector is rho - 1/N of the cooperator without its even orders in the intensity w:
    what is left beside the first order is of third order, and moves the zero in proportion to w^2. With 200 000 runs of each kind at w = 1/50 the zero was found at 4.29 with an error of
    0.04, so the bias there is hardly above 0.1 and here, at a quarter of it, hardly above 0.03: a fifth of the standard error. The chance of the cooperator alone would be worse:
    its second order had moved the zero to 3.54 at w = 1/50.
    """
    net = random_regular(100, 4, seed=1)
    exact = float(find_critical_ratio(net, death_birth()).ratio)
    assert exact == pytest.approx(98 / 23, rel=1e-9)
    game = MatrixGame([["b - c", "-c"], ["b", 0]], strategies=["help", "defect"], parameters={"b": 0, "c": 1})
    population = network_population(game, death_birth(INTENSITY), net, payoffs=averaged())
    effects, errors = [], []
    for place, b in enumerate(BENEFITS):
        helped, other = (
            simulate_network_fixation(population, {"b": b}, *pair, runs=RUNS, seed=10 * place + k, workers=2)
            for k, pair in enumerate([("defect", "help"), ("help", "defect")])
        )
        assert helped.unfinished == other.unfinished == 0
        effects.append((helped.probability - other.probability) / 2)
        errors.append(math.hypot(helped.standard_error, other.standard_error) / 2)
    found, error = crossing(BENEFITS, np.array(effects), np.array(errors))
    assert error < 0.2  # imitation updating, with 6.5, and birth-death, with none, are far away
    assert abs(found - exact) < 3 * error
