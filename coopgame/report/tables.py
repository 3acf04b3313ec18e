"""Tables as CSV, LaTeX (booktabs), Markdown and HTML, and the tables of an analysis."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from coopgame.analysis.points import readable
from coopgame.errors import CoopgameError

if TYPE_CHECKING:
    from coopgame.analysis.points import RestPoints, readable
    from coopgame.analysis.regimes import Regimes
    from coopgame.analysis.trajectories import Trajectory

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "\u2264": r"$\leq$",
    "\u2265": r"$\geq$",
}


@dataclass(frozen=True)
class Table:
    """A rectangular table of text: column heads, rows, and a caption.

    Numbers in rows are written with up to 6 significant digits; None is an empty cell; a cell `$...$` stays
    mathematics in LaTeX, and `...` in backticks is shown as code where the format can.

    >>> Table(("regime", "share"), (("R1", 0.25),)).to_csv()
    'regime,share\\nR1,0.25\\n'
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(map(str, self.columns)))
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns):
                raise TableError(
                    f"row {number} has {len(row)} cells but the table has {len(self.columns)} columns "
                    f"({', '.join(self.columns)}); give one cell per column"
                )

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, Any]], caption: str = "") -> Table:
        """Return the table with one row per record; columns in order of appearance, absent cells empty."""
        rows = list(records)
        columns = tuple(dict.fromkeys(name for row in rows for name in row))
        return cls(columns, tuple(tuple(row.get(name) for name in columns) for row in rows), caption)

    def texts(self) -> tuple[tuple[str, ...], ...]:
        """Return the rows as text."""
        return tuple(tuple(cell_text(cell) for cell in row) for row in self.rows)

    def to_csv(self) -> str:
        """Return the table as CSV with a header line; backticks are dropped."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([_plain(name) for name in self.columns])
        writer.writerows([_plain(cell) for cell in row] for row in self.texts())
        return stream.getvalue()

    def to_latex(self, label: str = "") -> str:
        """Return a LaTeX `table` with booktabs rules; load the packages booktabs and tabularx."""
        head = " & ".join(latex_escape(name) for name in self.columns)
        body = [" & ".join(latex_escape(cell) for cell in row) + r" \\" for row in self.texts()]
        lines = [r"\begin{table}[htbp]", r"\centering"]
        lines += [rf"\caption{{{latex_escape(self.caption)}}}"] if self.caption else []
        lines += [rf"\label{{{label}}}"] if label else []
        spec = "l" + "X" * (len(self.columns) - 1)
        lines += [rf"\begin{{tabularx}}{{\textwidth}}{{{spec}}}", r"\toprule", head + r" \\", r"\midrule"]
        lines += [*body, r"\bottomrule", r"\end{tabularx}", r"\end{table}"]
        return "\n".join(lines) + "\n"

    def to_markdown(self) -> str:
        """Return the table in the pipe syntax of Markdown."""
        rows = [self.columns, ("---",) * len(self.columns), *self.texts()]
        return "\n".join("| " + " | ".join(map(_markdown_cell, row)) + " |" for row in rows) + "\n"

    def to_html(self) -> str:
        """Return the table as HTML; all text is escaped."""
        head = "".join(f"<th>{inline_html(name)}</th>" for name in self.columns)
        body = "\n".join(
            "<tr>" + "".join(f"<td>{inline_html(cell)}</td>" for cell in row) + "</tr>" for row in self.texts()
        )
        return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"


class TableError(CoopgameError, ValueError):
    """A table is not rectangular."""


def cell_text(cell: Any) -> str:
    """Return a cell as text: floats with up to 6 significant digits, None as nothing, on one line."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell + 0.0:.6g}"
    return " ".join(str(cell).split())


def latex_escape(text: str) -> str:
    """Return text as LaTeX: special characters escaped, `$...$` kept, backticks as typewriter type."""
    parts = re.split(r"(\$[^$]+\$|`[^`]+`)", text)
    return "".join(_latex_part(part) for part in parts)


