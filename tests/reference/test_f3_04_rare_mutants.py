"""Imhof, Fudenberg and Nowak (2005), Proceedings of the National Academy of Sciences 102: always cooperate, always defect and tit-for-tat with rare mutants."""

from __future__ import annotations

import pytest

from coopgame import MatrixGame, find_small_mutation_law, finite_population, linear_fitness, moran

# ten rounds with R = 3, S = 0.1, T = 5, P = 1; tit-for-tat pays 0.8 for its complexity
GAME = MatrixGame([["30", "1", "30"], ["50", "10", "14"], ["29.2", "8.3", "29.2"]], ["ALLC", "ALLD", "TFT"])


@pytest.mark.parametrize(
    ("size", "law"),
    [
        (10, [0.10182351, 0.37849879, 0.5196777]),
        (30, [0.06122991, 0.36760406, 0.57116603]),
        (100, [0.02756434, 0.57760879, 0.39482687]),
    ],
)
def test_the_law_of_rare_mutants(size: int, law: list[float]) -> None:
    """Moran process with fitness equal to payoff: tit-for-tat leads in small populations, defection in large ones."""
    found = find_small_mutation_law(finite_population(GAME, moran(1, linear_fitness()), size))
    assert found.law.tolist() == pytest.approx(law, abs=1e-6)
    assert (found.mass("TFT") > found.mass("ALLD")) == (size < 100)
