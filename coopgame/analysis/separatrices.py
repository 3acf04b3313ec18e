"""Separatrices of planar games: the stable curves of a saddle, which part the basins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.stability import Stability
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.mean import replicator_game
from coopgame.errors import UnsupportedError

_STEP = 1e-6
_LONGEST = 400.0
_FAR = 1e3
_LARGEST_LOG = 700.0


def find_separatrices(dynamics: VectorField, values: Mapping[str, Any] | None = None) -> tuple[np.ndarray, ...]:
    """Return the stable curves of the interior saddles of a planar game.

    Planar: two coordinates, each that of a population of two strategies, an environment variable or a quantity of a `RateModel`.

    Each is an array (n, 2) of shares, from the border to the saddle; two for a saddle, none without one. Computed by
    integrating backwards in logarithms of share ratios, from points on the stable direction next to the saddle. Where quantities have no
    upper bound, up to a thousand times those of the saddle.
    """
    from scipy.integrate import solve_ivp

    game = replicator_game(dynamics, "a separatrix")
    if len(game.coordinates) != 2:
        raise UnsupportedError(
            "separatrices are found for two coordinates: populations of two strategies, environment variables, quantities"
        )
    numbers = dynamics.numbers(values)
    points = find_rest_points(game, game.values(values))
    saddles = [p for p in points if p.kind == "interior" and p.stability == Stability.SADDLE]

    axes = [_Axis(block.bounded, relative) for block, relative in zip(game.blocks, dynamics.relative, strict=True)]

    def backwards(_time: float, u: np.ndarray) -> np.ndarray:
        shares = [axis.inverse(v) for axis, v in zip(axes, u, strict=True)]
        entries = [e for axis, x in zip(axes, shares, strict=True) for e in ([x, 1 - x] if axis.bounded else [x])]
        drives = dynamics.drives(np.array(entries), numbers)
        return np.array([axis.backwards(drives[part]) for axis, part in zip(axes, game.parts, strict=True)])

    curves = []
    for saddle in saddles:
        centre = np.array([float(v) for v in saddle.coordinates.values()])
        eigenvalues, vectors = np.linalg.eig(dynamics.jacobian(saddle.state, values))
        stable = vectors[:, int(np.argmin(eigenvalues.real))].real
        step = _STEP * min([1.0, *(float(c) for axis, c in zip(axes, centre, strict=True) if not axis.bounded)])
        for side in (-1, 1):
            start = centre + side * step * stable
            solution = solve_ivp(
                backwards,
                (0, _LONGEST),
                np.array([axis.of(v) for axis, v in zip(axes, start, strict=True)]),
                method="DOP853",
                rtol=1e-9,
                atol=1e-9,
                events=_at_border(axes, centre),
            )
            curve = np.stack([axis.inverse(u) for axis, u in zip(axes, solution.y, strict=True)], axis=-1)
            curves.append(np.vstack([curve[::-1], centre]))
    return tuple(curves)


@dataclass(frozen=True)
class _Axis:
    """A coordinate as it is integrated: the logarithm of x/(1 - x), of x where it has no upper bound, or x itself where it is plain."""

    bounded: bool
    relative: bool

    def of(self, x: Any) -> Any:
        if not self.relative:
            return x
        return np.log(x / (1 - x)) if self.bounded else np.log(x)

    def inverse(self, u: Any) -> Any:
        if not self.relative:
            return u
        return 1 / (1 + np.exp(-u)) if self.bounded else np.exp(np.minimum(u, _LARGEST_LOG))

    def backwards(self, drives: np.ndarray) -> float:
        """Return minus the rate of the coordinate, which a plain pair (f, -f) of a bounded variable holds twice."""
        return float(drives[1] - drives[0] if self.bounded else -drives[0])

    def beyond(self, u: float, centre: float) -> float:
        """Return a number that is positive where the curve has reached a border."""
        if self.bounded:
            return abs(u) - 30.0 if self.relative else abs(u - 0.5) - 0.5
        if self.relative:
            return float(max(np.log(centre) - u - 30.0, u - np.log(_FAR * centre)))
        return max(-u, u - _FAR * centre)


def _at_border(axes: Sequence[_Axis], centre: np.ndarray) -> Any:
    def border(_time: float, u: np.ndarray) -> float:
        return max(axis.beyond(float(v), float(c)) for axis, v, c in zip(axes, u, centre, strict=True))

    border.terminal = True  # type: ignore[attr-defined]
    return border
