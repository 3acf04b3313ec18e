"""The tables of a paper, compiled by XeLaTeX and converted by LibreOffice: nothing leaves the page, nothing is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from coopgame import analyse, read_game
from coopgame.report.cells import cell_latex
from coopgame.report.formulas import formula_latex
from coopgame.report.measure import latex_width
from coopgame.report.publication import Publication, publication
from coopgame.report.sections import Equations, PaperTable
from coopgame.report.terms import Language

pytestmark = pytest.mark.external
MODEL = Path(__file__).parents[2] / "paper_repro" / "models" / "m4.toml"
WIDEST = 5.0  # points by which a line may leave its box
CENTIMETRE = 72.27 / 2.54  # points
PACKAGES = {
    "xelatex": "texlive-xetex",
    "soffice": "libreoffice-writer-nogui libreoffice-math-nogui",
    "pdftotext": "poppler-utils",
}


def program(name: str) -> str:
    """Return the path of a program; the test is skipped where it is absent."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed: apt-get install {PACKAGES[name]}")
    return path


@pytest.fixture
def chinese_latex() -> None:
    program("xelatex")
    found = subprocess.run(["kpsewhich", "ctex.sty"], capture_output=True, check=False)
    if found.returncode:
        pytest.skip("the LaTeX package ctex is not installed: apt-get install texlive-lang-chinese")


@cache
def paper(language: Language) -> Publication:
    return publication(analyse(read_game(MODEL), symbolic=True), language=language)


def compile_latex(folder: Path, text: str) -> str:
    """Compile a document and return the log."""
    command = [program("xelatex"), "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    (folder / "paper.tex").write_text(text, encoding="utf-8")
    run = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout.decode("utf-8", "replace")[-3000:]
    return (folder / "paper.log").read_text(encoding="utf-8", errors="replace")


def text_of(pdf: Path) -> str:
    """Return the text of a PDF without white space, which is nowhere the same."""
    run = subprocess.run([program("pdftotext"), "-enc", "UTF-8", str(pdf), "-"], capture_output=True, check=True)
    return re.sub(r"\s", "", run.stdout.decode("utf-8"))


@pytest.mark.usefixtures("chinese_latex")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_latex_compiles_and_nothing_leaves_the_page(language: Language, tmp_path: Path) -> None:
    log = compile_latex(tmp_path, paper(language).latex())
    assert "Missing character" not in log and "undefined" not in log and "Rerun" not in log
    assert [w for w in re.findall(r"Overfull \\[hv]box \(([\d.]+)pt", log) if float(w) > WIDEST] == []
    text = text_of(tmp_path / "paper.pdf")
    headings = [re.sub(r"\s", "", section.heading) for section in paper(language).sections]
    assert [heading for heading in headings if heading not in text] == []
    if language == "zh":
        assert all(word in text for word in ("不支持", "差异化", "价格战", "监管成本", "渐近稳定条件", "取决于参数"))


@pytest.mark.usefixtures("chinese_latex")
def test_estimated_widths_are_those_of_tex(tmp_path: Path) -> None:
    parts = [part for section in paper("zh").sections for part in section.parts]
    cells = [c for part in parts if isinstance(part, PaperTable) for row in part.rows for c in row]
    texts = {cell_latex(cell) for cell in cells if isinstance(cell, str) or not hasattr(cell, "joint")}
    texts |= {
        f"${line.left_latex()} = {formula_latex(e)}$"
        for part in parts
        if isinstance(part, Equations)
        for line in part.lines
        for e in line.right
    }
    body = "\n".join(rf"\setbox0\hbox{{{text}}}\typeout{{width \the\wd0}}" for text in sorted(texts))
    preamble = r"\documentclass[10pt]{ctexart}\usepackage{amsmath}\everymath{\displaystyle}\begin{document}"
    log = compile_latex(tmp_path, f"{preamble}\n{body}\n\\end{{document}}\n")
    measured = [float(width) / CENTIMETRE for width in re.findall(r"^width ([\d.]+)pt", log, re.MULTILINE)]
    assert len(measured) == len(texts) > 150
    wrong = [
        (text, true)
        for text, true in zip(sorted(texts), measured, strict=True)
        if not 0.92 * true - 0.1 < latex_width(text) < 1.15 * true + 0.2
    ]
    assert wrong == []


def test_word_documents_keep_their_chinese_and_their_equations(tmp_path: Path) -> None:
    pytest.importorskip("pypandoc", reason="needs the extra word")
    office = program("soffice")
    source = paper("zh").write_word(tmp_path / "tables.docx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, capture_output=True, check=True)
    text = text_of(tmp_path / "tables.pdf")
    for word in (
        "复制动态方程",
        "雅可比矩阵",
        "均衡点及其特征值",
        "渐近稳定条件",
        "参数区间划分",
        "不支持",
        "价格战",
    ):
        assert word in text
    assert "\u00bf" not in text  # stands for what LibreOffice misses in a formula
