"""Where a trajectory goes: to a rest point, round and round, or undecided, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import product

import numpy as np

from coopgame.analysis.law_search import point_near
from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.projection_faces import face_eigenvalues, unlocked
from coopgame.analysis.projection_paths import projected_parts
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.solution import DenseSolution
from coopgame.analysis.structure import cube_of, pairwise_of
from coopgame.analysis.turning import turning_outcome
from coopgame.analysis.verdicts import Outcome
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Family, Rest
from coopgame.dynamics.state import face_directions, share_names, slices
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

_NEAR = 1e-3
_STILL = 1e-7
_SAME = 1e-6
_GROWING = 1e-6


@dataclass(frozen=True, eq=False)
class End:
    """A computed trajectory, its last state, and the rest points of its game where they are known."""

    dynamics: VectorField
    values: Mapping[str, Fraction]
    shares: np.ndarray
    present: np.ndarray
    points: RestPoints | None
    speed: float

    @property
    def game(self) -> Game:
        """The game that is played."""
        return self.dynamics.game

    @property
    def state(self) -> np.ndarray:
        """The last state."""
        last: np.ndarray = self.shares[-1]
        return last

    @cached_property
    def residual(self) -> float:
        """The largest rate of a share at the last state; along the path itself where the field is set-valued."""
        if any(law.family in (Family.BEST_RESPONSE, Family.PROJECTION) for law in self.dynamics.laws):
            return self.speed
        return float(np.abs(self.dynamics(self.state, self.values)).max())

    @cached_property
    def eigenvalues(self) -> np.ndarray:
        """Eigenvalues at the last state, on the face of the strategies that are present."""
        if projected_parts(self.dynamics):
            free = self.present & unlocked(self.dynamics, self.values, self.state)
            return face_eigenvalues(self.dynamics, self.values, self.state, free)
        basis, inverse = face_directions(self.game, self.present)
        if not basis.shape[1]:
            return np.zeros(0)
        try:
            jacobian = self.dynamics.jacobian(self.state, self.values)
        except UnsupportedError:  # payoffs tie where the field has a kink
            return np.full(basis.shape[1], np.nan)
        return np.asarray(np.linalg.eigvals(inverse @ jacobian @ basis))

    @property
    def growth(self) -> np.ndarray:
        """At which rates displacements along the eigenvectors grow."""
        return self.eigenvalues.real

    @cached_property
    def scale(self) -> float:
        """What a rate is compared with: the largest eigenvalue or payoff difference at the last state."""
        payoffs = self.dynamics.payoffs(self.state, self.values)
        spread = float(np.ptp(payoffs)) if payoffs.size else 0.0
        return max(spread, float(np.nan_to_num(np.abs(self.eigenvalues)).max(initial=0.0)))

    @cached_property
    def _least(self) -> np.ndarray:
        """What a quantity without upper bound is at least taken to measure: its smallest positive value at rest, else its largest so far."""
        least = np.zeros(len(self.state))
        states = np.array([p.state for p in self.points or () if _has_state(p)]).reshape(-1, len(least))
        for i, name in enumerate(share_names(self.game)):
            if name in self.game.unbounded:
                positive = states[states[:, i] > 0, i]
                least[i] = positive.min() if len(positive) else self.shares[:, i].max()
        return least

    def sizes(self, state: np.ndarray) -> np.ndarray:
        """Return by what distances to a state are divided: 1 for shares, the size of each quantity without upper bound."""
        unbounded = np.array([name in self.game.unbounded for name in share_names(self.game)])
        return np.where(unbounded, np.maximum(np.maximum(self._least, state), np.finfo(float).tiny), 1.0)

    @property
    def still(self) -> bool:
        """Whether rates are small against their scale, and the state has hardly moved over the last fifth."""
        moved = (np.abs(self.shares[-len(self.shares) // 5 :] - self.state) / self.sizes(self.state)).max()
        return self._relative_residual <= _STILL * self.scale and bool(moved <= np.sqrt(_STILL))

    @property
    def _relative_residual(self) -> float:
        if not self.game.unbounded:
            return self.residual
        return float((np.abs(self.dynamics(self.state, self.values)) / self.sizes(self.state)).max())

    def label(self, state: np.ndarray) -> str | None:
        """Return the label of the nearest rest point, None when none is within 1e-6."""
        distances = {
            p.label: float((np.abs(p.state - state) / self.sizes(p.state)).max())
            for p in self.points or ()
            if _has_state(p)
        }
        nearest = min(distances, key=distances.__getitem__, default=None)
        return nearest if nearest is not None and distances[nearest] < _SAME else None


def judge(
    dynamics: VectorField, values: Mapping[str, Fraction], logs: np.ndarray, solution: DenseSolution
) -> Outcome:
    """Return the verdict on a computed trajectory; logs, of shape (T, number of shares), are its log shares."""
    points = _points_of(dynamics, values, np.exp(logs[-1]))
    present = np.isfinite(logs[-1])
    for part, relative in zip(slices(dynamics.game), dynamics.relative, strict=True):
        present[part] |= not relative  # other dynamics bring absent strategies back
    last = float(solution.steps[-1])
    before = last - 1e-6 * min(1.0, last - float(solution.steps[0]))
    ends = np.exp(solution(np.array([before, last])))
    speed = float(np.abs(ends[1] - ends[0]).max() / (last - before))
    end = End(dynamics, values, np.exp(logs), present, points, speed)
    return (
        _at_strict_vertex(end)
        or at_attractor(end)
        or at_rest(end)
        or turning_outcome(end.game, solution, end.residual)
        or _undecided(end)
    )


def _points_of(dynamics: VectorField, values: Mapping[str, Fraction], state: np.ndarray) -> RestPoints | None:
    """Return the rest points, or where they would have to be searched for the one next to the last state."""
    if all(law.rest != Rest.OWN for law in dynamics.laws):
        return _all_points(dynamics, tuple(values.items()))
    try:
        near = point_near(dynamics, values, state)
    except UnsupportedError:
        return None
    found = (near,) if near else ()
    return RestPoints(dynamics.game, found, (), False, "looked for next to the last state alone", "numeric")


@lru_cache(maxsize=128)
def _all_points(dynamics: VectorField, values: tuple[tuple[str, Fraction], ...]) -> RestPoints | None:
    try:
        return find_rest_points(dynamics, dict(values))
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


def _at_strict_vertex(end: End) -> Outcome | None:
    """A trapping neighbourhood: where every population holds at least its present leading share, leaders earn most.

    Payoffs are multilinear, so it is enough to look at the corners of that neighbourhood. From there on leading
    shares only grow, and the state converges to the vertex: under every dynamic whose rest points are restricted or Nash equilibria
    and in which the best paid strategies grow.
    """
    state, parts = end.state, slices(end.game)
    leaders = [part.start + int(np.argmax(state[part])) for part in parts]
    if any(law.rest == Rest.OWN for law in end.dynamics.laws) or not _multilinear(end.game):
        return None
    if min(state[leader] for leader in leaders) < 0.5:
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
    payoffs = end.dynamics.payoffs(np.array([np.concatenate(choice) for choice in product(*corners)]), end.values)
    rounding = 1e-12 * np.abs(payoffs).max()
    for part, leader in zip(parts, leaders, strict=True):
        others = [i for i in range(part.start, part.stop) if i != leader and end.present[i]]
        if others and (payoffs[:, [leader]] - payoffs[:, others]).min() <= rounding:
            return None
    vertex = np.zeros_like(state)
    vertex[leaders] = 1.0
    label = end.label(vertex)
    names = share_names(end.game)
    shown = ", ".join(names[leader] for leader in leaders)
    how = "inside a neighbourhood that the field cannot leave and where leading shares only grow"
    how += "" if end.present.all() else "; strategies absent from the start stay absent"
    return Outcome("converged", f"converged to {label or 'the vertex'} ({shown})", end.residual, how, label, vertex)


def _has_state(point: RestPoint) -> bool:
    try:
        return bool(np.isfinite(point.state).all())
    except (UnsupportedError, TypeError):
        return False


def at_attractor(end: End) -> Outcome | None:
    """Near an asymptotically stable rest point, far nearer than to any other, and nearer than before."""
    states = {point.label: point.state for point in end.points or () if _has_state(point)}
    for point in end.points or ():
        if point.attracting != "asymptotic" or point.label not in states:
            continue
        sizes = end.sizes(point.state)
        others = [other for label, other in states.items() if label != point.label]
        apart = [float((np.abs(other - point.state) / sizes).max()) for other in others]
        near = min([_NEAR, *(0.1 * distance for distance in apart)])
        distance = (np.abs(end.shares - point.state) / sizes).max(axis=1)
        late, last = distance[len(distance) // 2 : -len(distance) // 5].max(initial=1.0), distance[-1]
        if last < near and (last < late / 2 or last < _STILL):
            how = f"within {last:.1e} of an asymptotically stable point and coming nearer"
            return Outcome("converged", f"converged to {point.label}", end.residual, how, point.label, point.state)
    return None


def at_rest(end: End) -> Outcome | None:
    """Still over the last fifth, at a point with no growing direction among the strategies that are present."""
    growth, state = end.growth, end.state
    if not end.still or np.isnan(growth).any() or growth.max(initial=0.0) > _GROWING * end.scale:
        return None
    label = end.label(state)
    place = "(" + ", ".join(f"{v:.6g}" for v in _shown(end.game, state)) + ")"
    how = "still over the last fifth of the time, no growing direction"
    if end.points and end.points.components and np.abs(end.eigenvalues).min(initial=np.inf) <= 1e-5 * end.scale:
        text = f"converged to a point {place} on a line of rest points"
        return Outcome("converged", text, end.residual, how, None, state)
    if label:
        return Outcome("converged", f"converged to {label}", end.residual, how, label, state)
    if end.residual == 0:
        how = "nothing moves there any more"
        return Outcome("converged", f"converged to {place}", 0.0, how, None, state)
    if growth.max(initial=-1.0) < -_GROWING * end.scale:  # payoffs outside the exact analysis, such as sqrt(a)
        how = "still over the last fifth of the time, all eigenvalues negative, numerically"
        return Outcome("converged", f"converged to {place}", end.residual, how, None, state)
    return None


def _undecided(end: End) -> Outcome:
    if end.still:
        text = "undecided: still, but at a point with a growing direction; it may leave later (longer t_end)"
        return Outcome("undecided", text, end.residual, label=end.label(end.state))
    text = "undecided: neither at rest nor recurrent by the end; integrate longer (t_end)"
    return Outcome("undecided", text, end.residual)


def _shown(game: Game, state: np.ndarray) -> list[float]:
    """Return the state in coordinates."""
    result: list[float] = []
    for population, part in zip(game.blocks, slices(game), strict=True):
        result += list(state[part][:1] if population.symbol else state[part])
    return result
