"""Payoffs as whole numbers over a common denominator, so that sums over many members are exact and ties stay ties."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import sympy

_MOST = 2**51  # of sums, so that different ones are different after a division too
_MOST_DENOMINATOR = 2**1000
_DIVISORS = 1e290


def over_common_denominator(rows: Sequence[Sequence[sympy.Expr]], members: int) -> tuple[np.ndarray, float] | None:
    """Return whole numbers as floats and what to divide them by, None where sums of so many of them are no exact floats.

    rows: numbers. Where a common factor is all that makes them large, as of 0 and 1e20, it goes to the divisor.
    """
    if not all(entry.is_Rational for row in rows for entry in row):
        return None
    denominator = 1
    for own in {int(entry.q) for row in rows for entry in row}:
        denominator = math.lcm(denominator, own)
        if denominator > _MOST_DENOMINATOR:
            return None
    numerators = [[int(entry.p) * (denominator // int(entry.q)) for entry in row] for row in rows]
    most = max(abs(number) for row in numerators for number in row) * members
    factor = 1
    if most > _MOST or denominator > _MOST:
        factor = math.gcd(*(number for row in numerators for number in row)) or 1
    if most // factor > _MOST or not 1 / _DIVISORS < (divisor := denominator / factor) < _DIVISORS:
        return None
    return np.array([[float(number // factor) for number in row] for row in numerators]), divisor
