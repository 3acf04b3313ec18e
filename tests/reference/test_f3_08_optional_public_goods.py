"""Hauert, De Monte, Hofbauer and Sigmund (2002), Science 296, 1129-1132, and Journal of Theoretical Biology 218, 187-194: volunteering."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy.optimize import brentq

from coopgame import IntegrationOptions, catalog, crosses, integrate, replicator

R, N, SIGMA = 3.0, 5, 1.0
VALUES = {"r": 3, "sigma": 1}
Z, X, OMEGA = 0.46133976324, 0.26933011838, 0.34214689  # of the case, tolerance 1e-7


def advantage_of_defection(z: float) -> float:
    """F(z) = 1 + (r - 1) z^(N-1) - (r/N) (1 - z^N)/(1 - z), their equation for P_d - P_c."""
    return 1 + (R - 1) * z ** (N - 1) - R / N * (1 - z**N) / (1 - z)


def test_the_interior_rest_point() -> None:
    """z* is the root of F, and sigma/(r - 1) = 1/2 of the participants contribute; the payoffs of the game are equal there."""
    z = brentq(advantage_of_defection, 0.01, 0.99, xtol=1e-14)
    assert z == pytest.approx(Z, abs=1e-10)
    x = (1 - z) * SIGMA / (R - 1)
    assert x == pytest.approx(X, abs=1e-10)
    state = [x, 1 - x - z, z]
    field = replicator(catalog.optional_public_goods(N))
    assert field.payoffs(state, VALUES) == pytest.approx([SIGMA] * 3, abs=1e-12)
    assert field(state, VALUES) == pytest.approx([0, 0, 0], abs=1e-13)


def test_it_is_a_centre_to_first_order() -> None:
    """Eigenvalues of the Jacobian, in the first two shares as coordinates, are +- 0.342147 i."""
    field = replicator(catalog.optional_public_goods(N))
    eigenvalues = np.linalg.eigvals(field.jacobian([X, 1 - X - Z, Z], VALUES))
    assert eigenvalues.shape == (2,)
    assert eigenvalues.real == pytest.approx([0, 0], abs=1e-9)
    assert sorted(eigenvalues.imag) == pytest.approx([-OMEGA, OMEGA], abs=1e-7)


@pytest.mark.parametrize("start", [[0.3, 0.2, 0.5], [0.1, 0.3, 0.6], [0.35, 0.35, 0.3]])
def test_orbits_close(start: list[float]) -> None:
    """z is largest where x rises through (1 - z) sigma/(r - 1); its successive maxima agree to 1e-8."""
    path = integrate(
        catalog.optional_public_goods(N),
        start,
        VALUES,
        t_end=250,
        events=[crosses("player.cooperate - (1 - player.abstain)/2", rising=True)],
        options=IntegrationOptions(rtol=1e-12, atol=1e-12),
    )
    maxima = np.array([hit.shares[2] for hit in path.events])
    assert len(maxima) >= 5 and maxima.min() > Z
    assert maxima == pytest.approx(maxima[0], abs=1e-8)


@pytest.mark.parametrize("size", [3, 4, 5, 8])
def test_no_interior_rest_point_up_to_two(size: int) -> None:
    """Roots of P_d - P_c between 0 and 1, counted exactly by Sturm sequences: none for r <= 2, one above."""
    game = catalog.optional_public_goods(size)
    x, y, z, r = sympy.symbols("player.cooperate player.defect player.abstain r")
    difference = game.expected_payoff(0, 1) - game.expected_payoff(0, 0)
    difference = sympy.expand(difference.subs({y: 1 - x - z, sympy.Symbol("c"): 1}))
    assert difference.free_symbols == {z, r}  # a rest point inside needs a root, whatever the other shares are
    for value in ("11/10", "3/2", "19/10", "199/100", "2", "201/100", "9/4", "5/2", "29/10"):
        polynomial = sympy.Poly(difference.subs(r, sympy.Rational(value)), z)
        assert polynomial.eval(1) == 0
        inside = polynomial.count_roots(0, 1) - 1 - int(polynomial.eval(0) == 0)
        assert inside == (1 if Fraction(value) > 2 else 0)
