"""Thresholds: at which value of one parameter a pure state becomes stable or stops being so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import sympy

from coopgame.algebra.conditions import COMPARE, FALSE, TRUE, Condition, all_of, sign
from coopgame.algebra.polynomials import Polynomial, Ring
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.comparative import vertex_directions
from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.real_roots import Root, between, horner, isolated_roots, sign_at
from coopgame.analysis.rest_points import find_rest_points
from coopgame.errors import ParameterError
from coopgame.expressions import format_expression
from coopgame.games.game import Game
from coopgame.listed import Listed

_STEPS = 1_000_000


@dataclass(frozen=True, eq=False)
class Threshold:
    """Where one eigenvalue of a pure state changes its sign as the parameter grows.

    value: the exact expression, or at given values the root. condition: what must hold of the other parameters for it,
    where the slope of the eigenvalue has no definite sign. effect: above it the eigenvalue is positive (`destabilises`) or
    negative (`stabilises`); `touches` when it is zero there and has the same sign on both sides.
    """

    point: str
    direction: str
    value: sympy.Expr | Root
    effect: Literal["destabilises", "stabilises", "touches"]
    condition: Condition = TRUE

    def __str__(self) -> str:
        when = "" if self.condition == TRUE else f" if {self.condition}"
        return f"{self.point}: above {_shown(self.value)} the eigenvalue {self.direction} {self.effect}{when}"


@dataclass(frozen=True, eq=False)
class StableRange:
    """For which values of the parameter a pure state is stable.

    Stable where the parameter is above all of `above` and below all of `below`, and `needs` holds of the others. At given
    values a point may have several ranges; each then has at most one bound on each side and `needs` is true.
    """

    point: str
    above: tuple[sympy.Expr | Root, ...]
    below: tuple[sympy.Expr | Root, ...]
    needs: Condition = TRUE

    def text(self, parameter: str) -> str:
        """Return the range as one line."""
        parts = [f"{parameter} > {_shown(value)}" for value in self.above]
        parts += [f"{parameter} < {_shown(value)}" for value in self.below]
        parts += [self.needs.text()] if self.needs != TRUE else []
        return " and ".join(parts) or "true"


@dataclass(frozen=True, eq=False)
class Thresholds(Listed[Threshold]):
    """All thresholds of one parameter, and the ranges in which each pure state is stable.

    ranges: none for a point that is never stable. open: points for which no range is written, because the slope of an
    eigenvalue has no definite sign or is not affine in the parameter; their thresholds stand in the list as far as they are
    known.
    """

    game: Game = field(repr=False)
    parameter: str
    thresholds: tuple[Threshold, ...]
    ranges: tuple[StableRange, ...]
    open: tuple[tuple[str, str], ...]

    entries_in = "thresholds"

    def of(self, point: str) -> tuple[Threshold, ...]:
        """Return the thresholds of one point."""
        return tuple(threshold for threshold in self.thresholds if threshold.point == point)

    def ranges_of(self, point: str) -> tuple[StableRange, ...]:
        """Return the ranges in which one point is stable."""
        return tuple(found for found in self.ranges if found.point == point)

    def __str__(self) -> str:
        texts: dict[str, list[str]] = {}
        for found in self.ranges:
            texts.setdefault(found.point, []).append(found.text(self.parameter))
        lines = [f"{point} stable iff {' or '.join(parts)}" for point, parts in texts.items()]
        for point, why in self.open:
            lines += [f"{point}: {why}", *(f"  {threshold}" for threshold in self.of(point))]
        return "\n".join(lines) or "no pure state is ever stable"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(f"<li>{escape(line)}</li>" for line in str(self).splitlines())
        return f"<ul>{rows}</ul>"


def _shown(value: sympy.Expr | Root) -> str:
    return str(value) if isinstance(value, Root) else format_expression(value)


def find_thresholds(game: Game | RestPoints, parameter: str, values: Mapping[str, Any] | None = None) -> Thresholds:
    """Return where each pure state becomes or stops being stable as one parameter grows.

    Each eigenvalue that is affine in the parameter is solved for it; the sign of its slope is proved, or there is one
    threshold for each possible sign, with its condition. With values for all other parameters the answers are numbers, and
    eigenvalues of any degree are solved: real roots are isolated exactly, in rational intervals. Only admissible values of
    the parameter are looked at then. Boundary values, at which an eigenvalue is zero, belong to no range.

    Raises ParameterError for an unknown parameter, or one that has a value.

    >>> from coopgame import MatrixGame
    >>> hawks = MatrixGame([["(v - c)/2", "v"], ["0", "v/2"]], symbol="x", parameters={"v": "> 0", "c": "> 0"})
    >>> print(find_thresholds(hawks, "c"))
    E2 stable iff c < v
    """
    whole = game.game if isinstance(game, RestPoints) else game
    if parameter not in whole.ring.names:
        raise ParameterError(f"unknown parameter {parameter!r}; known are {', '.join(whole.ring.names) or 'none'}")
    if values and parameter in values:
        raise ParameterError(f"{parameter} is the parameter that varies; leave its value out")
    reduced = whole.substitute(values) if values else whole
    points = game if isinstance(game, RestPoints) and not values else find_rest_points(reduced)
    search = _AtValues(reduced, parameter) if reduced.ring.names == (parameter,) else _Symbolic(reduced, parameter)
    for point in points:
        if point.kind == "vertex":
            search.add(point)
    return Thresholds(reduced, parameter, tuple(search.found), tuple(search.ranges), tuple(search.open))


class _Search:
    def __init__(self, game: Game, parameter: str) -> None:
        self.ring: Ring = game.ring
        self.parameter = parameter
        self.prover = Prover(game.assumptions, steps=_STEPS)
        self.found: list[Threshold] = []
        self.ranges: list[StableRange] = []
        self.open: list[tuple[str, str]] = []

    def add(self, point: RestPoint) -> None:
        """Add the thresholds and ranges of one pure state."""
        if point.stable_if == FALSE:
            return
        pairs = zip(vertex_directions(point), point.eigenvalues, strict=True)
        self.solve(point, [(direction, Quotient.of(self.ring, value)) for direction, value in pairs])

    def solve(self, point: RestPoint, eigenvalues: Sequence[tuple[str, Quotient]]) -> None:
        """Add what one list of eigenvalues gives."""
        raise AssertionError(f"{type(self).__name__} must solve for the parameter")


class _Symbolic(_Search):
    """Exact expressions in the other parameters."""

    def solve(self, point: RestPoint, eigenvalues: Sequence[tuple[str, Quotient]]) -> None:
        above: list[sympy.Expr | Root] = []
        below: list[sympy.Expr | Root] = []
        needs: list[Condition] = []
        unclear = ""
        for direction, value in eigenvalues:
            powers = coefficients(self.ring, self._sign_polynomial(value), self.parameter)
            if value.is_zero():
                unclear = f"the eigenvalue {direction} is 0 throughout; stable iff {point.stable_if}"
            elif len(powers) == 1:
                needs.append(value.sign("<"))
            elif len(powers) > 2:
                unclear = f"the eigenvalue {direction} is not affine in {self.parameter}; give values to the others"
            else:
                root = Quotient(self.ring, -powers[0], powers[1]).expression()
                slope = self.prover.definite_sign(powers[1])
                (above if slope < 0 else below).append(root)
                if slope:
                    effect: Literal["destabilises", "stabilises"] = "destabilises" if slope > 0 else "stabilises"
                    self.found.append(Threshold(point.label, direction, root, effect))
                else:
                    unclear = f"the slope of the eigenvalue {direction} in {self.parameter} can have either sign"
                    self.found += self._by_cases(point.label, direction, root, powers[1])
        if unclear:
            self.open.append((point.label, unclear))
            return
        self.ranges.append(StableRange(point.label, tuple(above), tuple(below), self.prover.tidy(all_of(*needs))))

    def _sign_polynomial(self, value: Quotient) -> Polynomial:
        """Return a polynomial with the sign of a quotient, of low degree where the denominator's sign is known."""
        turn = self.prover.definite_sign(value.denominator)
        return value.numerator * turn if turn else value.numerator * value.denominator

    def _by_cases(self, label: str, direction: str, root: sympy.Expr, slope: Polynomial) -> Iterator[Threshold]:
        for relation, effect in ((">", "destabilises"), ("<", "stabilises")):
            condition = self.prover.tidy(sign(self.ring, slope, relation))
            if self.prover.can_hold(condition):
                yield Threshold(label, direction, root, effect, condition)  # type: ignore[arg-type]


