"""Text to exact SymPy expressions and back, through a whitelist: no text is ever evaluated as a program."""

from __future__ import annotations

import ast
import keyword
import numbers
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Literal, cast

import sympy

from coopgame.errors import ExpressionError, ParameterError

Relation = Literal[">", ">=", "<", "<=", "!="]
FUNCTION_NAMES = frozenset({"min", "max", "sqrt", "exp", "log", "where", "binomial"})
_GRAMMAR_WORDS = frozenset({"and", "or", "not", "if", "else", "True", "False", "None"})
_MOST_CHARACTERS = 20_000
_MOST_NODES = 5_000
_DEEPEST = 60
_LARGEST_EXPONENT = 64
_MOST_DIGITS = 400
_RELATIONS: dict[type[ast.cmpop], Relation] = {
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.NotEq: "!=",
}
_ACCEPTED = "accepted are names, numbers, + - * / ** ( ) and the functions " + ", ".join(sorted(FUNCTION_NAMES))


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


def parse_expression(text: Any, where: str = "") -> sympy.Expr:
    """Return the exact expression that a text or number means.

    Every identifier is a parameter or a share, the words `lambda`, `pi`, `N`, `S` and the like included; identifiers
    are normalised (NFKC) as Python's are. Decimals are exact: 0.1 is 1/10. A float is the binary number that it is.

    Raises ExpressionError, with the place, for anything else than arithmetic.
    """
    if isinstance(text, sympy.Expr):
        return text
    if not isinstance(text, str):
        return _rational(exact_number(text, where))
    tree, source = _tree(text, where)
    return _Reader(source, where).expression(tree)


def parse_condition(text: str, where: str = "") -> tuple[Inequality, ...]:
    """Return the inequalities that a text states, e.g. `C1 > C2`, `0 <= phi <= 1`, `a > 0 and b > a`."""
    tree, source = _tree(text, where)
    reader = _Reader(source, where)
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    found: list[Inequality] = []
    for part in parts:
        if not isinstance(part, ast.Compare):
            raise reader.error(part, "a condition compares two expressions with > >= < <= or !=, joined by `and`")
        sides = [reader.expression(side) for side in (part.left, *part.comparators)]
        for i, operator in enumerate(part.ops):
            if type(operator) not in _RELATIONS:
                raise reader.error(part, "a condition compares with > >= < <= or !=")
            found.append(Inequality(sides[i], _RELATIONS[type(operator)], sides[i + 1]))
    return tuple(found)


def exact_number(value: Any, where: str = "") -> Fraction:
    """Return a number exactly: int, Fraction, Decimal, text such as "0.1" or "1/3"; a float as its binary value.

    Raises ParameterError for anything that is not a finite real number.
    """
    at = f"{where}: " if where else ""
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        raise ParameterError(f"{at}got {value}, a number is needed; write 1 or 0 if that is meant")
    try:
        if isinstance(value, sympy.Rational):
            return Fraction(int(value.p), int(value.q))
        if isinstance(value, str):
            return _number_from_text(value)
        if isinstance(value, Fraction | int | Decimal):
            return Fraction(value)
        if isinstance(value, numbers.Integral):
            return Fraction(int(value))
        if isinstance(value, numbers.Real) or isinstance(value, sympy.Float):
            return Fraction(float(value))
    except (ValueError, OverflowError, ZeroDivisionError, InvalidOperation):
        raise ParameterError(f"{at}got {value!r}, a finite number is needed, such as 0.1 or 1/3") from None
    raise ParameterError(f"{at}got {value!r} of type {type(value).__name__}, a number is needed")


def _number_from_text(text: str) -> Fraction:
    if len(text) > _MOST_DIGITS:
        raise ValueError("too many digits")
    match = re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE]([+-]?\d{1,4}))?\s*(/\s*\d+\s*)?", text, re.ASCII)
    if match is None or abs(int(match[3] or 0)) > _MOST_DIGITS:
        raise ValueError("not a number")
    number, _, divisor = text.partition("/")
    return Fraction(Decimal(number.strip())) / int(divisor or 1)


