"""Exact roots between 0 and 1 against SymPy's isolation, numpy's roots and polynomials made from known roots."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame.algebra.bernstein import bernstein_to_power, halves, power_to_bernstein, sign_changes
from coopgame.algebra.roots import isolate_roots
from coopgame.errors import UnsupportedError

X = sympy.Symbol("x")
NUMBERS = st.fractions(min_value=-5, max_value=5, max_denominator=12)


def powers(expression: sympy.Expr) -> list[Fraction]:
    coefficients = sympy.Poly(sympy.expand(expression), X).all_coeffs()[::-1]
    return [Fraction(int(c.p), int(c.q)) for c in coefficients]


@given(st.lists(NUMBERS, min_size=1, max_size=9))
def test_both_forms_give_the_same_values(coefficients: list[Fraction]) -> None:
    bernstein = power_to_bernstein(coefficients)
    assert bernstein_to_power(bernstein) == tuple(coefficients)
    m = len(coefficients) - 1
    for x in (Fraction(0), Fraction(2, 7), Fraction(1)):
        direct = sum(c * x**i for i, c in enumerate(coefficients))
        basis = [sympy.binomial(m, k) * x**k * (1 - x) ** (m - k) for k in range(m + 1)]
        assert direct == sum(
            Fraction(int(b.p), int(b.q)) * d for b, d in zip(map(sympy.Rational, basis), bernstein, strict=True)
        )


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=8), st.fractions(0, 1, max_denominator=9))
def test_halves_are_the_polynomial_on_half_the_interval(numbers: list[int], t: Fraction) -> None:
    whole = bernstein_to_power([Fraction(n) for n in numbers])
    m = len(numbers) - 1
    for part, x in zip(halves(numbers), (t / 2, (1 + t) / 2), strict=True):
        own = bernstein_to_power([Fraction(n) for n in part])
        assert sum(c * t**i for i, c in enumerate(own)) == 2**m * sum(c * x**i for i, c in enumerate(whole))


@settings(max_examples=60)
@given(st.lists(NUMBERS, min_size=2, max_size=8).filter(any))
def test_roots_are_those_that_sympy_isolates(coefficients: list[Fraction]) -> None:
    """SymPy counts and isolates real roots by continued fractions, another algorithm."""
    polynomial = sympy.Poly([sympy.Rational(c.numerator, c.denominator) for c in coefficients[::-1]], X)
    if polynomial.is_zero:
        return
    expected = (
        {root: polynomial.real_roots().count(root) for root in polynomial.real_roots()} if polynomial.degree() else {}
    )
    inside = sorted((float(root), times) for root, times in expected.items() if bool(root > 0) and bool(root < 1))
    found = isolate_roots(coefficients)
    assert [root.multiplicity for root in found] == [times for _, times in inside]
    assert [float(root) for root in found] == pytest.approx([value for value, _ in inside], rel=1e-12)
    changes = sign_changes([(d > 0) - (d < 0) for d in power_to_bernstein(coefficients)])
    counted = sum(root.multiplicity for root in found)
    assert counted <= changes and (changes - counted) % 2 == 0


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ((X - sympy.Rational(1, 2)) ** 2, [(0.5, 2, 1, 1)]),
        ((X - sympy.Rational(1, 3)) ** 3, [(1 / 3, 3, -1, 1)]),
        (-((2 * X**2 - 1) ** 2) * X**3 * (1 - X), [(2**-0.5, 2, -1, -1)]),
        ((X - sympy.Rational(1, 10**9)) * (X - sympy.Rational(2, 10**9)), [(1e-9, 1, 1, -1), (2e-9, 1, -1, 1)]),
        (X * (1 - X), []),
        (sympy.Integer(-3), []),
        (X**2 + 1, []),
        (X - 1, []),
    ],
)
def test_multiplicities_and_the_signs_beside_a_root(
    expression: sympy.Expr, expected: list[tuple[float, int, int, int]]
) -> None:
    found = isolate_roots(powers(expression))
    assert [(root.multiplicity, root.before, root.after) for root in found] == [row[1:] for row in expected]
    assert [float(root) for root in found] == pytest.approx([row[0] for row in expected], rel=1e-14)


def test_enclosures_hold_the_root_and_are_apart() -> None:
    """Two irrational roots 1e-12 apart, of different factors: neither enclosure reaches the other."""
    close = sympy.Rational(10**12 + 1, 10**12)
    found = isolate_roots(powers((3 * X**2 - 1) * (3 * X**2 - close)))
    assert len(found) == 2 and found[0].high < found[1].low
    for root, square in zip(found, (Fraction(1, 3), Fraction(10**12 + 1, 3 * 10**12)), strict=True):
        assert root.low**2 < square < root.high**2
        assert root.high - root.low < Fraction(1, 10**18)
        assert root.expression is not None and root.expression**2 == sympy.Rational(
            square.numerator, square.denominator
        )


def test_a_dense_polynomial_of_degree_nineteen() -> None:
    """Roots of polynomials with random Bernstein coefficients, against numpy's companion matrix."""
    rng = np.random.default_rng(3)
    some = 0
    for _ in range(25):
        numbers = [Fraction(int(v)) for v in rng.integers(-50, 50, size=20)]
        found = isolate_roots(bernstein_to_power(numbers))
        t = np.roots([float(n) * sympy.binomial(19, k) for k, n in enumerate(numbers)][::-1])  # odds t = x/(1 - x)
        real = np.sort(t[(np.abs(t.imag) < 1e-9 * np.abs(t)) & (t.real > 0)].real)
        assert [float(root) for root in found] == pytest.approx(list(real / (1 + real)), rel=1e-7)
        some += len(found)
    assert some > 30


def test_zero_everywhere_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="zero everywhere"):
        isolate_roots([0, 0])
