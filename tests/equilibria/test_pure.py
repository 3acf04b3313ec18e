"""Pure Nash equilibria beside trying all deviations, ties included."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, PopulationGame, find_pure_nash_equilibria
from coopgame.errors import ParameterError, UnsupportedError

Found = dict[tuple[str, ...], bool]


def brute_force(payoffs: np.ndarray) -> Found:
    """Profiles no player leaves with gain, and whether every change loses; payoffs by player and profile."""
    found = {}
    for profile in product(*map(range, payoffs.shape[1:])):
        margins = []
        for player, played in enumerate(profile):
            line = payoffs[(player, *profile[:player], slice(None), *profile[player + 1 :])]
            margins += [line[played] - value for other, value in enumerate(line) if other != played]
        if all(margin >= 0 for margin in margins):
            found[tuple(str(s + 1) for s in profile)] = all(margin > 0 for margin in margins)
    return found


def by_package(game: object, values: dict[str, object] | None = None) -> Found:
    equilibria = find_pure_nash_equilibria(game, values)  # type: ignore[arg-type]
    assert len({e.profile for e in equilibria}) == len(equilibria)
    return {equilibrium.profile: equilibrium.strict for equilibrium in equilibria}


@settings(max_examples=100)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 10_000), st.integers(1, 5))
def test_bimatrix_games(rows: int, columns: int, seed: int, top: int) -> None:
    payoffs = np.random.default_rng(seed).integers(-top, top + 1, (2, rows, columns))
    game = NormalFormGame.from_bimatrix(*(table.tolist() for table in payoffs))
    assert by_package(game) == brute_force(payoffs)


@settings(max_examples=60)
@given(st.integers(3, 4), st.integers(0, 10_000), st.integers(1, 4))
def test_games_of_three_and_four_players(players: int, seed: int, top: int) -> None:
    payoffs = np.random.default_rng(seed).integers(-top, top + 1, (players, *[2] * players))
    assert by_package(NormalFormGame([table.tolist() for table in payoffs])) == brute_force(payoffs)


def test_unequal_numbers_of_strategies() -> None:
    payoffs = np.random.default_rng(3).integers(-2, 3, (3, 2, 3, 4))
    assert by_package(NormalFormGame([table.tolist() for table in payoffs])) == brute_force(payoffs)


@settings(max_examples=60)
@given(st.integers(1, 5), st.integers(0, 10_000), st.integers(1, 4))
def test_symmetric_games(size: int, seed: int, top: int) -> None:
    """Of the two-player game with transposed tables, the equilibria where both play the same."""
    table = np.random.default_rng(seed).integers(-top, top + 1, (size, size))
    both = brute_force(np.array([table, table.T]))
    diagonal = {(first,): strict for (first, second), strict in both.items() if first == second}
    assert by_package(MatrixGame(table.tolist())) == diagonal


@pytest.mark.parametrize(
    ("bonus", "strict"), [(Fraction(1, 10**20), True), (Fraction(0), False), (Fraction(-1, 10**20), None)]
)
def test_ties_are_decided_exactly(bonus: Fraction, strict: bool | None) -> None:
    """Differences far below floating point count, and 0.1 + 0.2 is 0.3."""
    game = NormalFormGame.from_bimatrix([["0.1 + 0.2 + e", "0"], ["0.3", "1"]], [["1", "0"], ["2", "0"]])
    assert by_package(game, {"e": bonus}).get(("1", "1")) is strict


def test_parameters_need_values_and_tables_are_needed() -> None:
    game = MatrixGame([["a", "0"], ["0", "1"]])
    with pytest.raises(ParameterError, match="no value for a"):
        find_pure_nash_equilibria(game)
    assert by_package(game, {"a": 1}) == {("1",): True, ("2",): True}
    assert by_package(game, {"a": 0}) == {("1",): False, ("2",): True}
    assert by_package(game, {"a": -1}) == {("2",): True}
    with pytest.raises(UnsupportedError, match="payoff table"):
        find_pure_nash_equilibria(PopulationGame.from_advantages({"x": "y", "y": "x"}))


def test_six_players_with_three_strategies() -> None:
    """729 profiles; the brute force reads the same table."""
    payoffs = np.random.default_rng(5).integers(0, 40, (6, *[3] * 6))
    assert by_package(NormalFormGame([table.tolist() for table in payoffs])) == brute_force(payoffs)


def test_huge_and_tiny_payoffs_are_compared_exactly() -> None:
    row = [[Fraction(10) ** 300, 0], [Fraction(10) ** 300 + Fraction(1, 10**300), 1]]
    column = [[Fraction(1, 10**300), 0], [0, Fraction(1, 10**300)]]
    game = NormalFormGame.from_bimatrix(row, column)
    assert by_package(game) == {("2", "2"): True}


def test_one_player_and_one_strategy() -> None:
    assert by_package(NormalFormGame([[1, 3, 3]])) == {("2",): False, ("3",): False}
    assert by_package(NormalFormGame.from_bimatrix([[0]], [[0]])) == {("1", "1"): True}
    assert by_package(MatrixGame([[0]])) == {("1",): True}
