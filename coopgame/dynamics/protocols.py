"""Revision protocols: the rate at which one agent switches, given payoffs and shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.dynamics import protocol_rates as formulas
from coopgame.dynamics.laws import Family, Law, Level, Rest
from coopgame.dynamics.protocol_chances import log_chances_of
from coopgame.dynamics.protocol_rates import Rates
from coopgame.errors import ProtocolError

EVERYWHERE = frozenset({Level.MEAN, Level.FINITE, Level.NETWORK})
NOT_ON_NETWORKS = frozenset({Level.MEAN, Level.FINITE})


@dataclass(frozen=True, repr=False)
class Protocol(Law):
    """How one agent revises: the rate of switching from strategy i to strategy j.

    rates: function of payoffs and shares of one population, both of shape (..., n), and of the settings by name; it returns rates of
    shape (..., n, n), entry [i, j] from i to j; the diagonal does not matter. Written with operators and the functions
    `positive_part`, `exponential`, `hyperbolic_tangent` and `relative_exponentials` it gives symbolic dynamics too. imitative: whether an agent copies
    another one it meets: then `rates` are per meeting and are multiplied by the share of j. choice: whether the rates are chances that
    sum to 1 and do not depend on the strategy switched from. levels: where it may be used, by default for the mean dynamic alone; {Level.MEAN, Level.FINITE} for finite populations
    too, and Level.NETWORK for networks, which needs rates without means over the population. log_rates: the logarithms of the rates, where a formula keeps what a float cannot hold.
    among_all: whether who imitates draws from the whole finite population, itself included, and not from the others. parts: of a mixture its protocols.

    References: Sandholm (2010), Population Games and Evolutionary Dynamics, chapters 4 to 6.

    >>> def cautious(payoffs, shares, threshold):
    ...     return positive_part(payoffs[..., None, :] - payoffs[..., :, None] - threshold[..., None])
    >>> print(Protocol("cautious comparison", cautious, settings={"threshold": "1/2"}))
    cautious comparison (threshold = 1/2)
    """

    rates: Rates
    imitative: bool = False
    choice: bool = False
    mean_is_replicator: bool = False
    log_rates: Rates | None = None
    among_all: bool = False
    parts: tuple[Protocol, ...] = ()

    @property
    def relative(self) -> bool:
        return self.imitative

    def _how_to_say_so(self, level: Level) -> str:
        if self.source or level not in EVERYWHERE:
            return ""
        return f"; if it is a protocol of your own, say that it holds there: Protocol(…, levels={{Level.MEAN, Level.{level.name}}})"

    def switch_rates(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return the rates of switching from i to j, meetings included; shape (..., n, n), zero on the diagonal.

        Raises ProtocolError when a rate is negative, no number, or when the shape is wrong.
        """
        payoffs, shares = np.asarray(payoffs), np.asarray(shares)
        rates = self._checked(payoffs, shares, settings)
        if self.imitative:
            rates = rates * shares[..., None, :]
        return np.where(np.eye(payoffs.shape[-1], dtype=bool), 0, rates)

    def log_chances(self, payoffs: np.ndarray, counts: np.ndarray, **settings: Any) -> np.ndarray:
        """Return the log chances of switches: a member chosen at random is of i and turns to j; the diagonal does not matter.

        Who imitates compares its payoff with that of whom it meets among all others, or chooses among all members; else one compares what one would earn oneself.
        """
        return log_chances_of(self, payoffs, counts, settings)

    def log_rates_of(self, payoffs: np.ndarray, shares: np.ndarray, settings: Mapping[str, Any]) -> np.ndarray:
        """Return the logarithms of the rates from i to j, for numbers, without meetings; shape (..., n, n)."""
        if self.log_rates is not None:
            return np.asarray(self.log_rates(payoffs, shares, **settings))
        return formulas.log_of(self._checked(payoffs, shares, settings))

    def change(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return inflow minus outflow of every strategy; shape (..., n)."""
        shares = np.asarray(shares)
        if self.imitative:
            return np.asarray(shares * self.growth(payoffs, shares, **settings))
        rates = self._checked(np.asarray(payoffs), shares, settings)  # the diagonal leaves and comes back
        if self.choice:
            return np.asarray(rates[..., 0, :] - shares)
        inflow = (shares[..., :, None] * rates).sum(axis=-2)
        return np.asarray(inflow - shares * rates.sum(axis=-1))

    def growth(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        if not self.imitative:
            return super().growth(payoffs, shares, **settings)
        payoffs, shares = np.asarray(payoffs), np.asarray(shares)
        rates = self._checked(payoffs, shares, settings)
        net = np.swapaxes(rates, -1, -2) - rates
        return np.asarray((net * shares[..., None, :]).sum(axis=-1))

    def _checked(self, payoffs: np.ndarray, shares: np.ndarray, settings: Mapping[str, Any]) -> np.ndarray:
        rates = np.asarray(self.rates(payoffs, shares, **settings))
        n = payoffs.shape[-1]
        if rates.shape[-2:] != (n, n):
            raise ProtocolError(
                f"{self.name}: rates have shape {rates.shape}; {n} strategies need (..., {n}, {n}), entry [i, j] from i to j"
            )
        if rates.dtype == object or (rates >= 0).all():
            return rates
        wrong = np.argwhere(~(rates >= 0) & ~np.eye(n, dtype=bool))
        if len(wrong):
            *batch, i, j = (int(k) for k in wrong[0])
            shown = np.array2string(np.broadcast_to(payoffs, rates.shape[:-1])[tuple(batch)], precision=6)
            raise ProtocolError(
                f"{self.name}: the rate from strategy {i + 1} to strategy {j + 1} is {rates[tuple(wrong[0])]:.6g} at "
                f"payoffs {shown}; a rate of switching is a number of at least 0"
            )
        return rates


def pairwise_imitation() -> Protocol:
    """Return pairwise proportional imitation: copy a better paid agent at a rate equal to the difference of payoffs.

    The mean dynamic is the replicator dynamic.

    References: Helbing (1992), Physica A 181; Schlag (1998), Journal of Economic Theory 78.

    >>> print(pairwise_imitation())
    pairwise proportional imitation
    """
    return _replicating("pairwise proportional imitation", formulas.better, "Helbing 1992; Schlag 1998")


def imitation_of_the_dissatisfied(aspiration: Any) -> Protocol:
    """Return imitation driven by dissatisfaction: give up at the rate aspiration - payoff, then copy whom one meets.

    aspiration: at least every payoff. The mean dynamic is the replicator dynamic.

    References: Björnerstedt and Weibull (1996), in The Rational Foundations of Economic Behaviour.

    >>> print(imitation_of_the_dissatisfied(5))
    imitation driven by dissatisfaction (aspiration = 5)
    """
    source = "Björnerstedt and Weibull 1996"
    return _replicating("imitation driven by dissatisfaction", formulas.dissatisfied, source, aspiration=aspiration)


def imitation_of_success(baseline: Any) -> Protocol:
    """Return imitation of success: copy whom one meets at a rate equal to that agent's payoff above a baseline.

    baseline: at most every payoff. The mean dynamic is the replicator dynamic.

    References: Hofbauer (1995), Imitation Dynamics for Games; Sandholm (2010), section 5.4.

    >>> print(imitation_of_success(-2))
    imitation of success (baseline = -2)
    """
    return _replicating("imitation of success", formulas.successful, "Hofbauer 1995", baseline=baseline)


def _replicating(name: str, rates: Rates, source: str, **settings: Any) -> Protocol:
    return Protocol(
        name,
        rates,
        imitative=True,
        mean_is_replicator=True,
        settings=settings,
        rest=Rest.RESTRICTED,
        family=Family.IMITATION,
        levels=EVERYWHERE,
        smooth=True,
        source=source,
    )


def fermi_imitation(intensity: Any = 1) -> Protocol:
    """Return Fermi imitation: copy whom one meets with probability 1 / (1 + exp(-intensity * gain)).

    intensity: intensity of selection, positive; per unit of payoff.

    References: Szabó and Tőke (1998), Physical Review E 58; Traulsen, Nowak and Pacheco (2006), Physical Review E 74.

    >>> print(fermi_imitation("beta"))
    Fermi imitation (intensity = beta)
    """
    return Protocol(
        "Fermi imitation",
        formulas.fermi,
        log_rates=formulas.log_fermi,
        imitative=True,
        settings={"intensity": intensity},
        positive=("intensity",),
        rest=Rest.RESTRICTED,
        family=Family.IMITATION,
        levels=EVERYWHERE,
        smooth=True,
        source="Szabó and Tőke 1998; Traulsen, Nowak and Pacheco 2006",
    )


def is_fermi(law: Law) -> bool:
    """Return whether members copy others whom they meet by the Fermi rule."""
    return isinstance(law, Protocol) and law.rates is formulas.fermi and law.imitative and not law.among_all


def imitative_logit(noise: Any) -> Protocol:
    """Return imitative logit: choose among strategies with chances share times exp(payoff / noise).

    noise: positive, in units of payoff.

    References: Weibull (1995), Evolutionary Game Theory, section 4.4; Björnerstedt and Weibull (1996).

    >>> print(imitative_logit(0.1))
    imitative logit (noise = 3602879701896397/36028797018963968)
    """
    return Protocol(
        "imitative logit",
        formulas.imitative_logit,
        log_rates=formulas.log_imitative_logit,
        imitative=True,
        among_all=True,
        settings={"noise": noise},
        positive=("noise",),
        rest=Rest.RESTRICTED,
        family=Family.IMITATION,
        levels=NOT_ON_NETWORKS,
        smooth=True,
        source="Weibull 1995; Björnerstedt and Weibull 1996",
    )


def logit(noise: Any) -> Protocol:
    """Return logit choice: strategies are chosen with chances in proportion to exp(payoff / noise).

    noise: positive, in units of payoff. Rest points of the mean dynamic are the logit equilibria.

    References: Blume (1993), Games and Economic Behavior 5; Fudenberg and Levine (1998), The Theory of Learning in Games.

    >>> print(logit("eta"))
    logit (noise = eta)
    """
    return Protocol(
        "logit",
        formulas.logit,
        log_rates=formulas.log_logit,
        choice=True,
        settings={"noise": noise},
        family=Family.PERTURBED,
        positive=("noise",),
        levels=EVERYWHERE,
        smooth=True,
        source="Blume 1993; Fudenberg and Levine 1998",
    )


def smith() -> Protocol:
    """Return Smith's pairwise comparison: switch to a strategy that pays more at a rate equal to the difference.

    References: Smith (1984), Transportation Science 18.

    >>> print(smith())
    Smith
    """
    return Protocol(
        "Smith",
        formulas.better,
        rest=Rest.NASH,
        family=Family.PAIRWISE_COMPARISON,
        levels=EVERYWHERE,
        source="Smith 1984",
    )


def brown_von_neumann_nash() -> Protocol:
    """Return the Brown-von Neumann-Nash protocol: switch to a strategy at the rate by which it exceeds the mean payoff.

    References: Brown and von Neumann (1950), in Contributions to the Theory of Games I; Hofbauer (2000), Selection 1.

    >>> print(brown_von_neumann_nash())
    Brown-von Neumann-Nash
    """
    source = "Brown and von Neumann 1950"
    return Protocol(
        "Brown-von Neumann-Nash",
        formulas.excess,
        rest=Rest.NASH,
        family=Family.EXCESS_PAYOFF,
        levels=NOT_ON_NETWORKS,
        source=source,
    )


def pairwise_comparison(rate: Callable[[np.ndarray], np.ndarray], name: str = "pairwise comparison") -> Protocol:
    """Return a pairwise comparison protocol: the rate of a switch is a function of what it gains.

    rate: function of the gains, positive where they are positive and 0 elsewhere. Rest points are then the Nash equilibria.

    References: Sandholm (2010), Games 1, "Pairwise comparison dynamics and evolutionary foundations for Nash equilibrium".

    >>> from coopgame.dynamics.elementwise import positive_part
    >>> print(pairwise_comparison(lambda gains: positive_part(gains) ** 2, "squared comparison"))
    squared comparison
    """
    return Protocol(
        name,
        formulas.Comparison(rate),
        rest=Rest.NASH,
        family=Family.PAIRWISE_COMPARISON,
        levels=EVERYWHERE,
        source="Sandholm 2010",
    )


def excess_payoff(rate: Callable[[np.ndarray], np.ndarray], name: str = "excess payoff") -> Protocol:
    """Return a separable excess payoff protocol: the rate towards a strategy is a function of its payoff above the mean.

    rate: function of the excess payoffs, positive where they are positive and 0 elsewhere. Rest points are then the Nash
    equilibria.

    References: Sandholm (2005), Journal of Economic Theory 124, "Excess payoff dynamics and other well-behaved evolutionary
    dynamics".

    >>> from coopgame.dynamics.elementwise import positive_part
    >>> print(excess_payoff(lambda excess: positive_part(excess) ** 2))
    excess payoff
    """
    return Protocol(
        name,
        formulas.Excess(rate),
        rest=Rest.NASH,
        family=Family.EXCESS_PAYOFF,
        levels=NOT_ON_NETWORKS,
        source="Sandholm 2005",
    )


def best_response() -> Protocol:
    """Return best response: an agent who revises takes a best reply; several are taken with equal chances.

    The mean dynamic is the differential inclusion dx/dt in BR(x) - x, whose solutions `integrate` follows exactly from tie to tie
    where payoffs are linear in the shares.

    References: Gilboa and Matsui (1991), Econometrica 59; Hofbauer (1995); Sandholm (2010), section 6.1.

    >>> print(best_response())
    best response
    """
    return Protocol(
        "best response",
        formulas.best_replies,
        choice=True,
        rest=Rest.NASH,
        family=Family.BEST_RESPONSE,
        levels=EVERYWHERE,
        source="Gilboa and Matsui 1991",
    )


def mixture(parts: Mapping[Protocol, Any], name: str = "mixture") -> Protocol:
    """Return the protocol of agents who use one of several protocols at each revision.

    parts: protocol to weight, a positive number or a text in the game's parameters; rates are added with these weights.
    Where every part respects payoffs (positive correlation) and one has only Nash equilibria at rest, so has the mixture.

    Raises ProtocolError for no parts, and for best response, which has no rates at ties.

    References: Sandholm (2010), section 5.7.

    >>> print(mixture({smith(): "w", pairwise_imitation(): "1 - w"}))
    mixture of Smith and pairwise proportional imitation (weight_1 = w, weight_2 = 1 - w)
    """
    protocols = tuple(parts)
    if not protocols:
        raise ProtocolError("a mixture needs at least one protocol, as {protocol: weight}")
    if any(p.rates is formulas.best_replies for p in protocols):
        raise ProtocolError("best response has no rates at ties; use logit with a small noise in a mixture")
    weights = {f"weight_{k}": weight for k, weight in enumerate(parts.values(), 1)}
    settings = {f"{n}_{k}": value for k, p in enumerate(protocols, 1) for n, value in p.settings}
    positive = tuple(f"{n}_{k}" for k, p in enumerate(protocols, 1) for n in p.positive)
    rests = {p.rest for p in protocols}
    imitative = all(p.imitative for p in protocols)
    return Protocol(
        f"{name} of {' and '.join(p.name for p in protocols)}",
        formulas.Mixture(
            tuple((p.rates, p.imitative, tuple(n for n, _ in p.settings)) for p in protocols), imitative
        ),
        imitative=imitative,
        settings=weights | settings,
        positive=(*weights, *positive),
        rest=Rest.OWN if Rest.OWN in rests else Rest.NASH if Rest.NASH in rests else Rest.RESTRICTED,
        levels=frozenset.intersection(*(frozenset(p.levels) for p in protocols)),
        family=protocols[0].family
        if len({p.family for p in protocols}) == 1 and rests == {Rest.RESTRICTED}
        else Family.OTHER,
        smooth=all(p.smooth for p in protocols),
        parts=protocols,
        source="; ".join(p.source for p in protocols),
    )
