"""The formulas of the revision protocols: rates of switching as functions of payoffs and shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.dynamics.elementwise import hyperbolic_tangent, positive_part, relative_exponentials
from coopgame.errors import UnsupportedError

Rates = Callable[..., np.ndarray]


def _gains(payoffs: np.ndarray) -> np.ndarray:
    """Return what a switch from i to j gains, entry [i, j]."""
    return np.asarray(payoffs[..., None, :] - payoffs[..., :, None])


def _to(rates: np.ndarray) -> np.ndarray:
    """Return rates that depend on the strategy switched to alone, for every strategy switched from."""
    return np.broadcast_to(rates[..., None, :], (*rates.shape, rates.shape[-1]))


def _from(rates: np.ndarray) -> np.ndarray:
    return np.broadcast_to(rates[..., :, None], (*rates.shape, rates.shape[-1]))


def better(payoffs: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return what the switch gains, where it gains."""
    return positive_part(_gains(payoffs))


def dissatisfied(payoffs: np.ndarray, shares: np.ndarray, aspiration: Any) -> np.ndarray:
    """Return the aspiration less one's own payoff."""
    return _from(aspiration - payoffs)


def successful(payoffs: np.ndarray, shares: np.ndarray, baseline: Any) -> np.ndarray:
    """Return the payoff of the strategy switched to above a baseline."""
    return _to(payoffs - baseline)


def fermi(payoffs: np.ndarray, shares: np.ndarray, intensity: Any) -> np.ndarray:
    """Return the chance of copying, a logistic function of the gain."""
    return np.asarray((1 + hyperbolic_tangent(_gains(payoffs * intensity / 2))) / 2)


def log_fermi(payoffs: np.ndarray, shares: np.ndarray, intensity: Any) -> np.ndarray:
    """Return the logarithm of the chance of copying, for numbers."""
    return np.asarray(-np.logaddexp(0.0, -np.asarray(intensity)[..., None] * _gains(payoffs)))


def imitative_logit(payoffs: np.ndarray, shares: np.ndarray, noise: Any) -> np.ndarray:
    """Return the chance of the strategy switched to by exp(payoff / noise), for each of its players."""
    return _to(relative_exponentials(payoffs / noise, shares))


def log_imitative_logit(payoffs: np.ndarray, shares: np.ndarray, noise: Any) -> np.ndarray:
    """Return the logarithm of `imitative_logit`, for numbers."""
    logs = (payoffs - payoffs.max(axis=-1, keepdims=True, initial=-np.inf, where=shares > 0)) / noise
    return _to(logs - _log_sum(logs + log_of(shares)))


def logit(payoffs: np.ndarray, shares: np.ndarray, noise: Any) -> np.ndarray:
    """Return the chance of the strategy switched to, in proportion to exp(payoff / noise)."""
    return _to(relative_exponentials(payoffs / noise, np.ones(payoffs.shape, dtype=int)))


def log_logit(payoffs: np.ndarray, shares: np.ndarray, noise: Any) -> np.ndarray:
    """Return the logarithm of `logit`, for numbers."""
    logs = (payoffs - payoffs.max(axis=-1, keepdims=True)) / noise
    return _to(logs - _log_sum(logs))


def log_of(values: Any) -> np.ndarray:
    """Return logarithms of numbers of at least 0; of 0 it is -inf."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(values))


def _log_sum(logs: np.ndarray) -> np.ndarray:
    """Return the logarithm of the sum of exponentials along the last axis, kept as an axis."""
    most = logs.max(axis=-1, keepdims=True)
    return np.asarray(most + np.log(np.exp(logs - most).sum(axis=-1, keepdims=True)))


def excess(payoffs: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the payoff of the strategy switched to above the mean, where it is above."""
    return Excess(positive_part)(payoffs, shares)


def best_replies(payoffs: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return equal chances for all best replies."""
    if payoffs.dtype == object:
        raise UnsupportedError(
            "best response is set-valued at ties, so its mean dynamic has no formula; use integrate()"
        )
    best = (payoffs == payoffs.max(axis=-1, keepdims=True)).astype(float)
    return _to(best / best.sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Comparison:
    """Rates that are a function of the gain of a switch."""

    rate: Callable[[np.ndarray], np.ndarray]

    def __call__(self, payoffs: np.ndarray, shares: np.ndarray) -> np.ndarray:
        return np.asarray(self.rate(_gains(payoffs)))


@dataclass(frozen=True)
class Excess:
    """Rates that are a function of the payoff above the mean of the strategy switched to."""

    rate: Callable[[np.ndarray], np.ndarray]

    def __call__(self, payoffs: np.ndarray, shares: np.ndarray) -> np.ndarray:
        mean = (payoffs * shares).sum(axis=-1, keepdims=True)
        return _to(np.asarray(self.rate(payoffs - mean)))


@dataclass(frozen=True)
class Mixture:
    """A weighted sum of rates.

    parts: for every protocol its rates, whether they are per meeting, and the names of its settings. per_meeting: whether all are.
    """

    parts: tuple[tuple[Rates, bool, tuple[str, ...]], ...]
    per_meeting: bool

    def __call__(self, payoffs: np.ndarray, shares: np.ndarray, **settings: Any) -> np.ndarray:
        total: Any = 0
        for k, (rates, imitative, names) in enumerate(self.parts, 1):
            own = np.asarray(rates(payoffs, shares, **{n: settings[f"{n}_{k}"] for n in names}))
            if imitative and not self.per_meeting:
                own = own * shares[..., None, :]
            total = total + np.asarray(settings[f"weight_{k}"])[..., None] * own
        return np.asarray(total)
