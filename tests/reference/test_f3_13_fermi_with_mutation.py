"""The Fermi process with mutation: Hawk-Dove without self-play, its stationary distribution by detailed balance."""

from __future__ import annotations

import pytest

from coopgame import MatrixGame, fermi_imitation, find_stationary_distribution, finite_population

HAWK_DOVE = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"])


def test_twenty_members() -> None:
    """Z = 20, intensity 1, mutation 1/100."""
    found = find_stationary_distribution(finite_population(HAWK_DOVE, fermi_imitation(1), 20, mutation="1/100"))
    assert found.mean_shares["hawk"] == pytest.approx(0.565634425, abs=1e-8)
    assert found.mode == {"hawk": 11, "dove": 9}
    assert found.at([0, 20]) == pytest.approx(0.00309425753, abs=1e-8)
    assert found.at([20, 0]) == pytest.approx(0.0207722825, abs=1e-8)


def test_fifty_members() -> None:
    """Z = 50, intensity 1/2, mutation 1/50."""
    found = find_stationary_distribution(finite_population(HAWK_DOVE, fermi_imitation("1/2"), 50, mutation="1/50"))
    assert found.mean_shares["hawk"] == pytest.approx(0.5167747017, abs=1e-8)
    assert found.mode["hawk"] == 26
    assert found.at([0, 50]) == pytest.approx(1.4656598729e-05, abs=1e-8)
    assert found.at([50, 0]) == pytest.approx(3.58282e-5, abs=1e-9)
