"""Payoffs as whole numbers over a common denominator, so that sums over many members are exact and ties stay ties."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np
import sympy

Number: TypeAlias = Fraction | sympy.Expr
RATIONAL = (Fraction, sympy.Rational)
_MOST = 2**51  # of sums, so that different ones are different after a division too
_MOST_DENOMINATOR = 2**1000
_DIVISORS = 1e290


def over_common_denominator(rows: Sequence[Sequence[Number]], members: int) -> tuple[np.ndarray, float] | None:
    """Return whole numbers as floats and what to divide them by, None where sums of so many of them are no exact floats.

    rows: numbers. Where a common factor is all that makes them large, as of 0 and 1e20, it goes to the divisor.
    """
    if not all(isinstance(entry, RATIONAL) for row in rows for entry in row):
        return None
    numerators, denominator = whole_numbers(rows, _MOST_DENOMINATOR)
    if denominator > _MOST_DENOMINATOR:
        return None
    most = max(abs(number) for row in numerators for number in row) * members
    factor = 1
    if most > _MOST or denominator > _MOST:
        factor = math.gcd(*(number for row in numerators for number in row)) or 1
    if most // factor > _MOST or not 1 / _DIVISORS < (divisor := denominator / factor) < _DIVISORS:
        return None
    return np.array([[float(number // factor) for number in row] for row in numerators]), divisor


def whole_numbers(rows: Sequence[Sequence[Number]], most: float = math.inf) -> tuple[list[list[int]], int]:
    """Return numerators over the least common denominator of rational numbers, and the denominator; one above `most` without the numerators."""
    parts = [[(int(entry.numerator), int(entry.denominator)) for entry in row] for row in rows]
    denominator = 1
    for own in {q for row in parts for _, q in row}:
        denominator = math.lcm(denominator, own)
        if denominator > most:
            return [], denominator
    return [[p * (denominator // q) for p, q in row] for row in parts], denominator
