"""Where chains end: linear systems in Fractions, neutral drift, fixation of two, closed classes, and limits."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from coopgame import (
    MatrixGame,
    NormalFormGame,
    StateError,
    UnsupportedError,
    best_response,
    fermi_imitation,
    find_absorption,
    find_fixation,
    find_fixation_times,
    finite_population,
    moran,
    transition_chain,
    wright_fisher,
)
from tests.finite.exact_chains import solved

RPS = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], ["R", "P", "S"])


@pytest.mark.parametrize("law", [fermi_imitation(2), moran("1/2"), wright_fisher("1/2")])
def test_linear_systems_in_fractions(law: object) -> None:
    population = finite_population(RPS, law, 4)  # type: ignore[arg-type]
    found = find_absorption(population)
    chain = transition_chain(population)
    rows = [[Fraction(float(v)) for v in row] for row in chain.matrix.toarray()]
    for k, row in enumerate(rows):
        row[k] += 1 - sum(row)
    corners = [chain.index_of(np.eye(3, dtype=int)[k] * 4) for k in (2, 1, 0)]
    inside = [k for k in range(len(chain)) if k not in corners]
    system = [[Fraction(i == j) - rows[i][j] for j in inside] for i in inside]
    assert found.labels == ("0, 0, 4", "0, 4, 0", "4, 0, 0")
    for end, corner in enumerate(corners):
        exact = solved(system, [rows[i][corner] for i in inside])
        np.testing.assert_allclose(found.probabilities[inside, end], [float(v) for v in exact], rtol=1e-12)
    exact = solved(system, [Fraction(1)] * len(inside))
    np.testing.assert_allclose(found.steps[inside], [float(v) for v in exact], rtol=1e-12)
    assert found.error < 1e-12 and (found.steps[corners] == 0).all()


def test_neutral_drift() -> None:
    """Without selection each strategy takes over with its share."""
    game = MatrixGame([[1] * 4] * 4)
    found = find_absorption(finite_population(game, moran(), 6))
    shares = found.chain.states / 6
    np.testing.assert_allclose(found.probabilities, shares[:, ::-1], rtol=1e-10, atol=1e-13)


def test_two_strategies_are_fixation() -> None:
    game = MatrixGame([[1, 5], [2, 3]], ["A", "B"])
    population = finite_population(game, fermi_imitation(1), 12)
    found = find_absorption(population)
    expected = find_fixation(population, initial=3)
    assert found.probability([3, 9], [12, 0]) == pytest.approx(expected.probability("B", "A"), rel=1e-11)
    assert found.at({"A": 9, "B": 3})["0, 12"] == pytest.approx(expected.probability("A", "B"), rel=1e-11)
    times = find_fixation_times(population, initial=3)
    assert found.steps_from([3, 9]) == pytest.approx(times.unconditional[1, 0], rel=1e-11)


def test_closed_classes_of_several_populations() -> None:
    """Best response between two populations: strict equilibria are ends, and all states with the same play of indifferent ones one class."""
    game = NormalFormGame.from_bimatrix([[2, 0], [0, 1]], [[2, 0], [0, 1]], {"one": ["a", "b"], "two": ["x", "y"]})
    found = find_absorption(finite_population(game, best_response(), {"one": 3, "two": 3}))
    assert found.labels == ("0, 3, 0, 3", "3, 0, 3, 0")
    assert found.probability({"one": {"a": 2, "b": 1}, "two": {"x": 3}}, [3, 0, 3, 0]) == pytest.approx(1)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)


def test_with_mutation_everything_is_one_class() -> None:
    found = find_absorption(finite_population(RPS, moran(), 4, mutation="1/10"))
    assert len(found.ends) == 1 and (found.probabilities == 1).all() and (found.steps == 0).all()


def test_tables() -> None:
    found = find_absorption(finite_population(RPS, fermi_imitation(), 5))
    assert found.to_xarray().probability.sel(end="5, 0, 0").max() == 1
    frame = found.to_dataframe()
    assert len(frame) == 21 and frame["ends at 0, 5, 0"].max() == 1
    assert (
        "and 11 more states" in str(found) and "wrong by less than" in str(found) and "<table>" in found._repr_html_()
    )


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: find_absorption(finite_population(RPS, moran(), 500)), UnsupportedError, "up to 100000"),
        (
            lambda: find_absorption(finite_population(RPS, moran(), 4)).probability([1, 1, 2], [2, 2, 0]),
            StateError,
            "does not end",
        ),
        (
            lambda: find_absorption(finite_population(MatrixGame([[-1, 2], [0, 1]]), fermi_imitation(100), 100)),
            StateError,
            "too long for floats",
        ),
    ],
)
def test_errors(call: Callable[[], object], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()
