"""Numbers of members by strategy: reading and checking them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from coopgame.errors import StateError
from coopgame.finite.population import FinitePopulation
from coopgame.games.declarations import Population
from coopgame.games.document import close_match


def as_counts(population: FinitePopulation, counts: Any) -> np.ndarray:
    """Return the numbers of members by strategy, population after population, as whole numbers; shape (number of strategies in all,).

    counts: of one population a mapping from strategies to numbers, those left out being 0, or a sequence with all numbers; of several a mapping from each population's name to that, a
    mapping from population.strategy, or a sequence with all numbers, population after population.

    Raises StateError for unknown names, numbers that are no whole numbers from 0 on, and sums that differ from the size.
    """
    populations = population.game.populations
    names = [own.name for own in populations]
    if isinstance(counts, Mapping):
        counts = _nested(populations, counts)
    if isinstance(counts, Mapping) and (len(populations) > 1 or set(counts) == set(names)):
        for name in counts:
            if name not in names:
                raise StateError(f"no population {name!r}{close_match(name, names)}")
        missing = [name for name in names if name not in counts]
        if missing:
            raise StateError(f"numbers of {', '.join(missing)} are missing; give them for every population")
        given = [counts[name] for name in names]
    elif isinstance(counts, Mapping):
        given = [counts]
    else:
        given = _split(populations, counts)
    read = [_of(own, one, size) for own, one, size in zip(populations, given, population.sizes, strict=True)]
    return np.concatenate(read)


def _nested(populations: Sequence[Population], counts: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Return numbers by population where they are given by population.strategy, others as they are."""
    flat = {f"{own.name}.{strategy}": (own.name, strategy) for own in populations for strategy in own.strategies}
    if not counts or any(key not in flat or key in populations[0].strategies for key in counts):
        return counts
    found: dict[str, dict[str, Any]] = {own.name: {} for own in populations}
    for key, number in counts.items():
        name, strategy = flat[key]
        found[name][strategy] = number
    return found


def _split(populations: Sequence[Population], counts: Any) -> list[Sequence[Any]]:
    numbers = list(counts) if hasattr(counts, "__iter__") and not isinstance(counts, str) else None
    total = sum(len(own.strategies) for own in populations)
    if numbers is None or len(numbers) != total:
        raise StateError(
            f"numbers of members are {counts!r}; a mapping from strategies or {total} numbers are needed"
        )
    ends = np.cumsum([0, *(len(own.strategies) for own in populations)])
    return [numbers[a:b] for a, b in pairwise(ends)]


def _of(population: Population, given: Any, size: int) -> np.ndarray:
    """Return the numbers of one population."""
    names = population.strategies
    if isinstance(given, Mapping):
        for name in given:
            if name not in names:
                raise StateError(f"no strategy {name!r} of {population.name!r}{close_match(name, names)}")
        given = [given.get(name, 0) for name in names]
    numbers = list(given) if hasattr(given, "__iter__") and not isinstance(given, str) else []
    if len(numbers) != len(names):
        raise StateError(
            f"numbers of {population.name!r} are {given!r}; {len(names)} are needed, one for each strategy"
        )
    for name, number in zip(names, numbers, strict=True):
        whole = hasattr(number, "__index__") or (isinstance(number, float) and number.is_integer())
        if isinstance(number, bool) or not whole or number < 0:
            raise StateError(
                f"{number!r} members play {name!r}; a whole number from 0 on is needed, members and not shares"
            )
    found = np.array([int(number) for number in numbers], dtype=np.int64)
    if found.sum() != size:
        raise StateError(f"{found.sum()} members of {population.name!r} are given; its size is {size}")
    return found
