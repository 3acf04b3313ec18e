"""CoalitionalGame: worths as given, Shapley and Banzhaf values against published numbers and counting, convex and superadditive games."""

from __future__ import annotations

import math
import pickle
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    CoalitionalGame,
    CoopgameError,
    GameError,
    ParameterError,
    UnsupportedError,
    is_convex,
    is_superadditive,
)
from tests.coalitions.random_games import coalitional_games, convex_games, of_worths, superadditive_games


def subsets(players: tuple[str, ...]) -> list[frozenset[str]]:
    return [frozenset(c) for size in range(len(players) + 1) for c in combinations(players, size)]


def mean_over_orders(game: CoalitionalGame) -> dict[str, Fraction]:
    """Shapley's definition, order by order."""
    total = dict.fromkeys(game.players, Fraction(0))
    for order in permutations(game.players):
        for i, player in enumerate(order):
            total[player] += game.worth(order[: i + 1]) - game.worth(order[:i])
    return {player: value / math.factorial(len(game.players)) for player, value in total.items()}


@settings(max_examples=60)
@given(coalitional_games(most=5))
def test_shapley_values_are_means_over_orders_and_add_up(game: CoalitionalGame) -> None:
    values = game.shapley_values()
    assert values == mean_over_orders(game)
    assert sum(values.values()) == game.total


@settings(max_examples=40)
@given(coalitional_games(most=4), st.data())
def test_shapleys_axioms(game: CoalitionalGame, data: st.DataObject) -> None:
    other = data.draw(coalitional_games(least=len(game.players), most=len(game.players)))
    both = CoalitionalGame(game.players, lambda members: game.worth(members) + other.worth(members))
    first, second = game.shapley_values(), other.shapley_values()
    assert both.shapley_values() == {p: first[p] + second[p] for p in game.players}
    # a player who adds a constant gets it; two who may be exchanged get the same
    joined = CoalitionalGame([*game.players, "null"], lambda s: game.worth(s - {"null"}) + (7 if "null" in s else 0))
    assert joined.shapley_values() == {**first, "null": 7}
    a, b = game.players[0], game.players[-1]
    swap = {a: b, b: a}
    even = CoalitionalGame(game.players, lambda s: game.worth(s) + game.worth([swap.get(p, p) for p in s]))
    assert even.shapley_values()[a] == even.shapley_values()[b]


@settings(max_examples=40)
@given(coalitional_games(most=4))
def test_banzhaf_values_are_means_over_coalitions(game: CoalitionalGame) -> None:
    for player, value in game.banzhaf_values().items():
        rest = tuple(p for p in game.players if p != player)
        gains = [game.worth(s | {player}) - game.worth(s) for s in subsets(rest)]
        assert value == Fraction(sum(gains)) / len(gains)


@pytest.mark.parametrize(
    ("small", "votes", "great", "little"),
    [
        # Shapley and Shubik (1954), American Political Science Review 48: the five great powers have 98.7 per cent together
        (6, 7, Fraction(76, 385), Fraction(1, 462)),
        # the fifteen members since 1965: a small one decides with three others and the five before it, and five after it
        (10, 9, Fraction(421, 2145), Fraction(84 * math.factorial(8) * math.factorial(6), math.factorial(15))),
    ],
)
def test_the_security_council(small: int, votes: int, great: Fraction, little: Fraction) -> None:
    powers = {"China", "France", "Russia", "United Kingdom", "United States"}
    members = [*sorted(powers), *(f"member {i}" for i in range(small))]
    council = CoalitionalGame(members, lambda s: int(powers <= s and len(s) >= votes))
    assert council.shapley_values() == {m: great if m in powers else little for m in members}
    assert 5 * great + small * little == 1
    if small == 6:
        assert round(float(5 * great), 3) == 0.987


