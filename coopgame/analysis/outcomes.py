"""Where a trajectory goes: converged, cycling or undecided, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Literal

import numpy as np

from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.recurrence import find_turns
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.structure import cube_of, pairwise_of
from coopgame.analysis.trajectories import Solution
from coopgame.dynamics.mean import VectorField
from coopgame.dynamics.state import share_names, slices
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

_NEAR = 1e-3
_STILL = 1e-7
_SAME = 1e-6
_GROWING = 1e-6
_CLOSED = 1e-6
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
    logs: np.ndarray,
    solution: Solution,
) -> Outcome:
    """Return the verdict on a computed trajectory; logs, of shape (T, number of shares), are log shares at times."""
    game = dynamics.game
    shares = np.exp(logs)
    present = np.isfinite(logs[-1])
    residual = float(np.abs(dynamics(shares[-1], values)).max())
    points = _rest_points(game, values)
    return (
        _at_strict_vertex(dynamics, values, shares[-1], present, points, residual)
        or _at_attractor(shares, points, residual)
        or _at_rest(dynamics, values, shares, present, points, residual)
        or _cycling(game, solution, residual)
        or _undecided(dynamics, values, shares, present, points, residual)
    )


def _rest_points(game: Game, values: Mapping[str, Fraction]) -> RestPoints | None:
    try:
        return find_rest_points(game, values)
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
    present: np.ndarray,
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
        others = [i for i in range(part.start, part.stop) if i != leader and present[i]]
        if others and (payoffs[:, [leader]] - payoffs[:, others]).min() <= 0:
            return None
    vertex = np.zeros_like(state)
    vertex[leaders] = 1.0
    label = _label(points, vertex)
    names = share_names(dynamics.game)
    shown = ", ".join(names[leader] for leader in leaders)
    how = "inside a neighbourhood that the field cannot leave and where leading shares only grow"
    how += "" if present.all() else "; strategies absent from the start stay absent"
    return Outcome("converged", f"converged to {label or 'the vertex'} ({shown})", residual, how, label, vertex)


def _label(points: RestPoints | None, state: np.ndarray) -> str | None:
    """Return the label of the nearest rest point, None when none is within 1e-6."""
    distances = {p.label: float(np.abs(p.state - state).max()) for p in points or () if _has_state(p)}
    nearest = min(distances, key=distances.__getitem__, default=None)
    return nearest if nearest is not None and distances[nearest] < _SAME else None


def _has_state(point: RestPoint) -> bool:
    try:
        return bool(np.isfinite(point.state).all())
    except (UnsupportedError, TypeError):
        return False


def _at_attractor(shares: np.ndarray, points: RestPoints | None, residual: float) -> Outcome | None:
    """Near an asymptotically stable rest point, far nearer than to any other, and nearer than before."""
    states = {point.label: point.state for point in points or () if _has_state(point)}
    for point in points or ():
        if point.attracting != "asymptotic" or point.label not in states:
            continue
        apart = [float(np.abs(other - point.state).max()) for label, other in states.items() if label != point.label]
        near = min([_NEAR, *(0.1 * distance for distance in apart)])
        distance = np.abs(shares - point.state).max(axis=1)
        late, end = distance[len(distance) // 2 : -len(distance) // 5].max(initial=1.0), distance[-1]
        if end < near and (end < late / 2 or end < _STILL):
            how = f"within {end:.1e} of an asymptotically stable point and coming nearer"
            return Outcome("converged", f"converged to {point.label}", residual, how, point.label, point.state)
    return None


def _at_rest(
    dynamics: VectorField,
    values: Mapping[str, Fraction],
    shares: np.ndarray,
    present: np.ndarray,
    points: RestPoints | None,
    residual: float,
) -> Outcome | None:
    """Still over the last fifth, at a point with no growing direction among the strategies that are present."""
    state = shares[-1]
    eigenvalues, scale = _eigenvalues(dynamics, values, state, present)
    if not _still(shares, residual, scale) or eigenvalues.max(initial=0.0) > _GROWING * scale:
        return None
    label = _label(points, state)
    place = "(" + ", ".join(f"{v:.6g}" for v in _shown(dynamics.game, state)) + ")"
    how = "still over the last fifth of the time, no growing direction"
    if points and points.components and np.abs(eigenvalues).min(initial=np.inf) <= 1e-5 * scale:
        return Outcome(
            "converged", f"converged to a point {place} on a line of rest points", residual, how, None, state
        )
    if label:
        return Outcome("converged", f"converged to {label}", residual, how, label, state)
    if eigenvalues.max(initial=-1.0) < -_GROWING * scale:  # payoffs outside the exact analysis, such as sqrt(a)
        how = "still over the last fifth of the time, all eigenvalues negative, numerically"
        return Outcome("converged", f"converged to {place}", residual, how, None, state)
    return None


def _undecided(
    dynamics: VectorField,
    values: Mapping[str, Fraction],
    shares: np.ndarray,
    present: np.ndarray,
    points: RestPoints | None,
    residual: float,
) -> Outcome:
    _, scale = _eigenvalues(dynamics, values, shares[-1], present)
    if _still(shares, residual, scale):
        text = "undecided: still, but at a point with a growing direction; it may leave later (longer t_end)"
        return Outcome("undecided", text, residual, label=_label(points, shares[-1]))
    text = "undecided: neither at rest nor recurrent by the end; integrate longer (t_end)"
    return Outcome("undecided", text, residual)


def _still(shares: np.ndarray, residual: float, scale: float) -> bool:
    moved = np.abs(shares[-len(shares) // 5 :] - shares[-1]).max()
    return residual <= _STILL * scale and bool(moved <= np.sqrt(_STILL))


def _eigenvalues(
    dynamics: VectorField, values: Mapping[str, Fraction], state: np.ndarray, present: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the real parts of the eigenvalues on the face of the strategies that are present, and the scale of rates."""
    columns: list[np.ndarray] = []
    reduced: list[int] = []
    for part in slices(dynamics.game):
        reduced += range(part.start, part.stop - 1)
        inside = [i for i in range(part.start, part.stop) if present[i]]
        for i in inside[1:]:
            direction = np.zeros(len(state))
            direction[i], direction[inside[0]] = 1.0, -1.0
            columns.append(direction)
    scale = float(np.ptp(dynamics.payoffs(state, values)))
    if not columns:
        return np.zeros(0), scale
    basis = np.stack(columns, axis=1)[reduced]
    inner = np.linalg.lstsq(basis, dynamics.jacobian(state, values) @ basis, rcond=None)[0]
    eigenvalues = np.asarray(np.linalg.eigvals(inner).real)
    return eigenvalues, max(scale, float(np.abs(eigenvalues).max()))


