"""The stochastic replicator: its equations by Ito's formula, both readings against sizes, and orders of convergence."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from scipy.linalg import expm

from coopgame import (
    EulerMaruyama,
    Game,
    GroupGame,
    ItoShocks,
    LearningNoise,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    PopulationGame,
    StochasticReplicator,
    StochasticRungeKutta,
    StratonovichShocks,
    as_state,
    stochastic_replicator,
)
from coopgame.analysis.ensembles import advance
from coopgame.dynamics.sde_steps import Method, brownian
from coopgame.dynamics.shocks import read_sigmas

CYCLIC = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], strategies=["r", "p", "s"])
HAWK_DOVE = MatrixGame([[0, 1], [3, -1]], strategies=["hawk", "dove"])
BUYERS = NormalFormGame(
    [[[3, 0], [5, 1]], [[3, 5], [0, 1]]], populations={"buyer": ["trust", "check"], "seller": ["good", "bad"]}
)


def by_ito(game: Game, sigmas: list[sympy.Expr], corrections: list[sympy.Expr]) -> list[sympy.Expr]:
    """The drift of x_i = N_i/N by Ito's formula, from d ln N_i = (F_i - c_i) dt + sigma_i dW_i."""
    logs = sympy.symbols(f"l0:{len(sigmas)}", real=True)
    total = sympy.Add(*(sympy.exp(v) for v in logs))
    shares = [sympy.exp(v) / total for v in logs]
    named = [game.share(0, i) for i in range(len(sigmas))]
    place = dict(zip(named, shares, strict=True)) if named[0].is_Symbol and len(named) > 2 else {named[0]: shares[0]}
    drifts = []
    for x in shares:
        first = [
            sympy.diff(x, v) * (game.expected_payoff(0, i).xreplace(place) - corrections[i])
            for i, v in enumerate(logs)
        ]
        second = [sympy.diff(x, v, 2) * sigmas[i] ** 2 / 2 for i, v in enumerate(logs)]
        drifts.append(sympy.Add(*first, *second))
    return drifts


@pytest.mark.parametrize("kind", [ItoShocks, StratonovichShocks, LearningNoise])
@pytest.mark.parametrize("game", [CYCLIC, HAWK_DOVE], ids=["three", "two"])
def test_the_share_equation_follows_from_the_sizes_by_itos_formula(kind: Any, game: Game) -> None:
    count = len(game.populations[0].strategies)
    sigmas = [sympy.Rational(i + 1, 3) for i in range(count)]
    dynamics = stochastic_replicator(game, kind([Fraction(i + 1, 3) for i in range(count)]))
    corrections = [s**2 / 2 if kind is ItoShocks else sympy.Integer(0) for s in sigmas]
    logs = sympy.symbols(f"l0:{count}", real=True)
    for values in ([0] * count, range(count), [2, -1, 1][:count]):
        at = dict(zip(logs, map(sympy.Integer, values), strict=True))
        shares = [sympy.exp(v) / sympy.Add(*(sympy.exp(w) for w in values)) for v in values]
        state = {game.share(0, i): shares[i] for i in range(count) if game.share(0, i).is_Symbol}
        for expected, drift in zip(by_ito(game, sigmas, corrections), dynamics.drifts, strict=True):
            assert float(expected.subs(at)) == pytest.approx(float(drift.subs(state)), abs=1e-12)


def test_two_strategies_give_the_equation_of_fudenberg_and_harris() -> None:
    """dx = x(1-x) [(F1 - F2 + s2^2 (1-x) - s1^2 x) dt + s1 dW1 - s2 dW2] (Fudenberg and Harris 1992)."""
    dynamics = stochastic_replicator(HAWK_DOVE, ItoShocks({"hawk": "1/2", "dove": "1/5"}))
    x = sympy.Symbol("x")
    printed = x * (1 - x) * (HAWK_DOVE.advantage(0) + (1 - x) / 25 - x / 4)
    assert sympy.expand(dynamics.drifts[0] - printed) == 0
    assert dynamics.equations()["x"].endswith("dt + x*(1 - x)/2 dW_hawk - x*(1 - x)/5 dW_dove")
    assert dynamics._repr_latex_().count("dW") == 2
    assert stochastic_replicator(CYCLIC, ItoShocks(1, mutation="1/2"))._repr_latex_().count("dW") == 9


