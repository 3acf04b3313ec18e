"""Correlated equilibria: published payoffs, all vertices of small polytopes, bounds, every incentive checked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    GameError,
    MatrixGame,
    NormalFormGame,
    StateError,
    UnsupportedError,
    find_coarse_correlated_equilibrium,
    find_correlated_equilibrium,
    find_pure_nash_equilibria,
    is_coarse_correlated_equilibrium,
    is_correlated_equilibrium,
    payoff_of,
    smallest_payoff,
    total_payoff,
)
from coopgame.equilibria import correlated, linear_programs

CHICKEN = NormalFormGame.from_bimatrix([[6, 2], [7, 0]], [[6, 7], [2, 0]])
Distribution = Mapping[tuple[str, ...], Fraction]


def _gains(game: NormalFormGame, distribution: Distribution, coarse: bool) -> list[Fraction]:
    """Return what every player gains by not following, straight from the definition."""
    found = []
    for p, population in enumerate(game.populations):
        for told in [None] if coarse else population.strategies:
            for instead in population.strategies:
                gain = Fraction(0)
                for profile, chance in distribution.items():
                    if told is None or profile[p] == told:
                        other = (*profile[:p], instead, *profile[p + 1 :])
                        gain += chance * Fraction(str(game.payoff(other)[p] - game.payoff(profile)[p]))
                found.append(gain)
    return found


def _expected(game: NormalFormGame, distribution: Distribution, p: int) -> Fraction:
    return sum((chance * Fraction(str(game.payoff(c)[p])) for c, chance in distribution.items()), Fraction(0))


def test_chicken_of_aumann() -> None:
    """Aumann (1974): one signal of three gives 5 to each; the best for both gives 5 1/4, and no equilibrium of one's own chance as much."""
    thirds = {("1", "1"): "1/3", ("1", "2"): "1/3", ("2", "1"): "1/3"}
    assert is_correlated_equilibrium(CHICKEN, thirds)
    best = find_correlated_equilibrium(CHICKEN)
    assert best.payoffs == (Fraction(21, 4), Fraction(21, 4)) and best.known == "exact"
    assert best.distribution == {("1", "1"): Fraction(1, 2), ("1", "2"): Fraction(1, 4), ("2", "1"): Fraction(1, 4)}
    assert best.probability("2", "2") == 0
    fair = find_correlated_equilibrium(CHICKEN, objective=smallest_payoff)
    assert fair.objective == Fraction(21, 4)
    assert find_correlated_equilibrium(CHICKEN, objective=payoff_of("player2")).objective == 7
    worst = find_correlated_equilibrium(CHICKEN, maximise=False)
    assert worst.objective < Fraction(2 * 14, 3)  # the mixed equilibrium gives 14/3 to each


def test_ten_thirds() -> None:
    """Fudenberg and Tirole (1991), Game Theory, figure 2.4: signals give each player 10/3, more than any mixed equilibrium (5/2)."""
    game = NormalFormGame.from_bimatrix([[5, 0], [4, 1]], [[1, 0], [4, 5]])
    best = find_correlated_equilibrium(game)
    assert best.payoffs == (Fraction(10, 3), Fraction(10, 3)) and len(best.distribution) == 3


def test_three_players() -> None:
    """Fudenberg and Tirole (1991), figure 2.5: the third player benefits from not knowing what the others know; (2, 2, 2) instead of (1, 1, 1)."""
    payoffs = {
        ("U", "L", "A"): (0, 1, 3), ("U", "R", "A"): (0, 0, 0), ("D", "L", "A"): (1, 1, 1), ("D", "R", "A"): (1, 0, 0),
        ("U", "L", "B"): (2, 2, 2), ("U", "R", "B"): (0, 0, 0), ("D", "L", "B"): (2, 2, 0), ("D", "R", "B"): (2, 2, 2),
        ("U", "L", "C"): (0, 1, 0), ("U", "R", "C"): (0, 0, 0), ("D", "L", "C"): (1, 1, 0), ("D", "R", "C"): (1, 0, 3),
    }  # fmt: skip
    game = NormalFormGame(payoffs, {"one": ["U", "D"], "two": ["L", "R"], "three": ["A", "B", "C"]})
    assert is_correlated_equilibrium(game, {"U, L, B": "1/2", "D, R, B": "1/2"})
    for objective in (smallest_payoff, payoff_of("one"), payoff_of("two")):
        assert find_correlated_equilibrium(game, objective=objective).objective == 2
    assert [e.profile for e in find_pure_nash_equilibria(game)] == [("D", "L", "A")]


