"""Decisions: witnesses re-checked by substitution, certificates by adding up, emptiness beside an independent LP."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from coopgame.algebra.assumptions import Assumptions
from coopgame.algebra.conditions import TRUE, Condition, all_of, any_of, sign
from coopgame.algebra.farkas import Certificate, find_certificate
from coopgame.algebra.polynomials import Ring
from coopgame.algebra.prover import Prover
from coopgame.algebra.smt import Answer, Solver, solver, statement
from coopgame.expressions import parse_condition, parse_expression


def setting(names: str, *texts: str) -> tuple[Ring, Prover]:
    ring = Ring(names.split())
    return ring, Prover(Assumptions(ring, [part for text in texts for part in parse_condition(text)]))


def compare(ring: Ring, text: str) -> Condition:
    return all_of(*(sign(ring, ring.from_expression(p.difference), p.relation) for p in parse_condition(text)))


RING, PROVER = setting("F c g phi", "F > 0", "c > 0", "g > 0", "0 <= phi <= 1", "F > c")


@pytest.mark.parametrize(
    ("text", "status", "kind"),
    [
        ("g > F", "realised", "witness"),
        ("phi*g > F", "realised", "witness"),
        ("c > F", "empty", "identity"),
        ("phi*g > g", "empty", "farkas"),
        ("phi*g + F < c", "empty", "farkas"),
        ("phi*phi > phi", "empty", "farkas"),
        ("g*g + c*c < 2*g*c", "empty", "solver"),
        ("F > 1000000*c and g > 1000000*F", "realised", "witness"),
        ("2*F*F = F".replace("=", "<=") + " and 2*F*F >= F", "realised", "witness"),
    ],
)
def test_decisions(text: str, status: str, kind: str) -> None:
    condition = compare(RING, text)
    decision = PROVER.decide(condition)
    assert (decision.status, decision.proof.kind) == (status, kind)
    if status == "realised":
        assert decision.witness is not None
        assert PROVER.assumptions.contains(decision.witness) and condition.holds(decision.witness)
    assert all(certificate.verify() for certificate in decision.proof.certificates)


def test_a_disjunction_is_refuted_case_by_case() -> None:
    condition = any_of(compare(RING, "phi*g > g"), compare(RING, "F + c < c"))
    decision = PROVER.decide(condition)
    assert decision.status == "empty" and decision.proof.kind == "farkas"
    assert len(decision.proof.certificates) == 2


def test_a_wrong_certificate_does_not_verify() -> None:
    found = find_certificate(PROVER.assumptions, list(compare(RING, "phi*g > g").signs()))
    assert found is not None and found.verify()
    assert not Certificate(found.ring, found.terms[:1]).verify()
    assert not Certificate(found.ring, tuple((-m, p) for m, p in found.terms)).verify()


def test_a_certificate_is_shown_as_lines_that_add_up() -> None:
    found = find_certificate(PROVER.assumptions, list(compare(RING, "phi*g + F < c").signs()))
    assert found is not None
    *lines, rule, total = str(found).splitlines()
    assert set(rule) == {"-"} and total.startswith("0 > 0 ")
    left = [RING.from_expression(parse_expression(line.partition(" >")[0])) for line in lines]
    assert sum(left, RING.constant(0)) == RING.constant(0)
    assert found.latex().count(r"\\") == len(lines) and r"\hline 0 & > 0" in found.latex()


def test_short_certificates_come_first() -> None:
    """rho and C_p alone do it; products of the compound assumption are not needed."""
    ring, prover = setting("rho C_p t", "rho > 0", "C_p > 0", "0 < t", "2*t < 1")
    found = find_certificate(prover.assumptions, list(compare(ring, "rho*t + C_p < 0").signs()))
    assert found is not None
    assert [premise.text(ring) for _, premise in found.terms if premise.origin != "claimed"] == [
        "C_p > 0",
        "rho*t > 0",
    ]


def test_proved_signs_are_kept_as_facts_and_impossible_conditions_have_a_proof() -> None:
    prover = Prover(PROVER.assumptions)
    assert prover.definite_sign(RING.from_expression(parse_expression("F + g - c"))) == 1
    (fact,) = prover.facts
    assert fact.statement.text() == "F + g > c" and fact.proof.certificates[0].verify()
    proof = prover.refutation(compare(RING, "g*g + c*c < 2*g*c"))
    assert proof is not None and proof.run is not None
    assert (proof.kind, proof.run.program) == ("solver", "z3") and proof.run.steps > 0
    assert prover.refutation(compare(RING, "g > c")) is None


AFFINE = st.lists(st.tuples(*[st.integers(-3, 3)] * 4), min_size=1, max_size=5)


@settings(max_examples=60)
@given(AFFINE)
def test_affine_emptiness_agrees_with_linear_programming(rows: list[tuple[int, ...]]) -> None:
    """Strict inequalities a.x + b > 0 with x > 0: maximise the smallest slack with scipy, independent of z3."""
    ring, prover = setting("u v w", "u > 0", "v > 0", "w > 0")
    condition: Condition = TRUE
    for *slopes, constant in rows:
        total = ring.constant(constant)
        for name, slope in zip(ring.names, slopes, strict=True):
            total = total + ring.generator(name) * slope
        condition = all_of(condition, sign(ring, total, ">"))
    a = [[-float(s) for s in row[:3]] + [1.0] for row in rows] + [
        [-float(i == j) for j in range(3)] + [1.0] for i in range(3)
    ]
    b = [float(row[3]) for row in rows] + [0.0] * 3
    best = linprog([0, 0, 0, -1], A_ub=a, b_ub=b, bounds=[(None, None)] * 3 + [(None, 1)])
    slack = -best.fun
    decision = prover.decide(condition)
    if slack > 1e-6:
        assert decision.status == "realised"
    elif slack < 1e-9:
        assert decision.status == "empty"
        assert decision.proof.kind in ("identity", "farkas")


def test_tidy_drops_factors_of_known_sign() -> None:
    assert PROVER.tidy(compare(RING, "phi*g*F > g*c")).text() == "F*phi > c"
    assert PROVER.tidy(compare(RING, "F*F*F > c*F*F")) == TRUE
    assert PROVER.tidy(compare(RING, "c*g*F < F*F*g")) == TRUE


def test_narrow_admissible_sets_are_still_decided() -> None:
    ring, prover = setting("a b", "a > b", "1000*a < 1000*b + 1", "b > 5")
    decision = prover.decide(compare(ring, "a > 7"))
    assert decision.status == "realised" and decision.witness is not None
    assert 0 < decision.witness["a"] - decision.witness["b"] < Fraction(1, 1000)
    assert prover.decide(compare(ring, "a < 5")).status == "empty"


def test_without_parameters_conditions_are_just_true_or_false() -> None:
    ring, prover = setting("")
    assert prover.decide(TRUE).status == "realised"
    assert prover.decide(sign(ring, ring.constant(-1), ">")).status == "empty"


def test_a_tiny_step_bound_gives_undecided_and_the_solver_survives() -> None:
    ring = Ring(["a", "b", "c"])
    hard = compare(ring, "a**3 + b**3 + c**3 < 3*a*b*c and a > 0 and b > 0 and c > 0")
    tiny = solver().ask(3, [statement(hard)], 1, "QF_NRA")
    assert tiny.status == "unknown" and "1 solver steps" in tiny.why
    assert solver().ask(1, ["(> p0 0.0)"], 100_000, "QF_LRA").status == "sat"


def test_the_same_question_gets_the_same_answer_from_a_fresh_process() -> None:
    question = [statement(compare(RING, "phi*g > F and g < 3"))]
    fresh = Solver()
    answers: list[Answer] = [solver().ask(4, question, 10**6, "QF_NRA"), fresh.ask(4, question, 10**6, "QF_NRA")]
    fresh.close()
    assert answers[0] == answers[1] and answers[0].status == "sat"


def test_sampling_is_reproducible() -> None:
    other = Prover(PROVER.assumptions)
    fresh = Prover(PROVER.assumptions)
    assert np.array_equal(other.points, fresh.points)


def test_a_condition_may_be_given_as_text() -> None:
    ring = Ring(["F", "g"])
    prover = Prover(Assumptions(ring, parse_condition("F > 0 and g > F")))
    found = prover.decide("g > 2*F and F >= 3")
    assert found.status == "realised" and found.witness is not None
    assert found.witness["g"] > 2 * found.witness["F"] >= 6
    assert prover.decide("F > g").status == "empty"
