"""A walk over all feasible bases of {z >= 0, M z <= 1}: in doubles with rigorous bounds, or exactly in whole numbers."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba.extending import overload

from coopgame._kernels.vertex_bounds import DOUBTFUL, DRIFTED, SURE, bound_space, is_strictly_feasible
from coopgame._kernels.wide_products import WIDE_BITS, difference_shifted, sign_of_difference

GOES_ON, DONE, TOO_MANY, UNDECIDED = -1, 0, 1, 2
_ONE = np.uint64(1)
_sign: Any = sign_of_difference  # intrinsics take fewer arguments than their definition has
_shifted: Any = difference_shifted


def leaving_rows(table: Any, scale: Any, basic: Any, nonbasic: Any, rows: Any, best: Any) -> Any:
    """Write for every column the row that leaves when the column enters; returns whether each has one."""


def pivot(table: Any, scale: Any, row: Any, column: Any) -> Any:
    """Exchange a basic and a nonbasic variable; returns whether the numbers still fit."""


def settle(table: Any, matrix: Any, basic: Any, nonbasic: Any, space: Any) -> Any:
    """Return whether the current basis is proved to be feasible."""


@overload(leaving_rows)
def _leaving_rows(table: Any, scale: Any, basic: Any, nonbasic: Any, rows: Any, best: Any) -> Any:
    return _exact_leaving_rows if isinstance(table.dtype, numba.types.Integer) else _double_leaving_rows


@overload(pivot)
def _pivot(table: Any, scale: Any, row: Any, column: Any) -> Any:
    return _exact_pivot if isinstance(table.dtype, numba.types.Integer) else _double_pivot


@overload(settle)
def _settle(table: Any, matrix: Any, basic: Any, nonbasic: Any, space: Any) -> Any:
    def exact(table: Any, matrix: Any, basic: Any, nonbasic: Any, space: Any) -> Any:
        return SURE

    def double(table: Any, matrix: Any, basic: Any, nonbasic: Any, space: Any) -> Any:
        return is_strictly_feasible(table, matrix, basic, nonbasic, space)

    return exact if isinstance(table.dtype, numba.types.Integer) else double


def _double_leaving_rows(table: Any, scale: Any, basic: Any, nonbasic: Any, rows: Any, best: Any) -> Any:
    """The row i with the largest T_ie / b_i leaves; the polytope is bounded, so one is positive."""
    height, width = table.shape
    for e in range(width - 1):
        rows[e], best[e] = -1, 0.0
    for i in range(height):
        weight = 1.0 / max(table[i, width - 1], 1e-300)
        for e in range(width - 1):
            ratio = table[i, e] * weight
            larger = ratio > best[e]
            best[e] = ratio if larger else best[e]
            rows[e] = i if larger else rows[e]
    return _all_found(rows)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _all_found(rows: Any) -> bool:
    found = True
    for row in rows:
        found &= row >= 0
    return found


def _double_pivot(table: Any, scale: Any, row: Any, column: Any) -> Any:
    height, width = table.shape
    inverse = 1.0 / table[row, column]
    table[row, column] = 1.0
    for j in range(width):
        table[row, j] *= inverse
    for i in range(height):
        factor = table[i, column]
        if i != row and factor != 0.0:
            table[i, column] = 0.0
            for j in range(width):
                table[i, j] -= factor * table[row, j]
    return True


def _exact_leaving_rows(table: Any, scale: Any, basic: Any, nonbasic: Any, rows: Any, best: Any) -> Any:
    """The right-hand sides are 1 + eps, 1 + eps**2, ..., so that rows with equal ratios are told apart."""
    height, width = table.shape
    for e in range(width - 1):
        rows[e] = -1
        for i in range(height):
            if table[i, e] > 0:
                if rows[e] < 0:
                    rows[e] = i
                    continue
                k = rows[e]
                sign = _sign(table[i, width - 1], table[k, e], table[k, width - 1], table[i, e])
                if sign == 0:
                    sign = compared_by_perturbation(table, basic, nonbasic, i, k, e)
                if sign < 0:
                    rows[e] = i
    return _all_found(rows)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def compared_by_perturbation(table: Any, basic: Any, nonbasic: Any, i: int, k: int, column: int) -> Any:
    """Return the sign of row i minus row k, each divided by its entry in a column: powers of eps in rising order."""
    height, width = table.shape
    for slack in range(width - 1, width - 1 + height):
        if basic[i] == slack:
            return 1
        if basic[k] == slack:
            return -1
        for q in range(width - 1):
            if nonbasic[q] == slack:
                sign = _sign(table[i, q], table[k, column], table[k, q], table[i, column])
                if sign != 0:
                    return sign
    return 0


def _exact_pivot(table: Any, scale: Any, row: Any, column: Any) -> Any:
    """Entries are minors of M, the common denominator scale > 0 among them; division by it leaves no remainder (Edmonds 1967)."""
    height, width = table.shape
    entry, old = table[row, column], scale[0]
    sign = 1 if entry > 0 else -1
    shift = 0
    while (old >> shift) & 1 == 0:
        shift += 1
    odd = old >> shift
    inverse = odd  # modulo 2**64: correct to 3 bits, doubled by every step
    for _ in range(5):
        inverse *= 2 - odd * inverse
    fits = True
    for i in range(height):
        factor = table[i, column]
        if i == row:
            continue
        for j in range(width):
            if j != column:
                a, b = table[i, j], table[row, j]
                above = _shifted(entry, a, factor, b, WIDE_BITS)
                fits &= -old <= above < old
                table[i, j] = sign * inverse * _shifted(entry, a, factor, b, shift)
        table[i, column] = -sign * factor
    for j in range(width):
        table[row, j] *= sign
    table[row, column] = sign * old
    scale[0] = sign * entry
    return fits


@numba.njit(cache=True, nogil=True, error_model="numpy")
def has(low: Any, high: Any, label: int) -> bool:
    """Return whether a set of labels, kept as the bits of two words, has a label."""
    word = low if label < 64 else high
    return bool((word >> np.uint64(label & 63)) & _ONE != 0)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def low_bit(label: int) -> Any:
    """Return the lower word of the set of one label."""
    return _ONE << np.uint64(label) if label < 64 else np.uint64(0)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def high_bit(label: int) -> Any:
    """Return the upper word of the set of one label."""
    return _ONE << np.uint64(label - 64) if label >= 64 else np.uint64(0)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def slot_of(slots: Any, keys: Any, low: Any, high: Any) -> Any:
    """Return the slot of a set of labels in a hash table of row numbers plus 1, or the free slot that it would take."""
    x = (low ^ (high * np.uint64(0xD6E8FEB86659FD93))) * np.uint64(0x9E3779B97F4A7C15)
    last = len(slots) - 1
    slot = np.int64(x ^ (x >> np.uint64(32))) & last
    while slots[slot] != 0:
        row = slots[slot] - 1
        if keys[row, 0] == low and keys[row, 1] == high:
            break
        slot = (slot + 1) & last
    return slot


@numba.njit(cache=True, nogil=True, error_model="numpy")
def doubled(array: Any) -> Any:
    """Return an array with as many rows again, of zeros."""
    longer = np.zeros((2 * array.shape[0], array.shape[1]), array.dtype)
    for i in range(array.shape[0]):
        for j in range(array.shape[1]):
            longer[i, j] = array[i, j]
    return longer


@numba.njit(cache=True, nogil=True, error_model="numpy")
def hash_of(keys: Any, count: int, size: int) -> Any:
    """Return a hash table of the first sets of labels, with at least `size` slots."""
    length = 1
    while length < size:
        length *= 2
    slots = np.zeros(length, np.int64)
    for row in range(count):
        slots[slot_of(slots, keys, keys[row, 0], keys[row, 1])] = row + 1
    return slots


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _start(table: Any, scale: Any, matrix: Any, basic: Any, nonbasic: Any) -> None:
    height, width = matrix.shape
    scale[0] = 1
    for i in range(height):
        for j in range(width):
            table[i, j] = matrix[i, j]
        table[i, width] = 1
        basic[i] = width + i
    for j in range(width):
        nonbasic[j] = j


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _go_to(table: Any, scale: Any, basic: Any, nonbasic: Any, labels: Any, low: Any, high: Any) -> bool:
    """Exchange variables, by the largest entry each time, until those with the labels of a set are nonbasic."""
    while True:
        row, column = -1, -1
        for i in range(len(basic)):
            if has(low, high, labels[basic[i]]):
                for e in range(len(nonbasic)):
                    outside = not has(low, high, labels[nonbasic[e]])
                    if outside and (row < 0 or abs(table[i, e]) > abs(table[row, column])):
                        row, column = i, e
        if row < 0:
            return True
        if table[row, column] == 0 or not pivot(table, scale, row, column):
            return False
        basic[row], nonbasic[column] = nonbasic[column], basic[row]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _meet(
    basic: Any, nonbasic: Any, rows: Any, labels: Any, keys: Any, slots: Any, visited: Any, waiting: Any, counts: Any
) -> int:
    """Give numbers to the neighbours of the current basis that have none; return the column of the first met that is not visited, else -1."""
    following, column = -1, -1
    low, high = keys[counts[2], 0], keys[counts[2], 1]
    for e in range(len(nonbasic)):
        leaves, enters = labels[nonbasic[e]], labels[basic[rows[e]]]
        one = low ^ low_bit(leaves) ^ low_bit(enters)
        two = high ^ high_bit(leaves) ^ high_bit(enters)
        slot = slot_of(slots, keys, one, two)
        met = slots[slot] - 1
        if met < 0:
            met = counts[0]
            keys[met, 0], keys[met, 1] = one, two
            waiting[counts[1], 0] = met
            counts[0] += 1
            counts[1] += 1
            slots[slot] = counts[0]
        if not visited[met, 0] and (following < 0 or met < following):
            following, column = met, e
    counts[2] = following
    return column


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _note_zeros(table: Any, basic: Any, labels: Any, tolerance: float, keys: Any, tight: Any, current: int) -> None:
    last = table.shape[1] - 1
    low, high = keys[current, 0], keys[current, 1]
    for i in range(len(basic)):
        if table[i, last] <= tolerance:
            low ^= low_bit(labels[basic[i]])
            high ^= high_bit(labels[basic[i]])
    tight[current, 0], tight[current, 1] = low, high


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _verdict(
    table: Any, scale: Any, matrix: Any, basic: Any, nonbasic: Any, labels: Any, low: Any, high: Any, space: Any
) -> Any:
    """Return SURE when the basis with a set of nonbasic labels is proved to be feasible, else DOUBTFUL; a table that has drifted is made anew.

    DRIFTED when that fails, so that the table is not that of the basis any more.
    """
    verdict = settle(table, matrix, basic, nonbasic, space)
    if verdict == DRIFTED:
        _start(table, scale, matrix, basic, nonbasic)
        if _go_to(table, scale, basic, nonbasic, labels, low, high):
            verdict = SURE if settle(table, matrix, basic, nonbasic, space) == SURE else DOUBTFUL
    return verdict


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _move(
    table: Any, scale: Any, basic: Any, nonbasic: Any, labels: Any, rows: Any, column: int,
    keys: Any, visited: Any, waiting: Any, counts: Any,
) -> int:  # fmt: skip
    """Go to the neighbour by a column, or back to the basis that was met last and not visited; DONE when there is none."""
    if column >= 0:
        row = rows[column]
        fits = pivot(table, scale, row, column)
        basic[row], nonbasic[column] = nonbasic[column], basic[row]
    else:
        while counts[1] > 0 and visited[waiting[counts[1] - 1, 0], 0]:
            counts[1] -= 1
        if counts[1] == 0:
            return DONE
        counts[2] = waiting[counts[1] - 1, 0]
        fits = _go_to(table, scale, basic, nonbasic, labels, keys[counts[2], 0], keys[counts[2], 1])
    return GOES_ON if fits else UNDECIDED


@numba.njit(cache=True, nogil=True, error_model="numpy")
def walk(matrix: Any, labels: Any, tolerance: float, most_bases: int, most_doubtful: int) -> Any:
    """Visit every feasible basis of {z >= 0, M z <= 1}, M >= 0 without a column of zeros, along edges from z = 0.

    matrix: (rows, columns), doubles or whole numbers. labels: 0 to 127, of the variables z, then of the slacks of the rows. Each basis that is met gets a
    number; from one the walk goes to the neighbour that was met first and is not visited, else back to the last that was met. Whole numbers: rows
    are perturbed symbolically, so all bases met are feasible and each has as many neighbours as columns. Doubles: a basis is sure when its values
    are proved to be positive. As all neighbours of all bases are met, sure bases alone make the list complete.
    Returns the labels of nonbasic variables, (bases, 2 words), those of all variables at most `tolerance`, whether a basis was visited, the numbers of
    doubtful bases, and how the walk ended: DONE, TOO_MANY bases, or UNDECIDED when numbers were out of range or more than `most_doubtful` bases in
    doubt. Only after DONE have all been visited.
    """
    height, width = matrix.shape
    table, scale = np.zeros((height, width + 1), matrix.dtype), np.ones(1, matrix.dtype)
    basic, nonbasic = np.zeros(height, np.int64), np.zeros(width, np.int64)
    rows, best, space = np.zeros(width, np.int64), np.zeros(width, matrix.dtype), bound_space(height, width)
    length = max(256, 2 * width)
    keys, tight = np.zeros((length, 2), np.uint64), np.zeros((length, 2), np.uint64)
    visited, waiting = np.zeros((length, 1), np.uint8), np.zeros((length, 1), np.int64)
    doubtful = np.zeros(most_doubtful, np.int64)
    counts = np.array([1, 0, 0])  # bases met, bases waiting, the current one
    _start(table, scale, matrix, basic, nonbasic)
    for e in range(width):
        keys[0, 0] |= low_bit(labels[e])
        keys[0, 1] |= high_bit(labels[e])
    slots = hash_of(keys, 1, 2 * length)
    doubts, status = 0, GOES_ON
    while status == GOES_ON:
        current = counts[2]
        low, high = keys[current, 0], keys[current, 1]
        verdict = _verdict(table, scale, matrix, basic, nonbasic, labels, low, high, space)
        if verdict != SURE:
            if doubts == most_doubtful or verdict == DRIFTED:
                status = UNDECIDED
                break
            doubtful[doubts] = current
            doubts += 1
        visited[current, 0] = 1
        _note_zeros(table, basic, labels, tolerance, keys, tight, current)
        if not leaving_rows(table, scale, basic, nonbasic, rows, best):
            status = UNDECIDED
            break
        if counts[0] + width > len(keys):
            keys, tight, visited, waiting = doubled(keys), doubled(tight), doubled(visited), doubled(waiting)
            slots = hash_of(keys, counts[0], 2 * len(keys))
        column = _meet(basic, nonbasic, rows, labels, keys, slots, visited, waiting, counts)
        if counts[0] > most_bases:
            status = TOO_MANY
        else:
            status = _move(table, scale, basic, nonbasic, labels, rows, column, keys, visited, waiting, counts)
    return keys[: counts[0]], tight[: counts[0]], visited[: counts[0]], doubtful[:doubts], status
