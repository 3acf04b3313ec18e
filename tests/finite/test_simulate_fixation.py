"""Fixation by simulation: against fixation probabilities by linear algebra, against a slow twin with the same random numbers, and its edges."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    NormalFormGame,
    absolute_error,
    best_response,
    birth_death,
    death_birth,
    fermi_imitation,
    finite_population,
    imitative_logit,
    linear_fitness,
    logit,
    moran,
    pairwise_imitation,
    relative_error,
    simulate_fixation,
    wright_fisher,
)
from coopgame._kernels.jump_chain import run_jumps, thresholds_of
from coopgame._kernels.random_streams import streams
from coopgame.errors import ParameterError, SimulationInterrupted, StateError, UnsupportedError
from coopgame.finite import takeovers as module
from coopgame.finite.estimates import standard_error_of, wilson_interval
from coopgame.finite.population import ProcessAt

CHICKEN = MatrixGame([[3, 1, 0], [4, 0, 2], [1, 1, 1]], strategies=["dove", "hawk", "loner"])
COORDINATION = MatrixGame([[1, 0], [0, 1]], strategies=["left", "right"])


def exact_fixation(process: ProcessAt, resident: int, mutant: int) -> np.ndarray:
    """Return the chance to take over from each number of mutants, by solving the equations of the chain of two strategies."""
    size, n = process.population.size, len(process.population.game.populations[0].strategies)
    matrix, right = np.eye(size + 1), np.zeros(size + 1)
    right[size] = 1
    for k in range(1, size):
        counts = np.zeros(n)
        counts[resident], counts[mutant] = size - k, k
        if process.population.generations:
            from scipy.stats import binom

            counts_row = counts[None]
            law = process.population.laws[0]
            logs = law.log_chances(process.payoffs.seen(0, [counts_row]), counts_row, **process.settings[0])
            chance = math.fsum(math.exp(v) for v in logs[0, [resident, mutant], mutant])
            matrix[k] -= binom.pmf(np.arange(size + 1), size, chance)
        else:
            chances = np.exp(process.log_chances(0, [counts], mutation=False))
            up, down = chances[resident, mutant], chances[mutant, resident]
            matrix[k, [k - 1, k, k + 1]] = -down, up + down, -up
    return np.linalg.solve(matrix, right)


LAWS = [
    fermi_imitation("1/5"),
    moran("1/5"),
    moran("1/5", linear_fitness()),
    birth_death("1/5"),
    death_birth("1/5"),
    imitative_logit(4),
    wright_fisher("1/5"),
]


@pytest.mark.parametrize("law", LAWS, ids=str)
@pytest.mark.parametrize(("resident", "mutant", "start"), [(0, 1, 1), (1, 0, 3), (2, 1, 8)])
def test_the_chance_to_take_over_is_that_of_the_chain(law: Any, resident: int, mutant: int, start: int) -> None:
    population = finite_population(CHICKEN, law, 9, mutation="1/100")
    names = CHICKEN.populations[0].strategies
    found = simulate_fixation(population, None, names[resident], names[mutant], start=start, runs=40_000, seed=3)
    expected = exact_fixation(population.at(), resident, mutant)[start]
    assert abs(found.probability - expected) < 4.5 * math.sqrt(expected * (1 - expected) / found.runs)
    assert found.fixed + found.extinct == found.runs == 40_000
    assert found.status == "complete"


def test_neutral_mutants_take_over_with_their_share_after_known_jumps() -> None:
    """The jumps of a fair walk from k take k (N - k) on average."""
    flat = MatrixGame([[1, 1], [1, 1]], strategies=["a", "b"])
    found = simulate_fixation(finite_population(flat, fermi_imitation(1), 30), None, "a", "b", start=6, runs=40_000)
    assert found.neutral == 0.2
    assert abs(found.probability - 0.2) < 4.5 * math.sqrt(0.16 / found.runs)
    assert found.mean_jumps == pytest.approx(6 * 24, rel=0.02)


def test_the_kernel_follows_its_slow_twin() -> None:
    up = np.array([0, 0.3, 0.7, 0.55, 1.0, 0.2, 0])
    ends, runs, most = np.array([0, 2, 6]), 300, 20
    state, stream = np.array([2, 0, 0, 0, 0, 0]), streams(5, range(1))[0]
    while not run_jumps(thresholds_of(up), ends, runs, most, 17, stream, state):
        continue
    twin = streams(5, range(1))[0]
    done = fixed = cut = jumps = 0
    while done < runs:
        k = 2
        for own in range(1, most + 1):
            k += 1 if _uniform(twin) < Fraction(float(up[k])) else -1
            jumps += 1
            if k in (0, 6) or own == most:
                break
        done, fixed, cut = done + 1, fixed + (k == 6), cut + (0 < k < 6)
    assert state[1:5].tolist() == [done, fixed, cut, jumps]
    assert cut > 0
    assert (stream == twin).all()


def _uniform(stream: np.ndarray) -> Fraction:
    """Return the next uniform number by whole numbers, as the published algorithm draws words."""
    s0, s1 = (int(word) for word in stream)
    mask = 2**64 - 1
    total = (s0 + s1) & mask
    word = ((((total << 17) | (total >> 47)) & mask) + s0) & mask
    s1 ^= s0
    stream[0] = (((s0 << 49) | (s0 >> 15)) & mask) ^ s1 ^ ((s1 << 21) & mask)
    stream[1] = ((s1 << 28) | (s1 >> 36)) & mask
    return Fraction(word >> 11, 2**53)


@pytest.mark.parametrize("law", [fermi_imitation(1), wright_fisher("1/10")], ids=str)
def test_results_depend_neither_on_workers_nor_on_later_runs(law: Any) -> None:
    population = finite_population(CHICKEN, law, 12)
    one, two = (
        simulate_fixation(population, None, "dove", "hawk", runs=5500, seed=9, workers=workers) for workers in (1, 2)
    )
    assert one.__dict__ | {"population": 0} == two.__dict__ | {"population": 0}
    other = simulate_fixation(population, None, "dove", "hawk", runs=5500, seed=10)
    assert (other.fixed, other.jumps) != (one.fixed, one.jumps)
    precise = [
        simulate_fixation(
            population, None, "dove", "hawk", runs=10**6, precision=absolute_error(0.005), seed=9, workers=w
        )
        for w in (1, 2)
    ]
    assert precise[0].__dict__ | {"population": 0} == precise[1].__dict__ | {"population": 0}


def test_a_generator_gives_the_seed() -> None:
    population = finite_population(CHICKEN, fermi_imitation(1), 12)
    first = simulate_fixation(population, None, "dove", "hawk", runs=500, seed=np.random.default_rng(4))
    again = simulate_fixation(population, None, "dove", "hawk", runs=500, seed=np.random.default_rng(4))
    assert (first.seed, first.jumps) == (again.seed, again.jumps)
    assert simulate_fixation(population, None, "dove", "hawk", runs=500, seed=first.seed).jumps == first.jumps


def test_runs_go_on_until_the_precision_is_reached() -> None:
    population = finite_population(CHICKEN, fermi_imitation("1/5"), 9)
    found = simulate_fixation(population, None, "dove", "hawk", runs=10**7, precision=relative_error(0.02), seed=1)
    assert found.status == "complete"
    assert found.runs % 1000 == 0
    assert 0.015 < found.standard_error / found.probability <= 0.0201
    few = simulate_fixation(population, None, "dove", "hawk", runs=500, precision=relative_error(0.02), seed=1)
    assert few.runs == 500
    assert "was not reached" in few.status


def test_the_interval_covers_as_often_as_it_says() -> None:
    """Of 400 intervals of 95 % at least 92 % hold the chance."""
    population = finite_population(CHICKEN, fermi_imitation("1/5"), 9)
    expected = exact_fixation(population.at(), 0, 1)[1]
    hits = 0
    for seed in range(400):
        low, high = simulate_fixation(population, None, "dove", "hawk", runs=200, seed=seed).interval()
        hits += low <= expected <= high
    assert hits >= 368


def test_runs_that_are_too_long_are_cut_and_counted_both_ways() -> None:
    coexistence = MatrixGame([[0, 5], [5, 0]], strategies=["a", "b"])
    population = finite_population(coexistence, fermi_imitation(5), 60)
    found = simulate_fixation(population, None, "a", "b", start=30, runs=20, most_jumps=1000)
    assert found.unfinished == 20
    assert found.interval()[0] == 0
    assert found.interval()[1] == 1
    assert found.jumps == 20_000
    assert "raise most_jumps" in found.status


def test_runs_that_come_to_rest_in_between_are_stuck() -> None:
    """By proportional imitation nobody moves where all earn the same."""
    game = MatrixGame([[0, 1], [1, 0]], strategies=["a", "b"])
    process = finite_population(game, pairwise_imitation(), 4)
    assert np.isneginf(process.at().log_chances(0, [np.array([2.0, 2.0])])).all()
    found = simulate_fixation(process, None, "a", "b", start=1, runs=100)
    assert (found.stuck, found.fixed, found.extinct) == (100, 0, 0)
    assert "came to rest" in found.status
    still = simulate_fixation(process, None, "a", "b", start=2, runs=100)
    assert (still.stuck, still.jumps) == (100, 0)


def test_intense_selection_takes_one_way() -> None:
    population = finite_population(COORDINATION, fermi_imitation("1e300"), 10)
    found = simulate_fixation(population, None, "left", "right", start=9, runs=1000)
    assert (found.fixed, found.standard_error, found.mean_jumps) == (1000, 0, 1)
    assert 0.99 < found.interval()[0] < 1
    assert found.interval()[1] == 1


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"resident": "dov"}, StateError, "did you mean 'dove'"),
        ({"mutant": "dove"}, StateError, "two strategies are needed"),
        ({"start": 0}, ParameterError, "start = 0"),
        ({"start": 12}, ParameterError, "start = 12"),
        ({"runs": 0}, ParameterError, "runs = 0"),
        ({"runs": 10.5}, ParameterError, "runs = 10.5"),
        ({"seed": -1}, ParameterError, "seed = -1"),
        ({"seed": None}, ParameterError, "seed = None"),
        ({"workers": 0}, ParameterError, "workers = 0"),
        ({"most_jumps": 0}, ParameterError, "most_jumps = 0"),
    ],
)
def test_wrong_input_is_refused(options: dict[str, Any], error: type[Exception], text: str) -> None:
    population = finite_population(CHICKEN, fermi_imitation(1), 12)
    with pytest.raises(error, match=text):
        simulate_fixation(population, None, **{"resident": "dove", "mutant": "hawk", **options})


@pytest.mark.parametrize("law", [logit(1), best_response()], ids=str)
def test_laws_that_bring_strategies_back_are_refused(law: Any) -> None:
    with pytest.raises(UnsupportedError, match="brings absent strategies back"):
        simulate_fixation(finite_population(CHICKEN, law, 12), None, "dove", "hawk")


def test_several_populations_are_refused() -> None:
    game = NormalFormGame.from_bimatrix([[3, 0], [0, 2]], [[2, 0], [0, 3]])
    with pytest.raises(UnsupportedError, match="one population"):
        simulate_fixation(finite_population(game, moran(), 5), None, "1", "2")


@pytest.mark.parametrize("error", [0, 1, -0.1, "x", None, math.nan])
def test_precisions_lie_between_0_and_1(error: Any) -> None:
    with pytest.raises(ParameterError, match="between 0 and 1"):
        relative_error(error)
    with pytest.raises(ParameterError, match="between 0 and 1"):
        absolute_error(error)


def test_intervals_are_those_of_scipy() -> None:
    from scipy.stats import binomtest

    for successes, runs in [(0, 10), (3, 10), (10, 10), (1, 100_000)]:
        expected = binomtest(successes, runs).proportion_ci(0.9, method="wilson")
        assert wilson_interval(successes, runs, 0.9) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert standard_error_of(3, 12) == pytest.approx(math.sqrt(0.25 * 0.75 / 12))
    with pytest.raises(ParameterError, match="confidence"):
        wilson_interval(1, 2, 1.0)


def test_an_interrupt_keeps_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    population = finite_population(CHICKEN, fermi_imitation(1), 12)
    whole = simulate_fixation(population, None, "dove", "hawk", runs=2000)
    calls = []

    def interrupted(*arguments: Any) -> Any:
        for result in original(*arguments):
            if len(calls) == 2:
                raise KeyboardInterrupt
            calls.append(result)
            yield result

    original = module.in_order
    monkeypatch.setattr(module, "in_order", interrupted)
    with pytest.raises(SimulationInterrupted, match="2000 of 100000 runs") as caught:
        simulate_fixation(population, None, "dove", "hawk", runs=100_000)
    assert (caught.value.partial.fixed, caught.value.partial.jumps) == (whole.fixed, whole.jumps)


def test_what_is_shown_and_tabulated() -> None:
    population = finite_population(CHICKEN, fermi_imitation("1/5"), 9)
    found = simulate_fixation(population, None, "dove", "hawk", runs=1000)
    row = found.to_dataframe().iloc[0]
    assert row["probability"] == found.fixed / 1000
    assert (row["low"], row["high"]) == found.interval()
    assert str(found).startswith(f"hawk takes over dove with chance {found.probability:.4g}")
    assert f"<td>{found.fixed}</td>" in found._repr_html_()
