"""Rigorous bounds in doubles: whether all basic values of a basis of {z >= 0, M z <= 1} are truly positive."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

SURE, DOUBTFUL, DRIFTED = 0, 1, 2
_LARGEST_DRIFT = 1e-6
_UNIT = 2.0**-52  # twice the unit roundoff
_ROUNDED_UP = 1.01  # covers the rounding of the bounds themselves


@numba.njit(cache=True, nogil=True, error_model="numpy")
def bound_space(height: int, columns: int) -> Any:
    """Return room for `is_strictly_feasible` on a polytope of that many rows and columns."""
    return (
        np.empty((3, height)),
        np.empty((3, height + columns), np.int64),
        np.empty((height, height)),
        np.empty((height, height)),
    )


@numba.njit(cache=True, nogil=True, error_model="numpy")
def is_strictly_feasible(table: Any, matrix: Any, basic: Any, nonbasic: Any, space: Any) -> int:
    """Return SURE when the true values of all basic variables are positive, DRIFTED when the table should be made anew, else DOUBTFUL.

    matrix: entries from 0 to 1, each within half a unit in the last place of the true one. table: the dictionary of the basis, which holds an
    approximate inverse R of the square block C of the basic variables and the tight rows; values x of these variables solve C x = 1. With
    F = I - R C, ||F|| < 1 and the residual r = 1 - C x' of approximate values,  |x - x'| <= |R r| + |F| ||R r|| / (1 - ||F||)
    (Rump 2010, with a-priori bounds of the rounding in place of directed rounding). Slacks follow from the bounds of x.
    """
    height, columns = matrix.shape
    inside, outside, tight = space[1]  # rows of basic variables, of basic slacks, columns of nonbasic slacks
    size, place = 0, 0
    for i in range(height):  # without branches, whose outcome a processor could not guess
        inside[size] = i
        outside[i - size] = i
        size += int(basic[i] < columns)
    for e in range(columns):
        tight[place] = e
        place += int(nonbasic[e] >= columns)
    values, drift, errors = space[0][0], space[0][1], space[0][2]
    block, inverse = space[2], space[3]
    bound = (size + 10) * _UNIT
    for a in range(size):
        values[a] = table[inside[a], columns]
        for b in range(size):
            inverse[a, b] = table[inside[a], tight[b]]
    residual = 0.0
    for b in range(size):
        row = nonbasic[tight[b]] - columns
        total, absolute = 1.0, 1.0
        for a in range(size):
            entry = matrix[row, basic[inside[a]]]
            block[a, b] = entry
            total -= entry * values[a]
            absolute += entry * abs(values[a])
        residual = max(residual, abs(total) * _ROUNDED_UP + bound * absolute)
    largest, weight = 0.0, 0.0
    for a in range(size):
        absolute, total = 0.0, 0.0
        for b in range(size):
            absolute += abs(inverse[a, b])
        for c in range(size):  # sums, not steps of a row at once: so short a loop is faster without vectors
            entry = 1.0 if a == c else 0.0
            for b in range(size):
                entry -= inverse[a, b] * block[c, b]
            total += abs(entry)
        drift[a] = total * _ROUNDED_UP + bound * (1.0 + size * absolute)
        errors[a] = absolute * residual * _ROUNDED_UP
        largest, weight = max(largest, drift[a]), max(weight, errors[a])
    if not largest < _LARGEST_DRIFT:
        return DRIFTED
    for a in range(size):
        errors[a] = (errors[a] + 2.0 * drift[a] * weight) * _ROUNDED_UP
        if not values[a] > errors[a]:
            return DOUBTFUL if largest < _LARGEST_DRIFT * 1e-3 else DRIFTED
    for k in range(height - size):
        row = basic[outside[k]] - columns
        total, absolute = 1.0, 1.0
        for a in range(size):
            entry = matrix[row, basic[inside[a]]]
            total -= entry * values[a]
            absolute += entry * (abs(values[a]) + errors[a] / bound)
        if not total > bound * absolute * _ROUNDED_UP:
            return DOUBTFUL if largest < _LARGEST_DRIFT * 1e-3 else DRIFTED
    return SURE
