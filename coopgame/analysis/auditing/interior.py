"""Cells of an audit for mixed points where no payoffs are known: what the vertices and the zero trace say of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy

from coopgame.analysis.auditing.printed import Printed, is_within, real_sign
from coopgame.analysis.auditing.result import AuditCell
from coopgame.analysis.auditing.types import ASYMPTOTIC
from coopgame.analysis.auditing.values import Judgement
from coopgame.analysis.published import Claim, PublishedPoint, SignClaim
from coopgame.analysis.stability import NEVER_ASYMPTOTIC
from coopgame.analysis.structure import Vertex
from coopgame.analysis.vertex_patterns import Signs, interior_kind, realise

NEEDED = "payoffs are needed: other payoffs give another answer"
ZERO_TRACE = "with all populations mixed the diagonal of the Jacobian is 0"
_KINDS = ("absent", "saddle", "center", "continuum")
_FITTING = {
    Claim.SADDLE: {"saddle"},
    Claim.CENTER: {"center"},
    Claim.UNSTABLE: {"saddle", "continuum"},
    Claim.STABLE: {"center", "continuum"},
}
_DETERMINANT = {"saddle": -1, "center": 1, "continuum": 0}
_REASON = "the advantage of either population has to change its sign between vertices, and then it exists"
_NOWHERE = "the printed vertices exclude that there is such a rest point"
_LEFT = "the printed vertices leave nothing else"
Demand = Callable[[Signs], bool]


@dataclass(frozen=True, eq=False)
class _Inside:
    """What the printed vertices leave for the rest point with all strategies; None where they cannot occur together."""

    kinds: frozenset[str] | None

    @property
    def absent(self) -> bool:
        return self.kinds == frozenset({"absent"})

    @property
    def shown(self) -> str:
        if self.kinds is None:
            return ""
        words = {
            "absent": "no such rest point",
            "saddle": "a saddle",
            "center": "a centre",
            "continuum": "a line or a face",
        }
        return " or ".join(words.get(kind, kind) for kind in _KINDS if kind in self.kinds)


def interior_cells(
    point: PublishedPoint, place: str, coordinates: Sequence[str], allowed: Mapping[Vertex, Demand]
) -> Iterator[AuditCell]:
    """Yield the cells of a mixed point; allowed: what is printed of the vertices."""
    whole = point.at is None or all(printed.value not in (0, 1) for printed in point.at.values())
    inside = _inside(len(coordinates), allowed) if whole else _Inside(frozenset())

    def cell(what: str, key: str, claim: str, j: Judgement) -> AuditCell:
        return AuditCell(place, what, f"{point.path}.{key}", claim, j.verdict, j.ours, j.because, j.known, j.reading)

    claim = "interior" if point.at is None else ", ".join(f"{name} = {p}" for name, p in point.at.items())
    yield cell("rest point", "at", claim, _existence(inside, whole, point))
    yield from _value_cells(point, cell, whole, len(coordinates))
    for what, given in (("trace", point.trace), ("determinant", point.determinant)):
        if given is not None:
            yield cell(what, what, given.text, _matrix(what, given, inside, whole))
    if point.type is not None:
        yield cell("type", "type", point.type_text, _type(point.type, inside, whole))
    for what, claimed, key in (("stable if", point.stable_if, "stable_if"), ("exists if", point.exists, "exists")):
        if claimed is not None:
            yield cell(what, key, claimed.text, Judgement("undecidable", "", NEEDED, ""))


def _inside(size: int, allowed: Mapping[Vertex, Demand]) -> _Inside:
    base = realise(size, allowed)
    if base.impossible:
        return _Inside(None)
    kinds = set()
    for kind in (*_KINDS, "unknown"):
        found = realise(size, allowed, lambda signs, kind=kind: interior_kind(signs) == kind)  # type: ignore[misc]
        if not found.impossible:
            kinds.add(kind)
    return _Inside(frozenset(kinds))


def _existence(inside: _Inside, whole: bool, point: PublishedPoint) -> Judgement:
    for name, printed in (point.at or {}).items():
        if (
            printed.is_number
            and not -printed.slack <= Fraction(str(sympy.Rational(printed.value))) <= 1 + printed.slack
        ):
            return Judgement("impossible", "no state", f"{name} = {printed} is no share: it lies outside of 0 to 1")
    if not whole:
        return Judgement("undecidable", "", NEEDED, "")
    if inside.kinds is None:
        return Judgement("undecidable", "", "the printed vertices cannot occur together", "")
    if inside.absent:
        return Judgement("impossible", inside.shown, f"the printed vertices exclude it: {_REASON}")
    if inside.kinds <= {"saddle", "center"}:
        return Judgement("confirmed", inside.shown, f"it follows from the printed vertices: {_REASON}")
    return Judgement("undecidable", inside.shown, NEEDED, "")


def _type(claim: Claim, inside: _Inside, whole: bool) -> Judgement:
    if claim in (*ASYMPTOTIC, Claim.SOURCE):
        return Judgement("impossible", inside.shown if whole else "", NEVER_ASYMPTOTIC)
    if claim == Claim.NO_REST_POINT:
        verdict = "confirmed" if whole and inside.absent else "undecidable"
        return Judgement(verdict, inside.shown, "" if verdict == "confirmed" else NEEDED)  # type: ignore[arg-type]
    if not whole or inside.kinds is None or "unknown" in inside.kinds:
        because = "the printed vertices cannot occur together" if whole and inside.kinds is None else NEEDED
        return Judgement("undecidable", "", because, "")
    possible = inside.kinds - {"absent"}
    fitting = _FITTING[claim]
    if not possible & fitting:
        return Judgement("impossible", inside.shown, _NOWHERE if inside.absent else _LEFT)
    if inside.kinds <= fitting - {"continuum"}:
        return Judgement("confirmed", inside.shown, "it follows from the printed vertices")
    return Judgement("undecidable", inside.shown, NEEDED, "")


def _matrix(what: str, given: Printed | SignClaim, inside: _Inside, whole: bool) -> Judgement:
    if not whole or (not isinstance(given, SignClaim) and not given.is_number):
        return Judgement("undecidable", "", NEEDED, "")
    zero = given.sign == 0 if isinstance(given, SignClaim) else given.agrees(sympy.Integer(0))
    if inside.kinds is None:
        return Judgement("undecidable", "", "the printed vertices cannot occur together", "")
    if inside.absent:
        return Judgement("impossible", inside.shown, _NOWHERE)
    if what == "trace":
        return Judgement("confirmed" if zero else "impossible", "0", ZERO_TRACE)
    sign = given.sign if isinstance(given, SignClaim) else real_sign(given.value)
    if "unknown" in inside.kinds or sign is None:
        return Judgement("undecidable", "", NEEDED, "")
    signs = {_DETERMINANT[kind] for kind in inside.kinds if kind != "absent"}
    if sign not in signs:
        return Judgement("impossible", inside.shown, _NOWHERE if inside.absent else _LEFT)
    if signs == {sign} and "absent" not in inside.kinds:
        known = isinstance(given, SignClaim)
        because = "it follows from the printed vertices" if known else NEEDED
        return Judgement("confirmed" if known else "undecidable", inside.shown, because)
    return Judgement("undecidable", inside.shown, NEEDED, "")


def _value_cells(
    point: PublishedPoint, cell: Callable[[str, str, str, Judgement], AuditCell], whole: bool, size: int
) -> Iterator[AuditCell]:
    given = point.eigenvalues
    printed = list(given.values()) if isinstance(given, Mapping) else list(given)
    for key, value in given.items() if isinstance(given, Mapping) else enumerate(given):
        label = key if isinstance(key, str) else key + 1
        yield cell(f"eigenvalue {label}", f"eigenvalues.{key}", str(value), Judgement("undecidable", "", NEEDED, ""))
    if whole and len(printed) == size and all(p.is_number for p in printed):
        total = sympy.expand(sympy.Add(*(p.value for p in printed)))
        slack = sum((p.slack for p in printed), Fraction(0))
        fine = is_within(total.as_real_imag()[0], slack)
        yield cell(
            "sum of eigenvalues",
            "eigenvalues",
            str(total),
            Judgement("confirmed" if fine else "impossible", "0", ZERO_TRACE),
        )
    signs = list(point.signs.values()) if isinstance(point.signs, Mapping) else list(point.signs)
    if signs:
        text = ", ".join(sign.text for sign in signs)
        one_sided = whole and len(signs) == size and None not in {s.sign for s in signs} and _one_sided(signs)
        j = Judgement("impossible", "", ZERO_TRACE) if one_sided else Judgement("undecidable", "", NEEDED, "")
        yield cell("signs", "signs", text, j)


def _one_sided(signs: Sequence[SignClaim]) -> bool:
    """Whether real parts of these signs cannot add up to 0."""
    found = {claim.sign for claim in signs}
    return (1 in found) != (-1 in found)
