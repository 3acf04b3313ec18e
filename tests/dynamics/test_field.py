"""The replicator field beside sums over all profiles; its Jacobian beside differences; what must not change it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import MatrixGame, NormalFormGame, ParameterError, PopulationGame, replicator
from tests.games.brute_force import expected, replicator_rates

ENTRIES = st.integers(-9, 9)


@st.composite
def games(draw: st.DrawFn) -> tuple[NormalFormGame, dict[tuple[int, ...], list[Fraction]], list[int]]:
    """A game in normal form with integer payoffs, its table, and its numbers of strategies."""
    sizes = draw(st.sampled_from([[2], [2, 2], [3, 2], [2, 2, 2], [2, 3, 2], [2, 2, 2, 2], [1, 2], [3, 3]]))
    profiles = list(product(*map(range, sizes)))
    rows = [draw(st.lists(ENTRIES, min_size=len(sizes), max_size=len(sizes))) for _ in profiles]
    names = {f"p{i}": [f"s{k}" for k in range(n)] for i, n in enumerate(sizes)}
    game = NormalFormGame({tuple(f"s{k}" for k in q): row for q, row in zip(profiles, rows, strict=True)}, names)
    return game, {q: [Fraction(u) for u in row] for q, row in zip(profiles, rows, strict=True)}, sizes


def random_state(sizes: list[int], seed: int) -> list[list[Fraction]]:
    rng = np.random.default_rng(seed)
    weights = [[int(w) for w in rng.integers(1, 12, n)] for n in sizes]
    return [[Fraction(w, sum(row)) for w in row] for row in weights]


@settings(max_examples=40)
@given(games(), st.integers(0, 10**6))
def test_the_field_is_payoff_minus_mean(
    drawn: tuple[NormalFormGame, dict[tuple[int, ...], list[Fraction]], list[int]], seed: int
) -> None:
    game, table, sizes = drawn
    state = random_state(sizes, seed)
    wanted = replicator_rates(lambda p, s: expected(table, sizes, state, p, s), state)
    shares = [float(v) for row in state for v in row]
    rates = replicator(game)(shares)
    np.testing.assert_allclose(rates, [float(v) for v in wanted], atol=1e-13)
    start = 0
    for n in sizes:
        assert abs(rates[start : start + n].sum()) < 1e-13
        start += n


@settings(max_examples=30)
@given(games(), st.integers(0, 10**6))
def test_the_jacobian_is_the_derivative_of_the_field(
    drawn: tuple[NormalFormGame, dict[tuple[int, ...], list[Fraction]], list[int]], seed: int
) -> None:
    game, _, sizes = drawn
    field = replicator(game)
    state = np.array([float(v) for row in random_state(sizes, seed) for v in row])
    jacobian = field.jacobian(state)
    kept, start = [], 0
    for n in sizes:
        kept += [(i, start + n - 1) for i in range(start, start + n - 1)]
        start += n
    assert jacobian.shape == (len(kept), len(kept))
    step = 1e-6
    for column, (i, last) in enumerate(kept):
        ends = []
        for direction in (1, -1):
            moved = state.copy()
            moved[i] += direction * step
            moved[last] -= direction * step
            ends.append(field(moved)[[k for k, _ in kept]])
        np.testing.assert_allclose(jacobian[:, column], (ends[0] - ends[1]) / (2 * step), atol=1e-7)


def test_the_jacobian_has_no_spurious_eigenvalue() -> None:
    """Rock, paper, scissors: plus and minus i/sqrt(3), and nothing else."""
    game = MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    eigenvalues = np.linalg.eigvals(replicator(game).jacobian([1 / 3] * 3))
    np.testing.assert_allclose(sorted(eigenvalues.imag), [-(3**-0.5), 3**-0.5], atol=1e-15)
    np.testing.assert_allclose(eigenvalues.real, 0, atol=1e-15)


@settings(max_examples=25)
@given(
    st.lists(st.lists(ENTRIES, min_size=3, max_size=3), min_size=3, max_size=3),
    st.lists(ENTRIES, min_size=3, max_size=3),
)
def test_adding_to_a_column_changes_nothing(rows: list[list[int]], shift: list[int]) -> None:
    moved = [[v + c for v, c in zip(row, shift, strict=True)] for row in rows]
    state = [0.2, 0.5, 0.3]
    np.testing.assert_allclose(replicator(MatrixGame(rows))(state), replicator(MatrixGame(moved))(state), atol=1e-13)


@settings(max_examples=25)
@given(st.lists(st.lists(ENTRIES, min_size=3, max_size=3), min_size=3, max_size=3), st.permutations(range(3)))
def test_renaming_strategies_renames_the_field(rows: list[list[int]], order: list[int]) -> None:
    renamed = [[rows[i][j] for j in order] for i in order]
    state = np.array([0.2, 0.5, 0.3])
    np.testing.assert_allclose(
        replicator(MatrixGame(renamed))(state[order]), replicator(MatrixGame(rows))(state)[order], atol=1e-13
    )
    scaled = [[7 * v for v in row] for row in rows]
    np.testing.assert_allclose(
        replicator(MatrixGame(scaled))(state), 7 * replicator(MatrixGame(rows))(state), atol=1e-12
    )


def test_faces_are_invariant_and_vertices_rest() -> None:
    game = MatrixGame([["a", 2, -3], [4, 0, 1], [1, "b", 5]])
    field = replicator(game)
    assert field([0, 0.4, 0.6], {"a": 3, "b": -2})[0] == 0
    for vertex in np.eye(3):
        assert (field(vertex, {"a": 3, "b": -2}) == 0).all()


def test_batches_of_states_and_of_values_broadcast() -> None:
    game = MatrixGame([["b - c", "-c"], ["b", 0]], symbol="x")
    field = replicator(game)
    x, c = np.linspace(0, 1, 7), np.array([0.5, 1.0])
    states = np.stack([x, 1 - x], axis=-1)
    np.testing.assert_allclose(field(states, {"b": 3, "c": 1})[:, 0], -x * (1 - x), atol=1e-15)
    rates = field(states[:, None, :], {"b": 3, "c": c})
    assert rates.shape == (7, 2, 2)
    np.testing.assert_allclose(rates[..., 0], -c * (x * (1 - x))[:, None], atol=1e-15)
    with pytest.raises(ParameterError, match="values of c are not all finite"):
        field(states[:, None, :], {"b": 3, "c": np.array([1.0, np.nan])})


def test_equations_are_factored_and_names_need_not_suit_python() -> None:
    game = PopulationGame.from_advantages({"x": "lambda*y - is", "y": "N - E*x"})
    field = replicator(game)
    assert field.equations()["y"] == "y*(1 - y)*(N - E*x)"
    x, y = sympy.symbols("x y")
    wanted = x * (1 - x) * (sympy.Symbol("lambda") * y - sympy.Symbol("is"))
    assert sympy.expand(field.rates[0] - wanted) == 0
    values = {"lambda": 2, "is": 1, "N": 3, "E": 1}
    np.testing.assert_allclose(field({"x": 0.5, "y": 0.25}, values)[[0, 2]], [0.25 * -0.5, 0.1875 * 2.5])


def test_payoffs_that_are_no_number_at_the_values_are_named() -> None:
    field = replicator(MatrixGame([["sqrt(a)", 0], [0, "1/b"]], symbol="x"))
    with pytest.raises(ParameterError, match=r"a = -2\.0, b = 1\.0"):
        field({"x": 0.5}, {"a": -2, "b": 1})
    with pytest.raises(ParameterError, match="division by zero"):
        field({"x": 0.5}, {"a": 2, "b": 0})
    with pytest.raises(ParameterError, match=r"a is beyond the range of floating-point numbers"):
        field({"x": 0.5}, {"a": "1e400", "b": 1})


@given(st.integers(2, 6), st.integers(0, 10**6))
def test_a_matrix_of_numbers_earns_what_its_formulas_do(size: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"a{i}" for i in range(size * size)]
    values = dict(zip(names, rng.standard_normal(size * size), strict=True))
    written = MatrixGame(np.array(names).reshape(size, size).tolist())
    numbers = MatrixGame(np.array(list(values.values())).reshape(size, size))
    for states in (rng.dirichlet(np.ones(size)), rng.dirichlet(np.ones(size), (2, 3))):
        earned = replicator(numbers).payoffs(states)
        np.testing.assert_allclose(earned, replicator(written).payoffs(states, values), rtol=0, atol=1e-14)


def test_strategies_with_equal_payoffs_earn_the_same_to_the_last_digit() -> None:
    rng = np.random.default_rng(5)
    payoffs = rng.standard_normal((10, 10))
    payoffs[-1] = payoffs[0]
    field = replicator(MatrixGame(payoffs))
    for state in rng.dirichlet(np.ones(10), 200):
        earned = field.payoffs(state)
        assert earned[0] == earned[-1]


def test_a_number_beyond_floats_is_named() -> None:
    field = replicator(MatrixGame([[10**400, 0], [0, 1]]))
    with pytest.raises(ParameterError, match="a payoff is no number"):
        field([0.5, 0.5])
