"""Mixed rest points of several populations with any number of strategies at given values: exact for two that mix, else certified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import sympy

from coopgame.algebra.affine import AffineSet, Vector, corners, solve_linear
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.certify import zeros_in_cube
from coopgame.analysis.enclosures import Enclosure
from coopgame.analysis.exact_spectrum import ExactSpectrum, exact_spectrum
from coopgame.analysis.points import Component, Kind, Known, RestPoint
from coopgame.analysis.profile_points import Pair
from coopgame.analysis.profiles import Face, Profiles, faces
from coopgame.analysis.stability import NEVER_ASYMPTOTIC, Stability, Verdict
from coopgame.dynamics.mean import replicator
from coopgame.expressions import to_sympy

_MOST_FACES = 20_000
_CLEAR = 1e-9
Table = list[list[Fraction]]


@dataclass(frozen=True, eq=False)
class MixedPoints:
    """Mixed rest points, continua, boxes left undecided, and whether all faces were searched."""

    points: tuple[RestPoint, ...]
    components: tuple[Component, ...]
    undecided: int
    searched: bool


def mixed_points(profiles: Profiles) -> MixedPoints:
    """Return all rest points at which two or more populations mix, at given values.

    Two that mix: both sides of the equal-payoff equations are linear and solved exactly, whatever the numbers of
    strategies. Three and more: the equations are multilinear; interval subdivision certifies every zero.
    """
    points: list[RestPoint] = []
    components: list[Component] = []
    undecided = seen = 0
    for mixed in range(2, len(profiles.sizes) + 1):
        for face in faces(profiles.sizes, mixed):
            seen += 1
            if seen > _MOST_FACES:
                return MixedPoints(tuple(points), tuple(components), undecided, False)
            if mixed == 2:
                found: Iterator[RestPoint | Component] = _pair(profiles, face)
            else:
                zeros, left = _certified(profiles, face)
                undecided += left
                found = (_certified_point(profiles, face, zero) for zero in zeros)
            for item in found:
                if isinstance(item, Component):
                    components.append(item)
                else:
                    points.append(item)
    return MixedPoints(_labelled(points), tuple(components), undecided, True)


def _labelled(points: Sequence[RestPoint]) -> tuple[RestPoint, ...]:
    counts = {"I": 0, "F": 0}
    named = []
    for point in points:
        letter = "I" if point.kind == "interior" else "F"
        counts[letter] += 1
        named.append(replace(point, label=f"{letter}{counts[letter]}"))
    return tuple(named)


# two populations that mix


def _pair(profiles: Profiles, face: Face) -> Iterator[RestPoint | Component]:
    pair = Pair.on(profiles, face)
    one, other = ([[entry.value({}) for entry in row] for row in table] for table in pair.tables)
    sides = [_equal(other), _equal(one)]  # shares of the first population make the second indifferent
    if any(side is None for side in sides):
        return
    found = [side for side in sides if side is not None]
    if not any(side.dimension for side in found):
        x, y = (side.origin for side in found)
        if min(*x, *y) > 0:
            yield _pair_point(pair, one, other, x, y)
        return
    ends = [corners(side, range(len(side.origin))) for side in found]
    if all(_positive(points) for points in ends):
        yield _continuum(profiles, face, ends)


def _equal(table: Table) -> AffineSet | None:
    """Return the shares of the columns at which all rows are equal."""
    rows = [[a - b for a, b in zip(row, table[0], strict=True)] for row in table[1:]]
    ones = [Fraction(1)] * len(table[0])
    return solve_linear([*rows, ones], [*[Fraction(0)] * len(rows), Fraction(1)])


def _positive(points: Sequence[Vector]) -> bool:
    return bool(points) and all(any(point[i] > 0 for point in points) for i in range(len(points[0])))


def _continuum(profiles: Profiles, face: Face, ends: Sequence[Sequence[Vector]]) -> Component:
    shown = []
    for (p, chosen), points in zip(face.moving, ends, strict=True):
        population = profiles.game.populations[p]
        names = ", ".join(population.strategies[s] for s in chosen)
        texts = [f"({', '.join(map(str, point))})" for point in points]
        shown.append(f"shares of {names} in {population.name}: {' to '.join(texts)}")
    kind: Any = "line" if sorted(len(points) for points in ends) == [1, 2] else "other"
    fixed = profiles.where(face.profile, dict(face.moving))
    return Component(kind, "; ".join([*([fixed] if fixed != "everywhere" else []), *shown]))


def _pair_point(pair: Pair, one: Table, other: Table, x: Vector, y: Vector) -> RestPoint:
    ring = pair.profiles.ring
    scaled = [[Quotient(ring, ring.constant(v)) for v in shares] for shares in (x, y)]
    away = [value.value({}) for value in pair.away(*scaled)]
    spectrum = exact_spectrum(pair_tangent(one, other, x, y))
    verdict = pair_verdict(spectrum, away, is_balanced(one, other))
    whole = not away
    shares: list[Mapping[int, sympy.Expr]] = [{s: sympy.Integer(1)} for s in pair.face.profile]
    for (p, chosen), values in zip(pair.face.moving, (x, y), strict=True):
        shares[p] = {s: to_sympy(v) for s, v in zip(chosen, values, strict=True)}
    kind: Kind = "interior" if whole else "face"
    turn = (-1) ** spectrum.size * ((spectrum.determinant > 0) - (spectrum.determinant < 0))
    for value in away:
        turn *= (value < 0) - (value > 0)
    return RestPoint(
        label="",
        kind=kind,
        coordinates=pair.profiles.coordinates(shares),
        eigenvalues=(*spectrum.values, *(to_sympy(v) for v in away)),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=pair.profiles.game,
        note="" if verdict.attracting == "unstable" else f"not an ESS: {NEVER_ASYMPTOTIC}",
        saturated=not any(value > 0 for value in away),
        index=turn or None,
    )


def pair_tangent(one: Table, other: Table, x: Vector, y: Vector) -> Table:
    """Return the Jacobian along the face, in all shares but each population's last; own shares have no influence."""

    def block(table: Table, own: Vector, others: Vector) -> Table:
        means = [
            sum((s * row[j] for s, row in zip(own, table, strict=True)), Fraction(0)) for j in range(len(others))
        ]
        last = len(others) - 1
        return [
            [own[i] * (table[i][j] - means[j] - table[i][last] + means[last]) for j in range(last)]
            for i in range(len(own) - 1)
        ]

    upper, lower = block(one, x, y), block(other, y, x)
    p, q = len(x) - 1, len(y) - 1
    return [[Fraction(0)] * p + row for row in upper] + [row + [Fraction(0)] * q for row in lower]


