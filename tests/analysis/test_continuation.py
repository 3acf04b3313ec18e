"""Branches of rest points beside closed forms: folds, Hopf points, points where branches cross; how a branch ends."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from coopgame import (
    MatrixGame,
    NormalFormGame,
    ParameterError,
    StateError,
    UnsupportedError,
    find_branch,
    find_rest_points,
    logit,
    mean_dynamic,
    replicator,
    replicator_mutator,
    smith,
)


@settings(max_examples=20)
@given(st.integers(2, 9), st.integers(1, 8))
def test_the_fold_of_two_strategies_in_closed_form(a: int, b: int) -> None:
    """Logit with advantage D = (a + b) x - b: eta = D/ln(x/(1 - x)) on the branch, and the fold is where d eta/dx = 0."""
    if a <= b:
        return
    game = MatrixGame([[a, 0], [0, b]], symbol="x", parameters={"eta": f"{b}/20"})
    branch = find_branch(mean_dynamic(game, logit("eta")), {"x": 1e-6}, "eta", to=3 * (a + b))

    def eta(x: float) -> float:
        return ((a + b) * x - b) / np.log(x / (1 - x))

    def slope(x: float) -> float:
        return (a + b) * np.log(x / (1 - x)) - ((a + b) * x - b) / (x * (1 - x))

    (fold,) = branch.folds
    x = brentq(slope, 1e-7, b / (a + b) - 1e-9, xtol=1e-15)
    assert fold.value == pytest.approx(eta(x), abs=1e-9)
    assert fold.state[0] == pytest.approx(x, abs=1e-6)
    assert branch.ended == "it came back to the starting value"
    np.testing.assert_allclose(branch.values, [eta(v) for v in branch.coordinate("x")], atol=1e-9)
    assert branch.stable[0] and not branch.stable[-1]


def test_a_pitchfork_is_a_branch_point() -> None:
    """Symmetric coordination: at x = 1/2 the slope of the logistic function of (2x - 1)/eta is 1/(2 eta), which passes 1."""
    game = MatrixGame([[1, 0], [0, 1]], symbol="x", parameters={"eta": 1})
    branch = find_branch(mean_dynamic(game, logit("eta")), {"x": 0.5}, "eta", to="1/5")
    assert [(e.kind, round(e.value, 12)) for e in branch.events] == [("branch point", 0.5)]
    assert branch.stable[0] and not branch.stable[-1]
    assert branch.ended == "eta reached 0.2"
    assert branch.values[-1] == 0.2


def test_a_hopf_point() -> None:
    """Hommes and Ochea (2012): eta = (a - b)/6 in bad rock-paper-scissors under logit."""
    game = MatrixGame([[0, -3, 1], [1, 0, -3], [-3, 1, 0]], parameters={"eta": 1})
    branch = find_branch(mean_dynamic(game, logit("eta")), [1 / 3] * 3, "eta", to="1/10")
    assert [(e.kind, round(e.value, 10)) for e in branch.events] == [("Hopf", round(1 / 3, 10))]
    assert branch.unstable.tolist() == [0 if eta > 1 / 3 else 2 for eta in branch.values]


def test_the_error_threshold_of_a_language() -> None:
    """Komarova, Niyogi and Nowak (2001): one grammar is lost in a fold at q = 0.8440492 for n = 5, a = 1/2."""
    game = MatrixGame([[1 if i == j else "1/2" for j in range(5)] for i in range(5)], parameters={"q": "19/20"})
    field = mean_dynamic(game, replicator_mutator("1 - q"))
    branch = find_branch(field, [0.9, 0.025, 0.025, 0.025, 0.025], "q", to="1/2")
    assert branch.folds[0].value == pytest.approx(0.8440492, abs=1e-6)


def test_a_branch_of_formulas() -> None:
    """The mixed point of hawks and doves is V/C until it meets the border at C = V."""
    game = MatrixGame([["(V - C)/2", "V"], [0, "V/2"]], symbol="x", parameters={"V": 2, "C": 8})
    (point,) = (p for p in find_rest_points(game, {}) if p.kind == "interior")
    branch = find_branch(replicator(game), point, "C", to=1)
    np.testing.assert_allclose(branch.coordinate("x"), 2 / branch.values, rtol=1e-9)
    assert branch.ended == "it leaves the state space"
    assert branch.values.min() == pytest.approx(2, abs=0.2)


def test_two_populations() -> None:
    """Ochs' game: the logit equilibrium as a function of the noise has no fold, and x is not monotone in it."""
    game = NormalFormGame(
        {("a", "a"): [9, 0], ("a", "b"): [0, 1], ("b", "a"): [0, 1], ("b", "b"): [1, 0]}, parameters={"eta": 4}
    )
    field = mean_dynamic(game, logit("eta"))
    (start,) = find_rest_points(field, {})
    branch = find_branch(field, start, "eta", to="1/10")
    assert branch.events == ()
    assert branch.stable.all()
    x = branch.coordinate("x")
    assert x.max() > max(x[0], x[-1]) + 0.1
    assert branch.to_xarray()["shares"].shape == (len(x), 4)
    assert "no fold" in str(branch) and "<table>" in branch._repr_html_()


class TestBadInput:
    game = MatrixGame([[2, 0], [0, 1]], symbol="x", parameters={"eta": "1/5"})

    def test_unknown_parameter(self) -> None:
        with pytest.raises(ParameterError, match="no parameter 'noise'"):
            find_branch(mean_dynamic(self.game, logit("eta")), {"x": 0.01}, "noise", to=1)

    def test_a_start_that_is_no_state(self) -> None:
        with pytest.raises(StateError):
            find_branch(mean_dynamic(self.game, logit("eta")), {"x": 2}, "eta", to=1)

    def test_kinks(self) -> None:
        with pytest.raises(UnsupportedError, match="kinks"):
            find_branch(mean_dynamic(self.game, smith()), {"x": 1}, "eta", to=1)

    def test_an_unknown_share(self) -> None:
        branch = find_branch(mean_dynamic(self.game, logit("eta")), {"x": 0.01}, "eta", to=1)
        with pytest.raises(StateError, match="no share 'z'"):
            branch.coordinate("z")
