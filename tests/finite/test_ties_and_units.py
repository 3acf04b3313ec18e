"""Payoffs in units: whatever they are multiplied by, ties are ties and large exponents are exact; beside Fractions and sixty digits."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, pairwise, product
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    GroupGame,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    Protocol,
    best_response,
    birth_death,
    death_birth,
    fermi_imitation,
    find_fixation,
    find_stochastic_stability,
    finite_population,
    imitative_logit,
    logit,
    moran,
    selection_gradient,
    simulate_population,
    transition_chain,
)
from coopgame.dynamics import protocol_rates
from coopgame.finite.common_denominator import over_common_denominator
from coopgame.finite.exact_payoffs import exact_finite_payoffs
from coopgame.finite.followers import compiled_follower
from coopgame.finite.path import PlainFollower
from coopgame.finite.payoffs import RolePayoffs
from coopgame.finite.simulate_population import path_of
from coopgame.finite.state_table import face_of

UNITS = ["1/10", "1/3", "1e20", "1e-250", "7/11000000"]
MOST = 1e-10


def _scaled(rows: list[list[int]], unit: str) -> list[list[str]]:
    return [[f"{number}*{unit}" for number in row] for row in rows]


@pytest.mark.parametrize("unit", UNITS)
def test_ties_of_best_response_are_exact_at_every_size(unit: str) -> None:
    """Coordination with 3, 1, 7 in any unit gives the same chain."""
    rows = [[3, 0], [1, 7]]
    for size in (*range(2, 40), 101, 1001):
        whole, scaled = (
            transition_chain(finite_population(MatrixGame(own), best_response(), size, mutation="1/10")).matrix
            for own in (rows, _scaled(rows, unit))
        )
        assert (whole != scaled).nnz == 0


@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=3, max_size=3),
    st.integers(2, 6),
    st.sampled_from(UNITS),
)
def test_best_replies_of_pairs_are_those_of_fractions(rows: list[list[int]], size: int, unit: str) -> None:
    population = finite_population(MatrixGame(_scaled(rows, unit)), best_response(), size)
    for state in (s for s in product(range(size + 1), repeat=3) if sum(s) == size):
        chances = population.at().chances(0, [np.array(state)])
        for i in range(3):
            earned = [sum(n * a for n, a in zip(state, row, strict=True)) - row[i] for row in rows]
            best = [j for j in range(3) if earned[j] == max(earned)]
            for j in range(3):
                expected = state[i] / size / len(best) if state[i] and j in best and j != i else 0
                assert chances[i, j] == pytest.approx(expected, rel=1e-14)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.integers(-9, 9), min_size=4, max_size=4), min_size=2, max_size=2), st.integers(4, 30))
def test_groups_have_the_sums_of_fractions(rows: list[list[int]], size: int) -> None:
    """To the last digit, so that equal ones are equal."""
    game = GroupGame({"a": [f"{v}/7" for v in rows[0]], "b": [f"{v}/7" for v in rows[1]]}, 4)
    counts = [np.stack([np.arange(size + 1), size - np.arange(size + 1)], axis=-1)]
    found = finite_population(game, best_response(), size).at().payoffs.seen(0, counts)
    exact = exact_finite_payoffs(game, {}, (size,)).seen(0, counts)
    assert (found == exact.astype(float)).all()


def test_many_groups_have_sums_of_floats() -> None:
    """Half a million members, where sums in whole numbers would take too long: the same to ten digits."""
    game = GroupGame({"a": [0, 1, 3], "b": ["1/3", 1, 2]}, 3)
    found = finite_population(game, moran(), 500_000).at().payoffs.seen(0, [np.array([125_001.0, 374_999.0])])
    x = 0.25
    assert found[0, 0] == pytest.approx(2 * x * (1 - x) + 3 * x**2, rel=1e-5)
    assert found[0, 1] == pytest.approx((1 - x) ** 2 / 3 + 2 * x * (1 - x) + 2 * x**2, rel=1e-5)


@pytest.mark.parametrize("unit", UNITS)
def test_ties_between_populations(unit: str) -> None:
    rows = [[[3, 2], [0, 5]], [[1, 0], [7, 1]]]
    games = [_bimatrix(rows, one) for one in ("1", unit)]
    whole, scaled = (
        transition_chain(finite_population(game, best_response(), _sizes(game), mutation="1/10")).matrix
        for game in games
    )
    assert (whole != scaled).nnz == 0
    payoffs = finite_population(games[1], best_response(), _sizes(games[1])).at().payoffs
    assert isinstance(payoffs, RolePayoffs) and float(payoffs.numerators[0].max()) < 100


def _bimatrix(rows: list[Any], unit: str) -> NormalFormGame:
    first, second = ([[f"{cell[k]}*{unit}" for cell in row] for row in rows] for k in (0, 1))
    return NormalFormGame.from_bimatrix(first, second)


def _sizes(game: NormalFormGame) -> dict[str, int]:
    return {own.name: size for own, size in zip(game.populations, (10, 6), strict=True)}


@pytest.mark.parametrize("law", [best_response(), logit("1/5")])
def test_compiled_paths_meet_the_same_ties(law: Any) -> None:
    """Nine members and payoffs 3/10, 1/10, 7/10: at two of the first strategy both pay the same."""
    game = MatrixGame([["3/10", 0], ["1/10", "7/10"]])
    process = finite_population(game, law, 10, mutation="1/10").at()
    start, marks = np.array([5, 5]), np.arange(0, 3000, 10)
    compiled = compiled_follower(process)
    assert compiled is not None
    paths = []
    for follower in (compiled, PlainFollower(process, face_of(process, start))):
        path = path_of(process, start, marks, 3, 0)
        follower.follow(path, 10**6)
        paths.append(path.course.shown)
    assert (paths[0] == paths[1]).all() and len(np.unique(paths[0][:, 0])) > 2


def test_stability_and_long_run_agree_at_ties() -> None:
    """Both use whole numbers: at a mutation of 1e-9 the chain has the masses of the limit."""
    game = MatrixGame([["3/10", 0], ["1/10", "7/10"]])
    for size in (5, 8, 9, 10):
        limit = find_stochastic_stability(finite_population(game, best_response(), size))
        chain = transition_chain(finite_population(game, best_response(), size, mutation="1/1000000000"))
        line = np.log([[chain.matrix[k, k + 1], chain.matrix[k + 1, k]] for k in range(size)])
        logs = np.concatenate([[0], np.cumsum(line[:, 0] - line[:, 1])])
        masses = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
        for state, mass in zip(chain.states, masses, strict=True):
            assert mass == pytest.approx(float(limit.mass(state)), abs=1e-6)


HUGE = {
    "anticoordination": [["0", "1e8"], ["1e8", "0"]],
    "three": [["0", "1e8", "1e8/3"], ["1e8", "0", "1e8/3"], ["1e8/3", "1e8/3", "0"]],
    "far from 0": [["1e8 + 1/3", "1e8 + 1/7"], ["1e8 + 1/5", "1e8"]],
    "beyond": [["0", "1e280"], ["1e280", "0"]],
    "tiny": [["0", "1e-300"], ["2e-300", "0"]],
}


@pytest.mark.parametrize("name", HUGE)
@pytest.mark.parametrize("size", [2, 3, 50, 500])
@pytest.mark.parametrize("law", [fermi_imitation, moran])
def test_large_exponents_that_cancel(name: str, size: int, law: Any) -> None:
    """Intensity 100: exponents rise and fall by 1e10 and more and come back to 0, and what is left keeps its digits."""
    game = MatrixGame(HUGE[name])
    a = [[Fraction(int(v.p), int(v.q)) for v in row] for row in game.payoffs]
    logs = find_fixation(finite_population(game, law(100), size)).log_probabilities
    with mpmath.workdps(60):
        for i, j in product(range(len(a)), repeat=2):
            if i != j:
                gains = [
                    (a[j][j] * (k - 1) + a[j][i] * (size - k) - a[i][j] * k - a[i][i] * (size - k - 1)) / (size - 1)
                    for k in range(1, size)
                ]
                logs_of_terms = [Fraction(0), *accumulate(-100 * gain for gain in gains)]
                most = max(logs_of_terms)
                near = [
                    mpmath.mpf(t.numerator) / t.denominator for t in (log - most for log in logs_of_terms) if t > -300
                ]
                exact = -(mpmath.mpf(most.numerator) / most.denominator + mpmath.log(sum(map(mpmath.exp, near))))
                assert abs(logs[i, j] - exact) <= MOST * max(1, abs(exact))


def test_what_rounding_leaves_is_refused() -> None:
    """Imitative logit goes step by step: at exponents of 1e10 it is refused where it would be noise, and is right where it is not."""
    with pytest.raises(ParameterError, match="rounding leaves no digits"):
        find_fixation(finite_population(MatrixGame(HUGE["anticoordination"]), imitative_logit("1/100"), 500))
    game = MatrixGame([["0", "1e8"], ["2e8", "3e8"]])
    found = find_fixation(finite_population(game, imitative_logit("1/100"), 500))
    assert found.probability("1", "2") == 1


def test_imitative_logit_holds_large_payoffs() -> None:
    """Payoffs over noise of 1e12 lost the digits by which chances sum to 1."""
    game = MatrixGame([["1e10 + 1", "1e10"], ["1e10", "1e10 + 2"]])
    for law in (imitative_logit("1/100"), logit("1/100")):
        chances = finite_population(game, law, 3).at().chances(0, [np.array([2, 1])])
        assert chances.min() >= 0 and chances.sum() <= 1 + 1e-15


@pytest.mark.parametrize("rule", [moran, birth_death, death_birth])
def test_numbers_count_beside_large_exponents(rule: Any) -> None:
    """Members of equal fitness e^(3e9) give parents by their numbers, to all digits."""
    process = finite_population(MatrixGame([[3, 3, 0], [3, 3, 0], [0, 0, 0]]), rule(10**9), 8).at()
    chances = process.chances(0, [np.array([5, 3, 0])])
    whole = 64 if rule is moran else 56
    assert chances[0, 1] == pytest.approx(15 / whole, rel=1e-14)
    assert chances[1, 0] == pytest.approx(15 / whole, rel=1e-14)


def test_fermi_rates_without_meetings_are_another_law() -> None:
    """A protocol of one's own with the Fermi formula that copies nobody has no formula of imitation."""
    own = Protocol(
        "smoothed comparison",
        protocol_rates.fermi,
        log_rates=protocol_rates.log_fermi,
        settings={"intensity": 1},
        levels=fermi_imitation().levels,
    )
    population = finite_population(MatrixGame([[1, 0], [0, 2]]), own, 4)
    chain = transition_chain(population)
    assert chain.probability([0, 4], [1, 3]) == pytest.approx(1 / (1 + np.exp(2 - 0)))
    assert selection_gradient(population).gradient[0] == pytest.approx(1 / (1 + np.exp(2)))
    with pytest.raises(Exception, match="no limit of vanishing noise"):
        find_stochastic_stability(finite_population(MatrixGame([[1, 0], [0, 2]]), own, 4, mutation="1/10"))


