"""Mean times until mutants have taken over or are gone, exact in logarithms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.finite.fixation import checked_initial
from coopgame.finite.fixation_of_generations import fixation_of_generations
from coopgame.finite.monomorphic import log_steps, monomorphic_states, state_index, state_labels
from coopgame.finite.population import FinitePopulation, process_of
from coopgame.finite.tables import html_table, number_text, text_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray


@dataclass(frozen=True, eq=False)
class FixationTimes:
    """Mean times, entry [resident, mutant], in steps of the chain.

    log_unconditional: of the time until the mutants have taken over or are gone. log_conditional: of the time until they have taken over, where they do; NaN where they never
    do. Natural logarithms, shape (S, S) for S monomorphic states, NaN on the diagonal and where more than one population would have to change. initial: number of
    mutants at first.
    """

    population: FinitePopulation = field(repr=False)
    values: Mapping[str, Fraction]
    initial: int
    log_unconditional: np.ndarray
    log_conditional: np.ndarray

    known = "exact up to rounding"

    @property
    def labels(self) -> tuple[str, ...]:
        """The monomorphic states: the strategy, of several populations all of them."""
        return state_labels(self.population)

    @property
    def generation(self) -> int:
        """The number of steps of one generation: as many as there are members in all, and one where all are replaced at once."""
        return 1 if self.population.generations else self.population.size

    @property
    def unconditional(self) -> np.ndarray:
        """Mean steps until the mutants have taken over or are gone, entry [resident, mutant]."""
        return np.asarray(np.exp(self.log_unconditional))

    @property
    def conditional(self) -> np.ndarray:
        """Mean steps until the mutants have taken over, where they do, entry [resident, mutant]."""
        return np.asarray(np.exp(self.log_conditional))

    def steps(self, resident: Any, mutant: Any) -> float:
        """Return the mean steps until the mutant, where it takes over, has done so."""
        return float(self.conditional[state_index(self.labels, resident), state_index(self.labels, mutant)])

    def generations(self, resident: Any, mutant: Any) -> float:
        """Return the mean generations until the mutant, where it takes over, has done so."""
        return self.steps(resident, mutant) / self.generation

    def to_xarray(self) -> xarray.Dataset:
        """Return mean times in steps and in generations, with dimensions resident and mutant."""
        import xarray as xr

        axes = ("resident", "mutant")
        arrays = {
            "unconditional": (axes, self.unconditional),
            "conditional": (axes, self.conditional),
            "unconditional_generations": (axes, self.unconditional / self.generation),
            "conditional_generations": (axes, self.conditional / self.generation),
        }
        return xr.Dataset(arrays, coords={axis: list(self.labels) for axis in axes})

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each resident and mutant, times in steps."""
        import pandas as pd

        rows = [
            (self.labels[i], self.labels[j], float(np.exp(log)), float(self.conditional[i, j]))
            for (i, j), log in np.ndenumerate(self.log_unconditional)
            if not np.isnan(log)
        ]
        return pd.DataFrame(rows, columns=["resident", "mutant", "unconditional", "conditional"])

    def _rows(self) -> list[list[str]]:
        return [
            [
                self.labels[i],
                self.labels[j],
                number_text(float(log)),
                "never" if np.isnan(self.log_conditional[i, j]) else number_text(float(self.log_conditional[i, j])),
            ]
            for (i, j), log in np.ndenumerate(self.log_unconditional)
            if not np.isnan(log)
        ]

    def __str__(self) -> str:
        many = "1 mutant" if self.initial == 1 else f"{self.initial} mutants"
        head = f"mean steps with {many}, {self.generation} to a generation; {self.population.without_mutation}; {self.known}"
        return f"{head}\n{text_table(_HEAD, self._rows())}"

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._rows(), f"mean steps; {self.population.without_mutation}")


_HEAD = ("resident", "mutant", "until either end", "until fixation, where it comes")


def find_fixation_times(
    population: FinitePopulation, values: Mapping[str, Any] | None = None, *, initial: int = 1
) -> FixationTimes:
    """Return the mean times until mutants have taken over a population of one strategy or are gone, for every resident and mutant.

    Conditional times are those of the mutants that take over. Nobody else mutates on the way. They are sums of positive terms along the chain, computed in logarithms, and so
    exact at any intensity of selection; a time is infinite where the chain can stop before either end, as when nobody imitates at a tie.

    Raises what `find_fixation` raises.

    References: Antal and Scheuring (2006), Bulletin of Mathematical Biology 68; Altrock and Traulsen (2009), New Journal of Physics 11, 013012; Traulsen and Hauert (2009), Reviews of Nonlinear Dynamics and Complexity II

    >>> from coopgame import MatrixGame, finite_population, moran
    >>> neutral = MatrixGame([[1, 1], [1, 1]], ["A", "B"])
    >>> round(find_fixation_times(finite_population(neutral, moran(), 10)).steps("A", "B"), 9)
    90.0
    """
    from coopgame._kernels.fixation import climb

    process = process_of(population, values)
    number = checked_initial(population, initial)
    states = monomorphic_states(population, "find_fixation_times")
    unconditional = np.full((len(states.places),) * 2, np.nan)
    conditional = unconditional.copy()
    for i, j, p, mutant in states.invasions():
        if population.generations:
            times = fixation_of_generations(process, states.places[i], mutant, number)
        else:
            times = climb(*log_steps(process, states.places[i], p, mutant), number)
        _, unconditional[i, j], conditional[i, j] = times
    for array in (unconditional, conditional):
        array.flags.writeable = False
    return FixationTimes(population, process.values, number, unconditional, conditional)
