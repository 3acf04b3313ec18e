"""Fixation of one mutant whose advantage does not depend on how many there are."""

from __future__ import annotations

import math
from fractions import Fraction


def log_fixation_of_constant(advantage: Fraction | float, size: int) -> float:
    """Return the log probability that one mutant with a constant advantage, times intensity, takes over: (1 - exp(-a))/(1 - exp(-size a)), 1/size for a = 0."""
    if advantage == 0:
        return -math.log(size)
    a: Fraction | float = advantage if advantage > 0 else -advantage
    if a < 1:  # beside what it is without selection, so that no digits go to the smallness of a
        log_ratio = _log_relative(a) - _log_relative(size * a) - math.log(size)
    else:
        log_ratio = math.log1p(-_decay(a)) - math.log1p(-_decay(size * a))
    return log_ratio if advantage > 0 else log_ratio - float((size - 1) * a)


def _decay(a: Fraction | float) -> float:
    return math.exp(-float(a)) if a < 1000 else 0.0


def _log_relative(a: Fraction | float) -> float:
    """Return log((1 - exp(-a))/a) for a > 0, which is 0 for small a."""
    x = float(a)
    return math.log(-math.expm1(-x) / x) if x else 0.0
