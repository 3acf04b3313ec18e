"""Text to exact SymPy expressions and back, through a whitelist: no text is ever evaluated as a program."""

from __future__ import annotations

import ast
import numbers
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Literal, cast

import sympy

from coopgame._grammar import ACCEPTED, FUNCTION_NAMES, GRAMMAR_WORDS, MOST_DIGITS, number_from_text, parse_tree
from coopgame._reader import Reader
from coopgame.errors import ExpressionError, ParameterError

__all__ = [
    "FUNCTION_NAMES",
    "Inequality",
    "Relation",
    "exact_number",
    "format_expression",
    "parse_condition",
    "parse_expression",
    "symbols_of",
    "sympy_values",
    "to_sympy",
    "value_at",
]

Relation = Literal[">", ">=", "<", "<=", "!="]
_RELATIONS: dict[type[ast.cmpop], Relation] = {
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.NotEq: "!=",
}

_HEADS = (
    *(sympy.Add, sympy.Mul, sympy.Pow, sympy.Min, sympy.Max, sympy.exp, sympy.log, sympy.binomial),
    *(sympy.Piecewise, sympy.functions.elementary.piecewise.ExprCondPair, sympy.Gt, sympy.Ge, sympy.Lt, sympy.Le),
    *(sympy.Or, sympy.And),
)


@dataclass(frozen=True)
class Inequality:
    """`left relation right`, both sides exact expressions."""

    left: sympy.Expr
    relation: Relation
    right: sympy.Expr

    @property
    def difference(self) -> sympy.Expr:
        """left - right."""
        return self.left - self.right

    def __str__(self) -> str:
        return f"{format_expression(self.left)} {self.relation} {format_expression(self.right)}"


def parse_expression(text: Any, where: str = "", names: Collection[str] = ()) -> sympy.Expr:
    """Return the exact expression that a text, a number or a SymPy expression means.

    Every identifier is a parameter or a share, the words `lambda`, `pi`, `N`, `S` and the like included; identifiers
    are normalised (NFKC) as Python's are. Decimals are exact: 0.1 is 1/10. A float is the binary number that it is.
    In a SymPy expression symbols lose their assumptions. where: what errors call the text. names: texts that are
    one name each, such as `firm.comply`.

    Raises ExpressionError, with the place, for anything else than arithmetic; ParameterError for NaN and infinity.

    >>> parse_expression("0.1*F - lambda/2")
    F/10 - lambda/2
    """
    if isinstance(text, sympy.Expr):
        return _plain(text, where)
    if not isinstance(text, str):
        return to_sympy(exact_number(text, where))
    tree, source = parse_tree(text, where, names)
    return Reader(source).whole(tree)


def parse_condition(text: str, where: str = "", names: Collection[str] = ()) -> tuple[Inequality, ...]:
    """Return the inequalities that a text states, e.g. `C1 > C2`, `0 <= phi <= 1`, `a > 0 and b > a`.

    >>> [str(inequality) for inequality in parse_condition("0 <= phi < 1 and C1 > C2")]
    ['0 <= phi', 'phi < 1', 'C1 > C2']
    """
    tree, source = parse_tree(text, where, names)
    reader = Reader(source)
    found: list[Inequality] = []
    for part in _conjuncts(tree):
        if not isinstance(part, ast.Compare):
            raise source.error(part, "a condition compares two expressions with > >= < <= or !=, joined by `and`")
        sides = [reader.whole(side) for side in (part.left, *part.comparators)]
        for i, operator in enumerate(part.ops):
            found.append(Inequality(sides[i], _RELATIONS[type(operator)], sides[i + 1]))
    return tuple(found)


def _conjuncts(tree: ast.expr) -> list[ast.expr]:
    if isinstance(tree, ast.BoolOp):
        return [part for value in tree.values for part in _conjuncts(value)]
    return [tree]