def _shown(game: Game, state: np.ndarray) -> list[float]:
    """Return the state in coordinates."""
    result: list[float] = []
    for population, part in zip(game.populations, slices(game), strict=True):
        result += list(state[part][:1] if population.symbol else state[part])
    return result


def _cycling(game: Game, solution: Solution, residual: float) -> Outcome | None:
    """Recurrent turns: towards a heteroclinic cycle, closed, or recurrent without closing; a spiral is undecided."""
    turns = find_turns(solution)
    if turns is None:
        return None
    name = share_names(game)[turns.column]
    lengths, depths = turns.lengths, turns.depths
    growth, period, amplitude = float(lengths[-1] / lengths[-2]), float(lengths[-1]), float(turns.swings[-1])
    count = f"{len(lengths)} turns"
    if growth > 1.05 and depths[-1] < depths[0] - 1:
        text = f"cycling: turns of {name} take longer each time (ratio {growth:.3g}), towards a heteroclinic cycle"
        how = f"{count}, smallest share down to exp({depths[-1]:.3g})"
    elif len(lengths) < _FEWEST_TURNS:
        return None
    elif turns.drifts[-1] < _CLOSED * amplitude:
        text = f"cycling: {name} swings by {amplitude:.4g} with period {period:.5g}"
        how = f"{count}, the last one closed to {turns.drifts[-1]:.1e}"
    elif not turns.spiral:
        text = f"cycling: {name} swings by {amplitude:.4g}, last turn {period:.5g}, without closing"
        how = f"{count}, which differ by {turns.drifts[len(lengths) // 2 :].max():.1e}, in no one direction"
    else:
        text = "undecided: it turns and drifts slowly in one direction; integrate longer (t_end)"
        how = f"{count}, the last one moved the state by {turns.drifts[-1]:.1e}"
        return Outcome("undecided", text, residual, how)
    return Outcome("cycling", text, residual, how, period=period, amplitude=amplitude, growth=growth)
