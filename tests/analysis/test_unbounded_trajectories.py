"""Trajectories of quantities from 0 on: closed forms, ends, units, growth without bound."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from coopgame import (
    Environment,
    FaceStartWarning,
    IntegrationError,
    IntegrationOptions,
    MatrixGame,
    RateModel,
    StateError,
    catalog,
    crosses,
    find_lyapunov_exponents,
    find_rest_points,
    integrate,
    leaves,
    logit,
    mean_dynamic,
    ramp,
)

TIGHT = IntegrationOptions(rtol=1e-12, atol=1e-12)


def test_logistic_growth_in_closed_form() -> None:
    """N(t) = K/(1 + (K/N0 - 1) exp(-r t)), from a start of 1e-200 on."""
    model = RateModel({"N": "r*N*(1 - N/K)"})
    path = integrate(model, {"N": 1e-200}, {"r": 2, "K": 5}, t_end=300, options=TIGHT)
    for time in (100.0, 230.0, 231.0, 240.0):
        log_ratio = math.log(5) + 200 * math.log(10) - 2 * time
        expected = 5 / (1 + math.exp(log_ratio)) if log_ratio < 700 else 0.0
        assert path.at(time) == pytest.approx([expected], rel=1e-8, abs=1e-300 if expected else 1e-20)
    assert path.outcome.label == "I1" and path.dynamics == "the model's own rates"
    assert path.to_xarray()["shares"].dims == ("time", "share")


def test_a_plain_quantity_in_closed_form() -> None:
    """dS/dt = a - b S starts from 0 as well as from above."""
    model = RateModel({"S": "a - b*S"})
    for start in (0.0, 9.0):
        path = integrate(model, {"S": start}, {"a": 3, "b": "0.5"}, t_end=60)
        assert path.at(2.0) == pytest.approx([6 + (start - 6) * math.exp(-1)], rel=1e-8)
        assert path.outcome.label == "I1"


def test_extinction_is_followed_in_logarithms() -> None:
    path = integrate(RateModel({"N": "-2*N"}), {"N": 7}, t_end=500)
    assert path.log_shares[-1] == pytest.approx([math.log(7) - 1000])
    assert (path.outcome.kind, path.outcome.label) == ("converged", "E1")


def test_what_is_absent_stays_absent_and_is_said() -> None:
    with pytest.warns(FaceStartWarning, match="no N2; a rate with the factor N2 leaves it at 0"):
        path = integrate(
            catalog.symbiosis(),
            {"N1": 0.1, "N2": 0},
            {"r1": 1, "r2": 1, "K1": 3, "K2": 1, "s12": 1, "s21": "0.5"},
        )
    assert path.outcome.label == "F1" and path.final.tolist() == pytest.approx([3, 0])


@pytest.mark.parametrize("unit", [1.0, 1e-6, 1e9])
def test_small_oscillations_of_predator_and_prey(unit: float) -> None:
    """Lotka (1925): the period of small oscillations is 2 pi/sqrt(a c); averages are the rest point; units do not matter."""
    values = {"a": 1.5, "b": 2 / unit, "c": 0.7, "d": 4 / unit}
    rest = np.array([0.7 / 4, 1.5 / 2]) * unit
    path = integrate(catalog.predator_prey(), rest * [1.001, 1], values, t_end=200, options=TIGHT)
    outcome = path.outcome
    assert outcome.kind == "periodic"
    assert outcome.period == pytest.approx(2 * math.pi / math.sqrt(1.5 * 0.7), rel=1e-5)
    wide = integrate(catalog.predator_prey(), rest * [3, 0.5], values, t_end=300, options=TIGHT)
    assert wide.outcome.kind == "periodic" and wide.outcome.period is not None
    start = 100.0
    assert wide.average(start, start + wide.outcome.period) == pytest.approx(rest, rel=1e-6)


def test_volterras_integral_is_kept() -> None:
    values = {"a": 1, "b": 2, "c": 3, "d": 4}
    path = integrate(catalog.predator_prey(), {"x": 3, "y": 0.01}, values, t_end=500, options=TIGHT)
    x, y = path.shares.T
    logs = path.log_shares
    integral = 4 * x - 3 * logs[:, 0] + 2 * y - logs[:, 1]
    assert np.ptp(integral) < 1e-7 * abs(integral[0])
    exponents = find_lyapunov_exponents(path)
    assert exponents.sensitive is False


@pytest.mark.parametrize(("al", "be", "kind"), [("0.6", "1.1", "converged"), ("0.8", "1.3", "heteroclinic")])
def test_three_species_in_a_cycle(al: str, be: str, kind: str) -> None:
    """May and Leonard (1975): at al + be < 2 all three settle at 1/(1 + al + be), at al + be > 2 turns take ever longer."""
    values = {"al": al, "be": be}
    path = integrate(catalog.cyclic_competition(), {"N1": 0.5, "N2": 0.3, "N3": 0.2}, values, t_end=1e5)
    assert path.outcome.kind == kind
    inside = find_rest_points(catalog.cyclic_competition(), values)["I1"]
    a, b = float(al), float(be)
    assert [float(v) for v in inside.coordinates.values()] == pytest.approx([1 / (1 + a + b)] * 3)
    w = complex(-0.5, math.sqrt(0.75))
    stated = [-(1 + a * w**k + b * w ** (2 * k)) / (1 + a + b) for k in range(3)]
    found = sorted((complex(v) for v in inside.eigenvalues), key=lambda v: (v.real, v.imag))
    assert found == pytest.approx(sorted(stated, key=lambda v: (v.real, v.imag)))
    if kind == "heteroclinic":
        # the turns lengthen by (be - 1)/(1 - al), the ratio of contracting to expanding eigenvalues, each third of a turn
        assert path.outcome.growth == pytest.approx(((b - 1) / (1 - a)) ** 3, rel=0.01)


def test_a_limit_cycle_of_grazing_is_found_beside_one_that_dies_out() -> None:
    """Beyond the Hopf bifurcation at K = 3; a third species that dies out does not hide the cycle."""
    model = RateModel(
        {"x": "x*(1 - x/K) - x*y/(1 + x)", "y": "y*(x/(1 + x) - 1/2)", "z": "-z/10"}, parameters={"K": {"value": 4}}
    )
    path = integrate(model, {"x": 1, "y": 1, "z": 50}, {}, t_end=3000)
    assert path.outcome.kind == "periodic" and "swings" in path.outcome.text
    again = integrate(model, {"x": 1, "y": 1, "z": 50}, {"K": 2}, t_end=600)
    assert again.outcome.kind == "converged"


@pytest.mark.parametrize("method", ["DOP853", "RK45", "Radau", "BDF"])
@pytest.mark.parametrize(("rate", "start", "time"), [("N**3", 2, 1 / 8), ("1 + N**2", 0, math.pi / 2)])
def test_growth_to_infinity_in_finite_time(rate: str, start: float, time: float, method: str) -> None:
    with pytest.raises(IntegrationError, match="N grows beyond every bound in finite time, near t = ") as told:
        integrate(RateModel({"N": rate}), {"N": start}, t_end=10, options=IntegrationOptions(method=method))
    partial = told.value.partial
    assert partial is not None and np.isfinite(partial.shares).all() and np.isfinite(partial.times).all()
    assert partial.times[-1] == pytest.approx(time, rel=1e-4)
    assert partial.outcome.kind == "undecided"


def test_exponential_growth_beyond_all_numbers() -> None:
    """N = exp(t) is 1e300 at t = 300 ln 10."""
    with pytest.raises(IntegrationError, match=r"N grows beyond 1e\+300 at t = 690.776") as told:
        integrate(RateModel({"N": "N"}), {"N": 1}, t_end=1000)
    partial = told.value.partial
    assert partial is not None and partial.final == pytest.approx([1e300], rel=1e-6)
    assert integrate(RateModel({"N": "N"}), {"N": 1}, t_end=600).log_shares[-1] == pytest.approx([600])


def test_a_quantity_that_would_become_negative() -> None:
    with pytest.raises(
        IntegrationError, match="S reaches 0 at t = 2 and moves on, out of its range from 0 on"
    ) as told:
        integrate(RateModel({"S": "-3"}), {"S": 6}, t_end=10)
    assert told.value.partial is not None and told.value.partial.at(1.0) == pytest.approx([3])


def test_a_rate_that_is_no_number_on_the_way() -> None:
    with pytest.raises(IntegrationError, match="a rate is no number at a state") as told:
        integrate(RateModel({"S": "-1/sqrt(S - 1)"}), {"S": 2}, t_end=10)
    assert told.value.partial is not None and told.value.partial.final[0] > 1


def test_a_stock_and_those_who_harvest_it() -> None:
    """The stable focus of the harvested stock by replicator and, with much noise in the choices, by logit."""
    game = MatrixGame(
        [["1", "1"], ["n/2", "n/2"]],
        symbol="x",
        environment=[Environment("n", "n*(1 - n/4) - 9*(1 - x)*n/10", between=(0, math.inf))],
    )
    path = integrate(game, {"x": 0.9, "n": 20}, t_end=400)
    assert path.outcome.label == "I1" and path.final == pytest.approx([4 / 9, 5 / 9, 2], abs=1e-8)
    noisy = integrate(mean_dynamic(game, logit(1)), {"x": 0.9, "n": 20}, t_end=400)
    x, _, n = noisy.final
    # at rest x/(1 - x) = exp(1 - n/2) and 1 - n/4 = 0.9(1 - x)
    assert math.log(x / (1 - x)) == pytest.approx(1 - n / 2, abs=1e-8)
    assert 1 - n / 4 == pytest.approx(0.9 * (1 - x), abs=1e-8)
    assert noisy.outcome.kind == "converged"


def test_events_and_schedules_of_quantities() -> None:
    model = RateModel({"N": "r*N*(1 - N/K)"}, parameters={"r": {}, "K": {}})
    path = integrate(model, {"N": 1}, {"r": 1, "K": 10}, t_end=20, events=[crosses("N - 5"), leaves("N < 9")])
    names = [hit.name for hit in path.events]
    assert names == ["N - 5 crosses 0", "left N < 9"]
    # N/(10 - N) = exp(t)/9
    assert path.events[0].time == pytest.approx(math.log(9)) and path.times[-1] == pytest.approx(math.log(81))
    moved = integrate(model, {"N": 1}, {"r": 1, "K": 10}, t_end=40, schedules={"K": ramp(0, 10, 10, 20)})
    assert moved.final[0] == pytest.approx(20, rel=1e-4)


@pytest.mark.parametrize("initial", [{"N": -1}, {"N": math.inf}, {}, [1, 2]])
def test_bad_starts(initial: Any) -> None:
    with pytest.raises(StateError):
        integrate(RateModel({"N": "N"}), initial)
