"""Santos and Pacheco (2005), Physical Review Letters 95, 098104: scale-free networks favour cooperation where a ring does not.

The published runs have 2000 nodes and 10^4 generations; benchmarks/scale_free_cooperation.py does those. Here networks are smaller.
"""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    NetworkOptions,
    degree_scaled_imitation,
    network_population,
    ring,
    scale_free,
    simulate_network,
    synchronous,
)

DILEMMA = MatrixGame([[1, 0], ["b", 0]], strategies=["C", "D"])
HALF = {"C": 0.5, "D": 0.5}


def cooperation(network: object, b: str, seed: int, sweeps: int = 2500) -> float:
    """Return the mean share of cooperators in the last fifth of a run, copying with the chance gain / (larger degree * b)."""
    population = network_population(DILEMMA, degree_scaled_imitation(), network, updating=synchronous())
    options = NetworkOptions(every=50)
    run = simulate_network(population, {"b": b}, start=HALF, sweeps=sweeps, seed=seed, options=options)
    return float(run.mean_shares(since=0.8 * sweeps)[0, 0])


@pytest.mark.parametrize(
    ("b", "published", "runs"), [("1.1", 0.95, 4), ("1.3", 0.999, 4), ("1.5", 0.984, 4), ("1.8", 0.866, 12)]
)
def test_scale_free_networks(b: str, published: float, runs: int) -> None:
    """The published numbers are means of many networks; near b = 2 these differ the most."""
    found = [cooperation(scale_free(500, 2, seed=k), b, seed=k) for k in range(runs)]
    assert abs(np.mean(found) - published) < 0.15


@pytest.mark.parametrize("b", ["1.3", "1.5", "1.8"])
def test_a_ring_with_as_many_neighbours(b: str) -> None:
    """Without hubs cooperation dies out."""
    assert cooperation(ring(500, 4), b, seed=1) == 0.0


def test_a_ring_keeps_cooperation_where_temptation_is_small() -> None:
    assert cooperation(ring(500, 4), "1.05", seed=1) > 0.5