def _vertices(game: NormalFormGame, coarse: bool) -> list[list[Fraction]]:
    """Return all vertices: wherever enough of the inequalities hold with equality, solved by SymPy."""
    profiles = game.profiles
    units = [{c: Fraction(c == d) for c in profiles} for d in profiles]
    columns = [[*(-g for g in _gains(game, unit, coarse)), *(unit[c] for c in profiles)] for unit in units]
    rows = sorted({tuple(row) for row in zip(*columns, strict=True) if any(row)})
    found: dict[tuple[Fraction, ...], None] = {}
    for chosen in combinations(rows, len(profiles) - 1):
        matrix = sympy.Matrix([*chosen, [1] * len(profiles)])
        if matrix.rank() == len(profiles):
            x = matrix.LUsolve(sympy.Matrix([0] * (len(profiles) - 1) + [1]))
            point = tuple(Fraction(int(v.p), int(v.q)) for v in x)
            if all(sum(a * b for a, b in zip(row, point, strict=True)) >= 0 for row in rows):
                found[point] = None
    return [list(point) for point in found]


@pytest.mark.parametrize("coarse", [False, True])
def test_the_optimum_is_the_best_vertex(coarse: bool) -> None:
    """Chicken has five vertices, two of them pure equilibria and one of them mixed (Calvo-Armengol 2006)."""
    find = find_coarse_correlated_equilibrium if coarse else find_correlated_equilibrium
    vertices = _vertices(CHICKEN, coarse)
    assert coarse or len(vertices) == 5
    for weights in product((-1, 0, 2), repeat=4):
        best = find(CHICKEN, objective=np.reshape(weights, (2, 2)))
        assert best.objective == max(sum(w * p for w, p in zip(weights, v, strict=True)) for v in vertices)


def test_regret_free_play_may_use_what_is_strictly_dominated() -> None:
    """The third strategy is dominated by a mixture of the others, so no correlated equilibrium uses it.

    By hand: at 1/2 (2, 2) + 1/2 (3, 3) each expects 3/2; playing the first strategy throughout earns 3/2, the second 1, the third 1.
    """
    rows = [[0, 0, 3], [1, 1, 1], [0, 0, 2]]
    game = NormalFormGame.from_bimatrix(rows, np.transpose(rows).tolist())
    narrow, wide = find_correlated_equilibrium(game), find_coarse_correlated_equilibrium(game)
    assert narrow.distribution == {("2", "2"): 1}
    assert wide.objective == 3 and wide.distribution == {("2", "2"): Fraction(1, 2), ("3", "3"): Fraction(1, 2)}
    verdict = is_correlated_equilibrium(game, wide.distribution)
    assert not verdict and verdict.violated is not None
    assert (verdict.violated.told, verdict.violated.instead, verdict.violated.gain) == ("3", "1", Fraction(1, 2))
    assert is_coarse_correlated_equilibrium(game, wide.distribution)


@settings(max_examples=30)
@given(st.integers(1, 3), st.integers(1, 3), st.data())
def test_bounds(rows: int, columns: int, data: st.DataObject) -> None:
    """Nash within correlated within coarse correlated; every incentive is added up again; duality is in the exactness."""
    numbers = st.lists(st.integers(-3, 3), min_size=rows * columns, max_size=rows * columns)
    game = NormalFormGame([np.reshape(data.draw(numbers), (rows, columns)).tolist() for _ in range(2)])
    most = max(sum(game.payoff(c)) for c in game.profiles)
    for objective in (total_payoff, smallest_payoff):
        narrow = find_correlated_equilibrium(game, objective=objective)
        wide = find_coarse_correlated_equilibrium(game, objective=objective)
        for found, coarse in ((narrow, False), (wide, True)):
            assert found.known == "exact" and sum(found.distribution.values()) == 1
            assert min(found.distribution.values()) > 0 and max(_gains(game, found.distribution, coarse)) <= 0
            payoffs = [_expected(game, found.distribution, p) for p in range(2)]
            assert list(found.payoffs) == payoffs
            assert found.objective == (sum(payoffs) if objective is total_payoff else min(payoffs))
        assert narrow.objective <= wide.objective <= Fraction(int(most), 1 if objective is total_payoff else 2)
        for equilibrium in find_pure_nash_equilibria(game):
            assert is_correlated_equilibrium(game, {equilibrium.profile: 1})
            payoffs = [Fraction(str(u)) for u in game.payoff(equilibrium.profile)]
            assert (sum(payoffs) if objective is total_payoff else min(payoffs)) <= narrow.objective
    low, high = (find_correlated_equilibrium(game, maximise=way).objective for way in (False, True))
    worst = find_coarse_correlated_equilibrium(game, maximise=False).objective
    assert min(sum(game.payoff(c)) for c in game.profiles) <= worst <= low <= high


@settings(max_examples=30)
@given(st.lists(st.integers(-4, 4), min_size=8, max_size=8))
def test_the_mixed_equilibrium_of_two_by_two_is_correlated(numbers: Sequence[int]) -> None:
    a, b, c, d, e, f, g, h = numbers
    first, second = a - b - c + d, e - f - g + h
    if first == 0 or second == 0:
        return
    x, y = Fraction(h - g, second), Fraction(d - b, first)
    if not (0 <= x <= 1 and 0 <= y <= 1):
        return
    game = NormalFormGame.from_bimatrix([[a, b], [c, d]], [[e, f], [g, h]])
    mixed = [[x * y, x * (1 - y)], [(1 - x) * y, (1 - x) * (1 - y)]]
    assert is_correlated_equilibrium(game, mixed) and is_coarse_correlated_equilibrium(game, mixed)
    best = find_correlated_equilibrium(game)
    nash = sum(p * sum(map(int, game.payoff(c))) for p, c in zip(np.ravel(mixed), game.profiles, strict=True))
    assert best.objective >= nash


