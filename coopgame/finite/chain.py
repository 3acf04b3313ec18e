"""The Markov chain of a game in finite populations, as a sparse matrix with labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.dynamics import protocol_rates
from coopgame.dynamics.fitness import EXPONENTIAL
from coopgame.dynamics.protocol_rates import log_of
from coopgame.dynamics.protocols import Protocol
from coopgame.dynamics.replacement_rules import ReplacementRule, is_moran
from coopgame.errors import UnsupportedError
from coopgame.finite.payoffs import PairPayoffs
from coopgame.finite.population import FinitePopulation, ProcessAt
from coopgame.finite.states import CountStates, as_counts, names_of, states_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray
    from scipy.sparse import csr_array

_MOST_DENSE = 4000  # states of a chain each of which leads to all
_MOST_SHOWN = 10
_LEAST_LOG = -690.0  # of a chance that floats hold with all digits
_AT_ONCE = 2**16  # states whose rows are computed together


@dataclass(frozen=True, eq=False)
class MarkovChain:
    """The chain of the numbers of members by strategy.

    states: numbers of members by state and strategy, shape (S, number of strategies), columns as in `names`. matrix: probabilities from row to column, a sparse array of
    shape (S, S), exact up to rounding; rows sum to 1. lost: how many chances are below 1e-300, which floats hold with fewer digits or not at all. values: of the game's
    parameters.
    """

    population: FinitePopulation
    values: Mapping[str, Fraction]
    states: np.ndarray = field(repr=False)
    matrix: csr_array = field(repr=False)
    order: CountStates = field(repr=False)
    lost: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The strategies; of several populations as population.strategy."""
        return names_of(self.population)

    def __len__(self) -> int:
        return len(self.states)

    def index_of(self, state: Any) -> int:
        """Return the row of a state, given by strategy, as {"C": 3, "D": 7}, or as all numbers in order.

        Raises StateError when the populations have no such state.
        """
        return int(self.order.places(as_counts(self.population, state)))

    def probability(self, state: Any, following: Any) -> float:
        """Return the probability that one step leads from a state to another."""
        return float(self.matrix[self.index_of(state), self.index_of(following)])

    @property
    def labels(self) -> tuple[str, ...]:
        """The numbers of members of each state as text, in the order of `names`."""
        return tuple(", ".join(map(str, row)) for row in self.states.tolist())

    def to_xarray(self) -> xarray.DataArray:
        """Return the probabilities as a dense array with dimensions state and following, and the numbers by strategy as coordinates.

        Raises UnsupportedError for more than 4000 states.
        """
        import xarray as xr

        if len(self) > _MOST_DENSE:
            raise UnsupportedError(
                f"a dense table of {len(self)} states is too large; take `matrix`, which is sparse"
            )
        coordinates: dict[str, Any] = {"state": list(self.labels), "following": list(self.labels)}
        coordinates |= {name: ("state", self.states[:, k]) for k, name in enumerate(self.names)}
        return xr.DataArray(
            self.matrix.toarray(), dims=("state", "following"), coords=coordinates, name="probability"
        )

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each transition that can happen: the numbers before and after, and its probability."""
        import pandas as pd

        entries = self.matrix.tocoo()
        columns = {f"{name}": self.states[entries.row, k] for k, name in enumerate(self.names)}
        columns |= {f"{name} after": self.states[entries.col, k] for k, name in enumerate(self.names)}
        return pd.DataFrame({**columns, "probability": entries.data})

    def _lines(self) -> Iterator[tuple[str, str]]:
        labels = self.labels if len(self) <= _MOST_DENSE else None
        for k in range(min(len(self), _MOST_SHOWN)):
            row = self.matrix[[k], :].tocoo()
            shown = sorted(zip(-row.data, row.col, strict=True))[:_MOST_SHOWN]
            text = "; ".join(f"({labels[c] if labels else self._label(c)}) {-p:.6g}" for p, c in shown)
            yield self._label(k), text + ("; ..." if len(row.data) > _MOST_SHOWN else "")

    def _label(self, k: int) -> str:
        return ", ".join(map(str, self.states[k].tolist()))

    def __str__(self) -> str:
        head = f"{len(self)} states of ({', '.join(self.names)}), {self.matrix.nnz} transitions; {self.population}"
        more = len(self) - _MOST_SHOWN
        lines = [f"({state}) -> {text}" for state, text in self._lines()]
        return "\n".join([head, *lines, *([f"and {more} more"] if more > 0 else [])])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(f"<tr><td>({escape(state)})</td><td>{escape(text)}</td></tr>" for state, text in self._lines())
        head = f"<p>{len(self)} states of ({escape(', '.join(self.names))}); {escape(str(self.population))}</p>"
        return f"{head}<table><thead><tr><th>state</th><th>leads to</th></tr></thead><tbody>{rows}</tbody></table>"


def transition_chain(population: FinitePopulation, values: Mapping[str, Any] | None = None) -> MarkovChain:
    """Return the chain of a game in finite populations: all states, and the probabilities of one step.

    In one step at most one member changes; under the Wright-Fisher process all are drawn anew, so every state can lead to each other. values: numbers for all parameters.

    Raises UnsupportedError for more than five million states (4000 under Wright-Fisher), ParameterError for missing values, ProtocolError where rates are no chances.

    References: Imhof, Fudenberg and Nowak (2005), Proceedings of the National Academy of Sciences 102; Sandholm (2010), Population Games and Evolutionary Dynamics, chapter 10.

    >>> from coopgame import MatrixGame, finite_population, fermi_imitation
    >>> chain = transition_chain(finite_population(MatrixGame([[0, 0], [0, 0]], ["A", "B"]), fermi_imitation(), 3))
    >>> len(chain), round(chain.probability({"A": 1, "B": 2}, {"A": 2, "B": 1}), 6)
    (4, 0.166667)
    """
    return chain_of(population.at(values))


def chain_of(process: ProcessAt) -> MarkovChain:
    """Return the chain of a process at values of all parameters."""
    from scipy.sparse import csr_array

    order = states_of(process.population)
    if process.population.generations:
        rows, lost = _generations(process, order)
        matrix = csr_array(rows)
    else:
        data, columns, starts, lost = _single_steps(process, order)
        matrix = csr_array((data, columns, starts), shape=(len(order),) * 2)
    return MarkovChain(process.population, process.values, order.counts, matrix, order, lost)


def _generations(process: ProcessAt, order: CountStates) -> tuple[np.ndarray, int]:
    """Return multinomial rows: all members of the next generation draw their strategy independently."""
    if len(order) > _MOST_DENSE:
        raise UnsupportedError(
            f"under {process.population.laws[0].name} each of {len(order)} states leads to all; chains are built of up to {_MOST_DENSE} states"
        )
    rows = np.exp(log_generations(process, order))
    lost = int(_hardly_held(process.log_parents(order.counts)).sum())
    return np.asarray(rows / rows.sum(axis=-1, keepdims=True)), lost


def log_generations(process: ProcessAt, order: CountStates) -> np.ndarray:
    """Return the logarithms of multinomial rows; shape (S, S)."""
    from scipy.special import gammaln

    counts = order.counts.astype(float)
    parents = np.maximum(process.log_parents(counts), -1e30)  # times 0 members it is 0
    ways = gammaln(order.sizes[0] + 1) - gammaln(counts + 1).sum(axis=-1)
    logs = parents @ counts.T + ways
    return np.where(logs < -1e29, -np.inf, logs)


def _hardly_held(logs: np.ndarray) -> np.ndarray:
    return (logs > -np.inf) & (logs < _LEAST_LOG)


def _single_steps(process: ProcessAt, order: CountStates) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    from coopgame._kernels.pair_chains import pair_chain

    payoffs, law = process.payoffs, process.population.laws[0]
    moran = isinstance(law, ReplacementRule) and is_moran(law) and law.fitness == EXPONENTIAL
    fermi = isinstance(law, Protocol) and law.rates is protocol_rates.fermi and process.population.step == 1
    if isinstance(payoffs, PairPayoffs) and (moran or fermi) and len(order) < 2**31 / len(order.strategies) ** 2:
        intensity = float(process.settings[0]["intensity"][0])
        moves = np.array([(i, j) for _, i, j in _moves(order)], dtype=np.int64)
        arguments = (payoffs.matrix, intensity, process.mutations[0], moran, moves)
        found: tuple[np.ndarray, np.ndarray, np.ndarray, int] = pair_chain(order.counts, order.tables[0], *arguments)
        return found
    logs, columns, starts = log_rows(process, order)
    return np.exp(logs), columns, starts, int(_hardly_held(logs).sum())


def log_rows(process: ProcessAt, order: CountStates) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the logarithms of the entries of a chain of single steps, row by row, with their columns and the places where rows start."""
    parts = [
        _rows(process, order, order.counts[begin : begin + _AT_ONCE], begin)
        for begin in range(0, len(order), _AT_ONCE)
    ]
    logs = np.concatenate([part[0] for part in parts])
    columns = np.concatenate([part[1] for part in parts])
    starts = np.concatenate([[0], np.cumsum(np.concatenate([part[2] for part in parts]))])
    return logs, columns, starts


