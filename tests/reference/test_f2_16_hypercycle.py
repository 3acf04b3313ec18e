"""Published results reproduced: hypercycles, where every species feeds the next."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from coopgame import IntegrationOptions, MatrixGame, catalog, find_rest_points, integrate, replicator


def hypercycle(size: int) -> MatrixGame:
    """Species i grows by what the one before it supplies, at the rate 1."""
    return catalog.hypercycle(size, k=1)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (3, [-1 / 6 + 0.288675j]),
        (4, [-0.25, 0.25j]),
        (5, [0.0618034 + 0.190211j, -0.1618034 + 0.117557j]),
        (6, [0.083333 + 0.144338j, -0.083333 + 0.144338j, -1 / 6]),
    ],
)
def test_eigenvalues_at_even_shares(size: int, expected: list[complex]) -> None:
    """Hofbauer and Sigmund (1998), chapter 12: the other roots of unity divided by n, on the tangent space."""
    found = np.linalg.eigvals(replicator(hypercycle(size)).jacobian(np.full(size, 1 / size)))
    whole = [value for value in expected for value in ({value, np.conj(value)})]
    assert len(found) == len(whole) == size - 1
    for value in whole:
        assert np.abs(found - value).min() < 1e-6


def test_three_species_settle() -> None:
    """Hofbauer and Sigmund (1998), chapter 12: n = 3 is stable, here from far away."""
    point = find_rest_points(hypercycle(3))["I1"]
    assert (point.stability, point.attracting) == ("sink", "asymptotic")
    path = integrate(replicator(hypercycle(3)), [0.98, 0.01, 0.01], t_end=400)
    assert (path.outcome.kind, path.outcome.label) == ("converged", "I1")


def test_four_species_settle_slowly() -> None:
    """Hofbauer and Sigmund (1998), chapter 12: n = 4 is stable although two eigenvalues are imaginary."""
    path = integrate(
        replicator(hypercycle(4)), [0.4, 0.3, 0.2, 0.1], t_end=1e4, options=IntegrationOptions(points=2001)
    )
    away = np.abs(path.shares - 0.25).max(axis=1)
    quarters = [away[500 * k : 500 * (k + 1)].max() for k in range(4)]
    assert all(later < earlier for earlier, later in pairwise(quarters))
    assert away[-1] < 0.02
    # the product of shares is a Lyapunov function: it only rises
    assert np.diff(path.log_shares.sum(axis=1)).min() > -1e-9
    assert path.outcome.cycling is False


def test_four_species_are_proved_to_settle() -> None:
    """Hofbauer and Sigmund (1998), chapter 12: a Lyapunov function that is constant along no other orbit nearby."""
    point = find_rest_points(hypercycle(4))["I1"]
    assert (point.stability, point.attracting) == ("non-hyperbolic", "asymptotic")
    assert "LaSalle" in point.because
    assert {str(value) for value in point.eigenvalues} == {"-1/4", "-I/4", "I/4"}


@pytest.mark.parametrize("size", [5, 6, 7])
def test_more_species_have_no_stable_point(size: int) -> None:
    """Hofbauer and Sigmund (1998), chapter 12: from n = 5 on the interior point repels along a plane."""
    points = find_rest_points(hypercycle(size))
    assert points.complete and not points.attractors
    assert points["I1"].stability == "saddle"


def test_five_species_oscillate_forever() -> None:
    """Hofbauer and Sigmund (1998), chapter 12: n = 5 is unstable but permanent, and oscillates."""
    path = integrate(
        replicator(hypercycle(5)), [0.21, 0.2, 0.2, 0.2, 0.19], t_end=1000, options=IntegrationOptions(points=4001)
    )
    assert path.outcome.kind == "periodic"
    assert "heteroclinic" not in path.outcome.text
    assert path.shares.min() > 1e-4
    assert path.outcome.amplitude is not None and path.outcome.amplitude > 0.5
