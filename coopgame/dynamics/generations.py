"""Rules for generations that do not overlap: how many offspring each strategy leaves, as in discrete-time replicator dynamics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coopgame.dynamics.laws import Family, Law, Level, Rest

IN_GENERATIONS = frozenset({Level.DISCRETE})
_OTHER_PAYOFFS = "change the payoffs or the settings so that offspring is not negative"


def _no_remedy(payoffs: np.ndarray, shares: np.ndarray, **settings: Any) -> str:
    """Return the remedy of a rule that gives none of its own."""
    return _OTHER_PAYOFFS


@dataclass(frozen=True, repr=False)
class GenerationRule(Law):
    """How many offspring each strategy of one population leaves to the next generation, in which its parents are gone.

    offspring: function of payoffs and shares, both of shape (..., n), and of the settings by name; it returns numbers of at least 0, up to a
    factor that the population shares; shape (..., n). A share is multiplied by its offspring over the population's mean offspring.
    conserves: whether that mean is 1 by construction. remedy: function of the same arguments for one state, which says how to keep offspring from
    being negative.

    >>> import numpy as np
    >>> from coopgame import exponential
    >>> rule = GenerationRule("exponential weights", lambda payoffs, shares, beta: exponential(beta * payoffs), settings={"beta": 1})
    >>> rule.factors(np.array([1.0, 0.0]), np.array([0.5, 0.5]), beta=np.array([1.0])).round(4)
    array([1.4621, 0.5379])
    """

    offspring: Callable[..., np.ndarray]
    conserves: bool = False
    remedy: Callable[..., str] = _no_remedy
    levels: frozenset[Level] = field(default=IN_GENERATIONS, kw_only=True)

    @property
    def relative(self) -> bool:
        return True

    def fitness(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return the offspring of every strategy, up to a factor that the population shares; shape (..., n)."""
        return np.asarray(self.offspring(np.asarray(payoffs), np.asarray(shares), **settings))

    def factors(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return what every share is multiplied by in one generation; shape (..., n)."""
        fitness = self.fitness(payoffs, shares, **settings)
        if self.conserves:
            return fitness
        return np.asarray(fitness / (np.asarray(shares) * fitness).sum(axis=-1, keepdims=True))

    def change(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Return by how much the shares change in one generation; shape (..., n)."""
        return np.asarray(np.asarray(shares) * (self.factors(payoffs, shares, **settings) - 1))

    def growth(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        return self.factors(payoffs, shares, **settings)


def difference_replicator(step: Any = 1) -> GenerationRule:
    """Return the discrete replicator in difference form: x_i + step * x_i (F_i - mean) is the next share.

    step: positive, in units of 1 / payoff; a number or a text in the game's parameters. The form is the Euler step of the replicator dynamics, is
    unchanged by a constant added to all payoffs, and leaves the state space where step * (mean - F_i) > 1.

    References: Pandit, Mukhopadhyay and Chakraborty (2018), Chaos 28; Vilone, Robledo and Sánchez (2011), Physical Review Letters 107.

    >>> print(difference_replicator("h"))
    difference replicator (step = h)
    """
    return GenerationRule(
        "difference replicator",
        _by_difference,
        conserves=True,
        remedy=_smaller_step,
        settings={"step": step},
        positive=("step",),
        rest=Rest.RESTRICTED,
        family=Family.IMITATION,
        smooth=True,
        source="Pandit, Mukhopadhyay and Chakraborty 2018",
    )


def fitness_replicator(background: Any = 0) -> GenerationRule:
    """Return the discrete replicator in fitness form: x_i (F_i + background) / (mean + background) is the next share.

    background: fitness that does not come from the game, in units of payoff; a number or a text in the game's parameters. It has to keep
    F_i + background from being negative. The form is unchanged when payoffs and background are multiplied by a positive number; a constant
    added to payoffs changes it, since only ratios of fitness count.

    References: Hofbauer and Sigmund (1998), Evolutionary Games and Population Dynamics; Weissing (1991), in Game Equilibrium Models I.

    >>> print(fitness_replicator(2))
    fitness replicator (background = 2)
    """
    return GenerationRule(
        "fitness replicator",
        _by_fitness,
        remedy=_larger_background,
        settings={"background": background},
        rest=Rest.RESTRICTED,
        family=Family.IMITATION,
        smooth=True,
        source="Hofbauer and Sigmund 1998; Weissing 1991",
    )


def _by_difference(payoffs: np.ndarray, shares: np.ndarray, step: Any) -> np.ndarray:
    # differences first: a constant added to all payoffs must not cost digits
    advantage = payoffs - payoffs[..., :1]
    return np.asarray(1 + step * (advantage - (shares * advantage).sum(axis=-1, keepdims=True)))


def _by_fitness(payoffs: np.ndarray, shares: np.ndarray, background: Any) -> np.ndarray:
    return np.asarray(payoffs + background)


def _smaller_step(payoffs: np.ndarray, shares: np.ndarray, step: Any) -> str:
    deficit = float((shares * payoffs).sum() - payoffs.min())
    return f"a step of at most {1 / deficit:.4g} keeps this state inside; or use fitness_replicator()"


def _larger_background(payoffs: np.ndarray, shares: np.ndarray, background: Any) -> str:
    return f"a background above {-float(payoffs.min()):.4g} keeps the fitness of this state positive"
