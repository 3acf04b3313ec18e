"""All equilibria of two-player games against all pairs of vertices tried one by one, against definitions, and at the edges of what is allowed."""

from __future__ import annotations

import copy
import pickle
import random
from dataclasses import FrozenInstanceError, replace
from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from coopgame import (
    GameError,
    GroupGame,
    MatrixGame,
    NashEquilibria,
    NashEquilibrium,
    NormalFormGame,
    ParameterError,
    UnsupportedError,
    find_pure_nash_equilibria,
    nash_equilibria,
)
from coopgame.equilibria import bimatrix, feasible_bases, reply_polytopes
from coopgame.equilibria.tables import payoff_tables
from tests.equilibria.brute_force import extreme_equilibria, gain, maximal_products
from tests.equilibria.games import random_game

Table = list[list[Fraction]]
Mixture = tuple[Fraction, ...]


def small_table(rng: random.Random, rows: int, columns: int, top: int) -> Table:
    return [[Fraction(rng.randint(0, top)) for _ in range(columns)] for _ in range(rows)]


def found(first: Any, second: Any, **options: Any) -> NashEquilibria:
    return nash_equilibria(NormalFormGame.from_bimatrix(first, second), **options)


def mixtures(equilibrium: NashEquilibrium) -> tuple[Mixture, Mixture]:
    x, y = (tuple(own.values()) for own in equilibrium.strategies)
    return x, y  # type: ignore[return-value]


def all_mixtures(equilibria: NashEquilibria) -> frozenset[tuple[Mixture, Mixture]]:
    return frozenset(map(mixtures, equilibria))


def transposed(table: Table) -> Table:
    return [list(column) for column in zip(*table, strict=True)]


@pytest.mark.parametrize("top", [1, 2, 20])
def test_small_games_against_all_pairs_of_vertices(top: int) -> None:
    """Ties included; the sets that the extreme equilibria span are the largest products of which all pairs are equilibria."""
    rng = random.Random(top)
    continua = 0
    for _ in range(40):
        m, n = rng.randint(1, 4), rng.randint(1, 4)
        first, second = small_table(rng, m, n, top), small_table(rng, m, n, top)
        equilibria = found(first, second)
        expected = extreme_equilibria(first, second)
        assert all_mixtures(equilibria) == expected
        assert equilibria.complete and equilibria.known == "exact"
        pieces = [
            frozenset(mixtures(equilibria[k]) for k in piece)
            for part in equilibria.components
            for piece in part.pieces
        ]
        assert frozenset(pieces) == maximal_products(expected) and len(set(pieces)) == len(pieces)
        continua += any(not part.is_point for part in equilibria.components)
    assert continua > (20 if top < 20 else -1)


def test_components_do_not_touch_and_hang_together() -> None:
    rng = random.Random(12)
    several = 0
    for _ in range(60):
        first, second = small_table(rng, 4, 4, 2), small_table(rng, 4, 4, 2)
        equilibria = found(first, second)
        assert sorted(k for part in equilibria.components for k in part.members) == list(range(len(equilibria)))
        for part, other in combinations(equilibria.components, 2):
            for one, two in product(
                part.members, other.members
            ):  # with a mixture in common, all between them are equilibria
                (x, y), (v, w) = mixtures(equilibria[one]), mixtures(equilibria[two])
                assert x != v and y != w
        for part in equilibria.components:
            reached, rest = set(part.pieces[0]), list(part.pieces[1:])
            while rest:
                near = next(piece for piece in rest if set(piece) & reached)
                reached |= set(near)
                rest.remove(near)
            several += len(part.pieces) > 2
    assert several > 5


def test_what_lies_between_extreme_equilibria_of_a_piece_is_an_equilibrium() -> None:
    rng = random.Random(3)
    for _ in range(40):
        first, second = small_table(rng, 3, 4, 1), small_table(rng, 3, 4, 1)
        equilibria = found(first, second)
        for part in equilibria.components:
            for piece in part.pieces:
                xs, ys = ([mixtures(equilibria[k])[side] for k in piece] for side in (0, 1))
                x, y = (
                    tuple(sum(values, Fraction(0)) / len(ends) for values in zip(*ends, strict=True))
                    for ends in (xs, ys)
                )
                assert gain(first, x, y) == gain(transposed(second), y, x) == 0


