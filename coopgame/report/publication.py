"""An analysis as tables and equations for a paper: LaTeX, Markdown, HTML, CSV and Word, in English and Chinese."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from coopgame.errors import MissingExtraError, UnsupportedError
from coopgame.report.abbreviations import Abbreviations
from coopgame.report.cells import cell_markdown
from coopgame.report.publication_tables import abbreviation_table, sections_of
from coopgame.report.sections import PaperTable, Section
from coopgame.report.tables import latex_plain
from coopgame.report.terms import Language

if TYPE_CHECKING:
    from coopgame.analysis.analyse import Analysis
    from coopgame.analysis.points import RestPoint

_PREAMBLE = r"""\documentclass[10pt]{%s}
\usepackage{iftex}
\ifPDFTeX\usepackage[T1]{fontenc}\else\usepackage{fontspec}\fi
\usepackage[fleqn]{amsmath}
\usepackage{amssymb,booktabs,longtable,array}
\usepackage[a4paper,landscape,margin=18mm]{geometry}
\setlength{\parindent}{0pt}
\setlength{\mathindent}{1em}
\AtBeginDocument{\setlength{\abovedisplayskip}{0pt}}
\allowdisplaybreaks
\pagestyle{plain}
%% a heading does not stand alone at the foot of a page
\newcommand{\atleast}[1]{\par\ifdim\dimexpr\pagegoal-\pagetotal\relax<#1\relax\newpage\fi}
\begin{document}
"""
_CHINESE = re.compile(r"[\u2e80-\ufeff]")
_STYLE = """
body { max-width: 75rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.45;
  font-family: Georgia, "Times New Roman", "Noto Serif CJK SC", "Songti SC", SimSun, serif; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .3rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid #ccc; }
thead th { border-top: 2px solid #333; border-bottom: 1px solid #333; }
caption { text-align: left; font-weight: bold; padding: .4rem 0; }
th { white-space: nowrap; }
td { word-break: keep-all; }
.wide { overflow-x: auto; }
.equation { padding-left: 4rem; text-indent: -2rem; margin: .5rem 0; }
.equation math { math-style: normal; }
"""


@dataclass(frozen=True, eq=False)
class Publication:
    """Tables and equations of an analysis, ready to be written in several formats.

    sections: headings with tables and equations; cells hold text and exact expressions, so that every format
    writes mathematics in its own way. abbreviations: the names of long formulas, in full.
    """

    title: str
    sections: tuple[Section, ...]
    language: Language
    abbreviations: PaperTable = field(repr=False)

    @property
    def tables(self) -> tuple[PaperTable, ...]:
        """All tables, in order."""
        return tuple(part for section in self.sections for part in section.parts if isinstance(part, PaperTable))

    def latex(self) -> str:
        """Return a complete LaTeX document; Chinese needs XeLaTeX and the package ctex."""
        lines = [rf"\section*{{{latex_plain(self.title)}}}"]
        for section in self.sections:
            lines.append(rf"\atleast{{{_beginning(section):.1f}cm}}\subsection*{{{latex_plain(section.heading)}}}")
            lines += [part.latex() for part in section.parts]
        body = "\n".join([*lines, r"\end{document}"]) + "\n"
        preamble = _PREAMBLE % ("ctexart" if self.language == "zh" else "article")
        if self.language != "zh" and _CHINESE.search(body):
            preamble = preamble.replace(
                r"\begin{document}", r"\usepackage[scheme=plain]{ctex}" "\n" r"\begin{document}"
            )
        return preamble + body

    def markdown(self) -> str:
        """Return Markdown with mathematics between dollar signs."""
        lines = [f"# {cell_markdown(self.title)}", ""]
        for section in self.sections:
            lines += [f"## {section.heading}", ""]
            lines += [part.markdown() + "\n" for part in section.parts]
        return "\n".join(lines)

    def html(self) -> str:
        """Return one self-contained page; mathematics is MathML, which browsers show without help."""
        body = [f"<h1>{escape(self.title)}</h1>"]
        for section in self.sections:
            body.append(f"<h2>{escape(section.heading)}</h2>")
            body += [part.html() for part in section.parts]
        lang = "zh-Hans" if self.language == "zh" else "en"
        head = f'<meta charset="utf-8"><title>{escape(self.title)}</title><style>{_STYLE}</style>'
        return (
            f'<!doctype html>\n<html lang="{lang}"><head>{head}</head>\n<body>\n'
            + "\n".join(body)
            + "\n</body></html>\n"
        )

    def _repr_html_(self) -> str:
        return "\n".join(part.html() for section in self.sections for part in section.parts)

    def write(self, folder: str | Path, *, word: bool = False) -> list[Path]:
        """Write tables.tex, tables.md, tables.html and one CSV file for each table, and return the files.

        CSV files begin with a byte order mark, so that Excel reads Chinese. word: tables.docx as well.
        """
        if word:
            load_pandoc()
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        written = []
        for name, text in (
            ("tables.tex", self.latex()),
            ("tables.md", self.markdown()),
            ("tables.html", self.html()),
        ):
            (target / name).write_text(text, encoding="utf-8", newline="\n")
            written.append(target / name)
        for table in (*self.tables, *((self.abbreviations,) if self.abbreviations.rows else ())):
            path = target / f"{table.name}.csv"
            path.write_text(table.csv(), encoding="utf-8-sig", newline="\n")
            written.append(path)
        if word:
            written.append(self.write_word(target / "tables.docx"))
        return written

    def write_word(self, path: str | Path) -> Path:
        """Write a Word document with real equations, by pandoc, and return its path.

        pandoc is a program under the GPL, run as a program of its own; the extra `word` installs it. Raises MissingExtraError when it
        is absent.
        """
        pandoc = load_pandoc()
        target = Path(path)
        pandoc.convert_text(
            self.markdown(),
            "docx",
            format="markdown+tex_math_dollars+pipe_tables",
            outputfile=str(target),
        )
        _in_landscape(target)
        return target


def _beginning(section: Section) -> float:
    """Return how many centimetres a heading needs with what must not be parted from it."""
    first = section.parts[0] if section.parts else None
    return 2.0 + (first.beginning() if isinstance(first, PaperTable) else 1.0)


def load_pandoc() -> ModuleType:
    """Return the module that runs pandoc; MissingExtraError when it or pandoc is absent."""
    try:
        import pypandoc

        pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        raise MissingExtraError("a Word document", "word") from None
    return cast("ModuleType", pypandoc)


def publication(
    analysis: Analysis,
    *,
    language: Language = "en",
    order: Callable[[RestPoint], Any] | Sequence[str] | None = None,
) -> Publication:
    """Return the tables and equations of an analysis for a paper.

    Parameters with meaning and source, payoffs, the derivation of the replicator equations, the Jacobian, rest points with eigenvalues, stability
    conditions, regimes. language: `zh` uses the field's Chinese terms and the Chinese names of the game file. order: labels of rest
    points in the wanted order, or a key to sort them by.

    Raises UnsupportedError when `order` names a label that there is not.
    """
    points = list(analysis.rest_points)
    if callable(order):
        points.sort(key=order)
    elif order is not None:
        labels = {point.label: point for point in points}
        unknown = [label for label in order if label not in labels]
        if unknown:
            raise UnsupportedError(f"no rest point {unknown[0]!r}; there are {', '.join(labels)}")
        points = [labels[label] for label in order] + [p for p in points if p.label not in set(order)]
    game = analysis.game
    title = (game.zh if language == "zh" and game.zh else game.name) or "Game"
    names = Abbreviations((*game.ring.names, *game.coordinates))
    sections = tuple(sections_of(analysis, points, names, language))
    return Publication(title, sections, language, abbreviation_table(names))


def _in_landscape(path: Path) -> None:
    """Turn the pages of a Word document, put equations to the left, keep rows whole, and give the files inside one date.

    The same tables give the same bytes.
    """
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in sorted(archive.namelist())}
    page = b'<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/><w:pgMar w:top="1000" w:right="1000" w:bottom="1000" w:left="1000" w:header="500" w:footer="500" w:gutter="0"/>'
    body = files["word/document.xml"]
    body = re.sub(rb"<w:sectPr\s*/>", b"<w:sectPr></w:sectPr>", body)
    body = re.sub(rb"<w:pg(Sz|Mar)[^>]*/>", b"", body)
    body = re.sub(rb'<m:jc m:val="center"\s*/>', b'<m:jc m:val="left"/>', body)
    body = body.replace(b"<w:tr><w:tc>", b"<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc>")
    files["word/document.xml"] = body.replace(b"</w:sectPr>", page + b"</w:sectPr>")
    files["docProps/core.xml"] = re.sub(
        rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"1980-01-01T00:00:00Z", files["docProps/core.xml"]
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
