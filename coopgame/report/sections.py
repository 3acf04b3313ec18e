"""What a publication consists of: tables, equations and notes, written as LaTeX, Markdown, HTML and CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import sympy

from coopgame.report.cells import (
    Cell,
    cell_height,
    cell_html,
    cell_latex,
    cell_markdown,
    cell_text,
    cell_width,
    longest_piece,
)
from coopgame.report.formulas import formula_latex, formula_mathml, sum_latex, sum_mathml
from coopgame.report.measure import math_width
from coopgame.report.pieces import Piece, lines_of
from coopgame.report.tables import latex_plain

TEXT_WIDTH = 25.8  # cm of a landscape page of A4 with margins of 18 mm, less a little
_INDENT = 2.0  # cm: of equations, of their further lines, and of the relation
_GAP = 0.43  # cm between columns
_WORD = 1.3  # times wider are formulas and text in documents of Word
_PIECE = 4.0  # cm between places where a browser may break a formula
_SIZES = (("", 1.0), (r"\small", 0.9), (r"\footnotesize", 0.8), (r"\scriptsize", 0.7))


@dataclass(frozen=True)
class PaperTable:
    """A table of a paper: a plain file name, a caption, heads and rows of cells. Columns get the width they need."""

    name: str
    caption: str
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def widths(self, room: float = TEXT_WIDTH) -> list[float]:
        """Return widths of the columns in cm: what each needs on one line, cut at a level at which all fit into the room.

        No column is narrower than its longest part that cannot be broken, so the sum may exceed the room.
        """
        columns = list(zip(self.heads, *self.rows, strict=True))
        least = [max(map(longest_piece, column)) + 0.1 for column in columns]
        wanted = [max(low, *map(cell_width, column)) + 0.1 for low, column in zip(least, columns, strict=True)]
        level = _level(least, wanted, room - _GAP * len(columns))
        return [min(high, max(low, level)) for low, high in zip(least, wanted, strict=True)]

    def latex(self) -> str:
        """Return a longtable with booktabs rules, which may break over pages; in smaller type when it is wide."""
        size, scale = next(
            ((size, s) for size, s in _SIZES if s * sum(self.widths(0.0)) + _GAP * len(self.heads) <= TEXT_WIDTH),
            _SIZES[-1],
        )
        widths = [scale * width for width in self.widths(TEXT_WIDTH / scale)]
        spec = "".join(rf">{{\raggedright\arraybackslash}}p{{{w:.2f}cm}}" for w in widths)
        head = " & ".join(cell_latex(h) for h in self.heads) + r" \\"
        whole = sum(widths) + _GAP * (len(widths) - 1)
        wide = max(whole, min(1.15 * cell_width(self.caption), TEXT_WIDTH))  # bold type is wider
        lines = [
            rf"{{{size}\begin{{longtable}}[l]{{@{{}}{spec}@{{}}}}",
            rf"\multicolumn{{{len(widths)}}}{{@{{}}p{{{wide:.2f}cm}}@{{}}}}{{\textbf{{{latex_plain(self.caption)}}}}}\\",
            *(r"\toprule", head, r"\midrule", r"\endfirsthead"),
            *(r"\toprule", head, r"\midrule", r"\endhead"),
            *(r"\bottomrule", r"\endfoot"),
            *(" & ".join(cell_latex(c) for c in row) + r" \\ \addlinespace[2pt]" for row in self.rows),
        ]
        return "\n".join([*lines, r"\end{longtable}}"])

    def _is_wide(self) -> bool:
        """Return whether some column has to break its lines for the table to fit on a page."""
        return sum(self.widths(math.inf)) + _GAP * len(self.heads) > TEXT_WIDTH

    def beginning(self) -> float:
        """Return about how many centimetres caption, heads and first row take; they cannot be parted."""
        rows = (self.heads, *self.rows[:1])
        widths = self.widths()
        return 1.5 + sum(max(map(cell_height, row, widths)) for row in rows)

    def markdown(self) -> str:
        """Return a pipe table; the dashes carry the relative widths."""
        widths = [width + _GAP for width in self.widths(TEXT_WIDTH / _WORD)]
        dashes = [("-" * max(3, round(60 * w / sum(widths)))) for w in widths]
        rows = [
            [cell_markdown(c, w) for c, w in zip(self.heads, widths, strict=True)],
            dashes,
            *([cell_markdown(c, w) for c, w in zip(row, widths, strict=True)] for row in self.rows),
        ]
        return "\n".join("| " + " | ".join(row) + " |" for row in rows) + f"\n\n: {cell_markdown(self.caption)}\n"

    def html(self) -> str:
        """Return an HTML table."""
        head = "".join(f"<th>{cell_html(c)}</th>" for c in self.heads)
        body = "\n".join("<tr>" + "".join(f"<td>{cell_html(c)}</td>" for c in row) + "</tr>" for row in self.rows)
        caption = f"<caption>{escape(self.caption)}</caption>"
        widths = self.widths()
        columns = "".join(f'<col style="width: {w / sum(widths):.0%}">' for w in widths) if self._is_wide() else ""
        table = f"<table>{caption}{columns}<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"
        return f'<div class="wide">{table}</div>'

    def csv(self) -> str:
        """Return the table as CSV, with every expression in full."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([cell_text(c) for c in self.heads])
        writer.writerows([cell_text(c) for c in row] for row in self.rows)
        return stream.getvalue()