def test_payoffs_strictness_and_pure_equilibria_by_definition() -> None:
    rng = random.Random(21)
    kinds = set()
    for _ in range(60):
        first, second = small_table(rng, 3, 3, 3), small_table(rng, 3, 3, 3)
        game = NormalFormGame.from_bimatrix(first, second)
        equilibria = nash_equilibria(game)
        for equilibrium in equilibria:
            x, y = mixtures(equilibrium)
            earned = [sum(a * p for a, p in zip(row, y, strict=True)) for row in first]
            other = [sum(a * p for a, p in zip(row, x, strict=True)) for row in transposed(second)]
            best = [[i for i, value in enumerate(own) if value == max(own)] for own in (earned, other)]
            used = [[i for i, p in enumerate(own) if p] for own in (x, y)]
            assert equilibrium.payoffs == (max(earned), max(other))
            assert equilibrium.strict == (len(best[0]) == len(best[1]) == 1)
            assert equilibrium.quasi_strict == (best == used)
            assert sum(x) == sum(y) == 1 and equilibrium.known == "exact"
            kinds.add((equilibrium.pure, equilibrium.strict, equilibrium.quasi_strict))
        pure = {tuple(s[0] for s in e.support): e.strict for e in equilibria if e.pure}
        assert pure == {e.profile: e.strict for e in find_pure_nash_equilibria(game)}
    assert len(kinds) == 4  # pure and quasi-strict is strict


def perturbed_index(first: Table, second: Table, rng: random.Random) -> list[tuple[Mixture, Mixture, int]]:
    """Return the equilibria of a game nearby that has no ties, each with its index by determinants of positive payoffs (Shapley 1974)."""

    def moved(table: Table) -> Table:
        return [[entry + 10 + Fraction(rng.randint(-(10**6), 10**6), 10**11) for entry in row] for row in table]

    def determinant(table: Table) -> Fraction:
        if not table:
            return Fraction(1)
        return sum(
            (-1) ** j * table[0][j] * determinant([[*row[:j], *row[j + 1 :]] for row in table[1:]])
            for j in range(len(table))
        ) + Fraction(0)

    one, two = moved(first), moved(second)
    answers = []
    for x, y in extreme_equilibria(one, two):
        rows, columns = ([k for k, p in enumerate(own) if p] for own in (x, y))
        assert len(rows) == len(columns)
        sign = determinant([[one[i][j] for j in columns] for i in rows])
        sign *= determinant([[two[i][j] for j in columns] for i in rows])
        answers.append((x, y, (-1) ** (len(rows) + 1) * (1 if sign > 0 else -1)))
    return answers


def distance(piece: list[tuple[Mixture, Mixture]], point: tuple[Mixture, Mixture]) -> float:
    """Return how far a pair of mixtures is from the product of convex hulls, in the sum of all differences, by linear programming."""
    from scipy.optimize import linprog

    total = 0.0
    for side in (0, 1):
        ends = np.array(sorted({pair[side] for pair in piece}), dtype=float).T
        size, count = ends.shape
        away = np.eye(size)
        wanted = np.array([float(p) for p in point[side]])
        answer = linprog(
            np.concatenate([np.zeros(count), np.ones(size)]),
            np.block([[ends, -away], [-ends, -away]]),
            np.concatenate([wanted, -wanted]),
            np.concatenate([np.ones(count), np.zeros(size)])[None, :],
            [1.0],
        )
        assert answer.success
        total += answer.fun
    return total


