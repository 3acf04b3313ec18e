"""Quantities from 0 on without an upper bound: models of them alone, and resource stocks beside a population."""

from __future__ import annotations

import tomllib
from math import inf

import numpy as np
import pytest
import sympy

from coopgame import (
    Environment,
    GameError,
    IntegrationError,
    MatrixGame,
    RateModel,
    StateError,
    UnsupportedError,
    analyse,
    catalog,
    decompose,
    discrete_dynamic,
    find_ess,
    find_pure_nash_equilibria,
    find_rest_points,
    fitness_replicator,
    integrate,
    parse_game,
    replicator,
    smith,
    stochastic_replicator,
)
from coopgame.dynamics.mean import mean_dynamic

LOGISTIC = RateModel({"N": "r*N*(1 - N/K)"}, parameters={"r": "> 0", "K": "> 0"})


def harvest() -> MatrixGame:
    """A stock n with logistic growth, harvested at the rates 1/2 and 1 by two strategies that earn the same."""
    rate = "n*(2 - n) - n*(x/2 + (1 - x))"
    return MatrixGame([[1, 1], [1, 1]], symbol="x", environment=[Environment("n", rate, between=(0, inf))])


def test_logistic_growth_in_symbols_and_in_time() -> None:
    """N = K attracts, N = 0 repels; N(t) = K/(1 + (K/N0 - 1) exp(-r t))."""
    points = find_rest_points(LOGISTIC)
    assert [(p.place(), p.attracting) for p in points] == [("N = 0", "unstable"), ("N = K", "asymptotic")]
    assert points[1].eigenvalues == (-sympy.Symbol("r"),)
    path = integrate(LOGISTIC, {"N": 0.01}, {"r": 2, "K": 50}, t_end=12)
    expected = 50 / (1 + (50 / 0.01 - 1) * np.exp(-2 * path.times))
    assert path.coordinate("N") == pytest.approx(expected, rel=1e-8)
    assert path.outcome.kind == "converged" and path.outcome.label == points[1].label


@pytest.mark.parametrize("unit", ["1/1000000", "1", "1000000"])
def test_labels_do_not_depend_on_units(unit: str) -> None:
    model = catalog.symbiosis(r1="1/2", r2="2/5", K1=unit, K2=unit, s12="-6/5", s21="-11/10")
    points = find_rest_points(model, {})
    size = float(sympy.Rational(unit))
    assert points.complete
    assert sorted(str(p.stability) for p in points) == ["saddle", "sink", "sink", "source"]
    end = integrate(model, {"N1": 0.9 * size, "N2": 0.1 * size}, t_end=400).outcome
    assert end.kind == "converged" and end.state == pytest.approx([size, 0], rel=1e-9, abs=1e-9 * size)


def test_a_quantity_that_cannot_be_told_from_nothing_is_kept() -> None:
    """dN/dt = -N from 1: exp(-t), far below the smallest number."""
    path = integrate(RateModel({"N": "-N"}), {"N": 1}, t_end=2000)
    assert path.log_shares[-1, 0] == pytest.approx(-2000, rel=1e-9)


def test_predator_and_prey_turn_around_with_a_period() -> None:
    """Small swings around (c/d, a/b) have the period 2 pi/sqrt(a c); d x - c ln x + b y - a ln y is constant."""
    values = {"a": 2, "b": 1, "c": "1/2", "d": "1/4"}
    model = catalog.predator_prey()
    path = integrate(model, {"x": 2.0002, "y": 2}, values, t_end=60)
    outcome = integrate(model, {"x": 2.02, "y": 2}, values, t_end=60).outcome
    assert outcome.kind == "periodic" and outcome.period == pytest.approx(2 * np.pi, rel=1e-4)
    x, y = path.coordinate("x"), path.coordinate("y")
    assert np.ptp(x / 4 - np.log(x) / 2 + y - 2 * np.log(y)) < 1e-8
    (mixed,) = [p for p in find_rest_points(model) if p.kind == "interior"]
    assert mixed.attracting == "lyapunov" and str(mixed.stability) == "center"


