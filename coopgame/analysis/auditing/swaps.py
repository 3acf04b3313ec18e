"""Wrong eigenvalue cells that are right in another place: exchanged with another cell, or copied from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sympy

from coopgame.analysis.auditing.points import PointAudit
from coopgame.analysis.auditing.printed import Printed
from coopgame.analysis.auditing.result import AuditCell
from coopgame.analysis.auditing.scene import Scene
from coopgame.analysis.auditing.values import same_formula


@dataclass(frozen=True, eq=False)
class _Entry:
    """An eigenvalue cell by direction: printed, and what belongs there."""

    path: str
    name: str
    printed: Printed
    right: sympy.Expr
    scene: Scene

    def fits(self, other: _Entry) -> bool:
        """Whether what is printed here is right in the place of the other one."""
        if self.printed.is_number or other.right.is_number:
            return bool(self.printed.is_number and other.right.is_number and self.printed.agrees(other.right))
        return same_formula(self.printed.value, other.right, self.scene)[0]


def with_places(cells: Sequence[AuditCell], audits: Sequence[PointAudit]) -> list[AuditCell]:
    """Return the cells; those that were exchanged, or stand in the place of another one, say so."""
    entries = {entry.path: entry for audit in audits for entry in _entries(audit)}
    wrong = [cell.path for cell in cells if cell.verdict == "differs" and cell.path in entries]
    partners: dict[str, str] = {}
    for i, one in enumerate(wrong):
        for other in wrong[i + 1 :]:
            if one in partners or other in partners:
                continue
            if entries[one].fits(entries[other]) and entries[other].fits(entries[one]):
                partners[one], partners[other] = other, one
    return [_told(cell, entries, partners) if cell.path in wrong else cell for cell in cells]


def _entries(audit: PointAudit) -> Iterator[_Entry]:
    given = audit.published.eigenvalues
    for key, printed in given.items() if isinstance(given, Mapping) else ():
        facts = audit.facts if printed.is_number else audit.symbolic
        if facts is not None and key in facts.pure:
            name = f"{audit.place}, eigenvalue {key}"
            yield _Entry(f"{audit.published.path}.eigenvalues.{key}", name, printed, facts.pure[key], facts.scene)


def _told(cell: AuditCell, entries: Mapping[str, _Entry], partners: Mapping[str, str]) -> AuditCell:
    if cell.path in partners:
        return replace(cell, because="", reading=f"exchanged with the cell of {entries[partners[cell.path]].name}")
    entry = entries[cell.path]
    if cell.reading or entry.printed.is_number:
        return cell
    other = next((e for e in entries.values() if e.path != cell.path and entry.fits(e)), None)
    return replace(cell, because="", reading=f"this belongs to {other.name}") if other else cell
