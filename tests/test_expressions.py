"""Expressions: what texts mean exactly, what is refused and where, and that texts written are read back."""

from __future__ import annotations

import keyword
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

from coopgame.errors import ExpressionError, ParameterError
from coopgame.expressions import (
    FUNCTION_NAMES,
    exact_number,
    format_expression,
    parse_condition,
    parse_expression,
    symbols_of,
)

a, b, c, x, y = sympy.symbols("a b c x y")
R = sympy.Rational


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", R(1, 10)),
        (".5", R(1, 2)),
        ("2.", R(2)),
        ("1.25e-2", R(1, 80)),
        ("3E2", R(300)),
        ("1_000", R(1000)),
        ("0.1 + 0.2", R(3, 10)),
        ("1/3", R(1, 3)),
        ("-2**2", R(-4)),
        ("2**-2", R(1, 4)),
        ("2**3**2", R(512)),
        ("4**(1/2)", R(2)),
        ("10 - 4 - 3", R(3)),
        ("24/4/3", R(2)),
        ("24/4*3", R(18)),
        ("- - 3", R(3)),
        ("min(3, 1, 2)", R(1)),
        ("max(1/3, 0.3)", R(1, 3)),
        ("binomial(5, 2)", R(10)),
        ("where(2 > 1, 5, 6)", R(5)),
        ("where(2 <= 1, 5, 6)", R(6)),
        ("a - b - c", a - b - c),
        ("a - (b - c)", a - b + c),
        ("-a**2", -(a**2)),
        ("a/b/c", a / (b * c)),
        ("a/b*c", a * c / b),
        ("x*(1 - x)*(a*y - c)", x * (1 - x) * (a * y - c)),
        ("sqrt(a)", sympy.sqrt(a)),
        ("exp(-a)*log(b)", sympy.exp(-a) * sympy.log(b)),
        ("min(a, b)", sympy.Min(a, b)),
        ("max(a, 0)", sympy.Max(a, 0)),
        ("where(a >= b, c, -c)", sympy.Piecewise((c, a >= b), (-c, True))),
        ("a\n  + b\r\n  - c\t", a + b - c),
    ],
)
def test_a_text_means_exactly_this(text: str, value: sympy.Expr) -> None:
    assert parse_expression(text) == value


NAMES = ["N", "S", "E", "I", "Q", "O", "C", "pi", "beta", "gamma", "lambda", "oo", "nan", "zoo", "inf", "e", "j", "_"]
WORDS = sorted(set(keyword.kwlist) - {"and", "or", "not", "if", "else", "True", "False", "None"})


@pytest.mark.parametrize("name", [*NAMES, *WORDS, "print", "__import__", "name_lambda", "_0", "罚金", "ж", "क्षति"])
def test_any_identifier_is_a_plain_symbol(name: str) -> None:
    read = parse_expression(f"2*{name} + 1")
    assert read == 2 * sympy.Symbol(name) + 1
    assert symbols_of(read) == {name}
    assert parse_expression(format_expression(read)) == read


def test_words_of_python_stay_apart_from_names_that_resemble_them() -> None:
    assert symbols_of(parse_expression("lambda*name_lambda + is*_1 - island + 3*e1")) == {
        *("lambda", "name_lambda", "is", "_1", "island", "e1")
    }


def test_identifiers_are_normalised_as_in_python() -> None:
    assert parse_expression("ｌａｍｂｄａ + ﬁne") == sympy.Symbol("lambda") + sympy.Symbol("fine")


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (3, R(3)),
        (Fraction(1, 3), R(1, 3)),
        (Decimal("0.1"), R(1, 10)),
        (0.1, R(3602879701896397, 36028797018963968)),
        (np.float64(0.5), R(1, 2)),
        (np.int64(7), R(7)),
        (sympy.Symbol("a", positive=True) + sympy.Float(0.5), a + R(1, 2)),
        (sympy.Max(a, b) ** 2, sympy.Max(a, b) ** 2),
    ],
)
def test_numbers_and_sympy_expressions_are_taken_exactly(given: Any, value: sympy.Expr) -> None:
    assert parse_expression(given) == value


@pytest.mark.parametrize("given", [sympy.oo, sympy.nan, sympy.I, sympy.pi, sympy.sin(a), a**b, sympy.Integral(a, b)])
def test_sympy_expressions_beyond_arithmetic_are_refused(given: sympy.Expr) -> None:
    with pytest.raises(ExpressionError, match="payoff of A: "):
        parse_expression(given, "payoff of A")


