"""M5 and M1 in finite populations beside a second implementation: gains, chances to take over, the long run."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from coopgame import (
    fermi_imitation,
    find_fixation,
    find_small_mutation_law,
    find_stationary_distribution,
    finite_population,
    linear_fitness,
    moran,
    read_game,
    selection_gradient,
    weak_selection,
)
from tests.paper import second_finite as second

MODELS = Path(__file__).parents[2] / "paper_repro" / "models"
M1, M5 = read_game(MODELS / "m1.toml"), read_game(MODELS / "m5.toml")
Pairs = list[tuple[Fraction, Fraction]]


def pairs_of(name: str, size: int) -> Pairs:
    values = {n: Fraction(v) for n, v in (M1 if name == "m1" else M5).values().items()}
    return list(second.pairs_m1(size, values) if name == "m1" else second.pairs_m5(size, 5, 3, values))


@pytest.mark.parametrize("size", [20, 200])
@pytest.mark.parametrize(("name", "game"), [("m1", M1), ("m5", M5)])
def test_chances_to_take_over(name: str, game: object, size: int) -> None:
    first, other = game.populations[0].strategies  # type: ignore[attr-defined]
    for beta in (Fraction(1, 10), 1, 5):
        expected = second.log_fixation(pairs_of(name, size), beta)
        found = find_fixation(finite_population(game, fermi_imitation(beta), size))  # type: ignore[arg-type]
        assert found.log_probability(other, first) == pytest.approx(expected[0], rel=1e-10, abs=1e-10)
        assert found.log_probability(first, other) == pytest.approx(expected[1], rel=1e-10, abs=1e-10)


@pytest.mark.parametrize(("name", "game"), [("m1", M1), ("m5", M5)])
def test_the_long_run(name: str, game: object) -> None:
    first = game.populations[0].strategies[0]  # type: ignore[attr-defined]
    for size, mutation in ((20, Fraction(1, 200)), (200, Fraction(1, 50))):
        law = find_stationary_distribution(finite_population(game, fermi_imitation(5), size, mutation=mutation))  # type: ignore[arg-type]
        pairs = pairs_of(name, size)
        order = np.argsort(law.counts[first])
        assert law.probabilities[order] == pytest.approx(second.stationary(pairs, 5, mutation), rel=1e-9, abs=1e-300)
        assert law.mean_shares[first] == pytest.approx(float(second.mean_cooperation(pairs, 5, mutation)), rel=1e-10)
        rare = find_small_mutation_law(finite_population(game, fermi_imitation(1), size))  # type: ignore[arg-type]
        assert rare.law[0] == pytest.approx(float(second.rare_mutation_share(pairs, 1)), rel=1e-9)


@pytest.mark.parametrize(("name", "game"), [("m1", M1), ("m5", M5)])
def test_gradients_and_weak_selection(name: str, game: object) -> None:
    first, other = game.populations[0].strategies  # type: ignore[attr-defined]
    size = 24
    pairs = pairs_of(name, size)
    gradient = selection_gradient(finite_population(game, fermi_imitation(2), size)).gradient  # type: ignore[arg-type]
    expected = [float(second.gradient(i, pairs, 2)) for i in range(size + 1)]
    assert gradient == pytest.approx(expected, rel=1e-12, abs=1e-15)
    slopes = second.weak_selection(pairs, "moran")
    found = weak_selection(game, other, first, size=size)  # type: ignore[arg-type]
    assert Fraction(str(found.value(game.values()))) == slopes[0]  # type: ignore[attr-defined]


def test_moran_process_with_payoffs_as_fitness() -> None:
    pairs = pairs_of("m1", 12)
    exact = second.fixation_moran(pairs, Fraction(1, 3))
    found = find_fixation(finite_population(M1, moran("1/3", fitness=linear_fitness()), 12))
    assert found.probability("price war", "cooperate") == pytest.approx(float(exact[0]), rel=1e-11)
    assert found.probability("cooperate", "price war") == pytest.approx(float(exact[1]), rel=1e-11)
