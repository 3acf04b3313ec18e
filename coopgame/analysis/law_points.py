"""Rest points and stability of dynamics whose rest points are known by theory: restricted or Nash equilibria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy
from flint import arb

from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of
from coopgame.algebra.quotients import Quotient
from coopgame.analysis.certify import precision
from coopgame.analysis.enclosures import Enclosure, eigenvalue_balls
from coopgame.analysis.es_sets import find_es_sets
from coopgame.analysis.law_search import at_values
from coopgame.analysis.nash_stability import nash_verdict
from coopgame.analysis.places import ball_sign
from coopgame.analysis.points import Component, RestPoint, RestPoints
from coopgame.analysis.spectrum import classify
from coopgame.analysis.stability import Stability, Verdict
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Rest
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame

_BITS = 160
_ALL_KEPT = "the same states as under the replicator: all strategies present earn the same"
_NASH_KEPT = "the Nash equilibria among the rest points of the replicator"


def points_by_theory(dynamics: VectorField, base: RestPoints, values: Mapping[str, Any] | None) -> RestPoints:
    """Return the rest points of a dynamic from those of the replicator of the same game and values.

    Under imitation that respects payoffs they are the same states. Where a dynamic rests at Nash equilibria alone, those at which an
    absent strategy would earn more are left out. Stability is decided anew.
    """
    kept: list[RestPoint] = []
    complete, because = base.complete, f"{base.complete_because}; {_ALL_KEPT}"
    if any(law.rest == Rest.NASH for law in dynamics.laws):
        because = f"{base.complete_because}; {_NASH_KEPT}"
    own = dynamics if values is None else at_values(dynamics, values)
    for point in base:
        gaps = _gaps(own, point)
        nash = _is_nash(base.game, own, gaps)
        if nash == FALSE:
            continue
        if nash is None:
            complete, because = False, f"whether {point.label} is a Nash equilibrium is not decided"
            continue
        kept.append(_symbolic(own, point, nash) if base.game.ring.names else _numeric(own, point))
    components = _nash_components(own, base.components) if because.endswith(_NASH_KEPT) else base.components
    return RestPoints(base.game, tuple(kept), tuple(components), complete, because, base.mode, (), base.facts)


@dataclass(frozen=True)
class _Gap:
    """What an absent strategy of a population would earn more than those present."""

    population: int
    amount: sympy.Expr


def _gaps(dynamics: VectorField, point: RestPoint) -> list[_Gap]:
    game = dynamics.game
    at = {sympy.Symbol(name): value for name, value in point.coordinates.items()}
    found = []
    for p, population in enumerate(game.populations):
        count = range(len(population.strategies))
        shares = [game.share(p, s).xreplace(at) for s in count]
        present = next(s for s in count if shares[s] != 0)
        for s in count:
            if shares[s] == 0:
                difference = game.expected_payoff(p, s) - game.expected_payoff(p, present)
                found.append(_Gap(p, difference.xreplace(at)))
    return found


def _is_nash(game: Game, dynamics: VectorField, gaps: Sequence[_Gap]) -> Condition | None:
    """Return where no absent strategy would earn more, in the populations whose dynamic asks for it; None if undecided."""
    conditions: list[Condition] = []
    for gap in gaps:
        if dynamics.laws[gap.population].rest != Rest.NASH:
            continue
        if not gap.amount.free_symbols and not gap.amount.is_Rational:
            sign = _numeric_sign(gap.amount)
            if sign is None:
                return None
            conditions.append(FALSE if sign > 0 else TRUE)
            continue
        try:
            conditions.append(Quotient.of(game.ring, gap.amount).sign("<="))
        except UnsupportedError:  # roots of polynomials in the parameters
            return None
    return all_of(*conditions)


def _numeric_sign(value: sympy.Expr) -> int | None:
    """Return the sign of a number that is not rational; None next to 0."""
    number = float(sympy.N(value, 30))
    return None if abs(number) < 1e-9 else 1 if number > 0 else -1


def _symbolic(dynamics: VectorField, point: RestPoint, nash: Condition) -> RestPoint:
    """Return a point as a formula: where it exists, and where theory says that it is asymptotically stable."""
    exists = all_of(point.exists, nash)
    imitated = all(law.rest == Rest.RESTRICTED for law in dynamics.laws) and len(dynamics.game.populations) == 1
    known = point.kind == "vertex" or imitated or point.never_stable is not None or _on_a_line(dynamics.game)
    open_because = "" if known else "no theorem gives its stability as a formula; give values"
    return replace(
        point,
        exists=exists,
        eigenvalues=(),
        stability=Stability.DEPENDS,
        attracting="depends",
        because="eigenvalues have the signs that they have under the replicator" if known else open_because,
        stable_if=point.stable_if if known else FALSE,
        type_if={},
        open=point.open or open_because,
    )


def _on_a_line(game: Game) -> bool:
    """One population with two strategies: the sign of the advantage alone says where every such dynamic goes."""
    return len(game.blocks) == 1 and len(game.populations[0].strategies) == 2


def _numeric(dynamics: VectorField, point: RestPoint) -> RestPoint:
    if any(law.rest == Rest.NASH for law in dynamics.laws):
        verdict, known = nash_verdict(dynamics, point)
        return replace(
            point,
            eigenvalues=(),
            stability=verdict.stability,
            attracting=verdict.attracting,
            because=verdict.because,
            known=known or point.known,
            index=None,
        )
    dynamics(point.state)  # a law that is not defined there says so
    verdict, eigenvalues = _imitated(dynamics, point)
    return replace(
        point,
        eigenvalues=tuple(eigenvalues),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
    )


def _imitated(dynamics: VectorField, point: RestPoint) -> tuple[Verdict, list[sympy.Expr]]:
    """Return the type under imitation: by eigenvalues that balls enclose, else by what holds for all such dynamics."""
    names = dynamics.tangent_coordinates
    with precision(_BITS):
        balls = [share_ball(point.coordinates[name]) for name in names]
        jacobian, size = dynamics.jacobian_expressions, len(names)
        entries = [[Enclosure(jacobian[i, j], names).value(balls) for j in range(size)] for i in range(size)]
        found = eigenvalue_balls(entries) if size else []
    values = [
        sympy.N(sympy.Float(str(b.real.mid().str(25, radius=False)), 20) + sympy.I * _imaginary(b), 20)
        for b in found or []
    ]
    signs = [ball_sign(ball.real) for ball in found or [None] * size] if found is not None else [None] * size
    verdict = classify(signs)
    if _on_a_line(dynamics.game):
        because = "as under the replicator: on a line the sign of the advantage decides"
        kind = verdict.stability if None not in signs else Stability.NON_HYPERBOLIC
        return Verdict(kind, point.attracting, because), values
    if None in signs and 1 not in signs:
        text = "eigenvalues on the imaginary axis: what the replicator does there does not carry over"
        return Verdict(Stability.NON_HYPERBOLIC, "unknown", text), values
    return verdict, values


def _imaginary(ball: Any) -> sympy.Expr:
    if ball.imag.contains(0):
        return sympy.S.Zero
    return sympy.Float(ball.imag.mid().str(25, radius=False), 20)


def share_ball(value: sympy.Expr) -> Any:
    """Return a ball around a coordinate of a rest point."""
    return arb(str(value), 1e-12) if value.has(sympy.Float) else Enclosure(value, ()).value([])


def _nash_components(dynamics: VectorField, components: Sequence[Component]) -> tuple[Component, ...]:
    """Return the continua of Nash equilibria: exactly in one population with a payoff matrix, else as parts of others."""
    game = dynamics.game
    if isinstance(game, MatrixGame) and not game.ring.names and len(game.populations[0].strategies) <= 10:
        found = find_es_sets(game, {})
        return tuple(
            Component("line" if max(map(len, s.pieces)) == 2 and len(s.pieces) == 1 else "other", str(s))
            for s in (*found.sets, *found.others)
            if not s.is_point
        )
    return tuple(
        replace(c, note=f"{c.note + '; ' if c.note else ''}those that are Nash equilibria") for c in components
    )