MULTIPLY, POWER, COMPARE = r"write the multiplication sign, 2\*x", r"write \*\*", "conditions compare with"


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("2x", 1, MULTIPLY),
        ("b + 2 x", 6, MULTIPLY),
        ("a b", 2, r"operator is missing before 'b'; write \*"),
        ("(a)(b)", 3, r"operator is missing before the bracket; write \*"),
        ("2(a)", 1, "operator is missing"),
        ("0in a", 1, "operator is missing"),
        ("1.5.2", 3, "operator is missing"),
        ("x^2", 1, POWER),
        ("x²", 1, POWER),
        ("a = b", 2, COMPARE),
        ("a == b", 2, COMPARE),
        ("a // b", 2, "write / for a quotient"),
        ("5%", 1, "decimals"),
        ("a[0]", 1, "round brackets"),
        ("min(a，b)", 5, "full-width comma; write an ASCII comma"),
        ("（a)", 0, r"full-width bracket; write \("),
        ("a）", 1, r"full-width bracket; write \)"),
        ("a − b", 2, "not the ASCII minus"),
        ("a × b", 2, r"write \*"),
        ("a\u3000+ b", 1, "full-width space"),
        ("罚金 + x²", 6, POWER),
        ("lambda + is*x^2", 13, POWER),
        ("a +\n x^2", 6, POWER),
        ("a\r\n+ x^2", 6, POWER),
        ("a*/b", 2, "missing here"),
        ("罚金*lambda)", 9, "closing bracket without"),
        ("罚金*lambda*)", 10, "missing here"),
        ("罚金*lambda*/is", 10, "missing here"),
        ("a +", 3, "missing here"),
        ("(a + b", 6, "not closed"),
        ("a) + b", 1, "closing bracket"),
        ("", 0, "empty text; write 0"),
        (" \n ", 0, "empty text; write 0"),
        ("a, b", 0, "comma"),
        ("()", 0, "comma"),
        ("*a", 0, "missing here"),
        ("a < b", 0, "comparison stands in assumptions"),
        ("a if b else c", 2, r"write where\("),
        ("not a", 0, "opposite comparison"),
        ("a or b", 2, "joined by `and` only"),
        ("True", 0, "write 1"),
        ("a + None", 4, "'None'"),
        ("1 + 1/0", 6, "division by zero"),
        ("1/(a - a)", 3, "division by zero"),
        ("0**-1", 0, "division by zero"),
        ("a**b", 3, r"exponent must be a number.*exp\(a\*log\(b\)\)"),
        ("a**65", 3, "exponent beyond 64"),
        ("9**9**9", 3, "exponent beyond 64"),
        ("a**(1/65)", 4, "exponent beyond 64"),
        ("1e999999", 0, "400 digits"),
        ("a + 1e401", 4, "400 digits"),
        ("sqrt(-1)", 0, "not a finite real"),
        ("(-8)**(1/3)", 0, "not a finite real"),
        ("log(0)", 0, "not a finite real"),
        ("a + log(-2)", 4, "not a finite real"),
        ("min", 0, r"'min' is a function; write min\(...\)"),
        ("2*where + 1", 2, "'where' is a function"),
        ("a*foo(b)", 2, r"'foo' is not a known function; for a product write foo\*\(...\)"),
        ("lambda(a)", 0, "'lambda' is not a known function"),
        ("min()", 0, "at least one argument"),
        ("sqrt(a, b)", 0, r"takes 1 argument\(s\), got 2"),
        ("binomial(a)", 0, r"takes 2 argument\(s\), got 1"),
        ("binomial(5, 1/2)", 0, "whole numbers"),
        ("exp(10001)", 0, "up to 10000"),
        ("exp(10000)*exp(1)", 0, "up to 10000"),
        ("where(a, b, c)", 0, "one comparison and two values"),
        ("where(a < b < c, b, c)", 0, "one comparison and two values"),
        ("where(a != b, b, c)", 6, "compares with"),
        ("where(where(a > b, 1, 2) > 1, b, c)", 6, "not in its comparison"),
    ],
)
def test_what_is_refused_where_and_with_which_remedy(text: str, position: int, message: str) -> None:
    with pytest.raises(ExpressionError, match=message) as caught:
        parse_expression(text)
    assert caught.value.position == position


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ('__import__("os")', 11),
        ("__import__('os').system('true')", 11),
        ("os.system", 2),
        ("a.__class__.__mro__", 1),
        ("(1).real", 3),
        ("lambda: 1", 6),
        ("(lambda a: a)(1)", 8),
        ("[a for a in b]", 0),
        ("min(a for a in b)", 6),
        ("{a: b}", 0),
        ("{a}", 0),
        ('f"{a}"', 1),
        ("(a := 1)", 3),
        ("min(*a)", 4),
        ("min(**a)", 4),
        ("min(a, key=b)", 10),
        ("`a`", 0),
        ("a; b", 1),
        ("a @ b", 2),
        ("~a", 0),
        ("a & b", 2),
        ("a -> b", 3),
        ("await a", 6),
        ("yield", None),
        ("a #b", 2),
        ("a \\\n b", 2),
        ("...", 0),
        ("0x1F", 1),
        ("1j", 1),
        ("eval(a)", 0),
        ("exec(a)(b)", 7),
        ("a\x00b", 1),
        ("a\ud800", 1),
        ("a\u2028+ b", 1),
        ("\ufeffa", 0),
        ("a\u202e+ b", 1),
    ],
)
def test_programs_are_refused(text: str, position: int | None) -> None:
    if position is None:
        assert parse_expression(text) == sympy.Symbol(text)
        return
    with pytest.raises(ExpressionError) as caught:
        parse_expression(text)
    assert caught.value.position == position
    str(caught.value).encode("utf-8")


