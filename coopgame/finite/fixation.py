"""Fixation probabilities: whether mutants take over a population, exact in logarithms at any intensity of selection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import ParameterError
from coopgame.finite.constant_advantage import log_fixation_of_constant
from coopgame.finite.fixation_of_generations import fixation_of_generations
from coopgame.finite.monomorphic import (
    MonomorphicStates,
    is_exponential,
    log_steps,
    monomorphic_states,
    state_index,
    state_labels,
)
from coopgame.finite.payoffs import PairPayoffs, RolePayoffs
from coopgame.finite.population import FinitePopulation, ProcessAt, process_of
from coopgame.finite.tables import html_table, number_text, text_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray

_CORNER = "resident \\ mutant"


@dataclass(frozen=True, eq=False)
class FixationProbabilities:
    """The probabilities that mutants take over, entry [resident, mutant].

    log_probabilities: natural logarithms, which hold what a float cannot; shape (S, S) for S monomorphic states, NaN on the diagonal and, of several populations, where
    more than one of them would have to change. initial: how many mutants there are at first. values: of the game's parameters.

    Rounding is the only error: that of a logarithm is below 1e-10 of the larger of 1 and its size. Under the Fermi rule, and replacement with exponential fitness, this holds for
    payoffs times intensity of any size; rational payoffs are kept as whole numbers over a common denominator, if floats hold these, and others are rounded to floats. Other laws go by
    single steps, with payoffs per member in floats: the error is theirs times the intensity and the size, and refused where it exceeds 1e-8.
    """

    population: FinitePopulation = field(repr=False)
    values: Mapping[str, Fraction]
    initial: int
    log_probabilities: np.ndarray

    known = "exact up to rounding"

    @property
    def labels(self) -> tuple[str, ...]:
        """The monomorphic states: the strategy, of several populations all of them."""
        return state_labels(self.population)

    @property
    def probabilities(self) -> np.ndarray:
        """The probabilities, entry [resident, mutant]; 0 where a float holds no such small number."""
        return np.asarray(np.exp(self.log_probabilities))

    def probability(self, resident: Any, mutant: Any) -> float:
        """Return the probability that the mutant takes over the resident; strategies, or of several populations all of them before and after."""
        return float(np.exp(self.log_probability(resident, mutant)))

    def log_probability(self, resident: Any, mutant: Any) -> float:
        """Return the natural logarithm of the probability that the mutant takes over the resident."""
        i, j = (state_index(self.labels, name) for name in (resident, mutant))
        return float(self.log_probabilities[i, j])

    def to_xarray(self) -> xarray.Dataset:
        """Return the probabilities and their logarithms with dimensions resident and mutant."""
        import xarray as xr

        axes = ("resident", "mutant")
        arrays = {
            "probability": (axes, self.probabilities),
            "log_probability": (axes, self.log_probabilities),
        }
        return xr.Dataset(arrays, coords={axis: list(self.labels) for axis in axes})

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each resident and mutant."""
        import pandas as pd

        rows = [
            (self.labels[i], self.labels[j], float(np.exp(log)), float(log))
            for (i, j), log in np.ndenumerate(self.log_probabilities)
            if not np.isnan(log)
        ]
        return pd.DataFrame(rows, columns=["resident", "mutant", "probability", "log_probability"])

    def _rows(self) -> list[list[str]]:
        logs = self.log_probabilities
        return [
            [label, *("-" if np.isnan(log) else number_text(log) for log in row)]
            for label, row in zip(self.labels, logs, strict=True)
        ]

    def __str__(self) -> str:
        many = "1 mutant" if self.initial == 1 else f"{self.initial} mutants"
        head = f"fixation of {many}; {self.population.without_mutation}; {self.known}"
        return f"{head}\n{text_table([_CORNER, *self.labels], self._rows())}"

    def _repr_html_(self) -> str:
        return html_table([_CORNER, *self.labels], self._rows(), str(self.population.without_mutation))


def find_fixation(
    population: FinitePopulation, values: Mapping[str, Any] | None = None, *, initial: int = 1
) -> FixationProbabilities:
    """Return the probabilities that mutants take over a population of one strategy, for every resident and mutant.

    Nobody else mutates on the way, whatever the mutation of the population. Of several populations one has mutants and the others keep to their strategy: entry
    [profile, profile] with one strategy changed. initial: number of mutants at first.

    Chains of single steps have a formula; probabilities stay exact, in logarithms, at any intensity of selection. For the Fermi rule, and for replacement with exponential
    fitness, it is a sum of exponentials of quadratic exponents; under Wright-Fisher a linear system is solved, also without subtraction.

    Raises UnsupportedError where absent strategies come back by themselves (logit, best response, ...), ParameterError for an initial number that leaves no resident.

    References: Nowak (2006), Evolutionary Dynamics, chapter 6; Traulsen, Nowak and Pacheco (2006), Physical Review E 74, 011909; Traulsen and Hauert (2009), Reviews of Nonlinear Dynamics and Complexity II

    >>> from coopgame import MatrixGame, finite_population, fermi_imitation
    >>> hawk_dove = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"])
    >>> found = find_fixation(finite_population(hawk_dove, fermi_imitation("1/10"), 20))
    >>> round(found.probability("dove", "hawk"), 8)
    0.07350784
    """
    process = process_of(population, values)
    number = checked_initial(population, initial)
    states = monomorphic_states(population, "find_fixation")
    logs = fixation_logs(process, states, number)
    logs.flags.writeable = False
    return FixationProbabilities(population, process.values, number, logs)


def checked_initial(population: FinitePopulation, initial: Any) -> int:
    """Return the number of mutants at first; ParameterError where it leaves no mutant or no resident."""
    most = min(population.sizes) - 1
    if isinstance(initial, bool) or not hasattr(initial, "__index__") or not 1 <= int(initial) <= most:
        raise ParameterError(f"initial is {initial!r}; a whole number from 1 to {most} is needed")
    return int(initial)


def fixation_logs(process: ProcessAt, states: MonomorphicStates, initial: int) -> np.ndarray:
    """Return the log fixation probabilities between monomorphic states, NaN where no mutant leads; shape (S, S)."""
    from coopgame._kernels.fixation import climb, log_fixation_of_pairs

    population, payoffs = process.population, process.payoffs
    simple = initial == 1 and all(map(is_exponential, population.laws))
    if simple and isinstance(payoffs, PairPayoffs):
        intensity = float(process.settings[0]["intensity"][0])
        found: np.ndarray = log_fixation_of_pairs(
            payoffs.numerators, population.sizes[0], intensity / payoffs.denominator
        )
        return found
    logs = np.full((len(states.places),) * 2, np.nan)
    for i, j, p, mutant in states.invasions():
        if population.generations:
            logs[i, j] = fixation_of_generations(process, states.places[i], mutant, initial)[0]
        elif simple and isinstance(payoffs, RolePayoffs):
            logs[i, j] = _of_constant_advantage(process, payoffs, states.places[i], p, mutant)
        else:
            logs[i, j] = climb(*log_steps(process, states.places[i], p, mutant), initial)[0]
    return logs


def _of_constant_advantage(
    process: ProcessAt, payoffs: RolePayoffs, place: tuple[int, ...], p: int, mutant: int
) -> float:
    met: tuple[Any, ...] = tuple(s for q, s in enumerate(place) if q != p)
    earned = payoffs.numerators[p][(slice(None), *met)]
    intensity = float(process.settings[p]["intensity"][0]) / payoffs.denominators[p]
    gain = intensity * float(earned[mutant] - earned[place[p]])
    return log_fixation_of_constant(gain, process.population.sizes[p])
