"""Rigorous bounds in doubles: whether all basic values of a basis of {z >= 0, M z <= 1} are truly positive."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

SURE, DOUBTFUL, DRIFTED = 0, 1, 2
_LARGEST_DRIFT = 1e-6
_UNIT = 2.0**-52  # twice the unit roundoff
_ROUNDED_UP = 1.01  # covers the rounding of the bounds themselves


VALUE, DRIFT, ERROR = 0, 1, 2  # rows of numbers
LINE, USED, COLUMN, BEST, OTHER = (
    0,
    1,
    2,
    3,
    4,
)  # rows of places: of basic variables and their rows, of nonbasic slacks' columns and replies, other replies


@numba.njit(cache=True, nogil=True, error_model="numpy")
def bound_space(height: int, columns: int) -> Any:
    """Return room for `is_strictly_feasible` on a polytope of that many rows and columns: numbers, places, and the block with columns in fours."""
    return np.empty((3, height)), np.empty((5, height + columns), np.int64), np.empty((height, height + 3))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def is_strictly_feasible(table: Any, matrix: Any, basic: Any, nonbasic: Any, space: Any) -> int:
    """Return SURE when the true values of all basic variables are positive, DRIFTED when the table should be made anew, else DOUBTFUL.

    matrix: entries from 0 to 1, each within half a unit in the last place of the true one. table: the dictionary of the basis, which holds an
    approximate inverse R of the square block C of the basic variables and the tight rows; values x of these variables solve C x = 1. With
    F = I - R C, ||F|| < 1 and the residual r = 1 - C x' of approximate values,  |x - x'| <= |R r| + |F| ||R r|| / (1 - ||F||)
    (Rump 2010, with a-priori bounds of the rounding in place of directed rounding). Slacks follow from the bounds of x.
    """
    height, columns = matrix.shape
    numbers, places, block = space
    size, place = 0, 0
    for i in range(height):  # without branches, whose outcome a processor could not guess
        places[LINE, size], places[USED, size] = i, basic[i]
        places[OTHER, i - size] = basic[i] - columns
        size += int(basic[i] < columns)
    for e in range(columns):
        places[COLUMN, place], places[BEST, place] = e, nonbasic[e] - columns
        place += int(nonbasic[e] >= columns)
    bound = (size + 10) * _UNIT
    for a in range(size):
        numbers[VALUE, a] = table[places[LINE, a], columns]
    residual = 0.0
    for b in range(size):
        row = places[BEST, b]
        total, absolute = 1.0, 1.0
        for a in range(size):
            entry = matrix[row, places[USED, a]]
            block[b, a] = entry
            total -= entry * numbers[VALUE, a]
            absolute += entry * abs(numbers[VALUE, a])
        for a in range(size, size + 3):
            block[b, a] = 0.0
        residual = max(residual, abs(total) * _ROUNDED_UP + bound * absolute)
    largest, weight = 0.0, 0.0
    for a in range(size):
        absolute, total = 0.0, 0.0
        line = places[LINE, a]
        for b in range(size):
            absolute += abs(table[line, places[COLUMN, b]])
        for c in range(0, size, 4):  # four entries of F at once
            first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
            for b in range(size):
                factor = table[line, places[COLUMN, b]]
                first += factor * block[b, c]
                second += factor * block[b, c + 1]
                third += factor * block[b, c + 2]
                fourth += factor * block[b, c + 3]
            first -= 1.0 if a == c else 0.0
            second -= 1.0 if a == c + 1 else 0.0
            third -= 1.0 if a == c + 2 else 0.0
            fourth -= 1.0 if a == c + 3 else 0.0
            total += abs(first) + abs(second) + abs(third) + abs(fourth)
        numbers[DRIFT, a] = total * _ROUNDED_UP + bound * (1.0 + size * absolute)
        numbers[ERROR, a] = absolute * residual * _ROUNDED_UP
        largest, weight = max(largest, numbers[DRIFT, a]), max(weight, numbers[ERROR, a])
    sure = largest < _LARGEST_DRIFT
    for a in range(size):
        error = (numbers[ERROR, a] + 2.0 * numbers[DRIFT, a] * weight) * _ROUNDED_UP
        sure &= numbers[VALUE, a] > error
        numbers[ERROR, a] = abs(numbers[VALUE, a]) + error / bound
    for k in range(height - size):
        row = places[OTHER, k]
        total, absolute = 1.0, 1.0
        for a in range(size):
            entry = matrix[row, places[USED, a]]
            total -= entry * numbers[VALUE, a]
            absolute += entry * numbers[ERROR, a]
        sure &= total > bound * absolute * _ROUNDED_UP
    if sure:
        return SURE
    return DOUBTFUL if largest < _LARGEST_DRIFT * 1e-3 else DRIFTED
