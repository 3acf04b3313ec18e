"""Syntax tree to exact SymPy expression: every kind of node that is not listed here is refused."""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import InvalidOperation
from typing import Any, cast

import sympy

from coopgame._grammar import ACCEPTED, FUNCTION_NAMES, MOST_DIGITS, Source, number_from_text
from coopgame.errors import ExpressionError

_LARGEST_EXPONENT = 64
_MOST_OPERATIONS_DEEP = 120
_MOST_CHOICES = 24  # SymPy compares the arguments of Min and Max pair by pair
_BLOCK = 16


class Reader:
    """Builds the SymPy expression of a syntax tree; every kind of node that is not listed is refused."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._depth = 0
        self._choices = 0

    def whole(self, node: ast.expr) -> sympy.Expr:
        """Return the expression of a tree; also what SymPy cannot take in ends as an ExpressionError."""
        try:
            return self.expression(node)
        except RecursionError:
            raise self.source.error(node, "operations nest too deep; split the expression up") from None

    def expression(self, node: ast.expr) -> sympy.Expr:
        """Return the expression of a node."""
        self._depth += 1
        if self._depth > _MOST_OPERATIONS_DEEP:
            raise self.source.error(node, f"operations nest more than {_MOST_OPERATIONS_DEEP} deep; split it up")
        value = self._read(node)
        self._depth -= 1
        return value

    def _read(self, node: ast.expr) -> sympy.Expr:
        if isinstance(node, ast.Name):
            return self._operand(node)
        if isinstance(node, ast.UnaryOp):
            value = self.expression(node.operand)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.Pow):
                return self._power(node)
            return self._chain(
                node, (ast.Add, ast.Sub) if isinstance(node.op, ast.Add | ast.Sub) else (ast.Mult, ast.Div)
            )
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Compare | ast.BoolOp):
            raise self.source.error(node, "a comparison stands in assumptions and in where(...) only")
        raise self.source.error(node, f"a comma or a star stands between arguments of functions only; {ACCEPTED}")

    def _operand(self, node: ast.Name) -> sympy.Expr:
        token = self.source.token(node)
        if token.kind == "name":
            if token.text in FUNCTION_NAMES:
                raise self.source.error(
                    node, f"{token.text!r} is a function; write {token.text}(...), or rename the parameter"
                )
            return sympy.Symbol(token.text)
        try:
            return self._checked(node, _rational(token.text))
        except (ValueError, InvalidOperation, OverflowError) as error:
            if isinstance(error, ExpressionError):
                raise
            message = f"{token.text[:40]!r} is not a decimal number of at most {MOST_DIGITS} digits"
            raise self.source.error(node, message) from None

    def _chain(self, node: ast.BinOp, operators: tuple[type[ast.operator], ...]) -> sympy.Expr:
        """Read a sum or a product. Both lean to the left: walk down the spine instead of recursing."""
        parts: list[tuple[ast.operator, ast.expr]] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and isinstance(left.op, operators):
            parts.append((left.op, left.right))
            left = left.left
        # Python reads -(a + b)*c as (-(a + b))*c; taken apart, the sum is not multiplied out
        negated = ast.Mult in operators and isinstance(left, ast.UnaryOp) and isinstance(left.op, ast.USub)
        terms = [sympy.Integer(-1)] if negated else []
        terms.append(self.expression(left.operand if isinstance(left, ast.UnaryOp) and negated else left))
        for operator, right in reversed(parts):
            value = self.expression(right)
            if isinstance(operator, ast.Sub):
                value = -value
            elif isinstance(operator, ast.Div):
                if value.is_zero:
                    raise self.source.error(right, "division by zero")
                value = self._real(right, 1 / value)
            terms.append(value)
        combine: Callable[..., Any] = sympy.Add if ast.Add in operators else sympy.Mul
        # block by block: fast for long sums, and numbers cannot grow far before they are checked
        total = self._checked(node, combine(*terms[:_BLOCK]))
        for start in range(_BLOCK, len(terms), _BLOCK):
            total = self._checked(node, combine(total, *terms[start : start + _BLOCK]))
        return total

    def _power(self, node: ast.BinOp) -> sympy.Expr:
        base, exponent = self.expression(node.left), self.expression(node.right)
        if not exponent.is_Rational:
            raise self.source.error(
                node.right, "an exponent must be a number, such as 2 or 1/2; write exp(a*log(b)) for b**a"
            )
        if abs(exponent) > _LARGEST_EXPONENT or int(cast(Any, exponent).q) > _LARGEST_EXPONENT:
            raise self.source.error(node.right, f"an exponent beyond {_LARGEST_EXPONENT} is not read")
        if base.is_zero and exponent < 0:
            raise self.source.error(node, "division by zero")
        return self._real(node, base**exponent)

    def _real(self, node: ast.expr, value: Any) -> sympy.Expr:
        if value.has(sympy.oo, -sympy.oo, sympy.zoo, sympy.nan, sympy.I) or (
            value.is_number and value.is_extended_real is False
        ):
            raise self.source.error(node, "the value is not a finite real number")
        if value.is_Mul and value.is_number:
            # SymPy leaves 3*sqrt(3)*3**(3/4) as it is until the product is made anew
            value = sympy.Mul(*value.args)
        if isinstance(value, sympy.Piecewise):
            for piece in value.args:
                self._real(node, piece.args[0])
        return self._checked(node, value)

    def _checked(self, node: ast.expr, value: Any) -> sympy.Expr:
        """Return the value if its numbers and exponents are of a size that can be written and read back."""
        for term in value.args if value.is_Add else (value,):
            for factor in term.args if term.is_Mul else (term,):
                if factor.is_Rational and max(abs(factor.p), factor.q) >= 10**MOST_DIGITS:
                    raise self.source.error(node, f"the value has more than {MOST_DIGITS} digits")
                if factor.is_Pow and max(abs(factor.exp), getattr(factor.exp, "q", 1)) > _LARGEST_EXPONENT:
                    raise self.source.error(node, f"an exponent beyond {_LARGEST_EXPONENT} is not read")
                if isinstance(factor, sympy.exp) and factor.args[0].is_Rational and abs(factor.args[0]) > 10_000:
                    raise self.source.error(node, "exp() takes numbers up to 10000")
        return cast(sympy.Expr, value)

    def _call(self, node: ast.Call) -> sympy.Expr:
        token = self.source.token(node.func)
        name = token.text if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTION_NAMES:
            close = f"for a product write {name}*(...); functions are {', '.join(sorted(FUNCTION_NAMES))}"
            raise self.source.error(node, f"{name or 'this'!r} is not a known function; {close}")
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.source.error(node, f"{name}() takes plain arguments only")
        try:
            value = self._where(node) if name == "where" else self._function(node, name)
        except TypeError:
            raise self.source.error(node, "numbers that are not real cannot be compared") from None
        return self._real(node, value)

    def _function(self, node: ast.Call, name: str) -> Any:
        arguments = [self.expression(argument) for argument in node.args]
        count, function = _FUNCTIONS[name]
        if len(arguments) != count if count else not arguments:
            raise self.source.error(
                node, f"{name}() takes {count or 'at least one'} argument(s), got {len(arguments)}"
            )
        if name in ("min", "max"):
            self._choices += len(arguments)
            if self._choices > _MOST_CHOICES:
                raise self.source.error(node, f"min and max take {_MOST_CHOICES} arguments in all; split it up")
        whole = [a.is_Integer and 0 <= a <= 1000 for a in arguments if a.is_number]
        if name == "binomial" and not all(whole):
            raise self.source.error(node, "binomial() takes whole numbers from 0 to 1000")
        if name == "exp" and arguments[0].is_number and not abs(arguments[0].evalf(15)) <= 10_000:
            raise self.source.error(node, "exp() takes numbers up to 10000")
        try:
            return function(*arguments)
        except ValueError:
            raise self.source.error(node, "numbers that are not real cannot be compared") from None

    def _where(self, node: ast.Call) -> Any:
        test = node.args[0] if len(node.args) == 3 else None
        if not isinstance(test, ast.Compare) or len(test.ops) != 1:
            raise self.source.error(node, "where() takes one comparison and two values: where(k >= M, b - c, -c)")
        yes, no = node.args[1:]
        operators = {ast.Gt: sympy.Gt, ast.GtE: sympy.Ge, ast.Lt: sympy.Lt, ast.LtE: sympy.Le}
        operator = cast(Any, operators.get(cast(Any, type(test.ops[0]))))
        if operator is None:
            raise self.source.error(test, "where() compares with > >= < or <=")
        left, right = self.expression(test.left), self.expression(test.comparators[0])
        if left.has(sympy.Piecewise) or right.has(sympy.Piecewise):
            raise self.source.error(test, "where() stands in the values of another where(), not in its comparison")
        comparison = operator(left, right)
        chosen, other = self.expression(yes), self.expression(no)
        # where(…, …, where(…)) is one list of cases
        rest = other.args if isinstance(other, sympy.Piecewise) else [(other, True)]
        return sympy.Piecewise((chosen, comparison), *rest)


_FUNCTIONS: dict[str, tuple[int | None, Callable[..., Any]]] = {
    "min": (None, sympy.Min),
    "max": (None, sympy.Max),
    "sqrt": (1, sympy.sqrt),
    "exp": (1, sympy.exp),
    "log": (1, sympy.log),
    "binomial": (2, sympy.binomial),
}


def _rational(text: str) -> sympy.Expr:
    value = number_from_text(text)
    return sympy.Rational(value.numerator, value.denominator)
