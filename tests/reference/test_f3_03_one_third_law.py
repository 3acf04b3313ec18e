"""Published results reproduced: the one-third law and its exact form for finite populations."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy

from coopgame import MatrixGame, linear_fitness, moran, one_third_law, weak_selection

N = sympy.Symbol("N")
THIRD = MatrixGame([[5, 1], [3, 2]], ["A", "B"])
HALF = MatrixGame([[3, 1], [2, 2]], ["A", "B"])


def test_the_bracket_at_the_critical_point() -> None:
    """Nowak, Sasaki, Taylor and Fudenberg (2004), Nature 428: at x* = 1/3 the bracket is -6 for every N, so rho < 1/N slightly: the law is a limit."""
    weak = weak_selection(THIRD)
    assert sympy.simplify(6 * N * weak.coefficient) == -6
    assert weak.favoured.text() == "false"
    law = one_third_law(THIRD)
    assert law.unstable_point == sympy.Rational(1, 3)
    assert law.condition.text() == "false"  # a + 2 b = c + 2 d


@pytest.mark.parametrize(("size", "bracket"), [(10, -11), (100, -101)])
def test_the_bracket_above_it(size: int, bracket: int) -> None:
    """The same source: at x* = 1/2 the bracket is -(N + 1)."""
    weak = weak_selection(HALF, size=size)
    assert 6 * size * weak.value() == bracket
    assert one_third_law(HALF).unstable_point == sympy.Rational(1, 2)


@pytest.mark.parametrize(("size", "published"), [(10, "-1.8333e-5"), (100, "-1.6832e-4")])
def test_the_numbers_at_a_small_intensity(size: int, published: str) -> None:
    """N rho - 1 at w = 1e-5 with fitness 1 - w + w payoff, from the product formula with 40 digits; w times the bracket over 6 up to O(w^2)."""
    with mpmath.workdps(40):
        w, total, product = mpmath.mpf("1e-5"), mpmath.mpf(1), mpmath.mpf(1)
        for k in range(1, size):
            mutant = mpmath.mpf(3 * (k - 1) + 1 * (size - k)) / (size - 1)
            resident = mpmath.mpf(2 * k + 2 * (size - k - 1)) / (size - 1)
            product *= (1 - w + w * resident) / (1 - w + w * mutant)
            total += product
        excess = size / total - 1
    assert float(excess) == pytest.approx(float(published), rel=1e-4)
    first = weak_selection(HALF, size=size, rule=moran("w", linear_fitness())).value() * size
    assert float(excess) == pytest.approx(float(first * Fraction(1, 10**5)), rel=1e-3)
