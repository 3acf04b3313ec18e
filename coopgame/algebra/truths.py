"""Where conditions hold among many points, in floats; every sign is evaluated once."""

from __future__ import annotations

import numpy as np

from coopgame.algebra.conditions import And, Condition, Constant, Or, Sign
from coopgame.algebra.polynomials import Ring

_FEW = 64


class Truths:
    """Points, one a row, and which conditions hold at them; points can be added, in order."""

    def __init__(self, ring: Ring, points: np.ndarray) -> None:
        self.ring = ring
        self._table = np.asfortranarray(points)  # signs are evaluated column by column
        self._count = len(points)
        self._signs: dict[Sign, np.ndarray] = {}

    @property
    def points(self) -> np.ndarray:
        """The points, one a row."""
        return self._table[: self._count]

    def add(self, points: np.ndarray) -> None:
        """Append points; what is known of the earlier ones is kept."""
        total = self._count + len(points)
        if total > len(self._table):
            table = np.empty((2 * total, points.shape[1]), order="F")
            table[: self._count] = self.points
            self._table = table
        self._table[self._count : total] = points
        self._count = total

    def suppose(self, condition: Condition, value: bool) -> None:
        """Count a sign as true or as false at all points, whatever they are."""
        if isinstance(condition, Sign):
            self._signs[condition] = np.full(len(self.points), value)

    def of(self, condition: Condition) -> np.ndarray:
        """Return for every point whether the condition holds there; shape (number of points,)."""
        if isinstance(condition, Constant):
            return np.full(len(self.points), condition.value)
        if isinstance(condition, Sign):
            return self._of_sign(condition)
        assert isinstance(condition, And | Or)
        join = np.logical_and if isinstance(condition, And) else np.logical_or
        first, *rest = condition.parts
        result = self.of(first).copy()
        for part in rest:
            join(result, self.of(part), out=result)
        return result

    def everywhere(self, condition: Condition) -> bool:
        """Return whether the condition holds at all points; a few of them often settle it."""
        if isinstance(condition, Sign) and condition not in self._signs:
            few = condition.holds_many(self.points[:_FEW], self.ring)
            if not few.all():
                return False
        return bool(self.of(condition).all())

    def _of_sign(self, leaf: Sign) -> np.ndarray:
        known = self._signs.get(leaf)
        if known is None:
            known = leaf.holds_many(self.points, self.ring)
        elif len(known) < len(self.points):
            known = np.concatenate([known, leaf.holds_many(self.points[len(known) :], self.ring)])
        self._signs[leaf] = known
        return known
