"""Final shares, times, cycles, payoffs, regimes and rest points against closed forms and other functions of the library."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import trapezoid

from coopgame import (
    AssumptionError,
    IntegrationError,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    PopulationGame,
    RateModel,
    StateError,
    UnsupportedError,
    best_response,
    cooperation_index,
    find_regimes,
    find_rest_points,
    integrate,
    logit,
    mean_dynamic,
    measures,
    selection_mutation,
)
from coopgame.sweeps.measure import Found, Measure, Points

LOGISTIC = MatrixGame([["c", "c"], [0, 0]], strategies=["a", "b"], symbol="x")
PENNIES = NormalFormGame({"a, a": ["g", "-g"], "a, b": ["-g", "g"], "b, a": ["-g", "g"], "b, b": ["g", "-g"]})


def evaluated(measure: Measure, **columns: Any) -> Found:
    values = {name.replace("__", "."): np.asarray(column, dtype=float) for name, column in columns.items()}
    measure.check(list(values))
    count = len(next(iter(values.values())))
    found = measure.evaluate(Points(values, np.arange(count)))
    assert set(found.arrays) == {v.name for v in measure.variables}
    sizes = {dim: len(labels) for dim, labels in measure.coordinates.items()}
    for variable in measure.variables:
        array = found.arrays[variable.name]
        assert array.shape == (count, *(sizes[dim] for dim in variable.dims))
        assert array.dtype == np.dtype(variable.dtype)
    return found


def logistic(t: float, c: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + (1 - x) / x * np.exp(-c * t)))


def test_final_shares_solve_the_logistic_equation() -> None:
    c, x = np.linspace(-3, 3, 25), np.linspace(0.02, 0.9, 25)
    found = evaluated(measures.final_shares(LOGISTIC, t_end=4), c=c, x=x)
    assert found.arrays["shares"][:, 0] == pytest.approx(logistic(4, c, x), abs=1e-7)
    far = evaluated(measures.final_shares(LOGISTIC, initial={"x": 0.5}, t_end=1000), c=[-2.0])
    assert far.arrays["shares"][0, 0] == 0
    assert far.arrays["log_shares"][0, 0] == pytest.approx(-2000, rel=1e-6)


def test_final_shares_one_by_one_where_no_kernel_follows() -> None:
    dynamics = mean_dynamic(LOGISTIC, best_response())
    measure = measures.final_shares(dynamics, initial={"x": 0.25}, t_end=2)
    assert not measure.compiled
    # the share of the worse strategy falls like exp(-t)
    shares = evaluated(measure, c=[1.0, -1.0]).arrays["shares"][:, 0]
    assert shares == pytest.approx([1 - 0.75 * np.exp(-2), 0.25 * np.exp(-2)])


def test_a_trajectory_that_blows_up_fails_alone() -> None:
    model = RateModel({"N": "r*N**2"}, parameters={"r": 1})
    found = evaluated(measures.final_shares(model, initial={"N": 1}, t_end=2), r=[-1.0, 1.0])
    assert list(found.failures) == [1]
    assert found.arrays["shares"][0, 0] == pytest.approx(1 / 3, abs=1e-6)
    assert np.isnan(found.arrays["shares"][1, 0])


@pytest.mark.parametrize("t_end", [0, -1, np.inf, np.nan, True, "10"])
def test_last_times_that_are_none(t_end: Any) -> None:
    with pytest.raises(IntegrationError, match="t_end must be a positive number"):
        measures.final_shares(LOGISTIC, t_end=t_end)


def test_time_to_reach_solves_the_logistic_equation() -> None:
    c, x = np.array([0.3, 1.0, 2.5, -1.0, 0.01]), np.array([0.5, 0.2, 0.1, 0.5, 0.5])
    measure = measures.time_to_reach(LOGISTIC, ["a"], within=0.05, t_end=60)
    found = evaluated(measure, c=c, x=x).arrays["time"]
    wanted = (np.log(0.95 / 0.05) - np.log(x / (1 - x))) / c
    assert found[:3] == pytest.approx(wanted[:3], abs=60e-6)
    assert found[3:].tolist() == [np.inf, np.inf]
    assert evaluated(measure, c=[1.0], x=[0.96]).arrays["time"].tolist() == [0]


def test_time_to_reach_a_mixed_state_that_is_left_again() -> None:
    measure = measures.time_to_reach(LOGISTIC, {"x": 0.5}, initial={"x": 0.01}, within=0.1, t_end=100)
    found = evaluated(measure, c=[1.0]).arrays["time"]
    assert found == pytest.approx([np.log(0.4 / 0.6) + np.log(99)], abs=1e-4)


def test_time_to_reach_from_shares_far_below_the_smallest_float() -> None:
    # a share falls to exp(-900) and comes back: the advantage changes its sign with the other population's share
    game = NormalFormGame(
        {"a, c": [-30, 0], "a, d": [30, 0], "b, c": [0, "-k"], "b, d": [0, 0]}, assumptions=["k > 0"]
    )
    measure = measures.time_to_reach(game, "a, d", initial={"x": 0.5, "y": 1 - 1e-13}, within=0.01, t_end=200)
    found = evaluated(measure, k=[1.0]).arrays["time"]
    trajectory = integrate(game, {"x": 0.5, "y": 1 - 1e-13}, {"k": 1}, t_end=200)
    assert trajectory.log_shares[:, 0].min() < -800
    times = np.linspace(0, 200, 2_000_01)
    near = np.abs(trajectory.at(times) - np.array([1, 0, 0, 1])).max(axis=1) <= 0.01
    assert found[0] == pytest.approx(times[near.argmax()], abs=2e-3)


@pytest.mark.parametrize("target", [["c"], "a, b", {"x": 2}, np.zeros((3, 2)), {"x": [0.1, 0.2]}])
def test_targets_that_are_none(target: Any) -> None:
    with pytest.raises(StateError):
        measures.time_to_reach(LOGISTIC, target)


@pytest.mark.parametrize("within", [0, 1, -0.1, "near", True])
def test_distances_that_are_none(within: Any) -> None:
    with pytest.raises(StateError, match="within"):
        measures.time_to_reach(LOGISTIC, ["a"], within=within)


def test_small_oscillations_have_the_period_of_the_linear_centre() -> None:
    # x' = x(1 - x) 2g(2y - 1), y' = -y(1 - y) 2g(2x - 1): frequency g at the centre
    measure = measures.cycle(PENNIES, initial={"x": 0.501, "y": 0.5}, t_end=60)
    found = evaluated(measure, g=[0.5, 2.0])
    assert found.arrays["period"] == pytest.approx([4 * np.pi, np.pi], rel=1e-4)
    assert found.arrays["amplitude"][:, 0] == pytest.approx(0.002, rel=1e-3)
    assert [measure.variables[2].labels[k] for k in found.arrays["kind"]] == ["periodic", "periodic"]


def test_a_limit_cycle_next_to_a_hopf_bifurcation() -> None:
    # rock-paper-scissors with mutation: spirals inwards for much mutation, a limit cycle for little
    game = MatrixGame([[0, "-2", 1], [1, 0, "-2"], ["-2", 1, 0]], parameters={"m": "> 0"})
    dynamics = mean_dynamic(game, selection_mutation("m"))
    measure = measures.cycle(dynamics, initial=[0.4, 0.3, 0.3], t_end=800)
    found = evaluated(measure, m=[0.03, 0.4])
    assert not found.failures
    kinds = [measure.variables[2].labels[k] for k in found.arrays["kind"]]
    assert kinds == ["periodic", "converged"]
    assert np.isnan(found.arrays["period"][1]) and np.isnan(found.arrays["amplitude"][1]).all()
    # the three shares take turns on the same course
    assert found.arrays["amplitude"][0] == pytest.approx(found.arrays["amplitude"][0, 0], rel=1e-4)
    again = integrate(dynamics, [0.1, 0.8, 0.1], {"m": 0.03}, t_end=800)
    period, turn = found.arrays["period"][0], np.linspace(500, 600, 1001)
    assert again.at(turn) == pytest.approx(again.at(turn + period), abs=1e-5)


def test_welfare_of_the_logistic_equation() -> None:
    found = evaluated(measures.welfare(LOGISTIC, initial={"x": 0.2}, t_end=6), c=[1.0, -0.5])
    c, t = np.array([1.0, -0.5]), np.linspace(0, 6, 20_001)
    shares = logistic(t[:, None], c, np.array(0.2))
    assert found.arrays["welfare"] == pytest.approx(c * shares[-1], abs=1e-6)
    assert found.arrays["welfare_average"] == pytest.approx(trapezoid(c * shares, t, axis=0) / 6, abs=1e-3)
    assert found.arrays["payoff"][:, 0] == pytest.approx(found.arrays["welfare"])


def test_welfare_of_a_constant_sum_is_constant() -> None:
    found = evaluated(measures.welfare(PENNIES, initial={"x": 0.3, "y": 0.2}, t_end=10), g=[1.0, 3.0])
    assert found.arrays["welfare"] == pytest.approx([0, 0], abs=1e-12)
    assert found.arrays["payoff"].sum(axis=1) == pytest.approx([0, 0], abs=1e-12)
    assert np.abs(found.arrays["payoff"]).max() > 1e-3


def test_welfare_needs_payoffs() -> None:
    with pytest.raises(UnsupportedError, match="no payoffs"):
        measures.welfare(RateModel({"N": "N*(1 - N)"}))
    with pytest.raises(UnsupportedError, match="only payoff differences"):
        measures.welfare(PopulationGame({"p": {"a": "x", "b": 0}}, from_differences=True))


def test_cooperation_is_the_exact_index() -> None:
    game = NormalFormGame(
        {"a, a": ["b", "b - 1"], "a, b": ["k/b", 3], "b, a": [2, "k**2"], "b, b": [1, "b*k"]}, assumptions=["k < 5"]
    )
    b, k = np.array([1.0, 2.5, 0.5, 0.0]), np.array([0.25, -1.5, 7.0, 1.0])
    found = evaluated(measures.cooperation(game), b=b, k=k)
    assert list(found.failures) == [3]
    exact = [
        float(cooperation_index(game.without_assumptions(), {"b": x, "k": y}))
        for x, y in zip(b[:3], k[:3], strict=True)
    ]
    assert found.arrays["cooperation"][:3] == pytest.approx(exact, rel=1e-12)


def test_cooperation_is_not_defined_where_payoffs_are_constant() -> None:
    game = NormalFormGame({"a, a": [0.1, "k"], "a, b": [0.1, 0.1], "b, a": [0.1, 0.1], "b, b": [0.1, 0.1]})
    found = evaluated(measures.cooperation(game), k=[0.1, 0.3])
    assert list(found.failures) == [0] and "constant" in found.failures[0]
    assert found.arrays["cooperation"][1] == pytest.approx(0.5)
    with pytest.raises(UnsupportedError):
        measures.cooperation(PopulationGame({"p": {"a": "x**2", "b": 0}}))


def test_regimes_are_those_of_the_stable_rest_points() -> None:
    game = MatrixGame([["b", "s"], ["t", 0]], symbol="x", assumptions=["b > 0"])
    regimes = find_regimes(game)
    measure = measures.regime(regimes, {"t": "1/2"})
    rng = np.random.default_rng(2)
    b, s = rng.uniform(0.1, 2, 40), rng.uniform(-1, 1, 40)
    found = evaluated(measure, b=b, s=s)
    for k, code in enumerate(found.arrays["regime"]):
        points = find_rest_points(game, {"b": b[k], "s": s[k], "t": 0.5})
        stable = ", ".join(p.label for p in points.attractors)
        assert measure.variables[0].labels[code].split(": ")[1] == stable
    assert evaluated(measure, b=[0.5, 1.0, 0.5], s=[1.0, 0.0, 0.0]).arrays["regime"].tolist() == [-1, -1, -1]
    travelled = pickle.loads(pickle.dumps(measure))
    assert evaluated(travelled, b=b, s=s).arrays["regime"].tolist() == found.arrays["regime"].tolist()


def test_regimes_of_two_populations_are_those_of_classify() -> None:
    game = NormalFormGame({"a, a": ["b - c", "d"], "a, b": ["-c", 0], "b, a": [0, "-d*b"], "b, b": [0, 1]})
    regimes = find_regimes(game)
    rng = np.random.default_rng(4)
    table = rng.integers(-3, 4, (300, 3)).astype(float)
    columns = dict(zip(game.ring.names, table.T, strict=True))
    found = evaluated(pickle.loads(pickle.dumps(measures.regime(regimes))), **columns)
    assert found.arrays["regime"].tolist() == regimes.classify(table).tolist()
    assert (found.arrays["regime"] == -1).any() and len(np.unique(found.arrays["regime"])) > 3


def test_a_regime_where_a_payoff_divides_by_zero() -> None:
    measure = measures.regime(find_regimes(MatrixGame([["1/b", 0], [0, 1]], symbol="x")))
    found = evaluated(measure, b=[0.0, 1.0, -1.0])
    assert list(found.failures) == [0]
    assert found.arrays["regime"][1] != found.arrays["regime"][2]


def test_rest_points_of_hawks_and_doves() -> None:
    game = MatrixGame([["(v - c)/2", "v"], [0, "v/2"]], symbol="x", assumptions=["v > 0", "c > v"])
    measure = measures.rest_points(game, {"v": 1}, most=4)
    c = np.array([0.5, 2.0, 4.0])
    found = evaluated(measure, c=c)
    assert not found.failures, "values that violate an assumption are no failures"
    with pytest.raises(AssumptionError):
        find_rest_points(game, {"v": 1, "c": 0.5})
    assert found.arrays["count"].tolist() == [2, 3, 3] and found.arrays["complete"].all()
    assert found.arrays["points"][1:, 2, 0] == pytest.approx(1 / c[1:])
    # x(1 - x)(v - cx)/2 has the slope -v(1 - v/c)/2 at v/c
    assert found.arrays["real"][1:, 2, 0] == pytest.approx(-(1 - 1 / c[1:]) / 2)
    assert np.isnan(found.arrays["points"][0, 2]).all() and found.arrays["stability"][0, 2] == -1
    labels = {v.name: v.labels for v in measure.variables}
    assert labels["place"][found.arrays["place"][1, 2]].startswith("mixed")
    assert [labels["attracting"][k] for k in found.arrays["attracting"][1, :3]] == [
        "unstable",
        "unstable",
        "asymptotic",
    ]
    assert [labels["stability"][k] for k in found.arrays["stability"][0, :2]] == ["source", "sink"]


def test_rest_points_beyond_the_room_are_counted() -> None:
    found = evaluated(measures.rest_points(PENNIES, most=2), g=[1.0])
    assert found.arrays["count"].tolist() == [5]
    assert np.isfinite(found.arrays["points"]).all()
    whole = evaluated(measures.rest_points(PENNIES, most=5), g=[1.0])
    # a centre with the eigenvalues i and -i
    assert whole.arrays["imaginary"][0, 4].tolist() == pytest.approx([-1, 1])
    assert whole.arrays["real"][0, 4] == pytest.approx([0, 0], abs=1e-12)
    with pytest.raises(ParameterError, match="most"):
        measures.rest_points(PENNIES, most=0)


def test_rest_points_of_other_dynamics() -> None:
    game = MatrixGame([["b", 0], [0, 1]], symbol="x")
    found = evaluated(measures.rest_points(mean_dynamic(game, logit("1/10")), most=3), b=[1.0])
    points = found.arrays["points"][0, :, 0]
    # x = 1/(1 + exp((1 - 2x)/0.1)): one half, and two beside it
    assert sorted(points) == pytest.approx(sorted(1 / (1 + np.exp((1 - 2 * points) / 0.1))), abs=1e-8)
    assert found.arrays["count"].tolist() == [3]


MANY: list[tuple[Callable[[], Measure], dict[str, Any]]] = [
    (lambda: measures.final_shares(PENNIES, t_end=20), {"y": [0.1, 0.5, 0.7, 0.2, 0.9]}),
    (
        lambda: measures.time_to_reach(PENNIES, {"x": 0.5, "y": 0.5}, within=0.2, t_end=20),
        {"y": [0.1, 0.5, 0.7, 0.2, 0.9]},
    ),
    (lambda: measures.welfare(PENNIES, t_end=20), {"y": [0.1, 0.5, 0.7, 0.2, 0.9]}),
    (lambda: measures.cooperation(PENNIES), {}),
    (lambda: measures.rest_points(PENNIES, most=5), {}),
    (lambda: measures.regime(find_regimes(PENNIES)), {}),
    (lambda: measures.share_of_basin(PENNIES, n=5, t_end=5, doublings=0), {}),
]


@pytest.mark.parametrize(("make", "columns"), MANY)
def test_each_result_depends_on_its_own_point_alone(make: Callable[[], Measure], columns: dict[str, Any]) -> None:
    measure = make()
    values = {"g": np.array([0.5, 1.0, np.nan, 2.0, 0.25])} | {name: np.array(v) for name, v in columns.items()}
    values |= {"x": np.array([0.3, 0.4, 0.5, 0.6, 0.7])} if columns else {}
    whole = evaluated(measure, **values)
    assert list(whole.failures) == [2]
    for order in ([4, 0, 2, 1], [3], [1]):
        part = evaluated(pickle.loads(pickle.dumps(measure)), **{name: v[order] for name, v in values.items()})
        for name, array in whole.arrays.items():
            assert part.arrays[name].tobytes() == array[order].tobytes()


def test_provenance_says_what_it_takes() -> None:
    told = measures.final_shares(LOGISTIC, {"c": 2}, {"x": 0.5}, t_end=7).provenance()
    assert told["values"] == "c = 2" and told["t_end"] == "7" and "x" not in told
    assert told["kernel"] == "shape" and float(told["tolerance"]) == 1e-8
    assert told["initial"] == "population.a = 0.5"
    assert measures.final_shares(mean_dynamic(LOGISTIC, best_response())).provenance()["kernel"] == "none"


def test_together_joins_what_can_be_joined() -> None:
    joined = measures.together(measures.final_shares(LOGISTIC, t_end=3), measures.welfare(LOGISTIC, t_end=3))
    found = evaluated(joined, c=[1.0, np.nan, 2.0], x=[0.1, 0.2, 1.5])
    assert found.arrays["welfare"][0] == pytest.approx(found.arrays["shares"][0, 0])
    assert sorted(found.failures) == [1, 2]
    assert found.failures[1] == "final_shares: c = nan is no finite number; welfare: c = nan is no finite number"
    assert joined.compiled and joined.name == "final_shares + welfare"
    assert not measures.together(measures.cooperation(PENNIES), measures.welfare(PENNIES)).compiled
    with pytest.raises(ParameterError, match="two measures have a variable 'shares'"):
        measures.together(measures.final_shares(LOGISTIC), measures.final_shares(LOGISTIC, t_end=1))
    with pytest.raises(ParameterError, match="label the dimension 'share'"):
        measures.together(measures.final_shares(LOGISTIC), measures.cycle(PENNIES))
    with pytest.raises(ParameterError, match="no measure"):
        measures.together()
    with pytest.raises(ParameterError, match="is no measure"):
        measures.together(abs)  # type: ignore[arg-type]
