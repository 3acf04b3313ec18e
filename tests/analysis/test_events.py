"""Events along trajectories beside closed forms: times of passages, arrivals, and regions left."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    ExpressionError,
    MatrixGame,
    ParameterError,
    PopulationGame,
    StateError,
    crosses,
    integrate,
    leaves,
    logit,
    mean_dynamic,
    reaches,
    replicator,
)

# x' = c x (1 - x): ln(x/(1 - x)) grows at the rate c
GROWTH = MatrixGame([["c", "c"], [0, 0]], symbol="x", parameters={"c": 1})
START = {"x": 0.1}


def _logit(x: float) -> float:
    return float(np.log(x / (1 - x)))


def test_a_level_is_crossed_when_the_closed_form_says() -> None:
    path = integrate(replicator(GROWTH), START, {"c": 2}, t_end=20, events=[crosses("x - 1/2"), crosses("x - c/3")])
    assert [hit.time for hit in path.events] == pytest.approx(
        [-_logit(0.1) / 2, (_logit(2 / 3) - _logit(0.1)) / 2], abs=1e-9
    )
    assert path.events[0].shares == pytest.approx([0.5, 0.5], abs=1e-9)
    assert str(path.events[0]).startswith("x - 1/2 crosses 0 at t = 1.0986")
    assert path.times[-1] == 20


def test_an_arrival_ends_the_trajectory() -> None:
    path = integrate(replicator(GROWTH), START, t_end=50, events=[reaches({"x": 1}, 1e-4)])
    assert path.times[-1] == pytest.approx(_logit(1 - 1e-4) - _logit(0.1), abs=1e-8)
    assert path.final[1] == pytest.approx(1e-4, rel=1e-6)


def test_a_region_is_left_once() -> None:
    path = integrate(replicator(GROWTH), START, t_end=50, events=[leaves("x < 0.8")])
    assert path.times[-1] == pytest.approx(_logit(0.8) - _logit(0.1), abs=1e-9)
    assert [hit.name for hit in path.events] == ["left x < 0.8"]


def test_passages_have_a_direction() -> None:
    """Matching pennies for two periods of a closed orbit: up and down alternate, and a period has one of each."""
    game = PopulationGame.from_advantages({"x": "2*y - 1", "y": "1 - 2*x"})
    watched = [crosses("x - 1/2", rising=True), crosses("x - 1/2", rising=False), crosses("x - 1/2")]
    path = integrate(replicator(game), {"x": 0.3, "y": 0.5}, t_end=60, events=watched)
    up, down = ([hit.time for hit in path.events if hit.name == event.name] for event in watched[:2])
    both = [hit.time for hit in path.events if hit.name == watched[2].name]
    assert sorted(up + down) == pytest.approx(both)
    assert np.diff(up) == pytest.approx([path.outcome.period] * (len(up) - 1), rel=1e-7)
    assert abs(len(up) - len(down)) <= 1


def test_an_event_that_never_happens_leaves_no_trace() -> None:
    path = integrate(replicator(GROWTH), START, t_end=5, events=[reaches({"x": 0}), crosses("x - 2")])
    assert path.events == ()
    assert path.times[-1] == 5


def test_the_first_of_several_stops() -> None:
    path = integrate(
        replicator(GROWTH), START, t_end=50, events=[leaves("x < 0.8"), leaves("x < 0.6"), crosses("x - 0.4")]
    )
    assert [hit.name for hit in path.events] == ["x - 0.4 crosses 0", "left x < 0.6"]


def test_events_in_shares_that_are_integrated_themselves() -> None:
    """Logit with equal payoffs: x' = 1/2 - x."""
    field = mean_dynamic(MatrixGame([[1, 1], [1, 1]], symbol="x"), logit(1))
    path = integrate(field, {"x": 0}, t_end=5, events=[crosses("x - 1/4")])
    assert path.events[0].time == pytest.approx(np.log(2), abs=1e-9)


class TestBadInput:
    def test_unknown_names(self) -> None:
        with pytest.raises(ParameterError, match="names z"):
            integrate(replicator(GROWTH), START, events=[crosses("z - 1/2")])

    def test_an_equation_is_no_region(self) -> None:
        with pytest.raises(ExpressionError, match="no single inequality"):
            leaves("0.2 < x < 0.4")

    def test_a_distance_of_zero(self) -> None:
        with pytest.raises(StateError, match="positive distance"):
            reaches({"x": 1}, 0)
