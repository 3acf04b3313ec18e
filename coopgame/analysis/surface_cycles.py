"""Cycles that change on a hypersurface: Hopf bifurcations of rest points, and heteroclinic cycles between pure states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import arb

from coopgame.algebra.polynomials import Polynomial, Ring, to_fmpq
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.box import Box, Face
from coopgame.analysis.certify import precision
from coopgame.analysis.enclosures import Enclosure
from coopgame.analysis.heteroclinic import rings_of
from coopgame.analysis.places import Place, ball_sign
from coopgame.analysis.points import RestPoints
from coopgame.analysis.spots import Spot
from coopgame.analysis.surface_branches import Branch
from coopgame.analysis.surface_kinds import SurfaceChange, SurfaceKind
from coopgame.analysis.weak_focus import lyapunov_coefficient
from coopgame.errors import UnsupportedError
from coopgame.expressions import sympy_values

_BITS = 160
_NARROW = Fraction(1, 2**200)
_LONGEST = 5000  # terms of a polynomial that is factorised


# Hopf ----------------------------------------------------------------------------------------------------------------


def hopf_change(
    points: RestPoints, box: Box | None, spot: Spot, factor: Polynomial, branch: Branch
) -> SurfaceChange | None:
    """Return the Hopf bifurcation of a point at a spot, None when its first two eigenvalues are no imaginary pair there.

    With three strategies and linear payoffs a conserved quantity makes all orbits around the point closed on the hypersurface, and
    so it is where variables separate. Otherwise the sign of the first Lyapunov coefficient at the spot decides.

    References: Zeeman (1980), Population dynamics from game theory; Hofbauer and Sigmund (1998), section 7.5.
    """
    eigenvalues = branch.tracked.eigenvalues
    if eigenvalues.planar_signs(spot) != (0, 1):
        return None
    label, trace = branch.label, eigenvalues.trace
    whole = trace is not None and trace.q.is_zero() and bool((trace.p.numerator % factor).is_zero())
    if box is None:
        return _closed(label, whole and len(points.game.coordinates) == 3)
    coordinates = branch.tracked.point.coordinates
    face = tuple(_end(coordinates[name], box.ends(i)) for i, name in enumerate(box.names))
    plane = _plane(box, face)
    always = separable_on(plane, factor)
    if always or separable_at(plane, spot):
        return _closed(label, whole and always)
    side = _criticality(plane, spot, branch)
    kinds = {
        -1: (SurfaceKind.SUPERCRITICAL_HOPF, "small attracting cycles around it appear where it is unstable"),
        1: (SurfaceKind.SUBCRITICAL_HOPF, "small repelling cycles surround it where it is stable"),
        None: (SurfaceKind.HOPF, "whether cycles appear on one side or the other is not decided"),
    }
    kind, words = kinds[side]
    return SurfaceChange(kind, (label,), f"the stability of {label} changes and {words}")


def _closed(label: str, everywhere: bool) -> SurfaceChange:
    text = f"the stability of {label} changes; between, closed orbits surround it"
    return SurfaceChange(SurfaceKind.DEGENERATE_HOPF, (label,), text, everywhere)


def _end(value: sympy.Expr, ends: tuple[int, ...]) -> int | None:
    return int(value) if value in ends else None


def _plane(box: Box, face: Face) -> Box:
    """Return the game on the face with two free coordinates on which a point lies."""
    free = [i for i, value in enumerate(face) if value is None]
    drives = tuple(box.on(face, box.drives[i]) for i in free)
    return Box(box.game, tuple(box.names[i] for i in free), drives, tuple(box.relative[i] for i in free))


def separable_at(plane: Box, spot: Spot) -> bool:
    """Return whether at a rational spot each rate is a function of one coordinate times one of the other."""
    if spot.exact is None:
        return False
    ring = Ring(plane.names)
    values = sympy_values(spot.point)
    for drive in plane.drives:
        top, bottom = ring.fraction(drive.xreplace(values), "a drive")
        if not (_single(ring, top, plane.names) and _single(ring, bottom, plane.names)):
            return False
    return True


def separable_on(plane: Box, factor: Polynomial) -> bool:
    """Return whether the rates separate wherever a polynomial vanishes that is linear in some parameter."""
    ring = plane.game.ring
    wide = Ring([*ring.names, *plane.names])
    name = next((n for n, d in zip(ring.names, factor.degrees(), strict=True) if d == 1), None)
    if name is None:
        return False
    column = ring.names.index(name)
    lifted = wide.context.from_dict({(*map(int, m), *(0 for _ in plane.names)): c for m, c in factor.terms()})
    slope = lifted.derivative(column)
    rest = lifted - slope * wide.generator(name)
    for drive in plane.drives:
        for part in wide.fraction(drive, "a drive"):
            put = _put(wide, part, column, -rest, slope)
            if len(put) > _LONGEST or not _single(wide, put, plane.names):
                return False
    return True


def _put(ring: Ring, polynomial: Polynomial, column: int, top: Polynomial, bottom: Polynomial) -> Polynomial:
    """Return a polynomial with top/bottom put in for one name, times the power of bottom that clears denominators."""
    rows: dict[int, dict[tuple[int, ...], Any]] = {}
    for exponents, coefficient in polynomial.terms():
        key = tuple(0 if k == column else int(e) for k, e in enumerate(exponents))
        rows.setdefault(int(exponents[column]), {})[key] = coefficient
    degree = max(rows, default=0)
    total = ring.constant(0)
    for power, row in rows.items():
        total = total + ring.context.from_dict(row) * top**power * bottom ** (degree - power)
    return total


def _single(ring: Ring, polynomial: Polynomial, names: Sequence[str]) -> bool:
    """Return whether every factor contains at most one of the names."""
    if polynomial.is_zero():
        return False
    return all(len(set(ring.names_in(factor)) & set(names)) <= 1 for factor, _ in polynomial.factor()[1])


@dataclass(frozen=True, eq=False)
class _MovingPlace(Place):
    """A place at parameter values of which one is known as a ball."""

    values: tuple[tuple[str, Any], ...] = ()

    def ball(self, box: Box, expression: sympy.Expr) -> Any:
        names = [*box.names, *(name for name, _ in self.values)]
        return Enclosure(expression, names).value([*self.balls, *(ball for _, ball in self.values)])


def _criticality(plane: Box, spot: Spot, branch: Branch) -> int | None:
    """Return the certain sign of the first Lyapunov coefficient at a spot, None where it is not certain."""
    assert branch.place is not None
    low, high = spot.narrow(_NARROW)
    with precision(_BITS):
        moving = arb(to_fmpq(low)).union(arb(to_fmpq(high)))
        known = {name: arb(to_fmpq(value)) for name, value in spot.others.items()}
        values = tuple({**known, spot.along: moving}.items())
        numbers = [branch.place[name].expression() for name in plane.names]
        balls = tuple(Enclosure(number, [spot.along]).value([moving]) for number in numbers)
        face: Face = (None, None)
        return ball_sign(lyapunov_coefficient(plane, _MovingPlace(face, balls, None, values))) or None


# heteroclinic cycles ---------------------------------------------------------------------------------------------------


def cycle_changes(points: RestPoints, box: Box | None, spot: Spot, factor: Polynomial) -> Iterator[SurfaceChange]:
    """Yield the heteroclinic cycles through all pure states of a planar game that change between attracting and repelling.

    They do where the product of the contracting eigenvalues passes that of the expanding ones.

    References: Hofbauer and Sigmund (1998), section 17.5.
    """
    try:
        rings = list(rings_of(points.game))
    except UnsupportedError:  # not planar, or without pure states
        return
    vertices = {tuple(map(int, p.coordinates.values())): p.label for p in points if p.kind == "vertex"}
    for states, expanding, contracting, alone in rings:
        exists = [value.sign(">") for value in expanding] + [value.sign("<") for value in contracting] + alone
        if not all(all(spot.truth(condition)) for condition in exists):
            continue
        balance = _product(expanding) - _product([-value for value in contracting])
        below, at, above = spot.signs(balance.numerator * balance.denominator)
        if at == 0 and below * above < 0:
            labels = tuple(vertices[tuple(state.values())] for state in states)
            path = " -> ".join([*labels, labels[0]])
            text = f"the heteroclinic cycle {path} changes between attracting and repelling"
            everywhere = bool((balance.numerator % factor).is_zero())
            yield SurfaceChange(SurfaceKind.HETEROCLINIC, labels, text, everywhere)


def _product(values: Sequence[Quotient]) -> Quotient:
    result = values[0]
    for value in values[1:]:
        result = result * value
    return result
