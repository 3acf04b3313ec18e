"""Where a sweep computes: grids, lists side by side, random and quasi-random points, random starts, and their products."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import ParameterError, UnsupportedError

if TYPE_CHECKING:
    from coopgame.games.game import Game

_INSIDE = (2.0**-54, 1 - 2.0**-53)  # a quantile is asked for strictly between 0 and 1
_POINTS, _STARTS = 1, 2  # what a stream of random numbers is for: kinds of designs with one seed are independent
_SCALED = np.finfo(float).max


@dataclass(frozen=True, eq=False)
class Axis:
    """One dimension of a design: numbers by name, all of one length. made: how they were chosen, empty where they were given."""

    dim: str
    columns: Mapping[str, np.ndarray]
    made: str = ""

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))


@dataclass(frozen=True, eq=False)
class Design:
    """The points of a sweep: every combination of the places along its dimensions, the last one changing fastest.

    Points are computed from their place in that order, so a large grid takes no memory. Designs with other names are combined by `*`.
    """

    axes: tuple[Axis, ...] = field(repr=False)

    def __post_init__(self) -> None:
        for what, found in (("dimension", self.dims), ("name", self.names)):
            repeated = sorted({one for one in found if found.count(one) > 1})
            if repeated:
                raise ParameterError(
                    f"the {what} {repeated[0]!r} stands twice in the design; "
                    + ("give one of them another dim=" if what == "dimension" else "take it out of one of the parts")
                )
        mixed = sorted(name for axis in self.axes for name in axis.columns if name in {*self.dims} - {axis.dim})
        if mixed:
            raise ParameterError(f"{mixed[0]!r} is a dimension and numbers along another one; give another dim=")

    @property
    def dims(self) -> tuple[str, ...]:
        """The dimensions, in order."""
        return tuple(axis.dim for axis in self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of places along each dimension."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the numbers that a point has."""
        return tuple(name for axis in self.axes for name in axis.columns)

    @property
    def coordinates(self) -> Mapping[str, tuple[str, np.ndarray]]:
        """Name -> its dimension and its numbers along it."""
        return {name: (axis.dim, column) for axis in self.axes for name, column in axis.columns.items()}

    def __len__(self) -> int:
        return prod(self.shape)

    def points(self, indices: np.ndarray | Sequence[int]) -> dict[str, np.ndarray]:
        """Return the numbers of some points by name, each of the shape of indices; indices count all points from 0."""
        places = np.unravel_index(np.asarray(indices, dtype=np.int64), self.shape)
        return {
            name: column[place]
            for axis, place in zip(self.axes, places, strict=True)
            for name, column in axis.columns.items()
        }

    def __mul__(self, other: Design | Mapping[str, Any]) -> Design:
        return Design((*self.axes, *as_design(other).axes))

    def __rmul__(self, other: Mapping[str, Any]) -> Design:
        return Design((*as_design(other).axes, *self.axes))

    def describe(self) -> dict[str, str]:
        """Return what makes the design what it is, by subject; numbers as a summary with the SHA-256 of their bytes.

        Two designs have the same points if and only if these texts are the same, up to collisions of the hash.
        """
        said = {"the dimensions": ", ".join(f"{axis.dim} ({len(axis)})" for axis in self.axes)}
        for axis in self.axes:
            if axis.made:
                said[f"the points along {axis.dim}"] = axis.made
            for name, column in axis.columns.items():
                said[f"the values of {name}"] = f"{_summary(column)} along {axis.dim} [{_digest(column)}]"
        return said

    def __str__(self) -> str:
        return f"{len(self)} points: " + "; ".join(
            f"{axis.dim}: {axis.made or ', '.join(_summary(c) for c in axis.columns.values())}" for axis in self.axes
        )

    def __repr__(self) -> str:
        return f"<Design of {self}>"


def as_design(over: Design | Mapping[str, Any]) -> Design:
    """Return a design; a mapping is a grid."""
    if isinstance(over, Design):
        return over
    if isinstance(over, Mapping):
        return grid(over)
    raise ParameterError(
        f"over = {over!r}; give a mapping from names to lists of numbers, or a design: grid, paired, random_points, quasi_random, random_states"
    )


def grid(values: Mapping[str, Any]) -> Design:
    """Return every combination of numbers, each name along a dimension of its own.

    values: name -> numbers, one after the other. Whole numbers stay whole.

    Raises ParameterError for no numbers, numbers that are not finite, and tables.

    >>> from coopgame import grid
    >>> design = grid({"b": [3, 4, 5], "c": [0.5, 1.5]})
    >>> len(design), design.points([0, 3])
    (6, {'b': array([3, 4]), 'c': array([0.5, 1.5])})
    """
    _some(values)
    return Design(tuple(Axis(name, {name: _column(name, numbers)}) for name, numbers in values.items()))


