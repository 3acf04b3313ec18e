"""Stationary laws: Beta laws, a finite-volume Fokker-Planck equation, simulation, and what happens where there is none."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.sparse import diags
from scipy.sparse.linalg import splu
from scipy.stats import beta

from coopgame import (
    EnsembleOptions,
    GroupGame,
    ItoShocks,
    LearningNoise,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    PopulationGame,
    StateError,
    StationaryLaw,
    StochasticReplicator,
    StratonovichShocks,
    UnsupportedError,
    find_stationary_law,
    simulate_ensemble,
    stochastic_replicator,
)


def law_of(advantage: str, shocks: Any) -> StationaryLaw:
    return find_stationary_law(stochastic_replicator(PopulationGame.from_advantages({"x": advantage}), shocks))


@given(st.fractions("1/50", 60), st.fractions("1/50", 60))
def test_linear_advantages_have_beta_laws(a: Fraction, b: Fraction) -> None:
    """s^2 = 2: drift a - (a + b) x of the log odds gives Beta(a, b)."""
    law = law_of(f"({a})*(1 - x) - ({b})*x", StratonovichShocks(1))
    exact = beta(float(a), float(b))
    shares = np.array([0.0, 1e-200, 1e-3, 0.1, 0.5, 0.8, 0.999, 1.0])
    assert law.exponents == (a, b)
    assert law.mean == pytest.approx(exact.mean(), rel=1e-12) and law.var == pytest.approx(exact.var(), rel=1e-11)
    assert law.cdf(shares) == pytest.approx(exact.cdf(shares), abs=1e-12)
    assert law.pdf(shares[1:-1]) == pytest.approx(exact.pdf(shares[1:-1]), rel=1e-10)
    levels = np.array([0.01, 0.5, 0.99])
    assert law.odds.cdf(law.odds.quantile(levels)) == pytest.approx(levels, abs=1e-12)
    assert law.quantile([0.0, 0.01, 1.0]) == pytest.approx([0, exact.ppf(0.01), 1], rel=1e-9)
    assert law.log_norm == pytest.approx(float(sympy.log(sympy.beta(float(a), float(b))).evalf()), abs=1e-9)


def finite_volume(dynamics: StochasticReplicator, cells: int) -> tuple[np.ndarray, np.ndarray]:
    """Edges and cumulated stationary probabilities of the Fokker-Planck equation of the share itself.

    p' = -(b p)' + (v p)''/2 with the drift b of the share equation and v = s^2 x^2 (1-x)^2, central fluxes on equal
    cells, none through the ends; the null vector with its sum fixed.
    """
    x = sympy.Symbol("x")
    drift = sympy.lambdify(x, dynamics.drifts[0], "numpy")
    edges = np.linspace(0, 1, cells + 1)
    middle, width = (edges[1:] + edges[:-1]) / 2, 1 / cells
    v = float(sum(dynamics.noise**2)) * (middle * (1 - middle)) ** 2
    b = drift(edges[1:-1])
    here, there = b / 2 + v[:-1] / (2 * width), b / 2 - v[1:] / (2 * width)
    flux_out = np.append(here, 0) - np.append(0, there)
    matrix = diags([flux_out, -here, there], [0, -1, 1], format="lil")
    matrix[cells // 2] = 1.0
    right = np.zeros(cells)
    right[cells // 2] = 1.0
    mass = splu(matrix.tocsc()).solve(right)
    return edges, np.concatenate([[0], np.cumsum(mass)])


CURVED = "1 + 3*x - 9*x**2 + 2*x**3"
LAWS = [
    ("1 - 2*x", ItoShocks("1/2")),
    (CURVED, ItoShocks(["4/5", "1/5"])),
    (CURVED, StratonovichShocks(["4/5", "1/5"])),
    ("2*x - 1", ItoShocks(["4/5", "2/5"], mutation="1/5")),
    ("-1/4", StratonovichShocks("1/2", mutation="1/20")),
    ("3 - 20*x + 36*x**2 - 20*x**3", LearningNoise("3/10")),
]


@pytest.mark.parametrize(("advantage", "shocks"), LAWS)
def test_the_fokker_planck_equation_of_the_share(advantage: str, shocks: Any) -> None:
    """Finite volumes are of second order: from 1000 to 2000 cells the difference falls fourfold, to below 1e-4."""
    dynamics = stochastic_replicator(PopulationGame.from_advantages({"x": advantage}), shocks)
    law = find_stationary_law(dynamics)
    gaps = []
    for cells in (1000, 2000):
        edges, cumulated = finite_volume(dynamics, cells)
        gaps.append(np.abs(law.cdf(edges) - cumulated).max())
    assert gaps[1] < 1e-4 and gaps[0] > 3 * gaps[1]


@pytest.mark.parametrize(("advantage", "shocks"), LAWS)
def test_the_formula_is_the_density(advantage: str, shocks: Any) -> None:
    law = law_of(advantage, shocks)
    value = sympy.lambdify(sympy.Symbol("x"), law.formula, "math")
    norm = quad(value, 0, 1, limit=500, epsabs=0, epsrel=1e-11)[0]
    assert law.log_norm == pytest.approx(np.log(norm), abs=1e-7)
    for x in (0.01, 0.3, 0.77):
        assert float(law.pdf(x)) == pytest.approx(value(x) / norm, rel=1e-6)
    mean = quad(lambda x: x * value(x), 0, 1, limit=500, epsabs=0, epsrel=1e-11)[0] / norm
    assert law.mean == pytest.approx(mean, abs=1e-8)
    assert law.error < 1e-12
    assert "Z" in law.latex() and "modes" in law._repr_html_()
    grid = np.linspace(0, 1, 20_001)[1:-1]
    density = law.pdf(grid)
    peaks = grid[1:-1][(density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])]
    assert [m for m in law.modes if 0 < m < 1] == pytest.approx(list(peaks), abs=1e-4)


def test_simulation_agrees_with_a_law_with_two_peaks() -> None:
    """Mutation and noise around coordination: 4000 paths at t = 60; the 1 % bound of Kolmogorov's test is 1.63/sqrt(4000)."""
    game = MatrixGame([[1, 0], [0, "6/5"]])
    noisy = stochastic_replicator(game, ItoShocks("3/4", mutation="1/20"))
    law = find_stationary_law(noisy)
    assert len(law.modes) == 2
    paths = simulate_ensemble(noisy, {"x": 0.5}, t_end=60, rng=3, options=EnsembleOptions(0.02, 4000, 2))
    last = np.sort(paths.final[:, 0])
    steps = np.arange(4000) / 4000
    gap = max(np.abs(law.cdf(last) - steps).max(), np.abs(law.cdf(last) - steps - 1 / 4000).max())
    assert gap < 1.63 / np.sqrt(4000)


