"""One step of an equation with additive noise, dy = f(y) dt + s dW: Euler-Maruyama and a Runge-Kutta method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

Drift = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class EulerMaruyama:
    """The Euler-Maruyama step y + h f(y) + s dW: strong and weak order 1 for additive noise, one evaluation of f.

    For noise that depends on the state its strong order is 1/2 only; for additive noise it is Milstein's method.

    References: Kloeden and Platen (1992), sections 10.2 and 10.3.
    """

    name: ClassVar[str] = "Euler-Maruyama"
    order: ClassVar[float] = 1.0

    def advance(self, drift: Drift, y: np.ndarray, h: float, noise: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return the state a step of length h later; noise: s times dW and s times the integral of W over the step."""
        return np.asarray(y + h * drift(y) + noise[0])


@dataclass(frozen=True)
class StochasticRungeKutta:
    """Rossler's method SRA1: strong order 1.5 for additive noise, two evaluations of f, no derivatives.

    Without noise it is a Runge-Kutta method of order 2. Written here because no library for stochastic equations computes
    ensembles with it in numpy and keeps the random numbers of each replicate its own (docs/theory/noise.md).

    References: Rossler (2010), SIAM Journal on Numerical Analysis 48, 922-952, scheme SRA1; Kloeden and Platen (1992),
    section 10.4.
    """

    name: ClassVar[str] = "stochastic Runge-Kutta SRA1"
    order: ClassVar[float] = 1.5

    def advance(self, drift: Drift, y: np.ndarray, h: float, noise: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Return the state a step of length h later; noise: s times dW and s times the integral of W over the step."""
        first = drift(y)
        second = drift(y + 0.75 * h * first + (1.5 / h) * noise[1])
        return np.asarray(y + (h / 3) * (first + 2 * second) + noise[0])


Method = EulerMaruyama | StochasticRungeKutta


def brownian(normals: np.ndarray, h: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the increments of Wiener processes over steps of length h, and the integrals of W over each step.

    normals: independent standard normal numbers, first axis of length 2. The pair has covariance (h, h^2/2; h^2/2, h^3/3).

    References: Kloeden and Platen (1992), section 10.4.
    """
    increments = np.sqrt(h) * normals[0]
    return increments, 0.5 * h * (increments + np.sqrt(h / 3) * normals[1])
