"""Areas of the basins of attraction in games of two populations with two strategies each, by a conserved quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coopgame.analysis.cube_points import vertex_label
from coopgame.analysis.structure import Cube, Vertex, cube_of
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.game import Game

_ROUNDING = 1e-14
_ON_CURVE = 1e-13
_BISECTIONS = 60
_RANGE = 3.2  # of the double-exponential rule: beyond it the weights are below 1e-16
_STEPS = (0.05, 0.025)
_ROWS = 2000  # sets of values at once, to bound the memory


@dataclass(frozen=True, eq=False)
class BasinAreas:
    """Which part of the unit square of starts leads to each vertex.

    areas: by label, arrays of the shape of the values that were given (shape () for plain numbers). cycling: 1 where
    all inner orbits are closed, else 0. error: an estimate of the absolute error. All are NaN where an eigenvalue of a vertex
    is zero: there a whole edge is at rest. The areas and `cycling` add up to 1.
    """

    game: Game = field(repr=False)
    areas: Mapping[str, np.ndarray]
    cycling: np.ndarray
    error: np.ndarray

    def of(self, label: str) -> np.ndarray:
        """Return the area of the basin of one vertex; ParameterError for an unknown label."""
        if label not in self.areas:
            raise ParameterError(f"no vertex {label!r}; there are {', '.join(self.areas)}")
        return self.areas[label]

    def __str__(self) -> str:
        if self.cycling.ndim:
            return f"areas of {len(self.areas)} basins at {self.cycling.size} values"
        if np.isnan(self.cycling):
            return "not defined: an eigenvalue of a vertex is zero, so a whole edge is at rest"
        if self.cycling:
            return "no basin: all inner orbits are closed"
        shown = [f"{label} {float(area):.6g}" for label, area in self.areas.items() if area > 0]
        return f"{', '.join(shown)} (error about {float(self.error):.1g})"


def basin_area(game: Game, values: Mapping[str, Any] | None = None) -> BasinAreas:
    """Return the areas of the basins of attraction under the replicator dynamics, in the square of starts.

    values: numbers, or arrays of numbers that broadcast together, for the parameters; defaults stand in for the others. Let the
    advantage of the first population run from A0 to A1 as the other's share y runs from 0 to 1, that of the second from
    B0 to B1. Then A0 ln y - A1 ln(1-y) - B0 ln x + B1 ln(1-x) is constant along orbits. With two strict equilibria its
    level through the saddle has one branch that parts the two basins; the area beside it is an integral over one share, computed by
    the double-exponential rule, twice with halved step for the error. With one strict equilibrium all inner starts lead to it;
    with none the inner orbits are closed.

    Raises UnsupportedError for other games, ParameterError when a value is missing or arrays do not fit together.

    References: Hofbauer and Sigmund (1998), Evolutionary Games and Population Dynamics, chapter 10, for the conserved
    quantity of two-person games; Takahasi and Mori (1974), Publications of the RIMS 9, 721-741, for the quadrature.

    >>> from coopgame import NormalFormGame
    >>> stag = NormalFormGame({"a, a": ["b", "b"], "a, b": [0, 0], "b, a": [0, 0], "b, b": [1, 1]})
    >>> print(basin_area(stag, {"b": 2}))
    E1 0.2636, E4 0.7364 (error about 1e-14)
    """
    cube = _two_populations(game)
    numbers = _advantages(cube, values or {})
    shape = numbers[0].shape
    flat = np.stack([value.ravel() for value in numbers])
    areas, cycling, error = _areas(*flat)
    labels = {vertex: vertex_label(cube, vertex) for vertex in cube.vertices}
    return BasinAreas(
        game,
        {label: _frozen(areas[vertex], shape) for vertex, label in labels.items()},
        _frozen(cycling, shape),
        _frozen(error, shape),
    )


def find_basin(game: Game, start: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> str | None:
    """Return the label of the vertex to which an inner start leads, None where the orbits are closed.

    Decided by the level of the conserved quantity, without integration. start: both shares, strictly between 0 and 1.

    Raises StateError for another start, UnsupportedError for other games, for values at which an eigenvalue of a
    vertex is zero, and for a start that lies on the separatrix as far as floats can tell.

    >>> from coopgame import NormalFormGame
    >>> stag = NormalFormGame({"a, a": [2, 2], "a, b": [0, 0], "b, a": [0, 0], "b, b": [1, 1]})
    >>> find_basin(stag, {"x": 0.5, "y": 0.2})
    'E4'
    """
    cube = _two_populations(game)
    shares = _inner_shares(game, start)
    numbers = _advantages(cube, values or {})
    if any(value.ndim for value in numbers):
        raise ParameterError("one number for each parameter is needed here; arrays are for basin_area")
    a0, a1, b0, b1 = (float(value) for value in numbers)
    if 0 in (a0, a1, b0, b1):
        raise UnsupportedError("an eigenvalue of a vertex is zero at these values, so a whole edge is at rest")
    areas, cycling, _ = _areas(*(np.array([value]) for value in (a0, a1, b0, b1)))
    if cycling[0]:
        return None
    reached = [vertex for vertex, area in areas.items() if area[0] > 0]
    if len(reached) > 1:
        turned = (0, 1) in reached
        x, y = shares[0], 1 - shares[1] if turned else shares[1]
        corners = (a1, a0, -b0, -b1) if turned else (a0, a1, b0, b1)
        high = int(_is_above(x, y, *corners))
        reached = [(high, 1 - high if turned else high)]
    return vertex_label(cube, reached[0])


def _two_populations(game: Game) -> Cube:
    cube = cube_of(game)
    if cube.size != 2:
        raise UnsupportedError(
            f"basins are computed for two populations, got {cube.size}; integrate() from a grid of starts tells the basins "
            "of other games"
        )
    return cube


def _inner_shares(game: Game, start: Mapping[str, Any]) -> tuple[float, float]:
    if set(start) != set(game.coordinates):
        raise StateError(f"give {' and '.join(game.coordinates)}; got {', '.join(start) or 'none'}")
    x, y = (float(exact_number(start[name], name)) for name in game.coordinates)
    if not (0 < x < 1 and 0 < y < 1):
        raise StateError(f"the start ({x:g}, {y:g}) is not inside the square; on an edge only one share moves")
    return x, y


def _is_above(x: float, y: float, a0: float, a1: float, b0: float, b1: float) -> bool:
    """Return whether a state lies on the side of (1, 1) of the separatrix, where (0, 0) and (1, 1) are strict."""
    gap_x, gap_y = x - b0 / (b0 - b1), y - a0 / (a0 - a1)
    if gap_x * gap_y > 0:
        return gap_x > 0
    rise_x = float(_rise(*map(np.asarray, (b0, b1, b0 / (b0 - b1), gap_x))))
    rise_y = float(_rise(*map(np.asarray, (a0, a1, a0 / (a0 - a1), gap_y))))
    scale = max(map(abs, (a0, a1, b0, b1)))
    if abs(rise_x - rise_y) <= _ON_CURVE * scale:
        raise UnsupportedError(f"the start ({x:g}, {y:g}) lies on the separatrix, as far as floats can tell")
    return gap_y > 0 if rise_y > rise_x else gap_x > 0


def _frozen(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    array = values.reshape(shape)
    array.flags.writeable = False
    return array


def _advantages(cube: Cube, values: Mapping[str, Any]) -> tuple[np.ndarray, ...]:
    """Return A0, A1, B0, B1 as arrays of one shape."""
    game = cube.game
    known = {p.name: p.value for p in game.parameters}
    unknown = [name for name in values if name not in known]
    if unknown:
        raise ParameterError(f"unknown parameter {unknown[0]!r}; known are {', '.join(known) or 'none'}")
    missing = [name for name, value in known.items() if value is None and name not in values]
    if missing:
        raise ParameterError(f"no value for {', '.join(missing)}; give one to each of them, or an array of values")
    columns = [_column(name, values.get(name, known[name])) for name in game.ring.names]
    try:
        spread = np.broadcast_arrays(*columns) if columns else []
    except ValueError:
        shapes = ", ".join(f"{n} {c.shape}" for n, c in zip(game.ring.names, columns, strict=True) if c.ndim)
        raise ParameterError(f"the arrays of values do not fit together: {shapes}") from None
    shape = spread[0].shape if spread else ()
    points = np.stack([c.ravel() for c in spread], axis=1) if spread else np.zeros((1, 0))
    corners = [cube.corner(0, (0, 0)), cube.corner(0, (0, 1)), cube.corner(1, (0, 0)), cube.corner(1, (1, 0))]
    found = []
    for corner in corners:
        top, bottom = cube.ring.evaluator([corner.numerator, corner.denominator])(points)
        if (bottom == 0).any():
            raise ParameterError("a payoff divides by zero at some of the values")
        found.append((top / bottom).reshape(shape))
    return tuple(found)


def _column(name: str, value: Any) -> np.ndarray:
    if isinstance(value, np.ndarray | list | tuple):
        column = np.asarray(value, dtype=float)
        if not np.isfinite(column).all():
            raise ParameterError(f"{name} has values that are not finite numbers; leave them out")
        return column
    return np.asarray(float(exact_number(value, name)))


def _areas(
    a0: np.ndarray, a1: np.ndarray, b0: np.ndarray, b1: np.ndarray
) -> tuple[dict[Vertex, np.ndarray], np.ndarray, np.ndarray]:
    """Return areas by vertex, where orbits are closed, and errors, for arrays of one dimension."""
    tie = (a0 == 0) | (a1 == 0) | (b0 == 0) | (b1 == 0)
    strict: dict[Vertex, np.ndarray] = {
        (0, 0): (a0 < 0) & (b0 < 0),
        (1, 0): (a0 > 0) & (b1 < 0),
        (0, 1): (a1 < 0) & (b0 > 0),
        (1, 1): (a1 > 0) & (b1 > 0),
    }
    count = sum(found.astype(int) for found in strict.values())
    areas = {vertex: found.astype(float) for vertex, found in strict.items()}
    cycling, error = np.where(count == 0, 1.0, 0.0), np.zeros(len(a0))
    both = (count == 2) & ~tie
    # strict equilibria at (0, 1) and (1, 0) become those at (0, 0) and (1, 1) when the second population is relabelled
    turned = both & strict[0, 1]
    p0, p1 = np.where(turned, a1, a0)[both], np.where(turned, a0, a1)[both]
    q0, q1 = np.where(turned, -b0, b0)[both], np.where(turned, -b1, b1)[both]
    below, error[both] = _area_below(p0, p1, q0, q1)
    for vertex, straight in (((0, 0), True), ((1, 1), False)):
        own = below if straight else 1 - below
        across = (vertex[0], 1 - vertex[1])
        areas[vertex][both] = np.where(turned[both], 0.0, own)
        areas[across][both] = np.where(turned[both], own, 0.0)
    for result in (*areas.values(), cycling, error):
        result[tie] = np.nan
    return areas, cycling, error


def _area_below(a0: np.ndarray, a1: np.ndarray, b0: np.ndarray, b1: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the area below the separatrix when (0, 0) and (1, 1) are strict, and an estimate of its error."""
    rows = [slice(k, k + _ROWS) for k in range(0, len(a0), _ROWS)]
    coarse, fine = (
        np.concatenate([_quadrature(a0[r], a1[r], b0[r], b1[r], step) for r in rows] or [a0]) for step in _STEPS
    )
    return fine, np.abs(fine - coarse) + _ROUNDING


