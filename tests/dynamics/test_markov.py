"""Stationary laws: against linear algebra, sixty digits, the tree theorem for vanishing noise; chains without a law of their own."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import StateError
from coopgame._kernels.markov import log_add, log_stationary
from coopgame.dynamics.markov import closed_classes, exact_law, log_stationary_law, small_noise_law, stationary_law

LOGS = st.floats(-800, 0)


def _slow(log_rates: np.ndarray, digits: int = 60) -> list[mpmath.mpf]:
    """Return the log stationary law by solving the balance equations with many digits."""
    n = len(log_rates)
    with mpmath.workdps(digits + int(-log_rates[np.isfinite(log_rates)].min(initial=0) * n)):
        rates = mpmath.matrix(n, n)
        for i, j in product(range(n), repeat=2):
            if i != j and np.isfinite(log_rates[i, j]):
                rates[i, j] = mpmath.exp(mpmath.mpf(float(log_rates[i, j])))
        balance = mpmath.matrix(n, n)
        for i, j in product(range(n), repeat=2):
            balance[j, i] += rates[i, j]
            balance[i, i] -= rates[i, j]
        for i in range(n):
            balance[n - 1, i] = 1
        law = mpmath.lu_solve(balance, mpmath.matrix([0] * (n - 1) + [1]))
        return [mpmath.log(law[k]) for k in range(n)]


@settings(max_examples=25)
@given(st.integers(2, 4), st.data())
def test_the_kernel_beside_many_digits(n: int, data: st.DataObject) -> None:
    """Entries down to exp(-800): every log mass to rounding, also of states with mass exp(-2000)."""
    logs = np.reshape(data.draw(st.lists(LOGS, min_size=n * n, max_size=n * n)), (n, n))
    found = log_stationary(logs)
    wanted = [float(v) for v in _slow(logs)]
    np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-12)
    np.testing.assert_allclose(log_stationary_law(logs), wanted, rtol=1e-13, atol=1e-12)


def test_log_add_is_the_log_of_a_sum() -> None:
    assert log_add(math.log(3), math.log(4)) == pytest.approx(math.log(7), rel=1e-15)
    assert log_add(-np.inf, 2.0) == log_add(2.0, -np.inf) == 2.0
    assert log_add(-np.inf, -np.inf) == -np.inf
    assert log_add.py_func(-5000.0, -5000.0) == log_add(-5000.0, -5000.0) == pytest.approx(-5000 + math.log(2))


@settings(max_examples=40)
@given(st.integers(1, 7), st.integers(0, 10**6))
def test_three_ways_to_the_same_law(n: int, seed: int) -> None:
    """Floats, logarithms and rational linear algebra, which is checked against the balance of flows."""
    rng = np.random.default_rng(seed)
    whole = rng.integers(1, 20, (n, n)) * (rng.random((n, n)) < 0.6)
    whole += np.roll(np.eye(n, dtype=int), 1, axis=1)  # a ring, so that each state leads to each
    exact = exact_law([{j: Fraction(int(v)) for j, v in enumerate(row) if v} for row in whole])
    for j in range(n):
        inflow = sum(exact[i] * int(whole[i, j]) for i in range(n) if i != j)
        assert inflow == exact[j] * sum(int(whole[j, k]) for k in range(n) if k != j)
    assert sum(exact) == 1
    np.testing.assert_allclose(stationary_law(whole), [float(v) for v in exact], rtol=1e-13)
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(
            log_stationary_law(np.log(whole)), [math.log(v) for v in exact], rtol=1e-12, atol=1e-13
        )


def _by_trees(rates: list[dict[int, tuple[Fraction, Fraction]]]) -> list[tuple[Fraction, Fraction]]:
    """Return leading terms by the Markov chain tree theorem: the mass of a state is the sum over all trees that lead to it."""
    n = len(rates)
    found = []
    for root in range(n):
        terms: dict[Fraction, Fraction] = {}
        others = [i for i in range(n) if i != root]
        for choice in product(*(rates[i] for i in others)):
            follow = dict(zip(others, choice, strict=True))
            if all(_leads(follow, i, root) for i in others):
                order = sum((rates[i][j][0] for i, j in follow.items()), Fraction(0))
                weight = math.prod((rates[i][j][1] for i, j in follow.items()), start=Fraction(1))
                terms[order] = terms.get(order, Fraction(0)) + weight
        found.append((min(terms), terms[min(terms)]))
    least = min(order for order, _ in found)
    total = sum(weight for order, weight in found if order == least)
    return [(order - least, weight / total) for order, weight in found]


def _leads(follow: dict[int, int], start: int, root: int) -> bool:
    for _ in follow:
        if start == root:
            return True
        start = follow[start]
    return start == root


@settings(max_examples=40)
@given(st.integers(2, 5), st.integers(0, 10**6), st.booleans())
def test_vanishing_noise_beside_all_trees(n: int, seed: int, exact: bool) -> None:
    rng = np.random.default_rng(seed)
    rates: list[dict[int, tuple[Fraction, Fraction]]] = [
        {
            j: (Fraction(int(rng.integers(0, 4)), 2), Fraction(int(rng.integers(1, 5)), 3))
            for j in range(n)
            if j != i and (j == (i + 1) % n or rng.random() < 0.6)
        }
        for i in range(n)
    ]
    wanted = _by_trees(rates)
    found = small_noise_law(rates, exact=exact)
    assert [order for order, _ in found] == [order for order, _ in wanted]
    if exact:
        assert list(found) == wanted
    else:
        np.testing.assert_allclose([c for _, c in found], [float(c) for _, c in wanted], rtol=1e-13)


def test_orders_beyond_whole_numbers_of_64_bits() -> None:
    tiny = Fraction(1, 3**50)
    rates = [
        {1: (1 + tiny, Fraction(1))},
        {0: (Fraction(1), Fraction(1, 2)), 2: (tiny, Fraction(1))},
        {0: (Fraction(5), Fraction(1))},
    ]
    assert list(small_noise_law(rates)) == _by_trees(rates)
    assert [order for order, _ in small_noise_law(rates, exact=False)] == [order for order, _ in _by_trees(rates)]


def test_states_that_are_left_for_good_have_no_mass() -> None:
    chain = np.array([[0.5, 0.25, 0.25], [0, 0.5, 0.5], [0, 0.25, 0.75]])
    np.testing.assert_allclose(stationary_law(chain), [0, 1 / 3, 2 / 3])
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(np.exp(log_stationary_law(np.log(chain))), [0, 1 / 3, 2 / 3])
    assert list(stationary_law(np.array([[0.0, 1.0], [0.0, 1.0]]))) == [0, 1]
    assert list(stationary_law(np.array([[1.0]]))) == [1]
    assert closed_classes(chain > 0) == ((1, 2),)


def test_chains_that_end_in_several_places_are_named() -> None:
    with pytest.raises(StateError, match=r"2 closed classes, \{hawk\}; \{dove, owl\}"):
        stationary_law(np.array([[1.0, 0, 0], [0, 0.5, 0.5], [0, 0.5, 0.5]]), ["hawk", "dove", "owl"])
    with pytest.raises(StateError, match=r"\{1\}; \{2\}"):
        log_stationary_law(np.array([[0, -np.inf], [-np.inf, 0]]))
    with pytest.raises(StateError, match="every state leads to every other"):
        small_noise_law([{1: (Fraction(0), Fraction(1))}, {}])


def test_errors_say_what_to_do() -> None:
    with pytest.raises(StateError, match="square matrix"):
        stationary_law(np.ones((2, 3)))
    with pytest.raises(StateError, match="not a number"):
        stationary_law(np.array([[np.nan, 1], [1, 0]]))
    with pytest.raises(StateError, match="logarithms go to log_stationary_law"):
        stationary_law(np.array([[-1.0, -2.0], [-1.0, -3.0]]))
    with pytest.raises(StateError, match="got inf"):
        log_stationary_law(np.array([[0, np.inf], [0, 0]]))
    with pytest.raises(StateError, match="logarithms to log_stationary_law"):
        stationary_law(np.array([[0, 1, 0], [0, 0, 1e-200], [1e-200, 1, 0]]))
