"""Rest points on a box as formulas in the parameters: vertices, edges and planar faces, up to quadratic equations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from coopgame.algebra.conditions import TRUE, Condition, all_of, sign
from coopgame.algebra.given import given
from coopgame.algebra.polynomials import Polynomial, Ring
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.radicals import Radical, evaluate, roots
from coopgame.analysis.box import Box, Face
from coopgame.errors import UnsupportedError

Values = dict[str, Radical]
_LONGEST_DISCRIMINANT = 60  # terms


@dataclass(frozen=True, eq=False)
class Solved:
    """A rest point on a face: the free coordinates as formulas, and the condition that they solve the equations.

    implicit: the equation of a root of degree three or more, where formulas end; its coordinate is then missing.
    """

    face: Face
    values: Values
    exists: Condition
    implicit: tuple[str, Polynomial] | None = None


@dataclass(frozen=True, eq=False)
class Formulas:
    """The drives of a box as quotients of polynomials in parameters and coordinates."""

    box: Box

    @cached_property
    def ring(self) -> Ring:
        """Polynomials in the parameters."""
        return self.box.game.ring

    @cached_property
    def wide(self) -> Ring:
        """Polynomials in the parameters and coordinates."""
        return Ring([*self.ring.names, *self.box.names])

    @cached_property
    def drives(self) -> tuple[tuple[Polynomial, Polynomial], ...]:
        """Numerator and denominator of every drive."""
        pairs = zip(self.box.names, self.box.drives, strict=True)
        return tuple(self.wide.fraction(drive, f"what moves {name}") for name, drive in pairs)

    def number(self, polynomial: Polynomial, face: Face, values: Values) -> Radical:
        """Return a polynomial at a point of a face."""
        return evaluate(self.ring, self.wide, polynomial, self.place(face, values))

    def place(self, face: Face, values: Values) -> Values:
        """Return all coordinates of a point."""
        fixed = zip(self.box.names, face, strict=True)
        ends = {n: Radical.rational(Quotient(self.ring, self.ring.constant(v))) for n, v in fixed if v is not None}
        return {**ends, **values}

    def height(self, i: int, place: Values) -> Radical:
        """Return what drive i is multiplied by in its rate at a place."""
        result = Radical.rational(Quotient(self.ring, self.ring.constant(1)))
        for end in self.box.ends(i):
            u = place[self.box.names[i]]
            result = result * (u if end == 0 else 1 - u)
        return result

    def drive(self, i: int, face: Face, values: Values) -> Radical:
        """Return a drive at a point."""
        top, bottom = (self.number(part, face, values) for part in self.drives[i])
        return top / bottom

    def at_pole(self, face: Face, values: Values) -> bool:
        """Return whether a drive divides by what is 0 at a point for all parameters: it solves cleared equations only."""
        return any(self.number(bottom, face, values).is_zero() for _, bottom in self.drives)

    def slope(self, i: int, j: int, face: Face, values: Values) -> Radical:
        """Return the derivative of drive i by coordinate j at a point where the drive vanishes."""
        top, bottom = self.drives[i]
        derivative = top.derivative(self.wide.names.index(self.box.names[j]))
        return self.number(derivative, face, values) / self.number(bottom, face, values)

    def on_face(self, i: int, face: Face) -> Polynomial:
        """Return the numerator of a drive on a face."""
        result = self.drives[i][0]
        for name, value in zip(self.box.names, face, strict=True):
            if value is not None:
                result = substituted(self.wide, result, name, value)
        return result


def substituted(ring: Ring, polynomial: Polynomial, name: str, value: int) -> Polynomial:
    """Return a polynomial with 0 or 1 put in for one of its names."""
    place = ring.names.index(name)
    terms: dict[tuple[int, ...], Any] = {}
    for exponents, coefficient in polynomial.terms():
        if value == 0 and exponents[place]:
            continue
        key = tuple(0 if k == place else int(e) for k, e in enumerate(exponents))
        terms[key] = terms[key] + coefficient if key in terms else coefficient
    return ring.context.from_dict(terms)


def solve_face(formulas: Formulas, face: Face) -> Iterator[Solved]:
    """Yield the rest points on a face with one or two free coordinates whose drives there do not vanish identically."""
    free = [i for i, value in enumerate(face) if value is None]
    equations = [formulas.on_face(i, face) for i in free]
    names = [formulas.box.names[i] for i in free]
    if len(free) == 1:
        for value, exists in _roots_of(formulas, equations[0], names[0]):
            yield _solved(face, names[0], value, exists)
        return
    yield from _solve_pair(formulas, face, equations, names)


def _solved(face: Face, name: str, value: Radical | Polynomial, exists: Condition) -> Solved:
    if isinstance(value, Radical):
        return Solved(face, {name: value}, exists)
    return Solved(face, {}, exists, (name, value))


def _roots_of(
    formulas: Formulas, equation: Polynomial, name: str
) -> Iterator[tuple[Radical | Polynomial, Condition]]:
    """Yield the roots of an equation in one coordinate, factor by factor; a factor of degree three or more as it stands."""
    place = formulas.wide.names.index(name)
    for factor, _ in equation.factor()[1]:
        degree = int(factor.degrees()[place])
        if degree == 0:
            continue
        coefficients = [_coefficient(formulas, factor, place, k) for k in range(min(degree, 2) + 1)]
        if degree > 2 or (degree == 2 and _too_long(coefficients)):
            yield factor, TRUE
            continue
        yield from roots(formulas.ring, coefficients)


def _too_long(coefficients: list[Quotient]) -> bool:
    """Whether the root of a quadratic would be a formula that nobody reads and no prover decides."""
    c0, c1, c2 = coefficients
    return len((c1 * c1 - 4 * c2 * c0).numerator) > _LONGEST_DISCRIMINANT


def _coefficient(formulas: Formulas, polynomial: Polynomial, place: int, power: int) -> Quotient:
    """Return the coefficient of a power of one coordinate; no other coordinate may occur."""
    count = len(formulas.ring.names)
    terms = {}
    for exponents, coefficient in polynomial.terms():
        if exponents[place] == power:
            terms[tuple(int(e) for e in exponents[:count])] = coefficient
    return Quotient(formulas.ring, formulas.ring.context.from_dict(terms))


def _solve_pair(formulas: Formulas, face: Face, equations: list[Polynomial], names: list[str]) -> Iterator[Solved]:
    """Two equations in two coordinates: eliminate one in which an equation is linear, solve, and go back."""
    common = equations[0].gcd(equations[1])
    if any(d for d in _degrees(formulas.wide, common, names)):
        equations = [equation / common for equation in equations]  # their curve is a component, listed apart
    if any(not any(_degrees(formulas.wide, equation, names)) for equation in equations):
        return  # a drive without either coordinate: where it vanishes, what is at rest comes in curves
    # a factor of one with a factor of the other: of a product, the part that is divided by could vanish at a solution
    for pair in product(*(_factors(formulas.wide, equation, names) for equation in equations)):
        yield from _solve_irreducible(formulas, face, list(pair), names)


def _factors(ring: Ring, equation: Polynomial, names: list[str]) -> list[Polynomial]:
    return [factor for factor, _ in equation.factor()[1] if any(_degrees(ring, factor, names))]


def _solve_irreducible(
    formulas: Formulas, face: Face, equations: list[Polynomial], names: list[str]
) -> Iterator[Solved]:
    degrees = [_degrees(formulas.wide, equation, names) for equation in equations]
    if any(not degrees[0][k] and not degrees[1][k] for k in (0, 1)):
        return  # different conditions on the same coordinate
    if any(degrees[k][0] == 0 == degrees[1 - k][1] for k in (0, 1)):
        yield from _solve_apart(formulas, face, equations if degrees[0][0] else equations[::-1], names)
        return
    choice = _linear(formulas, equations, names)
    if choice is None:
        raise UnsupportedError(
            f"no equation for {' or '.join(names)} is linear in one of them or free of the other; give values to all parameters"
        )
    equation, other, kept, removed = choice
    for value, exists in _roots_of(formulas, _eliminated(formulas, equation, other, removed), kept):
        if not isinstance(value, Radical):
            yield Solved(face, {}, exists, (kept, value))
            continue
        partner = _partner(formulas, equation, other, {kept: value}, removed)
        if partner is not None:
            second, needs = partner
            yield Solved(face, {kept: value, removed: second}, all_of(exists, needs))


def _solve_apart(formulas: Formulas, face: Face, equations: list[Polynomial], names: list[str]) -> Iterator[Solved]:
    """The first equation holds the first coordinate alone, the second the second."""
    roots_of_both = [
        list(_roots_of(formulas, equation, name)) for equation, name in zip(equations, names, strict=True)
    ]
    for (first, one), (second, two) in product(*roots_of_both):
        exists = all_of(one, two)
        if not isinstance(first, Radical):
            yield Solved(face, {}, exists, (names[0], first))
        elif not isinstance(second, Radical):
            yield Solved(face, {}, exists, (names[1], second))
        else:
            yield Solved(face, {names[0]: first, names[1]: second}, exists)


def _degrees(ring: Ring, polynomial: Polynomial, names: list[str]) -> list[int]:
    degrees = polynomial.degrees()
    return [int(degrees[ring.names.index(name)]) for name in names]


def _linear(
    formulas: Formulas, equations: list[Polynomial], names: list[str]
) -> tuple[Polynomial, Polynomial, str, str] | None:
    """Return (equation, other, kept, removed): the equation is linear in `removed`, or free of it."""
    options = []
    for equation, other in (equations, equations[::-1]):
        for kept, removed in (names, names[::-1]):
            degree = _degrees(formulas.wide, equation, [removed])[0]
            back = _degrees(formulas.wide, other, [removed])[0]
            if degree == 1 or (degree == 0 and back == 1):
                source = equation if degree else other
                options.append(
                    (degree, not _never_divides_by_zero(formulas, source, removed), equation, other, kept, removed)
                )
    return min(options, key=lambda option: option[:2])[2:] if options else None


def _never_divides_by_zero(formulas: Formulas, equation: Polynomial, removed: str) -> bool:
    """Whether an equation that is linear in a coordinate gives it for all parameters at which the drives make sense.

    The factors of its slope must be among those that the drives divide by, or that the whole equation has.
    """
    slope = equation.derivative(formulas.wide.names.index(removed))
    divided = [bottom for _, bottom in formulas.drives]
    known = [factor for polynomial in (*divided, equation) for factor, _ in polynomial.factor()[1]]
    return all(any((factor % other).is_zero() for other in known) for factor, _ in slope.factor()[1])


def _eliminated(formulas: Formulas, equation: Polynomial, other: Polynomial, removed: str) -> Polynomial:
    """Return the equation that the kept coordinate meets."""
    place = formulas.wide.names.index(removed)
    if int(equation.degrees()[place]) == 0:
        return equation
    intercept = substituted(formulas.wide, equation, removed, 0)
    slope = equation.derivative(place)
    degree = int(other.degrees()[place])
    total = formulas.wide.constant(0)
    for power in range(degree + 1):
        part = _part(formulas.wide, other, place, power)
        total = total + part * (-intercept) ** power * slope ** (degree - power)
    return total


def _part(ring: Ring, polynomial: Polynomial, place: int, power: int) -> Polynomial:
    terms = {}
    for exponents, coefficient in polynomial.terms():
        if exponents[place] == power:
            terms[tuple(0 if k == place else int(e) for k, e in enumerate(exponents))] = coefficient
    return ring.context.from_dict(terms)


def _partner(
    formulas: Formulas, equation: Polynomial, other: Polynomial, known: Values, removed: str
) -> tuple[Radical, Condition] | None:
    """Return the removed coordinate from the equation that is linear in it, where its coefficient does not vanish."""
    place = formulas.wide.names.index(removed)
    source = equation if int(equation.degrees()[place]) == 1 else other
    intercept, slope = (
        evaluate(formulas.ring, formulas.wide, _part(formulas.wide, source, place, power), known) for power in (0, 1)
    )
    if slope.is_zero():
        return None
    return -intercept / slope, _nonzero(slope)


def _nonzero(value: Radical) -> Condition:
    norm = value.p * value.p - value.q * value.q * value.d
    return norm.sign("!=") if not value.q.is_zero() else value.p.sign("!=")


@dataclass(frozen=True)
class Way:
    """One way in which a point exists: the condition as written, and all the signs that are known where it holds."""

    condition: Condition
    known: Condition


def inside(formulas: Formulas, solved: Solved) -> list[Way]:
    """Return the ways in which a solved point lies on the open face: numerators may have either sign."""
    ways = [Way(TRUE, TRUE)]
    box = formulas.box
    for name, value in solved.values.items():
        i = box.names.index(name)
        sides = _between(formulas.ring, value, not box.relative[i], box.bounded(i))
        ways = [Way(all_of(way.condition, s.condition), all_of(way.known, s.known)) for way in ways for s in sides]
    return [Way(all_of(given(way.known, solved.exists), way.condition), way.known) for way in ways]


def _between(ring: Ring, value: Radical, closed: bool, bounded: bool) -> list[Way]:
    """The ways in which a number lies between 0 and 1, or above 0 where there is no upper bound; a plain one may lie at its ends."""
    if not value.q.is_zero():
        condition = all_of(value.sign(">"), *([(1 - value).sign(">")] if bounded else []))
        return [Way(condition, condition)]
    top, bottom = value.p.numerator, value.p.denominator
    ways = []
    for relation in "><":
        parts = (top, bottom - top) if bounded else (top,)
        below = sign(ring, bottom, relation)
        if closed or not bounded:
            own = relation if not closed else f"{relation}="
            condition = all_of(below, *(sign(ring, part, own) for part in parts))
        else:
            condition = all_of(*(sign(ring, part, relation) for part in parts))  # bottom is their sum
        ways.append(Way(condition, all_of(condition, below)))
    return ways


def implicit_condition(formulas: Formulas, solved: Solved) -> Condition:
    """Return the equation of a root without formula, with the root in the range of its coordinate."""
    assert solved.implicit is not None
    name, equation = solved.implicit
    ring = Ring([*formulas.ring.names, name])
    reduced = ring.from_expression(formulas.wide.to_expression(equation))
    u = ring.generator(name)
    above = [sign(ring, 1 - u, ">")] if formulas.box.bounded(formulas.box.names.index(name)) else []
    return all_of(sign(ring, reduced, "="), sign(ring, u, ">"), *above)


def continua(formulas: Formulas, face: Face) -> tuple[list[int], Polynomial | None]:
    """Return which free drives vanish identically on a face, and the common factor of two drives, if it has a curve."""
    free = [i for i, value in enumerate(face) if value is None]
    equations = [formulas.on_face(i, face) for i in free]
    idle = [i for i, equation in zip(free, equations, strict=True) if equation.is_zero()]
    if idle or len(free) != 2:
        return idle, None
    common = equations[0].gcd(equations[1])
    names = [formulas.box.names[i] for i in free]
    return [], common if any(_degrees(formulas.wide, common, names)) else None
