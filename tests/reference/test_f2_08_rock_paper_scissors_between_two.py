"""Published results reproduced: rock-paper-scissors between two learners conserves a quantity when ties cancel."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

from coopgame import NormalFormGame, catalog, find_conserved_quantities, find_rest_points, integrate, replicator


def game(tie: str) -> NormalFormGame:
    """Sato, Akiyama and Farmer (2002): payoff `tie` for a tie to the first player, minus that to the second."""
    return catalog.rock_paper_scissors_between_two(ex=tie, ey=-Fraction(tie))


@pytest.mark.parametrize("tie", ["0", "1/2"])
def test_the_even_mixture_is_a_centre(tie: str) -> None:
    """Sato, Akiyama and Farmer (2002), PNAS 99, 4748-4751: zero-sum, so orbits stay on level sets around (1/3, ..., 1/3)."""
    point = find_rest_points(game(tie))["I1"]
    assert set(point.coordinates.values()) == {sympy.Rational(1, 3)}
    assert (point.stability, point.attracting) == ("center", "lyapunov")
    # the tangent Jacobian is [[0, (e + r)/3], [(r - e)/3 ...]] with squares -(e^2 + 3)/9
    squared = -(sympy.Rational(tie) ** 2 + 3) / 9
    assert {sympy.simplify(value**2) for value in point.eigenvalues} == {squared}


def test_the_conserved_quantity_and_its_value() -> None:
    """Sato, Akiyama and Farmer (2002): H = -(1/3) sum of the logarithms of all shares; H = 3.1591343857 at their first start."""
    model = game("1/2")
    start = [0.5, 0.01, 0.49, 0.5, 0.25, 0.25]
    quantity = find_conserved_quantities(model)[0]
    assert quantity.rate == 0 and len(set(quantity.exponents.values())) == 1
    exponent = float(next(iter(quantity.exponents.values())))
    assert -quantity.value(start) / exponent / 3 == pytest.approx(3.1591343857, abs=1e-9)
    path = integrate(replicator(model), start, t_end=50)
    assert np.ptp(path.log_shares.sum(axis=1)) < 1e-5
