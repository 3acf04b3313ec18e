"""Widths in print and the lines that are broken by them; the widths of TeX itself are compared in tests/external."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from coopgame.expressions import parse_expression
from coopgame.report.formulas import formula_latex, sum_latex
from coopgame.report.measure import latex_width, math_width
from coopgame.report.pieces import lines_of, pieces_of

POINT = 2.54 / 72.27
# Widths in points that XeLaTeX (TeX Live 2022) gives at 10 pt with its default fonts.
TEX = [
    (r"$a + b$", 21.80),
    (r"$-C_{g} + F_{p} - T$", 62.31),
    (r"$C_{s} \tau_{0} + d + p < C_{s} + h + q$", 114.74),
    (r"$\sqrt{a b}$", 17.91),
    ("cost of supervision", 81.03),
]


@pytest.mark.parametrize(("text", "points"), TEX)
def test_widths_are_near_those_of_tex(text: str, points: float) -> None:
    assert latex_width(text) == pytest.approx(points * POINT, rel=0.1, abs=0.05)


def test_signs_between_terms_are_wider_than_signs_before_them() -> None:
    assert math_width("a - b") - math_width("a b") > math_width("-b") - math_width("b") > 0
    assert math_width(r"\qquad a") == pytest.approx(math_width(r"\quad a") + 10 * POINT)


def test_chinese_is_an_em_wide_and_commands_of_text_are_characters() -> None:
    assert latex_width("均衡点") == pytest.approx(30 * POINT)
    assert latex_width(r"50\% \& more") == pytest.approx(latex_width("50% & more"))
    assert math_width(r"\text{均衡点}") == pytest.approx(30 * POINT)


def test_fractions_are_as_wide_as_their_widest_part() -> None:
    assert math_width(r"\frac{a}{b + c + d}") == pytest.approx(math_width("b + c + d"), abs=0.1)
    assert math_width(r"\frac{b + c + d}{a}") == math_width(r"\frac{a}{b + c + d}")


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 30)), min_size=2, max_size=25), st.floats(1.5, 12))
def test_lines_are_the_sum_in_its_order_and_fit(terms: list[tuple[int, int]], room: float) -> None:
    total = sympy.Add(*(c * sympy.Symbol(f"K_{i}") * sympy.Symbol("z") for c, i in terms))
    lines = lines_of(total, room)
    assert [term for line in lines for term in line] == (total.as_ordered_terms() if total.is_Add else [total])
    for number, line in enumerate(lines):
        text = sum_latex(line, first=number == 0)
        assert len(line) == 1 or math_width(f"0 {text}" if number else text) <= room + math_width("0") + 1e-9


def test_comparisons_are_broken_at_the_relation() -> None:
    stated = sympy.Ge(parse_expression("a + b"), parse_expression("c - d"), evaluate=False)
    pieces = pieces_of(stated, 100.0)
    assert [before for before, _ in pieces] == ["", r"\geq"]
    assert [sympy.Add(*terms) for _, terms in pieces] == [stated.lhs, stated.rhs]
    narrow = pieces_of(stated, 0.0)
    assert [before for before, _ in narrow] == ["", None, r"\geq", None]


def test_what_is_no_sum_stays_whole() -> None:
    product = parse_expression("x*(1 - x)*(a - b)")
    assert lines_of(product, 0.1) == [(product,)]
    assert math_width(formula_latex(product)) > 0.1