def _latex_part(part: str) -> str:
    if len(part) > 2 and part[0] == part[-1] == "$":
        return part
    if len(part) > 2 and part[0] == part[-1] == "`":
        return rf"\texttt{{{latex_plain(part[1:-1])}}}"
    return latex_plain(part)


def latex_plain(text: str) -> str:
    """Return text as LaTeX with every special character escaped."""
    return "".join(_LATEX.get(character, character) for character in text)


def inline_html(text: str) -> str:
    """Return text as HTML: escaped, with `code` and **strong** marked up."""
    parts = re.split(r"(`[^`]+`|\*\*[^*]+\*\*)", text)
    return "".join(_html_part(part) for part in parts)


def _html_part(part: str) -> str:
    if len(part) > 2 and part[0] == part[-1] == "`":
        return f"<code>{escape(part[1:-1])}</code>"
    if len(part) > 4 and part.startswith("**") and part.endswith("**"):
        return f"<strong>{escape(part[2:-2])}</strong>"
    return escape(part)


def inline_markdown(text: str) -> str:
    """Return text as Markdown: `code` and **strong** kept, other stars and angle brackets escaped."""
    parts = re.split(r"(`[^`]+`|\*\*[^*]+\*\*|\$[^$]+\$)", text)
    return "".join(
        part if i % 2 else re.sub(r"([*\\]|<(?=[A-Za-z/!?]))", r"\\\1", part) for i, part in enumerate(parts)
    )


def _markdown_cell(text: str) -> str:
    return inline_markdown(text).replace("|", r"\|")


def _plain(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"\1", text)


def rest_point_table(points: RestPoints) -> Table:
    """Return the rest points as a table: state, existence, eigenvalues, type, stability condition."""
    heads = (
        "label",
        "kind",
        "state",
        "exists if",
        "eigenvalues",
        "type",
        "nearby states",
        "stable if",
        "known",
    )
    rows = []
    for point in points:
        eigenvalues = "; ".join(map(readable, point.eigenvalues))
        rows.append(
            (
                point.label,
                point.kind,
                point.place(),
                point.exists.text(),
                eigenvalues,
                str(point.stability),
                point.attracting,
                point.stable_if.text(),
                point.known,
            )
        )
    return Table(heads, tuple(rows), "Rest points")


def regime_table(regimes: Regimes) -> Table:
    """Return the regimes as a table: stable rest points, condition, witness, status and how it is known."""
    rows = [
        (
            regime.name,
            ", ".join(regime.stable) or "none",
            ", ".join(f"{name} {sign} 0" for name, sign in regime.side),
            regime.condition.text(),
            ", ".join(f"{name} = {value}" for name, value in (regime.witness or {}).items()),
            regime.status,
            regime.proof.known,
        )
        for regime in (*regimes.regimes, *regimes.undecided, *regimes.empty)
    ]
    heads = ("regime", "stable", "split", "condition", "witness", "status", "known")
    kept = [i for i, head in enumerate(heads) if head != "split" or any(row[i] for row in rows)]
    return Table(tuple(heads[i] for i in kept), tuple(tuple(row[i] for i in kept) for row in rows), "Regimes")


def hypersurface_table(regimes: Regimes) -> Table:
    """Return the hypersurfaces between the regimes as a table: equation, kind, what happens, and which regimes meet."""
    rows = [
        (surface.text, ", ".join(map(str, surface.kinds)), surface.happens, surface.pairs)
        for surface in regimes.hypersurfaces
    ]
    return Table(("equation", "kind", "what happens", "between"), tuple(rows), "Hypersurfaces between the regimes")


def trajectory_csv(trajectory: Trajectory, every: int = 1) -> str:
    """Return every n-th point of a trajectory as CSV: `time` and one column per coordinate, 12 digits."""
    names = trajectory.game.coordinates
    columns = [series[::every] for series in (trajectory.times, *map(trajectory.coordinate, names))]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["time", *names])
    writer.writerows([f"{number:.12g}" for number in row] for row in zip(*columns, strict=True))
    return stream.getvalue()
