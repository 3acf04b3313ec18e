"""Fitness: how payoffs and the intensity of selection make the chance to reproduce."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.dynamics.elementwise import exponential
from coopgame.errors import ProtocolError


@dataclass(frozen=True)
class Fitness:
    """A positive function of payoff and intensity of selection.

    of: function of payoffs and intensity, arrays of numbers or of expressions. log_of: its logarithm for numbers, which keeps what a float cannot hold.
    """

    name: str
    of: Callable[[Any, Any], np.ndarray]
    log_of: Callable[[np.ndarray, np.ndarray], np.ndarray]

    def __str__(self) -> str:
        return self.name


def _exponential(payoffs: Any, intensity: Any) -> np.ndarray:
    return exponential(intensity * payoffs)


def _log_exponential(payoffs: np.ndarray, intensity: np.ndarray) -> np.ndarray:
    return np.asarray(intensity * payoffs)


def _linear(payoffs: Any, intensity: Any) -> np.ndarray:
    return np.asarray(1 - intensity + intensity * payoffs)


def _log_linear(payoffs: np.ndarray, intensity: np.ndarray) -> np.ndarray:
    fitness = _linear(payoffs, intensity)
    if not (fitness > 0).all():
        least = float(np.nanmin(fitness))
        raise ProtocolError(
            f"linear fitness 1 - w + w * payoff is {least:.6g} with w = {np.asarray(intensity).ravel()[0]:.6g}; fitness has to be positive: lower the "
            "intensity, add a background payoff, or use exponential_fitness()"
        )
    return np.asarray(np.log(fitness))


EXPONENTIAL = Fitness("exponential fitness", _exponential, _log_exponential)


def exponential_fitness() -> Fitness:
    """Return fitness exp(intensity * payoff), for any payoffs.

    References: Traulsen, Shoresh and Nowak (2008), Bulletin of Mathematical Biology 70.

    >>> exponential_fitness().of(np.array([0.0]), 2.0)
    array([1.])
    """
    return EXPONENTIAL


def linear_fitness() -> Fitness:
    """Return fitness 1 - w + w * payoff with the intensity w; it has to be positive, and with w = 1 it is the payoff.

    References: Nowak, Sasaki, Taylor and Fudenberg (2004), Nature 428.

    >>> linear_fitness().of(np.array([3.0]), 0.5)
    array([2.])
    """
    return Fitness("linear fitness", _linear, _log_linear)
