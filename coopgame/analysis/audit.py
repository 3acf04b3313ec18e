"""Audits a published table: every printed claim beside what is derived, with a verdict and how it is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from coopgame.algebra.conditions import FALSE, Condition, all_of
from coopgame.analysis.auditing.edges import EDGES
from coopgame.analysis.auditing.effects import effect_cell, knife_edge_remarks, sweep_remarks
from coopgame.analysis.auditing.interior import NEEDED
from coopgame.analysis.auditing.patterns import TYPE_DEMANDS, pattern_cells
from coopgame.analysis.auditing.points import PointAudit, point_audit
from coopgame.analysis.auditing.result import Audit, AuditCell, AuditRemark, Verdict
from coopgame.analysis.auditing.scene import Scene, Scenes, condition_text
from coopgame.analysis.auditing.swaps import with_places
from coopgame.analysis.auditing.trajectories import outcome_cell
from coopgame.analysis.auditing.types import condition_where
from coopgame.analysis.auditing.values import weakest
from coopgame.analysis.points import RestPoint
from coopgame.analysis.published import Published, PublishedGroup, read_published
from coopgame.analysis.vertex_patterns import CLASS, realise
from coopgame.games.matrix import MatrixGame

_SEVERAL = (
    "ESS is read as strict pure equilibrium, which for several populations is the same as an asymptotically stable rest "
    "point of the replicator dynamics (Selten 1980; Ritzberger and Weibull 1995)"
)
_OWN = (
    "ESS is read as asymptotically stable under the replicator dynamics, because payoffs depend on the own population's "
    "shares"
)
_SYMMETRIC = (
    "ESS is read as by Maynard Smith (1982): a best reply to itself that does better against every other best reply than "
    "that one does against itself; it is decided exactly"
)


def audit(published: Published | str | Path | IO[str] | IO[bytes]) -> Audit:
    """Return the verdict on every claim of a publication: confirmed, differs, impossible, or undecidable from what is given.

    published: an audit file (format coopgame-audit/1), or what `read_published` made of it. Formulas are compared for all parameters,
    numbers within the rounding of their printed digits, signs and types at the values that are given or else by proof under the
    assumptions; trajectories are integrated. Without payoffs it is said what no payoffs can give.

    Raises GameFileError when the file is not well formed.

    References: Hofbauer and Sigmund (1998), chapters 7 and 10; Selten (1980); Ritzberger and Weibull (1995).

    >>> import io
    >>> found = audit(io.StringIO('''
    ... format = "coopgame-audit/1"
    ... coordinates = ["x", "y"]
    ... points = [{ at = [0, 0], type = "ESS" }, { at = [1, 0], type = "ESS" }]'''))
    >>> [cell.verdict for cell in found]
    ['undecidable', 'undecidable', 'impossible']
    """
    if not isinstance(published, Published):
        published = read_published(published)
    if published.game is None:
        return _without_payoffs(published)
    scenes = Scenes(published.game)
    cells: list[AuditCell] = []
    for group in published.groups:
        cells += _group_cells(scenes, published, group)
    cells += [effect_cell(published.game, effect) for effect in published.effects]
    remarks = (*knife_edge_remarks(published, scenes), *sweep_remarks(published, published.game))
    return Audit(published, tuple(cells), remarks, _definition(scenes.of(None)))


def _definition(scene: Scene) -> str:
    if isinstance(scene.game, MatrixGame):
        return _SYMMETRIC
    return _SEVERAL if scene.separate else _OWN


def _group_cells(scenes: Scenes, published: Published, group: PublishedGroup) -> Iterator[AuditCell]:
    audits = [point_audit(scenes, point, group.name) for point in group.points]
    yield from _broken(scenes, group, audits)
    cells = [cell for audit_ in audits for cell in audit_.cells()]
    yield from with_places(cells, audits)
    yield from _together(scenes, group, audits)
    yield from _omitted(scenes, group, audits)
    names = {p.name: p for g in (published.groups[0], group) for p in g.points if g is group or not g.name}
    for outcome in group.outcomes:
        yield outcome_cell(scenes, outcome, group, names)


def _broken(scenes: Scenes, group: PublishedGroup, audits: Sequence[PointAudit]) -> Iterator[AuditCell]:
    """Cells for values that break an assumption, and for a condition that can never hold; each once."""
    told: set[Scene] = set()
    scene_of = [(audit.scene, audit.place, audit.published.path) for audit in audits]
    scene_of += [(scenes.of(o.values), o.name, o.path) for o in group.outcomes]
    for scene, place, path in scene_of:
        if scene in told:
            continue
        told.add(scene)
        where = group.name or place
        if scene.void:
            claim = _condition(group) if scene.values is None else scene.values_text()
            what = "condition" if scene.values is None else "values"
            yield AuditCell(where, what, path, claim, "differs", "", scene.void)
        elif scene.violated:
            because = f"they violate {'; '.join(scene.violated)}"
            yield AuditCell(where, "values", path, scene.values_text(), "differs", "", because)


def _condition(group: PublishedGroup) -> str:
    return group.when.text if group.when else "the condition of the point"


def _together(scenes: Scenes, group: PublishedGroup, audits: Sequence[PointAudit]) -> Iterator[AuditCell]:
    """Whether the types of a case can hold at once, where its parameters have no values."""
    scene = scenes.of(group.values, group.when)
    typed: list[tuple[PointAudit, Condition]] = []
    for point in audits:
        kind = point.published.type
        if not group.name or scene.numeric or scene.void or point.scene is not scene or kind is None:
            continue
        condition = condition_where(kind, point.facts) if point.facts is not None else None
        if condition is not None:
            typed.append((point, condition))
    if len(typed) < 2:
        return
    found = scene.prover.decide(all_of(*(condition for _, condition in typed)))
    claim = ", ".join(f"{point.published.name} {point.published.type_text}" for point, _ in typed)
    verdict: Verdict = "undecidable"
    ours, because, known = "", f"the provers did not decide it: {found.proof.text}", weakest([found.proof.known])
    if found.status == "realised" and found.witness is not None:
        shown = ", ".join(f"{name} = {value}" for name, value in found.witness.items())
        verdict, ours, because = "confirmed", f"possible, for example at {shown}", ""
    elif found.status == "empty":
        whatever = scene.is_cube and _excluded(typed, len(scene.game.populations))
        verdict, ours = ("impossible" if whatever else "differs"), "not possible together"
        because = EDGES if whatever else f"no admissible parameters give these types at once: {found.proof.text}"
    yield AuditCell(group.name, "together", group.path, claim, verdict, ours, because, known)


def _excluded(typed: Sequence[tuple[PointAudit, Condition]], size: int) -> bool:
    """Whether no payoffs at all give these types of vertices."""
    allowed = {}
    for point, _ in typed:
        state, kind = point.located.state, point.published.type
        if state is not None and kind is not None and point.located.is_vertex:
            allowed[tuple(int(value) for value in state.values())] = TYPE_DEMANDS[kind]
    return realise(size, allowed).impossible


def _omitted(scenes: Scenes, group: PublishedGroup, audits: Sequence[PointAudit]) -> Iterator[AuditCell]:
    """Rest points that are, or can be, asymptotically stable and stand nowhere in the group."""
    scene = scenes.of(group.values, group.when)
    here = [point for point in audits if point.scene is scene]
    if not group.complete or not here or scene.void or scene.rest_points is None:
        return
    listed = {point.located.point.label for point in here if point.located.point is not None}
    for point in scene.rest_points:
        if point.label in listed:
            continue
        if point.attracting == "asymptotic":
            yield _omission(group, point, f"{point.stability}, {point.attracting}", point.because)
        elif (
            not scene.numeric
            and point.stable_if != FALSE
            and scene.prover.decide(point.stable_if).status == "realised"
        ):
            yield _omission(group, point, f"stable if {condition_text(point.stable_if)}", "it can be stable")


def _omission(group: PublishedGroup, point: RestPoint, ours: str, because: str) -> AuditCell:
    place = f"{group.name}, point ({point.place()})" if group.name else f"point ({point.place()})"
    text = f"{because}; the list does not have it (an extract says complete = false)"
    return AuditCell(place, "omitted", "", "not listed", "differs", ours, text)


def _without_payoffs(published: Published) -> Audit:
    cells: list[AuditCell] = []
    for group in published.groups:
        cells += pattern_cells(group, published.coordinates)
        for outcome in group.outcomes:
            place = f"{group.name}, {outcome.name}" if group.name else outcome.name
            cells.append(
                AuditCell(place, "trajectory", outcome.path, outcome.ends_text, "undecidable", "", NEEDED, "")
            )
    for effect in published.effects:
        claim = "matters" if effect.matters else "does not matter"
        cells.append(
            AuditCell(f"parameter {effect.parameter}", "effect", effect.path, claim, "undecidable", "", NEEDED, "")
        )
    remark = AuditRemark("without payoffs", f"the verdicts are about all payoffs with {CLASS}")
    return Audit(published, tuple(cells), (remark,), _SEVERAL)
