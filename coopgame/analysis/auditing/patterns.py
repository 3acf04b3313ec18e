"""Cells of an audit where no payoffs are known: what is impossible, or follows, whatever the payoffs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coopgame.analysis.auditing.edges import EDGES, edge_cells, vertex_of
from coopgame.analysis.auditing.interior import NEEDED, interior_cells
from coopgame.analysis.auditing.printed import Printed, is_within, real_sign
from coopgame.analysis.auditing.result import AuditCell, AuditKnown, Verdict
from coopgame.analysis.auditing.types import ASYMPTOTIC, CORNER
from coopgame.analysis.auditing.values import Judgement
from coopgame.analysis.published import Claim, PublishedGroup, PublishedPoint, SignClaim
from coopgame.analysis.structure import Vertex
from coopgame.analysis.vertex_patterns import Signs, conflicting, realise

Demand = Callable[[Signs], bool]
TYPE_DEMANDS: Mapping[Claim, Demand] = {
    **dict.fromkeys(ASYMPTOTIC, lambda signs: all(s < 0 for s in signs)),
    Claim.SOURCE: lambda signs: all(s > 0 for s in signs),
    Claim.SADDLE: lambda signs: 1 in signs and -1 in signs,
    Claim.STABLE: lambda signs: 1 not in signs,
    Claim.UNSTABLE: lambda signs: not all(s < 0 for s in signs),
    Claim.CENTER: lambda signs: False,
    Claim.NO_REST_POINT: lambda signs: False,
}
_CHANGES = (Claim.SINK, Claim.SADDLE, Claim.SOURCE)


@dataclass(frozen=True, eq=False)
class _Part:
    """One claim about a vertex: what it demands of the signs of its eigenvalues, None where it demands nothing."""

    what: str
    claim: str
    key: str
    demand: Demand | None
    never: str = ""


def pattern_cells(group: PublishedGroup, coordinates: Sequence[str]) -> Iterator[AuditCell]:
    """Yield the cells of points without payoffs; populations have two strategies each and do not play against themselves."""
    kept: dict[str, list[PublishedPoint]] = {}
    for point in group.points:
        key = f"{sorted((point.values or {}).items())} {point.when.text if point.when else ''}"
        kept.setdefault(key, []).append(point)
    for points in kept.values():
        yield from _cells_at_once(group, points, coordinates)


def _cells_at_once(
    group: PublishedGroup, points: Sequence[PublishedPoint], coordinates: Sequence[str]
) -> Iterator[AuditCell]:
    """Cells of points that are claimed under the same circumstances."""
    size = len(coordinates)
    parts = {id(p): list(_parts(p, size, coordinates)) for p in points if vertex_of(p) is not None}
    allowed: dict[Vertex, Demand] = {}
    for point in points:
        vertex = vertex_of(point)
        demands = [part.demand for part in parts.get(id(point), ()) if part.demand is not None]
        possible = [d for d in demands if any(map(d, _every(size)))]
        if vertex is not None and possible:
            before = allowed.get(vertex)
            allowed[vertex] = _all([*possible, *([before] if before else [])])
    for point in points:
        place = _place(group, point)
        if vertex_of(point) is None:
            yield from interior_cells(point, place, coordinates, allowed)
            continue
        for part in parts[id(point)]:
            yield AuditCell(place, part.what, f"{point.path}.{part.key}", part.claim, *_alone(part, size))
    if len(allowed) > 1:
        yield _together(group, points, allowed, size)
    yield from edge_cells(group, points, coordinates)


def _place(group: PublishedGroup, point: PublishedPoint) -> str:
    return f"{group.name}, point {point.name}" if group.name else f"point {point.name}"


def _every(size: int) -> list[Signs]:
    from itertools import product

    return list(product((1, -1, 0), repeat=size))


def _all(demands: Sequence[Demand]) -> Demand:
    return lambda signs: all(demand(signs) for demand in demands)


def _alone(part: _Part, size: int) -> tuple[Verdict, str, str, AuditKnown]:
    """Verdict, ours and reason of one claim by itself."""
    if part.never or (part.demand is not None and not any(map(part.demand, _every(size)))):
        return "impossible", "", part.never or "no signs of eigenvalues meet it", "exact"
    return "undecidable", "", NEEDED, ""


def _parts(point: PublishedPoint, size: int, coordinates: Sequence[str]) -> Iterator[_Part]:
    yield from _eigenvalue_parts(point, size, coordinates)
    yield from _sign_parts(point, size, coordinates)
    for what, given in (("trace", point.trace), ("determinant", point.determinant)):
        if given is not None:
            yield _Part(what, given.text, what, _of_matrix(what, given))
    if point.type is not None:
        never = {Claim.CENTER: CORNER, Claim.NO_REST_POINT: "every pure state is a rest point"}.get(point.type, "")
        demand = None if point.stable_if is not None else TYPE_DEMANDS[point.type]
        yield _Part("type", point.type_text, "type", demand, never)
    for what, claimed, key in (("stable if", point.stable_if, "stable_if"), ("exists if", point.exists, "exists")):
        if claimed is not None:
            yield _Part(what, claimed.text, key, None)


def _eigenvalue_parts(point: PublishedPoint, size: int, coordinates: Sequence[str]) -> Iterator[_Part]:
    given = point.eigenvalues
    for key, printed in given.items() if isinstance(given, Mapping) else enumerate(given):
        never = (
            ""
            if not printed.is_number or printed.is_real
            else "eigenvalues at a pure state are payoff differences, real numbers"
        )
        named = isinstance(key, str)
        demand = None
        if printed.is_number and not never:
            sign = (
                real_sign(printed.value) if not is_within(printed.value, printed.slack) or not printed.slack else None
            )
            demand = (
                None if sign is None else _in_direction(coordinates.index(key), sign) if named else _somewhere(sign)
            )
        label = key if named else int(key) + 1
        yield _Part(
            f"eigenvalue {label}",
            str(printed),
            f"eigenvalues.{key}" if named else f"eigenvalues[{key}]",
            demand,
            never,
        )
    if not isinstance(given, Mapping) and given and len(given) != size:
        text = ", ".join(map(str, given))
        yield _Part("eigenvalues", text, "eigenvalues", None, f"{len(given)} are printed, there are {size}")
    elif not isinstance(given, Mapping) and given and all(p.is_real for p in given):
        signs = sorted(real_sign(p.value) for p in given)
        if all(p.slack == 0 or not is_within(p.value, p.slack) for p in given):
            yield _Part("eigenvalues", ", ".join(map(str, given)), "eigenvalues", lambda s: sorted(s) == signs)


def _in_direction(i: int, sign: int) -> Demand:
    return lambda signs: signs[i] == sign


def _somewhere(sign: int) -> Demand:
    return lambda signs: sign in signs


def _sign_parts(point: PublishedPoint, size: int, coordinates: Sequence[str]) -> Iterator[_Part]:
    given = point.signs
    if isinstance(given, Mapping):
        for key, claim in given.items():
            demand = None if claim.sign is None else _in_direction(coordinates.index(key), claim.sign)
            yield _Part(f"sign {key}", claim.text, f"signs.{key}", demand)
    elif given:
        text = ", ".join(claim.text for claim in given)
        never = f"{len(given)} are printed, there are {size}" if len(given) != size else ""
        yield _Part("signs", text, "signs", _multiset([claim.sign for claim in given]) if not never else None, never)


def _multiset(claimed: Sequence[int | None]) -> Demand:
    def demand(signs: Signs) -> bool:
        rest = list(signs)
        for sign in claimed:
            if sign is not None:
                if sign not in rest:
                    return False
                rest.remove(sign)
        return True

    return demand


def _of_matrix(what: str, given: Printed | SignClaim) -> Demand | None:
    """What the sign of a trace or of a determinant demands of the signs of real eigenvalues."""
    sign = given.sign if isinstance(given, SignClaim) else real_sign(given.value) if given.is_number else None
    if sign is None:
        return None
    if what == "determinant":
        return lambda signs: _product(signs) == sign
    if sign == 0:
        return lambda signs: (1 in signs) == (-1 in signs)
    return lambda signs: sign in signs


def _product(signs: Signs) -> int:
    result = 1
    for sign in signs:
        result *= sign
    return result


def _together(
    group: PublishedGroup, points: Sequence[PublishedPoint], allowed: Mapping[Vertex, Demand], size: int
) -> AuditCell:
    """Whether some payoffs give all claims about vertices at once."""
    names = {v: point for point in points if (v := vertex_of(point)) is not None}
    claim = ", ".join(f"{names[v].name} {names[v].type_text or 'as printed'}" for v in allowed)
    found = realise(size, allowed)
    j = Judgement("undecidable", "", "the search was stopped", "")
    if found.example is not None:
        signs = {names[v].name: "".join({1: "+", -1: "-", 0: "0"}[s] for s in found.example[v]) for v in allowed}
        shown = ", ".join(f"{name} {text}" for name, text in signs.items())
        j = Judgement("confirmed", f"possible, for example with the signs {shown}", "")
    elif found.impossible:
        core = conflicting(size, allowed)
        j = Judgement(
            "impossible",
            "not possible together",
            _conflict(core, names),
            "exact",
            _repairs(core, names, allowed, size),
        )
    return AuditCell(
        group.name or "points", "together", group.path, claim, j.verdict, j.ours, j.because, j.known, j.reading
    )


def _conflict(core: Sequence[Vertex], names: Mapping[Vertex, PublishedPoint]) -> str:
    if len(core) == 1:
        return f"what is printed of {names[core[0]].name} contradicts itself"
    listed = ", ".join(f"{names[v].name} {names[v].type_text or 'as printed'}" for v in core)
    stable = all(names[v].type in ASYMPTOTIC for v in core)
    if len(core) == 2 and stable:
        return f"{listed}: two neighbouring vertices cannot both be stable, because {EDGES}"
    return f"no payoffs give {listed}: {EDGES}"


def _repairs(
    core: Sequence[Vertex], names: Mapping[Vertex, PublishedPoint], allowed: Mapping[Vertex, Demand], size: int
) -> str:
    """Which single other type would make the table possible."""
    found = []
    for vertex in core:
        for kind in _CHANGES:
            if realise(size, {**allowed, vertex: TYPE_DEMANDS[kind]}).example is not None:
                found.append(f"{names[vertex].name} a {kind}")
    return f"possible with {' or '.join(found)}" if found else ""
