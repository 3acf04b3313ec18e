"""What a strategy enforces against every opponent: against random opponents, linear algebra, and the literature."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopgame import (
    Discounted,
    FiniteRounds,
    GameError,
    LimitOfMeans,
    MatrixGame,
    MemoryOne,
    ParameterError,
    PayoffRelation,
    UnsupportedError,
    always_cooperate,
    always_defect,
    catalog,
    find_enforced_relation,
    generous_tit_for_tat,
    grim,
    repeated_game,
    tit_for_tat,
    win_stay_lose_shift,
)
from tests.games.round_by_round import memory_one, rationals

STAGE = catalog.prisoners_dilemma(R=3, S=0, T=5, P=1)
OWN, OTHER = (3, 0, 5, 1), (3, 5, 0, 1)
INSIDE = st.fractions("1/50", "49/50", max_denominator=50)
OPPONENTS = st.lists(st.builds(MemoryOne, st.tuples(INSIDE, INSIDE, INSIDE, INSIDE), INSIDE), min_size=3, max_size=3)


def payoffs(own: MemoryOne, other: MemoryOne, horizon: object = LimitOfMeans()) -> tuple[Fraction, Fraction]:
    table = repeated_game(STAGE, {"own": own, "other": other}, horizon).payoffs  # type: ignore[arg-type]
    mine, yours = table[0][1], table[1][0]
    return Fraction(int(mine.p), int(mine.q)), Fraction(int(yours.p), int(yours.q))


def zero_determinant_of(after: list[Fraction]) -> bool:
    """Press and Dyson (2012): p - (1, 1, 0, 0) is a combination of the two payoff vectors and 1."""
    shifted = [sympy.Rational(p - r) for p, r in zip(after, (1, 1, 0, 0), strict=True)]
    table = sympy.Matrix([OWN, OTHER, (1, 1, 1, 1)])
    return bool(table.rank() == table.col_join(sympy.Matrix([shifted])).rank())


@settings(deadline=None, max_examples=25)
@given(st.lists(INSIDE, min_size=4, max_size=4))
def test_inside_the_cube_a_line_is_enforced_exactly_by_zero_determinants(after: list[Fraction]) -> None:
    """Rank of four vectors against payoffs beside 32 opponents; strategies that listen to nobody are another matter."""
    assume(len(set(after)) > 1)
    found = find_enforced_relation(MemoryOne(after), STAGE)
    assert bool(found.relations) == zero_determinant_of(after) == (found.phi is not None)


@settings(deadline=None, max_examples=25)
@given(st.fractions(1, 3), st.none() | st.fractions(1, 9), st.fractions("1/20", 1), OPPONENTS)
def test_every_combination_is_found_and_holds_against_all_opponents(
    baseline: Fraction, chi: Fraction | None, part: Fraction, opponents: list[MemoryOne]
) -> None:
    """Lines through a payoff between P and R that rise, or fix the other's payoff: p = (1, 1, 0, 0) + phi (alpha own + beta other + gamma)."""
    line = PayoffRelation.fixing(baseline) if chi is None else PayoffRelation.through(baseline, chi)
    worth = [line.at(x, y) for x, y in zip(OWN, OTHER, strict=True)]
    phi = part / max(map(abs, worth)) * (-1 if chi is None else 1)
    rule = MemoryOne([r + phi * w for r, w in zip((1, 1, 0, 0), worth, strict=True)], first=1)
    found = find_enforced_relation(rule, STAGE)
    assert found.relation == line and found.phi == phi
    for opponent in opponents:
        assert line.at(*payoffs(rule, opponent)) == 0


