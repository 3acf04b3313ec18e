"""Orbits of maps of generations: loops, closed forms, high precision, and the verdicts on where they go."""

from __future__ import annotations

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest

from coopgame import (
    FaceStartWarning,
    GenerationRule,
    IntegrationError,
    MatrixGame,
    NormalFormGame,
    Orbit,
    StateError,
    UnsupportedError,
    difference_replicator,
    discrete_dynamic,
    find_lyapunov_exponents,
    fitness_replicator,
    integrate,
    iterate,
    replicator,
)

ANTI = MatrixGame([[0, "k"], ["k", 0]], symbol="x", parameters={"k": 3})
CYCLE = MatrixGame(
    [[0, "-a", "b"], ["b", 0, "-a"], ["-a", "b", 0]], strategies=["R", "P", "S"], parameters={"a": 1, "b": 1, "h": 2}
)
PENNIES = NormalFormGame(
    {("H", "H"): (1, -1), ("H", "T"): (-1, 1), ("T", "H"): (-1, 1), ("T", "T"): (1, -1)},
    populations={"even": ["H", "T"], "odd": ["H", "T"]},
)
STEPS = discrete_dynamic(ANTI, difference_replicator())


def share(x: float, k: float) -> float:
    """The next share of the first strategy in the game ANTI, in difference form with step 1."""
    return x + k * x * (1 - x) * (1 - 2 * x)


def test_an_orbit_is_the_loop_over_generations() -> None:
    orbit = iterate(STEPS, {"x": 0.3}, {"k": 3.5}, generations=50)
    x, wanted = 0.3, [0.3]
    for _ in range(50):
        x = share(x, 3.5)
        wanted.append(x)
    np.testing.assert_allclose(orbit.coordinate("x"), wanted, atol=1e-13)
    np.testing.assert_allclose(orbit.shares.sum(axis=1), 1, atol=1e-14)
    np.testing.assert_allclose(orbit.average(10, 12), [np.mean(wanted[10:13]), 1 - np.mean(wanted[10:13])])
    assert orbit.generations.tolist() == list(range(51))
    assert not orbit.shares.flags.writeable
    assert not orbit.log_shares.flags.writeable


@pytest.mark.parametrize("k", [4.1, 5.0, 5.9])
def test_the_cycle_of_two_generations(k: float) -> None:
    # x and 1 - x exchange where x (1 - x) = 1/k; once round, a displacement grows by (k - 5)^2
    outcome = iterate(STEPS, {"x": 0.3}, {"k": k}, generations=4000).outcome
    assert (outcome.kind, outcome.period) == ("periodic", 2)
    assert outcome.amplitude == pytest.approx(math.sqrt(1 - 4 / k), rel=1e-9)
    assert f"largest multiplier {(k - 5) ** 2:.2g}" in outcome.how or k == 5.0


def test_a_cycle_on_a_face_says_nothing_of_absent_strategies() -> None:
    # the third strategy earns more than both others and would invade
    game = MatrixGame([[0, 5, 0], [5, 0, 0], [6, 6, 6]], strategies=["A", "B", "C"])
    with pytest.warns(FaceStartWarning):
        outcome = iterate(discrete_dynamic(game, difference_replicator()), [0.3, 0.7, 0], generations=2000).outcome
    assert (outcome.kind, outcome.period) == ("periodic", 2)
    assert "attracts its neighbours among the strategies that are present" in outcome.how


def test_a_cycle_that_is_neutral_is_not_called_attracting() -> None:
    # offspring swaps the shares, whatever they are
    rule = GenerationRule("swap", lambda payoffs, shares: (1 - shares) / shares)
    outcome = iterate(discrete_dynamic(ANTI, rule), {"x": 0.3}, generations=100).outcome
    assert (outcome.kind, outcome.period) == ("periodic", 2)
    assert "may attract its neighbours or not, largest multiplier 1" in outcome.how


def test_a_longer_cycle_is_a_root_of_the_iterated_polynomial() -> None:
    orbit = iterate(STEPS, {"x": 0.3}, {"k": 6.5}, generations=4000)
    period = int(orbit.outcome.period or 0)
    assert orbit.outcome.kind == "periodic"
    assert period > 2
    x = float(orbit.final[0])
    later = [x]
    for _ in range(period):
        later.append(share(later[-1], 6.5))
    assert later[-1] == pytest.approx(x, abs=1e-9)
    assert min(abs(v - x) for v in later[1:-1]) > 1e-3
    slope = np.prod([1 + 6.5 * (1 - 6 * v + 6 * v * v) for v in later[:-1]])
    assert abs(slope) < 1


