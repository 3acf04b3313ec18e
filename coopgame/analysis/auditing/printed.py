"""What a publication prints in one place: an expression, or a number with the digits that are shown."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sympy

from coopgame.errors import ExpressionError
from coopgame.expressions import exact_number, parse_expression, symbols_of, to_sympy

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
_REAL = re.compile(rf"[+-]?\s*{_NUMBER}", re.ASCII)
_COMPLEX = re.compile(
    rf"(?P<real>[+-]?\s*{_NUMBER})??\s*(?P<imaginary>(?:(?<!\d)|(?=[+-]))[+-]?\s*(?:{_NUMBER})?)\s*\*?\s*[ij]",
    re.ASCII,
)
# ours may be a float, from a search by floating point, or exact
_FLOAT_ERROR = 1e-9
_DIGITS = 50
_NOTHING = sympy.Float(10) ** -40
HALF = Fraction(1, 2)


@dataclass(frozen=True, eq=False)
class Printed:
    """A number or an expression as printed.

    value: what it says, exactly. slack: half a unit of the last printed digit of the real part, 0 where the number is exact (a
    whole number, a fraction) or an expression; slack_imaginary: the same of the imaginary part.
    """

    text: str
    value: sympy.Expr
    slack: Fraction = Fraction(0)
    slack_imaginary: Fraction = Fraction(0)

    @property
    def is_number(self) -> bool:
        """Whether no name occurs in it."""
        return not self.value.free_symbols

    @property
    def is_real(self) -> bool:
        """Whether it is a number without imaginary part."""
        return self.is_number and bool(sympy.im(self.value) == 0)

    def agrees(self, ours: sympy.Expr, units: Fraction = Fraction(1)) -> bool:
        """Return whether a number rounds to what is printed; units widens the slack."""
        real, imaginary = (ours - self.value).as_real_imag()
        return is_within(real, self.slack * units) and is_within(imaginary, self.slack_imaginary * units)

    def at(self, values: dict[sympy.Symbol, sympy.Expr]) -> Printed:
        """Return the number that an expression gives at values of its names."""
        return Printed(self.text, self.value.xreplace(values), self.slack, self.slack_imaginary)

    def __str__(self) -> str:
        return self.text


def is_within(difference: sympy.Expr, slack: Fraction) -> bool:
    """Return whether a real number without names is at most `slack` in absolute value; exactly where it is rational."""
    if difference.is_Rational:
        return abs(Fraction(int(difference.p), int(difference.q))) <= slack
    size = abs(sympy.N(difference, _DIGITS))
    error = _FLOAT_ERROR if difference.has(sympy.Float) else _NOTHING
    return bool(size <= to_sympy(slack) + error)


def real_sign(value: sympy.Expr) -> int:
    """Return the sign of the real part of a number without names: +1, -1 or 0."""
    real = value.as_real_imag()[0]
    if is_within(real, Fraction(0)):
        return 0
    return 1 if sympy.N(real, _DIGITS) > 0 else -1


def plain_signs(text: str) -> str:
    """Return a text with the minus and plus-minus signs of printed formulas as they stand on a keyboard."""
    return text.replace("−", "-").replace("–", "-").replace("＋", "+").replace("+/-", "±").replace("+-", "±")


def read_printed(given: Any, names: Collection[str] = ()) -> Printed:
    """Return what an integer, a decimal or a text says; i (or j behind a number) is the imaginary unit unless it is among names.

    Digits count: "-3.15" stands for every number that rounds to it, "3" and "1/3" for themselves.

    Raises ExpressionError or ParameterError for anything else.
    """
    if not isinstance(given, str):
        exact_number(given)  # refuses what is no finite number
    if not isinstance(given, str | int | Decimal):
        raise ExpressionError(f"got {given!r}, an integer, a decimal or a text is needed")
    text = plain_signs(str(given).strip())
    if "±" in text:
        raise ExpressionError(f"{text!r} stands for two numbers; give the eigenvalues as a list")
    if _REAL.fullmatch(text):
        value, slack = _decimal(text)
        return Printed(text, value, slack)
    match = _COMPLEX.fullmatch(text)
    if match and not (text.strip("+-") in ("i", "j") and text.strip("+-") in names):
        real, slack = _decimal(match["real"] or "0")
        imaginary, slack_imaginary = _decimal(_with_number(match["imaginary"]))
        return Printed(text, real + imaginary * sympy.I, slack, slack_imaginary)
    value = parse_expression(text)
    if "i" not in names and "i" in symbols_of(value):
        value = value.xreplace({sympy.Symbol("i"): sympy.I})
    return Printed(text, value)


def pairs_apart(text: str) -> list[str]:
    """Return a text with `±` as the two texts that it stands for, any other text alone."""
    plain = plain_signs(text)
    return [plain] if "±" not in plain else [plain.replace("±", sign).removeprefix("+") for sign in "+-"]


def _with_number(text: str) -> str:
    return text if any(character.isdigit() for character in text) else f"{text.strip()}1"


def _decimal(text: str) -> tuple[sympy.Expr, Fraction]:
    """The exact value of a decimal, and half a unit of its last digit; 0 for whole numbers."""
    plain = text.replace(" ", "")
    number = exact_number(plain)
    exponent = Decimal(plain).as_tuple().exponent
    whole = "." not in plain and "e" not in plain.lower()
    slack = Fraction(0) if whole else HALF * Fraction(10) ** int(exponent)
    return to_sympy(number), slack
