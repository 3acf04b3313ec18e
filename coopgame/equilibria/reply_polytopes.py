"""The polytope of all mixtures of one side, scaled by what the best reply to them earns; in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm, log2
from typing import Any

import numpy as np
from flint import fmpz_mat


@dataclass(frozen=True, eq=False)
class ReplyPolytope:
    """{z >= 0, M z <= 1}: z is a mixture of the strategies of one side, row i of M what reply i of the other earns.

    Payoffs against each strategy are shifted to be nonnegative and divided by what they have in common, which changes no best reply: then M is
    whole, nonnegative and without a column of zeros, and every mixture stands for the z on its ray at which the best reply earns 1 (von Stengel 2002,
    section 2.5). labels: of the variables z, then of the replies; variable and reply have their label when z is 0, or the reply best.
    """

    matrix: tuple[tuple[int, ...], ...]
    labels: tuple[int, ...]
    divisors: tuple[int, ...]
    shifts: tuple[int, ...]
    denominator: int

    @property
    def replies(self) -> int:
        """Number of rows."""
        return len(self.matrix)

    @property
    def strategies(self) -> int:
        """Number of columns."""
        return len(self.divisors)

    @cached_property
    def flint(self) -> Any:
        """The matrix in FLINT's form."""
        return fmpz_mat([list(row) for row in self.matrix])

    @cached_property
    def doubles(self) -> np.ndarray | None:
        """The matrix with columns divided by their largest entry, each entry rounded once; None where one is too close to 0."""
        largest = [max(column) for column in zip(*self.matrix, strict=True)]
        table = np.array([[entry / top for entry, top in zip(row, largest, strict=True)] for row in self.matrix])
        nonzero = np.array([[entry > 0 for entry in row] for row in self.matrix])
        return table if (table[nonzero] > 1e-290).all() else None

    @cached_property
    def words(self) -> np.ndarray | None:
        """The matrix as 64-bit integers, None where an entry does not fit into the products of the kernel."""
        if max(map(max, self.matrix)).bit_length() > _bits():
            return None
        return np.array(self.matrix, dtype=np.int64)

    def square(self, nonbasic: int) -> tuple[list[int], list[int]]:
        """Return the best replies and the strategies used of a basis, given by the labels of its nonbasic variables as bits."""
        width = self.strategies
        tight = [i for i in range(self.replies) if nonbasic >> self.labels[width + i] & 1]
        return tight, [j for j in range(width) if not nonbasic >> self.labels[j] & 1]

    @property
    def surely_fits(self) -> bool:
        """Whether no minor of (M, 1) can leave the range of the kernel (Hadamard's bounds)."""
        order = min(self.replies, self.strategies + 1)
        top = max(map(max, self.matrix))
        rows = sorted((1 + sum(entry * entry for entry in row) for row in self.matrix), reverse=True)[:order]
        by_rows = sum(log2(square) for square in rows) / 2
        by_entries = order * log2(top) + (order + 1) / 2 * log2(order + 1) - order
        return min(by_rows, by_entries) < _bits() - 1


def _bits() -> int:
    from coopgame._kernels.wide_products import WIDE_BITS

    return WIDE_BITS


def reply_polytope(payoffs: np.ndarray, labels: Sequence[int]) -> ReplyPolytope:
    """Return the polytope of the mixtures of the columns of a table of Fractions that holds what each row earns against them."""
    denominator = lcm(*(entry.denominator for entry in payoffs.flat))
    columns, divisors, shifts = [], [], []
    for column in payoffs.T:
        whole = [entry.numerator * (denominator // entry.denominator) for entry in column]
        low = min(whole)
        divisor = gcd(*(entry - low for entry in whole))
        shift = low if divisor else low - 1
        divisors.append(divisor or 1)
        shifts.append(shift)
        columns.append([(entry - shift) // (divisor or 1) for entry in whole])
    matrix = tuple(zip(*columns, strict=True))
    return ReplyPolytope(matrix, tuple(labels), tuple(divisors), tuple(shifts), denominator)


@dataclass(frozen=True, eq=False)
class ReplyVertex:
    """A vertex: the mixture that it stands for, what the best reply to it earns, which strategies are used and which replies are best."""

    mixture: tuple[Fraction, ...]
    payoff: Fraction
    used: tuple[int, ...]
    best: tuple[int, ...]

    def labels(self, polytope: ReplyPolytope) -> int:
        """Return the labels of strategies that are not used and of best replies, as bits."""
        unused = (j for j in range(polytope.strategies) if j not in self.used)
        tight = (polytope.strategies + i for i in self.best)
        return sum(1 << polytope.labels[v] for v in (*unused, *tight))


def exact_vertex(polytope: ReplyPolytope, nonbasic: int) -> ReplyVertex | None:
    """Return the vertex of a basis, a set of labels as bits, in rational numbers; None when the basis is not feasible."""
    width = polytope.strategies
    tight, basic = polytope.square(nonbasic)
    if len(tight) != len(basic) or not basic:
        return None
    block = square_block(polytope, tight, basic)
    if block.det() == 0:
        return None
    numerators, common = block.solve(fmpz_mat(len(basic), 1, [1] * len(basic))).numer_denom()
    weights = [0] * width
    for place, j in enumerate(basic):
        weights[j] = int(numerators[place, 0])
    common = int(common)
    earned = polytope.flint * fmpz_mat(width, 1, weights)
    slack = [common - int(earned[i, 0]) for i in range(polytope.replies)]
    if min(weights) < 0 or min(slack) < 0:
        return None
    multiple = lcm(*polytope.divisors)
    parts = [weight * (multiple // divisor) for weight, divisor in zip(weights, polytope.divisors, strict=True)]
    total = sum(parts)
    shifted = common * multiple + sum(shift * part for shift, part in zip(polytope.shifts, parts, strict=True))
    return ReplyVertex(
        tuple(Fraction(part, total) for part in parts),
        Fraction(shifted, total * polytope.denominator),
        tuple(j for j, weight in enumerate(weights) if weight),
        tuple(i for i, gap in enumerate(slack) if not gap),
    )


def square_block(polytope: ReplyPolytope, tight: Sequence[int], basic: Sequence[int]) -> Any:
    """Return the rows of some replies and the columns of some strategies in FLINT's form."""
    return fmpz_mat(len(tight), len(basic), [polytope.matrix[i][j] for i in tight for j in basic])


@dataclass(frozen=True)
class SquareSign:
    """The sign of the determinant of the strategies used against the best replies of a basis, and how many these are."""

    sign: int
    size: int


def sign_of_basis(polytope: ReplyPolytope, nonbasic: int) -> SquareSign:
    """Return the sign of a basis, with rows and columns in rising order."""
    block = square_block(polytope, *polytope.square(nonbasic))
    det = block.det()
    return SquareSign((det > 0) - (det < 0), block.nrows())