@settings(max_examples=25)
@given(st.lists(st.fractions(0, 50, max_denominator=4), min_size=1, max_size=7))
def test_the_airport_game(costs: list[Fraction]) -> None:
    """Littlechild and Owen (1973), Management Science 20: every part of the runway is paid by those who need it, in equal shares."""
    planes = [f"plane {i}" for i in range(len(costs))]
    cost = dict(zip(planes, costs, strict=True))
    game = CoalitionalGame(planes, lambda members: -max(cost[p] for p in members))
    order = sorted(planes, key=cost.__getitem__)
    paid, before = Fraction(0), Fraction(0)
    for k, plane in enumerate(order):
        paid += (cost[plane] - before) / (len(order) - k)
        before = cost[plane]
        assert game.shapley_values()[plane] == -paid
    assert is_convex(game)


def test_many_coalitions() -> None:
    """A sum of unanimity games has the dividends, equally shared, as Shapley value (Shapley 1953)."""
    players = [f"p{i}" for i in range(16)]
    teams = {
        frozenset(players[:3]): Fraction(3, 7),
        frozenset(players[2:12]): Fraction(-5),
        frozenset(players): Fraction(2**70),
    }
    game = CoalitionalGame(players, lambda s: sum((d for team, d in teams.items() if team <= s), Fraction(0)))
    expected = {p: sum((d / len(team) for team, d in teams.items() if p in team), Fraction(0)) for p in players}
    assert game.shapley_values() == expected


# worths ---------------------------------------------------------------------------------------------------------

TABLE = {
    "A": 1,
    "B": "0.1",
    "C": Fraction(1, 3),
    ("A", "B"): 2,
    frozenset("AC"): 2.5,
    "C , B": "7/2",
    ("C", "A", "B"): 4,
}


