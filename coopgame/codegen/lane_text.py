"""Prints symbolic expressions as lines of a lane kernel: arithmetic on doubles, `exponential`, and choices instead of branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import sympy
from sympy.printing.pycode import PythonCodePrinter

from coopgame.errors import UnsupportedError


class _LanePrinter(PythonCodePrinter):  # type: ignore[misc]
    def _print_Integer(self, number: Any) -> str:
        return repr(float(number))

    def _print_Rational(self, number: Any) -> str:
        return repr(float(number))

    _print_Float = _print_Rational

    def _print_exp(self, node: Any) -> str:
        return f"exponential({self._print(node.args[0])})"

    def _print_Max(self, node: Any) -> str:
        return reduce(lambda a, b: f"max({a}, {b})", (str(self._print(a)) for a in node.args))

    def _print_Min(self, node: Any) -> str:
        return reduce(lambda a, b: f"min({a}, {b})", (str(self._print(a)) for a in node.args))

    def _print_Pow(self, node: Any, rational: bool = False) -> str:
        base, power = node.args
        if power.is_Integer and abs(power) <= 64:
            product = _power(self.parenthesize(base, sympy.printing.precedence.PRECEDENCE["Atom"]), abs(int(power)))
            return product if power > 0 else f"(1.0 / {product})"
        return str(super()._print_Pow(node, rational))

    def emptyPrinter(self, node: Any) -> str:
        raise UnsupportedError(
            f"{node} has no form that many trajectories can be computed with at once; use integrate() for each"
        )


def _power(base: str, exponent: int) -> str:
    """Return a power as a product, in brackets, by halves."""
    if exponent == 1:
        return base
    half = _power(base, exponent // 2)
    return f"({half} * {half}{f' * {base}' if exponent % 2 else ''})"


def lines_of(
    expressions: Mapping[str, sympy.Expr], names: Mapping[sympy.Symbol, str], prefix: str
) -> tuple[str, ...]:
    """Return assignments of expressions to names, with common parts computed once.

    names: how the symbols are called in the kernel. prefix: of the names of common parts.
    """
    plain = {symbol: sympy.Symbol(name) for symbol, name in names.items()}
    wanted = [expression.xreplace(plain) for expression in expressions.values()]
    parts, rest = sympy.cse(wanted, symbols=sympy.numbered_symbols(prefix), order="none")
    printer = _LanePrinter({"fully_qualified_modules": True})
    assigned: Sequence[tuple[Any, Any]] = [*parts, *zip(expressions, rest, strict=True)]
    return tuple(f"{name} = {printer.doprint(value)}" for name, value in assigned)
