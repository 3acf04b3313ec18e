"""Trajectories beside fields written out by hand, closed solutions and conserved quantities; bad starts and times."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from coopgame import (
    FaceStartWarning,
    IntegrationError,
    IntegrationOptions,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    PopulationGame,
    StateError,
    integrate,
    replicator,
)

Array = np.ndarray
RPS = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
STARTS = [(0.5, 0.3, 0.2), (0.05, 0.9, 0.05), (0.3, 0.3, 0.4)]


def solved(field: Callable[[Array], Array], start: Array, times: Array) -> Array:
    """The solution of dx/dt = field(x) at times, shape (T, n), by an integrator in plain shares."""
    solution = solve_ivp(
        lambda _t, x: field(x), (times[0], times[-1]), start, "DOP853", times, rtol=1e-12, atol=1e-30
    )
    assert solution.success
    return np.asarray(solution.y.T)


def matrix_field(table: Array) -> Callable[[Array], Array]:
    """The replicator field of one population, written out by hand.

    A constant makes all payoffs positive; with negative ones plain shares drift away from the sum 1.
    """
    table = table - table.min()
    return lambda x: x * (table @ x - x @ table @ x)


def cube_field(payoffs: Array) -> Callable[[Array], Array]:
    """The field of two-strategy populations; payoffs by player and profile, 0 for the first strategy."""
    players = len(payoffs)

    def field(x: Array) -> Array:
        rates = np.zeros(players)
        for p in range(players):
            for others in product((0, 1), repeat=players - 1):
                weight = np.prod([s if o == 0 else 1 - s for o, s in zip(others, np.delete(x, p), strict=True)])
                first, second = ((p, *others[:p], own, *others[p:]) for own in (0, 1))
                rates[p] += weight * (payoffs[first] - payoffs[second])
        return x * (1 - x) * rates

    return field


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("seed", range(4))
def test_one_population_beside_plain_shares(seed: int, scale: float) -> None:
    """Payoffs of any size and sign; time is measured in units of 1/scale."""
    rng = np.random.default_rng(seed)
    size = 2 + seed
    table = scale * (rng.normal(size=(size, size)) - 2)
    start = rng.dirichlet(np.ones(size))
    path = integrate(replicator(MatrixGame(table)), start, t_end=20 / scale, options=IntegrationOptions(points=101))
    assert path.shares == pytest.approx(solved(matrix_field(table), start, path.times), abs=1e-8)


@pytest.mark.parametrize("players", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_several_populations_beside_plain_shares(players: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    payoffs = rng.integers(-5, 6, (players, *[2] * players)).astype(float)
    start = rng.uniform(0.05, 0.95, players)
    game = NormalFormGame([array.tolist() for array in payoffs])
    path = integrate(replicator(game), dict(zip("xyz", start, strict=False)), t_end=10)
    assert path.shares[:, ::2] == pytest.approx(solved(cube_field(payoffs), start, path.times), abs=1e-8)


def test_payoffs_with_parameters_and_of_unequal_strategies() -> None:
    """A game of 2 x 3 strategies with a parameter."""
    row, column = np.array([[1.0, -2, 3], [0, 4, -1]]), np.array([[2.0, 0, -1], [-3, 1, 2]])
    texts = [[f"{v}*k" for v in line] for line in row]
    game = NormalFormGame.from_bimatrix(texts, column)
    start = np.array([0.3, 0.7, 0.2, 0.5, 0.3])

    def field(s: Array) -> Array:
        x, y = s[:2], s[2:]
        return np.concatenate([x * (2.5 * row @ y - 2.5 * x @ row @ y), y * (x @ column - x @ column @ y)])

    path = integrate(replicator(game), start, {"k": "2.5"}, t_end=15)
    assert path.shares == pytest.approx(solved(field, start, path.times), abs=1e-8)


@pytest.mark.parametrize("start", STARTS)
def test_zero_sum_rock_paper_scissors_conserves_the_product(start: tuple[float, float, float]) -> None:
    path = integrate(replicator(MatrixGame(RPS)), start, t_end=500)
    assert path.shares.prod(axis=1) == pytest.approx(np.prod(start), rel=1e-6)
    lower = integrate(replicator(MatrixGame(RPS - 1)), start, t_end=50)
    assert lower.shares == pytest.approx(solved(matrix_field(RPS), np.array(start), lower.times), abs=1e-8)


def test_constants_against_a_strategy_change_nothing() -> None:
    """Adding a number to a column of the table leaves the motion as it is, even one of a million."""
    table = np.array([[0, 2, -1], [1, 0, 3], [-2, 1, 0]])
    path = integrate(replicator(MatrixGame(table + np.array([1e6, -1e6, 7]))), [0.2, 0.5, 0.3], t_end=20)
    assert path.shares == pytest.approx(solved(matrix_field(table), np.array([0.2, 0.5, 0.3]), path.times), abs=1e-6)


@pytest.mark.parametrize("advantage", [1, 1e-3, 1e3])
def test_dominated_strategies_decay_as_the_formula_says(advantage: float) -> None:
    """With a constant advantage d, log(x/(1 - x)) = log(x0/(1 - x0)) + d t, far beyond what a share can hold."""
    game = MatrixGame([[advantage, advantage], [0, 0]])
    path = integrate(replicator(game), [1e-12, 1 - 1e-12], t_end=1e4)
    odds = path.log_shares[:, 0] - path.log_shares[:, 1]
    assert odds == pytest.approx(np.log(1e-12) + advantage * path.times, rel=1e-9, abs=1e-4)
    assert np.isfinite(path.log_shares).all()


@pytest.mark.parametrize("low", [1e-12, 1e-100, 1e-300])
def test_starts_next_to_a_face(low: float) -> None:
    """The time a rare hawk needs is known in closed form: x' = x(1 - x)(2 - 3x), by partial fractions."""
    path = integrate(replicator(MatrixGame([[-1, 4], [0, 2]])), [low, 1.0], t_end=400)
    x, rest = path.shares.T
    assert np.log(x[0]) == pytest.approx(np.log(low), rel=1e-12)
    # log(x)/2 + log(1 - x) - 3/2 log(2/3 - x) + constant = t
    early = x < 0.6
    clock = np.log(x) / 2 + np.log(rest) - 1.5 * np.log(np.where(early, 2 / 3 - x, 1))
    assert early.sum() > 10
    assert (clock - clock[0])[early] == pytest.approx(path.times[early], abs=1e-6)
    assert path.final[0] == pytest.approx(2 / 3, abs=1e-9)


