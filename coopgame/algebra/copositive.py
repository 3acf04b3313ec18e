"""Signs of quadratic forms on cones: positive for all vectors whose entries may not be negative, decided exactly."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq_mat

from coopgame.algebra.definite_supports import all_definite_equilibria, earned_against
from coopgame.algebra.polynomials import to_fmpq, to_fraction

Matrix = Sequence[Sequence[Fraction]]
_Table = list[list[Any]]  # numbers in FLINT's form


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
    rest = _table(form)
    for _ in range(free):
        pivot = rest[0][0]
        if pivot < 0 or (pivot == 0 and (strictly or any(rest[0]))):
            return False
        rest = _eliminated(rest, 0) if pivot else _without(rest, 0)
    return _holds(rest, strictly)


def is_strictly_copositive(form: Matrix) -> bool:
    """Return whether v·Q v > 0 for all nonnegative v != 0, Q symmetric; exact."""
    return _holds(_table(form), strictly=True)


def is_copositive(form: Matrix) -> bool:
    """Return whether v·Q v >= 0 for all nonnegative v, Q symmetric; exact.

    A row without negative entries decides nothing, one with no positive entry beside its diagonal is eliminated, and what no negative entry joins
    is decided apart. What is left is decided by the least value of v·Q v over shares v: among the states where it is attained one with
    a smallest support has a positive definite form along that support, since elsewhere one could move on to a smaller one. So
    it is found among the equilibria of the game with payoffs -Q on its definite supports (Bomze 1992).
    """
    return _holds(_table(form), strictly=False)


def _table(form: Matrix) -> _Table:
    return [[to_fmpq(entry) for entry in row] for row in form]


def _holds(form: _Table, strictly: bool) -> bool:
    reduced = _reduced(form, strictly)
    if reduced is None:
        return False
    parts = _joined_by_negatives(reduced)
    if len(parts) > 1:
        return all(_holds([[reduced[i][j] for j in part] for i in part], strictly) for part in parts)
    negated = [[-entry for entry in row] for row in reduced]
    for state in all_definite_equilibria(negated):
        if state is None:
            continue
        highest = earned_against(
            negated, state[0][0], state
        )  # the least value of v·Q v near this state, with its sign turned
        if highest > 0 or (strictly and highest == 0):
            return False
    return True


def _reduced(form: _Table, strictly: bool) -> _Table | None:
    """Return a smaller form that decides, None when this one fails."""
    while True:
        place = None
        for i, row in enumerate(form):
            pivot, others = row[i], [*row[:i], *row[i + 1 :]]
            if pivot < 0 or (pivot == 0 and (strictly or any(entry < 0 for entry in others))):
                return None
            if all(entry >= 0 for entry in others):
                place, smaller = i, _without
                break
            if all(entry <= 0 for entry in others):
                place, smaller = i, _eliminated
                break
        if place is None:
            return form
        form = smaller(form, place)


def _without(form: _Table, place: int) -> _Table:
    return [[entry for j, entry in enumerate(row) if j != place] for i, row in enumerate(form) if i != place]


def _eliminated(form: _Table, place: int) -> _Table:
    pivot, row = form[place][place], form[place]
    rest = [k for k in range(len(form)) if k != place]
    return [[form[i][j] - form[i][place] * row[j] / pivot for j in rest] for i in rest]


def _joined_by_negatives(form: _Table) -> list[list[int]]:
    """Return the places in groups such that entries between groups are not negative; no group for the empty form."""
    left, groups = set(range(len(form))), []
    while left:
        group, waiting = [], [left.pop()]
        while waiting:
            i = waiting.pop()
            group.append(i)
            near = {j for j in left if form[i][j] < 0}
            left -= near
            waiting.extend(near)
        groups.append(sorted(group))
    return groups
