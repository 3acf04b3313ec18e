"""The leading terms of the chances of one step when mutations or the noise of choice vanish, or selection becomes intense."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.dynamics import protocol_rates
from coopgame.dynamics.laws import Law
from coopgame.dynamics.markov import Term
from coopgame.dynamics.protocols import Protocol
from coopgame.errors import ProtocolError, UnsupportedError
from coopgame.finite.exact_payoffs import exact_finite_payoffs, exact_setting
from coopgame.finite.population import FinitePopulation
from coopgame.finite.states import CountStates, states_of

MUTATION = "mutations vanish: e is the mutation"
NOISE = "noise vanishes: e = exp(-1/t), and every noise is t times what it is here"
INTENSITY = "selection becomes intense: e = exp(-t), and every intensity is t times what it is here"
_MOST_STATES = 1000


@dataclass(frozen=True, eq=False)
class SmallNoiseChain:
    """A chain whose chances are coefficient * e**order for a small e.

    rates: of each state the others that can follow it in one step, with (order, coefficient). limit: what e is.
    """

    order: CountStates
    rates: tuple[dict[int, Term], ...]
    limit: str


def small_noise_chain(population: FinitePopulation, values: Mapping[str, Any] | None) -> SmallNoiseChain:
    """Return the leading terms of the chain of finite populations, exactly.

    Raises UnsupportedError for laws without such a limit, for different ones in different populations and for more than 1000 states, ProtocolError for a mutation that
    does not go with the limit.
    """
    limits = {_limit(law) for law in population.laws}
    if len(limits) > 1:
        raise UnsupportedError("all populations need laws of one kind: best response, logit, or Fermi imitation")
    [limit] = limits
    order = states_of(population)
    if len(order) > _MOST_STATES:
        raise UnsupportedError(
            f"{len(order)} states; the limit is computed exactly for up to {_MOST_STATES}: take smaller populations"
        )
    point = population.game.values(values)
    mutations = tuple(exact_setting(own, point) for own in population.mutations)
    _check_mutations(limit, mutations)
    payoffs = exact_finite_payoffs(population.game, point, population.sizes)
    settings = [{name: exact_setting(value, point) for name, value in law.settings} for law in population.laws]
    states = order.counts.astype(object)
    states = np.vectorize(Fraction, otypes=[object])(states)
    parts = order.split(states)
    rates: tuple[dict[int, Term], ...] = tuple({} for _ in range(len(order)))
    first = 0
    for p, n in enumerate(order.strategies):
        seen = np.asarray(payoffs.seen(p, parts))
        for k, counts in enumerate(order.counts):
            for i in range(n):
                if counts[first + i] == 0:
                    continue
                chosen = Fraction(int(counts[first + i]), population.size)
                own = counts[first : first + n]
                for j, term in _switches(limit, i, seen[k], own, mutations[p], settings[p]):
                    after = counts.copy()
                    after[first + i] -= 1
                    after[first + j] += 1
                    rates[k][int(order.places(after))] = (term[0], chosen * term[1])
        first += n
    return SmallNoiseChain(order, rates, limit)


def _limit(law: Law) -> str:
    if isinstance(law, Protocol):
        if law.rates is protocol_rates.best_replies:
            return MUTATION
        if law.rates is protocol_rates.logit:
            return NOISE
        if law.rates is protocol_rates.fermi:
            return INTENSITY
    raise UnsupportedError(
        f"{law.name} has no limit of vanishing noise here; use best_response() for vanishing mutations, logit() for vanishing noise, fermi_imitation() with a mutation for intense "
        "selection, and find_small_mutation_law() for rare mutants who are imitated or replace others"
    )


def _check_mutations(limit: str, mutations: tuple[Fraction, ...]) -> None:
    if limit == NOISE and any(mutations):
        raise ProtocolError("noise vanishes and mutations would stay; give finite_population() no mutation")
    if limit == INTENSITY and not all(0 < own < 1 for own in mutations):
        raise ProtocolError(
            "without mutation imitation ends in one strategy; give finite_population() a mutation between 0 and 1, or ask find_alpha_rank(..., intensity=math.inf) for rare mutants"
        )


def _switches(
    limit: str, i: int, seen: np.ndarray, counts: np.ndarray, mutation: Fraction, settings: Mapping[str, Fraction]
) -> list[tuple[int, Term]]:
    """Return to which strategies a member of i turns, with the leading terms of the chances."""
    n, zero = len(counts), Fraction(0)
    others = [j for j in range(n) if j != i]
    if limit == INTENSITY:
        found = []
        for j in others:
            gain = (seen[j, j] if counts[j] else zero) - seen[i, i]
            meets = Fraction(int(counts[j]), int(counts.sum()) - 1) if gain >= 0 else zero
            copies = meets * (Fraction(1, 2) if gain == 0 else 1)
            found.append((j, (zero, (1 - mutation) * copies + mutation / (n - 1))))
        return found
    most = max(seen[i])
    best = [j for j in range(n) if seen[i, j] == most]
    if limit == NOISE:
        return [(j, ((most - seen[i, j]) / settings["noise"], Fraction(1, len(best)))) for j in others]
    return [(j, (zero, Fraction(1, len(best))) if j in best else (Fraction(1), Fraction(1, n - 1))) for j in others]
