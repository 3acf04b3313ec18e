"""Laying out text for a terminal: widths, wrapping at sensible places, labelled lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

NARROWEST = 60


def display_width(text: str) -> int:
    """Return the number of terminal columns of a text; Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, width: int) -> str:
    """Return the text with spaces up to a number of terminal columns."""
    return text + " " * max(0, width - display_width(text))


def heading(text: str) -> list[str]:
    """Return a heading with an empty line above and a rule below."""
    return ["", text, "-" * display_width(text)]


def wrapped(text: str, width: int, lead: str = "", follow: str | None = None, *, terms: bool = False) -> list[str]:
    """Return the text in lines of at most `width` columns.

    lead starts the first line, follow (default: as many spaces) the others. terms: break before `and`, `or` and after
    commas, so that the terms of a condition stay whole where they fit. Longer words stay whole.
    """
    follow = " " * display_width(lead) if follow is None else follow
    lines, line = [], lead
    empty = True
    for piece in _terms(text, max(20, width - display_width(follow))) if terms else text.split():
        if not empty and display_width(line) + 1 + display_width(piece) > width:
            lines.append(line)
            line, empty = follow, True
        line += piece if empty else f" {piece}"
        empty = False
    return [*lines, line.rstrip()]


def _terms(text: str, width: int) -> list[str]:
    """Split a text at its connectives; what is still too long for a line at every space."""
    found = []
    for piece in re.split(r"(?<=[,;])\s+|\s+(?=(?:and|or)\s)", text):
        if display_width(piece) <= width:
            found.append(piece)
        else:
            found += textwrap.wrap(piece, width, break_long_words=False, break_on_hyphens=False)
    return [piece for piece in found if piece]


def labelled(
    rows: Iterable[tuple[str, str]], width: int, indent: int = 4, prose: Sequence[str] = ("note", "status")
) -> list[str]:
    """Return lines `label  text` with the texts aligned; rows without text are left out.

    Texts are broken between their terms, those with a label in `prose` at any space.
    """
    shown = [(label, text) for label, text in rows if text]
    column = max((display_width(label) for label, _ in shown), default=0)
    lines = []
    for label, text in shown:
        lead = " " * indent + padded(label, column) + "  "
        lines += wrapped(text, width, lead, terms=label not in prose)
    return lines


def aligned(rows: Sequence[Sequence[str]], indent: int = 2) -> list[str]:
    """Return the rows with their columns aligned, two spaces apart."""
    if not rows:
        return []
    widths = [max(display_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(padded(cell, w) for cell, w in zip(row, widths, strict=True)) for row in rows)
    return [" " * indent + line.rstrip() for line in lines]
