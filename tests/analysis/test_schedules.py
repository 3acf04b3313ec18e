"""Schedules of parameters beside closed forms: pulses, ramps and functions of time; what cannot be scheduled."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import IntegrationError, MatrixGame, ParameterError, PopulationGame, integrate, ramp, replicator, steps

GROWTH = MatrixGame([["c", "c"], [0, 0]], symbol="x", parameters={"c": 1})


def _logit(shares: np.ndarray) -> np.ndarray:
    return np.asarray(np.log(shares[..., 0] / shares[..., 1]))


def test_a_pulse_counts_for_as_long_as_it_lasts() -> None:
    """ln(x/(1 - x)) is the integral of c: exact on both sides of a jump."""
    path = integrate(replicator(GROWTH), {"x": 0.1}, t_end=6, schedules={"c": steps([1, 2.5], [-1, 3, 0])})
    times = np.array([0.5, 1.0, 2.0, 2.5, 6.0])
    grown = np.array([-0.5, -1.0, 2.0, 3.5, 3.5])
    np.testing.assert_allclose(_logit(path.at(times)), np.log(1 / 9) + grown, atol=1e-9)


def test_a_ramp_and_a_function() -> None:
    path = integrate(replicator(GROWTH), {"x": 0.1}, t_end=6, schedules={"c": ramp(1, 3, 0, 2)})
    np.testing.assert_allclose(_logit(path.at([1, 2, 3, 6])), np.log(1 / 9) + np.array([0, 0.5, 2, 8]), atol=1e-8)
    wave = integrate(replicator(GROWTH), {"x": 0.1}, t_end=6, schedules={"c": np.cos})
    np.testing.assert_allclose(_logit(wave.shares), np.log(1 / 9) + np.sin(wave.times), atol=1e-8)


def test_a_payoff_that_stops_to_be_a_number_keeps_the_path_up_to_there() -> None:
    """c = sqrt(1 - t) is no number after t = 1."""
    with np.errstate(invalid="ignore"), pytest.raises(IntegrationError, match="kept in `partial`") as caught:
        integrate(replicator(GROWTH), {"x": 0.1}, t_end=3, schedules={"c": lambda t: float(np.sqrt(1 - t))})
    partial = caught.value.partial
    assert 0.5 < partial.times[-1] <= 1
    end = partial.times[-1]
    assert _logit(partial.final) == pytest.approx(np.log(1 / 9) + 2 / 3 * (1 - (1 - end) ** 1.5), abs=1e-6)


def test_a_pole_on_the_way_is_reported_with_the_path_before_it() -> None:
    """x' = x (1 - x) / (1/2 - x) runs into its pole at x = 1/2 in finite time."""
    game = PopulationGame.from_advantages({"x": "1/(1/2 - x)"})
    with pytest.raises(IntegrationError) as caught:
        integrate(replicator(game), {"x": 0.3}, t_end=10)
    assert caught.value.partial.final[0] == pytest.approx(0.5, abs=1e-3)


class TestBadInput:
    def test_time_runs_forwards(self) -> None:
        with pytest.raises(IntegrationError, match="time runs forwards"):
            integrate(replicator(GROWTH), {"x": 0.1}, t_end=-1)

    def test_unknown_parameters_and_what_is_no_function(self) -> None:
        with pytest.raises(ParameterError, match="'d', which is no parameter"):
            integrate(replicator(GROWTH), {"x": 0.1}, schedules={"d": np.cos})
        with pytest.raises(ParameterError, match="a function of t"):
            integrate(replicator(GROWTH), {"x": 0.1}, schedules={"c": 3})

    def test_times_that_do_not_increase(self) -> None:
        with pytest.raises(ParameterError, match="must increase"):
            steps([2, 1], [0, 1, 2])
        with pytest.raises(ParameterError, match="need 3 values"):
            steps([1, 2], [0, 1])
        with pytest.raises(ParameterError, match="ends after it starts"):
            ramp(2, 2, 0, 1)

    def test_averages_and_times_outside(self) -> None:
        path = integrate(replicator(GROWTH), {"x": 0.5}, t_end=2)
        assert path.average()[0] == pytest.approx((np.log(1 + np.exp(2)) - np.log(2)) / 2, abs=1e-10)
        with pytest.raises(IntegrationError, match="runs from"):
            path.at(3)
        with pytest.raises(IntegrationError, match="two times"):
            path.average(1, 1)
