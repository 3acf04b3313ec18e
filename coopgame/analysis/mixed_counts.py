"""How many mixed rest points, and how many stable ones, over many parameter values at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.algebra.bernstein import bernstein_to_power
from coopgame.algebra.roots import isolate_roots
from coopgame.analysis.share_line import ShareLine, share_line_of
from coopgame.errors import ParameterError
from coopgame.expressions import exact_number
from coopgame.games.game import Game

# a coefficient below this part of the largest one has a sign that rounding could have turned
_UNSURE = 1e-12
_HALVINGS = 12
_BLOCK = 20_000


@dataclass(frozen=True, eq=False)
class MixedCounts:
    """Numbers of mixed rest points over values of parameters.

    total: the number of mixed rest points, each counted once, of the shape of the values; -1 where every state is at rest.
    stable: how many of them are asymptotically stable. nobody, everybody: whether the pure states, in which nobody and everybody
    plays the first strategy, are asymptotically stable. exact: how many of the places needed exact arithmetic; the others are
    settled by signs that rounding cannot turn.
    """

    game: Game = field(repr=False)
    values: Mapping[str, Any] = field(repr=False)
    total: np.ndarray
    stable: np.ndarray
    nobody: np.ndarray
    everybody: np.ndarray
    exact: int

    def __str__(self) -> str:
        numbers, counts = np.unique(self.total, return_counts=True)
        shown = ", ".join(f"{n} at {c}" for n, c in zip(numbers, counts, strict=True))
        return f"mixed rest points over {self.total.size} places: {shown} ({self.exact} by exact arithmetic)"


def count_mixed_points(game: Game, values: Mapping[str, Any] | None = None) -> MixedCounts:
    """Return the number of mixed rest points, and of stable ones, at many values at once.

    values: numbers, or arrays that broadcast together, by parameter; defaults for the rest. Assumptions are not checked. Signs
    of Bernstein coefficients settle most places; where they change twice or more the interval is halved, and what is left near
    folds, or has a coefficient too near zero for floats, is decided in exact arithmetic at the floats given.

    Raises ParameterError for missing values, UnsupportedError for games other than of one population with two strategies.

    >>> from coopgame import collective_risk
    >>> count_mixed_points(collective_risk(6, 3), {"b": 1, "c": 0.1, "r": np.array([0.2, 0.5])}).total.tolist()
    [0, 2]
    """
    line = share_line_of(game)
    columns, shape, fixed = _columns(game, values or {})
    rows = np.zeros((int(np.prod(shape)), len(columns)))
    for i, column in enumerate(columns):
        rows[:, i] = np.broadcast_to(column, shape).ravel()
    answers = np.zeros((len(rows), 4), dtype=int)
    exact = 0
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        answers[start : start + _BLOCK], used = _counted(line, block, fixed)
        exact += used
    total, stable, nobody, everybody = (answers[:, i].reshape(shape) for i in range(4))
    return MixedCounts(game, dict(values or {}), total, stable, nobody.astype(bool), everybody.astype(bool), exact)


def _columns(game: Game, values: Mapping[str, Any]) -> tuple[list[np.ndarray], tuple[int, ...], dict[str, Fraction]]:
    """Return one array for each parameter, their common shape, and the numbers that are the same everywhere, exactly."""
    arrays = {name: np.asarray(v, dtype=float) for name, v in values.items() if isinstance(v, np.ndarray) and v.ndim}
    plain = {name: v for name, v in values.items() if name not in arrays}
    numbers = game.values({**plain, **dict.fromkeys(arrays, 0)})
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ParameterError(f"values of {name} are not all finite numbers")
    shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    columns = [arrays.get(name, np.asarray(float(numbers[name]))) for name in game.ring.names]
    return columns, shape, {name: numbers[name] for name in game.ring.names if name not in arrays}


def _counted(line: ShareLine, rows: np.ndarray, fixed: Mapping[str, Fraction]) -> tuple[np.ndarray, int]:
    """Return total, stable, and the stability of both ends for every row of parameters, and how many needed exactness."""
    numbers, unsure, scale = _coefficients(line, rows)
    answers = np.zeros((len(rows), 4), dtype=int)
    total, settled = _by_halving(numbers, unsure, scale)
    signs = np.sign(numbers)
    first = np.take_along_axis(signs, (signs != 0).argmax(axis=1)[:, None], axis=1)[:, 0]
    last = np.take_along_axis(signs[:, ::-1], (signs[:, ::-1] != 0).argmax(axis=1)[:, None], axis=1)[:, 0]
    answers[:, 0] = total
    # settled roots are simple, so they are stable and unstable by turns
    answers[:, 1] = np.where(first > 0, (total + 1) // 2, total // 2)
    answers[:, 2], answers[:, 3] = first < 0, last > 0
    for row in np.flatnonzero(~settled):
        answers[row] = _exactly(line, rows[row], fixed)
    return answers, int((~settled).sum())


def _coefficients(line: ShareLine, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return Bernstein coefficients in floats, shape (rows, m + 1), which of them have a doubtful sign, and their scale."""
    ring = line.ring
    tops = ring.evaluator([d.numerator for d in line.coefficients])(rows).T
    bottoms = ring.evaluator([d.denominator for d in line.coefficients])(rows).T
    sizes = ring.evaluator([_absolute(ring, d.numerator) for d in line.coefficients])(np.abs(rows)).T
    below = ring.evaluator([_absolute(ring, d.denominator) for d in line.coefficients])(np.abs(rows)).T
    with np.errstate(divide="ignore", invalid="ignore"):
        numbers, largest = tops / bottoms, sizes / np.abs(bottoms)
    # terms may cancel: the sum of their absolute values says how much rounding there can be
    doubtful = (np.abs(tops) <= _UNSURE * sizes) & (sizes > 0) | (np.abs(bottoms) <= _UNSURE * below)
    doubtful |= ~np.isfinite(numbers)
    return np.where(doubtful, 0.0, numbers), doubtful, np.where(doubtful, 0.0, largest).max(axis=1)


