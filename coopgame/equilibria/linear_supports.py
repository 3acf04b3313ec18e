"""Equilibria whose equations are linear in one player's mixture after the other, exactly: products of polytopes of mixtures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from coopgame.algebra.affine import Vector
from coopgame.algebra.extreme_rays import extreme_points
from coopgame.equilibria.support_search import SupportGains

Mixtures = tuple[tuple[Any, ...], ...]  # probabilities of all strategies, player by player


@dataclass(frozen=True)
class LinearPiece:
    """The equilibria in which the chosen strategies are best replies and no others are used: the product of the players' convex hulls of mixtures.

    corners: the extreme mixtures of every player. curved: a bilinear inequality cuts the product, so that only part of it are equilibria.
    """

    corners: tuple[tuple[Vector, ...], ...]
    curved: bool = False

    @property
    def points(self) -> tuple[Mixtures, ...]:
        """The extreme points of the product."""
        return tuple(product(*self.corners))


def linear_piece(gains: SupportGains) -> LinearPiece | bool:
    """Return the equilibria with given supports; False when there is none, True when the equations are not linear.

    A gain that depends on one player's mixture alone is a linear equation or inequality for it. A mixture that these determine is put into the
    other gains, which may then depend on one player alone; and so on. With at most two mixing players every equation is linear.
    False too where the equilibria found use only part of the supports: they are the piece of that part.
    """
    rows = [(table, True) for values in gains.equal.values() for table in values]
    rows += [(-np.asarray(table), False) for values in gains.outside.values() for table in values]
    known, axes = _Mixtures(gains.shape), range(len(gains.shape))
    if not known.settle([_Row(np.asarray(table, dtype=object), equation, axes) for table, equation in rows]):
        return False
    heights = [(row, row.values(known.points)) for row in known.left]
    if any(max(values) < 0 or (row.equation and min(values) > 0) for row, values in heights):
        return False
    if any(row.equation and any(values) for row, values in heights):
        return True
    used = all(any(point[s] for point in own) for own in known.points for s in range(len(own[0])))
    curved = any(min(values) < 0 for _, values in heights)
    return _filled(gains, known.points, curved) if used else False


class _Row:
    """A multilinear function that vanishes (an equation) or is at least 0, as values at the strategies of the mixing players.

    axes: the players on whom it depends, by number; the table has these axes only.
    """

    def __init__(self, table: np.ndarray, equation: bool, axes: Sequence[int]) -> None:
        self.equation = equation
        moving = [n for n in range(table.ndim) if (table != table.take([0], axis=n)).any()]
        self.axes = tuple(axes[n] for n in moving)
        place = tuple(slice(None) if n in moving else 0 for n in range(table.ndim))
        self.table = np.asarray(table[place], dtype=object)

    def put_in(self, axis: int, point: Vector) -> _Row:
        """Return the row with the mixture of one player put in."""
        at = self.axes.index(axis)
        table = np.tensordot(self.table, np.array(point, dtype=object), axes=(at, 0))
        return _Row(np.asarray(table, dtype=object), self.equation, self.axes[:at] + self.axes[at + 1 :])

    def values(self, points: Sequence[Sequence[Vector]]) -> list[Any]:
        """Return the values at all choices of one mixture per player."""
        table = self.table
        for axis in self.axes:
            if points[axis] == extreme_points(len(points[axis][0])):  # all of the simplex
                table = np.moveaxis(table, 0, -1)
            else:
                table = np.tensordot(table, np.array(points[axis], dtype=object).T, axes=(0, 0))
        return list(np.asarray(table, dtype=object).flat)


class _Mixtures:
    """The extreme mixtures of the mixing players, as the rows so far allow them, and the rows that are not linear yet."""

    def __init__(self, shape: Sequence[int]) -> None:
        self.equal: list[list[Any]] = [[] for _ in shape]
        self.better: list[list[Any]] = [[] for _ in shape]
        self.points = [extreme_points(size) for size in shape]
        self.left: list[_Row] = []

    def settle(self, rows: list[_Row]) -> bool:
        """Use every row that depends on at most one player; False when nothing is left."""
        self.left = rows
        determined: set[int] = set()
        while True:
            narrowed = set()
            for row in self.left:
                if not row.axes:
                    (value,) = row.table.flat
                    if value < 0 or (value and row.equation):
                        return False
                elif len(row.axes) == 1:
                    line = [Fraction(value) for value in row.table]
                    (self.equal if row.equation else self.better)[row.axes[0]].append(line)
                    narrowed.add(row.axes[0])
            self.left = [row for row in self.left if len(row.axes) > 1]
            for axis in narrowed:
                self.points[axis] = extreme_points(len(self.points[axis][0]), self.equal[axis], self.better[axis])
                if not self.points[axis]:
                    return False
            single = [axis for axis in narrowed - determined if len(self.points[axis]) == 1]
            if not single:
                return True
            determined.update(single)
            for axis in single:
                self.left = [row.put_in(axis, self.points[axis][0]) if axis in row.axes else row for row in self.left]


def _filled(gains: SupportGains, mixtures: Sequence[tuple[Vector, ...]], curved: bool) -> LinearPiece:
    """Return the piece with probabilities for all strategies of all players."""
    sizes = gains.tables[0].shape
    given = iter(mixtures)
    corners = []
    for player, chosen in enumerate(gains.support):
        points = next(given) if player in gains.mixing else ((Fraction(1),),)
        corners.append(tuple(filled(sizes[player], chosen, point) for point in points))
    return LinearPiece(tuple(corners), curved)


def filled(size: int, chosen: Sequence[int], shares: Sequence[Any]) -> tuple[Any, ...]:
    """Return probabilities of all strategies of a player from those of the strategies in use."""
    mixture: list[Any] = [Fraction(0)] * size
    for s, share in zip(chosen, shares, strict=True):
        mixture[s] = share
    return tuple(mixture)
