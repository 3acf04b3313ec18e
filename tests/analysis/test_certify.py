"""Certified zeros beside closed forms, in exact arithmetic, and refusals where zeros are degenerate."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from coopgame.analysis.certify import CertifiedPoints, certified_zeros

HALF = Fraction(1, 2)
Table = dict[tuple[int, ...], Fraction]


def corners(functions: list[Callable[..., Fraction]]) -> list[Table]:
    """Values at the corners of the other unknowns."""
    ends = list(product((0, 1), repeat=len(functions) - 1))
    return [{corner: Fraction(function(*corner)) for corner in ends} for function in functions]


def holds(found: CertifiedPoints, number: int, exact: list[Fraction]) -> bool:
    """Whether a box contains an exact point."""
    box = zip(found.points[number], found.radii[number], exact, strict=True)
    return all(abs(Fraction(middle) - value) <= Fraction(radius) for middle, radius, value in box)


@pytest.mark.parametrize("first", [Fraction(1, 3), Fraction(1, 10**9), Fraction(999, 1000)])
@pytest.mark.parametrize("second", [HALF, Fraction(2, 7)])
def test_one_point_of_two_functions(first: Fraction, second: Fraction) -> None:
    found = certified_zeros(corners([lambda y: y - first, lambda x: second - x]))
    assert len(found.points) == 1 and found.undecided == 0
    assert holds(found, 0, [second, first])
    assert (found.radii < 1e-9).all()


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("size", [3, 4])
def test_linear_functions_with_a_chosen_zero(size: int, seed: int) -> None:
    """Random linear functions of the others that vanish together at one rational point, inside or outside."""
    rng = np.random.default_rng(seed)
    zero = [Fraction(int(v), 97) for v in rng.integers(-30, 127, size)]
    slopes = rng.integers(-5, 6, (size, size))
    np.fill_diagonal(slopes, 0)
    if abs(np.linalg.det(slopes)) < 0.5:
        slopes = np.ones((size, size), dtype=int) - np.eye(size, dtype=int)

    def function(i: int) -> Callable[..., Fraction]:
        others = [j for j in range(size) if j != i]
        return lambda *x: sum(
            (int(slopes[i, j]) * (v - zero[j]) for j, v in zip(others, x, strict=True)), Fraction(0)
        )

    found = certified_zeros(corners([function(i) for i in range(size)]))
    assert found.undecided == 0
    inside = all(0 < v < 1 for v in zero)
    assert len(found.points) == inside
    if inside:
        assert holds(found, 0, zero)


@pytest.mark.parametrize("low", [Fraction(1, 4), Fraction(1, 10), Fraction(49, 100)])
def test_two_points_on_the_diagonal(low: Fraction) -> None:
    """uv - (u + v)/2 + q for each pair vanishes at even states t with t**2 - t + q = 0 only: t = low and 1 - low."""
    constant = low * (1 - low)
    found = certified_zeros(corners([lambda u, v: u * v - HALF * (u + v) + constant] * 3))
    assert len(found.points) == 2 and found.undecided == 0
    order = np.argsort(found.points[:, 0])
    assert holds(found, int(order[0]), [low] * 3)
    assert holds(found, int(order[1]), [1 - low] * 3)


def test_irrational_points_are_near_their_formula() -> None:
    """The same with q = 1/8: (1 -+ sqrt(1/2))/2."""
    found = certified_zeros(corners([lambda u, v: u * v - HALF * (u + v) + Fraction(1, 8)] * 3))
    assert np.sort(found.points[:, 0]) == pytest.approx((1 + np.array([-1, 1]) * np.sqrt(0.5)) / 2, abs=1e-14)


def test_no_real_points() -> None:
    """The same with q = 1/3: the quadratic equation has no real roots, and that is proved."""
    found = certified_zeros(corners([lambda u, v: u * v - HALF * (u + v) + Fraction(1, 3)] * 3))
    assert (len(found.points), found.undecided) == (0, 0)


@pytest.mark.parametrize("seed", range(20))
def test_three_bilinear_functions_beside_elimination(seed: int) -> None:
    """x and y eliminated by hand leave a quadratic equation in z."""
    rows = np.random.default_rng(seed).integers(-9, 10, (3, 4))
    (a1, b1, c1, d1), (a2, b2, c2, d2), (a3, b3, c3, d3) = rows.tolist()
    tables = corners([lambda u, v, r=row: Fraction(int(r @ [1, u, v, u * v])) for row in rows])
    # y = p/q from the first function, x = s/t from the second
    p, q, s, t = (np.poly1d(line) for line in ([-c1, -a1], [d1, b1], [-c2, -a2], [d2, b2]))
    roots = (a3 * (t * q) + b3 * (s * q) + c3 * (p * t) + d3 * (s * p)).roots
    expected = []
    for z in roots[np.abs(roots.imag) < 1e-9].real:
        x, y = s(z) / t(z), p(z) / q(z)
        if min(x, y, z) > 0 and max(x, y, z) < 1:
            expected.append((x, y, z))
    found = certified_zeros(tables)
    assert found.undecided == 0
    assert len(found.points) == len(expected)
    for point, other in zip(sorted(map(tuple, found.points)), sorted(expected), strict=True):
        assert point == pytest.approx(other, abs=1e-7)


@pytest.mark.parametrize("at", [HALF, Fraction(1, 3)])
def test_a_double_zero_is_not_certified(at: Fraction) -> None:
    """v - w, w - u + uw and u - v in shifted unknowns vanish at 0 only, where the Jacobian is singular."""
    functions: list[Callable[..., Fraction]] = [
        lambda y, z: y - z,
        lambda x, z: z - x + (x - at) * (z - at),
        lambda x, y: x - y,
    ]
    found = certified_zeros(corners(functions), most_boxes=3000)
    assert len(found.points) == 0 and found.undecided > 0


def test_a_line_of_zeros_is_not_certified() -> None:
    """(u - 1/2)(v - 1/2) for each pair: three lines of zeros."""
    found = certified_zeros(corners([lambda u, v: (u - HALF) * (v - HALF)] * 3), most_boxes=2000)
    assert len(found.points) == 0 and found.undecided > 0
    nothing = certified_zeros(corners([lambda y: Fraction(0), lambda x: x - HALF]), most_boxes=200)
    assert len(nothing.points) == 0 and nothing.undecided > 0


@pytest.mark.parametrize(
    ("shift", "points", "undecided"), [(Fraction(-1, 10**12), 1, 0), (Fraction(1, 10**12), 0, 0), (Fraction(0), 0, 1)]
)
def test_zeros_next_to_the_border(shift: Fraction, points: int, undecided: int) -> None:
    """Just inside, just outside, and on the border, where a float cannot tell whether the point lies inside."""
    found = certified_zeros(corners([lambda y: y - 1 - shift, lambda x: x - HALF]))
    assert (len(found.points), found.undecided) == (points, undecided)


def test_running_out_of_boxes_is_said() -> None:
    tables = corners([lambda u, v: u * v - HALF * (u + v) + Fraction(3, 16)] * 3)
    found = certified_zeros(tables, most_boxes=2)
    assert found.undecided > 0


def test_certified_boxes_hold_irrational_points() -> None:
    half = Fraction(1, 2)
    table = {(u, v): u * v - half * (u + v) + Fraction(1, 8) for u, v in product((0, 1), repeat=2)}
    found = certified_zeros([table] * 3)
    for middle, radius in zip(found.points[:, 0], found.radii[:, 0], strict=True):
        low, high = Fraction(middle) - Fraction(radius), Fraction(middle) + Fraction(radius)
        assert (low**2 - low + Fraction(1, 8)) * (high**2 - high + Fraction(1, 8)) <= 0
