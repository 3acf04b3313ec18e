"""Where a rest point of a box lies: balls that hold its coordinates, exact numbers where they are rational."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import sympy

from coopgame.analysis.box import Box, Face
from coopgame.analysis.enclosures import Enclosure
from coopgame.expressions import to_sympy


@dataclass(frozen=True, eq=False)
class Place:
    """A rest point: its face, its coordinates as balls, and exactly where they are rational numbers."""

    face: Face
    balls: tuple[Any, ...]
    exact: tuple[Fraction, ...] | None

    @property
    def mixed(self) -> tuple[int, ...]:
        """The free coordinates of its face."""
        return tuple(i for i, value in enumerate(self.face) if value is None)

    def ball(self, box: Box, expression: sympy.Expr) -> Any:
        """Return an enclosure of an expression of the coordinates."""
        return Enclosure(expression, box.names).value(self.balls)

    def number(self, box: Box, expression: sympy.Expr) -> Fraction | None:
        """Return the exact value of an expression of the coordinates, None when it is not known to be rational."""
        if self.exact is None:
            return None
        pairs = zip(box.names, self.exact, strict=True)
        value = expression.xreplace({sympy.Symbol(n): to_sympy(v) for n, v in pairs})
        return Fraction(int(value.p), int(value.q)) if value.is_Rational else None


def near(box: Box, place: Place) -> Box:
    """Return the box as it is beside a place: of min and max only the part that is taken there, where that is certain."""
    extremes = {node for drive in box.drives for node in drive.atoms(sympy.Min, sympy.Max)}
    taken: dict[sympy.Expr, sympy.Expr] = {}
    for node in sorted(extremes, key=lambda node: node.count_ops()):
        turn = 1 if node.func == sympy.Min else -1
        for part in node.args:
            others = [other for other in node.args if other != part]
            if all(ball_sign(turn * place.ball(box, other - part)) == 1 for other in others):
                taken[node] = part
    if not taken:
        return box
    return replace(box, drives=tuple(drive.xreplace(taken) for drive in box.drives))


def ball_sign(ball: Any) -> int | None:
    """Return the sign of every number in a ball, None when it holds 0 among others."""
    if ball > 0:
        return 1
    if ball < 0:
        return -1
    return 0 if ball.is_zero() else None