def is_balanced(one: Table, other: Table) -> bool:
    """Return whether the face is a rescaled zero-sum game: what one gains is -c times what the other does, c > 0."""

    def bare(table: Table) -> Table:
        return [[a - table[0][j] - row[0] + table[0][0] for j, a in enumerate(row)] for row in table]

    pairs = [
        (a, b)
        for row, column in zip(bare(one), zip(*bare(other), strict=True), strict=True)
        for a, b in zip(row, column, strict=True)
    ]
    first = next(((a, b) for a, b in pairs if a or b), None)
    if first is None or not first[0] or not first[1] or first[0] * first[1] > 0:
        return False
    return all(a * first[1] == b * first[0] for a, b in pairs)


def pair_verdict(spectrum: ExactSpectrum, away: Sequence[Fraction], balanced: bool) -> Verdict:
    """The eigenvalues along the face come in pairs of both signs; without a real part only transverse ones decide."""
    count = spectrum.count
    outward = any(value > 0 for value in away)
    level = any(value == 0 for value in away)
    if count.right:
        clear = not (level or count.zero or count.imaginary)
        kind = Stability.SADDLE if clear else Stability.NON_HYPERBOLIC
        return Verdict(kind, "unstable", "eigenvalues of both signs along the face, as no own share matters")
    if outward:
        return Verdict(Stability.NON_HYPERBOLIC, "unstable", "a transverse eigenvalue is positive")
    if balanced and not level:
        kind = Stability.NON_HYPERBOLIC if away else Stability.CENTER
        because = "a conserved quantity keeps orbits of the face on closed level sets, and the transverse eigenvalues are negative"
        return Verdict(
            kind, "lyapunov", because if away else "a conserved quantity keeps orbits on closed level sets"
        )
    return Verdict(Stability.NON_HYPERBOLIC, "unknown", "eigenvalues on the imaginary axis and none to its right")


