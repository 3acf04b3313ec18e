"""Cells: one content, written by every format in its own way."""

from __future__ import annotations

import pytest
import sympy

from coopgame.expressions import parse_condition, parse_expression
from coopgame.report.cells import (
    Lines,
    Short,
    cell_height,
    cell_html,
    cell_latex,
    cell_markdown,
    cell_text,
    cell_width,
    longest_piece,
)

SUM = parse_expression("F_p - c*x")
LONG = parse_expression(" + ".join(f"a_{i}*b_{i}" for i in range(12)))


def test_text_is_escaped_by_each_format() -> None:
    text = "5% <b> & a_1 | $x$"
    assert cell_latex(text) == r"5\% \textless{}b\textgreater{} \& a\_1 \textbar{} \$x\$"
    assert cell_html(text) == "5% &lt;b&gt; &amp; a_1 | $x$"
    assert cell_markdown(text) == r"5% \<b> & a\_1 \| \$x\$"
    assert cell_text(text) == text


def test_expressions_are_mathematics() -> None:
    assert cell_latex(SUM) == cell_markdown(SUM) == "$F_{p} - c x$"
    assert cell_html(SUM).startswith("<math") and "<msub><mi>F</mi><mi>p</mi></msub>" in cell_html(SUM)
    assert parse_expression(cell_text(SUM)) == SUM


def test_what_is_shown_short_is_full_in_data() -> None:
    short = Short(SUM, sympy.Symbol("Q_1"))
    assert cell_latex(short) == cell_markdown(short) == "$Q_{1}$"
    assert cell_text(short) == cell_text(SUM)


def test_lines_stand_below_each_other() -> None:
    cell = Lines((SUM, "b"), "and")
    assert cell_latex(cell) == r"$F_{p} - c x$~and\newline b"
    assert cell_markdown(cell) == "$F_{p} - c x$ and b" and cell_text(cell).endswith(" and b")
    assert cell_html(cell).endswith("</math> and<br>b")
    assert cell_text(Lines(("a", "b"))) == "a, b"
    assert cell_latex(Lines(("甲", "乙"), "且")) == r"甲~且\newline 乙"


def test_parts_of_a_cell_follow_each_other() -> None:
    cell = ("share (", sympy.Symbol("x"), ")")
    assert cell_latex(cell) == cell_markdown(cell) == "share ($x$)" and cell_text(cell) == "share (x)"


def test_long_comparisons_are_broken_and_never_begin_a_formula_with_their_relation() -> None:
    stated = sympy.Lt(LONG, SUM, evaluate=False)
    wide, narrow = cell_markdown(stated, 100.0), cell_markdown(stated, 5.0)
    assert wide.count("$") == 2 and narrow.count("$") > 6
    assert r"\< $F_{p} - c x$" in narrow and "$<" not in narrow
    assert cell_markdown(sympy.Ge(LONG, SUM, evaluate=False), 5.0).endswith("\u2265 $F_{p} - c x$")
    assert cell_html(stated).count("<wbr>") == cell_html(stated).count("<math") - 1 > 3


def test_bars_do_not_end_cells_of_pipe_tables() -> None:
    assert "|" not in cell_markdown(sympy.Abs(sympy.Symbol("a"))).replace(r"\|", "")


def test_relations_in_data_are_read_back() -> None:
    for relation in (">", "<", ">=", "<=", "!="):
        (stated,) = parse_condition(cell_text(sympy.Rel(SUM, LONG, relation)))
        assert (stated.left, stated.relation, stated.right) == (SUM, relation, LONG)
    assert cell_text(sympy.Eq(SUM, 0, evaluate=False)) == f"{cell_text(SUM)} = 0"


def test_numbers_in_data_are_exact_or_as_they_are() -> None:
    assert cell_text(sympy.Rational(1, 3)) == "1/3"
    assert cell_text(sympy.Float("0.25", 6)) == "0.250000"


@pytest.mark.parametrize("cell", ["cost of supervision", SUM, LONG, (SUM, " b")])
def test_widths_are_consistent(cell: object) -> None:
    whole = cell_width(cell)
    assert 0 < longest_piece(cell) <= whole
    assert cell_width(Lines((cell, cell), "or")) > whole
    assert cell_height(cell, whole + 0.1) < cell_height(cell, whole / 3)
