"""Where a chain of finite populations ends, and after how many steps, from every state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import StateError, UnsupportedError
from coopgame.finite.chain import MarkovChain, chain_of
from coopgame.finite.population import FinitePopulation
from coopgame.finite.stationary_methods import closed_part
from coopgame.finite.tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray

_MOST_STATES = 100_000
_MOST_ENDS = 200
_MOST_SHOWN = 10
_MOST_ERROR = 1e-7
_ROUNDING = 2.0**-53


@dataclass(frozen=True, eq=False)
class Absorption:
    """The probabilities to end in each closed class of a chain, and the mean number of steps until then, from every state.

    ends: of each closed class the numbers of members of one state, its only one where it is absorbing, shape (E, number of strategies). probabilities: shape (S, E). steps:
    mean steps until a closed class is reached, shape (S,). error: about by how much a probability may be wrong, and a time in proportion; the results are numerical, from sparse
    LU factors, and rounding counts as many times as there are mean steps from the worst start.
    """

    chain: MarkovChain
    ends: np.ndarray
    probabilities: np.ndarray = field(repr=False)
    steps: np.ndarray = field(repr=False)
    error: float

    known = "numerical"

    @property
    def labels(self) -> tuple[str, ...]:
        """The ends as text: the numbers of members in the order of the strategies."""
        return tuple(", ".join(map(str, row)) for row in self.ends.tolist())

    def at(self, state: Any) -> Mapping[str, float]:
        """Return the probability of each end from a state, given by strategy or as all numbers in order."""
        row = self.probabilities[self.chain.index_of(state)]
        return dict(zip(self.labels, row.tolist(), strict=True))

    def probability(self, state: Any, end: Any) -> float:
        """Return the probability to end in a state from another one."""
        wanted = self.chain.states[self.chain.index_of(end)]
        for k, own in enumerate(self.ends):
            if (own == wanted).all():
                return float(self.probabilities[self.chain.index_of(state), k])
        raise StateError(f"the chain does not end at {wanted.tolist()}; it ends at {'; '.join(self.labels)}")

    def steps_from(self, state: Any) -> float:
        """Return the mean number of steps from a state until the chain has ended."""
        return float(self.steps[self.chain.index_of(state)])

    def to_xarray(self) -> xarray.Dataset:
        """Return probabilities by state and end, and mean steps by state, with the numbers by strategy as coordinates."""
        import xarray as xr

        coordinates: dict[str, Any] = {"end": list(self.labels)}
        coordinates |= {name: ("state", self.chain.states[:, k]) for k, name in enumerate(self.chain.names)}
        arrays = {"probability": (("state", "end"), self.probabilities), "steps": ("state", self.steps)}
        return xr.Dataset(arrays, coords=coordinates)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each state: its numbers, the probability of each end, and the mean number of steps."""
        import pandas as pd

        columns = {name: self.chain.states[:, k] for k, name in enumerate(self.chain.names)}
        columns |= {f"ends at {label}": self.probabilities[:, k] for k, label in enumerate(self.labels)}
        return pd.DataFrame({**columns, "steps": self.steps})

    def _rows(self) -> list[list[str]]:
        shown = range(min(len(self.chain), _MOST_SHOWN))
        return [
            [
                ", ".join(map(str, self.chain.states[k].tolist())),
                *(f"{p:.6g}" for p in self.probabilities[k]),
                f"{self.steps[k]:.6g}",
            ]
            for k in shown
        ]

    def _head(self) -> list[str]:
        return [", ".join(self.chain.names), *self.labels, "steps"]

    def __str__(self) -> str:
        head = f"{self.chain.population}; {self.known}, wrong by less than about {self.error:.0e}"
        more = len(self.chain) - _MOST_SHOWN
        return "\n".join(
            [head, text_table(self._head(), self._rows()), *([f"and {more} more states"] if more > 0 else [])]
        )

    def _repr_html_(self) -> str:
        return html_table(
            self._head(), self._rows(), f"{self.chain.population}; wrong by less than about {self.error:.0e}"
        )


def find_absorption(population: FinitePopulation, values: Mapping[str, Any] | None = None) -> Absorption:
    """Return where the chain of a game in finite populations ends, with which probability, and after how many steps, from every state.

    For any number of strategies and populations; between two strategies `find_fixation` and `find_fixation_times` are exact. Without mutation and under imitation or replacement the
    ends are the states of one strategy; closed classes of several states count as one end.

    Raises UnsupportedError for more than 100 000 states or 200 ends, StateError where chances are too small or times too long for floats.

    References: Kemeny and Snell (1960), Finite Markov Chains, chapter 3.

    >>> from coopgame import MatrixGame, finite_population, moran
    >>> game = MatrixGame([[1, 1, 1], [1, 1, 1], [1, 1, 1]], ["A", "B", "C"])
    >>> print(find_absorption(finite_population(game, moran(), 4)).at({"A": 1, "B": 3}))
    {'0, 0, 4': 0.0, '0, 4, 0': 0.75, '4, 0, 0': 0.25}
    """
    chain = chain_of(population.at(values))
    if len(chain) > _MOST_STATES:
        raise UnsupportedError(
            f"the chain has {len(chain)} states; absorption is solved for up to {_MOST_STATES}: simulate"
        )
    if chain.lost:
        raise StateError(
            f"{chain.lost} chances of single steps are below 1e-300, so floats cannot tell whether the chain goes on; lower the intensity, or ask find_fixation() between two strategies"
        )
    classes = closed_part(chain.matrix)
    if len(classes) > _MOST_ENDS:
        raise UnsupportedError(
            f"the chain can end in {len(classes)} closed classes; absorption is solved for up to {_MOST_ENDS}"
        )
    probabilities, steps = np.zeros((len(chain), len(classes))), np.zeros(len(chain))
    for k, own in enumerate(classes):
        probabilities[own, k] = 1.0
    inside = np.setdiff1d(np.arange(len(chain)), np.concatenate(classes))
    error = 0.0
    if len(inside):
        right = np.column_stack(
            [*(chain.matrix[inside, :][:, own].sum(axis=1) for own in classes), np.ones(len(inside))]
        )
        found, error = _solved(chain.matrix[inside, :][:, inside], right)
        probabilities[inside], steps[inside] = np.clip(found[:, :-1], 0.0, 1.0), found[:, -1]
    for array in (probabilities, steps):
        array.flags.writeable = False
    ends = np.array([chain.states[own[0]] for own in classes])
    return Absorption(chain, ends, probabilities, steps, error)


def _solved(inner: Any, right: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the solution of (1 - inner) x = right with one step of refinement, and about by how much it may be wrong."""
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import splu

    system = csc_array(eye_array(inner.shape[0], format="csr") - inner)
    solver = splu(system, diag_pivot_thresh=0.0, options={"SymmetricMode": True}, permc_spec="MMD_AT_PLUS_A")
    found = solver.solve(right)
    found = found + solver.solve(right - system @ found)
    times = found[:, -1]
    sums = float(np.abs(found[:, :-1].sum(axis=1) - 1).max())
    error = max(_ROUNDING * float(times.max()), sums)
    if not (error <= _MOST_ERROR and (times > 0).all() and (found >= -_MOST_ERROR).all()):
        raise StateError(
            f"the mean time until the chain ends is too long for floats, some {times.max():.2g} steps; lower the intensity, or ask "
            "find_fixation() between two strategies"
        )
    return found, error
