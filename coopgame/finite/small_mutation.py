"""Rare mutants: the chain over states of one strategy, and how often each of them is met in the long run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from coopgame.dynamics.markov import log_stationary_law
from coopgame.errors import ParameterError, StateError
from coopgame.finite.fixation import fixation_logs
from coopgame.finite.monomorphic import (
    MonomorphicStates,
    is_exponential,
    monomorphic_states,
    state_index,
    state_labels,
)
from coopgame.finite.parameter_arrays import arrays_among, evaluate_arrays, points_of
from coopgame.finite.payoffs import is_pair_game
from coopgame.finite.population import FinitePopulation, ProcessAt
from coopgame.finite.tables import html_table, number_text, text_table
from coopgame.games.matrix import MatrixGame

if TYPE_CHECKING:
    import pandas as pd
    import xarray

_MOST_SHOWN = 12


@dataclass(frozen=True)
class StrongTransition:
    """A mutant that selection favours: it takes over more often than a neutral one.

    times_neutral: its fixation probability over that of a neutral mutant.
    """

    resident: str
    mutant: str
    times_neutral: float

    def __str__(self) -> str:
        return f"{self.resident} -> {self.mutant}: {self.times_neutral:.6g} times as often as a neutral mutant"


@dataclass(frozen=True, eq=False)
class SmallMutationLaw:
    """The long run of populations in which the next mutant comes when the last one has taken over or is gone.

    log_fixation: log fixation probabilities, entry [resident, mutant], NaN where no single mutant leads; shape (..., S, S) for S monomorphic states. log_law: logarithms of the
    share of time spent in each; shape (..., S). shares: log probabilities that the next mutant is a given one; shape (S, S). values: of the game's
    parameters; arrays among them are the leading axis of all results.
    """

    population: FinitePopulation = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)
    log_fixation: np.ndarray = field(repr=False)
    log_law: np.ndarray
    shares: np.ndarray = field(repr=False)

    known = "exact up to rounding"

    @property
    def labels(self) -> tuple[str, ...]:
        """The monomorphic states: the strategy, of several populations all of them."""
        return state_labels(self.population)

    @cached_property
    def law(self) -> np.ndarray:
        """The share of time spent in each monomorphic state; shape (..., S)."""
        return np.asarray(np.exp(self.log_law))

    @cached_property
    def transition(self) -> np.ndarray:
        """The probabilities that the next mutant leads from one monomorphic state to another, rows sum to 1; shape (..., S, S)."""
        chances = np.exp(np.where(np.isnan(self.log_fixation), -np.inf, self.log_fixation + self.shares))
        count = chances.shape[-1]
        chances[..., range(count), range(count)] = 1 - chances.sum(axis=-1)
        return np.asarray(chances)

    def mass(self, state: Any) -> Any:
        """Return the share of time in a monomorphic state, named by its strategy or strategies; an array for arrays of parameters."""
        found = self.law[..., state_index(self.labels, state)]
        return found if found.ndim else float(found)

    @property
    def strategy_shares(self) -> dict[str, dict[str, Any]]:
        """How often each strategy of each population is played."""
        shape = self.law.shape[:-1]
        sizes = [len(own.strategies) for own in self.population.game.populations]
        law = self.law.reshape(*shape, *sizes)
        found = {}
        for p, own in enumerate(self.population.game.populations):
            others = tuple(len(shape) + q for q in range(len(sizes)) if q != p)
            found[own.name] = {s: law.sum(axis=others)[..., k] for k, s in enumerate(own.strategies)}
        return found

    def strong_transitions(self, point: int | None = None) -> tuple[StrongTransition, ...]:
        """Return the mutants that take over more often than neutral ones, the strongest first.

        point: which entry, where parameters are arrays.
        """
        logs = self.log_fixation if point is None else self.log_fixation[point]
        if logs.ndim != 2:
            raise StateError(f"parameters are arrays; say which of the {len(logs)} points is meant")
        states = MonomorphicStates(tuple(len(own.strategies) for own in self.population.game.populations))
        found = []
        for i, j, p, _ in states.invasions():
            ratio = logs[i, j] + np.log(self.population.sizes[p])
            if ratio > 1e-9:
                found.append((float(ratio), i, j))
        found.sort(key=lambda item: (-item[0], item[1:]))
        return tuple(StrongTransition(self.labels[i], self.labels[j], float(np.exp(r))) for r, i, j in found)

    def to_xarray(self) -> xarray.Dataset:
        """Return law, transition and fixation probabilities by resident and mutant; arrays of parameters are coordinates of `point`."""
        import xarray as xr

        axes = ("point",) * (self.log_law.ndim - 1)
        arrays = {
            "law": ((*axes, "resident"), self.law),
            "log_law": ((*axes, "resident"), self.log_law),
            "log_fixation": ((*axes, "resident", "mutant"), self.log_fixation),
            "transition": ((*axes, "resident", "mutant"), self.transition),
        }
        coordinates: dict[str, Any] = {axis: list(self.labels) for axis in ("resident", "mutant")}
        coordinates |= {name: ("point", array) for name, array in arrays_among(self.values).items()}
        return xr.Dataset(arrays, coords=coordinates)

    def to_dataframe(self) -> pd.DataFrame:
        """Return one row for each monomorphic state, and for each point where parameters are arrays, with its share of time."""
        import pandas as pd

        if self.log_law.ndim == 1:
            return pd.DataFrame({"state": self.labels, "share": self.law, "log_share": self.log_law})
        frame = pd.DataFrame(self.law, columns=list(self.labels))
        return pd.DataFrame({**arrays_among(self.values), **{label: frame[label] for label in self.labels}})

    def _rows(self) -> list[list[str]]:
        order = sorted(range(len(self.labels)), key=lambda k: (-float(f"{self.log_law[k]:.11g}"), k))
        return [[self.labels[k], number_text(float(self.log_law[k]))] for k in order]

    def __str__(self) -> str:
        head = f"rare mutants; {self.population}; {self.known}"
        if self.log_law.ndim > 1:
            mean = [[label, f"{m:.6g}"] for label, m in zip(self.labels, self.law.mean(axis=0), strict=True)]
            return f"{head}; {len(self.log_law)} points\n{text_table(['state', 'mean share of time'], mean)}"
        strong = [f"{transition}" for transition in self.strong_transitions()[:_MOST_SHOWN]]
        return "\n".join([head, text_table(["state", "share of time"], self._rows()), *strong])

    def _repr_html_(self) -> str:
        if self.log_law.ndim > 1:
            from html import escape

            return f"<pre>{escape(str(self))}</pre>"
        return html_table(["state", "share of time"], self._rows(), str(self.population))


def find_small_mutation_law(
    population: FinitePopulation, values: Mapping[str, Any] | None = None
) -> SmallMutationLaw:
    """Return how often each strategy is that of all members when mutants are so rare that each is alone on its way to fixation or extinction.

    It is the limit of the stationary law of the chain for a vanishing mutation: that of the chain over monomorphic states in which the next mutant takes over with its fixation
    probability. Mutants of all other strategies are alike; of several populations each has them in proportion to its size and its mutation (alike where it is 0).
    Fixation probabilities and the law are kept in logarithms, so the chain never falls apart however strong selection is.

    values: numbers for all parameters, or arrays of one length among them: one result for all points, with a leading axis. A thousand games of one shape are the arrays of
    one game with a symbol for each payoff, and take some hundredths of a second under the Fermi rule and under replacement with exponential fitness.

    Raises UnsupportedError where absent strategies come back by themselves, StateError where mutants that never take over leave several closed classes.

    References: Fudenberg and Imhof (2006), Journal of Economic Theory 131, 251-262; Imhof, Fudenberg and Nowak (2005), Proceedings of the National Academy of Sciences 102.

    >>> from coopgame import MatrixGame, finite_population, fermi_imitation
    >>> game = MatrixGame([["b - c", "-c"], ["b", 0]], ["C", "D"])
    >>> law = find_small_mutation_law(finite_population(game, fermi_imitation("1/10"), 20), {"b": 3, "c": [0, 1]})
    >>> print(law.mass("C").round(6))
    [0.425557 0.09975 ]
    """
    states = monomorphic_states(population, "find_small_mutation_law")
    arrays = arrays_among(values)
    if not arrays:
        process = population.at(values)
        logs = fixation_logs(process, states, 1)
        shares = _shares(process, states)
        law = _law(population, logs, shares)
        return _result(population, process.values, logs, law, shares)
    given = dict(values or {})
    if is_pair_game(population.game) and all(map(is_exponential, population.laws)):
        logs, law = _compiled_laws(population, given, arrays)
        first = population.at(next(points_of(given, arrays)))
        return _result(population, given, logs, law, _shares(first, states))
    found = []
    for point in points_of(given, arrays):
        process = population.at(point)
        found.append((fixation_logs(process, states, 1), _shares(process, states)))
    laws = np.array([_law(population, logs, shares) for logs, shares in found])
    return _result(population, given, np.array([logs for logs, _ in found]), laws, found[0][1])


def _compiled_laws(
    population: FinitePopulation, values: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    from coopgame._kernels.fixation import laws_of_rare_mutants

    game, law = population.game, population.laws[0]
    assert isinstance(game, MatrixGame), "pairs meet in matrix games"
    intensity: sympy.Expr = dict(law.settings)["intensity"]
    entries = [entry for row in game.payoffs for entry in row]
    numbers = evaluate_arrays(game, [*entries, intensity], values, arrays)
    law.check_settings({"intensity": numbers[:, -1]})
    n = len(game.payoffs)
    payoffs = np.ascontiguousarray(numbers[:, :-1]).reshape(-1, n, n)
    logs, laws = laws_of_rare_mutants(payoffs, population.sizes[0], np.ascontiguousarray(numbers[:, -1]))
    if np.isnan(laws).any():
        raise ParameterError("payoffs times intensity are too large for floats; lower the intensity")
    return logs, laws


def _shares(process: ProcessAt, states: MonomorphicStates) -> np.ndarray:
    """Return the log probabilities that the next mutant leads from a monomorphic state to another, if it takes over."""
    population = process.population
    if len(population.sizes) == 1:
        n = states.strategies[0]
        return np.where(np.eye(n, dtype=bool), -np.inf, -np.log(max(n - 1, 1)))
    rates = [m if any(process.mutations) else 1.0 for m in process.mutations]
    weights = [
        rate * size if n > 1 else 0.0
        for rate, size, n in zip(rates, population.sizes, states.strategies, strict=True)
    ]
    shares = np.full((len(states.places),) * 2, -np.inf)
    for i, j, p, _ in states.invasions():
        if weights[p]:
            shares[i, j] = np.log(weights[p] / sum(weights) / (states.strategies[p] - 1))
    return shares


def _law(population: FinitePopulation, logs: np.ndarray, shares: np.ndarray) -> np.ndarray:
    from coopgame._kernels.markov import log_stationary

    chances = np.where(np.isnan(logs), -np.inf, logs + shares)
    if np.isfinite(chances).sum() == chances.size - len(chances):  # each leads to each
        law: np.ndarray = log_stationary(chances)
        return law
    return log_stationary_law(chances, state_labels(population))


def _result(
    population: FinitePopulation, values: Mapping[str, Any], logs: np.ndarray, law: np.ndarray, shares: np.ndarray
) -> SmallMutationLaw:
    for array in (logs, law, shares):
        array.flags.writeable = False
    return SmallMutationLaw(population, values, logs, law, shares)
