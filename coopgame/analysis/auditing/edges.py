"""Cells of an audit for edges between vertices whose printed eigenvalues are not opposite, without payoffs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import sympy

from coopgame.algebra.polynomials import Ring
from coopgame.analysis.auditing.misprints import equal, nearest_reading
from coopgame.analysis.auditing.printed import Printed, is_within
from coopgame.analysis.auditing.result import AuditCell
from coopgame.analysis.published import PublishedGroup, PublishedPoint
from coopgame.analysis.structure import Vertex
from coopgame.analysis.vertex_patterns import neighbour
from coopgame.errors import UnsupportedError
from coopgame.expressions import symbols_of

EDGES = "along an edge the eigenvalues at its two ends, in its direction, are opposite numbers"


def vertex_of(point: PublishedPoint) -> Vertex | None:
    """Return the vertex that a published point is, None for a mixed one."""
    if point.at is None or any(printed.value not in (0, 1) for printed in point.at.values()):
        return None
    return tuple(int(printed.value) for printed in point.at.values())


def edge_cells(
    group: PublishedGroup, points: Sequence[PublishedPoint], coordinates: Sequence[str]
) -> Iterator[AuditCell]:
    """Yield cells for edges whose two printed eigenvalues are not opposite."""
    for one, other in combinations(points, 2):
        a, b = vertex_of(one), vertex_of(other)
        if a is None or b is None:
            continue
        for i, name in enumerate(coordinates):
            if (
                neighbour(a, i) == b
                and isinstance(one.eigenvalues, Mapping)
                and isinstance(other.eigenvalues, Mapping)
            ):
                pair = one.eigenvalues.get(name), other.eigenvalues.get(name)
                if pair[0] is not None and pair[1] is not None and not _opposite(pair[0], pair[1]):
                    yield _edge_cell(group, (one, other), name, (pair[0], pair[1]))


def _opposite(one: Printed, other: Printed) -> bool:
    total = one.value + other.value
    if not total.free_symbols:
        real, imaginary = total.as_real_imag()
        return is_within(real, one.slack + other.slack) and is_within(imaginary, one.slack + other.slack)
    try:
        return equal(Ring(sorted(symbols_of(one.value) | symbols_of(other.value))), one.value, -other.value)
    except UnsupportedError:
        return bool(sympy.expand(total) == 0)


def _edge_cell(
    group: PublishedGroup, ends: tuple[PublishedPoint, PublishedPoint], name: str, pair: tuple[Printed, Printed]
) -> AuditCell:
    place = (
        f"{group.name}, edge {ends[0].name} to {ends[1].name}"
        if group.name
        else f"edge {ends[0].name} to {ends[1].name}"
    )
    reading = ""
    if not (pair[0].is_number and pair[1].is_number):
        found = nearest_reading(pair[0].value, -pair[1].value, (), pair[0].text)
        reading = f"if {pair[1]} is right: {found}" if found else ""
    claim = f"{pair[0]} and {pair[1]}"
    because = f"not both can be right: {EDGES}"
    return AuditCell(
        place,
        f"eigenvalues {name}",
        f"{ends[0].path}.eigenvalues.{name}",
        claim,
        "impossible",
        "",
        because,
        "exact",
        reading,
    )
