"""Games whose states the players change: against play round by round, floats, and games without states."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice, product

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
    Parameter,
    ParameterError,
    StochasticGame,
    UnsupportedError,
    always_cooperate,
    always_defect,
    find_repeated_play,
    grim,
    pure_memory_one,
    repeated_game,
    tit_for_tat,
    win_stay_lose_shift,
)
from tests.games.round_by_round import OUTCOMES, long_run, memory_one, rounds

GOOD = MatrixGame([["b1 - c", "-c"], ["b1", 0]], ["C", "D"])
POOR = MatrixGame([["b2 - c", "-c"], ["b2", 0]], ["C", "D"])
BOTH = {"good": GOOD, "poor": POOR}
TWO_C = {2: "good", 1: "poor", 0: "poor"}  # the good state is for those who both cooperate
MIXED = {
    "good": {2: "good", 1: {"good": "1/3", "poor": "2/3"}, 0: "poor"},
    "poor": {2: {"good": "1/2", "poor": "1/2"}, 1: "poor", 0: {"poor": "3/4", "good": "1/4"}},
}
MIXED_MOVES = {
    (0, 2): {0: Fraction(1)},
    (0, 1): {0: Fraction(1, 3), 1: Fraction(2, 3)},
    (0, 0): {1: Fraction(1)},
    (1, 2): {0: Fraction(1, 2), 1: Fraction(1, 2)},
    (1, 1): {1: Fraction(1)},
    (1, 0): {0: Fraction(1, 4), 1: Fraction(3, 4)},
}
PLACES = [(state, a, b) for state in (0, 1) for a, b in OUTCOMES]
HALVES = [Fraction(0), Fraction(1, 2), Fraction(1)]


def pair(own: list[MemoryOne], other: list[MemoryOne]) -> dict[str, dict[str, MemoryOne]]:
    return {name: dict(zip(BOTH, rules, strict=True)) for name, rules in (("own", own), ("other", other))}


TWO_RULES = st.lists(memory_one(), min_size=2, max_size=2)


@settings(deadline=None, max_examples=25)
@given(TWO_RULES, TWO_RULES, st.integers(1, 8))
def test_rounds_are_those_of_the_definition(own: list[MemoryOne], other: list[MemoryOne], count: int) -> None:
    """Strategies that depend on the state, moves by chance, errors: means over rounds in exact fractions."""
    game = StochasticGame(BOTH, MIXED, start="poor")
    play = find_repeated_play(game, pair(own, other), FiniteRounds(count), error="1/9")
    laws = list(islice(rounds(own, other, Fraction(1, 9), MIXED_MOVES, start=1), count))
    mean = [sum((step.get(place, Fraction(0)) for step in laws), Fraction(0)) / count for place in PLACES]
    assert [Fraction(int(x.p), int(x.q)) for x in play.laws[0][1]] == mean


@settings(deadline=None, max_examples=15)
@given(TWO_RULES, TWO_RULES)
def test_discounted_rounds_lie_between_a_sum_and_what_is_left(own: list[MemoryOne], other: list[MemoryOne]) -> None:
    factor = Fraction(1, 3)
    play = find_repeated_play(StochasticGame(BOTH, MIXED, start="good"), pair(own, other), Discounted(factor))
    low = dict.fromkeys(PLACES, Fraction(0))
    for t, step in enumerate(islice(rounds(own, other, Fraction(0), MIXED_MOVES), 25)):
        for place, mass in step.items():
            low[place] += (1 - factor) * factor**t * mass
    found = [Fraction(int(x.p), int(x.q)) for x in play.laws[0][1]]
    assert sum(found) == 1 and all(
        low[place] <= x <= low[place] + factor**25 for x, place in zip(found, PLACES, strict=True)
    )


@settings(deadline=None, max_examples=40)
@given(
    st.lists(memory_one(HALVES), min_size=2, max_size=2),
    st.lists(memory_one(HALVES), min_size=2, max_size=2),
    st.sampled_from([Fraction(0), Fraction(1, 10)]),
)
def test_the_long_run_is_that_of_the_chain_in_floats(
    own: list[MemoryOne], other: list[MemoryOne], error: Fraction
) -> None:
    """Absorbed, periodic and irreducible chains of eight outcomes."""
    game = StochasticGame(BOTH, MIXED, start="good")
    play = find_repeated_play(game, pair(own, other), LimitOfMeans(), error=error)
    slow = long_run(own, other, float(error), MIXED_MOVES)
    assert [float(x) for x in play.laws[0][1]] == pytest.approx(list(slow.values()), abs=1e-9)


def test_alike_in_all_states_is_no_state_at_all() -> None:
    """Two states with one stage game give its repeated game, and the payoffs of the other way round."""
    game = StochasticGame({"a": GOOD, "b": GOOD}, {"a": {2: "a", 1: "b", 0: "a"}, "b": {2: "b", 1: "a", 0: "a"}})
    with_states = repeated_game(game, pure_memory_one(), LimitOfMeans(), error="1/20")
    assert with_states.payoffs == repeated_game(GOOD, pure_memory_one(), LimitOfMeans(), error="1/20").payoffs


def test_cooperators_keep_the_good_state_and_defectors_lose_it() -> None:
    """By hand: ALLC with itself earns b1 - c for ever; ALLD, from the good state, once 0 there and then 0 in the poor one."""
    game = StochasticGame(BOTH, {"good": TWO_C, "poor": TWO_C}, start="good")
    rules = {"ALLC": always_cooperate(), "ALLD": always_defect(), "WSLS": win_stay_lose_shift()}
    payoffs = repeated_game(game, rules, LimitOfMeans()).payoffs
    b1, b2, c = sympy.symbols("b1 b2 c")
    assert payoffs[0] == (b1 - c, -c, b1 - c) and payoffs[1] == (b2, 0, b2 / 2) and payoffs[2][1] == -c / 2
    discounted = repeated_game(game, rules, Discounted("d"))
    d = sympy.Symbol("d")
    assert sympy.cancel(discounted.payoffs[1][0] - ((1 - d) * b1 + d * b2)) == 0
    play = find_repeated_play(game, rules, Discounted("d"))
    shares = play.state_shares("ALLD", "ALLC")
    assert sympy.cancel(shares["good"] - (1 - d)) == 0 and sympy.cancel(shares["poor"] - d) == 0
    assert play.outcomes[:2] == ("good CC", "good CD") and play.law("ALLD", "ALLC")["poor DC"] == shares["poor"]
    assert play.cooperation[2][2] == 1 and play.cooperation[1] == (0, 0, 0)


def test_a_strategy_may_depend_on_the_state() -> None:
    """One who cooperates in the good state alone, by hand: with its like, good for ever; started in the poor one, poor for ever."""
    fair_weather = {"good": always_cooperate(), "poor": always_defect()}
    b1, c = sympy.symbols("b1 c")
    for start, expected in (("good", b1 - c), ("poor", 0), ({"good": "1/4", "poor": "3/4"}, (b1 - c) / 4)):
        game = StochasticGame(BOTH, {"good": TWO_C, "poor": TWO_C}, start=start)
        found = repeated_game(game, {"fair weather": fair_weather}, LimitOfMeans()).payoffs[0][0]
        assert sympy.expand(found - expected) == 0
    unsaid = StochasticGame(BOTH, {"good": TWO_C, "poor": TWO_C})
    with pytest.raises(GameError, match="depends on the first round"):
        repeated_game(unsaid, {"fair weather": fair_weather}, LimitOfMeans())


def test_chances_of_states_may_be_parameters() -> None:
    """The good state returns with chance r after DD: ALLD with itself spends r/(1 + r) of the time there; the game knows 0 < r < 1."""
    moves = {
        "good": {2: "good", 1: "poor", 0: "poor"},
        "poor": {2: "good", 1: "poor", 0: {"good": "r", "poor": "1 - r"}},
    }
    game = StochasticGame(BOTH, moves)
    play = find_repeated_play(game, {"ALLD": always_defect()}, LimitOfMeans())
    r = sympy.Symbol("r")
    assert sympy.cancel(play.state_shares("ALLD", "ALLD")["good"] - r / (1 + r)) == 0
    assert repeated_game(game, {"ALLD": always_defect()}, LimitOfMeans()).assumption_texts == ("r > 0", "1 - r > 0")
    assert "good (r) or poor (1 - r)" not in str(game).splitlines()[0]
    assert str(game).splitlines()[1].endswith("after none good (r) or poor (1 - r)")


def test_parameters_of_all_stages_are_joined() -> None:
    game = repeated_game(
        StochasticGame(BOTH, {"good": TWO_C, "poor": TWO_C}, "good"), {"TFT": tit_for_tat()}, FiniteRounds(2)
    )
    assert sorted(p.name for p in game.parameters) == ["b1", "b2", "c"]
    strange = MatrixGame(
        [["b2 - c", "-c"], ["b2", 0]], ["C", "D"], parameters=[Parameter("b2"), Parameter("c", assume="> 1")]
    )
    with pytest.raises(GameError, match="declare the parameter 'c' differently"):
        StochasticGame({"good": GOOD, "poor": strange}, {"good": TWO_C, "poor": TWO_C})


def test_every_pair_of_strategies_with_states_has_a_law() -> None:
    """The chain of Hilbe, Simsa, Chatterjee and Nowak (2018), 8 x 8, written out: strategies see the state in which they act."""
    game = StochasticGame(BOTH, {"good": TWO_C, "poor": TWO_C})
    some = [
        dict(zip(BOTH, rules, strict=True))
        for rules in product([tit_for_tat(), grim(), win_stay_lose_shift()], repeat=2)
    ]
    play = find_repeated_play(game, {str(k): rule for k, rule in enumerate(some)}, LimitOfMeans(), error="1/100")
    moves = {(s, k): {0 if k == 2 else 1: Fraction(1)} for s in (0, 1) for k in (0, 1, 2)}
    for i, own in enumerate(some):
        for j, other in enumerate(some):
            slow = long_run(list(own.values()), list(other.values()), 0.01, moves)
            assert [float(x) for x in play.laws[i][j]] == pytest.approx(list(slow.values()), abs=1e-10)


def test_what_does_not_fit_is_refused() -> None:
    moves = {"good": TWO_C, "poor": TWO_C}
    with pytest.raises(GameError, match="a mapping from the name of each state"):
        StochasticGame({}, {})
    with pytest.raises(GameError, match="transitions are given for 'good'"):
        StochasticGame(BOTH, {"good": TWO_C})
    with pytest.raises(GameError, match="for each number of players"):
        StochasticGame(BOTH, {"good": TWO_C, "poor": {2: "good", 0: "poor"}})
    with pytest.raises(GameError, match="no state 'fair'"):
        StochasticGame(BOTH, {"good": TWO_C, "poor": {2: "fair", 1: "poor", 0: "poor"}})
    with pytest.raises(GameError, match="sum to 5/6"):
        StochasticGame(BOTH, {"good": TWO_C, "poor": {2: {"good": "1/2", "poor": "1/3"}, 1: "poor", 0: "poor"}})
    with pytest.raises(ParameterError, match="lies between 0 and 1"):
        StochasticGame(BOTH, {"good": TWO_C, "poor": {2: {"good": "3/2", "poor": "-1/2"}, 1: "poor", 0: "poor"}})
    with pytest.raises(GameError, match="no state 'fair'"):
        StochasticGame(BOTH, moves, start="fair")
    with pytest.raises(GameError, match="name them alike"):
        StochasticGame({"good": GOOD, "poor": MatrixGame([[1, 0], [0, 1]], ["A", "B"])}, moves)
    with pytest.raises(UnsupportedError, match="in state 'poor'"):
        StochasticGame({"good": GOOD, "poor": MatrixGame([[1, 0, 0]] * 3)}, moves)
    game = StochasticGame(BOTH, moves, "good")
    with pytest.raises(GameError, match=r"rules for \['good'\]"):
        find_repeated_play(game, {"TFT": {"good": tit_for_tat()}}, LimitOfMeans())
    with pytest.raises(GameError, match="the first round is not said"):
        find_repeated_play(StochasticGame(BOTH, moves), {"TFT": tit_for_tat()}, Discounted("0.9"))
