"""Published results reproduced: the replicator equation as a Lotka-Volterra system of one species less."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from coopgame import IntegrationOptions, RateModel, catalog, integrate, replicator

GAME = catalog.zeeman_game()
START = np.array([0.2, 0.5, 0.3])


def test_share_ratios_follow_the_lotka_volterra_equation() -> None:
    """Hofbauer (1981), Nonlinear Analysis 5; Hofbauer and Sigmund (1998), theorem 7.5.1, with Zeeman's table:
    r = (-4, 5), B = ((1, 3), (-2, -3)), ratios 1.154541 and 0.971928 at t = 3.
    """
    path = integrate(replicator(GAME), START, t_end=3, options=IntegrationOptions(points=3001))
    ratios = path.shares[:, :2] / path.shares[:, 2:]
    assert ratios[-1] == pytest.approx([1.154541, 0.971928], abs=1e-5)
    # the other clock: d tau = x3 dt
    third = path.shares[:, 2]
    elapsed = float(((third[1:] + third[:-1]) / 2 * np.diff(path.times)).sum())
    growth, coupling = np.array([-4, 5]), np.array([[1, 3], [-2, -3]])
    species = solve_ivp(
        lambda _t, y: y * (growth + coupling @ y),
        (0, elapsed),
        START[:2] / START[2],
        "DOP853",
        rtol=1e-11,
        atol=1e-12,
    )
    assert species.y[:, -1] == pytest.approx(ratios[-1], abs=1e-5)


def test_the_model_of_species_has_the_same_orbit() -> None:
    """The same equation as a model of quantities: the ratios at t = 3 after the time tau = integral of x3."""
    tight = IntegrationOptions(rtol=1e-12, atol=1e-12)
    path = integrate(replicator(GAME), START, t_end=3, options=tight)
    species = RateModel({"y1": "y1*(-4 + y1 + 3*y2)", "y2": "y2*(5 - 2*y1 - 3*y2)"})
    ratios = integrate(species, START[:2] / START[2], t_end=3 * float(path.average()[2]), options=tight).final
    assert ratios == pytest.approx([1.154541, 0.971928], abs=1e-5)
    assert ratios == pytest.approx(path.final[:2] / path.final[2], abs=1e-9)
