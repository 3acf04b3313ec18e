"""Names for long formulas: what they stand for, put back, gives the formula again."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from coopgame import analyse, read_game
from coopgame.algebra.conditions import Sign, sign
from coopgame.algebra.polynomials import Ring
from coopgame.expressions import parse_expression
from coopgame.report.abbreviations import Abbreviations, rounded, sum_and_product, width_of
from coopgame.report.publication import publication

MODELS = Path(__file__).parents[2] / "paper_repro" / "models"
LETTERS = ("a", "b", "c", "d", "e", "f", "g", "h")
RING = Ring(LETTERS)


def put_back(expression: sympy.Basic, names: Abbreviations) -> sympy.Basic:
    """Return an expression with all names replaced by what they stand for."""
    definitions = dict(names.definitions)
    while expression.free_symbols & set(definitions):
        expression = expression.subs(definitions)
    return expression


def test_every_sum_has_one_name_whatever_its_sign() -> None:
    names = Abbreviations(LETTERS)
    total = parse_expression("a - b - c")
    assert names.name(total) == -names.name(-total)
    assert [str(symbol) for symbol, _ in names.definitions] == ["Q_1"]
    assert sympy.expand(put_back(names.name(total), names) - total) == 0
    assert sum(term.could_extract_minus_sign() for term in names.definitions[0][1].args) == 1


def test_names_differ_from_those_of_the_model() -> None:
    names = Abbreviations(("Q", "H_1", "G_x"))
    assert str(names.name(parse_expression("a + b"))) == "W_1"
    full = Abbreviations(("Q", "H", "G", "W", "Z"))
    assert str(full.name(parse_expression("a + b"))) == "LongFormula_1"


def test_short_expressions_stay_as_they_are() -> None:
    names = Abbreviations(LETTERS)
    product = parse_expression("a*(b - c)")
    assert names.shorten(product, 20.0) == product and names.definitions == ()


@pytest.mark.parametrize("room", [2.0, 4.0, 6.0])
def test_no_part_is_wider_than_its_room(room: float) -> None:
    names = Abbreviations(LETTERS)
    product = parse_expression("(a + b + c + d + e*f + g*h)*(a - b - c - d + 2*e + h)*g/(a + b - c*d)")
    whole = parse_expression("a*b") + product
    short = names.shorten(whole, room)
    assert all(width_of(term) <= room for term in sympy.Add.make_args(short)) and names.definitions
    assert sympy.simplify(put_back(short, names) - whole) == 0


RELATIONS = st.sampled_from([">", ">=", "<", "<=", "=", "!="])
TERMS = st.dictionaries(st.tuples(*[st.integers(0, 1)] * 4), st.integers(-3, 3).filter(bool), min_size=3, max_size=9)
PLACES = st.lists(st.tuples(*[st.integers(-2, 2)] * 4), min_size=1, max_size=6)


@given(TERMS, RELATIONS, PLACES)
def test_a_comparison_of_a_name_says_the_same(
    terms: dict[tuple[int, ...], int], relation: str, places: list[tuple[int, ...]]
) -> None:
    letters = LETTERS[:4]
    total = sympy.Add(
        *(
            c * sympy.prod(sympy.Symbol(x) ** p for x, p in zip(letters, powers, strict=True))
            for powers, c in terms.items()
        )
    )
    leaf = sign(RING, RING.from_expression(total), relation)
    if not isinstance(leaf, Sign):
        return
    names = Abbreviations(LETTERS)
    for room in (0.0, 100.0):
        stated = put_back(names.relation(leaf, room), names)
        for place in places:
            values = dict(zip(letters, place, strict=True))
            exact = {name: Fraction(values.get(name, 0)) for name in LETTERS}
            assert bool(stated.subs(values)) == leaf.holds(exact)


def test_long_pairs_of_eigenvalues_are_given_by_sum_and_product() -> None:
    long = parse_expression("(a + b)**2") + sympy.Add(*(sympy.Symbol(x) ** k for x in LETTERS for k in range(2, 30)))
    middle = parse_expression("a/(b + 1)")
    first, second = middle + sympy.sqrt(long), middle - sympy.sqrt(long)
    found = sum_and_product(RING, first, second)
    assert found is not None
    assert sympy.simplify(found[0] - 2 * middle) == 0
    assert sympy.simplify(found[1] - (middle**2 - long)) == 0
    assert sum_and_product(RING, parse_expression("a"), parse_expression("b")) is None


def test_numbers_are_rounded_only_where_they_are_long() -> None:
    assert rounded(sympy.Rational(-1, 3), 5.0) == sympy.Rational(-1, 3)
    assert str(rounded(sympy.Rational(2**60 + 1, 3**40), 1.0)) == "0.0948308"  # 0.094830829857
    root = sympy.CRootOf(parse_expression("x**5 - x - 1"), 0)
    assert str(rounded(root, 5.0)) == "1.16730"  # 1.16730^5 - 1.16730 - 1 = -0.00003


def test_abbreviations_of_a_model_are_defined_where_they_are_used() -> None:
    """Every name that a section uses was told in it or before."""
    paper = publication(analyse(read_game(MODELS / "m4.toml"), symbolic=True))
    told: set[str] = set()
    for section in paper.sections:
        text = "\n".join(part.latex() for part in section.parts)
        used = set(re.findall(r"Q_\{\d+\}", text))
        told |= set(re.findall(r"^(Q_\{\d+\}) &=", text, re.MULTILINE))
        assert used <= told
    assert len(told) == len(paper.abbreviations.rows) > 5