def paired(values: Mapping[str, Any], dim: str = "case") -> Design:
    """Return lists side by side: the k-th point has the k-th number of every name; they lie along one dimension.

    Raises ParameterError for lists of different lengths, and as `grid` does.

    >>> from coopgame import paired
    >>> paired({"b": [3, 4], "x": [0.2, 0.7]}).points([1])
    {'b': array([4]), 'x': array([0.7])}
    """
    _some(values)
    columns = {name: _column(name, numbers) for name, numbers in values.items()}
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name} has {count}" for name, count in lengths.items())
        raise ParameterError(f"lists side by side must be equally long, but {shown}; for every combination use grid")
    return Design((Axis(dim, columns),))


def random_points(values: Mapping[str, Any], n: int, rng: int = 0, dim: str = "sample") -> Design:
    """Return n independent random points along one dimension.

    values: name -> (low, high) for a uniform number, or a frozen distribution of scipy.stats. rng: a seed; the first points are the
    same for every n.

    Raises ParameterError for ranges that do not rise, and anything else that is no distribution.

    >>> from coopgame import random_points
    >>> few, many = random_points({"b": (1, 3)}, 2, rng=7), random_points({"b": (1, 3)}, 9, rng=7)
    >>> bool((many.points([0, 1])["b"] == few.points([0, 1])["b"]).all())
    True
    """
    _some(values)
    count, seed = _whole("n", n, 1), _whole("rng", rng, 0)
    uniform = _stream(seed, _POINTS).random((count, len(values)))
    return _sampled(values, uniform, dim, f"{count} random points, seed {seed}")


def quasi_random(
    values: Mapping[str, Any],
    n: int,
    rng: int = 0,
    sequence: Callable[..., Any] | None = None,
    dim: str = "sample",
) -> Design:
    """Return n points that fill their ranges more evenly than random ones do, along one dimension.

    values: as in `random_points`. sequence: a class of scipy.stats.qmc such as Halton, LatinHypercube or Sobol, the default, with
    scrambling by the seed rng. Sobol's points are balanced for powers of 2 only, so n must be one for them.

    Raises ParameterError for another n with Sobol, and as `random_points` does.

    References: Sobol' (1967) and Owen's scrambling, as implemented and cited by scipy.stats.qmc.

    >>> from coopgame import quasi_random
    >>> points = quasi_random({"b": (0, 1)}, 8).points(range(8))["b"]
    >>> sorted((points * 8).astype(int).tolist())  # one in every eighth
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    from scipy.stats import qmc

    _some(values)
    count, seed = _whole("n", n, 1), _whole("rng", rng, 0)
    made = qmc.Sobol if sequence is None else sequence
    if not (isinstance(made, type) and issubclass(made, qmc.QMCEngine)):
        raise ParameterError(f"sequence = {made!r}; give a class of scipy.stats.qmc, such as qmc.Sobol or qmc.Halton")
    if issubclass(made, qmc.Sobol) and count & (count - 1):
        power = 1 << count.bit_length()
        raise ParameterError(
            f"n = {count}; Sobol's points are balanced for powers of 2 only: take n = {power // 2} or {power}, or sequence=qmc.Halton"
        )
    uniform = _engine(made, len(values), seed).random(count)
    return _sampled(values, uniform, dim, f"{count} points of {made.__name__}, seed {seed}")


def random_states(game: Game, n: int, rng: int = 0, dim: str = "start", concentration: float = 1.0) -> Design:
    """Return n random states of a game along one dimension, named as in `game.coordinates`.

    Shares of each population are drawn from the symmetric Dirichlet distribution: with a concentration of 1, uniformly from all
    states; below 1, nearer to the vertices. Environment variables with the bound 1 are drawn in the same way. rng: a seed; the first
    states are the same for every n.

    Raises ParameterError for a concentration that is not positive, UnsupportedError for quantities without an upper bound.

    >>> from coopgame import MatrixGame, random_states
    >>> random_states(MatrixGame([[1, 0], [0, 2]], symbol="x"), 100).names
    ('x',)
    """
    count, seed = _whole("n", n, 1), _whole("rng", rng, 0)
    if not np.isfinite(concentration) or concentration <= 0:
        raise ParameterError(f"concentration = {concentration!r}; a positive number is needed, 1 for uniform states")
    columns: dict[str, np.ndarray] = {}
    for p, block in enumerate(game.blocks):
        if not block.bounded:
            raise UnsupportedError(
                f"{block.name} has no upper bound, so there is no uniform start; give its range by random_points or quasi_random"
            )
        strategies = block.strategies
        shares = _stream(seed, _STARTS, p).dirichlet(np.full(len(strategies), float(concentration)), count)
        if block.symbol:
            columns[block.symbol] = shares[:, 0]
        elif len(strategies) > 1:
            columns |= {f"{block.name}.{s}": shares[:, i] for i, s in enumerate(strategies)}
    if not columns:
        raise ParameterError(f"{game.name or 'the game'} has one state only; there is nothing to draw")
    made = f"{count} random states, concentration {float(concentration):g}, seed {seed}"
    return Design((Axis(dim, {name: _frozen(column) for name, column in columns.items()}, made),))


def _some(values: Mapping[str, Any]) -> None:
    if not isinstance(values, Mapping):
        raise ParameterError(f"{values!r} is no mapping; give names with their numbers, such as {{'b': [1, 2, 3]}}")
    if not values:
        raise ParameterError("the design has no names; give at least one with its numbers, such as {'b': [1, 2, 3]}")
    for name in values:
        if not isinstance(name, str) or not name.strip():
            raise ParameterError(f"{name!r} is no name; the names of a design are texts")


def _column(name: str, numbers: Any) -> np.ndarray:
    """Return the numbers of a name as a read-only array of floats or whole numbers."""
    if not isinstance(numbers, np.ndarray):
        numbers = list(numbers) if isinstance(numbers, Sequence) and not isinstance(numbers, str) else numbers
    column = np.asarray(numbers)
    if column.ndim == 0:
        raise ParameterError(
            f"{name} = {numbers!r} is one value; a design holds what varies: give a list such as [{numbers!r}], or fix the value in the measure"
        )
    if column.ndim > 1:
        raise ParameterError(
            f"{name} has the shape {column.shape}; give numbers one after the other, several names side by side with paired"
        )
    if not len(column):
        raise ParameterError(f"{name} has no values, so the sweep has no points; give at least one")
    if column.dtype.kind == "O" and not any(isinstance(v, str | bool | np.bool_ | None) for v in column):
        try:
            column = column.astype(float)
        except (TypeError, ValueError, OverflowError) as error:
            raise ParameterError(f"the values of {name} are no numbers: {error}") from None
    if column.dtype.kind not in "iuf":
        raise ParameterError(
            f"the values of {name} are {column.dtype}, no numbers; code them as 0, 1, … where they are choices"
        )
    return _frozen(_finite(name, column.astype(np.float64 if column.dtype.kind == "f" else np.int64)))


def _finite(name: str, column: np.ndarray) -> np.ndarray:
    wrong = np.flatnonzero(~np.isfinite(column))
    if len(wrong):
        raise ParameterError(
            f"value {wrong[0]} of {name} is {column[wrong[0]]}; a design holds finite numbers, take {len(wrong)} of {len(column)} out"
        )
    return column


def _frozen(column: np.ndarray) -> np.ndarray:
    column = np.array(column)
    column.flags.writeable = False
    return column


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ParameterError(f"{name} = {value!r}; a whole number of at least {least} is needed")
    return int(value)


def _stream(seed: int, kind: int, part: int = 0) -> np.random.Generator:
    """Return random numbers for a kind of design; the long key keeps them apart from those of the points of a sweep."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(kind, part, 0))))


