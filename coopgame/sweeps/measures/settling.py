"""Whether trajectories have settled at a stable rest point, for many at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import face_directions, slices

_NEAR = 1e-3  # of a rest point that is reached
_SAME = 1e-7  # at which it need not come nearer any more
_FALLING = 1e-5  # by which the logarithm of a small share falls over the last quarter, if the share goes to 0
_FALLING_AMOUNT = 1e-2
_ZERO = 1e-8  # an eigenvalue, compared with the largest
_STILL = 1e-9  # a rate, compared with the largest eigenvalue
_ITERATIONS = 10

_FAST = 10.0  # a rate is at most about the slope times the distance to a rest point
_SETTLED = 1e-15  # steps of Newton's method below this are rounding

MOVING, SINK, UNSTABLE, FLAT = range(4)


@dataclass(frozen=True, eq=False)
class Settled:
    """What is known of trajectories from their states.

    kinds: MOVING, SINK (near a rest point all of whose eigenvalues have negative real parts, and coming nearer), UNSTABLE (at a rest point
    with a growing direction) or FLAT (at one with an eigenvalue zero and none that grows). states: these rest points, shape (n, number of shares);
    supports: what is positive at them.
    """

    kinds: np.ndarray
    states: np.ndarray
    supports: np.ndarray


def settled(dynamics: VectorField, logs: np.ndarray, numbers: list[np.ndarray]) -> Settled:
    """Return for trajectories whether they have settled.

    logs: log shares at one half, three quarters and the end of the time, shape (n, 3, number of shares). numbers: the parameters in order,
    each of shape (n,). The rest point is found by Newton's method on the support of the last state, and is judged by its eigenvalues among
    all strategies that are present: rates that are small could as well belong to a passage near a saddle.
    """
    states = np.exp(logs)
    present = _present(dynamics, logs)
    supports = _supports(dynamics, logs) & present
    kinds, points = np.full(len(logs), MOVING), states[:, -1].copy()
    with np.errstate(all="ignore"):
        for rows in _alike(np.concatenate([supports, present], axis=1)):
            mine = [column[rows] for column in numbers]
            start = np.where(supports[rows], states[rows, -1], 0.0)
            found = _rest_point(dynamics, start, supports[rows[0]], mine)
            near = _comes_near(dynamics, states[rows], found)
            kinds[rows] = np.where(near, _judged(dynamics, found, present[rows[0]], mine), MOVING)
            points[rows] = found
    positive = np.where(_always(dynamics), points > _SAME, supports)
    return Settled(kinds, points, positive)


def _always(dynamics: VectorField) -> np.ndarray:
    """Return which entries of a state the dynamics can bring back from 0."""
    entries = np.zeros(dynamics.game.parts[-1].stop, dtype=bool)
    for part, relative in zip(slices(dynamics.game), dynamics.relative, strict=True):
        entries[part] = not relative
    return entries


def _present(dynamics: VectorField, logs: np.ndarray) -> np.ndarray:
    return np.asarray(np.isfinite(logs[:, -1]) | _always(dynamics))


def _unbounded(dynamics: VectorField) -> np.ndarray:
    entries = np.zeros(dynamics.game.parts[-1].stop, dtype=bool)
    for block, part in zip(dynamics.game.blocks, slices(dynamics.game), strict=True):
        entries[part] = not block.bounded
    return entries


def _supports(dynamics: VectorField, logs: np.ndarray) -> np.ndarray:
    """Return which entries seem to stay positive: those that are not small, or do not fall."""
    last = np.where(np.isfinite(logs[:, 2]), logs[:, 2], -np.inf)
    with np.errstate(invalid="ignore"):
        fall = np.nan_to_num(logs[:, 1] - last, nan=0.0, posinf=np.inf)
    shares = (last >= np.log(_NEAR)) | (fall <= _FALLING)
    return np.asarray(np.where(_unbounded(dynamics), fall <= _FALLING_AMOUNT, shares) | _always(dynamics))


def _alike(table: np.ndarray) -> Iterator[np.ndarray]:
    kinds, which = np.unique(table, axis=0, return_inverse=True)
    for n in range(len(kinds)):
        yield np.flatnonzero(which.ravel() == n)


def rates_of(dynamics: VectorField, shares: np.ndarray, numbers: list[np.ndarray]) -> np.ndarray:
    """Return the time derivatives of states that Newton's method may have put outside of the state space."""
    drives = dynamics.drives(shares, list(numbers))
    rates = np.empty(shares.shape)
    for block, part, relative in zip(dynamics.game.blocks, slices(dynamics.game), dynamics.relative, strict=True):
        x, f = shares[:, part], np.broadcast_to(drives[:, part], shares[:, part].shape)
        if relative and block.bounded:
            f = f - f[:, :1]
            f = f - (x * f).sum(axis=1, keepdims=True)
        rates[:, part] = x * f if relative else f
    return rates


