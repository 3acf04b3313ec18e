"""Assumptions about parameters: the set of admissible points, its bounds and samples from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from coopgame.algebra.conditions import TRUE, Condition, Sign, all_of, sign
from coopgame.algebra.polynomials import Point, Ring, to_fraction
from coopgame.errors import AssumptionError
from coopgame.expressions import Inequality

Box = Mapping[str, tuple[float, float]]


class Assumptions:
    """A conjunction of polynomial inequalities over the parameters of a ring.

    The admissible set is where all of them hold. `check` makes sure that it is not empty.
    """

    def __init__(self, ring: Ring, inequalities: Iterable[Inequality] = ()) -> None:
        self.ring = ring
        self.inequalities: tuple[Inequality, ...] = tuple(inequalities)
        parts: list[Condition] = []
        for inequality in self.inequalities:
            numerator, denominator = ring.fraction(inequality.difference, f"assumption {inequality}")
            if not denominator.is_constant():
                raise AssumptionError(
                    f"assumption {inequality} divides by {ring.text(denominator)}; multiply it out so that it is polynomial"
                )
            part = sign(ring, numerator / denominator.leading_coefficient(), inequality.relation)
            if part == all_of(part, sign(ring, ring.constant(1), "<")):
                raise AssumptionError(f"assumption {inequality} is never true; correct or drop it")
            parts.append(part)
        self.parts: tuple[Condition, ...] = tuple(parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assumptions) and self.ring == other.ring and self.condition == other.condition

    def __hash__(self) -> int:
        return hash((self.ring, self.condition))

    def __repr__(self) -> str:
        return f"Assumptions({self.text()!r})"

    @cached_property
    def condition(self) -> Condition:
        """All assumptions as one condition."""
        return all_of(*self.parts)

    @cached_property
    def signs(self) -> tuple[Sign, ...]:
        """The assumptions as signs of polynomials, each once."""
        return tuple(self.condition.signs())

    def text(self) -> str:
        """Return the assumptions as one line, `true` when there are none."""
        return " and ".join(str(inequality) for inequality in self.inequalities) or "true"

    def contains(self, point: Point) -> bool:
        """Return whether a point with exact numbers is admissible."""
        return self.condition.holds(point)

    def violated(self, point: Point) -> tuple[str, ...]:
        """Return the assumptions that a point violates, as they were written."""
        pairs = zip(self.inequalities, self.parts, strict=True)
        return tuple(str(text) for text, part in pairs if not part.holds(point))

    @cached_property
    def _bounds(self) -> dict[str, tuple[Fraction | None, Fraction | None, bool]]:
        found: dict[str, tuple[Fraction | None, Fraction | None, bool]] = dict.fromkeys(
            self.ring.names, (None, None, False)
        )
        for leaf in self.signs:
            names = self.ring.names_in(leaf.polynomial)
            if len(names) != 1 or leaf.polynomial.total_degree() != 1 or leaf.relation in ("=", "!="):
                continue
            low, high, positive = found[names[0]]
            slope = to_fraction(leaf.polynomial.leading_coefficient())
            root = -self.ring.evaluate(leaf.polynomial, {names[0]: Fraction(0)}) / slope
            if leaf.relation in (">", ">="):
                low = root if low is None else max(low, root)
                positive = positive or root > 0 or (root == 0 and leaf.relation == ">")
            else:
                high = root if high is None else min(high, root)
            found[names[0]] = (low, high, positive)
        return found

    def bounds(self, name: str) -> tuple[Fraction | None, Fraction | None]:
        """Return lower and upper bound of one parameter as assumed for it alone, None where there is none."""
        low, high, _ = self._bounds[name]
        return low, high

    def is_positive(self, name: str) -> bool:
        """Return whether an assumption on the parameter alone makes it > 0."""
        return self._bounds[name][2]

    def is_nonnegative(self, name: str) -> bool:
        """Return whether an assumption on the parameter alone makes it >= 0."""
        low = self._bounds[name][0]
        return low is not None and low >= 0

    def sample(
        self, count: int, rng: np.random.Generator | int, box: Box | None = None, log: bool = False
    ) -> np.ndarray:
        """Return admissible points, shape (at most count, number of names), two decimals each.

        Without a box, bounded parameters are uniform between their bounds and unbounded ones spread over scales
        0.1 to 10. With a box, the named parameters are uniform in it (`log`: uniform in the logarithm); points that
        violate an assumption are dropped, so the rows are a uniform sample of the admissible part of the box.
        """
        generator = np.random.default_rng(rng)
        columns = [self._column(name, count, generator, (box or {}).get(name), log) for name in self.ring.names]
        points = np.stack(columns, axis=1) if columns else np.zeros((count, 0))
        if box is None:
            points = np.round(points, 2)
        admissible: np.ndarray = points[self.holds_many(points)]
        return admissible

    def holds_many(self, points: np.ndarray) -> np.ndarray:
        """Return for every row of points whether it is admissible, in floats."""
        if self.condition == TRUE:
            return np.ones(len(points), dtype=bool)
        return self.condition.holds_many(points, self.ring)

    def _column(
        self, name: str, count: int, rng: np.random.Generator, within: tuple[float, float] | None, log: bool
    ) -> np.ndarray:
        if within is not None:
            low, high = map(float, within)
            return np.exp(rng.uniform(np.log(low), np.log(high), count)) if log else rng.uniform(low, high, count)
        lower, upper = self.bounds(name)
        scale = 10 ** rng.uniform(-1, 1, count)
        if lower is not None and upper is not None and lower > upper:
            return np.full(count, float(lower))  # contradictory: no row will be admissible
        if lower is not None and upper is not None:
            return rng.uniform(float(lower), float(upper), count)
        if lower is not None:
            return float(lower) + scale
        if upper is not None:
            return float(upper) - scale
        return rng.normal(size=count) * scale

    def check(self) -> None:
        """Raise AssumptionError, naming a conflicting subset, when no point is admissible."""
        from coopgame.algebra.prover import Prover

        if Prover(self).decide(TRUE).status != "empty":
            return
        core = list(self.inequalities)
        for inequality in self.inequalities:
            rest = [kept for kept in core if kept is not inequality]
            if Prover(Assumptions(self.ring, rest)).decide(TRUE).status == "empty":
                core = rest
        listed = ", ".join(f"`{inequality}`" for inequality in core)
        raise AssumptionError(f"the assumptions {listed} cannot hold together; correct or drop one of them")

    def exact_point(self, row: np.ndarray) -> dict[str, Fraction]:
        """Return a sampled row as exact decimals with six places, two where they were rounded to two."""
        values: Any = zip(self.ring.names, row, strict=True)
        return {name: Fraction(round(float(value) * 10**6), 10**6) for name, value in values}
