"""What moves for ever: closed orbits, limit cycles and heteroclinic cycles that attract in a regime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import sympy

from coopgame.algebra.conditions import FALSE, Condition, all_of, negate
from coopgame.algebra.prover import Point, Prover
from coopgame.analysis.box import Box, box_of
from coopgame.analysis.heteroclinic import find_heteroclinic_cycles
from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.analysis.regimes import Regime, Regimes
from coopgame.analysis.rest_points import find_rest_points
from coopgame.analysis.stability import Stability
from coopgame.errors import UnsupportedError

Kind = Literal["closed orbits", "heteroclinic cycle", "limit cycle", "undecided"]
Holds = Literal["always", "sometimes", "at the witness", "undecided"]
_PATIENCE = 4


@dataclass(frozen=True, eq=False)
class Cycling:
    """Something other than rest points to which orbits tend in a regime.

    holds: in the whole regime, in a part of it (with a witness), or decided at the witness of the regime alone. condition: where it
    does, within the regime, if that is a condition on the parameters. text: what moves, and how it is known.
    """

    regime: str
    kind: Kind
    holds: Holds
    text: str
    condition: Condition | None = None
    witness: Point | None = None

    def __str__(self) -> str:
        if self.holds == "sometimes" and self.witness is not None:
            values = ", ".join(f"{name} = {value}" for name, value in self.witness.items())
            return f"{self.regime}: {self.text} (in a part of the regime, such as {values})"
        return f"{self.regime}: {self.text} ({self.holds})"


def find_cycling(regimes: Regimes, points: RestPoints) -> tuple[Cycling, ...]:
    """Return for every regime what orbits tend to besides rest points, as far as it can be decided.

    points: the rest points that the regimes speak of. Closed orbits around a centre, on a face that attracts or inside, and heteroclinic
    cycles between pure states are decided for the whole regime. In the plane, where no rest point is stable and none of these
    is there throughout, the theorem of Poincaré and Bendixson is applied at the witness: if every mixed point inside is a
    source, nothing on the border attracts from inside, and no cycle of pure states attracts, then every other orbit inside tends to a
    closed one. A regime without stable rest point for which nothing is found is listed as undecided.

    References: Hofbauer and Sigmund (1998), sections 4.1 and 17.5; Perko (2001), section 3.7.

    >>> from coopgame import NormalFormGame, find_cycling, find_regimes, find_rest_points
    >>> table = {("u", "l"): ["a", "0"], ("u", "r"): ["0", "1"], ("d", "l"): ["0", "1"], ("d", "r"): ["1", "0"]}
    >>> points = find_rest_points(NormalFormGame(table, assumptions=["a > 0"]))
    >>> for found in find_cycling(find_regimes(points.game, points=points), points):
    ...     print(found)
    R1: closed orbits around I1 (always)
    """
    prover = Prover(regimes.game.assumptions, patience=_PATIENCE)
    known = [*_around_centres(points), *_between_pure_states(points)]
    found: list[Cycling] = []
    for regime in regimes:
        here = [one for kind, text, condition in known for one in _within(prover, regime, kind, text, condition)]
        found += here
        if not regime.stable and not _settled(prover, regime, here):
            found.append(_at_the_witness(regimes, regime))
    return tuple(found)


def _within(prover: Prover, regime: Regime, kind: Kind, text: str, condition: Condition) -> Iterator[Cycling]:
    """Yield the statement that something holds in a regime, nothing when it never does."""
    decision = prover.decide(all_of(regime.definition, condition))
    if decision.status == "empty":
        return
    always = prover.decide(all_of(regime.definition, negate(condition))).status == "empty"
    holds: Holds = "always" if always else "sometimes" if decision.witness is not None else "undecided"
    yield Cycling(regime.name, kind, holds, text, condition, decision.witness)


def _settled(prover: Prover, regime: Regime, found: Sequence[Cycling]) -> bool:
    """Return whether one or another of the statements holds everywhere in a regime."""
    conditions = [one.condition for one in found if one.condition is not None]
    left = all_of(regime.definition, *(negate(condition) for condition in conditions))
    return bool(conditions) and prover.decide(left).status == "empty"


def _around_centres(points: RestPoints) -> Iterator[tuple[Kind, str, Condition]]:
    for point in points:
        inside = point.type_if.get("centre on its face") if point.kind == "interior" else None
        border = point.type_if.get("attracts closed orbits")
        if point.kind == "interior" and point.stability == Stability.CENTER and inside is None:
            yield "closed orbits", f"closed orbits around {point.label}", point.exists
        elif inside is not None and inside != FALSE:
            yield "closed orbits", f"closed orbits around {point.label}", inside
        elif border is not None and border != FALSE:
            yield "closed orbits", f"closed orbits around {point.label} attract from off their face", border


def _between_pure_states(points: RestPoints) -> Iterator[tuple[Kind, str, Condition]]:
    if not _planar(points):
        return
    try:
        cycles = find_heteroclinic_cycles(points.game)
    except UnsupportedError:
        return  # a border that is not invariant, or an edge of high degree, carries no cycle that could be stated
    for cycle in cycles:
        if cycle.attracts != FALSE:
            path = " -> ".join("(" + ", ".join(str(v) for v in state.values()) + ")" for state in cycle.states)
            yield "heteroclinic cycle", f"the heteroclinic cycle {path} attracts", cycle.attracts


def _planar(points: RestPoints) -> bool:
    sizes = [len(population.strategies) for population in points.game.populations]
    simplex = sizes == [3] and not points.game.environment
    return simplex or (set(sizes) == {2} and len(points.game.coordinates) == 2)


def _at_the_witness(regimes: Regimes, regime: Regime) -> Cycling:
    """Return what follows from the theorem of Poincaré and Bendixson at the witness of a regime without stable rest point."""
    game = regimes.game
    plane = len(game.coordinates) == 2 and all(len(p.strategies) == 2 for p in game.populations)
    if not plane or regime.witness is None:
        return Cycling(
            regime.name, "undecided", "undecided", "no rest point is stable, and what attracts is not decided"
        )
    box = box_of(game.substitute(regime.witness))
    reason = _no_closed_orbit_because(box, find_rest_points(box.game))
    if reason:
        text = f"no rest point is stable, and what attracts is not decided: {reason}"
        return Cycling(regime.name, "undecided", "undecided", text)
    text = "every orbit inside, but for rest points, tends to a closed orbit (Poincaré and Bendixson)"
    return Cycling(regime.name, "limit cycle", "at the witness", text, None, regime.witness)


def _no_closed_orbit_because(box: Box, points: RestPoints) -> str:
    """Return which premise of the argument fails at values of all parameters, or nothing."""
    if box.game.unbounded:
        return "orbits may grow without bound"
    if not points.complete or points.components:
        return "rest points come in lines, or are not all known"
    inside = [point for point in points if point.kind == "interior"]
    others = [point for point in inside if point.stability != Stability.SOURCE]
    if not inside or others:
        return f"{others[0].label} is no source" if others else "there is no rest point inside"
    for point in points:
        if point.kind != "interior" and not _lets_go(box, point):
            return f"orbits inside may tend to {point.label} on the border"
    return "" if _border_lets_go(box, points) else "the heteroclinic cycle of pure states is not known to repel"


def _border_lets_go(box: Box, points: RestPoints) -> bool:
    """Return whether the border is no cycle of saddle connections, or one that repels."""
    on_border = [point for point in points if point.kind != "interior"]
    corners = [point for point in on_border if all(value in (0, 1) for value in point.coordinates.values())]
    ring = len(on_border) == len(corners) and all(point.stability == Stability.SADDLE for point in corners)
    if not all(box.relative) or not ring:
        return True
    try:
        return any(cycle.repels != FALSE for cycle in find_heteroclinic_cycles(box.game))
    except UnsupportedError:
        return False


def _lets_go(box: Box, point: RestPoint) -> bool:
    """Return whether no orbit from inside tends to a rest point of the border, for hyperbolic ones known exactly."""
    if point.stability not in (Stability.SADDLE, Stability.SOURCE):
        return False
    if point.stability == Stability.SOURCE:
        return True
    ends = [i for i, name in enumerate(box.names) if point.coordinates[name] in (0, 1)]
    if any(not box.relative[i] and _moves(box, i, point) for i in ends):
        return False
    if len(ends) == box.size:
        return True  # a saddle at a corner of invariant edges: its stable and its unstable manifold are edges
    (i,) = ends
    at = {sympy.Symbol(name): value for name, value in point.coordinates.items()}
    away = sympy.diff(box.rates[i], sympy.Symbol(box.names[i])).subs(at)
    inward = away if point.known == "exact" else sympy.Integer(0)
    return bool(inward.is_positive)


def _moves(box: Box, i: int, point: RestPoint) -> bool:
    """Return whether a coordinate at its end moves somewhere on that side of the box, so that the side is not invariant."""
    side = box.drives[i].subs(sympy.Symbol(box.names[i]), point.coordinates[box.names[i]])
    return bool(sympy.simplify(side) != 0)
