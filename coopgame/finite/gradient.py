"""The selection gradient: by how much numbers of members change on average in one step, and how much they scatter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import UnsupportedError
from coopgame.finite.population import FinitePopulation, ProcessAt
from coopgame.finite.states import CountStates, as_counts, names_of, states_of
from coopgame.finite.tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray

_MOST_SHOWN = 12
_NOTHING = 1e-12  # of a gradient beside the chances whose difference it is


@dataclass(frozen=True)
class GradientRoot:
    """Where the gradient of two strategies changes sign inside.

    count: number of members with the first strategy, between two whole numbers where it changes sign between them. attracting: whether both sides lead there; None where one does.
    """

    count: float
    share: float
    attracting: bool | None

    def __str__(self) -> str:
        kind = {True: "attracting", False: "repelling", None: "attracting from one side"}[self.attracting]
        return f"{self.count:.6g} ({kind})"


@dataclass(frozen=True, eq=False)
class SelectionGradient:
    """Means and variances of what one step of the chain changes, in every state.

    states: numbers of members, shape (S, number of strategies), columns as in `names`. drift: mean change of the numbers in one step, shape like states. variance: of that change,
    shape like states. Known up to rounding.
    """

    population: FinitePopulation
    values: Mapping[str, Fraction]
    states: np.ndarray = field(repr=False)
    drift: np.ndarray = field(repr=False)
    variance: np.ndarray = field(repr=False)
    _order: CountStates = field(repr=False)

    known = "exact up to rounding"

    @property
    def names(self) -> tuple[str, ...]:
        """The strategies; of several populations as population.strategy."""
        return names_of(self.population)

    def at(self, state: Any) -> Mapping[str, float]:
        """Return the mean change of the numbers in one step from a state, given by strategy or as all numbers in order."""
        row = self.drift[int(self._order.places(as_counts(self.population, state)))]
        return dict(zip(self.names, row.tolist(), strict=True))

    @property
    def per_time(self) -> np.ndarray:
        """The mean change of the shares per unit of time, which tends to the mean dynamic in large populations; shape like states.

        A unit of time is a step for each member, or a generation; where rates were multiplied by a `step` to make chances, they are rates again.
        """
        sizes = np.repeat(np.array(self.population.sizes, dtype=float), self._order.strategies)
        steps = 1 if self.population.generations else self.population.size
        return np.asarray(self.drift * steps / sizes / float(self.population.step))

    @property
    def gradient(self) -> np.ndarray:
        """Of two strategies the chance that the first gains a member less the chance that it loses one, with k = 0 … N of them; shape (N + 1,)."""
        if self._order.strategies != (2,):
            raise UnsupportedError("one number says how two strategies of one population change; `drift` is for more")
        return np.asarray(self.drift[:, 0])

    @property
    def roots(self) -> tuple[GradientRoot, ...]:
        """Where the gradient of two strategies changes sign between 1 and N - 1 members with the first one, from few to many.

        Between two whole numbers the place is that of the line between the two gradients. Where nothing drives the numbers there is no root.
        """
        gradient, size = self.gradient, self.population.sizes[0]
        scale = self.variance[:, 0] + gradient**2  # the sum of both chances
        sign = np.where(np.abs(gradient) <= _NOTHING * scale, 0.0, np.sign(gradient))
        moved = [k for k in range(1, size) if sign[k]]
        found = []
        for a, b in pairwise(moved):
            if sign[a] == sign[b] and b == a + 1:
                continue
            place = a + gradient[a] / (gradient[a] - gradient[b]) if b == a + 1 else (a + b) / 2
            attracting = None if sign[a] == sign[b] else bool(sign[a] > 0)
            found.append(GradientRoot(float(place), float(place) / size, attracting))
        return tuple(found)

    def to_xarray(self) -> xarray.Dataset:
        """Return drift and variance by state and strategy, with the numbers by strategy as coordinates."""
        import xarray as xr

        axes = ("state", "strategy")
        arrays = {
            "drift": (axes, self.drift),
            "variance": (axes, self.variance),
            "per_time": (axes, self.per_time),
        }
        coordinates: dict[str, Any] = {"strategy": list(self.names)}
        coordinates |= {f"count_{name}": ("state", self.states[:, k]) for k, name in enumerate(self.names)}
        return xr.Dataset(arrays, coords=coordinates)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each state: numbers of members, mean changes and variances by strategy."""
        import pandas as pd

        columns = {name: self.states[:, k] for k, name in enumerate(self.names)}
        columns |= {f"drift of {name}": self.drift[:, k] for k, name in enumerate(self.names)}
        columns |= {f"variance of {name}": self.variance[:, k] for k, name in enumerate(self.names)}
        return pd.DataFrame(columns)

    def _rows(self) -> list[list[str]]:
        shown = np.unique(np.linspace(0, len(self.states) - 1, _MOST_SHOWN).astype(int))
        return [[*map(str, self.states[k].tolist()), *(f"{v:.6g}" for v in self.drift[k])] for k in shown]

    def _head(self) -> list[str]:
        return [*self.names, *(f"drift of {name}" for name in self.names)]

    def __str__(self) -> str:
        lines = [f"{self.population}; {self.known}", text_table(self._head(), self._rows())]
        if self._order.strategies == (2,):
            roots = ", ".join(map(str, self.roots)) or "none"
            lines.append(f"changes of sign, by the number of {self.names[0]}: {roots}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return html_table(self._head(), self._rows(), str(self.population))


def selection_gradient(population: FinitePopulation, values: Mapping[str, Any] | None = None) -> SelectionGradient:
    """Return by how much the numbers of members change on average in one step, in every state, and the variances.

    Of two strategies it is the chance that the first gains a member less the chance that it loses one, T+ - T-, with the places where it changes sign. The population's mutation
    counts; with mutation 0 selection acts alone.

    Raises UnsupportedError for more than five million states.

    References: Traulsen and Hauert (2009), Reviews of Nonlinear Dynamics and Complexity II; Pacheco, Santos, Souza and Skyrms (2009), Proceedings of the Royal Society B 276.

    >>> from coopgame import MatrixGame, finite_population, fermi_imitation
    >>> hawk_dove = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"])
    >>> print(*selection_gradient(finite_population(hawk_dove, fermi_imitation(), 20)).roots)
    11 (attracting)
    """
    process = population.at(values)
    order = states_of(population)
    if population.generations:
        drift, variance = _of_generations(process, order)
    else:
        drift, variance = _of_single_steps(process, order)
    for array in (drift, variance):
        array.flags.writeable = False
    return SelectionGradient(population, process.values, order.counts, drift, variance, order)


def _of_generations(process: ProcessAt, order: CountStates) -> tuple[np.ndarray, np.ndarray]:
    chances = np.exp(process.log_parents(order.counts))
    size = order.sizes[0]
    return size * chances - order.counts, size * chances * (1 - chances)


def _of_single_steps(process: ProcessAt, order: CountStates) -> tuple[np.ndarray, np.ndarray]:
    parts = [part.astype(float) for part in order.split(order.counts)]
    drifts, variances = [], []
    for p in range(len(parts)):
        chances = process.chances(p, parts)
        gained, lost = chances.sum(axis=-2), chances.sum(axis=-1)
        drifts.append(gained - lost)
        variances.append(gained + lost - (gained - lost) ** 2)
    return np.concatenate(drifts, axis=-1), np.concatenate(variances, axis=-1)
