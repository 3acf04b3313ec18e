"""Paths of the projection dynamic beside projected Euler steps, closed forms and potentials; degenerate games."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from coopgame import (
    IntegrationOptions,
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    ProjectedSolution,
    Trajectory,
    integrate,
    mean_dynamic,
    pairwise_imitation,
    projection,
    reaches,
    steps,
)

Array = np.ndarray


def followed(game: Any, start: Any, t_end: float, **more: Any) -> tuple[Trajectory, ProjectedSolution]:
    trajectory = integrate(mean_dynamic(game, projection()), start, t_end=t_end, **more)
    assert isinstance(trajectory.solution, ProjectedSolution)
    return trajectory, trajectory.solution


def nearest(point: Array) -> Array:
    """The nearest point of the simplex, by sorting (Held, Wolfe and Crowder 1974)."""
    ordered = np.sort(point)[::-1]
    excess = (np.cumsum(ordered) - 1) / np.arange(1, len(point) + 1)
    last = np.flatnonzero(ordered > excess)[-1]
    return np.maximum(point - excess[last], 0.0)


def euler(table: Array, start: Array, t_end: float, step: float) -> Array:
    state = np.array(start, dtype=float)
    for _ in range(round(t_end / step)):
        state = nearest(state + step * (table @ state))
    return state


@pytest.mark.parametrize("seed", range(10))
def test_small_projected_steps_come_to_the_same_state(seed: int) -> None:
    """Euler's error is of first order: extrapolation from two steps leaves little."""
    rng = np.random.default_rng(seed)
    size = 2 + seed % 4
    table, start = rng.integers(-4, 5, (size, size)), rng.dirichlet(np.ones(size))
    trajectory, _ = followed(MatrixGame(table.tolist()), start, 1.5)
    coarse, fine = (euler(table, start, 1.5, step) for step in (1e-3, 5e-4))
    assert 2 * fine - coarse == pytest.approx(trajectory.final, abs=5e-5)
    assert fine == pytest.approx(trajectory.final, abs=1e-2)


@pytest.mark.parametrize("seed", range(6))
def test_states_stay_states_exactly(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(4, 4))
    trajectory, solution = followed(MatrixGame(table.tolist()), rng.dirichlet(np.ones(4)), 30)
    assert (trajectory.shares >= 0).all()
    assert trajectory.shares.sum(axis=1) == pytest.approx(1, abs=1e-14)
    for low, high in zip(solution.switches, [*solution.switches[1:], 30.0], strict=True):
        at, inside = trajectory.at([low, (low + high) / 2])
        assert ((inside == 0) <= (at < 1e-12)).all()  # who is absent in a phase is absent at its start


def test_two_strategies_in_closed_form() -> None:
    """Coordination: x - 1/3 grows like exp(3 t / 2) until x = 1, and stays there."""
    game = MatrixGame([[2, 0], [0, 1]], symbol="x")
    trajectory, solution = followed(game, {"x": 0.4}, 4.0)
    arrival = math.log((2 / 3) / (0.4 - 1 / 3)) / 1.5
    assert solution.switches == pytest.approx([arrival], abs=1e-9)
    early = trajectory.times < arrival
    wanted = 1 / 3 + (0.4 - 1 / 3) * np.exp(1.5 * trajectory.times[early])
    assert trajectory.shares[early, 0] == pytest.approx(wanted, abs=1e-8)
    assert (trajectory.shares[~early] == [1, 0]).all() and (~early).any()
    assert trajectory.outcome.kind == "converged"


def test_hawks_and_doves_come_to_the_mixed_equilibrium_as_time_grows() -> None:
    """Advantage 2 - 3 x, half of which moves the share: x - 2/3 decays like exp(-3 t / 2)."""
    trajectory, _ = followed(MatrixGame([[-1, 4], [0, 2]]), [0.1, 0.9], 20)
    assert trajectory.shares[:, 0] == pytest.approx(2 / 3 + (0.1 - 2 / 3) * np.exp(-1.5 * trajectory.times), abs=1e-8)


def test_a_potential_rises_and_its_gradient_flow_ends_on_a_face() -> None:
    """Payoffs are the gradient of -|x - c|^2 / 2 with c outside: the flow ends at the nearest state."""
    target = np.array([0.9, 0.4, -0.5, -0.1])
    payoffs = {"p": {f"s{k}": f"{c} - p.s{k}" for k, c in enumerate(target)}}
    trajectory, solution = followed(PopulationGame(payoffs), [0.1, 0.2, 0.3, 0.4], 40)
    potential = -((trajectory.shares - target) ** 2).sum(axis=1)
    assert (np.diff(potential) >= -1e-14).all()
    assert trajectory.final == pytest.approx(nearest(target), abs=1e-9)
    assert len(solution.switches) == 2 and trajectory.outcome.kind == "converged"


