"""Polynomials, conditions and assumptions: exact values, merging of signs, text."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from coopgame.algebra.assumptions import Assumptions
from coopgame.algebra.conditions import FALSE, TRUE, Condition, all_of, any_of, negate, sign
from coopgame.algebra.polynomials import Ring
from coopgame.algebra.quotients import Quotient
from coopgame.algebra.surds import Surd, quadratic_roots
from coopgame.errors import AssumptionError, ParameterError, UnsupportedError
from coopgame.expressions import parse_condition, parse_expression

RING = Ring(["lambda", "b", "费"])


def compare(text: str, ring: Ring = RING) -> Condition:
    parts = parse_condition(text)
    return all_of(*(sign(ring, ring.from_expression(p.difference), p.relation) for p in parts))


def assumptions(names: str, *texts: str) -> Assumptions:
    ring = Ring(names.split())
    return Assumptions(ring, [part for text in texts for part in parse_condition(text)])


def test_values_are_exact_and_names_are_kept() -> None:
    polynomial = RING.from_expression(parse_expression("lambda*费 - 0.1*b**2"))
    point = {"lambda": Fraction(1, 3), "b": Fraction(2), "费": Fraction(6)}
    assert RING.evaluate(polynomial, point) == Fraction(8, 5)
    assert RING.names_in(polynomial) == ("lambda", "b", "费")
    assert sympy.expand(RING.to_expression(polynomial) - parse_expression("lambda*费 - b**2/10")) == 0


def test_evaluator_agrees_with_exact_values() -> None:
    polynomials = [RING.from_expression(parse_expression(t)) for t in ("lambda*费 - b**2", "3", "b - 费/7")]
    rows = np.array([[0.5, 2.0, -1.0], [3.0, 0.25, 8.0]])
    found = RING.evaluator(polynomials)(rows)
    for i, polynomial in enumerate(polynomials):
        for j, row in enumerate(rows):
            point = dict(zip(RING.names, map(Fraction, row), strict=True))
            assert found[i, j] == pytest.approx(float(RING.evaluate(polynomial, point)), abs=1e-14)


def test_what_is_not_polynomial_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="sqrt"):
        RING.from_expression(parse_expression("sqrt(b) + 1"))
    with pytest.raises(UnsupportedError, match="divides by"):
        RING.from_expression(parse_expression("1/(b - lambda)"))
    with pytest.raises(ParameterError, match="unknown parameter 'q'"):
        RING.from_expression(parse_expression("q + b"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("lambda > b", "lambda > b"),
        ("2*lambda - 4*b > 0", "lambda > 2*b"),
        ("-b > 0", "b < 0"),
        ("b - 1/2 >= lambda", "lambda + 1/2 <= b"),
        ("1 > 2", "false"),
        ("b < b + 1", "true"),
    ],
)
def test_text_moves_negative_terms_to_the_right(text: str, shown: str) -> None:
    condition = compare(text)
    if shown in ("true", "false"):
        assert condition.text() == shown
    else:
        assert condition == compare(shown)


def test_signs_of_one_polynomial_are_merged() -> None:
    assert all_of(compare("b > 0"), compare("-b > 0")) == FALSE
    assert any_of(compare("b > 0"), compare("b <= 0")) == TRUE
    assert all_of(compare("b >= 0"), compare("b != 0")) == compare("b > 0")
    assert any_of(compare("b > 0"), compare("b < 0")).text() == "b != 0"


CONDITIONS = st.recursive(
    st.sampled_from(["lambda > b", "b >= 费", "lambda*费 > 1", "b != 0", "费 < 2*b"]).map(compare),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: all_of(*parts)),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: any_of(*parts)),
        inner.map(negate),
    ),
    max_leaves=6,
)
POINTS = st.tuples(*[st.fractions(-3, 3, max_denominator=4)] * 3).map(
    lambda values: dict(zip(RING.names, values, strict=True))
)


@given(CONDITIONS, CONDITIONS, POINTS)
def test_boolean_laws_hold_at_every_point(first: Condition, second: Condition, point: dict[str, Fraction]) -> None:
    assert negate(first).holds(point) is not first.holds(point)
    assert all_of(first, second).holds(point) == (first.holds(point) and second.holds(point))
    assert any_of(first, second).holds(point) == (first.holds(point) or second.holds(point))
    row = np.array([[float(point[name]) for name in RING.names]])
    assert bool(all_of(first, second).holds_many(row, RING)[0]) == all_of(first, second).holds(point)


@given(CONDITIONS, CONDITIONS, st.lists(POINTS, min_size=1, max_size=5))
def test_margins_have_the_sign_of_what_holds(
    first: Condition, second: Condition, points: list[dict[str, Fraction]]
) -> None:
    rows = np.array([[float(point[name]) for name in RING.names] for point in points])
    for condition in (all_of(first, second), any_of(first, second)):
        margins = condition.margins(rows, RING)
        assert (np.abs(margins) <= 1).all()
        for margin, holds in zip(margins, condition.holds_many(rows, RING), strict=True):
            assert holds if margin > 0 else not holds or margin == 0


def test_margins_count_in_units_of_the_largest_value() -> None:
    rows = np.array([[1.0, 0.0, 0.0], [5.0, 0.0, 0.0], [-2.0, 1.0, 0.0]])
    condition = all_of(compare("lambda > 0"), compare("b <= 1/2"))
    # lambda counts in fifths; 1 - 2 b is 1, 1 and -1
    assert condition.margins(rows, RING).tolist() == [0.2, 1.0, -1.0]
    assert any_of(compare("lambda > 0"), compare("b <= 1/2")).margins(rows, RING).tolist() == [1.0, 1.0, -0.4]


def test_quotients_compute_exactly() -> None:
    ring = Ring(["a", "d"])
    quotient = Quotient.of(ring, parse_expression("a/(1 - d) - 1"))
    assert quotient.value({"a": Fraction(1), "d": Fraction(3, 4)}) == 3
    assert (quotient - quotient).is_zero()
    assert (quotient * quotient / quotient).value({"a": Fraction(2), "d": Fraction(0)}) == 1


@given(*[st.fractions(-3, 3, max_denominator=5)] * 3)
def test_roots_of_quadratics_solve_them(c0: Fraction, c1: Fraction, c2: Fraction) -> None:
    if not (c1 or c2):
        return
    roots = quadratic_roots(c0, c1, c2)
    for root in roots:
        assert (root * root * c2 + root * c1 + c0).sign() == 0
    expected = sympy.Poly([sympy.Rational(c.numerator, c.denominator) for c in (c2, c1, c0)], sympy.Symbol("x"))
    assert len(roots) == len(set(sympy.real_roots(expected)))


@given(*[st.fractions(-2, 2, max_denominator=3)] * 2, st.integers(0, 7))
def test_signs_of_surds_are_exact(p: Fraction, q: Fraction, d: int) -> None:
    exact = Surd(p, q, Fraction(d))
    assert exact.sign() == sympy.sign(exact.expression())


def test_bounds_positivity_and_samples_respect_assumptions() -> None:
    given_set = assumptions("F c phi", "F > c", "c > 0", "phi >= 0", "phi <= 1")
    assert given_set.bounds("phi") == (0, 1)
    assert given_set.bounds("F") == (None, None)
    assert given_set.is_positive("c") and not given_set.is_positive("phi") and given_set.is_nonnegative("phi")
    points = given_set.sample(500, 1)
    assert len(points) > 50
    assert (points[:, 0] > points[:, 1]).all() and (points[:, 1] > 0).all()
    assert ((points[:, 2] >= 0) & (points[:, 2] <= 1)).all()
    boxed = given_set.sample(500, 1, box={"F": (1, 2), "c": (0.1, 10), "phi": (0.2, 0.4)}, log=True)
    assert boxed[:, 0].max() <= 2 and boxed[:, 2].min() >= 0.2
    assert np.array_equal(
        boxed, given_set.sample(500, 1, box={"F": (1, 2), "c": (0.1, 10), "phi": (0.2, 0.4)}, log=True)
    )


def test_contradictions_are_named_and_nothing_else() -> None:
    with pytest.raises(AssumptionError) as caught:
        assumptions("a b c", "c > 0", "a > b", "b > a + 1").check()
    assert "a > b" in str(caught.value) and "c > 0" not in str(caught.value)
    with pytest.raises(AssumptionError, match="never true"):
        assumptions("a", "1 > 2")
    with pytest.raises(AssumptionError):
        assumptions("a b", "a*a + b*b < 0").check()


def test_violated_assumptions_are_returned_as_written() -> None:
    given_set = assumptions("F c", "F > c", "c > 0")
    assert given_set.violated({"F": Fraction(1), "c": Fraction(2)}) == ("F > c",)
