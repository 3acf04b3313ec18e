"""Ensembles: the same paths however they are computed, exact laws in several dimensions, and what stops them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from coopgame import (
    EnsembleOptions,
    EulerMaruyama,
    FaceStartWarning,
    IntegrationError,
    ItoShocks,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    PopulationGame,
    StateError,
    StochasticRungeKutta,
    StratonovichShocks,
    integrate,
    replicator,
    simulate_ensemble,
    stochastic_replicator,
)
from coopgame.dynamics.sde_steps import Method

HAWK_DOVE = MatrixGame([["(V - C)/2", "V"], [0, "V/2"]], strategies=["hawk", "dove"], parameters={"V": 1, "C": 2})
NOISY = stochastic_replicator(HAWK_DOVE, ItoShocks(0.4))
CYCLIC = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]])


def test_paths_depend_on_seed_and_number_alone() -> None:
    """Not on batches, not on how many there are, not on which times are stored."""
    common: dict[str, Any] = {"t_end": 3, "rng": 11}
    whole = simulate_ensemble(NOISY, {"x": 0.2}, options=EnsembleOptions(replicates=7), **common)
    split = simulate_ensemble(NOISY, {"x": 0.2}, options=EnsembleOptions(replicates=5, batch=2, points=2), **common)
    assert np.array_equal(whole.final[:5], split.final)
    assert split.shares.shape == (5, 2, 2) and split.times.tolist() == [0, 3]
    assert len(np.unique(whole.final[:, 0])) == 7
    other = simulate_ensemble(NOISY, {"x": 0.2}, options=EnsembleOptions(replicates=7), t_end=3, rng=12)
    assert not np.isclose(whole.final, other.final).any()


def test_long_runs_draw_the_same_numbers_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    options = EnsembleOptions(replicates=3)
    whole = simulate_ensemble(NOISY, {"x": 0.2}, t_end=1, rng=1, options=options)
    monkeypatch.setattr("coopgame.analysis.ensembles._AT_ONCE", 50)
    pieces = simulate_ensemble(NOISY, {"x": 0.2}, t_end=1, rng=1, options=options)
    assert np.array_equal(whole.shares, pieces.shares)


def test_seeds_are_recorded() -> None:
    options = EnsembleOptions(replicates=2, points=2)
    drawn = simulate_ensemble(NOISY, {"x": 0.2}, t_end=1, rng=np.random.default_rng(5), options=options)
    fresh = simulate_ensemble(NOISY, {"x": 0.2}, t_end=1, options=options)
    for ensemble in (drawn, fresh):
        again = simulate_ensemble(NOISY, {"x": 0.2}, t_end=1, rng=ensemble.seed, options=options)
        assert np.array_equal(again.shares, ensemble.shares)
    assert drawn.seed == int(np.random.default_rng(5).integers(2**63)) != fresh.seed


def test_both_methods_see_the_same_wiener_process() -> None:
    """At a step of 0.001 they differ by the error of the Euler method, a few thousandths; independent paths by tenths."""
    both = [
        simulate_ensemble(
            NOISY, {"x": 0.2}, t_end=5, rng=2, options=EnsembleOptions(step=0.001, replicates=20, points=2, method=m)
        )
        for m in (EnsembleOptions().method, EulerMaruyama())
    ]
    assert np.abs(both[0].final - both[1].final).max() < 0.002
    assert np.ptp(both[0].final[:, 0]) > 0.1


def test_without_noise_it_is_the_replicator_equation() -> None:
    start = [0.2, 0.3, 0.5]
    quiet = stochastic_replicator(CYCLIC, ItoShocks(0))
    found = simulate_ensemble(quiet, start, t_end=5, rng=0, options=EnsembleOptions(replicates=1, points=2))
    exact = integrate(replicator(CYCLIC), start, t_end=5)
    assert found.final[0] == pytest.approx(exact.final, abs=2e-4)
    shared = PopulationGame.from_advantages(
        {"x": "n - 1/2"}, environment={"n": "1/2 - n + x/4", "m": "m*(1-m)*(x-n)"}
    )
    quiet = stochastic_replicator(shared, StratonovichShocks(0))
    found = simulate_ensemble(
        quiet, {"x": 0.3, "n": 0.9, "m": 0.2}, t_end=5, rng=0, options=EnsembleOptions(replicates=1)
    )
    exact = integrate(replicator(shared), {"x": 0.3, "n": 0.9, "m": 0.2}, t_end=5)
    assert found.final[0] == pytest.approx(exact.final, abs=2e-4)


def test_an_exact_law_with_three_strategies() -> None:
    """F_i = c_i - k x_i with equal sigma has the Dirichlet law with parameters 2 c_i/sigma^2 (Hofbauer and Imhof 2009).

    Gradient of its logarithm: 20000 independent paths at t = 30, where the start is forgotten (rate at least about
    1/3); tolerances of 4 standard errors.
    """
    c = {"a": "1/2", "b": "3/10", "c": "1/5"}
    game = PopulationGame({"p": {s: f"{c[s]} - p.{s}" for s in c}})
    noisy = stochastic_replicator(game, ItoShocks("1/2"))
    paths = simulate_ensemble(noisy, [1 / 3] * 3, t_end=30, rng=4, options=EnsembleOptions(0.1, 20_000, 2))
    alpha = np.array([4.0, 2.4, 1.6])
    mean, total = alpha / 8, 8.0
    variance = mean * (1 - mean) / (total + 1)
    assert np.abs(paths.final.mean(axis=0) - mean).max() < 4 * np.sqrt(variance.max() / 20_000)
    assert paths.final.var(axis=0) == pytest.approx(variance, rel=4 * np.sqrt(2.5 / 20_000))
    covariance = -alpha[0] * alpha[1] / (total**2 * (total + 1))
    assert np.cov(paths.final.T)[0, 1] == pytest.approx(covariance, rel=0.05)


@pytest.mark.parametrize("method", [EulerMaruyama(), StochasticRungeKutta()])
def test_constant_payoffs_give_normal_log_ratios(method: Method) -> None:
    """Without interaction ln(x_i/x_j) is a Brownian motion with drift, exactly, at any step; 4000 paths, 4.5 standard errors.

    Ratios with a common strategy share its shock; those of different populations share nothing.
    """
    game = PopulationGame({"p": {"a": 1, "b": 0, "c": "1/2"}, "q": {"d": 0, "e": "1/4"}})
    noisy = stochastic_replicator(game, ItoShocks({"a": 1, "b": "1/2", "c": "1/5", "d": "3/10", "e": 0}))
    start = [0.2, 0.5, 0.3, 0.5, 0.5]
    found = simulate_ensemble(noisy, start, t_end=2, rng=5, options=EnsembleOptions(0.5, 4000, 2, method=method))
    logs = found.log_shares[:, -1] - found.log_shares[:, 0]
    ratios = np.stack([logs[:, 0] - logs[:, 2], logs[:, 1] - logs[:, 2], logs[:, 3] - logs[:, 4]])
    drift = 2 * np.array([0.5 - 0.5 + 0.02, -0.5 - 0.125 + 0.02, -0.25 - 0.045])
    covariance = 2 * np.array([[1.04, 0.04, 0], [0.04, 0.29, 0], [0, 0, 0.09]])
    spread = np.sqrt(np.diag(covariance))
    assert (np.abs(ratios.mean(axis=1) - drift) < 4.5 * spread / np.sqrt(4000)).all()
    assert (np.abs(np.cov(ratios) - covariance) < 4.5 * np.sqrt(2 / 4000) * np.outer(spread, spread)).all()


def test_time_averages_solve_the_modified_game() -> None:
    """Hofbauer and Imhof (2009), averaging principle: on average all strategies earn the same F_i - sigma_i^2/2."""
    payoffs = np.array([[0.0, -1, 3], [3, 0, -1], [-1, 3, 0]])
    noisy = stochastic_replicator(MatrixGame(payoffs.astype(int).tolist()), ItoShocks(["0.8", "0.2", "0.4"]))
    paths = simulate_ensemble(noisy, [1 / 3] * 3, t_end=60, rng=9, options=EnsembleOptions(0.05, 2000, 401))
    late = paths.shares[:, paths.times >= 20].mean(axis=1)
    system = np.vstack([payoffs[0] - payoffs[1], payoffs[0] - payoffs[2], np.ones(3)])
    right = np.array([(0.64 - 0.04) / 2, (0.64 - 0.16) / 2, 1])
    expected = np.linalg.solve(system, right)
    errors = late.std(axis=0) / np.sqrt(len(late))
    assert (np.abs(late.mean(axis=0) - expected) < 4 * errors).all()
    assert (np.abs(expected - 1 / 3).max() > 20 * errors).all()


def test_tiny_shares_are_kept_and_absent_strategies_stay_absent() -> None:
    game = MatrixGame([[0, 0], [-50, -50]])
    gone = simulate_ensemble(
        stochastic_replicator(game, ItoShocks(0.1)),
        {"x": 0.5},
        t_end=40,
        rng=1,
        options=EnsembleOptions(replicates=4),
    )
    assert gone.log_shares[:, -1, 1] == pytest.approx(-2000, abs=5)
    assert (gone.shares >= 0).all() and gone.shares.sum(axis=-1) == pytest.approx(1)
    cyclic = stochastic_replicator(CYCLIC, ItoShocks(1))
    with pytest.warns(FaceStartWarning, match=r"a start has no population\.3; without mutation"):
        edge = simulate_ensemble(cyclic, [0.5, 0.5, 0], t_end=2, rng=1, options=EnsembleOptions(replicates=4))
    assert (edge.shares[:, :, 2] == 0).all()
    mutants = simulate_ensemble(
        stochastic_replicator(CYCLIC, ItoShocks(1, mutation="0.01")),
        [1, 0, 0],
        t_end=2,
        rng=1,
        options=EnsembleOptions(replicates=4),
    )
    assert (mutants.shares[:, 1:] > 0).all()


def test_several_populations_with_one_start_for_each_replicate() -> None:
    game = NormalFormGame([[[2, 0], [0, 1]], [[2, 0], [0, 1]]])
    starts = np.tile([[0.9, 0.1, 0.9, 0.1], [0.1, 0.9, 0.1, 0.9]], (5, 1))
    noisy = stochastic_replicator(game, StratonovichShocks(0.3))
    found = simulate_ensemble(noisy, starts, t_end=40, rng=1, options=EnsembleOptions(replicates=10))
    assert found.final[::2, 0].min() > 0.99 and found.final[1::2, 0].max() < 0.01
    assert np.array_equal(found.coordinate("y"), found.shares[:, :, 2])
    with pytest.raises(StateError, match="one for each of 9 replicates"):
        simulate_ensemble(noisy, starts, t_end=1, options=EnsembleOptions(replicates=9))


def test_a_payoff_that_becomes_no_number_stops_its_path_only() -> None:
    game = PopulationGame({"p": {"a": "sqrt(3/5 - x) + 1/10", "b": 0}})
    noisy = stochastic_replicator(game, ItoShocks("1/2"))
    found = simulate_ensemble(noisy, {"x": 0.3}, t_end=3, rng=1, options=EnsembleOptions(replicates=50))
    x = found.coordinate("x")
    stopped = np.isnan(x).any(axis=1)
    assert 0 < stopped.sum() < 50
    assert (np.diff(np.isnan(x).astype(int), axis=1) >= 0).all() and not np.isnan(x[:, 0]).any()
    assert f"{stopped.sum()} of 50 replicates stopped, the first" in found.status and "roots" in found.status
    assert np.isnan(found.quantile(0.5)[-1]).all() and np.isfinite(found.quantile(0.5)[0]).all()
    assert found.status in str(found) and "nan" in found._repr_html_()
    with pytest.raises(IntegrationError, match=r"no replicate got beyond t = "):
        simulate_ensemble(noisy, {"x": 0.9}, t_end=3, rng=1, options=EnsembleOptions(replicates=5))


def test_a_result_says_how_it_was_made() -> None:
    found = simulate_ensemble(NOISY, {"x": 0.2}, {"C": 4}, t_end=1, rng=8, options=EnsembleOptions(replicates=20))
    assert str(found) == (
        "20 paths to t = 1 (aggregate shocks, Ito; stochastic Runge-Kutta SRA1, step 0.01, seed 8): complete"
    )
    assert (found.reading, found.method, found.values["C"]) == ("Ito", "stochastic Runge-Kutta SRA1", 4)
    data = found.to_xarray()
    assert dict(data.sizes) == {"replicate": 20, "time": 101, "share": 2}
    assert data.attrs["seed"] == "8" and data.attrs["noise"] == "aggregate shocks, Ito"
    assert float(data.shares.sel(time=1.0, replicate=3, share="population.hawk")) == found.final[3, 0]
    assert found.mean()[-1] == pytest.approx(found.final.mean(axis=0))
    quantiles = found.quantile([0.1, 0.5])
    assert quantiles.shape == (2, 101, 2)
    assert quantiles[1, -1, 0] == pytest.approx(np.median(found.final[:, 0]))
    assert "<table>" in found._repr_html_() and "population.dove" in found._repr_html_()
    with pytest.raises(StateError, match="levels lie between 0 and 1"):
        found.quantile(2)
    with pytest.raises(StateError, match="no share 'y'; there are x"):
        found.coordinate("y")
    with pytest.raises(ValueError, match="read-only"):
        found.shares[0] = 0


def test_steps_fill_the_time() -> None:
    found = simulate_ensemble(NOISY, {"x": 0.2}, t_end=1, rng=8, options=EnsembleOptions(step=0.3, replicates=2))
    assert found.step == 0.25 and found.times.tolist() == [0, 0.25, 0.5, 0.75, 1]
    exact = simulate_ensemble(NOISY, {"x": 0.2}, t_end=1, rng=8, options=EnsembleOptions(step=0.1, replicates=2))
    assert exact.step == 0.1 and len(exact.times) == 11


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"step": 0}, "step must be a positive number, got 0"),
        ({"step": float("nan")}, "step must be a positive number, got nan"),
        ({"step": "1/2"}, "step must be a positive number, got '1/2'"),
        ({"replicates": 0}, "replicates must be a whole number of at least 1, got 0"),
        ({"points": 1}, "points must be a whole number of at least 2, got 1"),
        ({"batch": 1.5}, "batch must be a whole number of at least 1, got 1.5"),
    ],
)
def test_bad_options(options: dict[str, Any], words: str) -> None:
    with pytest.raises(IntegrationError, match=words):
        EnsembleOptions(**options)


def test_bad_input() -> None:
    with pytest.raises(IntegrationError, match=r"a step of 0.01 is longer than the time t_end = 0.001"):
        simulate_ensemble(NOISY, {"x": 0.2}, t_end=0.001)
    with pytest.raises(IntegrationError, match="t_end must be a positive number, got nan"):
        simulate_ensemble(NOISY, {"x": 0.2}, t_end=float("nan"))
    with pytest.raises(IntegrationError, match="rng must be a numpy Generator or a whole number"):
        simulate_ensemble(NOISY, {"x": 0.2}, t_end=1, rng=-3)
    with pytest.raises(ParameterError, match="unknown parameter 'W'"):
        simulate_ensemble(NOISY, {"x": 0.2}, {"W": 1}, t_end=1)
    with pytest.raises(StateError, match="a share lies between 0 and 1"):
        simulate_ensemble(NOISY, {"x": 1.2}, t_end=1)
