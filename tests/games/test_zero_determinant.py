"""Strategies made for a relation: they enforce it, their range is exact, and the literature's are among them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopgame import (
    Discounted,
    LimitOfMeans,
    MatrixGame,
    MemoryOne,
    ParameterError,
    PayoffRelation,
    UnsupportedError,
    catalog,
    equalizer,
    extortionate,
    find_enforced_relation,
    find_phi_range,
    generous,
    repeated_game,
    tit_for_tat,
    zero_determinant,
)

STAGE = catalog.prisoners_dilemma(R=3, S=0, T=5, P=1)
INSIDE = st.fractions("1/50", "49/50", max_denominator=50)
OPPONENT = st.builds(MemoryOne, st.tuples(INSIDE, INSIDE, INSIDE, INSIDE), INSIDE)


def payoffs(
    own: MemoryOne, other: MemoryOne, horizon: object, stage: MatrixGame = STAGE
) -> tuple[Fraction, Fraction]:
    table = repeated_game(stage, {"own": own, "other": other}, horizon).payoffs  # type: ignore[arg-type]
    mine, yours = table[0][1], table[1][0]
    return Fraction(int(mine.p), int(mine.q)), Fraction(int(yours.p), int(yours.q))


def test_strategies_of_the_literature() -> None:
    """Stewart and Plotkin (2012): Extort-2 and ZDGTFT-2; Press and Dyson (2012): tit-for-tat is the limit chi = 1, phi = 1/5."""
    assert extortionate(STAGE, 2, "1/18").after == MemoryOne(["8/9", "1/2", "1/3", 0]).after
    assert generous(STAGE, 2, "1/8").after == MemoryOne([1, "1/8", 1, "1/4"]).after
    assert extortionate(STAGE, 1, "1/5", first=1) == tit_for_tat()
    assert equalizer(STAGE, 2, "-1/4").after == MemoryOne(["3/4", "1/4", "1/2", "1/4"]).after


@settings(deadline=None, max_examples=20)
@given(
    st.fractions(1, 20, max_denominator=9),
    st.fractions("1/100", 1),
    OPPONENT,
    st.sampled_from([extortionate, generous]),
)
def test_they_enforce_what_they_promise(chi: Fraction, part: Fraction, opponent: MemoryOne, make: object) -> None:
    baseline = 1 if make is extortionate else 3
    line = PayoffRelation.through(baseline, chi)
    low, high = find_phi_range(line, STAGE)
    phi = part * high
    rule = make(STAGE, chi, phi, first=1)  # type: ignore[operator]
    own, other = payoffs(rule, opponent, LimitOfMeans())
    assert own - baseline == chi * (other - baseline)
    found = find_enforced_relation(rule, STAGE)
    assert low == 0 and found.relation == line and found.phi == phi
    if chi > 1:
        assert found.kind == ("extortionate" if make is extortionate else "generous")


@pytest.mark.parametrize(("r", "s", "t", "p"), [(3, 0, 5, 1), (2, -1, 3, 0), ("1.5", 0, 2, "1/2")])
def test_the_range_of_extortion_is_that_of_press_and_dyson(r: object, s: object, t: object, p: object) -> None:
    """0 < phi (P - S) <= (P - S)/((P - S) + chi (T - P)), after their equation 12; in it phi is in units of 1/(P - S)."""
    stage = MatrixGame([[r, s], [t, p]])
    gain, loss = Fraction(str(t)) - Fraction(str(p)), Fraction(str(p)) - Fraction(str(s))
    for chi in (Fraction(1), Fraction(3, 2), Fraction(10)):
        line = PayoffRelation.through(p, chi)
        assert find_phi_range(line, stage) == (0, 1 / (loss + chi * gain))


@settings(deadline=None, max_examples=30)
@given(
    st.fractions(-3, 3, max_denominator=6),
    st.fractions(-3, 3, max_denominator=6),
    st.fractions(-9, 9, max_denominator=6),
    st.sampled_from(["1/2", "4/5", 1]),
    st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)]),
)
def test_a_range_ends_where_a_probability_does(
    alpha: Fraction, beta: Fraction, gamma: Fraction, factor: object, first: Fraction
) -> None:
    """The ends are admissible, a little beyond is not; where there is no range, no phi on a fine grid gives probabilities."""
    assume(alpha or beta)
    line = PayoffRelation(alpha, beta, gamma)
    d = Fraction(str(factor))
    horizon = LimitOfMeans() if factor == 1 else Discounted(factor)

    def entries(phi: Fraction) -> list[Fraction]:
        worth = [line.at(x, y) for x, y in ((3, 3), (0, 5), (5, 0), (1, 1))]
        return [(r + phi * w - (1 - d) * first) / d for r, w in zip((1, 1, 0, 0), worth, strict=True)]

    def fits(phi: Fraction) -> bool:
        return all(0 <= p <= 1 for p in entries(phi))

    try:
        low, high = find_phi_range(line, STAGE, horizon=horizon, first=first)
    except UnsupportedError:
        assert not any(fits(Fraction(k, 60)) for k in range(-120, 121) if k)
        return
    little = Fraction(1, 10**6)
    assert fits(low) and fits(high) and not fits(low - little) and not fits(high + little)
    middle = (low + high) / 2
    if middle:
        made = zero_determinant(line, STAGE, middle, horizon=horizon, first=first)
        assert [Fraction(int(p.p), int(p.q)) for p in made.after] == entries(middle)
    with pytest.raises(ParameterError, match="admissible for"):
        zero_determinant(line, STAGE, high + 1, horizon=horizon, first=first)


@settings(deadline=None, max_examples=15)
@given(OPPONENT, st.sampled_from(["3/4", "9/10"]))
def test_discounted_relations_hold(opponent: MemoryOne, factor: str) -> None:
    """Hilbe, Traulsen and Sigmund (2015): with discounting an extortioner has to begin with D, a generous player with C."""
    horizon = Discounted(factor)
    for baseline, first in ((1, 0), (3, 1)):
        line = PayoffRelation.through(baseline, 3)
        low, high = find_phi_range(line, STAGE, horizon=horizon, first=first)
        rule = zero_determinant(line, STAGE, (low + 2 * high) / 3, horizon=horizon, first=first)
        assert line.at(*payoffs(rule, opponent, horizon)) == 0
        found = find_enforced_relation(rule, STAGE, horizon=horizon)
        assert found.relation == line and found.phi == (low + 2 * high) / 3
        with pytest.raises(UnsupportedError, match="no strategy of memory one"):
            find_phi_range(line, STAGE, horizon=horizon, first=1 - first)


def test_which_payoffs_can_be_fixed() -> None:
    """Press and Dyson (2012): the other's payoff can be set to anything between P and R, one's own to nothing."""
    for payoff in ("1", "3/2", "2", "3"):
        low, high = find_phi_range(PayoffRelation.fixing(payoff), STAGE)
        assert low < 0 == high
    for payoff in ("0.99", "3.01", "0", "5"):
        with pytest.raises(UnsupportedError, match="no strategy of memory one enforces other ="):
            find_phi_range(PayoffRelation.fixing(payoff), STAGE)
    for payoff in ("1", "2", "3"):
        with pytest.raises(UnsupportedError, match="enforces own ="):
            find_phi_range(PayoffRelation(1, 0, f"-{payoff}"), STAGE)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ParameterError, match="chi from 1 on"):
        extortionate(STAGE, "1/2", "1/18")
    with pytest.raises(ParameterError, match="between 0 and 1/9 without 0"):
        extortionate(STAGE, 2, "1/8")
    with pytest.raises(ParameterError, match="between 0 and 1/9 without 0"):
        extortionate(STAGE, 2, 0)
    with pytest.raises(ParameterError, match="between 0 and 1/8 without 0"):
        generous(STAGE, 2, "1/7")
    with pytest.raises(ParameterError, match="give first"):
        find_phi_range(PayoffRelation.through(1, 2), STAGE, horizon=Discounted("0.9"))
    with pytest.raises(ParameterError, match="no value for"):
        extortionate(catalog.prisoners_dilemma(), 2, "1/18")
    with pytest.raises(ParameterError, match="phi"):
        extortionate(STAGE, 2, float("nan"))
    with pytest.raises(UnsupportedError, match="holds at every outcome"):
        find_phi_range(PayoffRelation(1, -1, 0), MatrixGame([[1, 1], [1, 1]]))
    assert extortionate(catalog.prisoners_dilemma(), 2, "1/18", {"R": 3, "S": 0, "T": 5, "P": 1}) == extortionate(
        STAGE, 2, "1/18"
    )