def symbols_of(expression: sympy.Basic) -> frozenset[str]:
    """Return the names of the symbols in an expression."""
    return frozenset(symbol.name for symbol in cast("set[sympy.Symbol]", expression.free_symbols))


def _rational(value: Fraction) -> sympy.Expr:
    return sympy.Rational(value.numerator, value.denominator)


@dataclass(frozen=True)
class _Source:
    """The text that was given, the text that is parsed, and the prefix put before names that are Python words."""

    text: str
    parsed: str
    prefix: str

    def position(self, node: ast.AST) -> int:
        """Return the place of a node in the given text."""
        offset = getattr(node, "col_offset", 0)
        before = self.parsed.encode("utf-8")[:offset].decode("utf-8", errors="ignore")
        return max(0, len(before.replace(self.prefix, "")) - 1)


def _tree(text: Any, where: str) -> tuple[ast.expr, _Source]:
    at = f"{where}: " if where else ""
    if not isinstance(text, str):
        raise ExpressionError(f"{at}got {text!r}, a text is needed")
    if len(text) > _MOST_CHARACTERS:
        raise ExpressionError(f"{at}a text of {len(text)} characters; at most {_MOST_CHARACTERS} are read")
    if not text.strip():
        raise ExpressionError(f"{at}an empty text; write 0 if that is meant", text, 0)
    _refuse_characters(text, at)
    prefix = "name_"
    while prefix in text:
        prefix += "_"
    # a bracket on both sides lets the text run over lines; it is allowed for in positions
    marked = re.sub(r"[^\W\d]\w*", lambda m: _mark(m[0], prefix), text)
    source = _Source(text, f"({' '.join(marked.splitlines())}\n)", prefix)
    try:
        tree = ast.parse(source.parsed, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise _syntax_error(error, source, at) from None
    if sum(1 for _ in ast.walk(tree)) > _MOST_NODES:
        raise ExpressionError(f"{at}an expression of more than {_MOST_NODES} parts; split it up")
    return tree, source


def _mark(word: str, prefix: str) -> str:
    return prefix + word if keyword.iskeyword(word) and word not in _GRAMMAR_WORDS else word


def _refuse_characters(text: str, at: str) -> None:
    hints = {"^": "write ** for a power", "，": "write an ASCII comma", "（": "write ASCII brackets", "）": "write ASCII brackets"}
    hints |= {"＞": "write >", "＜": "write <", "×": "write *", "÷": "write /", "≥": "write >=", "≤": "write <="}
    hints |= {"≠": "write !=", "−": "write an ASCII minus sign"}
    for position, character in enumerate(text):
        if character in hints:
            raise ExpressionError(f"{at}unexpected {character!r}; {hints[character]}", text, position)
        strange = unicodedata.category(character) in ("Cc", "Cs", "Cf") and character not in "\t\n\r"
        if strange or character in "#\\;\f\"'`@$?:[]{}|&~":
            raise ExpressionError(f"{at}unexpected {character!r}; {_ACCEPTED}", text, position)
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise ExpressionError(f"{at}brackets nest {deepest} deep; at most {_DEEPEST} are read")


def _syntax_error(error: BaseException, source: _Source, at: str) -> ExpressionError:
    position = None
    if isinstance(error, SyntaxError) and error.offset is not None and error.lineno == 1:
        position = max(0, len(source.parsed[: error.offset - 1].replace(source.prefix, "")) - 1)
    hint = _ACCEPTED
    if re.search(r"(?<![\w.])\d[\d.]*\s*[^\W\d]", source.text) and not re.search(r"\d[eE][+-]?\d", source.text):
        hint = "write the multiplication sign, 2*x for 2x"
    elif re.search(r"(?<![<>!=])=(?!=)", source.text):
        hint = "an expression has no `=`; conditions compare with > >= < <= !="
    return ExpressionError(f"{at}not an expression: {hint}", source.text, position)


class _Reader:
    """Builds the SymPy expression of a syntax tree; every kind of node that is not listed is refused."""

    def __init__(self, source: _Source, where: str) -> None:
        self.source = source
        self.at = f"{where}: " if where else ""
        self._depth = 0

    def error(self, node: ast.AST, message: str) -> ExpressionError:
        """Return an error that points at a node."""
        return ExpressionError(f"{self.at}{message}", self.source.text, self.source.position(node))

    def expression(self, node: ast.expr) -> sympy.Expr:
        """Return the expression of a node."""
        self._depth += 1
        try:
            if self._depth > 3 * _DEEPEST:
                raise self.error(node, f"operations nest more than {3 * _DEEPEST} deep; use brackets to group a long sum")
            return self._read(node)
        finally:
            self._depth -= 1

    def _read(self, node: ast.expr) -> sympy.Expr:
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, ast.Constant):
            return self._number(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            value = self.expression(node.operand)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Compare | ast.BoolOp):
            raise self.error(node, "a comparison stands in assumptions and in where(...) only")
        raise self.error(node, f"{_described(node)} is not arithmetic; {_ACCEPTED}")

    def _name(self, node: ast.Name) -> sympy.Expr:
        name = node.id.removeprefix(self.source.prefix)
        if name in FUNCTION_NAMES:
            raise self.error(node, f"{name!r} is a function; write {name}(...), or rename the parameter")
        return sympy.Symbol(name)

    def _number(self, node: ast.Constant) -> sympy.Expr:
        literal = ast.get_source_segment(self.source.parsed, node) or ""
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise self.error(node, f"{node.value!r} is not a number; {_ACCEPTED}")
        try:
            return _rational(_number_from_text(literal.replace("_", "")))
        except (ValueError, InvalidOperation, OverflowError):
            raise self.error(node, f"{literal[:40]!r} is not a decimal number of reasonable size") from None

    def _operation(self, node: ast.BinOp) -> sympy.Expr:
        if isinstance(node.op, ast.Pow):
            return self._power(node)
        chain: list[tuple[ast.operator, ast.expr]] = []
        left: ast.expr = node
        # sums and products lean to the left: walk down their spine instead of recursing
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            chain.append((left.op, left.right))
            left = left.left
        if not chain:
            raise self.error(node, f"this operation is not arithmetic; {_ACCEPTED}")
        value = self.expression(left)
        for operator, right in reversed(chain):
            value = self._apply(operator, value, self.expression(right), right)
        return value

    def _apply(self, operator: ast.operator, left: sympy.Expr, right: sympy.Expr, node: ast.expr) -> sympy.Expr:
        if isinstance(operator, ast.Add):
            return left + right
        if isinstance(operator, ast.Sub):
            return left - right
        if isinstance(operator, ast.Mult):
            return left * right
        if right.is_zero:
            raise self.error(node, "division by zero")
        return left / right

    def _power(self, node: ast.BinOp) -> sympy.Expr:
        base, exponent = self.expression(node.left), self.expression(node.right)
        if not exponent.is_Rational:
            raise self.error(node.right, "an exponent must be a number, such as 2 or 1/2; write exp(a*log(b)) for b**a")
        if abs(exponent) > _LARGEST_EXPONENT or int(cast(Any, exponent).q) > _LARGEST_EXPONENT:
            raise self.error(node.right, f"an exponent beyond {_LARGEST_EXPONENT} is not read")
        if base.is_zero and exponent < 0:
            raise self.error(node, "division by zero")
        return self._finite(node, base**exponent)

    def _finite(self, node: ast.expr, value: Any) -> sympy.Expr:
        if value.has(sympy.oo, -sympy.oo, sympy.zoo, sympy.nan, sympy.I):
            raise self.error(node, "the value is not a finite real number")
        return cast(sympy.Expr, value)

    def _call(self, node: ast.Call) -> sympy.Expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTION_NAMES:
            raise self.error(node, f"{name or _described(node.func)!r} is not a known function; {_ACCEPTED}")
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self.error(node, f"{name}() takes plain arguments only")
        if name == "where":
            return self._where(node)
        arguments = [self.expression(argument) for argument in node.args]
        functions: dict[str, tuple[int | None, Callable[..., Any]]] = {
            "min": (None, sympy.Min),
            "max": (None, sympy.Max),
            "sqrt": (1, sympy.sqrt),
            "exp": (1, sympy.exp),
            "log": (1, sympy.log),
            "binomial": (2, sympy.binomial),
        }
        count, function = functions[name]
        if count is not None and len(arguments) != count or not arguments:
            raise self.error(node, f"{name}() takes {count or 'at least one'} argument(s), got {len(arguments)}")
        if name == "binomial" and any(a.is_number and abs(a) > 1000 for a in arguments):
            raise self.error(node, "binomial() takes numbers up to 1000")
        if name == "exp" and arguments[0].is_number and abs(arguments[0]) > 10_000:
            raise self.error(node, "exp() takes numbers up to 10000")
        return self._finite(node, function(*arguments))

    def _where(self, node: ast.Call) -> sympy.Expr:
        if len(node.args) != 3 or not isinstance(node.args[0], ast.Compare) or len(node.args[0].ops) != 1:
            raise self.error(node, "where() takes one comparison and two values: where(k >= M, b - c, -c)")
        test, yes, no = node.args
        assert isinstance(test, ast.Compare)
        operators: dict[type[ast.cmpop], Any] = {ast.Gt: sympy.Gt, ast.GtE: sympy.Ge, ast.Lt: sympy.Lt, ast.LtE: sympy.Le}
        operator = operators.get(type(test.ops[0]))
        if operator is None:
            raise self.error(test, "where() compares with > >= < or <=")
        comparison = operator(self.expression(test.left), self.expression(test.comparators[0]))
        return cast(sympy.Expr, sympy.Piecewise((self.expression(yes), comparison), (self.expression(no), True)))


