"""Tables and equations whose cells hold text and exact expressions, written as LaTeX, Markdown, HTML and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import sympy

from coopgame.expressions import format_expression
from coopgame.report.tables import latex_escape

# a cell: text, an expression, or several of them one after the other
Cell = Any
_TEXT_WIDTH = 25.0  # cm of a landscape page


@dataclass(frozen=True)
class Lines:
    """Cells that stand below each other in one cell, such as the parts of a condition."""

    cells: tuple[Cell, ...]


def cell_latex(cell: Cell) -> str:
    """Return a cell as LaTeX."""
    if isinstance(cell, Lines):
        return r"\newline ".join(cell_latex(part) for part in cell.cells)
    if isinstance(cell, tuple):
        return "".join(cell_latex(part) for part in cell)
    return latex_escape(cell) if isinstance(cell, str) else f"${sympy.latex(cell)}$"


def cell_markdown(cell: Cell) -> str:
    """Return a cell as Markdown with mathematics between dollar signs."""
    if isinstance(cell, Lines):
        return ", ".join(cell_markdown(part) for part in cell.cells)
    if isinstance(cell, tuple):
        return "".join(cell_markdown(part) for part in cell)
    if isinstance(cell, str):
        return cell.replace("|", r"\|").replace("*", r"\*").replace("_", r"\_")
    return f"${sympy.latex(cell)}$".replace("|", r"\vert ")


def cell_html(cell: Cell) -> str:
    """Return a cell as HTML with MathML."""
    if isinstance(cell, Lines):
        return "<br>".join(cell_html(part) for part in cell.cells)
    if isinstance(cell, tuple):
        return "".join(cell_html(part) for part in cell)
    return escape(cell) if isinstance(cell, str) else mathml(cell)


def cell_text(cell: Cell) -> str:
    """Return a cell as plain text."""
    if isinstance(cell, Lines):
        return "; ".join(cell_text(part) for part in cell.cells)
    if isinstance(cell, tuple):
        return "".join(cell_text(part) for part in cell)
    if isinstance(cell, str):
        return cell
    plain = isinstance(cell, sympy.Expr) and not cell.has(sympy.I, sympy.Float)
    return format_expression(cell) if plain else str(cell)


def mathml(expression: sympy.Basic, display: str = "inline") -> str:
    """Return an expression as MathML that browsers show."""
    body = sympy.printing.mathml(expression, printer="presentation")
    body = body.replace("<mo><</mo>", "<mo>&lt;</mo>").replace(
        "<mo>></mo>", "<mo>&gt;</mo>"
    )  # SymPy leaves them bare
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="{display}">{body}</math>'


@dataclass(frozen=True)
class PaperTable:
    """A table of a paper: a plain file name, a caption, heads and rows of cells. widths: relative widths of columns."""

    name: str
    caption: str
    heads: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]

    def latex(self) -> str:
        """Return a longtable with booktabs rules, which may break over pages."""
        room = _TEXT_WIDTH - 0.45 * len(self.heads)
        spec = "".join(
            rf">{{\raggedright\arraybackslash}}p{{{room * w / sum(self.widths):.2f}cm}}" for w in self.widths
        )
        head = " & ".join(cell_latex(h) for h in self.heads) + r" \\"
        lines = [
            rf"\begin{{longtable}}{{{spec}}}",
            rf"\multicolumn{{{len(self.heads)}}}{{l}}{{\textbf{{{latex_escape(self.caption)}}}}}\\",
        ]
        lines += [
            r"\toprule",
            head,
            r"\midrule",
            r"\endfirsthead",
            r"\toprule",
            head,
            r"\midrule",
            r"\endhead",
            r"\bottomrule",
            r"\endfoot",
        ]
        lines += [" & ".join(cell_latex(c) for c in row) + r" \\" for row in self.rows]
        return "\n".join([*lines, r"\end{longtable}"])

    def markdown(self) -> str:
        """Return a pipe table; the dashes carry the relative widths."""
        dashes = [("-" * max(3, round(60 * w / sum(self.widths)))) for w in self.widths]
        rows = [
            [cell_markdown(c) for c in self.heads],
            dashes,
            *([cell_markdown(c) for c in row] for row in self.rows),
        ]
        return "\n".join("| " + " | ".join(row) + " |" for row in rows) + f"\n\n: {self.caption}\n"

    def html(self) -> str:
        """Return an HTML table."""
        head = "".join(f"<th>{cell_html(c)}</th>" for c in self.heads)
        body = "\n".join("<tr>" + "".join(f"<td>{cell_html(c)}</td>" for c in row) + "</tr>" for row in self.rows)
        return f"<table><caption>{escape(self.caption)}</caption><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"

    def csv(self) -> str:
        """Return the table as CSV."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([cell_text(c) for c in self.heads])
        writer.writerows([cell_text(c) for c in row] for row in self.rows)
        return stream.getvalue()


@dataclass(frozen=True)
class Equations:
    """Displayed equations, each a left side in LaTeX and expressions that are equal to it."""

    lines: tuple[tuple[str, tuple[Any, ...]], ...]

    def latex(self) -> str:
        """Return the equations one below the other; long ones are broken."""
        return "\n".join(rf"\[ \begin{{aligned}} {line} \end{{aligned}} \]" for line in self._lines())

    def _lines(self) -> list[str]:
        return [self._line(left, right) for left, right in self.lines]

    @staticmethod
    def _line(left: str, right: Sequence[Any]) -> str:
        shown = [sympy.latex(e) if not isinstance(e, sympy.Add) or len(e.args) < 9 else _broken(e) for e in right]
        return rf"{left} &= " + r" \\ &= ".join(shown)

    def markdown(self) -> str:
        """Return displayed mathematics between double dollar signs, one equality a line: word processors break them."""
        found = []
        for left, right in self.lines:
            found += [f"$${left} = {sympy.latex(expression)}$$" for expression in right]
        return "\n\n".join(found)

    def html(self) -> str:
        """Return the equations as MathML, one paragraph each."""
        found = []
        for left, right in self.lines:
            sides = " = ".join(mathml(e) for e in right)
            found.append(f"<p>{_left_html(left)} = {sides}</p>")
        return "\n".join(found)


def _broken(total: sympy.Add) -> str:
    """Return a long sum in lines of eight terms."""
    terms = total.as_ordered_terms()
    lines = []
    for start in range(0, len(terms), 8):
        text = sympy.latex(sympy.Add(*terms[start : start + 8], evaluate=False), order="none")
        lines.append(text if not start or text.startswith("-") else f"+ {text}")
    return r" \\ &\quad ".join(lines)


def _left_html(left: str) -> str:
    plain = (
        left.replace(r"\frac{d ", "d")
        .replace("}{dt}", "/dt")
        .replace(r"\bar{U}", "Ū")
        .replace(r"\text{", "")
        .replace("}", "")
        .replace("{", "")
    )
    return f"<i>{escape(plain)}</i>"


@dataclass(frozen=True)
class Section:
    """A heading with tables and equations."""

    heading: str
    parts: tuple[PaperTable | Equations, ...]
