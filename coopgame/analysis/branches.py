"""Zeros of a test along the branches of rest points inside a box: met on a grid of the parameter, then certified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import sympy
from flint import arb

from coopgame.analysis.certify import precision, zero_near, zeros_in_cube
from coopgame.analysis.enclosures import Enclosure

VALUES = 61
_MOST_BOXES = 1_000
_NEAR = 0.2
_STEPS = 30
_SMALL = 1e-13
_BITS = 128


def zeros_on_branches(
    drives: Sequence[sympy.Expr], test: sympy.Expr, names: Sequence[str], parameter: str
) -> Iterator[list[Any]]:
    """Yield balls for the coordinates and the parameter at which all drives and the test vanish, all of them in (0, 1).

    Interior rest points are found at VALUES values of the parameter; where the test changes its sign between neighbouring points,
    Newton's method finds the zero and Krawczyk's operator proves it. Two zeros between neighbouring values escape.
    """
    functions = [Enclosure(e, [*names, parameter]) for e in (*drives, test)]
    grid = np.linspace(0.0, 1.0, VALUES)
    pictures = [_points(drives, names, parameter, float(t)) for t in grid]
    signs = [[_middle(functions[-1], [*x, t]) for x in points] for t, points in zip(grid, pictures, strict=True)]
    found: list[list[Any]] = []
    for (t0, here, one), (t1, there, two) in pairwise(zip(grid, pictures, signs, strict=True)):
        for x, before in zip(here, one, strict=True):
            if not len(there):
                continue
            nearest = int(np.argmin(np.abs(there - x).max(axis=1)))
            if np.abs(there[nearest] - x).max() > _NEAR or before * two[nearest] > 0:
                continue
            share = 0.5 if before == two[nearest] else before / (before - two[nearest])
            guess = np.append(x + share * (there[nearest] - x), t0 + share * (t1 - t0))
            balls = _certified(functions, guess)
            if balls is not None and not any(
                all(a.overlaps(b) for a, b in zip(balls, o, strict=True)) for o in found
            ):
                found.append(balls)
                yield balls


def _points(drives: Sequence[sympy.Expr], names: Sequence[str], parameter: str, value: float) -> np.ndarray:
    number = sympy.Rational(value)
    fixed = [Enclosure(drive.xreplace({sympy.Symbol(parameter): number}), names) for drive in drives]
    return zeros_in_cube(fixed, _MOST_BOXES).points


def _middle(function: Enclosure, point: Sequence[float]) -> float:
    with precision(_BITS):
        return float(function.value([arb(float(v)) for v in point]).mid())


def _certified(functions: Sequence[Enclosure], guess: np.ndarray) -> list[Any] | None:
    """Return balls around a zero close to a guess, None when Newton's method leaves the box or nothing is proved."""
    point = guess
    for _ in range(_STEPS):
        balls = [arb(float(v)) for v in point]
        with precision(_BITS):  # the terms of the test cancel
            values = np.array([float(f.value(balls).mid()) for f in functions])
            slopes = np.array([[float(f.slope(balls, j).mid()) for j in range(len(point))] for f in functions])
        if not np.isfinite(slopes).all() or abs(np.linalg.det(slopes)) < _SMALL:
            return None
        step = np.linalg.solve(slopes, values)
        point = point - step
        if np.abs(step).max() < _SMALL:
            break
    if point.min() <= 0 or point.max() >= 1:
        return None
    return zero_near(functions, [float(v) for v in point])
