"""One path of finite populations as it is followed, and ways to follow it from change to change."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from coopgame._kernels.course import CHANGES, FAULT, FOREVER, LAST, NEXT, PLACE, begin_course
from coopgame.errors import ProtocolError
from coopgame.finite.population import ProcessAt
from coopgame.finite.state_table import Face, move_chances

MOST_KNOWN = 200_000  # states whose chances are kept


class Path:
    """A path that can go on.

    counts: numbers of members at first. marks: steps at which numbers, and their sums over all steps before, are written down. stream: random numbers of its own.
    """

    def __init__(self, counts: np.ndarray, marks: np.ndarray, stream: np.ndarray) -> None:
        self.course = begin_course(counts, marks, stream)

    @property
    def begun(self) -> bool:
        """Whether it is known when the next change comes."""
        return bool(self.course.clock[NEXT])

    @property
    def last(self) -> int:
        """The step of the last change."""
        return int(self.course.clock[LAST])

    @property
    def changes(self) -> int:
        """How many members have changed."""
        return int(self.course.clock[CHANGES])

    @property
    def at_rest(self) -> bool:
        """Whether nothing changes any more."""
        return bool(self.course.clock[NEXT] >= FOREVER)


class Follower(ABC):
    """A way to follow paths of a process.

    To add one, give `follow`; all of them use random numbers alike, so a path is the same however it is followed, up to rounding of chances.
    """

    @abstractmethod
    def follow(self, path: Path, budget: int) -> bool:
        """Go on with a path for at most so many changes; return whether its last mark is passed."""


@dataclass(frozen=True, eq=False)
class TableFollower(Follower):
    """Looks chances up in a table of all states."""

    face: Face
    chances: np.ndarray
    targets: np.ndarray
    totals: np.ndarray
    log_none: np.ndarray

    def follow(self, path: Path, budget: int) -> bool:
        from coopgame._kernels.event_skipping import follow_table

        if not path.begun:
            path.course.clock[PLACE] = self.face.places(path.course.counts)
        tables = (self.chances, self.totals, self.log_none, self.targets, self.face.moves)
        loop: Callable[..., Any] = follow_table
        return bool(loop(*tables, path.course, budget))


@dataclass(frozen=True, eq=False)
class CompiledFollower(Follower):
    """Computes chances at every state by compiled formulas of the law.

    loop: a compiled loop. inputs: its first arguments.
    """

    process: ProcessAt
    loop: Callable[..., Any]
    inputs: tuple[Any, ...]

    def follow(self, path: Path, budget: int) -> bool:
        done = bool(self.loop(*self.inputs, path.course, budget))
        if path.course.clock[FAULT]:
            self._explain(path.course.counts)
        return done

    def _explain(self, counts: np.ndarray) -> None:
        """Raise what the law has to say about a state at which its chances are none."""
        parts = self.process.population.game.parts
        split = [counts[part].astype(float) for part in parts]
        for p in range(len(parts)):
            self.process.log_chances(p, split)
        raise ProtocolError(f"the chances at {counts.tolist()} are none; they are negative, or sum to more than 1")


@dataclass(frozen=True, eq=False)
class PlainFollower(Follower):
    """Computes chances at every state by the law itself, in Python; those of states that were seen are kept."""

    process: ProcessAt
    face: Face
    mutation: bool = True
    known: dict[bytes, tuple[np.ndarray, float, float]] = field(default_factory=dict)

    def follow(self, path: Path, budget: int) -> bool:
        from coopgame._kernels.event_skipping import change_member, draw_move, pass_marks, set_next

        counts, marks, stream, clock, since, sums, shown, summed = path.course
        chances, total, log_none = self._chances(counts)
        if not path.begun:
            set_next(clock, stream, log_none)
        while not pass_marks(marks, counts, clock, since, sums, shown, summed):
            if budget == 0:
                return False
            budget -= 1
            i, j = self.face.moves[draw_move(stream, chances, total)]
            change_member(i, j, counts, clock, since, sums)
            chances, total, log_none = self._chances(counts)
            set_next(clock, stream, log_none)
        return True

    def _chances(self, counts: np.ndarray) -> tuple[np.ndarray, float, float]:
        """Return the chances of all moves, their sum, and the logarithm of the chance of none."""
        key = counts.tobytes()
        found = self.known.get(key)
        if found is None:
            chances = move_chances(self.process, self.face, counts, mutation=self.mutation)
            total = float(sum(chances))
            found = chances, total, float(log_of_none(np.array(total)))
            if len(self.known) < MOST_KNOWN:
                self.known[key] = found
        return found


def log_of_none(totals: np.ndarray) -> np.ndarray:
    """Return the logarithms of the chances that a step changes nothing, from the sums of the chances of all changes."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log1p(-np.minimum(totals, 1.0)))
