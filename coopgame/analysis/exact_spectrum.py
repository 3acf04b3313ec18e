"""Eigenvalues of a matrix of rational numbers: signs of real parts counted exactly, values exact where they are short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import fmpq_poly

from coopgame.algebra.copositive import flint_matrix
from coopgame.algebra.hurwitz import RootCount, count_roots
from coopgame.algebra.polynomials import to_fraction
from coopgame.analysis.certify import precision
from coopgame.analysis.stability import Stability, Verdict

_BITS = 120


@dataclass(frozen=True, eq=False)
class ExactSpectrum:
    """Eigenvalues and where they lie. values: rational numbers and square roots exact, others to 25 digits."""

    values: tuple[sympy.Expr, ...]
    count: RootCount
    determinant: Fraction

    @property
    def size(self) -> int:
        """Number of eigenvalues."""
        return len(self.values)


def exact_spectrum(matrix: Sequence[Sequence[Fraction]]) -> ExactSpectrum:
    """Return the eigenvalues of a square matrix of rational numbers."""
    if not matrix:
        return ExactSpectrum((), RootCount(0, 0, 0, 0), Fraction(1))
    exact = flint_matrix(matrix)
    polynomial = exact.charpoly()
    coefficients = [to_fraction(polynomial[i]) for i in range(len(matrix), -1, -1)]
    return ExactSpectrum(tuple(_values(polynomial)), count_roots(coefficients), to_fraction(exact.det()))


def _values(polynomial: fmpq_poly) -> list[sympy.Expr]:
    values: list[sympy.Expr] = []
    for factor, power in polynomial.numer().factor()[1]:
        values += _roots(factor) * int(power)
    return sorted(values, key=lambda value: (float(sympy.re(value)), float(sympy.im(value))))


def _roots(factor: Any) -> list[sympy.Expr]:
    c = [int(factor[i]) for i in range(int(factor.degree()) + 1)]
    if len(c) == 2:
        return [sympy.Rational(-c[0], c[1])]
    if len(c) == 3:
        half, inside = sympy.Rational(-c[1], 2 * c[2]), sympy.Integer(c[1] ** 2 - 4 * c[0] * c[2])
        root = sympy.sqrt(inside) / (2 * abs(c[2]))
        return [half - root, half + root]
    with precision(_BITS):
        return [_number(root) for root, _ in factor.complex_roots()]


def _number(ball: Any) -> sympy.Expr:
    real = sympy.Float(ball.real.mid().str(30, radius=False), 25)
    return real if ball.imag.is_zero() else real + sympy.I * sympy.Float(ball.imag.mid().str(30, radius=False), 25)


def classify_count(count: RootCount) -> Verdict:
    """Return the verdict that exactly counted eigenvalues give; `unknown` where they do not decide."""
    if not (count.zero or count.imaginary):
        if not count.right:
            return Verdict(Stability.SINK, "asymptotic", "all eigenvalues have negative real parts")
        if not count.left:
            return Verdict(Stability.SOURCE, "unstable", "all eigenvalues have positive real parts")
        return Verdict(Stability.SADDLE, "unstable", "real parts of both signs")
    if count.right:
        return Verdict(Stability.NON_HYPERBOLIC, "unstable", "an eigenvalue has a positive real part")
    return Verdict(Stability.NON_HYPERBOLIC, "unknown", "eigenvalues on the imaginary axis and none to its right")
