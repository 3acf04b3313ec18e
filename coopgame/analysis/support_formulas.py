"""Rest points with four and five strategies in one population as formulas, by support, with Routh-Hurwitz conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of, any_of, negate
from coopgame.algebra.hurwitz import determinant, hurwitz_quantities
from coopgame.algebra.prover import Proof, Prover
from coopgame.algebra.quotients import Quotient, all_vanish
from coopgame.analysis.points import Absence, Component, Kind, RestPoint
from coopgame.analysis.stability import Stability, Verdict
from coopgame.analysis.structure import Pairwise
from coopgame.analysis.symmetric_points import components, edge_points, zeros_throughout

MOST_STRATEGIES = 5
_MOST_TERMS = 2_000
_MOST_PRODUCTS = 3_000_000
_LETTERS = {3: "T", 4: "Q"}


@dataclass(frozen=True, eq=False)
class SymbolicSupports:
    """The mixed rest points as formulas, the proofs that some exist nowhere, the continua, and whether that is all."""

    points: tuple[RestPoint, ...]
    absent: tuple[Absence, ...]
    components: tuple[Component, ...]
    complete: bool
    because: str


def symbolic_supports(pairwise: Pairwise, prover: Prover) -> SymbolicSupports:
    """Return the rest points on edges and, up to five strategies, on all faces and inside.

    With the Cramer numerators u of the equations B u = const and their sum s, x* = u/s; the point exists where all u
    have one sign. Along the face the characteristic polynomial is that of diag(x*) B without the factor of x* itself.

    References: Haigh (1975), Journal of Applied Probability 12, 8-11; Hofbauer and Sigmund (1998), chapter 7.
    """
    n = pairwise.size
    found: list[RestPoint | Absence] = list(edge_points(pairwise, prover))
    continua = list(components(pairwise, prover))
    if n > MOST_STRATEGIES:
        because = f"mixtures of three and more of {n} strategies need values for all parameters"
        return SymbolicSupports(*_sorted(found), tuple(continua), False, because)
    for size in range(3, n + 1):
        for number, support in enumerate(combinations(range(n), size), start=1):
            label = "I1" if size == n else f"{_LETTERS[size]}{number}"
            place = _Support(pairwise, prover, support)
            if place.total.is_zero():
                found.append(Absence(label, Proof("identity", "the numerators of the shares add up to 0")))
            else:
                found.append(place.point(label))
            continua += place.continuum()
    because = "pure states, and by support all mixtures, are solved exactly"
    return SymbolicSupports(*_sorted(found), tuple(continua), True, because)


def _sorted(found: Sequence[RestPoint | Absence]) -> tuple[tuple[RestPoint, ...], tuple[Absence, ...]]:
    points = tuple(item for item in found if isinstance(item, RestPoint))
    return points, tuple(item for item in found if isinstance(item, Absence))


class _TooLong(Exception):
    """A formula would have more terms than anyone can use."""


class _Support:
    """The equations of one support: numerators u, their sum, the determinant, and what absent strategies earn."""

    def __init__(self, pairwise: Pairwise, prover: Prover, support: Sequence[int]) -> None:
        self.pairwise, self.prover, self.support = pairwise, prover, tuple(support)
        b = pairwise.differences
        self.block = [[b[i][j] for j in support] for i in support]
        one = Quotient(pairwise.ring, pairwise.ring.constant(1))
        zero = Quotient(pairwise.ring, pairwise.ring.constant(0))
        size = len(support)

        def numerator(k: int) -> Quotient:
            table = [[one if j == k else row[j] for j in range(size)] for row in self.block]
            return determinant(table) or zero

        self.numerators = [numerator(k) for k in range(size)]
        self.total = sum(self.numerators, zero)
        self.determinant = determinant(self.block) or zero
        self.absent = [k for k in range(pairwise.size) if k not in support]
        self.away = []
        for k in self.absent:
            earned = sum((b[k][j] * u for j, u in zip(support, self.numerators, strict=True)), zero)
            self.away.append(earned - self.determinant)
        # a sink needs det(-J) > 0, and det(-J) has the sign of (-1)^(size-1) s
        self.side = 1 if size % 2 else -1

    def where(self, relation: str) -> Condition:
        """Return where all numerators have one sign."""
        return all_of(*(u.sign(relation) for u in self.numerators))

    def point(self, label: str) -> RestPoint | Absence:
        """Return the rest point, or the proof that it exists nowhere."""
        prover = self.prover
        both = {relation: _possible(prover, self.where(relation)) for relation in "><"}
        exists = any_of(*both.values())
        if exists == FALSE:
            proof = prover.refutation(any_of(self.where(">"), self.where("<")))
            assert proof is not None, "both parts are refuted"
            return Absence(label, proof)
        right, wrong = (both[r] for r in ("><" if self.side > 0 else "<>"))
        stable_if, never, long = self._stable_if(right)
        verdict = self._verdict(right, wrong, stable_if, exists, long)
        names = self.pairwise.game.coordinates
        shares = dict.fromkeys(names, sympy.Integer(0))
        for i, u in zip(self.support, self.numerators, strict=True):
            shares[names[i]] = (u / self.total).expression()
        kind: Kind = "face" if self.absent else "interior"
        return RestPoint(
            label=label,
            kind=kind,
            coordinates=shares,
            eigenvalues=tuple((value / self.total).expression() for value in self.away),
            stability=verdict.stability,
            attracting=verdict.attracting,
            because=verdict.because,
            game=self.pairwise.game,
            exists=exists,
            stable_if=stable_if,
            note="listed eigenvalues lead away from the face; those along it are roots of a polynomial of degree "
            f"{len(self.support) - 1}",
            saturated=True if not self.absent else None,
            never_stable=never,
            open=long,
        )

    def _stable_if(self, right: Condition) -> tuple[Condition, Proof | None, str]:
        """Return where the point is stable, the proof that it never is, and why the condition is not known."""
        if right == FALSE:
            return FALSE, self.prover.refutation(self.where(">" if self.side > 0 else "<")), ""
        away = [(self.side * value).sign("<") for value in self.away if not value.is_zero()]
        first = all_of(right, (self.side * self.determinant).sign(">"), *away)
        never = self.prover.refutation(first)
        if never is not None:
            return FALSE, never, ""
        try:
            needed = self._hurwitz()
        except _TooLong:
            because = f"its stability conditions have more than {_MOST_TERMS} terms; give values to some parameters"
            return FALSE, None, because
        # with three strategies present a pair on the imaginary axis means closed orbits, with more it leaves all open
        on_axis = len(self.support) > 3 and any(value.is_zero() for value in needed)
        inside = [value.sign(">") for value in needed if not (on_axis and value.is_zero())]
        condition = self.prover.tidy(all_of(right, *inside, *away))
        never = self.prover.refutation(condition)
        if never is not None:
            return FALSE, never, ""
        if on_axis:
            return FALSE, None, "eigenvalues along its face lie on the imaginary axis throughout; give values"
        level = len(self.away) - len(away)
        return (FALSE, None, zeros_throughout(level)) if level else (condition, None, "")

    def _hurwitz(self) -> list[Quotient]:
        """Return numbers that are positive exactly where the eigenvalues along the face have negative real parts.

        With positive v = ±u on the right side the characteristic polynomial has coefficients P_j / |s|^j, where
        P_0 = 1, P_1 = ±det, P_j = P_1 P_(j-1) + (-1)^j sum over j-subsets of minor * product of v; the last is the product of all v.
        """
        size = len(self.support)
        ring = self.pairwise.ring
        v = [self.side * u for u in self.numerators]
        one = Quotient(ring, ring.constant(1))
        p = [one, self.side * self.determinant]
        for j in range(2, size - 1):
            total = _times(p[1], p[j - 1])
            for chosen in combinations(range(size), j):
                minor = determinant([[self.block[r][c] for c in chosen] for r in chosen])
                if isinstance(minor, int):
                    continue
                for i in chosen:
                    minor = _times(minor, v[i])
                total = total + minor if j % 2 == 0 else total - minor
            p.append(total)
        last = one
        for value in v:
            last = _times(last, value)
        p.append(last)
        zero = _Counted(Quotient(ring, ring.constant(0)))
        needed = [value or zero for value in hurwitz_quantities([_Counted(value) for value in p])]
        return [_short(value.value) for value in needed if value.value is not last]

    def _verdict(
        self, right: Condition, wrong: Condition, stable_if: Condition, exists: Condition, long: str
    ) -> Verdict:
        if right == FALSE:
            turned = "the determinant of the Jacobian along the face has the sign of no sink"
            return Verdict(Stability.DEPENDS, "unstable", turned)
        if any(self._always_away(k, right, wrong) for k in range(len(self.away))):
            return Verdict(Stability.DEPENDS, "unstable", "an eigenvalue is positive wherever the point exists")
        if long:
            return Verdict(Stability.DEPENDS, "unknown", long)
        if stable_if != FALSE and not self.prover.can_hold(all_of(exists, negate(stable_if))):
            return Verdict(Stability.SINK, "asymptotic", "Routh-Hurwitz: all eigenvalues have negative real parts")
        return Verdict(Stability.DEPENDS, "depends", "Routh-Hurwitz conditions depend on the parameters")

    def _always_away(self, k: int, right: Condition, wrong: Condition) -> bool:
        """Return whether the eigenvalue towards absent strategy k is positive wherever the point exists."""
        signs = ((right, "<=" if self.side > 0 else ">="), (wrong, ">=" if self.side > 0 else "<="))
        return all(c == FALSE or not self.prover.can_hold(all_of(c, self.away[k].sign(r))) for c, r in signs)

    def continuum(self) -> Iterator[Component]:
        """Yield the continuum that appears where the equations of the support are dependent, if one equation brings it about."""
        condition = self.prover.tidy(all_vanish(self.numerators))
        if condition == FALSE or (condition != TRUE and not self.prover.can_hold(condition)):
            return
        names = self.pairwise.game.coordinates
        where = " and ".join(f"{names[k]} = 0" for k in self.absent)
        note = "the equal-payoff equations are dependent; where their solutions have positive shares they are at rest"
        yield Component("other", f"with {where}" if where else "inside the simplex", condition, note)


def _possible(prover: Prover, condition: Condition) -> Condition:
    tidied = prover.tidy(condition)
    return FALSE if prover.refutation(tidied) else tidied


@dataclass(frozen=True, eq=False)
class _Counted:
    """A quotient whose products are refused when they would be too long."""

    value: Quotient

    def __mul__(self, other: _Counted) -> _Counted:
        return _Counted(_times(self.value, other.value))

    def __add__(self, other: _Counted) -> _Counted:
        return _Counted(self.value + other.value)

    def __neg__(self) -> _Counted:
        return _Counted(-self.value)

    def is_zero(self) -> bool:
        """Return whether it vanishes identically."""
        return self.value.is_zero()


def _times(one: Quotient, other: Quotient) -> Quotient:
    if len(one.numerator) * len(other.numerator) > _MOST_PRODUCTS:
        raise _TooLong
    return one * other


def _short(value: Quotient) -> Quotient:
    if len(value.numerator) > _MOST_TERMS:
        raise _TooLong
    return value
