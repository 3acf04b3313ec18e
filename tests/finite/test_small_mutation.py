"""Rare mutants: the limit of whole chains, laws with many digits, arrays of parameters, several populations, and other laws of the same science."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.finite.stepwise_chains import log_sum_of_products, stationary

from coopgame import (
    GroupGame,
    Law,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    ProtocolError,
    StateError,
    UnsupportedError,
    death_birth,
    fermi_imitation,
    find_alpha_rank,
    find_fixation,
    find_small_mutation_law,
    finite_population,
    imitative_logit,
    linear_fitness,
    logit,
    moran,
    pairwise_imitation,
    transition_chain,
    wright_fisher,
)
from coopgame._kernels.fixation import laws_of_rare_mutants

THREE = [[0, 2, -1], [1, 0, 3], [2, -1, 1]]


def _corners(chain: np.ndarray, states: np.ndarray, sizes: list[int]) -> np.ndarray:
    """The law of a chain at its states of one strategy, in Fractions."""
    rows = [[Fraction(float(v)) for v in row] for row in chain]
    for k, row in enumerate(rows):
        row[k] += 1 - sum(row)
    law = stationary(rows)
    places = [k for k, state in enumerate(states) if ((state == 0) | np.isin(state, sizes)).all()]
    return np.array([float(law[k]) for k in places])


@pytest.mark.parametrize(
    "law",
    [
        fermi_imitation(1),
        moran("1/2"),
        moran("1/10", linear_fitness()),
        death_birth(1),
        wright_fisher("1/2"),
        imitative_logit(2),
    ],
)
def test_the_limit_of_the_whole_chain(law: Law) -> None:
    """With a mutation of 1e-9 the chain of all states spends its time at the corners as the law of rare mutants says."""
    population = finite_population(MatrixGame(THREE), law, 4, mutation="1/10**9")
    chain = transition_chain(population)
    corners = _corners(chain.matrix.toarray(), chain.states, [4])[
        ::-1
    ]  # states rise, so the first strategy stands last
    np.testing.assert_allclose(find_small_mutation_law(population).law, corners, rtol=1e-6)


def test_the_limit_of_chains_of_several_populations() -> None:
    """Unequal sizes, numbers of strategies and mutations weigh how often each population has a mutant."""
    game = NormalFormGame.from_bimatrix(
        [[1, 0, 2], [0, 2, 1]], [[0, 1, 2], [1, 3, 0]], {"one": ["a", "b"], "two": ["x", "y", "z"]}
    )
    for mutation in ({"one": "1/10**9", "two": "1/10**9"}, {"one": "4/10**9", "two": "1/10**9"}):
        population = finite_population(game, fermi_imitation(1), {"one": 3, "two": 2}, mutation=mutation)
        chain = transition_chain(population)
        corners = _corners(chain.matrix.toarray(), chain.states, [3, 2])
        found = find_small_mutation_law(population)
        assert found.labels == ("a, x", "a, y", "a, z", "b, x", "b, y", "b, z")
        np.testing.assert_allclose(found.law[[5, 4, 3, 2, 1, 0]], corners, rtol=1e-6)
        shares = found.strategy_shares
        assert shares["one"]["a"] == pytest.approx(found.law[:3].sum())
        assert shares["two"]["y"] == pytest.approx(found.mass("a, y") + found.mass(("b", "y")))


def test_two_strategies_with_sixty_digits() -> None:
    """The law of two is as the chances to take over each other; at an intensity of 10^4 its logarithm is -10^5 and known."""
    game = MatrixGame([[3, 0], [5, 1]], ["C", "D"])
    size, beta = 60, 10**4
    found = find_small_mutation_law(finite_population(game, fermi_imitation(beta), size))
    with mpmath.workdps(60):
        gains = [Fraction(5 * k + (size - k - 1) - 3 * (k - 1), size - 1) for k in range(1, size)]  # D over C
        of_d = -log_sum_of_products([-beta * mpmath.mpf(g.numerator) / g.denominator for g in reversed(gains)])
        of_c = -log_sum_of_products([beta * mpmath.mpf(g.numerator) / g.denominator for g in gains])
        exact = of_c - of_d
    assert found.log_law[0] == pytest.approx(float(exact), rel=1e-12) and found.log_law[0] < -1e5
    assert found.log_law[1] == 0 and "e-" in str(found)


@given(st.integers(0, 10**6), st.integers(2, 5), st.sampled_from([2, 3, 40]), st.sampled_from(["1/100", "1", "30"]))
@settings(max_examples=25)
def test_alpha_rank_is_the_same_science(seed: int, strategies: int, size: int, intensity: str) -> None:
    """Alpha-rank of one population, and of several with as many strategies, is the law of rare mutants under the Fermi rule."""
    rng = np.random.default_rng(seed)
    game = MatrixGame(rng.integers(-5, 6, (strategies, strategies)).tolist())
    rank = find_alpha_rank(game, intensity=intensity, size=size)
    found = find_small_mutation_law(finite_population(game, fermi_imitation(intensity), size))
    np.testing.assert_allclose(found.log_law, rank.log_masses, rtol=1e-10, atol=1e-10)
    roles = NormalFormGame([rng.integers(-5, 6, (2, 2, 2)).tolist() for _ in range(3)])
    rank = find_alpha_rank(roles, intensity=intensity, size=size)
    found = find_small_mutation_law(finite_population(roles, fermi_imitation(intensity), size))
    np.testing.assert_allclose(found.log_law, rank.log_masses, rtol=1e-10, atol=1e-10)


def _named(n: int) -> MatrixGame:
    return MatrixGame([[f"a{i}_{j}" for j in range(n)] for i in range(n)])


@pytest.mark.parametrize(
    "law", [fermi_imitation("w"), moran("w"), moran("w/1000", linear_fitness()), death_birth("w")]
)
def test_arrays_of_parameters(law: Law) -> None:
    """Every point of an array is what it is alone, compiled or not."""
    game = MatrixGame([[f"a{i}_{j} + w/10" for j in range(3)] for i in range(3)])
    rng = np.random.default_rng(5)
    values = {f"a{i}_{j}": rng.normal(size=7) for i in range(3) for j in range(3)}
    values["a0_0"] = 1.5  # type: ignore[assignment]
    values["w"] = rng.uniform(0.1, 20, 7)
    population = finite_population(game, law, 30)
    found = find_small_mutation_law(population, values)
    assert found.law.shape == (7, 3) and found.transition.shape == (7, 3, 3)
    for k in range(7):
        alone = find_small_mutation_law(
            population, {n: v[k].item() if isinstance(v, np.ndarray) else v for n, v in values.items()}
        )
        np.testing.assert_allclose(found.log_law[k], alone.log_law, rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(found.log_fixation[k], alone.log_fixation, rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(found.transition[k], alone.transition, rtol=1e-9, atol=1e-300)
        assert [(s.resident, s.mutant) for s in found.strong_transitions(k)] == [
            (s.resident, s.mutant) for s in alone.strong_transitions()
        ]
    table = found.to_xarray()
    assert table.law.dims == ("point", "resident") and table["w"].dims == ("point",)
    assert table.law.sel(resident="2")[3].item() == found.mass("2")[3]
    assert len(found.to_dataframe()) == 7 and "7 points" in str(found) and "<pre>" in found._repr_html_()
    assert found.strategy_shares["population"]["1"].shape == (7,)


def test_a_thousand_games_with_many_digits() -> None:
    """Some games of a large batch beside sums with forty digits and exact stationary laws of the small chain."""
    rng = np.random.default_rng(11)
    payoffs = rng.normal(scale=30, size=(40, 4, 4))
    chances, laws = laws_of_rare_mutants(payoffs, 100, np.full(40, 2.0))
    with mpmath.workdps(40):
        for g in range(0, 40, 8):
            matrix = [[mpmath.mpf(0)] * 4 for _ in range(4)]
            for i in range(4):
                for j in range(4):
                    if i == j:
                        continue
                    a = [[mpmath.mpf(float(v)) for v in row] for row in payoffs[g]]
                    gains = [
                        ((k - 1) * a[j][j] + (100 - k) * a[j][i] - k * a[i][j] - (99 - k) * a[i][i]) / 99
                        for k in range(1, 100)
                    ]
                    exact = -log_sum_of_products([-2 * gain for gain in gains])
                    assert abs(chances[g, i, j] - exact) <= 1e-10 * max(1, abs(exact))
                    matrix[i][j] = mpmath.e**exact
            trees = [mpmath.fsum(_tree_weights(matrix, root)) for root in range(4)]
            for k in range(4):
                exact = mpmath.log(trees[k] / mpmath.fsum(trees))
                assert abs(laws[g, k] - exact) <= 1e-10 * max(1, abs(exact))


def _tree_weights(matrix: list[list[mpmath.mpf]], root: int) -> list[mpmath.mpf]:
    """The weights of all trees to a root: the Markov chain tree theorem."""
    from itertools import product

    others = [k for k in range(len(matrix)) if k != root]
    found = []
    for parents in product(range(len(matrix)), repeat=len(others)):
        follow = dict(zip(others, parents, strict=True))
        if all(_reaches(follow, k, root) for k in others):
            found.append(mpmath.fprod(matrix[k][j] for k, j in follow.items()))
    return found


def _reaches(follow: dict[int, int], start: int, root: int) -> bool:
    seen = set()
    while start != root:
        if start in seen or follow[start] == start:
            return False
        seen.add(start)
        start = follow[start]
    return True


def test_strong_transitions() -> None:
    """Those that take over more often than 1/N, by that measure; neutral ones are none."""
    game = MatrixGame([[1, 1, 0], [1, 1, 0], [2, 2, 1]], ["A", "B", "C"])
    population = finite_population(game, fermi_imitation(1), 20)
    found = find_small_mutation_law(population)
    fixation = find_fixation(population)
    strong = found.strong_transitions()
    assert {(s.resident, s.mutant) for s in strong} == {("A", "C"), ("B", "C")}
    assert strong[0].times_neutral == pytest.approx(20 * fixation.probability("A", "C"))
    assert "A -> C: " in str(found) and "<table>" in found._repr_html_()
    np.testing.assert_allclose(found.transition.sum(axis=-1), 1)
    assert found.transition[0, 2] == pytest.approx(fixation.probability("A", "C") / 2)
    assert list(found.to_dataframe().columns) == ["state", "share", "log_share"]
    assert found.to_xarray().transition.sel(resident="A", mutant="C").item() == found.transition[0, 2]


def test_groups() -> None:
    game = GroupGame({"a": [0, 1, 3], "b": [1, 1, 4]}, 3)
    population = finite_population(game, fermi_imitation(1), 15)
    found, fixation = find_small_mutation_law(population), find_fixation(population)
    odds = fixation.probability("b", "a") / fixation.probability("a", "b")
    assert found.mass("a") / found.mass("b") == pytest.approx(odds, rel=1e-12)


def test_one_strategy() -> None:
    assert find_small_mutation_law(finite_population(MatrixGame([[1]]), moran(), 5)).law.tolist() == [1.0]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: find_small_mutation_law(finite_population(_named(2), logit(1), 5)), UnsupportedError, "come back"),
        (
            lambda: find_small_mutation_law(
                finite_population(MatrixGame([[1, 0], [0, 1]], ["A", "B"]), pairwise_imitation(), 5)
            ),
            StateError,
            "2 closed classes, {A}; {B}",
        ),
        (
            lambda: find_small_mutation_law(
                finite_population(_named(2), moran(), 5), {"a0_0": [1, 2], "a0_1": [1, 2, 3], "a1_0": 0, "a1_1": 0}
            ),
            ParameterError,
            "as long as each other",
        ),
        (
            lambda: find_small_mutation_law(
                finite_population(_named(2), moran(), 5), {"a0_0": np.ones((2, 2)), "a0_1": 0, "a1_0": 0, "a1_1": 0}
            ),
            ParameterError,
            "one dimension",
        ),
        (
            lambda: find_small_mutation_law(
                finite_population(_named(2), moran(), 5), {"a0_0": [1, math.nan], "a0_1": 0, "a1_0": 0, "a1_1": 0}
            ),
            ParameterError,
            "no finite number",
        ),
        (
            lambda: find_small_mutation_law(
                finite_population(MatrixGame([["1/a", 0], [0, 1]]), moran(), 5), {"a": [1, 0]}
            ),
            ParameterError,
            "1/a is inf at entry 1",
        ),
        (
            lambda: find_small_mutation_law(
                finite_population(MatrixGame([["a", 0], [0, 1]]), fermi_imitation("a"), 5), {"a": [1, -1]}
            ),
            ProtocolError,
            "positive",
        ),
        (
            lambda: find_small_mutation_law(finite_population(_named(2), moran(), 5), {"a0_0": [1, 2]}),
            ParameterError,
            "no value for a0_1",
        ),
        (
            lambda: find_small_mutation_law(
                finite_population(_named(2), moran(), 5), {"a0_0": [1, 2], "a0_1": 0, "a1_0": 0, "a1_1": 0}
            ).strong_transitions(),
            StateError,
            "which of the 2 points",
        ),
    ],
)
def test_errors(call: Callable[[], object], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
