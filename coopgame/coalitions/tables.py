"""Tables of one row for each player, as text, HTML and data frame."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas

Entry = str | Fraction | None


@dataclass(frozen=True)
class Table:
    """A caption, heads, and rows whose first entry is a name; None stands for what is not defined."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]

    def cells(self) -> list[tuple[str, ...]]:
        """Return the rows as text."""
        return [tuple(entry_text(entry) for entry in row) for row in self.rows]

    def text(self) -> str:
        """Return the table as aligned text."""
        lines = [self.heads, *self.cells()]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.heads))]
        shown = ["  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines]
        return "\n".join([self.caption, *shown])

    def html(self) -> str:
        """Return the table as HTML."""
        heads = "".join(f"<th>{escape(head)}</th>" for head in self.heads)
        rows = "".join(
            f"<tr><th>{escape(name)}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
            for name, *cells in self.cells()
        )
        return f"<table><caption>{escape(self.caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the table with one row for each name, numbers as floats."""
        import pandas

        columns = {head: [_near(row[i]) for row in self.rows] for i, head in enumerate(self.heads) if i}
        return pandas.DataFrame(columns, index=pandas.Index([row[0] for row in self.rows], name=self.heads[0]))


class Tabled:
    """What is shown as a table, which a subclass makes."""

    def table(self) -> Table:
        """Return the table."""
        raise AssertionError(f"{type(self).__name__} must make its table")

    def to_dataframe(self) -> pandas.DataFrame:
        """Return the table with one row for each player, numbers as floats."""
        return self.table().to_dataframe()

    def __str__(self) -> str:
        return self.table().text()

    def _repr_html_(self) -> str:
        return self.table().html()


def _near(entry: Entry) -> float:
    if entry is None or isinstance(entry, str):
        return math.nan
    try:
        return float(entry)
    except OverflowError:
        return math.inf if entry > 0 else -math.inf


def entry_text(entry: Entry) -> str:
    """Return an entry as text; a dash for what is not defined."""
    return "-" if entry is None else entry if isinstance(entry, str) else number_text(entry)


def number_text(value: Fraction) -> str:
    """Return a number as people read it: a short fraction exactly, else six digits."""
    if value.denominator <= 1000:
        return str(value)
    return f"{float(value):.6g}" if abs(value) < 10**300 else str(value)
