"""Group games: payoffs against a sum over all profiles of co-players, forms of input, files, and what is refused."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy

from coopgame import (
    GameError,
    GameFileError,
    GroupGame,
    MatrixGame,
    Population,
    collective_risk,
    find_rest_points,
    group_snowdrift,
    linear_public_good,
    parse_game,
    replicator,
    threshold_public_good,
    volunteers_dilemma,
)

GAMES = [
    threshold_public_good(5, 3),
    threshold_public_good(4, 1),
    threshold_public_good(4, 4),
    threshold_public_good(6, 2, fee_shared=False),
    linear_public_good(4),
    volunteers_dilemma(3),
    group_snowdrift(6),
    collective_risk(6, 3),
]


def by_profiles(
    table: tuple[tuple[sympy.Expr, ...], ...], strategy: int, x: Fraction, values: dict[str, Fraction]
) -> Fraction:
    """Sum over all profiles of the n - 1 co-players, each playing the first strategy with probability x."""
    point = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
    total = sympy.Integer(0)
    for profile in product((0, 1), repeat=len(table[0]) - 1):
        weight = sympy.prod([(x if member == 0 else 1 - x) for member in profile])
        total += weight * table[strategy][profile.count(0)].subs(point)
    return Fraction(int(total.p), int(total.q))


@pytest.mark.parametrize("game", GAMES, ids=lambda g: f"{g.name} {g.size} {g.integers}")
def test_expected_payoffs_sum_over_all_profiles_of_co_players(game: GroupGame) -> None:
    rng = np.random.default_rng(1)
    field = replicator(game)
    for _ in range(3):
        values = {n: Fraction(int(rng.integers(1, 20)), 20) for n in game.ring.names}
        values["b"] = Fraction(2)
        values = {n: values[n] for n in game.ring.names}
        x = Fraction(int(rng.integers(0, 21)), 20)
        expected = [by_profiles(game.payoffs, s, x, values) for s in (0, 1)]
        point = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in values.items()}
        point[sympy.Symbol("x")] = sympy.Rational(x.numerator, x.denominator)
        for s in (0, 1):
            assert game.expected_payoff(0, s).subs(point) == sympy.Rational(
                expected[s].numerator, expected[s].denominator
            )
        assert field.payoffs({"x": float(x)}, values) == pytest.approx([float(v) for v in expected], abs=1e-12)
        rate = float(x * (1 - x) * (expected[0] - expected[1]))
        assert field({"x": float(x)}, values)[0] == pytest.approx(rate, abs=1e-12)


@pytest.mark.parametrize("game", GAMES, ids=lambda g: f"{g.name} {g.size} {g.integers}")
def test_a_game_file_gives_an_equal_game(game: GroupGame) -> None:
    again = parse_game(game.to_toml())
    assert again == game and hash(again) == hash(game)
    assert isinstance(again, GroupGame) and again.integers == game.integers and again.payoffs == game.payoffs
    part = game.substitute({game.ring.names[0]: "3/2"})
    assert parse_game(part.to_toml()) == part


def test_tables_rules_and_functions_are_the_same_game() -> None:
    rule = GroupGame(
        {"C": "where(k_C + 1 >= M, b - c, -c)", "D": "where(k_D <= size - 1 - M, b, 0)"}, 4, integers={"M": 2}
    )
    table = GroupGame({"C": ["-c", "b - c", "b - c", "b - c"], "D": [0, 0, "b", "b"]}, 4)
    function = GroupGame({"C": lambda k: "b - c" if k + 1 >= 2 else "-c", "D": lambda k: "b" if k >= 2 else 0}, 4)
    assert rule.payoffs == table.payoffs == function.payoffs
    assert table == function and parse_game(table.to_toml()) == table
    assert table.gains == tuple(map(sympy.sympify, ("-c", "b - c", "-c", "-c")))


def test_pairs_are_a_matrix_game() -> None:
    """Groups of two: payoffs[s][k] is the matrix read from the right."""
    pairs = GroupGame({"C": ["S", "R"], "D": ["P", "T"]}, 2)
    matrix = MatrixGame([["R", "S"], ["T", "P"]], strategies=["C", "D"], symbol="x")
    values = {"R": 3, "S": 1, "T": 4, "P": 0}
    for one, other in zip(find_rest_points(pairs), find_rest_points(matrix), strict=True):
        assert one.coordinates == other.coordinates and one.stable_if == other.stable_if
    assert str(find_rest_points(pairs, values)) == str(find_rest_points(matrix, values))


def test_names_with_spaces_and_other_scripts_count_with_underscores() -> None:
    game = GroupGame({"co build": "k_co_build*a", "别人": "k_别人"}, 3)
    assert [str(u) for u in game.payoffs[0]] == ["0", "a", "2*a"]
    assert game.payoffs[1] == (2, 1, 0)
    assert parse_game(game.to_toml()) == game


def test_display() -> None:
    game = threshold_public_good(3, 2)
    table = game.payoff_table()
    assert table.heads == ("", "0", "1", "2")
    assert "groups of 3" in str(table) and "'commit'" in str(table)
    assert table.rows[1] == ("abstain", "0", "0", "b - fee")
    assert "tabular" in table.latex() and "3 人" in str(game.payoff_table("zh"))
    # in Bernstein form, not expanded
    assert "(1 - x)**2" in replicator(game).equations()["x"]
    assert "(1 - x)" in game.derivation().text()


@pytest.mark.parametrize(
    ("payoffs", "size", "options", "message"),
    [
        ({"C": [1, 2], "D": [0, 0, 0]}, 3, {}, "'C' has 2 payoffs; groups of 3 need 3"),
        ({"C": 1, "D": 0}, 1, {}, "a whole number from 2"),
        ({"C": 1, "D": 0}, 2.5, {}, "a whole number from 2"),
        ({"C": 1}, 3, {}, "has one strategy; a group game needs two or more"),
        ({"C": "1/k_C", "D": 0}, 3, {}, "no number with 0 co-players who play 'C'"),
        ({"C": "x", "D": 0}, 3, {}, "contain 'x', which is the share"),
        ({"C": float("nan"), "D": 0}, 3, {}, "payoff of 'C'"),
        ({"C": "b*M", "D": 0}, 3, {"integers": {"M": 1.5}}, "M = 1.5; a whole number"),
        (
            {"C": "b*M", "D": 0},
            3,
            {"integers": {"M": 1}, "parameters": {"M": "> 0", "b": 1}},
            "'M' is a parameter and a whole",
        ),
        ({"C": "b", "D": 0}, 3, {"integers": {"size": 1}}, "'size' cannot name"),
        (
            {"C": "b", "D": 0},
            3,
            {"population": Population("p", ("C", "E"))},
            "payoffs are given for C, D; the strategies are C, E",
        ),
        ({"a b": "b", "a_b": 0}, 3, {}, "both count as k_a_b"),
    ],
)
def test_what_is_refused(payoffs: object, size: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(GameError, match=message):
        GroupGame(payoffs, size, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("size", "threshold"), [(5, 0), (5, 6), (5, True), (5, 2.5)])
def test_a_threshold_lies_in_the_group(size: int, threshold: int) -> None:
    with pytest.raises(GameError, match="threshold"):
        threshold_public_good(size, threshold)


FILE = threshold_public_good(5, 3).to_toml()


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("size = 5", 'size = "5"', "payoffs.size", "a whole number is needed"),
        ("size = 5", "", "payoffs.size", "a whole number is needed, got None"),
        ("M = 3", "M = 3.5", "payoffs.integers.M", "a whole number is needed"),
        ("M = 3", "b = 3", "parameters.b", "is also a whole number of the group"),
        (
            "where(M <= k_commit, b - fee, 0)",
            "where(M <= k_comit, b - fee, 0)",
            "payoffs.payoff.abstain",
            "did you mean 'k_commit'",
        ),
        ('abstain = "', 'abstein = "', "payoffs.payoff.abstein", "unknown key"),
        (
            'abstain = "where(M <= k_commit, b - fee, 0)"',
            "abstain = [0, 1]",
            "payoffs.payoff.abstain",
            "need 5 payoffs",
        ),
        ('"abstain",', '"abstain", "third",', "payoffs.payoff", "no payoff for strategy 'third'"),
        ("size = 5", "size = -5", "", "a whole number from 2 to 400"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_path(old: str, new: str, path: str, message: str) -> None:
    assert old in FILE
    text = re.sub(r'symbol = "x"\n|strategies_zh = \[[^]]*\]\n', "", FILE) if "third" in new else FILE
    with pytest.raises(GameFileError, match=message) as caught:
        parse_game(text.replace(old, new))
    assert caught.value.where == path
