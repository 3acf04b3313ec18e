"""Repeated turns of best-response rays: the exact map of a turn, and whether turns shrink to a point, fade or settle on a polygon."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, fmpq_poly

from coopgame.algebra.polynomials import to_fraction
from coopgame.analysis.best_response_rays import Ray, best_replies, minus_log
from coopgame.analysis.exact_payoffs import ExactPayoffs, Numbers

_LONGEST_TURN = 60
_REPEATS = 3


@dataclass(frozen=True, eq=False)
class ShapleyPolygon:
    """A closed path of best responses, with the states at its ties as corners.

    corners: shape (m, number of shares), in order of time; exact: the same as rational numbers where they are rational, checked to
    close. period: the time of a turn. multiplier: by how much a turn shrinks the distance of nearby paths that make the same
    turns, None where the path itself is closed.
    """

    corners: np.ndarray
    exact: tuple[tuple[Fraction, ...], ...] | None
    period: float
    multiplier: float | None

    def __str__(self) -> str:
        shown = "; ".join(_corner(c) for c in (self.corners if self.exact is None else self.exact))
        return f"polygon with {len(self.corners)} corners {shown}, period {self.period:.6g}"


def _corner(corner: Any) -> str:
    return "(" + ", ".join(str(v) if isinstance(v, Fraction) else f"{v:.6g}" for v in corner) + ")"


@dataclass(frozen=True, eq=False)
class Turn:
    """The map of a sequence of rays that keeps its ties: linear for (state, 1), up to a factor.

    A step to the tie s = g / (g - h), with h what the newcomer lacks at the state and g what it is ahead at the target, takes (x, 1) to
    (g x - h b, g - h), which is linear in (x, 1). start: the state before the turn. basis: columns that span the vectors (x, w) with
    the ties of the start. matrix: the map on these columns. factor: the product of all g, by which states with all ties of the turn grow.
    """

    payoffs: ExactPayoffs
    rays: tuple[Ray, ...]
    basis: Any
    free: tuple[int, ...]
    matrix: Any
    factor: Any

    @property
    def start(self) -> Any:
        """The state before the turn in the basis, as a column."""
        vector = [*self.rays[0].start, fmpq(1)]
        return fmpq_mat([[vector[i]] for i in self.free])

    @cached_property
    def _powers(self) -> tuple[int, Any]:
        """How often the factor is a root of the characteristic polynomial, and the polynomial without it."""
        rest, own, count = self.matrix.charpoly(), fmpq_poly([-self.factor, 1]), 0
        while rest.degree() > 0 and rest(self.factor) == 0:
            rest, count = rest // own, count + 1
        return count, rest

    @cached_property
    def others(self) -> np.ndarray:
        """The other eigenvalues, divided by the factor."""
        rest = self._powers[1]
        if rest.degree() <= 0:
            return np.zeros(0)
        scaled = fmpq_poly([c * self.factor**k for k, c in enumerate(rest.coeffs())])
        roots: Any = scaled.complex_roots()
        return np.array([complex(root) for root, power in roots for _ in range(int(power))])

    @cached_property
    def fixed(self) -> Any:
        """Columns that span the states with all ties of the turn, which a turn multiplies by the factor."""
        return kernel(self.matrix - self.factor * _identity(self.matrix.nrows()))

    @property
    def shrinks(self) -> bool:
        """Whether turns contract to a state with all ties, in a finite time."""
        alone = self.fixed.ncols() == self._powers[0] > 0
        return alone and bool((np.abs(self.others) < 1 - 1e-9).all())

    @property
    def fades(self) -> bool:
        """Whether turns contract to the one state with all ties like exp(-t): a double root and nothing larger."""
        return self.fixed.ncols() == 1 and self._powers[0] == 2 and bool((np.abs(self.others) < 1 - 1e-9).all())

    def limit(self) -> tuple[Numbers, float]:
        """Return the state to which shrinking turns come, and the time that takes, both exact.

        Along k turns exp(-t) is factor^k divided by the last entry of matrix^k (x, 1), which tends to its part among the fixed vectors.
        """
        left = kernel((self.matrix - self.factor * _identity(self.matrix.nrows())).transpose()).transpose()
        shares = (left * self.fixed).inv() * left * self.start
        vector = self.basis * self.fixed * shares
        entries = [vector[i, 0] for i in range(vector.nrows())]
        return tuple(v / entries[-1] for v in entries[:-1]), minus_log(1 / entries[-1])

    def centre(self) -> Numbers | None:
        """Return the one state with all ties of the turn, None where it has negative shares."""
        vector = self.basis * self.fixed
        entries = [vector[i, 0] for i in range(vector.nrows())]
        if self.fixed.ncols() != 1 or entries[-1] == 0:
            return None
        state = tuple(v / entries[-1] for v in entries[:-1])
        return state if min(state) >= 0 else None

    def polygon(self) -> ShapleyPolygon | None:
        """Return the closed path to which turns settle: the eigenvector of a largest eigenvalue that is real and simple."""
        others = self.others
        if not len(others):
            return None
        largest = int(np.argmax(np.abs(others)))
        value = others[largest]
        rest = np.delete(np.abs(others), largest).max(initial=1.0)
        if abs(value.imag) > 0 or not value.real > 1 + 1e-9 or rest > value.real * (1 - 1e-9):
            return None
        corners = self._corners(self._eigenvector(float(value.real)))
        if corners is None:
            return None
        numbers = np.array([[float(to_fraction(v)) for v in corner] for corner in corners])
        closes = self._step_through(corners[0])[-1] == corners[0]
        exact = tuple(tuple(to_fraction(v) for v in corner) for corner in corners) if closes else None
        return ShapleyPolygon(numbers, exact, math.log(float(value.real)), float(rest / value.real))

    def _eigenvector(self, value: float) -> Numbers:
        """Return the state that a turn reproduces: exactly where the eigenvalue is rational, else after many turns."""
        guess = Fraction(value).limit_denominator(10**6)
        exact = self.factor * fmpq(guess.numerator, guess.denominator)
        vectors = kernel(self.matrix - exact * _identity(self.matrix.nrows()))
        if vectors.ncols() == 1:
            vector = self.basis * vectors
        else:
            scaled = np.array([[float(to_fraction(v / self.factor)) for v in row] for row in self.matrix.tolist()])
            values, columns = np.linalg.eig(scaled)
            column = columns[:, np.argmin(np.abs(values - value))].real
            vector = self.basis * fmpq_mat([[_binary(v)] for v in column])
        entries = [vector[i, 0] for i in range(vector.nrows())]
        return tuple(v / entries[-1] for v in entries[:-1])

    def _corners(self, first: Numbers) -> list[Numbers] | None:
        """Return the states at the ties of a turn, None where one is no state or the turn meets its ties in another order."""
        states = self._step_through(first)
        inside = all(min(state) >= 0 for state in states)
        return states[:-1] if inside and self._is_followed(states[:-1]) else None

    def _step_through(self, state: Numbers) -> list[Numbers]:
        states = [state]
        for ray in self.rays:
            step = _step(self.payoffs, ray)[0]
            vector = step * fmpq_mat([[v] for v in (*states[-1], fmpq(1))])
            entries = [vector[i, 0] for i in range(vector.nrows())]
            states.append(tuple(v / entries[-1] for v in entries[:-1]))
        return states

    def _is_followed(self, corners: Sequence[Numbers]) -> bool:
        """Whether the best replies halfway between the corners are the targets of the rays."""
        for k, ray in enumerate(self.rays):
            after = corners[(k + 1) % len(corners)]
            halfway = tuple((a + b) / 2 for a, b in zip(corners[k], after, strict=True))
            best = {i for own in best_replies(self.payoffs, halfway) for i in own}
            if not all(i in best for i, share in enumerate(ray.target) if share != 0):
                return False
        return True


@dataclass
class TurnCounter:
    """Counts for every length how many of the last rays repeat those before."""

    runs: list[int] = field(default_factory=lambda: [0] * (_LONGEST_TURN + 1))

    def add(self, rays: Sequence[Ray]) -> int | None:
        """Take the newest ray into account; return the shortest length of a turn that was made several times."""
        newest = rays[-1]
        for length in range(1, min(_LONGEST_TURN, len(rays) - 1) + 1):
            before = rays[-1 - length]
            self.runs[length] = self.runs[length] + 1 if before.key == newest.key else 0
        return next((m for m in range(2, _LONGEST_TURN + 1) if self.runs[m] >= (_REPEATS - 1) * m), None)


def turn_of(payoffs: ExactPayoffs, rays: Sequence[Ray]) -> Turn | None:
    """Return the map of a turn, None when payoffs are not linear or the turn does not lead back to its ties."""
    return _turn(payoffs, rays, ()) if payoffs.affine else None


def final_turn_of(payoffs: ExactPayoffs, rays: Sequence[Ray]) -> Turn | None:
    """Return the map of a turn when the strategies that it does not use have died out; they decay like exp(-t)."""
    used = [i for i in range(payoffs.size) if any(ray.target[i] != 0 for ray in rays)]
    face = payoffs.on_face(used)
    return _turn(face, rays, [i for i in range(payoffs.size) if i not in used]) if face.affine else None


def _turn(payoffs: ExactPayoffs, rays: Sequence[Ray], absent: Sequence[int]) -> Turn | None:
    steps = [_step(payoffs, ray) for ray in rays]
    basis, free = _ties(payoffs, rays[0], absent)
    total, factor = basis, fmpq(1)
    for step, ahead in steps:
        total, factor = step * total, factor * ahead
    matrix = fmpq_mat([[total[i, j] for j in range(total.ncols())] for i in free])
    if basis * matrix != total:
        return None
    return Turn(payoffs, tuple(rays), basis, free, matrix, factor)


def _step(payoffs: ExactPayoffs, ray: Ray) -> tuple[Any, Any]:
    """Return the matrix of a ray up to its tie, and how far the newcomer is ahead at the target."""
    rows, constants = payoffs.table
    size, newcomer = payoffs.size, ray.entering[0]
    part = next(k for k, own in enumerate(payoffs.parts) if own.start <= newcomer < own.stop)
    leader = next(i for i in ray.tied[part] if ray.target[i] != 0)
    gains = [a - b for a, b in zip(rows[newcomer], rows[leader], strict=True)]
    constant = constants[newcomer] - constants[leader]
    ahead = sum((g * b for g, b in zip(gains, ray.target, strict=True)), constant)
    matrix = [[-ray.target[i] * g for g in gains] + [-ray.target[i] * constant] for i in range(size)]
    for i in range(size):
        matrix[i][i] += ahead
    matrix.append([*(-g for g in gains), ahead - constant])
    return fmpq_mat(matrix), ahead


def _ties(payoffs: ExactPayoffs, ray: Ray, absent: Sequence[int]) -> tuple[Any, tuple[int, ...]]:
    """Return a basis of the vectors (x, w) with the ties of a ray's start and sums w, and the entries that name its columns."""
    rows, constants = payoffs.table
    equations = [[fmpq(int(i == k)) for k in range(payoffs.size + 1)] for i in absent]
    for part, own in zip(payoffs.parts, ray.tied, strict=True):
        equations.append([fmpq(int(part.start <= i < part.stop)) for i in range(payoffs.size)] + [fmpq(-1)])
        for j in own[1:]:
            gains = [a - b for a, b in zip(rows[j], rows[own[0]], strict=True)]
            equations.append([*gains, constants[j] - constants[own[0]]])
    return _kernel_and_free(fmpq_mat(equations))


def kernel(matrix: Any) -> Any:
    """Return a basis of the vectors that a matrix sends to 0, as columns."""
    return _kernel_and_free(matrix)[0]


def _kernel_and_free(matrix: Any) -> tuple[Any, tuple[int, ...]]:
    """Return a basis of the kernel as columns, and the rows in which these columns are those of the identity."""
    reduced, rank = matrix.rref()
    width = matrix.ncols()
    pivots = [next(j for j in range(width) if reduced[r, j] != 0) for r in range(rank)]
    free = tuple(j for j in range(width) if j not in pivots)
    columns = [[fmpq(0)] * len(free) for _ in range(width)]
    for k, j in enumerate(free):
        columns[j][k] = fmpq(1)
        for r, pivot in enumerate(pivots):
            columns[pivot][k] = -reduced[r, j]
    return fmpq_mat(width, len(free), [entry for row in columns for entry in row]), free


def _identity(size: int) -> Any:
    return fmpq_mat([[fmpq(int(i == j)) for j in range(size)] for i in range(size)])


def _binary(value: float) -> Any:
    exact = Fraction(float(value))
    return fmpq(exact.numerator, exact.denominator)
