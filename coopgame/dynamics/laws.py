"""What revision protocols and update rules have in common: a law by which the shares of one population change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum
from types import FunctionType
from typing import Any

import numpy as np
import sympy

from coopgame.errors import ProtocolError, UnsupportedError
from coopgame.expressions import format_expression, parse_expression, symbols_of
from coopgame.games.document import shown

Settings = Mapping[str, Any]


def named_law(given: object) -> str:
    """Return how errors name what was given for a law: functions by their name, as `smith` where `smith()` is meant."""
    return f"the function {given.__name__}" if isinstance(given, FunctionType) else shown(given)


class Level(StrEnum):
    """Where a law is defined."""

    MEAN = "mean dynamic"
    FINITE = "finite population"
    NETWORK = "network"
    DISCRETE = "dynamic in discrete time"


_CALLS = {
    Level.MEAN: "mean_dynamic(game, law)",
    Level.FINITE: "finite_population(game, law, size)",
    Level.NETWORK: "network_population(game, law, network)",
    Level.DISCRETE: "discrete_dynamic(game, rule)",
}


class Rest(StrEnum):
    """What the rest points of the mean dynamic are, by theory."""

    RESTRICTED = "restricted equilibria: all strategies present earn the same"
    NASH = "Nash equilibria"
    OWN = "the dynamic's own"


class Family(StrEnum):
    """Families of dynamics for which theorems hold."""

    IMITATION = "imitation"
    PAIRWISE_COMPARISON = "pairwise comparison"
    EXCESS_PAYOFF = "separable excess payoff"
    BEST_RESPONSE = "best response"
    PERTURBED = "perturbed best response"
    PROJECTION = "projection"
    OTHER = "other"


@dataclass(frozen=True, repr=False)
class Law(ABC):
    """How the shares of one population change with payoffs.

    settings: numbers or texts in the game's parameters, handed to the law's formula by name; in batches they have shape (..., 1).
    positive: settings that have to be positive. rest: what the rest points are. family: whose theorems hold. levels: where the law is defined. smooth: whether the
    change is differentiable in payoffs and shares inside the state space.
    """

    name: str
    settings: Any = field(default=(), kw_only=True)
    positive: tuple[str, ...] = field(default=(), kw_only=True)
    rest: Rest = field(default=Rest.OWN, kw_only=True)
    family: Family = field(default=Family.OTHER, kw_only=True)
    levels: Set[Level] = field(default=frozenset({Level.MEAN}), kw_only=True)
    smooth: bool = field(default=False, kw_only=True)
    source: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if isinstance(self.levels, str) or not all(isinstance(level, Level) for level in self.levels):
            raise ProtocolError(
                f"{self.name}: levels is {self.levels!r}; give a set of them, such as {{Level.MEAN, Level.FINITE}}"
            )
        object.__setattr__(self, "levels", frozenset(self.levels))
        given = dict(self.settings)
        parsed = tuple((name, parse_expression(value, f"{self.name}: {name}")) for name, value in given.items())
        object.__setattr__(self, "settings", parsed)

    @property
    @abstractmethod
    def relative(self) -> bool:
        """Whether absent strategies stay absent, so that shares have growth rates."""

    @abstractmethod
    def change(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return the time derivatives of the shares; shape (..., n)."""

    def growth(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return relative growth rates up to a number that all of them share; shape (..., n)."""
        raise UnsupportedError(f"{self.name} brings absent strategies back, so shares have no growth rates")

    @property
    def explores(self) -> bool:
        """Whether mutants arise among members who would revise; else among newborn."""
        return True

    def log_chances(self, payoffs: np.ndarray, counts: np.ndarray, **settings: Any) -> np.ndarray:
        """Return the log chances that in one step of a finite population a member of i gives way to one of j; shape (..., n, n).

        payoffs: entry [i, j] is what a member of i would earn as one of j, all others as they are; shape (..., n, n). counts: shape (..., n). The entries from a strategy
        that nobody plays are -inf.
        """
        raise UnsupportedError(
            f"{self.name} is not defined for a finite population; use a protocol or a replacement rule"
        )

    def needs(self, level: Level) -> None:
        """Raise UnsupportedError where the law is not defined at a level."""
        if level not in self.levels:
            defined = ", ".join(sorted(self.levels))
            calls = " or ".join(call for known, call in _CALLS.items() if known in self.levels)
            remedy = f"; use {calls}" if calls else ""
            raise UnsupportedError(
                f"{self.name} is not defined for a {level}; it is for: {defined}{remedy}{self._how_to_say_so(level)}"
            )

    def _how_to_say_so(self, level: Level) -> str:
        """Return what remedies a law that could be defined at a level and does not say that it is."""
        return ""

    @property
    def parameters(self) -> frozenset[str]:
        """Names of the game's parameters in the settings."""
        return frozenset().union(*(symbols_of(value) for _, value in self.settings))

    def check_settings(self, numbers: Mapping[str, Any]) -> None:
        """Raise ProtocolError when a setting that has to be positive is not."""
        for name in self.positive:
            value = numbers[name]
            if isinstance(value, sympy.Basic) and not value.is_number:
                continue
            given = np.asarray(value, dtype=float)
            if not np.all(given > 0):
                raise ProtocolError(f"{self.name}: {name} = {np.min(given):.6g}; a positive number is needed")

    def __str__(self) -> str:
        shown = ", ".join(f"{name} = {format_expression(value)}" for name, value in self.settings)
        return f"{self.name} ({shown})" if shown else self.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"
