"""Rules for nodes of a network that have no counterpart in well-mixed populations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.dynamics.laws import Law, Level, Rest
from coopgame.errors import UnsupportedError


@dataclass(frozen=True, repr=False)
class NetworkRule(Law):
    """A law for the nodes of a network alone; made by `imitate_the_best` and `degree_scaled_imitation`.

    best: whether a node takes the strategy of the best paid one in its neighbourhood; else it compares itself with one neighbour.
    """

    best: bool

    @property
    def relative(self) -> bool:
        return True

    def change(self, payoffs: Any, shares: Any, **settings: Any) -> np.ndarray:
        """Raise UnsupportedError: the law has no mean dynamic."""
        raise UnsupportedError(f"{self.name} has no mean dynamic; use network_population(game, law, network)")


def imitate_the_best() -> NetworkRule:
    """Return imitation of the best: a node takes the strategy of who earns the most among its neighbours and itself.

    It keeps its own strategy where one of those that play it is among the best paid, itself or a neighbour; of other strategies that tie it takes the first in the order of
    the game. So the next state of a network whose nodes change all at once is determined. Payoffs that are fractions are compared exactly.

    References: Nowak and May (1992), Nature 359, 826-829.

    >>> print(imitate_the_best())
    imitation of the best
    """
    return NetworkRule("imitation of the best", True, rest=Rest.OWN, levels=_NETWORK, source="Nowak and May 1992")


def degree_scaled_imitation() -> NetworkRule:
    """Return proportional imitation as on heterogeneous networks: copy a better paid neighbour with the chance gain / (k range).

    k is the larger number of neighbours of the two, and range = max(highest payoff, 0) - min(lowest payoff, 0), which for a prisoner's dilemma with T > 0 >= S is T - S; with
    mean payoffs k = 1. So the chance is at most 1 whoever compares. With `pairwise_imitation()` all nodes share one scale instead.

    References: Santos and Pacheco (2005), Physical Review Letters 95, 098104.

    >>> print(degree_scaled_imitation())
    degree-scaled imitation
    """
    source = "Santos and Pacheco 2005"
    return NetworkRule("degree-scaled imitation", False, rest=Rest.RESTRICTED, levels=_NETWORK, source=source)


_NETWORK = frozenset({Level.NETWORK})