def test_one_population_has_no_roles() -> None:
    game = MatrixGame([[6, 2], [7, 0]], ["dove", "hawk"])
    best = find_correlated_equilibrium(game)
    assert best.payoffs == (Fraction(21, 4),)
    assert best.probability("dove", "hawk") == best.probability("hawk", "dove") == Fraction(1, 4)
    alone = is_correlated_equilibrium(game, {("dove", "hawk"): 1})
    assert alone and is_correlated_equilibrium(game, {("hawk", "dove"): 1})
    verdict = is_correlated_equilibrium(game, {("dove", "hawk"): "1/2", ("hawk", "hawk"): "1/2"})
    assert str(verdict) == "population gains 1 when told hawk, playing dove"
    assert list(best.to_dataframe().columns) == ["population1", "population2", "probability"]


def test_objectives_of_every_form_agree() -> None:
    array = [[12, 9], [9, 0]]
    forms = (
        array,
        np.array(array),
        {"1, 1": 12, ("1", "2"): 9, "2,1": 9},
        lambda tables: tables.exact[0] + tables.exact[1],
    )
    assert {find_correlated_equilibrium(CHICKEN, objective=form).objective for form in forms} == {Fraction(21, 2)}


def test_values_and_ties() -> None:
    game = NormalFormGame.from_bimatrix([["a", 0], [0, 1]], [["a", 0], [0, 1]], parameters={"a": None})
    assert find_correlated_equilibrium(game, {"a": 3}).payoffs == (3, 3)
    assert find_correlated_equilibrium(game, {"a": "1/2"}).payoffs == (1, 1)
    assert find_correlated_equilibrium(MatrixGame([[0]])).payoffs == (0,)
    flat = find_correlated_equilibrium(NormalFormGame.from_bimatrix([[1, 1], [1, 1]], [[1, 1], [1, 1]]))
    assert flat.objective == 2


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_units_do_not_matter(scale: float) -> None:
    unit = Fraction(scale)
    rows, columns = ([[v * unit for v in row] for row in table] for table in ([[6, 2], [7, 0]], [[6, 7], [2, 0]]))
    best = find_correlated_equilibrium(NormalFormGame.from_bimatrix(rows, columns))
    assert best.distribution == find_correlated_equilibrium(CHICKEN).distribution
    assert best.objective == Fraction(21, 2) * unit


def test_twelve_strategies_are_still_exact() -> None:
    rng = np.random.default_rng(1)
    game = NormalFormGame([rng.integers(0, 100, (12, 12)).tolist() for _ in range(2)])
    found = find_correlated_equilibrium(game, objective=smallest_payoff)
    assert found.known == "exact" and max(_gains(game, found.distribution, False)) <= 0


def test_where_it_cannot_be_made_exact_the_gain_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear_programs, "_made_exact", lambda *_: None)
    monkeypatch.setattr(correlated, "_MOST_ENTRIES", 1)
    found = find_correlated_equilibrium(CHICKEN)
    assert found.known == "numerical" and 0 <= found.violation < 1e-8
    assert found.payoffs == pytest.approx((5.25, 5.25)) and "floating point" in found.because


def test_errors_say_what_to_do() -> None:
    with pytest.raises(StateError, match="sum to exactly 1"):
        is_correlated_equilibrium(CHICKEN, {"1, 1": "1/2"})
    with pytest.raises(StateError, match="which is no profile"):
        is_correlated_equilibrium(CHICKEN, {"1, 3": 1})
    with pytest.raises(StateError, match="shape"):
        is_correlated_equilibrium(CHICKEN, [1, 0])
    with pytest.raises(GameError, match="no population 'row'"):
        find_correlated_equilibrium(CHICKEN, objective=payoff_of("row"))
    with pytest.raises(GameError, match="one number per profile"):
        find_correlated_equilibrium(CHICKEN, objective=[1, 2, 3])
    with pytest.raises(UnsupportedError, match="maximised only"):
        find_correlated_equilibrium(CHICKEN, objective=smallest_payoff, maximise=False)


def test_how_results_read() -> None:
    best = find_correlated_equilibrium(CHICKEN)
    assert str(best) == "(1, 1) = 1/2; (1, 2) = 1/4; (2, 1) = 1/4: payoffs 21/4, 21/4, objective 21/2 (exact)"
    assert "<td>1, 1</td><td>1/2</td>" in best._repr_html_()
    assert best.to_dataframe()["probability"].sum() == 1
    assert str(is_correlated_equilibrium(CHICKEN, best.distribution)) == "no player gains by not following"
    coarse = is_coarse_correlated_equilibrium(CHICKEN, {"2, 2": 1})
    assert str(coarse) == "player1 gains 2 by ignoring the advice and playing 1"
