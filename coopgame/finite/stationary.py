"""The stationary distribution of a game in finite populations: how often each state is met in the long run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import StateError
from coopgame.finite.chain import MarkovChain, chain_of, log_generations, log_rows
from coopgame.finite.counts import as_counts
from coopgame.finite.population import FinitePopulation, ProcessAt, process_of
from coopgame.finite.states import CountStates, names_of, neighbours
from coopgame.finite.stationary_methods import Solved, closed_part, solve_in_logarithms, solve_stationary
from coopgame.finite.tables import html_table, number_text, text_table

if TYPE_CHECKING:
    import pandas as pd
    import xarray
    from scipy.sparse import csr_array

Event = Callable[[Mapping[str, np.ndarray]], Any]
_MOST_SHOWN = 10
_MOST_MEMBERS = 10**7


@dataclass(frozen=True, eq=False)
class StationaryDistribution:
    """How often each state of finite populations is met in the long run.

    states: numbers of members, shape (S, number of strategies), columns as in `names`. log_probabilities: natural logarithms, shape (S,), -inf for states that are left for ever.
    known: "exact up to rounding" where every probability has its digits (sums and products of positive numbers alone), else "numerical". accuracy: by which method, and
    how far it is from solving the equations.
    """

    population: FinitePopulation
    values: Mapping[str, Fraction]
    states: np.ndarray = field(repr=False)
    log_probabilities: np.ndarray = field(repr=False)
    known: str
    accuracy: str
    _order: CountStates = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The strategies; of several populations as population.strategy."""
        return names_of(self.population)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """The probabilities of the states; shape (S,)."""
        return np.asarray(np.exp(self.log_probabilities))

    @cached_property
    def counts(self) -> Mapping[str, np.ndarray]:
        """The number of members with each strategy, by state; each of shape (S,)."""
        return {name: self.states[:, k] for k, name in enumerate(self.names)}

    def at(self, state: Any) -> float:
        """Return the probability of a state, given by strategy, as {"C": 3, "D": 7}, or as all numbers in order."""
        return float(np.exp(self.log_at(state)))

    def log_at(self, state: Any) -> float:
        """Return the logarithm of the probability of a state."""
        return float(self.log_probabilities[int(self._order.places(as_counts(self.population, state)))])

    def expectation(self, function: Event) -> float:
        """Return the mean of a function of the numbers of members: it gets a mapping from strategy to an array with one number for each state, and returns an array.

        Cases are told apart by `numpy.where(counts["C"] > 10, 1, 0)`, and events joined by & and |, as arrays are. In several populations names are "firms.cheat".
        """
        values = np.broadcast_to(np.asarray(self._by_state(function), dtype=float), self.probabilities.shape)
        return float(values @ self.probabilities)

    def probability(self, event: Event) -> float:
        """Return the probability of an event, such as `lambda counts: counts["C"] > counts["D"]`, or `(counts["C"] > 10) & (counts["D"] > 0)`."""
        if not callable(event):
            raise StateError(
                f"an event is a function of the numbers, got {event!r}; at() gives the probability of a state"
            )
        happens = np.asarray(self._by_state(event))
        if happens.dtype != bool:
            raise StateError(
                f"an event is true or false in every state, got {happens.dtype}; expectation() takes functions with numbers"
            )
        return self.expectation(lambda _: happens)

    def _by_state(self, function: Event) -> Any:
        try:
            return function(self.counts)
        except KeyError as error:
            raise StateError(
                f"the function asks for {error}; numbers are given of {', '.join(self.names)}"
            ) from error

    @cached_property
    def mean_shares(self) -> Mapping[str, float]:
        """The mean share of each strategy in its population."""
        sizes = np.repeat(self.population.sizes, self._order.strategies)
        means = self.probabilities @ self.states / sizes
        return dict(zip(self.names, means.tolist(), strict=True))

    @cached_property
    def covariance(self) -> np.ndarray:
        """The covariances of the shares; shape (number of strategies,) * 2."""
        shares = self.states / np.repeat(self.population.sizes, self._order.strategies)
        apart = shares - self.probabilities @ shares
        return np.asarray((apart * self.probabilities[:, None]).T @ apart)

    @property
    def mode(self) -> Mapping[str, int]:
        """The state that is met most often."""
        best = self.states[int(np.argmax(self.log_probabilities))]
        return dict(zip(self.names, best.tolist(), strict=True))

    @cached_property
    def modes(self) -> tuple[Mapping[str, int], ...]:
        """The states that are met more often than all others from which they differ by one member, the most frequent first."""
        peak = np.isfinite(self.log_probabilities)
        for rows, places in neighbours(self._order):
            peak[rows] &= self.log_probabilities[rows] >= self.log_probabilities[places] + 1e-12
        found = np.flatnonzero(peak)
        found = found[np.argsort(-self.log_probabilities[found], kind="stable")]
        return tuple(dict(zip(self.names, self.states[k].tolist(), strict=True)) for k in found)

    def to_xarray(self) -> xarray.Dataset:
        """Return probabilities and their logarithms by state, with the numbers of members by strategy as coordinates."""
        import xarray as xr

        arrays = {"probability": ("state", self.probabilities), "log_probability": ("state", self.log_probabilities)}
        return xr.Dataset(arrays, coords={name: ("state", column) for name, column in self.counts.items()})

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each state, with its numbers of members and its probability."""
        import pandas as pd

        return pd.DataFrame(
            {**self.counts, "probability": self.probabilities, "log_probability": self.log_probabilities}
        )

    def _rows(self) -> list[list[str]]:
        order = np.argsort(-self.log_probabilities, kind="stable")[:_MOST_SHOWN]
        return [[*map(str, self.states[k].tolist()), number_text(float(self.log_probabilities[k]))] for k in order]

    def _notes(self) -> list[str]:
        means = ", ".join(f"{name} = {share:.6g}" for name, share in self.mean_shares.items())
        return [f"mean shares: {means}", f"{self.known}: {self.accuracy}"]

    def __str__(self) -> str:
        more = len(self.states) - _MOST_SHOWN
        table = text_table([*self.names, "probability"], self._rows())
        rest = [f"and {more} more states"] if more > 0 else []
        return "\n".join([f"{self.population}", table, *rest, *self._notes()])

    def _repr_html_(self) -> str:
        from html import escape

        notes = "".join(f"<p>{escape(note)}</p>" for note in self._notes())
        return html_table([*self.names, "probability"], self._rows(), str(self.population)) + notes


def find_stationary_distribution(
    population: FinitePopulation, values: Mapping[str, Any] | None = None
) -> StationaryDistribution:
    """Return how often each state of finite populations is met in the long run.

    Two strategies have a product formula in logarithms. Chains whose states lead to near ones only (three strategies up to about 200 members, populations of two strategies) are eliminated
    without subtraction, so that each probability has its digits. Larger chains go to sparse LU factors, and still larger ones to iteration; both say by how much they may be
    wrong. States that are left for ever have probability 0.

    Raises StateError where it depends on the start where the chain ends, as without mutation, and where a large chain is too slow for floats; UnsupportedError for more than five million states.

    References: Claussen and Traulsen (2005), Physical Review E 71, 025101; Grassmann, Taksar and Heyman (1985), Operations Research 33, 1107-1116.

    >>> from coopgame import MatrixGame, finite_population, fermi_imitation
    >>> hawk_dove = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"])
    >>> law = find_stationary_distribution(finite_population(hawk_dove, fermi_imitation(), 20, mutation="1/100"))
    >>> round(law.mean_shares["hawk"], 7), law.mode, round(law.probability(lambda counts: counts["hawk"] > 10), 6)
    (0.5656344, {'hawk': 11, 'dove': 9}, 0.584677)
    """
    process = process_of(population, values)
    two = len(population.sizes) == 1 and len(population.game.populations[0].strategies) == 2
    if two and not population.generations and population.sizes[0] <= _MOST_MEMBERS:
        logs = _product_form(process)
        if logs is not None:
            order = CountStates(population.sizes, (2,))
            solved = Solved(logs, "exact up to rounding", "product of the ratios of steps, in logarithms")
            return _result(process, order, solved)
    chain = chain_of(process)
    part, solved = _solved(process, chain)
    logs = np.full(len(chain), -np.inf)
    logs[part] = solved.logs
    return _result(process, chain.order, Solved(logs, solved.known, solved.accuracy))


def _solved(process: ProcessAt, chain: MarkovChain) -> tuple[np.ndarray, Solved]:
    """Return the rows of the only closed class and its law, in logarithms where floats do not hold all that counts.

    Rows of generations lose small entries as a rule, so which states lead to which is read from their logarithms.
    """
    matrix = _logarithms(process, chain) if chain.lost or process.population.generations else chain.matrix
    part = _long_run(replace(chain, matrix=matrix))
    solved = None if chain.lost else solve_stationary(_within(chain.matrix, part))
    if solved is None:
        solved = solve_in_logarithms(_within(_logarithms(process, chain), part))
    return part, solved


def _within(matrix: csr_array, part: np.ndarray) -> csr_array:
    return matrix[part, :][:, part] if len(part) < matrix.shape[0] else matrix


def _product_form(process: ProcessAt) -> np.ndarray | None:
    """Return the log law by the number of members with the first strategy, or None where a step has no chance."""
    size = process.population.sizes[0]
    first = np.arange(size + 1.0)
    chances = process.log_chances(0, [np.stack([first, size - first], axis=-1)])
    up, down = chances[:-1, 1, 0], chances[1:, 0, 1]
    if not (np.isfinite(up).all() and np.isfinite(down).all()):
        return None
    logs = np.concatenate([[0.0], np.cumsum((up - down).astype(np.longdouble))])
    logs = logs - logs.max()
    return np.asarray(logs - np.log(np.exp(logs).sum()), dtype=float)


def _logarithms(process: ProcessAt, chain: MarkovChain) -> csr_array:
    """Return the logarithms of the entries of a chain some of whose chances floats do not hold, less one: 0 is no entry of a sparse array."""
    from scipy.sparse import csr_array

    if process.population.generations:
        return csr_array(np.maximum(log_generations(process, chain.order), -1e300) - 1)
    logs, columns, starts = log_rows(process, chain.order)
    return csr_array((np.maximum(logs, -1e300) - 1, columns, starts), shape=(len(chain),) * 2)


def _long_run(chain: MarkovChain) -> np.ndarray:
    """Return the rows of the only closed class. Raises StateError for several, with what to do."""
    classes = closed_part(chain.matrix)
    if len(classes) == 1:
        return classes[0]
    shown = "; ".join(f"({', '.join(map(str, chain.states[own[0]].tolist()))})" for own in classes[:4])
    more = "; ..." if len(classes) > 4 else ""
    raise StateError(
        f"the chain ends in one of {len(classes)} closed classes, with states {shown}{more} of ({', '.join(chain.names)}), and in which depends on the start: give "
        "finite_population() a mutation above 0, or ask find_fixation(), find_absorption() or, for rare mutants, find_small_mutation_law()"
    )


def _result(process: ProcessAt, order: CountStates, solved: Solved) -> StationaryDistribution:
    solved.logs.flags.writeable = False
    return StationaryDistribution(
        process.population, process.values, order.counts, solved.logs, solved.known, solved.accuracy, order
    )