def test_coalitions_may_be_written_in_many_ways() -> None:
    game = CoalitionalGame(["A", "B", "C"], TABLE, name="table")
    assert game == CoalitionalGame(["A", "B", "C"], {**TABLE, (): 0}, name="table")
    assert hash(game) == hash(pickle.loads(pickle.dumps(game)))
    assert game != CoalitionalGame(["A", "B", "C"], {**TABLE, "A": 2}, name="table")
    assert [game.worth(c) for c in ("", "B", "B,A", ["C", "A"], {"B", "C"})] == [
        0,
        Fraction(1, 10),
        2,
        Fraction(5, 2),
        Fraction(7, 2),
    ]
    assert game.total == 4
    assert game.added_values() == {"A": Fraction(1, 2), "B": Fraction(3, 2), "C": 2}
    assert repr(game) == "<CoalitionalGame 'table': 3 players>"
    with pytest.raises(AttributeError):
        game.name = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: CoalitionalGame("AB", {}), GameError, "a list of names is needed"),
        (lambda: CoalitionalGame([], {}), GameError, "0 players; there may be 1 to"),
        (lambda: CoalitionalGame(["A", "A"], {}, others=0), GameError, "players repeat"),
        (lambda: CoalitionalGame(["A, B"], {}, others=0), GameError, "'A, B' is no name of a player"),
        (lambda: CoalitionalGame([" A"], {}, others=0), GameError, "' A' is no name of a player"),
        (lambda: CoalitionalGame(["A", "B"], [0, 1, 1, 2]), GameError, r"worth is \[0, 1, 1, 2\]; a mapping"),
        (lambda: CoalitionalGame(["A", "B"], {"A": 1}), GameError, r"no worth of B; A, B; give it, or others=0"),
        (
            lambda: CoalitionalGame(list("ABCD"), {"A": 1}),
            GameError,
            r"no worth of B; A, B; C; A, C; B, C and 9 more",
        ),
        (
            lambda: CoalitionalGame(["A", "B"], {"A": 1, "X": 2}, others=0),
            GameError,
            "'X' is no player; the players are A, B",
        ),
        (lambda: CoalitionalGame(["A", "B"], {"A, A": 1}, others=0), GameError, "'A' stands twice in a coalition"),
        (
            lambda: CoalitionalGame(["A", "B"], {"A, B": 1, ("B", "A"): 1}, others=0),
            GameError,
            "coalition A, B stands twice",
        ),
        (lambda: CoalitionalGame(["A", "B"], {"": 1}, others=0), GameError, "the empty coalition is worth 1"),
        (lambda: CoalitionalGame(["A", "B"], {"A, B": math.nan}, others=0), ParameterError, "worth of A, B: got nan"),
        (lambda: CoalitionalGame(["A", "B"], {"A": "b - c"}, others=0), ParameterError, "worth of A: got 'b - c'"),
        (
            lambda: CoalitionalGame(["A", "B"], lambda s: len(s) > 1),
            ParameterError,
            "worth of A: got False, a number is needed",
        ),
        (lambda: CoalitionalGame(["A", "B"], len).added_value("C"), GameError, "'C' is no player"),
    ],
)
def test_errors_name_what_is_wrong(make: Callable[[], Any], error: type[CoopgameError], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_many_players_have_worths_and_added_values_only() -> None:
    players = [f"p{i}" for i in range(40)]
    game = CoalitionalGame(players, lambda members: len(members) ** 2)
    assert (game.total, game.added_value("p7"), game.worth(["p1"])) == (1600, 1600 - 39**2, 1)
    with pytest.raises(UnsupportedError, match="40 players have too many coalitions"):
        game.shapley_values()
    assert "p7      1      79           -" in str(game)
    named = CoalitionalGame(players, {"p0, p1": 3}, others=1)
    assert (named.worth("p0, p1"), named.total, named.worth("")) == (3, 1, 0)
    with pytest.raises(GameError, match="and 1099511627769 more"):
        CoalitionalGame(players, {"p0": 3})


def test_tables_show_names_and_exact_numbers() -> None:
    game = CoalitionalGame(["<L>", "R"], {"<L>": 0, "R": "1/3", "<L>, R": 1}, name="gloves & more")
    assert str(game) == (
        "gloves & more: 2 players, together worth 1\n"
        "player  alone  added value  Shapley value  Shapley / added value\n"
        "<L>     0      2/3          1/3            1/2\n"
        "R       1/3    1            2/3            2/3"
    )
    html = game._repr_html_()
    assert "<caption>gloves &amp; more: 2 players" in html and "<th>&lt;L&gt;</th><td>0</td><td>2/3</td>" in html
    frame = game.to_dataframe()
    assert list(frame.index) == ["<L>", "R"] and frame.loc["R", "Shapley value"] == pytest.approx(2 / 3)
    huge = CoalitionalGame(["A"], {"A": 10**399}).to_dataframe()
    assert huge.loc["A", "alone"] == math.inf


# superadditive and convex ---------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(coalitional_games(most=4) | superadditive_games() | convex_games())
def test_superadditive_and_convex_by_definition(game: CoalitionalGame) -> None:
    pairs = [(s, t) for s in subsets(game.players) for t in subsets(game.players)]
    for verdict, gaps in (
        (
            is_superadditive(game),
            {(s, t): game.worth(s) + game.worth(t) - game.worth(s | t) for s, t in pairs if not s & t},
        ),
        (
            is_convex(game),
            {(s, t): game.worth(s) + game.worth(t) - game.worth(s | t) - game.worth(s & t) for s, t in pairs},
        ),
    ):
        assert bool(verdict) == (max(gaps.values()) <= 0)
        if not verdict:
            first, second = map(frozenset, verdict.coalitions)
            assert verdict.gap == gaps[first, second] > 0
            assert str(verdict).startswith("no: ")
    if is_convex(game):
        assert is_superadditive(game)


def test_the_worst_pair_is_shown() -> None:
    """By definition over all pairs without common members."""
    game = of_worths([Fraction(n * n % 7) for n in range(16)])
    verdict = is_superadditive(game)
    everyone = subsets(game.players)
    gaps = [game.worth(s) + game.worth(t) - game.worth(s | t) for s in everyone for t in everyone if not s & t]
    assert verdict.gap == max(gaps)


def test_too_many_players_for_all_pairs() -> None:
    game = CoalitionalGame([f"p{i}" for i in range(17)], len)
    with pytest.raises(UnsupportedError, match="17 players have too many pairs"):
        is_superadditive(game)
    assert is_convex(game)
