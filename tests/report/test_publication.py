"""Tables for papers: every format shows the same exact content, in English and Chinese."""

from __future__ import annotations

import csv
import importlib.util
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import sympy

from coopgame import MissingExtraError, UnsupportedError, analyse, parse_expression, read_game
from coopgame.report.publication import publication

ROOT = Path(__file__).parents[2]
INSPECTION = read_game(ROOT / "tests" / "reference" / "games" / "F1-14a.toml")
CLUSTER = read_game(ROOT / "paper_repro" / "models" / "m3.toml")


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
