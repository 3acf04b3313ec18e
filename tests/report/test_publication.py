"""Tables for papers: every format shows the same exact content, in English and Chinese."""

from __future__ import annotations

import csv
import importlib.util
import math
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sympy

from coopgame import MissingExtraError, UnsupportedError, analyse, parse_expression, read_game
from coopgame.report.cells import cell_latex, cell_text
from coopgame.report.publication import publication
from coopgame.report.sections import TEXT_WIDTH, Equations

ROOT = Path(__file__).parents[2]
INSPECTION = read_game(ROOT / "tests" / "reference" / "games" / "F1-14a.toml")
MODELS = ROOT / "paper_repro" / "models"
CLUSTER = read_game(MODELS / "m3.toml")
THREE = read_game(MODELS / "m4.toml")


def test_the_csv_files_hold_the_exact_eigenvalues(tmp_path: Path) -> None:
    analysis = analyse(INSPECTION, symbolic=True)
    publication(analysis).write(tmp_path)
    raw = (tmp_path / "eigenvalues.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert rows[0] == ["rest point", "state", "lambda_1", "lambda_2"]
    for row in rows[1:]:
        point = analysis.rest_points[row[0]]
        assert [sympy.expand(parse_expression(t) - e) for t, e in zip(row[2:], point.eigenvalues, strict=True)] == [
            0,
            0,
        ]


def test_chinese_terms_and_names(tmp_path: Path) -> None:
    paper = publication(analyse(CLUSTER, symbolic=True), language="zh")
    for text in (paper.latex(), paper.markdown(), paper.html()):
        for word in ("复制动态方程", "均衡点", "特征值", "稳定性分析", "渐近稳定条件", "参数", "支付矩阵"):
            assert word in text
        assert all(p.zh in text for p in CLUSTER.parameters if p.zh)
    assert r"\documentclass[10pt]{ctexart}" in paper.latex()
    assert paper.html().startswith('<!doctype html>\n<html lang="zh-Hans">')


def test_mathematics_is_written_by_each_format_in_its_own_way() -> None:
    paper = publication(analyse(INSPECTION, symbolic=True))
    latex = paper.latex()
    assert latex.count(r"\begin{longtable}") == latex.count(r"\end{longtable}") == len(paper.tables)
    assert re.search(r"\\frac\{d x\}\{dt\} &= ", latex) and "J_{12}" in latex
    assert r"\lambda_{\text{1,2}} =\pm \sqrt" in paper.markdown() and "aligned" not in paper.markdown()
    for formula in re.findall(r"<math.*?</math>", paper.html()):
        ElementTree.fromstring(re.sub(r"&[A-Za-z]+;", " ", formula))
    assert "<table>" in paper._repr_html_()


def test_chinese_tables_name_strategies_in_chinese_and_shares_as_mathematics() -> None:
    paper = publication(analyse(THREE, symbolic=True), language="zh")
    rows = next(table for table in paper.tables if table.name == "payoffs").rows
    assert [cell_latex(row[1]) for row in rows][:2] == ["支持 ($x$)", "不支持 ($1 - x$)"]
    assert [row[0] for row in rows][::2] == ["政府", "平台", "中小企业"]
    assert cell_text(rows[1][1]) == "不支持 (1 - x)"
    assert r"\tau_{0} + \tau_{1} < 1" in paper.latex()


def test_rows_of_an_equation_are_its_right_side() -> None:
    """The Jacobian, read back from its rows, is the derivative of the field."""
    paper = publication(analyse(CLUSTER, symbolic=True))
    lines = [line for part in paper.sections[2].parts if isinstance(part, Equations) for line in part.lines]
    found = [line for line in lines if str(line.left).startswith("J_")]
    shares = [sympy.Symbol(name) for name in CLUSTER.coordinates]
    wanted = [sympy.diff(s * (1 - s) * CLUSTER.advantage(p), other) for p, s in enumerate(shares) for other in shares]
    definitions = dict(paper.abbreviations.rows)
    for line, entry in zip(found, wanted, strict=True):
        for room in (2.0, 100.0):
            total = sum(sum(terms) for _, terms in line.pieces(room))
            assert sympy.expand(total.subs(definitions) - entry) == 0


def test_where_a_root_has_no_formula_the_words_are_true() -> None:
    words = {}
    for name in ("m4", "m5"):
        paper = publication(analyse(read_game(MODELS / f"{name}.toml"), symbolic=True))
        stated = [line.words for s in paper.sections for p in s.parts if isinstance(p, Equations) for line in p.lines]
        rows = next(table for table in paper.tables if table.name == "stability").rows
        words[name] = [text for text in stated if text], cell_text(next(r for r in rows if r[0] == "I1")[1])
    assert "exists if" in words["m4"][0][0] and " = " in words["m4"][1]
    assert "no formula" in words["m5"][0][0] and " = " not in words["m5"][1]


def test_wide_tables_take_the_page_and_no_more() -> None:
    paper = publication(analyse(THREE, symbolic=True))
    for table in paper.tables:
        widths = table.widths()
        assert 0 < sum(widths) <= TEXT_WIDTH and all(w > 0 for w in widths)
        assert ("<col " in table.html()) == (sum(table.widths(math.inf)) + 0.43 * len(widths) > TEXT_WIDTH)
    assert sum(sum(t.widths(math.inf)) > TEXT_WIDTH for t in paper.tables) >= 1


def test_the_order_of_rest_points_is_the_readers_choice() -> None:
    analysis = analyse(INSPECTION, symbolic=True)
    given = publication(analysis, order=["E4", "E1"]).tables
    assert [row[0] for row in next(t for t in given if t.name == "stability").rows][:2] == ["E4", "E1"]
    by_key = publication(analysis, order=lambda p: p.label[::-1]).tables
    labels = [row[0] for row in next(t for t in by_key if t.name == "stability").rows]
    assert labels == sorted(labels, key=lambda label: label[::-1])
    with pytest.raises(UnsupportedError, match="no rest point 'E9'; there are E1"):
        publication(analysis, order=["E9"])


def test_numeric_analyses_and_games_without_regimes_work() -> None:
    paper = publication(analyse(INSPECTION))
    assert [table.name for table in paper.tables] == ["payoffs", "eigenvalues", "stability"]
    assert "center" in paper.markdown()


@pytest.mark.skipif(importlib.util.find_spec("pypandoc") is None, reason="needs the extra word")
def test_word_documents_have_real_equations_and_the_same_bytes(tmp_path: Path) -> None:
    paper = publication(analyse(CLUSTER, symbolic=True), language="zh")
    first, second = (paper.write_word(tmp_path / name).read_bytes() for name in ("a.docx", "b.docx"))
    assert first == second
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        body = archive.read("word/document.xml").decode()
    assert body.count("<m:oMath>") > 60 and "复制动态方程" in body and 'w:orient="landscape"' in body


@pytest.mark.skipif(importlib.util.find_spec("pypandoc") is not None, reason="the extra word is installed")
def test_without_the_extra_the_error_names_it(tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match=r"coopgame-egt\[word\]"):
        publication(analyse(INSPECTION)).write_word(tmp_path / "a.docx")
