"""Plain tables of numbers that may be too small for a float, as text and as HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from html import escape

_MOST_ROWS = 40


def number_text(log: float) -> str:
    """Return a positive number, given by its natural logarithm, with six digits.

    >>> number_text(math.log(0.25)), number_text(-5000.0)
    ('0.25', '3.36969e-2172')
    """
    if math.isinf(log):
        return "0" if log < 0 else "infinite"
    if -700 < log < 700:
        return f"{math.exp(log):.6g}"
    exponent = math.floor(log / math.log(10))
    digits = math.exp(log - exponent * math.log(10))
    return f"{digits:.6g}e{exponent:+d}"


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return aligned columns, the first to the left, with blanks between."""
    shown = [list(head), *map(list, rows[:_MOST_ROWS])]
    widths = [max(len(row[k]) for row in shown) for k in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if k else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in shown
    ]
    more = len(rows) - _MOST_ROWS
    return "\n".join([*lines, *([f"and {more} more"] if more > 0 else [])])


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """Return a plain table."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[:_MOST_ROWS]
    )
    more = len(rows) - _MOST_ROWS
    note = f"<p>and {more} more</p>" if more > 0 else ""
    title = f"<p>{escape(caption)}</p>" if caption else ""
    return f"{title}<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>{note}"


def number_shown(value: Fraction | float) -> str:
    """Return a short fraction exactly, other numbers with six digits.

    >>> number_shown(Fraction(1, 3)), number_shown(0.25)
    ('1/3', '0.25')
    """
    if isinstance(value, Fraction) and value.denominator <= 1000:
        return str(value)
    return f"{float(value):.6g}"
