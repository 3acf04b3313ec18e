"""Chances that one step takes a member of a population from each strategy to each, for the laws that are compiled."""

from __future__ import annotations

import math

import numba
import numpy as np

FERMI, PAIRWISE_IMITATION, IMITATIVE_LOGIT, SMITH, LOGIT, BEST_RESPONSE, MORAN, BIRTH_DEATH, DEATH_BIRTH = range(9)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def fill_payoffs(
    payoffs: np.ndarray,
    starts: np.ndarray,
    p: int,
    paired: bool,
    counts: np.ndarray,
    weights: np.ndarray,
    found: np.ndarray,
) -> float:
    """Write the sums of the payoffs of each strategy of population p over all whom it meets, itself included if paired; return the number of meetings.

    payoffs: rows of the strategies of p, by the strategies of the others in order, as one array. weights: room for the numbers of meetings by kind.
    """
    n = starts[p + 1] - starts[p]
    kinds = 1
    weights[0] = 1.0
    meetings = 1.0
    for q in range(len(starts) - 1):
        if q == p and not paired:
            continue
        own = starts[q + 1] - starts[q]
        members = 0
        for k in range(kinds - 1, -1, -1):
            base = weights[k]
            for s in range(own - 1, -1, -1):
                weights[k * own + s] = base * counts[starts[q] + s]
        for s in range(own):
            members += counts[starts[q] + s]
        kinds *= own
        meetings *= float(members - 1) if paired else float(members)
    for s in range(n):
        total = 0.0
        for k in range(kinds):
            total += payoffs[s * kinds + k] * weights[k]
        found[s] = total
    return meetings


@numba.njit(cache=True, nogil=True, error_model="numpy")
def fill_imitation(law: int, setting: float, own: np.ndarray, counts: np.ndarray, chances: np.ndarray) -> None:
    """Write the chances that a member of i imitates one of j. own: what members earn."""
    n = len(counts)
    size = float(counts.sum())
    if law == IMITATIVE_LOGIT:
        most = -np.inf
        for k in range(n):
            if counts[k] > 0:
                most = max(most, own[k])
        whole = 0.0
        for k in range(n):
            if counts[k] > 0:
                chances[0, k] = counts[k] * math.exp((own[k] - most) / setting)
                whole += chances[0, k]
        for i in range(n - 1, -1, -1):
            factor = counts[i] / size / whole
            for j in range(n):
                chances[i, j] = factor * chances[0, j]
        return
    for i in range(n):
        factor = counts[i] / size / (size - 1.0)
        for j in range(n):
            if i != j and counts[i] > 0 and counts[j] > 0:
                gain = own[j] - own[i]
                copies = 1.0 / (1.0 + math.exp(-setting * gain)) if law == FERMI else max(gain, 0.0)
                chances[i, j] = factor * counts[j] * copies


@numba.njit(cache=True, nogil=True, error_model="numpy")
def fill_choice(law: int, setting: float, seen: np.ndarray, counts: np.ndarray, chances: np.ndarray) -> None:
    """Write the chances that a member of i chooses j. seen: what one of i would earn as one of j."""
    n = len(counts)
    size = float(counts.sum())
    for i in range(n):
        if counts[i] == 0:
            continue
        most = seen[i].max()
        whole = 0.0
        for j in range(n):
            if law == LOGIT:
                chances[i, j] = math.exp((seen[i, j] - most) / setting)
            elif law == BEST_RESPONSE:
                chances[i, j] = 1.0 if seen[i, j] == most else 0.0
            else:
                chances[i, j] = max(seen[i, j] - seen[i, i], 0.0)
            whole += chances[i, j]
        factor = counts[i] / size / (1.0 if law == SMITH else whole)
        for j in range(n):
            chances[i, j] *= factor


@numba.njit(cache=True, nogil=True, error_model="numpy")
def fill_fitness(
    intensity: float, linear: bool, own: np.ndarray, counts: np.ndarray, without: int, fitness: np.ndarray
) -> bool:
    """Write the fitness of members up to a common factor, such that the largest among all but one of `without` holds; return False for one that is not positive."""
    most = -np.inf
    for k in range(len(counts)):
        if counts[k] > (1 if k == without else 0):
            most = max(most, intensity * own[k])
    for k in range(len(counts)):
        fitness[k] = 0.0
        if counts[k] > 0:
            fitness[k] = 1.0 - intensity + intensity * own[k] if linear else math.exp(intensity * own[k] - most)
            if linear and not fitness[k] > 0.0:
                return False
    return True


@numba.njit(cache=True, nogil=True, error_model="numpy")
def fill_replacement(
    law: int,
    intensity: float,
    linear: bool,
    own: np.ndarray,
    counts: np.ndarray,
    fitness: np.ndarray,
    chances: np.ndarray,
) -> bool:
    """Write the chances that a member of i dies and one of j is the parent of who comes; return False for a fitness that is not positive. fitness: room for it."""
    n = len(counts)
    size = float(counts.sum())
    if not fill_fitness(intensity, linear, own, counts, -1, fitness):
        return False
    whole = 0.0
    for k in range(n):
        whole += counts[k] * fitness[k]
    for i in range(n):
        if counts[i] == 0:
            continue
        if law == MORAN:
            factor = counts[i] / size / whole
        elif law == BIRTH_DEATH:
            factor = 1.0 / (size - 1.0) / whole
        else:
            fill_fitness(intensity, linear, own, counts, i, fitness)
            others = 0.0
            for k in range(n):
                if k != i or counts[k] > 1:
                    others += (counts[k] - (1.0 if k == i else 0.0)) * fitness[k]
            factor = counts[i] / size / others
        for j in range(n):
            same = 1.0 if i == j else 0.0
            if law == MORAN:
                chances[i, j] = factor * (counts[j] * fitness[j])
            elif law == BIRTH_DEATH:
                chances[i, j] = factor * ((counts[i] - same) * counts[j] * fitness[j])
            elif counts[j] > same:
                chances[i, j] = factor * ((counts[j] - same) * fitness[j])
    return True


@numba.njit(cache=True, nogil=True, error_model="numpy")
def mutate(mutation: float, at_birth: bool, step: float, counts: np.ndarray, chances: np.ndarray) -> bool:
    """Let mutants arise, at birth or among those who would revise, at chances that are rates times the step; return False where chances of one member exceed 1."""
    n = len(counts)
    size = float(counts.sum())
    kept = 1.0 - mutation
    changed = mutation / (n - 1)
    for i in range(n):
        if counts[i] == 0:
            continue
        share = counts[i] / size
        row = 0.0
        for j in range(n):
            row += chances[i, j] if at_birth or i != j else 0.0
        leaving = 0.0
        for j in range(n):
            if at_birth:
                chances[i, j] = chances[i, j] * kept + (row - chances[i, j]) * changed
            else:
                chances[i, j] = chances[i, j] * (step * kept) + share * changed
            if j != i:
                leaving += chances[i, j]
        if not leaving <= share * (1.0 + 1e-9) and not at_birth:
            return False
    return True
