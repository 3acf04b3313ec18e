"""Exact gains in finite populations against a sum over all groups, and limits of large populations."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
import sympy

from coopgame import (
    GameError,
    GroupGame,
    collective_risk,
    find_finite_gains,
    find_rest_points,
    group_snowdrift,
    threshold_public_good,
    volunteers_dilemma,
)

VALUES = {"b": Fraction(2), "K": Fraction(3), "fee": Fraction(1, 3), "f0": Fraction(1, 7)}


def over_all_groups(game: GroupGame, size: int, i: int, values: dict[str, Fraction]) -> Fraction:
    """Mean payoffs over all groups that contain the player, of a population of named members."""
    point = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
    means = []
    for strategy, others in ((0, i - 1), (1, i)):
        rest = [0] * others + [1] * (size - 1 - others)
        payoffs = [game.payoffs[strategy][group.count(0)].subs(point) for group in combinations(rest, game.size - 1)]
        mean = sum(payoffs, sympy.Integer(0)) / len(payoffs)
        means.append(Fraction(int(mean.p), int(mean.q)))
    return means[0] - means[1]


@pytest.mark.parametrize(("n", "m", "size"), [(3, 2, 3), (3, 2, 8), (4, 1, 9), (4, 4, 7)])
def test_gains_sum_over_all_groups(n: int, m: int, size: int) -> None:
    game = threshold_public_good(n, m)
    gains = find_finite_gains(game, size)
    assert gains.numbers(VALUES) == tuple(over_all_groups(game, size, i, VALUES) for i in range(1, size))


def test_large_populations_tend_to_the_advantage() -> None:
    game = collective_risk(6, 3)
    values = {"b": 1, "c": "0.1", "r": "0.5"}
    size = 4000
    numbers = find_finite_gains(game, size).numbers(values)
    points = [p for p in find_rest_points(game, values) if p.kind == "interior"]
    crossings = [i / size for i in range(1, size - 1) if numbers[i - 1] * numbers[i] < 0]
    assert crossings == pytest.approx([float(p.state[0]) for p in points], abs=1e-3)
    assert find_finite_gains(game, size).sign_changes(values) == 2


@pytest.mark.parametrize("game", [volunteers_dilemma(3), group_snowdrift(4)])
def test_balance_and_invasion_against_the_chain(game: GroupGame) -> None:
    """Fixation probabilities by the product formula, Fermi's rule: their ratio, and the sign at weak selection."""
    size, values = 11, {"b": 3, "c": 1}
    gains = find_finite_gains(game, size)
    numbers = [float(v) for v in gains.numbers(values)]
    point = {sympy.Symbol(n): v for n, v in values.items()}

    def fixation(beta: float) -> tuple[float, float]:
        up = np.concatenate([[0], np.cumsum([-beta * g for g in numbers])])
        down = np.concatenate([[0], np.cumsum([beta * g for g in numbers[::-1]])])
        return float(1 / np.exp(up).sum()), float(1 / np.exp(down).sum())

    for beta in (0.1, 2.0):
        first, second = fixation(beta)
        assert np.log(first / second) == pytest.approx(beta * float(gains.balance().subs(point)), rel=1e-10)
    beta = 1e-7
    slope = (fixation(beta)[0] - 1 / size) / beta * size**2
    assert slope == pytest.approx(float(gains.invasion().subs(point)), rel=1e-4)


def test_pairs_give_the_one_third_law() -> None:
    """Groups of two: invasion/size**2 tends to d_0/3 + d_1/6, positive where x* < 1/3 in a coordination game."""
    game = GroupGame({"A": ["p", "q"], "B": [0, 0]}, 2)
    size = 2000
    value = find_finite_gains(game, size).invasion().subs({"p": -1, "q": sympy.Rational(21, 10)})
    assert float(value) / size**2 == pytest.approx(-1 / 3 + 2.1 / 6, abs=2e-3)


def test_a_population_holds_a_group() -> None:
    for size in (2, 3.5, True):
        with pytest.raises(GameError, match="at least 4"):
            find_finite_gains(volunteers_dilemma(4), size)  # type: ignore[arg-type]
    assert len(find_finite_gains(volunteers_dilemma(4), 4).gains) == 3
