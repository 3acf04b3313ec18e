"""The arithmetic of lanes against mpmath, and the Runge-Kutta pairs against their order conditions and scipy's coefficients."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial

import mpmath
import numba
import numpy as np
import pytest
from scipy.integrate._ivp import dop853_coefficients as published

from coopgame._kernels.lane_math import exponential, rough_exp2, rough_log2, scaled
from coopgame._kernels.tableaus import DOP853, TSIT5, Tableau


@numba.njit
def evaluated(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(len(x)):
        out[0, i] = exponential(x[i])
        out[1, i] = rough_exp2(x[i])


@numba.njit
def logarithms(x: np.ndarray, out: np.ndarray) -> None:
    for i in range(len(x)):
        out[i] = rough_log2(x[i])


@numba.njit
def powers(k: np.ndarray, out: np.ndarray) -> None:
    for i in range(len(k)):
        out[i] = scaled(3.0, k[i] + 1.5 * 2.0**52)


def test_exponential_is_exact_to_three_units_in_the_last_place() -> None:
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.uniform(-707, 709, 3000), rng.uniform(-1, 1, 2000), [0.0, 1e-300, -1e-17, 708.9, -708.0]])
    out = np.empty((2, len(x)))
    evaluated(x, out)
    with mpmath.workdps(40):
        worst = max(
            abs((mpmath.mpf(float(y)) - mpmath.exp(mpmath.mpf(float(v)))) / np.spacing(y))
            for v, y in zip(x, out[0], strict=True)
        )
    assert worst <= 3


def test_exponential_stops_at_the_ends_of_doubles_and_keeps_nan() -> None:
    x = np.array([-1e300, -709.0, 710.0, 1e300, -np.inf, np.inf])
    out = np.empty((2, len(x)))
    evaluated(x, out)
    assert np.isfinite(out[0]).all()
    assert (out[0, [0, 1, 4]] == out[0, 0]).all()
    assert out[0, 0] < 1e-307
    assert (out[0, [2, 3, 5]] > 1e307).all()


def test_rough_powers_and_exact_scaling() -> None:
    x = np.linspace(-99, 99, 4001)
    out = np.empty((2, len(x)))
    evaluated(x, out)
    assert np.abs(out[1] / 2**x - 1).max() < 0.05
    logs = np.empty_like(x)
    logarithms(2**x, logs)
    assert np.abs(logs - x).max() < 0.06
    k = np.arange(-1000.0, 1000.0)
    out_powers = np.empty_like(k)
    powers(k, out_powers)
    np.testing.assert_array_equal(out_powers, np.ldexp(3.0, k.astype(int)))


def matrices(tableau: Tableau) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the stage matrix, the weights and the nodes, the stage at the new state left out."""
    size = len(tableau.weights)
    a = np.zeros((size, size))
    for i, row in enumerate(tableau.stages, start=1):
        a[i, : len(row)] = row
    return a, np.array(tableau.weights), a.sum(axis=1)


def tall_trees(a: np.ndarray, b: np.ndarray, order: int) -> list[tuple[float, float]]:
    """Return both sides of the order conditions b A^k c^l = l!/(k + l + 1)! up to an order."""
    c = a.sum(axis=1)
    found = []
    for k, power in product(range(order), range(order)):
        if k + power + 1 <= order:
            vector = c**power
            for _ in range(k):
                vector = a @ vector
            found.append((float(b @ vector), float(Fraction(factorial(power), factorial(power + k + 1)))))
    return found


@pytest.mark.parametrize("tableau", [TSIT5, DOP853], ids=lambda tableau: tableau.name)
def test_order_conditions(tableau: Tableau) -> None:
    a, b, _ = matrices(tableau)
    for left, right in tall_trees(a, b, tableau.order):
        assert left == pytest.approx(right, abs=2e-14)
    higher = tall_trees(a, b, tableau.order + 1)
    assert any(abs(left - right) > 1e-8 for left, right in higher), "the order is not the stated one"


def test_the_error_of_the_pair_of_order_five_comes_from_order_four() -> None:
    a, b, _ = matrices(TSIT5)
    whole = np.zeros((7, 7))
    whole[:6, :6], whole[6, :6] = a, b
    lower = np.append(b, 0.0) - np.array(TSIT5.errors[0])
    for left, right in tall_trees(whole, lower, 4):
        assert left == pytest.approx(right, abs=1e-14)


def test_the_pair_of_order_eight_has_the_published_coefficients() -> None:
    a, b, _ = matrices(DOP853)
    np.testing.assert_array_equal(a, published.A[:12, :12])
    np.testing.assert_array_equal(b, published.B)
    np.testing.assert_array_equal(DOP853.errors[0], published.E5)
    np.testing.assert_array_equal(DOP853.errors[1], published.E3)
