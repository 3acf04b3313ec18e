"""What is kept of a path so that it can go on, and where each number stands in it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

FOREVER = 2**62  # the step of what never happens
NEXT, LAST, MARK, CHANGES, PLACE, FAULT = range(6)  # in `clock`


class Course(NamedTuple):
    """A path as compiled loops write it.

    counts: numbers of members now. marks: steps at which numbers, and their sums over all steps before, are written to the rows of `shown` and `summed`. stream: of random
    numbers. clock: steps of the next and the last change, marks passed, changes, the state in a table, whether chances are none. since: up to when each strategy is in `sums`, which are of
    the numbers of each over all steps before that.
    """

    counts: np.ndarray
    marks: np.ndarray
    stream: np.ndarray
    clock: np.ndarray
    since: np.ndarray
    sums: np.ndarray
    shown: np.ndarray
    summed: np.ndarray


def begin_course(counts: np.ndarray, marks: np.ndarray, stream: np.ndarray) -> Course:
    """Return the course of a path that has not begun."""
    n = len(counts)
    shape = (len(marks), n)
    return Course(
        counts.astype(np.int64, copy=True),
        marks,
        stream,
        np.zeros(FAULT + 1, dtype=np.int64),
        np.zeros(n, dtype=np.int64),
        np.zeros(n),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape),
    )
