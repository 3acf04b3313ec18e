"""Iterated elimination: textbook games, every round checked, orders that matter and orders that do not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    Dominance,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    Population,
    UnsupportedError,
    eliminate_dominated,
    find_dominated,
    find_pure_nash_equilibria,
    one_at_a_time,
    strict_dominance,
    weak_dominance,
)

# Osborne and Rubinstein (1994), A Course in Game Theory, figure 58.1, after Bernheim (1984): rationalizable are a1, a2, a3 and b1, b2, b3
BERNHEIM = NormalFormGame.from_bimatrix(
    [[0, 2, 7, 0], [5, 3, 5, 0], [7, 2, 0, 0], [0, 0, 0, 10]],
    [[7, 5, 0, 1], [2, 3, 2, 1], [0, 5, 7, 1], [0, -2, 0, -1]],
    {"A": ["a1", "a2", "a3", "a4"], "B": ["b1", "b2", "b3", "b4"]},
)


def last(dominated: Sequence[Dominance]) -> Sequence[Dominance]:
    return dominated[-1:]


def test_rationalizable_strategies_of_bernheim() -> None:
    found = eliminate_dominated(BERNHEIM)
    assert found.rationalizable == {"A": ("a1", "a2", "a3"), "B": ("b1", "b2", "b3")}
    assert [[d.strategy for d in r.eliminated] for r in found.rounds] == [["b4"], ["a4"]]
    [first] = found.rounds[0].eliminated
    assert set(first.by) == {"b1", "b3"} and min(first.margins.values()) == 1  # as many as with half and half
    assert found.solution is None


def test_guessing_two_thirds_of_the_average() -> None:
    """Two players guess 0..10, the one closer to 2/3 of the average wins 1 (Moulin 1986): the lower guess wins, so 0 weakly dominates all."""
    n = 11
    pay = [[Fraction(2 if i < j else 1 if i == j else 0, 2) for j in range(n)] for i in range(n)]
    names = [str(i) for i in range(n)]
    game = MatrixGame(pay, names)
    strict = eliminate_dominated(game)
    assert strict.survivors == {"population": ("0",)} and len(strict.rounds) == n - 1


def test_cournot_competition_in_whole_quantities() -> None:
    """The price is 12 - q1 - q2: beyond the monopoly quantity 6 nothing pays, then less than 3 does not, then 6 does not.

    Worked by hand: (12 - q - r) q on what is left. At last 5 earns what 4 earns against 3, and 3 what 4 earns against 5, so weak dominance is needed.
    """
    names = [f"q{q}" for q in range(13)]
    profit = [[(12 - q - r) * q for r in range(13)] for q in range(13)]
    game = NormalFormGame.from_bimatrix(profit, np.array(profit).T.tolist(), {"one": names, "two": names})
    strict = eliminate_dominated(game)
    gone = [{d.strategy for d in r.eliminated if d.population == "one"} for r in strict.rounds]
    assert gone == [set(names[7:]), {"q0", "q1", "q2"}, {"q6"}]
    assert strict.survivors == dict.fromkeys(("one", "two"), ("q3", "q4", "q5")) and strict.solution is None
    assert eliminate_dominated(game, rule=weak_dominance()).solution == ("q4", "q4")


def test_the_order_matters_for_weak_dominance() -> None:
    """The first row weakly dominates both others; once the third is gone, the second column is weakly dominated too. Worked by hand."""
    game = NormalFormGame.from_bimatrix([[2, 1], [2, 0], [0, 1]], [[1, 1], [2, 1], [1, 2]])
    first = eliminate_dominated(game, rule=weak_dominance(one_at_a_time))
    second = eliminate_dominated(game, rule=weak_dominance(last))
    assert [r.eliminated[0].strategy for r in first.rounds] == ["2", "3"]
    assert [r.eliminated[0].strategy for r in second.rounds] == ["3", "2"]  # the second is a column
    assert first.survivors == {"player1": ("1",), "player2": ("1", "2")}
    assert second.survivors == {"player1": ("1", "2"), "player2": ("1",)}
    assert first.order_may_matter and "another order may leave another game" in str(first)


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_no_order_changes_what_strict_dominance_leaves(rows: int, columns: int, data: st.DataObject) -> None:
    tables = [
        data.draw(st.lists(st.integers(-3, 3), min_size=rows * columns, max_size=rows * columns)) for _ in range(2)
    ]
    game = NormalFormGame.from_bimatrix(*(np.reshape(t, (rows, columns)).tolist() for t in tables))
    all_first = eliminate_dominated(game)
    assert not all_first.order_may_matter
    for choose in (one_at_a_time, last):
        assert eliminate_dominated(game, rule=strict_dominance(choose)).survivors == all_first.survivors
    assert not find_dominated(all_first.reduced).strictly
    left = all_first.survivors
    for equilibrium in find_pure_nash_equilibria(game):  # none is lost
        assert all(s in left[name] for s, name in zip(equilibrium.profile, left, strict=True))
    assert len(find_pure_nash_equilibria(all_first.reduced)) == len(find_pure_nash_equilibria(game))


@settings(max_examples=30)
@given(st.data())
def test_every_round_is_dominated_in_its_own_game(data: st.DataObject) -> None:
    """The game is reduced round by round by hand, with its own entries."""
    tables = [data.draw(st.lists(st.integers(-2, 2), min_size=12, max_size=12)) for _ in range(3)]
    game = NormalFormGame([np.reshape(t, (3, 2, 2)).tolist() for t in tables])
    found = eliminate_dominated(game, rule=weak_dominance(one_at_a_time))
    left = {q.name: list(q.strategies) for q in game.populations}
    for turn in found.rounds:
        [gone] = turn.eliminated
        p = list(left).index(gone.population)
        margins = []
        for profile in game.profiles:
            if profile[p] != gone.strategy or any(
                s not in own for s, own in zip(profile, left.values(), strict=True)
            ):
                continue
            better = [w * int(game.payoff((*profile[:p], s, *profile[p + 1 :]))[p]) for s, w in gone.by.items()]
            margins.append(sum(better) - int(game.payoff(profile)[p]))
        assert set(gone.by) <= set(left[gone.population]) and gone.strategy in left[gone.population]
        assert min(margins) >= 0 < max(margins) and (min(margins) > 0) == gone.strict
        left[gone.population].remove(gone.strategy)
    assert {name: tuple(own) for name, own in left.items()} == found.survivors
    reduced = found.reduced
    assert isinstance(reduced, NormalFormGame)
    assert all(reduced.payoff(profile) == game.payoff(profile) for profile in reduced.profiles)


def test_the_reduced_game_keeps_names_and_holds_numbers() -> None:
    firm = Population("firm", ("cheat", "comply", "leave"), zh="企业", strategies_zh=("违规", "合规", "退出"))
    game = NormalFormGame.from_bimatrix(
        [["F", 0], [1, 2], [-9, -9]],
        [[0, 0], [0, 0], [0, 0]],
        [firm, Population("state", ("look", "rest"), "s")],
        parameters={"F": None},
        labels={"comply, look": "good", "leave, rest": "gone"},
        name="inspection",
    )
    found = eliminate_dominated(game, {"F": 3})
    left = found.reduced
    assert left.populations[0].strategies == ("cheat", "comply")
    assert left.populations[0].strategies_zh == ("违规", "合规") and left.populations[0].zh == "企业"
    assert left.populations[1].symbol == "s" and left.populations[0].symbol
    assert left.parameters == () and left.labels == (("comply, look", "good"),) and left.name == "inspection"
    assert isinstance(left, NormalFormGame) and left.payoff(("cheat", "look")) == (3, 0)
    with pytest.raises(ParameterError, match="no value for F"):
        eliminate_dominated(game)


def test_one_population_loses_row_and_column() -> None:
    found = eliminate_dominated(MatrixGame([[2, 0, 9], [3, 1, 0], [0, -1, 0]], ["a", "b", "c"]))
    assert [r.eliminated[0].strategy for r in found.rounds] == ["c", "a"]
    assert found.reduced == MatrixGame([[1]], ["b"])
    assert found.solution == ("b",) and found.rationalizable == {"population": ("b",)}


def test_nothing_to_eliminate() -> None:
    game = MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["rock", "paper", "scissors"])
    found = eliminate_dominated(game, rule=weak_dominance())
    assert found.rounds == () and found.reduced == game and not found.order_may_matter
    assert str(found) == "left: population: rock, paper, scissors"


def test_errors_say_what_to_do() -> None:
    game = MatrixGame([[3, 0], [5, 1]])
    with pytest.raises(UnsupportedError, match=r"rule is <function .*; give strict_dominance\(\)"):
        eliminate_dominated(game, rule=strict_dominance)  # type: ignore[arg-type]
    with pytest.raises(UnsupportedError, match="one or more of the 1 dominated"):
        eliminate_dominated(game, rule=strict_dominance(lambda dominated: []))
    with pytest.raises(UnsupportedError, match="weak dominance eliminates rationalizable"):
        _ = eliminate_dominated(game, rule=weak_dominance()).rationalizable
    three = NormalFormGame([np.zeros((2, 2, 2), dtype=int).tolist()] * 3)
    with pytest.raises(UnsupportedError, match="beliefs about the others may be correlated"):
        _ = eliminate_dominated(three).rationalizable


def test_how_results_read() -> None:
    found = eliminate_dominated(BERNHEIM)
    by = found.rounds[0].eliminated[0].by
    assert str(found).splitlines() == [
        f"round 1: B: b4 is strictly dominated by {', '.join(f'{n} = {p}' for n, p in by.items())}",
        "round 2: A: a4 is strictly dominated by a2",
        "left: A: a1, a2, a3; B: b1, b2, b3",
        "every order leaves the same game (strict dominance)",
    ]
    assert "<td>1</td><td>B</td><td>b4</td><td>strictly</td>" in found._repr_html_()
    assert list(found.to_dataframe()["strategy"]) == ["b4", "a4"]
