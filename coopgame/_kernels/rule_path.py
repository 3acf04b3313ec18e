"""Paths of one or several populations by the laws that are compiled: the chances of all changes are computed at every state."""

from __future__ import annotations

import math

import numba
import numpy as np

from coopgame._kernels.course import FAULT, NEXT, Course
from coopgame._kernels.event_skipping import change_member, draw_move, pass_marks, set_next
from coopgame._kernels.rule_chances import (
    BEST_RESPONSE,
    LOGIT,
    MORAN,
    SMITH,
    fill_choice,
    fill_imitation,
    fill_payoffs,
    fill_replacement,
    mutate,
)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def fill_moves(
    payoffs: np.ndarray,
    offsets: np.ndarray,
    starts: np.ndarray,
    laws: np.ndarray,
    numbers: np.ndarray,
    counts: np.ndarray,
    weights: np.ndarray,
    room: np.ndarray,
    found: np.ndarray,
) -> float:
    """Write the chances of all moves, population by population and each pair of strategies both ways in turn; return their sum, -1 where they are none.

    payoffs, offsets: numerators of all populations, and where those of each begin. laws: of each population its law and whether fitness is linear. numbers: of each
    the setting of its law, the mutation, the step and the denominator of its payoffs. weights, room: to work in, for the kinds of meetings, and of shape (3, n, n) for the largest n, at least 3.
    """
    paired = len(starts) == 2
    total = 0.0
    m = 0
    everybody = float(counts.sum())
    for p in range(len(starts) - 1):
        own = counts[starts[p] : starts[p + 1]]
        n = len(own)
        law, linear = laws[p, 0], laws[p, 1] == 1
        table = payoffs[offsets[p] : offsets[p + 1]]
        sums, earned, fitness = room[0, 0, :n], room[0, 1, :n], room[0, 2, :n]
        seen, chances = room[1, :n, :n], room[2, :n, :n]
        chances[:] = 0.0
        meetings = fill_payoffs(table, starts, p, paired, counts, weights, sums) * numbers[p, 3]
        for i in range(n):
            earned[i] = (sums[i] - (table[i * n + i] if paired else 0.0)) / meetings
        if law >= MORAN:
            if not fill_replacement(law, numbers[p, 0], linear, earned, own, fitness, chances):
                return -1.0
        elif law in (SMITH, LOGIT, BEST_RESPONSE):
            for i in range(n):
                for j in range(n):
                    seen[i, j] = (sums[j] - (table[j * n + i] if paired else 0.0)) / meetings
            fill_choice(law, numbers[p, 0], seen, own, chances)
        else:
            fill_imitation(law, numbers[p, 0], earned, own, chances)
        if n > 1 and not mutate(numbers[p, 1], law >= MORAN, numbers[p, 2], own, chances):
            return -1.0
        share = float(own.sum()) / everybody
        for i in range(n):
            for j in range(i + 1, n):
                found[m] = chances[i, j] * share
                found[m + 1] = chances[j, i] * share
                total += found[m] + found[m + 1]
                m += 2
    return total


@numba.njit(cache=True, nogil=True, error_model="numpy")
def follow_rules(
    payoffs: np.ndarray,
    offsets: np.ndarray,
    starts: np.ndarray,
    laws: np.ndarray,
    numbers: np.ndarray,
    lengths: np.ndarray,
    moves: np.ndarray,
    course: Course,
    budget: int,
) -> bool:
    """Go on with a path for at most so many changes; return whether its last mark is passed, or chances are none, which clock[FAULT] says then.

    payoffs to numbers: as in `fill_moves`. lengths: of the room that is needed for kinds of meetings and for chances. moves: from and to which strategy.
    """
    counts, marks, stream, clock, since, sums, shown, summed = course
    weights, room = np.empty(lengths[0]), np.empty((3, lengths[1], lengths[1]))
    chances = np.zeros(len(moves))
    total = fill_moves(payoffs, offsets, starts, laws, numbers, counts, weights, room, chances)
    if clock[NEXT] == 0 and total >= 0.0:
        set_next(clock, stream, math.log1p(-min(total, 1.0)))
    while total >= 0.0:
        if pass_marks(marks, counts, clock, since, sums, shown, summed):
            return True
        if budget == 0:
            return False
        budget -= 1
        m = draw_move(stream, chances, total)
        change_member(moves[m, 0], moves[m, 1], counts, clock, since, sums)
        total = fill_moves(payoffs, offsets, starts, laws, numbers, counts, weights, room, chances)
        if total >= 0.0:
            set_next(clock, stream, math.log1p(-min(total, 1.0)))
    clock[FAULT] = 1
    return True
