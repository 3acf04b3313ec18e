"""Games between strategies of repeated games: closed forms, the catalogue, play round by round, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest
import sympy
from hypothesis import given, settings

from coopgame import (
    AssumptionError,
    Discounted,
    FiniteRounds,
    GameError,
    LimitOfMeans,
    MatrixGame,
    MemoryOne,
    NormalFormGame,
    Parameter,
    ParameterError,
    UnsupportedError,
    always_cooperate,
    always_defect,
    catalog,
    find_regimes,
    find_repeated_play,
    generous_tit_for_tat,
    grim,
    parse_game,
    pure_memory_one,
    repeated_game,
    repeated_normal_form,
    tit_for_tat,
    win_stay_lose_shift,
)
from tests.games.round_by_round import OUTCOMES, memory_one, rounds

STAGE = MatrixGame([["R", "S"], ["T", "P"]], ["C", "D"])
R, S, T, P, d, q, e = sympy.symbols("R S T P d q e")
THREE = {"ALLC": always_cooperate(), "ALLD": always_defect(), "TFT": tit_for_tat()}


def equal(found: sympy.Expr, expected: sympy.Expr) -> bool:
    return bool(sympy.cancel(found - expected) == 0)


@settings(deadline=None, max_examples=25)
@given(memory_one(), memory_one())
def test_payoffs_are_sums_over_rounds(own: MemoryOne, other: MemoryOne) -> None:
    """Six rounds in exact fractions, each strategy against each."""
    game = repeated_game(STAGE, {"own": own, "other": other}, FiniteRounds(6, summed=True), error="1/7")
    for row, column, found in (
        (own, own, game.payoffs[0][0]),
        (own, other, game.payoffs[0][1]),
        (other, own, game.payoffs[1][0]),
    ):
        laws = list(islice(rounds([row], [column], Fraction(1, 7)), 6))
        shares = [sum(step[0, a, b] for step in laws) for a, b in OUTCOMES]
        expected = sum(
            sympy.Rational(x.numerator, x.denominator) * u for x, u in zip(shares, (R, S, T, P), strict=True)
        )
        assert sympy.expand(found - expected) == 0


def test_the_repeated_dilemma_of_the_catalogue() -> None:
    """Imhof, Fudenberg and Nowak (2005): its table for 10 rounds, and for an expected number 1/(1 - d) of them."""
    known = catalog.iterated_prisoners_dilemma()
    ten = repeated_game(STAGE, THREE, FiniteRounds(10, summed=True), costs={"TFT": "c"})
    on = repeated_game(STAGE, THREE, Discounted("d", summed=True), costs={"TFT": "c"})
    m = sympy.Symbol("m")
    for i in range(3):
        for j in range(3):
            assert equal(ten.payoffs[i][j], known.payoffs[i][j].xreplace({m: sympy.Integer(10)}))
            assert equal(on.payoffs[i][j], known.payoffs[i][j].subs(m, 1 / (1 - d)))


def test_discounted_payoffs_have_their_closed_forms() -> None:
    """Per round: TFT against ALLD (1 - d) S + d P; Grim alike; WSLS against ALLD alternates S and P: (S + d P)/(1 + d)."""
    rules = {**THREE, "Grim": grim(), "WSLS": win_stay_lose_shift(), "STFT": tit_for_tat(0)}
    game = repeated_game(STAGE, rules, Discounted("d"))
    names = list(rules)

    def payoff(first: str, second: str) -> sympy.Expr:
        return game.payoffs[names.index(first)][names.index(second)]

    for own in ("TFT", "Grim"):
        assert equal(payoff(own, "ALLD"), (1 - d) * S + d * P)
        assert equal(payoff("ALLD", own), (1 - d) * T + d * P)
    assert equal(payoff("WSLS", "ALLD"), (S + d * P) / (1 + d))
    assert equal(payoff("TFT", "STFT"), (S + d * T) / (1 + d))
    assert equal(payoff("STFT", "TFT"), (T + d * S) / (1 + d))
    # Grim against suspicious TFT: S, then T while that one repeats the C it saw, then DD
    assert equal(payoff("Grim", "STFT"), (1 - d) * (S + d * T) + d**2 * P)
    assert payoff("TFT", "Grim") == R
    # Friedman (1971): Grim resists ALLD exactly for d >= (T - R)/(T - P)
    edge = (T - R) / (T - P)
    assert equal(payoff("ALLD", "Grim").subs(d, edge), R)


def test_long_run_payoffs_with_errors_are_those_of_the_linear_equations() -> None:
    """WSLS with itself: CD and DC at e (1 - e) each; CC and DD lead to CC at (1 - e)^2, the others at e^2."""
    game = repeated_game(STAGE, {"WSLS": win_stay_lose_shift(), "ALLD": always_defect()}, LimitOfMeans(), error="e")
    split = e * (1 - e)
    together = 1 - 2 * split
    cc = together * (1 - e) ** 2 + 2 * split * e**2
    assert equal(game.payoffs[0][0], cc * R + split * (S + T) + (together - cc) * P)


def test_generosity_is_symbolic_and_the_long_run_needs_it_inside() -> None:
    """GTFT against ALLD cooperates at q; the game knows that q is a probability, neither 0 nor 1 here."""
    game = repeated_game(STAGE, {"GTFT": generous_tit_for_tat("q"), "ALLD": always_defect()}, LimitOfMeans())
    assert equal(game.payoffs[0][1], q * S + (1 - q) * P) and game.payoffs[0][0] == R
    assert game.assumption_texts == ("q > 0", "1 - q > 0")
    with pytest.raises(AssumptionError, match="violates"):
        game.substitute({"q": 0})
    # GTFT that meets tit-for-tat after DD gets back to CC for q > 0, and stays for q = 0: hence the assumption
    from_dd = {"G": MemoryOne((1, "q", 1, "q"), 0), "TFT": tit_for_tat(0)}
    assert repeated_game(STAGE, from_dd, LimitOfMeans()).payoffs[0][1] == R
    at_zero = {"G": MemoryOne((1, 0, 1, 0), 0), "TFT": tit_for_tat(0)}
    assert repeated_game(STAGE, at_zero, LimitOfMeans()).payoffs[0][1] == P
    closed = repeated_game(STAGE, {"GTFT": generous_tit_for_tat("q"), "ALLD": always_defect()}, Discounted("d"))
    assert closed.assumption_texts == ("q >= 0", "1 - q >= 0", "d >= 0", "1 - d > 0")
    assert closed.substitute({"q": 0, "d": 0}).payoffs[0][1] == S


def test_a_probability_may_be_a_quotient() -> None:
    """b/(b + c) as a probability: what is assumed is multiplied out, and holds for positive numbers."""
    stage = MatrixGame([["b - c", "-c"], ["b", 0]], parameters={"b": "> 0", "c": "> 0"})
    game = repeated_game(stage, {"a": MemoryOne(["b/(b + c)"] * 4, 1), "ALLD": always_defect()}, LimitOfMeans())
    b, c = sympy.symbols("b c")
    assert equal(game.payoffs[0][1], -c * b / (b + c))
    assert game.check_values({"b": 3, "c": 1}) == ()
    assert [p.assume for p in game.parameters] == ["> 0", "> 0"]


def test_parameters_and_assumptions_of_the_stage_are_kept() -> None:
    stage = catalog.donation_game()
    game = repeated_game(stage, THREE, Discounted("d"), costs={"TFT": "k"})
    names = [p.name for p in game.parameters]
    assert names == [*(p.name for p in stage.parameters), "d", "k"]
    assert set(stage.assumption_texts) <= set(game.assumption_texts)
    assert game.parameters[: len(stage.parameters)] == stage.parameters
    assert game.populations[0].strategies == ("ALLC", "ALLD", "TFT") and "discounted by d" in game.name
    assert parse_game(game.to_toml()) == game


def test_a_payoff_need_not_be_rational() -> None:
    """sqrt and where in the stage game stay what they are."""
    stage = MatrixGame([["sqrt(a)", "where(a > 1, a, 0)"], [0, 1]], ["C", "D"])
    game = repeated_game(stage, THREE, Discounted("d"))
    a = sympy.Symbol("a")
    expected = (1 - d) * sympy.Piecewise((a, a > 1), (0, True)) + d
    point = {a: sympy.Integer(4), d: sympy.Rational(1, 3)}
    assert game.payoffs[2][1].xreplace(point) == expected.xreplace(point)
    assert repeated_game(stage, THREE, LimitOfMeans()).payoffs[0][0] == sympy.sqrt(a)


def test_one_strategy_tied_and_huge_payoffs() -> None:
    """One strategy, a stage game of zeros, and payoffs of 1e300 and 1e-300 are games like others."""
    assert repeated_game(STAGE, {"TFT": tit_for_tat()}, LimitOfMeans()).payoffs == ((R,),)
    zeros = MatrixGame([[0, 0], [0, 0]])
    assert repeated_game(zeros, THREE, LimitOfMeans(), error="e").payoffs == ((0, 0, 0),) * 3
    wide = MatrixGame([[1e300, -1e300], [1e-300, 0]])
    game = repeated_game(wide, THREE, FiniteRounds(2))
    huge, tiny = (sympy.Rational(*x.as_integer_ratio()) for x in (1e300, 1e-300))
    assert game.payoffs[2][1] == -huge / 2 and game.payoffs[1][2] == tiny / 2


def test_a_symmetric_normal_form_is_the_same_stage() -> None:
    table = NormalFormGame.from_bimatrix(
        [["R", "S"], ["T", "P"]], [["R", "T"], ["S", "P"]], {"left": ["C", "D"], "right": ["C", "D"]}
    )
    assert (
        repeated_game(table, THREE, Discounted("d")).payoffs == repeated_game(STAGE, THREE, Discounted("d")).payoffs
    )
    other = NormalFormGame.from_bimatrix([["R", "S"], ["T", "P"]], [["R", "T"], ["S", "Q"]])
    with pytest.raises(UnsupportedError, match="do not earn alike; repeated_normal_form"):
        repeated_game(other, THREE, Discounted("d"))


def test_players_who_earn_differently_have_strategies_each() -> None:
    """A game of trust against rounds played one by one, and its threshold: serving pays for d > t/(b + t)."""
    trust = NormalFormGame.from_bimatrix(
        [["a", "-l"], [0, 0]],
        [["b", "b + t"], [0, 0]],
        {"buyer": ["buy", "stay"], "seller": ["serve", "cheat"]},
        parameters={"a": "> 0", "l": "> 0", "b": "> 0", "t": "> 0"},
    )
    buyers = {"trigger": grim(), "forgiving": MemoryOne([1, "1/4", 1, "1/4"], 1)}
    sellers = {"serve": MemoryOne([1, 1, 1, 1], 1), "cheat": always_defect()}
    game = repeated_normal_form(trust, {"buyer": buyers, "seller": sellers}, FiniteRounds(5), error="1/8")
    for i, buyer in buyers.items():
        for j, seller in sellers.items():
            laws = list(islice(rounds([buyer], [seller], Fraction(1, 8)), 5))
            for p in (0, 1):
                expected = sum(
                    sympy.Rational(*(sum(step[0, x, y] for step in laws) / 5).as_integer_ratio()) * u[p]
                    for (x, y), u in zip(OUTCOMES, (trust.payoff(profile) for profile in trust.profiles), strict=True)
                )
                assert sympy.expand(game.payoff((i, j))[p] - expected) == 0
    lasting = repeated_normal_form(trust, {"buyer": {"trigger": grim()}, "seller": sellers}, Discounted("d"))
    stay, cheat = (lasting.payoff(("trigger", j))[1] for j in ("serve", "cheat"))
    b, t = sympy.symbols("b t")
    assert sympy.solve(sympy.Eq(stay, cheat), d) == [t / (b + t)]
    assert [p.name for p in lasting.populations] == ["buyer", "seller"] and "1 - d > 0" in lasting.assumption_texts


def test_tit_for_tat_is_stable_from_a_factor_on() -> None:
    """Axelrod and Hamilton (1981): against ALLD, TFT is stable for d > (T - R)/(T - P), which is c/b of donations; as regimes of the game."""
    game = repeated_game(catalog.donation_game(), {"TFT": tit_for_tat(), "ALLD": always_defect()}, Discounted("d"))
    regimes = find_regimes(game)
    assert {str(r.definition): r.stable for r in regimes.regimes} == {"b*d < c": ("E1",), "b*d > c": ("E1", "E2")}
    assert regimes.regimes and not regimes.open


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="two strategies is needed"):
        repeated_game(MatrixGame([[0, 1, 2]] * 3), THREE, LimitOfMeans())
    with pytest.raises(UnsupportedError, match="two strategies is needed"):
        repeated_game("PD", THREE, LimitOfMeans())  # type: ignore[arg-type]
    with pytest.raises(UnsupportedError, match="two players with two strategies each"):
        repeated_normal_form(STAGE, {}, LimitOfMeans())  # type: ignore[arg-type]
    two = NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    with pytest.raises(GameError, match="give those of 'player1' and of 'player2'"):
        repeated_normal_form(two, {"player1": THREE}, LimitOfMeans())
    with pytest.raises(GameError, match="costs name 'WSLS'"):
        repeated_game(STAGE, THREE, LimitOfMeans(), costs={"WSLS": 1})
    with pytest.raises(GameError, match="depends on the first round"):
        repeated_game(STAGE, pure_memory_one(), LimitOfMeans())
    with pytest.raises(ParameterError, match="error"):
        repeated_game(STAGE, THREE, LimitOfMeans(), error=2)
    living = MatrixGame([["n", 0], [0, 1]], environment={"n": "n*(1 - n)*x"})
    with pytest.raises(UnsupportedError, match="depend on 'n'"):
        repeated_game(living, THREE, LimitOfMeans())
    with pytest.raises(UnsupportedError, match="depend on 'x'"):
        repeated_game(MatrixGame([["x", 0], [0, 1]]), THREE, LimitOfMeans())
    assumed = MatrixGame(
        [["R", "S"], ["T", "P"]],
        ["C", "D"],
        parameters=[Parameter(n) for n in "RSTP"] + [Parameter("e", assume="> 1")],
    )
    with pytest.raises(AssumptionError):
        repeated_game(assumed, THREE, LimitOfMeans(), error="e")


def test_payoffs_are_linear_in_those_of_the_stage() -> None:
    """16 pure strategies with errors: payoffs are the shares of outcomes times R, S, T, P."""
    game = repeated_game(STAGE, pure_memory_one(), LimitOfMeans(), error="1/50")
    play = find_repeated_play(STAGE, pure_memory_one(), LimitOfMeans(), error="1/50")
    for i in range(16):
        for j in range(16):
            law = play.laws[i][j]
            assert game.payoffs[i][j] == sympy.expand(law[0] * R + law[1] * S + law[2] * T + law[3] * P)


def test_a_number_of_rounds_is_no_horizon() -> None:
    with pytest.raises(GameError, match=r"horizon is 10; give FiniteRounds\(10\)"):
        repeated_game(STAGE, {"TFT": tit_for_tat()}, 10)  # type: ignore[arg-type]
