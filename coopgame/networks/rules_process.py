"""A game on a network at numbers: payoffs of nodes, and the chances of one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from coopgame._kernels import network_kinds as kinds
from coopgame.dynamics.fitness import EXPONENTIAL
from coopgame.dynamics.laws import Law
from coopgame.dynamics.replacement_rules import ReplacementRule
from coopgame.errors import ParameterError, ProtocolError, StateError
from coopgame.expressions import symbols_of, value_at
from coopgame.networks.payoffs import Graph, payoff_tables_of, whole_payoffs
from coopgame.networks.rules import NetworkPopulation
from coopgame.networks.rules_kinds import COMPARING, OWN_FORMULA, REPLACING, SCALED_RATES


@dataclass(frozen=True, eq=False)
class NetworkProcess:
    """A game on a network at numbers for all parameters; made by `NetworkPopulation.at`.

    tables: payoffs of every layer, row against column, shape (layers, strategies, strategies); whole numbers in a unit of their own where ties matter and payoffs are
    fractions. setting: intensity, noise, aspiration or baseline. step: by which rates are multiplied. low, high: the smallest and largest payoff that a node can
    have, with its number of neighbours as it is.

    state, here and below: the place of each node's strategy in the game; whole numbers of shape (nodes,).
    """

    population: NetworkPopulation
    points: tuple[Mapping[str, Fraction], ...] = field(repr=False)
    tables: np.ndarray = field(repr=False)
    settings: Mapping[str, float]
    mutation: float
    step: float
    low: float
    high: float

    @property
    def setting(self) -> float:
        """The law's only setting; 0 where it has none or several."""
        return next(iter(self.settings.values())) if len(self.settings) == 1 else 0.0

    @property
    def is_linear(self) -> bool:
        """Whether fitness is linear in payoffs."""
        law = self.population.law
        return isinstance(law, ReplacementRule) and law.fitness != EXPONENTIAL

    @cached_property
    def own(self) -> np.ndarray:
        """What each strategy earns a node against itself, over all layers; 0 where nodes do not play with themselves."""
        diagonal = np.diagonal(self.tables, axis1=1, axis2=2).sum(axis=0)
        return np.asarray(diagonal if self.population.payoffs.with_self else np.zeros(len(diagonal)))

    @cached_property
    def totals(self) -> np.ndarray:
        """The weights of all meetings of each node, those with itself too; shape (nodes,)."""
        return _totals(self.population)

    def possible_payoffs(self, state: np.ndarray) -> np.ndarray:
        """Return what each node would earn with each strategy, all others as they are; shape (nodes, strategies)."""
        n = self.tables.shape[-1]
        shown = np.eye(n)[self._checked(state)]
        earned = np.zeros(shown.shape) + self.own
        for layer, table in zip(self.population.layers, self.tables, strict=True):
            earned += layer.graph.explicit().to_scipy() @ shown @ table.T
        if not self.population.payoffs.mean:
            return np.asarray(earned)
        totals = self.totals[:, None]
        return np.asarray(np.divide(earned, totals, out=np.zeros_like(earned), where=totals > 0))

    def payoffs(self, state: np.ndarray) -> np.ndarray:
        """Return what each node earns; shape (nodes,)."""
        state = self._checked(state)
        return np.asarray(self.possible_payoffs(state)[np.arange(len(state)), state])

    def chances(self, state: np.ndarray) -> np.ndarray:
        """Return the chances that one step makes a node change to a strategy, exact up to rounding; shape (nodes, strategies), 0 at its own strategy.

        In asynchronous updating they count that the node is drawn; in synchronous updating nodes change independently.
        """
        from coopgame.networks.rules_chances import chances_of

        return chances_of(self, self._checked(state))

    def _checked(self, state: np.ndarray) -> np.ndarray:
        """Return a state as an array. Raises StateError where it does not give every node a place of a strategy."""
        places, n = np.asarray(state), self.tables.shape[-1]
        nodes = self.population.size
        if places.shape != (nodes,) or places.dtype.kind not in "iub" or places.min() < 0 or places.max() >= n:
            raise StateError(
                f"a state gives each of {nodes} nodes the place of its strategy, a whole number from 0 to {n - 1}"
            )
        return places.astype(np.int64)


def process_at(population: NetworkPopulation, values: Mapping[str, Any]) -> NetworkProcess:
    """Return the process at numbers, checked."""
    tables, points = payoff_tables_of(population.layers, values)
    totals = _totals(population)
    kind, law = population.kind, population.law
    settings = {name: _number(population, points, value, name) for name, value in law.settings}
    law.check_settings({name: np.array([value]) for name, value in settings.items()})
    mutation = _number(population, points, population.mutation, "mutation")
    if not 0 <= mutation <= 1:
        raise ProtocolError(f"mutation = {mutation:.6g}; a chance between 0 and 1 is needed")
    if kind in COMPARING and not any(layer.graph.is_weighted for layer in population.layers):
        whole = whole_payoffs(population.layers, points, float(totals.max()) + 1)
        tables = whole if whole is not None else tables
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = _bounds(population, tables)
        spread = high.max() - low.min()
    if not np.isfinite([low.min(), high.max(), spread]).all():
        raise ParameterError("payoffs added over neighbours exceed what a float holds; state them in a larger unit")
    step = _step(population, settings, low, high, tables)
    tables.flags.writeable = False
    process = NetworkProcess(
        population, tuple(points), tables, settings, mutation, step, float(low.min()), float(high.max())
    )
    with np.errstate(over="ignore", invalid="ignore"):
        _check_fitness(process)
    return process


