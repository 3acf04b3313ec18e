"""Stationary distributions: sums with many digits, linear systems in Fractions, methods beside each other, events, and chains that have none."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from coopgame import (
    GroupGame,
    Law,
    MatrixGame,
    NormalFormGame,
    StateError,
    best_response,
    death_birth,
    fermi_imitation,
    find_stationary_distribution,
    find_stochastic_stability,
    finite_population,
    logit,
    moran,
    pairwise_imitation,
    smith,
    transition_chain,
    wright_fisher,
)
from coopgame._kernels.band_chains import log_law_of_band, log_law_of_log_band
from coopgame.finite import stationary_methods
from coopgame.finite.chain import log_rows
from tests.finite.exact_chains import stationary

HAWK_DOVE = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"])
RPS = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], ["R", "P", "S"])
COORDINATION = MatrixGame([[3, 0, 0], [0, 2, 0], [0, 0, 2]])


@pytest.mark.parametrize(("size", "intensity"), [(20, 1), (500, "1/10"), (500, 20)])
@pytest.mark.parametrize("payoffs", [[[-1, 2], [0, 1]], [[4, 0], [3, 2]], [[0, 0], [0, 0]]])
def test_two_strategies_with_sixty_digits(size: int, intensity: object, payoffs: list[list[int]]) -> None:
    """The product of the ratios of steps, from the definition of the Fermi process with mutation; total variation below 1e-12, and all logarithms."""
    (a, b), (c, d) = payoffs
    population = finite_population(MatrixGame(payoffs), fermi_imitation(intensity), size, mutation="1/50")
    found = find_stationary_distribution(population)
    with mpmath.workdps(60):
        beta, mu = mpmath.mpf(Fraction(intensity).numerator) / Fraction(intensity).denominator, mpmath.mpf(1) / 50

        def step(k: int, up: bool) -> mpmath.mpf:
            gain = mpmath.mpf(a * (k - 1) + b * (size - k) - c * k - d * (size - k - 1)) / (size - 1)
            copied = k if up else size - k
            chance = (
                (1 - mu) * mpmath.mpf(copied) / (size - 1) / (1 + mpmath.e ** (-beta * gain if up else beta * gain))
            )
            return mpmath.mpf(size - copied) / size * (chance + mu)

        logs = [mpmath.mpf(0)]
        for k in range(size):
            logs.append(logs[-1] + mpmath.log(step(k, True)) - mpmath.log(step(k + 1, False)))
        total = mpmath.log(mpmath.fsum(mpmath.e**log for log in logs))
        exact = [log - total for log in logs]
        away = mpmath.fsum(
            abs(mpmath.e**e - mpmath.e ** mpmath.mpf(f)) for e, f in zip(exact, found.log_probabilities, strict=True)
        )
        assert away / 2 < 1e-12
        np.testing.assert_allclose(found.log_probabilities, [float(e) for e in exact], rtol=1e-12, atol=1e-11)
    assert found.known == "exact up to rounding"


def _exact(population: object) -> np.ndarray:
    chain = transition_chain(population)  # type: ignore[arg-type]
    rows = [[Fraction(float(v)) for v in row] for row in chain.matrix.toarray()]
    for k, row in enumerate(rows):
        row[k] = 1 - (sum(row) - row[k])
    return np.array([float(v) for v in stationary(rows)])


@pytest.mark.parametrize("game", [RPS, COORDINATION])
@pytest.mark.parametrize(
    "law",
    [
        fermi_imitation(1),
        fermi_imitation(40),
        moran(1),
        death_birth(1),
        logit("1/5"),
        logit("1/60"),
        wright_fisher(1),
    ],
)
def test_three_strategies_in_fractions(game: MatrixGame, law: Law) -> None:
    """Every probability has its digits, the smallest too: relative error below 1e-11, total variation below 1e-12."""
    population = finite_population(game, law, 6, mutation="1/1000")
    found = find_stationary_distribution(population)
    exact = _exact(population)
    assert np.abs(found.probabilities - exact).sum() / 2 < 1e-12
    np.testing.assert_allclose(found.probabilities, exact, rtol=1e-11)
    assert "eliminated without subtraction" in found.accuracy


def test_several_populations_in_fractions() -> None:
    game = NormalFormGame.from_bimatrix(
        [[1, 0, 2], [0, 2, 1]], [[0, 1, 2], [1, 3, 0]], {"one": ["a", "b"], "two": ["x", "y", "z"]}
    )
    for law in (fermi_imitation(3), smith()):
        population = finite_population(game, law, {"one": 4, "two": 3}, mutation="1/100", step="1/5")
        found = find_stationary_distribution(population)
        np.testing.assert_allclose(found.probabilities, _exact(population), rtol=1e-11)
        assert found.names == ("one.a", "one.b", "two.x", "two.y", "two.z")
        assert found.mean_shares["one.a"] + found.mean_shares["one.b"] == pytest.approx(1)


def test_masses_that_no_float_holds_on_the_way() -> None:
    """Two peaks with a valley below 1e-308 between them: by symmetry both keep half of the mass."""
    game = MatrixGame([[1, 0, -50], [0, 1, -50], [-90, -90, -50]])
    population = finite_population(game, fermi_imitation(100), 80, mutation="1/10**12")
    found = find_stationary_distribution(population)
    assert "eliminated" in found.accuracy and found.log_at([40, 40, 0]) < -800
    assert found.at([80, 0, 0]) == pytest.approx(0.5, rel=1e-9)
    assert found.at([0, 80, 0]) == pytest.approx(0.5, rel=1e-9)


def test_chances_that_no_float_holds() -> None:
    """Logit with a noise of 1/2000, where chances and masses go down to e^-5000, beside a linear system with six thousand digits."""
    payoffs = [[3, 0, 1], [0, 2, 1], [1, 1, 1]]
    found = find_stationary_distribution(finite_population(MatrixGame(payoffs), logit("1/2000"), 3))
    assert "in logarithms" in found.accuracy and found.known == "exact up to rounding"
    with mpmath.workdps(6000):
        place = {tuple(row): k for k, row in enumerate(found.states.tolist())}
        system = -mpmath.eye(len(place))  # entry [to, from]
        for state, here in place.items():
            for i in range(3):
                others = [state[k] - (k == i) for k in range(3)]
                earned = [mpmath.mpf(sum(a * n for a, n in zip(row, others, strict=True))) / 2 for row in payoffs]
                weights = [mpmath.e ** (2000 * value) for value in earned]
                for j in range(3) if state[i] else ():
                    after = tuple(others[k] + (k == j) for k in range(3))
                    system[place[after], here] += mpmath.mpf(state[i]) / 3 * weights[j] / mpmath.fsum(weights)
        for k in range(len(place)):
            system[0, k] = 1
        law = mpmath.lu_solve(system, mpmath.matrix([1] + [0] * (len(place) - 1)))
        exact = [float(mpmath.log(value)) for value in law]
    assert min(exact) < -1000
    np.testing.assert_allclose(found.log_probabilities, exact, rtol=1e-12, atol=1e-10)


@pytest.mark.parametrize("method", ["_factored", "_dense_solver", "_iterated"])
def test_methods_beside_each_other(method: str) -> None:
    """LU factors and iteration beside elimination, which has all digits."""
    chain = transition_chain(finite_population(RPS, fermi_imitation(), 25, mutation="1/100"))
    exact = stationary_methods.solve_stationary(chain.matrix)
    other = stationary_methods._refined(chain.matrix, getattr(stationary_methods, method), "so")
    assert exact is not None and np.abs(np.exp(exact.logs) - np.exp(other.logs)).sum() < 1e-12
    assert other.known == "numerical" and "wrong by less than about" in other.accuracy


@pytest.mark.parametrize("method", ["_factored", "_dense_solver", "_iterated"])
def test_slow_chains_are_refused(method: str) -> None:
    """Two conventions with a mean time of far more than 1e16 steps between them: factors cannot tell their masses, and say so. Elimination can."""
    game = MatrixGame([[3, 0, 0], [0, 2, 0], [1, 1, 1]])
    chain = transition_chain(finite_population(game, fermi_imitation(10), 20, mutation="1/1000"))
    with pytest.raises(StateError, match="too slow for floats"):
        stationary_methods._refined(chain.matrix, getattr(stationary_methods, method), "so")
    exact = stationary_methods.solve_stationary(chain.matrix)
    assert exact is not None and "eliminated" in exact.accuracy


@given(st.integers(0, 10**6), st.sampled_from(["20", "150", "600"]), st.sampled_from([4, 7]))
@settings(max_examples=15)
def test_elimination_beside_elimination_in_logarithms(seed: int, intensity: str, size: int) -> None:
    """Where floats hold all that counts both agree to the last state; where they do not, only the second is used."""
    rng = np.random.default_rng(seed)
    game = MatrixGame(rng.integers(-3, 4, (3, 3)).tolist())
    population = finite_population(game, logit(1 / Fraction(intensity)), size)
    chain = transition_chain(population)
    logs, columns, starts = log_rows(population.at(), chain.order)
    width = int(np.abs(columns - np.repeat(np.arange(len(chain)), np.diff(starts))).max())
    slow = log_law_of_log_band(logs, columns, starts, width)
    np.testing.assert_allclose(
        find_stationary_distribution(population).log_probabilities, slow, rtol=1e-11, atol=1e-10
    )
    fast, held = log_law_of_band(np.exp(logs), columns, starts, width)
    assert not held or np.abs(fast - slow).max() < 1e-9 or chain.lost  # chances below 1e-300 are lost before


@given(st.integers(0, 10**6), st.integers(1, 4), st.sampled_from([3, 60, 120, 250]))
@settings(max_examples=40)
def test_elimination_of_wild_chains(seed: int, width: int, depth: int) -> None:
    """Chances from 1e-1 to 1e-250 beside each other: what floats lose is noticed, and what is not noticed is right to the last state."""
    rng, count = np.random.default_rng(seed), 12
    chances = np.zeros((count, count))
    for i in range(count):
        for j in range(max(0, i - width), min(count, i + width + 1)):
            if abs(i - j) == 1 or (i != j and rng.random() < 0.6):
                chances[i, j] = 10.0 ** rng.uniform(-depth, -1)
    with mpmath.workdps(50):
        exact = _eliminated([[mpmath.mpf(value) for value in row] for row in chances.tolist()])
    matrix = csr_array(chances)
    slow = log_law_of_log_band(np.log(matrix.data), matrix.indices, matrix.indptr, width)
    np.testing.assert_allclose(slow, exact, rtol=1e-12, atol=1e-11)
    fast, held = log_law_of_band(matrix.data, matrix.indices, matrix.indptr, width)
    assert held or depth >= 60
    if held:
        np.testing.assert_allclose(fast, exact, rtol=1e-12, atol=1e-11)


def _eliminated(chances: list[list[mpmath.mpf]]) -> list[float]:
    """Grassmann, Taksar and Heyman's elimination with many digits."""
    count = len(chances)
    for k in range(count - 1, 0, -1):
        leaving = mpmath.fsum(chances[k][:k])
        for i in range(k):
            chances[i][k] /= leaving
            for j in range(k):
                chances[i][j] += chances[i][k] * chances[k][j]
    law = [mpmath.mpf(1)]
    for k in range(1, count):
        law.append(mpmath.fsum(law[i] * chances[i][k] for i in range(k)))
    return [float(mpmath.log(mass / mpmath.fsum(law))) for mass in law]


