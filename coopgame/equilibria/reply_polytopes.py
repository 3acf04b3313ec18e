"""The polytope of all mixtures of one side, scaled by what the best reply to them earns; in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm, log2
from typing import Any

import numpy as np
from flint import fmpz_mat

from coopgame._kernels.limits import WIDE_BITS
from coopgame.equilibria.tables import WholeTable


@dataclass(frozen=True, eq=False)
class ReplyPolytope:
    """{z >= 0, M z <= 1}: z is a mixture of the strategies of one side, row i of M what reply i of the other earns.

    Payoffs against each strategy are shifted to be nonnegative and divided by what they have in common, which changes no best reply: then M is
    whole, nonnegative and without a column of zeros, and every mixture stands for the z on its ray at which the best reply earns 1 (von Stengel 2002).
    labels: of the variables z, then of the replies; variable and reply have their label when z is 0, or the reply best.
    """

    matrix: np.ndarray  # of whole numbers, objects
    labels: tuple[int, ...]
    divisors: list[int]
    shifts: list[int]
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
    def rows(self) -> list[list[int]]:
        """The rows of the matrix."""
        rows: list[list[int]] = self.matrix.tolist()
        return rows

    @cached_property
    def flint(self) -> Any:
        """The matrix in FLINT's form."""
        return fmpz_mat(self.rows)

    @cached_property
    def tops(self) -> list[int]:
        """The largest entry of each row, but 1 for rows of zeros."""
        return [max(row) or 1 for row in self.rows]

    @cached_property
    def top(self) -> int:
        """The largest entry."""
        return max(self.tops)

    @cached_property
    def doubles(self) -> np.ndarray | None:
        """The matrix with columns divided by their largest entry, each entry rounded once; None where one is too close to 0."""
        table: np.ndarray = (self.matrix / self.matrix.max(axis=0)).astype(float)
        safe = self.top.bit_length() < _SAFE_BITS or (table[self.matrix > 0] > 1e-290).all()
        return table if safe else None

    @cached_property
    def words(self) -> np.ndarray | None:
        """The matrix as 64-bit integers, None where an entry does not fit into the products of the kernel."""
        return self.matrix.astype(np.int64) if self.top.bit_length() <= WIDE_BITS else None

    @cached_property
    def bits(self) -> tuple[int, ...]:
        """The labels, each as a set of one label."""
        return tuple(1 << label for label in self.labels)

    @cached_property
    def multiple(self) -> int:
        """The least common multiple of all divisors."""
        return lcm(*self.divisors)

    @property
    def surely_fits(self) -> bool:
        """Whether no minor of (M, 1) can leave the range of the kernel (Hadamard's bounds)."""
        order = min(self.replies, self.strategies + 1)
        by_entries = order * log2(self.top) + (order + 1) / 2 * log2(order + 1) - order
        if by_entries < WIDE_BITS - 1:
            return True
        if (
            sum(map(log2, sorted(self.tops)[-order:])) >= WIDE_BITS - 1
        ):  # less than the bound by rows, and sooner computed
            return False
        squares = sorted([1 + sum([entry * entry for entry in row]) for row in self.rows])
        return sum(map(log2, squares[-order:])) / 2 < WIDE_BITS - 1


_ZERO = Fraction(0)
_SAFE_BITS = 900  # quotients of whole numbers below 2**900 are far from the smallest doubles


def reply_polytope(payoffs: WholeTable, labels: Sequence[int]) -> ReplyPolytope:
    """Return the polytope of the mixtures of the columns of a table that holds what each row earns against them."""
    low = payoffs.numbers.min(axis=0)
    divisors = np.gcd.reduce(payoffs.numbers - low, axis=0)
    constant = divisors == 0
    shifts = low - constant
    divisors += constant
    matrix = (payoffs.numbers - shifts) // divisors
    return ReplyPolytope(matrix, tuple(labels), divisors.tolist(), shifts.tolist(), payoffs.denominator)


@dataclass(frozen=True, eq=False)
class VertexSolution:
    """A vertex in whole numbers.

    weights: in proportion to the shares of strategies, 0 where one is left out. unit: what the best reply earns, in the units of M and of the weights.
    labels: of strategies that are not used and of best replies, as bits.
    """

    polytope: ReplyPolytope
    weights: dict[int, int]
    unit: int
    labels: int

    @cached_property
    def mixture(self) -> tuple[Fraction, ...]:
        """The mixture that the vertex stands for."""
        total = sum(self.weights.values())
        shares = [_ZERO] * self.polytope.strategies
        for j, weight in self.weights.items():
            shares[j] = Fraction(weight, total)
        return tuple(shares)

    @cached_property
    def payoff(self) -> Fraction:
        """What the best reply earns."""
        total = sum(self.weights.values())
        shift = sum([self.polytope.shifts[j] * weight for j, weight in self.weights.items()])
        return Fraction(self.unit + shift, total * self.polytope.denominator)


@dataclass(frozen=True, eq=False)
class ReplyVertex:
    """A vertex, known by its labels; its equations are solved when the mixture is looked at.

    nonbasic: the labels of the nonbasic variables of a basis. labels: of strategies that are not used and of best replies. Both as bits.
    """

    polytope: ReplyPolytope
    nonbasic: int
    labels: int

    @cached_property
    def used(self) -> tuple[int, ...]:
        """The strategies that are used."""
        bits = self.polytope.bits[: self.polytope.strategies]
        return tuple([j for j, bit in enumerate(bits) if not self.labels & bit])

    @cached_property
    def best(self) -> tuple[int, ...]:
        """The best replies."""
        bits = self.polytope.bits[self.polytope.strategies :]
        return tuple([i for i, bit in enumerate(bits) if self.labels & bit])

    @cached_property
    def solution(self) -> VertexSolution:
        """The vertex in rational numbers, which have to agree with its labels."""
        found = solve_vertex(self.polytope, self.nonbasic)
        assert found is not None and found.labels == self.labels, "a vertex has the labels that it was found with"
        return found


def solve_vertex(polytope: ReplyPolytope, nonbasic: int) -> VertexSolution | None:
    """Return the vertex of a basis, the labels of its nonbasic variables as bits; None when the basis is not feasible."""
    width, bits, multiple = polytope.strategies, polytope.bits, polytope.multiple
    basic = [j for j, bit in enumerate(bits[:width]) if not nonbasic & bit]
    tight = [row for row, bit in zip(polytope.rows, bits[width:], strict=True) if nonbasic & bit]
    size = len(basic)
    if len(tight) != size or not basic:
        return None
    block: Any = fmpz_mat(size, size, [row[j] for row in tight for j in basic])
    if not block.det():
        return None
    solution, unit = block.solve(fmpz_mat(size, 1, [1] * size)).numer_denom()
    values, z = solution.entries(), [0] * width
    for j, value in zip(basic, values, strict=True):
        z[j] = value
    earned = (polytope.flint * fmpz_mat(width, 1, z)).entries()
    if min(values) < 0 or max(earned) > unit:
        return None
    labels = sum([bit for bit, value in zip(bits, z, strict=False) if not value])
    labels += sum([bit for bit, value in zip(bits[width:], earned, strict=True) if value == unit])
    weights = {j: int(value) * (multiple // polytope.divisors[j]) for j, value in zip(basic, values, strict=True)}
    return VertexSolution(polytope, weights, int(unit) * multiple, labels)
