"""Chances of the members of the next generation, where one step replaces all."""

from __future__ import annotations

import numpy as np

from coopgame.finite.population import ProcessAt


def offspring_chances(process: ProcessAt, counts: np.ndarray, *, mutation: bool = True) -> np.ndarray:
    """Return the chances of each strategy for a member of the next generation; shape (..., n).

    counts: numbers of members by strategy, shape (..., n). mutation: whether newborn members mutate.
    """
    law, numbers = process.population.laws[0], np.asarray(counts, dtype=float)
    logs = law.log_chances(process.payoffs.seen(0, [numbers]), numbers, **process.settings[0])
    parents = np.exp(np.where(np.isnan(logs), -np.inf, logs)).sum(axis=-2)
    chance = process.mutations[0] if mutation and numbers.shape[-1] > 1 else 0.0
    if chance > 0:
        parents = parents * (1 - chance) + (1 - parents) * chance / (numbers.shape[-1] - 1)
    parents = np.clip(parents, 0.0, 1.0)
    return np.asarray(parents / parents.sum(axis=-1, keepdims=True))


def generator_of(seed: int, replicate: int) -> np.random.Generator:
    """Return numpy's generator keyed by the seed and the replicate's own number."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(replicate,))))
