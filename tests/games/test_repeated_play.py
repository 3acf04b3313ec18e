"""Laws of outcomes against play round by round, pure play that repeats itself, floats, and closed forms."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    Discounted,
    FiniteRounds,
    GameError,
    LimitOfMeans,
    MatrixGame,
    MemoryOne,
    ParameterError,
    always_cooperate,
    always_defect,
    find_repeated_play,
    generous_tit_for_tat,
    grim,
    pure_memory_one,
    tit_for_tat,
    win_stay_lose_shift,
)
from tests.games.round_by_round import OUTCOMES, long_run, memory_one, numbers, pure_rules, rationals, rounds

STAGE = MatrixGame([["R", "S"], ["T", "P"]], ["C", "D"])
HALVES = [Fraction(0), Fraction(1, 2), Fraction(1)]


def law(own: MemoryOne, other: MemoryOne, horizon: object, error: object = 0) -> list[Fraction]:
    play = find_repeated_play(STAGE, {"own": own, "other": other}, horizon, error=error)  # type: ignore[arg-type]
    return [Fraction(int(x.p), int(x.q)) for x in play.laws[0][1]]


@settings(deadline=None, max_examples=40)
@given(memory_one(), memory_one(), rationals(), st.integers(1, 12))
def test_a_number_of_rounds_is_the_mean_over_them(
    own: MemoryOne, other: MemoryOne, error: Fraction, count: int
) -> None:
    laws = list(islice(rounds([own], [other], error), count))
    mean = [sum(step[0, a, b] for step in laws) / count for a, b in OUTCOMES]
    assert law(own, other, FiniteRounds(count), error) == mean


@settings(deadline=None, max_examples=30)
@given(
    memory_one(HALVES),
    memory_one(HALVES),
    rationals(HALVES[:2]),
    st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2)]),
)
def test_discounted_rounds_lie_between_a_sum_and_what_is_left_of_it(
    own: MemoryOne, other: MemoryOne, error: Fraction, factor: Fraction
) -> None:
    """The sum over 40 rounds, and at most factor^40 more: an enclosure in exact fractions."""
    found = law(own, other, Discounted(factor), error)
    low = dict.fromkeys(OUTCOMES, Fraction(0))
    for t, step in enumerate(islice(rounds([own], [other], error), 40)):
        for a, b in OUTCOMES:
            low[a, b] += (1 - factor) * factor**t * step[0, a, b]
    assert sum(found) == 1
    assert all(low[o] <= x <= low[o] + factor**40 for x, o in zip(found, OUTCOMES, strict=True))


def test_pure_strategies_without_errors_repeat_themselves() -> None:
    """All 32 x 32 pairs, played until a round comes back; the limit is the mean over the rounds between."""
    rules = pure_rules()
    play = find_repeated_play(STAGE, {str(k): rule for k, rule in enumerate(rules)}, LimitOfMeans())
    for i, own in enumerate(rules):
        for j, other in enumerate(rules):
            (p, p0), (q, q0) = numbers(own), numbers(other)
            seen: list[tuple[int, int]] = []
            now = (int(p0 or 0), int(q0 or 0))
            while now not in seen:
                seen.append(now)
                now = (int(p[OUTCOMES.index(now)]), int(q[OUTCOMES.index(now[::-1])]))
            cycle = seen[seen.index(now) :]
            assert list(play.laws[i][j]) == [sympy.Rational(cycle.count(o), len(cycle)) for o in OUTCOMES]


@settings(deadline=None, max_examples=60)
@given(memory_one(HALVES), memory_one(HALVES))
def test_play_that_settles_by_chance_is_weighed_by_the_chances(own: MemoryOne, other: MemoryOne) -> None:
    """Several closed sets, periods and absorption, beside a chain of floats that is lazy and is squared 60 times."""
    slow = long_run([own], [other])
    assert [float(x) for x in law(own, other, LimitOfMeans())] == pytest.approx(list(slow.values()), abs=1e-9)


def test_where_play_settles_depends_on_the_first_round() -> None:
    """Grim that begins with C half of the time: all goes well with 1/4, else they end in DD."""
    begins = MemoryOne(grim().after, "1/2")
    assert law(begins, begins, LimitOfMeans()) == [Fraction(1, 4), 0, 0, Fraction(3, 4)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.fractions("1/20", "19/20", max_denominator=20), min_size=4, max_size=4))
def test_reactive_strategies_meet_as_if_they_were_independent(given_: list[Fraction]) -> None:
    """Nowak and Sigmund (1990), Acta Applicandae Mathematicae 20: (p, q) cooperates at (q + r q')/(1 - r r'), r = p - q; pairs are products."""
    p, q, p2, q2 = given_
    own, other = MemoryOne((p, q, p, q)), MemoryOne((p2, q2, p2, q2))
    r, r2 = p - q, p2 - q2
    mine, yours = (q + r * q2) / (1 - r * r2), (q2 + r2 * q) / (1 - r * r2)
    assert law(own, other, LimitOfMeans()) == [
        mine * yours,
        mine * (1 - yours),
        (1 - mine) * yours,
        (1 - mine) * (1 - yours),
    ]


def test_rare_errors_give_the_known_limits() -> None:
    """Nowak, Sigmund and El-Sedy (1995), Journal of Mathematical Biology 33, 703-722: errors whose probability tends to 0."""
    rules = {"TFT": tit_for_tat(), "WSLS": win_stay_lose_shift(), "ALLD": always_defect(), "Grim": grim()}
    play = find_repeated_play(STAGE, rules, LimitOfMeans(), error="eps")
    eps, quarter, half = sympy.Symbol("eps"), sympy.Rational(1, 4), sympy.Rational(1, 2)

    def limit(first: str, second: str) -> list[sympy.Expr]:
        return [sympy.limit(x, eps, 0) for x in play.law(first, second).values()]

    assert limit("TFT", "TFT") == [quarter] * 4
    assert limit("TFT", "WSLS") == [quarter] * 4
    assert limit("WSLS", "WSLS") == [1, 0, 0, 0]
    assert limit("WSLS", "ALLD") == [0, half, 0, half]
    assert limit("Grim", "Grim") == [0, 0, 0, 1]
    assert limit("TFT", "ALLD") == [0, 0, 0, 1]


def test_symbols_give_what_numbers_give() -> None:
    """Rational functions by elimination, and numbers by FLINT: two ways to the same law."""
    rules = {
        "a": MemoryOne(["p", 0, "q", "1/2"], "q"),
        "b": generous_tit_for_tat("p/2"),
        "WSLS": win_stay_lose_shift(),
    }
    numbers_ = {
        "a": MemoryOne(["1/3", 0, "2/7", "1/2"], "2/7"),
        "b": generous_tit_for_tat("1/6"),
        "WSLS": win_stay_lose_shift(),
    }
    point = {
        sympy.Symbol("p"): sympy.Rational(1, 3),
        sympy.Symbol("q"): sympy.Rational(2, 7),
        sympy.Symbol("e"): sympy.Rational(1, 9),
    }
    for with_symbols, plain in (
        (LimitOfMeans(), LimitOfMeans()),
        (FiniteRounds(3), FiniteRounds(3)),
        (Discounted("q"), Discounted("2/7")),
    ):
        for error, number in (("e", "1/9"), (0, 0)):
            symbolic = find_repeated_play(STAGE, rules, with_symbols, error=error)
            exact = find_repeated_play(STAGE, numbers_, plain, error=number)
            for i in range(3):
                for j in range(3):
                    assert [x.xreplace(point) for x in symbolic.laws[i][j]] == list(exact.laws[i][j])
            values = {str(name): str(value) for name, value in point.items()}
            assert symbolic.cooperation_rates(values) == pytest.approx(exact.cooperation_rates())


def test_the_two_sides_of_a_pair_agree() -> None:
    play = find_repeated_play(STAGE, pure_memory_one(), LimitOfMeans(), error="1/100")
    for i in range(16):
        for j in range(16):
            mine, yours = play.laws[i][j], play.laws[j][i]
            assert (mine[0], mine[1], mine[2], mine[3]) == (yours[0], yours[2], yours[1], yours[3])
            assert sum(mine) == 1 and play.cooperation[i][j] == mine[0] + mine[1]


def test_tables_and_texts() -> None:
    play = find_repeated_play(STAGE, {"TFT": tit_for_tat(), "ALLD": always_defect()}, FiniteRounds(4))
    assert play.law("TFT", "ALLD") == {"CC": 0, "CD": sympy.Rational(1, 4), "DC": 0, "DD": sympy.Rational(3, 4)}
    assert str(play).splitlines() == [
        "TFT against TFT: CC 1",
        "TFT against ALLD: CD 1/4, DD 3/4",
        "ALLD against ALLD: DD 1",
    ]
    table = play.to_dataframe()
    assert list(table.columns) == ["strategy", "against", "CC", "CD", "DC", "DD", "cooperation"] and len(table) == 4
    assert table.cooperation.tolist() == [1, sympy.Rational(1, 4), 0, 0]
    assert play._repr_html_().count("<tr>") == 3
    assert play.cooperation_rates().tolist() == [[1.0, 0.25], [0.0, 0.0]]
    with pytest.raises(GameError, match="no strategy 'GTFT'"):
        play.law("GTFT", "TFT")


def test_very_small_errors_and_many_rounds_stay_exact() -> None:
    """An error of 1e-300 decides where play settles; a million rounds are exact too."""
    wary = {"TFT": tit_for_tat()}
    assert find_repeated_play(STAGE, wary, LimitOfMeans(), error=1e-300).laws[0][0] == (sympy.Rational(1, 4),) * 4
    many = find_repeated_play(STAGE, {"TFT": tit_for_tat(), "ALLD": always_defect()}, FiniteRounds(10**6))
    assert many.law("TFT", "ALLD")["CD"] == sympy.Rational(1, 10**6)
    alternating = find_repeated_play(STAGE, {"a": tit_for_tat(1), "b": tit_for_tat(0)}, FiniteRounds(10**6 + 1))
    assert alternating.law("a", "b")["CD"] == sympy.Rational(500001, 1000001)


def test_a_first_round_is_asked_for_where_it_counts() -> None:
    unsaid = MemoryOne([1, 0, 1, 0])
    with pytest.raises(
        GameError, match="'TFT' against 'TFT': what happens in the long run depends on the first round"
    ):
        find_repeated_play(STAGE, {"TFT": unsaid}, LimitOfMeans())
    for horizon in (Discounted("0.9"), FiniteRounds(3)):
        with pytest.raises(GameError, match="the first round is not said"):
            find_repeated_play(STAGE, {"TFT": unsaid}, horizon)
    assert (
        find_repeated_play(STAGE, {"TFT": unsaid}, LimitOfMeans(), error="0.1").laws[0][0]
        == (sympy.Rational(1, 4),) * 4
    )


def test_what_does_not_fit_is_refused() -> None:
    rules = {"TFT": tit_for_tat()}
    with pytest.raises(GameError, match="a MemoryOne is needed"):
        find_repeated_play(STAGE, {"TFT": (1, 0, 1, 0)}, LimitOfMeans())  # type: ignore[dict-item]
    with pytest.raises(GameError, match="a mapping from name"):
        find_repeated_play(STAGE, {}, LimitOfMeans())
    with pytest.raises(GameError, match="rules for"):
        find_repeated_play(STAGE, {"TFT": {"good": tit_for_tat()}}, LimitOfMeans())
    with pytest.raises(ParameterError, match="error"):
        find_repeated_play(STAGE, rules, LimitOfMeans(), error="1.5")
    with pytest.raises(ParameterError, match="no value for q"):
        find_repeated_play(
            STAGE, {"a": generous_tit_for_tat("q"), "ALLD": always_defect()}, FiniteRounds(3)
        ).cooperation_rates()
    for wrong in (0, -1, 1.5, True, "3"):
        with pytest.raises(ParameterError, match="whole number"):
            FiniteRounds(wrong)  # type: ignore[arg-type]
    for wrong in (1, "1", -0.1, 2, float("nan")):
        with pytest.raises(ParameterError, match="factor"):
            Discounted(wrong)


def test_a_lone_first_round_is_one_round() -> None:
    """With factor 0 nothing but the first round counts."""
    rules = {"a": MemoryOne([1, 1, 1, 1], "1/3"), "b": always_cooperate()}
    assert find_repeated_play(STAGE, rules, Discounted(0)).law("a", "a") == {
        "CC": sympy.Rational(1, 9),
        "CD": sympy.Rational(2, 9),
        "DC": sympy.Rational(2, 9),
        "DD": sympy.Rational(4, 9),
    }
    assert np.array_equal(
        find_repeated_play(STAGE, rules, FiniteRounds(1)).cooperation_rates(),
        find_repeated_play(STAGE, rules, Discounted(0)).cooperation_rates(),
    )
