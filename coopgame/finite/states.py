"""The states of finite populations: all numbers of members by strategy, in order, and the place of each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from coopgame.errors import StateError, UnsupportedError
from coopgame.finite.population import FinitePopulation

_MOST_STATES = 5_000_000


@dataclass(frozen=True)
class CountStates:
    """All states of finite populations in order: numbers rise, those of the first strategy slowest.

    sizes, strategies: of every population its number of members and of strategies.
    """

    sizes: tuple[int, ...]
    strategies: tuple[int, ...]

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """How many states every population has."""
        return tuple(math.comb(size + n - 1, n - 1) for size, n in zip(self.sizes, self.strategies, strict=True))

    def __len__(self) -> int:
        return math.prod(self.numbers)

    @cached_property
    def strides(self) -> tuple[int, ...]:
        """How far the place moves with the place of every population's own state."""
        return tuple(math.prod(self.numbers[p + 1 :]) for p in range(len(self.numbers)))

    @cached_property
    def tables(self) -> tuple[np.ndarray, ...]:
        """For every population the number of ways to part r members among q + 1 strategies, entry [q, r]; shape (strategies, size + 1)."""
        return tuple(_ways(size, n) for size, n in zip(self.sizes, self.strategies, strict=True))

    @cached_property
    def counts(self) -> np.ndarray:
        """The states, population after population; shape (number of states, number of strategies)."""
        own = [compositions(size, n) for size, n in zip(self.sizes, self.strategies, strict=True)]
        if len(own) == 1:
            states = own[0]
        else:
            places = np.indices(self.numbers).reshape(len(own), -1)
            states = np.concatenate([part[place] for part, place in zip(own, places, strict=True)], axis=1)
        states.flags.writeable = False
        return states

    def split(self, counts: np.ndarray) -> list[np.ndarray]:
        """Return the parts of states that belong to each population."""
        return np.split(counts, np.cumsum(self.strategies)[:-1], axis=-1)

    def places(self, counts: np.ndarray) -> np.ndarray:
        """Return where states stand; counts: whole numbers, shape (..., number of strategies)."""
        found: Any = 0
        for own, table, stride in zip(self.split(counts), self.tables, self.strides, strict=True):
            found = found + stride * _places(own, table)
        return np.asarray(found)


def states_of(population: FinitePopulation) -> CountStates:
    """Return the states of finite populations; UnsupportedError where they are too many to list."""
    strategies = tuple(len(own.strategies) for own in population.game.populations)
    states = CountStates(population.sizes, strategies)
    if len(states) > _MOST_STATES:
        raise UnsupportedError(
            f"{' and '.join(map(str, population.sizes))} members have {float(len(states)):.3g} states; chains are built of up to {_MOST_STATES}: take smaller "
            "populations, find_small_mutation_law() for rare mutants, or simulate"
        )
    return states


def neighbours(order: CountStates) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield rows and the places to which they lead when one member changes, for each change from one strategy to another."""
    first = 0
    for n in order.strategies:
        for i in range(n):
            rows = np.flatnonzero(order.counts[:, first + i] > 0)
            for j in range(n):
                if j != i:
                    after = order.counts[rows].copy()
                    after[:, first + i] -= 1
                    after[:, first + j] += 1
                    yield rows, order.places(after)
        first += n


def as_counts(population: FinitePopulation, state: Any) -> np.ndarray:
    """Return a state that was given by strategy or in order as whole numbers; shape (number of strategies,).

    state: a mapping from strategy (of several populations: population to such a mapping, or population.strategy) to its number, those left out being 0; or all numbers in
    order. Raises StateError when it is none of the populations' states.
    """
    names = names_of(population)
    given = [_number(value) for value in (_listed(names, state) if isinstance(state, dict) else np.ravel(state))]
    if len(given) != len(names):
        raise StateError(f"{len(given)} numbers are given; there are {len(names)} strategies, {', '.join(names)}")
    counts = np.array(given, dtype=np.int64)
    sizes = [len(own.strategies) for own in population.game.populations]
    for own, part, size in zip(
        population.game.populations, np.split(counts, np.cumsum(sizes)[:-1]), population.sizes, strict=True
    ):
        if (part < 0).any() or part.sum() != size:
            raise StateError(
                f"{own.name!r} has {size} members; the numbers {part.tolist()} sum to {part.sum()}, and none may be negative"
            )
    return counts


def names_of(population: FinitePopulation) -> tuple[str, ...]:
    """Return the names of the columns of states: strategies, of several populations as population.strategy."""
    groups = population.game.populations
    if len(groups) == 1:
        return groups[0].strategies
    return tuple(f"{own.name}.{strategy}" for own in groups for strategy in own.strategies)


def compositions(size: int, parts: int) -> np.ndarray:
    """Return all ways to part a number of members among strategies, in order; shape (number of ways, parts)."""
    left = np.array([size], dtype=np.int64)
    columns: list[np.ndarray] = []
    for _ in range(parts - 1):
        repeats = left + 1
        begins = np.cumsum(repeats) - repeats
        values = np.arange(int(repeats.sum()), dtype=np.int64) - np.repeat(begins, repeats)
        columns = [np.repeat(column, repeats) for column in columns]
        columns.append(values)
        left = np.repeat(left, repeats) - values
    return np.stack([*columns, left], axis=-1)


def _ways(size: int, strategies: int) -> np.ndarray:
    table = np.ones((strategies, size + 1), dtype=np.int64)
    for q in range(1, strategies):
        table[q] = np.cumsum(table[q - 1])
    return table


def _places(counts: np.ndarray, table: np.ndarray) -> np.ndarray:
    left: Any = table.shape[1] - 1
    found: Any = np.zeros(counts.shape[:-1], dtype=np.int64)
    for p in range(counts.shape[-1] - 1):
        row = table[counts.shape[-1] - 1 - p]
        after = left - counts[..., p]
        found = found + row[left] - row[after]
        left = after
    return np.asarray(found)


def _listed(names: Sequence[str], state: dict[Any, Any]) -> list[Any]:
    flat: dict[str, Any] = {}
    for key, value in state.items():
        flat |= {f"{key}.{s}": v for s, v in value.items()} if isinstance(value, dict) else {str(key): value}
    unknown = [name for name in flat if name not in names]
    if unknown:
        raise StateError(f"unknown strategy {unknown[0]!r}; known are {', '.join(names)}")
    return [flat.get(name, 0) for name in names]


def _number(value: Any) -> int:
    if isinstance(value, bool) or int(value) != value:
        raise StateError(f"a number of members is {value!r}; a whole number is needed")
    return int(value)