def _absolute(ring: Any, polynomial: Any) -> Any:
    return ring.context.from_dict({m: abs(c) for m, c in polynomial.terms()})


def _by_halving(numbers: np.ndarray, unsure: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of roots, and where they are certain: at most one sign change in every piece, no doubtful sign."""
    total = np.zeros(len(numbers), dtype=int)
    settled = ~unsure.any(axis=1) & (numbers != 0).any(axis=1)
    owner = np.flatnonzero(settled)
    pieces = numbers[owner]
    for depth in range(_HALVINGS + 1):
        changes = _changes(pieces)
        np.add.at(total, owner[changes == 1], 1)
        open_pieces = changes > 1
        if not open_pieces.any():
            break
        pieces, owner = pieces[open_pieces], owner[open_pieces]
        if depth == _HALVINGS:
            settled[owner] = False
            break
        pieces, owner = _halved(pieces, owner)
        doubtful = (np.abs(pieces) <= _UNSURE * scale[owner][:, None]).any(axis=1)
        settled[owner[doubtful]] = False
        kept = settled[owner]
        pieces, owner = pieces[kept], owner[kept]
    return total, settled


def _changes(pieces: np.ndarray) -> np.ndarray:
    """Return the numbers of sign changes along rows, zeros passed over."""
    signs = np.sign(pieces)
    for column in range(1, signs.shape[1]):
        signs[:, column] = np.where(signs[:, column] == 0, signs[:, column - 1], signs[:, column])
    return np.asarray((signs[:, 1:] * signs[:, :-1] < 0).sum(axis=1))


def _halved(pieces: np.ndarray, owner: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients on the left and the right halves, by de Casteljau's scheme."""
    count = pieces.shape[1]
    left, right, row = np.empty_like(pieces), np.empty_like(pieces), pieces.copy()
    for step in range(count):
        left[:, step], right[:, count - 1 - step] = row[:, 0], row[:, -1]
        row = (row[:, :-1] + row[:, 1:]) / 2
    return np.concatenate([left, right]), np.concatenate([owner, owner])


def _exactly(line: ShareLine, row: np.ndarray, fixed: Mapping[str, Fraction]) -> tuple[int, int, int, int]:
    floats = dict(zip(line.ring.names, row, strict=True))
    point = {name: fixed[name] if name in fixed else exact_number(float(v), name) for name, v in floats.items()}
    for coefficient in line.coefficients:
        if line.ring.evaluate(coefficient.denominator, point) == 0:
            shown = ", ".join(f"{name} = {float(value):g}" for name, value in point.items())
            raise ParameterError(f"a payoff divides by zero at {shown}; change the values")
    numbers = [coefficient.value(point) for coefficient in line.coefficients]
    present = [number for number in numbers if number != 0]
    if not present:
        return -1, 0, 0, 0
    roots = isolate_roots(bernstein_to_power(numbers))
    stable = sum(root.before > 0 > root.after for root in roots)
    return len(roots), stable, int(present[0] < 0), int(present[-1] > 0)
