"""Moran (1958), Mathematical Proceedings of the Cambridge Philosophical Society 54; Nowak (2006), Evolutionary Dynamics, chapter 6: constant fitness."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from coopgame import MatrixGame, find_fixation, finite_population, linear_fitness, moran

GAME = MatrixGame([["r", "r"], [1, 1]], ["mutant", "resident"])


@pytest.mark.parametrize(
    ("fitness", "size", "chance"),
    [
        ("11/10", 10, 0.14795035898),
        (2, 10, 0.50048875855),
        ("21/20", 100, 0.04798394102),
        ("9/10", 20, 0.01537813999),
    ],
)
def test_fixation_of_a_mutant_of_constant_fitness(fitness: object, size: int, chance: float) -> None:
    """rho = (1 - 1/r)/(1 - r^-N)."""
    found = find_fixation(finite_population(GAME, moran(1, linear_fitness()), size), {"r": fitness})
    assert found.probability("resident", "mutant") == pytest.approx(chance, abs=1e-10)
    logs = find_fixation(finite_population(GAME, moran(), size), {"r": 1 + math.log(float(Fraction(str(fitness))))})
    assert logs.probability("resident", "mutant") == pytest.approx(chance, abs=1e-10)