@pytest.mark.parametrize("seed", range(12))
def test_no_positive_rest_point_of_two_species_is_missing(seed: int) -> None:
    """Random Lotka-Volterra equations, each face solved as linear equations; types by numpy's eigenvalues."""
    rng = np.random.default_rng(seed)
    while True:
        growth, table = rng.integers(-4, 5, 2), rng.integers(-4, 5, (2, 2))
        if 0 not in (*growth, *np.diag(table)) and round(np.linalg.det(table)) != 0:  # no lines of rest points
            break
    names = ("u", "v")
    rates = {n: f"{n}*({g} + {a}*u + {b}*v)" for n, g, (a, b) in zip(names, growth, table.tolist(), strict=True)}
    expected = [np.zeros(2)]
    expected += [np.array([-growth[0] / table[0, 0], 0]), np.array([0, -growth[1] / table[1, 1]])]
    expected += [np.linalg.solve(table, -growth)]
    expected = [e for e in expected if (e >= 0).all() and (e[0] > 0 or e[1] > 0 or not e.any())]
    points = find_rest_points(RateModel(rates), {})
    assert points.complete
    assert sorted(map(tuple, np.round([p.state for p in points], 9))) == sorted(map(tuple, np.round(expected, 9)))
    for point in points:
        s = point.state
        jacobian = np.diag(growth + table @ s) + s[:, None] * table
        real = np.linalg.eigvals(jacobian).real
        if np.abs(real).min() > 1e-9:
            sign = "sink" if real.max() < 0 else "source" if real.min() > 0 else "saddle"
            assert str(point.stability) == sign


def test_a_stock_beside_a_population() -> None:
    """dn/dt = n (1 + x/2 - n): the stock follows the shares, which stay; the Jacobian equals differences."""
    game = harvest()
    path = integrate(game, {"x": 0.4, "n": 5}, t_end=60)
    assert path.coordinate("n")[-1] == pytest.approx(1.2, abs=1e-8) and path.final[0] == pytest.approx(0.4)
    field, state, step = replicator(game), np.array([0.4, 0.6, 5.0]), 1e-6
    moved = [np.array([step, -step, 0]), np.array([0, 0, step])]
    columns = [(field(state + d) - field(state - d))[[0, 2]] / (2 * step) for d in moved]
    assert field.jacobian(state) == pytest.approx(np.array(columns).T, abs=1e-7)


def test_files_hold_models_exactly() -> None:
    for model in (LOGISTIC, catalog.enterprise_cluster(), harvest()):
        assert parse_game(model.to_toml()) == model
    assert tomllib.loads(harvest().to_toml())["environment"]["n"]["between"] == [0, inf]
    assert tomllib.loads(LOGISTIC.to_toml())["payoffs"]["kind"] == "rates"


@pytest.mark.parametrize(
    ("start", "message"),
    [
        ({"N": -1}, "N = -1; a quantity is a finite number from 0 on"),
        ({"N": inf}, "N = inf"),
        ({"N": np.nan}, "N = nan"),
        ({"M": 1}, "no quantity; give N|unknown quantity"),
        ([1, 2], "1 "),
    ],
)
def test_starts_out_of_range(start: object, message: str) -> None:
    with pytest.raises(StateError, match=message):
        integrate(LOGISTIC, start, {"r": 1, "K": 1})


def test_a_plain_quantity_that_would_become_negative() -> None:
    """dS/dt = -1 from 3 reaches 0 at t = 3."""
    with pytest.raises(IntegrationError, match=r"S reaches 0 at t = 3 .*out of its range from 0 on") as caught:
        integrate(RateModel({"S": "-1"}), {"S": 3})
    assert caught.value.partial is not None and caught.value.partial.final[0] == pytest.approx(0, abs=1e-6)


def test_growth_beyond_the_range_of_numbers() -> None:
    """dN/dt = N reaches 1e300 at t = 300 ln 10."""
    with pytest.raises(IntegrationError, match=r"N grows beyond 1e\+300 at t = 690\.77"):
        integrate(RateModel({"N": "N"}), {"N": 1}, t_end=1000)


def test_what_has_no_meaning_says_so() -> None:
    calls = [
        LOGISTIC.payoff_table,
        lambda: decompose(LOGISTIC),
        lambda: find_ess(LOGISTIC, {"r": 1, "K": 1}),
        lambda: stochastic_replicator(LOGISTIC, 0.1),  # type: ignore[arg-type]
        lambda: discrete_dynamic(LOGISTIC, fitness_replicator()),
        lambda: find_pure_nash_equilibria(LOGISTIC, {"r": 1, "K": 1}),
    ]
    for call in calls:
        with pytest.raises((UnsupportedError, GameError)):
            call()
    with pytest.raises(GameError, match="at least one quantity"):
        RateModel({})


def test_laws_do_not_touch_models_without_populations() -> None:
    state = {"N": 3}
    values = {"r": 2, "K": 5}
    assert mean_dynamic(LOGISTIC, smith())(state, values) == pytest.approx([2 * 3 * 0.4])


def test_an_analysis_prints_its_regimes() -> None:
    text = str(analyse(LOGISTIC))
    assert "I1 (N = K): sink, asymptotic" in text and "I1 stable iff true" in text
