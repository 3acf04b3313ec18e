"""Admissible points around a known one, in floats: by random steps, and along rays."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from coopgame.algebra.assumptions import Assumptions

_DISTANCES = (0.01, 0.03, 0.1, 0.3, 0.6, 1.0, 2.0, 5.0)
_DIRECTIONS = 48


def walk_from(
    assumptions: Assumptions, start: Mapping[str, Fraction], count: int, rng: np.random.Generator
) -> np.ndarray:
    """Return at most `count` admissible points reached by random steps from a known one, for narrow admissible sets."""
    current = _as_row(assumptions, start)
    found = []
    for _ in range(40):
        base = current[rng.integers(len(current), size=count // 4)]
        moving = rng.random(base.shape) < rng.choice([0.2, 0.5, 1.0])
        steps = rng.normal(size=base.shape) * 10 ** rng.uniform(-2, 0.5, (len(base), 1))
        moved = np.round(base + np.where(moving, steps * np.maximum(np.abs(base), 0.1), 0), 2)
        kept = moved[assumptions.holds_many(moved)]
        if len(kept):
            found.append(kept)
            current = np.concatenate([current, kept])[-count:]
    walked = np.concatenate(found) if found else np.zeros((0, current.shape[1]))
    return walked[rng.permutation(len(walked))[:count]]


def neighbours(assumptions: Assumptions, start: Mapping[str, Fraction], rng: np.random.Generator) -> np.ndarray:
    """Return a known admissible point, if its decimals are admissible too, and admissible points around it.

    They lie along every axis and in random directions, at distances from near to far; six decimals each.
    """
    row = _as_row(assumptions, start)
    scale = np.maximum(np.abs(row), 0.1)
    turns = rng.normal(size=(_DIRECTIONS, row.shape[1])) * scale
    turns *= rng.random(turns.shape) < rng.choice([0.2, 0.5, 1.0], size=(_DIRECTIONS, 1))
    axes = np.diag(scale[0])
    rays = np.concatenate([axes, -axes, turns])
    points = np.round(np.concatenate([row, *(row + distance * rays for distance in _DISTANCES)]), 6)
    kept: np.ndarray = points[assumptions.holds_many(points)]
    return kept


def _as_row(assumptions: Assumptions, point: Mapping[str, Fraction]) -> np.ndarray:
    return np.array([[float(point[name]) for name in assumptions.ring.names]])
