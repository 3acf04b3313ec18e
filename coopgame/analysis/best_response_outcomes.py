"""Where a best-response path goes: straight to a Nash equilibrium, by turns to one, around a polygon, or undecided."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

import numpy as np

from coopgame.algebra.polynomials import to_fraction
from coopgame.analysis.best_response_paths import BestResponsePath
from coopgame.analysis.best_response_rays import Ray
from coopgame.analysis.best_response_turns import ShapleyPolygon
from coopgame.analysis.points import RestPoints
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.verdicts import Outcome
from coopgame.dynamics.mean import replicator
from coopgame.dynamics.state import slices
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

_NEAR = 1e-3
_CLOSED = 1e-9
_MOST_LABELLED = 10


def judge_best_responses(game: Game, values: Mapping[str, Fraction], path: BestResponsePath) -> Outcome:
    """Return the verdict on a best-response path; how it was chosen among several is part of the evidence."""
    return _at_equilibrium(game, values, path) or _on_polygon(path) or _undecided(path)


def _at_equilibrium(game: Game, values: Mapping[str, Fraction], path: BestResponsePath) -> Outcome | None:
    """A ray without a next tie: its target is a Nash equilibrium, since every strategy that it uses stays a best reply."""
    last = path.rays[-1]
    if last.left != 0 or path.stopped:
        return None
    state = np.array([float(to_fraction(v)) for v in last.target])
    label = _label(game, values, last)
    text = f"converged to {label or 'the Nash equilibrium'} {_shown(game, last)}"
    if last.rests:
        text += f", reached at t = {last.time:.6g}" if last.time > 0 else ", where it starts and stays"
        how = "only best replies are present there"
    elif last.within:
        text += ", by ever faster turns around it"
        how = f"from t = {last.time:.6g} on the turns are replaced by their mean, off by at most {last.within:.1e} exp(-(t - {last.time:.6g}))"
    else:
        text += ", straight" + (f" from t = {last.time:.6g} on" if last.time else "")
        how = "no other strategy becomes a best reply on the way"
    how += f"; {_known(path)}{_ties(path)}"
    return Outcome("converged", text, _speed(path), how, label, state)


def _on_polygon(path: BestResponsePath) -> Outcome | None:
    """A turn that was made several times, with a closed path that attracts those that make it."""
    polygon = path.polygon
    if polygon is None or path.stopped:
        return _on_curve(path)
    now = _distance(polygon, path.rays[-1])
    period, amplitude = polygon.period, float(np.ptp(polygon.corners, axis=0).max())
    if polygon.multiplier is None:
        how = f"a turn leads back to its first state exactly; {_known(path)}{_ties(path)}"
        text = f"periodic: on a closed {polygon}"
    elif now > _NEAR:
        return None
    else:
        how = f"the exact map of a turn shrinks distances by {polygon.multiplier:.4g}, the last tie is {now:.1e} away; {_known(path)}{_ties(path)}"
        text = f"periodic: towards a Shapley {polygon}"
    return Outcome("periodic", text, _speed(path), how, period=period, amplitude=amplitude)


def _on_curve(path: BestResponsePath) -> Outcome | None:
    """The last two turns met their ties in the same states, to many digits; for payoffs that give turns no linear map."""
    length = path.repeats or 0
    if not length or path.stopped or path.payoffs.affine:
        return None
    last, before = (
        np.array([[float(to_fraction(v)) for v in ray.start] for ray in rays])
        for rays in (path.rays[-length:], path.rays[-2 * length : -length])
    )
    drift, amplitude = float(np.abs(last - before).max()), float(np.ptp(last, axis=0).max())
    if drift > _CLOSED * amplitude or amplitude < _NEAR:
        return None
    period = path.rays[-1].time - path.rays[-1 - length].time
    text = f"periodic: turns of {length} ties with period {period:.6g}"
    how = f"the last two turns differ by {drift:.1e}; {_known(path)}{_ties(path)}"
    return Outcome("periodic", text, _speed(path), how, period=period, amplitude=amplitude)


def _undecided(path: BestResponsePath) -> Outcome:
    text = "undecided: it still turns from one best reply to another; integrate longer (t_end)"
    if path.stopped:
        text = f"undecided: {path.stopped}"
    return Outcome("undecided", text, _speed(path), f"{_known(path)}{_ties(path)}")


def _distance(polygon: ShapleyPolygon, ray: Ray) -> float:
    """Return how far the start of a ray is from the nearest corner."""
    state = np.array([float(to_fraction(v)) for v in ray.start])
    return float(np.abs(polygon.corners - state).max(axis=1).min())


def _speed(path: BestResponsePath) -> float:
    """Return the largest rate of a share at the end."""
    last = path.rays[-1]
    if last.rests:
        return 0.0
    target = np.array([float(to_fraction(v)) for v in last.target])
    with np.errstate(under="ignore"):
        return float(np.abs(target - np.exp(path(path.steps[-1:]))[0]).max())


def _known(path: BestResponsePath) -> str:
    return "ties in rational arithmetic" if path.payoffs.affine else "ties enclosed within 2^-120"


def _ties(path: BestResponsePath) -> str:
    """Say how many rays there were, whether there were infinitely many, and where a choice was made."""
    parts = [f"{len(path.rays)} straight pieces" if len(path.rays) > 1 else "1 straight piece"]
    endless = [ray.time for ray in path.rays if ray.infinitely]
    if endless:
        parts.append("infinitely many turns end at t = " + ", ".join(f"{time:.6g}" for time in endless))
    if path.forks:
        first = path.forks[0]
        number = f"{'at least ' if not first.directions.complete else ''}{len(first.directions.targets)}"
        more = " and all points between some of them" if first.directions.continuum else ""
        times = f" and at {len(path.forks) - 1} later ties" if len(path.forks) > 1 else ""
        parts.append(f"not the only solution: {number} straight directions{more} at t = {first.time:.6g}{times}")
    return "; " + ", ".join(parts)


def _shown(game: Game, ray: Ray) -> str:
    state = [to_fraction(v) for v in ray.target]
    values = [
        value
        for population, part in zip(game.blocks, slices(game), strict=True)
        for value in (state[part][:1] if population.symbol else state[part])
    ]
    return "(" + ", ".join(str(v) if v.denominator < 10**6 else f"{float(v):.6g}" for v in values) + ")"


def _label(game: Game, values: Mapping[str, Fraction], ray: Ray) -> str | None:
    """Return the label that the target has among the rest points of the replicator dynamics, which contain all equilibria."""
    if len(ray.target) > _MOST_LABELLED:  # all rest points would take longer than the path
        return None
    points = _points_of(game, tuple(values.items()))
    target = np.array([float(to_fraction(v)) for v in ray.target])
    for point in points or ():
        try:
            near = np.abs(point.state - target).max() < 1e-9
        except (UnsupportedError, TypeError):
            continue
        if near:
            return point.label
    return None


@lru_cache(maxsize=128)
def _points_of(game: Game, values: tuple[tuple[str, Fraction], ...]) -> RestPoints | None:
    try:
        return find_rest_points(replicator(game), dict(values))
    except UnsupportedError:
        return None
