"""The stationary law of a Markov chain in logarithms."""

from __future__ import annotations

import math

import numba
import numpy as np


@numba.njit(cache=True, nogil=True, error_model="numpy")
def log_add(a: float, b: float) -> float:
    """Return log(exp(a) + exp(b)); minus infinity stands for 0."""
    if a < b:
        a, b = b, a
    return a if b == -np.inf else a + math.log1p(math.exp(b - a))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def log_stationary(log_rates: np.ndarray) -> np.ndarray:
    """Return the log stationary law of an irreducible chain from the logarithms of its rates or probabilities, row to column; the diagonal is not read.

    States are eliminated one by one without subtraction (Grassmann, Taksar and Heyman 1985), so every entry keeps its digits.
    """
    n = log_rates.shape[0]
    rates = log_rates.copy()
    for k in range(n - 1, 0, -1):
        leaving = -np.inf
        for j in range(k):
            leaving = log_add(leaving, rates[k, j])
        for i in range(k):
            rates[i, k] -= leaving
            into = rates[i, k]
            if into == -np.inf:
                continue
            for j in range(k):
                if j != i and rates[k, j] != -np.inf:
                    rates[i, j] = log_add(rates[i, j], into + rates[k, j])
    law = np.full(n, -np.inf)
    law[0] = 0.0
    total = 0.0
    for k in range(1, n):
        for i in range(k):
            if law[i] != -np.inf and rates[i, k] != -np.inf:
                law[k] = log_add(law[k], law[i] + rates[i, k])
        total = log_add(total, law[k])
    for k in range(n):
        law[k] -= total
    return law
