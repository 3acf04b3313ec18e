"""Stochastically stable states: where populations are found almost always when noise vanishes; exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.dynamics.markov import small_noise_law
from coopgame.finite.population import FinitePopulation
from coopgame.finite.resistances import Resistances, resistances_of
from coopgame.finite.small_noise import SmallNoiseChain, small_noise_chain
from coopgame.finite.states import as_counts, names_of
from coopgame.finite.tables import html_table, number_shown, text_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray

_MOST_EXACT = 150  # states whose coefficients are Fractions
_MOST_SHOWN = 10


@dataclass(frozen=True)
class EllisonBound:
    """How hard a recurrent class is to leave and to reach.

    radius: the least order of a path out of its basin. coradius: the largest, over all states, of the least order of a path to it. Where radius > coradius it holds all
    stochastically stable states, and is reached within a mean time of order e**-coradius.
    """

    states: tuple[tuple[int, ...], ...]
    radius: Fraction | None
    coradius: Fraction

    @property
    def decides(self) -> bool:
        """Whether the radius exceeds the coradius; a radius of None, that of the only class, has no limit."""
        return self.radius is None or self.radius > self.coradius

    def __str__(self) -> str:
        first = ", ".join(map(str, self.states[0]))
        more = f" and {len(self.states) - 1} more" if len(self.states) > 1 else ""
        radius = "none" if self.radius is None else str(self.radius)
        return f"({first}){more}: radius {radius}, coradius {self.coradius}{', stable' if self.decides else ''}"


@dataclass(frozen=True, eq=False)
class StochasticStability:
    """The stationary distribution of finite populations as noise vanishes.

    states: numbers of members, shape (S, number of strategies), columns as in `names`. terms: (r, c) for each state: its probability is c * e**r for a small e; r is exact, c is a
    Fraction for up to 150 states, else a float. limit: what e is.
    """

    population: FinitePopulation
    values: Mapping[str, Fraction]
    states: np.ndarray = field(repr=False)
    terms: tuple[tuple[Fraction, Fraction | float], ...] = field(repr=False)
    limit: str
    _chain: SmallNoiseChain = field(repr=False)

    @property
    def known(self) -> str:
        """How the result is known: orders always exactly."""
        return "exact" if len(self.states) <= _MOST_EXACT else "exact orders, masses up to rounding"

    @property
    def names(self) -> tuple[str, ...]:
        """The strategies; of several populations as population.strategy."""
        return names_of(self.population)

    @property
    def stable(self) -> tuple[Mapping[str, int], ...]:
        """The stochastically stable states: those whose probability does not vanish, the most frequent first."""
        kept = [k for k, (order, _) in enumerate(self.terms) if order == 0]
        kept.sort(key=lambda k: (-float(self.terms[k][1]), k))
        return tuple(dict(zip(self.names, self.states[k].tolist(), strict=True)) for k in kept)

    def mass(self, state: Any) -> Fraction | float:
        """Return the limit of the probability of a state, given by strategy or as all numbers in order; 0 where it vanishes."""
        order, coefficient = self.term(state)
        return coefficient if order == 0 else Fraction(0)

    def term(self, state: Any) -> tuple[Fraction, Fraction | float]:
        """Return (r, c): the probability of the state is c * e**r for a small e."""
        return self.terms[int(self._chain.order.places(as_counts(self.population, state)))]

    @cached_property
    def mean_shares(self) -> Mapping[str, float]:
        """The limits of the mean shares of the strategies in their populations."""
        sizes = np.repeat(np.array(self.population.sizes, dtype=float), self._chain.order.strategies)
        masses = np.array([float(c) if order == 0 else 0.0 for order, c in self.terms])
        return dict(zip(self.names, (masses @ self.states / sizes).tolist(), strict=True))

    @cached_property
    def _resistances(self) -> Resistances:
        return resistances_of(self._chain.rates)

    @property
    def classes(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """The recurrent classes of the chain without noise, each the numbers of members of its states."""
        return tuple(tuple(map(tuple, self.states[list(own)].tolist())) for own in self._resistances.classes)

    @property
    def resistances(self) -> tuple[tuple[Fraction, ...], ...]:
        """The least order of a path from each recurrent class to each other one, in the order of `classes`; 0 on the diagonal."""
        return self._resistances.table

    @property
    def potentials(self) -> tuple[Fraction, ...]:
        """The order of each recurrent class: how much its stochastic potential exceeds the least one, which is that of the stable states."""
        return tuple(min(self.terms[k][0] for k in own) for own in self._resistances.classes)

    @property
    def bounds(self) -> tuple[EllisonBound, ...]:
        """Radius and coradius of each recurrent class."""
        found = self._resistances
        return tuple(
            EllisonBound(own, radius, coradius)
            for own, radius, coradius in zip(self.classes, found.radii, found.coradii, strict=True)
        )

    def to_xarray(self) -> xarray.DataArray:
        """Return the resistances between recurrent classes as floats, with dimensions source and target, named by the first state of each class."""
        import xarray as xr

        labels = [", ".join(map(str, own[0])) for own in self.classes]
        table = np.array([[float(value) for value in row] for row in self.resistances])
        return xr.DataArray(
            table, dims=("source", "target"), coords={"source": labels, "target": labels}, name="resistance"
        )

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each state: its numbers, and order and coefficient of its probability."""
        import pandas as pd

        columns: dict[str, Any] = {name: self.states[:, k] for k, name in enumerate(self.names)}
        orders, coefficients = zip(*self.terms, strict=True)
        return pd.DataFrame({**columns, "order": list(orders), "coefficient": list(coefficients)})

    def _rows(self) -> Iterator[list[str]]:
        for state in self.stable[:_MOST_SHOWN]:
            counts = list(state.values())
            yield [*map(str, counts), number_shown(self.mass(counts))]

    def __str__(self) -> str:
        more = len(self.stable) - _MOST_SHOWN
        lines = [f"{self.population}", f"{self.limit}; {self.known}"]
        lines.append(text_table([*self.names, "mass in the limit"], list(self._rows())))
        lines += [f"and {more} more"] if more > 0 else []
        return "\n".join([*lines, *self._notes()])

    def _notes(self) -> list[str]:
        count = len(self.classes)
        return list(map(str, self.bounds)) if count <= _MOST_SHOWN else [f"{count} recurrent classes without noise"]

    def _repr_html_(self) -> str:
        from html import escape

        notes = "".join(f"<p>{escape(note)}</p>" for note in self._notes())
        caption = f"{self.population}; {self.limit}; {self.known}"
        return html_table([*self.names, "mass in the limit"], list(self._rows()), caption) + notes