def test_products_that_no_float_holds_and_that_lead_alone_to_a_state() -> None:
    """A product of chances below 1e-308 is all that leads from one state to another, and is divided by small chances later."""
    game = MatrixGame([[2, 0, 3], [2, -2, 1], [1, -2, 0]])
    found = find_stationary_distribution(finite_population(game, logit("1/200"), 5))
    limit = find_stochastic_stability(finite_population(game, logit(1), 5))
    order, factor = limit.term([0, 0, 5])
    assert "in logarithms" in found.accuracy
    assert found.log_at([0, 0, 5]) == pytest.approx(np.log(float(factor)) - 200 * float(order), rel=1e-12)


def test_a_large_chain_of_three() -> None:
    """Beyond the elimination: the law is at rest under the chain, and its symmetry is kept."""
    population = finite_population(RPS, fermi_imitation(), 300, mutation="1/100")
    found = find_stationary_distribution(population)
    assert found.known == "numerical" and "sparse LU" in found.accuracy
    assert found.mean_shares["R"] == pytest.approx(1 / 3, abs=1e-10)
    assert found.at([90, 100, 110]) == pytest.approx(found.at([100, 110, 90]), rel=1e-8)


def test_a_hundred_thousand_members() -> None:
    """The neutral process has the law of Pólya's urn: beta-binomial with equal weights."""
    from scipy.special import betaln, gammaln

    size, mu = 10**5, Fraction(1, 1000)
    population = finite_population(MatrixGame([[0, 0], [0, 0]]), fermi_imitation(), size, mutation=mu)
    found = find_stationary_distribution(population)
    # up : down = (N - k)((1 - mu) k/(2 (N - 1)) + mu) : …, so that the weight of each is 2 mu (N - 1)/(1 - mu)
    weight = float(2 * mu * (size - 1) / (1 - mu))
    k = np.array([0, 100, 30_000, 50_000, 99_999])
    exact = (
        gammaln(size + 1)
        - gammaln(k + 1)
        - gammaln(size - k + 1)
        + betaln(k + weight, size - k + weight)
        - betaln(weight, weight)
    )
    np.testing.assert_allclose(found.log_probabilities[k], exact, rtol=1e-9, atol=1e-7)


