"""An imaginary pair of eigenvalues in any dimension: certified, with the first Lyapunov coefficient in ball arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from typing import Any

import numpy as np
import sympy
from flint import acb, acb_mat, arb

from coopgame.analysis.enclosures import Enclosure, eigenvalue_balls
from coopgame.analysis.places import ball_sign

Balls = Sequence[Any]
Tensor = Mapping[tuple[int, ...], Any]  # derivatives by sorted indices: (i; j, k) or (i; j, k, l)


@dataclass(frozen=True, eq=False)
class ImaginaryPair:
    """A pair of eigenvalues on the imaginary axis. stable_otherwise: whether all others have negative real parts."""

    frequency: Any
    stable_otherwise: bool


def hurwitz_test(jacobian: Sequence[Sequence[sympy.Expr]]) -> sympy.Expr:
    """Return an expression that vanishes exactly where two eigenvalues add up to 0: Hurwitz's determinant of the last order but one.

    It is the product of all sums of two eigenvalues, up to its sign (Orlando's formula; Gantmacher 1959, chapter XV, section 7).
    """
    matrix = sympy.Matrix(jacobian)
    size = matrix.rows
    coefficients: list[Any] = [sympy.Integer(1)]
    for order in range(1, size + 1):
        minors = (matrix.extract(list(c), list(c)).det(method="berkowitz") for c in combinations(range(size), order))
        coefficients.append((-1) ** order * sympy.Add(*minors))

    def entry(row: int, column: int) -> sympy.Expr:
        place = 2 * (column + 1) - (row + 1)
        return coefficients[place] if 0 <= place <= size else sympy.Integer(0)

    return sympy.Matrix(size - 1, size - 1, entry).det(method="berkowitz")


def imaginary_pair(jacobian: Sequence[Balls]) -> ImaginaryPair | None:
    """Return the imaginary pair of a matrix of which it is known that two of its eigenvalues add up to 0.

    None where the pair is real, where another eigenvalue may lie on the imaginary axis, and where balls do not tell. When only one
    sum of two eigenvalues can vanish, and these two are not real, the matrix being real they are conjugate, and so imaginary.
    """
    values = eigenvalue_balls(jacobian)
    if values is None:
        return None
    opposite = [(i, j) for i, j in combinations(range(len(values)), 2) if (values[i] + values[j]).contains(0)]
    if len(opposite) != 1:
        return None
    pair = opposite[0]
    signs = [ball_sign(value.real) for i, value in enumerate(values) if i not in pair]
    if values[pair[0]].imag.contains(0) or any(not sign for sign in signs):
        return None
    return ImaginaryPair(abs(values[pair[0]].imag), all(sign == -1 for sign in signs))


def matrix_at(
    rates: Sequence[sympy.Expr], moving: Sequence[str], names: Sequence[str], balls: Balls
) -> list[list[Any]]:
    """Return balls for the derivatives of the rates by the moving names; balls are for all names, parameters among them."""
    return [[_value(sympy.diff(rate, sympy.Symbol(m)), names, balls) for m in moving] for rate in rates]


def first_lyapunov(
    rates: Sequence[sympy.Expr], moving: Sequence[str], names: Sequence[str], balls: Balls, frequency: Any
) -> Any | None:
    """Return a ball for the first Lyapunov coefficient at a rest point with an imaginary pair, None when a system is singular.

    Negative: on the centre manifold the point attracts, the Hopf bifurcation there is supercritical. The scale depends on that of the
    eigenvector, which has one entry 1; the sign does not.

    References: Kuznetsov (2004), section 5.4: the projection method.
    """
    a = acb_mat([[acb(entry) for entry in row] for row in matrix_at(rates, moving, names, balls)])
    size = len(moving)
    turn = acb(0, frequency)
    shifted = _plus(a, -turn)
    second, third = (_derivatives(rates, moving, names, balls, order) for order in (2, 3))
    try:
        q, left = _null_vectors(shifted)
        scale = _dot(left, q)
        bar = [entry.conjugate() for entry in q]
        still = _solve(a, _form(second, size, q, bar))
        double = _solve(_plus(-a, 2 * turn), _form(second, size, q, q))
    except ZeroDivisionError:
        return None
    whole = _dot(left, _form(third, size, q, q, bar)) - 2 * _dot(left, _form(second, size, q, still))
    whole = (whole + _dot(left, _form(second, size, bar, double))) / scale
    return whole.real / (2 * frequency)


def words(side: int | None, stable_otherwise: bool) -> str:
    """Return what happens at a Hopf point, from the sign of its first Lyapunov coefficient."""
    if side not in (-1, 1):
        return "its side is not decided"
    if not stable_otherwise:
        kind = "supercritical" if side == -1 else "subcritical"
        return f"{kind} along the pair, and unstable in another direction: a small cycle that does not attract"
    return "supercritical: a small attracting cycle" if side == -1 else "subcritical: a small repelling cycle"


def _value(expression: sympy.Expr, names: Sequence[str], balls: Balls) -> Any:
    return Enclosure(expression, names).value(balls)


def _derivatives(
    rates: Sequence[sympy.Expr], moving: Sequence[str], names: Sequence[str], balls: Balls, order: int
) -> dict[tuple[int, ...], Any]:
    """Return all derivatives of an order that do not vanish identically."""
    found = {}
    symbols = [sympy.Symbol(m) for m in moving]
    for i, rate in enumerate(rates):
        for places in combinations_with_replacement(range(len(moving)), order):
            derivative = sympy.diff(rate, *(symbols[j] for j in places))
            if derivative != 0:
                found[(i, *places)] = _value(derivative, names, balls)
    return found


def _form(tensor: Tensor, size: int, *vectors: Balls) -> list[Any]:
    """Return the symmetric multilinear form of derivatives applied to vectors."""
    result = [acb(0) for _ in range(size)]
    for (i, *places), value in tensor.items():
        total = acb(0)
        for order in _arrangements(tuple(places)):
            term = acb(1)
            for vector, j in zip(vectors, order, strict=True):
                term = term * vector[j]
            total = total + term
        result[i] = result[i] + value * total
    return result


def _arrangements(places: tuple[int, ...]) -> set[tuple[int, ...]]:
    if len(places) == 2:
        return {places, places[::-1]}
    first, second, third = places
    return {
        (first, second, third),
        (first, third, second),
        (second, first, third),
        (second, third, first),
        (third, first, second),
        (third, second, first),
    }


def _null_vectors(matrix: acb_mat) -> tuple[list[Any], list[Any]]:
    """Return vectors q and w with matrix*q = 0 and w*matrix = 0, for a singular matrix inside the balls.

    One row and one column are left out, where the approximate null vectors are largest; what remains is regular.
    """
    middle = np.array([[complex(entry.mid()) for entry in row] for row in matrix.tolist()])
    u, _, v = np.linalg.svd(middle)
    row, column = int(np.argmax(np.abs(u[:, -1]))), int(np.argmax(np.abs(v[-1])))
    return _null_vector(matrix, row, column), _null_vector(matrix.transpose(), column, row)


def _null_vector(matrix: acb_mat, row: int, column: int) -> list[Any]:
    table = matrix.tolist()
    rows = [r for r in range(len(table)) if r != row]
    columns = [c for c in range(len(table)) if c != column]
    inner = acb_mat([[table[r][c] for c in columns] for r in rows])
    right = [-table[r][column] for r in rows]
    vector = _solve(inner, right)
    vector.insert(column, acb(1))
    return vector


def _solve(matrix: acb_mat, right: Balls) -> list[Any]:
    """Return the solution of a linear system in balls. Raises ZeroDivisionError where the matrix may be singular."""
    return [row[0] for row in matrix.solve(acb_mat([[entry] for entry in right])).tolist()]


def _plus(matrix: acb_mat, number: Any) -> acb_mat:
    """Return the matrix with a number added along its diagonal."""
    return acb_mat(
        [[v + number if i == j else v for j, v in enumerate(row)] for i, row in enumerate(matrix.tolist())]
    )


def _dot(left: Balls, right: Balls) -> Any:
    return sum((a * b for a, b in zip(left, right, strict=True)), acb(arb(0)))