def test_shares_never_leave_the_state_space() -> None:
    """Large payoffs of both signs for a long time: plain shares would overshoot."""
    rng = np.random.default_rng(5)
    for _ in range(3):
        table = rng.integers(-1000, 1001, (4, 4))
        path = integrate(replicator(MatrixGame(table)), [1e-12, 0.3, 0.3, 0.4 - 1e-12], t_end=20)
        assert (path.shares >= 0).all() and (path.shares <= 1).all()
        assert path.shares.sum(axis=1) == pytest.approx(1, abs=1e-12)
        assert np.isfinite(path.log_shares).all()


def test_a_start_on_a_face_warns_and_stays_there() -> None:
    table = np.array([[0, 6, -4], [-3, 0, 5], [-1, 3, 0]])
    with pytest.warns(FaceStartWarning, match=r"population\.1"):
        path = integrate(replicator(MatrixGame(table)), [0, 0.3, 0.7], t_end=30)
    assert (path.shares[:, 0] == 0).all() and (path.log_shares[:, 0] == -np.inf).all()
    edge = solved(matrix_field(table[1:, 1:]), np.array([0.3, 0.7]), path.times)
    assert path.shares[:, 1:] == pytest.approx(edge, abs=1e-8)
    assert path.final == pytest.approx([0, 0.625, 0.375], abs=1e-9)


def test_a_start_on_a_face_of_the_cube() -> None:
    game = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    with pytest.warns(FaceStartWarning, match=r"player1\.2"):
        path = integrate(replicator(game), {"x": 1, "y": 0.5}, t_end=5)
    assert (path.coordinate("x") == 1).all()
    assert path.coordinate("y") == pytest.approx(1 / (1 + np.exp(2 * path.times)), abs=1e-9)