def exact_number(value: Any, where: str = "") -> Fraction:
    """Return a number exactly: int, Fraction, Decimal, text such as "0.1" or "1/3"; a float as its binary value.

    Raises ParameterError for anything that is not a finite real number.
    """
    if isinstance(value, Fraction):
        return value
    at = f"{where}: " if where else ""
    if isinstance(value, bool):
        raise ParameterError(f"{at}got {value}, a number is needed; write 1 or 0 if that is meant")
    try:
        if isinstance(value, float):
            return Fraction(*value.as_integer_ratio())
        if isinstance(value, sympy.Float):
            value = sympy.Rational(value)
        if isinstance(value, sympy.Rational):
            return Fraction(int(value.p), int(value.q))
        if isinstance(value, str):
            return number_from_text(value)
        if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) > MOST_DIGITS:
            raise ValueError("too many digits")
        if isinstance(value, int | Decimal):
            return Fraction(value)
        if isinstance(value, numbers.Integral):
            return Fraction(int(value))
        if isinstance(value, numbers.Real):
            return Fraction(float(value))
    except (ValueError, OverflowError, ZeroDivisionError, InvalidOperation, TypeError):
        raise ParameterError(f"{at}got {_short(value)}, a finite number is needed, such as 0.1 or 1/3") from None
    raise ParameterError(f"{at}got {_short(value)} of type {type(value).__name__}, a number is needed")


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def symbols_of(expression: sympy.Basic) -> frozenset[str]:
    """Return the names of the symbols in an expression."""
    return frozenset(symbol.name for symbol in cast("set[sympy.Symbol]", expression.free_symbols))


def to_sympy(value: Fraction) -> sympy.Rational:
    """Return a fraction as SymPy has it."""
    return sympy.Rational(value.numerator, value.denominator)


def sympy_values(values: Mapping[str, Fraction]) -> dict[sympy.Symbol, sympy.Rational]:
    """Return what takes the place of each symbol, as `xreplace` wants it, from numbers by name."""
    return {sympy.Symbol(name): to_sympy(value) for name, value in values.items()}


def value_at(expression: sympy.Expr, values: Mapping[str, Fraction]) -> sympy.Expr:
    """Return an expression with numbers in the place of its symbols, as far as they have one."""
    return expression.xreplace(sympy_values({name: values[name] for name in symbols_of(expression) & values.keys()}))


def _plain(expression: sympy.Expr, where: str) -> sympy.Expr:
    """Return a SymPy expression with plain symbols and exact numbers; refuse what has no form as text."""
    at = f"{where}: " if where else ""
    replaced: dict[Any, Any] = {}
    for node in sympy.preorder_traversal(expression):
        if node.is_Symbol:
            if node != sympy.Symbol(node.name):
                replaced[node] = sympy.Symbol(node.name)
        elif node.is_Float:
            replaced[node] = sympy.Rational(node)
        elif not (node.is_Rational or node.func in _HEADS or node is sympy.E or node in (sympy.true, sympy.false)):
            raise ExpressionError(f"{at}{_short(node)} in {_short(expression)} is not arithmetic; {ACCEPTED}")
        elif node.is_Pow and not node.exp.is_Rational:
            raise ExpressionError(
                f"{at}{_short(node)} has an exponent that is not a rational number; use exp and log"
            )
    return cast(sympy.Expr, expression.xreplace(replaced)) if replaced else expression


_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4


