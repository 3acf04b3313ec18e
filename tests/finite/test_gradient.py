"""Selection gradients: chances written out, means and variances of the chain's rows, roots, and the mean dynamic."""

from __future__ import annotations

import math

import numpy as np
import pytest

from coopgame import (
    Law,
    MatrixGame,
    NormalFormGame,
    UnsupportedError,
    fermi_imitation,
    finite_population,
    logit,
    mean_dynamic,
    moran,
    selection_gradient,
    smith,
    transition_chain,
    wright_fisher,
)

HAWK_DOVE = MatrixGame([[-1, 2], [0, 1]], ["hawk", "dove"])
RPS = MatrixGame([[0, -1, 2], [2, 0, -1], [-1, 2, 0]], ["R", "P", "S"])


def test_the_gradient_of_two_strategies() -> None:
    """T+ - T- = k (N - k)/(N (N - 1)) tanh(beta gain / 2) under the Fermi rule."""
    found = selection_gradient(finite_population(HAWK_DOVE, fermi_imitation(2), 30))
    for k in range(31):
        gain = (-(k - 1) + 2 * (30 - k) - (30 - k - 1)) / 29
        expected = k * (30 - k) / (30 * 29) * math.tanh(gain) if 0 < k < 30 else 0
        assert found.gradient[k] == pytest.approx(expected, abs=1e-15)
        assert found.at({"hawk": k, "dove": 30 - k})["dove"] == -found.gradient[k]


@pytest.mark.parametrize("law", [fermi_imitation(1), moran("1/2"), logit(1), wright_fisher("1/2")])
def test_means_and_variances_of_rows(law: Law) -> None:
    """They are those of the rows of the whole chain."""
    population = finite_population(RPS, law, 6, mutation="1/20")
    found, chain = selection_gradient(population), transition_chain(population)
    rows = chain.matrix.toarray()
    mean = rows @ chain.states - chain.states
    second = rows @ chain.states**2 - 2 * chain.states * (rows @ chain.states) + chain.states**2
    np.testing.assert_allclose(found.drift, mean, atol=1e-13)
    np.testing.assert_allclose(found.variance, second - mean**2, atol=1e-12)


def test_it_tends_to_the_mean_dynamic() -> None:
    game = NormalFormGame.from_bimatrix([[1, 0], [0, 2]], [[0, 3], [1, 0]], {"one": ["a", "b"], "two": ["x", "y"]})
    population = finite_population(game, smith(), {"one": 40, "two": 20}, step="1/10")
    found = selection_gradient(population)
    place = transition_chain(population).index_of([10, 30, 15, 5])
    expected = mean_dynamic(game, smith())([0.25, 0.75, 0.75, 0.25])
    np.testing.assert_allclose(found.per_time[place], expected, atol=1e-12)


def test_roots() -> None:
    """(N - 2)(…): hawks and doves earn the same at 2N/4 + 1/2 …: -(k - 1) + 2(N - k) = N - k - 1, k = (N + 2)/2."""
    for size in (20, 21):
        [root] = selection_gradient(finite_population(HAWK_DOVE, fermi_imitation("1/100"), size)).roots
        assert root.attracting is True and root.count == pytest.approx((size + 2) / 2, abs=1e-2)
        assert root.share == root.count / size
    stag = MatrixGame([[4, 0], [3, 2]], ["stag", "hare"])
    [root] = selection_gradient(finite_population(stag, fermi_imitation(1), 50)).roots
    assert root.attracting is False and 33 < root.count < 35 and "repelling" in str(root)
    assert selection_gradient(finite_population(MatrixGame([[0, 0], [0, 0]]), fermi_imitation(), 9)).roots == ()
    assert selection_gradient(finite_population(MatrixGame([[2, 2], [1, 1]]), fermi_imitation(), 9)).roots == ()
    mixed = selection_gradient(finite_population(MatrixGame([[2, 2], [1, 1]]), fermi_imitation(), 9, mutation="1/2"))
    assert [r.attracting for r in mixed.roots] == [True]


def test_tables_and_errors() -> None:
    found = selection_gradient(finite_population(RPS, moran(), 5))
    assert found.to_xarray().drift.sel(strategy="R").shape == (21,)
    assert len(found.to_dataframe()) == 21 and "drift of P" in str(found) and "<table>" in found._repr_html_()
    assert "attracting" in str(selection_gradient(finite_population(HAWK_DOVE, moran(), 20)))
    with pytest.raises(UnsupportedError, match="two strategies"):
        _ = found.gradient
    assert not found.drift.flags.writeable