def test_common_denominators() -> None:
    def read(rows: list[list[str]], members: int) -> Any:
        return over_common_denominator(MatrixGame(rows).payoffs, members)

    numerators, denominator = read([["1/6", "1/4"], ["0", "-2"]], 100)
    assert numerators.tolist() == [[2, 3], [0, -24]] and denominator == 12
    numerators, denominator = read([["2e30", "0"], ["4e30", "-6e30"]], 100)
    assert numerators.tolist() == [[1, 0], [2, -3]] and denominator == 0.5e-30
    assert read([["1", "1e30"], ["0", "0"]], 100) is None
    assert read([["1/3", str(2**40)], ["0", "0"]], 10**4) is None
    zero, _ = read([["0", "0"], ["0", "0"]], 10**9)
    assert (zero == 0).all()
    a = [[0.1, 0.7], [0.3, 0.2]]
    assert over_common_denominator(MatrixGame(a).payoffs, 50) is None  # floats with 53 digits


def test_paths_do_not_depend_on_the_unit() -> None:
    rows = [[0, 2, 1], [1, 0, 3], [2, 1, 0]]
    shown = []
    for unit, intensity in (("1", "1/2"), ("1/6", "3"), ("1e30", "1/2*1e-30")):
        population = finite_population(
            MatrixGame(_scaled(rows, unit)), fermi_imitation(intensity), 30, mutation="1/9"
        )
        shown.append(simulate_population(population, None, [10, 10, 10], 5000, seed=4).counts)
    for a, b in pairwise(shown):
        assert (a == b).all()