def test_the_index_of_a_component_is_the_sum_over_equilibria_of_a_game_nearby() -> None:
    rng = random.Random(77)
    values = set()
    for _ in range(40):
        first, second = small_table(rng, 3, 3, 2), small_table(rng, 3, 3, 2)
        equilibria = found(first, second)
        sums = [0] * len(equilibria.components)
        for x, y, index in perturbed_index(first, second, rng):
            distances = [
                min(distance([mixtures(equilibria[k]) for k in piece], (x, y)) for piece in part.pieces)
                for part in equilibria.components
            ]
            assert min(distances) < 1e-3
            sums[int(np.argmin(distances))] += index
        assert [part.index for part in equilibria.components] == sums
        for part in equilibria.components:
            alone = part.index if part.is_point else None
            assert [equilibria[k].index for k in part.members] == [alone] * len(part.members)
            values.add((part.is_point, part.index))
    assert {(True, 1), (True, -1), (True, 0), (False, 0), (False, 1)} <= values


def test_floats_are_certified_and_the_same_as_exact() -> None:
    for number in range(1, 30, 2):
        first, second = random_game(number)
        quick, slow = found(first, second), found(first, second, exact=True)
        size = len(first)
        assert (quick.known, slow.known) == ("exact" if size <= 4 else "certified", "exact")
        assert quick.complete and slow.complete and list(map(mixtures, quick)) == list(map(mixtures, slow))
        assert [e.index for e in quick] == [e.index for e in slow]
        assert len(quick) % 2 == 1 and all(e.index in (1, -1) and e.quasi_strict for e in quick)


def test_bases_in_doubt_are_decided_in_rational_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows that differ in the last digits are told apart by an exact look at few bases; two that are equal need exact pivoting."""
    asked: list[Any] = []
    decide = feasible_bases._is_nondegenerate
    monkeypatch.setattr(feasible_bases, "_is_nondegenerate", lambda *a: asked.append(a) or decide(*a))
    for seed in (0, 2, 4):
        rng = random.Random(seed)
        first, second = ([[rng.random() for _ in range(6)] for _ in range(6)] for _ in range(2))
        best = max(range(6), key=lambda i: first[i][0])
        other = (best + 1) % 6
        first[other] = [entry + rng.choice([-1, 1]) * 2.0**-52 for entry in first[best]]
        asked.clear()
        near = found(first, second)
        assert near.complete and near.known == "certified" and asked
        assert list(map(mixtures, near)) == list(map(mixtures, found(first, second, exact=True)))
        first[other] = first[best]
        equal = found(first, second)
        assert equal.complete and any(not part.is_point for part in equal.components)
        assert list(map(mixtures, equal)) == list(map(mixtures, found(first, second, exact=True)))


def test_what_is_too_large_is_said_to_be_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = random_game(13)
    whole = found(first, second)
    monkeypatch.setattr(feasible_bases, "MOST_BASES", 200)
    some = found(first, second)
    assert len(first) == 8 and whole.complete and not some.complete and some.known == "certified"
    assert some.because == "there are more than 200 bases of a best-response polytope to visit"
    assert all_mixtures(some) <= all_mixtures(whole)
    assert {e.index for e in some} <= {None} and {part.index for part in some.components} <= {None}


def test_ties_in_what_is_too_large_for_exact_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the equilibria that pivoting in doubles shows are still checked in rational numbers."""
    first, second = random_game(13)
    first[7], second = first[6], [[*row[:7], row[6]] for row in second]
    whole = found(first, second)
    assert whole.complete and whole.known == "exact"
    monkeypatch.setattr(feasible_bases, "MOST_EXACT_ENTRIES", 72 * 20)
    some = found(first, second)
    assert not some.complete and some.known == "numerical"
    assert "more than 20 bases" in some.because and "exact arithmetic" in some.because
    assert all_mixtures(some) <= all_mixtures(whole) and len(some) > 1
    assert all(e.known == "exact" for e in some)
    monkeypatch.setattr(feasible_bases, "MOST_BASES", 20)
    exact = found(first, second, exact=True)
    assert not exact.complete and exact.known == "exact" and all_mixtures(exact) <= all_mixtures(whole)


