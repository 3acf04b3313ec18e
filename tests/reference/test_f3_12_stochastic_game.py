"""Hilbe, Simsa, Chatterjee and Nowak (2018), Nature 559, 246-249: feedback lets cooperation evolve where neither game alone does."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from mpmath import exp as mp_exp
from mpmath import mp, mpf

from coopgame import (
    LimitOfMeans,
    MatrixGame,
    StochasticGame,
    find_alpha_rank,
    find_repeated_play,
    pure_memory_one,
    repeated_game,
)

ONE = MatrixGame([[1, -1], [2, 0]], ["C", "D"])  # b1 = 2, c = 1
TWO = MatrixGame([["0.2", -1], ["1.2", 0]], ["C", "D"])  # b2 = 1.2
MOVES = {2: "one", 1: "two", 0: "two"}  # the better game is for those who both cooperated
GAME = StochasticGame({"one": ONE, "two": TWO}, {"one": MOVES, "two": MOVES})
COOPERATION = {"feedback": 0.983746, "one": 0.149378, "two": 0.080622}  # of the case, tolerance 1e-3
STAGES = {"feedback": GAME, "one": ONE, "two": TWO}
BENEFITS = {"feedback": {1: 2.0, 0: 1.2}, "one": {1: 2.0, 0: 2.0}, "two": {1: 1.2, 0: 1.2}}


def slow_tables(benefits: dict[int, float], error: float = 0.001) -> tuple[np.ndarray, np.ndarray]:
    """Payoffs and cooperation of the 16 rules: the chain of eight outcomes (next game, own, other), squared until it is at rest."""
    places = list(product((1, 0), repeat=3))
    rules = [np.clip(rule, error, 1 - error) for rule in product((0, 1), repeat=4)]
    pay, cooperate = np.zeros((16, 16)), np.zeros((16, 16))
    for i, p in enumerate(rules):
        for j, q in enumerate(rules):
            chain = np.zeros((8, 8))
            for k, (_, a, b) in enumerate(places):
                x, y = p[2 * (1 - a) + 1 - b], q[2 * (1 - b) + 1 - a]
                for m, (game, a2, b2) in enumerate(places):
                    if game == (a and b):
                        chain[k, m] = (x if a2 else 1 - x) * (y if b2 else 1 - y)
            for _ in range(40):
                chain = chain @ chain
                chain /= chain.sum(axis=1, keepdims=True)
            for mass, (game, a, b) in zip(chain[0], places, strict=True):
                pay[i, j] += mass * (b * benefits[game] - a)
                cooperate[i, j] += mass * a
    return pay, cooperate


def slow_law(pay: np.ndarray, size: int = 100, beta: float = 1.0) -> np.ndarray:
    """Stationary law for rare mutants under the Fermi rule, with 60 digits: chances are 1/(1 + sum of products of exp(-beta gain))."""
    with mp.workdps(60):
        count = len(pay)
        chance = mp.zeros(count)
        for r in range(count):  # residents
            for m in range(count):  # mutants
                if r == m:
                    continue
                total, power = mpf(1), mpf(0)
                for k in range(1, size):
                    mine = (k - 1) * mpf(pay[m, m]) + (size - k) * mpf(pay[m, r])
                    theirs = k * mpf(pay[r, m]) + (size - k - 1) * mpf(pay[r, r])
                    power -= beta * (mine - theirs) / (size - 1)
                    total += mp_exp(power)
                chance[r, m] = 1 / total / (count - 1)
        balance = chance.T.copy()
        for r in range(count):
            balance[r, r] = -sum(chance[r, m] for m in range(count))
        for m in range(count):
            balance[count - 1, m] = 1
        law = mp.lu_solve(balance, mp.matrix([0] * (count - 1) + [1]))
        return np.array([float(x) for x in law])


@pytest.mark.parametrize("name", list(STAGES))
def test_cooperation_rates(name: str) -> None:
    """0.9837 with feedback, 0.1494 in game 1 alone, 0.0806 in game 2 alone; the same from tables and a law made here."""
    rules = pure_memory_one()
    game = repeated_game(STAGES[name], rules, LimitOfMeans(), error="0.001")
    rates = find_repeated_play(STAGES[name], rules, LimitOfMeans(), error="0.001").cooperation_rates()
    pay, cooperate = slow_tables(BENEFITS[name])
    assert game.payoff_matrix() == pytest.approx(pay, abs=1e-10)
    assert rates == pytest.approx(cooperate, abs=1e-10)
    law = find_alpha_rank(game, intensity=1, size=100).masses
    assert law == pytest.approx(slow_law(pay), abs=1e-9)
    found = float(law @ np.diag(rates))
    assert found == pytest.approx(COOPERATION[name], abs=1e-6)
    if name == "feedback":
        assert law[list(rules).index("1001")] == pytest.approx(0.9856, abs=5e-5)  # win-stay, lose-shift


def test_feedback_keeps_win_stay_lose_shift_where_game_one_does_not() -> None:
    """ALLD against WSLS earns b1/2 in game 1 alone, as much as WSLS with itself, b1 - c; with feedback they stay in game 2, and it earns b2/2 < b1 - c."""
    rules = {"WSLS": pure_memory_one()["1001"], "ALLD": pure_memory_one()["0000"]}
    for stage, deviation in ((ONE, 1.0), (GAME, 0.6)):
        table = repeated_game(stage, rules, LimitOfMeans(), error="1/1000000").payoff_matrix()
        assert table[0, 0] == pytest.approx(1, abs=1e-4)
        assert table[1, 0] == pytest.approx(deviation, abs=1e-4)