@pytest.mark.parametrize(
    ("advantage", "shocks", "modes"),
    [
        ("1 - 2*x", StratonovichShocks(1), ()),
        ("2 - 4*x", StratonovichShocks(1), (0.5,)),
        ("1/2 - x", StratonovichShocks(1), (0.0, 1.0)),
        ("1 - 4*x", StratonovichShocks(1), (0.0,)),
        ("3*(1 - x) - x", StratonovichShocks(1), (1.0,)),
        ("1 - x/1 - x/2", StratonovichShocks(1), (1.0,)),
        ("(1 - 2*x)*(1 + 12*x*(1 - x))/2", StratonovichShocks(1), (0.0, 0.5, 1.0)),
    ],
)
def test_modes(advantage: str, shocks: Any, modes: tuple[float, ...]) -> None:
    """With s^2 = 2 the exponents are a = g(0), b = -g(1): uniform, one peak, two poles, ends where the density is finite."""
    law = law_of(advantage, shocks)
    assert law.modes == pytest.approx(modes)
    at_ends = law.pdf([0.0, 1.0])
    for exponent, value in zip(law.exponents, at_ends, strict=True):
        assert (value == np.inf) == (exponent < 1) and (value == 0) == (exponent > 1)
        if exponent == 1:
            assert value == pytest.approx(float(law.pdf(1e-9 if value == at_ends[0] else 1 - 1e-9)), rel=1e-6)


