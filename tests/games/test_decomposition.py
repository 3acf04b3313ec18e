"""Common interest and conflict, potential and harmonic: definitions by hand, projections by least squares."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    UnsupportedError,
    cooperation_index,
    decompose,
    replicator,
    zero_sum_split,
)

ENTRIES = st.integers(-9, 9)
SHAPES = st.sampled_from([(2, 2), (2, 3), (3, 3), (2, 2, 2), (2, 3, 2), (4,), (1, 3)])


@st.composite
def tables(draw: st.DrawFn) -> list[np.ndarray]:
    """One integer payoff array per player."""
    shape = draw(SHAPES)
    count = int(np.prod(shape))
    lists = [draw(st.lists(ENTRIES, min_size=count, max_size=count)) for _ in shape]
    return [np.array(values, dtype=int).reshape(shape) for values in lists]


def game_of(arrays: list[np.ndarray]) -> NormalFormGame:
    return NormalFormGame([array.tolist() for array in arrays])


def index_by_hand(arrays: list[np.ndarray]) -> Fraction:
    """The share of the mean over players in the squared norm of the centred payoffs, in fractions."""
    profiles = list(np.ndindex(arrays[0].shape))
    means = [Fraction(int(array.sum()), array.size) for array in arrays]
    centred = [[int(array[q]) - mean for q in profiles] for array, mean in zip(arrays, means, strict=True)]
    players = len(arrays)
    common = [sum(column) / Fraction(players) for column in zip(*centred, strict=True)]
    return players * sum(c * c for c in common) / sum(u * u for row in centred for u in row)


@settings(max_examples=40)
@given(tables())
def test_the_index_is_the_share_of_common_interest(arrays: list[np.ndarray]) -> None:
    assume(any(array.min() < array.max() for array in arrays))
    index = cooperation_index(game_of(arrays))
    assert Fraction(int(index.p), int(index.q)) == index_by_hand(arrays)
    assert 0 <= index <= 1


@settings(max_examples=25)
@given(tables(), st.integers(-5, 5))
def test_the_index_is_zero_for_constant_sums_and_only_there(arrays: list[np.ndarray], total: int) -> None:
    assume(len(arrays) > 1 and any(a.min() < a.max() for a in arrays[:-1]))
    last = total - sum(arrays[:-1])
    assert cooperation_index(game_of([*arrays[:-1], last])) == 0
    bent = last.copy()
    bent.flat[0] += 1
    assume(last.size > 1)
    assert cooperation_index(game_of([*arrays[:-1], bent])) > 0


@settings(max_examples=25)
@given(tables(), st.integers(-5, 5))
def test_the_index_is_one_for_common_interest_and_only_there(arrays: list[np.ndarray], shift: int) -> None:
    assume(len(arrays) > 1 and arrays[0].min() < arrays[0].max())
    same = [arrays[0] + shift * p for p in range(len(arrays))]
    assert cooperation_index(game_of(same)) == 1
    bent = same[1].copy()
    bent.flat[0] += 1
    assert cooperation_index(game_of([same[0], bent, *same[2:]])) < 1


@settings(max_examples=25)
@given(tables(), st.integers(1, 5), st.lists(st.integers(-7, 7), min_size=3, max_size=3))
def test_what_leaves_the_index_unchanged(arrays: list[np.ndarray], unit: int, constants: list[int]) -> None:
    assume(any(array.min() < array.max() for array in arrays))
    index = cooperation_index(game_of(arrays))
    assert cooperation_index(game_of([a + c for a, c in zip(arrays, constants, strict=False)])) == index
    assert cooperation_index(game_of([-unit * a for a in arrays])) == index
    flipped = [np.flip(a, axis=0) for a in arrays]  # strategies renamed
    assert cooperation_index(game_of(flipped)) == index
    swapped = [np.swapaxes(a, 0, a.ndim - 1) for a in arrays[::-1]] if len(arrays) == 2 else arrays  # players renamed
    assert cooperation_index(game_of(swapped)) == index


def test_what_changes_the_index_though_the_dynamics_stays() -> None:
    """A column shift leaves the field as it is; one player's unit only changes its speed."""
    dilemma, shifted = MatrixGame([[3, 0], [5, 1]], symbol="x"), MatrixGame([[9, 0], [11, 1]], symbol="x")
    assert replicator(dilemma).equations() == replicator(shifted).equations()
    assert (cooperation_index(dilemma), cooperation_index(shifted)) == (
        sympy.Rational(9, 59),
        sympy.Rational(129, 371),
    )
    row, column = [[3, 0], [5, 1]], [[3, 5], [0, 1]]
    other_unit = [[30, 50], [0, 10]]
    first, second = (NormalFormGame.from_bimatrix(row, c) for c in (column, other_unit))
    assert cooperation_index(first) != cooperation_index(second)
    assert sympy.expand(replicator(second).rates[1] - 10 * replicator(first).rates[1]) == 0


