"""Published results reproduced: the saddle-focus around which four strategies move chaotically."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import catalog, find_lyapunov_exponents, find_rest_points, integrate

GAME = catalog.skyrms_chaos()


def test_the_interior_point_is_a_saddle_focus() -> None:
    """Skyrms (1992), Journal of Logic, Language and Information 1, 111: one real negative eigenvalue, an unstable pair."""
    points = find_rest_points(GAME)
    assert points.complete
    point = points["I1"]
    assert point.state == pytest.approx([0.274151, 0.215405, 0.241514, 0.268930], abs=1e-6)
    values = np.sort_complex([complex(value) for value in point.eigenvalues])
    assert values == pytest.approx([-0.168681, 0.014497 - 0.092188j, 0.014497 + 0.092188j], abs=1e-6)
    assert (point.stability, point.attracting, point.known) == ("saddle", "unstable", "exact")


def test_neighbours_separate_slowly() -> None:
    """Largest exponent 0.0034 within a fifth at T = 2e4, measured from two starts (with the matrix of Skyrms 1992)."""
    path = integrate(GAME, [0.3, 0.2, 0.25, 0.25], t_end=20_000)
    found = path.outcome.exponents
    assert path.outcome.kind == "chaotic" and found is not None
    fine = path.at(np.linspace(0, 20_000, 200_001))
    smallest = [part.min() for part in np.array_split(fine, 4)]
    assert min(smallest) > 1e-4 and max(smallest) < 2 * min(smallest)  # no nearer to the boundary in later quarters
    late = find_lyapunov_exponents(path, after=2000)
    assert late.exponents[0] == pytest.approx(0.00336, abs=0.0007)
    assert late.exponents[1] == pytest.approx(0, abs=0.0007)  # along the orbit
    assert late.exponents.sum() == pytest.approx(late.divergence, abs=1e-6)
    assert 2 < late.dimension < 2.1
