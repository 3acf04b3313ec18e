"""Why a solution stops before its time: a coordinate leaves its range, a quantity grows beyond every bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from coopgame.errors import IntegrationError

if TYPE_CHECKING:
    from coopgame.analysis.solution import Chart

Path = Callable[[np.ndarray], np.ndarray]
_LARGEST = 1e300
_BLOWING_UP = 1e8  # a quantity whose growth rate times the time so far is above this has left no time to step


def left_range(
    bounded: Sequence[tuple[str, int, float]], margin: float, u: np.ndarray, piece: Path, steps: list[float]
) -> IntegrationError | None:
    """Return the error of a coordinate that left its range in the last step, which is then cut where it did."""
    for name, i, top in bounded:
        border = 0.0 if u[i] < -margin else top if u[i] > top + margin else None
        if border is None:
            continue
        steps[-1] = high = _last_time(lambda at, i=i, top=top: 0 <= float(piece(at)[i, 0]) <= top, steps)  # type: ignore[misc]
        kept, factor = ("from 0 to 1", "n*(1 - n)") if top == 1 else ("from 0 on", name)
        return IntegrationError(
            f"{name} reaches {border:g} at t = {high:.6g} and moves on, out of its range {kept}; let its rate vanish or point "
            f"inwards there, for instance by a factor {factor}"
        )
    return None


def _last_time(inside: Callable[[np.ndarray], bool], steps: Sequence[float]) -> float:
    """Return the time in the last step up to which a condition holds that holds at its start and not at its end."""
    low, high = steps[-2:]
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if inside(np.array([middle])) else (low, middle)
    return high


def too_large(chart: Chart, piece: Path, steps: list[float]) -> IntegrationError | None:
    """Return the error of a quantity beyond the range of numbers, and cut the last step where it left it."""
    if not chart.unbounded:
        return None

    def inside(at: np.ndarray) -> bool:
        return all(size <= _LARGEST for size in chart.sizes(piece(at)[:, 0]).values())

    last = np.array(steps[-1:])
    if inside(last):
        return None
    beyond = [name for name, size in chart.sizes(piece(last)[:, 0]).items() if not size <= _LARGEST]
    steps[-1] = _last_time(inside, steps)
    return IntegrationError(
        f"{' and '.join(beyond)} {_grows(beyond)} beyond {_LARGEST:g} at t = {steps[-1]:.6g}; shorten t_end, or add what limits the growth"
    )


def blow_up(chart: Chart, u: np.ndarray, time: float) -> IntegrationError | None:
    """Return the error of quantities that grew so fast that no time was left to step, None when there are none."""
    if not chart.unbounded or not np.isfinite(u).all():
        return None
    rapid = [name for name, rate in chart.growth(time, u).items() if rate * time > _BLOWING_UP]
    if not rapid:
        return None
    sizes = ", ".join(f"{name} = {size:.3g}" for name, size in chart.sizes(u).items() if name in rapid)
    return IntegrationError(
        f"{' and '.join(rapid)} {_grows(rapid)} beyond every bound in finite time, near t = {time:.6g}, where {sizes}; shorten t_end, or "
        "add what limits the growth"
    )


def _grows(names: Sequence[str]) -> str:
    return "grow" if len(names) > 1 else "grows"
