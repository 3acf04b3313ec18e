"""The polytope of all mixtures of one side, scaled by what the best reply to them earns; in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm, log2
from typing import Any, NamedTuple

import numpy as np
from flint import fmpz_mat


@dataclass(frozen=True, eq=False)
class ReplyPolytope:
    """{z >= 0, M z <= 1}: z is a mixture of the strategies of one side, row i of M what reply i of the other earns.

    Payoffs against each strategy are shifted to be nonnegative and divided by what they have in common, which changes no best reply: then M is
    whole, nonnegative and without a column of zeros, and every mixture stands for the z on its ray at which the best reply earns 1 (von Stengel 2002).
    labels: of the variables z, then of the replies; variable and reply have their label when z is 0, or the reply best.
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
        if max(largest).bit_length() < _SAFE_BITS:
            return table
        nonzero = np.array([[entry > 0 for entry in row] for row in self.matrix])
        return table if (table[nonzero] > 1e-290).all() else None

    @cached_property
    def words(self) -> np.ndarray | None:
        """The matrix as 64-bit integers, None where an entry does not fit into the products of the kernel."""
        if max(map(max, self.matrix)).bit_length() > _bits():
            return None
        return np.array(self.matrix, dtype=np.int64)

    @cached_property
    def bits(self) -> tuple[int, ...]:
        """The labels, each as a set of one label."""
        return tuple(1 << label for label in self.labels)

    @cached_property
    def multiple(self) -> int:
        """The least common multiple of all divisors."""
        return lcm(*self.divisors)

    def basis(self, nonbasic: int) -> tuple[list[int], list[int], Any]:
        """Return the tight replies, the basic strategies and the block of M that they share, for the labels of nonbasic variables as bits."""
        width, bits = self.strategies, self.bits
        basic = [j for j in range(width) if not nonbasic & bits[j]]
        tight = [i for i in range(self.replies) if nonbasic & bits[width + i]]
        rows = [self.matrix[i] for i in tight]
        return tight, basic, fmpz_mat(len(tight), len(basic), [row[j] for row in rows for j in basic])

    @property
    def surely_fits(self) -> bool:
        """Whether no minor of (M, 1) can leave the range of the kernel (Hadamard's bounds)."""
        order = min(self.replies, self.strategies + 1)
        top = max(map(max, self.matrix))
        rows = sorted((1 + sum(entry * entry for entry in row) for row in self.matrix), reverse=True)[:order]
        by_rows = sum(log2(square) for square in rows) / 2
        by_entries = order * log2(top) + (order + 1) / 2 * log2(order + 1) - order
        return min(by_rows, by_entries) < _bits() - 1


_ZERO = Fraction(0)
_SAFE_BITS = 900  # quotients of whole numbers below 2**900 are far from the smallest doubles


def _bits() -> int:
    from coopgame._kernels.wide_products import WIDE_BITS

    return WIDE_BITS


def reply_polytope(payoffs: np.ndarray, labels: Sequence[int]) -> ReplyPolytope:
    """Return the polytope of the mixtures of the columns of a table of Fractions that holds what each row earns against them."""
    ratios = [[entry.as_integer_ratio() for entry in column] for column in payoffs.T]
    denominator = lcm(*{below for column in ratios for _, below in column})
    columns, divisors, shifts = [], [], []
    for column in ratios:
        whole = [above * (denominator // below) for above, below in column]
        low = min(whole)
        divisor = gcd(*(entry - low for entry in whole))
        shift = low if divisor else low - 1
        divisors.append(divisor or 1)
        shifts.append(shift)
        columns.append([(entry - shift) // (divisor or 1) for entry in whole])
    matrix = tuple(zip(*columns, strict=True))
    return ReplyPolytope(matrix, tuple(labels), tuple(divisors), tuple(shifts), denominator)


class BasisSign(NamedTuple):
    """The sign of the determinant of tight replies against basic strategies, both in rising order, and how many these are."""

    sign: int
    size: int


@dataclass(frozen=True, eq=False)
class ReplyVertex:
    """A vertex: the mixture that it stands for, what the best reply to it earns, which strategies are used and which replies are best.

    labels: of strategies that are not used and of best replies, as bits. basis: of what it was found by.
    """

    mixture: tuple[Fraction, ...]
    payoff: Fraction
    used: tuple[int, ...]
    best: tuple[int, ...]
    labels: int
    basis: BasisSign


def exact_vertex(polytope: ReplyPolytope, nonbasic: int) -> ReplyVertex | None:
    """Return the vertex of a basis, a set of labels as bits, in rational numbers; None when the basis is not feasible."""
    tight, basic, block = polytope.basis(nonbasic)
    if len(tight) != len(basic) or not basic:
        return None
    basis = _sign(block)
    if not basis.sign:
        return None
    numerators, common = block.solve(fmpz_mat(len(basic), 1, [1] * len(basic))).numer_denom()
    weights = dict(zip(basic, map(int, numerators.entries()), strict=True))
    width = polytope.strategies
    earned = (polytope.flint * fmpz_mat(width, 1, [weights.get(j, 0) for j in range(width)])).entries()
    if min(weights.values()) < 0 or max(earned) > common:
        return None
    used = tuple(j for j, weight in weights.items() if weight)
    best = tuple(i for i, value in enumerate(earned) if value == common)
    parts = {j: weights[j] * (polytope.multiple // polytope.divisors[j]) for j in used}
    total = sum(parts.values())
    shifted = int(common) * polytope.multiple + sum(polytope.shifts[j] * part for j, part in parts.items())
    shares = {j: Fraction(part, total) for j, part in parts.items()}
    labels = nonbasic  # unless a basic variable is 0
    if len(used) < len(basic) or len(best) > len(tight):
        bits = polytope.bits
        labels = sum(bits[j] for j in range(width) if j not in shares) + sum(bits[width + i] for i in best)
    return ReplyVertex(
        tuple([shares.get(j, _ZERO) for j in range(width)]),
        Fraction(shifted, total * polytope.denominator),
        used,
        best,
        labels,
        basis,
    )


def basis_sign(polytope: ReplyPolytope, nonbasic: int) -> BasisSign:
    """Return the sign of a basis, a set of labels as bits."""
    return _sign(polytope.basis(nonbasic)[2])


def _sign(block: Any) -> BasisSign:
    det = block.det()
    return BasisSign((det > 0) - (det < 0), block.nrows())
