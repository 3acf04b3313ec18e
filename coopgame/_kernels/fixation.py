"""Fixation in logarithms: of quadratic exponents without one exponential a term, and of chains of single steps with mean times."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from coopgame._kernels.markov import log_stationary

_BLOCK = 32
_NEGLIGIBLE = -60.0  # exp of it, times the number of terms, is beyond the last digit
_FAR = 1e4  # of exponents whose differences would cost digits


@numba.njit(cache=True, nogil=True, error_model="numpy")
def log_fixation_of_line(u: float, v: float, size: int) -> float:
    """Return -log of the sum over k = 0 … size - 1 of exp(-(u k (k + 1) / 2 + v k)).

    It is the log fixation probability of one mutant whose advantage, times the intensity of selection, is u k + v when there are k of its kind.
    """
    last = size - 1
    a, b = -0.5 * u, -(0.5 * u + v)
    most = max(0.0, _at(a, b, last))
    vertex = -0.5 * b / a if a < 0 else -1.0
    if 0 < vertex < last:
        most = max(most, _at(a, b, math.floor(vertex)), _at(a, b, math.floor(vertex) + 1))
    growth = math.exp(2 * a) if a < 300 else np.inf
    total, k = 0.0, 0
    while k <= last:
        end = min(k + _BLOCK, last + 1)
        first, final = _at(a, b, k) - most, _at(a, b, end - 1) - most
        peak = 0.0 if k <= vertex <= end else max(first, final)
        step = a * (2 * k + 1) + b
        if peak < _NEGLIGIBLE:
            k = end
            continue
        if first > -600 and abs(step) < 20 and abs(a) < 1:
            term, ratio = math.exp(first), math.exp(step)
            for _ in range(k, end):
                total += term
                term *= ratio
                ratio *= growth
        else:
            for j in range(k, end):
                total += math.exp(_at(a, b, j) - most)
        k = end
    return float(-(most + math.log(total)))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _at(a: float, b: float, k: float) -> float:
    return (a * k + b) * k


@numba.njit(cache=True, nogil=True, error_model="numpy")
def log_fixation_of_pairs(payoffs: Any, size: int, intensity: float) -> Any:
    """Return the log fixation probabilities of one mutant, entry [resident, mutant], where members meet all others in pairs.

    The ratio of steps down to steps up is exp(-intensity * advantage): the Fermi rule, and replacement with exponential fitness. The diagonal is NaN.
    """
    n = payoffs.shape[0]
    found = np.full((n, n), np.nan)
    for i in range(n):
        for j in range(i + 1, n):
            at_first, at_last = payoffs[j, i] - payoffs[i, i], payoffs[j, j] - payoffs[i, j]
            scale = intensity / (size - 1)
            u = scale * (at_last - at_first)
            v = intensity * at_first + scale * (payoffs[j, i] - payoffs[j, j])
            found[i, j] = log_fixation_of_line(u, v, size)
            whole = -(0.5 * u * size + v) * (size - 1)  # log of the chance of i in j over that of j in i
            if abs(whole) < _FAR:
                found[j, i] = found[i, j] + whole
            else:
                found[j, i] = log_fixation_of_line(u, -(u * size + v), size)
    return found


@numba.njit(cache=True, nogil=True, error_model="numpy")
def laws_of_rare_mutants(payoffs: Any, size: int, intensities: Any) -> tuple[Any, Any]:
    """Return for many games the log fixation probabilities [game, resident, mutant] and the log stationary laws [game, strategy] of rare mutants."""
    count, n = payoffs.shape[0], payoffs.shape[1]
    chances, laws = np.empty((count, n, n)), np.empty((count, n))
    for g in range(count):
        chances[g] = log_fixation_of_pairs(payoffs[g], size, intensities[g])
        laws[g] = log_stationary(chances[g])
    return chances, laws


@numba.njit(cache=True, nogil=True, error_model="numpy")
def climb(log_up: Any, log_down: Any, start: int) -> tuple[float, float, float]:
    """Return log fixation probability, log mean time to an end, and log mean time of fixation where it happens, from `start` in 1 … N - 1.

    log_up, log_down: log chances of one step from k = 1 … N - 1; -inf for 0. From k the chain leaves to k + 1 before 0 with the chance u_k and to 0 with d_k; all are
    made from sums and products, so that no digits are lost whatever the chances. Time is infinite where the chain can stop on the way, and NaN for a fixation that never happens.
    """
    last = len(log_up)
    chance, time, spent, back = 0.0, -np.inf, -np.inf, -np.inf
    below, dies, rises = -np.inf, 0.0, -np.inf  # of the state before: log time to leave it, log d, log u
    for k in range(1, last + 1):
        up, down = log_up[k - 1], log_down[k - 1]
        lower = down + dies if down > -np.inf and dies > -np.inf else -np.inf
        leaves = log_sum(up, lower)
        if leaves == -np.inf:
            stays_for, dies_here, rises_here = np.inf, -np.inf, -np.inf
        else:
            waits = down + below if down > -np.inf else -np.inf
            stays_for = log_sum(0.0, waits) - leaves
            rises_here = -_softplus(lower - up) if up > -np.inf else -np.inf
            dies_here = -_softplus(up - lower) if lower > -np.inf else -np.inf
        conditional_down = down + rises if down > -np.inf and rises > -np.inf else -np.inf
        conditional_up = up - rises_here if rises_here > -np.inf else -np.inf
        if conditional_up > -np.inf:
            back = log_sum(0.0, conditional_down + back if conditional_down > -np.inf else -np.inf) - conditional_up
        else:
            back = np.inf
        if k >= start:
            if chance > -np.inf:
                time = log_sum(time, chance + stays_for)
                spent = log_sum(spent, back)
            chance += rises_here
        below, dies, rises = stays_for, dies_here, rises_here
    return chance, time, spent if chance > -np.inf else np.nan


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _softplus(x: float) -> float:
    if x == -np.inf:
        return 0.0
    return math.log1p(math.exp(x)) if x < 0 else x + math.log1p(math.exp(-x))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def log_sum(a: float, b: float) -> float:
    """Return log(exp(a) + exp(b)), of infinite terms too."""
    if a < b:
        a, b = b, a
    return a if b == -np.inf or a == np.inf else a + math.log1p(math.exp(b - a))
