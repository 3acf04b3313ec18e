"""Groups of three and more strategies in finite populations: payoffs over all sets of co-players, chains, laws of rare mutants, simulation, limits."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from math import comb, prod

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    FinitePopulation,
    GameError,
    GroupGame,
    MatrixGame,
    ParameterError,
    best_response,
    catalog,
    death_birth,
    fermi_imitation,
    find_absorption,
    find_fixation,
    find_fixation_times,
    find_small_mutation_law,
    find_stationary_distribution,
    find_stochastic_stability,
    finite_population,
    logit,
    mean_dynamic,
    moran,
    selection_gradient,
    simulate_absorption,
    simulate_fixation,
    simulate_population,
    threshold_public_good,
    transition_chain,
    wright_fisher,
)
from coopgame.finite.exact_payoffs import exact_finite_payoffs
from coopgame.finite.group_draws import scaled_draws, whole_draws
from coopgame.finite.payoffs import GroupPayoffs, finite_payoffs
from coopgame.finite.states import compositions

OPTIONAL = catalog.optional_public_goods(3, r="5/2", c=1, sigma="3/4")
THREE = GroupGame(
    {"A": "where(k_B >= 2, a, 1) + k_A*k_C", "B": "(k_A + 1)/(k_B + 1)", "C": lambda k: k[0] ** 2 - k[1] * k[2]}, 4
)


def by_all_sets(game: GroupGame, counts: Sequence[int], i: int, j: int, values: dict[str, Fraction]) -> Fraction:
    """What one of i earns as one of j: the mean over all sets of size - 1 of the other members, who have faces."""
    others = [s for s, number in enumerate(counts) for _ in range(number - (s == i))]
    point = {sympy.Symbol(name): sympy.Rational(v.numerator, v.denominator) for name, v in values.items()}
    total, draws = Fraction(0), 0
    for drawn in combinations(others, game.size - 1):
        met = tuple(drawn.count(s) for s in range(len(counts)))
        entry = game.payoffs[j][game.compositions.index(met)].subs(point)
        total, draws = total + Fraction(int(entry.p), int(entry.q)), draws + 1
    return total / draws


def by_formula(
    game: GroupGame, counts: Sequence[int], i: int, j: int, table: Sequence[Sequence[Fraction]]
) -> Fraction:
    """The same by the multivariate hypergeometric distribution, for populations too large to list sets of."""
    others = [number - (s == i) for s, number in enumerate(counts)]
    ways = [prod(comb(o, k) for o, k in zip(others, met, strict=True)) for met in game.compositions]
    return sum((w * u for w, u in zip(ways, table[j], strict=True)), Fraction(0)) / comb(sum(others), game.size - 1)


def states(size: int, n: int) -> list[tuple[int, ...]]:
    return [tuple(map(int, row)) for row in compositions(size, n)]


@pytest.mark.parametrize(
    ("game", "size", "values"),
    [
        (OPTIONAL, 3, {}),
        (OPTIONAL, 6, {}),
        (THREE, 4, {"a": Fraction(-7, 3)}),
        (THREE, 6, {"a": Fraction(1, 3)}),
        (catalog.public_goods_with_punishment(3, r="5/2", c=1, sigma="3/4", beta="1/2", gamma="1/7"), 5, {}),
    ],
)
def test_payoffs_over_all_sets_of_co_players(game: GroupGame, size: int, values: dict[str, Fraction]) -> None:
    """Every state, every strategy as every other; Fractions exactly, floats as the nearest number of the whole sum."""
    n = len(game.payoffs)
    exact = exact_finite_payoffs(game, values, [size])
    floats = finite_payoffs(game, values, [size])
    counts = np.array(states(size, n))
    seen = floats.seen(0, [counts.astype(float)])
    whole = exact.seen(0, [np.vectorize(Fraction, otypes=[object])(counts)])
    for k, state in enumerate(counts):
        for i in np.flatnonzero(state):
            for j in range(n):
                expected = by_all_sets(game, [int(c) for c in state], int(i), j, values)
                assert whole[k, i, j] == expected and isinstance(whole[k, i, j], Fraction)
                assert seen[k, i, j] == pytest.approx(float(expected), rel=4e-16, abs=1e-300)


@pytest.mark.parametrize(("group", "size"), [(3, 10**6), (12, 100), (12, 10**9), (40, 41), (40, 40), (60, 10**5)])
def test_large_groups_and_populations(group: int, size: int) -> None:
    """Positive payoffs keep 13 digits where sets are too many for whole floats too; states with few and with many members."""
    game = GroupGame({"A": "1 + k_A**2", "B": "1/(1 + k_C)", "C": "k_A/7 + 3/2"}, group)
    table = [[Fraction(int(u.p), int(u.q)) for u in row] for row in game.payoffs]
    payoffs = finite_payoffs(game, {}, [size])
    assert isinstance(payoffs, GroupPayoffs)
    for counts in ([1, 2, size - 3], [size // 3, size // 3, size - 2 * (size // 3)], [size - 1, 1, 0], [0, 0, size]):
        seen = payoffs.seen(0, [np.array(counts, dtype=float)])
        for i in np.flatnonzero(counts):
            for j in range(3):
                expected = by_formula(game, counts, int(i), j, table)
                assert seen[i, j] == pytest.approx(float(expected), rel=1e-13), (counts, i, j)


@given(
    st.lists(st.fractions(-9, 9, max_denominator=8), min_size=8, max_size=8), st.integers(4, 9), st.integers(0, 10**6)
)
@settings(deadline=None, max_examples=25)
def test_two_strategies_by_both_ways(entries: list[Fraction], size: int, seed: int) -> None:
    """The means for any number of strategies and the table for two are the same numbers; scaled sets too."""
    game = GroupGame({"A": entries[:4], "B": entries[4:]}, 4)
    counts = np.array(states(size, 2), dtype=float)
    line = finite_payoffs(game, {}, [size]).seen(0, [counts])
    table = np.array([[float(u) for u in row] for row in game.payoffs])
    met = np.array(game.compositions)
    for draws in (whole_draws(met, size), scaled_draws(met, size)):
        seen = GroupPayoffs(draws, table).seen(0, [counts])
        there = (counts > 0)[..., None] & np.ones((2, 2), dtype=bool)
        np.testing.assert_allclose(seen[there], line[there], rtol=1e-13, atol=1e-14 * abs(table).max())


def test_a_strategy_that_nobody_plays_changes_nothing() -> None:
    """Fixation between two strategies of three is that of the game of two."""
    two = threshold_public_good(4, 2)
    three = GroupGame(
        {**dict(zip(("commit", "abstain"), two.rules, strict=True)), "idle": "K**2 + b"}, 4, integers={"M": 2}
    )
    values = {"b": 1, "K": 1, "fee": "0.3", "f0": "0.1"}
    for law in (fermi_imitation(2), moran("1/10"), death_birth("1/10")):
        small, large = (finite_population(game, law, 12) for game in (two, three))
        for resident, mutant in (("commit", "abstain"), ("abstain", "commit")):
            expected = find_fixation(small, values).log_probability(resident, mutant)
            assert find_fixation(large, values).log_probability(resident, mutant) == pytest.approx(
                expected, rel=1e-12
            )
            times = [find_fixation_times(one, values).generations(resident, mutant) for one in (small, large)]
            assert times[1] == pytest.approx(times[0], rel=1e-10)


LINEAR = catalog.public_goods_with_punishment(3, optional=False, r="5/2", c=1, beta="3/4", gamma="1/5")


def matrix_of(game: GroupGame) -> MatrixGame:
    """The game of pairs with the same mean payoffs, for payoffs linear in the co-players: the mean of k_l is (n - 1) o_l/(N - 1)."""
    assert game.pair_payoffs is not None
    return MatrixGame([list(row) for row in game.pair_payoffs], population=game.populations[0])


@pytest.mark.parametrize(
    "law", [fermi_imitation(1), moran("1/10"), best_response(), logit("1/5"), wright_fisher("1/10")]
)
def test_linear_payoffs_are_those_of_pairs(law: object) -> None:
    """Chains, stationary laws, gradients and paths are the same as of the MatrixGame, ties included."""
    groups, pairs = (
        finite_population(game, law, 9, mutation="1/50")  # type: ignore[arg-type]
        for game in (LINEAR, matrix_of(LINEAR))
    )
    one, other = transition_chain(groups).matrix.toarray(), transition_chain(pairs).matrix.toarray()
    np.testing.assert_allclose(one, other, atol=1e-14)
    laws = [find_stationary_distribution(each).mean_shares for each in (groups, pairs)]
    assert laws[0] == pytest.approx(laws[1], rel=1e-10)
    if not groups.generations:
        gradients = [selection_gradient(each).drift for each in (groups, pairs)]
        np.testing.assert_allclose(*gradients, atol=1e-14)


def test_stochastic_stability() -> None:
    """Exact orders: of linear payoffs those of pairs; otherwise the masses of the chain with few mutations tend to those of the limit."""
    for law in (best_response(), logit("1/5")):
        found = [find_stochastic_stability(finite_population(g, law, 7)) for g in (LINEAR, matrix_of(LINEAR))]
        assert str(found[0]) == str(found[1])
    game = GroupGame({"A": "3*k_A**2", "B": "where(k_B >= 2, 10, 0) + k_C", "C": "4"}, 3)
    limit = find_stochastic_stability(finite_population(game, best_response(), 6))
    chain = find_stationary_distribution(finite_population(game, best_response(), 6, mutation="1/1000000"))
    masses = {tuple(state.values()): float(limit.mass(list(state.values()))) for state in limit.stable}
    assert len(masses) > 0 and sum(masses.values()) == pytest.approx(1)
    for state, mass in masses.items():
        assert chain.at(list(state)) == pytest.approx(mass, abs=1e-4)


def test_the_drift_tends_to_the_mean_dynamic() -> None:
    """With an error that halves with twice the members."""
    game, values = catalog.optional_public_goods(5), {"r": 3, "sigma": 1}
    shares, law = np.array([0.3, 0.2, 0.5]), fermi_imitation(1)
    expected = mean_dynamic(game, law)(shares, values)
    errors = []
    for size in (40, 80, 160):
        found = selection_gradient(finite_population(game, law, size), values)
        place = transition_chain(found.population, values).index_of([round(size * x) for x in shares])
        errors.append(abs(found.per_time[place] - expected).max())
    assert errors[0] < 0.02 and errors[0] > 0.0001
    assert [a / b for a, b in pairwise(errors)] == pytest.approx([2, 2], rel=0.1)


def hypergeometric_pair(m: int, group: int, own: int, r: Fraction, sigma: Fraction) -> dict[str, Fraction]:
    """Mean payoffs of Hauert et al. (2002), by hand, for one type with `own` members among m: c = 1.

    Alone among those who abstain is who draws all group - 1 co-players from them.
    """
    alone = Fraction(comb(m - own, group - 1), comb(m - 1, group - 1))
    met = Fraction(group - 1, m - 1)
    return {
        "cooperate among abstain": alone * sigma + (1 - alone) * (r - 1),
        "defect among abstain": alone * sigma,
        "cooperate among defect": r / group * (1 + (own - 1) * met) - 1,
        "defect among cooperate": r / group * (m - own) * met,
    }


def test_optional_public_goods_between_two_types() -> None:
    m, group, r, sigma = 14, 5, Fraction(3), Fraction(3, 4)
    game = catalog.optional_public_goods(group, r=r, c=1, sigma=sigma)
    payoffs = exact_finite_payoffs(game, {}, [m])
    place = {"cooperate": 0, "defect": 1, "abstain": 2}
    for own in range(1, m):
        for text, expected in hypergeometric_pair(m, group, own, r, sigma).items():
            i, j = (place[word] for word in text.split(" among "))
            counts = np.array([Fraction(0)] * 3)
            counts[i], counts[j] = Fraction(own), Fraction(m - own)
            assert payoffs.seen(0, [counts])[i, i] == expected


def test_optional_public_goods_between_three_types() -> None:
    """P_d = alone sigma + r x/(m - z - 1) (1 - E 1/S) for S participants, P_c from a group in which one more contributes."""
    m, group, r, sigma = 13, 4, Fraction(5, 2), Fraction(2, 3)
    game = catalog.optional_public_goods(group, r=r, c=1, sigma=sigma)
    payoffs = exact_finite_payoffs(game, {}, [m])
    for x, y, z in states(m, 3):
        if not (x and y and z) or m - z < 2:
            continue
        chance = [Fraction(comb(m - z - 1, k) * comb(z, group - 1 - k), comb(m - 1, group - 1)) for k in range(group)]
        alone, inverse = chance[0], sum(p / (k + 1) for k, p in enumerate(chance))
        shared = r / (m - z - 1) * (1 - inverse)
        seen = payoffs.seen(0, [np.array([Fraction(x), Fraction(y), Fraction(z)])])
        # a lone participant has 1/S = 1, and shares nothing
        assert seen[1, 1] == alone * sigma + x * shared
        assert seen[0, 0] == alone * sigma + (x - 1) * shared + r * (inverse - alone) - (1 - alone)
        assert seen[2, 2] == sigma


def test_simulation_agrees_with_the_chain() -> None:
    """Means within five standard errors; fixation and absorption too."""
    game = catalog.optional_public_goods(3, r="5/2", c=1, sigma="3/4")
    population = finite_population(game, fermi_imitation(1), 12, mutation="1/20")
    paths = simulate_population(population, None, [4, 4, 4], steps=400_000, replicates=10, burn_in=1000, seed=3)
    law = find_stationary_distribution(population)
    exact = np.array(list(law.mean_shares.values()))
    assert (abs(paths.mean_shares - exact) < 5 * paths.standard_errors).all()
    still = finite_population(game, fermi_imitation(1), 12)
    takes = simulate_fixation(still, None, "abstain", "cooperate", runs=20_000, seed=5)
    assert (
        abs(takes.probability - find_fixation(still).probability("abstain", "cooperate")) < 5 * takes.standard_error
    )
    ends = simulate_absorption(still, None, [4, 4, 4], runs=20_000, seed=6)
    expected = find_absorption(still).at([4, 4, 4])
    for k, name in enumerate(game.populations[0].strategies):
        chance = expected[", ".join("12" if s == k else "0" for s in range(3))]
        low, high = ends.interval(name, confidence=0.999999)
        assert low <= chance <= high


def brute_step(population: FinitePopulation, counts: Sequence[int], i: int, j: int, beta: float) -> float:
    """The chance of a Fermi step from i to j, from payoffs over all sets of co-players."""
    game, m = population.game, population.size
    assert isinstance(game, GroupGame)
    gain = by_all_sets(game, counts, j, j, {}) - by_all_sets(game, counts, i, i, {})
    return counts[i] / m * counts[j] / (m - 1) / (1 + np.exp(-beta * float(gain)))


def test_the_chain_from_the_payoffs_alone() -> None:
    population = finite_population(OPTIONAL, fermi_imitation("3/2"), 6)
    chain = transition_chain(population)
    matrix = chain.matrix.toarray()
    for k, state in enumerate(chain.states):
        counts = [int(c) for c in state]
        for i in np.flatnonzero(state):
            for j in np.flatnonzero(state):
                if i != j:
                    after = list(counts)
                    after[i], after[j] = after[i] - 1, after[j] + 1
                    found = matrix[k, chain.index_of(after)]
                    assert found == pytest.approx(brute_step(population, counts, int(i), int(j), 1.5), rel=1e-13)


def test_ties_are_ties() -> None:
    """The mean of k_B among 10 others of whom 5 play B is 4*5/10 = 2: sums over all sets that are equal as fractions are equal as floats, in any unit."""
    for unit in ("1/3", "1", "1e-280", "1e280"):
        game = GroupGame({"A": "u*k_B", "B": "2*u", "C": "u*k_C"}, 5)
        process = finite_population(game, best_response(), 11).at({"u": unit})
        chances = process.chances(0, [np.array([1, 5, 5])])
        assert chances[0] == pytest.approx([0, 1 / 33, 1 / 33], rel=1e-14)


def test_what_is_refused_and_degenerate() -> None:
    with pytest.raises(GameError, match="groups of 5 cannot be drawn from a population of 4"):
        finite_population(catalog.optional_public_goods(5), fermi_imitation(), 4)
    with pytest.raises(ParameterError, match="take a larger unit"):
        finite_population(catalog.optional_public_goods(3), fermi_imitation(), 4).at(
            {"r": 2, "c": "1e291", "sigma": 1}
        )
    nothing = GroupGame(dict.fromkeys("ABC", 0), 3)
    for size in (3, 50, 10**5):
        law = find_small_mutation_law(finite_population(nothing, fermi_imitation(3), size))
        assert law.law == pytest.approx([1 / 3] * 3, rel=1e-12)
    whole = finite_population(THREE, fermi_imitation(1), 4)  # the group is the population
    assert transition_chain(whole, {"a": 1}).matrix.sum(axis=1) == pytest.approx(1)
