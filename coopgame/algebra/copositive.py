"""Signs of quadratic forms on cones: positive for all vectors whose entries may not be negative, decided exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from flint import fmpq_mat

from coopgame.algebra.polynomials import to_fmpq, to_fraction
from coopgame.errors import UnsupportedError

Matrix = Sequence[Sequence[Fraction]]
_MOST_BOUNDARY = 16


def determinant(matrix: Matrix) -> Fraction:
    """Return the determinant of a matrix of rational numbers; 1 for the empty matrix."""
    return to_fraction(flint_matrix(matrix).det()) if matrix else Fraction(1)


def flint_matrix(matrix: Matrix) -> fmpq_mat:
    """Return a matrix of rational numbers in FLINT's form."""
    return fmpq_mat([[to_fmpq(entry) for entry in row] for row in matrix])


def is_partly_copositive(form: Matrix, free: int, *, strictly: bool = True) -> bool:
    """Return whether v·Q v > 0 (>= 0 when not strictly) for all v != 0 whose entries from index `free` on are >= 0; exact.

    Q is symmetric. The free part is eliminated: it has to be positive definite and leaves its Schur complement. Without
    strictness a free direction along which Q vanishes must be orthogonal to everything.
    """
    rest = [list(row) for row in form]
    for _ in range(free):
        pivot = rest[0][0]
        if pivot < 0 or (pivot == 0 and (strictly or any(rest[0]))):
            return False
        rest = [
            [rest[i][j] - (rest[i][0] * rest[0][j] / pivot if pivot else 0) for j in range(1, len(rest))]
            for i in range(1, len(rest))
        ]
    return is_strictly_copositive(rest) if strictly else is_copositive(rest)


def is_strictly_copositive(form: Matrix) -> bool:
    """Return whether v·Q v > 0 for all nonnegative v != 0, Q symmetric; exact.

    It fails first on a principal submatrix with det <= 0 and a positive adjugate (Keller; Hadeler 1983, Linear Algebra
    and its Applications 49, 79-89).
    """
    return _holds_on_all_faces(form, strictly=True)


def is_copositive(form: Matrix) -> bool:
    """Return whether v·Q v >= 0 for all nonnegative v, Q symmetric; exact.

    It fails first on a principal submatrix with det < 0 and a nonnegative adjugate (Hadeler 1983).
    """
    return _holds_on_all_faces(form, strictly=False)


def _holds_on_all_faces(form: Matrix, *, strictly: bool) -> bool:
    if len(form) > _MOST_BOUNDARY:
        raise UnsupportedError(
            f"{len(form)} best replies outside the support are more than {_MOST_BOUNDARY}; perturb the payoffs to break ties"
        )
    return not any(
        _fails([[form[i][j] for j in chosen] for i in chosen], strictly)
        for size in range(1, len(form) + 1)
        for chosen in combinations(range(len(form)), size)
    )


def _fails(block: Matrix, strictly: bool) -> bool:
    """Return whether a block fails whose smaller principal blocks all hold."""
    value = determinant(block)
    if value > 0 or (value == 0 and not strictly):
        return False
    size = len(block)
    adjugate = (
        (-1) ** (i + j) * determinant([[block[r][c] for c in range(size) if c != j] for r in range(size) if r != i])
        for i in range(size)
        for j in range(i, size)
    )
    return all(entry > 0 if strictly else entry >= 0 for entry in adjugate)
