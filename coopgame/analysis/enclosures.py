"""Expressions as functions of balls: enclosures of values and derivatives, rounding included."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
import sympy
from flint import acb, acb_mat, arb, fmpq

from coopgame.errors import UnsupportedError

Balls = Sequence[Any]
_FUNCTIONS = {sympy.exp: "exp", sympy.log: "log"}
_CONSTANTS: dict[sympy.Expr, Callable[[], Any]] = {sympy.E: lambda: arb(1).exp(), sympy.pi: arb.pi}
_EXTREMES = {sympy.Min: "min", sympy.Max: "max"}


class Enclosure:
    """A smooth expression of named unknowns, evaluated on balls; `Enclosed` for the search of certified zeros."""

    def __init__(self, expression: sympy.Expr, unknowns: Sequence[str]) -> None:
        self.expression = expression
        self.unknowns = tuple(unknowns)
        self._places = {name: i for i, name in enumerate(self.unknowns)}

    @cached_property
    def _program(self) -> tuple[Callable[[Balls], Any], ...]:
        """Functions of the values so far, one after the other; the last gives the expression. Shared parts are computed once."""
        shared, (whole,) = sympy.cse([self.expression], symbols=sympy.numbered_symbols("shared_", cls=sympy.Dummy))
        program = []
        for symbol, part in shared:
            program.append(self._compiled(part))
            self._dummies[symbol] = len(self.unknowns) + len(program) - 1
        return (*program, self._compiled(whole))

    @cached_property
    def _dummies(self) -> dict[sympy.Symbol, int]:
        return {}

    @cached_property
    def derivatives(self) -> tuple[Enclosure, ...]:
        """The partial derivatives, one per unknown."""
        return tuple(Enclosure(sympy.diff(self.expression, sympy.Symbol(n)), self.unknowns) for n in self.unknowns)

    def value(self, box: Balls) -> Any:
        """Return an enclosure of the values over a box of balls."""
        values = list(box)
        for step in self._program:
            values.append(step(values))
        return values[-1]

    def slope(self, box: Balls, j: int) -> Any:
        """Return an enclosure of the derivative by unknown j."""
        return self.derivatives[j].value(box)

    def _compiled(self, node: sympy.Expr) -> Callable[[Balls], Any]:
        if node.is_Symbol:
            place = self._dummies.get(node, self._places.get(node.name))
            if place is None:
                raise UnsupportedError(f"{node.name} has no value; enclosures need numbers for all parameters")
            return lambda box: box[place]
        if node.is_Rational or node.is_Float:
            exact = sympy.Rational(node)  # a float is the binary number that it is
            number = arb(fmpq(int(exact.p), int(exact.q)))
            return lambda box: number
        if node in _CONSTANTS:
            constant = _CONSTANTS[node]
            return lambda box: constant()
        parts = [self._compiled(argument) for argument in node.args]
        if node.is_Add:
            return lambda box: sum((part(box) for part in parts[1:]), parts[0](box))
        if node.is_Mul:
            return lambda box: _product([part(box) for part in parts])
        if node.is_Pow:
            return _power(node, parts)
        if node.func in _EXTREMES:
            return partial(_extreme, _EXTREMES[node.func], parts)
        if node.func == sympy.Heaviside:
            return lambda box: _step(parts[0](box))
        name = _FUNCTIONS.get(node.func)
        if name is None:
            raise UnsupportedError(
                f"{node.func} in {self.expression} is not smooth, or has no enclosure here; use integrate() from several starts"
            )
        return lambda box: getattr(parts[0](box), name)()


def _extreme(name: str, parts: list[Callable[[Balls], Any]], box: Balls) -> Any:
    result = parts[0](box)
    for part in parts[1:]:
        result = getattr(result, name)(part(box))
    return result


def _step(ball: Any) -> Any:
    """The slope of a kink: 1 above it, 0 below, anything between where the ball holds it."""
    if ball > 0:
        return arb(1)
    return arb(0) if ball < 0 else arb(0.5, 0.5)


def _product(factors: list[Any]) -> Any:
    result = factors[0]
    for factor in factors[1:]:
        result = result * factor
    return result


def _power(node: sympy.Expr, parts: list[Callable[[Balls], Any]]) -> Callable[[Balls], Any]:
    base, exponent = parts
    if node.exp.is_Integer:
        power = int(node.exp)
        return lambda box: _integer_power(base(box), power)
    return lambda box: (exponent(box) * base(box).log()).exp()


def _integer_power(ball: Any, power: int) -> Any:
    """A power by products where the ball holds 0, for which FLINT's power knows no bound."""
    if power < 1 or not ball.contains(0):
        return ball**power
    return _product([ball] * power)


def vanishes(expression: sympy.Expr) -> bool:
    """Return whether an expression is 0 identically; the proof that it is not takes one point."""
    if expression == 0 or expression.is_number:
        return bool(expression == 0)
    names = sorted(str(symbol) for symbol in expression.free_symbols)
    point = [arb(fmpq(3 + 7 * i, 17 + 11 * i)) for i in range(len(names))]
    value = Enclosure(expression, names).value(point)
    if not value.contains(0):
        return False
    return bool(sympy.cancel(expression) == 0)


def eigenvalue_balls(entries: Sequence[Sequence[Any]]) -> list[Any] | None:
    """Return complex balls that hold the eigenvalues of every matrix inside the entries, None when the search fails."""
    matrix = acb_mat([[acb(entry) for entry in row] for row in entries])
    try:
        return list(matrix.eig(multiple=True))
    except (ValueError, ZeroDivisionError):
        return _gershgorin(matrix)


def _gershgorin(matrix: acb_mat) -> list[Any] | None:
    """Return the discs of Gershgorin after an approximate diagonalisation; overlapping discs share their eigenvalues.

    Several equal eigenvalues defeat the sharper search. As many eigenvalues lie in a cluster of overlapping discs as it has discs, so
    each disc is widened to its cluster.
    """
    size = matrix.nrows()
    middle = np.array([[complex(matrix[i, j].mid()) for j in range(size)] for i in range(size)])
    vectors = np.linalg.eig(middle)[1]
    basis = acb_mat([[acb(complex(v).real, complex(v).imag) for v in row] for row in vectors])
    try:
        turned = basis.solve(matrix * basis)
    except ZeroDivisionError:
        return None
    discs = []
    for i in range(size):
        radius = sum((abs(turned[i, j]) for j in range(size) if j != i), arb(0)).upper()
        discs.append(turned[i, i] + acb(arb(0, radius), arb(0, radius)))
    for _ in range(size):
        discs = [_merged([other for other in discs if other.overlaps(disc)]) for disc in discs]
    return discs


def _merged(balls: Sequence[Any]) -> Any:
    result = balls[0]
    for ball in balls[1:]:
        result = result.union(ball)
    return result
