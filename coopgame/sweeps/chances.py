"""A kind that a measure found, as 1 or 0: whose mean is a chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coopgame.errors import ParameterError
from coopgame.games.document import close_match
from coopgame.games.game import Game
from coopgame.sweeps.measure import Found, Measure, Points, Variable
from coopgame.sweeps.responses import game_of


@dataclass(frozen=True)
class Chance(Measure):
    """1 where another measure finds one kind, 0 where it finds another; made by `chance`."""

    measure: Measure
    label: str
    kind: Variable

    @property
    def name(self) -> str:  # type: ignore[override]
        """The kind that it looks for."""
        return f"{self.kind.name} is {self.label}"

    @property
    def compiled(self) -> bool:  # type: ignore[override]
        """As the measure behind it."""
        return self.measure.compiled

    @property
    def game(self) -> Game | None:
        """The game behind the measure, None for one without."""
        return game_of(self.measure)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """One number, 1 or 0."""
        return (Variable("chance", self.kind.dims, "float64", f"1 where {self.name}, else 0", "概率"),)

    @property
    def coordinates(self) -> Mapping[str, Sequence[str] | np.ndarray]:
        """The labels of the measure behind it, as far as the kind has them."""
        return {dim: self.measure.coordinates[dim] for dim in self.kind.dims}

    def check(self, names: Sequence[str]) -> None:
        """Raise what the measure behind it raises."""
        self.measure.check(names)

    def evaluate(self, points: Points) -> Found:
        """Return 1 where the kind is found; where nothing was found there is no result."""
        found = self.measure.evaluate(points)
        codes = np.asarray(found.arrays[self.kind.name])
        nothing = (codes < 0).reshape(len(codes), -1).any(axis=1)
        failures = {int(k): f"{self.kind.name} is undecided here" for k in np.flatnonzero(nothing)}
        hit = codes == self.kind.labels.index(self.label)
        return Found({"chance": hit.astype(float)}, {**failures, **found.failures})

    def describe(self, name: str) -> Mapping[str, str]:
        """Return what the measure behind it knows of a name."""
        return self.measure.describe(name)

    def provenance(self) -> Mapping[str, str]:
        """Return what it takes to compute the measure behind it again, and the kind."""
        return {**self.measure.provenance(), "kind": self.name}


def chance(measure: Measure, label: str, variable: str | None = None) -> Chance:
    """Return a measure that is 1 where another finds one kind and 0 elsewhere, for what needs a number.

    label: one of the labels of the variable, or its first word, such as E4. variable: the one with labels, where the measure has several. A point at which the kind
    is undecided has no result. Raises ParameterError for an unknown label or variable, and for a measure that finds no kinds.
    """
    kinds = {found.name: found for found in measure.variables if found.labels}
    if not kinds:
        raise ParameterError(f"{measure.name} finds numbers and no kinds; use it as it is")
    if variable is None and len(kinds) > 1:
        raise ParameterError(f"{measure.name} finds several kinds, {', '.join(kinds)}; say which one by variable=")
    wanted = next(iter(kinds)) if variable is None else variable
    if wanted not in kinds:
        raise ParameterError(f"{wanted!r} stands for no kinds{close_match(wanted, kinds)}")
    labels = kinds[wanted].labels
    fitting = [text for text in labels if label in (text, text.split(" ")[0])]
    if not fitting:
        raise ParameterError(f"{wanted} is never {label!r}{close_match(label, labels)}")
    if len(fitting) > 1:
        raise ParameterError(f"{label!r} is short for {' and '.join(map(repr, fitting))}; give one of them in full")
    return Chance(measure, fitting[0], kinds[wanted])