def test_the_place_is_shown_under_the_text() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_expression("罚金*lambda + 2x", "payoff of A")
    message, shown, pointer = str(caught.value).split("\n")
    assert message.startswith("payoff of A: ")
    assert shown[pointer.index("^")] == "x"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 41 + "a" + ")" * 41,
        "-" * 3000 + "a",
        "a" + "**2" * 3000,
        "+".join(["a"] * 3000),
        "a" * 20_001,
        "9" * 401,
        "((9**64)**64)**64",
        "(((((a**64)**64)**64)**64)**64)**64",
        "a**64*a**64",
        "*".join(f"(10**64 + {i})**6" for i in range(20)),
        "+".join(f"a/(10**64 + {i})**6" for i in range(300)),
        "max(" + ",".join(f"a{i}" for i in range(100)) + ")",
        "min(max(" * 13 + "a" + ",b),c)" * 13,
        "exp(exp(exp(exp(9))))",
        "binomial(10**9, 10**8)",
        "(exp(10000)**64)**64",
    ],
    ids=lambda text: text[:30],
)
def test_hostile_sizes_are_refused_before_they_are_computed(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text)


def test_long_sums_are_read() -> None:
    names = [f"p{i}" for i in range(1500)]
    assert parse_expression("+".join(names)) == sympy.Add(*map(sympy.Symbol, names))
    assert parse_expression("*".join(["a"] * 40) + "/a" * 40) == 1


def test_dotted_names_are_read_where_they_are_announced() -> None:
    names = ("firm.comply", "local gov.c-d", "1.2")
    read = parse_expression("2*firm.comply - local gov.c-d/1.2", names=names)
    assert read == 2 * sympy.Symbol("firm.comply") - sympy.Symbol("local gov.c-d") / R(6, 5)
    assert parse_expression(format_expression(read), names=names) == read
    with pytest.raises(ExpressionError, match="dot") as caught:
        parse_expression("firm.comply2", names=names)
    assert caught.value.position == 4


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("C1 > C2", ["C1 > C2"]),
        ("0 <= phi <= 1", ["0 <= phi", "phi <= 1"]),
        ("a > 0 and b > a", ["a > 0", "b > a"]),
        ("(a > 0 and b < 0.5) and (c != 1)", ["a > 0", "b < 1/2", "c != 1"]),
        ("lambda*x >= 1 - in", ["lambda*x >= 1 - in"]),
    ],
)
def test_a_condition_states_these_inequalities(text: str, stated: list[str]) -> None:
    assert [str(inequality) for inequality in parse_condition(text)] == stated


def test_the_difference_of_an_inequality() -> None:
    (inequality,) = parse_condition("a + 1 < 2*b")
    assert (inequality.left, inequality.relation, inequality.right) == (a + 1, "<", 2 * b)
    assert inequality.difference == a + 1 - 2 * b


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("a", 0, "compares two expressions"),
        ("a > b and c", 10, "compares two expressions"),
        ("a = b", 2, COMPARE),
        ("a == b", 2, COMPARE),
        ("a > b or a > c", 6, "joined by `and` only"),
        ("not a > b", 0, "opposite"),
        ("a > b, c > d", 0, "joined by `and`"),
        ("a ≥ b", 2, "write >="),
        ("a ＞ b", 2, "write >"),
        ("a > ", 3, "missing here"),
        ("a > b and", 9, "missing here"),
        ("(a > b) > c", 1, "comparison stands"),
        ("a in b", 2, "operator is missing"),
        ("a is b", 2, "operator is missing"),
        ("min(a > b, c) > 0", 4, "comparison stands"),
    ],
)
def test_conditions_that_are_refused(text: str, position: int, message: str) -> None:
    with pytest.raises(ExpressionError, match=message) as caught:
        parse_condition(text)
    assert caught.value.position == position


