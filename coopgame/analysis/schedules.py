"""Schedules: parameters that change in time along a trajectory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from coopgame.errors import ParameterError
from coopgame.games.game import Game


@dataclass(frozen=True)
class Schedule:
    """A parameter as a function of time.

    value: function of the time t that returns a number. breaks: times at which it jumps or has a kink; the solver stops and starts
    again there. steady_from: time from which it is constant, infinite when it never is.
    """

    value: Callable[[float], float]
    breaks: tuple[float, ...] = ()
    steady_from: float = np.inf

    def __call__(self, time: float) -> float:
        return float(self.value(time))


def steps(times: Sequence[float], values: Sequence[float]) -> Schedule:
    """Return the schedule that holds values[0] before times[0], values[1] from then to times[1], and so on.

    One value more than times is needed. Raises ParameterError when times do not increase.

    >>> pulse = steps([10, 20], [0, 5, 0])
    >>> pulse(15.0), pulse(25.0)
    (5.0, 0.0)
    """
    if len(values) != len(times) + 1:
        raise ParameterError(f"{len(times)} times of change need {len(times) + 1} values, got {len(values)}")
    if any(b <= a for a, b in pairwise(times)):
        raise ParameterError(f"times of a schedule must increase, got {list(times)}")
    knots, levels = tuple(map(float, times)), tuple(map(float, values))
    steady = knots[-1] if knots else 0.0
    return Schedule(lambda t: levels[int(np.searchsorted(knots, t, side="right"))], knots, steady)


def ramp(start: float, stop: float, before: float, after: float) -> Schedule:
    """Return the schedule that goes in a straight line from one value to another between two times.

    >>> ramp(0, 10, before=1, after=3)(5.0)
    2.0
    """
    if not stop > start:
        raise ParameterError(f"a ramp ends after it starts, got {start} to {stop}")
    return Schedule(lambda t: float(np.interp(t, (start, stop), (before, after))), (float(start), float(stop)), stop)


def read_schedules(game: Game, schedules: Mapping[str, Any] | None) -> tuple[tuple[int, Schedule], ...]:
    """Return schedules by position of their parameter; plain functions of t become schedules.

    Raises ParameterError for an unknown parameter and for what is neither a function nor a Schedule.
    """
    names = game.ring.names
    found = []
    for name, schedule in (schedules or {}).items():
        if name not in names:
            raise ParameterError(
                f"a schedule for {name!r}, which is no parameter; there are {', '.join(names) or 'none'}"
            )
        if not callable(schedule):
            raise ParameterError(
                f"the schedule of {name} is {schedule!r}; a function of t, steps() or ramp() is needed"
            )
        found.append((names.index(name), schedule if isinstance(schedule, Schedule) else Schedule(schedule)))
    return tuple(found)


def numbers_at(numbers: list[Any], schedules: Sequence[tuple[int, Schedule]], time: float) -> list[Any]:
    """Return parameters in order with the scheduled ones at a time."""
    if not schedules:
        return numbers
    changed = list(numbers)
    for position, schedule in schedules:
        changed[position] = schedule(time)
    return changed
