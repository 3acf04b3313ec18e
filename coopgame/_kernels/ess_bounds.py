"""Signs and Schur complements of the forms that decide evolutionary stability, in floats with bounds of their errors."""

from __future__ import annotations

import numba
import numpy as np

UNIT = 1.2e-16  # a little more than the relative error of one rounding
TINY = 1e-290  # more than any sum of underflows

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


@compiled
def sign_of(value: float, radius: float, step: float) -> int:
    """Return the sign of a number within `radius` of value, 2 when it is open.

    step: not 0 where the number is a multiple of some number as large as this at least.
    """
    if value > radius:
        return 1
    if value < -radius:
        return -1
    if (value == 0.0 and radius == 0.0) or abs(value) + radius < step:
        return 0
    return 2


@compiled
def tangent_form(
    base: int,
    others: np.ndarray,
    payoffs: np.ndarray,
    radii: np.ndarray,
    exact: bool,
    form: np.ndarray,
    errors: np.ndarray,
) -> None:
    """Write the matrix of -2 v·Av in the shares of `others`, with the base as the rest, and bounds of its errors.

    The diagonal of the payoffs is 0. exact: whether they are whole numbers, small enough that sums are exact.
    """
    for i in range(len(others)):
        for j in range(len(others)):
            p, q = others[i], others[j]
            form[i, j] = (payoffs[base, p] + payoffs[p, base]) + (payoffs[base, q] + payoffs[q, base])
            form[i, j] -= payoffs[p, q] + payoffs[q, p]
            size = abs(payoffs[base, p]) + abs(payoffs[p, base]) + abs(payoffs[base, q]) + abs(payoffs[q, base])
            size += abs(payoffs[p, q]) + abs(payoffs[q, p])
            error = radii[base, p] + radii[p, base] + radii[base, q] + radii[q, base] + radii[p, q] + radii[q, p]
            errors[i, j] = 0.0 if exact else 1.001 * error + 6 * UNIT * size + TINY


@compiled
def eliminate(
    form: np.ndarray, errors: np.ndarray, places: np.ndarray, pivot: int, to: np.ndarray, bounds: np.ndarray
) -> None:
    """Write the Schur complement of a pivot, proved positive, on `places`, with bounds of its errors."""
    low = form[pivot, pivot] - errors[pivot, pivot]
    for a in range(len(places)):
        i = places[a]
        factor = form[i, pivot] / form[pivot, pivot]
        loose = (errors[i, pivot] + abs(factor) * errors[pivot, pivot]) / low + UNIT * abs(factor) + TINY
        for b in range(a, len(places)):
            j = places[b]
            other = form[j, pivot]
            change = factor * other
            value = form[i, j] - change
            error = errors[i, j] + loose * (abs(other) + errors[j, pivot]) + abs(factor) * errors[j, pivot]
            error += UNIT * (abs(change) + abs(value)) + TINY
            to[i, j] = to[j, i] = value
            bounds[i, j] = bounds[j, i] = error * 1.0000001


@compiled
def obstacle(form: np.ndarray, errors: np.ndarray, places: np.ndarray, work: np.ndarray, bounds: np.ndarray) -> int:
    """Return the number of a place that keeps the form on `places` from being proved definite, -1 when it is proved."""
    count = len(places)
    worst, most = -1, 0
    for a in range(count):
        i, conflicts = places[a], 0
        for b in range(count):
            j = places[b]
            if a != b and form[i, j] * form[i, j] >= form[i, i] * form[j, j]:
                conflicts += 1
        if conflicts > most:
            worst, most = a, conflicts
    if worst >= 0:
        return worst
    for a in range(count):
        for b in range(count):
            work[places[a], places[b]] = form[places[a], places[b]]
            bounds[places[a], places[b]] = errors[places[a], places[b]]
    for a in range(count):
        pivot = places[a]
        if not work[pivot, pivot] > bounds[pivot, pivot]:
            return a
        eliminate(work, bounds, places[a + 1 :], pivot, work, bounds)
    return -1