@settings(deadline=None, max_examples=40)
@given(memory_one([Fraction(0), Fraction(1, 2), Fraction(1)]), OPPONENTS)
def test_lines_hold_and_their_absence_has_witnesses(rule: MemoryOne, opponents: list[MemoryOne]) -> None:
    """Strategies on the faces of the cube, where play can settle in several ways: a line holds against others, and three pairs refute any."""
    found = find_enforced_relation(rule, STAGE)
    for opponent in opponents:
        pair = payoffs(rule, opponent)
        assert all(line.at(*pair) == 0 for line in found.relations)
        # the pair is a mean of the extreme ones: it lies between them in every direction tried
        for a, b in product((-2, -1, 0, 1, 3), repeat=2):
            worth = [a * x + b * y for x, y in found.payoffs.values()]
            assert min(worth) <= a * pair[0] + b * pair[1] <= max(worth)
    if not found.relations:
        (x0, y0), (x1, y1), (x2, y2) = (found.payoffs[name] for name in found.witnesses)
        assert (x1 - x0) * (y2 - y0) != (x2 - x0) * (y1 - y0)


def test_known_strategies() -> None:
    """Press and Dyson (2012), Stewart and Plotkin (2012): Extort-2, ZDGTFT-2, tit-for-tat as the fair one, a strategy that sets the other's payoff to 2."""
    for after, line, kind, phi in (
        (["8/9", "1/2", "1/3", 0], PayoffRelation.through(1, 2), "extortionate", "1/18"),
        (["11/17", 0, "8/17", 0], PayoffRelation.through(1, 4), "extortionate", "1/17"),
        ([1, "1/8", 1, "1/4"], PayoffRelation.through(3, 2), "generous", "1/8"),
        ([1, 0, 1, 0], PayoffRelation(1, -1, 0), "fair", "1/5"),
        (["3/4", "1/4", "1/2", "1/4"], PayoffRelation.fixing(2), "equalizer", "-1/4"),
    ):
        found = (
            find_enforced_relation(MemoryOne(after), STAGE)
            if kind != "fair"
            else find_enforced_relation(tit_for_tat(), STAGE)
        )
        assert (found.relation, found.kind, found.phi) == (line, kind, Fraction(phi))
    for rule in (win_stay_lose_shift(), grim()):
        found = find_enforced_relation(rule, STAGE)
        assert found.kind == "none" and found.relation is None and "no line" in str(found)


def test_unconditional_strategies_enforce_lines_without_zero_determinants() -> None:
    """ALLC: all pairs lie between (R, R) and (S, T). Half of the time C: the line through its payoffs against ALLC and ALLD."""
    found = find_enforced_relation(always_cooperate(), STAGE)
    assert found.relation == PayoffRelation(2, 3, -15) and found.phi is None and found.kind == "linear"
    coin = find_enforced_relation(MemoryOne(["1/2"] * 4, "1/2"), STAGE)
    assert coin.relation is not None and coin.relation.at(4, "3/2") == 0 == coin.relation.at("1/2", 3)
    # in a game of donations R - S = T - P ..., so that it is a zero determinant too
    donation = MatrixGame([[2, -1], [3, 0]])
    assert find_enforced_relation(MemoryOne(["1/2"] * 4, "1/2"), donation).phi is not None


def test_an_unsaid_beginning_counts_in_every_way() -> None:
    """Tit-for-tat from DD stays there: CC, DD and alternation are all on own = other. The strategy that repeats itself enforces nothing."""
    unsaid = find_enforced_relation(MemoryOne([1, 0, 1, 0]), STAGE)
    assert unsaid.kind == "fair"
    stubborn = find_enforced_relation(MemoryOne([1, 1, 0, 0]), STAGE)
    assert stubborn.kind == "none" and stubborn.phi is None
    # with a first C it is ALLC
    assert find_enforced_relation(MemoryOne([1, 1, 0, 0], 1), STAGE).relation == PayoffRelation(2, 3, -15)


def test_errors_and_discounting() -> None:
    """Tit-for-tat that errs is fair no more; with discounting first moves count (Hilbe, Traulsen and Sigmund 2015)."""
    erring = tit_for_tat().with_error("1/10")
    assert find_enforced_relation(erring, STAGE).kind == "none"
    # donations b = 3, c = 1: it cooperates at 1/10 + 8/10 y where the other does at y, so both payoffs are linear in y
    line = find_enforced_relation(erring, MatrixGame([[2, -1], [3, 0]])).relation
    for y in (Fraction(0), Fraction(1, 3), Fraction(1)):
        mine = Fraction(1, 10) + Fraction(8, 10) * y
        assert line is not None and line.at(3 * y - mine, 3 * mine - y) == 0
    assert line is not None and line.chi == Fraction(11, 7)
    lasting = find_enforced_relation(tit_for_tat(), STAGE, horizon=Discounted("3/4"))
    # own - other = (1 - d)(S - T) for one C more that is not returned: no single line, since also own = other against ALLC
    assert lasting.kind == "none"
    with pytest.raises(GameError, match="first round is not said"):
        find_enforced_relation(MemoryOne([1, 0, 1, 0]), STAGE, horizon=Discounted("3/4"))


