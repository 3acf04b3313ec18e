"""Arrays of parameter values: one point of parameter space an entry, evaluated together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from coopgame.codegen.expressions import Compiled, compile_expressions
from coopgame.errors import ParameterError
from coopgame.games.game import Game


def arrays_among(values: Mapping[str, Any] | None) -> dict[str, np.ndarray]:
    """Return the values that are arrays, lists or tuples of numbers, as arrays of one length.

    Raises ParameterError for arrays of other than one dimension, of several lengths, or without an entry.
    """
    given = {
        name: np.asarray(value)
        for name, value in (values or {}).items()
        if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim)
    }
    for name, array in given.items():
        if array.ndim != 1 or not len(array):
            raise ParameterError(
                f"{name} has shape {array.shape}; arrays of parameters have one dimension and an entry"
            )
    if len({len(array) for array in given.values()}) > 1:
        lengths = ", ".join(f"{name}: {len(array)}" for name, array in given.items())
        raise ParameterError(f"arrays of parameters have to be as long as each other; {lengths}")
    return given


def points_of(values: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Iterator[dict[str, Any]]:
    """Yield the values of each point, arrays replaced by their entries."""
    for k in range(len(next(iter(arrays.values())))):
        yield {**values, **{name: array[k].item() for name, array in arrays.items()}}


def evaluate_arrays(
    game: Game, expressions: Sequence[sympy.Expr], values: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Return expressions in the parameters at all points, as floats; shape (number of points, number of expressions).

    Raises ParameterError for values that are missing, unknown or no finite numbers, and where an expression is no finite number.
    """
    point = game.values({**values, **{name: array[0].item() for name, array in arrays.items()}})
    numbers: dict[str, Any] = {name: float(value) for name, value in point.items()}
    for name, array in arrays.items():
        try:
            numbers[name] = array.astype(float)
        except (TypeError, ValueError) as error:
            raise ParameterError(f"{name}: {error}; an array of numbers is needed") from None
        if not np.isfinite(numbers[name]).all():
            raise ParameterError(f"{name} has an entry that is no finite number")
    count = len(next(iter(arrays.values())))
    found = np.empty((count, len(expressions)))
    formulas = [k for k, entry in enumerate(expressions) if not entry.is_Symbol]
    for k, entry in enumerate(expressions):
        if entry.is_Symbol:
            found[:, k] = numbers[str(entry)]
    if formulas:
        function = _compiled(game, tuple(expressions[k] for k in formulas))
        with np.errstate(all="ignore"):
            columns = function((), [numbers[name] for name in game.ring.names])
        for k, column in zip(formulas, columns, strict=True):
            found[:, k] = column
    if not np.isfinite(found).all():
        row, k = np.argwhere(~np.isfinite(found))[0]
        raise ParameterError(
            f"{expressions[k]} is {found[row, k]} at entry {row} of the arrays; finite numbers are needed"
        )
    return found


@lru_cache(maxsize=64)
def _compiled(game: Game, expressions: tuple[sympy.Expr, ...]) -> Compiled:
    return compile_expressions(expressions, (), game.ring.names)
