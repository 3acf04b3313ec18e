"""Printed numbers: digits count, complex numbers, plus-minus, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from coopgame import CoopgameError
from coopgame.analysis.auditing.printed import pairs_apart, read_printed, real_sign

HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("given_", "value", "slack"),
    [
        ("-3.15", "-63/20", Fraction(1, 200)),
        ("-3.150", "-63/20", Fraction(1, 2000)),
        (Decimal("0.10"), "1/10", Fraction(1, 200)),
        (3, "3", 0),
        ("3", "3", 0),
        ("3.0", "3", Fraction(1, 20)),
        ("1/3", "1/3", 0),
        ("1.2e3", "1200", 50),
        ("5e-5", "1/20000", Fraction(1, 200000)),
        ("−2.5", "-5/2", Fraction(1, 20)),
        (".5", "1/2", Fraction(1, 20)),
    ],
)
def test_a_number_keeps_its_digits(given_: object, value: str, slack: Fraction) -> None:
    printed = read_printed(given_)
    assert (printed.value, printed.slack) == (sympy.Rational(value), slack)
    assert printed.is_number and printed.is_real


@pytest.mark.parametrize(
    ("text", "real", "imaginary", "slack", "slack_imaginary"),
    [
        ("0.98i", 0, "49/50", 0, Fraction(1, 200)),
        ("-0.68+0.7j", "-17/25", "7/10", Fraction(1, 200), Fraction(1, 20)),
        ("-0.68 - 0.73 i", "-17/25", "-73/100", Fraction(1, 200), Fraction(1, 200)),
        ("i", 0, 1, 0, 0),
        ("-i", 0, -1, 0, 0),
        ("12i", 0, 12, 0, 0),
        ("1.5*i", 0, "3/2", 0, Fraction(1, 20)),
    ],
)
def test_complex_numbers(text: str, real: object, imaginary: object, slack: object, slack_imaginary: object) -> None:
    printed = read_printed(text)
    assert printed.value == sympy.Rational(str(real)) + sympy.I * sympy.Rational(str(imaginary))
    assert (printed.slack, printed.slack_imaginary) == (slack, slack_imaginary)
    assert not printed.is_real


def test_i_is_a_parameter_where_the_game_has_one() -> None:
    assert read_printed("i", names=("i",)).value == sympy.Symbol("i")
    assert read_printed("2*i - c", names=("i", "c")).value == 2 * sympy.Symbol("i") - sympy.Symbol("c")
    assert read_printed("i*w").value == sympy.I * sympy.Symbol("w")


def test_plus_minus_stands_for_two() -> None:
    assert pairs_apart("-0.68±0.73i") == ["-0.68+0.73i", "-0.68-0.73i"]
    assert pairs_apart("+-1.3i") == ["1.3i", "-1.3i"]
    assert pairs_apart("a - b") == ["a - b"]
    with pytest.raises(CoopgameError, match="two numbers"):
        read_printed("±1.3i")


@pytest.mark.parametrize("wrong", ["", "1 2", "__import__('os')", "nan", "1.2.3", True, None, 0.5, [1]])
def test_anything_else_is_refused(wrong: object) -> None:
    if wrong == "nan":
        assert read_printed(wrong).value == sympy.Symbol("nan")  # a name, as everywhere
        return
    with pytest.raises(CoopgameError):
        read_printed(wrong)


@given(st.fractions(min_value=-1000, max_value=1000, max_denominator=9973), st.integers(1, 6))
def test_rounding_is_recognised_and_more_is_not(value: Fraction, digits: int) -> None:
    """Against decimal's own rounding."""
    unit = Decimal(1).scaleb(-digits)
    quotient = Decimal(value.numerator) / Decimal(value.denominator)
    printed = read_printed(str(quotient.quantize(unit)))
    ours = sympy.Rational(value.numerator, value.denominator)
    assert printed.agrees(ours)
    step = sympy.Rational(1, 10**digits)
    assert not printed.agrees(ours + 2 * step)
    assert not printed.agrees(ours - 2 * step)
    assert read_printed(str(quotient.quantize(unit) + unit * 2)).agrees(ours) is False


def test_irrational_numbers_and_floats_are_compared() -> None:
    assert read_printed("1.41421").agrees(sympy.sqrt(2))
    assert not read_printed("1.41422").agrees(sympy.sqrt(2))
    assert read_printed("1.4142i").agrees(sympy.sqrt(2) * sympy.I)
    assert read_printed("2").agrees(sympy.Float(2.0000000001))
    assert not read_printed("2").agrees(sympy.Float(2.0001))
    assert [real_sign(e) for e in (sympy.sqrt(2) - 1, -sympy.I, sympy.Rational(-1, 9))] == [1, 0, -1]