def test_a_condition_must_be_a_text() -> None:
    with pytest.raises(ExpressionError, match="assumptions: got int, a text is needed"):
        parse_condition(3, "assumptions")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "value"),
    [
        (2, Fraction(2)),
        ("0.1", Fraction(1, 10)),
        (" -1/3 ", Fraction(-1, 3)),
        ("1e-3", Fraction(1, 1000)),
        (0.5, Fraction(1, 2)),
        (0.1, Fraction(3602879701896397, 36028797018963968)),
        (Decimal("2.50"), Fraction(5, 2)),
        (np.float32(0.1), Fraction(13421773, 134217728)),
        (np.int8(-3), Fraction(-3)),
        (R(2, 7), Fraction(2, 7)),
        (sympy.Float("0.25"), Fraction(1, 4)),
    ],
)
def test_exact_numbers(given: Any, value: Fraction) -> None:
    found = exact_number(given)
    assert found == value
    assert type(found) is Fraction


@pytest.mark.parametrize(
    "given",
    [
        *(float("nan"), float("inf"), np.float64("nan"), Decimal("NaN"), Decimal("Infinity"), sympy.nan, sympy.oo),
        *("nan", "inf", "", "1/0", "1e999999999", "0x10", "1 2", "one", "１", "9" * 100_000, "1/2/3"),
        *(True, np.True_, None, [1], 1j, Decimal("1e999999999"), sympy.sqrt(2)),
    ],
    ids=lambda given: repr(given)[:30],
)
def test_what_is_not_a_finite_real_number_is_refused(given: Any) -> None:
    with pytest.raises(ParameterError, match=r"^F: got .* a (finite )?number is needed") as caught:
        exact_number(given, "F")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("given", [float("nan"), float("-inf"), True])
def test_a_payoff_that_is_no_number_is_refused(given: Any) -> None:
    with pytest.raises(ParameterError, match="payoff of A"):
        parse_expression(given, "payoff of A")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (R(-3, 2), "-3/2"),
        (a - b, "a - b"),
        (-a - b, "-a - b"),
        (-a / 2 + b, "b - a/2"),
        (R(2, 3) * a, "2*a/3"),
        (a / b, "a/b"),
        (a / (b * c), "a/b/c"),
        (a / (b + c), "a/(b + c)"),
        (a**-2, "1/a**2"),
        (1 / sympy.sqrt(a), "1/sqrt(a)"),
        (a ** R(2, 3), "a**(2/3)"),
        (-(a**2), "-a**2"),
        ((-a) ** 2 * b, "a**2*b"),
        ((a + b) ** 3, "(a + b)**3"),
        (sympy.Mul(-2, a + b, c), "-2*c*(a + b)"),
        (sympy.Min(b, a, 1), "min(1, a, b)"),
        (sympy.exp(1) * a, "exp(1)*a"),
        (sympy.Piecewise((a, x > 1), (b, x > 0), (c, True)), "where(x > 1, a, where(x > 0, b, c))"),
        (sympy.Piecewise((a, (x > 1) | (y > 0)), (c, True)), "where(x > 1, a, where(y > 0, a, c))"),
        (sympy.Symbol("lambda") * sympy.Symbol("罚金"), "lambda*罚金"),
    ],
)
def test_the_text_of_an_expression(expression: sympy.Expr, text: str) -> None:
    assert format_expression(expression) == text
    assert parse_expression(text) == expression


@pytest.mark.parametrize(
    "expression",
    [
        *(sympy.Symbol("a b"), sympy.Symbol(""), sympy.Symbol("and"), sympy.Symbol("1.5"), sympy.Symbol("a+b")),
        *(sympy.Symbol(next(iter(FUNCTION_NAMES))), a**b, sympy.oo, sympy.sin(a), sympy.Piecewise((a, b > c))),
        sympy.Integer(10) ** 5000,
    ],
    ids=lambda expression: f"{type(expression).__name__}",
)
def test_what_could_not_be_read_back_is_not_written(expression: sympy.Expr) -> None:
    with pytest.raises(ExpressionError):
        format_expression(expression)
