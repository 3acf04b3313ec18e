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
    """Largest exponent 0.00336 within a fifth at T = 2e4, from two starts (with the matrix of Skyrms 1992).

    An orbit of this length samples the attractor: its digits change with rounding, and the estimate by its standard error, about a tenth.
    """
    starts = [[0.3, 0.2, 0.25, 0.25], [0.26, 0.22, 0.25, 0.27]]
    paths = [integrate(GAME, start, t_end=20_000) for start in starts]
    assert [path.outcome.kind for path in paths] == ["chaotic", "chaotic"]
    late = [find_lyapunov_exponents(path, after=2000) for path in paths]
    largest = np.mean([found.exponents[0] for found in late])
    sampling = np.sqrt(sum(found.errors[0] ** 2 for found in late)) / 2
    assert sampling < 0.0006
    assert largest == pytest.approx(0.00336, abs=0.2 * 0.00336 + 2 * sampling)
    for found in late:
        assert found.exponents[1] == pytest.approx(0, abs=0.001)  # along the orbit
        assert found.exponents.sum() == pytest.approx(found.divergence, abs=1e-6)
        assert 2 < found.dimension < 2.1


def test_the_orbit_stays_away_from_the_boundary() -> None:
    path = integrate(GAME, [0.3, 0.2, 0.25, 0.25], t_end=20_000)
    smallest = [part.min() for part in np.array_split(path.at(np.linspace(0, 20_000, 200_001)), 4)]
    assert min(smallest) > 1e-4 and max(smallest) < 2 * min(smallest)  # no nearer in later quarters
