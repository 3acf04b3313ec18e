"""Formulas: names as papers write them, in LaTeX and in MathML that any browser reads."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import sympy

from coopgame.expressions import parse_expression
from coopgame.report.formulas import formula_latex, formula_mathml, split_name, sum_latex, sum_mathml, symbol_latex

NAMES = [
    ("x", "x", "x"),
    ("F_p", "F_{p}", "Fp"),
    ("tau0", r"\tau_{0}", "τ0"),
    ("C_tau", r"C_{\tau}", "Cτ"),
    ("γ", r"\gamma", "γ"),
    ("U_x1", "U_{x1}", "Ux1"),
    ("U_mean_y", r"\overline{U}_{y}", "U\u00afy"),
    ("lam", r"\mathit{lam}", "lam"),
    ("C_gov", r"C_{\text{gov}}", "Cgov"),
    ("firms.price war", r"x_{\text{firms, price war}}", "xfirms, price war"),
    (".brand", r"x_{\text{brand}}", "xbrand"),
    ("费用", r"\text{费用}", "费用"),
    ("a_1_2", r"a_{\text{1, 2}}", "a1, 2"),
]


def shown(mathml: str) -> str:
    """Return the characters that a MathML element shows; reading it raises when it is not well formed."""
    tree = ElementTree.fromstring(mathml.replace("&InvisibleTimes;", ""))
    return "".join(tree.itertext())


@pytest.mark.parametrize(("name", "latex", "text"), NAMES)
def test_names(name: str, latex: str, text: str) -> None:
    assert symbol_latex(name) == formula_latex(sympy.Symbol(name)) == latex
    assert shown(formula_mathml(sympy.Symbol(name))) == text


def test_left_sides_are_mathematics() -> None:
    assert symbol_latex("dx/dt") == r"\frac{d x}{dt}"
    assert "<mfrac>" in formula_mathml(sympy.Symbol("dfirms.B/dt"))
    index = formula_mathml(sympy.Symbol("U_x1"))
    assert "<mi>x</mi><mn>1</mn>" in index  # x1 in one element would be upright


def test_indices_are_split_off() -> None:
    assert split_name("F_p") == ("F", "p") and split_name("tau0") == ("tau", "0")
    assert split_name("beta") == ("beta", "") and split_name("_a") == ("_a", "")


def test_words_do_not_run_into_their_neighbours() -> None:
    product = parse_expression("2*h*lam")
    assert formula_latex(product) == r"2 \, h \, \mathit{lam}"
    assert formula_mathml(product).count("<mspace") == 2
    assert formula_latex(parse_expression("2*h*lambda_1")) == r"2 h \lambda_{1}"
    assert "<mspace" not in formula_mathml(parse_expression("2*h*q"))


def test_mathml_has_minus_signs_and_escaped_relations() -> None:
    text = formula_mathml(sympy.Lt(parse_expression("a - b"), parse_expression("-c"), evaluate=False))
    assert shown(text) == "a\u2212b<\u2212c"
    assert "<mo>-</mo>" not in text and "&lt;" in text


def test_sums_in_parts_keep_their_signs() -> None:
    terms = parse_expression("a - b + c*(d - 1)").as_ordered_terms()
    assert sum_latex(terms, first=True) == r"a - b + c \left(d - 1\right)"
    assert sum_latex(terms[1:], first=False) == r"- b + c \left(d - 1\right)"
    assert shown(sum_mathml(terms[1:], None)) == "\u2212b+c(d\u22121)"
    assert shown(sum_mathml(terms, r"\geq")) == "\u2265a\u2212b+c(d\u22121)"


def test_sums_of_parts_are_the_whole() -> None:
    """Read back from LaTeX without the help of the printer."""
    total = parse_expression("a - 2*b + 3*c - d + 7*e")
    text = sum_latex(total.as_ordered_terms(), first=True)
    plain = re.sub(r"(\d) ([a-z])", r"\1*\2", text)
    assert sympy.expand(parse_expression(plain) - total) == 0
