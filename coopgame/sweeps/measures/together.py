"""Several measures of the same points, as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coopgame.errors import ParameterError
from coopgame.sweeps.measure import Found, Measure, Points, Variable


def together(*measures: Measure) -> Together:
    """Return several measures as one, which a sweep computes at the same points.

    Their variables must have different names, and dimensions of the same name the same labels. A point where one of them fails is a failure, with the name of
    that measure before the reason.

    Raises ParameterError when names or labels clash, or when there is no measure.

    >>> from coopgame import MatrixGame
    >>> from coopgame.sweeps.measures import final_shares, welfare
    >>> game = MatrixGame([["b", 0], [0, 1]], symbol="x")
    >>> [variable.name for variable in together(final_shares(game), welfare(game)).variables][:3]
    ['shares', 'log_shares', 'payoff']
    """
    if not measures:
        raise ParameterError("no measure is given; name at least one")
    for measure in measures:
        if not isinstance(measure, Measure):
            raise ParameterError(f"{measure!r} is no measure; give measures such as final_shares(game)")
    names = [variable.name for measure in measures for variable in measure.variables]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"two measures have a variable {name!r}; sweep over them one after the other")
    known: dict[str, np.ndarray] = {}
    for measure in measures:
        for dim, labels in measure.coordinates.items():
            if not np.array_equal(known.setdefault(dim, np.asarray(labels)), np.asarray(labels)):
                raise ParameterError(
                    f"two measures label the dimension {dim!r} in different ways; sweep over them in turn"
                )
    return Together(measures, all(measure.compiled for measure in measures))


@dataclass(frozen=True, eq=False)
class Together(Measure):
    """Several measures as one; made by `together`."""

    measures: tuple[Measure, ...]
    compiled: bool

    @property
    def name(self) -> str:  # type: ignore[override]
        """The names of the measures."""
        return " + ".join(measure.name for measure in self.measures)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of all measures."""
        return tuple(variable for measure in self.measures for variable in measure.variables)

    @property
    def coordinates(self) -> Mapping[str, Sequence[str] | np.ndarray]:
        """The labels of all dimensions."""
        return {dim: labels for measure in self.measures for dim, labels in measure.coordinates.items()}

    def check(self, names: Sequence[str]) -> None:
        """Raise what any of the measures raises."""
        for measure in self.measures:
            measure.check(names)

    def prepare(self, tell: Callable[[str], object]) -> None:
        """Prepare all measures."""
        for measure in self.measures:
            measure.prepare(tell)

    def evaluate(self, points: Points) -> Found:
        """Return the results of all measures."""
        arrays: dict[str, np.ndarray] = {}
        failures: dict[int, str] = {}
        for measure in self.measures:
            found = measure.evaluate(points)
            arrays |= found.arrays
            for place, reason in found.failures.items():
                text = f"{measure.name}: {reason}"
                failures[place] = f"{failures[place]}; {text}" if place in failures else text
        return Found(arrays, dict(sorted(failures.items())))

    def describe(self, name: str) -> Mapping[str, str]:
        """Return what any of the measures knows of a name, the first one first."""
        told: dict[str, str] = {}
        for measure in self.measures:
            told = {**measure.describe(name), **told}
        return told

    def provenance(self) -> Mapping[str, str]:
        """Return what all measures share once, and what differs with the name of the measure."""
        told: dict[str, str] = {}
        for measure in self.measures:
            for key, text in measure.provenance().items():
                told[key if told.get(key, text) == text else f"{measure.name}.{key}"] = text
        return {**told, "measure": self.name}
