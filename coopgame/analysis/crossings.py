"""Where two regimes meet: exact points of a hypersurface with one regime on each side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from coopgame.algebra.conditions import Condition
from coopgame.algebra.polynomials import Polynomial
from coopgame.algebra.prover import Prover
from coopgame.algebra.truths import Truths
from coopgame.analysis.spots import Spot, spots_on
from coopgame.analysis.surface_kinds import SurfaceChange

_MOST_SAMPLES = 2000
_MOST_CURVED = 100
_LEAST_NAMES, _MOST_NAMES = 3, 5
_MOST_TRIES = 8
_WIDTH = Fraction(1, 10**9)

Named = Sequence[tuple[str, Condition]]


@dataclass(frozen=True, eq=False)
class Crossing:
    """Two regimes that meet at a point of a hypersurface where no other of its polynomials vanishes.

    below, above: the regimes for smaller and greater values of the parameter `along`. witness: exact values. Where the point is irrational
    in that parameter, it is missing from the witness and stands `within` two rational ends, one in each regime. changes: what happens there.
    """

    below: str
    above: str
    witness: dict[str, Fraction]
    along: str
    within: tuple[Fraction, Fraction] | None = None
    changes: tuple[SurfaceChange, ...] = ()

    def with_changes(self, changes: Sequence[SurfaceChange]) -> Crossing:
        """Return the crossing with what happens there."""
        return replace(self, changes=tuple(changes))

    def text(self) -> str:
        """Return the regimes and where they meet."""
        values = [f"{name} = {value}" for name, value in self.witness.items()]
        if self.within is not None:
            values.append(f"{float(self.within[0]):.9g} < {self.along} < {float(self.within[1]):.9g}")
        return f"{self.below} | {self.above} at {', '.join(values)}"

    def __str__(self) -> str:
        return self.text()


class CrossingSearch:
    """Looks for points at which two regimes meet among samples, each decided exactly.

    watched: polynomials of all conditions of the game; a point counts only where none of them vanishes but those that vanish on the
    whole hypersurface, so that nothing else happens there by chance.
    """

    def __init__(self, prover: Prover, regimes: Named, watched: Sequence[Polynomial]) -> None:
        self.prover = prover
        self.regimes = regimes
        self.watched = list(watched)

    def on(self, factor: Polynomial, times: int) -> Iterator[tuple[Crossing, Spot]]:
        """Yield up to that many crossings for each pair of regimes found to meet where an irreducible polynomial vanishes."""
        others = [p for p in self.watched if not (p % factor).is_zero()]
        names = self.prover.ring.names
        degrees = [int(degree) for degree in factor.degrees()]
        moving = sorted(((d, name) for d, name in zip(degrees, names, strict=True) if d), key=lambda pair: pair[0])
        seen: Counter[tuple[int, int]] = Counter()
        for number, (degree, name) in enumerate(moving[:_MOST_NAMES], start=1):
            for spot, pair in self._candidates(factor, name, degree, seen, times):
                if self._separate(spot, pair, others):
                    seen[(min(pair), max(pair))] += 1
                    yield self._crossing(spot, pair), spot
            if seen and number >= _LEAST_NAMES:
                return

    def _candidates(
        self, factor: Polynomial, name: str, degree: int, seen: Counter[tuple[int, int]], times: int
    ) -> Iterator[tuple[Spot, tuple[int, int]]]:
        """Yield points on the hypersurface that seem to separate two regimes, a few for each pair not seen often enough."""
        column = self.prover.ring.names.index(name)
        rows = self._on_surface(factor, column, degree)
        if not len(rows):
            return
        step = 1e-4 * (1 + np.abs(rows[:, column]))
        sides = []
        for turn in (-1, 1):
            moved = rows.copy()
            moved[:, column] += turn * step
            sides.append(self._labels(moved))
        tried: Counter[tuple[int, int]] = Counter()
        for row in np.flatnonzero((sides[0] != sides[1]) & (sides[0] >= 0) & (sides[1] >= 0)):
            pair = (int(sides[0][row]), int(sides[1][row]))
            key = (min(pair), max(pair))
            tried[key] += 1
            if seen[key] < times and tried[key] <= _MOST_TRIES:
                spot = self._spot(factor, name, rows[row])
                if spot is not None:
                    yield spot, pair

    def _on_surface(self, factor: Polynomial, column: int, degree: int) -> np.ndarray:
        """Return sampled points moved onto the hypersurface along one parameter, in floats."""
        ring = self.prover.ring
        samples = self.prover.points[:_MOST_SAMPLES]
        if degree == 1:
            on: np.ndarray = samples.copy()
            on[:, column] = 0
            intercepts, slopes = ring.evaluator([factor, factor.derivative(column)])(on)
            usable = np.abs(slopes) > 1e-9
            on = on[usable]
            on[:, column] = -intercepts[usable] / slopes[usable]
            return on
        rows = []
        for sample in samples[:_MOST_CURVED]:
            for spot in self._spots(factor, ring.names[column], sample):
                rows.append(sample.copy())
                rows[-1][column] = float(sum(spot.narrow(_WIDTH)) / 2)
        return np.array(rows)

    def _spots(self, factor: Polynomial, name: str, row: np.ndarray) -> Iterator[Spot]:
        point = self.prover.assumptions.exact_point(row)
        others = {other: value for other, value in point.items() if other != name}
        yield from spots_on(self.prover.ring, factor, name, others)

    def _spot(self, factor: Polynomial, name: str, row: np.ndarray) -> Spot | None:
        at = row[self.prover.ring.names.index(name)]
        found = sorted(self._spots(factor, name, row), key=lambda spot: abs(float(spot.low) - at))
        return found[0] if found else None

    def _labels(self, points: np.ndarray) -> np.ndarray:
        truths = Truths(self.prover.ring, points)
        labels = np.full(len(points), -1)
        for index, (_, definition) in enumerate(self.regimes):
            labels[truths.of(definition)] = index
        return labels

    def _separate(self, spot: Spot, pair: tuple[int, int], others: Sequence[Polynomial]) -> bool:
        """Return whether the point is admissible, alone on its hypersurface, and has one regime on each side; decided exactly."""
        if not all(spot.truth(self.prover.assumptions.condition)):
            return False
        if any(spot.signs(polynomial)[1] == 0 for polynomial in others):
            return False
        below, above = (spot.truth(self.regimes[i][1]) for i in pair)
        return (below[0], below[2]) == (True, False) and (above[0], above[2]) == (False, True)

    def _crossing(self, spot: Spot, pair: tuple[int, int]) -> Crossing:
        below, above = (self.regimes[i][0] for i in pair)
        within = None if spot.exact is not None else self._ends(spot, pair)
        return Crossing(below, above, spot.point, spot.along, within)

    def _ends(self, spot: Spot, pair: tuple[int, int]) -> tuple[Fraction, Fraction]:
        """Return rational ends around an irrational point, each in its regime."""
        width = _WIDTH
        while True:
            low, high = spot.narrow(width)
            points: list[Mapping[str, Fraction]] = [{**spot.others, spot.along: end} for end in (low, high)]
            if all(self.regimes[i][1].holds(point) for i, point in zip(pair, points, strict=True)):
                return low, high
            width = width / 1000


def irreducible_factors(polynomial: Polynomial) -> list[Polynomial]:
    """Return the irreducible factors of a polynomial, each once."""
    return [factor for factor, _ in polynomial.factor()[1]]
