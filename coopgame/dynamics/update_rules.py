"""Update rules: laws of change that are no rates of switching between strategies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.dynamics.laws import Family, Law, Rest
from coopgame.errors import ProtocolError


@dataclass(frozen=True, repr=False)
class UpdateRule(Law):
    """A law of change of the shares of one population that is given as a whole.

    formula: function of payoffs and shares, both of shape (..., n), and of the settings by name. Where absent strategies stay absent
    (`keeps_absent`) it returns growth rates, else the time derivatives of the shares, which sum to 0; shape (..., n).
    """

    formula: Callable[..., np.ndarray]
    keeps_absent: bool = False

    @property
    def relative(self) -> bool:
        return self.keeps_absent

    def change(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return the time derivatives of the shares; shape (..., n)."""
        payoffs, shares = np.asarray(payoffs), np.asarray(shares)
        if not self.keeps_absent:
            return np.asarray(self.formula(payoffs, shares, **settings))
        growth = self.growth(payoffs, shares, **settings)
        return np.asarray(shares * (growth - (shares * growth).sum(axis=-1, keepdims=True)))

    def growth(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        if not self.keeps_absent:
            return super().growth(payoffs, shares, **settings)
        return np.asarray(self.formula(np.asarray(payoffs), np.asarray(shares), **settings))


def maynard_smith() -> UpdateRule:
    """Return the adjusted replicator: growth is payoff relative to the mean payoff, x_i (F_i - mean) / mean.

    Payoffs have to be positive on average. It is the continuous limit of generations that do not overlap, and of the frequency-dependent Moran process (`moran`).

    References: Maynard Smith (1982), Evolution and the Theory of Games, appendix D; Traulsen, Claussen and Hauert (2005), Physical
    Review Letters 95.

    >>> print(maynard_smith())
    adjusted replicator
    """
    source = "Maynard Smith 1982"
    return UpdateRule(
        "adjusted replicator",
        _adjusted,
        keeps_absent=True,
        rest=Rest.RESTRICTED,
        family=Family.IMITATION,
        smooth=True,
        source=source,
    )


def projection() -> UpdateRule:
    """Return the projection dynamic: the payoffs, projected on the directions in which the state can move.

    Inside the state space a share grows by its payoff minus the plain mean over strategies. On the boundary the absent strategies that
    earn too little are left out of that mean.

    References: Nagurney and Zhang (1997), Transportation Science 31; Lahkar and Sandholm (2008), Games and Economic Behavior 64.

    >>> print(projection())
    projection
    """
    return UpdateRule(
        "projection",
        _projected,
        rest=Rest.NASH,
        family=Family.PROJECTION,
        source="Nagurney and Zhang 1997; Lahkar and Sandholm 2008",
    )


def replicator_mutator(mutation: Any) -> UpdateRule:
    """Return the replicator-mutator dynamic: offspring of j, in proportion to its payoff, play i with chance Q[j][i].

    dx_i/dt = sum over j of x_j F_j Q[j][i] - x_i mean. mutation: the chance that an offspring differs, all other strategies being
    equally likely; or the whole row-stochastic matrix Q, by rows; numbers or texts in the game's parameters. Payoffs count as fitness and cannot be negative.

    References: Hadeler (1981), SIAM Journal on Applied Mathematics 41; Komarova, Niyogi and Nowak (2001), Journal of Theoretical Biology 209.

    >>> print(replicator_mutator("mu"))
    replicator-mutator (mutation = mu)
    """
    source = "Hadeler 1981; Komarova, Niyogi and Nowak 2001"
    if isinstance(mutation, Sequence | np.ndarray) and not isinstance(mutation, str):
        rows = [list(row) for row in mutation]
        size = len(rows)
        if any(len(row) != size for row in rows):
            raise ProtocolError(
                f"the mutation matrix has rows of {[len(row) for row in rows]} entries; {size} each are needed"
            )
        settings = {f"Q_{j + 1}_{i + 1}": v for j, row in enumerate(rows) for i, v in enumerate(row)}
        return UpdateRule("replicator-mutator", _MutationMatrix(size), settings=settings, smooth=True, source=source)
    return UpdateRule("replicator-mutator", _mutating, settings={"mutation": mutation}, smooth=True, source=source)


def selection_mutation(rate: Any) -> UpdateRule:
    """Return the selection-mutation dynamic: the replicator, and switches to every strategy at a rate of their own.

    dx_i/dt = x_i (F_i - mean) + rate (1 - n x_i). rate: from one strategy to each other one, at least 0.

    References: Hofbauer (1985), Journal of Mathematical Biology 23; Bomze and Bürger (1995), Games and Economic Behavior 11.

    >>> print(selection_mutation("1/100"))
    selection-mutation (rate = 1/100)
    """
    source = "Hofbauer 1985; Bomze and Bürger 1995"
    return UpdateRule("selection-mutation", _selecting, settings={"rate": rate}, smooth=True, source=source)


def _adjusted(payoffs: np.ndarray, shares: np.ndarray) -> np.ndarray:
    mean = (payoffs * shares).sum(axis=-1, keepdims=True)
    if object not in (payoffs.dtype, shares.dtype) and not (mean > 0).all():
        raise ProtocolError(
            f"adjusted replicator: the mean payoff is {float(np.min(mean)):.6g}; it has to be positive: add a background payoff"
        )
    return np.asarray(payoffs / mean)


def _projected(payoffs: np.ndarray, shares: np.ndarray) -> np.ndarray:
    if object in (payoffs.dtype, shares.dtype):
        return np.asarray(payoffs - payoffs.sum() / len(payoffs))  # inside the state space
    payoffs, shares = np.broadcast_arrays(payoffs, shares)
    if (shares > 0).all():
        return np.asarray(payoffs - payoffs.mean(axis=-1, keepdims=True))
    count = (shares > 0).sum(axis=-1, keepdims=True).astype(float)
    total = np.where(shares > 0, payoffs, 0.0).sum(axis=-1, keepdims=True)
    absent = np.where(shares > 0, -np.inf, payoffs)
    for best in np.moveaxis(-np.sort(-absent, axis=-1), -1, 0)[..., None]:
        enters = best * count > total
        total, count = np.where(enters, total + np.where(enters, best, 0.0), total), count + enters
    mean = total / count
    return np.where((shares > 0) | (payoffs > mean), payoffs - mean, 0.0)


def _mutating(payoffs: np.ndarray, shares: np.ndarray, mutation: Any) -> np.ndarray:
    n = payoffs.shape[-1]
    _check_fitness(payoffs)
    born = payoffs * shares
    mean = born.sum(axis=-1, keepdims=True)
    _check_chance("mutation", mutation)
    if n == 1:
        return np.asarray(born - mean * shares)
    return np.asarray(born * (1 - mutation) + (mean - born) * mutation / (n - 1) - mean * shares)


@dataclass(frozen=True)
class _MutationMatrix:
    size: int

    def __call__(self, payoffs: np.ndarray, shares: np.ndarray, **entries: Any) -> np.ndarray:
        n = self.size
        _check_fitness(payoffs)
        if payoffs.shape[-1] != n:
            raise ProtocolError(f"the mutation matrix is for {n} strategies; the population has {payoffs.shape[-1]}")
        born = payoffs * shares
        mean = born.sum(axis=-1, keepdims=True)
        columns = []
        for j in range(n):
            total = sum(entries[f"Q_{j + 1}_{i + 1}"] for i in range(n)) - 1
            if not _is_zero(total):
                raise ProtocolError(
                    f"row {j + 1} of the mutation matrix sums to {_shown(total + 1)}; chances sum to 1"
                )
        for i in range(n):
            chances = [entries[f"Q_{j + 1}_{i + 1}"] for j in range(n)]
            for j, chance in enumerate(chances):
                _check_chance(f"entry [{j + 1}, {i + 1}] of the mutation matrix", chance)
            columns.append(sum(born[..., j : j + 1] * chance for j, chance in enumerate(chances)))
        return np.asarray(np.concatenate(columns, axis=-1) - mean * shares)


def _selecting(payoffs: np.ndarray, shares: np.ndarray, rate: Any) -> np.ndarray:
    n = payoffs.shape[-1]
    mean = (payoffs * shares).sum(axis=-1, keepdims=True)
    if not _is_expression(rate) and not np.all(np.asarray(rate, dtype=float) >= 0):
        raise ProtocolError(f"selection-mutation: rate = {rate}; at least 0 is needed")
    return np.asarray(shares * (payoffs - mean) + rate * (1 - n * shares))


def _check_fitness(payoffs: np.ndarray) -> None:
    if not _is_expression(payoffs) and not (payoffs >= 0).all():
        raise ProtocolError(
            f"replicator-mutator: a payoff is {float(np.min(payoffs)):.6g}; payoffs count as fitness and cannot be negative: add a "
            "background payoff, or use selection_mutation()"
        )


def _is_expression(value: Any) -> bool:
    array = np.asarray(value)
    return array.dtype == object


def _shown(value: Any) -> str:
    return str(np.asarray(value).ravel()[0])


def _is_zero(value: Any) -> bool:
    if _is_expression(value):
        import sympy

        return bool(sympy.simplify(np.asarray(value).item()) == 0)
    return bool(np.allclose(np.asarray(value, dtype=float), 0.0, atol=1e-12))


def _check_chance(name: str, value: Any) -> None:
    if _is_expression(value):
        return
    number = np.asarray(value, dtype=float)
    if not ((number >= 0) & (number <= 1)).all():
        raise ProtocolError(f"{name} = {value}; a chance between 0 and 1 is needed")