def test_below_the_doubling_orbits_converge() -> None:
    outcome = iterate(STEPS, {"x": 0.01}, {"k": 3.9}).outcome
    assert (outcome.kind, outcome.label) == ("converged", "I1")


def test_at_the_doubling_no_verdict_is_forced() -> None:
    assert iterate(STEPS, {"x": 0.3}, {"k": 4}).outcome.kind == "undecided"


def test_chaos_of_the_tripled_angle() -> None:
    # at k = 8 the map is 9 x - 24 x^2 + 16 x^3, so x = sin^2(angle) becomes sin^2(3 angle): the exponent is ln 3
    orbit = iterate(STEPS, {"x": math.sin(0.3) ** 2}, {"k": 8}, generations=20_000)
    wanted = [math.sin(0.3 * 3**t) ** 2 for t in range(12)]
    np.testing.assert_allclose(orbit.coordinate("x")[:12], wanted, atol=1e-9)
    assert orbit.outcome.kind == "chaotic"
    exponents = orbit.outcome.exponents
    assert exponents is not None
    assert exponents.exponents[0] == pytest.approx(math.log(3), abs=0.01)
    assert exponents.divergence == pytest.approx(exponents.exponents[0], rel=1e-12)


def test_an_exponent_is_the_mean_logarithm_of_the_slope() -> None:
    orbit = iterate(STEPS, {"x": 0.3}, {"k": 7}, generations=20_000)
    x, total = 0.3, 0.0
    for _ in range(100_000):
        total += math.log(abs(1 + 7 * (1 - 6 * x + 6 * x * x)))
        x = share(x, 7)
    found = find_lyapunov_exponents(orbit)
    assert orbit.outcome.kind == "chaotic"
    assert found.exponents[0] == pytest.approx(total / 100_000, abs=5 * found.errors[0])
    assert find_lyapunov_exponents(iterate(STEPS, {"x": 0.3}, {"k": 5.5}, generations=2000)).exponents[0] < 0


def test_shares_stay_inside_up_to_eight() -> None:
    # the smallest growth factor is 1 - k/8, where x = 3/4
    inside = iterate(STEPS, {"x": 0.76}, {"k": 7.99}, generations=1000)
    assert (inside.shares > 0).all()
    with pytest.raises(IntegrationError, match=r"a step of at most 0.9877 keeps this state inside"):
        iterate(STEPS, {"x": 0.75}, {"k": 8.1})


def test_an_orbit_that_leaves_keeps_what_it_was() -> None:
    dynamics = discrete_dynamic(PENNIES, difference_replicator())
    with pytest.raises(IntegrationError, match=r"generation 5 has no next one: odd.T would leave -0.249") as caught:
        iterate(dynamics, [0.6, 0.4, 0.5, 0.5])
    partial = caught.value.partial
    assert isinstance(partial, Orbit)
    assert partial.generations[-1] == 5
    np.testing.assert_allclose(dynamics(partial.shares[4]), partial.final, atol=1e-14)
    payoffs = dynamics.displacement.payoffs(partial.final)
    mean = partial.final[2:] @ payoffs[2:]
    assert 1 + payoffs[3] - mean == pytest.approx(-0.249472, abs=1e-6)


def test_a_strategy_without_offspring_stays_away() -> None:
    orbit = iterate(STEPS, {"x": 0.75}, {"k": 8}, generations=20)
    assert orbit.log_shares[1:, 0].tolist() == [-np.inf] * 20
    assert orbit.final.tolist() == [0, 1]
    assert orbit.outcome.kind == "converged"


def test_rock_paper_scissors_by_fitness_beside_high_precision() -> None:
    orbit = iterate(discrete_dynamic(CYCLE, fitness_replicator("h")), [0.5, 0.3, 0.2], generations=3000)
    with mpmath.workdps(60):
        x = [mpmath.mpf(v) for v in (0.5, 0.3, 0.2)]
        x = [v / sum(x) for v in x]
        products = [x[0] * x[1] * x[2]]
        for _ in range(3000):
            fitness = [2 - x[1] + x[2], 2 + x[0] - x[2], 2 - x[0] + x[1]]
            mean = sum(a * f for a, f in zip(x, fitness, strict=True))
            x = [a * f / mean for a, f in zip(x, fitness, strict=True)]
            products.append(x[0] * x[1] * x[2])
        assert all(later < before for before, later in pairwise(products))
        exact = [float(mpmath.log(v)) for v in x]
    assert min(exact) < -600
    np.testing.assert_allclose(orbit.log_shares[-1], exact, rtol=1e-9, atol=1e-12)
    outcome = orbit.outcome
    assert outcome.kind == "heteroclinic"
    # at the vertices ln(3/2) outwards and ln 2 inwards: three passages lengthen a turn by (ln 2 / ln 1.5)^3
    assert outcome.growth == pytest.approx((math.log(2) / math.log(1.5)) ** 3, rel=0.06)