def elsewhere(size: int) -> Table:
    """Both get 1 if they choose differently, else 0."""
    return [[Fraction(int(i != j)) for j in range(size)] for i in range(size)]


def test_a_component_of_very_many_pieces() -> None:
    """Both get 1 where they choose differently: any two sets of strategies without a common one are a product, 2**n - 2 of them maximal."""
    few = found(elsewhere(5), elsewhere(5))
    pieces = {
        tuple(frozenset(int(s) - 1 for k in piece for s in few[k].support[side]) for side in (0, 1))
        for piece in few.components[0].pieces
    }
    subsets = [frozenset(s) for size in range(1, 5) for s in combinations(range(5), size)]
    assert pieces == {(s, frozenset(range(5)) - s) for s in subsets} and len(pieces) == 30
    many = found(elsewhere(14), elsewhere(14))
    (component,) = (part for part in many.components if not part.is_point)
    assert not many.complete and many.because.startswith("a component is made of more than 10000 sets")
    assert len(component.members) == 14 * 13 and len(component.pieces) == 14
    assert sum(part.index or 0 for part in many.components) == 1


def test_indices_that_do_not_sum_to_one_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bimatrix, "_indices", lambda *a: [2])
    with pytest.raises(AssertionError, match="sum to 2, not 1"):
        found([[1]], [[1]])


