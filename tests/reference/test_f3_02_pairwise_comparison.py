"""Traulsen, Nowak and Pacheco (2006), Physical Review E 74, 011909: fixation under pairwise comparison."""

from __future__ import annotations

import math

import pytest

from coopgame import MatrixGame, fermi_imitation, find_fixation, finite_population

HAWK_DOVE = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"])
DONATION = MatrixGame([["b - c", "-c"], ["b", 0]], ["C", "D"])


@pytest.mark.parametrize(("size", "intensity", "chance"), [(20, "1/10", 0.07350784448), (50, 1, 0.55126348087)])
def test_a_hawk_among_doves(size: int, intensity: object, chance: float) -> None:
    found = find_fixation(finite_population(HAWK_DOVE, fermi_imitation(intensity), size))
    assert found.probability("dove", "hawk") == pytest.approx(chance, abs=1e-9)


def test_a_cooperator_among_defectors() -> None:
    """The difference of payoffs is -1.0612245 throughout: (1 - e^(-beta d))/(1 - e^(-beta d N))."""
    found = find_fixation(finite_population(DONATION, fermi_imitation("1/10"), 50), {"b": 3, "c": 1})
    advantage = -(3 + 1 * 49) / 49 * 0.1
    assert found.probability("D", "C") == pytest.approx(0.0005582072669601, abs=1e-9)
    assert found.probability("D", "C") == pytest.approx(
        math.expm1(-advantage) / math.expm1(-50 * advantage), rel=1e-12
    )
