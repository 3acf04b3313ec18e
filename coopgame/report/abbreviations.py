"""Names for formulas that are too long for a line or a cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

import sympy

from coopgame.algebra.conditions import Sign
from coopgame.algebra.polynomials import Ring
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.points import readable
from coopgame.errors import UnsupportedError
from coopgame.report.formulas import formula_latex
from coopgame.report.measure import math_width

_LETTERS = ("Q", "H", "G", "W", "Z")
_CERTAINLY_LONG = 400  # operations; measuring such a formula would be slow and the answer is known
_MOST_TERMS = 400
_WIDEST_NUMBER = 3.0  # cm of an exact number
_FEWEST_TERMS = 3  # of a polynomial that gets a name
_WIDEST_TERM = 8.0  # cm of a product in a comparison; lines are broken between terms only


def width_of(expression: sympy.Basic) -> float:
    """Return about how many centimetres an expression takes on one line at 10 pt."""
    if sum(1 for _ in _first(sympy.preorder_traversal(expression), _CERTAINLY_LONG)) == _CERTAINLY_LONG:
        return float(_CERTAINLY_LONG)
    return math_width(formula_latex(expression))


def _first(nodes: Iterable[sympy.Basic], count: int) -> Iterator[sympy.Basic]:
    return (node for _, node in zip(range(count), nodes, strict=False))


class Abbreviations:
    """Gives names Q_1, Q_2, … to long sums, each sum once whatever its sign, in the order in which they turn up."""

    def __init__(self, taken: Iterable[str]) -> None:
        heads = {name.partition("_")[0] for name in taken}
        self._letter = next((letter for letter in _LETTERS if letter not in heads), "LongFormula")
        self._names: dict[sympy.Expr, sympy.Expr] = {}
        self._told = 0
        self._sums: list[sympy.Add] = []

    def name(self, total: sympy.Expr) -> sympy.Expr:
        """Return the name of a sum, with a minus sign when the named sum is its negative."""
        if total not in self._names:
            terms = total.args
            turned = 2 * sum(bool(t.as_coeff_Mul()[0].is_negative) for t in terms) > len(terms)
            symbol = sympy.Symbol(f"{self._letter}_{len(self._sums) + 1}")
            negative = sympy.Add(*(-term for term in terms))
            self._names |= {total: -symbol if turned else symbol, negative: symbol if turned else -symbol}
            self._sums.append(negative if turned else total)
        return self._names[total]

    def shorten(self, expression: sympy.Expr, room: float) -> sympy.Expr:
        """Return an expression no part of which needs more than `room` cm without a place to break; a sum may break."""
        if isinstance(expression, sympy.Add):
            return sympy.Add(*(self.shorten(term, room) for term in expression.args))
        while width_of(expression) > room:
            sums = list(_outermost_sums(expression))
            if not sums:
                break
            longest = max(sums, key=_size)
            expression = expression.xreplace({longest: self.name(longest)})
        return expression

    def relation(self, leaf: Sign, room: float) -> sympy.Basic:
        """Return a comparison, with one name for its polynomial when it needs more than `room` cm; wide products are shortened."""
        stated = leaf.expression()
        if width_of(stated) <= room or len(leaf.polynomial) < _FEWEST_TERMS:
            sides = (self.shorten(side, _WIDEST_TERM) for side in stated.args)
            return cast("sympy.Basic", stated.func(*sides, evaluate=False))
        name = self.name(leaf.ring.to_expression(leaf.polynomial))
        turned = not name.is_Symbol
        return cast(
            "sympy.Basic", (stated.reversed if turned else stated).func(-name if turned else name, 0, evaluate=False)
        )

    @property
    def definitions(self) -> tuple[tuple[sympy.Symbol, sympy.Add], ...]:
        """All names that were given, with their sums in full."""
        return tuple((sympy.Symbol(f"{self._letter}_{i}"), total) for i, total in enumerate(self._sums, 1))

    def untold(self) -> Iterator[tuple[sympy.Symbol, sympy.Add | int]]:
        """Yield the names given since the last time with their sums, or with the number of terms of those too long to print.

        Names that are given while this goes on come too.
        """
        while self._told < len(self._sums):
            total = self._sums[self._told]
            self._told += 1
            symbol = sympy.Symbol(f"{self._letter}_{self._told}")
            yield symbol, total if len(total.args) <= _MOST_TERMS else len(total.args)


def _outermost_sums(expression: sympy.Basic) -> Iterator[sympy.Add]:
    if isinstance(expression, sympy.Add):
        yield expression
        return
    for part in expression.args:
        yield from _outermost_sums(part)


def _size(total: sympy.Add) -> int:
    return sum(1 for _ in sympy.preorder_traversal(total))


def sum_and_product(ring: Ring, first: sympy.Expr, second: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr] | None:
    """Return sum and product, factored, of two eigenvalues h + r and h - r with a long root r; None for other pairs."""
    if min(_size(first), _size(second)) <= _CERTAINLY_LONG:
        return None
    total = first + second
    try:
        middle, square = Quotient.of(ring, total / 2), Quotient.of(ring, (first - total / 2) ** 2)
    except UnsupportedError:
        return None
    return (middle + middle).expression(), (middle * middle - square).expression()


def rounded(number: sympy.Expr, room: float) -> sympy.Expr:
    """Return a number as it stands where that takes little room, else to six digits."""
    if not number.has(sympy.polys.rootoftools.ComplexRootOf) and width_of(number) <= min(room, _WIDEST_NUMBER):
        return number
    value = complex(readable(number).replace(" ", "").replace("i", "j"))
    real, imaginary = (
        sympy.Integer(int(part)) if part.is_integer() else sympy.Float(part, 6) for part in (value.real, value.imag)
    )
    return real + imaginary * sympy.I
