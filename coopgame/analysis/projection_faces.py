"""The projection dynamic near a state of the boundary: which absent strategies stay out, and the eigenvalues of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coopgame.analysis.projection_paths import moving_strategies, projected_parts
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import slices

_STEP = 1e-6
_CLEARLY = 1e-9  # of the payoffs
_NOISE = 1e-8  # of the payoffs: what rounding leaves of a difference over 1e-6, with room to spare


def unlocked(dynamics: VectorField, values: Mapping[str, Any], shares: np.ndarray) -> np.ndarray:
    """Return for every share whether it can be above 0 near a state; False where the projection dynamic holds it at 0.

    That is an absent strategy that clearly earns less than the mean of those that move: near the state it dies out in finite time.
    """
    result = np.ones(len(shares), dtype=bool)
    parts = projected_parts(dynamics)
    if not parts:
        return result
    numbers = dynamics.numbers(values)
    payoffs = dynamics.payoffs_at(shares, numbers)
    moving = moving_strategies(dynamics, shares, numbers)
    clear = _CLEARLY * (1 + np.abs(payoffs).max())
    for part in parts:
        mean = payoffs[[i for i in range(part.start, part.stop) if i in moving]].mean()
        result[part] = (shares[part] > 0) | (payoffs[part] > mean - clear)
    return result


def face_eigenvalues(
    dynamics: VectorField, values: Mapping[str, Any], state: np.ndarray, present: np.ndarray
) -> np.ndarray:
    """Return the eigenvalues of a dynamic on the face of the present strategies, by central differences.

    Populations that follow the projection dynamic move by their payoffs minus the mean of the present ones, continued smoothly
    beyond the face's own boundary; other populations and the environment by their drives.
    """
    numbers = dynamics.numbers(values)
    parts = slices(dynamics.game)
    projected = projected_parts(dynamics)

    def rates(shares: np.ndarray) -> np.ndarray:
        drives = dynamics.drives(shares, numbers)
        result = np.zeros_like(shares)
        for part, relative in zip(parts, dynamics.relative, strict=True):
            if part in projected:
                payoffs = dynamics.payoffs_at(shares, numbers)[part]
                result[part] = np.where(present[part], payoffs - payoffs[present[part]].mean(), 0.0)
            elif relative:
                own = drives[part] - drives[part][0]
                result[part] = shares[part] * (own - shares[part] @ own)
            else:
                result[part] = drives[part]
        return result

    directions = []
    for part in parts:
        inside = [i for i in range(part.start, part.stop) if present[i]]
        for i in inside[1:]:
            direction = np.zeros(len(state))
            direction[i], direction[inside[0]] = 1.0, -1.0
            directions.append(direction)
    if not directions:
        return np.zeros(0)
    basis = np.stack(directions, axis=1)
    moved = np.stack(
        [(rates(state + _STEP * d) - rates(state - _STEP * d)) / (2 * _STEP) for d in directions], axis=1
    )
    eigenvalues = np.linalg.eigvals(np.linalg.lstsq(basis, moved, rcond=None)[0])
    noise = _NOISE * np.abs(dynamics.payoffs_at(state, numbers)).max()
    return np.asarray(np.where(np.abs(eigenvalues) > noise, eigenvalues, 0.0))