def test_stages_with_parameters_ties_and_huge_numbers() -> None:
    assert (
        find_enforced_relation(tit_for_tat(), catalog.prisoners_dilemma(), {"R": 3, "S": 0, "T": 5, "P": 1}).kind
        == "fair"
    )
    zero = find_enforced_relation(generous_tit_for_tat("1/3"), MatrixGame([[0, 0], [0, 0]]))
    assert zero.kind == "both payoffs fixed" and len(zero.relations) == 2 and zero.relation is None
    assert find_enforced_relation(tit_for_tat(), MatrixGame([[1e300, -1e300], [2e300, 1e-300]])).kind == "fair"
    own_fixed = find_enforced_relation(always_defect(), MatrixGame([[3, 0], [2, 2]]))
    assert own_fixed.kind == "own payoff fixed" and str(own_fixed.relation) == "own = 2"


def test_relations_are_lines() -> None:
    line = PayoffRelation(2, -4, 2)
    assert (line.alpha, line.beta, line.gamma, line.chi, line.baseline) == (1, -2, 1, 2, 1)
    assert line == PayoffRelation.through(1, 2) and line.at(3, 2) == 0 and line.at("7/2", "9/4") == 0
    assert str(PayoffRelation.through(-1, 2)) == "own + 1 = 2 (other + 1)"
    assert str(PayoffRelation.through(0, "3/2")) == "own = 3/2 other"
    assert str(PayoffRelation(1, -1, 2)) == "own = other - 2" and PayoffRelation(1, -1, 2).baseline is None
    assert str(PayoffRelation(1, -1, 0)) == "own = other" and str(PayoffRelation(-3, 0, 6)) == "own = 2"
    assert PayoffRelation.fixing(2).chi is None and PayoffRelation.fixing(2).baseline == 2
    with pytest.raises(ParameterError, match="alpha and beta are 0"):
        PayoffRelation(0, 0, 1)
    with pytest.raises(ParameterError, match="chi"):
        PayoffRelation.through(1, float("nan"))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ParameterError, match="has parameters"):
        find_enforced_relation(generous_tit_for_tat("q"), STAGE)
    with pytest.raises(ParameterError, match="no value for"):
        find_enforced_relation(tit_for_tat(), catalog.prisoners_dilemma())
    with pytest.raises(UnsupportedError, match="without end or with discounting"):
        find_enforced_relation(tit_for_tat(), STAGE, horizon=FiniteRounds(10))
    with pytest.raises(ParameterError, match="factor is 0"):
        find_enforced_relation(tit_for_tat(), STAGE, horizon=Discounted(0))
    with pytest.raises(UnsupportedError, match="two strategies"):
        find_enforced_relation(tit_for_tat(), MatrixGame([[0] * 3] * 3))


@settings(deadline=None, max_examples=10)
@given(memory_one(), rationals())
def test_discounted_pairs_lie_between_the_extreme_ones(rule: MemoryOne, first: Fraction) -> None:
    """Against a strategy that remembers one round and begins anyhow, with factor 2/3."""
    found = find_enforced_relation(rule, STAGE, horizon=Discounted("2/3"))
    x, y = payoffs(rule, MemoryOne(["1/3", "4/5", "1/7", "1/2"], first), Discounted("2/3"))
    for a, b in product((-2, -1, 0, 1, 3), repeat=2):
        worth = [a * u + b * v for u, v in found.payoffs.values()]
        assert min(worth) <= a * x + b * y <= max(worth)