class _AtValues(_Search):
    """Numbers: every other parameter has a value."""

    def solve(self, point: RestPoint, eigenvalues: Sequence[tuple[str, Quotient]]) -> None:
        conditions = [self._numbers(leaf.polynomial) for leaf in point.stable_if.signs()]
        pairs = [
            (d, self._numbers(v.numerator * v.denominator), self._numbers(v.denominator)) for d, v in eigenvalues
        ]
        assumed = [(self._numbers(leaf.polynomial), leaf.relation) for leaf in self.prover.assumptions.signs]
        every = [*conditions, *(numbers for _, numbers, _ in pairs), *(numbers for numbers, _ in assumed)]
        roots = isolated_roots(every)
        edges: list[Root | None] = [None, *roots, None]
        for before, root, after in zip(edges, roots, edges[2:], strict=False):
            inside = all(COMPARE[relation](sign_at(numbers, root)) for numbers, relation in assumed)
            for direction, numbers, poles in pairs:
                if inside and sign_at(numbers, root) == 0 and sign_at(poles, root) != 0 and any(numbers):
                    low, high = horner(numbers, between(before, root)) > 0, horner(numbers, between(root, after)) > 0
                    self.found.append(Threshold(point.label, direction, root, _effect(low, high)))
        self._ranges(point, edges)

    def _numbers(self, polynomial: Polynomial) -> list[Fraction]:
        return [self.ring.evaluate(power, {}) for power in coefficients(self.ring, polynomial, self.parameter)]

    def _ranges(self, point: RestPoint, edges: Sequence[Root | None]) -> None:
        """Join neighbouring intervals in which the point is stable, where it is stable between them too."""
        stable = all_of(self.prover.assumptions.condition, point.stable_if)
        joined: list[tuple[Root | None, Root | None]] = []
        for left, right in pairwise(edges):
            if not stable.holds({self.parameter: between(left, right)}):
                continue
            through = left is not None and left.exact is not None and stable.holds({self.parameter: left.exact})
            if joined and through and joined[-1][1] is left:
                joined[-1] = (joined[-1][0], right)
            else:
                joined.append((left, right))
        for low, high in joined:
            self.ranges.append(StableRange(point.label, (low,) if low else (), (high,) if high else ()))


def _effect(low: bool, high: bool) -> Literal["destabilises", "stabilises", "touches"]:
    if low == high:
        return "touches"
    return "destabilises" if high else "stabilises"


def coefficients(ring: Ring, polynomial: Polynomial, name: str) -> list[Polynomial]:
    """Return the coefficients of the powers 0, 1, … of one name, as polynomials in the others."""
    column = ring.names.index(name)
    powers: dict[int, dict[tuple[int, ...], Any]] = {}
    for exponents, coefficient in polynomial.terms():
        key = tuple(0 if i == column else int(e) for i, e in enumerate(exponents))
        powers.setdefault(int(exponents[column]), {})[key] = coefficient
    return [ring.context.from_dict(powers.get(k, {})) for k in range(max(powers, default=0) + 1)]