def test_the_boundary_is_left_where_the_absent_strategy_earns_the_mean_again() -> None:
    """Bad rock, paper, scissors: the path goes along the boundary and leaves it, again and again, with one period."""
    table = np.array([[0, -2, 1], [1, 0, -2], [-2, 1, 0]])
    trajectory, solution = followed(MatrixGame(table.tolist()), [0.5, 0.3, 0.2], 30)
    switches = solution.switches
    assert len(switches) > 20
    states = trajectory.at(switches)
    for state, entering in zip(states[2::2], states[3::2], strict=False):
        absent = int(np.argmin(state))
        assert state[absent] == 0
        payoffs = table @ entering
        others = [i for i in range(3) if i != absent]
        assert payoffs[absent] == pytest.approx(payoffs[others].mean(), abs=1e-9)
    assert np.diff(switches[3::2]) == pytest.approx(np.diff(switches[3::2])[0], abs=1e-8)
    assert trajectory.outcome.kind == "periodic"
    assert trajectory.outcome.period == pytest.approx(3 * np.diff(switches[3::2])[0], abs=1e-8)


def test_matching_pennies_turn_with_period_pi() -> None:
    """Inside the square dx/dt = 2y - 1 up to the factor 1 of half the advantage: circles around the centre."""
    game = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    trajectory, solution = followed(game, {"x": 0.8, "y": 0.5}, 12)
    assert not len(solution.switches)
    assert trajectory.shares[:, 0] == pytest.approx(0.5 + 0.3 * np.cos(2 * trajectory.times), abs=1e-8)
    assert trajectory.outcome.period == pytest.approx(math.pi, rel=1e-8)


def test_degenerate_games_rest() -> None:
    equal, solution = followed(MatrixGame([[1, 1, 1]] * 3), [0.2, 0.3, 0.5], 10)
    assert (equal.shares == equal.shares[0]).all() and equal.outcome.kind == "converged"
    assert not len(solution.switches)
    alone, _ = followed(MatrixGame([[4]]), [1], 10)
    assert (alone.shares == 1).all() and alone.outcome.kind == "converged"
    vertex, _ = followed(MatrixGame([[2, 0], [0, 1]]), [1, 0], 10)
    assert (vertex.shares == [1, 0]).all() and vertex.outcome.kind == "converged"


def test_duplicates_gain_alike() -> None:
    """Two names of one strategy: their difference does not change while both are present."""
    trajectory, solution = followed(MatrixGame([[3, 1, 1], [0, 2, 2], [0, 2, 2]]), [0.1, 0.3, 0.6], 1)
    inside = trajectory.times < (solution.switches[0] if len(solution.switches) else np.inf)
    difference = trajectory.shares[inside, 2] - trajectory.shares[inside, 1]
    assert difference == pytest.approx(0.3, abs=1e-12)


def test_a_dominated_strategy_dies_out_in_finite_time() -> None:
    """Advantage 1 always: the share falls at the rate 1/2."""
    trajectory, solution = followed(MatrixGame([[1, 1], [0, 0]]), [0.25, 0.75], 5)
    assert solution.switches == pytest.approx([1.5], abs=1e-12)
    assert trajectory.at(1.0)[0] == pytest.approx(0.75, abs=1e-12)
    assert trajectory.final.tolist() == [1, 0]


def test_events_and_schedules_stop_phases_where_they_should() -> None:
    """The advantage turns from 1 to -1 at t = 4: the lost strategy comes back at once, at the rate 1/2."""
    game = MatrixGame([["a", "a"], [0, 0]], symbol="x")
    field = mean_dynamic(game, projection())
    events = [reaches({"x": 0.5}, 0.1)]
    trajectory = integrate(
        field, [0.25, 0.75], {"a": 1}, t_end=9, schedules={"a": steps([4], [1, -1])}, events=events
    )
    assert trajectory.times[-1] == pytest.approx(0.3, abs=1e-9)  # the share has come to 0.4
    whole = integrate(field, [0.25, 0.75], {"a": 1}, t_end=9, schedules={"a": steps([4], [1, -1])})
    assert whole.at([1.5, 3.9, 5.0, 7.0])[:, 0] == pytest.approx([1, 1, 0.5, 0], abs=1e-8)


def test_beside_another_law_only_the_own_population_is_projected() -> None:
    game = NormalFormGame.from_bimatrix([[1, 1], [0, 0]], [[1, 0], [1, 0]])
    field = mean_dynamic(game, {"player1": projection(), "player2": pairwise_imitation()})
    trajectory = integrate(field, {"x": 0.25, "y": 0.5}, t_end=5, options=IntegrationOptions(points=201))
    assert trajectory.coordinate("x") == pytest.approx(np.minimum(0.25 + trajectory.times / 2, 1), abs=1e-9)
    assert trajectory.coordinate("y") == pytest.approx(1 / (1 + np.exp(-trajectory.times)), abs=1e-9)
