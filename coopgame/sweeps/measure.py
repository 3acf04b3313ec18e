"""What a sweep computes at every point: the variables of a measure, the points it gets, and what it gives back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Variable:
    """One array of the result of a sweep.

    dims: dimensions beyond those of the points, each with labels in `Measure.coordinates`. dtype: of numpy. labels: for whole numbers that stand for
    something, the text of 0, 1, …; -1 stands for nothing.
    """

    name: str
    dims: tuple[str, ...] = ()
    dtype: str = "float64"
    meaning: str = ""
    zh: str | None = None
    unit: str | None = None
    labels: tuple[str, ...] = ()
    labels_zh: tuple[str, ...] = ()

    @property
    def missing(self) -> float | int | bool:
        """What stands where a point failed: NaN, -1 for whole numbers, False."""
        kind = np.dtype(self.dtype).kind
        return float("nan") if kind == "f" else False if kind == "b" else -1


@dataclass(frozen=True)
class Points:
    """Some points of a sweep.

    values: name -> numbers, each of shape (N,). indices: of the points in the whole sweep, shape (N,). seed: of the sweep.
    """

    values: Mapping[str, np.ndarray]
    indices: np.ndarray
    seed: int = 0

    def __len__(self) -> int:
        return len(self.indices)

    def rng(self, k: int) -> np.random.Generator:
        """Return the random numbers of the k-th of these points; they depend on the seed and its index in the sweep alone."""
        key = np.random.SeedSequence(self.seed, spawn_key=(int(self.indices[k]),))
        return np.random.Generator(np.random.PCG64(key))


@dataclass(frozen=True)
class Found:
    """What a measure found at some points.

    arrays: one for each variable, of shape (N, ...). failures: place among these points -> why there is no result; what the arrays
    hold there does not matter.
    """

    arrays: Mapping[str, np.ndarray]
    failures: Mapping[int, str] = field(default_factory=dict)


class Measure(ABC):
    """What a sweep computes at every point; frozen and picklable.

    To make one, give `variables`, `check` and `evaluate`; an ordinary function of numbers needs none of this, `sweep` takes it as it is.
    compiled: whether `evaluate` spends its time outside of Python's lock, so that threads run it side by side; else
    processes do.
    """

    name: str = "measure"
    compiled: bool = False

    @property
    @abstractmethod
    def variables(self) -> tuple[Variable, ...]:
        """The arrays that it gives."""

    @property
    def coordinates(self) -> Mapping[str, Sequence[str] | np.ndarray]:
        """Labels of the dimensions that variables have beyond those of the points."""
        return {}

    @abstractmethod
    def check(self, names: Sequence[str]) -> None:
        """Raise ParameterError or StateError when it cannot be computed at points that have exactly these names."""

    def prepare(self, tell: Callable[[str], object]) -> None:  # noqa: B027 - most have nothing to prepare
        """Do what takes long once, such as compiling, before the first point; `tell` is given a few words when there is something to wait for."""

    @abstractmethod
    def evaluate(self, points: Points) -> Found:
        """Return the results at some points; each depends on its own point alone, whatever stands beside it."""

    def describe(self, name: str) -> Mapping[str, str]:
        """Return what is known of a name of the points: `long_name`, `long_name_zh`, `units`."""
        return {}

    def provenance(self) -> Mapping[str, str]:
        """Return what it takes to compute it again: the text of the game, the dynamics, solver, tolerances."""
        return {}
