"""Folds of one population with two strategies: where two mixed rest points meet, exact in their share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import Any

import numpy as np
import sympy

from coopgame.algebra.polynomials import Polynomial
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.roots import Root
from coopgame.analysis.affine_line import AffineLine, affine_line, roots_in_share
from coopgame.errors import ParameterError, StateError, UnsupportedError
from coopgame.expressions import exact_number, format_expression
from coopgame.games.game import Game


@dataclass(frozen=True, eq=False)
class Fold:
    """A value of one parameter, or a place in a plane of two, at which mixed rest points meet, and their common share.

    share: the root, enclosed. place: the parameters there, exact where the share is rational, else at the middle of its
    enclosure. order: 2 where two rest points meet (a fold), 3 where three do (a cusp), and so on. admissible: whether the
    assumptions of the game hold there.
    """

    share: Root
    place: Mapping[str, Fraction]
    order: int
    admissible: bool

    def __str__(self) -> str:
        shown = ", ".join(f"{name} = {float(value):.6g}" for name, value in self.place.items())
        kind = {2: "fold", 3: "cusp"}.get(self.order, f"{self.order} rest points meet")
        return f"{kind} at share {float(self.share):.6g}: {shown}{'' if self.admissible else ' (not admissible)'}"


@dataclass(frozen=True, eq=False)
class FoldCurve:
    """The fold curve in a plane of two parameters: at a share x, D(x) = D'(x) = 0 has one solution for them.

    parameters: the two; share: the name of the share, which runs along the curve from 0 to 1. curve: the two parameters as
    exact rational functions of the share and of the parameters without value. cusps: where D'' = 0 too; poles: shares at which
    the curve leaves the plane; both None while parameters without value are left.
    """

    game: Game = field(repr=False)
    parameters: tuple[str, str]
    values: Mapping[str, Fraction]
    share: str
    curve: tuple[Quotient, Quotient]
    cusps: tuple[Fold, ...] | None
    poles: tuple[Root, ...] | None

    def expressions(self) -> dict[str, sympy.Expr]:
        """Return the two parameters as rational expressions of the share."""
        return {name: q.expression() for name, q in zip(self.parameters, self.curve, strict=True)}

    def at(self, share: Any) -> dict[str, Fraction]:
        """Return the two parameters at a share, exactly.

        Raises StateError for a share that is not between 0 and 1, or at a pole; ParameterError while parameters have no value.
        """
        x = self._checked(share)
        if self._is_pole(x):
            raise StateError(f"the curve has a pole at {self.share} = {x}; take another share")
        return {name: q.value({self.share: x}) for name, q in zip(self.parameters, self.curve, strict=True)}

    def points(self, shares: Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the two parameters at shares, computed exactly and then rounded; shape (n, 2), NaN at poles."""
        rows = []
        for share in shares:
            x = self._checked(float(share))
            rows.append([np.nan, np.nan] if self._is_pole(x) else [float(v) for v in self.at(x).values()])
        return np.array(rows).reshape(-1, 2)

    def admissible(self, shares: Sequence[float] | np.ndarray) -> np.ndarray:
        """Return for every share whether the assumptions of the game hold on the curve there; shape (n,)."""
        found = []
        for share in shares:
            x = self._checked(float(share))
            holds = not self._is_pole(x) and self.game.assumptions.contains({**self.values, **self.at(x)})
            found.append(holds)
        return np.array(found, dtype=bool)

    def _checked(self, share: Any) -> Fraction:
        left = [name for name in self.curve[0].ring.names if name != self.share]
        if left:
            raise ParameterError(f"the curve depends on {', '.join(left)}; give them values in find_fold_curve")
        x = exact_number(share, self.share)
        if not 0 < x < 1:
            raise StateError(f"{self.share} = {x}; a mixed rest point has a share between 0 and 1, both excluded")
        return x

    def _is_pole(self, x: Fraction) -> bool:
        return any(q.ring.evaluate(q.denominator, {self.share: x}) == 0 for q in self.curve)

    def __str__(self) -> str:
        lines = [f"{name} = {format_expression(value)}" for name, value in self.expressions().items()]
        lines += [str(cusp) for cusp in self.cusps or ()]
        return "\n".join([f"fold curve, 0 < {self.share} < 1:", *lines])

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>"


