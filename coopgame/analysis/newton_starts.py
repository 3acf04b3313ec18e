"""Zeros reached by Newton's method from many starts, each then certified; a list of them is never complete by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sympy

from coopgame.analysis.certify import zero_near
from coopgame.analysis.enclosures import Enclosure
from coopgame.codegen import compile_expressions

_STARTS = 256
_ROUNDS = 60
_CLOSE = 1e-12


def zeros_by_newton(
    rates: Sequence[sympy.Expr], names: Sequence[str], inside: Callable[[np.ndarray], bool]
) -> list[list[Any]]:
    """Return balls around zeros of as many expressions as unknowns, from starts spread evenly over the unit cube.

    inside: whether a point lies where zeros are wanted; starts elsewhere are left out. Every zero that comes back is certified.
    """
    from scipy.stats import qmc

    functions = [Enclosure(rate, names) for rate in rates]
    values, slopes = _compiled(rates, names)
    found: list[list[Any]] = []
    for start in qmc.Sobol(len(names), scramble=False).random(_STARTS)[1:]:
        point = _newton(values, slopes, start * (1 if inside(start) else 1 / len(names)))
        if point is None or not inside(point):
            continue
        if any(np.abs([float(ball.mid()) for ball in known] - point).max() < 1e-8 for known in found):
            continue
        balls = zero_near(functions, [float(v) for v in point])
        if balls is not None:
            found.append(balls)
    return found


def zero_by_newton(rates: Sequence[sympy.Expr], names: Sequence[str], start: np.ndarray) -> list[Any] | None:
    """Return balls around the zero that one start leads to, certified; None without one."""
    point = _newton(*_compiled(rates, names), start)
    return None if point is None else zero_near([Enclosure(rate, names) for rate in rates], [float(v) for v in point])


def _compiled(rates: Sequence[sympy.Expr], names: Sequence[str]) -> tuple[Any, Any]:
    """Return the expressions and their derivatives, row by row, as compiled functions."""
    slopes = [sympy.diff(rate, sympy.Symbol(name)) for rate in rates for name in names]
    return compile_expressions(list(rates), names, ()), compile_expressions(slopes, names, ())


def _newton(values: Any, slopes: Any, point: np.ndarray) -> np.ndarray | None:
    size = len(point)
    with np.errstate(all="ignore"):
        for _ in range(_ROUNDS):
            try:
                residual = np.array(values(list(map(float, point)), []), dtype=float)
                step = np.linalg.solve(
                    np.array(slopes(list(map(float, point)), []), dtype=float).reshape(size, size), residual
                )
            except (np.linalg.LinAlgError, ArithmeticError, ValueError):
                return None
            length = np.abs(step).max()
            if not np.isfinite(length):
                return None
            point = point - step * min(1.0, 0.25 / length) if length else point
            if length < _CLOSE:
                return point
    return None
