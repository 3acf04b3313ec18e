"""Counting roots beside the axis, against roots that were chosen, numpy's roots, and determinants by another route."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest

from coopgame.algebra.hurwitz import RootCount, count_roots, determinant, hurwitz_quantities


def times(one: list[int], other: list[int]) -> list[int]:
    """The product of two polynomials by their coefficients."""
    return [int(c) for c in np.polymul(one, other)]


FACTORS = {
    (1, 2): RootCount(1, 0, 0, 0),
    (1, -3): RootCount(0, 0, 0, 1),
    (1, 0): RootCount(0, 1, 0, 0),
    (1, 0, 2): RootCount(0, 0, 2, 0),
    (1, 1, 1): RootCount(2, 0, 0, 0),
    (1, -1, 5): RootCount(0, 0, 0, 2),
    (1, 0, 0, 0, 1): RootCount(2, 0, 0, 2),
    (1, 0, -2): RootCount(1, 0, 0, 1),
}


def test_products_of_factors_with_known_roots() -> None:
    rng = random.Random(11)
    for _ in range(300):
        chosen = rng.choices(list(FACTORS), k=rng.randint(1, 5))
        polynomial = [rng.choice([-2, 1, 3])]
        for factor in chosen:
            polynomial = times(polynomial, list(factor))
        parts = [FACTORS[factor] for factor in chosen]
        wanted = RootCount(*(sum(getattr(p, f) for p in parts) for f in ("left", "zero", "imaginary", "right")))
        assert count_roots(polynomial) == wanted
        assert wanted.signs.count(0) == wanted.zero + wanted.imaginary


def test_random_polynomials_agree_with_numpy_and_with_hurwitz() -> None:
    rng = random.Random(12)
    stable = 0
    for _ in range(2000):
        degree = rng.randint(1, 6)
        polynomial = [rng.choice([1, 2]), *(rng.randint(-2, 4) for _ in range(degree))]
        count = count_roots(polynomial)
        real = np.roots(polynomial).real if any(polynomial[1:]) else np.zeros(degree)
        assert (count.left, count.right) == ((real < -1e-4).sum(), (real > 1e-4).sum())
        inside = all(value > 0 for value in hurwitz_quantities(polynomial))
        assert inside == (count.left == degree)
        stable += inside
    assert stable > 200


def test_a_root_very_near_the_axis_is_told_from_one_on_it() -> None:
    tiny = Fraction(1, 10**60)
    assert count_roots([1, tiny, 1]) == RootCount(2, 0, 0, 0)
    assert count_roots([1, -tiny, 1]) == RootCount(0, 0, 0, 2)
    assert count_roots([1, 0, 1]) == RootCount(0, 0, 2, 0)


def test_the_polynomial_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="polynomial 0"):
        count_roots([0, 0])


def test_determinants_are_leibniz_sums() -> None:
    rng = random.Random(13)
    for size in range(1, 6):
        table = [[rng.randint(-3, 3) for _ in range(size)] for _ in range(size)]
        total = 0
        for order in permutations(range(size)):
            turns = sum(order[a] > order[b] for a in range(size) for b in range(a + 1, size))
            term = (-1) ** turns
            for row, column in enumerate(order):
                term *= table[row][column]
            total += term
        assert determinant(table) == total
