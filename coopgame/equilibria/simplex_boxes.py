"""All common zeros of multilinear functions on a product of simplices, each proved: subdivision with exact ranges, then Krawczyk's test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb, fmpq

from coopgame.analysis.certify import precision, zero_near

_ERROR = 2e-13  # of numbers up to 1 after at most 800 halvings, rounding included
_SMALLEST = 1e-7
_CONTINUUM = 100  # so many of the smallest parts, or of limits of Newton's method, without a proof: there is a curve, and no point in following it
_CHUNK = 2048
_RADII = (0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-9, 1e-11)
_LONG = 900  # bits of numbers that products in floats can hold
_NOISE = np.random.default_rng(0).normal(size=(64, 64))


@dataclass(frozen=True, eq=False)
class SimplexZeros:
    """Zeros as balls around the shares of all strategies but the first, player by player; and the boxes that stayed undecided."""

    zeros: tuple[list[Any], ...]
    undecided: int


class Multilinear:
    """A multilinear function on a product of simplices, on balls; `Enclosed` for Krawczyk's test.

    table: values at the vertices, whole numbers, one axis per simplex. Unknowns: the coordinates of every simplex but the first.
    """

    def __init__(self, table: np.ndarray) -> None:
        self.table = np.asarray(table, dtype=object)
        self.unknowns = [(p, s) for p, k in enumerate(table.shape) for s in range(1, k)]

    def value(self, box: Sequence[Any]) -> Any:
        """Return the value; of a box of balls an enclosure of the values."""
        return contracted(self.table, shares_of(box, self.table.shape))

    def slope(self, box: Sequence[Any], j: int) -> Any:
        """Return the derivative by unknown j; over a box of balls an enclosure."""
        player, strategy = self.unknowns[j]
        vectors = shares_of(box, self.table.shape)
        vectors[player] = [int(s == strategy) - int(s == 0) for s in range(self.table.shape[player])]
        return contracted(self.table, vectors)


def shares_of(unknowns: Sequence[Any], shape: Sequence[int]) -> list[list[Any]]:
    """Return all shares of every player, from those of all strategies but the first."""
    values, vectors = iter(unknowns), []
    for k in shape:
        rest = [next(values) for _ in range(k - 1)]
        first = 1
        for share in rest:
            first = first - share
        vectors.append([first, *rest])
    return vectors


def contracted(table: np.ndarray, vectors: Sequence[Sequence[Any]]) -> Any:
    """Return the mean of a table of whole numbers under one mixture per axis; numbers of any kind."""
    table = np.asarray(table, dtype=object)
    for vector in vectors:
        rows = table.reshape(len(vector), -1)
        terms = [row * share for row, share in zip(rows, vector, strict=True) if not _vanishes(share)]
        table = sum(terms[1:], terms[0]) if terms else 0 * rows[0]
    return table.reshape(-1)[0]


def _vanishes(share: Any) -> bool:
    return bool(share == 0)  # of a ball only where it is exactly 0


def zeros_on_simplices(equal: np.ndarray, outside: np.ndarray, most_boxes: int) -> SimplexZeros:
    """Return the common zeros of `equal` where `outside` can be at most 0, as many functions as unknowns, or more.

    equal, outside: whole numbers, shape (number of functions, strategies of the first player, of the second, …). The values of a multilinear function on a
    product of simplices lie between those at the vertices, so a product is left out when a function, or a combination of functions that is close
    to one coordinate, has one sign there. Others are halved, unless they lie where a zero was proved to be the only one.
    More functions than unknowns: nothing is proved to be a zero; products are only left out.

    References: Neumaier (1990), Interval Methods for Systems of Equations, section 5.1.
    """
    search = _Search(equal, outside)
    return search.run(most_boxes)


class _Search:
    def __init__(self, equal: np.ndarray, outside: np.ndarray) -> None:
        self.shape = equal.shape[1:]
        self.count = len(equal)
        self.unknowns = sum(k - 1 for k in self.shape)
        self.functions = [Multilinear(_within_floats(table)) for table in equal]
        self.values = np.array([_scaled(table) for table in [*equal, *outside]])
        # balls, their midpoints, and the radius within which there is no other zero
        self.found: list[tuple[list[Any], np.ndarray, float]] = []
        self.tried: list[np.ndarray] = []

    def run(self, most_boxes: int) -> SimplexZeros:
        """Search all of the product."""
        first = [np.eye(k)[None] for k in self.shape]
        stack = [(self.values[None], first)]
        seen = undecided = 0
        while stack:
            values, vertices = stack.pop()
            seen += len(values)
            if seen > most_boxes or max(undecided, len(self.tried) - len(self.found)) > _CONTINUUM:
                undecided += len(values) + sum(len(rest) for rest, _ in stack)
                break
            kept = self._possible(values)
            values, vertices = values[kept], [v[kept] for v in vertices]
            if len(values) and self.count == self.unknowns:
                kept = self._preconditioned(values, vertices)
                values, vertices = values[kept], [v[kept] for v in vertices]
            if not len(values):
                continue
            lengths = [_longest(v) for v in vertices]
            player = int(np.argmax([length.max() for length, _, _ in lengths]))
            small = lengths[player][0] < _SMALLEST
            undecided += int(small.sum())
            values, vertices = values[~small], [v[~small] for v in vertices]
            ends = [end[~small] for end in lengths[player][1:]]
            stack += _halved(values, vertices, player, *ends)
        return SimplexZeros(tuple(balls for balls, _, _ in self.found), undecided)

    def _possible(self, values: np.ndarray) -> np.ndarray:
        """Return which products may hold a zero, by the signs of the functions at the vertices."""
        flat = values.reshape(*values.shape[:2], -1)
        low, high = flat.min(axis=2), flat.max(axis=2)
        equal = (low[:, : self.count] <= _ERROR) & (high[:, : self.count] >= -_ERROR)
        kept: np.ndarray = equal.all(axis=1) & (low[:, self.count :] <= _ERROR).all(axis=1)
        return kept

    def _preconditioned(self, values: np.ndarray, vertices: list[np.ndarray]) -> np.ndarray:
        """Return which products may hold a zero that is not known, by combinations of functions that are nearly coordinates."""
        equal = values[:, : self.count]
        axes = range(2, equal.ndim)
        means = [equal.mean(axis=tuple(a for a in axes if a != p + 2)) for p in range(len(self.shape))]
        slopes = np.concatenate([mean[..., 1:] - mean[..., :1] for mean in means], axis=2)
        inverse = _inverse(slopes)
        flat = equal.reshape(*equal.shape[:2], -1)
        turned = inverse @ flat
        margin = _ERROR * np.abs(inverse).sum(axis=2)
        possible: np.ndarray = ((turned.min(axis=2) <= margin) & (turned.max(axis=2) >= -margin)).all(axis=1)
        middle = flat.mean(axis=2)
        steps = -np.einsum("bij,bj->bi", inverse, middle)
        self._prove(steps, possible, vertices)
        for _, point, radius in self.found:
            possible &= ~_inside(vertices, point, radius)
        return possible

    def _prove(self, steps: np.ndarray, possible: np.ndarray, vertices: list[np.ndarray]) -> None:
        """Prove zeros near the products from whose middle a Newton step stays close."""
        weights, at = [], 0
        near = possible.copy()
        for k in self.shape:
            rest = steps[:, at : at + k - 1] + 1 / k
            weights.append(np.concatenate([1 - rest.sum(axis=1, keepdims=True), rest], axis=1))
            near &= (weights[-1] > -0.3).all(axis=1)
            at += k - 1
        for b in np.flatnonzero(near)[:64]:
            start = np.concatenate([(w[b] @ v[b])[1:] for w, v in zip(weights, vertices, strict=True)])
            if any(np.abs(start - point).max() < radius for _, point, radius in self.found):
                continue
            point = self._polished(start)
            if point is None or self._known(point):
                continue
            self.tried.append(point)
            balls = zero_near(self.functions, point.tolist())
            if balls is not None:
                middle = np.array([float(ball.mid()) for ball in balls])
                self.found.append((balls, middle, self._radius(balls)))

    def _known(self, point: np.ndarray) -> bool:
        return any(np.abs(point - other).max() < 1e-9 for other in self.tried)

    def _polished(self, point: np.ndarray) -> np.ndarray | None:
        """Return the limit of Newton's method in floating point, None when it does not settle near the product of simplices."""
        table = self.values[: self.count]
        for _ in range(20):
            vectors = [np.array(v, dtype=float) for v in shares_of(point.tolist(), self.shape)]
            slopes, value = _slopes(table, vectors)
            if not abs(np.linalg.det(slopes)) > 0:
                return None
            step = np.linalg.solve(slopes, value)
            point = point - step
            if not np.abs(point).max() < 2:
                return None
            if np.abs(step).max() < 1e-14:
                break
        return point if np.abs(step).max() < 1e-9 else None

    def _radius(self, balls: list[Any]) -> float:
        """Return how far around a zero there is no other: where slopes times their inverse at the zero stay close to 1."""
        with precision(64):
            size = range(len(balls))
            slopes = np.array([[float(f.slope(balls, j).mid()) for j in size] for f in self.functions])
            inverse = [[arb(v) for v in row] for row in np.linalg.inv(slopes)]
            for radius in _RADII:
                box = [ball + arb(0, radius) for ball in balls]
                around = [[f.slope(box, j) for j in size] for f in self.functions]
                if all(_distance_to_unit(i, inverse[i], around) < 1 for i in size):
                    return radius
        return 0.0