def _moves(order: CountStates) -> list[tuple[int, int, int]]:
    """Return (population, from, to) of all changes in the order of the states they lead to, (-1, -1, -1) for staying."""
    found: list[tuple[tuple[int, ...], tuple[int, int, int]]] = [((0,) * sum(order.strategies), (-1, -1, -1))]
    first = 0
    for p, n in enumerate(order.strategies):
        for i in range(n):
            for j in range(n):
                if i != j:
                    change = [0] * sum(order.strategies)
                    change[first + i], change[first + j] = -1, 1
                    found.append((tuple(change), (p, i, j)))
        first += n
    return [move for _, move in sorted(found)]


def _rows(
    process: ProcessAt, order: CountStates, states: np.ndarray, begin: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return log entries, columns and numbers of entries of the rows of some states."""
    moves = _moves(order)
    parts = [part.astype(float) for part in order.split(states)]
    chances = [process.log_chances(p, parts) for p in range(len(order.strategies))]
    logs, columns = np.full((len(states), len(moves)), -np.inf), np.zeros((len(states), len(moves)), dtype=np.int64)
    firsts = np.concatenate([[0], np.cumsum(order.strategies)])
    stays = [p for p, _, _ in moves].index(-1)
    for m, (p, i, j) in enumerate(moves):
        if p >= 0:
            logs[:, m] = chances[p][:, i, j]
            after = states.copy()
            after[:, firsts[p] + i] -= 1
            after[:, firsts[p] + j] += 1
            there = logs[:, m] > -np.inf
            columns[there, m] = order.places(after[there])
    kept = logs > -np.inf
    kept[:, stays] = True
    logs[:, stays] = log_of(np.maximum(1 - np.exp(logs).sum(axis=1), 0))
    columns[:, stays] = np.arange(begin, begin + len(states))
    return logs[kept], columns[kept], kept.sum(axis=1)
