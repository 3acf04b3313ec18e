"""Where a trajectory goes: converged, cycling or undecided, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Literal

import numpy as np

from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.structure import cube_of, pairwise_of
from coopgame.dynamics.mean import VectorField
from coopgame.dynamics.state import share_names, slices
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

_NEAR = 1e-3
_STILL = 1e-7
_FEWEST_TURNS = 3


@dataclass(frozen=True, eq=False)
class Outcome:
    """The verdict on a trajectory.

    kind: converged, cycling or undecided. label, state: the rest point it converges to. residual: largest rate of a
    share at the last state. how: what the verdict rests on. period, amplitude: of the last turn when cycling.
    growth: ratio of successive turn times, above 1 when the orbit approaches a heteroclinic cycle.
    """

    kind: Literal["converged", "cycling", "undecided"]
    text: str
    residual: float
    how: str = ""
    label: str | None = None
    state: np.ndarray | None = None
    period: float | None = None
    amplitude: float | None = None
    growth: float | None = None

    def __str__(self) -> str:
        return f"{self.text} (largest rate {self.residual:.1e}{'; ' + self.how if self.how else ''})"


def judge(
    dynamics: VectorField,
    values: Mapping[str, Fraction],
    times: np.ndarray,
    shares: np.ndarray,
    logs: np.ndarray,
) -> Outcome:
    """Return the verdict on a computed trajectory; shares and logs have shape (T, number of shares)."""
    game = dynamics.game
    residual = float(np.abs(dynamics(shares[-1], values)).max())
    points = _rest_points(game, values)
    return (
        _at_strict_vertex(dynamics, values, shares[-1], points, residual)
        or _at_attractor(shares, points, residual)
        or _at_rest(dynamics, values, shares, points, residual)
        or _cycling(game, times, shares, logs, residual)
        or Outcome(
            "undecided",
            "undecided: neither at rest nor recurrent by the end; integrate longer (t_end)",
            residual,
        )
    )


def _rest_points(game: Game, values: Mapping[str, Fraction]) -> RestPoints | None:
    try:
        return find_rest_points(game.substitute(values) if values else game)
    except UnsupportedError:
        return None


def _multilinear(game: Game) -> bool:
    try:
        if len(game.populations) == 1:
            pairwise_of(game)
        else:
            cube_of(game)
    except UnsupportedError:
        return False
    return True


def _at_strict_vertex(
    dynamics: VectorField,
    values: Mapping[str, Fraction],
    state: np.ndarray,
    points: RestPoints | None,
    residual: float,
) -> Outcome | None:
    """A trapping neighbourhood: where every population holds at least its present leading share, leaders earn most.

    Payoffs are multilinear, so it is enough to look at the corners of that neighbourhood. From there on leading
    shares only grow, and the state converges to the vertex.
    """
    parts = slices(dynamics.game)
    leaders = [part.start + int(np.argmax(state[part])) for part in parts]
    if min(state[leader] for leader in leaders) < 0.5 or not _multilinear(dynamics.game):
        return None
    corners = []
    for part, leader in zip(parts, leaders, strict=True):
        own = []
        for i in range(part.start, part.stop):
            corner = np.zeros(part.stop - part.start)
            corner[leader - part.start] = state[leader]
            corner[i - part.start] += 1 - state[leader]
            own.append(corner)
        corners.append(own)
    payoffs = dynamics.payoffs(np.array([np.concatenate(choice) for choice in product(*corners)]), values)
    for part, leader in zip(parts, leaders, strict=True):
        others = [i for i in range(part.start, part.stop) if i != leader and state[i] > 0]
        if others and (payoffs[:, [leader]] - payoffs[:, others]).min() <= 0:
            return None
    vertex = np.zeros_like(state)
    vertex[leaders] = 1.0
    label = _label(points, vertex)
    names = share_names(dynamics.game)
    shown = ", ".join(names[leader] for leader in leaders)
    how = "inside a neighbourhood that the field cannot leave and where leading shares only grow"
    return Outcome("converged", f"converged to {label or 'the vertex'} ({shown})", residual, how, label, vertex)


def _label(points: RestPoints | None, state: np.ndarray) -> str | None:
    if points is None:
        return None
    for point in points:
        if _has_state(point) and np.abs(point.state - state).max() < _STILL:
            return point.label
    return None


def _has_state(point: RestPoint) -> bool:
    try:
        return bool(np.isfinite(point.state).all())
    except (UnsupportedError, TypeError):
        return False


def _at_attractor(shares: np.ndarray, points: RestPoints | None, residual: float) -> Outcome | None:
    """Near an asymptotically stable rest point, and nearer than before."""
    for point in points or ():
        if point.attracting != "asymptotic" or not _has_state(point):
            continue
        distance = np.abs(shares - point.state).max(axis=1)
        late, end = distance[len(distance) // 2 : -len(distance) // 5].max(initial=1.0), distance[-1]
        if end < _NEAR and (end < late / 2 or end < _STILL):
            how = f"within {end:.1e} of an asymptotically stable point and coming nearer"
            return Outcome("converged", f"converged to {point.label}", residual, how, point.label, point.state)
    return None


def _at_rest(
    dynamics: VectorField,
    values: Mapping[str, Fraction],
    shares: np.ndarray,
    points: RestPoints | None,
    residual: float,
) -> Outcome | None:
    """Still over the last fifth, at a point with no growing direction among the strategies that are present."""
    moved = np.abs(shares[-len(shares) // 5 :] - shares[-1]).max()
    if residual > _STILL or moved > np.sqrt(_STILL):
        return None
    state = shares[-1]
    eigenvalues = np.linalg.eigvals(dynamics.jacobian(state, values)).real
    label = _label(points, np.round(state, 6))
    scale = max(1.0, float(np.abs(eigenvalues).max(initial=0.0)))
    if eigenvalues.max(initial=0.0) > 1e-6 * scale:
        text = "undecided: still, but at a point with a growing direction; it may leave later (longer t_end)"
        return Outcome("undecided", text, residual, label=label)
    on_line = bool(points and points.components) and np.abs(eigenvalues).min(initial=1.0) < 1e-5 * scale
    if on_line:
        how = "still over the last fifth of the time, no growing direction"
        shown = ", ".join(f"{v:.6g}" for v in _shown(dynamics.game, state))
        text = f"converged to a point ({shown}) on a line of rest points"
        return Outcome("converged", text, residual, how, None, state)
    if label:
        how = "still over the last fifth of the time, no growing direction"
        return Outcome("converged", f"converged to {label}", residual, how, label, state)
    if eigenvalues.max(initial=-1.0) < -1e-6 * scale:  # payoffs outside the exact analysis, such as sqrt(a)
        shown = ", ".join(f"{v:.6g}" for v in _shown(dynamics.game, state))
        how = "still over the last fifth of the time, all eigenvalues negative, numerically"
        return Outcome("converged", f"converged to ({shown})", residual, how, None, state)
    return None


def _shown(game: Game, state: np.ndarray) -> list[float]:
    """Return the state in coordinates."""
    result: list[float] = []
    for population, part in zip(game.populations, slices(game), strict=True):
        result += list(state[part][:1] if population.symbol else state[part])
    return result


def _cycling(game: Game, times: np.ndarray, shares: np.ndarray, logs: np.ndarray, residual: float) -> Outcome | None:
    """Recurrent passages of one share through a level, with swings that do not shrink."""
    half = len(times) // 2
    spread = np.ptp(shares[half:], axis=0)
    column = int(np.argmax(spread))
    if spread[column] < _NEAR:
        return None
    name = share_names(game)[column]
    signal = shares[:, column]
    level = float(np.median(signal[half:])) if spread[column] < 0.5 else 0.5
    if not signal[half:].min() < level < signal[half:].max():
        level = (signal[half:].min() + signal[half:].max()) / 2
    above = signal > level
    rises = np.flatnonzero(~above[:-1] & above[1:])
    if len(rises) < _FEWEST_TURNS:
        return None
    weights = (level - signal[rises]) / (signal[rises + 1] - signal[rises])
    passages = times[rises] + weights * np.diff(times)[rises]
    turns = np.diff(passages)
    swings = np.array([np.ptp(signal[a : b + 1]) for a, b in pairwise(rises)])
    growth = float(turns[-1] / turns[-2])
    period, amplitude = float(turns[-1]), float(swings[-1])
    deepest = [float(np.where(np.isfinite(logs), logs, 0)[a:b].min()) for a, b in pairwise(rises)]
    if turns[-1] > 1.05 * turns[-2] and deepest[-1] < deepest[0] - 1:
        text = f"cycling: turns of {name} take longer each time (ratio {growth:.3g}), towards a heteroclinic cycle"
        how = f"{len(turns)} turns, smallest share down to exp({deepest[-1]:.3g})"
        return Outcome("cycling", text, residual, how, period=period, amplitude=amplitude, growth=growth)
    late = swings[len(swings) // 2 :]  # early turns may still approach the cycle
    if len(late) < 2 or late[-1] < 0.99 * late[0]:
        return None
    text = f"cycling: {name} swings by {amplitude:.4g} with period {period:.5g}"
    how = f"{len(turns)} turns, swings changed by {late[-1] / late[0] - 1:+.1e} over the later half"
    return Outcome("cycling", text, residual, how, period=period, amplitude=amplitude, growth=growth)
