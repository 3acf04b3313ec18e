"""Paths of finite populations: against the exact chain after some steps and in the long run, against naive steps, the mean dynamic, and their edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coopgame import (
    GroupGame,
    MatrixGame,
    NormalFormGame,
    best_response,
    birth_death,
    death_birth,
    fermi_imitation,
    finite_population,
    integrate,
    logit,
    mean_dynamic,
    moran,
    pairwise_imitation,
    simulate_population,
    wright_fisher,
)
from coopgame.errors import ParameterError, SimulationInterrupted, StateError
from coopgame.finite import followers
from coopgame.finite import simulate_population as module
from coopgame.finite.population_paths import PopulationPaths
from tests.finite.stepwise_chain import StepwiseChain, agreement

ROCK = MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], strategies=["R", "S", "P"])
ROLES = NormalFormGame.from_bimatrix([[3, 0], [0, 2]], [[2, 0], [0, 3]], {"firms": ["A", "B"], "buyers": ["A", "B"]})
GROUPS = GroupGame({"give": "k_give - 1", "keep": "k_give"}, 3)

CASES = [
    (ROCK, fermi_imitation(1), 6, "1/20", [6, 0, 0]),
    (ROCK, moran("1/2"), 6, "1/20", [2, 2, 2]),
    (ROCK, birth_death("1/2"), 6, "1/20", [3, 3, 0]),
    (ROCK, death_birth("1/2"), 6, "1/20", [3, 3, 0]),
    (ROCK, logit(1), 6, "1/20", [0, 3, 3]),
    (ROCK, best_response(), 6, "1/20", [0, 3, 3]),
    (ROCK, wright_fisher("1/2"), 6, "1/20", [3, 2, 1]),
    (ROLES, fermi_imitation(1), {"firms": 4, "buyers": 5}, "1/10", [4, 0, 1, 4]),
    (ROLES, logit("1/2"), {"firms": 4, "buyers": 5}, 0, [4, 0, 1, 4]),
    (GROUPS, fermi_imitation(1), 7, "1/10", [5, 2]),
    (ROCK, fermi_imitation(1), 6, 0, [2, 2, 2]),
]


def states_at(paths: PopulationPaths, place: int) -> list[tuple[int, ...]]:
    return [tuple(int(n) for n in row) for row in paths.counts[:, place]]


@pytest.mark.parametrize(("game", "law", "size", "mutation", "start"), CASES, ids=str)
def test_states_after_some_steps_have_the_law_of_the_chain(
    game: Any, law: Any, size: Any, mutation: Any, start: list[int]
) -> None:
    population = finite_population(game, law, size, mutation=mutation)
    chain = StepwiseChain(population.at())
    paths = simulate_population(population, None, start, 40, replicates=1500, record=[0, 1, 7, 40], seed=11)
    assert (paths.counts[:, 0] == start).all()
    for place, steps in enumerate([1, 7, 40], start=1):
        assert agreement(states_at(paths, place), chain, chain.law_after(tuple(start), steps)) > 1e-3, steps


@pytest.mark.parametrize("follower", ["compiled_follower", "table"])
def test_compiled_formulas_have_the_law_of_the_chain_too(follower: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a table of states, three strategies by Fermi imitation."""
    monkeypatch.setattr(followers, "MOST_TABULATED", 0 if follower == "compiled_follower" else 10**6)
    population = finite_population(ROCK, fermi_imitation(1), 6, mutation="1/20")
    paths = simulate_population(population, None, [6, 0, 0], 40, replicates=1500, record=[40], seed=12)
    chain = StepwiseChain(population.at())
    assert agreement(states_at(paths, 0), chain, chain.law_after((6, 0, 0), 40)) > 1e-3


