"""Published results reproduced: turns around a heteroclinic cycle last longer and longer, by a constant factor."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    IntegrationOptions,
    catalog,
    find_heteroclinic_cycles,
    find_rest_points,
    integrate,
    replicator,
)
from coopgame.algebra.conditions import TRUE


@pytest.mark.parametrize(("a", "b", "t_end", "tolerance"), [(2, 1, 2e4, 0.05), (3, 2, 2e4, 0.05)])
def test_turns_last_longer_by_the_cube_of_the_stakes(a: int, b: int, t_end: float, tolerance: float) -> None:
    """Hofbauer and Sigmund (1998); Gaunersdorfer (1992), SIAM J. Appl. Math. 52: cycle times grow by (a/b)**3.

    Start (e**0.3, 1, 1) over its sum, section log(x1/x3) = 0; shares fall below 1e-1000.
    """
    start = np.array([np.exp(0.3), 1, 1]) / (np.exp(0.3) + 2)
    field = replicator(catalog.rock_paper_scissors(a=a, b=b))
    path = integrate(field, start, t_end=t_end, options=IntegrationOptions(points=40_001))
    odds = path.log_shares[:, 0] - path.log_shares[:, 2]
    rises = np.flatnonzero((odds[:-1] < 0) & (odds[1:] >= 0))
    weights = odds[rises] / (odds[rises] - odds[rises + 1])
    turns = np.diff(path.times[rises] + weights * np.diff(path.times)[rises])
    assert turns[-1] / turns[-2] == pytest.approx((a / b) ** 3, abs=tolerance)
    assert path.log_shares.min() < -1000 * np.log(10)


def test_the_cycle_attracts_where_losses_are_larger() -> None:
    """Gaunersdorfer (1992): each of three equal saddles contributes a/b, their contracting over their expanding eigenvalue."""
    (cycle,) = find_heteroclinic_cycles(catalog.rock_paper_scissors(a=2, b=1))
    assert len(cycle.states) == 3 and cycle.attracts == TRUE
    saddles = [p for p in find_rest_points(catalog.rock_paper_scissors(a=2, b=1)) if p.kind == "vertex"]
    ratios = [-min(map(float, p.eigenvalues)) / max(map(float, p.eigenvalues)) for p in saddles]
    assert ratios == [2, 2, 2]
