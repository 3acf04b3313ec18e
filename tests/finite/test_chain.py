"""Chains of finite populations: each row beside members one by one, compiled rows beside plain ones, generations, labels, and limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    StateError,
    UnsupportedError,
    death_birth,
    fermi_imitation,
    finite_population,
    linear_fitness,
    moran,
    smith,
    transition_chain,
    wright_fisher,
)
from coopgame._kernels.pair_chains import pair_chain
from coopgame.finite import chain as chains
from coopgame.finite.states import CountStates, compositions
from tests.finite import members as twin
from tests.finite.test_population import BIMATRIX, GAMES, MUTATION, PROTOCOLS, STEP, THREE, TWO

RPS = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], ["R", "P", "S"])


@pytest.mark.parametrize("kind", GAMES)
@pytest.mark.parametrize("rule", ["Fermi", "logit", "Smith"])
def test_rows_member_by_member(kind: str, rule: str) -> None:
    """All states, all rows: changes of one member by enumeration, the rest of the probability on staying."""
    game, payoff, _, _ = GAMES[kind]
    law, switch = PROTOCOLS[rule]
    sizes = [3 + (p == 0) for p in range(len(game.populations))]
    named = {own.name: size for own, size in zip(game.populations, sizes, strict=True)}
    found = transition_chain(finite_population(game, law, named, mutation=MUTATION, step=STEP))
    strategies = [len(own.strategies) for own in game.populations]
    split = [
        [c for c in product(range(s + 1), repeat=n) if sum(c) == s] for s, n in zip(sizes, strategies, strict=True)
    ]
    states = list(product(*split))
    assert found.states.tolist() == [[k for own in state for k in own] for state in states]
    expected = np.zeros((len(states),) * 2)
    place = {state: k for k, state in enumerate(states)}
    for state, row in place.items():
        members = twin.members_of(state)
        for p, n in enumerate(strategies):
            for (i, j), chance in twin.revisions(members, p, n, payoff, switch, MUTATION, STEP).items():
                after = [list(own) for own in state]
                after[p][i] -= 1
                after[p][j] += 1
                expected[row, place[tuple(map(tuple, after))]] += chance
    np.fill_diagonal(expected, 1 - expected.sum(axis=1))
    np.testing.assert_allclose(found.matrix.toarray(), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("law", [fermi_imitation("7/3"), moran("7/3")])
@pytest.mark.parametrize("mutation", ["0", "1/20"])
@pytest.mark.parametrize("payoffs", [TWO, THREE, np.random.default_rng(1).normal(size=(4, 4)).tolist(), [[1.0]]])
def test_compiled_rows(law: object, mutation: str, payoffs: list[list[float]]) -> None:
    """The compiled rows are those of the general way, also without mutation, where absent strategies stay absent."""
    population = finite_population(MatrixGame(payoffs), law, 7, mutation=mutation)  # type: ignore[arg-type]
    found = transition_chain(population)
    data, columns, numbers = chains._rows(population.at(), found.order, found.order.counts, 0)
    plain = np.zeros((len(found),) * 2)
    plain[np.repeat(np.arange(len(found)), numbers), columns] = np.exp(data)
    np.testing.assert_allclose(found.matrix.toarray(), plain, rtol=1e-12, atol=1e-15)
    assert found.matrix.has_sorted_indices
    assert pair_chain.py_func is not None
    if mutation == "0":
        corners = [found.index_of(np.eye(len(payoffs), dtype=int)[k] * 7) for k in range(len(payoffs))]
        assert all(found.matrix[[k], :].nnz == 1 and found.matrix[k, k] == 1 for k in corners)


def test_chances_that_floats_do_not_hold() -> None:
    """They are counted, by the compiled rows and by the others."""
    for law in (fermi_imitation(2000), moran(2000), death_birth(2000)):
        chain = transition_chain(finite_population(RPS, law, 4))
        assert chain.lost > 0
        plain = finite_population(RPS, law, 4).at()
        logs, _, _ = chains.log_rows(plain, chain.order)
        assert chain.lost == ((logs > -np.inf) & (logs < -690)).sum()
    assert transition_chain(finite_population(RPS, fermi_imitation(2000), 4, mutation="1/10")).lost == 0


def test_generations() -> None:
    """Wright-Fisher: binomial rows with the parents' chances written out."""
    game = MatrixGame([[3, 1], [4, 2]], ["A", "B"])
    chain = transition_chain(finite_population(game, wright_fisher("1/10", linear_fitness()), 6, mutation="1/50"))
    for a in range(7):
        first = 0.9 + 0.1 * (3 * (a - 1) + (6 - a)) / 5
        second = 0.9 + 0.1 * (4 * a + 2 * (5 - a)) / 5
        parent = a * first / (a * first + (6 - a) * second) if 0 < a < 6 else a / 6
        own = parent * 0.98 + (1 - parent) * 0.02
        for b in range(7):
            expected = math.comb(6, b) * own**b * (1 - own) ** (6 - b)
            assert chain.probability([a, 6 - a], {"A": b, "B": 6 - b}) == pytest.approx(expected, rel=1e-11)


