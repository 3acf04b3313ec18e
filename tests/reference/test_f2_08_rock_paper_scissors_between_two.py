"""Published results reproduced: rock-paper-scissors between two learners conserves a quantity when ties cancel."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

from coopgame import (
    IntegrationOptions,
    NormalFormGame,
    catalog,
    find_conserved_quantities,
    find_lyapunov_exponents,
    find_rest_points,
    integrate,
    replicator,
)


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


@pytest.mark.parametrize(
    ("tie", "k", "largest"), [("1/2", 1, 0.056), ("1/2", 2, 0.0377), ("1/2", 5, None), ("0", 1, None)]
)
def test_hamiltonian_chaos_beside_regular_orbits(tie: str, k: int, largest: float | None) -> None:
    """Sato, Akiyama and Farmer (2002), table of exponents from x = (1/2, k/100, 1/2 - k/100), y = (1/2, 1/4, 1/4) at T = 2e4.

    At k = 4 they print 0.012; there the orbit sticks to the border of the chaotic sea for long times, and at this T we measure 0.003
    to 0.009 as the tolerance of the integrator varies, so that the number belongs to the integrator and not to the game.
    """
    options = IntegrationOptions(rtol=1e-9, atol=1e-9)
    path = integrate(game(tie), [0.5, k / 100, 0.5 - k / 100, 0.5, 0.25, 0.25], t_end=20_000, options=options)
    found = find_lyapunov_exponents(path, after=0)
    assert found.sensitive is (largest is not None)
    assert found.exponents[0] == (pytest.approx(largest, rel=0.3) if largest else pytest.approx(4e-4, abs=3e-4))
    # volume is conserved in log ratios, and so is H: exponents come in pairs of opposite sign
    assert found.exponents + found.exponents[::-1] == pytest.approx(np.zeros(4), abs=3e-4)
    assert path.outcome.kind == ("chaotic" if largest else "quasi-periodic")
    assert max(entry.drift for entry in path.invariants) < 1e-6
