"""The measure of the attractor that a trajectory reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from coopgame.batch.engine import BatchOptions, Ending
from coopgame.dynamics.field import VectorField
from coopgame.errors import CoopgameError
from coopgame.games.game import Game
from coopgame.sweeps.measure import Found, Points, Variable
from coopgame.sweeps.measures.dynamic import OfTrajectories
from coopgame.sweeps.measures.following import followed, has_lanes, lanes
from coopgame.sweeps.measures.limits import KNOWN, KNOWN_ZH, Limits
from coopgame.sweeps.measures.setting import Given, Setting
from coopgame.sweeps.measures.settling import FLAT, MOVING, SINK, settled

CERTAIN, NUMERICAL, UNDECIDED = range(3)
_QUARTERS = np.array([0.5, 0.75, 1.0])


def attractor_reached(
    dynamics: VectorField | Game,
    values: Mapping[str, Any] | None = None,
    initial: Any = None,
    *,
    t_end: float = 200.0,
    doublings: int = 4,
    follow_up: bool = False,
    options: BatchOptions | None = None,
) -> AttractorReached:
    """Return the measure of what a trajectory reaches, with how that is known.

    values, initial: fixed ones, which the points override, as in `final_shares`. A trajectory is no longer followed once it is *certain*: inside a
    neighbourhood of a strict pure profile that it provably never leaves. Else at `t_end` it counts as *numerical* when it is near a
    rest point, and nearer than before, that Newton's method finds and whose eigenvalues, among all strategies present at the start, have negative
    real parts. Small rates alone decide nothing, for they also occur next to saddles. What has not settled is followed to 2, 4, …
    2**doublings times t_end; then it is not known what it reaches: it "keeps moving", is "at rest,
    eigenvalue zero" as on a line of rest points, or is "undecided" next to a rest point with a growing direction.
    follow_up: whether these trajectories are followed one by one by `integrate`, whose verdict knows cycles; that takes up to seconds for each.

    Variables: `attractor`, a code with labels: pure profiles as `find_rest_points` names them, mixed limits by the strategies with a positive share
    (two limits with the same support share a code), kinds of motion; `known`; `end`, the time up to which it was followed. Under logit choice
    and mutation, where rest points lie inside, labels say which strategies have more than half. Dynamics that no kernel follows
    (best response, projection) or that have kinks (Smith and others, unless the limit is certain) are judged one by one by `integrate`, as are stiff
    ones, by an implicit method.

    >>> import numpy as np
    >>> from coopgame import MatrixGame
    >>> from coopgame.sweeps.measure import Points
    >>> measure = attractor_reached(MatrixGame([["b", 0], [0, 1]], strategies=["a", "b"], symbol="x"), initial={"x": 0.5})
    >>> found = measure.evaluate(Points({"b": np.array([0.5, 2.0])}, np.arange(2)))
    >>> [measure.variables[0].labels[code] for code in found.arrays["attractor"]]
    ['E1 (b)', 'E2 (a)']
    """
    setting = Setting.of(dynamics, values, initial)
    compiled = has_lanes(setting.dynamics) and not (follow_up or setting.dynamics.kinks)
    return AttractorReached(setting, t_end, options or BatchOptions(), doublings, follow_up, compiled)


@dataclass(frozen=True, eq=False)
class Reached:
    """Codes of attractors, how they are known, and the times up to which trajectories were followed; shape (n,) each."""

    attractor: np.ndarray
    known: np.ndarray
    end: np.ndarray

    @staticmethod
    def empty(count: int) -> Reached:
        """Return arrays in which nothing is known yet."""
        return Reached(np.full(count, -1, dtype=np.int16), np.full(count, UNDECIDED, np.int16), np.zeros(count))

    def put(self, places: Any, attractor: Any, known: Any, end: Any) -> None:
        """Write what is known of some trajectories."""
        self.attractor[places], self.known[places], self.end[places] = attractor, known, end


@dataclass(frozen=True, eq=False)
class AttractorReached(OfTrajectories):
    """The attractor that is reached; made by `attractor_reached`."""

    doublings: int
    follow_up: bool
    compiled: bool
    name = "attractor_reached"

    @cached_property
    def limits(self) -> Limits:
        """The codes."""
        return Limits(self.setting.dynamics)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """`attractor`, `known` and `end`."""
        labels, labels_zh = self.limits.texts, self.limits.texts_zh
        return (
            Variable(
                "attractor", (), "int16", "attractor reached", "到达的吸引子", labels=labels, labels_zh=labels_zh
            ),
            Variable("known", (), "int16", "how it is known", "判定方式", labels=KNOWN, labels_zh=KNOWN_ZH),
            Variable("end", (), meaning="time up to which it was followed", zh="跟踪到的时间"),
        )

    def provenance(self) -> Mapping[str, str]:
        """Return how trajectories are followed and judged."""
        follow_up = "one by one, by integrate()" if self.follow_up else "none"
        return {**super().provenance(), "doublings": str(self.doublings), "follow_up": follow_up}

    def evaluate(self, points: Points) -> Found:
        """Return the attractors; see `attractor_reached`."""
        given = self.setting.read(points)
        reached = self.reached(given)
        return self.found(len(points), given, vars(reached))

    def reached(self, given: Given) -> Reached:
        """Return the attractors of points that were read; failures are added to theirs."""
        result = Reached.empty(len(given))
        dynamics = self.setting.dynamics
        if not has_lanes(dynamics):
            self._one_by_one(given, np.arange(len(given)), result, self.t_end, stiff=False)
            return result
        pending = np.arange(len(given))
        for k in range(self.doublings + 1):
            pending = self._in_lanes(given, pending, result, self.t_end * 2.0**k)
            if dynamics.kinks:
                break
        if self.follow_up or dynamics.kinks:
            last = self.t_end * (1 if dynamics.kinks else 2.0**self.doublings)
            self._one_by_one(given, pending, result, last, stiff=False)
        return result

    def _in_lanes(self, given: Given, pending: np.ndarray, result: Reached, t_end: float) -> np.ndarray:
        """Follow trajectories to a time, write what is known, and return those that have not settled."""
        left, stiff = [], []
        for chosen, batch in lanes(self.setting, given.only(pending), t_end * _QUARTERS, self.options, True):
            places = pending[chosen]
            if isinstance(batch, str):
                given.failures[int(given.places[places[0]])] = batch
                continue
            certain = batch.endings == Ending.CERTAIN
            codes = self.limits.profile_codes()[batch.profiles[certain]]
            result.put(places[certain], codes, CERTAIN, batch.ends[certain])
            stiff.append(places[batch.endings < 0])
            rest = batch.endings == Ending.TIME
            left.append(self._settled(given, places[rest], batch.log_shares[rest], result, t_end))
        for places in stiff:
            self._one_by_one(given, places, result, t_end, stiff=True)
        return np.sort(np.concatenate(left)) if left else np.zeros(0, dtype=int)

    def _settled(
        self, given: Given, places: np.ndarray, logs: np.ndarray, result: Reached, t_end: float
    ) -> np.ndarray:
        """Write which trajectories are at a sink, and return the others."""
        if self.setting.dynamics.kinks:
            return places
        numbers = self.setting.numbers(given.only(places))
        found = settled(self.setting.dynamics, logs, numbers)
        sink = found.kinds == SINK
        codes = self.limits.codes(found.states[sink], found.supports[sink])
        result.put(places[sink], codes, NUMERICAL, t_end)
        word = np.full(len(places), self.limits.motion("undecided"))
        word[found.kinds == MOVING] = self.limits.motion("keeps moving")
        word[found.kinds == FLAT] = self.limits.motion("at rest, eigenvalue zero")
        result.put(places[~sink], word[~sink], UNDECIDED, t_end)
        return np.asarray(places[~sink])

    def _one_by_one(self, given: Given, places: np.ndarray, result: Reached, t_end: float, *, stiff: bool) -> None:
        for k in places:
            try:
                path = followed(self.setting.dynamics, given.starts[k], given.at(int(k)), t_end, stiff=stiff)
                outcome = path.outcome()
            except CoopgameError as error:
                given.failures[int(given.places[k])] = str(error)
                continue
            code = self.limits.outcome(outcome.kind, outcome.state)
            known = UNDECIDED if outcome.kind == "undecided" else NUMERICAL
            result.put(k, code, known, path.solution.steps[-1])
