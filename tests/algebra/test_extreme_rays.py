"""Extreme points of polytopes of mixtures beside trying all choices of tight inequalities."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame.algebra import extreme_rays
from coopgame.algebra.affine import AffineSet, corners, solve_linear
from coopgame.algebra.extreme_rays import extreme_points
from coopgame.errors import UnsupportedError

Rows = list[list[Fraction]]


def by_combinations(size: int, equal: Rows, nonnegative: Rows) -> set[tuple[Fraction, ...]]:
    """All points where enough inequalities are tight: slacks become unknowns of their own."""
    slack = len(nonnegative)
    rows = [[*row, *[Fraction(0)] * slack] for row in equal]
    rows += [[*row, *(Fraction(-int(k == n)) for k in range(slack))] for n, row in enumerate(nonnegative)]
    rows.append([Fraction(1)] * size + [Fraction(0)] * slack)
    solutions = solve_linear(rows, [Fraction(0)] * (len(rows) - 1) + [Fraction(1)])
    if not isinstance(solutions, AffineSet):
        return set()
    return {point[:size] for point in corners(solutions, range(size + slack))}


@settings(max_examples=150)
@given(st.integers(1, 4), st.integers(0, 2), st.integers(0, 4), st.integers(0, 100_000), st.integers(1, 4))
def test_beside_all_choices_of_tight_inequalities(size: int, equal: int, more: int, seed: int, top: int) -> None:
    rng = np.random.default_rng(seed)
    tables = [
        [
            [Fraction(int(v), int(d)) for v, d in zip(row, bottom, strict=True)]
            for row, bottom in zip(a, b, strict=True)
        ]
        for a, b in ((rng.integers(-top, top + 1, (n, size)), rng.integers(1, 4, (n, size))) for n in (equal, more))
    ]
    found = extreme_points(size, *tables)
    assert len(set(found)) == len(found)
    assert set(found) == by_combinations(size, *tables)


def test_a_cut_cube_of_dimension_six() -> None:
    """Mixtures with every pair x_i <= x_(i+1): the simplex of increasing sequences, with corners (0, ..., 1/k, ..., 1/k)."""
    size = 7
    rows = [[Fraction(int(k == n + 1) - int(k == n)) for k in range(size)] for n in range(size - 1)]
    expected = {tuple(Fraction(int(n >= start), size - start) for n in range(size)) for start in range(size)}
    assert set(extreme_points(size, (), rows)) == expected


def test_nothing_and_everything() -> None:
    one = [Fraction(1), Fraction(1)]
    assert extreme_points(2, [one]) == ()
    assert extreme_points(2, (), [[-v for v in one]]) == ()
    assert extreme_points(3) == ((1, 0, 0), (0, 1, 0), (0, 0, 1))
    assert extreme_points(1, [[Fraction(0)]], [[Fraction(0)]]) == ((1,),)


def test_too_many_points_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extreme_rays, "_MOST_RAYS", 5)
    rng = np.random.default_rng(1)
    rows = [[Fraction(int(v)) for v in row] for row in rng.integers(-3, 9, (6, 6))]
    with pytest.raises(UnsupportedError, match="more than 5 extreme points"):
        extreme_points(6, (), rows)
