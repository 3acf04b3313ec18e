"""Zero-determinant strategies: extortionate and generous ones, equalizers, and others for a given relation of payoffs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.game import Game
from coopgame.games.horizons import Discounted, Horizon
from coopgame.games.memory_one import MemoryOne, probability
from coopgame.games.payoff_relations import (
    LONG_RUN,
    REPEAT,
    PayoffRelation,
    discount_factor,
    stage_numbers,
    values_at_outcomes,
)


def find_phi_range(
    relation: PayoffRelation,
    stage: Game,
    values: Mapping[str, Any] | None = None,
    *,
    horizon: Horizon = LONG_RUN,
    first: Any = None,
) -> tuple[Fraction, Fraction]:
    """Return the least and the largest phi for which `zero_determinant` gives probabilities; exact.

    In the limit of means one end is 0, which itself is not admitted: it would be the strategy that repeats its own action whatever happens.

    Raises UnsupportedError when no strategy of this kind enforces the relation, and else as `zero_determinant`.

    References: Press and Dyson (2012), Proceedings of the National Academy of Sciences 109, 10409-10413, after their equation 12.

    >>> from coopgame import catalog
    >>> find_phi_range(PayoffRelation.through(1, chi=2), catalog.prisoners_dilemma(R=3, S=0, T=5, P=1))
    (Fraction(0, 1), Fraction(1, 9))
    """
    factor, begin = discount_factor(horizon), _first(first, horizon)
    worth = values_at_outcomes(relation, stage_numbers(stage, values))
    if not any(worth):
        raise UnsupportedError(f"{relation} holds at every outcome of this stage game, whatever is played")
    low, high = [], []
    for rate, repeat in zip(worth, REPEAT, strict=True):
        least = (1 - factor) * begin - repeat
        ends = [least, least + factor]
        if rate:
            ends = sorted(end / rate for end in ends)
            low.append(ends[0])
            high.append(ends[1])
        elif not ends[0] <= 0 <= ends[1]:
            raise UnsupportedError(
                f"no strategy of memory one enforces {relation} in this game by one phi, with first = {first}; change the relation or first"
            )
    ends = [max(low), min(high)]
    if ends[0] > ends[1] or ends == [0, 0]:
        raise UnsupportedError(
            f"no strategy of memory one enforces {relation} in this game by one phi; payoffs of the stage game are R, S, T, P = "
            f"{', '.join(map(str, stage_numbers(stage, values)))}: choose another chi or baseline{', another first, or a larger factor' if factor < 1 else ''}"
        )
    return ends[0], ends[1]


def zero_determinant(
    relation: PayoffRelation,
    stage: Game,
    phi: Any,
    values: Mapping[str, Any] | None = None,
    *,
    horizon: Horizon = LONG_RUN,
    first: Any = None,
) -> MemoryOne:
    """Return the strategy p with p - (1, 1, 0, 0) = phi (alpha own + beta other + gamma) at the four outcomes, which enforces the relation.

    With discounting the left side is factor * p + (1 - factor) * first - (1, 1, 0, 0), and `first` has to be said.

    Raises ParameterError for a phi out of the admissible range, which it names, UnsupportedError when no phi is admissible.

    References: Press and Dyson (2012), Proceedings of the National Academy of Sciences 109, 10409-10413; Hilbe, Traulsen and Sigmund (2015), Games and
    Economic Behavior 92, 41-52, with discounting.

    >>> from coopgame import catalog
    >>> print(zero_determinant(PayoffRelation.fixing(2), catalog.prisoners_dilemma(R=3, S=0, T=5, P=1), "-1/4"))
    (3/4, 1/4, 1/2, 1/4)
    """
    low, high = find_phi_range(relation, stage, values, horizon=horizon, first=first)
    factor, begin, exact = discount_factor(horizon), _first(first, horizon), exact_number(phi, "phi")
    if not low <= exact <= high or exact == 0:
        without = " without 0" if low <= 0 <= high else ""
        raise ParameterError(
            f"phi is {phi}; admissible for {relation} is what lies between {low} and {high}{without}"
        )
    worth = values_at_outcomes(relation, stage_numbers(stage, values))
    after = [(r + exact * w - (1 - factor) * begin) / factor for r, w in zip(REPEAT, worth, strict=True)]
    return MemoryOne(after, first)


def extortionate(
    stage: Game, chi: Any, phi: Any, values: Mapping[str, Any] | None = None, *, first: Any = None
) -> MemoryOne:
    """Return the strategy that enforces own - P = chi (other - P) in the limit of means: chi times the other's surplus over mutual defection.

    Raises ParameterError for chi < 1 and for phi out of its range (`find_phi_range`).

    References: Press and Dyson (2012), Proceedings of the National Academy of Sciences 109, 10409-10413, equation 12.

    >>> from coopgame import catalog
    >>> print(extortionate(catalog.prisoners_dilemma(R=3, S=0, T=5, P=1), chi=2, phi="1/18"))
    (8/9, 1/2, 1/3, 0)
    """
    relation = PayoffRelation.through(stage_numbers(stage, values)[3], _slope(chi))
    return zero_determinant(relation, stage, phi, values, first=first)


def generous(
    stage: Game, chi: Any, phi: Any, values: Mapping[str, Any] | None = None, *, first: Any = None
) -> MemoryOne:
    """Return the strategy that enforces own - R = chi (other - R) in the limit of means: it bears more of what is lost against mutual cooperation.

    Raises ParameterError for chi < 1 and for phi out of its range (`find_phi_range`).

    References: Stewart and Plotkin (2012), Proceedings of the National Academy of Sciences 109, 10134-10135, whose ZDGTFT-2 is the example; (2013), same
    journal 110, 15348-15353.

    >>> from coopgame import catalog
    >>> print(generous(catalog.prisoners_dilemma(R=3, S=0, T=5, P=1), chi=2, phi="1/8"))
    (1, 1/8, 1, 1/4)
    """
    relation = PayoffRelation.through(stage_numbers(stage, values)[0], _slope(chi))
    return zero_determinant(relation, stage, phi, values, first=first)


def equalizer(
    stage: Game, payoff: Any, phi: Any, values: Mapping[str, Any] | None = None, *, first: Any = None
) -> MemoryOne:
    """Return the strategy that fixes the other player's payoff in the limit of means, whatever that one does.

    Raises ParameterError for phi out of its range (`find_phi_range`), which is negative in a prisoner's dilemma, UnsupportedError for a payoff that cannot be
    fixed.

    References: Boerlijst, Nowak and Sigmund (1997), American Mathematical Monthly 104, 303-305; Press and Dyson (2012), Proceedings of the National Academy
    of Sciences 109, 10409-10413.

    >>> from coopgame import catalog
    >>> print(equalizer(catalog.prisoners_dilemma(R=3, S=0, T=5, P=1), payoff=2, phi="-1/4"))
    (3/4, 1/4, 1/2, 1/4)
    """
    return zero_determinant(PayoffRelation.fixing(payoff), stage, phi, values, first=first)


def _first(first: Any, horizon: Horizon) -> Fraction:
    if first is None and isinstance(horizon, Discounted):
        raise ParameterError("with discounting the first round counts; give first, the probability to begin with C")
    return exact_number(probability(first or 0, "first"), "first")


def _slope(chi: Any) -> Fraction:
    slope = exact_number(chi, "chi")
    if slope < 1:
        raise ParameterError(f"chi is {chi}; extortion and generosity have chi from 1 on, where 1 is fair")
    return slope