@given(st.integers(0, 10**6), st.sampled_from([2, 3]), st.sampled_from([3, 8]), st.sampled_from(["1/100", "1/2"]))
@settings(max_examples=20)
def test_the_law_is_at_rest(seed: int, strategies: int, size: int, mutation: str) -> None:
    rng = np.random.default_rng(seed)
    game = MatrixGame(rng.integers(-5, 6, (strategies, strategies)).tolist())
    population = finite_population(game, moran("1/2"), size, mutation=mutation)
    found = find_stationary_distribution(population)
    matrix = transition_chain(population).matrix
    np.testing.assert_allclose(found.probabilities @ matrix, found.probabilities, atol=1e-14)
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-13)


def test_means_modes_and_events() -> None:
    game = MatrixGame([[3, 0], [2, 1]], ["stag", "hare"])
    found = find_stationary_distribution(finite_population(game, fermi_imitation(1), 20, mutation="1/100"))
    stags = found.counts["stag"]
    assert found.mean_shares["stag"] == pytest.approx(found.probabilities @ stags / 20)
    variance = found.probabilities @ (stags / 20) ** 2 - found.mean_shares["stag"] ** 2
    np.testing.assert_allclose(found.covariance, variance * np.array([[1, -1], [-1, 1]]), atol=1e-14)
    inner = [
        k
        for k in range(21)
        if all(found.at([k, 20 - k]) > found.at([l, 20 - l]) for l in (k - 1, k + 1) if 0 <= l <= 20)
    ]
    assert sorted(mode["stag"] for mode in found.modes) == inner and len(inner) == 2
    assert found.mode == max(found.modes, key=found.at) and found.mode == found.modes[0]
    assert found.probability(lambda counts: counts["stag"] >= 15) == pytest.approx(found.probabilities[15:].sum())
    assert found.expectation(lambda counts: counts["stag"]) == pytest.approx(20 * found.mean_shares["stag"])
    assert found.expectation(lambda counts: 7) == pytest.approx(7)
    assert len(found.to_dataframe()) == 21
    assert found.to_xarray().probability.sel(state=3).item() == found.at({"stag": 3, "hare": 17})
    text = str(found)
    assert "and 11 more states" in text and "mean shares: stag = " in text and "exact up to rounding" in text
    assert "<table>" in found._repr_html_() and not found.log_probabilities.flags.writeable
    with pytest.raises(StateError, match="asks for 'X'; numbers are given of"):
        found.probability(lambda counts: counts["X"] > 1)


