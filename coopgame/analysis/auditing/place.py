"""Where a published point lies in the game: at a rest point, on a continuum of them, or nowhere at rest."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import sympy

from coopgame.algebra.conditions import TRUE, Condition, all_of
from coopgame.analysis.auditing.misprints import nearest_reading
from coopgame.analysis.auditing.printed import Printed, is_within
from coopgame.analysis.auditing.scene import Scene
from coopgame.analysis.points import Component, RestPoint
from coopgame.analysis.published import PublishedPoint
from coopgame.dynamics.state import slices
from coopgame.expressions import parse_expression, to_sympy

_ROUNDS = 50
_CLOSE = 1e-13
State = Mapping[str, sympy.Expr]


@dataclass(frozen=True, eq=False)
class Located:
    """A published point in a scene.

    state: exact coordinates, ours where they were recognised; None where they are not known. point: the rest point found there.
    rest: True, False, or None where that is not decided. components: continua of rest points that it lies on. because: what is
    wrong with it, or why it is not decided. reading: the nearest correct reading of its coordinates.
    """

    state: State | None
    point: RestPoint | None = None
    rest: bool | None = True
    components: tuple[Component, ...] = ()
    because: str = ""
    reading: str = ""
    outside: bool = False

    @property
    def exists(self) -> Condition:
        """Where the point lies inside the state space, as far as it is known."""
        return self.point.exists if self.point else TRUE

    @property
    def is_vertex(self) -> bool:
        """Whether every share is 0 or 1."""
        return self.state is not None and all(value in (0, 1) for value in self.state.values())

    @property
    def mixed(self) -> tuple[str, ...]:
        """The coordinates that are neither 0 nor 1."""
        return tuple(name for name, value in (self.state or {}).items() if value not in (0, 1))


def locate(scene: Scene, published: PublishedPoint) -> Located:
    """Return where a published point lies; printed decimals stand for all numbers that round to them."""
    if published.at is None:
        return _interior(scene)
    at = {name: printed.at(scene.numbers) for name, printed in published.at.items()}
    wrong = _no_state(scene, at)
    if wrong:
        return Located(None, None, False, because=wrong, outside=True)
    state = {name: printed.value for name, printed in at.items()}
    for point in scene.rest_points or ():
        if _agrees(scene, point, at):
            own = state if all(value in (0, 1) for value in state.values()) else point.coordinates
            return Located(own, point, components=_components(scene, own, {}))
    rates = scene.rates(state)
    slacks = {name: printed.slack for name, printed in at.items()}
    if not rates:
        return Located(state, components=_components(scene, state, slacks))
    refined = refine(scene, at) if scene.rest_points is None else None
    if refined is not None:
        return Located(refined)
    components = _components(scene, state, slacks) if scene.numeric else ()
    if components:
        return Located(state, None, components=components)
    return _no_rest_point(scene, state, rates)


def refine(scene: Scene, at: Mapping[str, Printed]) -> State | None:
    """Return the rest point that rounds to printed decimals, by Newton's method in floating point, None when there is none.

    For games whose rest points are not found exactly; the shares that are 0 or 1 stay so.
    """
    if not scene.numeric or not all(p.is_number for p in at.values()) or not any(p.slack for p in at.values()):
        return None
    names, field = scene.field.tangent_coordinates, scene.field
    kept = [i for part in slices(scene.game) for i in range(part.start, part.stop - 1)]
    shares = np.array([float(at[name].value) for name in names])
    for _ in range(_ROUNDS):
        full = _all_shares(scene, shares)
        if full is None:
            return None
        try:
            step = np.linalg.solve(field.jacobian(full), field(full)[kept])
        except np.linalg.LinAlgError:
            return None
        shares = shares - step
        if np.abs(step).max() < _CLOSE:
            break
    else:
        return None
    found = {name: sympy.Float(float(share)) for name, share in zip(names, shares, strict=True)}
    found = {name: at[name].value if at[name].value in (0, 1) else value for name, value in found.items()}
    for population in scene.game.populations:
        dotted = [f"{population.name}.{s}" for s in population.strategies]
        if not population.symbol:
            found[dotted[-1]] = 1 - sympy.Add(*(found[name] for name in dotted[:-1]))
    return found if all(printed.agrees(found[name]) for name, printed in at.items()) else None


def _all_shares(scene: Scene, shares: np.ndarray) -> np.ndarray | None:
    """All shares from those of `tangent_coordinates`, None where they are no state."""
    full: list[float] = []
    position = 0
    for part in slices(scene.game):
        own = shares[position : position + part.stop - part.start - 1]
        position += len(own)
        full += [*own, 1 - own.sum()]
    return np.array(full) if min(full) >= 0 else None


def _interior(scene: Scene) -> Located:
    if scene.rest_points is None:
        return Located(None, None, None, because=f"the state inside is not searched: {scene.unsupported}")
    inside = [point for point in scene.rest_points if point.kind == "interior"]
    if len(inside) == 1:
        point = inside[0]
        known = all(value != sympy.Symbol(name) for name, value in point.coordinates.items())
        return Located(point.coordinates if known else None, point)
    if inside:
        shown = "; ".join(point.place() for point in inside)
        return Located(None, None, None, because=f"there are {len(inside)}: {shown}; give coordinates")
    lines = [c for c in scene.rest_points.components if c.condition == TRUE and _reaches_inside(scene, c)]
    if lines:
        return Located(None, None, False, because=f"no isolated one exists; there is a {lines[0]}")
    if not scene.rest_points.complete and len(scene.game.populations) > 2:
        return Located(None, None, None, because=scene.rest_points.complete_because)
    return Located(None, None, False, because="no rest point with all strategies exists")


def _reaches_inside(scene: Scene, component: Component) -> bool:
    names = scene.game.coordinates
    return component.kind == "other" or not any(
        re.search(rf"(?<![\w.]){re.escape(name)} = [01](?![\w./])", component.where) for name in names
    )


def _no_state(scene: Scene, at: Mapping[str, Printed]) -> str:
    """What makes printed coordinates no state at all, empty when they may be one."""
    for name, printed in at.items():
        if not printed.is_number:
            continue
        if not printed.value.is_finite or not printed.is_real:
            return f"{name} = {printed} is no real number at these values"
        slack = to_sympy(printed.slack)
        if sympy.N(printed.value + slack) < 0 or sympy.N(printed.value - slack) > 1:
            return f"{name} = {scene.shown(printed.value)} is no share: it lies outside of 0 to 1"
    if any(not population.symbol for population in scene.game.populations) and all(p.is_number for p in at.values()):
        for population in scene.game.populations:
            names = [] if population.symbol else [f"{population.name}.{s}" for s in population.strategies]
            total = sympy.Add(*(at[name].value for name in names)) - 1
            slack_of_sum = sum((at[name].slack for name in names), Fraction(0))
            if names and not is_within(total, slack_of_sum):
                return f"the shares of {population.name} sum to {scene.shown(total + 1)}, not 1"
    return ""


def _agrees(scene: Scene, point: RestPoint, at: Mapping[str, Printed]) -> bool:
    for name, value in point.coordinates.items():
        printed = at[name]
        if not value.free_symbols and printed.is_number:
            if not printed.agrees(value):
                return False
        elif value == sympy.Symbol(name) or not scene.vanishes(value - printed.value):
            return False
    return True


def _components(scene: Scene, state: State, slacks: Mapping[str, Fraction]) -> tuple[Component, ...]:
    found = scene.rest_points.components if scene.rest_points else ()
    return tuple(c for c in found if c.condition == TRUE and contains(c, state, slacks))


def contains(component: Component, state: State, slacks: Mapping[str, Fraction]) -> bool:
    """Return whether a state lies on a continuum of rest points, as far as its printed digits tell."""
    if component.where == "everywhere":
        return True
    at = {sympy.Symbol(name): value for name, value in state.items()}
    for part in component.where.split(" and "):
        sides = re.split(r" (=|<|>) ", part)
        if len(sides) != 3:
            return False
        left, right = (parse_expression(side, names=tuple(state)) for side in (sides[0], sides[2]))
        difference = (left - right).xreplace(at)
        if difference.free_symbols:
            return False
        if sides[1] == "=" and not is_within(difference, _reach(left - right, slacks)):
            return False
        if sides[1] != "=" and not (difference < 0 if sides[1] == "<" else difference > 0):
            return False
    return True


def _reach(equation: sympy.Expr, slacks: Mapping[str, Fraction]) -> Fraction:
    """How far a linear equation may be from 0 by rounding."""
    total = Fraction(0)
    for name, slack in slacks.items():
        slope = sympy.diff(equation, sympy.Symbol(name))
        if slope.is_Rational:
            total += abs(Fraction(int(slope.p), int(slope.q))) * slack
    return total


def _no_rest_point(scene: Scene, state: State, rates: State) -> Located:
    shown = ", ".join(f"d{name}/dt = {scene.shown(rate)}" for name, rate in rates.items())
    text = f"it moves: {shown}"
    if not scene.numeric:
        quotients = [scene.quotient(rate) for rate in rates.values()]
        parts = [quotient.sign("=") for quotient in quotients if quotient is not None]
        if len(parts) == len(quotients):
            only_if = all_of(*parts)
            possible = scene.prover.can_hold(only_if)
            text += f"; at rest only if {scene.told(only_if)}" if possible else "; never at rest"
    near = _nearest(scene, state)
    if near is None:
        return Located(state, None, False, because=text)
    reading = ""
    for name, value in near.coordinates.items():
        if value.free_symbols and not scene.vanishes(value - state[name]):
            found = nearest_reading(state[name], value, scene.game.ring.names)
            reading = f"{name}: {found}" if found else ""
    return Located(
        state,
        None,
        False,
        because=f"{text}; the nearest rest point is {near.label} ({near.place()})",
        reading=reading,
    )


def _nearest(scene: Scene, state: State) -> RestPoint | None:
    """The rest point with the same strategies present; the closest one where numbers tell."""
    support = {name for name, value in state.items() if value not in (0, 1)}
    candidates = []
    for point in scene.rest_points or ():
        mixed = {name for name, value in point.coordinates.items() if value not in (0, 1)}
        same = all(point.coordinates[name] == value for name, value in state.items() if name not in support)
        if mixed == support and same and all(v != sympy.Symbol(n) for n, v in point.coordinates.items()):
            candidates.append(point)
    if len(candidates) < 2 or not scene.numeric:
        return candidates[0] if candidates else None

    def distance(point: RestPoint) -> float:
        return max(abs(float(value) - float(state[name])) for name, value in point.coordinates.items())

    return min(candidates, key=distance)