def test_changes_are_as_many_as_when_each_step_is_drawn() -> None:
    """Steps drawn one by one in Python, and the mean from the chain."""
    population = finite_population(ROCK, fermi_imitation(1), 6, mutation="1/20")
    chain, steps, start = StepwiseChain(population.at()), 30, (2, 2, 2)
    moving = 1 - np.diag(chain.matrix)
    expected = sum(chain.law_after(start, t) @ moving for t in range(steps))
    random, cumulative = np.random.default_rng(5), chain.matrix.cumsum(axis=1)
    naive = []
    for _ in range(1500):
        state, changes = chain.states.index(start), 0
        for draw in random.random(steps):
            after = int(np.searchsorted(cumulative[state], draw, side="right"))
            changes += after != state
            state = after
        naive.append(changes)
    skipping = simulate_population(population, None, list(start), steps, replicates=1500, record=[steps]).changes
    for drawn in (np.array(naive), skipping):
        assert abs(drawn.mean() - expected) < 4.5 * drawn.std(ddof=1) / np.sqrt(len(drawn))
    assert np.var(naive, ddof=1) == pytest.approx(np.var(skipping, ddof=1), rel=0.2)


@pytest.mark.parametrize(
    ("game", "law", "size", "mutation", "start"), [case for case in CASES if case[3] != 0], ids=str
)
def test_time_averages_are_those_of_the_stationary_law(
    game: Any, law: Any, size: Any, mutation: Any, start: list[int]
) -> None:
    population = finite_population(game, law, size, mutation=mutation)
    chain = StepwiseChain(population.at())
    sizes = np.repeat(population.sizes, [len(own.strategies) for own in game.populations])
    expected = chain.stationary() @ np.array(chain.states) / sizes
    steps = 20_000 if population.generations else 1_000_000
    paths = simulate_population(population, None, start, steps, burn_in=steps // 100, seed=4)
    assert paths.error_method == "batch means, 32 blocks"
    assert (paths.standard_errors < 0.02).all()
    assert (np.abs(paths.mean_shares - expected) < 4.5 * paths.standard_errors).all()


def test_errors_of_means_cover_what_they_should() -> None:
    """Of 60 estimates by batch means and of 60 over paths, most lie within two standard errors of the exact mean."""
    population = finite_population(ROCK, fermi_imitation(1), 6, mutation="1/5")
    chain = StepwiseChain(population.at())
    expected = float(chain.stationary() @ np.array(chain.states)[:, 0] / 6)
    for replicates, steps in ((1, 100_000), (20, 5_000)):
        within = 0
        for seed in range(60):
            paths = simulate_population(
                population, None, [2, 2, 2], steps, replicates=replicates, burn_in=500, record=[steps], seed=seed
            )
            within += abs(paths.mean_shares[0] - expected) < 2.05 * paths.standard_errors[0]
        assert within >= 50


@pytest.mark.parametrize("law", [fermi_imitation(2), logit("1/4"), moran("1/2")], ids=str)
def test_large_populations_follow_the_mean_dynamic(law: Any) -> None:
    """One unit of time is one step per member; the distance is of the order of one over the root of the size."""
    size, time = 50_000, 3
    game = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], strategies=["R", "S", "P"])
    start = [30_000, 15_000, 5_000]
    paths = simulate_population(finite_population(game, law, size), None, start, size * time, record=[size * time])
    path = integrate(mean_dynamic(game, law), np.array(start) / size, t_end=time)
    assert np.abs(paths.shares[0, -1] - path.shares[-1]).max() < 5 / np.sqrt(size)
    assert np.abs(paths.shares[0, -1] - np.array(start) / size).max() > 0.05


@pytest.mark.parametrize("law", [fermi_imitation(1), wright_fisher("1/2")], ids=str)
def test_results_depend_neither_on_workers_nor_on_other_paths(law: Any) -> None:
    population = finite_population(ROCK, law, 30, mutation="1/20")
    one, two = (
        simulate_population(population, None, [10, 10, 10], 2000, replicates=7, seed=3, workers=workers)
        for workers in (1, 2)
    )
    for name in ("steps", "counts", "blocks", "changes", "rest_since"):
        assert (getattr(one, name) == getattr(two, name)).all()
    fewer = simulate_population(population, None, [10, 10, 10], 2000, replicates=3, seed=3)
    assert (fewer.counts == one.counts[:3]).all()
    assert len({row.tobytes() for row in one.counts}) == 7
    other = simulate_population(population, None, [10, 10, 10], 2000, seed=4)
    assert (other.counts[0] != one.counts[0]).any()


