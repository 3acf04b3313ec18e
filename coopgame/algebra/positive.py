"""Positive weights under which every row of a table has a positive sum: found by linear programming, checked exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

Row = Sequence[Fraction]
_DENOMINATORS = (10**3, 10**6, 10**12)


def positive_weights(rows: Sequence[Row]) -> tuple[Fraction, ...] | None:
    """Return positive weights w with every row·w > 0 in exact numbers, None when linear programming finds none.

    None is no proof that there are none. A table without rows asks for nothing and gets no weights: ().

    >>> first, second = positive_weights([[Fraction(2), Fraction(-1)], [Fraction(-1), Fraction(1)]])
    >>> first < second < 2 * first
    True
    """
    if not rows:
        return ()
    if not all(any(entry > 0 for entry in row) for row in rows):
        return None
    for weights in _candidates(rows):
        sums = [sum((a * w for a, w in zip(row, weights, strict=True)), Fraction(0)) for row in rows]
        if min(weights) > 0 and min(sums) > 0:
            return weights
    return None


def _candidates(rows: Sequence[Row]) -> Iterator[tuple[Fraction, ...]]:
    """Yield weights with short and then longer denominators near the best ones in floating-point numbers."""
    from scipy.optimize import linprog

    # rows of one size, so that the smallest weighted sum means the same in all of them
    table = np.array([[float(v / max(map(abs, row))) for v in row] for row in rows])
    count = table.shape[1]
    # maximise t with rows * w >= t, w >= t, sum w = 1
    bounds = np.vstack(
        [np.hstack([-table, np.ones((len(rows), 1))]), np.hstack([-np.eye(count), np.ones((count, 1))])]
    )
    found = linprog(
        [0.0] * count + [-1.0],
        A_ub=bounds,
        b_ub=np.zeros(len(bounds)),
        A_eq=[[1.0] * count + [0.0]],
        b_eq=[1.0],
        bounds=[(0, 1)] * count + [(None, None)],
    )
    if found.status != 0 or found.x[-1] <= 0:
        return
    for limit in _DENOMINATORS:
        yield tuple(Fraction(float(v)).limit_denominator(limit) for v in found.x[:-1])
    yield tuple(Fraction(float(v)) for v in found.x[:-1])
