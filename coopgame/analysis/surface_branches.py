"""The rest points of a game as they are seen from a point of a hypersurface: do they exist, are they stable, where are they."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, Condition, Sign, all_of, sign
from coopgame.algebra.polynomials import Polynomial, Ring
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.radicals import Radical, radical_of
from coopgame.analysis.box import Box, Face
from coopgame.analysis.box_formulas import Formulas
from coopgame.analysis.points import Component, RestPoint
from coopgame.analysis.spot_eigenvalues import Eigenvalues
from coopgame.analysis.spots import Spot, Truth
from coopgame.expressions import parse_expression


@dataclass(frozen=True, eq=False)
class Tracked:
    """A listed rest point with its coordinates as numbers p + q*sqrt(d); None where they are roots without formula.

    face: its coordinates that are at an end, 0 or 1, throughout. conditional: whether `exists` speaks of the parameters alone.
    """

    point: RestPoint
    numbers: Mapping[str, Radical] | None
    eigenvalues: Eigenvalues
    face: frozenset[str]
    conditional: bool


def tracked(point: RestPoint, ring: Ring) -> Tracked:
    """Return a rest point with its coordinates read as numbers."""
    conditional = all(leaf.ring == ring for leaf in point.exists.signs())
    face = frozenset(point.at_ends())
    eigenvalues = Eigenvalues(point.eigenvalues, ring)
    return Tracked(point, _numbers(point.coordinates, ring), eigenvalues, face, conditional)


def _numbers(coordinates: Mapping[str, sympy.Expr], ring: Ring) -> dict[str, Radical] | None:
    known = {sympy.Symbol(name) for name in ring.names}
    numbers = {}
    for name, value in coordinates.items():
        number = radical_of(ring, value) if value.free_symbols <= known else None
        if number is None:
            return None
        numbers[name] = number
    return numbers


@dataclass(frozen=True, eq=False)
class Branch:
    """A rest point below, at and above a point of a hypersurface, and the place to which it tends there."""

    tracked: Tracked
    spot: Spot
    exists: Truth
    stable: Truth

    @cached_property
    def place(self) -> Mapping[str, Radical] | None:
        """The coordinates to which it tends, None where they are not known or not finite."""
        limits = {name: self.spot.limit(number) for name, number in (self.tracked.numbers or {}).items()}
        if not limits or any(limit is None for limit in limits.values()):
            return None
        return {name: limit for name, limit in limits.items() if limit is not None}

    @property
    def label(self) -> str:
        """The label of the rest point."""
        return self.tracked.point.label

    @property
    def lasting(self) -> bool:
        """Whether it exists on both sides."""
        return self.exists[0] and self.exists[2]

    @property
    def seen(self) -> bool:
        """Whether it exists on some side."""
        return self.exists[0] or self.exists[2]

    @property
    def turns(self) -> bool:
        """Whether its stability differs between the sides."""
        return self.stable[0] != self.stable[2]

    @property
    def changes(self) -> bool:
        """Whether its existence or stability differs between the sides."""
        return self.turns or self.exists[0] != self.exists[2]


def branch_at(spot: Spot, one: Tracked) -> Branch | None:
    """Return a rest point as seen from a spot, None where its existence is a question of roots."""
    if not one.conditional:
        return None
    return Branch(one, spot, spot.truth(one.point.exists), spot.truth(one.point.stable_if))


def same_place(spot: Spot, one: Branch, other: Branch) -> bool | None:
    """Return whether two branches come together at a spot, None where that is not known."""
    if one.place is None or other.place is None:
        return None
    answers = [spot.same(value, other.place[name]) for name, value in one.place.items()]
    return False if False in answers else None if None in answers else True


@dataclass(frozen=True, eq=False)
class Still:
    """States that are all at rest where a condition on parameters holds: those where some coordinates have fixed values."""

    where: str
    condition: Condition
    fixed: Mapping[str, Radical]

    def holds(self, spot: Spot, branch: Branch) -> bool:
        """Return whether a rest point tends to one of these states."""
        if branch.place is None:
            return not self.fixed  # these are all states
        pairs = [(spot.limit(value), branch.place[name]) for name, value in self.fixed.items()]
        return all(value is not None and bool(spot.same(value, place)) for value, place in pairs)

    def everywhere(self, factor: Polynomial) -> bool:
        """Return whether all states are at rest wherever the polynomial vanishes."""
        leaves = list(self.condition.signs())
        return all(leaf.relation == "=" and bool((leaf.polynomial % factor).is_zero()) for leaf in leaves)


def still_states(components: Iterable[Component], ring: Ring) -> list[Still]:
    """Return the listed sets of rest points that need an equation between parameters, where fixed coordinates describe them."""
    found = []
    for component in components:
        if component.condition == TRUE or component.kind == "other":
            continue
        parts = [part.split(" = ") for part in component.where.split(" and ") if component.where != "everywhere"]
        if all(len(part) == 2 for part in parts):
            fixed = _numbers({name: parse_expression(value) for name, value in parts}, ring)
            if fixed is not None:
                found.append(Still(component.where, component.condition, fixed))
    return found


def still_faces(box: Box) -> list[Still]:
    """Return the edges and planar faces of a box that are at rest where equations between parameters hold."""
    formulas = Formulas(box)
    faces = [face for size in (1, 2) if size <= box.size for face in box.faces(size)]
    conditions = [_at_rest(formulas, face) for face in faces]
    return [
        Still(box.where(face), condition, _fixed(formulas, face))
        for face, condition in zip(faces, conditions, strict=True)
        if condition not in (TRUE, FALSE)
    ]


def _at_rest(formulas: Formulas, face: Face) -> Condition:
    """Return the equations under which all free drives vanish on a face: all their coefficients do."""
    count = len(formulas.ring.names)
    equations = []
    for i, value in enumerate(face):
        if value is None:
            rows: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
            for exponents, coefficient in formulas.on_face(i, face).terms():
                inner, outer = tuple(map(int, exponents[:count])), tuple(map(int, exponents[count:]))
                rows.setdefault(outer, {})[inner] = coefficient
            for row in rows.values():
                equations.append(sign(formulas.ring, formulas.ring.context.from_dict(row), "="))
    return all_of(*equations)


def _fixed(formulas: Formulas, face: Face) -> dict[str, Radical]:
    ring = formulas.ring
    ends = {n: v for n, v in zip(formulas.box.names, face, strict=True) if v is not None}
    return {name: Radical.rational(Quotient(ring, ring.constant(end))) for name, end in ends.items()}


def watched_polynomials(points: Sequence[RestPoint], ring: Ring) -> list[Polynomial]:
    """Return the polynomials in the parameters of all conditions of existence and stability, each once."""
    leaves: dict[Sign, Polynomial] = {}
    for point in points:
        for condition in (point.exists, point.stable_if):
            for leaf in condition.signs():
                if leaf.ring == ring:
                    plain = sign(ring, leaf.polynomial, "=")
                    if isinstance(plain, Sign):
                        leaves[plain] = plain.polynomial
    return list(leaves.values())
