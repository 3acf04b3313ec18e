"""Conditions for the long run of a noisy share agree with the decision at values."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from coopgame import (
    GameError,
    ItoShocks,
    MatrixGame,
    PopulationGame,
    StratonovichShocks,
    UnsupportedError,
    find_noise_regimes,
    find_stationary_law,
    stochastic_replicator,
    threshold_public_good,
)

MATRIX = stochastic_replicator(MatrixGame([["a", "b"], ["c", "d"]], strategies=["A", "B"]), ItoShocks([1, "1/2"]))
SMALL = st.fractions(-2, 2, max_denominator=4)
CALLED = {
    "one stationary law": "one stationary law",
    "A takes over": "x tends to 1 with probability 1",
    "B takes over": "x tends to 0 with probability 1",
    "A or B takes over, by chance": "x tends to 0 or to 1",
    "no limit and no law": "no probability law is stationary",
}


@given(SMALL, SMALL, SMALL, SMALL)
def test_the_conditions_say_what_the_law_says(a: Fraction, b: Fraction, c: Fraction, d: Fraction) -> None:
    values = {"a": a, "b": b, "c": c, "d": d}
    regimes = find_noise_regimes(MATRIX)
    assert sum(condition.holds(values) for condition in regimes.conditions().values()) == 1
    assert CALLED[regimes.at(values)] in find_stationary_law(MATRIX, values).fate


@pytest.mark.parametrize(
    ("values", "what"),
    [
        # g(0) = b - d - 3/8 and g(1) = a - c - 3/8
        ({"a": 0, "c": 0, "b": "3/8", "d": 0}, "no limit and no law"),
        ({"a": "3/8", "c": 0, "b": "3/8", "d": 0}, "no limit and no law"),
        ({"a": "3/8", "c": 0, "b": 1, "d": 0}, "no limit and no law"),
        ({"a": 1, "c": 0, "b": "3/8", "d": 0}, "A takes over"),
        ({"a": "3/8", "c": 0, "b": 0, "d": 0}, "B takes over"),
        ({"a": 0, "c": 1, "b": 1, "d": 0}, "one stationary law"),
        ({"a": 1, "c": 0, "b": 0, "d": 1}, "A or B takes over, by chance"),
    ],
)
def test_the_edges_between_the_regimes(values: dict[str, Any], what: str) -> None:
    assert find_noise_regimes(MATRIX).at(values) == what
    assert CALLED[what] in find_stationary_law(MATRIX, values).fate


def test_the_density_in_symbols_is_the_density_at_values() -> None:
    game = threshold_public_good(5, 3, fee_shared=False)
    values = {"b": 4, "K": 3, "f0": "1/10", "fee": "1/5"}
    noisy = stochastic_replicator(game, StratonovichShocks(["1/2", 1], mutation="1/20"))
    exact = {sympy.Symbol(name): sympy.Rational(str(value)) for name, value in values.items()}
    ratio = find_noise_regimes(noisy).density.xreplace(exact) / find_stationary_law(noisy, values).formula
    at = [ratio.subs(sympy.Symbol("x"), sympy.Rational(k, 7)).evalf() for k in (1, 3, 6)]
    assert at[1:] == pytest.approx([at[0]] * 2, rel=1e-12)


def test_it_is_shown_and_refused() -> None:
    regimes = find_noise_regimes(MATRIX)
    assert str(regimes).splitlines()[0] == "one stationary law iff 8*b > 8*d + 3 and 8*a < 8*c + 3"
    assert regimes._repr_html_().count("<tr>") == 6 and r"\propto" in regimes._repr_html_()
    mutating = find_noise_regimes(stochastic_replicator(MATRIX.game, ItoShocks(1, mutation="1/9")))
    assert mutating.at({"a": 5, "b": 5, "c": 0, "d": 0}) == "one stationary law"
    with pytest.raises(UnsupportedError, match="there is no noise"):
        find_noise_regimes(stochastic_replicator(MATRIX.game, ItoShocks(0)))
    root = PopulationGame.from_advantages({"x": "sqrt(x + 1) - 1"})
    with pytest.raises(UnsupportedError, match="polynomial in the share; use simulate_ensemble"):
        find_noise_regimes(stochastic_replicator(root, ItoShocks(1)))
    pole = PopulationGame.from_advantages({"x": "1/k - x"})
    with pytest.raises(GameError, match="k"):
        find_noise_regimes(stochastic_replicator(pole, ItoShocks(1))).at({"k": 0})
