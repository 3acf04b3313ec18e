"""Equilibria in which three or more players mix: two strategies each of three players exactly, others proved by interval arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq

from coopgame.algebra.copositive import determinant
from coopgame.algebra.surds import Surd
from coopgame.analysis.certify import precision
from coopgame.equilibria.linear_supports import Mixtures, filled
from coopgame.equilibria.simplex_boxes import Multilinear, contracted, shares_of, zeros_on_simplices
from coopgame.equilibria.support_search import SupportGains
from coopgame.equilibria.two_by_two_by_two import mixed_triples

_BITS = 128
_FEW_BOXES = 1000  # to see whether inequalities rule out a continuum
_LARGEST_DENOMINATOR = 10**12


@dataclass(frozen=True)
class MixedPoint:
    """An equilibrium with given supports: Fractions, or balls where a probability is irrational.

    quasi_strict: whether all other strategies earn less. index: the sign of the determinant of -J; 0 where it vanishes, None where the sign is open.
    """

    mixtures: Mixtures
    quasi_strict: bool
    index: int | None


@dataclass(frozen=True)
class MixedSupport:
    """The isolated equilibria with given supports, what was left open, and whether interval arithmetic was needed."""

    points: tuple[MixedPoint, ...] = ()
    open: tuple[str, ...] = ()
    intervals: bool = field(default=False)


def mixed_support(gains: SupportGains, most_boxes: int) -> MixedSupport:
    """Return all equilibria with exactly these supports, of which three or more have several strategies."""
    equal = np.concatenate([gains.equal[p] for p in gains.mixing])
    outside = _outside(gains)
    exact = gains.shape == (2, 2, 2)
    left: tuple[str, ...] = ()
    if exact:
        triples = mixed_triples([_differences(gains.equal[p][0], at) for at, p in enumerate(gains.mixing)])
        zeros: list[Sequence[Any]] = [[1 - x for x in point] for point in triples.points]
        if triples.continuum and _possible(equal, outside, _FEW_BOXES):
            left = ("a continuum",)
    else:
        narrow = _overdetermined(gains)
        if narrow is not None:
            return MixedSupport((), ("more equations than unknowns",) if _possible(*narrow, most_boxes) else (), True)
        if not equal.reshape(len(equal), -1).any(axis=1).all():
            return MixedSupport((), ("a continuum",) if _possible(equal, outside, _FEW_BOXES) else (), True)
        found = zeros_on_simplices(equal, outside, most_boxes)
        zeros = [_rational(balls, equal) for balls in found.zeros]
        left = (f"{found.undecided} boxes of mixtures",) if found.undecided else ()
    points = []
    with precision(_BITS):
        for zero in zeros:
            outcome = _settled(gains, zero)
            if isinstance(outcome, MixedPoint):
                points.append(outcome)
            elif outcome is None:
                left = (*left, "a tie at an irrational mixture")
    return MixedSupport(tuple(points), left, not exact)


def _outside(gains: SupportGains) -> np.ndarray:
    parts = [np.broadcast_to(values, (len(values), *gains.shape)) for values in gains.outside.values()]
    return np.concatenate(parts) if parts else np.zeros((0, *gains.shape), dtype=np.int64)


def _differences(values: np.ndarray, own: int) -> list[list[Fraction]]:
    """Return what the first of two strategies earns more than the second, by what the other two players do."""
    return [[Fraction(-int(v)) for v in row] for row in values.take(0, axis=own)]


def _possible(equal: np.ndarray, outside: np.ndarray, most_boxes: int) -> bool:
    """Return whether subdivision leaves room for a solution."""
    found = zeros_on_simplices(equal, outside, most_boxes)
    return bool(found.zeros or found.undecided)


def _overdetermined(gains: SupportGains) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the equations and inequalities of a player who uses more strategies than the others' mixtures can make equal, if there is one."""
    total = sum(k - 1 for k in gains.shape)
    for at, (player, k) in enumerate(zip(gains.mixing, gains.shape, strict=True)):
        if k - 1 > total - (k - 1):
            equal = gains.equal[player].take(0, axis=at + 1)
            none = np.zeros((0, *equal.shape[1:]), dtype=np.int64)
            outside = gains.outside[player].take(0, axis=at + 1) if player in gains.outside else none
            return equal, outside
    return None


def _rational(balls: Sequence[Any], equal: np.ndarray) -> Sequence[Any]:
    """Return the zero as Fractions when simple ones inside the balls solve all equations, else the balls."""
    guess = []
    for ball in balls:
        middle, radius = _binary(ball.mid()), _binary(ball.rad())
        simple = middle.limit_denominator(_LARGEST_DENOMINATOR)
        if abs(simple - middle) > radius:
            return balls
        guess.append(simple)
    solved = not any(Multilinear(table).value(guess) for table in equal)
    return guess if solved else balls


def _binary(value: Any) -> Fraction:
    """Return the midpoint or the radius of a ball, which is a binary number, as a Fraction."""
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _settled(gains: SupportGains, zero: Sequence[Any]) -> MixedPoint | bool | None:
    """Return the equilibrium at a zero; False where it is none, None where a sign stays open."""
    shares = shares_of(zero, gains.shape)
    signs = [sign_of(share) for own in shares for share in own]
    if any(sign is not None and sign <= 0 for sign in signs):
        return False
    leads = [sign_of(contracted(table, shares)) for values in gains.outside.values() for table in values]
    if 1 in leads:
        return False
    if None in leads or None in signs:
        return None
    quasi_strict = all(sign < 0 for sign in leads if sign is not None)
    whole = dict(zip(gains.mixing, shares, strict=True))
    sizes = gains.tables[0].shape
    mixtures = tuple(
        filled(sizes[p], chosen, [number(share) for share in whole.get(p, [Fraction(1)])])
        for p, chosen in enumerate(gains.support)
    )
    return MixedPoint(mixtures, quasi_strict, index_of(gains, zero))


def index_of(gains: SupportGains, zero: Sequence[Any]) -> int | None:
    """Return the sign of the determinant of -J, J the derivatives of the gains of strategies in use; None where it is open."""
    functions = [Multilinear(table) for p in gains.mixing for table in gains.equal[p]]
    size = len(functions)
    if not size:
        return 1
    rows = [[-1 * f.slope(zero, j) for j in range(size)] for f in functions]
    if any(isinstance(entry, Surd) for row in rows for entry in row):
        (_, a, b), (c, _, d), (e, f, _) = rows  # two strategies each: the diagonal vanishes
        return sign_of(a * d * e + b * c * f)
    if any(isinstance(entry, arb) for row in rows for entry in row):
        return sign_of(arb_mat([[arb(entry) for entry in row] for row in rows]).det())
    return sign_of(determinant([[Fraction(entry) for entry in row] for row in rows]))


def sign_of(value: Any) -> int | None:
    """Return the sign of a number; None for a ball that contains 0."""
    if isinstance(value, Surd):
        return int(value.sign())
    if isinstance(value, arb):
        return 1 if value > 0 else -1 if value < 0 else 0 if value == 0 else None
    return int(value > 0) - int(value < 0)


def number(value: Any) -> Any:
    """Return a surd as a Fraction where it is one, else as a ball; other numbers as they are."""
    if not isinstance(value, Surd):
        return value
    if not value.q or not value.d:
        return value.p
    p, q, d = (arb(fmpq(v.numerator, v.denominator)) for v in (value.p, value.q, value.d))
    return p + q * d.sqrt()