def find_stochastic_stability(
    population: FinitePopulation, values: Mapping[str, Any] | None = None
) -> StochasticStability:
    """Return the stochastically stable states of finite populations, with their masses in the limit.

    What vanishes follows from the law: under `best_response` mutations (Kandori, Mailath and Rob 1993; Young 1993), whatever mutation the population has; under `logit`
    the noise; under `fermi_imitation` 1/intensity, with the mutation as it is. The leading term of each probability comes from eliminating states
    one by one with exact orders. Resistances between the recurrent classes, radius and coradius are computed by shortest paths when asked for.

    Raises UnsupportedError for other laws, payoffs that are formulas of the shares and more than 1000 states, ProtocolError for mutations that do not go with the limit, StateError
    where some state is never reached again, noise or not.

    References: Young (1993), Econometrica 61, 57-84; Kandori, Mailath and Rob (1993), Econometrica 61, 29-56; Ellison (2000), Review of Economic Studies 67, 17-45; Blume (1993).

    >>> from coopgame import MatrixGame, best_response, finite_population
    >>> stag_hunt = MatrixGame([[4, 0], [3, 2]], ["stag", "hare"])
    >>> found = find_stochastic_stability(finite_population(stag_hunt, best_response(), 10))
    >>> print(found.stable, *found.bounds, sep="; ")
    ({'stag': 0, 'hare': 10},); (0, 10): radius 6, coradius 3, stable; (10, 0): radius 3, coradius 6
    """
    chain = small_noise_chain(population, values)
    if len(chain.rates) == 1:
        terms: tuple[tuple[Fraction, Fraction | float], ...] = ((Fraction(0), Fraction(1)),)
    else:
        terms = small_noise_law(chain.rates, exact=len(chain.rates) <= _MOST_EXACT)
    point = population.game.values(values)
    return StochasticStability(population, point, chain.order.counts, terms, chain.limit, chain)
