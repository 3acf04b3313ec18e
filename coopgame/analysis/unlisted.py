"""Second branches through a rest point that no formula lists: shown by derivatives at a point of a hypersurface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coopgame.algebra.conditions import sign
from coopgame.algebra.polynomials import Polynomial, Ring, to_fmpq
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.radicals import Radical, evaluate
from coopgame.analysis.box import Box, Face
from coopgame.analysis.box_formulas import Formulas, continua
from coopgame.analysis.spots import Spot
from coopgame.analysis.surface_branches import Branch, Tracked

Matrix = Sequence[Sequence[Radical]]


class SecondBranch:
    """Looks for another branch of rest points through one that has exactly one eigenvalue 0 at a spot."""

    def __init__(self, box: Box, spot: Spot, branch: Branch) -> None:
        self.formulas = Formulas(box)
        self.box, self.spot = box, spot
        numbers = branch.tracked.numbers or {}
        ends = [_end(numbers[name], box.ends(i)) for i, name in enumerate(box.names)]
        self.face: Face = tuple(ends)
        self.values = {name: numbers[name] for name, end in zip(box.names, ends, strict=True) if end is None}
        self.free = [i for i, end in enumerate(ends) if end is None]

    def face_reached(self) -> Face | None:
        """Return the larger face whose interior one simple branch enters through the point, None when there is none.

        There the drive of one more coordinate vanishes too. By the theorem on implicit functions the zeros of the drives of the
        larger face near the point form one curve over the parameter where the determinant of their slopes does not vanish.
        """
        for i, end in enumerate(self.face):
            if end is not None and self._sign(self.formulas.drive(i, self.face, self.values)) == 0:
                order = [*self.free, i]
                slopes = [[self.formulas.slope(j, k, self.face, self.values) for k in order] for j in order]
                if self._sign(determinant(slopes)) in (1, -1):
                    return tuple(None if k == i else value for k, value in enumerate(self.face))
        return None

    def crosses_inside(self) -> bool:
        """Return whether a second branch crosses the point, which has one or two free coordinates, inside its face.

        The slopes S of the drives have v and w with S v = 0 and w S = 0. Where w D''(v, v) is not 0 the reduced equation has
        a quadratic term; one of its branches is the point itself, so the other one is a curve, and it crosses where the eigenvalue changes sign.

        References: Guckenheimer and Holmes (1983), section 3.4.
        """
        if len(self.free) not in (1, 2):
            return False
        slopes = [[self.formulas.slope(j, k, self.face, self.values) for k in self.free] for j in self.free]
        right, left = self._kernel(slopes), self._kernel([list(row) for row in zip(*slopes, strict=True)])
        if right is None or left is None:
            return False
        parts = [w * self._second(j, right) for w, j in zip(left, self.free, strict=True)]
        return self._sign(sum(parts[1:], parts[0])) in (1, -1)

    def _second(self, i: int, direction: Sequence[Radical]) -> Radical:
        """Return the second derivative of a drive in a direction in which the first one vanishes."""
        top, bottom = self.formulas.drives[i]
        columns = [self.formulas.wide.names.index(self.box.names[j]) for j in self.free]
        total = Radical.rational(Quotient(self.formulas.ring, self.formulas.ring.constant(0)))
        for first, u in zip(columns, direction, strict=True):
            for second, v in zip(columns, direction, strict=True):
                term = self.formulas.number(top.derivative(first).derivative(second), self.face, self.values) * u * v
                total = total + term
        return total / self.formulas.number(bottom, self.face, self.values)

    def _kernel(self, matrix: Matrix) -> Sequence[Radical] | None:
        """Return a vector that a singular matrix of one or two rows sends to 0 at the spot, None for the zero matrix of two rows."""
        if len(matrix) == 1:
            ring = self.formulas.ring
            return [Radical.rational(Quotient(ring, ring.constant(1)))]
        row = next((row for row in matrix if any(self._sign(entry) != 0 for entry in row)), None)
        return None if row is None else [-row[1], row[0]]

    def _sign(self, number: Radical) -> int | None:
        limit = self.spot.limit(number)
        return None if limit is None else self.spot.sign_at(limit)


def _end(number: Radical, ends: tuple[int, ...]) -> int | None:
    """Return the end at which a number is, None for others."""
    if not number.q.is_zero():
        return None
    return next((end for end in ends if (number.p - end).is_zero()), None)


def determinant(matrix: Matrix) -> Radical:
    """Return the determinant of a small square table, by its first row."""
    if len(matrix) == 1:
        return matrix[0][0]
    total = matrix[0][0] - matrix[0][0]
    for k, entry in enumerate(matrix[0]):
        term = entry * determinant([[*row[:k], *row[k + 1 :]] for row in matrix[1:]])
        total = total - term if k % 2 else total + term
    return total


@dataclass(frozen=True, eq=False)
class Curve:
    """States at rest at a spot because two drives on a face have a common factor there: where it vanishes."""

    where: str
    ring: Ring
    polynomial: Polynomial
    face: Face

    def holds(self, spot: Spot, branch: Branch) -> bool:
        """Return whether a rest point tends to a state of the curve."""
        if branch.place is None:
            return False
        pairs = zip(self.ring.names, self.face, strict=True)
        ends = [(branch.place[name], end) for name, end in pairs if end is not None]
        if any(spot.sign_at(value - end) != 0 for value, end in ends):
            return False
        wide = Ring([spot.along, *self.ring.names])
        lifted = wide.context.from_dict({(0, *map(int, m)): c for m, c in self.polynomial.terms()})
        return spot.sign_at(evaluate(spot.line, wide, lifted, dict(branch.place))) == 0


def curves_at(box: Box, spot: Spot) -> list[Curve]:
    """Return the curves of rest points inside planar faces that are there at a rational spot and not beside it."""
    if spot.exact is None or box.size < 2:
        return []
    formulas, ring = Formulas(box), Ring(box.names)
    numbers = {f"p{formulas.wide.names.index(name)}": to_fmpq(value) for name, value in spot.point.items()}
    count = len(formulas.ring.names)
    found = []
    for face in box.faces(2):
        idle, common = continua(formulas, face)
        if idle or common is not None:
            continue
        free = [i for i, value in enumerate(face) if value is None]
        tops = [formulas.on_face(i, face).subs(numbers).terms() for i in free]
        first, second = (ring.context.from_dict({tuple(map(int, m[count:])): c for m, c in top}) for top in tops)
        shared = first.gcd(second)
        if not shared.is_zero() and not shared.is_constant():
            fixed = [] if box.where(face) == "everywhere" else [box.where(face)]
            found.append(Curve(" and ".join([sign(ring, shared, "=").text(), *fixed]), ring, shared, face))
    return found


def listed_on(tracked: Sequence[Tracked], box: Box, face: Face) -> str | None:
    """Return the label of the only listed point without formula whose equation is on a face, None when there is not just one."""
    free = {name for name, value in zip(box.names, face, strict=True) if value is None}
    found = [
        one.point.label
        for one in tracked
        if one.numbers is None and {n for n in box.names if n not in one.face} == free
    ]
    return found[0] if len(found) == 1 else None
