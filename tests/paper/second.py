"""What the second implementation answers about M1 and M4; models and dynamics are in the two files beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from tests.paper.second_dynamics import (
    Polynomial,
    cooperation_index,
    expected_payoffs,
    field,
    full_state,
    normal_form,
    polynomial_product,
    polynomial_sum,
    polynomial_value,
)
from tests.paper.second_models import COORDINATES_M4, ONE, SIZES_M1, SIZES_M4, ZERO, Values, payoffs_m1, payoffs_m4

# Questions about M1


def greed_m1(values: Mapping[str, Fraction]) -> Fraction:
    """What a firm gains by price war against a cooperator (WC - CC)."""
    return payoffs_m1((0, 1), values)[0] - payoffs_m1((1, 1), values)[0]


def fear_m1(values: Mapping[str, Fraction]) -> Fraction:
    """What a firm gains by price war against a price warrior (WW - CW)."""
    return payoffs_m1((0, 0), values)[0] - payoffs_m1((1, 0), values)[0]


def regime_m1(values: Mapping[str, Fraction]) -> str | None:
    """One of "price war", "cooperation", "coexistence", "coordination"; None on a boundary."""
    greed, fear = greed_m1(values), fear_m1(values)
    if greed == 0 or fear == 0:
        return None
    if greed > 0:
        return "price war" if fear > 0 else "coexistence"
    return "coordination" if fear > 0 else "cooperation"


def interior_point_m1(values: Mapping[str, Fraction]) -> Fraction | None:
    """The share of cooperators strictly between 0 and 1 at which both strategies earn the same.

    None when there is none, and also when there is no single one because both always earn the same.
    """

    def advantage(share: Fraction) -> Fraction:
        first, second = expected_payoffs(payoffs_m1, SIZES_M1, [[share, 1 - share]], values)[0]
        return first - second

    at_zero, at_one = advantage(ZERO), advantage(ONE)
    if at_zero * at_one >= 0:
        return None
    return at_zero / (at_zero - at_one)


def private_comparison_m1(values: Mapping[str, Fraction]) -> Fraction:
    """Payoff of a firm when all cooperate minus its payoff when all wage price war (CC - WW)."""
    return payoffs_m1((1, 1), values)[0] - payoffs_m1((0, 0), values)[0]


def social_comparison_m1(values: Mapping[str, Fraction]) -> Fraction:
    """CC - WW with subsidy and sanction removed (both are transfers from and to the public purse)."""
    return private_comparison_m1({**values, "s": ZERO, "t": ZERO})


def cell_m1(values: Mapping[str, Fraction]) -> tuple[str, bool] | None:
    """Regime and whether the social comparison is positive; None on a boundary."""
    regime, social = regime_m1(values), social_comparison_m1(values)
    return None if regime is None or social == 0 else (regime, social > 0)


def is_trap_m1(values: Mapping[str, Fraction]) -> bool:
    """Price war dominates although a firm would earn more if all cooperated."""
    return regime_m1(values) == "price war" and private_comparison_m1(values) > 0


def is_win_win_m1(values: Mapping[str, Fraction]) -> bool:
    """Cooperation dominates and the social comparison is positive."""
    return regime_m1(values) == "cooperation" and social_comparison_m1(values) > 0


def passage_m1(values: Mapping[str, Fraction]) -> str | None:
    """The regime between price war and cooperation as the subsidy moves; None when they touch.

    Found by moving the subsidy (to a negative one if need be) halfway between the two switches.
    """
    halfway = values["s"] + (greed_m1(values) + fear_m1(values)) / 2
    return regime_m1({**values, "s": halfway})


def cooperation_index_m1(values: Mapping[str, Fraction]) -> Fraction | None:
    """Co-opetition index of the symmetric two-player game; None when all payoffs are equal."""
    return cooperation_index(normal_form(payoffs_m1, SIZES_M1, values))


# Rest points of M4 off the vertices


@dataclass(frozen=True)
class FacePoint:
    """A rest point inside a two-dimensional face of the cube.

    ``kind`` describes it within its face: "centre" (purely imaginary pair) or "saddle".
    ``transverse`` is the eigenvalue across the face.
    """

    coordinates: tuple[Fraction, ...]
    fixed: int
    kind: str
    transverse: Fraction


def _advantage_m4(population: int, point: Sequence[Fraction], values: Values) -> Fraction:
    """Expected payoff of the first strategy minus that of the second, of one population."""
    state = [[share, 1 - share] for share in point]
    first, second = expected_payoffs(payoffs_m4, SIZES_M4, state, values)[population]
    return first - second


def _place(places: Mapping[int, Fraction]) -> list[Fraction]:
    """A point of the cube; coordinates not named are 0."""
    return [places.get(position, ZERO) for position in range(3)]


def _coefficients_m4(population: int, one: int, two: int, values: Values) -> tuple[Fraction, ...]:
    """Coefficients (1, u, w, u w) of the advantage in coordinates ``one`` (u) and ``two`` (w)."""
    corner = {
        (u, w): _advantage_m4(population, _place({one: Fraction(u), two: Fraction(w)}), values)
        for u in (0, 1)
        for w in (0, 1)
    }
    constant = corner[0, 0]
    by_one = corner[1, 0] - constant
    by_two = corner[0, 1] - constant
    return constant, by_one, by_two, corner[1, 1] - constant - by_one - by_two


def _real_roots(coefficients: Sequence[Fraction]) -> list[Fraction]:
    """Isolated real roots of c0 + c1 x + c2 x^2; irrational ones to about forty digits."""
    c0, c1, c2 = coefficients
    if c2 == 0:
        return [] if c1 == 0 else [-c0 / c1]
    discriminant = c1**2 - 4 * c2 * c0
    if discriminant < 0:
        return []
    top, bottom = discriminant.numerator, discriminant.denominator
    scale = 10**40
    root = Fraction(isqrt(top * bottom * scale**2), bottom * scale)
    return sorted({(-c1 - root) / (2 * c2), (-c1 + root) / (2 * c2)})


def face_points_m4(values: Mapping[str, Fraction]) -> list[FacePoint]:
    """All isolated rest points inside the two-dimensional faces, exactly, with their type."""
    points = []
    for fixed in range(3):
        one, two = (position for position in range(3) if position != fixed)
        for side in (ZERO, ONE):
            solution = {fixed: side}
            slopes = []
            for population, other in ((one, two), (two, one)):
                at_zero = _advantage_m4(population, _place({fixed: side, other: ZERO}), values)
                at_one = _advantage_m4(population, _place({fixed: side, other: ONE}), values)
                if at_zero * at_one < 0:
                    solution[other] = at_zero / (at_zero - at_one)
                    slopes.append(at_one - at_zero)
            if len(slopes) != 2:
                continue
            coordinates = tuple(_place(solution))
            kind = "centre" if slopes[0] * slopes[1] < 0 else "saddle"
            across = (1 - 2 * side) * _advantage_m4(fixed, coordinates, values)
            points.append(FacePoint(coordinates, fixed, kind, across))
    return points


def _interior_m4(values: Values) -> list[tuple[Fraction, ...]]:
    """Isolated rest points in the interior of the cube.

    The advantages of two populations give two coordinates as ratios of affine functions of the third one;
    put into the last advantage they leave a quadratic. Each coordinate is tried as the third one, since the
    ratios may be undefined for some.
    """
    found: list[tuple[Fraction, ...]] = []
    for kept in range(3):
        one, two = (position for position in range(3) if position != kept)
        # The advantage of `one` depends on `two` and `kept` and gives `two`; that of `two` gives `one`.
        ratios = {}
        for population, wanted in ((one, two), (two, one)):
            constant, by_wanted, by_kept, by_both = _coefficients_m4(population, wanted, kept, values)
            top: Polynomial = {(0,): -constant, (1,): -by_kept}
            bottom: Polynomial = {(0,): by_wanted, (1,): by_both}
            ratios[wanted] = (top, bottom)
        constant, by_one, by_two, by_both = _coefficients_m4(kept, one, two, values)
        (top_one, bottom_one), (top_two, bottom_two) = ratios[one], ratios[two]
        cleared: Polynomial = {}
        for factor, left, right in (
            (constant, bottom_one, bottom_two),
            (by_one, top_one, bottom_two),
            (by_two, bottom_one, top_two),
            (by_both, top_one, top_two),
        ):
            cleared = polynomial_sum(cleared, polynomial_product(left, right), factor)
        for root in _real_roots([cleared.get((power,), ZERO) for power in range(3)]):
            solution = {kept: root}
            for wanted, (top, bottom) in ratios.items():
                divisor = polynomial_value(bottom, [root])
                if divisor != 0:
                    solution[wanted] = polynomial_value(top, [root]) / divisor
            point = tuple(_place(solution))
            inside = len(solution) == 3 and all(0 < share < 1 for share in point)
            if inside and not any(_close(point, other) for other in found):
                found.append(point)
    return found


def _close(first: Sequence[Fraction], second: Sequence[Fraction]) -> bool:
    return all(abs(a - b) < Fraction(1, 10**20) for a, b in zip(first, second, strict=True))


def interior_points_m4(
    values: Mapping[str, Fraction] | Mapping[str, float],
) -> list[tuple[tuple[float, ...], str]]:
    """Isolated rest points in the interior and inside the two-dimensional faces of the cube.

    Each is a triple (x, y, z) with "interior" or the face it lies in, such as "x=0". The values, floats
    included, are taken as the exact rational numbers they are; the coordinates are rounded at the end, and
    the field at the rounded coordinates must vanish to 1e-9 (times the largest payoff where that exceeds 1).
    """
    exact = {name: Fraction(value) for name, value in values.items()}
    points = [
        (point.coordinates, f"{COORDINATES_M4[point.fixed]}={int(point.coordinates[point.fixed])}")
        for point in face_points_m4(exact)
    ]
    points += [(point, "interior") for point in _interior_m4(exact)]
    sizes = [abs(pay) for row in normal_form(payoffs_m4, SIZES_M4, exact).values() for pay in row]
    tolerance = Fraction(1, 10**9) * max(ONE, *sizes)
    answer = []
    for point, face in points:
        rounded = tuple(float(share) for share in point)
        state = full_state(SIZES_M4, [Fraction(share) for share in rounded])
        speeds = field(payoffs_m4, SIZES_M4, state, exact)
        residual = max(abs(speed) for row in speeds for speed in row)
        if residual >= tolerance:
            raise ArithmeticError(f"not a rest point: {rounded} on {face}, residual {float(residual)}")
        answer.append((rounded, face))
    return answer
