"""Published results reproduced: a strictly dominated twin strategy dies out under imitation."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    IntegrationOptions,
    catalog,
    find_pure_nash_equilibria,
    find_rest_points,
    integrate,
    mean_dynamic,
    replicator,
    smith,
)

GAME = catalog.rock_paper_scissors_with_twin(a=2, b=1)


def test_the_twin_dies_out_exponentially() -> None:
    """Hofbauer and Sandholm (2011), Theoretical Economics 6, 341: under the replicator x4/x3 decays as exp(-d t)."""
    path = integrate(replicator(GAME), [0.26, 0.25, 0.25, 0.24], {"d": "0.1"}, t_end=100)
    ratio = path.log_shares[:, 3] - path.log_shares[:, 2]
    assert ratio == pytest.approx(np.log(0.24 / 0.25) - 0.1 * path.times, abs=1e-7)
    assert np.exp(ratio[-1]) == pytest.approx(4.3584e-5, rel=1e-4)
    assert find_pure_nash_equilibria(GAME.substitute({"d": "0.1"})) == ()


@pytest.mark.parametrize("disadvantage", ["1/1000", "2"])
def test_the_rate_is_the_disadvantage(disadvantage: str) -> None:
    """Hofbauer and Sandholm (2011), Theoretical Economics 6, 341: the same for other disadvantages d."""
    path = integrate(replicator(GAME), [0.4, 0.3, 0.2, 0.1], {"d": disadvantage}, t_end=300)
    decay = float(path.game.values({"d": disadvantage})["d"]) * 300
    assert path.log_shares[-1, 3] - path.log_shares[-1, 2] == pytest.approx(np.log(0.5) - decay, abs=1e-6)


def test_no_rest_point_with_the_twin_can_last() -> None:
    """Hofbauer and Sandholm (2011): the twin earns d less than scissors wherever it plays, so where it is at rest scissors can enter."""
    points = find_rest_points(GAME)
    assert points.complete
    with_twin = [p for p in points if p.coordinates["player.twin"] != 0]
    assert with_twin and all(p.attracting == "unstable" for p in with_twin)
    assert not any(p.coordinates["player.scissors"] != 0 for p in with_twin)


def test_the_twin_survives_under_smith() -> None:
    """Hofbauer and Sandholm (2011): under Smith's dynamics a dominated strategy lasts; its average computed independently."""
    path = integrate(
        mean_dynamic(GAME, smith()),
        [0.4, 0.3, 0.2, 0.1],
        {"d": "0.1"},
        t_end=600,
        options=IntegrationOptions(1e-7, 1e-9),
    )
    late = path.at(np.linspace(400, 600, 4001))[:, 3]
    assert path.average(400, 600)[3] == pytest.approx(0.115516, abs=1e-3)
    assert (late.min(), late.max()) == pytest.approx((0.04751, 0.19430), abs=2e-3)
