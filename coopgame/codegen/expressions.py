"""Symbolic expressions to compiled numpy functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import sympy

Compiled = Callable[[Sequence[Any], Sequence[Any]], list[Any]]


def compile_expressions(
    expressions: Sequence[sympy.Expr], states: Sequence[str], parameters: Sequence[str]
) -> Compiled:
    """Return f(shares, parameters) -> list of values, one per expression, in the order of the names.

    Arguments may be numbers or arrays that broadcast; numbers go through the math module, which is several times
    faster than numpy for one state. Code for either is generated when it is first needed: for a single trajectory that
    takes longer than running it. Names that Python could not use are replaced inside.
    """
    arguments = [[sympy.Symbol(name) for name in states], [sympy.Symbol(name) for name in parameters]]
    body = list(expressions)

    @cache
    def compiled(modules: str) -> Compiled:
        # a docstring would print every expression once more
        function: Compiled = sympy.lambdify(
            arguments, body, modules=modules, cse=True, dummify=True, docstring_limit=0
        )
        return function

    def evaluate(shares: Sequence[Any], numbers: Sequence[Any]) -> list[Any]:
        many = any(isinstance(v, np.ndarray) and v.ndim for v in (*shares, *numbers))
        return compiled("numpy" if many else "math")(shares, numbers)

    return evaluate
