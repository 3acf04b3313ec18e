"""Dominated strategies: every certificate is added up again, textbook games, ties, huge payoffs."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    Game,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    PopulationGame,
    UnsupportedError,
    find_dominated,
)
from coopgame.equilibria.dominance import DominatedStrategies
from coopgame.equilibria.linear_programs import Program, solve_by_pivots, solve_program

SMALL = st.integers(-2, 2)


def _earned(game: Game, p: int, strategy: str, others: tuple[str, ...]) -> Fraction:
    """Return what a player earns, straight from the entries of the game."""
    if isinstance(game, MatrixGame):
        names = game.populations[0].strategies
        return Fraction(str(game.payoffs[names.index(strategy)][names.index(others[0])]))
    assert isinstance(game, NormalFormGame)
    return Fraction(str(game.payoff((*others[:p], strategy, *others[p:]))[p]))


def _check(game: Game, found: DominatedStrategies) -> None:
    """Add up every certificate: a dominance and a belief exclude each other, so the verdicts are proved."""
    for p, population in enumerate(game.populations):
        rest = (
            [game.populations[0]]
            if isinstance(game, MatrixGame)
            else [q for q in game.populations if q != population]
        )
        columns = list(product(*(q.strategies for q in rest)))
        for strategy in population.strategies:
            own = [d for d in found if (d.population, d.strategy) == (population.name, strategy)]
            belief = found.belief(population.name, strategy)
            assert len(own) <= 1
            for dominance in own:
                assert strategy not in dominance.by and sum(dominance.by.values()) == 1
                assert min(dominance.by.values()) > 0
                margins = [
                    sum(w * _earned(game, p, i, c) for i, w in dominance.by.items()) - _earned(game, p, strategy, c)
                    for c in columns
                ]
                assert dict(dominance.margins) == dict(zip(columns, margins, strict=True))
                assert min(margins) > 0 if dominance.strict else min(margins) == 0 < max(margins)
            assert (belief is None) == any(d.strict for d in own)
            if belief is None:
                continue
            assert sum(belief.belief.values()) == 1 and min(belief.belief.values()) > 0
            earned = {
                i: sum(w * _earned(game, p, i, c) for c, w in belief.belief.items()) for i in population.strategies
            }
            assert earned[strategy] == max(earned.values())
            assert belief.full == (len(belief.belief) == len(columns))
            assert belief.full or own  # what no mixture dominates weakly is a best reply to a full belief


@settings(max_examples=60)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_certificates_of_two_players_add_up(rows: int, columns: int, data: st.DataObject) -> None:
    tables = [data.draw(st.lists(SMALL, min_size=rows * columns, max_size=rows * columns)) for _ in range(2)]
    game = NormalFormGame.from_bimatrix(*(np.reshape(t, (rows, columns)).tolist() for t in tables))
    _check(game, find_dominated(game))


@settings(max_examples=25)
@given(st.data())
def test_certificates_of_three_players_add_up(data: st.DataObject) -> None:
    tables = [data.draw(st.lists(SMALL, min_size=12, max_size=12)) for _ in range(3)]
    game = NormalFormGame([np.reshape(t, (3, 2, 2)).tolist() for t in tables])
    _check(game, find_dominated(game))


@settings(max_examples=25)
@given(st.integers(1, 5), st.data())
def test_certificates_in_one_population_add_up(n: int, data: st.DataObject) -> None:
    game = MatrixGame(np.reshape(data.draw(st.lists(SMALL, min_size=n * n, max_size=n * n)), (n, n)).tolist())
    _check(game, find_dominated(game))


def test_truth_weakly_dominates_in_a_second_price_auction() -> None:
    """Vickrey (1961), Journal of Finance 16, 8-37: no bid ever earns more than one's value. Ties go to the first bidder.

    A bids 0 as well as 1, and C 4 as well as 3: at a tie for what it is worth to them, winning and losing are the same.
    """
    worth, bids = (1, 2, 3), range(5)

    def payoffs(profile: tuple[int, ...]) -> list[int]:
        winner = profile.index(max(profile))
        price = max(b for k, b in enumerate(profile) if k != winner)
        return [worth[k] - price if k == winner else 0 for k in range(3)]

    table = {tuple(map(str, profile)): payoffs(profile) for profile in product(bids, repeat=3)}
    game = NormalFormGame(table, {name: [str(b) for b in bids] for name in ("A", "B", "C")})
    found = find_dominated(game)
    _check(game, found)
    names = {(d.population, d.strategy) for d in found}
    assert not found.strictly
    assert not names & {("A", "1"), ("B", "2"), ("C", "3")}  # truth
    assert {("A", b) for b in "234"} | {("B", b) for b in "0134"} | {("C", b) for b in "012"} == names


def test_a_mixture_is_needed_and_a_hair_decides() -> None:
    def middle(payoff: str) -> DominatedStrategies:
        rows = [[3, 0], [0, 3], [payoff, payoff]]
        return find_dominated(NormalFormGame.from_bimatrix(rows, [[0, 0]] * 3))

    below, at, above = middle("3/2 - 1/10**30"), middle("3/2"), middle("3/2 + 1/10**30")
    assert [(d.strategy, d.by, d.strict) for d in below] == [("3", {"1": Fraction(1, 2), "2": Fraction(1, 2)}, True)]
    assert min(below[0].margins.values()) == Fraction(1, 10**30)
    assert len(at) == len(above) == 0
    assert at.belief("player1", "3").belief == {("1",): Fraction(1, 2), ("2",): Fraction(1, 2)}  # type: ignore[union-attr]


def test_weakly_dominated_by_a_mixture_only() -> None:
    """The third row earns as much as half and half against the first two columns, and less against the third."""
    rows = [[4, 0, 1], [0, 4, 1], [2, 2, 0]]
    game = NormalFormGame.from_bimatrix(rows, [[0] * 3] * 3)
    found = find_dominated(game)
    _check(game, found)
    assert [(d.strategy, d.strict, d.pure) for d in found] == [("3", False, False)]
    assert found.weakly == (found[0],) and found.strictly == ()


def test_duplicates_and_single_strategies_are_not_dominated() -> None:
    assert len(find_dominated(MatrixGame([[1, 1], [1, 1]]))) == 0
    assert len(find_dominated(MatrixGame([[0]]))) == 0
    both = find_dominated(MatrixGame([[1, 1, 1], [1, 1, 1], [0, 1, 0]]))
    assert [(d.strategy, d.strict) for d in both] == [("3", False)]


@pytest.mark.parametrize("scale", [Fraction(10) ** 300, Fraction(1, 10**300)])
def test_units_do_not_matter(scale: Fraction) -> None:
    rows = [[scale * v for v in row] for row in ([3, 0], [0, 3], [1, 1])]
    found = find_dominated(NormalFormGame.from_bimatrix(rows, [[0, 0]] * 3))
    assert [(d.strategy, d.by) for d in found] == [("3", {"1": Fraction(1, 2), "2": Fraction(1, 2)})]


def test_columns_of_very_different_size() -> None:
    game = NormalFormGame.from_bimatrix([[3e300, 0], [0, 3e-300], [1, 1e-301]], [[1, 0], [0, 1], [0, 0]])
    found = find_dominated(game)
    assert [(d.strategy, d.strict) for d in found] == [("3", True)]
    margins = [Fraction(v) - w for v, w in zip((3e300, 3e-300), (1, Fraction(1e-301)), strict=True)]
    assert min(margins) > 0
    weights = found[0].by
    assert weights["1"] * Fraction(3e300) > 1 and weights["2"] * Fraction(3e-300) > Fraction(1e-301)


def test_a_player_alone() -> None:
    found = find_dominated(NormalFormGame([[3, 1, 3]], {"firm": ["a", "b", "c"]}))
    assert str(found) == "firm: b is strictly dominated by a"
    assert [belief.text() for belief in found.beliefs] == ["firm: a is best", "firm: c is best"]


def test_parameters_need_values() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", 0]], ["give", "keep"])
    assert find_dominated(game, {"b": 3, "c": 1})[0].text() == "population: give is strictly dominated by keep"
    assert [d.strategy for d in find_dominated(game, {"b": 3, "c": -1})] == ["keep"]
    with pytest.raises(ParameterError, match="no value for b, c"):
        find_dominated(game)


def test_games_without_a_payoff_table_are_refused() -> None:
    game = PopulationGame({"firm": {"a": "x**2", "b": "0"}})
    with pytest.raises(UnsupportedError, match="payoff tables"):
        find_dominated(game)


def test_how_results_read() -> None:
    found = find_dominated(NormalFormGame.from_bimatrix([[3, 0], [0, 3], [1, 1]], [[1, 0], [0, 1], [0, 0]]))
    assert str(found) == "player1: 3 is strictly dominated by 1 = 1/2, 2 = 1/2"
    assert "<td>strictly</td><td>1 = 1/2, 2 = 1/2</td>" in found._repr_html_()
    assert found.to_dataframe().loc[0, "by"] == "1 = 1/2, 2 = 1/2"
    none = find_dominated(MatrixGame([[1, 0], [0, 1]]))
    assert str(none) == "no strategy is dominated" and none._repr_html_() == "<p>no strategy is dominated</p>"
    assert none.beliefs[0].text() == "population: 1 is a best reply to 1 = 3/4, 2 = 1/4"


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_the_two_ways_to_solve_a_program_agree(size: int, rows: int, data: st.DataObject) -> None:
    """Floats made exact, and pivots in rational arithmetic; each verifies its dual."""
    draw = lambda n: [Fraction(v) for v in data.draw(st.lists(SMALL, min_size=n, max_size=n))]  # noqa: E731
    matrix = [draw(size) for _ in range(rows)]
    limits = [
        (dict(enumerate(row)), max(_bound, sum(row) / size)) for row, _bound in zip(matrix, draw(rows), strict=True)
    ]
    program = Program(draw(size), limits, [({j: Fraction(1) for j in range(size)}, Fraction(1))])
    one, other = solve_program(program), solve_by_pivots(program)
    assert one.exact and one.value == other.value