def format_expression(expression: sympy.Expr) -> str:
    """Return a text that parse_expression reads back to an equal expression.

    Raises ExpressionError for what cannot be written so, such as an exponent with symbols.

    >>> format_expression(parse_expression("-(c - F*y)/2"))
    'F*y/2 - c/2'
    """
    try:
        return _format(expression)[0]
    except (RecursionError, ValueError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError("the expression nests too deep, or has numbers too long, to be written") from None


def _wrapped(expression: Any, strength: int) -> str:
    text, own = _format(expression)
    return text if own >= strength else f"({text})"


def _format(node: Any) -> tuple[str, int]:
    if node.is_Symbol:
        return _format_name(node.name), _ATOM
    if node.is_Rational:
        text = str(node.p) if node.q == 1 else f"{node.p}/{node.q}"
        return text, _ATOM if node.q == 1 and node.p >= 0 else (_PRODUCT if node.p >= 0 else _SUM)
    if node.is_Add:
        terms = [
            _wrapped(term, _PRODUCT) if not _negative(term) else _format(term)[0] for term in node.as_ordered_terms()
        ]
        terms.sort(key=lambda term: term.startswith("-"))
        text = terms[0]
        for term in terms[1:]:
            text += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
        return text, _SUM
    if node.is_Mul:
        return _format_product(node)
    if node.is_Pow:
        return _format_power(node)
    names = {sympy.Min: "min", sympy.Max: "max", sympy.exp: "exp", sympy.log: "log", sympy.binomial: "binomial"}
    if node.func in names:
        arguments = sorted(node.args, key=str) if node.func in (sympy.Min, sympy.Max) else node.args
        return f"{names[node.func]}({', '.join(map(format_expression, arguments))})", _ATOM
    if isinstance(node, sympy.Piecewise) and node.args[-1][1] == sympy.true:
        text = format_expression(node.args[-1][0])
        for value, test in reversed(node.args[:-1]):
            text = _format_case(test, format_expression(value), text)
        return text, _ATOM
    if node is sympy.E:
        return "exp(1)", _ATOM
    raise ExpressionError(f"{_short(node)} has no form as text; {ACCEPTED}")


def _format_name(name: str) -> str:
    # a share such as `firm.comply` is a name where the reader is told of it; 1.5 would be read as a number
    dotted = "." in name and not name.replace(".", "").isdecimal()
    word = name.isidentifier() and unicodedata.normalize("NFKC", name) == name
    if not (dotted or word) or name in FUNCTION_NAMES | GRAMMAR_WORDS:
        raise ExpressionError(f"{name[:60]!r} is not a name that can be read back; use letters, digits and _")
    return name


def _format_case(test: Any, yes: str, no: str) -> str:
    # SymPy joins the conditions of neighbouring cases of one value by Or
    if isinstance(test, sympy.Or):
        for part in sorted(test.args, key=str, reverse=True):
            no = _format_case(part, yes, no)
        return no
    if isinstance(test, sympy.And):
        for part in sorted(test.args, key=str, reverse=True):
            yes = _format_case(part, yes, no)
        return yes
    if not test.is_Relational or test.rel_op not in (">", ">=", "<", "<="):
        raise ExpressionError(f"the condition {_short(test)} has no form as text; compare with > >= < or <=")
    sides = f"{format_expression(test.lhs)} {test.rel_op} {format_expression(test.rhs)}"
    return f"where({sides}, {yes}, {no})"


def _negative(term: Any) -> bool:
    return bool(term.could_extract_minus_sign() and term.as_coeff_Mul()[0] < 0)


def _format_product(node: Any) -> tuple[str, int]:
    coefficient, rest = node.as_coeff_Mul()
    sign = "-" if coefficient < 0 else ""
    coefficient = abs(coefficient)
    above = [str(coefficient.p)] if coefficient.p != 1 else []
    below = [str(coefficient.q)] if coefficient.q != 1 else []
    for factor in rest.as_ordered_factors():
        if factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
            below.append(_wrapped(1 / factor, _POWER))
        else:
            above.append(_wrapped(factor, _POWER))
    text = "*".join(above) or "1"
    for factor in below:
        text += f"/{factor}"
    return sign + text, _SUM if sign else _PRODUCT


def _format_power(node: Any) -> tuple[str, int]:
    base, exponent = node.base, node.exp
    if exponent == sympy.Rational(1, 2):
        return f"sqrt({format_expression(base)})", _ATOM
    if exponent.is_Rational and exponent < 0:
        return f"1/{_wrapped(1 / node, _POWER)}", _PRODUCT
    if not exponent.is_Rational:
        raise ExpressionError(f"{_short(node)} has an exponent that is not a rational number; use exp and log")
    shown = str(exponent) if exponent.is_Integer else f"({format_expression(exponent)})"
    return f"{_wrapped(base, _ATOM)}**{shown}", _POWER
