"""Stochastically stable states: all trees by enumeration, chains with little noise, and what is known of two-by-two and larger games."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    GroupGame,
    Law,
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    ProtocolError,
    StateError,
    UnsupportedError,
    best_response,
    fermi_imitation,
    find_stationary_distribution,
    find_stochastic_stability,
    finite_population,
    logit,
    moran,
    wright_fisher,
)
from coopgame.dynamics.markov import Term
from coopgame.finite.resistances import resistances_of
from coopgame.finite.small_noise import small_noise_chain

STAG_HUNT = MatrixGame([[4, 0], [3, 2]], ["stag", "hare"])


def _trees(rates: tuple[dict[int, Term], ...], root: int) -> Term | None:
    """The leading term of the sum of all trees to a root, edge by edge."""
    others = [k for k in range(len(rates)) if k != root]
    best: Term | None = None
    for parents in product(*(sorted(rates[k]) for k in others)):
        follow = dict(zip(others, parents, strict=True))
        if not all(_arrives(follow, k, root) for k in others):
            continue
        order = sum((rates[k][j][0] for k, j in follow.items()), Fraction(0))
        weight = Fraction(1)
        for k, j in follow.items():
            weight *= rates[k][j][1]
        if best is None or order < best[0]:
            best = (order, weight)
        elif order == best[0]:
            best = (order, best[1] + weight)
    return best


def _arrives(follow: Mapping[int, int], start: int, root: int) -> bool:
    for _ in range(len(follow) + 1):
        if start == root:
            return True
        start = follow[start]
    return False


@pytest.mark.parametrize(
    ("game", "size"),
    [
        (STAG_HUNT, 5),
        (MatrixGame([[0, 1], [1, 0]]), 4),
        (MatrixGame([[1, 1], [1, 1]]), 4),
        (MatrixGame([[3, 0, 1], [0, 2, 1], [1, 1, 1]]), 2),
        (MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]), 2),
        (GroupGame({"a": [0, 0, 3], "b": [1, 1, 1]}, 3), 4),
    ],
)
@pytest.mark.parametrize("law", [best_response(), logit("2/3")])
def test_all_trees(game: MatrixGame, size: int, law: Law) -> None:
    """The Markov chain tree theorem: each mass is the sum over all trees to its state, here one by one (Freidlin and Wentzell 1984)."""
    population = finite_population(game, law, size)
    found = find_stochastic_stability(population)
    rates = small_noise_chain(population, None).rates
    trees = [_trees(rates, root) for root in range(len(rates))]
    assert all(tree is not None for tree in trees)
    least = min(tree[0] for tree in trees if tree)
    total = sum((tree[1] for tree in trees if tree and tree[0] == least), Fraction(0))
    assert list(found.terms) == [(tree[0] - least, tree[1] / total) for tree in trees if tree]
    assert found.known == "exact"


@given(st.integers(0, 10**6), st.sampled_from([2, 3]))
@settings(max_examples=15)
def test_chains_with_little_noise(seed: int, strategies: int) -> None:
    """The logarithm of each probability of a chain with mutation 1e-8, or with noise 1/400, is log c + r log e."""
    rng = np.random.default_rng(seed)
    game = MatrixGame(rng.integers(-3, 4, (strategies, strategies)).tolist())
    size = 5
    limit = find_stochastic_stability(finite_population(game, best_response(), size))
    little = find_stationary_distribution(finite_population(game, best_response(), size, mutation="1/10**8"))
    expected = [np.log(float(c)) + float(r) * np.log(1e-8) for r, c in limit.terms]
    np.testing.assert_allclose(little.log_probabilities, expected, atol=1e-5)
    limit = find_stochastic_stability(finite_population(game, logit(2), size))
    little = find_stationary_distribution(finite_population(game, logit("2/400"), size))
    expected = [np.log(float(c)) - float(r) * 400 for r, c in limit.terms]
    np.testing.assert_allclose(little.log_probabilities, expected, rtol=1e-9, atol=1e-5)


def test_intense_selection_with_mutation() -> None:
    limit = find_stochastic_stability(finite_population(STAG_HUNT, fermi_imitation(1), 8, mutation="1/10"))
    near = find_stationary_distribution(finite_population(STAG_HUNT, fermi_imitation(4000), 8, mutation="1/10"))
    np.testing.assert_allclose(near.probabilities, [float(c) for _, c in limit.terms], rtol=1e-10)


@pytest.mark.parametrize("size", [9, 20, 41])
@pytest.mark.parametrize("law", [best_response(), logit(1)])
def test_risk_dominance(size: int, law: Law) -> None:
    """In two-by-two games of coordination the risk-dominant strategy is stable, not the better one (Kandori, Mailath and Rob 1993; Blume 1993)."""
    found = find_stochastic_stability(finite_population(STAG_HUNT, law, size))
    assert found.stable == ({"stag": 0, "hare": size},) and found.mass([0, size]) == 1
    assert found.mean_shares == {"stag": 0.0, "hare": 1.0}
    safe = MatrixGame([[4, 0], [1, 2]], ["stag", "hare"])
    assert find_stochastic_stability(finite_population(safe, law, size)).stable == ({"stag": size, "hare": 0},)


def test_resistances_of_a_coordination_game() -> None:
    """Stags pay with s > 2 (N - 1)/3 others: so many mistakes lead there, and so many of the rest back; exactly."""
    for size in (8, 10, 15):
        found = find_stochastic_stability(finite_population(STAG_HUNT, best_response(), size))
        to_stag = next(s for s in range(size) if 4 * s >= 3 * s + 2 * (size - 1 - s))
        to_hare = next(h for h in range(size) if 4 * (size - 1 - h) <= 3 * (size - 1 - h) + 2 * h)
        assert found.classes == (((0, size),), ((size, 0),))
        assert found.resistances == ((0, to_stag), (to_hare, 0))
        hare, stag = found.bounds
        assert (hare.radius, hare.coradius, hare.decides) == (to_stag, to_hare, True)
        assert (stag.radius, stag.coradius, stag.decides) == (to_hare, to_stag, False)
        assert found.potentials == (0, to_stag - to_hare)
        assert found.term([size, 0])[0] == to_stag - to_hare


def test_the_example_of_young() -> None:
    """The example of Young (1993) with three conventions: the third convention risk-dominates each other one, and the second is stable. Direct mistakes are 3/8 and 2/5 of the population."""
    game = MatrixGame([[6, 0, 0], [5, 7, 5], [0, 5, 8]])
    found = find_stochastic_stability(finite_population(game, best_response(), 40))
    assert found.stable == ({"1": 0, "2": 40, "3": 0},) and found.known.startswith("exact orders")
    third, second, first = found.bounds
    assert second.decides and second.radius == 16 and third.radius == 15 and first.radius == 5


def test_two_populations() -> None:
    """Young (1993): two-by-two between populations; equal resistances share the mass, and otherwise the risk-dominant one is stable."""
    sexes = NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[1, 0], [0, 2]], {"one": ["a", "b"], "two": ["x", "y"]})
    found = find_stochastic_stability(finite_population(sexes, best_response(), 7))
    assert {tuple(state.values()) for state in found.stable} == {(0, 7, 0, 7), (7, 0, 7, 0)}
    assert found.mass({"one": {"a": 7}, "two": {"x": 7}}) == Fraction(1, 2)
    unequal = NormalFormGame.from_bimatrix([[3, 0], [0, 1]], [[1, 0], [0, 2]], {"one": ["a", "b"], "two": ["x", "y"]})
    [state] = find_stochastic_stability(finite_population(unequal, best_response(), 12)).stable
    assert state == {"one.a": 12, "one.b": 0, "two.x": 12, "two.y": 0}


def test_the_potential_of_logit() -> None:
    """Under logit the law is that of Gibbs: the order of a state is by how much its potential is below the best (Blume 1993)."""
    size = 9
    found = find_stochastic_stability(finite_population(STAG_HUNT, logit(1), size))
    potential = [Fraction(0)]
    for k in range(size):  # one more stag: what it gains beside k stags and size - 1 - k hares
        potential.append(potential[-1] + Fraction(4 * k - 3 * k - 2 * (size - 1 - k), size - 1))
    assert [order for order, _ in found.terms] == [max(potential) - own for own in potential]


def test_noises_in_proportion() -> None:
    """Populations with other noises: orders are in units of 1/noise."""
    game = NormalFormGame.from_bimatrix([[3, 0], [0, 1]], [[1, 0], [0, 2]], {"one": ["a", "b"], "two": ["x", "y"]})
    limit = find_stochastic_stability(finite_population(game, {"one": logit(1), "two": logit(2)}, 3))
    near = find_stationary_distribution(finite_population(game, {"one": logit("1/500"), "two": logit("2/500")}, 3))
    expected = [np.log(float(c)) - float(r) * 500 for r, c in limit.terms]
    np.testing.assert_allclose(near.log_probabilities, expected, rtol=1e-9, atol=1e-6)


def test_paths_by_enumeration() -> None:
    """Least costs beside a fixed point of the triangle inequality (Floyd and Warshall), on random graphs."""
    rng = np.random.default_rng(2)
    for _ in range(20):
        n = int(rng.integers(2, 8))
        rates: list[dict[int, Term]] = [
            {j: (Fraction(int(rng.integers(0, 4)), 2), Fraction(1)) for j in range(n) if j != i} for i in range(n)
        ]
        costs = [[Fraction(0) if i == j else rates[i][j][0] for j in range(n)] for i in range(n)]
        for k, i, j in product(range(n), repeat=3):
            costs[i][j] = min(costs[i][j], costs[i][k] + costs[k][j])
        found = resistances_of(rates)
        for a, own in enumerate(found.classes):
            assert found.coradii[a] == max(min(costs[x][y] for y in own) for x in range(n))
            for b, other in enumerate(found.classes):
                assert found.table[a][b] == min(costs[x][y] for x in own for y in other)
            basin = [x for x in range(n) if [c for c in found.classes if any(costs[x][y] == 0 for y in c)] == [own]]
            out = [min(costs[x][y] for x in own) for y in range(n) if y not in basin]
            assert found.radii[a] == (min(out) if out else None)


def test_tables() -> None:
    found = find_stochastic_stability(finite_population(STAG_HUNT, best_response(), 10))
    table = found.to_xarray()
    assert table.sel(source="0, 10", target="10, 0").item() == 6
    frame = found.to_dataframe()
    assert len(frame) == 11 and frame.order.min() == 0
    text = str(found)
    assert "mutations vanish" in text and "radius 6, coradius 3, stable" in text and "<table>" in found._repr_html_()


def test_many_classes() -> None:
    """Twelve conventions, each absorbing: they share the mass, and the text does not list what each costs."""
    game = MatrixGame(np.eye(12, dtype=int).tolist())
    found = find_stochastic_stability(finite_population(game, best_response(), 3))
    assert len(found.classes) == 12 and "12 recurrent classes" in str(found)
    assert [float(found.mass(3 * np.eye(12, dtype=int)[k])) for k in range(12)] == pytest.approx([1 / 12] * 12)


def test_one_class_and_one_strategy() -> None:
    game = MatrixGame([[2, 2], [1, 1]], ["A", "B"])
    found = find_stochastic_stability(finite_population(game, best_response(), 5))
    [bound] = found.bounds
    assert bound.radius is None and bound.decides and "radius none" in str(bound)
    alone = find_stochastic_stability(finite_population(MatrixGame([[1]]), best_response(), 5))
    assert alone.stable == ({"1": 5},)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: find_stochastic_stability(finite_population(STAG_HUNT, moran(), 5)), UnsupportedError, "small_mut"),
        (
            lambda: find_stochastic_stability(finite_population(STAG_HUNT, wright_fisher(), 5)),
            UnsupportedError,
            "Wright-Fisher",
        ),
        (
            lambda: find_stochastic_stability(finite_population(STAG_HUNT, logit(1), 5, mutation="1/10")),
            ProtocolError,
            "no mutation",
        ),
        (
            lambda: find_stochastic_stability(finite_population(STAG_HUNT, fermi_imitation(), 5)),
            ProtocolError,
            "find_alpha_rank",
        ),
        (
            lambda: find_stochastic_stability(finite_population(STAG_HUNT, best_response(), 2000)),
            UnsupportedError,
            "up to 1000",
        ),
        (
            lambda: find_stochastic_stability(
                finite_population(
                    NormalFormGame.from_bimatrix([[1, 0], [0, 1]], [[1, 0], [0, 1]]),
                    {"player1": logit(1), "player2": best_response()},
                    3,
                )
            ),
            UnsupportedError,
            "of one kind",
        ),
        (
            lambda: find_stochastic_stability(
                finite_population(PopulationGame({"p": {"a": 1, "b": 0}}), best_response(), 3)
            ),
            UnsupportedError,
            "table of payoffs",
        ),
        (
            lambda: find_stochastic_stability(finite_population(STAG_HUNT, best_response(), 5)).mass([1, 1]),
            StateError,
            "5 members",
        ),
    ],
)
def test_errors(call: Callable[[], Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
