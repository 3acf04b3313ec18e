"""Cells of tables: text and exact expressions, written as LaTeX, Markdown, HTML and plain text, and their widths."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from html import escape
from typing import Any

import sympy

from coopgame.expressions import format_expression
from coopgame.report.formulas import RELATION_SIGNS, formula_latex, formula_mathml, sum_latex, sum_mathml
from coopgame.report.measure import latex_width, math_width
from coopgame.report.pieces import Piece, pieces_of
from coopgame.report.tables import latex_plain

# a cell: text, an expression, Short, Lines, or several of them one after the other in a tuple
Cell = Any
_PIECE = 4.0  # cm between places where a browser may break a formula
_LINE = 0.45  # cm from line to line
_WORDS = re.compile(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+")
_MARKDOWN = re.compile(r"([\\`*_\[\]<$|~^@])")


@dataclass(frozen=True)
class Short:
    """An expression with long parts named, or a number rounded, for print; data files have it in full."""

    full: sympy.Basic
    shown: sympy.Basic


@dataclass(frozen=True)
class Lines:
    """Cells that stand below each other in one cell, such as the parts of a condition; joint: what is between two."""

    cells: tuple[Cell, ...]
    joint: str = ","


def cell_latex(cell: Cell) -> str:
    """Return a cell as LaTeX."""
    if isinstance(cell, Lines):
        return rf"{_spaced(cell.joint, '~')}\newline ".join(cell_latex(part) for part in cell.cells)
    if isinstance(cell, tuple):
        return "".join(cell_latex(part) for part in cell)
    if isinstance(cell, str):
        return latex_plain(cell)
    return f"${formula_latex(_shown(cell))}$"


def cell_markdown(cell: Cell, room: float = 25.0) -> str:
    """Return a cell as Markdown with mathematics between dollar signs; what needs more than `room` cm in pieces."""
    if isinstance(cell, Lines):
        return f"{_spaced(cell.joint)} ".join(cell_markdown(part, room) for part in cell.cells)
    if isinstance(cell, tuple):
        return "".join(cell_markdown(part, room) for part in cell)
    if isinstance(cell, str):
        return _MARKDOWN.sub(r"\\\1", cell)
    expression = _shown(cell)
    if math_width(formula_latex(expression)) <= room:
        return f"${formula_latex(expression)}$".replace("|", r"\vert ")
    return " ".join(_piece_markdown(piece) for piece in pieces_of(expression, room)).replace("|", r"\vert ")


def _piece_markdown(piece: Piece) -> str:
    """Return a piece as Markdown; its relation as text, for programs that want something on both sides in a formula."""
    before, terms = piece
    relation = before and rf"{RELATION_SIGNS.get(before, before)} ".replace("<", r"\<")
    return f"{relation or ''}${sum_latex(terms, first=before is not None)}$"


def _piece_latex(piece: Piece) -> str:
    before, terms = piece
    return f"{before or ''} {sum_latex(terms, first=before is not None)}".strip()


def cell_html(cell: Cell) -> str:
    """Return a cell as HTML with MathML, long formulas in pieces between which browsers break lines."""
    if isinstance(cell, Lines):
        return f"{_spaced(escape(cell.joint))}<br>".join(cell_html(part) for part in cell.cells)
    if isinstance(cell, tuple):
        return "".join(cell_html(part) for part in cell)
    if isinstance(cell, str):
        return escape(cell)
    expression = _shown(cell)
    if not isinstance(expression, sympy.Add | sympy.core.relational.Relational):
        return formula_mathml(expression)
    return "<wbr>".join(sum_mathml(terms, before) for before, terms in pieces_of(expression, _PIECE))


def cell_text(cell: Cell) -> str:
    """Return a cell as plain text, expressions in full."""
    if isinstance(cell, Lines):
        return f"{_spaced(cell.joint)} ".join(cell_text(part) for part in cell.cells)
    if isinstance(cell, tuple):
        return "".join(cell_text(part) for part in cell)
    if isinstance(cell, str):
        return cell
    expression = cell.full if isinstance(cell, Short) else cell
    if isinstance(expression, sympy.core.relational.Relational):
        relation = "=" if expression.rel_op == "==" else expression.rel_op
        return f"{cell_text(expression.lhs)} {relation} {cell_text(expression.rhs)}"
    plain = isinstance(expression, sympy.Expr) and not expression.has(sympy.I, sympy.Float)
    return format_expression(expression) if plain else str(expression)


def cell_width(cell: Cell) -> float:
    """Return about how many centimetres a cell needs when nothing in it is broken, but for the lines of Lines."""
    if isinstance(cell, Lines):
        return max(cell_width(part) for part in cell.cells) + latex_width(f" {cell.joint}")
    if isinstance(cell, tuple):
        return sum(cell_width(part) for part in cell)
    return latex_width(cell_latex(cell))


def longest_piece(cell: Cell) -> float:
    """Return about how many centimetres the longest part of a cell needs that cannot be broken."""
    if isinstance(cell, Lines):
        return max(longest_piece(part) for part in cell.cells)
    if isinstance(cell, tuple):
        return max(longest_piece(part) for part in cell)
    if isinstance(cell, str):
        return max((latex_width(latex_plain(word)) for word in _WORDS.findall(cell)), default=0.0)
    return max(math_width(_piece_latex(piece)) for piece in pieces_of(_shown(cell), 0.0))


def cell_height(cell: Cell, room: float) -> float:
    """Return about how many centimetres of height a cell takes in a column of `room` cm."""
    lines = cell.cells if isinstance(cell, Lines) else (cell,)
    return _LINE * sum(max(1, math.ceil(cell_width(line) / room)) for line in lines)


def _shown(cell: Short | sympy.Basic) -> sympy.Basic:
    return cell.shown if isinstance(cell, Short) else cell


def _spaced(joint: str, space: str = " ") -> str:
    """A word is set off by a space; a comma is not."""
    return f"{space}{joint}" if joint.isalpha() else joint
