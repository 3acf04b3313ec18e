"""Published results reproduced: the replicator equation as a Lotka-Volterra system of one species less."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import IntegrationOptions, RateModel, catalog, find_rest_points, integrate, replicator

GAME = catalog.zeeman_game()
START = np.array([0.2, 0.5, 0.3])
# r = (-4, 5), B = ((1, 3), (-2, -3))
SPECIES = RateModel({"y1": "y1*(-4 + y1 + 3*y2)", "y2": "y2*(5 - 2*y1 - 3*y2)"})
TIGHT = IntegrationOptions(rtol=1e-12, atol=1e-12)


def test_share_ratios_follow_the_lotka_volterra_equation() -> None:
    """Hofbauer (1981), Nonlinear Analysis 5; Hofbauer and Sigmund (1998), theorem 7.5.1, with Zeeman's table:
    r = (-4, 5), B = ((1, 3), (-2, -3)), ratios 1.154541 and 0.971928 at t = 3.
    """
    path = integrate(replicator(GAME), START, t_end=3, options=TIGHT)
    assert path.final[:2] / path.final[2] == pytest.approx([1.154541, 0.971928], abs=1e-5)
    # the other clock, d tau = x3 dt, at several times along both orbits
    end = 3 * float(path.average()[2])
    orbit = integrate(SPECIES, START[:2] / START[2], t_end=end, options=TIGHT)
    for time in (0.5, 1.0, 2.0, 3.0):
        shares = path.at(time)
        elapsed = time * float(path.average(0, time)[2])
        assert orbit.at(min(elapsed, end)) == pytest.approx(shares[:2] / shares[2], rel=1e-8)
    assert orbit.final == pytest.approx([1.154541, 0.971928], abs=1e-5)


def test_rest_points_correspond() -> None:
    """Points with x3 > 0 of the game are those of the species, y = x/x3, with the same stability."""
    species = {p.kind: p for p in find_rest_points(SPECIES)}
    (inside,) = [p for p in find_rest_points(GAME) if p.kind == "interior"]
    x1, x2, x3 = inside.coordinates.values()
    found = species["interior"]
    assert [found.coordinates["y1"], found.coordinates["y2"]] == [x1 / x3, x2 / x3]
    assert (found.stability, found.attracting) == (inside.stability, inside.attracting)