@pytest.mark.parametrize(
    ("advantage", "ends", "words"),
    [
        ("1", ("repelling", "attracting"), "x tends to 1 with probability 1: 2 is lost"),
        ("-1", ("attracting", "repelling"), "x tends to 0 with probability 1: 1 is lost"),
        ("x", ("neutral", "attracting"), "x tends to 1 with probability 1"),
        ("x - 1", ("attracting", "neutral"), "x tends to 0 with probability 1"),
        ("2*x - 1", ("attracting", "attracting"), "x tends to 0 or to 1, to each with positive probability"),
        ("0", ("neutral", "neutral"), "lingers ever longer near 0 and near 1"),
        ("-x", ("neutral", "repelling"), "tends to 0 in probability"),
        ("1 - x", ("repelling", "neutral"), "tends to 1 in probability"),
    ],
)
def test_where_there_is_no_law(advantage: str, ends: tuple[str, str], words: str) -> None:
    law = law_of(advantage, StratonovichShocks("1/2"))
    assert law.ends == ends and not law.exists
    assert words in law.fate and str(law) == f"no stationary law: {law.fate}"
    assert "no stationary law" in law._repr_html_()
    for ask in (lambda: law.mean, lambda: law.modes, lambda: law.pdf(0.5), lambda: law.formula, law.latex):
        with pytest.raises(UnsupportedError, match="there is no stationary law: x "):
            ask()


def test_neutral_ends_are_seen_in_simulation() -> None:
    """Advantage -x with noise: x tends to 0 in probability, slowly; the median of ln x keeps falling, means of x too."""
    noisy = stochastic_replicator(PopulationGame.from_advantages({"x": "-x"}), StratonovichShocks(1))
    paths = simulate_ensemble(noisy, {"x": 0.5}, t_end=400, rng=1, options=EnsembleOptions(0.1, 1000, 5))
    means = paths.mean()[1:, 0]
    assert (np.diff(means) < 0).all() and means[-1] < 0.06
    assert (paths.shares[:, 2:, 0].max(axis=1) > 0.01).mean() > 0.05  # and yet it comes back


@pytest.mark.parametrize("start", [0.3, 0.5, 0.8])
def test_the_chance_to_take_over(start: float) -> None:
    """Coordination: the first strategy's chance against 4000 paths at t = 80, within 3.5 standard errors."""
    noisy = stochastic_replicator(MatrixGame([[1, 0], [0, "4/5"]]), ItoShocks(["1", "1/2"]))
    law = find_stationary_law(noisy)
    assert law.ends == ("attracting", "attracting")
    chance = law.chance_of_first(start)
    paths = simulate_ensemble(noisy, {"x": start}, t_end=80, rng=6, options=EnsembleOptions(0.05, 4000, 2))
    last = paths.final[:, 0]
    assert ((last < 1e-3) | (last > 1 - 1e-3)).mean() > 0.999
    assert (last > 0.5).mean() == pytest.approx(chance, abs=3.5 * np.sqrt(chance * (1 - chance) / 4000))


def test_the_chance_is_one_zero_or_refused() -> None:
    assert law_of("1", ItoShocks(1)).chance_of_first(0.01) == 1
    assert law_of("-1", ItoShocks(1)).chance_of_first(0.99) == 0
    symmetric = law_of("2*x - 1", ItoShocks(1))
    assert symmetric.chance_of_first(0.5) == pytest.approx(0.5, abs=1e-14)
    assert symmetric.chance_of_first(0.2) == pytest.approx(1 - symmetric.chance_of_first(0.8), abs=1e-13)
    with pytest.raises(UnsupportedError, match="no end attracts"):
        law_of("1 - 2*x", ItoShocks(1)).chance_of_first(0.5)
    with pytest.raises(ParameterError, match="floats lose the density"):
        law_of("2*x - 1", ItoShocks("1e-8")).chance_of_first(0.5)
    with pytest.raises(StateError, match="not strictly between 0 and 1"):
        symmetric.chance_of_first(0)


