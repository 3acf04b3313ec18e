"""Separatrices of planar games: the stable curves of a saddle, which part the basins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.stability import Stability
from coopgame.dynamics.mean import VectorField
from coopgame.errors import UnsupportedError

_STEP = 1e-6
_LONGEST = 400.0


def find_separatrices(dynamics: VectorField, values: Mapping[str, Any] | None = None) -> tuple[np.ndarray, ...]:
    """Return the stable curves of the interior saddle of a game of two two-strategy populations.

    Each is an array (n, 2) of shares, from the border to the saddle; two for a saddle, none without one. Computed by
    integrating backwards in logarithms of share ratios, from points on the stable direction next to the saddle.
    """
    from scipy.integrate import solve_ivp

    game = dynamics.game
    if len(game.populations) != 2 or any(p.symbol is None for p in game.populations):
        raise UnsupportedError("separatrices are drawn for two populations of two strategies each")
    numbers = dynamics.numbers(values)
    points = find_rest_points(game, game.values(values))
    saddles = [p for p in points if p.kind == "interior" and p.stability == Stability.SADDLE]

    def backwards(_time: float, u: np.ndarray) -> np.ndarray:
        x = 1 / (1 + np.exp(-u))
        payoffs = dynamics.payoffs_of_shares(np.array([x[0], 1 - x[0], x[1], 1 - x[1]]), numbers)
        return np.array([payoffs[1] - payoffs[0], payoffs[3] - payoffs[2]])

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
                np.log(start / (1 - start)),
                method="DOP853",
                rtol=1e-9,
                atol=1e-9,
                events=_at_border(),
            )
            curve = 1 / (1 + np.exp(-solution.y.T))
            curves.append(np.vstack([curve[::-1], centre]))
    return tuple(curves)


def _at_border() -> Any:
    def border(_time: float, u: np.ndarray) -> float:
        return float(np.abs(u).max() - 30.0)

    border.terminal = True  # type: ignore[attr-defined]
    return border
