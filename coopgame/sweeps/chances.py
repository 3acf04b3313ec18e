"""A kind that a measure found, as 1 or 0: whose mean is a chance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

    def prepare(self, tell: Callable[[str], object]) -> None:
        """Prepare the measure."""
        self.measure.prepare(tell)

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

    label: one of the labels of the variable, or its first word, such as E4. variable: the one that is meant, where labels of several fit. A point at
    which nothing was found (code -1) has no result. Raises ParameterError for an unknown label or variable, and for a measure that finds no kinds.

    >>> from coopgame import MatrixGame, chance, measures, sweep
    >>> hunt = MatrixGame([["b", 0], [0, 1]], strategies=["stag", "hare"], symbol="x")
    >>> reached = sweep(chance(measures.attractor_reached(hunt, {"b": 3}), "E2"), {"x": [0.1, 0.2, 0.3, 0.4]})  # x = 1/4 divides
    >>> reached["chance"].values
    array([0., 0., 1., 1.])
    """
    kinds = {found.name: found for found in measure.variables if found.labels}
    if not kinds:
        raise ParameterError(f"{measure.name} finds numbers and no kinds; use it as it is")
    if variable is not None and variable not in kinds:
        raise ParameterError(f"{variable!r} stands for no kinds{close_match(variable, kinds)}")
    asked = list(kinds.values()) if variable is None else [kinds[variable]]
    fitting = [(kind, text) for kind in asked for text in kind.labels if label in (text, text.split(" ")[0])]
    if not fitting:
        labels = [text for kind in asked for text in kind.labels]
        raise ParameterError(
            f"{' or '.join(kind.name for kind in asked)} is never {label!r}{close_match(label, labels)}"
        )
    if len(fitting) > 1:
        shown = " and ".join(f"{kind.name} {text!r}" for kind, text in fitting)
        raise ParameterError(f"{label!r} can be {shown}; give the label in full and variable=")
    kind, text = fitting[0]
    return Chance(measure, text, kind)