def test_group_games_and_parameters() -> None:
    """A snowdrift game of 8 players: the cubic and higher terms enter the exponent."""
    game = GroupGame(
        {"shovel": "b - c/(k_shovel + 1)", "wait": "where(k_shovel >= 1, b, 0)"},
        size=8,
        parameters={"b": 3, "c": 1},
    )
    noisy = stochastic_replicator(game, ItoShocks("2/5"))
    law = find_stationary_law(noisy, {"c": 2})
    assert law.exists and law.values["c"] == 2
    drift = sympy.lambdify(sympy.Symbol("x"), game.advantage(0).subs({"b": 3, "c": 2}), "math")
    for x, y in ((0.1, 0.2), (0.3, 0.9)):
        rise = quad(lambda v: drift(v) / (v * (1 - v)), x, y)[0] * 2 / 0.32
        logs = np.log(law.pdf([x, y]) * np.array([x * (1 - x), y * (1 - y)]))
        assert logs[1] - logs[0] == pytest.approx(rise, rel=1e-9)


def test_large_groups_and_weak_noise_keep_their_digits() -> None:
    """40 players and s = 0.01: a normal law around the stable point with variance s^2 x (1-x) / (2 |D'|), to leading order."""
    game = GroupGame({"a": "1 - k_a/39", "b": "k_a/78"}, size=40)
    law = find_stationary_law(stochastic_replicator(game, StratonovichShocks("1/100")))
    slope = 1.5
    x = 2 / 3
    assert law.mean == pytest.approx(x, abs=1e-4)
    assert law.var == pytest.approx(2e-4 * x * (1 - x) / (2 * slope), rel=1e-3)
    assert law.error < 1e-10 and len(law.modes) == 1


def test_requests_that_have_no_answer() -> None:
    for game in (
        MatrixGame([[0, 1, 2]] * 3),
        NormalFormGame([[[2, 0], [0, 1]], [[2, 0], [0, 1]]]),
        PopulationGame.from_advantages({"x": "n - x"}, environment={"n": "n*(1-n)*x"}),
    ):
        with pytest.raises(UnsupportedError, match="one population with two strategies and no environment"):
            find_stationary_law(stochastic_replicator(game, ItoShocks(1)))
    with pytest.raises(UnsupportedError, match="there is no noise; use find_rest_points"):
        law_of("1 - 2*x", ItoShocks(0))
    with pytest.raises(UnsupportedError):
        law_of("sqrt(x + 1) - 1", ItoShocks(1))
    weak = law_of("1 - 2*x", ItoShocks("1e-6"))
    assert weak.exists and weak.modes == (0.5,)
    with pytest.raises(ParameterError, match=r"the noise is so weak.*floats lose the density"):
        _ = weak.mean
    assert "modes 0.5 (exact); the noise is too weak" in str(weak) and "too weak" in weak._repr_html_()
    for shocks in (ItoShocks("1e-300"), ItoShocks(1, mutation="1e90")):
        with pytest.raises(ParameterError, match="floats lose the density"):
            law_of("1 - 2*x", shocks).cdf(0.5)
    law = law_of("1 - 2*x", ItoShocks(1))
    with pytest.raises(StateError, match="levels lie between 0 and 1"):
        law.quantile(1.5)
    with pytest.raises(StateError, match="NaN"):
        law.cdf(float("nan"))
    assert law.pdf([-1.0, 2.0]).tolist() == [0, 0] and law.cdf([-1.0, 2.0]).tolist() == [0, 1]


def test_long_polynomials_are_named() -> None:
    game = GroupGame({"a": "where(k_a + 1 >= 5, 2, 0) - 1/4", "b": "where(k_a >= 5, 2, 0)"}, size=10)
    law = find_stationary_law(stochastic_replicator(game, ItoShocks(1, mutation="1/10")))
    assert "exp(S(x), a polynomial of degree 8, - 1/10 (1/x + 1/(1-x)))" in str(law)
    assert r"\deg S = 8" in law.latex() and len(law.latex()) < 250
    assert law.formula.has(sympy.Symbol("x") ** 8)
    curved = GroupGame({"a": "1 - k_a**2/81", "b": "k_a/18"}, size=10)  # its higher coefficients vanish
    assert "exp((8/9) x^1)" in str(find_stationary_law(stochastic_replicator(curved, StratonovichShocks(1))))


def test_floats_are_shown_short() -> None:
    text = str(law_of("1 - 2*x", ItoShocks(0.3)))
    assert "x^(10.1111) (1-x)^(10.1111)" in text and len(text) < 250
    assert len(law_of("1 - 2*x", ItoShocks(0.3)).latex()) < 120
