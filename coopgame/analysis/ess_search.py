"""The search for all evolutionarily stable states of a matrix of numbers: floats with error bounds where they decide, else exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np

from coopgame.algebra.copositive import is_partly_copositive
from coopgame.algebra.definite_supports import Shares, all_definite_equilibria, definite_equilibria, level_shares
from coopgame.algebra.polynomials import to_fmpq
from coopgame.analysis.ess import Matrix, form_of_replies

_FEW = 12  # up to as many strategies exact arithmetic takes less time than loading the compiled search
_WHOLE = 2**45  # sums of six such numbers are exact in floats
_KEPT = 64  # supports by which others are left out


@dataclass(frozen=True)
class DefinitePoint:
    """A symmetric equilibrium with a negative definite support: whole numbers in the proportion of its shares, all best replies to it, and the mean payoff.

    stable: whether it is an evolutionarily stable state.
    """

    support: tuple[int, ...]
    weights: tuple[int, ...]
    replies: tuple[int, ...]
    payoff: Fraction
    stable: bool

    @property
    def shares(self) -> tuple[Fraction, ...]:
        """The shares on the support."""
        total = sum(self.weights)
        return tuple(Fraction(weight, total) for weight in self.weights)


@dataclass(frozen=True)
class EssSearch:
    """All evolutionarily stable states, how many supports were solved for them, and how many of these without floats.

    others: equilibria with a negative definite support that are no ESS, because of ties with absent strategies. For a symmetric matrix the highest
    mean payoff of all states is that of one of the points or the others.
    """

    points: tuple[DefinitePoint, ...]
    others: tuple[DefinitePoint, ...]
    visited: int
    exactly: int


def search_ess(payoffs: Matrix) -> EssSearch:
    """Return all evolutionarily stable states of a matrix of exact numbers, with a proof that none is missing.

    The support of an ESS is negative definite, and so are all its parts (Haigh 1975). Strategies are taken in or left out until what is left is definite as a
    whole, where it carries one candidate. With more than twelve strategies this is done in floats with bounds of their errors: what these do not decide, such
    as a pivot that may be 0, is decided in rational arithmetic. A strict equilibrium is in no other support, and no support of an ESS contains
    another one (Bishop and Cannings 1976). Where several strategies outside earn as much, strict copositivity decides, exactly.
    """
    table = _Table(payoffs)
    n = len(payoffs)
    pure = [point for j in range(n) if (point := table.decided((j,), (1,)))]
    stable = {point.support[0] for point in pure if point.stable}
    left = [j for j in range(n) if j not in stable]
    if n <= _FEW:
        solved = list(all_definite_equilibria(table.exact, left))
        found = [table.decided(s[0], _weights(s)) if s is not None else None for s in solved]
        visited = exactly = len(solved)
    else:
        found, visited, exactly = _searched(table, left)
    mixed = [point for point in found if point is not None and len(point.support) > 1]
    points = _in_order([point for point in (*pure, *mixed) if point.stable])
    others = tuple(point for point in (*pure, *mixed) if not point.stable)
    return EssSearch(points, others, n + visited, n + exactly)


class _Table:
    """A payoff matrix as exact numbers, as whole numbers, and in FLINT's form."""

    def __init__(self, payoffs: Matrix) -> None:
        self.payoffs = payoffs
        self.scale = lcm(*(entry.denominator for row in payoffs for entry in row))
        self.whole = [[int(entry * self.scale) for entry in row] for row in payoffs]

    @cached_property
    def exact(self) -> list[list[Any]]:
        """The whole numbers in FLINT's form."""
        return [[to_fmpq(entry) for entry in row] for row in self.whole]

    def point(
        self, support: Sequence[int], weights: Sequence[int], replies: Sequence[int], stable: bool = True
    ) -> DefinitePoint:
        """Return a state with its mean payoff."""
        earned = sum(self.whole[support[0]][j] * weight for j, weight in zip(support, weights, strict=True))
        payoff = Fraction(earned, sum(weights) * self.scale)
        return DefinitePoint(tuple(support), tuple(weights), tuple(replies), payoff, stable)

    def decided(self, support: Sequence[int], weights: Sequence[int]) -> DefinitePoint | None:
        """Return a state with equal payoffs on a definite support, None when it is no equilibrium; exact."""
        earned = [sum(row[j] * weight for j, weight in zip(support, weights, strict=True)) for row in self.whole]
        best = max(earned)
        if earned[support[0]] < best:
            return None
        replies = [i for i, value in enumerate(earned) if value == best]
        stable = len(replies) == len(support)
        if not stable:
            total, x = sum(weights), [Fraction(0)] * len(earned)
            for i, weight in zip(support, weights, strict=True):
                x[i] = Fraction(weight, total)
            stable = is_partly_copositive(*form_of_replies(self.payoffs, x, replies))
        return self.point(support, weights, replies, stable)