def _engine(made: Callable[..., Any], d: int, seed: int) -> Any:
    """Return an engine of scipy.stats.qmc; the seed was called `seed` before SciPy 1.15."""
    import inspect

    names = inspect.signature(made).parameters
    generator = _stream(seed, _POINTS, 1)
    return made(d=d, **{"rng" if "rng" in names else "seed": generator})


def _sampled(values: Mapping[str, Any], uniform: np.ndarray, dim: str, made: str) -> Design:
    columns = {
        name: _frozen(_finite(name, _quantiles(name, given, uniform[:, i])))
        for i, (name, given) in enumerate(values.items())
    }
    return Design((Axis(dim, columns, made),))


def _quantiles(name: str, given: Any, uniform: np.ndarray) -> np.ndarray:
    """Return numbers from a range or a distribution, from uniform ones between 0 and 1."""
    quantile = getattr(given, "ppf", None) or getattr(given, "icdf", None)
    if callable(quantile):
        return np.asarray(quantile(np.clip(uniform, *_INSIDE)), dtype=float)
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError):
        raise ParameterError(
            f"{name}: {given!r}; give a range (low, high), or a distribution such as scipy.stats.norm(1, 0.1)"
        ) from None
    if not -_SCALED / 2 < low < high < _SCALED / 2:
        raise ParameterError(f"{name}: the range ({low:g}, {high:g}) must rise and be finite")
    return low + (high - low) * uniform


def _summary(column: np.ndarray) -> str:
    """Return how many numbers there are, and the ends, in few words."""
    if len(column) == 1:
        return f"1 number, {column[0]:.12g}"
    first, last = column[0], column[-1]
    low, high = column.min(), column.max()
    if (first, last) in ((low, high), (high, low)):
        return f"{len(column)} from {first:.12g} to {last:.12g}"
    return f"{len(column)} between {low:.12g} and {high:.12g}"


def _digest(column: np.ndarray) -> str:
    little = np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("<"))
    return "sha256 " + hashlib.sha256(little.dtype.str.encode() + little.tobytes()).hexdigest()[:32]
