"""Signs of eigenvalues of a rest point at a point of a hypersurface, decided exactly."""

from __future__ import annotations

import sympy

from coopgame.algebra.radicals import Radical, radical_of
from coopgame.analysis.points import RestPoint
from coopgame.analysis.spots import Spot


def zero_eigenvalues(spot: Spot, point: RestPoint) -> int | None:
    """Return how many eigenvalues of a rest point vanish at a spot, None where that is not known."""
    numbers = [radical_of(spot.ring, value) for value in point.eigenvalues]
    signs = [_sign(spot, number) for number in numbers]
    if None not in signs:
        return signs.count(0)
    planar = planar_signs(spot, point)
    if planar is None or None in signs[2:]:
        return None
    trace, determinant = planar
    along = 0 if determinant else 1 if trace else 2
    return along + signs[2:].count(0)


def planar_signs(spot: Spot, point: RestPoint) -> tuple[int, int] | None:
    """Return the signs of trace and determinant of the first two eigenvalues at a spot, None where not known."""
    if len(point.eigenvalues) < 2:
        return None
    first, second = point.eigenvalues[:2]
    trace = _sign(spot, radical_of(spot.ring, sympy.expand(first + second)))
    determinant = _sign(spot, radical_of(spot.ring, sympy.expand(first * second)))
    return None if trace is None or determinant is None else (trace, determinant)


def _sign(spot: Spot, number: Radical | None) -> int | None:
    limit = spot.limit(number) if number is not None else None
    return spot.sign_at(limit) if limit is not None else None