def _number(population: NetworkPopulation, points: list[dict[str, Fraction]], value: sympy.Expr, name: str) -> float:
    """Return a setting at values; layers that give its parameters different ones are an error."""
    found = set()
    for point in points:
        if symbols_of(value) <= point.keys():
            found.add(value_at(value, point))
    if len(found) != 1:
        raise ParameterError(
            f"{name} = {value} differs between layers; give it as a number or under a name of its own"
        )
    return float(found.pop())


def _totals(population: NetworkPopulation) -> np.ndarray:
    with_self = float(len(population.layers)) if population.payoffs.with_self else 0.0
    found = [_strengths(layer.graph) for layer in population.layers]
    if all(strengths.strides == (0,) for strengths in found):
        return np.broadcast_to(sum(strengths[0] for strengths in found) + with_self, population.size)
    return np.asarray(sum(found[1:], found[0]) + with_self)


def _strengths(graph: Graph) -> np.ndarray:
    """Return the weights of all meetings of each node; one number, broadcast, where they are alike."""
    if graph.weights is not None:
        return graph.explicit().strengths
    return np.broadcast_to(float(graph.degree), graph.size) if graph.is_regular else graph.degrees.astype(float)


def _bounds(population: NetworkPopulation, tables: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest payoffs that nodes can have; shape (different numbers of neighbours,)."""
    strengths = [_strengths(layer.graph) for layer in population.layers]
    if all(own.strides == (0,) for own in strengths):
        strengths = [own[:1] for own in strengths]
    weights = np.stack(strengths, axis=1) if len(strengths) > 1 else np.unique(strengths[0])[:, None]
    low, high = weights @ tables.min(axis=2), weights @ tables.max(axis=2)
    totals = weights.sum(axis=1)
    if population.payoffs.with_self:
        own = np.diagonal(tables, axis1=1, axis2=2).sum(axis=0)
        low, high, totals = low + own, high + own, totals + len(tables)
    if population.payoffs.mean:
        divisor = np.where(totals > 0, totals, 1.0)[:, None]
        low, high = low / divisor, high / divisor
    return low.min(axis=1), high.max(axis=1)


def _step(
    population: NetworkPopulation,
    settings: Mapping[str, float],
    low: np.ndarray,
    high: np.ndarray,
    tables: np.ndarray,
) -> float:
    """Return by what rates are multiplied; ProtocolError where chances could exceed 1 or rates be negative."""
    kind, given = population.kind, population.updating.step
    if kind == kinds.SCALED:
        reach = max(float(tables.max()), 0.0) - min(float(tables.min()), 0.0)
        return 1 / reach if reach > 0 else 1.0
    if kind not in SCALED_RATES:
        return 1.0 if given is None else float(given)
    least, most = float(low.min()), float(high.max())
    if kind == kinds.PROPORTIONAL:
        largest = most - least
    elif kind == kinds.SMITH:
        largest = (tables.shape[-1] - 1) * float((high - low).max())
    elif kind == kinds.DISSATISFIED:
        largest = (
            _positive(population.law, settings["aspiration"] - most, "aspiration", f"at least {most:.6g}")
            + most
            - least
        )
    else:
        largest = (
            _positive(population.law, least - settings["baseline"], "baseline", f"at most {least:.6g}") + most - least
        )
    longest = 1 / largest if largest > 0 else 1.0
    if given is not None and float(given) > longest * (1 + 1e-12):
        raise ProtocolError(
            f"{population.law.name}: step = {float(given):.6g}; chances stay below 1 for steps of at most {longest:.6g}"
        )
    return longest if given is None else float(given)


def _positive(law: Law, excess: float, name: str, bound: str) -> float:
    if excess < 0:
        raise ProtocolError(
            f"{law.name}: rates could be negative; {name} has to be {bound}, what nodes can earn here"
        )
    return excess


def _check_fitness(process: NetworkProcess) -> None:
    law, bounds = process.population.law, np.array([process.low, process.high])
    if process.population.kind in REPLACING and isinstance(law, ReplacementRule):
        logs = law.fitness.log_of(bounds, np.array([process.setting]))
        if not np.isfinite(logs).all():
            raise ParameterError(
                f"intensity = {process.setting:.6g} times payoffs up to {bounds[1]:.6g} exceeds what a float holds"
            )
    elif process.population.kind not in OWN_FORMULA and not np.isfinite(process.setting * bounds).all():
        raise ParameterError(f"{law} times payoffs up to {bounds[1]:.6g} exceeds what a float holds")
