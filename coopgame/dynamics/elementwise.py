"""Functions that work on arrays of numbers and on arrays of expressions alike, so that one formula serves both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy


def positive_part(values: Any) -> np.ndarray:
    """Return max(v, 0) of every entry.

    >>> positive_part([2.0, -1.0])
    array([2., 0.])
    """
    return _apply(values, lambda v: np.maximum(v, 0.0), lambda v: sympy.Max(sympy.Integer(0), v))


def exponential(values: Any) -> np.ndarray:
    """Return exp(v) of every entry.

    >>> exponential([0.0])
    array([1.])
    """
    return _apply(values, np.exp, sympy.exp)


def hyperbolic_tangent(values: Any) -> np.ndarray:
    """Return tanh(v) of every entry.

    >>> hyperbolic_tangent([0.0])
    array([0.])
    """
    # expressions by exponentials, which have enclosures
    return _apply(values, np.tanh, lambda v: 1 - 2 / (sympy.exp(2 * v) + 1))


def relative_exponentials(values: Any, weights: Any) -> np.ndarray:
    """Return exp(v_i) / sum over j of w_j exp(v_j), along the last axis; large numbers do not overflow.

    An entry without weight that is ahead of all others by more than 700 counts as ahead by 700.

    >>> relative_exponentials([1000.0, 1000.0], [1.0, 3.0])
    array([0.25, 0.25])
    """
    values, weights = np.asarray(values), np.asarray(weights)
    if object in (values.dtype, weights.dtype):
        return np.array([1 / (weights * exponential(values - v)).sum() for v in values], dtype=object)
    values, weights = np.broadcast_arrays(values, weights)
    largest = np.where(weights > 0, values, -np.inf).max(axis=-1, keepdims=True)
    raised = np.exp(np.minimum(values - largest, 700.0))
    result: np.ndarray = raised / (weights * raised).sum(axis=-1, keepdims=True)
    return result


def _apply(values: Any, numeric: Callable[[np.ndarray], np.ndarray], symbolic: Callable[[Any], Any]) -> np.ndarray:
    array = np.asarray(values)
    if array.dtype != object:
        return numeric(array)
    result = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        result[place] = symbolic(array[place])
    return result
