"""Signs of eigenvalues of a rest point at a point of a hypersurface, decided exactly."""

from __future__ import annotations

from functools import cached_property

import sympy

from coopgame.algebra.polynomials import Ring
from coopgame.algebra.radicals import Radical, radical_of
from coopgame.analysis.spots import Spot


class Eigenvalues:
    """The eigenvalues of a rest point as numbers p + q*sqrt(d), where they have that form; and the first two as a pair."""

    def __init__(self, expressions: tuple[sympy.Expr, ...], ring: Ring) -> None:
        self.expressions = expressions
        self.ring = ring

    @cached_property
    def numbers(self) -> list[Radical | None]:
        """Each eigenvalue, None where roots stand under roots."""
        return [radical_of(self.ring, value) for value in self.expressions]

    @cached_property
    def trace(self) -> Radical | None:
        """The sum of the first two."""
        if len(self.expressions) < 2:
            return None
        return radical_of(self.ring, self.expressions[0] + self.expressions[1])

    @cached_property
    def determinant(self) -> Radical | None:
        """The product of the first two; the square of their difference has lost the outer root."""
        if len(self.expressions) < 2:
            return None
        first, second = self.expressions[:2]
        return radical_of(self.ring, ((first + second) ** 2 - (first - second) ** 2) / 4)

    def planar_signs(self, spot: Spot) -> tuple[int, int] | None:
        """Return the signs of trace and determinant of the first two eigenvalues at a spot, None where not known."""
        trace, determinant = _sign(spot, self.trace), _sign(spot, self.determinant)
        return None if trace is None or determinant is None else (trace, determinant)

    def zeros(self, spot: Spot) -> int | None:
        """Return how many eigenvalues vanish at a spot, None where that is not known."""
        if not self.expressions:
            return None
        signs = [_sign(spot, number) for number in self.numbers]
        if None not in signs:
            return signs.count(0)
        planar = self.planar_signs(spot)
        if planar is None or None in signs[2:]:
            return None
        trace, determinant = planar
        along = 0 if determinant else 1 if trace else 2
        return along + signs[2:].count(0)


def _sign(spot: Spot, number: Radical | None) -> int | None:
    limit = spot.limit(number) if number is not None else None
    return spot.sign_at(limit) if limit is not None else None