def _level(least: Sequence[float], wanted: Sequence[float], room: float) -> float:
    """Return the greatest width at which columns may be cut for their sum to stay within the room, by bisection."""
    low, high = 0.0, max(wanted)
    for _ in range(30):
        middle = (low + high) / 2
        fits = sum(min(w, max(n, middle)) for n, w in zip(least, wanted, strict=True)) <= room
        low, high = (middle, high) if fits else (low, middle)
    return high if sum(wanted) <= room else low


@dataclass(frozen=True)
class Equation:
    """A left side and what it is equal to, one after the other; text says it in words. both_signs: plus and minus."""

    left: sympy.Expr
    right: tuple[sympy.Expr, ...] = ()
    label: str = ""
    both_signs: bool = False
    words: str = ""

    def left_latex(self) -> str:
        """Return the left side as LaTeX, after its label."""
        mark = rf"\text{{{latex_plain(self.label)}:}}\ \ " if self.label else ""
        return mark + formula_latex(self.left)

    def pieces(self, room: float) -> list[Piece]:
        """Return the right sides in lines of at most `room` cm: what stands before each, and its terms."""
        return [
            (None if i else "=", terms)
            for expression in self.right
            for i, terms in enumerate(lines_of(expression, room))
        ]


@dataclass(frozen=True)
class Equations:
    """Displayed equations, one below the other; long sums are broken into lines."""

    lines: tuple[Equation, ...]

    def latex(self) -> str:
        """Return one display that may break over pages, aligned at the equal signs."""
        left = max((math_width(line.left_latex()) for line in self.lines), default=0.0)
        rows = [row for line in self.lines for row in _rows(line, TEXT_WIDTH - _INDENT - left)]
        return "\n".join([r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"]) if rows else ""

    def markdown(self) -> str:
        """Return displayed mathematics between double dollar signs, one display for each line.

        Not one aligned display for all, and no line that begins with an equal sign: programs that read Word documents
        do not agree on how to show these.
        """
        return "\n\n".join(f"$${row}$$" for line in self.lines for row in _displays(line))

    def html(self) -> str:
        """Return the equations as MathML, one paragraph each, in pieces between which browsers break lines."""
        return "\n".join(f'<p class="equation">{_html_line(line)}</p>' for line in self.lines)


def _displays(line: Equation) -> list[str]:
    """Return an equation as LaTeX in lines that stand alone; each right side comes after the left side."""
    left = line.left_latex()
    if line.words:
        return [rf"{left} : \text{{{latex_plain(line.words)}}}"]
    signs = r"=\pm" if line.both_signs else "="
    return [
        f"{left} {signs} {sum_latex(terms, first=True)}" if before else rf"\qquad {sum_latex(terms, first=False)}"
        for before, terms in line.pieces(TEXT_WIDTH / _WORD - _INDENT - math_width(left))
    ]


def _rows(line: Equation, room: float) -> list[str]:
    """Return an equation as LaTeX in rows that are aligned at the equal sign."""
    if line.words:
        return [rf"{line.left_latex()} &: \text{{{latex_plain(line.words)}}}"]
    signs = r"=\pm" if line.both_signs else "="
    rows = [
        rf"&{signs} {sum_latex(terms, first=True)}" if before else rf"&\qquad {sum_latex(terms, first=False)}"
        for before, terms in line.pieces(room)
    ]
    return [f"{line.left_latex()} {rows[0]}", *rows[1:]]


def _html_line(line: Equation) -> str:
    left = f"{escape(line.label)}: " if line.label else ""
    left += formula_mathml(line.left)
    if line.words:
        return f"{left}: {escape(line.words)}"
    signs = "=\u00b1" if line.both_signs else "="
    pieces = [sum_mathml(terms, before and signs) for before, terms in line.pieces(_PIECE)]
    return "<wbr>".join([left, *pieces])


@dataclass(frozen=True)
class Note:
    """A short paragraph of text and formulas."""

    cells: tuple[Cell, ...]

    def latex(self) -> str:
        """Return the paragraph as LaTeX."""
        return rf"{{\raggedright {cell_latex(self.cells)}\par}}"

    def markdown(self) -> str:
        """Return the paragraph as Markdown."""
        return cell_markdown(self.cells) + "\n"

    def html(self) -> str:
        """Return the paragraph as HTML."""
        return f"<p>{cell_html(self.cells)}</p>"


Part = PaperTable | Equations | Note


@dataclass(frozen=True)
class Section:
    """A heading with tables, equations and notes."""

    heading: str
    parts: tuple[Part, ...]