# three and more


def _certified(profiles: Profiles, face: Face) -> tuple[list[np.ndarray], int]:
    """Return the shares of the mixed populations at every certified zero, and how many boxes stay undecided."""
    unknowns = [(p, s) for p, chosen in face.moving for s in chosen[1:]]
    names = [f"s{p}_{s}" for p, s in unknowns]
    shares: dict[tuple[int, int], sympy.Expr] = {
        unknown: sympy.Symbol(name) for unknown, name in zip(unknowns, names, strict=True)
    }
    for p, chosen in face.moving:
        shares[p, chosen[0]] = 1 - sympy.Add(*(shares[p, s] for s in chosen[1:]))
    functions = []
    for p, chosen in face.moving:
        others = [(q, strategies) for q, strategies in face.moving if q != p]
        for s in chosen[1:]:
            terms = []
            for played in product(*(strategies for _, strategies in others)):
                profile = list(face.profile)
                weight = sympy.Integer(1)
                for (q, _), t in zip(others, played, strict=True):
                    profile[q] = t
                    weight *= shares[q, t]
                value = (profiles.gain(p, s, tuple(profile)) - profiles.gain(p, chosen[0], tuple(profile))).value({})
                terms.append(to_sympy(value) * weight)
            functions.append(Enclosure(sympy.Add(*terms), names))
    firsts = [Enclosure(shares[p, chosen[0]], names) for p, chosen in face.moving if len(chosen) > 2]
    found = zeros_in_cube(functions, positive=firsts)
    return list(found.points), found.undecided


def _certified_point(profiles: Profiles, face: Face, zero: np.ndarray) -> RestPoint:
    """Return the point with its type in floating point; the trace along the face is 0, so it is never a sink."""
    game = profiles.game
    values = iter(zero)
    shares: list[Mapping[int, sympy.Expr]] = [{s: sympy.Integer(1)} for s in face.profile]
    for p, chosen in face.moving:
        free = {s: float(next(values)) for s in chosen[1:]}
        shares[p] = {s: sympy.Float(v) for s, v in {chosen[0]: 1 - sum(free.values()), **free}.items()}
    coordinates = profiles.coordinates(shares)
    field = replicator(game)
    state = {name: float(value) for name, value in coordinates.items()}
    jacobian = field.jacobian(state)
    eigenvalues = np.linalg.eigvals(jacobian).astype(complex)
    real = np.sort(eigenvalues.real)
    clear = np.abs(real).min() > _CLEAR
    earned = field.payoffs(state)
    away, at = [], 0
    for p, size in enumerate(profiles.sizes):
        block = earned[at : at + size]
        present = dict(face.moving).get(p, (face.profile[p],))
        away += [float(block[s] - block[present[0]]) for s in range(size) if s not in present]
        at += size
    kind: Kind = "interior" if not away else "face"
    known: Known = "certified"
    return RestPoint(
        label="",
        kind=kind,
        coordinates=coordinates,
        eigenvalues=tuple(sympy.Float(e.real) + sympy.I * sympy.Float(e.imag) for e in eigenvalues),
        stability=Stability.SADDLE if clear else Stability.NON_HYPERBOLIC,
        attracting="unstable" if real[-1] > _CLEAR else "unknown",
        because="eigenvalues in floating point",
        game=game,
        known=known,
        saturated=all(value < 0 for value in away) if clear else None,
        index=int(np.sign(np.linalg.det(-jacobian))) if np.abs(eigenvalues).min() > _CLEAR else None,
        note=f"existence certified by interval arithmetic, type numerical; never an ESS: {NEVER_ASYMPTOTIC}",
    )