def test_a_path_does_not_depend_on_what_is_recorded() -> None:
    population = finite_population(ROCK, fermi_imitation(1), 30, mutation="1/20")
    whole = simulate_population(population, None, [10, 10, 10], 500, record=range(501))
    part = simulate_population(population, None, [10, 10, 10], 500, record=[3, 77, 500], burn_in=100)
    longer = simulate_population(population, None, [10, 10, 10], 5000, record=[500])
    assert (part.counts[0] == whole.counts[0, [3, 77, 500]]).all()
    assert (longer.counts[0, 0] == whole.counts[0, -1]).all()
    assert part.mean_shares == pytest.approx(whole.shares[0, 100:500].mean(axis=0))
    assert whole.mean_shares == pytest.approx(whole.shares[0, :500].mean(axis=0))
    assert whole.path_means.shape == (1, 3)
    equal = simulate_population(population, None, [10, 10, 10], 500, record=6)
    assert equal.steps.tolist() == [0, 100, 200, 300, 400, 500]


def test_populations_that_come_to_rest_say_so_and_cost_nothing() -> None:
    population = finite_population(ROCK, fermi_imitation(1), 9)
    paths = simulate_population(population, None, [3, 3, 3], 10**15, replicates=20)
    assert (paths.rest_since > 0).all()
    assert (paths.counts[:, -1].max(axis=1) == 9).all()
    assert (
        paths.status
        == f"20 of 20 paths came to rest, the last at step {paths.rest_since.max()}; nothing changes after that"
    )
    generations = simulate_population(
        finite_population(ROCK, wright_fisher(1), 9), None, [3, 3, 3], 10**15, replicates=20
    )
    assert (generations.rest_since > 0).all()
    still = simulate_population(population, None, {"R": 9}, 1000)
    assert (still.rest_since[0], still.changes[0], still.mean_shares[0]) == (0, 0, 1)


def test_rare_mutants_do_not_make_long_times_slow_or_wrong() -> None:
    """With one mutant in 10^9 steps, 10^12 steps of two neutral strategies: each has half of the time."""
    flat = MatrixGame([[1, 1], [1, 1]], strategies=["a", "b"])
    population = finite_population(flat, fermi_imitation(1), 10, mutation="1e-9")
    paths = simulate_population(population, None, {"a": 10}, 10**13)
    assert abs(paths.mean_shares[0] - 0.5) < 4.5 * paths.standard_errors[0]
    assert paths.status == "complete"


def test_shares_of_several_populations_and_axes() -> None:
    population = finite_population(ROLES, fermi_imitation(1), {"firms": 4, "buyers": 5}, mutation="1/10")
    start = {"firms": {"A": 4}, "buyers": {"A": 1, "B": 4}}
    paths = simulate_population(population, None, start, 100, replicates=3, record=[0, 50, 100])
    data = paths.to_xarray()
    assert dict(data.sizes) == {"replicate": 3, "time": 3, "strategy": 4}
    assert list(data["strategy"].values) == ["firms.A", "firms.B", "buyers.A", "buyers.B"]
    assert data["shares"].sel(strategy="buyers.B", time=0).values.tolist() == [0.8] * 3
    assert (data["counts"].sel(strategy=["firms.A", "firms.B"]).sum("strategy") == 4).all()
    assert data.attrs["seed"] == "0"
    assert paths.mean_shares[:2].sum() == pytest.approx(1)
    frame = paths.to_dataframe()
    assert frame["mean_share"].tolist() == paths.mean_shares.tolist()
    assert "firms.A" in str(paths)
    assert "<td>firms.A</td>" in paths._repr_html_()
    with pytest.raises(ValueError, match="read-only"):
        paths.counts[0, 0, 0] = 1


