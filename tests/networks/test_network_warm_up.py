"""Kernels compiled ahead are those that simulations then use."""

from __future__ import annotations

import importlib
from typing import Any

import numba
import pytest

from coopgame import (
    MatrixGame,
    accumulated,
    averaged,
    birth_death,
    death_birth,
    fermi_imitation,
    imitate_the_best,
    linear_fitness,
    logit,
    mixed_cluster,
    moore,
    network_population,
    random_regular,
    scale_free,
    simulate_network,
    simulate_network_fixation,
    square_lattice,
    synchronous,
)
from coopgame.networks.warm_up import network_simulations

KERNELS = ("best", "births", "fixation", "forms", "packed", "revise", "steps")
GAME = MatrixGame([[3, 0], [4, 1]], strategies=["C", "D"])


def compiled() -> dict[str, int]:
    """Return how many types each kernel has been compiled for in this process, loaded from the cache or anew."""
    modules = [importlib.import_module(f"coopgame._kernels.network_{name}") for name in KERNELS]
    kernels = {
        f"{module.__name__}.{name}": value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, numba.core.dispatcher.Dispatcher)
    }
    return {name: len(kernel.signatures) for name, kernel in kernels.items()}


@pytest.fixture(scope="module")
def ready() -> dict[str, int]:
    for run in network_simulations().values():
        run()
    return compiled()


@pytest.mark.parametrize("mutation", [0, "1/100"])
@pytest.mark.parametrize(
    ("law", "net", "payoffs"),
    [
        (fermi_imitation(), square_lattice(5), accumulated()),
        (death_birth("1/2"), random_regular(10, 4, seed=1), averaged()),
        (logit("1/2"), square_lattice(5, neighbourhood=moore()), accumulated(with_self=True)),
        (fermi_imitation(), scale_free(20, 2, seed=1), averaged()),
        (birth_death("1/10", fitness=linear_fitness()), scale_free(20, 2, seed=1), accumulated()),
        (birth_death(9), mixed_cluster([9, 9], seed=1, partners=4, vertical="1/2"), accumulated()),
    ],
    ids=str,
)
def test_nothing_is_left_to_compile(ready: dict[str, int], law: Any, net: Any, payoffs: Any, mutation: Any) -> None:
    population = network_population(GAME, law, net, payoffs=payoffs, mutation=mutation)
    simulate_network(population, start={"C": "1/2", "D": "1/2"}, sweeps=2)
    if law.name != "logit" and not mutation and getattr(population.contacts, "is_connected", True):
        simulate_network_fixation(population, None, "C", "D", runs=2)
    assert compiled() == ready


def test_nothing_is_left_for_the_best_neighbours(ready: dict[str, int]) -> None:
    spatial = network_population(
        GAME, imitate_the_best(), square_lattice(9, neighbourhood=moore()), updating=synchronous()
    )
    simulate_network(spatial, start={"C": "1/2", "D": "1/2"}, sweeps=2)
    assert compiled() == ready
