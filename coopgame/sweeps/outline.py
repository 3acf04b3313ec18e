"""What the result of a sweep looks like before anything is computed: dimensions, arrays, their meaning, provenance."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import SweepError
from coopgame.sweeps.designs import Design
from coopgame.sweeps.measure import Found, Measure, Points, Variable

if TYPE_CHECKING:
    import xarray

KEPT_REASONS = 10_000  # of failed points; where they are is kept of all
FAILED = "failed"
_OWN = ("failure", "failure_index", "failure_reason", "computed")


@dataclass(frozen=True)
class Part:
    """An array of the result. dims, shape: beyond those of the points."""

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: str
    attrs: Mapping[str, Any]

    @property
    def missing(self) -> float | int | bool:
        """What stands where a point failed or was not computed."""
        return Variable(self.name, dtype=self.dtype).missing

    def empty(self, count: int) -> np.ndarray:
        """Return the array for so many points, all missing."""
        return np.full((count, *self.shape), self.missing, self.dtype)


@dataclass(frozen=True)
class Result:
    """The arrays of a chunk with `failed` among them, and the reasons of its first failures by the index of the point."""

    arrays: Mapping[str, np.ndarray]
    reasons: Mapping[int, str]

    @property
    def failures(self) -> int:
        """The number of points that failed."""
        return int(np.count_nonzero(self.arrays[FAILED]))


@dataclass(frozen=True)
class Outline:
    """Dimensions and arrays of the result of a sweep, with all that is written about them; it can be written as JSON.

    labels: of dimensions beyond those of the points. about: attributes of the coordinates of the points by name.
    """

    dims: tuple[str, ...]
    shape: tuple[int, ...]
    parts: tuple[Part, ...]
    labels: Mapping[str, list[Any]]
    about: Mapping[str, Mapping[str, str]]
    attrs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """The number of points."""
        return int(np.prod(self.shape, dtype=np.int64))

    def to_json(self) -> dict[str, Any]:
        """Return the outline as values that JSON knows."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Outline:
        """Return the outline that `to_json` gave."""
        parts = tuple(
            Part(p["name"], tuple(p["dims"]), tuple(p["shape"]), p["dtype"], p["attrs"]) for p in found["parts"]
        )
        dims, shape = tuple(found["dims"]), tuple(found["shape"])
        return cls(dims, shape, parts, found["labels"], found["about"], found["attrs"])

    def dataset(
        self,
        data: Mapping[str, Any],
        columns: Mapping[str, tuple[str, Any]],
        reasons: Mapping[int, str],
        **attrs: Any,
    ) -> xarray.Dataset:
        """Return the result; data: arrays or xarray's variables by name, of the shape of the points. columns: numbers of the points."""
        import xarray

        variables: dict[str, Any] = {}
        for part in self.parts:
            given = data[part.name]
            lazy = given if isinstance(given, xarray.Variable) else xarray.Variable((*self.dims, *part.dims), given)
            lazy.attrs = dict(part.attrs)
            variables[part.name] = lazy
        kept = sorted(reasons.items())[:KEPT_REASONS]
        about = {"long_name": "place of the failed point among all points, the last dimension fastest"}
        variables["failure_index"] = ("failure", np.array([k for k, _ in kept], dtype=np.int64), about)
        why = {"long_name": "why there is no result"}
        variables["failure_reason"] = ("failure", np.array([text for _, text in kept], dtype=np.str_), why)
        coordinates: dict[str, Any] = {}
        for name, (dim, column) in columns.items():
            numbers = column if isinstance(column, xarray.Variable) else xarray.Variable((dim,), column)
            numbers.attrs = dict(self.about.get(name, {}))
            coordinates[name] = numbers
        coordinates |= {dim: ((dim,), np.array(labels)) for dim, labels in self.labels.items()}
        return xarray.Dataset(variables, coordinates, {**self.attrs, **attrs})


