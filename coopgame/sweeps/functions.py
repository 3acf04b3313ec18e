"""Ordinary functions as measures of a sweep: what they give is found by calling them at the first points."""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from coopgame.errors import CoopgameError, ParameterError
from coopgame.sweeps.designs import Design
from coopgame.sweeps.measure import Found, Measure, Points, Variable

# What a function of a user may raise at a point without stopping the sweep. Not among them: what concerns the whole run,
# such as an interrupt, no memory, a file or a module that is not there. Warnings come as errors where a user asked for that.
FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    CoopgameError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    Warning,
)
_TRIED = 20  # points at which a function is called to learn what it gives
_LONGEST = 500  # letters of a reason


class ResultError(CoopgameError, TypeError):
    """A function returned what no array of numbers can hold, or not what it returned at other points."""


@dataclass(frozen=True)
class Vectorised:
    """A function that takes arrays of shape (N,) by name and returns arrays of shape (N, ...), made by `vectorised`."""

    function: Callable[..., Any]
    compiled: bool = False


def vectorised(function: Callable[..., Any], *, compiled: bool = False) -> Vectorised:
    """Return a function marked as one that computes many points in one call, for `sweep`.

    function: takes the numbers of N points by name, each an array of shape (N,), and returns an array of shape (N,) or (N, k), or a
    mapping from names to such arrays. Each entry must depend on its own point alone. compiled: whether the function leaves
    Python's lock, as one of numba with nogil=True does; workers are then threads.

    >>> from coopgame import sweep, vectorised
    >>> result = sweep(vectorised(lambda b, c: b / c), {"b": [2, 4], "c": [1, 2]})
    >>> result["value"].values.tolist()
    [[2.0, 1.0], [4.0, 2.0]]
    """
    if not callable(function):
        raise ParameterError(f"{function!r} is no function; give one that takes arrays by name")
    if "rng" in _parameters(function):
        raise ParameterError(
            "a vectorised function cannot take rng: random numbers belong to single points; give sweep the function for one point"
        )
    return Vectorised(function, compiled)