def test_generations_of_three() -> None:
    chain = transition_chain(finite_population(RPS, wright_fisher(1), 5))
    process = finite_population(RPS, wright_fisher(1), 5).at()
    state = np.array([2, 2, 1])
    earned = np.array([(0 - 2 + 2) / 4, (4 + 0 - 1) / 4, (-2 + 4) / 4])
    weights = state * np.exp(earned)
    np.testing.assert_allclose(np.exp(process.log_parents(state)), weights / weights.sum(), rtol=1e-13)
    expected = 30 * np.prod((weights / weights.sum()) ** [1, 2, 2])
    assert chain.probability(state, {"R": 1, "P": 2, "S": 2}) == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(chain.matrix.sum(axis=1), 1, rtol=1e-13)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4)), min_size=1, max_size=3))
@settings(max_examples=40)
def test_places(shape: list[tuple[int, int]]) -> None:
    """Every state stands where it is said to, in lexicographic order."""
    order = CountStates(tuple(size for size, _ in shape), tuple(n for _, n in shape))
    states = order.counts
    assert len(states) == len(order) and sorted(states.tolist()) == states.tolist()
    assert order.places(states).tolist() == list(range(len(order)))
    for part, (size, _) in zip(order.split(states), shape, strict=True):
        assert (part >= 0).all() and (part.sum(axis=-1) == size).all()
    assert len({tuple(row) for row in states.tolist()}) == len(order)


def test_compositions_are_all() -> None:
    assert compositions(4, 3).tolist() == [list(c) for c in product(range(5), repeat=3) if sum(c) == 4]
    assert compositions(3, 1).tolist() == [[3]]


def test_labels_and_tables() -> None:
    chain = transition_chain(finite_population(RPS, fermi_imitation(), 4, mutation="1/10"))
    assert chain.names == ("R", "P", "S") and len(chain) == 15 and chain.labels[0] == "0, 0, 4"
    table = chain.to_xarray()
    assert table.sel(state="1, 1, 2", following="2, 1, 1").item() == chain.probability([1, 1, 2], [2, 1, 1])
    assert table["P"].sel(state="1, 3, 0").item() == 3
    frame = chain.to_dataframe()
    assert len(frame) == chain.matrix.nnz
    row = frame[(frame.R == 1) & (frame.P == 1) & (frame["R after"] == 2) & (frame["P after"] == 1)]
    assert row.probability.item() == chain.probability([1, 1, 2], [2, 1, 1])
    text = str(chain)
    assert (
        text.startswith("15 states of (R, P, S), ") and "and 5 more" in text and "(0, 0, 4) -> (0, 0, 4) 0.9" in text
    )
    assert "<table>" in chain._repr_html_() and not chain.states.flags.writeable


def test_labels_of_several_populations() -> None:
    names = {"one": ["x", "y", "z"], "two": ["a", "b"]}
    game = NormalFormGame([BIMATRIX[0].tolist(), BIMATRIX[1].tolist()], populations=names)
    chain = transition_chain(finite_population(game, smith(), {"one": 2, "two": 3}, step="1/10"))
    assert chain.names == ("one.x", "one.y", "one.z", "two.a", "two.b") and len(chain) == 6 * 4
    state = {"one": {"x": 1, "z": 1}, "two": {"b": 3}}
    assert chain.states[chain.index_of(state)].tolist() == [1, 0, 1, 0, 3]
    assert chain.index_of({"one.x": 1, "one.z": 1, "two.b": 3}) == chain.index_of(state)
    assert chain.probability(state, state) > 0


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: transition_chain(finite_population(RPS, fermi_imitation(), 4000)), UnsupportedError, "states"),
        (lambda: transition_chain(finite_population(RPS, wright_fisher(), 100)), UnsupportedError, "leads to all"),
        (
            lambda: transition_chain(finite_population(RPS, fermi_imitation(), 100)).to_xarray(),
            UnsupportedError,
            "sparse",
        ),
        (lambda: _small().index_of({"R": 1, "P": 1}), StateError, "has 4 members"),
        (lambda: _small().index_of({"X": 4}), StateError, "unknown strategy 'X'"),
        (lambda: _small().index_of([1, 3]), StateError, "there are 3 strategies"),
        (lambda: _small().index_of([1.5, 2.5, 0]), StateError, "whole number"),
        (lambda: _small().index_of([5, -1, 0]), StateError, "negative"),
    ],
)
def test_errors(call: Callable[[], object], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def _small() -> chains.MarkovChain:
    return transition_chain(finite_population(RPS, fermi_imitation(), 4))