def test_a_start_at_a_vertex_does_not_move() -> None:
    with pytest.warns(FaceStartWarning, match=r"population\.2, population\.3"):
        path = integrate(replicator(MatrixGame(RPS)), [1, 0, 0], t_end=10)
    assert (path.shares == [1, 0, 0]).all()


def test_interior_starts_do_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        integrate(replicator(MatrixGame(RPS)), [1e-300, 0.5, 0.5], t_end=1)
        alone = integrate(replicator(MatrixGame([[3]])), [1], t_end=10)
    assert (alone.shares == 1).all() and alone.outcome.kind == "converged"


def test_a_trajectory_tells_its_shares_by_name() -> None:
    game = PopulationGame.from_advantages({"x": "y - 1/2", "y": "1/2 - x"})
    path = integrate(replicator(game), {"x": 0.3, "y": 0.4}, t_end=3, options=IntegrationOptions(points=7))
    assert path.times.tolist() == [0, 0.5, 1, 1.5, 2, 2.5, 3]
    assert path.shares.shape == (7, 4)
    assert (path.coordinate("x"), path.coordinate("y")) == (
        pytest.approx(path.shares[:, 0]),
        pytest.approx(path.shares[:, 2]),
    )
    with pytest.raises(StateError, match="no share 'z'"):
        path.coordinate("z")
    with pytest.raises(ValueError, match="read-only"):
        path.shares[0, 0] = 1


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ([float("nan"), 0.5, 0.5], r"= (nan|inf); a share lies between 0 and 1"),
        ([float("inf"), 0, 0], r"= (nan|inf); a share lies between 0 and 1"),
        ([0.5, 0.5, 0.5], r"sum to 1, got 1\.5"),
        ([0.2, 0.3, 0.4], r"sum to 1, got 0\.9"),
        ([-0.1, 0.6, 0.5], r"= -0\.1; a share lies between 0 and 1"),
        ([0.5, 0.5], r"3 shares .* got shape \(2,\)"),
        ([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], "one start is needed"),
        ({"population.1": 0.5}, r"sum to 1, got 0\.5"),
        ({"population.1": 0.5, "population.4": 0.5}, r"unknown share 'population\.4'"),
        ("even", "'even' is not a state"),
    ],
)
def test_bad_starts_are_named(start: Any, message: str) -> None:
    with pytest.raises(StateError, match=message):
        integrate(replicator(MatrixGame(RPS)), start)


@pytest.mark.parametrize("t_end", [0, -5, float("nan"), float("inf")])
def test_time_runs_forward(t_end: float) -> None:
    with pytest.raises(IntegrationError, match=f"positive number, got {t_end}"):
        integrate(replicator(MatrixGame(RPS)), [0.5, 0.3, 0.2], t_end=t_end)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"rtol": 0}, {"atol": -1}, {"max_step": 0}, {"points": 1}])
def test_bad_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(IntegrationError, match="must be"):
        IntegrationOptions(**options)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (None, "no value for a, b"),
        ({"a": 1}, "no value for b;"),
        ({"a": 1, "b": 1, "bb": 2}, "unknown parameter 'bb'; did you mean 'b'"),
        ({"a": 1, "b": float("nan")}, "b: got nan"),
    ],
)
def test_missing_parameters_are_named(values: dict[str, float] | None, message: str) -> None:
    game = MatrixGame([["0", "a"], ["b", "0"]])
    with pytest.raises(ParameterError, match=message):
        integrate(replicator(game), [0.5, 0.5], values)


@pytest.mark.parametrize("t_end", ["5", None, (0, 5)])
def test_times_that_are_no_positive_number(t_end: object) -> None:
    with pytest.raises(IntegrationError, match="t_end must be a positive number"):
        integrate(replicator(MatrixGame(RPS)), [0.5, 0.3, 0.2], t_end=t_end)  # type: ignore[arg-type]


def test_a_game_stands_for_its_replicator_dynamics() -> None:
    game = MatrixGame(RPS)
    first, second = (integrate(what, [0.5, 0.3, 0.2]) for what in (game, replicator(game)))
    assert (first.shares == second.shares).all()
