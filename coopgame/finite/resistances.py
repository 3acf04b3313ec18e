"""Resistances between the recurrent classes of a chain without noise, and radius and coradius of each, by shortest paths."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from coopgame.dynamics.markov import Term, closed_classes
from coopgame.errors import UnsupportedError

_MOST_CLASSES = 200
Graph = Sequence[dict[int, int]]  # of each state those that can follow, with whole costs


@dataclass(frozen=True, eq=False)
class Resistances:
    """Recurrent classes, and the least costs of paths between them.

    classes: states of each; costs are whole numbers in units of 1/scale.
    """

    classes: tuple[tuple[int, ...], ...]
    scale: int
    forward: Graph
    backward: Graph

    @cached_property
    def _from(self) -> tuple[np.ndarray, ...]:
        """For each class the least cost from it to every state."""
        self._check_number()
        return tuple(_least(self.forward, own) for own in self.classes)

    @cached_property
    def _to(self) -> tuple[np.ndarray, ...]:
        """For each class the least cost from every state to it."""
        self._check_number()
        return tuple(_least(self.backward, own) for own in self.classes)

    def _check_number(self) -> None:
        if len(self.classes) > _MOST_CLASSES:
            raise UnsupportedError(
                f"without noise the chain has {len(self.classes)} recurrent classes; up to {_MOST_CLASSES} are compared"
            )

    @cached_property
    def table(self) -> tuple[tuple[Fraction, ...], ...]:
        """The least costs from class to class."""
        return tuple(tuple(Fraction(int(row[own[0]]), self.scale) for own in self.classes) for row in self._from)

    @cached_property
    def radii(self) -> tuple[Fraction | None, ...]:
        """The least cost out of the basin of each class; None where all states lead there without noise."""
        reached = np.array([costs == 0 for costs in self._to])
        found: list[Fraction | None] = []
        for costs, own in zip(self._from, reached, strict=True):
            outside = ~(own & (reached.sum(axis=0) == 1))
            found.append(Fraction(int(min(costs[outside])), self.scale) if outside.any() else None)
        return tuple(found)

    @cached_property
    def coradii(self) -> tuple[Fraction, ...]:
        """The largest of the least costs to each class."""
        return tuple(Fraction(int(max(costs)), self.scale) for costs in self._to)


def resistances_of(rates: Sequence[dict[int, Term]]) -> Resistances:
    """Return the resistances of a chain given by the leading terms of its chances, in which every state leads to every other.

    References: Young (1993), Econometrica 61; Ellison (2000), Review of Economic Studies 67.
    """
    scale = math.lcm(*(order.denominator for row in rates for order, _ in row.values()))
    forward: list[dict[int, int]] = [
        {j: int(order * scale) for j, (order, _) in row.items() if j != i} for i, row in enumerate(rates)
    ]
    backward: list[dict[int, int]] = [{} for _ in rates]
    for i, row in enumerate(forward):
        for j, cost in row.items():
            backward[j][i] = cost
    free = np.zeros((len(rates),) * 2, dtype=bool)
    for i, row in enumerate(forward):
        free[i, [j for j, cost in row.items() if cost == 0]] = True
    classes = closed_classes(free)
    return Resistances(classes, scale, forward, backward)


def _least(graph: Graph, sources: Sequence[int]) -> np.ndarray:
    """Return the least costs from a set of states to all (Dijkstra 1959), as whole numbers."""
    costs: list[int | None] = [None] * len(graph)
    waiting = [(0, k) for k in sources]
    while waiting:
        cost, k = heapq.heappop(waiting)
        if costs[k] is not None:
            continue
        costs[k] = cost
        for j, more in graph[k].items():
            if costs[j] is None:
                heapq.heappush(waiting, (cost + more, j))
    return np.array(costs, dtype=object)
