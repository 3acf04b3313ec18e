"""The core: proofs of emptiness, ranges and extreme points against linear programs of scipy, definitions and published games."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.optimize import linprog

from coopgame import (
    BalancedCollection,
    CoalitionalGame,
    GameError,
    NormalFormGame,
    UnsupportedError,
    find_core,
    find_core_vertices,
    find_nucleolus,
    is_convex,
    is_in_core,
)
from coopgame.coalitions.simplex import Column, maximise
from coopgame.coalitions.vertices import cut_imputations, marginal_vectors
from tests.coalitions.random_games import coalitional_games, convex_games, superadditive_games


def by_scipy(game: CoalitionalGame, direction: np.ndarray) -> float | None:
    """The least of a linear function over the core in floating point; None where the core is empty."""
    masks = range(1, 2 ** len(game.players))
    table = np.array([[mask >> i & 1 for i in range(len(game.players))] for mask in masks], dtype=float)
    worths = np.array([float(game.worth_of(mask)) for mask in masks])
    done = linprog(direction, -table, -worths, table[-1:], worths[-1:], bounds=(None, None), method="highs")
    assert done.status in (0, 2)
    return None if done.status == 2 else float(done.fun)


@settings(max_examples=80)
@given(coalitional_games(most=4) | superadditive_games(most=4) | convex_games(most=4))
def test_the_core_is_what_linear_programs_find(game: CoalitionalGame) -> None:
    core = find_core(game)
    units = np.eye(len(game.players))
    assert core.empty == (by_scipy(game, units[0]) is None)
    if core.empty:
        assert core.certificate is not None and core.certificate.verify()
        assert core.ranges == {} and core.allocation is None
        assert find_core_vertices(game) == ()
        with pytest.raises(UnsupportedError, match="the core is empty"):
            core.at_confidence(0)
        return
    assert core.allocation is not None and is_in_core(game, core.allocation)
    for unit, (low, high) in zip(units, core.ranges.values(), strict=True):
        assert float(low) == pytest.approx(by_scipy(game, unit), abs=1e-7)
        assert -float(high) == pytest.approx(by_scipy(game, -unit), abs=1e-7)
    points = find_core_vertices(game)
    assert all(is_in_core(game, point) for point in points)
    assert core.single == (len(points) == 1)
    for player in game.players:
        payoffs = [point[player] for point in points]
        assert core.ranges[player] == (min(payoffs), max(payoffs))
    direction = np.array([3.0, -1.0, 0.5, 2.0])[: len(game.players)]
    least = min(sum(float(x) * d for x, d in zip(point.values(), direction, strict=True)) for point in points)
    assert least == pytest.approx(by_scipy(game, direction), abs=1e-7)


@settings(max_examples=40)
@given(convex_games(most=4))
def test_shapleys_theorem_on_convex_games(game: CoalitionalGame) -> None:
    """Shapley (1971): the core's extreme points are the vectors of marginal contributions, and the Shapley value is their mean."""
    assert is_convex(game)
    assert cut_imputations(game) == marginal_vectors(game)
    assert is_in_core(game, game.shapley_values())
    core = find_core(game)
    assert core.ranges == {p: (game.worth([p]), game.added_value(p)) for p in game.players}


def test_convex_games_of_five_and_six() -> None:
    """The game whose worth is the square of the sum of weights; strictly convex, so all n! vectors are different."""
    for players in ("abcde", "abcdef"):
        game = CoalitionalGame(list(players), lambda members: sum("abcdef".index(p) + 1 for p in members) ** 2)
        points = cut_imputations(game)
        assert points == marginal_vectors(game)
        assert len(points) == len(list(permutations(players)))


def test_majority_has_no_core() -> None:
    """Bondareva (1963), Shapley (1967): half the time with either partner, three coalitions of two earn 3/2, all together 1."""
    core = find_core(CoalitionalGame(["A", "B", "C"], lambda members: int(len(members) >= 2)))
    assert core.certificate is not None
    half = Fraction(1, 2)
    assert core.certificate.weights == {("A", "B"): half, ("A", "C"): half, ("B", "C"): half}
    assert (core.certificate.worth, core.certificate.verify()) == (Fraction(3, 2), True)
    assert (
        str(core).splitlines()[0].endswith("the core is empty, for 1/2*v(A, B) + 1/2*v(A, C) + 1/2*v(B, C) = 3/2 > 1")
    )
    assert str(core).splitlines()[2].split() == ["A", "0", "0", "1/3", "-", "-", "-"]
    assert "the core is empty" in core._repr_html_()
    assert core.to_dataframe().loc["A"].isna().tolist() == [False, False, False, True, True, True]


def test_a_wrong_certificate_is_found_out() -> None:
    game = CoalitionalGame(["A", "B"], {"A": 1, "B": 1, "A, B": 1})
    assert BalancedCollection(game, {("A",): Fraction(1), ("B",): Fraction(1)}).verify()
    assert not BalancedCollection(game, {("A",): Fraction(2), ("B",): Fraction(1)}).verify()
    assert not BalancedCollection(game, {("A",): Fraction(1), ("B",): Fraction(1), ("A", "B"): Fraction(0)}).verify()
    assert not BalancedCollection(game, {("A", "B"): Fraction(1)}).verify()


@pytest.mark.parametrize(("left", "right"), [(1, 2), (2, 3), (3, 3), (2, 1)])
def test_glove_games(left: int, right: int) -> None:
    """The long side of the market gets nothing in the core; with equal numbers all prices of a glove from 0 to 1 are left."""
    players = [*(f"L{i}" for i in range(left)), *(f"R{i}" for i in range(right))]
    core = find_core(CoalitionalGame(players, lambda s: min(sum(p[0] == side for p in s) for side in "LR")))
    for player, found in core.ranges.items():
        short = (player[0] == "L") == (left < right)
        assert found == ((0, 1) if left == right else (int(short), int(short)))


