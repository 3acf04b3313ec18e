"""Follows best response from tie to tie, through infinitely many turns where there are, and gives the solution at any time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np

from coopgame.algebra.polynomials import to_fraction
from coopgame.analysis.best_response_rays import Ray, rays_from
from coopgame.analysis.best_response_summaries import summarise_turns
from coopgame.analysis.best_response_turns import ShapleyPolygon, TurnCounter, final_turn_of, turn_of
from coopgame.analysis.exact_payoffs import ExactPayoffs, Numbers
from coopgame.errors import CoopgameError, IntegrationError

_MOST_RAYS = 10_000
_STEP = 1.0
_FLAT = 40.0  # after that time a ray has come to its end within rounding


@dataclass(frozen=True, eq=False)
class BestResponsePath:
    """A solution of the best-response inclusion: straight rays, each towards best replies, in closed form.

    rays: in order of time. steps: times of ties, of the end, and between them at most 1 apart while the state moves. repeats: how
    many of the last rays make a turn that was made several times, None when there is no such turn. stopped: why it ended
    before its time.
    """

    payoffs: ExactPayoffs = field(repr=False)
    rays: tuple[Ray, ...]
    steps: np.ndarray
    repeats: int | None = None
    stopped: CoopgameError | None = None

    @property
    def ties(self) -> np.ndarray:
        """The times at which the best replies change; shape (number of rays - 1,)."""
        return np.array([ray.time for ray in self.rays[1:]])

    @property
    def forks(self) -> tuple[Ray, ...]:
        """The rays that were chosen among several straight ones, each with its `directions`."""
        return tuple(r for r in self.rays if len(r.directions.targets) > 1)

    @cached_property
    def polygon(self) -> ShapleyPolygon | None:
        """The closed path to which repeated turns settle, None when they do not or there are none."""
        if not self.repeats:
            return None
        rays = self.rays[-self.repeats :]
        turn = turn_of(self.payoffs, rays) or final_turn_of(self.payoffs, rays)
        settled = turn.polygon() if turn else None
        return _closed(rays) if settled is None and rays[-1].end == rays[0].start else settled

    @cached_property
    def _numbers(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        times = np.array([ray.time for ray in self.rays])
        starts = np.array([[float(to_fraction(v)) for v in ray.start] for ray in self.rays])
        targets = np.array([[float(to_fraction(v)) for v in ray.target] for ray in self.rays])
        return times, starts, targets

    @cached_property
    def _log_starts(self) -> np.ndarray:
        return np.array([[_log(to_fraction(v)) for v in ray.start] for ray in self.rays])

    def __call__(self, times: np.ndarray) -> np.ndarray:
        """Return log shares at times of shape (T,); shape (T, number of shares)."""
        begins, starts, targets = self._numbers
        times = np.asarray(times, dtype=float)
        which = np.clip(np.searchsorted(begins, times, side="right") - 1, 0, len(begins) - 1)
        passed = (times - begins[which])[:, None]
        start, target = starts[which], targets[which]
        with np.errstate(divide="ignore"):
            moved = np.where(start == target, start, start * np.exp(-passed) - target * np.expm1(-passed))
            mixed = np.log(np.clip(moved, 0.0, 1.0))
        return np.asarray(np.where(target == 0, self._log_starts[which] - passed, mixed))


def _log(share: Fraction) -> float:
    if share == 0:
        return -math.inf
    number = float(share)
    return math.log(number) if number > 1e-300 else math.log(share.numerator) - math.log(share.denominator)


def _closed(rays: Sequence[Ray]) -> ShapleyPolygon:
    """Return the polygon of rays that lead back to their first state exactly."""
    exact = tuple(tuple(to_fraction(v) for v in ray.start) for ray in rays)
    corners = np.array([[float(v) for v in corner] for corner in exact])
    return ShapleyPolygon(corners, exact, math.fsum(ray.length for ray in rays), None)


def follow_best_replies(payoffs: ExactPayoffs, start: Numbers, t_end: float) -> BestResponsePath:
    """Return the selected solution of the best-response inclusion from a state up to a time.

    Payoffs that are linear in the shares give rational states at ties, so that all ties are exact. A turn that was made several times
    has an exact map; where it shows that turns shrink to a state in finite time, the solution goes on from that state at that
    time. Turns that fade like exp(-t) are replaced by their mean after two thousand rays, eight hundred where ties are curved.

    Raises IntegrationError where nothing can be followed from the start.

    References: Gilboa and Matsui (1991), Econometrica 59; Hofbauer (1995); Gaunersdorfer and Hofbauer (1995), Games and Economic
    Behavior 11.
    """
    rays: list[Ray] = []
    repeats, stopped = None, None
    try:
        for ray, turn in _solution(payoffs, start):
            rays.append(ray)
            repeats = turn
            if ray.time + ray.length >= t_end:
                break
            if len(rays) >= _MOST_RAYS:
                raise IntegrationError(
                    f"{_MOST_RAYS} ties up to t = {ray.time:.6g}, and no map of a turn that would lead further; shorten t_end"
                )
    except CoopgameError as error:
        if not rays:
            raise
        stopped = error
    end = min(t_end, rays[-1].time + rays[-1].length)
    return BestResponsePath(payoffs, tuple(rays), _steps(rays, end), repeats, stopped)


def _solution(payoffs: ExactPayoffs, start: Numbers) -> Iterator[tuple[Ray, int | None]]:
    """Yield the rays of a solution, each with the length of the turn that was made several times."""
    source: Iterator[Ray] = rays_from(payoffs, start)
    while True:
        counter, recent, summary = TurnCounter(), list[Ray](), None
        for ray in source:
            recent.append(ray)
            repeats = counter.add(recent)
            yield ray, repeats
            summary = summarise_turns(payoffs, recent, repeats) if ray.left != 0 else None
            if summary:
                break
        if summary is None:
            return
        yield summary.ray, None
        source = summary.beyond


def _steps(rays: Sequence[Ray], end: float) -> np.ndarray:
    """Return the times of ties and of the end, with steps in between as long as the state moves."""
    times = [*(ray.time for ray in rays if ray.time < end), end]
    steps = []
    for low, high in pairwise(times):
        moving = min(high, low + _FLAT) - low
        inner = np.linspace(low, low + moving, max(2, math.ceil(moving / _STEP) + 1))
        steps += [*inner[:-1], *([inner[-1]] if inner[-1] < high else [])]
    return np.unique([*steps, end])
