"""Rest points on a box at given values: every zero certified by ball arithmetic, exact where it is rational."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy
from flint import arb, arb_mat

from coopgame.algebra.polynomials import to_fmpq
from coopgame.analysis.box import Box, Face
from coopgame.analysis.certify import precision, radius_of
from coopgame.analysis.compact import zeros_on_box
from coopgame.analysis.degenerate import beyond_eigenvalues
from coopgame.analysis.enclosures import Enclosure, vanishes
from coopgame.analysis.places import Place, near
from coopgame.analysis.points import Component, Known, RestPoint, stable_where
from coopgame.analysis.spectrum import Spectrum, classify, spectrum_at
from coopgame.analysis.stability import Verdict
from coopgame.expressions import to_sympy

_BITS = 160
_MARGIN = 1 / 1024
_LARGEST_DENOMINATOR = 10_000
_MOST_BOXES = {1: 20_000, 2: 6_000}
_MOST_BOXES_BEYOND = 20_000


@dataclass(frozen=True, eq=False)
class Found:
    """What the search found: places, continua, and the number of small boxes that may hold more."""

    places: tuple[Place, ...]
    components: tuple[Component, ...]
    undecided: int


def find_places(box: Box) -> Found:
    """Return all rest points of a box without parameters, face by face."""
    places: list[Place] = []
    components: list[Component] = []
    undecided = 0
    for mixed in range(box.size + 1):
        for face in box.faces(mixed):
            if any(_covers(component, box, face) for component in components):
                continue
            functions = [box.on(face, box.drives[i]) for i, value in enumerate(face) if value is None]
            if not functions:
                places.append(_vertex(face))
                continue
            idle = [vanishes(function) for function in functions]
            if any(idle):
                found, more = _degenerate(box, face, functions, idle)
                components += found
                undecided += more
                continue
            functions, curve = _without_repetition(box, face, functions)
            components += curve
            zeros, more = _on_face(box, face, functions)
            more += len(curve)
            places += zeros
            undecided += more
    return Found(tuple(places), tuple(components), undecided)


def _covers(component: Component, box: Box, face: Face) -> bool:
    """Whether a face lies in a whole face at rest that is known already; vertices stay listed."""
    if component.kind not in ("face", "line") or None not in face:
        return False
    equations = {part for part in box.where(face).split(" and ") if part != "everywhere"}
    wanted = {part for part in component.where.split(" and ") if part != "everywhere"}
    return wanted <= equations and component.note == ""


def _degenerate(
    box: Box, face: Face, functions: Sequence[sympy.Expr], idle: Sequence[bool]
) -> tuple[list[Component], int]:
    """Continua on a face where some drive vanishes identically; and 1 when others remain to be solved there."""
    free = [box.names[i] for i, value in enumerate(face) if value is None]
    if all(idle):
        return [Component("line" if len(free) == 1 else "face", box.where(face))], 0
    fixed = "" if box.where(face) == "everywhere" else f" and {box.where(face)}"
    rest = [f for f, nothing in zip(functions, idle, strict=True) if not nothing]
    used = sorted({str(s) for f in rest for s in f.free_symbols})
    equations = " and ".join(f"{sympy.factor(f)} = 0" for f in rest)
    note = (
        f"where these equations have solutions; {', '.join(n for n in free if n not in used) or 'one share'} is free"
    )
    return [Component("other", f"{equations}{fixed}", note=note)], 1


def _without_repetition(
    box: Box, face: Face, functions: Sequence[sympy.Expr]
) -> tuple[list[sympy.Expr], list[Component]]:
    """Return equations with the same isolated zeros that are simple where possible, and the curve they have in common.

    One polynomial loses its repeated factors; several lose their common factor, whose zeros are a continuum.
    """
    symbols = [sympy.Symbol(box.names[i]) for i, value in enumerate(face) if value is None]
    tops = [sympy.numer(sympy.together(function)) for function in functions]
    if not all(top.is_polynomial(*symbols) for top in tops):
        return list(functions), []
    polynomials = [sympy.Poly(top, *symbols) for top in tops]
    if len(polynomials) == 1:
        return [polynomials[0].sqf_part().as_expr()], []
    common = reduce(sympy.gcd, polynomials)
    if common.is_ground:
        return [p.as_expr() for p in polynomials], []
    fixed = "" if box.where(face) == "everywhere" else f" and {box.where(face)}"
    where = f"{sympy.factor(common.as_expr())} = 0{fixed}"
    curve = Component("other", where, note="where the equation has solutions on the face")
    return [sympy.div(p, common)[0].as_expr() for p in polynomials], [curve]


def _vertex(face: Face) -> Place:
    exact = tuple(Fraction(value or 0) for value in face)
    return Place(face, tuple(arb(int(v)) for v in exact), exact)


def _on_face(box: Box, face: Face, functions: Sequence[sympy.Expr]) -> tuple[list[Place], int]:
    free = [i for i, value in enumerate(face) if value is None]
    names = [box.names[i] for i in free]
    most = _MOST_BOXES.get(len(free), _MOST_BOXES_BEYOND)
    found = zeros_on_box(functions, names, box.game.unbounded, most, _MARGIN)
    places = []
    undecided = found.undecided
    for position, unknowns in enumerate((*found.inside, *found.straddling)):
        balls, inside = found.compact.values(unknowns), position < len(found.inside)
        exact = _rational(functions, names, balls)
        if exact is not None:
            ends = [v in box.ends(i) for i, v in zip(free, exact, strict=True)]
            if any(ends) or not all(
                v >= 0 and (v <= 1 or not box.bounded(i)) for i, v in zip(free, exact, strict=True)
            ):
                continue  # it belongs to a smaller face, or lies outside
        elif not inside:
            undecided += 1
            continue
        places.append(_placed(face, free, balls, exact))
    return sorted(places, key=lambda place: [float(ball.mid()) for ball in place.balls]), undecided


def _rational(
    functions: Sequence[sympy.Expr], names: Sequence[str], balls: Sequence[Any]
) -> tuple[Fraction, ...] | None:
    """Return the rational zero inside a box that holds exactly one, when its denominators are small."""
    middle = [float(ball.mid()) for ball in balls]
    radius = [radius_of(ball, m) for ball, m in zip(balls, middle, strict=True)]
    guess = [Fraction(m).limit_denominator(_LARGEST_DENOMINATOR) for m in middle]
    if any(abs(v - Fraction(m)) > Fraction(r) for v, m, r in zip(guess, middle, radius, strict=True)):
        return None
    point = {sympy.Symbol(n): to_sympy(v) for n, v in zip(names, guess, strict=True)}
    try:
        exact = all(function.xreplace(point) == 0 for function in functions)
    except (TypeError, ValueError):
        return None
    return tuple(guess) if exact else None


def _placed(face: Face, free: Sequence[int], balls: Sequence[Any], exact: tuple[Fraction, ...] | None) -> Place:
    whole = [arb(int(value or 0)) for value in face]
    numbers = [Fraction(value or 0) for value in face]
    for position, i in enumerate(free):
        whole[i] = balls[position]
        if exact is not None:
            numbers[i] = exact[position]
            whole[i] = arb(to_fmpq(exact[position]))
    return Place(face, tuple(whole), tuple(numbers) if exact is not None else None)


def box_rest_points(box: Box) -> tuple[tuple[RestPoint, ...], tuple[Component, ...], int]:
    """Return the rest points of a box without parameters, its continua, and how much the search left open."""
    found = find_places(box)
    points: list[RestPoint] = []
    for place in found.places:
        letter = {0: "E", box.size: "I"}.get(len(place.mixed), "F")
        number = sum(point.label[0] == letter for point in points) + 1
        points.append(_rest_point(box, place, f"{letter}{number}"))
    labels = dict(box.game.labels)
    named = [replace(p, label=labels.get(", ".join(p.profile or ()), p.label)) for p in points]
    return tuple(named), found.components, found.undecided


def _profile(box: Box, place: Place) -> tuple[str, ...] | None:
    if place.mixed or box.game.environment:
        return None
    pairs = zip(box.game.populations, place.face, strict=True)
    return tuple(population.strategies[1 - int(value or 0)] for population, value in pairs)


def _rest_point(box: Box, place: Place, label: str) -> RestPoint:
    """Return the rest point with its eigenvalues and type."""
    with precision(_BITS):
        refined = place if place.exact is not None else _refined(box, place)
        verdict, spectrum = _type(box, refined)
    known: Known = "exact" if place.exact is not None and spectrum.exact else "certified"
    coordinates = {name: _number(refined, i) for i, name in enumerate(box.names)}
    kind: Any = {0: "vertex", box.size: "interior"}.get(len(place.mixed), "edge" if len(place.mixed) == 1 else "face")
    return RestPoint(
        label=label,
        kind=kind,
        coordinates=coordinates,
        eigenvalues=spectrum.values,
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=box.game,
        known=known,
        profile=_profile(box, place),
        saturated=spectrum.saturated,
        index=spectrum.index,
        **stable_where(verdict.attracting),
    )


def _number(place: Place, i: int) -> sympy.Expr:
    if place.exact is not None:
        return to_sympy(place.exact[i])
    if place.face[i] is not None:
        return sympy.Integer(place.face[i])
    return sympy.Float(place.balls[i].mid().str(40, radius=False), 30)


def _refined(box: Box, place: Place) -> Place:
    """Return the place with balls as small as the working precision allows: Newton steps on balls keep the zero."""
    free = place.mixed
    names = [box.names[i] for i in free]
    functions = [Enclosure(box.on(place.face, box.drives[i]), names) for i in free]
    balls = [place.balls[i] for i in free]
    for _ in range(8):
        centre = [arb(b.mid()) for b in balls]
        slopes = arb_mat([[f.slope(balls, j) for j in range(len(free))] for f in functions])
        values = arb_mat([[f.value(centre)] for f in functions])
        try:
            step = slopes.solve(values)
        except (ValueError, ZeroDivisionError):
            break
        image = [c - step[k, 0] for k, c in enumerate(centre)]
        if not all(new.overlaps(old) for new, old in zip(image, balls, strict=True)):
            break
        narrower = [new if new.rad() < old.rad() else old for new, old in zip(image, balls, strict=True)]
        if all(new.rad() >= old.rad() for new, old in zip(narrower, balls, strict=True)):
            break
        balls = narrower
    return _placed(place.face, free, balls, None)


def _type(box: Box, place: Place) -> tuple[Verdict, Spectrum]:
    box = near(box, place)
    jacobian = [[sympy.diff(rate, sympy.Symbol(n)) for n in box.names] for rate in box.rates]
    free = place.mixed
    fixed = [i for i in range(box.size) if i not in free]
    tangent = [[jacobian[i][j] for j in free] for i in free]
    transverse = [jacobian[i][i] for i in fixed]
    spectrum = spectrum_at(box, place, tangent, transverse)
    verdict = classify(spectrum.signs)
    if verdict.attracting == "unknown":
        verdict = beyond_eigenvalues(box, place, spectrum, verdict)
    return verdict, spectrum
