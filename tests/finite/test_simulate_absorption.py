"""Where populations end and when, by simulation: against the exact chain, closed forms, and its edges."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    NormalFormGame,
    absolute_error,
    death_birth,
    fermi_imitation,
    finite_population,
    logit,
    moran,
    pairwise_imitation,
    relative_error,
    simulate_absorption,
    simulate_fixation,
    wright_fisher,
)
from coopgame.errors import ParameterError, SimulationInterrupted, StateError, UnsupportedError
from coopgame.finite import simulate_absorption as module
from tests.finite.stepwise_chain import StepwiseChain

ROCK = MatrixGame([[0, -1, 1], [1, 0, -1], [-2, 1, 0]], strategies=["R", "S", "P"])
ROLES = NormalFormGame.from_bimatrix([[3, 0], [0, 2]], [[2, 0], [0, 3]], {"firms": ["A", "B"], "buyers": ["A", "B"]})


@pytest.mark.parametrize(
    ("game", "law", "size", "start"),
    [
        (ROCK, fermi_imitation(1), 6, [2, 2, 2]),
        (ROCK, fermi_imitation(1), 6, [5, 1, 0]),
        (ROCK, moran("1/2"), 6, [3, 2, 1]),
        (ROCK, death_birth("1/2"), 6, [3, 2, 1]),
        (ROCK, wright_fisher("1/2"), 6, [3, 2, 1]),
        (ROLES, fermi_imitation("1/2"), {"firms": 4, "buyers": 5}, [2, 2, 1, 4]),
    ],
    ids=str,
)
def test_ends_and_times_are_those_of_the_chain(game: Any, law: Any, size: Any, start: list[int]) -> None:
    """Mutation does not matter."""
    population = finite_population(game, law, size, mutation="1/10")
    found = simulate_absorption(population, None, start, runs=3000, seed=2)
    chain = StepwiseChain(population.at(), mutation=False)
    ends, steps = chain.absorption(tuple(start))
    assert found.hits.sum() == found.runs == 3000
    strategies = [s for own in game.populations for s in own.strategies]
    total = 0.0
    for profile, hits in zip(found.profiles, found.hits, strict=True):
        expected = sum(
            chance
            for state, chance in zip(chain.states, ends, strict=True)
            if tuple(s for s, n in zip(strategies, state, strict=True) if n) == profile
            and np.count_nonzero(state) == len(game.populations)
        )
        total += expected
        assert abs(hits / 3000 - expected) < 4.5 * math.sqrt(expected * (1 - expected) / 3000)
    assert total == pytest.approx(1)
    assert abs(found.all_steps - steps) < 4.5 * found.all_error
    assert found.status == "complete"


def test_times_given_the_end_are_those_of_two_strategies() -> None:
    """Conditional times by first-step equations on the chain that is conditioned to fix."""
    game = MatrixGame([[1, 3], [2, 1]], strategies=["a", "b"])
    population = finite_population(game, fermi_imitation(1), 8)
    chain = StepwiseChain(population.at())  # states by the number of a
    up = np.array([chain.matrix[k, k + 1] for k in range(1, 8)])
    down = np.array([chain.matrix[k, k - 1] for k in range(1, 8)])
    system = np.diag(up + down) - np.diag(up[:-1], 1) - np.diag(down[1:], -1)
    fixes = np.linalg.solve(system, np.append(np.zeros(6), up[-1]))
    times = np.linalg.solve(system, fixes) / fixes
    found = simulate_absorption(population, None, {"a": 1, "b": 7}, runs=8000, seed=5)
    assert abs(found.mean_steps[0] - times[0]) < 4.5 * found.step_errors[0]
    assert abs(found.chance("a") - fixes[0]) < 4.5 * math.sqrt(fixes[0] / 8000)
    jumps = simulate_fixation(population, None, "b", "a", runs=8000, seed=6)
    assert abs(jumps.probability - fixes[0]) < 4.5 * jumps.standard_error
    assert found.changes / found.runs == pytest.approx(jumps.mean_jumps, rel=0.08)


def test_neutral_chances_are_the_shares_at_the_start() -> None:
    flat = MatrixGame([[1] * 4] * 4, strategies=["A", "B", "C", "D"])
    found = simulate_absorption(finite_population(flat, moran(), 10), None, {"A": 5, "B": 3, "D": 2}, runs=4000)
    assert found.profiles == (("A",), ("B",), ("D",))
    for name, share in (("A", 0.5), ("B", 0.3), ("D", 0.2)):
        low, high = found.interval(name, confidence=0.9999)
        assert low < share < high
    frame = found.to_dataframe()
    assert frame["chance"].sum() == pytest.approx(1)
    assert frame["mean_steps"].tolist() == found.mean_steps.tolist()
    assert str(found).startswith("4000 runs, ")
    assert "<td>A</td>" in found._repr_html_()


def test_results_depend_neither_on_workers_nor_on_more_runs() -> None:
    population = finite_population(ROCK, fermi_imitation(1), 12)
    one, two = (
        simulate_absorption(population, None, [4, 4, 4], runs=450, seed=3, workers=workers) for workers in (1, 2)
    )
    assert (one.hits == two.hits).all()
    assert (one.mean_steps == two.mean_steps).all()
    assert one.changes == two.changes
    assert simulate_absorption(population, None, [4, 4, 4], runs=450, seed=4).changes != one.changes


def test_runs_go_on_until_the_precision_is_reached() -> None:
    population = finite_population(ROCK, fermi_imitation(1), 6)
    found = simulate_absorption(population, None, [2, 2, 2], runs=10**6, precision=absolute_error(0.02))
    assert found.status == "complete"
    assert found.runs < 1000
    assert found.to_dataframe()["standard_error"].max() < 0.0205
    few = simulate_absorption(population, None, [2, 2, 2], runs=100, precision=relative_error(0.001))
    assert few.runs == 100
    assert "was not reached" in few.status


def test_runs_that_are_too_long_or_stuck_are_told_apart() -> None:
    coexistence = MatrixGame([[0, 5], [5, 0]], strategies=["a", "b"])
    found = simulate_absorption(
        finite_population(coexistence, fermi_imitation(5), 60), None, {"a": 30, "b": 30}, runs=10, most_changes=500
    )
    assert found.unfinished == 10
    assert found.changes == 5000
    assert "raise most_changes" in found.status
    assert found.interval("a")[1] == 1
    assert np.isnan(found.mean_steps).all()
    game = MatrixGame([[0, 1], [1, 0]], strategies=["a", "b"])
    stuck = simulate_absorption(finite_population(game, pairwise_imitation(), 4), None, {"a": 1, "b": 3}, runs=10)
    assert stuck.stuck == 10
    assert "came to rest" in stuck.status
    never = simulate_absorption(
        finite_population(game, pairwise_imitation(), 4), None, [1, 3], runs=300, precision=relative_error(0.5)
    )
    assert never.runs == 300
    assert "was not reached" in never.status


def test_a_start_at_the_end_takes_no_time() -> None:
    found = simulate_absorption(finite_population(ROCK, moran(), 6), None, {"S": 6}, runs=10)
    assert (found.profiles, found.chance("S"), found.all_steps) == ((("S",),), 1, 0)
    with pytest.raises(StateError, match="no profile R"):
        found.chance("R")


@pytest.mark.parametrize(
    ("start", "options", "error", "text"),
    [
        ([2, 2, 1], {}, StateError, "its size is 6"),
        ([2, 2, 2], {"runs": 0}, ParameterError, "runs = 0"),
        ([2, 2, 2], {"most_changes": -1}, ParameterError, "most_changes = -1"),
        ([2, 2, 2], {"workers": 1.5}, ParameterError, "workers = 1.5"),
    ],
)
def test_wrong_input_is_refused(start: Any, options: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        simulate_absorption(finite_population(ROCK, moran(), 6), None, start, **options)


def test_laws_that_bring_strategies_back_are_refused() -> None:
    with pytest.raises(UnsupportedError, match="brings absent strategies back"):
        simulate_absorption(finite_population(ROCK, logit(1), 6), None, [2, 2, 2])


def test_an_interrupt_keeps_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    population = finite_population(ROCK, fermi_imitation(1), 6)
    whole = simulate_absorption(population, None, [2, 2, 2], runs=200)

    def interrupted(part: Any, count: int, workers: int) -> Any:
        yield from original(part, 2, workers)
        raise KeyboardInterrupt

    original = module.in_order
    monkeypatch.setattr(module, "in_order", interrupted)
    with pytest.raises(SimulationInterrupted, match="200 of 5000 runs") as caught:
        simulate_absorption(population, None, [2, 2, 2], runs=5000)
    assert (caught.value.partial.hits == whole.hits).all()
