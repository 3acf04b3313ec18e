"""One number of a measure at each of many points, as sensitivity analysis needs it: without gaps, kinds or NaN."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import FailedPointsWarning, ParameterError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.document import close_match
from coopgame.games.game import Game
from coopgame.sweeps.designs import paired
from coopgame.sweeps.functions import function_measure
from coopgame.sweeps.measure import Measure, Variable
from coopgame.sweeps.sweep import sweep

if TYPE_CHECKING:
    import xarray

_ROUNDING = 64 * np.finfo(float).eps


@dataclass(frozen=True)
class Quantity:
    """What is looked at: the name of a variable, with the entry of it that was chosen, and its meaning."""

    name: str
    meaning: str = ""
    zh: str = ""
    unit: str = ""


@dataclass(frozen=True, eq=False)
class Responses:
    """The numbers of a quantity at some points, shape (N,); values: the numbers that stay fixed."""

    quantity: Quantity
    numbers: np.ndarray = field(repr=False)
    values: Mapping[str, float]


def game_of(measure: Any) -> Game | None:
    """Return the game behind a measure, None for one without."""
    for holder in (measure, getattr(measure, "dynamics", None), getattr(measure, "setting", None)):
        found = holder if isinstance(holder, Game) else getattr(holder, "game", None)
        if isinstance(found, Game):
            return found
    return None


def seeds_of(rng: int | np.random.Generator) -> tuple[np.random.Generator, np.random.Generator, int]:
    """Return random numbers for the sample and for the bootstrap, and a seed for the points."""
    sample, bootstrap, points = np.random.default_rng(rng).spawn(3)
    return sample, bootstrap, int(points.integers(2**31))


def is_constant(numbers: np.ndarray) -> bool:
    """Return whether numbers are one number up to rounding."""
    return bool(np.ptp(numbers) <= _ROUNDING * np.abs(numbers).max())


def respond(
    measure: Measure | Callable[..., Any],
    columns: Mapping[str, np.ndarray],
    values: Mapping[str, Any] | None,
    *,
    variable: str | None = None,
    at: Mapping[str, str | float] | None = None,
    seed: int = 0,
    workers: int = 1,
) -> Responses:
    """Return one number for each point. Raises ParameterError and UnsupportedError that say what is wrong with the first bad one."""
    fixed = {name: float(exact_number(value, name)) for name, value in (values or {}).items()}
    twice = sorted(set(fixed) & set(columns))
    if twice:
        raise ParameterError(f"{twice[0]} has a range and a fixed value; keep one of them")
    count = len(next(iter(columns.values())))
    constants = {name: np.full(count, value) for name, value in fixed.items()}
    design = paired({**columns, **constants})
    whole = measure if isinstance(measure, Measure) else function_measure(measure, design, seed)
    chosen = _chosen(whole.variables, variable)
    place = _place(whole, chosen, at or {})
    shown = ", ".join(f"{dim} {label}" for dim, label in (at or {}).items())
    name = f"{chosen.name} ({shown})" if shown else chosen.name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FailedPointsWarning)  # an error says it instead
        found = sweep(whole, design, rng=seed, workers=workers)
    _refuse_failures(found, columns)
    numbers = found[chosen.name].to_numpy().astype(float)
    for entry in place:
        numbers = numbers[:, entry]
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if len(wrong):
        first = int(wrong[0])
        raise ParameterError(
            f"{name} is {numbers[first]:g} at {len(wrong)} of {len(numbers)} points, the first is {_point(columns, first)}; indices "
            "need a number everywhere: narrow the ranges, or give a function that says what counts there"
        )
    quantity = Quantity(name, chosen.meaning, chosen.zh or "", chosen.unit or "")
    return Responses(quantity, numbers, fixed)


def _chosen(variables: Sequence[Variable], wanted: str | None) -> Variable:
    names = [variable.name for variable in variables]
    if wanted is None:
        numeric = [v for v in variables if not v.labels]
        if len(numeric) != 1 and len(variables) != 1:
            raise ParameterError(f"the measure has the variables {', '.join(names)}; say which one by variable=")
        found = numeric[0] if len(numeric) == 1 else variables[0]
    elif wanted not in names:
        raise ParameterError(f"no variable {wanted!r}{close_match(wanted, names)}")
    else:
        found = variables[names.index(wanted)]
    if found.labels:
        raise UnsupportedError(
            f"{found.name} stands for kinds ({', '.join(found.labels[:6])}), and kinds have no mean; ask for the chance of one of them: "
            f"chance(measure, {found.labels[0]!r}, {found.name!r})"
        )
    return found


def _place(measure: Measure, variable: Variable, at: Mapping[str, str | float]) -> tuple[int, ...]:
    """Return where in the variable the entry stands that `at` names."""
    unknown = [name for name in at if name not in variable.dims]
    missing = [name for name in variable.dims if name not in at]
    if unknown or missing:
        what = f"at names {unknown[0]!r}; " if unknown else ""
        needed = ", ".join(variable.dims) or "no dimension, so leave at out"
        raise ParameterError(
            f"{what}{variable.name} has the dimensions {needed}; name one entry by at={{dimension: label}}"
        )
    place = []
    for name in variable.dims:
        labels = list(measure.coordinates[name])
        if at[name] not in labels:
            known = close_match(at[name], map(str, labels))
            raise ParameterError(f"{variable.name} has no {name} {at[name]!r}{known}")
        place.append(labels.index(at[name]))
    return tuple(place)


def _refuse_failures(found: xarray.Dataset, columns: Mapping[str, np.ndarray]) -> None:
    count = int(found["failed"].sum())
    if count:
        first, reason = int(found["failure_index"][0]), str(found["failure_reason"].values[0])
        raise ParameterError(
            f"{count} of {found['failed'].size} points have no result, the first is {_point(columns, first)}: {reason}; gaps cannot be "
            "left out here: narrow the ranges"
        )


def _point(columns: Mapping[str, np.ndarray], k: int) -> str:
    return ", ".join(f"{name} = {column[k]:.6g}" for name, column in columns.items())