def test_one_strategy_alone_is_at_rest() -> None:
    paths = simulate_population(
        finite_population(MatrixGame([[1]]), fermi_imitation(1), 5, mutation="1/2"), None, [5], 10
    )
    assert paths.mean_shares.tolist() == [1]
    assert paths.rest_since.tolist() == [0]


@pytest.mark.parametrize(
    ("start", "text"),
    [
        ({"R": 5}, "5 members of 'population' are given; its size is 6"),
        ({"R": 5, "paper": 1}, "no strategy 'paper'"),
        ({"R": 5.5, "S": 0.5}, "5.5 members play 'R'"),
        ({"R": 7, "S": -1}, "-1 members play 'S'"),
        ({"R": True, "S": 5}, "True members"),
        ([6, 0], "3 numbers are needed"),
        ("R", "3 numbers are needed"),
        (6, "3 numbers are needed"),
        (None, "3 numbers are needed"),
    ],
)
def test_starts_that_are_none_are_refused(start: Any, text: str) -> None:
    with pytest.raises(StateError, match=text):
        simulate_population(finite_population(ROCK, fermi_imitation(1), 6), None, start, 10)


@pytest.mark.parametrize(
    ("start", "text"),
    [
        ({"firms": [4, 0]}, "numbers of buyers are missing"),
        ({"firms": [4, 0], "buyer": [5, 0]}, "did you mean 'buyers'"),
        ({"firms": [4, 0], "buyers": [5]}, "2 are needed"),
        ({"firms": [4, 0], "buyers": {"A": 4}}, "4 members of 'buyers'"),
    ],
)
def test_starts_of_several_populations_are_checked(start: Any, text: str) -> None:
    population = finite_population(ROLES, fermi_imitation(1), {"firms": 4, "buyers": 5})
    with pytest.raises(StateError, match=text):
        simulate_population(population, None, start, 10)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"steps": 0}, "steps = 0"),
        ({"steps": 10.0}, "steps = 10.0"),
        ({"replicates": 0}, "replicates = 0"),
        ({"burn_in": 10}, "burn_in = 10 of 10"),
        ({"record": 1}, "record = 1"),
        ({"record": [0, 11]}, "steps from 0 to 10"),
        ({"record": []}, "steps from 0 to 10"),
        ({"record": [-1]}, "a step to record = -1"),
        ({"seed": "x"}, "seed = 'x'"),
        ({"workers": 0}, "workers = 0"),
    ],
)
def test_wrong_numbers_are_refused(options: dict[str, Any], text: str) -> None:
    population = finite_population(ROCK, fermi_imitation(1), 6)
    with pytest.raises(ParameterError, match=text):
        simulate_population(population, None, [2, 2, 2], **{"steps": 10, **options})


def test_an_interrupt_keeps_finished_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    population = finite_population(ROCK, pairwise_imitation(), 6, mutation="1/20", step="1/10")
    whole = simulate_population(population, None, [2, 2, 2], 50, replicates=2)

    def interrupted(part: Any, count: int, workers: int) -> Any:
        yield from original(part, 2, workers)
        raise KeyboardInterrupt

    original = module.in_order
    monkeypatch.setattr(module, "in_order", interrupted)
    with pytest.raises(SimulationInterrupted, match="2 of 9 paths") as caught:
        simulate_population(population, None, [2, 2, 2], 50, replicates=9)
    assert (caught.value.partial.counts == whole.counts).all()
    assert caught.value.partial.status == "stopped after 2 of 9 paths"


def test_a_bar_counts_steps(capsys: pytest.CaptureFixture[str]) -> None:
    population = finite_population(ROCK, fermi_imitation(1), 6, mutation="1/20")
    simulate_population(population, None, [2, 2, 2], 5000, replicates=2, progress=True)
    assert "10.0k/10.0k" in capsys.readouterr().err
