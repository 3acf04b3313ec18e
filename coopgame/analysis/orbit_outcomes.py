"""Where an orbit of a map goes: to a rest point, round a cycle, towards the border, into chaos, or undecided, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache

import numpy as np

from coopgame.analysis.generation_path import GenerationPath
from coopgame.analysis.lyapunov import LyapunovExponents, exponents_along
from coopgame.analysis.outcomes import End, at_attractor, at_rest
from coopgame.analysis.points import RestPoints
from coopgame.analysis.recurrence import Turns, turns_of_generations
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.turning import Turning, heteroclinic_verdict, swinging_coordinate
from coopgame.analysis.verdicts import Kind, Outcome
from coopgame.dynamics.discrete import GenerationMap
from coopgame.errors import IntegrationError, UnsupportedError

_LONGEST_PERIOD = 256
_CLOSED = 1e-6
_ROUNDING = 1e-12
_SURELY_ATTRACTING = 0.999
_SURELY_REPELLING = 1.001
_LEAST_SWING = 1e-6
_TRANSIENT = 0.25
_SAME_RANGE = {"chaotic": 0.1, "quasi-periodic": 0.02}
_GENERATIONS_OF_A_TORUS = 4000
_DEEP = -20.0
_FEWEST_LATE = 3
_LEAST_SEEN = 9.0  # an exponent above 9 / generations would have multiplied displacements by exp(9)


@dataclass(frozen=True, eq=False)
class _MapEnd(End):
    """The end of an orbit, seen by the displacement of its map."""

    @property
    def growth(self) -> np.ndarray:
        """By how much the moduli of multipliers exceed 1."""
        return np.asarray(np.abs(1 + self.eigenvalues) - 1)

    @cached_property
    def scale(self) -> float:
        """What a displacement is compared with: the fastest move to or from the last state."""
        return float(np.nan_to_num(np.abs(self.eigenvalues)).max(initial=0.0))


def judge_orbit(path: GenerationPath, values: Mapping[str, Fraction]) -> Outcome:
    """Return the verdict on an orbit."""
    points = _all_points(path.dynamics, tuple(values.items()))
    moved = float(np.abs(path.shares[-1] - path.shares[-2]).max()) if path.last else 0.0
    end = _MapEnd(path.dynamics.displacement, values, path.shares, path.log_shares[-1] > -np.inf, points, moved)
    turns = turns_of_generations(path.log_shares)
    return (
        at_attractor(end)
        or at_rest(end)
        or _heteroclinic(path, turns, end.residual)
        or _periodic(path, end.residual)
        or _recurrent(path, turns, end.residual)
    )


@lru_cache(maxsize=128)
def _all_points(dynamics: GenerationMap, values: tuple[tuple[str, Fraction], ...]) -> RestPoints | None:
    try:
        return find_rest_points(dynamics, dict(values))
    except UnsupportedError:
        return None


def _heteroclinic(path: GenerationPath, turns: Turns | None, residual: float) -> Outcome | None:
    """Return `heteroclinic` where turns lengthen by a factor, or steadily by equal amounts, as where the cycle neither attracts nor repels linearly."""
    if turns is None:
        return None
    turning = Turning(turns, swinging_coordinate(path.dynamics.game, turns.column), residual)
    found = heteroclinic_verdict(turning)
    if found is not None or not _outwards(turns) or turns.depths[-1] > _DEEP:
        return found
    late = np.diff(turns.lengths)[len(turns.lengths) // 2 :]
    if len(late) < _FEWEST_LATE or late.min() <= 0:
        return None
    text = f"turns of {turning.name} take longer each time (by {late.mean():.3g} generations), towards a heteroclinic cycle"
    return turning.verdict("heteroclinic", text, f"smallest share down to exp({turns.depths[-1]:.3g})", turning.last)


def _outwards(turns: Turns) -> bool:
    """Return whether each turn of the later half comes nearer to the border than the one before."""
    late = np.diff(turns.depths)[len(turns.depths) // 2 :]
    return len(late) >= _FEWEST_LATE and bool((late < 0).all())


def _periodic(path: GenerationPath, residual: float) -> Outcome | None:
    """Return the shortest period with which the orbit came back, unless it is still on its way to or from there."""
    shares = path.shares
    for period in range(2, min(_LONGEST_PERIOD, path.last // 4) + 1):
        cycle = shares[-period:]
        swings = np.ptp(cycle, axis=0)
        apart = float(np.abs(cycle - shares[-2 * period : -period]).max())
        if swings.max() < _LEAST_SWING or apart > _CLOSED * swings.max():
            continue
        modulus = _cycle_modulus(path, period)
        if apart > _ROUNDING and modulus > _SURELY_ATTRACTING:
            return None
        keeps = "attracts its neighbours" if modulus < _SURELY_ATTRACTING else "does not attract its neighbours"
        if _SURELY_ATTRACTING <= modulus <= _SURELY_REPELLING:
            keeps = "may attract its neighbours or not"
        if np.isneginf(path.log_shares[-1]).any():
            keeps += " among the strategies that are present"
        name = swinging_coordinate(path.dynamics.game, int(np.argmax(swings)))
        swing = float(swings.max())
        how = f"the last {period} generations repeat those before to {apart:.1e}; the cycle {keeps}, largest multiplier {modulus:.3g}"
        text = f"periodic: {name} swings by {swing:.4g} with period {period} generations"
        return Outcome("periodic", text, residual, how, period=float(period), amplitude=swing)
    return None


def _cycle_modulus(path: GenerationPath, period: int) -> float:
    """Return the largest modulus of a multiplier of the map iterated once round a cycle."""
    steps = path.linear_maps(path.last - period)
    whole = np.eye(steps.shape[-1])
    for step in steps:
        whole = step @ whole
    return float(np.abs(np.linalg.eigvals(whole)).max(initial=0.0))


def _recurrent(path: GenerationPath, turns: Turns | None, residual: float) -> Outcome:
    """Return what the exponents say of an orbit that keeps to the same range without closing."""
    quarter = path.last // 4
    early, late = path.shares[-2 * quarter - 1 : -quarter], path.shares[-quarter:]
    swings = np.ptp(path.shares[-2 * quarter - 1 :], axis=0)
    column = int(np.argmax(swings))
    ends = np.abs(np.array([late.min(axis=0) - early.min(axis=0), late.max(axis=0) - early.max(axis=0)])).max(
        initial=0.0
    )
    changed = float(ends / swings.max()) if swings.max() > _LEAST_SWING else 1.0
    moves_on = changed > _SAME_RANGE["chaotic"] or (turns is not None and _outwards(turns))
    exponents = None if moves_on else _exponents(path)
    if exponents is None:
        text = "undecided: neither at rest nor recurrent by the end; iterate longer (generations)"
        return Outcome("undecided", text, residual)
    name, swing = swinging_coordinate(path.dynamics.game, column), float(swings[column])
    text, gain = (
        f"{name} swings by {swing:.4g}",
        f"a displacement grew by exp({exponents.gain:.3g}) in half of the generations",
    )

    def verdict(kind: Kind, text: str, how: str) -> Outcome:
        return Outcome(kind, f"{kind}: {text}", residual, how, amplitude=swing, exponents=exponents)

    if exponents.sensitive:
        rate, error = exponents.exponents[0], exponents.errors[0]
        return verdict(
            "chaotic", f"{text}; neighbours separate at the rate {rate:.2g} ± {error:.1g} per generation", gain
        )
    seen = _LEAST_SEEN / len(exponents.times)
    torus = exponents.sensitive is False and len(exponents.exponents) > 1 and exponents.exponents[0] > -seen
    if torus and len(exponents.times) >= _GENERATIONS_OF_A_TORUS and changed < _SAME_RANGE["quasi-periodic"]:
        return verdict(
            "quasi-periodic",
            f"{text}, without closing; neighbours stay near",
            f"{gain}, no exponent above {seen:.1g}",
        )
    longer = f"iterate at least {2 * max(path.last, _GENERATIONS_OF_A_TORUS)} generations"
    return verdict("undecided", f"{text}, without closing so far; {longer}", gain)


def _exponents(path: GenerationPath) -> LyapunovExponents | None:
    try:
        return exponents_along(path, int(_TRANSIENT * path.last))
    except IntegrationError:
        return None