def _rest_point(
    dynamics: VectorField, start: np.ndarray, support: np.ndarray, numbers: list[np.ndarray]
) -> np.ndarray:
    """Return the rest points on a face to which Newton's method leads; NaN where it leads to none."""
    x = start.copy()
    for block, part in zip(dynamics.game.blocks, slices(dynamics.game), strict=True):
        if block.bounded:
            x[:, part] /= x[:, part].sum(axis=1, keepdims=True)
    basis, inverse = face_directions(dynamics.game, support)
    if not basis.shape[1]:
        return x
    entries = list(dynamics.game.tangent_entries)
    whole = _whole_directions(dynamics, basis)
    active = np.arange(len(x))
    for k in range(_ITERATIONS):
        here, mine = x[active], [column[active] for column in numbers]
        slopes = inverse @ dynamics.jacobians(here, mine) @ basis
        rates = rates_of(dynamics, here, mine)[:, entries] @ inverse.T
        good = np.isfinite(slopes).all(axis=(1, 2)) & np.isfinite(rates).all(axis=1)
        if k == 0:  # where the state moves too fast for any rest point to be near
            farthest = _NEAR * np.maximum(1.0, np.abs(here).max(axis=1))
            good &= np.abs(rates).max(axis=1) <= _FAST * farthest * np.abs(slopes).sum(axis=2).max(axis=1)
        x[active[~good]] = np.nan
        step = (np.linalg.pinv(slopes[good]) @ rates[good][:, :, None])[:, :, 0] @ whole.T
        active = active[good]
        x[active] -= step
        active = active[np.abs(step).max(axis=1) > _SETTLED * np.abs(x[active]).max(axis=1)]
        if not len(active):
            break
    slopes = inverse @ dynamics.jacobians(x, list(numbers)) @ basis
    scale = np.abs(slopes).max(axis=(1, 2))
    still = np.abs(rates_of(dynamics, x, numbers)).max(axis=1) <= _STILL * scale
    inside = ((x > 0) | ~support | _always(dynamics)).all(axis=1)
    x[~(still & inside)] = np.nan
    return x


def _whole_directions(dynamics: VectorField, basis: np.ndarray) -> np.ndarray:
    """Return directions of all entries of a state from those of its tangent entries."""
    whole = np.zeros((dynamics.game.parts[-1].stop, basis.shape[1]))
    whole[list(dynamics.game.tangent_entries)] = basis
    for block, part in zip(dynamics.game.blocks, slices(dynamics.game), strict=True):
        if block.bounded:
            whole[part.stop - 1] = -whole[part.start : part.stop - 1].sum(axis=0)
    return whole


def _comes_near(dynamics: VectorField, states: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return whether the states end near their points, and nearer than before."""
    largest = np.maximum(states.max(axis=1), points)
    sizes = np.where(_unbounded(dynamics), np.maximum(largest, np.finfo(float).tiny), 1.0)
    distance = (np.abs(states - points[:, None]) / sizes[:, None]).max(axis=2)
    before, last = distance[:, 0], distance[:, 2]
    return np.asarray((last < _NEAR) & ((last < before / 2) | (last < _SAME)))


def _judged(dynamics: VectorField, points: np.ndarray, present: np.ndarray, numbers: list[np.ndarray]) -> np.ndarray:
    """Return the kinds of rest points by their eigenvalues among the strategies that are present."""
    basis, inverse = face_directions(dynamics.game, present)
    if not basis.shape[1]:
        return np.full(len(points), SINK)
    slopes = inverse @ dynamics.jacobians(points, list(numbers)) @ basis
    bad = ~np.isfinite(slopes).all(axis=(1, 2))
    slopes[bad] = 0.0
    eigenvalues = np.linalg.eigvals(slopes)
    growth, scale = eigenvalues.real.max(axis=1), np.abs(eigenvalues).max(axis=1)
    sink, grows = growth < -_ZERO * scale, growth > _ZERO * scale
    kinds = np.where(sink, SINK, np.where(grows, UNSTABLE, FLAT))
    return np.where(bad, MOVING, kinds)
