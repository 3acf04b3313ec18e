"""Exact linear programs beside scipy's, and over polynomials in an infinitesimal beside small numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from coopgame.algebra.ordered_lp import maximise, sign_at_zero


@settings(max_examples=150)
@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 100_000), st.integers(1, 5))
def test_whole_numbers_beside_scipy(width: int, height: int, seed: int, top: int) -> None:
    rng = np.random.default_rng(seed)
    rows, right = rng.integers(-top, top + 1, (height, width)), rng.integers(-top, top + 1, height)
    objective = rng.integers(-top, top + 1, width)
    best = maximise(objective.tolist(), rows.tolist(), right.tolist())
    other = linprog(-objective, A_eq=rows, b_eq=right, bounds=[(0, None)] * width, method="highs-ds")
    if best.status == "optimal":
        assert other.status == 0 and float(Fraction(best.value, best.scale)) == pytest.approx(-other.fun, abs=1e-8)
        x = [Fraction(v, best.scale) for v in best.solution]
        assert min(x) >= 0
        assert all(
            sum(int(a) * v for a, v in zip(row, x, strict=True)) == b for row, b in zip(rows, right, strict=True)
        )
        assert sum(int(c) * v for c, v in zip(objective, x, strict=True)) == Fraction(best.value, best.scale)
    elif best.status == "infeasible":
        assert other.status in (2, 4)
    else:
        assert other.status in (3, 4)


@settings(max_examples=60)
@given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 100_000))
def test_polynomials_beside_a_tiny_number(width: int, height: int, seed: int) -> None:
    """For coefficients up to 3, epsilon = 10**-30 is below every root that could matter, so both programs end alike."""
    rng = np.random.default_rng(seed)
    rows, right = rng.integers(-3, 4, (height, width, 2)), rng.integers(-3, 4, (height, 2))
    objective = rng.integers(-3, 4, (width, 2))

    def polynomial(pair: np.ndarray) -> fmpz_poly:
        return fmpz_poly([int(v) for v in pair])

    tiny = 10**30

    def number(pair: np.ndarray) -> int:
        return int(pair[0]) * tiny + int(pair[1])

    best = maximise(
        [polynomial(c) for c in objective],
        [[polynomial(v) for v in row] for row in rows],
        [polynomial(v) for v in right],
        zero=fmpz_poly([0]),
        sign=sign_at_zero,
    )
    other = maximise(
        [number(c) for c in objective], [[number(v) for v in row] for row in rows], [number(v) for v in right]
    )
    assert best.status == other.status
    if best.status == "optimal":
        at = Fraction(1, tiny)
        value, scale = (
            sum(Fraction(int(c)) * at**n for n, c in enumerate(p.coeffs())) for p in (best.value, best.scale)
        )
        assert value / scale == Fraction(other.value, other.scale) / tiny


def test_a_program_that_cycles_without_a_rule() -> None:
    """Beale (1955), Naval Research Logistics Quarterly 2, 269-275: largest coefficients cycle; the optimum is 1/20."""
    rows = [
        [Fraction(1, 4), -60, Fraction(-1, 25), 9, 1, 0, 0],
        [Fraction(1, 2), -90, Fraction(-1, 50), 3, 0, 1, 0],
        [0, 0, 1, 0, 0, 0, 1],
    ]
    objective = [Fraction(3, 4), -150, Fraction(1, 50), -6, 0, 0, 0]
    best = maximise([int(100 * c) for c in objective], [[int(100 * v) for v in row] for row in rows], [0, 0, 100])
    assert Fraction(best.value, best.scale) / 100 == Fraction(1, 20)


def test_signs_near_zero() -> None:
    assert [sign_at_zero(fmpz_poly(c)) for c in ([], [0, -1, 5], [0, 0, 2], [3, -9])] == [0, -1, 1, 1]
    empty = maximise([1], [], [])
    assert empty.status == "unbounded"
