"""The result of an audit: one cell for each printed claim, with a verdict, ours beside it, and how it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from coopgame.analysis.published import Published
from coopgame.listed import Listed

Verdict = Literal["confirmed", "differs", "impossible", "undecidable"]
AuditKnown = Literal["exact", "certified", "solver", "numerical", ""]
VERDICTS: tuple[Verdict, ...] = ("confirmed", "differs", "impossible", "undecidable")


@dataclass(frozen=True)
class AuditCell:
    """One printed claim and what is true.

    place: the point, case or trajectory it belongs to. what: which claim it is. path: where it stands in the audit file, empty for
    what the publication leaves out. claim: as printed. verdict: confirmed, differs, impossible (for any payoffs), undecidable from
    what is given. ours: what is derived. because: why. known: exact, certified, solver or numerical. reading: the nearest
    correct reading of a misprint.
    """

    place: str
    what: str
    path: str
    claim: str
    verdict: Verdict
    ours: str = ""
    because: str = ""
    known: AuditKnown = "exact"
    reading: str = ""

    def __str__(self) -> str:
        text = f"{self.place}: {self.what}: {self.claim} [{self.verdict}]"
        if self.verdict != "confirmed":
            text += "".join(
                f"; {part}" for part in (self.ours and f"ours: {self.ours}", self.because, self.reading) if part
            )
        return text


@dataclass(frozen=True)
class AuditRemark:
    """Something that no claim speaks of and a reader should know, such as a figure drawn exactly at a degenerate value."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


@dataclass(frozen=True, eq=False)
class Audit(Listed[AuditCell]):
    """All cells of an audit, in the order of the file, and remarks.

    A sequence of cells. definition: in which sense ESS is read.
    """

    published: Published
    cells: tuple[AuditCell, ...]
    remarks: tuple[AuditRemark, ...]
    definition: str

    entries_in = "cells"

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """Number of cells by verdict."""
        return {verdict: sum(cell.verdict == verdict for cell in self.cells) for verdict in VERDICTS}

    @property
    def wrong(self) -> tuple[AuditCell, ...]:
        """The cells that differ or are impossible."""
        return tuple(cell for cell in self.cells if cell.verdict in ("differs", "impossible"))

    @property
    def summary(self) -> str:
        """One line with the counts."""
        words = {"differs": "differing"}
        shown = ", ".join(f"{count} {words.get(verdict, verdict)}" for verdict, count in self.counts.items())
        remarks = f"; {len(self.remarks)} remark{'s' if len(self.remarks) > 1 else ''}" if self.remarks else ""
        return f"{len(self.cells)} cell{'s' if len(self.cells) != 1 else ''}: {shown}{remarks}"

    def __str__(self) -> str:
        rows = [(cell.verdict, cell.place, cell.what, cell.claim) for cell in self.cells]
        widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
        lines = []
        for cell, row in zip(self.cells, rows, strict=True):
            line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
            lines.append(line)
            if cell.verdict != "confirmed":
                parts = (("ours", cell.ours), ("because", cell.because), ("reading", cell.reading))
                lines += [f"    {label}: {text}" for label, text in parts if text]
        lines += [f"remark: {remark}" for remark in self.remarks]
        return "\n".join([*lines, self.definition, self.summary])

    def _repr_html_(self) -> str:
        from html import escape

        heads = ("place", "claim", "printed", "verdict", "ours", "because", "nearest reading", "known")
        rows = "".join(
            f'<tr class="{cell.verdict}">' + "".join(f"<td>{escape(text)}</td>" for text in _row(cell)) + "</tr>"
            for cell in self.cells
        )
        head = "".join(f"<th>{name}</th>" for name in heads)
        remarks = "".join(f"<li>{escape(str(remark))}</li>" for remark in self.remarks)
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return f"{table}<ul>{remarks}</ul><p>{escape(self.definition)}</p><p>{escape(self.summary)}</p>"


def _row(cell: AuditCell) -> tuple[str, ...]:
    return cell.place, cell.what, cell.claim, cell.verdict, cell.ours, cell.because, cell.reading, cell.known
