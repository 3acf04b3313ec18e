"""The same game given in every form, and its payoffs at a state beside sums over all profiles."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    Game,
    GameError,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    Population,
    PopulationGame,
    parse_game,
    replicator,
)
from tests.games.brute_force import expected

ENTRIES = st.integers(-9, 9)


def at(game: Game, state: dict[str, object], p: int, s: int) -> sympy.Expr:
    """The payoff of a strategy with numbers in place of shares."""
    return game.expected_payoff(p, s).subs({sympy.Symbol(k): v for k, v in state.items()})


def test_a_matrix_may_be_given_in_any_form() -> None:
    rows = [["b - c", "-c"], ["b", "0"]]
    b, c = sympy.symbols("b c")
    games = [
        MatrixGame(rows, ["C", "D"], symbol="x"),
        MatrixGame(np.array(rows, dtype=object), ["C", "D"], symbol="x"),
        MatrixGame(sympy.Matrix([[b - c, -c], [b, 0]]), ["C", "D"], symbol="x"),
        MatrixGame({"C": {"C": "b - c", "D": "-c"}, "D": {"D": 0, "C": "b"}}, symbol="x"),
    ]
    assert len({game.payoffs for game in games}) == 1 and len(set(games)) == 1
    # rows are the own strategy: a defector earns b against a cooperator
    assert at(games[0], {"x": 1}, 0, 1) == b and at(games[0], {"x": 0}, 0, 0) == -c


def test_a_normal_form_may_be_given_in_any_form() -> None:
    populations = {"inspector": ["inspect", "rest"], "firm": ["cheat", "comply"]}
    profiles = {
        "inspect, cheat": ["F - c", "g - F"],
        "inspect, comply": ["-c", 0],
        "rest, cheat": [0, "g"],
        "rest, comply": [0, 0],
    }
    row, column = [["F - c", "-c"], [0, 0]], [["g - F", 0], ["g", 0]]
    games = [
        NormalFormGame(profiles, populations),
        NormalFormGame({tuple(k.split(", ")): v for k, v in profiles.items()}, populations),
        NormalFormGame([row, column], populations),
        NormalFormGame.from_bimatrix(np.array(row, dtype=object), sympy.Matrix(column), populations),
    ]
    assert len(set(games)) == 1
    free = PopulationGame(
        {"inspector": {"inspect": "y*F - c", "rest": "0"}, "firm": {"cheat": "g - x*F", "comply": "0"}},
        [Population("inspector", ("inspect", "rest"), "x"), Population("firm", ("cheat", "comply"), "y")],
    )
    for p, s in product(range(2), repeat=2):
        assert sympy.expand(games[0].expected_payoff(p, s) - free.expected_payoff(p, s)) == 0
    assert replicator(free).equations() == replicator(games[0]).equations()


@settings(max_examples=25)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=4).filter(lambda sizes: np.prod(sizes) <= 24), st.data())
def test_expected_payoffs_are_sums_over_profiles(sizes: list[int], data: st.DataObject) -> None:
    profiles = list(product(*map(range, sizes)))
    table = {q: data.draw(st.lists(ENTRIES, min_size=len(sizes), max_size=len(sizes))) for q in profiles}
    names = {f"p{i}": [f"s{k}" for k in range(n)] for i, n in enumerate(sizes)}
    game = NormalFormGame({tuple(f"s{k}" for k in q): row for q, row in table.items()}, names)
    state = []
    for n in sizes:
        weights = data.draw(st.lists(st.integers(1, 9), min_size=n, max_size=n))
        state.append([Fraction(w, sum(weights)) for w in weights])
    numbers = {}
    for p, population in enumerate(game.populations):
        if population.symbol:
            numbers[population.symbol] = sympy.Rational(str(state[p][0]))
        else:
            for s, strategy in enumerate(population.strategies):
                numbers[f"{population.name}.{strategy}"] = sympy.Rational(str(state[p][s]))
    exact = {q: [Fraction(u) for u in row] for q, row in table.items()}
    for p, n in enumerate(sizes):
        for s in range(n):
            wanted = expected(exact, sizes, state, p, s)
            assert at(game, numbers, p, s) == sympy.Rational(wanted.numerator, wanted.denominator)
    arrays = game.payoff_arrays()
    for p, array in enumerate(arrays):
        assert all(array[q] == table[q][p] for q in profiles)


def test_one_strategy_huge_and_tiny_payoffs() -> None:
    alone = MatrixGame([["a"]])
    assert alone.coordinates == ("population.1",) and replicator(alone)([1.0], {"a": 5}).tolist() == [0.0]
    game = MatrixGame([["1e300", "-1e-300"], ["0", "1"]], symbol="x")
    assert game.payoffs[0][0] == 10**300 and game.payoffs[0][1] == -sympy.Rational(1, 10**300)
    assert game.payoff_matrix().tolist() == [[1e300, -1e-300], [0.0, 1.0]]


def test_games_are_equal_by_content_and_hashable() -> None:
    first, second = (MatrixGame([["a", "0.5"], ["1/2", "b"]], symbol="x") for _ in range(2))
    assert first == second and hash(first) == hash(second) and first is not second
    assert first != MatrixGame([["a", "1/2"], ["1/3", "b"]], symbol="x")
    assert first != NormalFormGame.from_bimatrix([["a", "1/2"], ["1/2", "b"]], [["a", "1/2"], ["1/2", "b"]])


@settings(max_examples=30)
@given(st.lists(st.lists(ENTRIES, min_size=3, max_size=3), min_size=3, max_size=3), st.integers(-9, 9))
def test_what_is_written_to_a_file_is_read_back_equal(rows: list[list[int]], more: int) -> None:
    entries = [[f"{v}*a + {more}/7" for v in row] for row in rows]
    game = MatrixGame(entries, ["r", "p", "s"], name="random", parameters={"a": {"value": "0.1", "assume": "> 0"}})
    again = parse_game(game.to_toml())
    assert again == game and again.values() == {"a": Fraction(1, 10)}


BAD = [
    (lambda: MatrixGame([]), GameError, "no strategies"),
    (lambda: MatrixGame([[1, 2]]), GameError, "square table"),
    (lambda: MatrixGame([[1, 2], [3]]), GameError, "square table"),
    (lambda: MatrixGame("ab"), GameError, "a square table is needed"),
    (lambda: MatrixGame([[1, 2], [3, 4]], ["a", "a"]), GameError, "repeat: a, a; rename one"),
    (lambda: MatrixGame([[1, 2], [3, 4]], ["a", "b,c"]), GameError, "'b,c' is not allowed"),
    (lambda: MatrixGame([[float("nan"), 2], [3, 4]]), GameError, "payoff of '1' against '1': got nan"),
    (lambda: MatrixGame([[1, 2], [np.inf, 4]]), GameError, "payoff of '2' against '1': got inf"),
    (lambda: MatrixGame([["1 +", 2], [3, 4]]), GameError, "payoff of '1' against '1'"),
    (lambda: MatrixGame({"C": {"C": 1}, "D": {"C": 0, "D": 1}}), GameError, "missing"),
    (lambda: MatrixGame([[1, "q"], [3, 4]], parameters={"p": 1}), ParameterError, "unknown parameter 'q'"),
    (lambda: MatrixGame([[1, "x"], [3, "q"]], symbol="x", parameters={"x": 1, "q": 1}), GameError, "'x' collides"),
    (lambda: MatrixGame([[1, "max"], [3, 4]], parameters={"max": 1}), GameError, "payoff of '1' against '2'"),
    (lambda: MatrixGame([[1, 2], [3, 4]], parameters={"a b": 1}), ParameterError, "'a b' is not a name"),
    (lambda: MatrixGame([[1, 2, 3]] * 3, symbol="x"), GameError, "symbol 'x' of population 'population' would be"),
    (lambda: MatrixGame([[1, 2], [3, 4]], symbol="x y"), GameError, "'x y' of population"),
    (lambda: MatrixGame([[1, 2], [3, 4]], symbol="x", initial={"x": 7}), GameError, "initial x = 7"),
    (lambda: MatrixGame([[1, 2], [3, 4]], symbol="x", initial={"y": 0}), GameError, "initial names 'y'"),
    (
        lambda: MatrixGame([[1, 2], [3, 4]], ["C", "D"], labels={"E": "trap"}),
        GameError,
        "'E', which is no pure profile",
    ),
    (lambda: MatrixGame([[1, 2], [3, 4]], ["C", "D"], labels={"C": "E1"}), GameError, "label all 2 pure profiles"),
    (lambda: MatrixGame([[1, 2], [3, 4]], ["C", "D"], labels={"C": "a", "D": "a"}), GameError, "labels repeat"),
    (lambda: NormalFormGame({}, {}), GameError, "at least one population"),
    (lambda: NormalFormGame({"a": [1]}, {"p": []}), GameError, "no strategies"),
    (lambda: NormalFormGame([[[1, 2], [3, 4]]], {"p": "ab", "q": "cd"}), GameError, "as many payoff arrays"),
    (lambda: NormalFormGame.from_bimatrix([[1, 2]], [[1], [2]]), GameError, "have shape"),
    (lambda: NormalFormGame({"a, c": [1, 2]}, {"p": "ab", "q": "cd"}), GameError, "no payoffs for the profiles"),
    (lambda: NormalFormGame({"a, z": [1, 2]}, {"p": "ab", "q": "cd"}), GameError, "'a, z' is not one of"),
    (lambda: NormalFormGame({"a, c": [1]}, {"p": "a", "q": "c"}), GameError, "needs 2 payoffs"),
    (lambda: PopulationGame({"p": {"a": "x", "b": "k."}}), GameError, "payoff of p.b"),
]


@pytest.mark.parametrize(("make", "error", "words"), BAD, ids=[str(words) for _, _, words in BAD])
def test_bad_games_are_named(make: object, error: type[Exception], words: str) -> None:
    with pytest.raises(error) as caught:
        make()  # type: ignore[operator]
    assert words in str(caught.value)


def test_values_are_checked() -> None:
    game = MatrixGame(
        [["a", "b"], ["c", "1"]], parameters={"a": 1, "b": "> 0", "c": {"range": [0, 1], "value": "1/2"}}
    )
    assert game.values({"b": "0.25"}) == {"a": 1, "b": Fraction(1, 4), "c": Fraction(1, 2)}
    for values, words in (
        ({}, "no value for b; give one"),
        ({"b": 1, "d": 2}, "unknown parameter 'd'; known are a, b, c"),
        ({"b": float("nan")}, "b: got nan"),
        ({"b": "one"}, "b: got 'one'"),
    ):
        with pytest.raises(ParameterError, match=words):
            game.values(values)
    assert game.check_values({"b": -1, "c": 2}) != () and game.check_values({"b": 1}) == ()


def test_an_advantage_game_takes_any_name_for_a_parameter() -> None:
    game = PopulationGame.from_advantages({"x": "y - lambda*E", "y": "N - x*pi"})
    assert {p.name for p in game.parameters} == {"lambda", "E", "N", "pi"}