def test_states_that_are_left_for_ever() -> None:
    """Best response without mutation to a dominant strategy: all end there, whatever the start."""
    game = MatrixGame([[2, 2], [1, 1]], ["A", "B"])
    found = find_stationary_distribution(finite_population(game, best_response(), 5))
    assert found.at([5, 0]) == 1 and found.log_at([4, 1]) == -np.inf and "one state" in found.accuracy
    inner = find_stationary_distribution(finite_population(HAWK_DOVE, best_response(), 7))
    assert inner.probability(
        lambda counts: (counts["hawk"] == 3) | (counts["hawk"] == 4) | (counts["hawk"] == 5)
    ) == pytest.approx(1)


def test_groups_and_generations() -> None:
    game = GroupGame({"a": [0, 1, 3], "b": [1, 1, 2]}, 3)
    for law in (fermi_imitation(1), wright_fisher(1)):
        population = finite_population(game, law, 8, mutation="1/20")
        np.testing.assert_allclose(
            find_stationary_distribution(population).probabilities, _exact(population), rtol=1e-11
        )


def test_generations_with_strong_selection() -> None:
    """Wright-Fisher with mutants at 1e-60, so that rows go down to 1e-360: in logarithms, beside a linear system with four thousand digits."""
    size, w = 6, 800
    game = MatrixGame([[2, 2], [0, 0]], ["A", "B"])
    found = find_stationary_distribution(finite_population(game, wright_fisher(w), size, mutation="1/10**60"))
    with mpmath.workdps(4000):
        mu = mpmath.mpf(10) ** -60
        system = -mpmath.eye(size + 1)
        for k in range(size + 1):
            parent = k / (k + (size - k) * mpmath.e ** (-2 * w))
            own = parent * (1 - mu) + (1 - parent) * mu
            for l in range(size + 1):
                system[l, k] += mpmath.binomial(size, l) * own**l * (1 - own) ** (size - l)
        for k in range(size + 1):
            system[0, k] = 1
        law = mpmath.lu_solve(system, mpmath.matrix([1] + [0] * size))
        exact = [float(mpmath.log(value)) for value in law]
    np.testing.assert_allclose(found.log_probabilities, exact, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: find_stationary_distribution(finite_population(HAWK_DOVE, moran(), 10)),
            "2 closed classes.*mutation",
        ),
        (lambda: find_stationary_distribution(finite_population(RPS, fermi_imitation(), 10)), "find_fixation"),
        (
            lambda: find_stationary_distribution(finite_population(RPS, pairwise_imitation(), 5, step="1/10")),
            "find_small_mutation_law",
        ),
        (
            lambda: find_stationary_distribution(finite_population(RPS, logit(1), 5)).probability(
                lambda counts: counts["R"]
            ),
            "expectation",
        ),
    ],
)
def test_errors(call: Callable[[], object], text: str) -> None:
    with pytest.raises(StateError, match=text):
        call()


def test_one_strategy() -> None:
    assert find_stationary_distribution(finite_population(MatrixGame([[1]]), moran(), 5)).mean_shares == {"1": 1.0}
