"""Many trajectories at once against one at a time, closed forms and mpmath; what does not influence them; how they end."""

from __future__ import annotations

import warnings
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy.integrate import solve_ivp

import coopgame as cg
from coopgame import Batch, BatchOptions, Ending, IntegrationOptions, MatrixGame, integrate, integrate_many
from coopgame._kernels.tableaus import DOP853, TSIT5
from coopgame.batch.lane_models import lane_model
from coopgame.games import catalog

FINE = BatchOptions(1e-11)


def many_games(count: int, size: int, seed: int) -> tuple[MatrixGame, dict[str, np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    names = [[f"a{i}{j}" for j in range(size)] for i in range(size)]
    values = {name: rng.normal(size=count) for row in names for name in row}
    return MatrixGame(names), values, rng.dirichlet(np.ones(size), size=count)


def by_scipy(matrix: np.ndarray, start: np.ndarray, t_end: float) -> np.ndarray:
    """Return log shares by scipy in the logarithms of all shares: code that shares nothing with the kernel."""

    def rates(_: float, logs: np.ndarray) -> np.ndarray:
        shares = np.exp(logs - logs.max())
        shares /= shares.sum()
        return matrix @ shares - shares @ matrix @ shares

    y = solve_ivp(rates, (0, t_end), np.log(start), "DOP853", rtol=1e-13, atol=1e-13).y[:, -1]
    return y - np.log(np.exp(y - y.max()).sum()) - y.max()


@pytest.mark.parametrize("size", [2, 3, 5])
def test_random_games_agree_with_scipy(size: int) -> None:
    game, values, starts = many_games(40, size, size)
    batch = integrate_many(game, starts, values, times=[5.0, 30.0], options=FINE)
    assert batch.kernel == "shape"
    matrices = np.array([[values[f"a{i}{j}"] for j in range(size)] for i in range(size)]).transpose(2, 0, 1)
    for n in range(40):
        for k, time in enumerate((5.0, 30.0)):
            np.testing.assert_allclose(
                batch.log_shares[n, k], by_scipy(matrices[n], starts[n], time), rtol=1e-8, atol=1e-7
            )


@pytest.mark.parametrize("tableau", [TSIT5, DOP853], ids=lambda t: t.name)
def test_the_logistic_equation(tableau: Any) -> None:
    rate = np.linspace(-3, 3, 50)
    game = MatrixGame([["r", "r"], [0, 0]], symbol="x")
    times = [0.5, 7.0, 300.0]
    batch = integrate_many(game, {"x": 0.2}, {"r": rate}, times=times, options=BatchOptions(1e-12, tableau))
    logit = np.log(0.25) + rate[:, None] * np.array(times)
    np.testing.assert_allclose(batch.log_shares[..., 0] - batch.log_shares[..., 1], logit, atol=1e-9)
    np.testing.assert_allclose(batch.log_shares[..., 0], -np.logaddexp(0, -logit), atol=1e-9)
    assert batch.log_shares.min() < -890, "shares below the smallest double keep their logarithm"


LAWS = {
    "replicator": cg.pairwise_imitation,
    "smith": cg.smith,
    "bnn": cg.brown_von_neumann_nash,
    "fermi": lambda: cg.fermi_imitation(0.3),
    "logit": lambda: cg.logit(0.2),
    "imitative logit": lambda: cg.imitative_logit(0.5),
    "mutation": lambda: cg.replicator_mutator("1/100"),
}
GAMES = {
    "pairs": lambda: MatrixGame([[1, 5, 0], [0, 1, 4], [3, 0, 1]]),
    "roles": catalog.asymmetric_matching_pennies,
}


def _numbers(game: cg.Game) -> dict[str, float]:
    rng = np.random.default_rng(8)
    return {p.name: float(p.value if p.value is not None else rng.uniform(1, 3)) for p in game.parameters}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("kind", ["pairs", "roles"])
def test_laws_agree_with_single_trajectories(kind: str, law: str) -> None:
    game = GAMES[kind]()
    values = _numbers(game)
    dynamics = cg.mean_dynamic(game, LAWS[law]())
    rng = np.random.default_rng(4)
    starts = np.concatenate([rng.dirichlet(np.ones(len(p.strategies)), size=3) for p in game.populations], axis=1)
    batch = integrate_many(dynamics, starts, values, times=[1.0, 12.0], options=BatchOptions(1e-10))
    for n, start in enumerate(starts):
        path = integrate(dynamics, start, values, t_end=12, options=IntegrationOptions(rtol=1e-12, atol=1e-12))
        np.testing.assert_allclose(batch.shares[n, 1], path.final, atol=3e-8)


@pytest.mark.parametrize(
    "make",
    [
        lambda: cg.threshold_public_good(5, 3),
        lambda: cg.volunteers_dilemma(4),
        catalog.commons_feedback,
        catalog.renewable_resource,
        catalog.symbiosis,
        catalog.predator_prey,
    ],
)
def test_polynomial_payoffs_and_quantities_need_no_code_of_their_own(make: Any) -> None:
    game = make()
    values = {name: value / 4 for name, value in _numbers(game).items()}
    dynamics = cg.replicator(game)
    assert lane_model(dynamics).kind == "shape"
    start = {name: 0.3 + 0.1 * n for n, name in enumerate(game.coordinates)}
    batch = integrate_many(dynamics, start, values, times=[4.0], options=BatchOptions(1e-10))
    path = integrate(dynamics, start, values, t_end=4, options=IntegrationOptions(rtol=1e-12, atol=1e-12))
    np.testing.assert_allclose(batch.shares[0, 0], path.final, rtol=1e-8, atol=1e-9)


def test_payoffs_by_other_formulas_get_a_kernel_of_their_own() -> None:
    game = _saturating()
    dynamics = cg.replicator(game)
    assert lane_model(dynamics).kind == "model"
    batch = integrate_many(dynamics, {"x": np.array([0.1, 0.9])}, {"k": 2.0}, times=[10.0], options=FINE)
    for n, x in enumerate((0.1, 0.9)):
        path = integrate(dynamics, {"x": x}, {"k": 2}, t_end=10)
        np.testing.assert_allclose(batch.final[n], path.final, atol=1e-7)


def _saturating() -> cg.Game:
    return cg.parse_game(
        'format = "coopgame-game/1"\nname = "formula"\n[parameters]\nk = { }\n'
        '[[populations]]\nname = "firms"\nsymbol = "x"\nstrategies = ["a", "b"]\n'
        '[payoffs]\nkind = "advantages"\nx = "exp(-x) - k*x"\n'
    )


def equal(a: Batch, b: Batch, rows: Any = slice(None)) -> None:
    for name in ("log_shares", "endings", "ends", "profiles", "steps", "rejected"):
        np.testing.assert_array_equal(getattr(a, name)[rows], getattr(b, name), err_msg=name)


def test_neighbours_order_lanes_and_workers_do_not_matter() -> None:
    game, values, starts = many_games(9000, 3, 11)
    run = {"times": [3.0, 40.0], "until_certain": True}
    whole = integrate_many(game, starts, values, **run)
    equal(whole, integrate_many(game, starts, values, options=BatchOptions(workers=2), **run))
    order = np.random.default_rng(0).permutation(9000)
    shuffled = integrate_many(game, starts[order], {k: v[order] for k, v in values.items()}, **run)
    equal(whole, shuffled, order)
    for rows in (slice(7, 8), slice(100, 133), slice(8990, 9000)):
        equal(whole, integrate_many(game, starts[rows], {k: v[rows] for k, v in values.items()}, **run), rows)


def test_certainty_is_never_wrong() -> None:
    """Where a trajectory is certain of a profile, it is there at the end of a long run of another solver."""
    game, values, starts = many_games(300, 3, 21)
    batch = integrate_many(game, starts, values, times=[400.0], until_certain=True)
    certain = np.flatnonzero(batch.endings == Ending.CERTAIN)
    assert len(certain) > 150
    free = integrate_many(game, starts, values, times=[2000.0], options=BatchOptions(1e-12))
    assert (free.final[certain].argmax(axis=1) == batch.profiles[certain]).all()
    assert (free.final[certain].max(axis=1) > 1 - 1e-4).all()
    assert (batch.ends[certain] < 400).all()


def test_no_certainty_where_the_share_of_the_best_strategy_may_fall() -> None:
    # under Brown-von Neumann-Nash the best strategy loses share while another one is also better than the mean
    game = MatrixGame([[1, 1, 1], ["99/100", "99/100", "99/100"], [0, 0, 0]])
    dynamics = cg.mean_dynamic(game, cg.brown_von_neumann_nash())
    assert dynamics([0.9, 0.0, 0.1])[0] < 0
    batch = integrate_many(dynamics, [0.9, 0.0, 0.1], times=[100.0], until_certain=True)
    assert batch.endings[0] == Ending.TIME


def test_trap_bounds_hold_for_random_games_of_roles() -> None:
    """At a bound every strategy of the profile grows, whatever the opponents' other shares are: checked by sampling."""
    rng = np.random.default_rng(17)
    names = [[f"{side}{i}{j}" for j in range(3)] for side in "ab" for i in range(2)]
    game = cg.NormalFormGame([names[:2], names[2:]])
    values = {name: rng.normal(size=200) for row in names for name in row}
    model = lane_model(cg.replicator(game))
    numbers = [values[name] for name in game.ring.names]
    bounds = model.bounds(model.parameters(numbers, 200))
    checked = 0
    a, b = (np.array([[values[f"{s}{i}{j}"] for j in range(3)] for i in range(2)]).transpose(2, 0, 1) for s in "ab")
    for n, profile in np.argwhere(bounds < 1):
        i, j = divmod(int(profile), 3)
        q = bounds[n, profile]
        for other in rng.dirichlet(np.ones(2), size=20):
            y = np.insert(other * (1 - q), j, q)
            x = np.insert([1 - q], i, q)
            row, column = a[n] @ y, b[n].T @ x
            assert row[i] > np.delete(row, i).max()
            assert column[j] > np.delete(column, j).max()
            checked += 1
    assert checked > 1000


def test_absent_strategies_stay_absent_and_faces_are_followed() -> None:
    game = catalog.rock_paper_scissors()
    values = _numbers(game)
    starts = np.array([[0.3, 0.7, 0.0], [0.0, 0.6, 0.4], [0.5, 0.0, 0.5], [1.0, 0.0, 0.0], [0.2, 0.3, 0.5]])
    batch = integrate_many(game, starts, values, times=[30.0], options=FINE)
    np.testing.assert_array_equal(np.isneginf(batch.log_shares[:, 0]), starts == 0)
    for n, start in enumerate(starts):
        path = _quietly(game, start, values)
        np.testing.assert_allclose(batch.final[n], path, atol=1e-7)
    np.testing.assert_array_equal(batch.final[3], [1, 0, 0])


def _quietly(game: cg.Game, start: np.ndarray, values: dict[str, float]) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", cg.FaceStartWarning)
        return integrate(cg.replicator(game), start, values, t_end=30).final


def test_a_heteroclinic_orbit_keeps_logarithms_that_mpmath_confirms() -> None:
    """Rock-paper-scissors that spirals out: shares of 1e-100 decide which strategy comes next."""
    game = MatrixGame([[0, -1, "a"], ["a", 0, -1], [-1, "a", 0]])
    start = [0.5, 0.3, 0.2]
    batch = integrate_many(game, start, {"a": 0.6}, times=[400.0], options=BatchOptions(1e-13))
    with mpmath.workdps(30):
        a = mpmath.mpf(0.6)
        matrix = mpmath.matrix([[0, -1, a], [a, 0, -1], [-1, a, 0]])

        def rates(logs: list[Any]) -> list[Any]:
            shares = [mpmath.exp(v) for v in logs]
            total = sum(shares)
            earned = matrix * mpmath.matrix([s / total for s in shares])
            return [earned[i] - earned[2] for i in range(2)] + [mpmath.mpf(0)]

        logs = [mpmath.log(mpmath.mpf(v)) - mpmath.log(mpmath.mpf(0.2)) for v in start]
        h = mpmath.mpf(400) / 20000
        for _ in range(20000):
            k1 = rates(logs)
            k2 = rates([v + h / 2 * k for v, k in zip(logs, k1, strict=True)])
            k3 = rates([v + h / 2 * k for v, k in zip(logs, k2, strict=True)])
            k4 = rates([v + h * k for v, k in zip(logs, k3, strict=True)])
            logs = [v + h / 6 * (p + 2 * q + 2 * r + s) for v, p, q, r, s in zip(logs, k1, k2, k3, k4, strict=True)]
        ratios = [float(v) for v in logs]
    found = batch.log_shares[0, 0] - batch.log_shares[0, 0, 2]
    assert np.abs(ratios).max() > 30
    np.testing.assert_allclose(found, ratios, rtol=1e-6)


def test_how_trajectories_end() -> None:
    game = MatrixGame([["1/b", 0], [0, 1]], symbol="x")
    batch = integrate_many(game, {"x": 0.5}, {"b": np.array([0.0, 1.0, 1e-305])}, times=[1.0, 5.0])
    assert batch.endings[0] == Ending.NO_NUMBER
    assert np.isnan(batch.log_shares[0]).all()
    assert batch.endings[1] == Ending.TIME
    few = integrate_many(game, {"x": 0.4}, {"b": 0.01}, times=[50.0], options=BatchOptions(most_steps=3))
    assert few.endings[0] == Ending.STEPS
    assert "too many steps" in str(few)
    assert few.steps[0] == 3


def test_one_strategy_and_equal_payoffs() -> None:
    alone = integrate_many(MatrixGame([[5]]), [1.0], times=[3.0])
    np.testing.assert_array_equal(alone.final, [[1.0]])
    same = integrate_many(MatrixGame([[2, 2], [2, 2]], symbol="x"), {"x": 0.3}, times=[1e6], until_certain=True)
    np.testing.assert_allclose(same.final, [[0.3, 0.7]], rtol=1e-14)
    assert same.endings[0] == Ending.TIME


def test_huge_and_tiny_payoffs() -> None:
    game = MatrixGame([["s", 0], [0, "s"]], symbol="x")
    scale = np.array([1e-12, 1e-3, 1.0, 1e3, 1e9])
    batch = integrate_many(game, {"x": 0.6}, {"s": scale}, times=[10.0], until_certain=True)
    assert (batch.endings[2:] == Ending.CERTAIN).all()
    assert (batch.profiles[2:] == 0).all()
    np.testing.assert_allclose(batch.final[0], [0.6, 0.4], atol=1e-10)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"times": [2.0, 1.0]}, cg.IntegrationError, "each larger"),
        ({"times": []}, cg.IntegrationError, "positive numbers"),
        ({"times": float("nan")}, cg.IntegrationError, "positive numbers"),
        ({"values": {"a": np.array([1.0, np.nan])}}, cg.ParameterError, "finite"),
        ({"values": {"c": 1}}, cg.ParameterError, "unknown parameter 'c'"),
        ({"values": {"a": np.ones(3)}, "initial": {"x": np.array([0.1, 0.2])}}, cg.ParameterError, "shapes"),
        ({"initial": {"x": np.empty(0)}}, cg.StateError, "no points"),
        ({"initial": {"x": 1.5}}, cg.StateError, "between 0 and 1"),
    ],
)
def test_bad_input(arguments: dict[str, Any], error: type[Exception], words: str) -> None:
    game = MatrixGame([["a", 0], [0, 1]], symbol="x")
    call: dict[str, Any] = {"initial": {"x": 0.5}, "values": {"a": 1}} | arguments
    with pytest.raises(error, match=words):
        integrate_many(game, call.pop("initial"), call.pop("values"), **call)


def test_bad_options_and_dynamics() -> None:
    for bad in ({"tolerance": 0.5}, {"tolerance": float("nan")}, {"workers": 0}, {"most_steps": 1.5}):
        with pytest.raises(cg.IntegrationError, match=next(iter(bad))):
            BatchOptions(**bad)
    game = MatrixGame([[0, 1], [1, 0]], symbol="x")
    with pytest.raises(cg.UnsupportedError, match="one trajectory after another"):
        integrate_many(cg.mean_dynamic(game, cg.best_response()), {"x": 0.5})
    with pytest.raises(cg.UnsupportedError, match="iterate"):
        integrate_many(cg.discrete_dynamic(game, cg.difference_replicator()), {"x": 0.5})


def test_results_show_themselves() -> None:
    game, values, starts = many_games(20, 3, 2)
    batch = integrate_many(game, starts, values, times=[1.0, 100.0], until_certain=True)
    data = batch.to_xarray()
    assert data.sizes == {"point": 20, "time": 2, "share": 3}
    np.testing.assert_array_equal(data["log_shares"], batch.log_shares)
    assert data.attrs["tolerance"] == 1e-8
    assert "certain to reach" in batch._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        batch.log_shares[0] = 0
