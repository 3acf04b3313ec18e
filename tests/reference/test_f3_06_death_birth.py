"""Published results reproduced: cooperation on graphs under death-birth updating, b/c > k and its form in finite populations."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from coopgame import death_birth, find_critical_ratio, random_regular, regular_coefficient, ring, square_lattice


@pytest.mark.parametrize(("size", "ratio"), [(8, 3.0), (10, 8 / 3), (20, 2.25), (50, 2.0869565)])
def test_thresholds_of_cycles(size: int, ratio: float) -> None:
    """Taylor, Day and Wild (2007), Nature 447: b/c > (N - 2)/(N/k - 2) on a cycle, k = 2."""
    found = find_critical_ratio(ring(size), death_birth(), exact_up_to=20)
    assert float(found.ratio) == pytest.approx(ratio, abs=1e-7)
    assert regular_coefficient(death_birth(), 2, size).critical_ratio == Fraction(size - 2) / (Fraction(size, 2) - 2)


@pytest.mark.parametrize(("size", "published"), [(10, 2.666675), (20, 2.250003)])
def test_the_birth_death_chain_of_a_cycle_has_the_same_threshold(size: int, published: float) -> None:
    """On a cycle cooperators are one interval, so its length is a chain whose chance to grow to N has a closed form; at intensity w = 1e-5."""
    with mpmath.workdps(50):
        low, high = mpmath.mpf(2), mpmath.mpf(3)
        for _ in range(60):
            middle = (low + high) / 2
            if _takeover(size, middle, mpmath.mpf("1e-5")) > mpmath.mpf(1) / size:
                high = middle
            else:
                low = middle
        assert float(high) == pytest.approx(published, abs=2e-6)
        assert float(high) == pytest.approx(float(find_critical_ratio(ring(size), death_birth()).ratio), abs=1e-4)


def _takeover(size: int, b: mpmath.mpf, w: mpmath.mpf) -> mpmath.mpf:
    """Return the chance of one cooperator, fitness 1 - w + w * payoff with payoffs added up, cost 1."""
    total, product = mpmath.mpf(1), mpmath.mpf(1)
    for length in range(1, size):
        grow, shrink = _steps(size, length, b, w)
        product *= shrink / grow
        total += product
    return 1 / total


def _steps(size: int, length: int, b: mpmath.mpf, w: mpmath.mpf) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Return how likely the interval grows and shrinks by one, from the neighbours of each node that may die."""
    state = [1] * length + [0] * (size - length)
    pay = [b * (state[i - 1] + state[(i + 1) % size]) - 2 * state[i] for i in range(size)]
    fitness = [1 - w + w * p for p in pay]
    up, down = mpmath.mpf(0), mpmath.mpf(0)
    for i in range(size):
        sides = (i - 1, (i + 1) % size)
        both = sum(fitness[j] for j in sides)
        other = sum(fitness[j] for j in sides if state[j] != state[i]) / both / size
        up, down = (up + other, down) if state[i] == 0 else (up, down + other)
    return up, down


@pytest.mark.parametrize("degree", [3, 4, 6])
def test_the_rule_b_over_c_above_k(degree: int) -> None:
    """Ohtsuki, Hauert, Lieberman and Nowak (2006), Nature 441: b/c > k on large regular graphs, random ones and lattices."""
    size = 400
    found = find_critical_ratio(random_regular(size, degree, seed=degree), death_birth())
    assert found.ratio == pytest.approx((size - 2) / (size / degree - 2), rel=1e-9)
    assert found.ratio == pytest.approx(degree, rel=0.05)
    assert regular_coefficient(death_birth(), degree).critical_ratio == degree


def test_lattices() -> None:
    found = find_critical_ratio(square_lattice(15), death_birth())
    assert found.ratio == pytest.approx(223 / (225 / 4 - 2), rel=1e-9)
