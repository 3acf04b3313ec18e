"""Sums and comparisons in pieces between which lines may be broken."""

from __future__ import annotations

from typing import cast

import sympy

from coopgame.report.formulas import sum_latex
from coopgame.report.measure import math_width

Terms = tuple[sympy.Expr, ...]
# what stands before the terms: nothing, a relation, or None when they go on with their sign
Piece = tuple[str | None, Terms]
_RELATIONS = {"==": "=", "!=": r"\neq", ">=": r"\geq", "<=": r"\leq"}


def lines_of(expression: sympy.Expr, room: float) -> list[Terms]:
    """Return the terms of a sum in lines that are at most `room` cm wide where single terms allow it."""
    if not isinstance(expression, sympy.Add):
        return [(expression,)]
    lines: list[Terms] = []
    used = 0.0
    for term in expression.as_ordered_terms():
        # after a digit, so that the sign has the space of one that stands between two terms
        width = math_width("0" + sum_latex((term,), first=False)) - math_width("0")
        if lines and used + width <= room:
            lines[-1] = (*lines[-1], term)
            used += width
        else:
            lines.append((term,))
            used = width
    return lines


def pieces_of(expression: sympy.Basic, room: float) -> list[Piece]:
    """Return an expression or a comparison in pieces of at most `room` cm where single terms allow it."""
    if isinstance(expression, sympy.core.relational.Relational):
        relation = _RELATIONS.get(expression.rel_op, expression.rel_op)
        return [*_started("", expression.lhs, room), *_started(relation, expression.rhs, room)]
    return _started("", cast("sympy.Expr", expression), room)


def _started(before: str, side: sympy.Expr, room: float) -> list[Piece]:
    return [(None if i else before, terms) for i, terms in enumerate(lines_of(side, room))]
