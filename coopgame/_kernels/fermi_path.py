"""Paths of one population by Fermi imitation and mutation: one exponential for each change, for any number of strategies."""

from __future__ import annotations

import math

import numba
import numpy as np

from coopgame._kernels.course import NEXT, Course
from coopgame._kernels.event_skipping import change_member, pass_marks, set_next
from coopgame._kernels.random_streams import draw_uniform


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _own(payoffs: np.ndarray, counts: np.ndarray, i: int) -> float:
    """Return the sum of what a member of i earns against all others."""
    total = 0.0
    for k in range(len(counts)):
        total += float(payoffs[i, k]) * float(counts[k])
    return total - float(payoffs[i, i])


@numba.njit(cache=True, nogil=True, error_model="numpy")
def follow_fermi(
    payoffs: np.ndarray,
    numbers: np.ndarray,
    course: Course,
    budget: int,
) -> bool:
    """Go on with a path for at most so many changes; return whether its last mark is passed.

    payoffs: of each strategy against each, in any unit. numbers: intensity per unit, mutation, and the step. When one of i and one of j meet, one of them copies or the other would: the chances of i to j and of
    j to i sum to that of the meeting, which needs no payoff. A pair of strategies is drawn by these sums, and the way then.
    """
    intensity, mutation, step = numbers[0], numbers[1], numbers[2]
    counts, marks, stream, clock, since, sums, shown, summed = course
    n = len(counts)
    size = 0
    squares = 0
    for s in range(n):
        size += counts[s]
        squares += counts[s] * counts[s]
    meeting = step * (1.0 - mutation) / (float(size) * float(size - 1))
    mutating = mutation / (float(size) * (n - 1))
    total = meeting * (0.5 * float(size * size - squares)) + mutation
    if clock[NEXT] == 0:
        set_next(clock, stream, math.log1p(-min(total, 1.0)))
    while not pass_marks(marks, counts, clock, since, sums, shown, summed):
        if budget == 0:
            return False
        budget -= 1
        left = draw_uniform(stream) * total
        i = 0
        after = size - counts[0]
        while i < n - 2:
            row = meeting * float(counts[i]) * float(after) + mutating * float((n - 1 - i) * counts[i] + after)
            if left < row:
                break
            left -= row
            i += 1
            after -= counts[i]
        j = i + 1
        while j < n - 1:
            both = meeting * float(counts[i]) * float(counts[j]) + mutating * float(counts[i] + counts[j])
            if left < both:
                break
            left -= both
            j += 1
        gain = (_own(payoffs, counts, j) - _own(payoffs, counts, i)) / float(size - 1)
        copies = 1.0 / (1.0 + math.exp(-intensity * gain))
        if left >= meeting * float(counts[i]) * float(counts[j]) * copies + mutating * float(counts[i]):
            i, j = j, i
        if counts[i] > 0:  # not so only where rounding has led to a pair of no chance
            squares += 2 * (counts[j] - counts[i] + 1)
            change_member(i, j, counts, clock, since, sums)
        total = meeting * (0.5 * float(size * size - squares)) + mutation
        set_next(clock, stream, math.log1p(-min(total, 1.0)))
    return True
