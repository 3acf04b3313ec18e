"""Rest points on a box with parameters: existence, eigenvalues and stability as conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy

from coopgame.algebra.conditions import FALSE, Condition, all_of, any_of
from coopgame.algebra.given import given
from coopgame.algebra.prover import Prover
from coopgame.algebra.radicals import Radical
from coopgame.analysis.box import Box, Face
from coopgame.analysis.box_formulas import (
    Formulas,
    Solved,
    continua,
    implicit_condition,
    inside,
    solve_face,
)
from coopgame.analysis.points import Component, RestPoint
from coopgame.analysis.shorten import shorten
from coopgame.analysis.spectrum import classify
from coopgame.analysis.stability import Stability, Verdict
from coopgame.analysis.weak_focus import SEPARABLE_CENTRE, is_separable


@dataclass(frozen=True, eq=False)
class SymbolicPoints:
    """What formulas give: points, continua, and whether that is all."""

    points: tuple[RestPoint, ...]
    components: tuple[Component, ...]
    complete: bool
    because: str


def symbolic_rest_points(box: Box, prover: Prover) -> SymbolicPoints:
    """Return the rest points of a box as formulas; faces with three and more free coordinates need values."""
    formulas = Formulas(box)
    points: list[RestPoint] = []
    components: list[Component] = []
    implicit = False
    for size in range(min(box.size, 2) + 1):
        for face in box.faces(size):
            idle, common = continua(formulas, face)
            components += _components(formulas, face, idle, common)
            if idle:
                continue
            solved = solve_face(formulas, face) if size else iter([Solved(face, {}, all_of())])
            for one in solved:
                letter = {0: "E", box.size: "I"}.get(size, "F")
                label = f"{letter}{sum(p.label[0] == letter for p in points) + 1}"
                point = _point(formulas, prover, one, label)
                implicit |= one.implicit is not None and point is not None
                points += [point] if point else []
    labels = dict(box.game.labels)
    named = tuple(replace(p, label=labels.get(", ".join(p.profile or ()), p.label)) for p in points)
    if box.size > 2:
        because = "faces with three or more free coordinates need values for all parameters"
        return SymbolicPoints(named, tuple(components), False, because)
    because = "vertices, edges and the interior are solved by elimination"
    if implicit:
        because += "; roots without a short formula are listed by their equation, their number needs values"
    if any(c.kind == "other" for c in components):
        because += "; where equations are dependent their solutions form the listed continua"
    return SymbolicPoints(named, tuple(components), True, because)


def _components(formulas: Formulas, face: Face, idle: Sequence[int], common: Any) -> Iterator[Component]:
    box = formulas.box
    free = [i for i, value in enumerate(face) if value is None]
    where = box.where(face)
    if idle and len(idle) == len(free):
        yield Component("line" if len(free) == 1 else "face", where)
        return
    fixed = [] if where == "everywhere" else [where]
    curves = [common] if common is not None else []
    if idle:
        curves = [formulas.on_face(i, face) for i in free if i not in idle]
    for curve in curves:
        equation = f"{formulas.wide.text(curve)} = 0"
        yield Component(
            "other", " and ".join([equation, *fixed]), note="where the equation has solutions on the face"
        )


def _point(formulas: Formulas, prover: Prover, solved: Solved, label: str) -> RestPoint | None:
    if solved.implicit is not None:
        return _implicit_point(formulas, solved, label)
    if formulas.at_pole(solved.face, solved.values):
        return None
    linear = _Linear(formulas, solved, prover)
    if not linear.ways:
        return None
    verdict = linear.verdict()
    if verdict.attracting == "unknown" and linear.turns_throughout and is_separable(formulas.box):
        verdict = SEPARABLE_CENTRE
    stable_if = linear.where(linear.stable())
    left_open = verdict.because if verdict.attracting == "unknown" else ""
    if stable_if == FALSE and verdict.attracting in ("depends", "unknown"):
        stable_if, left_open = _in_spite_of_zeros(formulas, linear, solved)
        if stable_if == FALSE and not left_open:
            verdict = Verdict(verdict.stability, "depends", "its eigenvalues never all have negative real parts")
        else:
            because = left_open or "an eigenvalue is 0 throughout; the edge in its direction is a centre manifold"
            verdict = Verdict(verdict.stability, "unknown" if left_open else "depends", because)
    box = formulas.box
    place = formulas.place(solved.face, solved.values)
    size = solved.face.count(None)
    kind: Any = {0: "vertex", box.size: "interior"}.get(size, "edge" if size == 1 else "face")
    return RestPoint(
        label=label,
        kind=kind,
        coordinates={name: place[name].expression() for name in box.names},
        eigenvalues=linear.eigenvalues(),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=box.game,
        exists=any_of(*linear.ways),
        stable_if=stable_if,
        profile=_profile(box, solved.face),
        type_if=linear.types(),
        saturated=None,
        index=None,
        open=left_open,
    )


def _in_spite_of_zeros(formulas: Formulas, linear: _Linear, solved: Solved) -> tuple[Condition, str]:
    """Return where a point is stable though eigenvalues are 0 throughout, and why that is left open if it is.

    At a vertex with one of them the edge in its direction is invariant, hence a centre manifold: the first derivative of the drive
    along it that does not vanish throughout decides, together with the other eigenvalues.

    References: Carr (1981), Applications of Centre Manifold Theory, chapter 2.
    """
    zeros = linear.zeros()
    if not zeros or linear.where(linear.stable(but_for_zeros=True)) == FALSE:
        return FALSE, ""
    ends = [i for i, value in enumerate(solved.face) if value is not None]
    at_vertex = not solved.face.count(None) and len(zeros) == 1 and linear.away[zeros[0]].is_zero()
    if not at_vertex or not formulas.box.relative[ends[zeros[0]]]:
        return FALSE, f"{len(zeros)} eigenvalue{'s are' if len(zeros) > 1 else ' is'} 0 throughout; give values"
    inward = _towards(formulas, ends[zeros[0]], solved.face)
    return linear.where([*linear.stable(but_for_zeros=True), inward]), ""


def _towards(formulas: Formulas, i: int, face: Face) -> Condition:
    """Return where states on the edge in direction i come nearer to a vertex at which the drive vanishes throughout."""
    edge = tuple(None if k == i else value for k, value in enumerate(face))
    drive, order = formulas.on_face(i, edge), 0
    place = formulas.wide.names.index(formulas.box.names[i])
    bottom = formulas.number(formulas.drives[i][1], face, {})
    while not drive.is_zero():
        value = formulas.number(drive, face, {}) / bottom
        if not value.is_zero():
            outward = face[i] == 0 or order % 2 == 1  # at the upper end steps inside are negative
            return value.sign("<" if outward else ">")
        drive, order = drive.derivative(place), order + 1
    return FALSE  # the edge is at rest


def _profile(box: Box, face: Face) -> tuple[str, ...] | None:
    if None in face or box.game.environment:
        return None
    return tuple(p.strategies[1 - int(v or 0)] for p, v in zip(box.game.populations, face, strict=True))


def _implicit_point(formulas: Formulas, solved: Solved, label: str) -> RestPoint:
    box = formulas.box
    assert solved.implicit is not None
    name, equation = solved.implicit
    fixed = dict(zip(box.names, solved.face, strict=True))
    coordinates = {n: sympy.Symbol(n) if v is None else sympy.Integer(v) for n, v in fixed.items()}
    degree = int(equation.degrees()[formulas.wide.names.index(name)])
    return RestPoint(
        label=label,
        kind="interior" if set(fixed.values()) == {None} else "edge",
        coordinates=coordinates,
        eigenvalues=(),
        stability=Stability.DEPENDS,
        attracting="unknown",
        because="its equation has no short formula for its roots; give values to all parameters",
        game=box.game,
        exists=implicit_condition(formulas, solved),
        note=f"at most {degree} points, the roots of the equation for {name}",
        open="its coordinates have no short formula; give values to all parameters",
    )


def _possible(prover: Prover, condition: Condition) -> Condition:
    tidied = prover.tidy(condition)
    return tidied if tidied == FALSE or prover.can_hold(tidied) else FALSE


class _Linear:
    """The linear part at a solved point: trace and determinant along its face, numbers away from it.

    ways: conditions under which the point exists, together all of them.
    """

    def __init__(self, formulas: Formulas, solved: Solved, prover: Prover) -> None:
        self.prover = prover
        found = [(_possible(prover, way.condition), way.known) for way in inside(formulas, solved)]
        rational = all(value.q.is_zero() for value in solved.values.values())
        self.known = [all_of(prover.tidy(known), way) for way, known in found if way != FALSE]
        self.ways = [shorten(prover, way)[0] if rational else way for way, _ in found if way != FALSE]
        face, values = solved.face, solved.values
        self.free = [i for i, value in enumerate(face) if value is None]
        place = formulas.place(face, values)
        height = {i: formulas.height(i, place) for i in self.free}
        self.block = [[height[i] * formulas.slope(i, j, face, values) for j in self.free] for i in self.free]
        self.away = []
        for i, value in enumerate(face):
            if value is not None:
                drive = formulas.drive(i, face, values)
                self.away.append(drive if value == 0 else -drive)

    @property
    def turns_throughout(self) -> bool:
        """Whether an imaginary pair is all that there is, wherever the point exists."""
        planar = len(self.free) == 2 and not self.away
        return planar and self._sign(self.trace) == 0 and self._sign(self.determinant) == 1

    @property
    def trace(self) -> Radical:
        (a, _), (_, d) = self.block
        return a + d

    @property
    def determinant(self) -> Radical:
        (a, b), (c, d) = self.block
        return a * d - b * c

    def stable(self, *, but_for_zeros: bool = False) -> list[Condition]:
        """Return the conditions under which all eigenvalues have negative real parts, or all that are not 0 throughout."""
        numbers = [*([self.block[0][0]] if len(self.free) == 1 else []), *self.away]
        parts = [number.sign("<") for number in numbers if not (but_for_zeros and self._sign(number) == 0)]
        if len(self.free) < 2:
            return parts
        turning, side = self.trace, self.determinant
        along = [] if but_for_zeros and self._sign(turning) == 0 else [turning.sign("<")]
        along += [] if but_for_zeros and self._sign(side) == 0 else [side.sign(">")]
        return [*along, *parts]

    def zeros(self) -> list[int]:
        """Return which numbers that should be negative are 0 throughout: those away from the face first."""
        inside = [self.trace, self.determinant] if len(self.free) == 2 else [self.block[0][0]] if self.free else []
        return [k for k, number in enumerate([*self.away, *inside]) if self._sign(number) == 0]

    def eigenvalues(self) -> tuple[sympy.Expr, ...]:
        away = tuple(number.expression() for number in self.away)
        if not self.free:
            return away
        if len(self.free) == 1:
            return (self.block[0][0].expression(), *away)
        half = self.trace / 2
        root = sympy.sqrt((half * half - self.determinant).expression())
        return (half.expression() + root, half.expression() - root, *away)

    def where(self, parts: Sequence[Condition]) -> Condition:
        """Return where the point exists and all parts hold."""
        found = []
        for way, known in zip(self.ways, self.known, strict=True):
            reduced = all_of(way, *(given(known, self.prover.tidy(part)) for part in parts))
            found.append(reduced if reduced == FALSE or self.prover.can_hold(reduced) else FALSE)
        return any_of(*found)

    def _sign(self, number: Radical) -> int | None:
        """Return the sign of a number where the point exists, None where it depends."""
        if number.is_zero():
            return 0
        positive, negative = (self.where([number.sign(relation)]) != FALSE for relation in "><")
        if positive and negative:
            return None
        if self.where([number.sign("=")]) != FALSE:
            return None if positive or negative else 0
        return 1 if positive else -1

    def verdict(self) -> Verdict:
        """Return the type where it is the same for all admissible parameters at which the point exists."""
        signs: list[int | None] = [self._sign(number) for number in self.away]
        if len(self.free) == 1:
            signs.insert(0, self._sign(self.block[0][0]))
        elif self.free:
            side, turning = self._sign(self.determinant), self._sign(self.trace)
            pairs: dict[int | None, list[int | None]] = {-1: [1, -1], 1: [turning, turning], 0: [0, turning]}
            signs[:0] = pairs.get(side, [None, None])
        if None not in signs:
            return classify(signs)
        if 1 in signs:
            return Verdict(Stability.DEPENDS, "unstable", "an eigenvalue is positive whatever the parameters")
        return Verdict(Stability.DEPENDS, "depends", "signs of eigenvalues depend on the parameters")

    def types(self) -> dict[str, Condition]:
        """Return named conditions for what an interior point can be."""
        if len(self.free) != 2 or self.away:
            return {}
        trace, determinant = self.trace, self.determinant
        named = {
            "saddle": [determinant.sign("<")],
            "sink": [trace.sign("<"), determinant.sign(">")],
            "source": [trace.sign(">"), determinant.sign(">")],
        }
        if self._sign(trace) in (None, 0):
            named["imaginary pair"] = [trace.sign("="), determinant.sign(">")]
        found = {name: self.where(parts) for name, parts in named.items()}
        return {name: condition for name, condition in found.items() if condition != FALSE}
