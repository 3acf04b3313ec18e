"""Separatrices of planar games: the stable curves of a saddle, which part the basins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.stability import Stability
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator_game
from coopgame.errors import UnsupportedError

_STEP = 1e-6
_LONGEST = 400.0


def find_separatrices(dynamics: VectorField, values: Mapping[str, Any] | None = None) -> tuple[np.ndarray, ...]:
    """Return the stable curves of the interior saddles of a planar game.

    Planar: two populations of two strategies each, or one of them and an environment variable.

    Each is an array (n, 2) of shares, from the border to the saddle; two for a saddle, none without one. Computed by
    integrating backwards in logarithms of share ratios, from points on the stable direction next to the saddle.
    """
    from scipy.integrate import solve_ivp

    game = replicator_game(dynamics, "a separatrix")
    if [len(block.strategies) for block in game.blocks] != [2, 2]:
        raise UnsupportedError(
            "separatrices are found for two populations of two strategies each, or one and an environment variable"
        )
    numbers = dynamics.numbers(values)
    points = find_rest_points(game, game.values(values))
    saddles = [p for p in points if p.kind == "interior" and p.stability == Stability.SADDLE]

    relative = np.array(dynamics.relative)

    def backwards(_time: float, u: np.ndarray) -> np.ndarray:
        x = np.where(relative, 1 / (1 + np.exp(-u)), u)
        drives = dynamics.drives(np.array([x[0], 1 - x[0], x[1], 1 - x[1]]), numbers)
        return np.array([drives[1] - drives[0], drives[3] - drives[2]])

    curves = []
    for saddle in saddles:
        centre = np.array([float(v) for v in saddle.coordinates.values()])
        eigenvalues, vectors = np.linalg.eig(dynamics.jacobian(saddle.state, values))
        stable = vectors[:, int(np.argmin(eigenvalues.real))].real
        for side in (-1, 1):
            start = centre + side * _STEP * stable
            solution = solve_ivp(
                backwards,
                (0, _LONGEST),
                np.where(relative, np.log(start / (1 - start)), start),
                method="DOP853",
                rtol=1e-9,
                atol=1e-9,
                events=_at_border(relative),
            )
            curve = np.where(relative, 1 / (1 + np.exp(-solution.y.T)), solution.y.T)
            curves.append(np.vstack([curve[::-1], centre]))
    return tuple(curves)


def _at_border(relative: np.ndarray) -> Any:
    def border(_time: float, u: np.ndarray) -> float:
        # in a plain coordinate the border is 0 or 1 itself
        return float(np.where(relative, np.abs(u) - 30.0, np.abs(u - 0.5) - 0.5).max())

    border.terminal = True  # type: ignore[attr-defined]
    return border