def _described(node: ast.AST) -> str:
    names = {"Attribute": "an attribute (a dot)", "Subscript": "an index", "Lambda": "a function", "Tuple": "a comma"}
    return names.get(type(node).__name__, type(node).__name__.lower())


_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4


def format_expression(expression: sympy.Expr) -> str:
    """Return a text that parse_expression reads back to an equal expression."""
    return _format(expression)[0]


def _wrapped(expression: Any, strength: int) -> str:
    text, own = _format(expression)
    return text if own >= strength else f"({text})"


def _format(node: Any) -> tuple[str, int]:
    if node.is_Symbol:
        return str(node.name), _ATOM
    if node.is_Rational:
        text = str(node.p) if node.q == 1 else f"{node.p}/{node.q}"
        return text, _ATOM if node.q == 1 and node.p >= 0 else (_PRODUCT if node.p >= 0 else _SUM)
    if node.is_Add:
        terms = [_wrapped(term, _PRODUCT) if not _negative(term) else _format(term)[0] for term in node.as_ordered_terms()]
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
    if isinstance(node, sympy.Piecewise) and len(node.args) == 2 and node.args[1][1] == sympy.true:
        (yes, test), (no, _) = node.args
        sides = f"{format_expression(test.lhs)} {test.rel_op} {format_expression(test.rhs)}"
        return f"where({sides}, {format_expression(yes)}, {format_expression(no)})", _ATOM
    raise ExpressionError(f"{node} has no form as text here; {_ACCEPTED}")


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
    shown = str(exponent) if exponent.is_Integer else f"({format_expression(exponent)})"
    return f"{_wrapped(base, _ATOM)}**{shown}", _POWER


