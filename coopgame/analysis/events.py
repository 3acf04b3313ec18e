"""Events along a trajectory: a level crossed, a rest point reached, a region left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.codegen import compile_expressions
from coopgame.dynamics.state import as_state, slices
from coopgame.errors import ExpressionError, ParameterError, StateError
from coopgame.expressions import parse_condition, parse_expression, symbols_of
from coopgame.games.game import Game

Measure = Callable[[np.ndarray], np.ndarray]
_PARTS_OF_A_STEP = 8


@dataclass(frozen=True)
class Event:
    """Something to watch for along a trajectory: a quantity that passes through zero.

    name: as it is reported. what: text of the quantity, or a state with a radius, from which `measure` makes a function of shares.
    direction: +1 counts rising passages, -1 falling ones, 0 both. stop: whether the trajectory ends there.
    """

    name: str
    what: Any
    direction: int = 0
    stop: bool = False

    def measure(self, game: Game, values: Mapping[str, Fraction]) -> Measure:
        """Return the quantity as a function of shares of shape (T, n)."""
        if isinstance(self.what, _Near):
            return self.what.measure(game)
        return _compiled(game, values, self.what, self.name)


@dataclass(frozen=True)
class EventHit:
    """An event that happened: its name, the time, and all shares then."""

    name: str
    time: float
    shares: np.ndarray

    def __str__(self) -> str:
        return f"{self.name} at t = {self.time:.6g}"


@dataclass(frozen=True)
class _Near:
    state: Any
    within: float

    def measure(self, game: Game) -> Measure:
        target = as_state(game, dict(self.state) if isinstance(self.state, tuple) else self.state)
        return lambda shares: np.asarray(np.abs(shares - target).max(axis=-1) - self.within)


def crosses(expression: str, *, rising: bool | None = None, stop: bool = False) -> Event:
    """Return the event that an expression in shares and parameters passes through 0, such as "x - 1/2".

    rising: count only passages upwards (True) or downwards (False).

    >>> crosses("x - 1/2", rising=True).name
    'x - 1/2 crosses 0 upwards'
    """
    way = {True: " upwards", False: " downwards", None: ""}[rising]
    direction = {True: 1, False: -1, None: 0}[rising]
    return Event(f"{expression} crosses 0{way}", expression, direction, stop)


def reaches(state: Mapping[str, Any], within: float = 1e-3, *, stop: bool = True) -> Event:
    """Return the event that all shares come within a distance of a state.

    >>> reaches({"x": 1}).stop
    True
    """
    if not within > 0:
        raise StateError(f"within = {within}; a positive distance is needed")
    shown = ", ".join(f"{name} = {value}" for name, value in state.items())
    return Event(f"({shown}) within {within:g}", _Near(tuple(state.items()), within), -1, stop)


def leaves(condition: str, *, stop: bool = True) -> Event:
    """Return the event that a condition stops to hold, such as "x > 0.2".

    >>> leaves("x > 0.2").name
    'left x > 0.2'
    """
    conditions = parse_condition(condition, "event")
    if len(conditions) != 1 or conditions[0].relation not in ("<", "<=", ">", ">="):
        raise ExpressionError(f"{condition!r} is no single inequality; give one event for each", condition)
    (only,) = conditions
    inside = only.left - only.right if only.relation in (">", ">=") else only.right - only.left
    return Event(f"left {condition}", inside, -1, stop)


def _compiled(game: Game, values: Mapping[str, Fraction], what: Any, name: str) -> Measure:
    dotted = [f"{p.name}.{s}" for p in game.populations for s in p.strategies]
    expression = parse_expression(what, name, names=tuple(dotted))
    known = {*game.coordinates, *dotted, *values}
    unknown = sorted(symbols_of(expression) - known)
    if unknown:
        raise ParameterError(f"the event {name!r} names {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    columns: dict[str, Callable[[np.ndarray], np.ndarray]] = {}
    for block, part in zip(game.blocks, slices(game), strict=True):
        for k in range(part.start, part.stop):
            columns[f"{block.name}.{block.strategies[k - part.start]}"] = _column(k)
        if block.symbol:
            columns[block.symbol] = _column(part.start)
    function = compile_expressions([expression], tuple(columns), tuple(values))
    numbers = [float(v) for v in values.values()]

    def measure(shares: np.ndarray) -> np.ndarray:
        (result,) = function([column(shares) for column in columns.values()], numbers)
        return np.broadcast_to(np.asarray(result, dtype=float), shares.shape[:-1])

    return measure


def _column(k: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda shares: shares[..., k]


class Watch:
    """Looks for events on every step of a solution; keeps the hits in order of time."""

    def __init__(
        self,
        events: Sequence[Event],
        measures: Sequence[Measure],
        shares: Callable[[np.ndarray], np.ndarray],
        start: float,
    ) -> None:
        self.events, self.measures, self.shares = tuple(events), tuple(measures), shares
        self.last = start
        self.hits: list[EventHit] = []

    def __call__(self, end: float, path: Callable[[np.ndarray], np.ndarray]) -> float | None:
        """Record the events on the step that ends now; return the time of the first one that stops the trajectory."""
        times = np.linspace(self.last, end, _PARTS_OF_A_STEP + 1)
        shares = self.shares(path(times))
        self.last = end
        found: list[tuple[float, Event]] = []
        for event, measure in zip(self.events, self.measures, strict=True):
            values = measure(shares)
            up, down = (values[:-1] < 0) & (values[1:] >= 0), (values[:-1] > 0) & (values[1:] <= 0)
            for i in np.flatnonzero((up & (event.direction >= 0)) | (down & (event.direction <= 0))):
                found.append((self._root(measure, path, times[i], times[i + 1]), event))
        for time, event in sorted(found, key=lambda hit: hit[0]):
            self.hits.append(EventHit(event.name, time, self.shares(path(np.array([time])))[0]))
            if event.stop:
                return time
        return None

    def _root(self, measure: Measure, path: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> float:
        from scipy.optimize import brentq

        def value(time: float) -> float:
            return float(measure(self.shares(path(np.array([time]))))[0])

        return (
            float(brentq(value, low, high, xtol=1e-13, rtol=1e-13)) if value(low) * value(high) < 0 else float(high)
        )
