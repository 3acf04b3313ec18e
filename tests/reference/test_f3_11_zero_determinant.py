"""Press and Dyson (2012), PNAS 109, 10409-10413; Stewart and Plotkin (2012), same journal 109, 10134-10135: extortion in the repeated dilemma."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from coopgame import (
    LimitOfMeans,
    MatrixGame,
    MemoryOne,
    PayoffRelation,
    always_cooperate,
    extortionate,
    find_enforced_relation,
    find_phi_range,
    repeated_game,
)

STAGE = MatrixGame([[3, 0], [5, 1]], ["C", "D"])
EXTORT_2 = MemoryOne(["8/9", "1/2", "1/3", 0], first=0)


def long_run(p: list[float], q: list[float]) -> tuple[float, float]:
    """Payoffs by the left eigenvector of the chain of CC, CD, DC, DD, written out; q as its owner sees it."""
    faced = [q[0], q[2], q[1], q[3]]
    chain = np.array([[x * y, x * (1 - y), (1 - x) * y, (1 - x) * (1 - y)] for x, y in zip(p, faced, strict=True)])
    values, vectors = np.linalg.eig(chain.T)
    law = np.real(vectors[:, np.argmin(abs(values - 1))])
    law /= law.sum()
    return float(law @ [3, 0, 5, 1]), float(law @ [3, 5, 0, 1])


def test_extort_2_takes_twice_the_surplus_of_any_opponent() -> None:
    """(s_X - 1)/(s_Y - 1) = 2 for opponents in the open cube: in fractions exactly, and beside eigenvectors to 1e-9."""
    rng = np.random.default_rng(0)
    opponents = {f"q{k}": MemoryOne(rng.uniform(0.01, 0.99, 4), first=0) for k in range(40)}
    game = repeated_game(STAGE, {"Extort-2": EXTORT_2, **opponents}, LimitOfMeans())
    for j, rule in enumerate(opponents.values(), start=1):
        mine, yours = game.payoffs[0][j], game.payoffs[j][0]
        assert (mine - 1) / (yours - 1) == 2
        slow = long_run([8 / 9, 1 / 2, 1 / 3, 0], [float(x) for x in rule.after])
        assert [float(mine), float(yours)] == pytest.approx(slow, abs=1e-9)
        assert (slow[0] - 1) / (slow[1] - 1) == pytest.approx(2, abs=1e-7)


def test_against_the_unconditional_cooperator() -> None:
    """s_X = 3.5 and s_Y = 2.25."""
    game = repeated_game(STAGE, {"Extort-2": EXTORT_2, "ALLC": always_cooperate()}, LimitOfMeans())
    assert (game.payoffs[0][1], game.payoffs[1][0]) == (Fraction(7, 2), Fraction(9, 4))
    assert long_run([8 / 9, 1 / 2, 1 / 3, 0], [1, 1, 1, 1]) == pytest.approx((3.5, 2.25), abs=1e-9)


def test_it_is_found_to_be_an_extortioner_and_is_made_as_one() -> None:
    """chi = 2 with phi = 1/18; Press and Dyson admit phi up to (P - S)/((P - S) + chi (T - P)) = 1/9."""
    found = find_enforced_relation(EXTORT_2, STAGE)
    assert found.relation == PayoffRelation.through(1, chi=2) and found.kind == "extortionate"
    assert found.phi == Fraction(1, 18) and found.relation.at("3.5", "2.25") == 0
    assert find_phi_range(PayoffRelation.through(1, chi=2), STAGE) == (0, Fraction(1, 9))
    assert extortionate(STAGE, chi=2, phi="1/18", first=0) == EXTORT_2


def test_their_example_of_extortion() -> None:
    """Press and Dyson (2012): chi = 3 with phi = 1/26, half of the largest, is (11/13, 1/2, 7/26, 0); with a full cooperator 3.73 and 1.91."""
    rule = extortionate(STAGE, chi=3, phi="1/26", first=0)
    assert rule.after == MemoryOne(["11/13", "1/2", "7/26", 0]).after
    assert find_phi_range(PayoffRelation.through(1, chi=3), STAGE) == (0, Fraction(1, 13))
    game = repeated_game(STAGE, {"extortioner": rule, "ALLC": always_cooperate()}, LimitOfMeans())
    mine, yours = game.payoffs[0][1], game.payoffs[1][0]
    # their formulas (2 + 13 chi)/(2 + 3 chi) and (12 + 3 chi)/(2 + 3 chi), whatever phi is
    assert (mine, yours) == (Fraction(2 + 13 * 3, 2 + 3 * 3), Fraction(12 + 3 * 3, 2 + 3 * 3))
    assert [round(float(x), 2) for x in (mine, yours)] == [3.73, 1.91]
