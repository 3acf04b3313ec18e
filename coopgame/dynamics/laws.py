"""What revision protocols and update rules have in common: a law by which the shares of one population change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import sympy

from coopgame.errors import ProtocolError, UnsupportedError
from coopgame.expressions import format_expression, parse_expression, symbols_of

Settings = Mapping[str, Any]


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


@dataclass(frozen=True)
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
    levels: frozenset[Level] = field(default=frozenset({Level.MEAN}), kw_only=True)
    smooth: bool = field(default=False, kw_only=True)
    source: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
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
            raise UnsupportedError(f"{self.name} is not defined for a {level}; it is for: {defined}{remedy}")

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
            if not np.all(np.asarray(value, dtype=float) > 0):
                raise ProtocolError(f"{self.name}: {name} = {value}; a positive number is needed")

    def __str__(self) -> str:
        shown = ", ".join(f"{name} = {format_expression(value)}" for name, value in self.settings)
        return f"{self.name} ({shown})" if shown else self.name
