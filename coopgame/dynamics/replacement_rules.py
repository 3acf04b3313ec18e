"""Replacement rules: who is born and who dies, with offspring in proportion to fitness; one member at a time, or a generation at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.dynamics.fitness import EXPONENTIAL, Fitness
from coopgame.dynamics.laws import Family, Law, Level, Rest
from coopgame.dynamics.protocol_rates import log_of

# log weights of the strategies' members as parents, and counts -> log chance that one of i dies and its place goes to offspring of j
LogReplacements = Callable[[np.ndarray, np.ndarray], np.ndarray]
ON_NETWORKS = frozenset({Level.MEAN, Level.FINITE, Level.NETWORK})
WELL_MIXED = frozenset({Level.MEAN, Level.FINITE})


@dataclass(frozen=True, repr=False)
class ReplacementRule(Law):
    """A law by which members of one population die and offspring of others take their places.

    fitness: the chance to reproduce as a function of payoff and of the setting `intensity`. replacements: function of the logarithms of fitness and of the
    numbers of members, both of shape (..., n), numbers at least 0; it returns the logarithms of the chances that in one step a member of i dies and a member of
    j is the parent of who comes, shape (..., n, n), diagonal included. generation: whether one step replaces all members at once, drawn independently.

    The mean dynamic of all of them is x_i (fitness_i - mean fitness) / mean fitness; one unit of time is one step per member, or one generation.

    Offspring that mutates does so at birth.
    """

    fitness: Fitness
    replacements: LogReplacements
    generation: bool = False

    @property
    def relative(self) -> bool:
        return True

    @property
    def explores(self) -> bool:
        return False

    def growth(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return fitness over mean fitness; shape (..., n)."""
        payoffs, shares = np.asarray(payoffs), np.asarray(shares)
        if object in (payoffs.dtype, shares.dtype):
            fitness = self.fitness.of(payoffs, settings["intensity"])
        else:
            logs = self.fitness.log_of(payoffs, np.asarray(settings["intensity"], dtype=float))
            fitness = np.exp(logs - np.where(shares > 0, logs, -np.inf).max(axis=-1, keepdims=True))
        return np.asarray(fitness / (shares * fitness).sum(axis=-1, keepdims=True))

    def change(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return the time derivatives of the shares; shape (..., n)."""
        return np.asarray(np.asarray(shares) * (self.growth(payoffs, shares, **settings) - 1))

    def log_chances(self, payoffs: np.ndarray, counts: np.ndarray, **settings: Any) -> np.ndarray:
        own = np.diagonal(payoffs, axis1=-2, axis2=-1)
        present = np.where(counts > 0, own, np.max(np.where(counts > 0, own, -np.inf), axis=-1, keepdims=True))
        return self.replacements(self.fitness.log_of(present, settings["intensity"]), counts)


def moran(intensity: Any = 1, fitness: Fitness = EXPONENTIAL) -> ReplacementRule:
    """Return the frequency-dependent Moran process: a parent in proportion to fitness, and any member, the parent too, dies for its offspring.

    intensity: of selection; a number or a text in the game's parameters.

    References: Moran (1958), Mathematical Proceedings of the Cambridge Philosophical Society 54; Nowak, Sasaki, Taylor and Fudenberg (2004), Nature 428.

    >>> print(moran("w"))
    Moran process (intensity = w)
    """
    return _rule("Moran process", _moran, intensity, fitness, WELL_MIXED, "Moran 1958; Nowak et al. 2004")


def birth_death(intensity: Any = 1, fitness: Fitness = EXPONENTIAL) -> ReplacementRule:
    """Return birth-death updating: a parent in proportion to fitness among all, and one of its neighbours, each as likely, dies for its offspring.

    In a well-mixed population all others are neighbours. intensity: of selection; a number or a text in the game's parameters.

    References: Lieberman, Hauert and Nowak (2005), Nature 433; Ohtsuki, Hauert, Lieberman and Nowak (2006), Nature 441.

    >>> print(birth_death())
    birth-death (intensity = 1)
    """
    return _rule("birth-death", _birth_death, intensity, fitness, ON_NETWORKS, "Lieberman, Hauert and Nowak 2005")


def death_birth(intensity: Any = 1, fitness: Fitness = EXPONENTIAL) -> ReplacementRule:
    """Return death-birth updating: a member dies, each as likely, and its neighbours compete for the place in proportion to fitness.

    In a well-mixed population all others are neighbours. intensity: of selection; a number or a text in the game's parameters.

    References: Ohtsuki, Hauert, Lieberman and Nowak (2006), Nature 441.

    >>> print(death_birth("1/100"))
    death-birth (intensity = 1/100)
    """
    return _rule("death-birth", _death_birth, intensity, fitness, ON_NETWORKS, "Ohtsuki et al. 2006")


def imitation_updating(intensity: Any = 1, fitness: Fitness = EXPONENTIAL) -> ReplacementRule:
    """Return imitation updating: a member, each as likely, keeps its strategy or takes a neighbour's, in proportion to fitness among them and itself.

    In a well-mixed population it is the Moran process. intensity: of selection; a number or a text in the game's parameters.

    References: Ohtsuki, Hauert, Lieberman and Nowak (2006), Nature 441; Ohtsuki and Nowak (2006), Journal of Theoretical Biology 243.

    >>> print(imitation_updating())
    imitation updating (intensity = 1)
    """
    return _rule("imitation updating", _moran, intensity, fitness, ON_NETWORKS, "Ohtsuki et al. 2006")


def wright_fisher(intensity: Any = 1, fitness: Fitness = EXPONENTIAL) -> ReplacementRule:
    """Return the Wright-Fisher process: all members of the next generation draw their parents independently, in proportion to fitness.

    intensity: of selection; a number or a text in the game's parameters.

    References: Ewens (2004), Mathematical Population Genetics; Imhof and Nowak (2006), Journal of Mathematical Biology 52.

    >>> print(wright_fisher(0.5))
    Wright-Fisher process (intensity = 1/2)
    """
    source = "Ewens 2004; Imhof and Nowak 2006"
    return _rule("Wright-Fisher process", _moran, intensity, fitness, WELL_MIXED, source, generation=True)


def is_moran(rule: ReplacementRule) -> bool:
    """Return whether a parent is drawn among all and anybody dies, one at a time."""
    return rule.replacements is _moran and not rule.generation


def in_proportion_to_fitness(rule: ReplacementRule) -> bool:
    """Return whether, one at a time, the chances that two strategies replace each other are to each other as their fitness."""
    return rule.replacements in (_moran, _birth_death) and not rule.generation


def _rule(
    name: str,
    replacements: LogReplacements,
    intensity: Any,
    fitness: Fitness,
    levels: frozenset[Level],
    source: str,
    **options: Any,
) -> ReplacementRule:
    return ReplacementRule(
        name if fitness == EXPONENTIAL else f"{name}, {fitness}",
        fitness,
        replacements,
        settings={"intensity": intensity},
        positive=(),
        rest=Rest.RESTRICTED,
        family=Family.IMITATION,
        levels=levels,
        smooth=True,
        source=source,
        **options,
    )


def _moran(log_fitness: np.ndarray, counts: np.ndarray) -> np.ndarray:
    dies = log_of(counts / counts.sum(axis=-1, keepdims=True))
    return np.asarray(dies[..., :, None] + _parents(log_fitness, counts)[..., None, :])


def _birth_death(log_fitness: np.ndarray, counts: np.ndarray) -> np.ndarray:
    others = _others(counts) / (counts.sum(axis=-1)[..., None, None] - 1)
    return np.asarray(np.swapaxes(log_of(others), -1, -2) + _parents(log_fitness, counts)[..., None, :])


def _death_birth(log_fitness: np.ndarray, counts: np.ndarray) -> np.ndarray:
    dies = log_of(counts / counts.sum(axis=-1, keepdims=True))
    return np.asarray(dies[..., :, None] + _parents(log_fitness[..., None, :], _others(counts)))


def _others(counts: np.ndarray) -> np.ndarray:
    """Return for each strategy i the numbers of members other than one of i itself, entry [i, j]."""
    return np.asarray(np.maximum(counts[..., None, :] - np.eye(counts.shape[-1]), 0))


def _parents(log_fitness: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the log chances of the strategies to give the parent, in proportion to number times fitness."""
    best = np.max(np.where(counts > 0, log_fitness, -np.inf), axis=-1, keepdims=True)
    logs = (log_fitness - best) + log_of(counts)  # numbers would be lost beside large exponents
    most = logs.max(axis=-1, keepdims=True)
    return np.asarray(logs - most - np.log(np.exp(logs - most).sum(axis=-1, keepdims=True)))
