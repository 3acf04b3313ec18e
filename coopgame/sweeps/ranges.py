"""Ranges of uncertain numbers: an interval or a distribution for each name, from the unit interval and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.errors import ParameterError
from coopgame.expressions import exact_number
from coopgame.games.game import Game

_TAIL = 0.05  # a distribution is low at its 5 % quantile and high at its 95 % quantile
_LEAST = 2.0**-53  # a quasi-random number can be 0 itself, whose quantile may be infinite


@dataclass(frozen=True)
class Range:
    """An interval in which every number is as likely, or a frozen distribution of scipy.stats."""

    name: str
    low: float
    high: float
    distribution: Any = None

    def at(self, unit: np.ndarray) -> np.ndarray:
        """Return the numbers that stand at some places of the unit interval: the quantiles."""
        if self.distribution is not None:
            inner = np.clip(unit, _LEAST if self.low == -math.inf else 0, 1 - _LEAST if self.high == math.inf else 1)
            return np.asarray(self.distribution.ppf(inner), dtype=float)
        return self.low + (self.high - self.low) * unit

    @property
    def middle(self) -> float:
        """The median."""
        return float(self.at(np.array(0.5)))

    @property
    def text(self) -> str:
        """The interval, or the name of the distribution with its two ends."""
        kind = "" if self.distribution is None else f"{self.distribution.dist.name} on "
        return f"{kind}[{self.low:g}, {self.high:g}]"


def read_ranges(ranges: Mapping[str, Any] | None, game: Game | None = None) -> tuple[Range, ...]:
    """Return the ranges that were given, else those that the parameters of a game declare.

    ranges: name -> (low, high) or a frozen distribution of scipy.stats. Raises ParameterError.

    >>> print(read_ranges({"c": (0, 2)})[0].text)
    [0, 2]
    """
    if ranges is None:
        declared = {p.name: p.range for p in game.parameters if p.range is not None} if game is not None else {}
        if not declared:
            raise ParameterError(
                "no ranges: no parameter declares one; give ranges={name: (low, high)}, or a range in the game file"
            )
        ranges = declared
    if not ranges:
        raise ParameterError("ranges is empty; name at least one number, such as ranges={'c': (0, 2)}")
    return tuple(_range(name, given) for name, given in ranges.items())


def _range(name: str, given: Any) -> Range:
    if hasattr(given, "ppf") and hasattr(given, "support"):
        if not hasattr(given, "dist"):
            raise ParameterError(
                f"the range of {name} is a distribution without its numbers; freeze it: stats.uniform(0, 1)"
            )
        low, high = (float(end) for end in given.support())
        if math.isnan(low) or math.isnan(high):
            raise ParameterError(f"the distribution of {name} has no support; its shape parameters are out of range")
        return Range(name, low, high, given)
    if isinstance(given, str) or not hasattr(given, "__len__") or len(given) != 2:
        raise ParameterError(
            f"the range of {name} is {given!r}; give two numbers (low, high) or a frozen distribution of scipy.stats"
        )
    low, high = (float(exact_number(end, f"range of {name}")) for end in given)
    if not low < high:
        raise ParameterError(f"the range of {name} is ({low:g}, {high:g}); its ends must rise")
    return Range(name, low, high)


def ends(given: Range) -> tuple[float, float]:
    """Return what counts as low and as high: the ends of an interval, the 5 % and 95 % quantiles of a distribution."""
    if given.distribution is None:
        return given.low, given.high
    low, high = given.at(np.array([_TAIL, 1 - _TAIL]))
    return float(low), float(high)
