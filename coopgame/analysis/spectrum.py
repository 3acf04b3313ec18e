"""Eigenvalues at a rest point of a box: signs of real parts exact or by enclosures, and the linear type they give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

import sympy

from coopgame.analysis.box import Box
from coopgame.analysis.enclosures import eigenvalue_balls
from coopgame.analysis.places import Place, ball_sign
from coopgame.analysis.stability import Stability, Verdict
from coopgame.expressions import to_sympy


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues, those along the face first, and the signs of their real parts; None where a sign is not known.

    imaginary: whether the face has exactly one pair on the imaginary axis besides 0, known exactly. transverse: the signs of the
    eigenvalues away from the face.
    """

    values: tuple[sympy.Expr, ...]
    signs: tuple[int | None, ...]
    transverse: tuple[int | None, ...]
    exact: bool
    imaginary: bool = False
    determinant: int | None = None

    @property
    def saturated(self) -> bool | None:
        """Whether no absent strategy would earn more, which makes the point a Nash equilibrium; None when unknown."""
        return None if None in self.transverse else 1 not in self.transverse

    @property
    def index(self) -> int | None:
        """Sign of det(-J), None for degenerate points."""
        outward = [-s for s in self.transverse if s]
        if self.determinant in (None, 0) or len(outward) < len(self.transverse):
            return None
        inner = len(self.signs) - len(self.transverse)
        turn: int = (-1) ** inner * prod(outward)
        return turn * int(self.determinant or 0)


def spectrum_at(
    box: Box, place: Place, tangent: Sequence[Sequence[sympy.Expr]], transverse: Sequence[sympy.Expr]
) -> Spectrum:
    """Return the eigenvalues at a place: of the block along its face, and the numbers on the diagonal away from it."""
    away = [_number(box, place, entry) for entry in transverse]
    values, signs, imaginary, determinant, exact = _along(box, place, tangent)
    return Spectrum(
        values=(*values, *(value for value, _ in away)),
        signs=(*signs, *(sign for _, sign in away)),
        transverse=tuple(sign for _, sign in away),
        exact=exact and all(value.is_Rational for value, _ in away),
        imaginary=imaginary,
        determinant=determinant,
    )


def _number(box: Box, place: Place, entry: sympy.Expr) -> tuple[sympy.Expr, int | None]:
    exact = place.number(box, entry)
    if exact is not None:
        return to_sympy(exact), _sign(exact)
    ball = place.ball(box, entry)
    return _float(ball), ball_sign(ball)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _float(ball: Any) -> sympy.Expr:
    return sympy.Float(ball.mid().str(30, radius=False), 25)


Along = tuple[list[sympy.Expr], list[int | None], bool, int | None, bool]


def _along(box: Box, place: Place, tangent: Sequence[Sequence[sympy.Expr]]) -> Along:
    """Return values, signs, whether one imaginary pair, the determinant's sign, and whether all that is exact."""
    if not tangent:
        return [], [], False, 1, True
    if len(tangent) == 1:
        value, sign = _number(box, place, tangent[0][0])
        return [value], [sign], False, sign, bool(value.is_Rational)
    if len(tangent) == 2:
        trace = _number(box, place, tangent[0][0] + tangent[1][1])
        determinant = _number(box, place, tangent[0][0] * tangent[1][1] - tangent[0][1] * tangent[1][0])
        return _planar(trace, determinant)
    balls = eigenvalue_balls([[place.ball(box, entry) for entry in row] for row in tangent])
    if balls is None:
        unknown = [sympy.nan] * len(tangent)
        return list(unknown), [None] * len(tangent), False, None, False
    values = [_float(b.real) + sympy.I * _float(b.imag) if not b.imag.is_zero() else _float(b.real) for b in balls]
    signs = [ball_sign(b.real) for b in balls]
    determinant_sign = ball_sign(_product(balls).real)
    return values, signs, False, determinant_sign, False


def _product(balls: Sequence[Any]) -> Any:
    result = balls[0]
    for ball in balls[1:]:
        result = result * ball
    return result


def _planar(trace: tuple[sympy.Expr, int | None], determinant: tuple[sympy.Expr, int | None]) -> Along:
    """The two eigenvalues from trace and determinant, each with its sign."""
    (t, turning), (d, side) = trace, determinant
    root = sympy.sqrt(t * t / 4 - d)
    values = [t / 2 + root, t / 2 - root]
    exact = bool(t.is_Rational and d.is_Rational)
    if not exact:
        values = [sympy.N(value, 25) for value in values]
    signs: list[int | None]
    if side == -1:
        signs = [1, -1]
    elif side == 0:
        signs = [0, turning]
    elif side == 1:
        signs = [turning, turning]
    else:
        signs = [None, None] if turning in (0, None) else [None, turning]
    return values, signs, side == 1 and turning == 0, side, exact


def classify(signs: Sequence[int | None]) -> Verdict:
    """Return the verdict that signs of real parts give; `unknown` where the eigenvalues do not decide."""
    if all(sign == -1 for sign in signs):
        return Verdict(Stability.SINK, "asymptotic", "all eigenvalues have negative real parts")
    clear = 0 not in signs and None not in signs
    if clear and all(sign == 1 for sign in signs):
        return Verdict(Stability.SOURCE, "unstable", "all eigenvalues have positive real parts")
    if clear:
        return Verdict(Stability.SADDLE, "unstable", "real parts of both signs")
    if 1 in signs:
        return Verdict(Stability.NON_HYPERBOLIC, "unstable", "an eigenvalue has a positive real part")
    if None in signs:
        because = "an eigenvalue is too close to the imaginary axis to be told from it at 160 bits"
        return Verdict(Stability.NON_HYPERBOLIC, "unknown", because)
    return Verdict(Stability.NON_HYPERBOLIC, "unknown", "eigenvalues on the imaginary axis and none to its right")
