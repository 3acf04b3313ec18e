"""Equilibria in which at most two players mix, exactly: polytopes of mixtures, given by linear equations and inequalities."""

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


def linear_piece(gains: SupportGains) -> LinearPiece | None:
    """Return the equilibria with given supports of which at most two have several strategies; None when there is none.

    None too where the equilibria found use only part of the supports: they are the piece of that part.
    """
    if not gains.mixing:
        settled = all((values <= 0).all() for values in gains.outside.values())
        return _filled(gains, []) if settled else None
    own = _alone(gains) if len(gains.mixing) == 1 else _two(gains)
    if own is None:
        return None
    mixtures, curved = own
    used = all(any(point[s] for point in points) for points in mixtures for s in range(len(points[0])))
    return _filled(gains, mixtures, curved) if used else None


def _alone(gains: SupportGains) -> tuple[list[tuple[Vector, ...]], bool] | None:
    """One player mixes: all strategies in use earn the same, and everyone's others stay no better."""
    (player,) = gains.mixing
    if gains.equal[player].any() or (gains.outside.get(player, np.zeros(0)) > 0).any():
        return None
    rows = [row for p, values in gains.outside.items() if p != player for row in _rows(-values)]
    points = extreme_points(gains.shape[0], (), rows)
    return ([points], False) if points else None


def _two(gains: SupportGains) -> tuple[list[tuple[Vector, ...]], bool] | None:
    """Two players mix: each one's mixture makes the other's strategies in use equal."""
    sides, systems = [], []
    for at, player in enumerate(gains.mixing):
        other = gains.mixing[1 - at]
        equal = _rows(gains.equal[other].take(0, axis=2 - at))
        better = _rows(-gains.outside[other].take(0, axis=2 - at)) if other in gains.outside else []
        points = extreme_points(len(gains.support[player]), equal, better)
        if not points:
            return None
        sides.append(points)
        systems.append((equal, better))
    forms = [_rows(-form) for p, values in gains.outside.items() if p not in gains.mixing for form in values]
    for at in (0, 1):
        if len(sides[1 - at]) > 1 or not forms:
            continue
        (point,) = sides[1 - at]
        equal, better = systems[at]
        lines = [_against(form, point, 1 - at) for form in forms]
        sides[at] = extreme_points(len(sides[at][0]), equal, [*better, *lines])
        return (sides, False) if sides[at] else None
    heights = [[_dot(_against(form, y, 1), x) for x, y in product(*sides)] for form in forms]
    if any(max(values) < 0 for values in heights):
        return None
    return sides, any(min(values) < 0 for values in heights)


def _rows(values: np.ndarray) -> list[Any]:
    """Return an array of whole numbers as nested lists of Fractions."""
    return (
        [[Fraction(int(v)) for v in row] for row in values] if values.ndim == 2 else [_rows(part) for part in values]
    )


def _against(form: Sequence[Vector], point: Vector, axis: int) -> list[Fraction]:
    """Return a bilinear form with one side put in: a row in the other's mixture."""
    lines = form if axis == 1 else list(zip(*form, strict=True))
    return [_dot(line, point) for line in lines]


def _dot(row: Sequence[Fraction], point: Sequence[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(row, point, strict=True)), Fraction(0))


def _filled(gains: SupportGains, mixtures: list[tuple[Vector, ...]], curved: bool = False) -> LinearPiece:
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
