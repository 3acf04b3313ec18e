"""An audit as text for a terminal, and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from coopgame.analysis.vertex_patterns import CLASS
from coopgame.report.tables import Table
from coopgame.report.terminal import NARROWEST, aligned, heading, labelled, wrapped

if TYPE_CHECKING:
    from coopgame.analysis.auditing.result import Audit, AuditCell

_LONGEST = 60
_SECTIONS = (
    ("impossible", "Impossible, whatever the payoffs"),
    ("differs", "Differs from what is derived"),
    ("undecidable", "Undecidable from what is given"),
)
_HEADS = ("place", "claim", "printed", "verdict", "ours", "because", "nearest reading", "known")


def audit_text(audit: Audit, width: int = 100) -> str:
    """Return an audit as text with lines of at most `width` columns where formulas allow it.

    What is wrong stands first, with ours beside it; then what is undecidable, what is confirmed, and remarks.
    """
    width = max(width, NARROWEST)
    lines = [
        *_head(audit, width),
        *(line for verdict, title in _SECTIONS for line in _section(audit, verdict, title, width)),
        *_confirmed(audit),
        *_remarks(audit, width),
        "",
        audit.summary,
    ]
    return "\n".join(lines) + "\n"


def _head(audit: Audit, width: int) -> Iterator[str]:
    published = audit.published
    title = published.title or "Audit"
    yield from wrapped(title, width)
    yield "=" * min(width, len(title))
    if published.source:
        yield from wrapped(published.source, width, "Source: ", "  ")
    known = (
        f"those of {published.game.name!r}"
        if published.game
        else f"not known; the verdicts are about all with {CLASS}"
    )
    yield from wrapped(known, width, "Payoffs: ", "  ")
    yield from wrapped(f"{audit.definition}.", width, "", "  ")
    yield from wrapped(f"{audit.summary}.", width)


def _section(audit: Audit, verdict: str, title: str, width: int) -> Iterator[str]:
    cells = [cell for cell in audit.cells if cell.verdict == verdict]
    if not cells:
        return
    yield from heading(title)
    alike: dict[tuple[str, ...], list[AuditCell]] = {}
    for cell in cells:
        alike.setdefault((cell.ours, cell.because, cell.reading, cell.known), []).append(cell)
    for number, same in enumerate(alike.values()):
        if number:
            yield ""
        yield from _alike(same, width)


def _alike(cells: Sequence[AuditCell], width: int) -> Iterator[str]:
    """Cells of one verdict with one reason, which is given once."""
    first = cells[0]
    if len(cells) == 1:
        yield from wrapped(f"{first.place}: {first.what}", width, "  ")
    else:
        yield from aligned([(cell.place, cell.what, _cut(cell.claim)) for cell in cells])
    yield from labelled(
        [
            ("printed", first.claim if len(cells) == 1 else ""),
            ("ours", first.ours),
            ("because", first.because),
            ("nearest reading", first.reading),
            ("known", first.known),
        ],
        width,
        indent=6,
        prose=("because", "nearest reading"),
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _confirmed(audit: Audit) -> Iterator[str]:
    cells = [cell for cell in audit.cells if cell.verdict == "confirmed"]
    if not cells:
        return
    yield from heading("Confirmed")
    rows: list[Sequence[str]] = []
    for cell in cells:
        rows.append((cell.place, cell.what, _cut(cell.claim), "" if cell.known == "exact" else f"({cell.known})"))
    yield from aligned(rows)


def _remarks(audit: Audit, width: int) -> Iterator[str]:
    if not audit.remarks:
        return
    yield from heading("Remarks")
    for remark in audit.remarks:
        yield from wrapped(f"{remark}.", width, "  ", "      ")


def audit_table(audit: Audit) -> Table:
    """Return the cells of an audit as a table: place, claim, printed, verdict, ours, why, nearest reading, how it is known."""
    rows = tuple((c.place, c.what, c.claim, c.verdict, c.ours, c.because, c.reading, c.known) for c in audit.cells)
    return Table(_HEADS, rows, audit.published.title)
