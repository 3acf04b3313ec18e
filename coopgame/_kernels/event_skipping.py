"""Paths of populations from change to change, the steps without one being skipped; here by a table of the chances in every state.

Inner loops take single arrays, since numba counts references to an array whenever it is read from a tuple.
"""

from __future__ import annotations

import numba
import numpy as np

from coopgame._kernels.course import CHANGES, FOREVER, LAST, MARK, NEXT, PLACE, Course
from coopgame._kernels.random_streams import draw_uniform, draw_wait


@numba.njit(cache=True, nogil=True, error_model="numpy")
def pass_marks(
    marks: np.ndarray,
    counts: np.ndarray,
    clock: np.ndarray,
    since: np.ndarray,
    sums: np.ndarray,
    shown: np.ndarray,
    summed: np.ndarray,
) -> bool:
    """Write what holds at the marks before the next change; return whether no mark is left."""
    while clock[MARK] < len(marks) and clock[NEXT] > marks[clock[MARK]]:
        row = clock[MARK]
        for s in range(len(counts)):
            shown[row, s] = counts[s]
            summed[row, s] = sums[s] + float(counts[s]) * float(marks[row] - since[s])
        clock[MARK] += 1
    return bool(clock[MARK] == len(marks))


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def change_member(i: int, j: int, counts: np.ndarray, clock: np.ndarray, since: np.ndarray, sums: np.ndarray) -> None:
    """Make one of i one of j at the step of the next change."""
    now = clock[NEXT]
    sums[i] += float(counts[i]) * float(now - since[i])
    sums[j] += float(counts[j]) * float(now - since[j])
    since[i] = now
    since[j] = now
    counts[i] -= 1
    counts[j] += 1
    clock[LAST] = now
    clock[CHANGES] += 1


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def set_next(clock: np.ndarray, stream: np.ndarray, log_none: float) -> None:
    """Draw when the next change comes, from the logarithm of the chance of a step without one."""
    wait = draw_wait(stream, log_none)
    clock[NEXT] = min(clock[NEXT] + wait, FOREVER) if wait < FOREVER else FOREVER


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def draw_move(stream: np.ndarray, chances: np.ndarray, total: float) -> int:
    """Return a move, each with its chance; what rounding leaves over goes to the last one that can happen."""
    left = draw_uniform(stream) * total
    last = -1
    for m in range(len(chances)):
        if chances[m] > 0.0:
            if left < chances[m]:
                return m
            left -= chances[m]
            last = m
    return last


@numba.njit(cache=True, nogil=True, error_model="numpy")
def follow_table(
    chances: np.ndarray,
    totals: np.ndarray,
    log_none: np.ndarray,
    targets: np.ndarray,
    moves: np.ndarray,
    course: Course,
    budget: int,
) -> bool:
    """Go on with a path for at most so many changes; return whether its last mark is passed.

    chances, targets: of every state by move; totals, log_none: of the chances of all moves, and the logarithm of that of none. moves: from and to which strategy.
    """
    counts, marks, stream, clock, since, sums, shown, summed = course
    place = clock[PLACE]
    if clock[NEXT] == 0:
        set_next(clock, stream, log_none[place])
    while not pass_marks(marks, counts, clock, since, sums, shown, summed):
        if budget == 0:
            clock[PLACE] = place
            return False
        budget -= 1
        m = draw_move(stream, chances[place], totals[place])
        change_member(moves[m, 0], moves[m, 1], counts, clock, since, sums)
        place = targets[place, m]
        set_next(clock, stream, log_none[place])
    clock[PLACE] = place
    return True