def test_mixtures_are_solved_when_they_are_looked_at_and_results_can_be_copied(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    solve = reply_polytopes.solve_vertex
    monkeypatch.setattr(reply_polytopes, "solve_vertex", lambda *a: asked.append(a) or solve(*a))
    first, second = random_game(13)
    equilibria = found(first, second)
    assert len(equilibria) > 1 and not asked
    solved = equilibria[0].strategies
    assert len(asked) == 2 and equilibria[0].strategies is solved
    assert sum(solved[0].values()) == sum(solved[1].values()) == 1
    for same in (pickle.loads(pickle.dumps(equilibria)), copy.deepcopy(equilibria), copy.copy(equilibria)):
        assert list(map(repr, same)) == list(map(repr, equilibria)) and same.components == equilibria.components
    changed = replace(equilibria[1], index=7)
    assert changed.index == 7 and changed.strategies == equilibria[1].strategies
    with pytest.raises(FrozenInstanceError):
        changed.payoffs = ()  # type: ignore[misc]
    with pytest.raises(TypeError, match="'strategies' and 'payoffs'"):
        NashEquilibrium(equilibria.game)


def test_a_vertex_that_does_not_have_its_labels_is_an_error() -> None:
    """What a walk says about a vertex is compared with the solution of its equations."""
    table = payoff_tables(NormalFormGame.from_bimatrix([[3, 1], [0, 2], [0, 0]], [[0, 0]] * 3)).whole[0]
    polytope = reply_polytopes.reply_polytope(table, [3, 4, 0, 1, 2])
    right = reply_polytopes.ReplyVertex(polytope, 0b00011, 0b00011).solution
    assert right.mixture == (Fraction(1, 4), Fraction(3, 4)) and right.payoff == Fraction(3, 2)
    too_many, not_best = (0b00011, 0b00111), (0b01001, 0b01001)  # against column 2 row 2 is better than row 1
    for nonbasic, labels in (too_many, not_best):
        with pytest.raises(AssertionError, match="the labels that it was found with"):
            _ = reply_polytopes.ReplyVertex(polytope, nonbasic, labels).solution


# at the edges of what is allowed


def test_one_strategy_each() -> None:
    (only,) = found([[-3]], [["1/7"]])
    assert only.payoffs == (-3, Fraction(1, 7)) and only.strict and only.index == 1
    assert str(only) == "1 = 1; 1 = 1"


def test_one_player_has_no_choice() -> None:
    """The other one chooses among the columns that are best."""
    equilibria = found([[1, 2, 3]], [[5, 4, 5]])
    assert all_mixtures(equilibria) == {((1,), (1, 0, 0)), ((1,), (0, 0, 1))}
    assert [part.pieces for part in equilibria.components] == [((0, 1),)]
    assert equilibria.components[0].index == 1
    column = found([[1], [0], [1]], [[5], [4], [3]])
    assert all_mixtures(column) == {((1, 0, 0), (1,)), ((0, 0, 1), (1,))}


@pytest.mark.parametrize("value", [0, -7, 1e300, "1/3"])
@pytest.mark.parametrize(("m", "n"), [(1, 1), (2, 2), (3, 5), (7, 6)])
def test_payoffs_that_are_all_equal(value: Any, m: int, n: int) -> None:
    equilibria = found([[value] * n] * m, [[value] * n] * m)
    units = [[tuple(int(i == k) for i in range(size)) for k in range(size)] for size in (m, n)]
    assert all_mixtures(equilibria) == set(product(*units))
    (component,) = equilibria.components
    assert component.index == 1 and component.pieces == (tuple(range(m * n)),)


def test_strategies_that_are_alike() -> None:
    """Matching pennies with a second copy of one side: the copies share the probability of one half in any way."""
    equilibria = found([[1, -1], [-1, 1], [-1, 1]], [[-1, 1], [1, -1], [1, -1]])
    half = Fraction(1, 2)
    assert all_mixtures(equilibria) == {((half, half, 0), (half, half)), ((half, 0, half), (half, half))}
    assert [(part.pieces, part.index) for part in equilibria.components] == [(((0, 1),), 1)]


def test_more_strategies_than_the_compiled_walk_takes() -> None:
    """With 2 and 150 strategies the labels need three words; the upper envelope of 150 lines gives the second player's best replies."""
    rng = random.Random(11)
    first, second = ([[Fraction(rng.randint(0, 10**6)) for _ in range(150)] for _ in range(2)] for _ in range(2))
    equilibria = found(first, second)
    assert equilibria.complete and equilibria.known == "exact" and len(equilibria) % 2 == 1
    columns = transposed(second)
    lead = [a - b for a, b in zip(*first, strict=True)]
    pure = set()
    for i in (0, 1):
        j = max(range(150), key=lambda j: columns[j][i])
        if (lead[j] >= 0) == (i == 0):
            pure.add((i, j))
    assert {tuple(int(own[0]) - 1 for own in e.support) for e in equilibria if e.pure} == pure
    ends = {Fraction(0), Fraction(1)}  # first player's chance of strategy 1 at which two columns are best
    for j, k in combinations(range(150), 2):
        slope = columns[j][0] - columns[j][1] - columns[k][0] + columns[k][1]
        if slope:
            p = (columns[k][1] - columns[j][1]) / slope
            if 0 < p < 1:
                earned = [p * u + (1 - p) * v for u, v in columns]
                if earned[j] == earned[k] == max(earned) and lead[j] * lead[k] < 0:
                    ends.add(p)
    mixed = {x[0] for x, _ in all_mixtures(equilibria) if 0 < x[0] < 1}
    assert mixed == ends - {0, 1}
    wide = [[*row, *row[:5]] for row in first], [[*row, *row[:5]] for row in second]
    assert len(found(*wide)) >= len(equilibria)


def test_huge_and_tiny_payoffs() -> None:
    """Scaling the rows' and the columns' payoffs apart changes nothing, whatever the exponents."""
    rng = random.Random(2)
    for size in (2, 3, 6):
        first, second = ([[Fraction(rng.randint(-8, 8)) for _ in range(size)] for _ in range(size)] for _ in range(2))
        huge = [[float(entry) * 2.0**1000 for entry in row] for row in first]
        tiny = [[float(entry) * 2.0**-1000 for entry in row] for row in second]
        assert all_mixtures(found(huge, tiny)) == all_mixtures(found(first, second))
        mixed = [[entry * Fraction(10) ** rng.randint(-300, 300) for entry in row] for row in first]
        if size < 4:
            assert all_mixtures(found(mixed, tiny)) == extreme_equilibria(mixed, second)
        assert found(mixed, tiny).complete


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), None, "", True])
def test_payoffs_that_are_no_numbers_are_refused_with_the_game(value: Any) -> None:
    with pytest.raises(GameError, match="payoff"):
        found([[1, value], [0, 1]], [[0, 1], [1, 0]])