def find_folds(game: Game, parameter: str, values: Mapping[str, Any] | None = None) -> tuple[Fold, ...]:
    """Return the values of one parameter at which mixed rest points meet, in the order of their common share.

    The advantage D = c0 + p c1 must be linear in the parameter; D = D' = 0 then gives c0 c1' = c1 c0' for the share and
    p = -c0/c1. All shares between 0 and 1 are isolated exactly. values: numbers for all other parameters, defaults for the rest.

    Raises UnsupportedError where D is not linear in the parameter, or folds at every value of it.

    >>> from coopgame import collective_risk
    >>> [fold] = find_folds(collective_risk(6, 3), "r", {"b": 1, "c": "0.1"})
    >>> fold.share.low, fold.place["r"]
    (Fraction(2, 5), Fraction(125, 432))
    """
    line = affine_line(game, (parameter,), values)
    _must_have_values(line)
    (c0, c1), wronskian = line.parts, line.wronskian()
    if wronskian.is_zero():
        raise UnsupportedError(
            f"{parameter} multiplies the whole advantage or does not occur in it, so no single value of it is a fold; choose "
            "another parameter"
        )
    _no_lasting_root(line, (c0, c1))
    return tuple(_folds_at(line, _without(wronskian.numerator, c1.numerator), (-c0 / c1,), 2))


def find_fold_curve(game: Game, parameters: tuple[str, str], values: Mapping[str, Any] | None = None) -> FoldCurve:
    """Return the curve in the plane of two parameters on which two mixed rest points meet, exact in their share.

    The advantage D must be linear in the two parameters together. Then D(x) = D'(x) = 0 are two linear equations for them,
    and Cramer's rule gives both as rational functions of x. values: numbers for the others, defaults for the rest; those with
    neither stay symbols. With all values given, cusps (D'' = 0 as well) and poles are isolated exactly.

    Raises UnsupportedError when D is not linear in the two, or when both enter in one combination only or scale D as a whole;
    find_folds then gives the critical values of one of them. ParameterError for unknown names.

    >>> from coopgame import threshold_public_good
    >>> curve = find_fold_curve(threshold_public_good(4, 2), ("K", "f0"), {"b": 1, "fee": 0})
    >>> print(curve.expressions()["K"], curve.at("1/2"))
    12*(x - 1)**2/(x**2 - 4*x + 6) {'K': Fraction(12, 17), 'f0': Fraction(18, 17)}
    """
    if len(parameters) != 2:
        raise ParameterError(f"two parameters are needed, got {', '.join(map(repr, parameters))}")
    line = affine_line(game, parameters, values)
    (c0, c1, c2), (s0, s1, s2) = line.parts, line.derivatives(1)
    determinant, wronskian = c1 * s2 - c2 * s1, line.wronskian()
    if determinant.is_zero() or wronskian.is_zero():
        raise UnsupportedError(
            f"{parameters[0]} and {parameters[1]} enter the advantage in one combination only, or the whole advantage vanishes at "
            "one place of their plane, so folds are no curve parametrised by the share; use find_folds for one of them"
        )
    tops = (c2 * s0 - c0 * s2, c0 * s1 - c1 * s0)
    curve = (tops[0] / determinant, tops[1] / determinant)
    cusps = poles = None
    if line.numeric:
        _no_lasting_root(line, (*tops, determinant))
        cusps = tuple(_folds_at(line, _without(wronskian.numerator, determinant.numerator), curve, 3))
        first, second = (q.denominator for q in curve)
        poles = roots_in_share(first * second / first.gcd(second), line.ring)
    return FoldCurve(game, parameters, line.values, line.ring.names[-1], curve, cusps, poles)


def _must_have_values(line: AffineLine) -> None:
    if not line.numeric:
        missing = ", ".join(line.ring.names[:-1])
        raise ParameterError(f"no value for {missing}; give one to each of them, by values or as a default")


def _no_lasting_root(line: AffineLine, parts: Sequence[Quotient]) -> None:
    """Refuse a share at which all equations for the parameters vanish together: rest points meet there on a whole line."""
    common = parts[0].numerator
    for part in parts[1:]:
        common = common.gcd(part.numerator)
    lasting = roots_in_share(common, line.ring)
    if lasting:
        raise UnsupportedError(
            f"at the share {float(lasting[0]):.6g} the equations for {' and '.join(line.parameters)} are dependent, so rest points "
            "meet there on more than the curve; change a value, or look at find_rest_points along a path"
        )


def _without(polynomial: Polynomial, other: Polynomial) -> Polynomial:
    """Return the polynomial without the factors that it shares with another."""
    common = polynomial.gcd(other)
    while not common.is_constant():
        polynomial = polynomial / common
        common = polynomial.gcd(other)
    return polynomial


def _folds_at(line: AffineLine, shares: Polynomial, solved: Sequence[Quotient], least: int) -> list[Fold]:
    """Return the folds at the roots of a polynomial in the share; a root of multiplicity k adds k - 1 to the order."""
    found = []
    for root in roots_in_share(shares, line.ring):
        point = {line.ring.names[-1]: root.middle}
        place = {name: q.value(point) for name, q in zip(line.parameters, solved, strict=True)}
        admissible = line.game.assumptions.contains({**line.values, **place})
        found.append(Fold(root, place, least + root.multiplicity - 1, admissible))
    return found