@dataclass(frozen=True)
class Task:
    """Computes a measure at some points and checks what it gives; this is what is sent to workers."""

    measure: Measure
    parts: tuple[Part, ...]

    def __call__(self, points: Points) -> Result:
        found = self.measure.evaluate(points)
        count = len(points)
        failed = np.zeros(count, dtype=bool)
        for k in found.failures:
            if not 0 <= k < count:
                raise SweepError(f"{self._who} names point {k} of {count} as failed; places count from 0")
            failed[k] = True
        arrays = {part.name: self._checked(part, found, failed) for part in self.parts if part.name != FAILED}
        unknown = sorted(set(found.arrays) - set(arrays))
        if unknown:
            raise SweepError(f"{self._who} gave {unknown[0]!r}, which is not among its variables")
        arrays[FAILED] = failed
        first = sorted(found.failures.items())[:KEPT_REASONS]
        return Result(arrays, {int(points.indices[k]): str(reason) for k, reason in first})

    @property
    def _who(self) -> str:
        return f"the measure {self.measure.name!r}"

    def _checked(self, part: Part, found: Found, failed: np.ndarray) -> np.ndarray:
        """Return an array of the measure with the type of its variable and missing values at failed points."""
        if part.name not in found.arrays:
            raise SweepError(f"{self._who} gave no {part.name!r}")
        given = np.asarray(found.arrays[part.name])
        wanted = (len(failed), *part.shape)
        if given.shape != wanted:
            raise SweepError(f"{self._who} gave {part.name!r} with the shape {given.shape}; {wanted} is needed")
        if not np.can_cast(given.dtype, part.dtype, "same_kind"):
            raise SweepError(f"{self._who} gave {part.name!r} as {given.dtype}; {part.dtype} is needed")
        array = given.astype(part.dtype)
        array[failed] = part.missing
        return array


def outline_of(measure: Measure, design: Design, seed: int) -> Outline:
    """Return what the result of a sweep looks like; SweepError where names collide or a dimension has no labels."""
    labels = {dim: np.asarray(found).tolist() for dim, found in measure.coordinates.items()}
    parts = [_part(measure, variable, labels) for variable in measure.variables]
    taken = [*design.dims, *(n for n in design.names if n not in design.dims), *labels, FAILED, *_OWN]
    names = [*taken, *(part.name for part in parts)]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise SweepError(
            f"{repeated[0]!r} is the name of two things in this sweep: numbers or dimensions of its points, variables of the "
            f"measure {measure.name!r} and {', '.join((FAILED, *_OWN))}; rename one of them"
        )
    parts.append(
        Part(FAILED, (), (), "bool", {"long_name": "whether there is no result", "long_name_zh": "是否失败"})
    )
    attrs = {"measure": measure.name, "design": str(design), "seed": seed, **measure.provenance(), **versions()}
    about = {name: dict(measure.describe(name)) for name in design.names}
    return Outline(design.dims, design.shape, tuple(parts), labels, about, attrs)


def versions() -> dict[str, str]:
    """Return the versions that results depend on, under the names of the attributes."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {
        "coopgame_version": version("coopgame-egt"),
        "numpy_version": version("numpy"),
        "numba_version": version("numba"),
        "python_version": python,
    }


def merged(reasons: Mapping[int, str], more: Iterable[tuple[int, str]]) -> dict[int, str]:
    """Return the reasons of the first failed points among those known and more of them."""
    return dict(sorted((*reasons.items(), *more))[:KEPT_REASONS])


def _part(measure: Measure, variable: Variable, labels: Mapping[str, list[Any]]) -> Part:
    unknown = [dim for dim in variable.dims if dim not in labels]
    if unknown:
        raise SweepError(f"the measure {measure.name!r} gives no coordinates for the dimension {unknown[0]!r}")
    dtype = np.dtype(variable.dtype)
    if dtype.kind not in "bif":
        raise SweepError(
            f"the variable {variable.name!r} is {dtype}; floats, signed whole numbers and truth values are kept"
        )
    attrs: dict[str, Any] = {"long_name": variable.meaning or variable.name}
    if variable.zh:
        attrs["long_name_zh"] = variable.zh
    if variable.unit:
        attrs["units"] = variable.unit
    if variable.labels:
        attrs["flag_values"] = list(range(len(variable.labels)))
        attrs["flag_meanings"] = " ".join("_".join(label.split()) for label in variable.labels)
        attrs["labels"] = list(variable.labels)
    if variable.labels_zh:
        attrs["labels_zh"] = list(variable.labels_zh)
    shape = tuple(len(labels[dim]) for dim in variable.dims)
    return Part(variable.name, variable.dims, shape, dtype.name, attrs)