def test_turns_that_lengthen_by_equal_amounts_are_heteroclinic_too() -> None:
    # 3 outwards and 1/3 inwards at every vertex: turn times grow, their ratio tends to 1
    orbit = iterate(discrete_dynamic(PENNIES, fitness_replicator(2)), [0.6, 0.4, 0.5, 0.5], generations=5000)
    assert orbit.outcome.kind == "heteroclinic"
    assert "generations)" in orbit.outcome.text


def test_pennies_spiral_outwards_in_difference_form() -> None:
    dynamics = discrete_dynamic(PENNIES, difference_replicator("1/10"))
    orbit = iterate(dynamics, [0.501, 0.499, 0.5, 0.5], generations=200)
    distance = np.hypot(orbit.shares[:, 0] - 0.5, orbit.shares[:, 2] - 0.5)
    # modulus of 1 + i/10
    np.testing.assert_allclose(distance[1:100] / distance[:99], math.sqrt(1.01), rtol=1e-3)


@pytest.mark.parametrize("values", [{"a": 1, "b": 2, "h": "44/100"}, {"a": 1, "b": 3, "h": "1/2"}])
def test_beyond_the_threshold_of_a_spiral_an_invariant_circle_attracts(values: dict[str, object]) -> None:
    dynamics = discrete_dynamic(CYCLE, difference_replicator("h"))
    found = [iterate(dynamics, start, values, generations=12_000) for start in ([0.5, 0.3, 0.2], [0.34, 0.33, 0.33])]
    assert [orbit.outcome.kind for orbit in found] == ["quasi-periodic"] * 2
    ranges = [[o.shares[-4000:].min(), o.shares[-4000:].max()] for o in found]
    np.testing.assert_allclose(ranges[0], ranges[1], atol=1e-3)


def test_a_large_background_is_continuous_time() -> None:
    # the mean payoff is 0, so one generation takes the time 1 / background
    start, time = [0.5, 0.3, 0.2], 2
    flow = integrate(replicator(CYCLE), start, t_end=time).final
    errors = []
    for background in (50, 100, 200, 400):
        orbit = iterate(discrete_dynamic(CYCLE, fitness_replicator(background)), start, generations=time * background)
        errors.append(np.abs(orbit.final - flow).max())
    np.testing.assert_allclose(np.array(errors[:-1]) / errors[1:], 2, rtol=0.02)


def test_a_dominated_strategy_vanishes() -> None:
    orbit = iterate(discrete_dynamic(MatrixGame([[2, 1], [1, 0]], symbol="x"), fitness_replicator(1)), {"x": 0.1})
    assert (orbit.outcome.kind, orbit.outcome.label) == ("converged", "E2")
    # beside x = 1 payoffs are 2 and 1
    assert np.diff(orbit.log_shares[-2:, 1])[0] == pytest.approx(math.log(2 / 3), rel=1e-9)


def test_an_orbit_as_a_table() -> None:
    orbit = iterate(STEPS, {"x": 0.3}, generations=10)
    data = orbit.to_xarray()
    assert data["shares"].dims == ("generation", "share")
    np.testing.assert_array_equal(data["shares"].values, orbit.shares)
    assert "<td>population.1</td><td>0.3</td>" in orbit._repr_html_()
    assert str(orbit).startswith("orbit to generation 10: ")


def test_requests_that_make_no_sense() -> None:
    with pytest.raises(UnsupportedError, match=r"is no map of generations; give discrete_dynamic"):
        iterate(replicator(ANTI), {"x": 0.3})  # type: ignore[arg-type]
    with pytest.raises(UnsupportedError, match=r"follow it with iterate"):
        integrate(STEPS, {"x": 0.3})  # type: ignore[arg-type]
    with pytest.raises(IntegrationError, match=r"a whole number of at least 1, got 2.5"):
        iterate(STEPS, {"x": 0.3}, generations=2.5)  # type: ignore[arg-type]
    with pytest.raises(StateError, match="call iterate for each"):
        iterate(STEPS, {"x": [0.3, 0.4]})
    with pytest.raises(IntegrationError, match="generations between 0 and 10"):
        iterate(STEPS, {"x": 0.3}, generations=10).average(5, 11)
    with pytest.warns(FaceStartWarning, match="absent strategies never appear"):
        iterate(STEPS, {"x": 1})
    with pytest.raises(IntegrationError, match="too few for exponents"):
        find_lyapunov_exponents(iterate(STEPS, {"x": 0.3}, generations=10))