def _searched(table: _Table, left: list[int]) -> tuple[list[DefinitePoint | None], int, int]:
    """Return the mixed ESS on the strategies `left`, how many supports were solved, and how many exactly alone."""
    from coopgame._kernels.ess_candidates import STABLE
    from coopgame._kernels.ess_search import OPEN, PRESENT, search

    n = len(table.whole)
    values, radii, integers, most = _floats(table.whole)
    known, known_count = np.zeros((_KEPT, (n + 63) // 64), dtype=np.uint64), np.zeros(1, dtype=np.int64)
    points: list[DefinitePoint | None] = []
    visited = exactly = 0
    for place, base in enumerate(left[:-1]):
        others = np.array(left[place + 1 :], dtype=np.int64)
        rows, back, solved = search(base, others, values, radii, integers, most, known, known_count)
        visited += solved
        for row in rows.tolist():
            support = tuple(i for i, weight in enumerate(row[:-1]) if weight)
            exact = tuple(row[i] for i in support)
            if exact[0] < 0:
                exact = _weights((support, level_shares(table.exact, support)))
            points.append(
                table.point(support, exact, support) if row[-1] == STABLE else table.decided(support, exact)
            )
        for row in back:
            inside, open_ones = np.flatnonzero(row == PRESENT).tolist(), np.flatnonzero(row == OPEN).tolist()
            for state in definite_equilibria(table.exact, inside, open_ones):
                exactly += 1
                if state is not None:
                    points.append(table.decided(state[0], _weights(state)))
    return points, visited + exactly, exactly


def _weights(state: Shares) -> tuple[int, ...]:
    """Return whole numbers in the proportion of the shares."""
    scale = lcm(*(int(share.q) for share in state[1]))
    return tuple(int(share.p) * (scale // int(share.q)) for share in state[1])


def _floats(whole: list[list[int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return the payoffs less those of the diagonal's column as floats and bounds of their errors, and as integers with the largest size where they are small.

    Large ones are scaled by a power of two; the largest size is 0 then.
    """
    n = len(whole)
    gaps = [[whole[i][j] - whole[j][j] for j in range(n)] for i in range(n)]
    most = max(abs(gap) for row in gaps for gap in row)
    if most <= _WHOLE:
        integers = np.array(gaps, dtype=np.int64)
        return integers.astype(float), np.zeros((n, n)), integers, float(max(most, 1))
    size = 2 ** most.bit_length()
    values = np.array([[gap / size for gap in row] for row in gaps])
    return values, 1.2e-16 * np.abs(values) + 1e-290, np.zeros((n, n), dtype=np.int64), 0.0


def _in_order(points: Sequence[DefinitePoint]) -> tuple[DefinitePoint, ...]:
    """Return the points with smaller supports first, those with larger shares of the first strategies before others."""

    def key(point: DefinitePoint) -> tuple[int, list[tuple[int, float]]]:
        total = sum(point.weights)
        return len(point.support), [(i, -w / total) for i, w in zip(point.support, point.weights, strict=True)]

    return tuple(sorted(points, key=key))
