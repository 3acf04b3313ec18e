"""A walk over all feasible bases of {z >= 0, M z <= 1}: in doubles with rigorous bounds, or exactly in whole numbers."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba.extending import overload

from coopgame._kernels.label_signs import signs_of
from coopgame._kernels.label_tables import bits_of, doubled, first_slot, hash_of
from coopgame._kernels.limits import WIDE_BITS
from coopgame._kernels.vertex_bounds import DOUBTFUL, DRIFTED, SURE, bound_space, is_strictly_feasible
from coopgame._kernels.wide_products import difference_shifted, sign_of_difference

DONE, TOO_MANY, UNDECIDED, FULL, DEAD_END = 10, 11, 12, 13, 14  # beside the verdicts on a basis
_VISITED = np.iinfo(np.int64).max
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
    return _exact_settle if isinstance(table.dtype, numba.types.Integer) else is_strictly_feasible.py_func


def _exact_settle(table: Any, matrix: Any, basic: Any, nonbasic: Any, space: Any) -> Any:
    return SURE


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
def _go_to(table: Any, scale: Any, basic: Any, nonbasic: Any, bits: Any, low: Any, high: Any) -> bool:
    """Exchange variables, by the largest entry each time, until those with the labels of a set are nonbasic."""
    while True:
        row, column = -1, -1
        for i in range(len(basic)):
            if (bits[basic[i], 0] & low) | (bits[basic[i], 1] & high):
                for e in range(len(nonbasic)):
                    inside = (bits[nonbasic[e], 0] & low) | (bits[nonbasic[e], 1] & high)
                    if not inside and (row < 0 or abs(table[i, e]) > abs(table[row, column])):
                        row, column = i, e
        if row < 0:
            return True
        if table[row, column] == 0 or not pivot(table, scale, row, column):
            return False
        basic[row], nonbasic[column] = nonbasic[column], basic[row]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _meet(
    basic: Any, nonbasic: Any, rows: Any, bits: Any,
    keys: Any, parents: Any, slots: Any, order: Any, waiting: Any, counts: Any,
) -> int:  # fmt: skip
    """Give numbers to the neighbours of the current basis that have none; return the column of the first met that is not visited, else -1."""
    first, column = _VISITED, -1
    current = counts[2]
    low, high, last = keys[current, 0], keys[current, 1], len(slots) - 1
    for e in range(len(nonbasic)):
        leaves, enters = nonbasic[e], basic[rows[e]]
        one = low ^ bits[leaves, 0] ^ bits[enters, 0]
        two = high ^ bits[leaves, 1] ^ bits[enters, 1]
        slot = first_slot(one, two, last)  # `slot_of` without a call, see `_follow`
        while slots[slot] != 0 and (keys[slots[slot] - 1, 0] != one or keys[slots[slot] - 1, 1] != two):
            slot = (slot + 1) & last
        met = slots[slot] - 1
        if met < 0:
            met = counts[0]
            keys[met, 0], keys[met, 1] = one, two
            order[met, 0], parents[met, 0] = met, current
            waiting[counts[1], 0] = met
            counts[0] += 1
            counts[1] += 1
            slots[slot] = counts[0]
        earlier = order[met, 0] < first
        first = order[met, 0] if earlier else first
        column = e if earlier else column
    counts[2] = first
    return column


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _note_zeros(table: Any, basic: Any, bits: Any, tolerance: float, keys: Any, tight: Any, current: int) -> None:
    last = table.shape[1] - 1
    low, high = keys[current, 0], keys[current, 1]
    if tolerance >= 0:
        for i in range(len(basic)):
            if table[i, last] <= tolerance:
                low ^= bits[basic[i], 0]
                high ^= bits[basic[i], 1]
    tight[current, 0], tight[current, 1] = low, high


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _verdict(dictionary: Any, bits: Any, low: Any, high: Any, space: Any) -> Any:
    """Return SURE when the basis with a set of nonbasic labels is proved to be feasible, else DOUBTFUL; a table that has drifted is made anew.

    DRIFTED when that fails, so that the table is not that of the basis any more.
    """
    table, scale, matrix, basic, nonbasic = dictionary
    verdict = settle(table, matrix, basic, nonbasic, space)
    if verdict == DRIFTED:
        _start(table, scale, matrix, basic, nonbasic)
        if _go_to(table, scale, basic, nonbasic, bits, low, high):
            verdict = SURE if settle(table, matrix, basic, nonbasic, space) == SURE else DOUBTFUL
    return verdict


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _follow(dictionary: Any, space: Any, bits: Any, tolerance: float, most_bases: int, found: Any) -> int:
    """Visit bases along edges, the current one first, as long as each is sure and has a neighbour that is not visited; return why that ended.

    What is done at every basis is here, and what is done at few of them in `walk`: calls that may fail make arrays be counted, which takes time.
    """
    table, scale, matrix, basic, nonbasic = dictionary
    keys, parents, tight, order, waiting, slots, counts, rows, best = found
    status = SURE
    while status == SURE:
        if counts[0] + len(nonbasic) > len(keys):
            return FULL
        order[counts[2], 0] = _VISITED
        _note_zeros(table, basic, bits, tolerance, keys, tight, counts[2])
        if not leaving_rows(table, scale, basic, nonbasic, rows, best):
            return UNDECIDED
        column = _meet(basic, nonbasic, rows, bits, keys, parents, slots, order, waiting, counts)
        if counts[0] > most_bases:
            return TOO_MANY
        if column < 0:
            return DEAD_END
        row = rows[column]
        if not pivot(table, scale, row, column):
            return UNDECIDED
        basic[row], nonbasic[column] = nonbasic[column], basic[row]
        status = settle(table, matrix, basic, nonbasic, space)
    return status


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _go_back(dictionary: Any, bits: Any, keys: Any, order: Any, waiting: Any, counts: Any) -> int:
    """Go to the basis that was met last and is not visited; DONE when there is none."""
    table, scale, _, basic, nonbasic = dictionary
    while counts[1] > 0 and order[waiting[counts[1] - 1, 0], 0] == _VISITED:
        counts[1] -= 1
    if counts[1] == 0:
        return DONE
    counts[2] = waiting[counts[1] - 1, 0]
    fits = _go_to(table, scale, basic, nonbasic, bits, keys[counts[2], 0], keys[counts[2], 1])
    return DOUBTFUL if fits else UNDECIDED


@numba.njit(cache=True, nogil=True, error_model="numpy")
def walk(matrix: Any, labels: Any, tolerance: float, most_bases: int, most_doubtful: int) -> Any:
    """Visit every feasible basis of {z >= 0, M z <= 1}, M >= 0 without a column of zeros, along edges from z = 0.

    matrix: (rows, columns), doubles or whole numbers. labels: 0 to 127, of the variables z, then of the slacks of the rows. Each basis that is met gets a
    number; from one the walk goes to the neighbour that was met first and is not visited, else back to the last that was met. Whole numbers: rows
    are perturbed symbolically, so all bases met are feasible and each has as many neighbours as columns. Doubles: a basis is sure when its values
    are proved to be positive. As all neighbours of all bases are met, sure bases alone make the list complete.
    Returns the labels of nonbasic variables, (bases, 2 words), the signs of the determinants of the normals of their facets (see `signs_of`), the labels
    of all variables at most `tolerance`, whether a basis was visited, the numbers of doubtful bases, and how the walk ended: DONE, TOO_MANY bases, or
    UNDECIDED when numbers were out of range or more than `most_doubtful` bases in doubt. Only after DONE have all been visited.
    """
    height, width = matrix.shape
    table, scale = np.zeros((height, width + 1), matrix.dtype), np.ones(1, matrix.dtype)
    basic, nonbasic = np.zeros(height, np.int64), np.zeros(width, np.int64)
    rows, best, space = np.zeros(width, np.int64), np.zeros(width, matrix.dtype), bound_space(height, width)
    length = max(256, 2 * width)
    keys, tight = np.zeros((length, 2), np.uint64), np.zeros((length, 2), np.uint64)
    parents, waiting = np.zeros((length, 1), np.int64), np.zeros((length, 1), np.int64)
    order = np.zeros((length, 1), np.int64)  # the number of a basis, _VISITED after the visit
    doubtful = np.zeros(most_doubtful, np.int64)
    counts = np.array([1, 0, 0])  # bases met, bases waiting, the current one
    dictionary = table, scale, matrix, basic, nonbasic
    _start(table, scale, matrix, basic, nonbasic)
    bits = bits_of(labels)
    for e in range(width):
        keys[0, 0] |= bits[e, 0]
        keys[0, 1] |= bits[e, 1]
    slots = hash_of(keys, 1, 4 * length)
    doubts, status = 0, SURE
    while True:
        found = keys, parents, tight, order, waiting, slots, counts, rows, best
        status = _follow(dictionary, space, bits, tolerance, most_bases, found)
        if status == FULL:
            keys, tight, order, waiting = doubled(keys), doubled(tight), doubled(order), doubled(waiting)
            parents, slots = doubled(parents), hash_of(keys, counts[0], 4 * len(keys))
            continue
        if status == DEAD_END:
            status = _go_back(dictionary, bits, keys, order, waiting, counts)
        if status not in (DOUBTFUL, DRIFTED):
            break
        low, high = keys[counts[2], 0], keys[counts[2], 1]
        verdict = _verdict(dictionary, bits, low, high, space)
        if verdict != SURE:
            if doubts == most_doubtful or verdict == DRIFTED:
                status = UNDECIDED
                break
            doubtful[doubts] = counts[2]
            doubts += 1
    count, signs = counts[0], signs_of(keys, parents, counts[0])
    return keys[:count], signs, tight[:count], order[:count] == _VISITED, doubtful[:doubts], status
