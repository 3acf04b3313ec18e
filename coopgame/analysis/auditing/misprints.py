"""The nearest correct reading of a misprinted formula: which single change makes it right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import sympy

from coopgame.algebra.polynomials import Polynomial, Ring, monomial_text, to_fraction
from coopgame.errors import UnsupportedError
from coopgame.expressions import format_expression, symbols_of

Kind = Literal[
    "whole sign", "sign", "replaced", "missing", "extra", "coefficient", "name", "inside", "swapped", "elsewhere"
]
Terms = dict[tuple[int, ...], Fraction]
_MOST_VARIANTS = 3000


@dataclass(frozen=True)
class Reading:
    """One change that turns what is printed into what is right, in words."""

    kind: Kind
    text: str

    def __str__(self) -> str:
        return self.text


def nearest_reading(printed: sympy.Expr, right: sympy.Expr, names: Sequence[str], text: str = "") -> Reading | None:
    """Return the single change that makes a printed formula equal to the right one, None when one is not enough.

    Tried in this order: the sign of the whole, of one term; one term replaced, with names that are easily confused pointed out; one
    term missing or extra; a coefficient; one name in place of another throughout; one change inside a product or a bracket. Every
    reading is checked: with the change the two are equal, exactly. text: the formula as it is printed.
    """
    ring = Ring(sorted({*names, *symbols_of(printed), *symbols_of(right)}))
    try:
        ours, theirs = (ring.fraction(e, "formula") for e in (right, printed))
    except UnsupportedError:
        return Reading("whole sign", "the sign of the whole is turned") if printed == -right else None
    if ours[0] * theirs[1] == -(theirs[0] * ours[1]):
        return Reading("whole sign", "the sign of the whole is turned")
    whole = ours[1] == theirs[1]
    reading = _by_terms(ring, _terms(theirs[0]), _terms(ours[0]), text or str(printed)) if whole else None
    shown = [name for name in ring.names if _is_shown(name, text or str(printed))]
    return reading or _confused_name(ring, printed, right, shown) or _inside(ring, printed, ours, names)


def equal(ring: Ring, one: sympy.Expr, other: sympy.Expr) -> bool:
    """Return whether two rational formulas are equal, exactly."""
    (a, b), (c, d) = ring.fraction(one, "formula"), ring.fraction(other, "formula")
    return bool(a * d == c * b)


def _terms(polynomial: Polynomial) -> Terms:
    return {tuple(int(e) for e in m): to_fraction(c) for m, c in polynomial.terms()}


def _by_terms(ring: Ring, printed: Terms, right: Terms, text: str) -> Reading | None:
    excess = {m: printed.get(m, Fraction(0)) - right.get(m, Fraction(0)) for m in {**printed, **right}}
    excess = {m: value for m, value in excess.items() if value}
    if len(excess) == 1:
        return _one_term(ring, printed, right, *excess)
    if len(excess) == 2:
        return _replaced(ring, printed, right, excess, text)
    return None


def _one_term(ring: Ring, printed: Terms, right: Terms, m: tuple[int, ...]) -> Reading:
    there, belongs = printed.get(m), right.get(m)
    if not printed:
        return Reading("replaced", f"0 is printed where {_term(ring, m, belongs)} belongs")
    if there is None:
        return Reading("missing", f"the term {_term(ring, m, belongs)} is missing")
    if belongs is None:
        return Reading("extra", f"the term {_term(ring, m, there)} is too much")
    if there == -belongs:
        return Reading("sign", f"the sign of {_term(ring, m, abs(there))} is turned")
    return Reading("coefficient", f"{_term(ring, m, there)} is printed where {_term(ring, m, belongs)} belongs")


def _replaced(ring: Ring, printed: Terms, right: Terms, excess: Terms, text: str) -> Reading | None:
    for old, new in (tuple(excess), tuple(excess)[::-1]):
        coefficient = right.get(old)
        if coefficient is None or excess[old] != -coefficient or excess[new] != coefficient:
            continue
        if new not in printed and not _named(ring, new, text):
            continue  # the term cancels against another one: only where its names are printed at all
        confused = _confusion(ring, old, new)
        there, belongs = _term(ring, new, coefficient), _term(ring, old, coefficient)
        return Reading("replaced", f"{there} is printed where {belongs} belongs{confused}")
    return None


def _named(ring: Ring, m: tuple[int, ...], text: str) -> bool:
    return all(_is_shown(name, text) for name, e in zip(ring.names, m, strict=True) if e)


def _is_shown(name: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _confusion(ring: Ring, old: tuple[int, ...], new: tuple[int, ...]) -> str:
    left = [name for name, a, b in zip(ring.names, old, new, strict=True) for _ in range(max(0, a - b))]
    came = [name for name, a, b in zip(ring.names, old, new, strict=True) for _ in range(max(0, b - a))]
    if len(left) != 1 or len(came) != 1 or not close_names(left[0], came[0]):
        return ""
    stems = [name.rstrip("0123456789") for name in (left[0], came[0])]
    return f": the index of {left[0]}" if stems[0] == stems[1] else f": the letter of {left[0]}"


def close_names(one: str, other: str) -> bool:
    """Return whether two names differ in one character, or in an index."""
    if one.rstrip("0123456789") == other.rstrip("0123456789"):
        return True
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _term(ring: Ring, m: tuple[int, ...], coefficient: Fraction | None) -> str:
    assert coefficient is not None
    return ("-" if coefficient < 0 else "") + monomial_text(ring, m, abs(coefficient))


def _confused_name(ring: Ring, printed: sympy.Expr, right: sympy.Expr, shown: Sequence[str]) -> Reading | None:
    for belongs in sorted(symbols_of(right)):
        for there in sorted(set(shown) - {belongs}):
            changed = right.xreplace({sympy.Symbol(belongs): sympy.Symbol(there)})
            if _divides(ring, changed) and equal(ring, changed, printed):
                return Reading("name", f"{there} is printed where {belongs} belongs, throughout")
    return None


def _divides(ring: Ring, changed: sympy.Expr) -> bool:
    """Whether a changed formula is still a quotient: a change may make a denominator 0."""
    try:
        ring.fraction(changed, "formula")
    except UnsupportedError:
        return False
    return True


def _inside(
    ring: Ring, printed: sympy.Expr, right: tuple[Polynomial, Polynomial], names: Sequence[str]
) -> Reading | None:
    """One change at one place of the formula as it is printed."""
    for number, (changed, what) in enumerate(_variants(printed, sorted(names))):
        if number >= _MOST_VARIANTS:
            return None
        if not _divides(ring, changed):
            continue
        top, bottom = ring.fraction(changed, "formula")
        if top * right[1] == right[0] * bottom:
            return Reading("inside", what)
    return None


def _variants(node: Any, names: Sequence[str]) -> Iterator[tuple[sympy.Expr, str]]:
    """Yield the formula with one place changed, and what was wrong there; signs first, then names, then terms."""
    places = list(_places(node, ()))
    for path, part in places:
        if path and not part.is_Number:
            yield _put(node, path, -part), f"the sign of {format_expression(part)} is turned at one place"
    for path, part in places:
        if part.is_Symbol:
            others = sorted(
                (name for name in names if name != part.name), key=lambda n: not close_names(n, part.name)
            )
            for name in [*others, "1"]:
                value = sympy.Integer(1) if name == "1" else sympy.Symbol(name)
                yield _put(node, path, value), f"{part} is printed where {name} belongs, at one place"
    for path, part in places:
        if part.is_Add:
            for term in part.args:
                yield _put(node, path, part - term), f"the term {format_expression(term)} is too much at one place"


def _places(node: Any, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield every part of a formula and where it stands; exponents are left alone."""
    yield path, node
    for number, part in enumerate(node.args if not node.is_Pow else node.args[:1]):
        yield from _places(part, (*path, number))


def _put(node: Any, path: tuple[int, ...], part: Any) -> Any:
    if not path:
        return part
    arguments = list(node.args)
    arguments[path[0]] = _put(arguments[path[0]], path[1:], part)
    return node.func(*arguments)
