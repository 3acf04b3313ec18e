"""Monomorphic states of finite populations, one strategy in each, and the lines between them on which a mutant rises or vanishes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from coopgame.dynamics.fitness import EXPONENTIAL
from coopgame.dynamics.laws import Law
from coopgame.dynamics.protocols import is_fermi
from coopgame.dynamics.replacement_rules import ReplacementRule, in_proportion_to_fitness
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.finite.population import FinitePopulation, ProcessAt

_MOST_PROFILES = 3000
_MOST_ERROR = 1e-8  # of the logarithm of a fixation probability, relative where it is large
_MOST_MEMBERS = 10**7  # of a population whose chances are listed
Place = tuple[int, ...]


@dataclass(frozen=True)
class MonomorphicStates:
    """All states in which every population plays one strategy.

    strategies: how many every population has.
    """

    strategies: tuple[int, ...]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The strategy of every population, the last changing fastest."""
        return tuple(product(*map(range, self.strategies)))

    @cached_property
    def index(self) -> dict[Place, int]:
        """Where each stands."""
        return {place: k for k, place in enumerate(self.places)}

    def invasions(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield (resident state, state of the mutant's success, population, the mutant's strategy) of all single mutants."""
        for i, place in enumerate(self.places):
            for p, count in enumerate(self.strategies):
                for s in range(count):
                    if s != place[p]:
                        yield i, self.index[*place[:p], s, *place[p + 1 :]], p, s


def monomorphic_states(population: FinitePopulation, what: str) -> MonomorphicStates:
    """Return the monomorphic states of populations in which strategies can only be copied.

    Raises UnsupportedError where absent strategies come back without mutation, and for more than 3000 states. what: is asked for, for the errors.
    """
    for law in population.laws:
        if not law.relative:
            raise UnsupportedError(
                f"{what}: under {law.name} absent strategies come back by themselves, so none is fixed; use find_stationary_distribution(), or a law of imitation or replacement"
            )
    strategies = tuple(len(own.strategies) for own in population.game.populations)
    if math.prod(strategies) > _MOST_PROFILES:
        raise UnsupportedError(
            f"{what}: {math.prod(strategies)} monomorphic states; up to {_MOST_PROFILES} are compared"
        )
    return MonomorphicStates(strategies)


def state_labels(population: FinitePopulation) -> tuple[str, ...]:
    """Return the names of the monomorphic states: the strategy, of several populations all of them."""
    return tuple(", ".join(profile) for profile in product(*(own.strategies for own in population.game.populations)))


def state_index(labels: tuple[str, ...], name: str | tuple[str, ...]) -> int:
    """Return the place of a monomorphic state that is named by its strategy or strategies."""
    label = ", ".join(map(str, name)) if isinstance(name, tuple | list) else name
    if label not in labels:
        raise StateError(f"no monomorphic state {label!r}; they are {'; '.join(labels)}")
    return labels.index(label)


def is_exponential(law: Law) -> bool:
    """Return whether the chances of a step down and of one up differ by the factor exp(-intensity * advantage): then they are not needed one by one."""
    if isinstance(law, ReplacementRule):
        return law.fitness == EXPONENTIAL and in_proportion_to_fitness(law)
    return is_fermi(law)


def line_counts(process: ProcessAt, place: Place, p: int, mutant: int, numbers: np.ndarray) -> list[np.ndarray]:
    """Return the states with given numbers of mutants in population p, all others being of one strategy; of every population shape (k, strategies)."""
    found = []
    for q, (own, size) in enumerate(zip(process.population.game.populations, process.population.sizes, strict=True)):
        counts = np.zeros((len(numbers), len(own.strategies)))
        counts[:, place[q]] = size
        if q == p:
            counts[:, place[q]] -= numbers
            counts[:, mutant] = numbers
        found.append(counts)
    return found


def log_steps(process: ProcessAt, place: Place, p: int, mutant: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the log chances that 1 … N - 1 mutants become one more and one fewer in one step, without mutation; two arrays of shape (N - 1,)."""
    size = process.population.sizes[p]
    if size > _MOST_MEMBERS:
        raise UnsupportedError(f"{size} members; fixation by single chances is computed for up to {_MOST_MEMBERS}")
    counts = line_counts(process, place, p, mutant, np.arange(1.0, size))
    chances = process.log_chances(p, counts, mutation=False)
    up, down = chances[:, place[p], mutant], chances[:, mutant, place[p]]
    _check_rounding(up, down)
    return up, down


def _check_rounding(up: np.ndarray, down: np.ndarray) -> None:
    """Raise ParameterError where exponents are so large that their sums cancel, and what is left is rounding.

    A term of the sum that gives fixation has the error of the steps up to it; the sum has the mean of these, weighed by the terms.
    """
    if not (np.isfinite(up).all() and np.isfinite(down).all()):
        return
    terms = np.concatenate([[0.0], np.cumsum(down - up)])
    errors = np.concatenate([[0.0], np.cumsum(np.abs(down) + np.abs(up))]) * 2.0**-53
    weights = np.exp(terms - terms.max())
    log = terms.max() + np.log(weights.sum())
    error = float(weights @ errors / weights.sum())
    if error > _MOST_ERROR * max(1.0, abs(log)):
        raise ParameterError(
            f"chances of steps are exp of numbers up to {max(np.abs(up).max(), np.abs(down).max()):.3g}, whose sums cancel; rounding leaves no digits: lower the intensity, or "
            "take fermi_imitation(), moran() or birth_death(), which have a formula"
        )
