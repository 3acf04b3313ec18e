"""The checker's own arithmetic beside FLINT's, and its reasoning about signs beside truth tables."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopgame.algebra.assumptions import Assumptions
from coopgame.algebra.conditions import sign
from coopgame.algebra.farkas import find_certificate
from coopgame.algebra.polynomials import Ring
from coopgame.errors import RecordError
from coopgame.expressions import parse_condition, parse_expression
from coopgame.report.check_logic import Known, cases_covered, check_certificate, contradictory
from coopgame.report.check_numbers import SIGNS, Poly, comparison_of, evaluated, fraction_of, polynomial_of
from coopgame.report.proofs import certificate_record

RING = Ring(["a", "b", "c"])
TERMS = st.lists(st.tuples(st.tuples(*[st.integers(0, 2)] * 3), st.fractions(-5, 5, max_denominator=4)), max_size=5)
POINT = {"a": Fraction(2, 3), "b": Fraction(-5), "c": Fraction(7, 2)}


def flint(terms: list[tuple[tuple[int, ...], Fraction]]) -> Any:
    total = RING.constant(0)
    for powers, coefficient in terms:
        term = RING.constant(coefficient)
        for name, power in zip(RING.names, powers, strict=True):
            term = term * RING.generator(name) ** power
        total = total + term
    return total


def own(terms: list[tuple[tuple[int, ...], Fraction]]) -> Poly:
    total = Poly({})
    for powers, coefficient in terms:
        monomial = tuple((n, p) for n, p in zip(RING.names, powers, strict=True) if p)
        total = total + Poly({monomial: coefficient})
    return total


@given(TERMS, TERMS)
def test_polynomials_compute_as_flint_does(one: Any, two: Any) -> None:
    for mine, theirs in (
        (own(one) * own(two), flint(one) * flint(two)),
        (own(one) - own(two), flint(one) - flint(two)),
    ):
        assert polynomial_of(RING.text(theirs)) == mine
        assert mine.value(POINT) == RING.evaluate(theirs, POINT)
    if flint(two).is_zero():
        return
    assert (own(one) * own(two)).divided(own(two)) == own(one)
    quotient = own(one).divided(own(two))
    exact, rest = divmod(flint(one), flint(two))
    assert (quotient is None) == (not rest.is_zero())
    assert quotient is None or quotient == polynomial_of(RING.text(exact))


@given(TERMS, TERMS, st.sampled_from(sorted(SIGNS)))
def test_comparisons_of_records_are_read_back(terms: Any, more: Any, relation: str) -> None:
    """The second factor makes some of them products, which are written with brackets where that is shorter."""
    condition = sign(RING, flint(terms) * flint(more), relation)
    if condition.text() in ("true", "false"):
        return
    polynomial, read = comparison_of(condition.text())
    value = polynomial.value(POINT)
    assert ((value > 0) - (value < 0) in SIGNS[read]) == condition.holds(POINT)


def test_expressions_are_read_as_quotients() -> None:
    expression = parse_expression("(a - b)**2/(c + 1) - 3/4")
    assert evaluated(expression, POINT.__getitem__, Fraction) == Fraction(17, 3) ** 2 / Fraction(9, 2) - Fraction(
        3, 4
    )
    with pytest.raises(RecordError, match="whole powers"):
        evaluated(parse_expression("sqrt(a)"), POINT.__getitem__, Fraction)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "a b",
        "2a",
        "a/0",
        "a/b",
        "a**b",
        "1.5*a",
        "a ** 2",
        "(a",
        "a)",
        "((a))",
        "(a)(b)",
        "(a)*",
        "(a)**b",
        "(a) + b",
    ],
)
def test_what_is_no_sum_of_terms_is_refused(text: str) -> None:
    with pytest.raises(RecordError):
        polynomial_of(text)


@pytest.mark.parametrize("text", ["1.5", "1/0", "", " 1", "1e3", 1, None, "--1"])
def test_what_is_no_fraction_is_refused(text: Any) -> None:
    with pytest.raises(RecordError, match="rational number"):
        fraction_of(text, "c")


def test_conditions_are_read_as_clauses() -> None:
    known = Known([])
    a, b = Poly.name("a"), Poly.name("b")
    assert known.condition("true") == () and known.condition("false") == ((),)
    assert known.condition("a > 0 and (a > b or 2*b <= 0)") == (
        ((a, {1}),),
        ((a - b, {1}), (b, {-1, 0})),
    )
    assert known.condition("a > 0 or b != 0") == (((a, {1}), (b, {-1, 1})),)
    for text in ("(a > 0 and b > 0) or a < 0", "a > 0 and", "a", "((a > 0))", "a > b > 0"):
        with pytest.raises(RecordError):
            known.condition(text)


ATOMS = [Poly.name(name) for name in "abc"]
CLAUSES = st.lists(
    st.lists(
        st.tuples(st.sampled_from(ATOMS), st.sets(st.sampled_from([-1, 0, 1]), max_size=2).map(frozenset)), max_size=3
    ).map(tuple),
    max_size=6,
).map(tuple)


@given(CLAUSES)
def test_contradictions_agree_with_the_truth_table(formula: Any) -> None:
    rows = (dict(zip(ATOMS, signs, strict=True)) for signs in product((-1, 0, 1), repeat=3))
    possible = any(all(any(row[p] in allowed for p, allowed in clause) for clause in formula) for row in rows)
    assert contradictory(formula) == (not possible)


def test_polynomials_lose_the_factors_of_known_sign() -> None:
    known = Known([], denominators=[Poly.name("c")])
    known.learn((Poly.name("a") + Poly.name("b"), frozenset({-1})))
    raw = polynomial_of("a - 2*b") * polynomial_of("a + b") * polynomial_of("c**2") * Poly.constant(-3)
    turn, rest = known.reduced(raw)
    assert (turn, rest) == (1, polynomial_of("a - 2*b"))


def certificate_for(text: str) -> tuple[dict[str, Any], Known]:
    ring = Ring(["F", "c", "g", "phi"])
    stated = parse_condition("F > 0 and c > 1/2 and g > 0 and 0 <= phi and phi <= 1 and F > c")
    signs = [
        leaf
        for part in parse_condition(text)
        for leaf in sign(ring, ring.from_expression(part.difference), part.relation).signs()
    ]
    found = find_certificate(Assumptions(ring, stated), signs)
    assert found is not None
    assumed = [(polynomial_of(t), frozenset(s)) for t, s in (("F", {1}), ("g", {1}), ("phi", {0, 1}), ("F - c", {1}))]
    assumed += [(polynomial_of("c - 1/2"), frozenset({1})), (polynomial_of("phi - 1"), frozenset({-1, 0}))]
    return certificate_record(found), Known(assumed)


@pytest.mark.parametrize(
    "text", ["phi*g > g", "phi*g + F < c", "phi*phi > phi", "2*c < 1", "c*c*g < 0", "phi*F < -1"]
)
def test_certificates_are_added_up_and_any_change_is_seen(text: str) -> None:
    record, known = certificate_for(text)
    formula = known.condition(" and ".join(str(part) for part in parse_condition(text)))
    assert cases_covered(formula, [check_certificate(record, known)], known)
    for k, term in enumerate(record["terms"]):
        changes: list[dict[str, Any]] = [{"times": str(int(term["times"]) + 1)}, {"times": "0"}, {"times": "-1"}]
        changes += [{"inequality": "F > 2*F"}, {"line": "F > 0"}, {"because": "square"}, {"because": "hope"}]
        if term["because"] != "claimed":
            # a premise that is not given but only said to be
            changes += [{"because": "claimed"}] if term["because"] != "assumed" else []
        for change in changes:
            terms = [{**t, **change} if i == k else t for i, t in enumerate(record["terms"])]
            try:
                again = check_certificate({**record, "terms": terms}, known)
            except RecordError:
                continue
            assert change == {"because": "claimed"} and not cases_covered(formula, [again], known)
        with pytest.raises(RecordError):
            check_certificate({**record, "terms": record["terms"][:k] + record["terms"][k + 1 :]}, known)
    with pytest.raises(RecordError):
        check_certificate({**record, "sum": "-7 > 0"}, known)


def test_products_need_every_factor() -> None:
    record, known = certificate_for("phi*g > g")
    (term,) = (t for t in record["terms"] if t["because"] == "product")
    for factors in (
        term["factors"][:1],
        [{**f, "because": "claimed"} for f in term["factors"]],
        [*term["factors"], {"inequality": "c > 1", "because": "assumed"}],
    ):
        changed = [{**t, "factors": factors} if t is term else t for t in record["terms"]]
        with pytest.raises(RecordError):
            check_certificate({**record, "terms": changed}, known)


def test_every_case_needs_a_certificate() -> None:
    one, known = certificate_for("phi*g > g")
    two, _ = certificate_for("phi*g + F < c")
    both = [check_certificate(one, known), check_certificate(two, known)]
    formula = known.condition("phi*g > g or F + g*phi < c")
    assert cases_covered(formula, both, known)
    assert not cases_covered(formula, both[:1], known)
    assert not cases_covered(formula, both[1:], known)
    assert not cases_covered(known.condition("phi*g > F or F + g*phi < c"), both, known)
