"""The hypersurfaces between regimes: which polynomial vanishes, what happens there, which regimes meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgame.algebra.conditions import COMPARE, And, Condition, Or, Sign, sign
from coopgame.algebra.polynomials import Polynomial
from coopgame.algebra.prover import Point, Prover
from coopgame.analysis.points import RestPoints

_MOST_SAMPLES = 2000


@dataclass(frozen=True, eq=False)
class Crossing:
    """Two regimes that meet, with an exact point on the hypersurface where no other polynomial vanishes."""

    below: str
    above: str
    witness: Point


@dataclass(frozen=True, eq=False)
class Hypersurface:
    """Where a polynomial of the conditions vanishes.

    condition: `polynomial = 0`; happens: what changes there; between: the pairs of regimes that were found to meet
    on it, each with an exact witness (the list of pairs is what sampling found, not proved complete).
    """

    condition: Sign
    happens: str
    between: tuple[Crossing, ...]

    @property
    def text(self) -> str:
        """The equation as text, e.g. `F = c`."""
        return self.condition.text()

    def __str__(self) -> str:
        pairs = ", ".join(f"{c.below} | {c.above}" for c in self.between) or "no two regimes found"
        return f"{self.text}: {self.happens} ({pairs})"


def find_hypersurfaces(
    points: RestPoints, prover: Prover, regimes: Sequence[tuple[str, Condition]]
) -> tuple[Hypersurface, ...]:
    """Return the hypersurfaces on which the definition of some regime changes."""
    surfaces: dict[Condition, None] = {}
    for _, definition in regimes:
        for leaf in definition.signs():
            surfaces[sign(leaf.ring, leaf.polynomial, "=")] = None
    polynomials = [s.polynomial for s in surfaces if isinstance(s, Sign)]
    result = []
    for surface in surfaces:
        assert isinstance(surface, Sign)
        others = [p for p in polynomials if p != surface.polynomial]
        crossings = _crossings(prover, surface.polynomial, others, regimes)
        result.append(Hypersurface(surface, _happens(points, prover, surface), tuple(crossings)))
    return tuple(result)


def _happens(points: RestPoints, prover: Prover, surface: Sign) -> str:
    """Say which rest points change on the hypersurface."""
    on_line = [c for c in points.components if c.condition == surface]
    involved = [p.label for p in points if any(leaf.polynomial == surface.polynomial for leaf in p.stable_if.signs())]
    if on_line:
        where = {component.where for component in on_line}
        rest = "" if "everywhere" in where else f" with {'; '.join(sorted(where))}"
        change = _change(points, surface, involved)
        return f"{_listed(involved) or 'no attractor'} {change}; all states{rest} are at rest"
    mixed = [p.label for p in points if p.kind != "vertex" and p.label in involved]
    vertices = [p.label for p in points if p.kind == "vertex" and p.label in involved]
    if mixed and vertices:
        return f"{', '.join(mixed)} passes through {', '.join(vertices)} (transcritical)"
    if len(mixed) == 1:
        return f"the stability of {mixed[0]} changes (degenerate Hopf: closed orbits around it)"
    if mixed:
        return f"{_listed(mixed)} meet (transcritical)"
    if vertices:
        return f"the stability of {_listed(vertices)} changes"
    return "the sign of a splitting expression changes"


def _listed(labels: Sequence[str]) -> str:
    """Return labels as words: E1, E2 and E3."""
    return " and ".join([*([", ".join(labels[:-1])] if labels[1:] else []), *labels[-1:]])


def _change(points: RestPoints, surface: Sign, involved: Sequence[str]) -> str:
    """Say whether the points involved are stable on the same side of the hypersurface."""
    if len(involved) < 2:
        return "gains or loses stability"
    sides = {
        leaf.relation
        for label in involved
        for leaf in points[label].stable_if.signs()
        if leaf.polynomial == surface.polynomial
    }
    return "exchange stability" if len(sides) > 1 else "gain or lose stability together"


def _crossings(
    prover: Prover,
    polynomial: Polynomial,
    others: Sequence[Polynomial],
    regimes: Sequence[tuple[str, Condition]],
) -> Iterator[Crossing]:
    """Yield one exact crossing per pair of regimes that meet where the polynomial vanishes."""
    ring = prover.ring
    name = next((n for n, d in zip(ring.names, polynomial.degrees(), strict=True) if d == 1), None)
    if name is None:
        return
    column = ring.names.index(name)
    slope = polynomial.derivative(column)
    rows = prover.points[:_MOST_SAMPLES]
    rest = rows.copy()
    rest[:, column] = 0
    intercepts, slopes = ring.evaluator([polynomial, slope])(rest)
    usable = np.abs(slopes) > 1e-9
    on = rest[usable]
    on[:, column] = -intercepts[usable] / slopes[usable]
    step = 1e-4 * (1 + np.abs(on[:, column]))
    sides = []
    for direction in (-1, 1):
        moved = on.copy()
        moved[:, column] += direction * step
        sides.append(_labels(moved, prover, regimes))
    seen: set[tuple[int, int]] = set()
    admissible = prover.assumptions.condition.holds_many(on, ring)
    for row in np.flatnonzero(admissible & (sides[0] != sides[1]) & (sides[0] >= 0) & (sides[1] >= 0)):
        pair = (int(min(sides[0][row], sides[1][row])), int(max(sides[0][row], sides[1][row])))
        if pair in seen:
            continue
        witness = _exact_on(prover, polynomial, slope, name, rest[usable][row])
        if witness and _meet(polynomial, others, [regimes[i][1] for i in pair], witness):
            seen.add(pair)
            yield Crossing(regimes[pair[0]][0], regimes[pair[1]][0], witness)


def _meet(polynomial: Polynomial, others: Sequence[Polynomial], pair: Sequence[Condition], witness: Point) -> bool:
    """Return whether two regimes hold on the two sides of the hypersurface at a point of it, decided exactly.

    A step to the side in floats may cross another hypersurface, so what it suggests has to be proved.
    """
    ring = next(pair[0].signs()).ring
    if any(ring.evaluate(p, witness) == 0 for p in others):
        return False
    sides = [[_holds_beside(condition, polynomial, turn, witness) for condition in pair] for turn in (-1, 1)]
    return sides in ([[True, False], [False, True]], [[False, True], [True, False]])


def _holds_beside(condition: Condition, polynomial: Polynomial, turn: int, witness: Point) -> bool:
    """Return whether a condition holds at a point when `polynomial`, which is 0 there, counts as positive or negative."""
    if isinstance(condition, Sign) and condition.polynomial == polynomial:
        return bool(COMPARE[condition.relation](turn))
    if isinstance(condition, And | Or):
        parts = [_holds_beside(part, polynomial, turn, witness) for part in condition.parts]
        return all(parts) if isinstance(condition, And) else any(parts)
    return condition.holds(witness)


def _labels(points: np.ndarray, prover: Prover, regimes: Sequence[tuple[str, Condition]]) -> np.ndarray:
    labels = np.full(len(points), -1)
    for index, (_, definition) in enumerate(regimes):
        labels[definition.holds_many(points, prover.ring)] = index
    return labels


def _exact_on(prover: Prover, polynomial: Polynomial, slope: Polynomial, name: str, row: np.ndarray) -> Point | None:
    point = prover.assumptions.exact_point(row)
    point[name] = Fraction(0)
    steepness = prover.ring.evaluate(slope, point)
    if steepness == 0:
        return None
    point[name] = -prover.ring.evaluate(polynomial, point) / steepness
    return point if prover.assumptions.contains(point) else None
