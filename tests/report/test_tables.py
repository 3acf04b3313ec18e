"""Tables: rectangular, escaped for each format, deterministic."""

from __future__ import annotations

import csv
import io

import pytest

from coopgame.analysis.analyse import analyse
from coopgame.games.files import parse_game
from coopgame.report.tables import (
    Table,
    TableError,
    inline_html,
    inline_markdown,
    latex_escape,
    regime_table,
    rest_point_table,
)
from tests.report import sample_games as games


def test_cells_as_text() -> None:
    table = Table(("a", "b"), ((1, 0.1234567891), (None, True)))
    assert table.texts() == (("1", "0.123457"), ("", "yes"))
    assert table.to_csv() == "a,b\n1,0.123457\n,yes\n"


def test_csv_reads_back() -> None:
    rows = (('with "quotes", commas', "博弈"), ("x < y & z", "`F > c`"))
    table = Table(("text", "zh"), rows)
    back = list(csv.reader(io.StringIO(table.to_csv())))
    assert back == [["text", "zh"], [*rows[0]], ["x < y & z", "F > c"]]


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(TableError, match="row 2 has 1 cells but the table has 2 columns"):
        Table(("a", "b"), ((1, 2), (3,)))


def test_records_become_rows() -> None:
    table = Table.from_records([{"a": 1}, {"b": 2, "a": 3}])
    assert table.columns == ("a", "b")
    assert table.texts() == (("1", ""), ("3", "2"))


def test_latex_is_escaped() -> None:
    assert latex_escape(r"50% of F_1 & {a}^2 \ #") == (
        r"50\% of F\_1 \& \{a\}\textasciicircum{}2 \textbackslash{} \#"
    )
    assert latex_escape("$x_1 < 2$ and x < 2") == r"$x_1 < 2$ and x \textless{} 2"
    assert latex_escape("`a_b`") == r"\texttt{a\_b}"
    text = Table(("a_1",), (("5%",),), "100% of it").to_latex("tab:t")
    assert r"\caption{100\% of it}" in text and r"\toprule" in text and r"a\_1 \\" in text
    assert text.count(r"\begin") == text.count(r"\end") == 2


def test_html_and_markdown_are_escaped() -> None:
    assert inline_html("<script> & `a < b` **c**") == (
        "&lt;script&gt; &amp; <code>a &lt; b</code> <strong>c</strong>"
    )
    assert inline_markdown("x*(1 - x) <b> `a*b`") == r"x\*(1 - x) \<b> `a*b`"
    assert r"a \| b" in Table(("h",), (("a | b",),)).to_markdown()


def test_tables_of_an_analysis() -> None:
    analysis = analyse(parse_game(games.DILEMMA))
    points = rest_point_table(analysis.rest_points)
    assert len(points.rows) == len(analysis.rest_points)
    assert analysis.regimes is not None
    regimes = regime_table(analysis.regimes)
    assert regimes.columns == ("regime", "stable", "condition", "witness", "status", "known")
    assert regimes.rows[0][2] == "true"
    assert regimes.to_latex() == regime_table(analysis.regimes).to_latex()