def _quadrature(a0: np.ndarray, a1: np.ndarray, b0: np.ndarray, b1: np.ndarray, step: float) -> np.ndarray:
    """Integrate the height of the separatrix from 0 to the saddle and from there to 1.

    With x = saddle times a share that crowds at both ends, the powers of x with which the curve meets the corners do no harm.
    """
    t = step * np.arange(-round(_RANGE / step), round(_RANGE / step) + 1)
    inner = np.pi / 2 * np.sinh(t)
    node = 1 / (1 + np.exp(-2 * inner))
    rest = 1 / (1 + np.exp(2 * inner))
    weight = step * np.pi * np.cosh(t) * node * rest
    saddle = (b0 / (b0 - b1))[:, None]
    # gaps are kept apart from the shares: next to the saddle and to the corners differences would lose their digits
    left = _height(a0, a1, b0, b1, -saddle * rest, upper=True)
    right = _height(a0, a1, b0, b1, (1 - saddle) * node, upper=False)
    total = saddle * left + (1 - saddle) * right
    return np.asarray((weight * total).sum(axis=1))


def _height(
    a0: np.ndarray, a1: np.ndarray, b0: np.ndarray, b1: np.ndarray, gap: np.ndarray, *, upper: bool
) -> np.ndarray:
    """Return y on the separatrix at x = saddle + gap, shape of gap: above the saddle's y to the left of it, else below."""
    a0, a1, b0, b1 = (value[:, None] for value in (a0, a1, b0, b1))
    x, y = b0 / (b0 - b1), a0 / (a0 - a1)
    level = _rise(b0, b1, x, gap)
    room = 1 - y if upper else y
    # bisection in the logarithm of the odds of the gap within its room, which is also fine next to both ends
    low, high = np.full(level.shape, -40.0), np.full(level.shape, 40.0)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        step = room / (1 + np.exp(-middle))
        enough = _rise(a0, a1, y, step if upper else -step) > level
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    gap_y = room / (1 + np.exp(-(low + high) / 2))
    return np.asarray(y + gap_y if upper else y - gap_y)


def _rise(c0: np.ndarray, c1: np.ndarray, centre: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """Return c0 ln s - c1 ln(1 - s) at s = centre + gap less its value at the centre, its minimum."""
    with np.errstate(divide="ignore"):
        return np.asarray(c0 * np.log1p(gap / centre) - c1 * np.log1p(-gap / (1 - centre)))
