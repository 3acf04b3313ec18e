"""Rows of the chains of finite populations whose members meet in pairs, under the Fermi rule and the Moran process."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

_LEAST = 1e-300


@numba.njit(cache=True, nogil=True, error_model="numpy")
def pair_chain(
    states: Any, ways: Any, matrix: Any, intensity: float, mutation: float, moran: bool, moves: Any
) -> tuple[Any, Any, Any, int]:
    """Return data, columns and starts of the rows of a chain, where entries that are 0 are left out, and how many chances floats hardly hold.

    states: numbers of members in order, (S, n). ways: number of ways to part r members among q + 1 strategies, entry [q, r]. moran: whether a parent is drawn by
    exp(intensity * payoff) and anybody dies, else the Fermi rule. moves: pairs of strategies (from, to) in the order of the columns they lead to, and (-1, -1) for staying.
    """
    count, n = states.shape
    size = ways.shape[1] - 1
    data = np.empty(count * len(moves))
    columns = np.empty(count * len(moves), np.int32)
    starts = np.empty(count + 1, np.int32)
    chances = np.zeros((n, n))
    after = np.zeros(n, np.int64)
    starts[0], filled, lost = 0, 0, 0
    for row in range(count):
        now = states[row]
        if moran:
            _moran(now, size, matrix, intensity, mutation, chances)
        else:
            _fermi(now, size, matrix, intensity, mutation, chances)
        leaving, stays = 0.0, filled
        for m in range(len(moves)):
            i, j = moves[m, 0], moves[m, 1]
            if i < 0:
                stays = filled
                columns[filled] = row
                filled += 1
                continue
            if now[i] > 0 and now[j] > 0 and chances[i, j] < _LEAST:
                lost += 1
            if now[i] > 0 and chances[i, j] > 0:
                leaving += chances[i, j]
                for k in range(n):
                    after[k] = now[k]
                after[i] -= 1
                after[j] += 1
                data[filled], columns[filled] = chances[i, j], _place(after, ways, size)
                filled += 1
        data[stays] = max(1.0 - leaving, 0.0)
        starts[row + 1] = filled
    return data[:filled], columns[:filled], starts, lost


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _place(counts: Any, ways: Any, size: int) -> int:
    left, found, n = size, 0, len(counts)
    for p in range(n - 1):
        after = left - counts[p]
        found += ways[n - 1 - p, left] - ways[n - 1 - p, after]
        left = after
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _earned(counts: Any, size: int, matrix: Any, i: int) -> float:
    total = -matrix[i, i]
    for k in range(len(counts)):
        total += matrix[i, k] * counts[k]
    return float(total / (size - 1))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _fermi(counts: Any, size: int, matrix: Any, intensity: float, mutation: float, chances: Any) -> None:
    n = len(counts)
    mutant = mutation / (n - 1) if n > 1 else 0.0
    for i in range(n):
        for j in range(n):
            chances[i, j] = counts[i] / size * mutant
    for i in range(n):
        if counts[i] == 0:
            continue
        own = _earned(counts, size, matrix, i)
        for j in range(i):
            if counts[j] == 0:
                continue
            meet = (1.0 - mutation) * counts[i] * counts[j] / (size * (size - 1.0))
            gain = intensity * (_earned(counts, size, matrix, j) - own)
            small = math.exp(-abs(gain))
            more, less = meet / (1.0 + small), meet * small / (1.0 + small)
            chances[i, j] += more if gain > 0 else less
            chances[j, i] += less if gain > 0 else more


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _moran(counts: Any, size: int, matrix: Any, intensity: float, mutation: float, chances: Any) -> None:
    n = len(counts)
    most = -np.inf
    for i in range(n):
        if counts[i] > 0:
            most = max(most, intensity * _earned(counts, size, matrix, i))
    total = 0.0
    parents = np.zeros(n)
    for i in range(n):
        if counts[i] > 0:
            parents[i] = counts[i] * math.exp(intensity * _earned(counts, size, matrix, i) - most)
            total += parents[i]
    for j in range(n):
        born = parents[j] / total * (1.0 - mutation)
        for k in range(n):
            if k != j:
                born += parents[k] / total * mutation / (n - 1)
        for i in range(n):
            chances[i, j] = counts[i] / size * born
