"""Kinds of noise on the growth of strategies, each an Ito or a Stratonovich reading, and how large it is."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from coopgame.errors import ParameterError
from coopgame.expressions import exact_number
from coopgame.games.game import Game


@dataclass(frozen=True)
class ItoShocks:
    """Shocks common to all who play a strategy, dN_i = N_i (F_i dt + sigma_i dW_i), read after Ito.

    sigma: one number for all strategies; a mapping from strategies, `population.strategy` or populations to numbers; or one
    number per strategy in the order of `share_names`. mutation: rate at which an individual changes its strategy, to
    each of the others of its population alike. In the logarithm of N_i the payoff becomes F_i - sigma_i^2/2.

    References: Fudenberg and Harris (1992), Journal of Economic Theory 57, 420-441; for several populations and with
    mutation Cabrales (2000), International Economic Review 41, 451-481.
    """

    sigma: Any
    mutation: Any = 0

    name: ClassVar[str] = "aggregate shocks, Ito"
    reading: ClassVar[str] = "Ito"

    def correction(self, sigma: Fraction) -> Fraction:
        """Return what the logarithm of a size grows slower than its payoff, sigma^2/2."""
        return sigma**2 / 2


@dataclass(frozen=True)
class StratonovichShocks:
    """Shocks common to all who play a strategy, dN_i = N_i (F_i dt + sigma_i o dW_i), read after Stratonovich.

    sigma, mutation: as in `ItoShocks`. The limit of shocks with a short memory; ln N_i grows by F_i on average, so no
    payoff is corrected.

    References: Khasminskii and Potsepun (2006), Stochastics and Dynamics 6, 197-211.
    """

    sigma: Any
    mutation: Any = 0

    name: ClassVar[str] = "aggregate shocks, Stratonovich"
    reading: ClassVar[str] = "Stratonovich"

    def correction(self, sigma: Fraction) -> Fraction:
        """Return what the logarithm of a size grows slower than its payoff: nothing."""
        return 0 * sigma


@dataclass(frozen=True)
class LearningNoise:
    """Noisy scores under exponential learning: dU_i = F_i dt + sigma_i dW_i after Ito, shares proportional to exp(U_i).

    sigma: as in `ItoShocks`. With these constant sigma the shares have the same law as under `StratonovichShocks`; what
    differs is the story.

    References: Mertikopoulos and Moustakas (2010), Annals of Applied Probability 20, 1359-1388.
    """

    sigma: Any

    name: ClassVar[str] = "exponential learning, Ito on scores"
    reading: ClassVar[str] = "Ito on scores"
    mutation: ClassVar[int] = 0

    def correction(self, sigma: Fraction) -> Fraction:
        """Return what a score grows slower than its payoff: nothing."""
        return 0 * sigma


Shocks = ItoShocks | StratonovichShocks | LearningNoise


def read_sigmas(game: Game, sigma: Any) -> tuple[Fraction, ...]:
    """Return the standard deviation of the shock of every strategy, population after population.

    Raises ParameterError when a strategy has none, for unknown or ambiguous names, and for numbers that are negative or not finite.
    """
    places = [(p.name, s) for p in game.populations for s in p.strategies]
    names = [f"{population}.{strategy}" for population, strategy in places]
    if isinstance(sigma, Mapping):
        found = _from_mapping(places, sigma)
    elif isinstance(sigma, np.ndarray) and sigma.ndim == 0:
        found = dict.fromkeys(names, sigma.item())
    elif isinstance(sigma, Sequence | np.ndarray) and not isinstance(sigma, str):
        if len(sigma) != len(names):
            raise ParameterError(
                f"sigma has {len(sigma)} numbers; the game has {len(names)} strategies: {', '.join(names)}"
            )
        found = dict(zip(names, sigma, strict=True))
    else:
        found = dict.fromkeys(names, sigma)
    return tuple(not_negative(found[name], f"sigma of {name}") for name in names)


def not_negative(value: Any, what: str) -> Fraction:
    """Return a number exactly; ParameterError when it is negative, not finite, or beyond the range of floats."""
    number = exact_number(value, what)
    if number < 0:
        raise ParameterError(f"{what} is {float(number):.6g}; give a number that is 0 or more")
    if number > 10**100:
        raise ParameterError(f"{what} is above 1e100; measure payoffs and time in other units")
    return number


def _from_mapping(places: Sequence[tuple[str, str]], sigma: Mapping[str, Any]) -> dict[str, Any]:
    """Return sigma by `population.strategy`; the most particular name counts."""
    found: dict[str, tuple[int, Any]] = {}
    for name, value in sigma.items():
        matches = [(rank, place) for place in places if (rank := _rank(str(name), place)) is not None]
        if not matches:
            known = [*(f"{p}.{s}" for p, s in places), *(s for _, s in places), *(p for p, _ in places)]
            close = difflib.get_close_matches(str(name), known, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(f'{p}.{s}' for p, s in places)}"
            raise ParameterError(f"sigma names {name!r}, which is no strategy; {hint}")
        strategies = [f"{p}.{s}" for rank, (p, s) in matches if rank == 1]
        if len(strategies) > 1 and not any(rank == 2 for rank, _ in matches):
            raise ParameterError(f"sigma names {name!r}, which may be {' or '.join(strategies)}; write one of these")
        for rank, (population, strategy) in matches:
            dotted = f"{population}.{strategy}"
            if dotted not in found or found[dotted][0] < rank:
                found[dotted] = (rank, value)
    missing = [f"{p}.{s}" for p, s in places if f"{p}.{s}" not in found]
    if missing:
        raise ParameterError(f"no sigma for {', '.join(missing)}; give 0 to a strategy without shocks")
    return {name: value for name, (_, value) in found.items()}


def _rank(name: str, place: tuple[str, str]) -> int | None:
    population, strategy = place
    ranks = {population: 0, strategy: 1, f"{population}.{strategy}": 2}
    return ranks.get(name)
