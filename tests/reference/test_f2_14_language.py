"""Published results reproduced: error thresholds of a language game under the replicator-mutator dynamics."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from coopgame import MatrixGame, find_rest_points, mean_dynamic, replicator_mutator

N, A = 5, Fraction(1, 2)
GAME = MatrixGame([[1 if i == j else A for j in range(N)] for i in range(N)], parameters={"q": None})
FIELD = mean_dynamic(GAME, replicator_mutator("1 - q"))
# Komarova, Niyogi and Nowak (2001), Journal of Theoretical Biology 209: with q2 = [1 + (n-1)(1 + (n-1)a)/(2 + (n-2)a)]/n
COHERENT, UNIFORM = 0.8440492, Fraction(31, 35)


def test_the_uniform_state_loses_stability_where_the_formula_says() -> None:
    assert (1 + (N - 1) * (1 + (N - 1) * A) / (2 + (N - 2) * A)) / N == UNIFORM
    for shift, stable in ((Fraction(-1, 10**6), True), (Fraction(1, 10**6), False)):
        found = np.linalg.eigvals(FIELD.jacobian([1 / N] * N, {"q": UNIFORM + shift}))
        assert (found.real.max() < 0) == stable


@pytest.mark.parametrize(("shift", "count"), [(-2e-5, 0), (2e-5, 5)])
def test_one_grammar_wins_from_the_first_threshold_on(shift: float, count: int) -> None:
    """A pair of states for each grammar appears in a fold: one of the pair attracts."""
    points = find_rest_points(FIELD, {"q": COHERENT + shift})
    winners = [p for p in points if p.state.max() > 0.3 and p.attracting == "asymptotic"]
    assert len(winners) == count
    assert any(np.allclose(p.state, 1 / N) and p.attracting == "asymptotic" for p in points)
