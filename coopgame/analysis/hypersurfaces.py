"""The hypersurfaces between regimes: which polynomial vanishes, what happens there, which regimes meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from coopgame.algebra.conditions import COMPARE, TRUE, And, Condition, Or, Sign, sign
from coopgame.algebra.polynomials import Place, Polynomial
from coopgame.algebra.prover import Point, Prover
from coopgame.algebra.truths import Truths
from coopgame.analysis.points import RestPoints

_MOST_SAMPLES = 3000


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
    signs = [surface for surface in surfaces if isinstance(surface, Sign)]
    result = []
    for surface in signs:
        crossings = _crossings(prover, surface, signs, regimes)
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
    prover: Prover, surface: Sign, surfaces: Sequence[Sign], regimes: Sequence[tuple[str, Condition]]
) -> Iterator[Crossing]:
    """Yield one exact crossing per pair of regimes that meet on a hypersurface."""
    ring, polynomial = prover.ring, surface.polynomial
    name = next((n for n, d in zip(ring.names, polynomial.degrees(), strict=True) if d == 1), None)
    if name is None:
        return
    slope = polynomial.derivative(ring.names.index(name))
    rest, on = _on_surface(prover, polynomial, slope, ring.names.index(name))
    truths = Truths(ring, on)
    below, above = (_labels(truths, polynomial, turn, regimes) for turn in (-1, 1))
    seen: set[tuple[int, int]] = set()
    for row in np.flatnonzero((below != above) & (below >= 0) & (above >= 0)):
        pair = (int(min(below[row], above[row])), int(max(below[row], above[row])))
        if pair in seen:
            continue
        witness = _exact_on(prover, polynomial, slope, name, rest[row])
        if witness and _meet(surface, surfaces, [regimes[i][1] for i in pair], witness):
            seen.add(pair)
            yield Crossing(regimes[pair[0]][0], regimes[pair[1]][0], witness)


def _on_surface(
    prover: Prover, polynomial: Polynomial, slope: Polynomial, column: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return sampled points with 0 in one column, and the admissible points of the surface above them."""
    rest = _spread(prover.points)
    rest[:, column] = 0
    intercepts, slopes = prover.ring.evaluator([polynomial, slope])(rest)
    usable = np.abs(slopes) > 1e-9
    rest = rest[usable]
    on = rest.copy()
    on[:, column] = -intercepts[usable] / slopes[usable]
    admissible = prover.assumptions.holds_many(on)
    return rest[admissible], on[admissible]


def _spread(points: np.ndarray) -> np.ndarray:
    """Return a copy of the points, of many an evenly spread part."""
    step = max(1, len(points) // _MOST_SAMPLES)
    return points[::step].copy()


def _labels(
    truths: Truths, polynomial: Polynomial, turn: int, regimes: Sequence[tuple[str, Condition]]
) -> np.ndarray:
    """Return for every point which regime holds there when `polynomial`, 0 there, counts as `turn`; -1 for none."""
    for relation, compare in COMPARE.items():
        truths.suppose(sign(truths.ring, polynomial, relation), bool(compare(turn)))
    labels = np.full(len(truths.points), -1)
    for index, (_, definition) in enumerate(regimes):
        labels[truths.of(definition)] = index
    return labels


def _meet(surface: Sign, surfaces: Sequence[Sign], pair: Sequence[Condition], witness: Point) -> bool:
    """Return whether two regimes hold on the two sides of the hypersurface at a point of it, decided exactly.

    What is suggested in floats has to be proved: the point may lie on another hypersurface.
    """
    place = Place(witness)
    values = {s.key[0]: surface.ring.value(s.polynomial, place) for s in surfaces if s != surface}
    if any(value == 0 for value in values.values()):
        return False
    sides = [[_holds_beside(condition, {**values, surface.key[0]: turn}) for condition in pair] for turn in (-1, 1)]
    return sides in ([[True, False], [False, True]], [[False, True], [True, False]])


def _holds_beside(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Return whether a condition holds where its polynomials have the given values, that of the surface a side's sign."""
    if isinstance(condition, Sign):
        return bool(COMPARE[condition.relation](values[condition.key[0]]))
    if isinstance(condition, And | Or):
        parts = (_holds_beside(part, values) for part in condition.parts)
        return all(parts) if isinstance(condition, And) else any(parts)
    return condition == TRUE


def _exact_on(prover: Prover, polynomial: Polynomial, slope: Polynomial, name: str, row: np.ndarray) -> Point | None:
    point = prover.assumptions.exact_point(row)
    point[name] = Fraction(0)
    steepness = prover.ring.evaluate(slope, point)
    if steepness == 0:
        return None
    point[name] = -prover.ring.evaluate(polynomial, point) / steepness
    return point if prover.assumptions.contains(point) else None