def _inverse(matrices: np.ndarray) -> np.ndarray:
    """Return approximate inverses; of a singular matrix any matrix, as they only choose combinations of functions."""
    noise = _NOISE[: matrices.shape[1], : matrices.shape[2]]
    for size in (1e-12, 1e-8, 1e-4):
        try:
            found: np.ndarray = np.linalg.inv(matrices + size * noise)
        except np.linalg.LinAlgError:
            continue
        return found
    return np.broadcast_to(np.eye(matrices.shape[1]), matrices.shape)


def _within_floats(table: np.ndarray) -> np.ndarray:
    """Return whole numbers as they are where floats can hold them, else balls around them divided by a power of two."""
    bits = max(int(value).bit_length() for value in table.flat)
    if bits < _LONG:
        return table
    with precision(4 * _LONG):
        numbers = [arb(fmpq(int(value), 2**bits)) for value in table.flat]
    return np.array(numbers, dtype=object).reshape(table.shape)


def _scaled(table: np.ndarray) -> np.ndarray:
    """Return whole numbers divided by the largest, as floats."""
    numbers = [int(value) for value in table.flat]
    top = max(map(abs, numbers)) or 1
    return np.array([value / top for value in numbers]).reshape(table.shape)


def _slopes(table: np.ndarray, vectors: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the derivatives by all unknowns, shape (functions, unknowns), and the values."""
    columns = []
    for p in range(len(vectors)):
        mean = table
        for q in reversed(range(len(vectors))):
            if q != p:
                mean = np.tensordot(mean, vectors[q], axes=(q + 1, 0))
        columns.append(mean[:, 1:] - mean[:, :1])
        value = mean @ vectors[p]
    return np.concatenate(columns, axis=1), value


def _distance_to_unit(i: int, row: Sequence[Any], slopes: Sequence[Sequence[Any]]) -> Any:
    """Return the sum of |entry - unit entry| over row i of the product of two matrices, rounded up."""
    total = arb(0)
    for j in range(len(slopes)):
        entry = arb(-1 if i == j else 0)
        for factor, other in zip(row, slopes, strict=True):
            entry = entry + factor * other[j]
        total = total + abs(entry)
    return total.upper()


def _inside(vertices: list[np.ndarray], point: np.ndarray, radius: float) -> np.ndarray:
    """Return which products lie within a distance of a point, in every unknown; with room for rounding."""
    inside, at = np.ones(len(vertices[0]), dtype=bool), 0
    for own in vertices:
        k = own.shape[2]
        distance = np.abs(own[:, :, 1:] - point[at : at + k - 1])
        inside &= (distance < radius * (1 - 1e-9) - 1e-14).all(axis=(1, 2))
        at += k - 1
    return inside


def _longest(own: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the length of the longest edge of every simplex, and the numbers of its ends."""
    k = own.shape[1]
    one, other = np.triu_indices(k, 1)
    lengths = np.abs(own[:, one] - own[:, other]).max(axis=2)
    longest = lengths.argmax(axis=1)
    return lengths.max(axis=1), one[longest], other[longest]


def _halved(
    values: np.ndarray, vertices: list[np.ndarray], player: int, one: np.ndarray, other: np.ndarray
) -> list[tuple[np.ndarray, list[np.ndarray]]]:
    """Return the halves of all products, cut across the longest edge of a player's simplex, in handy portions."""
    if not len(values):
        return []
    halves = []
    rows = np.arange(len(values))
    turned = np.moveaxis(values, player + 2, 1)
    middle, corner = (turned[rows, one] + turned[rows, other]) / 2, vertices[player]
    between = (corner[rows, one] + corner[rows, other]) / 2
    for replaced in (one, other):
        half, own = turned.copy(), corner.copy()
        half[rows, replaced] = middle
        own[rows, replaced] = between
        halves.append((np.moveaxis(half, 1, player + 2), [*vertices[:player], own, *vertices[player + 1 :]]))
    whole = np.concatenate([half for half, _ in halves])
    corners = [np.concatenate(both) for both in zip(*(own for _, own in halves), strict=True)]
    return [(whole[n : n + _CHUNK], [v[n : n + _CHUNK] for v in corners]) for n in range(0, len(whole), _CHUNK)]
