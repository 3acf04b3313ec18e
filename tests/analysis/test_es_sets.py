"""Evolutionarily stable sets against the definition on many states, against single ESS, copies of strategies, and orbits."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    NormalFormGame,
    ParameterError,
    UnsupportedError,
    find_es_sets,
    find_ess,
    integrate,
    is_nss,
)

Table = list[list[Fraction]]


def _random_table(rng: random.Random, size: int, spread: int = 1) -> Table:
    return [[Fraction(rng.randint(-spread, spread)) for _ in range(size)] for _ in range(size)]


def _earned(table: Table, x: list[Fraction], y: list[Fraction]) -> Fraction:
    return sum((x[i] * table[i][j] * y[j] for i in range(len(x)) for j in range(len(x))), Fraction(0))


def _mixture(rng: random.Random, ends: list[list[Fraction]]) -> list[Fraction]:
    weights = [Fraction(rng.randint(0, 4)) for _ in ends]
    weights = weights if any(weights) else [Fraction(1) for _ in ends]
    total = sum(weights, Fraction(0))
    return [
        sum((w * end[i] for w, end in zip(weights, ends, strict=True)), Fraction(0)) / total
        for i in range(len(ends[0]))
    ]


def test_sets_of_one_state_are_the_ess() -> None:
    rng = random.Random(1)
    larger = 0
    for _ in range(150):
        game = MatrixGame(_random_table(rng, rng.randint(2, 5)))
        sets = find_es_sets(game)
        points = {tuple(str(v) for v in s.pieces[0][0].values()) for s in sets if s.is_point}
        assert points == {tuple(str(v) for v in state.shares.values()) for state in find_ess(game)}
        larger += sum(not s.is_point for s in sets)
    assert larger > 5


@pytest.mark.parametrize("size", [2, 3, 4])
def test_the_definition_on_many_states(size: int) -> None:
    """Every close best reply on a grid of directions: worse against itself, or in the set; and some counterexample elsewhere."""
    rng = random.Random(20 + size)
    steps = [v for v in product(range(-2, 3), repeat=size) if sum(v) == 0 and any(v)]
    met = {True: 0, False: 0}
    for _ in range(120):
        table = _random_table(rng, size)
        found = find_es_sets(MatrixGame(table))
        for judged in (*found.sets, *found.others):
            good = True
            for piece in judged.pieces:
                ends = [list(end.values()) for end in piece]
                for x in [*ends, *(_mixture(rng, ends) for _ in range(3))]:
                    assert judged.contains(x)
                    good &= _is_good(table, x, steps, judged)
            if judged.es:
                assert good, (table, str(judged))
            met[judged.es] += judged.es or not good
            assert judged.es or not good or size > 3, (table, str(judged), judged.because)
    assert min(met.values()) > 20


def _is_good(table: Table, x: list[Fraction], steps: list, judged: object) -> bool:
    payoffs = [sum((a * s for a, s in zip(row, x, strict=True)), Fraction(0)) for row in table]
    best = [value == max(payoffs) for value in payoffs]
    for step in steps:
        y = [s + Fraction(v, 10_000) for s, v in zip(x, step, strict=True)]
        if min(y) < 0 or any(v and not b for v, b in zip(y, best, strict=True)):
            continue
        margin = _earned(table, x, y) - _earned(table, y, y)
        if margin < 0 or (margin == 0 and not judged.contains(y)):  # type: ignore[attr-defined]
            return False
    return True


def test_copies_of_strategies_turn_an_ess_into_a_set() -> None:
    """Copies earn the same, so a state is in the set exactly where the copies together have the share in the ESS."""
    rng = random.Random(8)
    count = 0
    for _ in range(60):
        size = rng.randint(2, 4)
        table = _random_table(rng, size, 3)
        copies = [*range(size), rng.randrange(size)]
        copied = [[table[i][j] for j in copies] for i in copies]
        small, large = find_es_sets(MatrixGame(table)), find_es_sets(MatrixGame(copied))
        assert len(small) == len(large)
        for one in small:
            (x,) = one.pieces[0] if one.is_point else ({},)
            if not x:
                continue
            shares = list(x.values())
            twin = copies[-1]
            for part in (Fraction(0), Fraction(1, 3), Fraction(1)):
                y = [*shares, shares[twin] * part]
                y[twin] -= shares[twin] * part
                assert sum(s.contains(y) for s in large) == 1
            assert any(not s.is_point for s in large) or not shares[twin]
            count += shares[twin] > 0
    assert count > 15


def test_hawks_doves_and_retaliators() -> None:
    """Maynard Smith (1982), chapter 2: doves drift in among retaliators until hawks can enter, so only hawks and doves are stable."""
    game = MatrixGame([[-1, 2, -1], [0, 1, 1], [-1, 1, 1]], ["hawk", "dove", "retaliator"])
    found = find_es_sets(game)
    assert [str(s) for s in found] == ["hawk = 1/2, dove = 1/2"]
    (drifting,) = found.others
    assert str(drifting) == "between (retaliator = 1) and (dove = 2/3, retaliator = 1/3)"
    assert is_nss(game, {"retaliator": 1}) and not is_nss(game, {"dove": "2/3", "retaliator": "1/3"})
    assert "not neutrally stable" in drifting.because


def test_a_common_interest_game_with_a_line_of_best_states() -> None:
    """Thomas (1985): in a symmetric table states of highest mean payoff nearby are an ES set; here a and b with c beside them."""
    game = MatrixGame([[2, 2, 0], [2, 2, 0], [0, 0, 1]], ["a", "b", "c"])
    first, second = sorted(find_es_sets(game), key=lambda s: s.is_point)
    assert str(first) == "between (a = 1) and (b = 1)" and str(second) == "c = 1"
    assert first.contains({"a": "1/4", "b": "3/4"}) and not first.contains({"a": "1/2", "c": "1/2"})


def test_orbits_from_close_by_go_to_a_state_of_the_set() -> None:
    """Thomas (1985): an ES set is asymptotically stable under the replicator dynamics."""
    rng = random.Random(6)
    count = 0
    while count < 6:
        table = _random_table(rng, 4, 2)
        game = MatrixGame(table)
        for judged in find_es_sets(game):
            if judged.is_point or len(judged.pieces) > 1 or len(judged.pieces[0]) == 4:
                continue
            x = np.mean([[float(v) for v in end.values()] for end in judged.pieces[0]], axis=0)
            start = 0.98 * x + 0.005
            last = integrate(game, start / start.sum(), t_end=4000).shares[-1]
            corners = np.array([[float(v) for v in end.values()] for end in judged.pieces[0]])
            weights = np.linalg.lstsq(
                np.vstack([corners.T, np.ones(len(corners))]), np.append(last, 1.0), rcond=None
            )[0]
            assert np.abs(corners.T @ weights - last).max() < 2e-3 and weights.min() > -1e-2
            count += 1


def test_degenerate_games_and_refusals() -> None:
    everything = find_es_sets(MatrixGame([[5, 5, 5], [5, 5, 5], [5, 5, 5]]))
    assert str(everything[0]) == "between (1 = 1) and (2 = 1) and (3 = 1)" and not everything.others
    assert [s.because for s in find_es_sets(MatrixGame([[7]], ["only"]))] == ["an ESS"]
    none = find_es_sets(MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]))
    assert str(none).startswith("no ES set") and "no equilibrium" in none.others[0].because
    assert "no equilibrium" in none._repr_html_() and "Thomas" in none._repr_html_()
    with pytest.raises(UnsupportedError, match="one population"):
        find_es_sets(NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]]))
    with pytest.raises(UnsupportedError, match="up to 14"):
        find_es_sets(MatrixGame(np.eye(15, dtype=int)))
    with pytest.raises(ParameterError, match="no value for a"):
        find_es_sets(MatrixGame([["a", 0], [0, 1]]))
    assert len(find_es_sets(MatrixGame([["a", 0], [0, 1]]), {"a": 1})) == 2
