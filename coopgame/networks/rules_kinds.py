"""Which kind of rule for nodes a law is, and the table of chances where only its formula says."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from coopgame._kernels import network_kinds as kinds
from coopgame.dynamics import protocol_rates as formulas
from coopgame.dynamics.fitness import EXPONENTIAL, linear_fitness
from coopgame.dynamics.laws import Law, Level
from coopgame.dynamics.network_rules import NetworkRule
from coopgame.dynamics.protocols import Protocol
from coopgame.dynamics.replacement_rules import ReplacementRule, birth_death, death_birth, imitation_updating
from coopgame.errors import UnsupportedError

SCALED_RATES = (kinds.PROPORTIONAL, kinds.DISSATISFIED, kinds.SUCCESSFUL, kinds.SMITH)  # rates that are no chances
COPYING = (kinds.FERMI, kinds.PROPORTIONAL, kinds.SCALED, kinds.DISSATISFIED, kinds.SUCCESSFUL, kinds.OWN_COPY)
CHOOSING = (kinds.LOGIT, kinds.BEST_RESPONSE, kinds.SMITH, kinds.OWN_CHOICE)
REPLACING = (kinds.DEATH_BIRTH, kinds.IMITATION, kinds.BIRTH_DEATH)
COMPARING = (kinds.BEST_RESPONSE, kinds.BEST_NEIGHBOUR)  # ties matter
OWN_FORMULA = (kinds.OWN_COPY, kinds.OWN_CHOICE)
_REPLACEMENTS = {
    death_birth().replacements: kinds.DEATH_BIRTH,
    birth_death().replacements: kinds.BIRTH_DEATH,
    imitation_updating().replacements: kinds.IMITATION,
}
_FORMULAS = {
    formulas.fermi: kinds.FERMI,
    formulas.dissatisfied: kinds.DISSATISFIED,
    formulas.successful: kinds.SUCCESSFUL,
    formulas.logit: kinds.LOGIT,
    formulas.best_replies: kinds.BEST_RESPONSE,
}


def kind_of(law: Law) -> int:
    """Return the kind of rule that a law is for nodes.

    Raises UnsupportedError for laws that are not defined on networks.
    """
    law.needs(Level.NETWORK)
    if isinstance(law, NetworkRule):
        return kinds.BEST_NEIGHBOUR if law.best else kinds.SCALED
    if isinstance(law, ReplacementRule) and law.replacements in _REPLACEMENTS:
        if law.fitness not in (EXPONENTIAL, linear_fitness()):
            raise UnsupportedError(f"{law.name}: on networks fitness is exponential_fitness() or linear_fitness()")
        return _REPLACEMENTS[law.replacements]
    if isinstance(law, Protocol):
        if law.rates is formulas.better:
            return kinds.PROPORTIONAL if law.imitative else kinds.SMITH
        if isinstance(law.rates, formulas.Mixture) and law.imitative < any(p[1] for p in law.rates.parts):
            raise UnsupportedError(f"{law.name}: on networks all parts of a mixture imitate, or none does")
        known = next((kind for rates, kind in _FORMULAS.items() if rates is law.rates), None)
        return known if known is not None else kinds.OWN_COPY if law.imitative else kinds.OWN_CHOICE
    raise UnsupportedError(
        f"{law.name} is not known for networks; use a protocol, a replacement rule or imitate_the_best()"
    )


def rates_of_switching(law: Protocol, payoffs: np.ndarray, settings: Mapping[str, float]) -> np.ndarray:
    """Return the rates of a protocol at payoffs of shape (..., n), n strategies compared or two agents; shape (..., n, n).

    Raises ProtocolError for rates that are negative or no number.
    """
    given = {name: np.array([value]) for name, value in settings.items()}
    even = np.full(payoffs.shape, 1 / payoffs.shape[-1])
    if law.log_rates is not None:
        return np.asarray(np.exp(law.log_rates(payoffs, even, **given)))
    rates = law.switch_rates(payoffs, even, **given)
    # imitative rates without the share of whom one meets, which the network gives
    return np.asarray(rates * payoffs.shape[-1] if law.imitative else rates)
