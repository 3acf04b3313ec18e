"""What is true at a point: eigenvalues by direction, their signs, linear type and what nearby states do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from coopgame.algebra.conditions import TRUE, Condition, all_of
from coopgame.analysis.auditing.place import Located, State
from coopgame.analysis.auditing.printed import real_sign
from coopgame.analysis.auditing.result import AuditKnown
from coopgame.analysis.auditing.scene import Scene
from coopgame.analysis.points import Component
from coopgame.analysis.stability import Attracting, Stability, Verdict, classify_real
from coopgame.errors import UnsupportedError

_DIGITS = 30
_MIXED_PAIR, _MIXED_TRIPLE = 2, 3


@dataclass(frozen=True, eq=False)
class Facts:
    """What is derived at a located point of a scene that is at rest.

    eigenvalues: all of them on the tangent space, None where no formula is known. pure: those in the direction of populations that
    play one strategy; mixed: the others.
    """

    scene: Scene
    located: Located
    eigenvalues: tuple[sympy.Expr, ...] | None
    pure: Mapping[str, sympy.Expr]
    mixed: tuple[sympy.Expr, ...] | None
    verdict: Verdict

    @property
    def known(self) -> AuditKnown:
        """How sure the eigenvalues are: exact, or numerical where they come from floating point."""
        return "numerical" if any(e.has(sympy.Float) for e in self.eigenvalues or ()) else "exact"

    @property
    def trapped(self) -> bool:
        """Whether the point is mixed in a game in which no mixed point is asymptotically stable."""
        return self.scene.separate and not self.located.is_vertex

    @property
    def lines(self) -> tuple[Component, ...]:
        """The continua of rest points on which the point lies."""
        return self.located.components

    @property
    def size(self) -> int:
        """The number of eigenvalues."""
        return sum(len(population.strategies) - 1 for population in self.scene.game.populations)

    @cached_property
    def signs(self) -> tuple[int | None, ...] | None:
        """Signs of the real parts in the order of `eigenvalues`, None for one that depends on the parameters; None altogether unknown."""
        if self.eigenvalues is None:
            return None
        found = [self.sign(value) for value in self.eigenvalues]
        return None if "unknown" in found else tuple(sign for sign in found if not isinstance(sign, str))

    def sign(self, value: sympy.Expr) -> int | str | None:
        """Return the sign of a real part: +1, -1, 0, None where it depends, or `unknown`."""
        if not value.free_symbols:
            return real_sign(value)
        found = self.possible(value)
        if found is None:
            return "unknown"
        return {">": 1, "<": -1, "=": 0}[found[0]] if len(found) == 1 else None

    def possible(self, value: sympy.Expr) -> tuple[str, ...] | None:
        """Return which of > < = 0 are not excluded where the point exists; None when the expression is not rational."""
        quotient = self.scene.signable(value)
        if quotient is None:
            return None
        if quotient.is_zero():
            return ("=",)
        exists = self.existence
        return tuple(r for r in "><=" if self.scene.prover.can_hold(all_of(exists, quotient.sign(r))))

    @property
    def existence(self) -> Condition:
        """The condition under which the point lies inside the state space; none where it speaks of a root of an equation."""
        exists = self.located.exists
        return TRUE if set(exists.parameters()) - set(self.scene.game.ring.names) else exists

    @property
    def nature(self) -> str:
        """Linear type and what nearby states do, in words."""
        if self.verdict.stability == Stability.DEPENDS and self.verdict.attracting == "depends":
            return "depends on the parameters"
        return f"{self.verdict.stability}, {self.verdict.attracting}"


def facts_at(scene: Scene, located: Located) -> Facts:
    """Return what is true at a point that is at rest."""
    state = located.state
    pure = _pure(scene, state) if state is not None and scene.several else {}
    point = located.point
    if point is not None:
        eigenvalues = point.eigenvalues if point.eigenvalues or not _size(scene) else None
        mixed = _mixed(located, eigenvalues)
        verdict = Verdict(point.stability, point.attracting, point.because)
        return Facts(scene, located, eigenvalues, pure, mixed, verdict)
    assert state is not None
    eigenvalues = _eigenvalues(scene, state)
    mixed = eigenvalues if not pure else () if len(pure) == len(eigenvalues or ()) else None
    return Facts(scene, located, eigenvalues, pure, mixed, _verdict(scene, eigenvalues, located))


def _size(scene: Scene) -> int:
    return sum(len(population.strategies) - 1 for population in scene.game.populations)


def _pure(scene: Scene, state: State) -> dict[str, sympy.Expr]:
    """Eigenvalues in the direction of populations that are pure: their row of the Jacobian has a diagonal entry only."""
    found = {}
    for population in scene.game.populations:
        name = population.symbol
        if name and state[name] in (0, 1):
            advantage = scene.advantage(name, state)
            found[name] = scene.simplest(advantage if state[name] == 0 else -advantage)
    return found


def _mixed(located: Located, eigenvalues: tuple[sympy.Expr, ...] | None) -> tuple[sympy.Expr, ...] | None:
    """The eigenvalues on the face of a rest point of a cube: its first ones, for two or three mixed populations."""
    count = len(located.mixed)
    if eigenvalues is None or located.is_vertex:
        return () if located.is_vertex else None
    return eigenvalues[:count] if count in (_MIXED_PAIR, _MIXED_TRIPLE) else None


def _eigenvalues(scene: Scene, state: State) -> tuple[sympy.Expr, ...] | None:
    """Eigenvalues of the Jacobian at a state: exact where it is triangular or of two dimensions, else to 30 digits at numbers."""
    matrix = scene.field.jacobian_expressions.xreplace(scene.at(state))
    if matrix.is_upper or matrix.is_lower:
        return tuple(scene.simplest(matrix[i, i]) for i in range(matrix.rows))
    if matrix.rows == _MIXED_PAIR:
        half, determinant = matrix.trace() / 2, matrix.det()
        root = sympy.sqrt(scene.simplest(half**2 - determinant))
        return half + root, half - root
    if not scene.numeric:
        return None
    if all(entry.is_Rational for entry in matrix):
        return _roots(matrix)
    found = sympy.Matrix(matrix).evalf(_DIGITS).eigenvals(multiple=True)
    return tuple(sympy.N(value, _DIGITS, chop=True) for value in found)


def _roots(matrix: Any) -> tuple[sympy.Expr, ...]:
    """Eigenvalues of a rational matrix: exact for factors up to degree two of its characteristic polynomial."""
    _, factors = matrix.charpoly().as_poly().factor_list()
    found: list[sympy.Expr] = []
    for factor, power in factors:
        exact = sympy.roots(factor) if factor.degree() <= _MIXED_PAIR else None
        values = list(exact) if exact else [sympy.N(root, _DIGITS) for root in factor.nroots(n=_DIGITS)]
        found += values * power
    return tuple(found)


def _verdict(scene: Scene, eigenvalues: Sequence[sympy.Expr] | None, located: Located) -> Verdict:
    """The verdict from eigenvalues, for points that the list of rest points does not have."""
    if eigenvalues is None or any(value.free_symbols for value in eigenvalues):
        return _symbolic_verdict(scene, eigenvalues)
    signs = [real_sign(value) for value in eigenvalues]
    found = classify_real(signs)
    if located.components and found.attracting == "unknown" and signs.count(0) == 1:
        because = "it lies on a line of rest points and the other eigenvalues are negative"
        return Verdict(Stability.NON_HYPERBOLIC, "lyapunov", because)
    return found


def _symbolic_verdict(scene: Scene, eigenvalues: Sequence[sympy.Expr] | None) -> Verdict:
    depends: Attracting = "depends"
    if eigenvalues is None:
        return Verdict(Stability.DEPENDS, depends, "no formula for its eigenvalues")
    signs: list[int | None] = []
    for value in eigenvalues:
        quotient = scene.signable(value)
        if quotient is None:
            return Verdict(Stability.DEPENDS, depends, "signs of eigenvalues depend on the parameters")
        if quotient.is_zero():
            signs.append(0)
        else:
            signs.append(scene.prover.definite_sign(quotient.numerator * quotient.denominator) or None)
    return classify_real(signs)


def facts_or_none(scene: Scene, located: Located) -> Facts | None:
    """Return what is true at a point, None where it is not at rest or the payoffs have no derivative there."""
    if not located.rest or scene.void:
        return None
    try:
        return facts_at(scene, located)
    except (UnsupportedError, ZeroDivisionError):
        return None
