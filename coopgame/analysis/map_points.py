"""Rest points of maps from generation to generation: the states are those of the replicator, multipliers decide their stability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from flint import arb, fmpq

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of
from coopgame.algebra.prover import Prover
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.certify import precision
from coopgame.analysis.enclosures import Enclosure, eigenvalue_balls
from coopgame.analysis.faces import Face, face_of, substitution_on
from coopgame.analysis.law_points import share_ball
from coopgame.analysis.law_search import law_at
from coopgame.analysis.multipliers import Multipliers, judge_multipliers
from coopgame.analysis.places import ball_sign
from coopgame.analysis.points import RestPoint, RestPoints, stable_where
from coopgame.analysis.stability import Stability
from coopgame.dynamics.discrete import GenerationMap, discrete_dynamic
from coopgame.dynamics.laws import Rest
from coopgame.errors import UnsupportedError
from coopgame.expressions import symbols_of, sympy_values, to_sympy

_BITS = 160
_STEPS = 300_000
_LARGEST_BLOCK = 2
_LARGEST_DENOMINATOR = 1000
_TINY = 1e-30
_KEPT = "the same states as under the replicator: all strategies present earn the same"


def points_of_map(dynamics: GenerationMap, base: RestPoints, values: Mapping[str, Any] | None) -> RestPoints:
    """Return the rest points of a map from those of the replicator of the same game and values, with stability decided anew.

    Raises UnsupportedError for rules whose rest points are not known to be restricted equilibria.
    """
    for law in dynamics.laws:
        if law.rest != Rest.RESTRICTED:
            raise UnsupportedError(
                f"rest points of {law.name} are not known; say rest=Rest.RESTRICTED in its GenerationRule if strategies that earn the same "
                "leave equal offspring and others do not, or use iterate() from several starts"
            )
    own = dynamics if values is None else map_at_values(dynamics, values)
    prover = Prover(base.game.assumptions, steps=_STEPS)
    points = tuple(
        _with_symbols(_Local.of(own, point), point, prover)
        if base.game.ring.names
        else _at_numbers(own, _Local.of(own, point), point)
        for point in base
    )
    because = f"{base.complete_because}; {_KEPT}"
    return RestPoints(base.game, points, base.components, base.complete, because, base.mode, (), base.facts)


def map_at_values(dynamics: GenerationMap, values: Mapping[str, Any]) -> GenerationMap:
    """Return the map with numbers for all parameters, in the payoffs and in the settings of its rules."""
    exact = dynamics.game.values(values)
    numbers = sympy_values(exact)
    game = dynamics.game.substitute(exact)
    laws = [law_at(law, numbers) for law in dynamics.laws]
    return discrete_dynamic(game, {p.name: law for p, law in zip(game.populations, laws, strict=True)})


@dataclass(frozen=True, eq=False)
class _Local:
    """A map beside a rest point: what it does along the face of the strategies present, and to absent ones.

    block: Jacobian of the displacement along the face. present: offspring of a strategy that is present, one for each population. absent:
    population, name and offspring of every absent strategy. All in the free coordinates of the face, whose values are in `place`.
    """

    face: Face
    place: Mapping[sympy.Symbol, sympy.Expr]
    block: tuple[tuple[sympy.Expr, ...], ...]
    present: tuple[sympy.Expr, ...]
    absent: tuple[tuple[int, str, sympy.Expr], ...]
    positive: tuple[sympy.Expr, ...]

    @classmethod
    def of(cls, dynamics: GenerationMap, point: RestPoint) -> _Local:
        """Return what a map does beside a rest point of its game."""
        game = dynamics.game
        at = {sympy.Symbol(name): value for name, value in point.coordinates.items()}
        supports = tuple(
            tuple(s for s in range(len(p.strategies)) if game.share(k, s).xreplace(at) != 0)
            for k, p in enumerate(game.populations)
        )
        face = face_of(game, supports)
        put = substitution_on(game, face)
        present, absent, moves = [], [], []
        for k, (population, support) in enumerate(zip(game.populations, supports, strict=True)):
            payoffs = [game.expected_payoff(k, s).xreplace(put) for s in range(len(population.strategies))]
            settings = {name: np.array([value], dtype=object) for name, value in dynamics.laws[k].settings}
            shares = np.array(face.shares[k], dtype=object)
            fitness = dynamics.laws[k].fitness(np.array(payoffs, dtype=object), shares, **settings)
            present.append(fitness[support[0]])
            absent += [(k, name, fitness[s]) for s, name in enumerate(population.strategies) if s not in support]
            rates = dynamics.displacement.population_rates(k)
            moves += [rates[s].xreplace(put) for s in support[:-1]]
        free = [sympy.Symbol(name) for name in face.free]
        block = tuple(tuple(sympy.diff(move, v) for v in free) for move in moves)
        positive = tuple(dict(law.settings)[name] for law in dynamics.laws for name in law.positive)
        return cls(face, {v: at[v] for v in free}, block, tuple(present), tuple(absent), positive)

    @cached_property
    def inner(self) -> list[list[sympy.Expr]]:
        """The block at the point."""
        return [[entry.xreplace(dict(self.place)) for entry in row] for row in self.block]


def _at_numbers(dynamics: GenerationMap, local: _Local, point: RestPoint) -> RestPoint:
    with precision(_BITS):
        balls = [share_ball(value) for value in local.place.values()]

        def ball(expression: sympy.Expr) -> Any:
            exact = expression.xreplace(dict(local.place))
            return Enclosure(*((exact, ()) if exact.is_Rational else (expression, local.face.free))).value(balls)

        present = [ball(value) for value in local.present]
        if not all(ball_sign(value) == 1 for value in present):
            return _undefined(point)
        block = [[ball(entry) for entry in row] for row in local.block]
        moves = block[0] if len(block) == 1 else eigenvalue_balls(block) if block else []
        offspring = [(name, k, ball(value)) for k, name, value in local.absent]
        beside = {
            name: _offspring_beside(dynamics, point, k, name) for name, k, value in offspring if ball_sign(value) == 0
        }
        absent = [(name, value / present[k]) for name, k, value in offspring]
        verdict, note = judge_multipliers(Multipliers(moves, absent, beside), point.attracting)
        values = (*(_number(1 + move) for move in moves or ()), *(_number(ratio) for _, ratio in absent))
    return replace(
        point,
        eigenvalues=values,
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        note="; ".join(filter(None, (_kept_note(point), note))),
        **stable_where(verdict.attracting),
    )


def _kept_note(point: RestPoint) -> str:
    """Return the note where it says of which equation a coordinate is a root; what else it says is true of the flow."""
    roots = [name for name, value in point.coordinates.items() if value == sympy.Symbol(name)]
    return point.note.partition("; never an ESS")[0] if roots else ""


def _offspring_beside(dynamics: GenerationMap, point: RestPoint, k: int, name: str) -> int | None:
    """Return 1 where a strategy without offspring at a point leaves no negative number beside it, -1 where it does, None where that is not known.

    Its offspring is written in displacements: one-sided for absent strategies, two-sided for present ones. A negative term of first order
    decides, and terms of higher order are harmless where they have a factor whose term of first order is positive.
    """
    game = dynamics.game
    at = {sympy.Symbol(n): value for n, value in point.coordinates.items()}
    moved: list[sympy.Expr] = []
    one_sided: list[sympy.Expr] = []
    two_sided: list[sympy.Expr] = []
    index = None
    for p, population in enumerate(game.populations):
        shares = [game.share(p, s).xreplace(at) for s in range(len(population.strategies))]
        if not all(share.is_Rational for share in shares):
            return None
        kept = max(s for s, share in enumerate(shares) if share != 0)
        moves = [sympy.Dummy() if s != kept else sympy.S.Zero for s in range(len(shares))]
        for s, share in enumerate(shares):
            if s != kept:
                (two_sided if share != 0 else one_sided).append(moves[s])
        moves[kept] = -sum(moves)
        if p == k:
            index = sum(len(q.strategies) for q in game.populations[:p]) + population.strategies.index(name)
        moved += [share + move for share, move in zip(shares, moves, strict=True)][:-1]
    assert index is not None
    put = {sympy.Symbol(n): value for n, value in zip(dynamics.tangent_coordinates, moved, strict=True)}
    expression = dynamics.fitness_expressions[index].xreplace(put)
    if not expression.is_polynomial(*one_sided, *two_sided):
        return None
    terms = dict(sympy.Poly(expression, *one_sided, *two_sided).terms())
    size, ends = len(one_sided), len(one_sided) + len(two_sided)
    first = [terms.get(tuple(int(i == j) for i in range(ends)), 0) for j in range(ends)]
    if any(c < 0 for c in first[:size]) or any(c != 0 for c in first[size:]):
        return -1
    for powers, coefficient in terms.items():
        if any(power and first[j] > 0 for j, power in enumerate(powers)):
            continue
        if coefficient < 0 or any(power % 2 for power in powers[size:]):
            return None
    return 1


def _undefined(point: RestPoint) -> RestPoint:
    because = "offspring of the strategies present is not positive there, so the map is not defined beside it: raise the background"
    return replace(
        point,
        eigenvalues=(),
        stability=Stability.NON_HYPERBOLIC,
        attracting="unknown",
        because=because,
        note=_kept_note(point),
        **stable_where("unknown"),
    )


def _number(ball: Any) -> sympy.Expr:
    """Return the middle of a ball, as a short rational number where a tiny ball holds one, and as a real number where it may be."""
    real = sympy.Float(ball.real.mid().str(30, radius=False), 25)
    near = Fraction(str(real)).limit_denominator(_LARGEST_DENOMINATOR)
    if ball.real.rad() < _TINY and ball.real.overlaps(arb(fmpq(near.numerator, near.denominator))):
        real = to_sympy(near)
    return real if ball.imag.contains(0) else real + sympy.I * sympy.Float(ball.imag.mid().str(30, radius=False), 25)


def _with_symbols(local: _Local, point: RestPoint, prover: Prover) -> RestPoint:
    try:
        strict, values = _conditions(local, point, strictly=True)
        weak, _ = _conditions(local, point, strictly=False)
    except UnsupportedError as error:
        return _open(point, str(error))
    defined = all_of(*(value.sign(">") for value in _present(local, point)))
    if defined == FALSE or prover.refutation(all_of(point.exists, defined)) is not None:
        return _open(point, "offspring of the strategies present is not positive there")
    outside = weak == FALSE or prover.refutation(all_of(point.exists, weak)) is not None
    never = prover.refutation(all_of(point.exists, strict)) if strict != FALSE else None
    if not outside and (strict == FALSE or never is not None):
        # linear terms do not decide on the unit circle, so this is no proof that the point never attracts
        why = "a multiplier lies on the unit circle, or a rare strategy leaves no offspring, wherever no multiplier is outside"
        return replace(_open(point, why), eigenvalues=values)
    stable_if = FALSE if outside else prover.tidy(strict)
    always = stable_if == TRUE
    return replace(
        point,
        eigenvalues=values,
        stability=Stability.SINK if always else Stability.DEPENDS,
        attracting="asymptotic" if always else "unstable" if outside else "depends",
        because="multipliers inside the unit circle and offspring positive",
        note=_kept_note(point),
        stable_if=stable_if,
        type_if={},
        never_stable=never,
        open="",
    )


def _open(point: RestPoint, why: str) -> RestPoint:
    return replace(
        point,
        eigenvalues=(),
        stability=Stability.DEPENDS,
        attracting="depends",
        because=f"{why}; give values",
        note=_kept_note(point),
        stable_if=FALSE,
        type_if={},
        never_stable=None,
        open=f"{why}; give values",
    )


def _conditions(local: _Local, point: RestPoint, *, strictly: bool) -> tuple[Condition, tuple[sympy.Expr, ...]]:
    """Return where all multipliers lie inside the unit circle and offspring is positive, and the multipliers, those along the face first.

    Without `strictly` the bounds belong to it: outside of that a point is unstable.

    A pair is inside where determinant < 1 and |trace| < 1 + determinant, here written for the displacement.
    """
    ring = point.game.ring
    less, more = ("<", ">") if strictly else ("<=", ">=")
    if len(local.block) > _LARGEST_BLOCK:
        raise UnsupportedError(f"{len(local.block)} multipliers along the face are no formulas")
    unknown = {name for value in local.place.values() for name in symbols_of(value)} - set(ring.names)
    if unknown:
        raise UnsupportedError(f"{', '.join(sorted(unknown))} is a root of its equation")

    def quotient(expression: sympy.Expr) -> Quotient:
        return Quotient.of(ring, expression.xreplace(dict(local.place)), "multiplier")

    present = _present(local, point)
    absent = [(k, quotient(value)) for k, _, value in local.absent]
    parts = [Quotient.of(ring, value, "setting").sign(more) for value in local.positive]
    alone = set(range(len(present))) - {k for k, _ in absent}
    parts += [present[k].sign(more) for k in sorted(alone)]
    parts += [part for k, value in absent for part in ((value - present[k]).sign(less), value.sign(more))]
    block = [[quotient(entry) for entry in row] for row in local.inner]
    inner: list[sympy.Expr] = []
    if len(block) == 1:
        move = block[0][0]
        parts += [move.sign(less), (move + 2).sign(more)]
        inner = [(move + 1).expression()]
    if len(block) == 2:
        (a, b), (c, d) = block
        trace, determinant = a + d, a * d - b * c
        parts += [determinant.sign(more), (trace + determinant).sign(less), (4 + 2 * trace + determinant).sign(more)]
        inner = _pair(trace, determinant)
    return all_of(*parts), (*inner, *((value / present[k]).expression() for k, value in absent))


def _present(local: _Local, point: RestPoint) -> list[Quotient]:
    """Return the offspring of a strategy that is present at the point, for each population."""
    return [Quotient.of(point.game.ring, value.xreplace(dict(local.place)), "offspring") for value in local.present]


def _pair(trace: Quotient, determinant: Quotient) -> list[sympy.Expr]:
    """Return 1 plus the eigenvalues that a trace and a determinant give."""
    half = trace * Quotient.of(trace.ring, sympy.Rational(1, 2))
    inside = half * half - determinant
    root = sympy.S.Zero if inside.is_zero() else inside.root()
    middle = (half + 1).expression()
    return [middle + root, middle - root]
