"""Paths of one or several populations by the laws that are compiled: the chances of all changes are computed at every state."""

from __future__ import annotations

import math

import numba
import numpy as np

from coopgame._kernels.event_skipping import FAULT, NEXT, change_member, draw_move, pass_marks, set_next
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
    found: np.ndarray,
) -> float:
    """Write the chances of all moves, population by population and each pair of strategies both ways in turn; return their sum, -1 where they are none.

    payoffs, offsets: of all populations, and where those of each begin. laws: of each population its law and whether fitness is linear. numbers: of each
    the setting of its law, the mutation and the step.
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
        sums = np.empty(n)
        meetings = fill_payoffs(table, starts, p, paired, counts, weights, sums)
        seen = np.empty((n, n))
        for i in range(n):
            for j in range(n):
                seen[i, j] = (sums[j] - (table[j * n + i] if paired else 0.0)) / meetings
        chances = np.zeros((n, n))
        earned = np.diag(seen).copy()
        if law >= MORAN:
            if not fill_replacement(law, numbers[p, 0], linear, earned, own, chances):
                return -1.0
        elif law in (SMITH, LOGIT, BEST_RESPONSE):
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
    kinds: int,
    moves: np.ndarray,
    marks: np.ndarray,
    counts: np.ndarray,
    clock: np.ndarray,
    since: np.ndarray,
    sums: np.ndarray,
    stream: np.ndarray,
    shown: np.ndarray,
    summed: np.ndarray,
    budget: int,
) -> bool:
    """Go on with a path for at most so many changes; return whether its last mark is passed, or chances are none, which clock[FAULT] says then.

    payoffs to numbers: as in `fill_moves`. kinds: the largest number of kinds of meetings. moves: from and to which strategy.
    """
    weights = np.empty(kinds)
    chances = np.zeros(len(moves))
    total = fill_moves(payoffs, offsets, starts, laws, numbers, counts, weights, chances)
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
        total = fill_moves(payoffs, offsets, starts, laws, numbers, counts, weights, chances)
        if total >= 0.0:
            set_next(clock, stream, math.log1p(-min(total, 1.0)))
    clock[FAULT] = 1
    return True
