"""Nearest readings of misprints: each kind by hand, and every planted one is read so that it becomes right."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from coopgame import parse_expression
from coopgame.analysis.auditing.misprints import close_names, nearest_reading

NAMES = ("B", "C3", "E3", "E4", "M", "R1", "S2", "p")


@pytest.mark.parametrize(
    ("printed", "right", "kind", "text"),
    [
        ("E3 - C3 + R1 + S2 - 1", "E3 - C3 + R1 + S2 - E4", "replaced", "-1 is printed where -E4 belongs"),
        ("E3 - C3 - E3", "E3 - C3 - E4", "replaced", "-E3 is printed where -E4 belongs: the index of E4"),
        ("M - C3", "p - C3", "replaced", "M is printed where p belongs: the letter of p"),
        ("C3 - E3", "E3 - C3", "whole sign", "the sign of the whole is turned"),
        ("E3 + C3", "E3 - C3", "sign", "the sign of C3 is turned"),
        ("E3", "E3 - C3", "missing", "the term -C3 is missing"),
        ("E3 - C3 + B", "E3 - C3", "extra", "the term B is too much"),
        ("2*E3 - C3", "E3 - C3", "coefficient", "2*E3 is printed where E3 belongs"),
        ("0", "E3", "replaced", "0 is printed where E3 belongs"),
        ("p*(B + M)*C3/E3", "p*(B + M)*C3/E4", "name", "E3 is printed where E4 belongs, throughout"),
        ("p*B/(E3 - E4)", "p*B/(E3 + E4)", "inside", "the sign of -E4 is turned at one place"),
        ("p*(B + E3)*C3 - R1", "p*(B + M)*C3 - R1", "replaced", "C3*E3*p is printed where C3*M*p belongs"),
        ("E3 - C3 - E5", "E3 - C3 - E4", "replaced", "-E5 is printed where -E4 belongs: the index of E4"),
    ],
)
def test_each_kind_of_misprint(printed: str, right: str, kind: str, text: str) -> None:
    found = nearest_reading(parse_expression(printed), parse_expression(right), NAMES, printed)
    assert found is not None
    assert (found.kind, str(found)) == (kind, text)


@pytest.mark.parametrize(
    ("printed", "right"), [("E3*p + B", "M + R1"), ("-C3", "E3 - C3 - E4"), ("E3 + E4 + B", "M + R1 - S2")]
)
def test_two_misprints_have_no_single_reading(printed: str, right: str) -> None:
    assert nearest_reading(parse_expression(printed), parse_expression(right), NAMES, printed) is None


def test_formulas_that_are_no_quotients() -> None:
    root = parse_expression("sqrt(E3*E4)")
    found = nearest_reading(-root, root, NAMES)
    assert found is not None and found.kind == "whole sign"
    assert nearest_reading(parse_expression("sqrt(E3)"), root, NAMES) is None


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("E3", "E4", True),
        ("E1", "E12", True),
        ("p", "q", True),
        ("C", "c", True),
        ("E3", "S2", False),
        ("a", "bc", False),
    ],
)
def test_names_that_are_confused(one: str, other: str, close: bool) -> None:
    assert close_names(one, other) is close


SYMBOLS = {name: sympy.Symbol(name) for name in NAMES}
TERMS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(
    lambda ns: sympy.Mul(*(SYMBOLS[n] for n in ns))
)
SUMS = st.dictionaries(TERMS, st.sampled_from([1, -1, 2]), min_size=2, max_size=5)


def total(terms: dict[sympy.Expr, int]) -> sympy.Expr:
    """The sum of terms with coefficients."""
    return sympy.Add(*(c * t for t, c in terms.items()))


@given(SUMS, st.data())
def test_a_planted_misprint_of_one_term_is_read(terms: dict[sympy.Expr, int], data: st.DataObject) -> None:
    term = data.draw(st.sampled_from(sorted(terms, key=str)))
    kind = data.draw(st.sampled_from(["sign", "missing", "replaced", "extra"]))
    wrong = dict(terms)
    if kind == "sign":
        wrong[term] = -wrong[term]
    elif kind == "missing":
        del wrong[term]
    else:
        new = data.draw(TERMS)
        assume(new not in terms)
        wrong[new] = wrong[term]
        if kind == "replaced":
            del wrong[term]
    right, printed = total(terms), total(wrong)
    assume(printed not in (-right, 0))
    found = nearest_reading(printed, right, NAMES, str(printed))
    assert found is not None
    assert found.kind == kind
