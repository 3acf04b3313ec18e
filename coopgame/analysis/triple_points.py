"""Rest points where three two-strategy populations are mixed: one quadratic equation, solved exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import sympy

from coopgame.algebra.conditions import TRUE, Condition, all_of, sign
from coopgame.algebra.polynomials import Ring, mostly_negative
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.surds import Surd, quadratic_roots
from coopgame.analysis.certify import certified_zeros
from coopgame.analysis.points import Component, RestPoint
from coopgame.analysis.stability import NEVER_ASYMPTOTIC, Stability, classify_mixed_triple
from coopgame.analysis.structure import Cube, Vertex

Line = tuple[Any, Any]  # (c0, c1): c0 + c1*x


@dataclass(frozen=True, eq=False)
class Subcube:
    """Three mixed populations p, q, r; the others play `vertex`. Unknowns: x, y, z, their first shares."""

    cube: Cube
    mixed: tuple[int, int, int]
    vertex: Vertex

    def corner(self, i: int, **shares: int) -> Quotient:
        """Return the advantage of population i where p, q, r have the given shares (0 or 1)."""
        changed = list(self.vertex)
        for name, population in zip("pqr", self.mixed, strict=True):
            changed[population] = shares.get(name, 0)
        return self.cube.corner(i, tuple(changed))

    @property
    def others(self) -> tuple[int, ...]:
        """The pure populations."""
        return tuple(i for i in range(self.cube.size) if i not in self.mixed)

    @property
    def z_lines(self) -> tuple[Line, Line]:
        """Advantage of q at z = 0 and z = 1, linear in x: z = B0/(B0 - B1) at a rest point."""
        q = self.mixed[1]
        return tuple(self._line(self.corner(q, p=0, r=c), self.corner(q, p=1, r=c)) for c in (0, 1))  # type: ignore[return-value]

    @property
    def y_lines(self) -> tuple[Line, Line]:
        """Advantage of r at y = 0 and y = 1, linear in x: y = C0/(C0 - C1) at a rest point."""
        r = self.mixed[2]
        return tuple(self._line(self.corner(r, p=0, q=b), self.corner(r, p=1, q=b)) for b in (0, 1))  # type: ignore[return-value]

    @staticmethod
    def _line(at0: Quotient, at1: Quotient) -> Line:
        return at0, at1 - at0

    def quadratic(self) -> tuple[Quotient, Quotient, Quotient]:
        """Coefficients (c0, c1, c2) of the equation for x, after y and z are eliminated."""
        (b0, b1), (c0, c1) = self.z_lines, self.y_lines
        parts_y, parts_z = {1: c0, 0: _minus(c1)}, {1: b0, 0: _minus(b1)}
        total: list[Any] = [0, 0, 0]
        for b, c in product((0, 1), repeat=2):
            corner = self.corner(self.mixed[0], q=b, r=c)
            for power, value in enumerate(_times(parts_y[b], parts_z[c])):
                total[power] = corner * value + total[power]
        return total[0], total[1], total[2]


def _minus(line: Line) -> Line:
    return -line[0], -line[1]


def _times(first: Line, second: Line) -> tuple[Any, Any, Any]:
    return first[0] * second[0], first[0] * second[1] + first[1] * second[0], first[1] * second[1]


def subcubes(cube: Cube) -> Iterator[Subcube]:
    """Yield every three-dimensional face of the cube."""
    for mixed in combinations(range(cube.size), 3):
        others = [i for i in range(cube.size) if i not in mixed]
        for fixed in product((0, 1), repeat=len(others)):
            vertex = [0] * cube.size
            for i, share in zip(others, fixed[::-1], strict=True):
                vertex[i] = share
            yield _solvable(cube, mixed, tuple(vertex))


def _solvable(cube: Cube, mixed: tuple[int, int, int], vertex: Vertex) -> Subcube:
    """Return the subcube with its populations ordered so that the second and third share follow from the first."""
    rotations = (mixed, (mixed[1], mixed[2], mixed[0]), (mixed[2], mixed[0], mixed[1]))
    for order in rotations:
        subcube = Subcube(cube, order, vertex)
        pairs = (subcube.y_lines, subcube.z_lines)
        if not any((low[0] - high[0]).is_zero() and (low[1] - high[1]).is_zero() for low, high in pairs):
            return subcube
    return Subcube(cube, mixed, vertex)


def symbolic_point(subcube: Subcube, label: str) -> RestPoint | None:
    """Return the rest points inside a subcube as one entry: the equation for x, and y, z as functions of it."""
    quadratic = subcube.quadratic()
    if all(coefficient.is_zero() for coefficient in quadratic[1:]):
        return None  # no root, or dependent equations
    pairs = (subcube.y_lines, subcube.z_lines)
    if any((low[0] - high[0]).is_zero() and (low[1] - high[1]).is_zero() for low, high in pairs):
        return None
    game = subcube.cube.game
    names = [game.coordinates[i] for i in subcube.mixed]
    x = sympy.Symbol(names[0])
    y_line, z_line = subcube.y_lines, subcube.z_lines
    solved = {names[1]: _share_expression(y_line, x), names[2]: _share_expression(z_line, x)}
    coordinates = {
        name: x if name == names[0] else solved.get(name, sympy.Integer(subcube.vertex[i]))
        for i, name in enumerate(game.coordinates)
    }
    equation = sum(c.expression() * x**power for power, c in enumerate(quadratic))
    return RestPoint(
        label=label,
        kind="interior" if not subcube.others else "face",
        coordinates=coordinates,
        eigenvalues=(),
        stability=Stability.DEPENDS,
        attracting="depends" if subcube.others else "unstable",
        because="the trace is 0; where the determinant is not, eigenvalues have real parts of both signs",
        game=game,
        exists=_exists(game.ring, names[0], equation, y_line, z_line),
        note=f"at most two points, the roots of the quadratic equation for {x}; never an ESS: {NEVER_ASYMPTOTIC}",
    )


def _share_expression(lines: tuple[Line, Line], x: sympy.Symbol) -> sympy.Expr:
    """Return the share low / (low - high), its denominator written with few minus signs."""
    low, high = lines
    level, slope = low[0] - high[0], low[1] - high[1]
    turn = -1 if all(mostly_negative(part.numerator) for part in (level, slope) if not part.is_zero()) else 1
    top, bottom = ((turn * a).expression() + (turn * b).expression() * x for a, b in (low, (level, slope)))
    return top / bottom


def _exists(ring: Ring, name: str, equation: sympy.Expr, *solved: tuple[Line, Line]) -> Condition:
    """The equation holds with all three shares strictly between 0 and 1; a condition on parameters and the root."""
    wide = Ring([*ring.names, name])
    x = sympy.Symbol(name)

    def compare(expression: sympy.Expr, relation: str) -> Condition:
        numerator, denominator = wide.fraction(expression)
        return sign(wide, numerator * denominator, relation)

    inside = [compare(x, ">"), compare(1 - x, ">")]
    for lines in solved:
        share = _share_expression(lines, x)
        inside += [compare(share, ">"), compare(1 - share, ">")]
    return all_of(compare(equation, "="), *inside)


def numeric_points(subcube: Subcube) -> Iterator[tuple[Surd, Surd, Surd] | Component]:
    """Yield the exact shares (x, y, z) of all rest points inside a subcube whose corners are numbers."""
    quadratic = [coefficient.value({}) for coefficient in subcube.quadratic()]
    b, c = ([tuple(v.value({}) for v in line) for line in lines] for lines in (subcube.z_lines, subcube.y_lines))
    if not any(quadratic):
        yield from _continuum(subcube)
        return
    for x in quadratic_roots(quadratic[0], quadratic[1], quadratic[2]):
        if not _inside(x):
            continue
        y, z = _ratio(c, x), _ratio(b, x)
        if y is None and z is None:
            yield from _continuum(subcube)
        elif (point := _completed(subcube, x, y, z)) is not None and all(map(_inside, point)):
            yield point


def _ratio(lines: Any, x: Surd) -> Surd | str | None:
    """Return low/(low - high) at x; None where both vanish (the share is free), "none" where no share solves it."""
    low, high = (line[1] * x + line[0] for line in lines)
    if (low - high).sign() == 0:
        return None if low.sign() == 0 else "none"
    share: Surd = low / (low - high)
    return share


def _completed(
    subcube: Subcube, x: Surd, y: Surd | str | None, z: Surd | str | None
) -> tuple[Surd, Surd, Surd] | None:
    """Fill in a share that its own equation leaves free, from the equation of population p."""
    if isinstance(y, str) or isinstance(z, str):
        return None
    corner = {(b, c): subcube.corner(subcube.mixed[0], q=b, r=c).value({}) for b, c in product((0, 1), repeat=2)}
    if y is not None and z is not None:
        return x, y, z
    if y is not None:
        known = _ratio([_along(corner, y, c, True) for c in (0, 1)], x)
        return (x, y, known) if isinstance(known, Surd) else None
    assert z is not None
    known = _ratio([_along(corner, z, b, False) for b in (0, 1)], x)
    return (x, known, z) if isinstance(known, Surd) else None


def _along(corner: dict[tuple[int, int], Fraction], share: Surd, end: int, first: bool) -> tuple[Surd, Surd]:
    low, high = (corner[(v, end) if first else (end, v)] for v in (0, 1))
    return share * (high - low) + low, Surd(Fraction(0))


def _inside(share: Surd) -> bool:
    return share.sign() > 0 and (1 - share).sign() > 0


def _continuum(subcube: Subcube) -> Iterator[Component]:
    """Yield the subcube as a component of unknown shape, unless it is certified to hold no rest point."""
    search = certified_zeros([_corner_table(subcube, i) for i in range(3)], most_boxes=400)
    if not search.undecided and not len(search.points):
        return
    game = subcube.cube.game
    ring = Ring(game.coordinates)
    fixed = {game.coordinates[i]: subcube.vertex[i] for i in subcube.others}
    equations = [
        sign(ring, ring.from_expression(game.advantage(i).subs(fixed), "advantage"), "=")
        for i in sorted(subcube.mixed)
    ]
    where = [
        *(f"0 < {game.coordinates[i]} and {game.coordinates[i]} < 1" for i in sorted(subcube.mixed)),
        *(f"{name} = {value}" for name, value in fixed.items()),
        *dict.fromkeys(equation.text() for equation in equations if equation != TRUE),
    ]
    note = "the equations are dependent; rest points there, if any, form curves or surfaces"
    yield Component("other", " and ".join(where), note=note)


def _corner_table(subcube: Subcube, i: int) -> dict[tuple[int, ...], Fraction]:
    others = [name for j, name in enumerate("pqr") if j != i]
    return {
        ends: subcube.corner(subcube.mixed[i], **dict(zip(others, ends, strict=True))).value({})
        for ends in product((0, 1), repeat=2)
    }


def numeric_point(subcube: Subcube, shares: tuple[Surd, Surd, Surd], label: str) -> RestPoint:
    """Return the rest point with its type, decided from the exact sign of the determinant."""
    game = subcube.cube.game
    slopes = _slopes(subcube, shares)
    forward = slopes[0][1] * slopes[1][2] * slopes[2][0]
    backward = slopes[0][2] * slopes[1][0] * slopes[2][1]
    determinant = (forward + backward).sign()
    transverse = [_transverse(subcube, m, shares) for m in subcube.others]
    signs = [value.sign() for value in transverse]
    verdict = classify_mixed_triple(determinant, signs)
    heights = [float(share * (1 - share)) for share in shares]
    jacobian = np.array([[h * float(s) for s in row] for h, row in zip(heights, slopes, strict=True)])
    tangent = [
        sympy.Float(e.real) + sympy.I * sympy.Float(e.imag) for e in np.linalg.eigvals(jacobian).astype(complex)
    ]
    by_name = {game.coordinates[i]: share.expression() for i, share in zip(subcube.mixed, shares, strict=True)}
    regular = determinant != 0 and 0 not in signs
    return RestPoint(
        label=label,
        kind="interior" if not subcube.others else "face",
        coordinates={
            name: by_name.get(name, sympy.Integer(subcube.vertex[i])) for i, name in enumerate(game.coordinates)
        },
        eigenvalues=(*tangent, *(value.expression() for value in transverse)),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=game,
        saturated=1 not in signs,
        index=-determinant * int(np.prod([-s for s in signs], dtype=int)) if regular else None,
    )


def _slopes(subcube: Subcube, shares: tuple[Surd, Surd, Surd]) -> list[list[Surd]]:
    """Return the derivatives of the three advantages by the three shares, exactly."""
    zero = Surd(Fraction(0))
    rows = []
    for i in range(3):
        row = [zero, zero, zero]
        for j in range(3):
            if i == j:
                continue
            k = 3 - i - j
            ends = []
            for v in (0, 1):
                at = [subcube.corner(subcube.mixed[i], **{"pqr"[j]: v, "pqr"[k]: w}).value({}) for w in (0, 1)]
                ends.append(shares[k] * (at[1] - at[0]) + at[0])
            row[j] = ends[1] - ends[0]
        rows.append(row)
    return rows


def _transverse(subcube: Subcube, m: int, shares: tuple[Surd, Surd, Surd]) -> Surd:
    total = Surd(Fraction(0))
    for ends in product((0, 1), repeat=3):
        weight = Surd(Fraction(1))
        for end, share in zip(ends, shares, strict=True):
            weight = weight * (share if end else 1 - share)
        named = dict(zip("pqr", ends, strict=True))
        total = total + weight * subcube.corner(m, **named).value({})
    return total if subcube.vertex[m] == 0 else -total