def test_bargaining_in_a_biform_game() -> None:
    """A seller of one good, and buyers who would pay 9 and 15: competition brings the price to 9, bargaining decides the rest up to 15."""
    game = CoalitionalGame(
        ["seller", "low", "high"], {"seller, low": 9, "seller, high": 15, "seller, low, high": 15}, others=0
    )
    core = find_core(game)
    assert core.ranges == {"seller": (9, 15), "low": (0, 0), "high": (0, 6)}
    assert core.guaranteed == {"seller": 9, "low": 0, "high": 0}
    assert core.to_bargain == {"seller": 6, "low": 0, "high": 6}
    assert core.at_confidence("1/2") == {"seller": 12, "low": 0, "high": 3}
    assert core.at_confidence({"seller": 1, "low": 0, "high": "1/3"}) == {"seller": 15, "low": 0, "high": 2}
    assert not core.empty and not core.single
    with pytest.raises(GameError, match="the confidence of seller is 2; it lies between 0 and 1"):
        core.at_confidence(2)
    with pytest.raises(GameError, match="check low"):
        core.at_confidence({"seller": 1, "high": 0})
    assert "core from  core to" in str(core)


def test_divisions_are_judged() -> None:
    game = CoalitionalGame(["A", "B"], {"A": 1, "B": 1, "A, B": 3})
    assert is_in_core(game, {"A": "3/2", "B": 1.5})
    assert str(is_in_core(game, [2, 1])) == "yes: no coalition is worth more than it gets"
    short = is_in_core(game, [1, 1])
    assert (bool(short), short.gap) == (False, 1)
    assert short.because == "the payoffs add up to 2, all players together are worth 3"
    blocked = is_in_core(game, {"B": "1/3", "A": "8/3"})
    assert (blocked.coalitions, blocked.gap) == ((("B",),), Fraction(2, 3))
    assert str(blocked) == "no: B gets 1/3 and is worth 1"
    for wrong, message in (
        ([1], "1 payoffs for 2 players"),
        ({"A": 3}, "check B"),
        ({"A": 1, "B": 1, "X": 1}, "check X"),
        (["a", 1], "payoff of A"),
    ):
        with pytest.raises(GameError, match=message):
            is_in_core(game, wrong)


def test_extremes_of_size_and_number() -> None:
    one = find_core(CoalitionalGame(["A"], {"A": "-1/3"}))
    assert one.ranges == {"A": (Fraction(-1, 3), Fraction(-1, 3))} and one.single
    assert find_core_vertices(one.game) == ({"A": Fraction(-1, 3)},)
    nothing = find_core(CoalitionalGame(["A", "B", "C"], {}, others=0))
    assert nothing.single and nothing.allocation == {"A": 0, "B": 0, "C": 0}
    # a surplus of 1e-300 beside worths of 1e300 is seen
    big, tiny = Fraction(10) ** 300, Fraction(1, 10**300)
    game = CoalitionalGame(["A", "B"], {"A": big, "B": -big, "A, B": tiny})
    assert find_core(game).ranges == {"A": (big, big + tiny), "B": (-big, -big + tiny)}
    short = CoalitionalGame(["A", "B"], {"A": big, "B": -big, "A, B": -tiny})
    assert find_core(short).empty
    with pytest.raises(UnsupportedError, match="at most 8 players"):
        find_core_vertices(CoalitionalGame(list("ABCDEFGHI"), {}, others=0))


def test_ties_do_not_make_the_simplex_method_cycle() -> None:
    """Beale (1955), Naval Research Logistics Quarterly 2: cycles under the usual rules; the optimum is 1/20."""
    rows = [["1/4", -60, "-1/25", 9], ["1/2", -90, "-1/50", 3], [0, 0, 1, 0]]
    worths = [Fraction(w) for w in ("3/4", "-150", "1/50", "-6")]
    columns = [Column(j, tuple(Fraction(row[j]) for row in rows), worths[j]) for j in range(4)]
    slack = [Column(4 + i, tuple(int(i == k) for k in range(3)), Fraction(0)) for i in range(3)]

    def better(prices: list[Fraction]) -> Column | None:
        gains = {
            c.key: c.worth - sum(p * a for p, a in zip(prices, c.entries, strict=True)) for c in [*columns, *slack]
        }
        best = max(gains, key=gains.__getitem__)
        return [*columns, *slack][best] if gains[best] > 0 else None

    optimum = maximise(slack, [0, 0, 1], better)
    assert optimum is not None
    assert optimum.value == Fraction(1, 20)
    assert optimum.prices[2] == Fraction(1, 20)
    assert {key: optimum.variables[key] for key in (0, 2)} == {0: Fraction(1, 25), 2: 1}


def test_an_unbounded_program_has_no_maximum() -> None:
    grows = Column(0, (Fraction(-1),), Fraction(1))
    assert maximise([Column(1, (1,), Fraction(0))], [1], lambda prices: grows) is None


def test_a_game_in_normal_form_has_no_coalitions() -> None:
    game = NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]])
    for ask in (find_core, find_core_vertices, find_nucleolus, lambda given: is_in_core(given, [1, 1])):
        with pytest.raises(
            GameError, match=r"what coalitions are worth; give .* coalitional_game_of\(game, values\)"
        ):
            ask(game)  # type: ignore[arg-type]