def test_a_trap_lies_below_one_half_and_is_never_zero_sum() -> None:
    """Greed and fear positive, and mutual cooperation better than mutual price war."""
    rng = np.random.default_rng(11)
    seen = 0
    for _ in range(4000):
        cc, cw, wc, ww = (int(v) for v in rng.integers(-20, 21, 4))
        if wc > cc > ww > cw:
            seen += 1
            assert 0 < cooperation_index(MatrixGame([[cc, cw], [wc, ww]])) < sympy.Rational(1, 2)
    assert seen > 100


@settings(max_examples=30)
@given(tables())
def test_the_split_adds_up_and_is_orthogonal(arrays: list[np.ndarray]) -> None:
    split = zero_sum_split(game_of(arrays))
    for q in np.ndindex(arrays[0].shape):
        for p, array in enumerate(arrays):
            mean = sympy.Rational(int(array.sum()), array.size)
            assert split.common[q] + split.conflict[q][p] == int(array[q]) - mean
        assert sum(split.conflict[q]) == 0
    assert sum(split.common[q] * d for q, row in split.conflict.items() for d in row) == 0


def potential_projection(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """The potential part by least squares over all potential functions, in the weighted inner product."""
    shape = arrays[0].shape
    profiles = list(np.ndindex(shape))
    number = {q: i for i, q in enumerate(profiles)}

    def own_mean_removed(m: int) -> np.ndarray:
        matrix = np.eye(len(profiles))
        for q in profiles:
            for s in range(shape[m]):
                matrix[number[q], number[(*q[:m], s, *q[m + 1 :])]] -= 1 / shape[m]
        return matrix

    operators = [own_mean_removed(m) for m in range(len(shape))]
    weights = np.repeat(np.sqrt(shape), len(profiles))
    gradient = weights[:, None] * np.concatenate(operators)
    wanted = np.concatenate([operators[m] @ arrays[m].ravel() for m in range(len(shape))])
    phi = np.linalg.lstsq(gradient, weights * wanted, rcond=None)[0]
    return [(operators[m] @ phi).reshape(shape) for m in range(len(shape))]


@settings(max_examples=25)
@given(tables())
def test_the_three_parts_beside_least_squares(arrays: list[np.ndarray]) -> None:
    assume(any(array.any() for array in arrays))
    parts = decompose(game_of(arrays))
    shape = arrays[0].shape
    by_squares = potential_projection(arrays)
    for q in np.ndindex(shape):
        for m, array in enumerate(arrays):
            total = parts.potential[q][m] + parts.harmonic[q][m] + parts.nonstrategic[q][m]
            assert total == int(array[q])
            assert float(parts.potential[q][m]) == pytest.approx(by_squares[m][q], abs=1e-9)
    tables_of = (parts.potential, parts.harmonic, parts.nonstrategic)
    for one, other in combinations(tables_of, 2):
        assert sum(shape[m] * one[q][m] * other[q][m] for q in one for m in range(len(shape))) == 0
    assert sum(parts.shares.values()) == 1


@settings(max_examples=25)
@given(tables())
def test_what_each_part_means(arrays: list[np.ndarray]) -> None:
    assume(any(array.any() for array in arrays))
    parts = decompose(game_of(arrays))
    shape = arrays[0].shape
    for q in np.ndindex(shape):
        net = 0
        for m in range(len(shape)):
            for s in range(shape[m]):
                other = (*q[:m], s, *q[m + 1 :])
                # nonstrategic: no own choice matters; potential: gains are gains of one function
                assert parts.nonstrategic[other][m] == parts.nonstrategic[q][m]
                gain = parts.potential[other][m] - parts.potential[q][m]
                assert gain == sympy.expand(parts.potential_function[other] - parts.potential_function[q])
                net += parts.harmonic[other][m] - parts.harmonic[q][m]
        assert net == 0  # harmonic: deviations bring nothing in total


def test_matching_pennies_is_harmonic_and_symmetric_two_by_two_games_are_not() -> None:
    pennies = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    assert decompose(pennies).shares == {"potential": 0, "harmonic": 1, "nonstrategic": 0}
    shares = decompose(MatrixGame([["a", "b"], ["c", "d"]])).shares
    assert sympy.simplify(shares["harmonic"]) == 0


def test_symbols_and_values_agree() -> None:
    game = MatrixGame([["m + s", "s - h"], ["m + h", "m - d"]], parameters={"m": 2, "s": 1, "h": 3, "d": "0.5"})
    values = {"s": "1/3"}
    exact = {sympy.Symbol(n): sympy.Rational(str(v)) for n, v in game.values(values).items()}
    assert cooperation_index(game).subs(exact) == cooperation_index(game, values)
    assert decompose(game).shares["potential"].subs(exact) == decompose(game, values).shares["potential"]
    assert cooperation_index(game, {}) == cooperation_index(game, {"m": 2})


def test_payoffs_that_are_no_table_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="constant"):
        cooperation_index(MatrixGame([[2, 2], [2, 2]]))
    with pytest.raises(UnsupportedError, match="all payoffs are zero"):
        decompose(MatrixGame([[0, 0], [0, 0]]))
    with pytest.raises(UnsupportedError, match="depends on a share"):
        cooperation_index(MatrixGame([["x", "2"], ["3", "4"]], symbol="x"))
    with pytest.raises(UnsupportedError, match="differences"):
        decompose(PopulationGame.from_advantages({"x": "y", "y": "x"}))
    with pytest.raises(UnsupportedError, match="own share"):
        cooperation_index(PopulationGame({"p": {"a": "x*y", "b": "0"}, "q": {"c": "x", "d": "0"}}))
    with pytest.raises(UnsupportedError, match="not linear"):
        cooperation_index(PopulationGame({"p": {"a": "y**2", "b": "0"}, "q": {"c": "x", "d": "0"}}))
    with pytest.raises(UnsupportedError, match="MatrixGame"):
        cooperation_index(PopulationGame({"p": {"a": "x", "b": "0"}}))


def test_profiles_of_expressions_are_those_of_the_table() -> None:
    table = {q: [sum(q) * (p + 1) - q[p] for p in range(3)] for q in product((0, 1), repeat=3)}
    normal = NormalFormGame(
        {tuple("ab"[1 - s] for s in q): row for q, row in table.items()}, dict.fromkeys("pqr", "ab")
    )
    names = ("p", "q", "r")
    free = PopulationGame(
        {name: {s: normal.expected_payoff(i, k) for k, s in enumerate("ab")} for i, name in enumerate(names)}
    )
    assert cooperation_index(free) == cooperation_index(normal)
    assert decompose(free).shares == decompose(normal).shares
