"""Published results reproduced: hawks and doves."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from coopgame import (
    analyse,
    catalog,
    find_ess,
    find_ess_vertices,
    find_regimes,
    find_rest_points,
    integrate,
    is_ess,
    replicator,
)

GAME = catalog.hawk_dove()
# value, cost, share of hawks, eigenvalue
PUBLISHED = [(4, 6, Fraction(2, 3), -2 / 3), (3, 5, Fraction(3, 5), -0.6), (2, 3, Fraction(2, 3), -1 / 3)]


@pytest.mark.parametrize(("value", "cost", "hawks", "eigenvalue"), PUBLISHED)
def test_the_mixed_point_and_its_eigenvalue(value: int, cost: int, hawks: Fraction, eigenvalue: float) -> None:
    """Maynard Smith and Price (1973), Nature 246; Maynard Smith (1982): V/C hawks, eigenvalue -(V/2)(1 - V/C)."""
    mixed = analyse(GAME, {"V": value, "C": cost}).rest_points["I1"]
    assert mixed.coordinates["x"] == sympy.Rational(hawks.numerator, hawks.denominator)
    assert [float(v) for v in mixed.eigenvalues] == pytest.approx([eigenvalue], abs=1e-9)
    assert (mixed.stability, mixed.attracting) == ("sink", "asymptotic")


@pytest.mark.parametrize(("value", "cost", "hawks", "eigenvalue"), PUBLISHED)
def test_the_mixed_state_is_the_only_ess(value: int, cost: int, hawks: Fraction, eigenvalue: float) -> None:
    """Maynard Smith and Price (1973), Nature 246: for V < C neither pure strategy is an ESS, the mixture is."""
    values = {"V": value, "C": cost}
    assert is_ess(GAME, {"hawk": hawks, "dove": 1 - hawks}, values)
    assert find_ess_vertices(GAME, values) == ()
    assert not is_ess(GAME, ["1/2", "1/2"], values)
    (found,) = find_ess(GAME, values)
    assert found.shares == {"hawk": hawks, "dove": 1 - hawks} and found.regular and not found.strict
    # both present strategies earn (V/2)(1 - V/C), and no share of any mutant invades (Maynard Smith 1982)
    assert found.payoffs == (sympy.Rational(value, 2) * (1 - sympy.Rational(value, cost)),)
    assert found.invasion_barrier.lower == 1
    assert [point.label for point in find_rest_points(GAME, values).attractors] == ["I1"]


def test_the_formulas_in_symbols() -> None:
    """Maynard Smith (1982), Evolution and the Theory of Games: share V/C of hawks if V < C, all hawks if V > C."""
    v, c = sympy.symbols("V C")
    mixed = find_rest_points(GAME)["I1"]
    assert sympy.simplify(mixed.coordinates["x"] - v / c) == 0
    assert sympy.simplify(mixed.eigenvalues[0] + v / 2 * (1 - v / c)) == 0
    assert mixed.exists.text() == "V < C"
    regimes = {regime.stable: regime.condition.text() for regime in find_regimes(GAME)}
    assert regimes == {("I1",): "V < C", ("E2",): "V > C"}


@pytest.mark.parametrize("start", [1e-9, 0.3, 1 - 1e-9])
def test_every_interior_start_leads_to_the_mixture(start: float) -> None:
    """Taylor and Jonker (1978): the mixed ESS of hawks and doves attracts all states where both are present."""
    path = integrate(replicator(GAME), {"x": start}, {"V": 4, "C": 6})
    assert (path.outcome.kind, path.outcome.label) == ("converged", "I1")
    assert path.final[0] == pytest.approx(2 / 3, abs=1e-9)