def paths(
    dynamics: StochasticReplicator, start: Any, noise: tuple[np.ndarray, np.ndarray], h: float, method: Method
) -> np.ndarray:
    """Last shares from scaled increments and integrals, shape (steps, replicates, shares)."""
    numbers = dynamics.numbers()
    y = dynamics.coordinates(np.broadcast_to(as_state(dynamics.game, start), noise[0].shape[1:]))
    for pair in zip(*noise, strict=True):
        y = advance(dynamics, numbers, method, y, h, pair)
    return np.asarray(np.exp(dynamics.log_shares(y)))


def wiener(dynamics: StochasticReplicator, steps: int, replicates: int, h: float) -> tuple[np.ndarray, np.ndarray]:
    normals = np.random.default_rng(3).standard_normal((2, steps, replicates, len(dynamics.noise)))
    increments, integrals = brownian(normals, h)
    return increments * dynamics.noise, integrals * dynamics.noise


def coarser(noise: tuple[np.ndarray, np.ndarray], h: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The same Wiener paths with so many steps of length h put together."""
    shape = (len(noise[0]) // count, count, *noise[0].shape[1:])
    increments, integrals = noise[0].reshape(shape), noise[1].reshape(shape)
    before = np.cumsum(increments, axis=1) - increments
    return increments.sum(axis=1), (integrals + h * before).sum(axis=1)


def heun(sizes: np.ndarray, payoffs: np.ndarray, sigmas: np.ndarray, h: float, dw: np.ndarray) -> np.ndarray:
    """A Heun step of dN = N (F dt + s o dW): converges to the Stratonovich solution."""

    def change(n: np.ndarray) -> np.ndarray:
        shares = n / n.sum(axis=1, keepdims=True)
        return np.asarray(n * (shares @ payoffs.T * h + sigmas * dw))

    first = change(sizes)
    return np.asarray(sizes + (first + change(sizes + first)) / 2)


def test_both_readings_against_the_equation_of_the_sizes() -> None:
    """The sizes themselves, by Euler (Ito) and Heun (Stratonovich) with the same Wiener paths, 8192 steps.

    Both schemes are at least of order 1/2 there; the two readings differ by far more than the tolerance.
    """
    sigmas, steps, h = np.array([1.0, 0.25]), 8192, 1 / 8192
    payoffs = np.array([[0.0, 1.0], [3.0, -1.0]])
    ito, stratonovich = (
        stochastic_replicator(HAWK_DOVE, kind([1, "1/4"])) for kind in (ItoShocks, StratonovichShocks)
    )
    noise = wiener(ito, steps, 64, h)
    euler = np.full((64, 2), 0.5)
    heuns = euler.copy()
    for scaled in noise[0]:
        dw = scaled / sigmas
        shares = euler / euler.sum(axis=1, keepdims=True)
        euler = euler * (1 + h * shares @ payoffs.T + sigmas * dw)
        heuns = heun(heuns, payoffs, sigmas, h, dw)
    coarse = coarser(noise, h, 64)
    found = {}
    for dynamics, sizes in ((ito, euler), (stratonovich, heuns)):
        found[dynamics.reading] = paths(dynamics, [0.5, 0.5], coarse, 1 / 128, StochasticRungeKutta())
        expected = sizes / sizes.sum(axis=1, keepdims=True)
        assert np.sqrt(((found[dynamics.reading] - expected) ** 2).mean()) < 0.004
    assert np.abs(found["Ito"] - found["Stratonovich"]).mean() > 0.05


def test_learning_noise_has_the_paths_of_the_stratonovich_reading() -> None:
    learning, growth = (stochastic_replicator(CYCLIC, kind(0.7)) for kind in (LearningNoise, StratonovichShocks))
    noise = wiener(growth, 32, 5, 1 / 32)
    both = [paths(d, [0.2, 0.3, 0.5], noise, 1 / 32, EulerMaruyama()) for d in (learning, growth)]
    assert np.array_equal(*both)
    assert learning.reading != growth.reading and learning.mutation == 0


@pytest.mark.parametrize(("method", "order"), [(EulerMaruyama(), 1.0), (StochasticRungeKutta(), 1.5)])
def test_strong_order(method: Method, order: float) -> None:
    """Root mean square error at t = 1 against 1024 steps, 16 to 128 steps, 300 common Wiener paths.

    Sampling moves the logarithm of each error by about 1/sqrt(2 * 300) = 0.04 in common and by less between levels, so the slope
    over three octaves is known to about 0.03; the noise is strong so that terms of order 2 stay behind those of order 1.5.
    """
    dynamics = stochastic_replicator(CYCLIC, ItoShocks(["1.5", "0.75", "1.5"]))
    finest = wiener(dynamics, 1024, 300, 1 / 1024)
    exact = paths(dynamics, [0.2, 0.3, 0.5], finest, 1 / 1024, StochasticRungeKutta())
    steps = np.array([16, 32, 64, 128])
    errors = []
    for count in steps:
        noise = coarser(finest, 1 / 1024, 1024 // count)
        found = paths(dynamics, [0.2, 0.3, 0.5], noise, 1 / count, method)
        errors.append(np.sqrt(((found - exact) ** 2).sum(axis=-1).mean()))
    slope = -np.polyfit(np.log2(steps), np.log2(errors), 1)[0]
    assert slope == pytest.approx(order, abs=0.12)
    assert method.order == order


@pytest.mark.parametrize(("method", "order"), [(EulerMaruyama(), 1.0), (StochasticRungeKutta(), 2.0)])
def test_weak_order(method: Method, order: float) -> None:
    """Error of the mean share at t = 2 against 128 steps, 4 to 16 steps, 20000 common Wiener paths.

    Common paths leave a sampling error of at most 3 % of each bias, 0.05 in each octave; the rest of the margin is for the next order.
    """
    dynamics = stochastic_replicator(HAWK_DOVE, ItoShocks([1, "1/2"]))
    finest = wiener(dynamics, 128, 20_000, 1 / 64)
    exact = paths(dynamics, [0.2, 0.8], finest, 1 / 64, StochasticRungeKutta())
    bias = []
    for count in (4, 8, 16):
        found = paths(dynamics, [0.2, 0.8], coarser(finest, 1 / 64, 128 // count), 2 / count, method)
        difference = (found - exact)[:, 0]
        bias.append(abs(difference.mean()))
        assert difference.std() / np.sqrt(20_000) < 0.035 * bias[-1]
    assert np.log2(bias[0] / bias[2]) / 2 == pytest.approx(order, abs=0.25)


def test_strong_order_with_mutation_is_one() -> None:
    dynamics = stochastic_replicator(CYCLIC, ItoShocks(1, mutation="0.2"))
    finest = wiener(dynamics, 1024, 300, 1 / 1024)
    exact = paths(dynamics, [0.2, 0.3, 0.5], finest, 1 / 1024, StochasticRungeKutta())
    errors = []
    for count in (16, 64):
        found = paths(
            dynamics, [0.2, 0.3, 0.5], coarser(finest, 1 / 1024, 1024 // count), 1 / count, StochasticRungeKutta()
        )
        errors.append(np.sqrt(((found - exact) ** 2).mean()))
    assert np.log2(errors[0] / errors[1]) / 2 == pytest.approx(1.0, abs=0.15)


def test_mutation_alone_is_the_flow_of_its_matrix() -> None:
    dynamics = stochastic_replicator(CYCLIC, ItoShocks(0, mutation="0.3"))
    flow = expm(0.3 * 2.5 * (np.ones((3, 3)) / 2 - 1.5 * np.eye(3)))
    start = np.array([[0.7, 0.3, 0.0]])
    moved = np.exp(dynamics.mutated(dynamics.coordinates(start), 2.5))
    assert moved[0] == pytest.approx(start[0] @ flow, abs=1e-14)


def test_the_drift_of_several_populations_and_of_an_environment() -> None:
    """d ln x_i/x_j is the payoff difference less the corrections; the environment moves as without noise."""
    dynamics = stochastic_replicator(BUYERS, ItoShocks({"buyer": "0.6", "seller.good": 1, "bad": 0}))
    assert [float(s) for s in dynamics.sigmas] == [0.6, 0.6, 1.0, 0.0]
    state = np.array([[0.3, 0.7, 0.9, 0.1]])
    drift = dynamics.drift(dynamics.coordinates(state), [])[0]
    payoffs = dynamics.mean.payoffs(state[0])
    assert drift[0] - drift[1] == pytest.approx(payoffs[0] - payoffs[1])
    assert drift[2] - drift[3] == pytest.approx(payoffs[2] - payoffs[3] - 0.5)
    feedback = PopulationGame.from_advantages({"x": "n - 1/2"}, environment={"n": "1/2 - n + x/4", "m": "m*(1-m)*x"})
    noisy = stochastic_replicator(feedback, StratonovichShocks(0.3))
    state = np.array([[0.4, 0.6, 0.2, 0.8, 0.1, 0.9]])
    drift = noisy.drift(noisy.coordinates(state), [])[0]
    assert drift[2] == pytest.approx(0.5 - 0.2 + 0.1) and drift[3] == pytest.approx(-drift[2])
    assert drift[4] - drift[5] == pytest.approx(0.4)
    assert noisy.equations()["n"] == "dn = (x/4 + 1/2 - n) dt"
    shares = np.exp(noisy.log_shares(noisy.coordinates(state)))
    assert shares == pytest.approx(state)


def test_payoffs_of_groups_and_with_a_huge_common_constant() -> None:
    group = GroupGame({"give": "k_give/2 - 1", "keep": "k_give/2"}, size=4)
    drift = stochastic_replicator(group, StratonovichShocks(0)).drift(np.log([[0.5, 0.5]]), [])[0]
    assert drift[0] - drift[1] == pytest.approx(-1)
    shifted = PopulationGame({"p": {"a": "10**9 + x", "b": "10**9"}})
    drift = stochastic_replicator(shifted, StratonovichShocks(0)).drift(np.log([[0.5, 0.5]]), [])[0]
    assert drift[0] - drift[1] == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(
    ("sigma", "words"),
    [
        (-0.1, "sigma of population.hawk is -0.1; give a number that is 0 or more"),
        (float("nan"), "a finite number is needed"),
        (float("inf"), "a finite number is needed"),
        ({"hawk": 1, "dov": 1}, "'dov', which is no strategy; did you mean 'dove'"),
        ({"hawk": 1}, "no sigma for population.dove; give 0"),
        ([1, 2, 3], "sigma has 3 numbers; the game has 2 strategies"),
        ("1e200", "above 1e100"),
        ("half", "a finite number is needed"),
    ],
)
def test_bad_sigma(sigma: Any, words: str) -> None:
    with pytest.raises(ParameterError, match=words):
        stochastic_replicator(HAWK_DOVE, ItoShocks(sigma))


def test_sigma_by_name_and_ambiguous_names() -> None:
    game = NormalFormGame([[[1, 0], [0, 1]]] * 2, populations={"a": ["yes", "no"], "b": ["yes", "no"]})
    with pytest.raises(ParameterError, match=r"'yes', which may be a.yes or b.yes"):
        read_sigmas(game, {"yes": 1, "no": 0})
    assert read_sigmas(game, {"a": 1, "b": 2, "b.no": 3}) == (1, 1, 2, 3)
    assert read_sigmas(game, np.array([1, 2, 3, 4])) == (1, 2, 3, 4)
    assert read_sigmas(game, np.float64(0.5)) == (Fraction(1, 2),) * 4
    with pytest.raises(ParameterError, match="the mutation rate is -1"):
        stochastic_replicator(game, ItoShocks(1, mutation=-1))
