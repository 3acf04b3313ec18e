"""Compiles the kernels of exact results for finite populations ahead of their first use."""

from __future__ import annotations

from collections.abc import Callable

from coopgame.dynamics.protocols import fermi_imitation, logit
from coopgame.dynamics.replacement_rules import death_birth
from coopgame.finite.fixation import find_fixation
from coopgame.finite.population import finite_population
from coopgame.finite.small_mutation import find_small_mutation_law
from coopgame.finite.stationary import find_stationary_distribution
from coopgame.games.matrix import MatrixGame


def finite_computations() -> dict[str, Callable[[], object]]:
    """Return what to run once so that the kernels are ready: name to function."""
    game = MatrixGame([["a", 0, 1], [1, 1, 0], [0, 1, 1]])
    fermi = finite_population(game, fermi_imitation(), 5, mutation="1/10")
    return {
        "rare mutants": lambda: find_small_mutation_law(fermi, {"a": [1, 2]}),
        "fixation step by step": lambda: find_fixation(finite_population(game, death_birth(), 5), {"a": 1}),
        "stationary distributions of finite populations": lambda: find_stationary_distribution(fermi, {"a": 1}),
        "stationary distributions in logarithms": lambda: find_stationary_distribution(
            finite_population(game, logit("1/2000"), 5), {"a": 1}
        ),
    }
