"""Which of the update rules with a theory on networks a law is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from coopgame.dynamics.fitness import exponential_fitness, linear_fitness
from coopgame.dynamics.laws import Law
from coopgame.dynamics.protocols import fermi_imitation
from coopgame.dynamics.replacement_rules import ReplacementRule, birth_death, death_birth, imitation_updating
from coopgame.errors import UnsupportedError

Maker = Callable[..., Law]
_MAKERS: tuple[Maker, ...] = (death_birth, birth_death, imitation_updating)


def maker_of(law: Law, question: str) -> Maker:
    """Return the function that makes laws of this kind: death_birth, birth_death, imitation_updating or fermi_imitation.

    The intensity does not matter, nor which of the two kinds of fitness: for weak selection both grow in proportion to payoff.

    Raises UnsupportedError for other laws. question: what cannot be answered for them.
    """
    if isinstance(law, ReplacementRule) and law.fitness in (exponential_fitness(), linear_fitness()):
        for make in _MAKERS:
            if _bare(law) == _bare(make(fitness=law.fitness)):
                return make
    elif isinstance(law, Law) and _bare(law) == _bare(fermi_imitation()):
        return fermi_imitation
    raise UnsupportedError(
        f"{question} known for death_birth(), birth_death(), imitation_updating() and fermi_imitation(), not for {law}; elsewhere simulate"
    )


def _bare(law: Law) -> Law:
    return replace(law, settings=())