@dataclass(frozen=True)
class FunctionMeasure(Measure):
    """An ordinary function of the numbers of a point."""

    function: Callable[..., Any]
    gives: tuple[Variable, ...]
    lengths: tuple[int, ...]
    name: str = "value"
    many: bool = False
    compiled: bool = False

    @property
    def variables(self) -> tuple[Variable, ...]:
        """What the function gave at the first points."""
        return self.gives

    @property
    def coordinates(self) -> Mapping[str, Sequence[str] | np.ndarray]:
        """Places in the arrays of the function, from 0."""
        return {v.dims[0]: np.arange(n) for v, n in zip(self.variables, self.lengths, strict=True) if v.dims}

    def check(self, names: Sequence[str]) -> None:
        """Raise ParameterError when the function does not take exactly these names."""
        _check_names(self.function, names)

    def evaluate(self, points: Points) -> Found:
        """Return what the function gives, point by point or in one call."""
        return self._together(points) if self.many else self._one_by_one(points)

    def _one_by_one(self, points: Points) -> Found:
        arrays, failures = self._empty(len(points)), dict[int, str]()
        asks = _asks_for_rng(self.function, points.values)
        for k in range(len(points)):
            try:
                found = _numbers(_call(self.function, points, k, asks), self.name)
                self._compare({name: value.shape for name, value in found.items()})
            except FAILURES as error:
                failures[k] = reason_of(error)
                continue
            for name, array in arrays.items():
                array[k] = found[name]
        return Found(arrays, failures)

    def _together(self, points: Points) -> Found:
        try:
            return Found(self._batch(points), {})
        except FAILURES as error:
            if len(points) == 1:
                return Found(self._empty(1), {0: reason_of(error)})
        # One point that fails must not take its neighbours along, whatever the chunk: each is computed alone.
        arrays, failures = self._empty(len(points)), dict[int, str]()
        for k in range(len(points)):
            one = Points({n: v[k : k + 1] for n, v in points.values.items()}, points.indices[k : k + 1], points.seed)
            alone = self._together(one)
            if alone.failures:
                failures[k] = alone.failures[0]
            for name, array in arrays.items():
                array[k] = alone.arrays[name][0]
        return Found(arrays, failures)

    def _batch(self, points: Points) -> dict[str, np.ndarray]:
        found = _arrays(self.function(**points.values), self.name, len(points))
        self._compare({name: value.shape[1:] for name, value in found.items()})
        return found

    def _compare(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        """Raise when the function gives other names or lengths than at the first points."""
        wanted = {v.name: (n,) if v.dims else () for v, n in zip(self.variables, self.lengths, strict=True)}
        if dict(shapes) != wanted:
            now, before = (", ".join(f"{name} {shape}" for name, shape in s.items()) for s in (shapes, wanted))
            raise ResultError(f"the function returned {now}, elsewhere {before}")

    def _empty(self, count: int) -> dict[str, np.ndarray]:
        return {
            v.name: np.full((count, n) if v.dims else count, v.missing, v.dtype)
            for v, n in zip(self.variables, self.lengths, strict=True)
        }

    def provenance(self) -> Mapping[str, str]:
        """Return the SHA-256 of the function's source, without comments."""
        return {"function_sha256": hashlib.sha256(_source(self.function).encode()).hexdigest()}


def function_measure(function: Callable[..., Any] | Vectorised, design: Design, seed: int) -> FunctionMeasure:
    """Return the measure that a function is; what it gives is found at the first point, or others where that one fails.

    Raises ParameterError for names that it does not take, results that are no numbers, and failure at all points that were tried.
    """
    many = isinstance(function, Vectorised)
    plain = function.function if isinstance(function, Vectorised) else function
    compiled = isinstance(function, Vectorised) and function.compiled
    _check_names(plain, design.names)
    reasons: list[str] = []
    for index in dict.fromkeys(np.linspace(0, len(design) - 1, _TRIED).astype(np.int64).tolist()):
        one = np.array([index])
        points = Points(design.points(one), one, seed)
        name = _name(plain)
        try:
            given = plain(**points.values) if many else _call(plain, points, 0, _asks_for_rng(plain, design.names))
            found = {n: a[0] for n, a in _arrays(given, name, 1).items()} if many else _numbers(given, name)
        except ResultError as error:
            raise ParameterError(f"{name} at {_place(points)}: {error}") from None
        except FAILURES as error:
            reasons.append(f"at {_place(points)}: {reason_of(error)}")
            continue
        variables, lengths = _variables(found)
        return FunctionMeasure(plain, variables, lengths, name, many, compiled)
    raise ParameterError(f"{_name(plain)} failed at all {len(reasons)} points that were tried, first {reasons[0]}")


def reason_of(error: BaseException) -> str:
    """Return the type and the text of an error on one line, not too long."""
    text = f"{type(error).__name__}: {' '.join(str(error).split())}".removesuffix(": ")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _call(function: Callable[..., Any], points: Points, k: int, asks: bool) -> Any:
    numbers = {name: column[k].item() for name, column in points.values.items()}
    return function(**numbers, **({"rng": points.rng(k)} if asks else {}))


def _asks_for_rng(function: Callable[..., Any], names: Any) -> bool:
    return "rng" in _parameters(function) and "rng" not in names


def _parameters(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Return the parameters of a function; none for those of C that do not say."""
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


def _check_names(function: Callable[..., Any], names: Sequence[str]) -> None:
    takes = _parameters(function)
    if not takes:
        return
    kinds = inspect.Parameter
    by_name = [n for n, p in takes.items() if p.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)]
    anything = any(p.kind is kinds.VAR_KEYWORD for p in takes.values())
    unknown = [name for name in names if name not in by_name and not anything]
    needed = [n for n in by_name if takes[n].default is kinds.empty and n not in names and n != "rng"] + [
        n for n, p in takes.items() if p.kind is kinds.POSITIONAL_ONLY
    ]
    what = f"{_name(function)} takes {', '.join(n for n in by_name if n != 'rng') or 'nothing by name'}"
    if unknown:
        raise ParameterError(f"unknown name {unknown[0]!r} in the design; {what}")
    if needed:
        raise ParameterError(
            f"the design does not give {needed[0]!r}; {what}: add its values, or fix it by functools.partial"
        )


def _name(function: Callable[..., Any]) -> str:
    """Return the name of a function, `value` for one without a name."""
    while isinstance(function, partial):
        function = function.func
    name = getattr(function, "__name__", type(function).__name__)
    return "value" if name == "<lambda>" else name


def _place(points: Points) -> str:
    return ", ".join(f"{name} = {column[0]:.12g}" for name, column in points.values.items())


def _named(given: Any, name: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        return {name: given}
    if not given or not all(isinstance(key, str) and key for key in given):
        raise ResultError(f"it returned a mapping with the keys {list(given)!r}; names are needed")
    return dict(given)


def _as_numbers(name: str, given: Any) -> np.ndarray:
    """Return floats or truth values; an error for what is neither."""
    try:
        array = np.asarray(given)
    except ValueError as error:
        raise ResultError(f"{name} is no array: {error}") from None
    if array.dtype.kind in "US":
        raise ResultError(f"{name} is the text {given!r}; return a number, such as the place of the text in a list")
    if array.dtype.kind == "c":
        raise ResultError(f"{name} is complex; return its real and imaginary part under two names")
    if array.dtype.kind not in "biuf":
        raise ResultError(
            f"{name} is {type(given).__name__}, no number; return numbers or a mapping from names to numbers"
        )
    # Whole numbers become floats: a function that returns 0 here may return 0.5 there.
    return array if array.dtype.kind == "b" else array.astype(np.float64)


def _numbers(given: Any, own: str) -> dict[str, np.ndarray]:
    """Return what a function gave at one point as numbers and lists of numbers by name."""
    found = {name: _as_numbers(name, value) for name, value in _named(given, own).items()}
    for name, array in found.items():
        if array.ndim > 1:
            raise ResultError(f"{name} has the shape {array.shape}; return a number or numbers one after the other")
    return found


def _arrays(given: Any, own: str, count: int) -> dict[str, np.ndarray]:
    """Return what a vectorised function gave at count points, by name."""
    found = {name: _as_numbers(name, value) for name, value in _named(given, own).items()}
    for name, array in found.items():
        if array.ndim not in (1, 2) or len(array) != count:
            raise ResultError(
                f"{name} has the shape {array.shape} for {count} points; ({count},) or ({count}, k) is needed"
            )
    return found


def _variables(found: Mapping[str, np.ndarray]) -> tuple[tuple[Variable, ...], tuple[int, ...]]:
    variables = [
        Variable(n, (f"{n}_place",) if a.ndim else (), "bool" if a.dtype.kind == "b" else "float64")
        for n, a in found.items()
    ]
    return tuple(variables), tuple(a.size if a.ndim else 0 for a in found.values())


def _source(function: Callable[..., Any]) -> str:
    """Return what a function does as text: its source without comments, with numbers that partial fixed; else its name.

    What it reads from outside, such as global names, is not in the text.
    """
    if isinstance(function, partial):
        fixed = (*map(repr, function.args), *(f"{k}={v!r}" for k, v in sorted(function.keywords.items())))
        return f"{_source(function.func)}({', '.join(fixed)})"
    try:
        if getattr(function, "__name__", "") == "<lambda>":
            return _source_of_lambda(function)
        return ast.unparse(ast.parse(textwrap.dedent(inspect.getsource(function))))
    except (OSError, TypeError, SyntaxError):
        return (
            f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', type(function).__qualname__)}"
        )


def _source_of_lambda(function: Callable[..., Any]) -> str:
    """Return a lambda without the statement that it stands in, which may change when a sweep is resumed."""
    code = inspect.unwrap(function).__code__
    places = set(code.co_positions())
    found = [
        node
        for node in ast.walk(ast.parse("".join(inspect.findsource(function)[0])))
        if isinstance(node, ast.Lambda)
        and (node.body.lineno, node.body.end_lineno, node.body.col_offset, node.body.end_col_offset) in places
    ]
    return ast.unparse(found[0]) if len(found) == 1 else inspect.getsource(function)
