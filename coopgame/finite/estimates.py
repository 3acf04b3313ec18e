"""Chances estimated from independent runs: standard errors, intervals, and when runs are enough."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from coopgame.errors import ParameterError


@dataclass(frozen=True)
class Precision:
    """The standard error at which runs are enough: `error` itself, or `error` times the estimate.

    The standard error is that of Agresti and Coull, with two successes and two failures added to the runs, so that it is not 0 after runs that all end alike.
    """

    error: float
    relative: bool

    def reached(self, successes: int, runs: int) -> bool:
        """Whether so many successes in so many runs are precise enough; a relative error needs a success."""
        chance = (successes + 2) / (runs + 4)
        found = math.sqrt(chance * (1 - chance) / (runs + 4))
        return successes > 0 and found <= self.error * chance if self.relative else found <= self.error

    def __str__(self) -> str:
        return f"{'relative' if self.relative else 'absolute'} standard error {self.error:g}"


def absolute_error(error: Any) -> Precision:
    """Return the precision of an estimate whose standard error is at most a number.

    References: Agresti and Coull (1998), The American Statistician 52.

    >>> print(absolute_error(0.001))
    absolute standard error 0.001
    """
    return Precision(_error(error), relative=False)


def relative_error(error: Any) -> Precision:
    """Return the precision of an estimate whose standard error is at most a part of the estimate.

    A chance p takes about 1 / (p error²) runs.

    References: Agresti and Coull (1998), The American Statistician 52.

    >>> print(relative_error(0.05))
    relative standard error 0.05
    """
    return Precision(_error(error), relative=True)


def checked_precision(precision: Any) -> None:
    """Raise ParameterError for what is neither a precision nor None."""
    if precision is not None and not isinstance(precision, Precision):
        raise ParameterError(
            f"precision = {precision!r}; give relative_error({precision!r}), absolute_error({precision!r}), or None"
        )


def _error(error: Any) -> float:
    try:
        number = float(error)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number < 1:
        raise ParameterError(f"error = {error!r}; a number between 0 and 1 is needed")
    return number


def wilson_interval(successes: int, runs: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the ends of Wilson's interval for a chance.

    Raises ParameterError for a confidence that is not between 0 and 1.

    References: Wilson (1927), Journal of the American Statistical Association 22, 209-212.
    """
    from scipy.special import ndtri

    if not 0 < confidence < 1:
        raise ParameterError(f"confidence = {confidence!r}; a number between 0 and 1 is needed")
    z2 = float(ndtri((1 + confidence) / 2)) ** 2
    centre = (successes + z2 / 2) / (runs + z2)
    half = math.sqrt(z2 * (successes * (runs - successes) / runs + z2 / 4)) / (runs + z2)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    return low, 1.0 if successes == runs else min(1.0, centre + half)


def standard_error_of(successes: int, runs: int) -> float:
    """Return the standard error of a share of independent runs."""
    return math.sqrt(successes * (runs - successes) / runs) / runs
