"""Published results reproduced: time averages of zero-sum rock-paper-scissors."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import IntegrationOptions, catalog, crosses, integrate, replicator


@pytest.mark.parametrize("start", [[0.5, 0.3, 0.2], [0.05, 0.15, 0.8], [0.98, 0.01, 0.01]])
def test_averages_over_whole_periods_are_the_equilibrium(start: list[float]) -> None:
    """Hofbauer and Sigmund (1998), theorem 7.6.4: 1/3 each along every interior orbit; and x1 x2 x3 stays what it is."""
    section = crosses("player.rock - player.paper", rising=True)
    field = replicator(catalog.rock_paper_scissors(a=1, b=1))
    path = integrate(field, start, t_end=200, events=[section], options=IntegrationOptions(1e-11, 1e-13))
    turns = [event.time for event in path.events]
    assert len(turns) > 5
    assert path.average(turns[0], turns[-1]) == pytest.approx(np.full(3, 1 / 3), abs=1e-4)
    product = path.log_shares.sum(axis=1)
    assert product == pytest.approx(np.full(len(product), np.log(start).sum()), abs=1e-8)