@pytest.mark.parametrize("table", [[[1, 2], [3]], [], [[]]])
def test_ragged_and_empty_tables_are_refused_with_the_game(table: Any) -> None:
    with pytest.raises(GameError):
        found(table, table)


def test_values_of_parameters() -> None:
    """Matching pennies with a prize a: the other side equalises a y = b (1 - y)."""
    game = NormalFormGame.from_bimatrix(
        [["a", 0], [0, "b"]], [[0, 1], [1, 0]], parameters={"a": {}, "b": {"value": 1}}
    )
    (mixed,) = nash_equilibria(game, {"a": "1/3"})
    assert mixtures(mixed)[1] == (Fraction(3, 4), Fraction(1, 4))
    with pytest.raises(ParameterError, match="a"):
        nash_equilibria(game)


def test_games_without_a_payoff_table_are_refused() -> None:
    group = GroupGame.__new__(GroupGame)
    with pytest.raises(UnsupportedError, match="payoff tables"):
        nash_equilibria(group)


# tables


def test_tables_show_supports_payoffs_index_and_strictness() -> None:
    chicken = NormalFormGame.from_bimatrix(
        [[0, 7], [2, 6]], [[0, 2], [7, 6]], {"a_1": ["dare", "<b>"], "b": ["l", "r%"]}
    )
    equilibria = nash_equilibria(chicken)
    frame = equilibria.to_dataframe()
    assert frame.index.tolist() == [1, 2, 3] and frame["index"].tolist() == [1, 1, -1]
    assert frame["a_1.dare"].tolist() == [1, 0, float(Fraction(1, 3))] and frame["payoff.b"].tolist() == [
        2,
        7,
        14 / 3,
    ]
    assert frame["strict"].tolist() == [True, True, False] and set(frame["known"]) == {"exact"}
    assert frame["component"].tolist() == ["1", "2", "3"]
    html = equilibria._repr_html_()
    assert "<td>dare = 1/3, &lt;b&gt; = 2/3</td><td>14/3</td><td>l = 1/3, r% = 2/3</td>" in html
    assert "<td>+1</td><td>yes</td>" in html and "complete: all vertices" in html
    latex = equilibria.to_latex()
    assert latex.splitlines()[:3] == [
        r"\begin{tabular}{rlrlrrrl}",
        r"\toprule",
        r" & a\_1 & payoff of a\_1 & b & payoff of b & component & index & strict \\",
    ]
    assert r"2 & <b> = 1 & 2 & l = 1 & 7 & 2 & $+1$ & yes \\" in latex
    assert r"r\% = 2/3 & 14/3 & 3 & $-1$ & no \\" in latex


def test_tables_of_one_population_and_of_a_continuum() -> None:
    twins = MatrixGame([[-1, 4, 4], [0, 2, 2], [0, 2, 2]], ["hawk", "dove", "pigeon"], population="birds")
    frame = nash_equilibria(twins).to_dataframe()
    assert frame["index"].isna().all() and frame["birds.hawk"].tolist() == [float(Fraction(2, 3))] * 2
    assert nash_equilibria(twins).to_latex().count("&") == 5 * 3
    assert "hawk = 2/3, pigeon = 1/3" in nash_equilibria(twins)._repr_html_()


def test_what_components_print() -> None:
    # against her first strategy everything is a best reply of his, so that two edges of equilibria meet in (1, 1)
    ends = nash_equilibria(NormalFormGame.from_bimatrix([[1, 1], [0, 1]], [[1, 1], [0, 0]]))
    assert [str(part) for part in ends.components] == [
        "all that lies between equilibria 1, 2 and between 2, 3, index 1"
    ]
    apart = nash_equilibria(NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]]))
    assert sorted(str(part).split(", ")[1] for part in apart.components) == ["index -1", "index 1", "index 1"]
