"""Rest points of dynamics without a theory of their own, at values: searched for on every face and certified by balls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache, partial
from itertools import combinations, product
from typing import Any, TypeVar

import numpy as np
import sympy
from flint import arb

from coopgame.analysis.certify import Enclosed, precision, tightened, zeros_in_cube
from coopgame.analysis.enclosures import Enclosure, eigenvalue_balls, vanishes
from coopgame.analysis.faces import Face, face_of, substitution_on
from coopgame.analysis.newton_starts import zero_by_newton, zeros_by_newton
from coopgame.analysis.places import ball_sign
from coopgame.analysis.points import Component, Kind, RestPoint, RestPoints
from coopgame.analysis.spectrum import classify
from coopgame.analysis.stability import Stability, Verdict
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Law
from coopgame.dynamics.mean import mean_dynamic
from coopgame.dynamics.protocols import Protocol
from coopgame.dynamics.state import slices
from coopgame.errors import UnsupportedError
from coopgame.expressions import to_sympy
from coopgame.games.game import Game

SomeLaw = TypeVar("SomeLaw", bound=Law)
_MOST_BOXES = {1: 20_000, 2: 20_000, 3: 6_000}
_MOST_BOXES_BEYOND = 2_000
_BITS = 160
_KINK = "the field has a kink there: payoffs tie, so it has no eigenvalues"


def searched_points(dynamics: VectorField, values: Mapping[str, Any]) -> RestPoints:
    """Return the rest points of a dynamic at values: on every face, zeros are enclosed one by one or proved absent.

    Boxes are cut until a rate keeps its sign or Krawczyk's test proves exactly one zero. Types are the signs of eigenvalues of the
    Jacobian over the enclosing balls.

    Raises UnsupportedError beside quantities without an upper bound.
    """
    if dynamics.game.unbounded:
        raise UnsupportedError(
            f"{min(dynamics.game.unbounded)} has no upper bound, and rest points of {dynamics.name} are searched between bounds: measure it "
            "in units of a bound, or use integrate() from several starts"
        )
    dynamics = at_values(dynamics, values)
    game = dynamics.game
    points: list[RestPoint] = []
    components: list[Component] = []
    undecided = 0
    by_choice = not game.environment and all(isinstance(law, Protocol) and law.choice for law in dynamics.laws)
    for face in _faces(game):
        rates, inflow = _on_face(dynamics, face)
        if any(value.is_number and value != 0 for value in inflow):
            continue
        moving = [rate for rate in rates if not vanishes(rate)]
        if len(moving) < len(face.free):
            components.append(
                Component("other", f"where {_support(game, face)} are present", note="rates vanish throughout")
            )
            undecided += 1
            continue
        found, more = _zeros(face, moving, [value for value in inflow if not vanishes(value)], by_choice)
        undecided += more
        for roots in found:
            if _is_on_face(face, roots):
                points.append(_point(dynamics, face, roots, len(points) + 1))
            elif not more:
                undecided += 1
    because = "every face searched, each point enclosed by ball arithmetic"
    if undecided:
        because = (
            f"ball arithmetic left {undecided} boxes or faces that may hold more; the points listed are certified"
        )
    if all(not law.relative for law in dynamics.laws) and not game.environment:
        because += _checked_by_index(points)
    return RestPoints(game, tuple(points), tuple(components), not undecided, because, "numeric")


def point_near(dynamics: VectorField, values: Mapping[str, Any], state: np.ndarray) -> RestPoint | None:
    """Return the rest point next to a state, enclosed and with its type; None where none is proved.

    Looked for on the face of the strategies whose share is positive.
    """
    dynamics = at_values(dynamics, values)
    game = dynamics.game
    parts = slices(game)
    supports = tuple(
        tuple(i for i in range(part.stop - part.start) if state[part][i] > 0)
        for part in parts[: len(game.populations)]
    )
    face = face_of(game, supports)
    rates, inflow = _on_face(dynamics, face)
    start = [state[part][i] for part, support in zip(parts, supports, strict=False) for i in support[:-1]]
    start += [state[part.start] for part in parts[len(game.populations) :]]
    balls = zero_by_newton(rates, face.free, np.array(start, dtype=float)) if rates else []
    if balls is None:
        return None
    with precision(_BITS):
        if any(ball_sign(Enclosure(value, face.free).value(balls)) != 0 for value in inflow if not vanishes(value)):
            return None
    return _point(dynamics, face, balls, 1)


def at_values(dynamics: VectorField, values: Mapping[str, Any]) -> VectorField:
    """Return the dynamic with numbers for all parameters, in the payoffs and in the settings of its laws."""
    return _at_values(dynamics, tuple(dynamics.game.values(values).items()))


@lru_cache(maxsize=64)
def _at_values(dynamics: VectorField, values: tuple[tuple[str, Fraction], ...]) -> VectorField:
    numbers = {sympy.Symbol(n): to_sympy(v) for n, v in values}
    game = dynamics.game.substitute(dict(values))
    laws = [law_at(law, numbers) for law in dynamics.laws]
    return mean_dynamic(game, {p.name: law for p, law in zip(game.populations, laws, strict=True)})


def law_at(law: SomeLaw, numbers: Mapping[sympy.Symbol, sympy.Expr]) -> SomeLaw:
    """Return a law with numbers for the parameters in its settings."""
    fixed = replace(law, settings=tuple((name, value.xreplace(dict(numbers))) for name, value in law.settings))
    fixed.check_settings(dict(fixed.settings))
    return fixed


def _faces(game: Game) -> Iterator[Face]:
    """Yield all faces, those with fewer strategies first; environment variables are always free."""
    sizes = [len(population.strategies) for population in game.populations]
    choices = [[s for size in range(1, n + 1) for s in combinations(range(n), size)] for n in sizes]
    for supports in sorted(product(*choices), key=lambda found: sum(map(len, found))):
        yield face_of(game, supports)


def _on_face(dynamics: VectorField, face: Face) -> tuple[list[sympy.Expr], list[sympy.Expr]]:
    """Return the rates of the free coordinates on a face, and those at which absent strategies come in."""
    game = dynamics.game
    substitution = substitution_on(game, face)
    rates: list[sympy.Expr] = []
    inflow: list[sympy.Expr] = []
    for p, support in enumerate(face.supports):
        change = dynamics.population_rates(p)
        put = [rate.xreplace(substitution) for rate in change]
        rates += [put[s] for s in support[:-1]]
        inflow += [put[s] for s in range(len(put)) if s not in support]
    rates += [variable.rate.xreplace(substitution) for variable in game.environment]
    return rates, inflow


def _zeros(
    face: Face, rates: Sequence[sympy.Expr], inflow: Sequence[sympy.Expr], by_choice: bool
) -> tuple[list[list[Any]], int]:
    """Return balls around the common zeros inside a face at which no absent strategy comes in, and what stays open."""
    stays = [Enclosure(value, face.free) for value in inflow]
    if not face.free:
        with precision(_BITS):
            signs = [ball_sign(f.value([])) for f in stays]
        return ([[]] if all(sign == 0 for sign in signs) else []), int(None in signs and not {1, -1} & set(signs))
    last = [row[support[-1]] for row, support in zip(face.shares, face.supports, strict=True) if len(support) > 2]
    inside: list[Enclosed] = [Enclosure(share, face.free) for share in last]
    functions = [Enclosure(rate, face.free) for rate in rates]
    images = [Enclosure(rate + sympy.Symbol(name), face.free) for rate, name in zip(rates, face.free, strict=True)]
    found = zeros_in_cube(
        functions,
        _MOST_BOXES.get(len(face.free), _MOST_BOXES_BEYOND),
        positive=inside,
        vanishing=stays,
        images=images if by_choice else (),
    )
    undecided = found.undecided
    zeros = [[arb(m, r) for m, r in zip(*both, strict=True)] for both in zip(found.points, found.radii, strict=True)]
    if undecided:
        zeros += [
            balls
            for balls in zeros_by_newton(rates, face.free, partial(_is_inside, inside))
            if not any(all(a.overlaps(b) for a, b in zip(balls, other, strict=True)) for other in zeros)
        ]
    kept: list[list[Any]] = []
    with precision(_BITS):
        for wide in zeros:
            balls = tightened(functions, wide)
            signs = [ball_sign(f.value(balls)) for f in stays]
            if {1, -1} & set(signs):
                continue
            undecided += None in signs
            kept += [] if None in signs else [balls]
    return kept, undecided


def _is_on_face(face: Face, roots: Sequence[Any]) -> bool:
    """Return whether all shares of the face are positive; a zero at its border belongs to a smaller face, which has it already."""
    present = [share for row in face.shares for share in row if share != 0]
    with precision(_BITS):
        return all(bool(Enclosure(share, face.free).value(roots) > 0) for share in present)


def _is_inside(inside: Sequence[Enclosed], point: np.ndarray) -> bool:
    balls = [arb(float(v)) for v in point]
    return bool(all(0 < v < 1 for v in point) and all(f.value(balls) > 0 for f in inside))


def _point(dynamics: VectorField, face: Face, roots: Sequence[Any], number: int) -> RestPoint:
    game = dynamics.game
    with precision(_BITS):
        shares = {name: Enclosure(share, face.free).value(roots) for name, share in _coordinates(game, face).items()}
        balls = [shares[name] for name in dynamics.tangent_coordinates]
        verdict, eigenvalues, index = _type(dynamics, balls)
    return RestPoint(
        label=f"E{number}",
        kind=_kind(face),
        coordinates={name: _number(ball) for name, ball in shares.items() if name in game.coordinates},
        eigenvalues=tuple(eigenvalues),
        stability=verdict.stability,
        attracting=verdict.attracting,
        because=verdict.because,
        game=game,
        known="certified",
        index=index,
    )


def _coordinates(game: Game, face: Face) -> dict[str, sympy.Expr]:
    """Return every share by name, those of two-strategy populations by symbol, and the environment."""
    found: dict[str, sympy.Expr] = {}
    for population, row in zip(game.populations, face.shares, strict=True):
        if population.symbol:
            found[population.symbol] = row[0]
        else:
            found |= {f"{population.name}.{s}": share for s, share in zip(population.strategies, row, strict=True)}
    return found | {variable.name: sympy.Symbol(variable.name) for variable in game.environment}


def _type(dynamics: VectorField, balls: Sequence[Any]) -> tuple[Verdict, list[sympy.Expr], int | None]:
    """Return the verdict, the eigenvalues and the index at a point that balls enclose."""
    names = dynamics.tangent_coordinates
    if not names:
        return Verdict(Stability.SINK, "asymptotic", "there is no other state"), [], 1
    for kink in dynamics.kinks:
        if Enclosure(kink, names).value(balls).contains(0):
            return Verdict(Stability.NOT_DIFFERENTIABLE, "unknown", _KINK), [], None
    jacobian = dynamics.jacobian_expressions
    size = len(names)
    entries = [[Enclosure(jacobian[i, j], names).value(balls) for j in range(size)] for i in range(size)]
    found = eigenvalue_balls(entries)
    if found is None:
        text = "the eigenvalues could not be enclosed"
        return Verdict(Stability.NON_HYPERBOLIC, "unknown", text), [sympy.nan] * size, None
    determinant = found[0]
    for ball in found[1:]:
        determinant = determinant * ball
    sign = ball_sign(determinant.real)
    verdict = classify([ball_sign(ball.real) for ball in found])
    values = [_number(b.real) + (0 if b.imag.is_zero() else sympy.I * _number(b.imag)) for b in found]
    return verdict, values, None if not sign else (-1) ** size * sign


def _number(ball: Any) -> sympy.Expr:
    if ball.is_exact() and ball.is_integer():
        return sympy.Integer(int(float(ball.mid())))
    return sympy.Float(ball.mid().str(30, radius=False), 25)


def _kind(face: Face) -> Kind:
    mixed = sum(len(support) > 1 for support in face.supports)
    if face.whole:
        return "interior"
    if not mixed:
        return "vertex"
    return "edge" if mixed == 1 and max(map(len, face.supports)) == 2 else "face"


def _support(game: Game, face: Face) -> str:
    return ", ".join(
        f"{p.name}.{p.strategies[s]}" for p, row in zip(game.populations, face.supports, strict=True) for s in row
    )


def _checked_by_index(points: Sequence[RestPoint]) -> str:
    """Check by Poincaré and Hopf: the field points inwards on the boundary, so the signs of det(-J) sum to 1."""
    if any(point.kind != "interior" or point.index is None for point in points):
        return ""
    total = sum(point.index or 0 for point in points)
    return (
        "; the indices sum to 1, as they must"
        if total == 1
        else f"; the indices sum to {total}, not 1: points are missing"
    )
