"""The nucleolus against the Talmud's rule, Kohlberg's criterion and simple games."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from coopgame import CoalitionalGame, UnsupportedError, find_core, find_nucleolus, is_in_core
from tests.coalitions.random_games import coalitional_games, superadditive_games


def estate(amount: Fraction, claims: list[Fraction]) -> CoalitionalGame:
    """What is left to a coalition when the others are paid in full (O'Neill 1982)."""
    names = "ABCDEF"[: len(claims)]
    claim = dict(zip(names, claims, strict=True))
    return CoalitionalGame(
        list(names), lambda s: max(Fraction(0), amount - sum(d for p, d in claim.items() if p not in s))
    )


def equal_up_to(amount: Fraction, bounds: list[Fraction]) -> list[Fraction]:
    """Everybody gets the same, but nobody more than a bound."""
    given: dict[int, Fraction] = {}
    for n, i in enumerate(sorted(range(len(bounds)), key=bounds.__getitem__)):
        given[i] = min(bounds[i], (amount - sum(given.values())) / (len(bounds) - n))
    return [given[i] for i in range(len(bounds))]


def talmud(amount: Fraction, claims: list[Fraction]) -> list[Fraction]:
    """Aumann and Maschler (1985): up to half of all claims gains are equal, beyond it losses, each up to half of one's claim."""
    halves = [claim / 2 for claim in claims]
    if amount <= sum(halves):
        return equal_up_to(amount, halves)
    losses = equal_up_to(sum(claims) - amount, halves)
    return [claim - loss for claim, loss in zip(claims, losses, strict=True)]


@pytest.mark.parametrize(
    ("amount", "shares"),
    [(100, [Fraction(100, 3)] * 3), (200, [50, 75, 75]), (300, [50, 100, 150])],
)
def test_the_estates_of_the_mishna(amount: int, shares: list[Fraction]) -> None:
    """Aumann and Maschler (1985), Journal of Economic Theory 36: claims of 100, 200 and 300 on three estates."""
    claims = [Fraction(claim) for claim in (100, 200, 300)]
    assert talmud(Fraction(amount), claims) == shares
    assert list(find_nucleolus(estate(Fraction(amount), claims)).values()) == shares


@settings(max_examples=60)
@given(st.lists(st.integers(1, 30).map(Fraction), min_size=1, max_size=5), st.fractions(0, 1, max_denominator=12))
def test_the_nucleolus_divides_an_estate_as_the_talmud(claims: list[Fraction], part: Fraction) -> None:
    amount = part * sum(claims)
    assert list(find_nucleolus(estate(amount, claims)).values()) == talmud(amount, claims)


def kohlberg(game: CoalitionalGame, payoffs: list[Fraction]) -> bool:
    """Kohlberg (1971): no change that hurts none of the coalitions with the largest excesses helps one of them, at any level."""
    masks = range(1, 2 ** len(game.players) - 1)
    excess = {m: game.worth_of(m) - sum(x for i, x in enumerate(payoffs) if m >> i & 1) for m in masks}
    for level in set(excess.values()):
        table = np.array(
            [[m >> i & 1 for i in range(len(payoffs))] for m in masks if excess[m] >= level], dtype=float
        )
        done = linprog(
            -table.sum(axis=0),
            -table,
            np.zeros(len(table)),
            np.ones((1, len(payoffs))),
            [0],
            bounds=(-1, 1),
            method="highs",
        )
        assert done.status == 0
        if done.fun < -1e-7:
            return False
    return True


@settings(max_examples=50)
@given(superadditive_games(least=2, most=4))
def test_kohlbergs_criterion(game: CoalitionalGame) -> None:
    """In a superadditive game the nucleolus is the prenucleolus, which the criterion characterises."""
    nucleolus = find_nucleolus(game)
    assert sum(nucleolus.values()) == game.total
    assert all(payoff >= game.worth([player]) for player, payoff in nucleolus.items())
    assert kohlberg(game, list(nucleolus.values()))
    shifted = list(nucleolus.values())
    shifted[0] += Fraction(1, 10)
    shifted[-1] -= Fraction(1, 10)
    assert not kohlberg(game, shifted)
    if not find_core(game).empty:
        assert is_in_core(game, nucleolus)


@settings(max_examples=40)
@given(coalitional_games(least=2, most=4), st.data())
def test_no_other_division_has_lower_excesses(game: CoalitionalGame, data: st.DataObject) -> None:
    """By definition, against divisions drawn at random: excesses in falling order are compared lexicographically."""
    alone = [game.worth([p]) for p in game.players]
    if sum(alone) > game.total:
        with pytest.raises(UnsupportedError, match="no division satisfies every player"):
            find_nucleolus(game)
        return

    def complaints(payoffs: list[Fraction]) -> list[Fraction]:
        got = [sum(x for i, x in enumerate(payoffs) if m >> i & 1) for m in range(2 ** len(payoffs))]
        return sorted((game.worth_of(m) - g for m, g in enumerate(got)), reverse=True)

    best = list(find_nucleolus(game).values())
    weights = data.draw(st.lists(st.integers(0, 5), min_size=len(alone), max_size=len(alone)).filter(any))
    surplus = game.total - sum(alone)
    far = [a + surplus * w / sum(weights) for a, w in zip(alone, weights, strict=True)]
    near = [b + (f - b) / 64 for b, f in zip(best, far, strict=True)]
    for other in (far, near):
        assert complaints(best) <= complaints(other)
        assert other == best or complaints(best) < complaints(other)


def test_small_games() -> None:
    assert find_nucleolus(CoalitionalGame(["A"], {"A": 3})) == {"A": 3}
    # two players share the surplus; in a symmetric game all get the same
    assert find_nucleolus(CoalitionalGame(["A", "B"], {"A": 1, "B": 2, "A, B": 7})) == {"A": 3, "B": 4}
    majority = CoalitionalGame(list("ABCDE"), lambda members: int(len(members) >= 3))
    assert set(find_nucleolus(majority).values()) == {Fraction(1, 5)}
    gloves = CoalitionalGame(["L", "R1", "R2"], {"L, R1": 1, "L, R2": 1, "L, R1, R2": 1}, others=0)
    assert list(find_nucleolus(gloves).values()) == [1, 0, 0]
    with pytest.raises(UnsupportedError, match="the nucleolus of 17 players"):
        find_nucleolus(CoalitionalGame([f"p{i}" for i in range(17)], {}, others=0))
