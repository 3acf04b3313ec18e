"""Conditions: Boolean combinations of signs of polynomials in the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from coopgame.algebra.polynomials import MIRROR, Place, Point, Polynomial, Ring, comparison_text, placed
from coopgame.expressions import format_expression, parse_condition

NEGATION = {">": "<=", "<": ">=", ">=": "<", "<=": ">", "=": "!=", "!=": "="}
_ALLOWED = {
    ">": frozenset("+"),
    "<": frozenset("-"),
    ">=": frozenset("0+"),
    "<=": frozenset("-0"),
    "=": frozenset("0"),
    "!=": frozenset("-+"),
}
COMPARE: dict[str, Callable[[Any], Any]] = {
    ">": lambda v: v > 0,
    "<": lambda v: v < 0,
    ">=": lambda v: v >= 0,
    "<=": lambda v: v <= 0,
    "=": lambda v: v == 0,
    "!=": lambda v: v != 0,
}
_MARGIN: dict[str, Callable[[Any], Any]] = {
    ">": lambda v: v,
    "<": lambda v: -v,
    ">=": lambda v: v,
    "<=": lambda v: -v,
    "=": lambda v: -abs(v),
    "!=": abs,
}
_SYMPY: dict[str, Any] = {
    ">": sympy.StrictGreaterThan,
    "<": sympy.StrictLessThan,
    ">=": sympy.GreaterThan,
    "<=": sympy.LessThan,
    "=": sympy.Eq,
    "!=": sympy.Ne,
}


class Condition:
    """A statement about parameters that is true or false at every point; immutable.

    Build conditions with `sign`, `all_of`, `any_of` and `negate`; they keep negation at the leaves.
    """

    def holds(self, point: Point | Place) -> bool:
        """Return whether the condition holds at a point with exact numbers; decided exactly."""
        raise AssertionError(f"{type(self).__name__} must say when it holds")

    def holds_many(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        """Return for every row of points (n, len(ring.names)) whether the condition holds, in floats; shape (n,)."""
        raise AssertionError(f"{type(self).__name__} must say when it holds")

    def margins(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        """Return by how much the condition holds at every row of points, in floats: negative where it does not, 0 on its boundary; shape (n,).

        Polynomials count in units of their largest value there; of a conjunction the smallest margin is taken, of a disjunction the largest. It is continuous, so
        that a contour at 0 follows the boundary between the points.
        """
        raise AssertionError(f"{type(self).__name__} must say by how much it holds")

    def signs(self) -> Iterator[Sign]:
        """Yield the signs at the leaves, from left to right."""
        yield from ()

    def text(self) -> str:
        """Return the condition as one line of text, e.g. `F > c and g < F`."""
        raise AssertionError(f"{type(self).__name__} must print itself")

    def expression(self) -> Any:
        """Return the condition as a SymPy Boolean."""
        raise AssertionError(f"{type(self).__name__} must convert itself")

    def latex(self) -> str:
        """Return the condition as LaTeX mathematics."""
        return str(sympy.latex(self.expression()))

    def parameters(self) -> tuple[str, ...]:
        """Return the names that occur, each once, in order of appearance."""
        names = (name for leaf in self.signs() for name in leaf.ring.names_in(leaf.polynomial))
        return tuple(dict.fromkeys(names))

    def __str__(self) -> str:
        return self.text()

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"


@dataclass(frozen=True)
class Constant(Condition):
    """Always true or always false."""

    value: bool

    def holds(self, point: Point | Place) -> bool:
        return self.value

    def holds_many(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        return np.full(len(points), self.value)

    def margins(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        return np.full(len(points), 1.0 if self.value else -1.0)

    def text(self) -> str:
        return "true" if self.value else "false"

    def expression(self) -> Any:
        return sympy.true if self.value else sympy.false


TRUE = Constant(True)
FALSE = Constant(False)


@dataclass(frozen=True, eq=False)
class Sign(Condition):
    """`polynomial relation 0`; build it with `sign`."""

    ring: Ring
    polynomial: Polynomial
    relation: str

    @cached_property
    def key(self) -> tuple[str, str]:
        """What two equal signs have in common."""
        return str(self.polynomial), self.relation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sign) and self.ring == other.ring and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def holds(self, point: Point | Place) -> bool:
        return bool(COMPARE[self.relation](self.ring.value(self.polynomial, placed(point))))

    def holds_many(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        values = self._evaluator(points)[0]
        return np.asarray(COMPARE[self.relation](values), dtype=bool)

    def margins(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        values = np.asarray(self._evaluator(points)[0], dtype=float)
        units = values / (np.abs(values).max(initial=0.0) or 1.0)
        return np.asarray(_MARGIN[self.relation](units))

    @cached_property
    def _evaluator(self) -> Any:
        return self.ring.evaluator([self.polynomial])

    def signs(self) -> Iterator[Sign]:
        yield self

    def text(self) -> str:
        if self._product is not None:
            return f"{format_expression(self._product)} {self.relation} 0"
        return comparison_text(self.ring, self.polynomial, self.relation)

    @cached_property
    def _product(self) -> sympy.Expr | None:
        """The polynomial as a product, when it is one of several sums and shorter so."""
        _, factors = self.ring.factor(self.polynomial)
        if sum(power for factor, power in factors if len(factor.coeffs()) > 1) < 2:
            return None
        product = self.ring.factored_expression(self.polynomial)
        expanded = comparison_text(self.ring, self.polynomial, self.relation)
        return product if len(f"{format_expression(product)} {self.relation} 0") < len(expanded) else None

    def expression(self) -> Any:
        if self._product is not None:
            return _SYMPY[self.relation](self._product, 0, evaluate=False)
        positive = [(m, c) for m, c in self.polynomial.terms() if c > 0]
        left = self.ring.context.from_dict(dict(positive))
        to_expression = self.ring.to_expression
        relation = _SYMPY[self.relation]
        return relation(to_expression(left), to_expression(left - self.polynomial), evaluate=False)


@dataclass(frozen=True)
class _Tree(Condition):
    parts: tuple[Condition, ...]

    def signs(self) -> Iterator[Sign]:
        for part in self.parts:
            yield from part.signs()

    def _texts(self) -> list[str]:
        return [f"({part.text()})" if isinstance(part, _Tree) else part.text() for part in self.parts]


@dataclass(frozen=True)
class And(_Tree):
    """All parts hold; build it with `all_of`."""

    def holds(self, point: Point | Place) -> bool:
        place = placed(point)
        return all(part.holds(place) for part in self.parts)

    def holds_many(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        return np.asarray(np.logical_and.reduce([part.holds_many(points, ring) for part in self.parts]), dtype=bool)

    def margins(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        return np.asarray(np.minimum.reduce([part.margins(points, ring) for part in self.parts]))

    def text(self) -> str:
        return " and ".join(self._texts())

    def expression(self) -> Any:
        return sympy.And(*(part.expression() for part in self.parts), evaluate=False)


@dataclass(frozen=True)
class Or(_Tree):
    """At least one part holds; build it with `any_of`."""

    def holds(self, point: Point | Place) -> bool:
        place = placed(point)
        return any(part.holds(place) for part in self.parts)

    def holds_many(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        return np.asarray(np.logical_or.reduce([part.holds_many(points, ring) for part in self.parts]), dtype=bool)

    def margins(self, points: np.ndarray, ring: Ring) -> np.ndarray:
        return np.asarray(np.maximum.reduce([part.margins(points, ring) for part in self.parts]))

    def text(self) -> str:
        return " or ".join(self._texts())

    def expression(self) -> Any:
        return sympy.Or(*(part.expression() for part in self.parts), evaluate=False)


def sign(ring: Ring, polynomial: Polynomial, relation: str) -> Condition:
    """Return the condition `polynomial relation 0`, reduced to coprime integer coefficients.

    `relation` is one of > < >= <= = !=. A constant polynomial gives TRUE or FALSE.
    """
    if relation not in NEGATION:
        raise ValueError(f"relation must be one of {', '.join(NEGATION)}, got {relation!r}")
    if polynomial.is_constant() or polynomial.is_zero():
        value = ring.evaluate(polynomial, {})
        return TRUE if COMPARE[relation](value) else FALSE
    factor, reduced = ring.primitive(polynomial)
    return Sign(ring, reduced, relation if factor > 0 else MIRROR[relation])


def all_of(*conditions: Condition) -> Condition:
    """Return the conjunction; nested ones are flattened and signs of one polynomial merged."""
    return _combine(conditions, And, neutral=TRUE, absorbing=FALSE)


def any_of(*conditions: Condition) -> Condition:
    """Return the disjunction; nested ones are flattened and signs of one polynomial merged."""
    return _combine(conditions, Or, neutral=FALSE, absorbing=TRUE)


def _combine(conditions: Iterable[Condition], kind: Any, neutral: Constant, absorbing: Constant) -> Condition:
    parts: dict[Any, Condition] = {}
    for condition in conditions:
        for part in condition.parts if isinstance(condition, kind) else (condition,):
            if part == absorbing:
                return absorbing
            if part == neutral:
                continue
            slot = part.key[0] if isinstance(part, Sign) else part
            merged = _merge(parts[slot], part, kind) if isinstance(part, Sign) and slot in parts else part
            if merged == absorbing:
                return absorbing
            parts[slot] = merged
    kept = tuple(part for part in parts.values() if part != neutral)
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else kind(kept)


def _merge(first: Condition, second: Sign, kind: Any) -> Condition:
    """Return one condition for two on the sign of the same polynomial."""
    if not isinstance(first, Sign):
        return first
    one, other = _ALLOWED[first.relation], _ALLOWED[second.relation]
    allowed = one & other if kind is And else one | other
    if not allowed:
        return FALSE
    if len(allowed) == 3:
        return TRUE
    return Sign(first.ring, first.polynomial, next(r for r, signs in _ALLOWED.items() if signs == allowed))


def negate(condition: Condition) -> Condition:
    """Return the condition that holds exactly where the given one does not."""
    if isinstance(condition, Constant):
        return FALSE if condition.value else TRUE
    if isinstance(condition, Sign):
        return sign(condition.ring, condition.polynomial, NEGATION[condition.relation])
    if isinstance(condition, And):
        return any_of(*(negate(part) for part in condition.parts))
    if isinstance(condition, Or):
        return all_of(*(negate(part) for part in condition.parts))
    raise TypeError(f"not a condition: {condition!r}")


def condition_from_text(ring: Ring, text: str) -> Condition:
    """Return the condition that a text states about parameters of a ring, e.g. `F > c and 0 <= phi <= 1`."""
    parts = [(ring.fraction(part.difference, f"condition {text!r}"), part.relation) for part in parse_condition(text)]
    return all_of(*(sign(ring, top * bottom, relation) for (top, bottom), relation in parts))
