"""Published results reproduced: bad rock-paper-scissors under logit choice and under Smith's pairwise comparison."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame import (
    IntegrationOptions,
    MatrixGame,
    brown_von_neumann_nash,
    find_rest_points,
    integrate,
    logit,
    mean_dynamic,
    smith,
)

GAME = MatrixGame([[0, "-a", "b"], ["b", 0, "-a"], ["-a", "b", 0]], parameters={"a": 2, "b": 1, "eta": 1})
MIDDLE = [1 / 3, 1 / 3, 1 / 3]


def test_eigenvalues_under_logit_and_the_hopf_point() -> None:
    """Hommes and Ochea (2012), Games and Economic Behavior 74: (a - b)/(6 eta) - 1 +- i sqrt(3)(a + b)/(6 eta), zero at eta = 1/6."""
    field = mean_dynamic(GAME, logit("eta"))
    for eta in (0.1, 1 / 6, 0.4):
        found = np.linalg.eigvals(field.jacobian(MIDDLE, {"eta": eta}))
        assert found.real == pytest.approx([1 / (6 * eta) - 1] * 2, abs=1e-12)
        assert max(found.imag) == pytest.approx(3**0.5 / (2 * eta))
    assert max(np.linalg.eigvals(field.jacobian(MIDDLE, {"eta": "1/6"})).imag) == pytest.approx(5.1961524, abs=1e-6)
    below, above = ({"eta": "0.16"}, {"eta": "0.17"})
    assert find_rest_points(field, below)[0].attracting == "unstable"
    assert find_rest_points(field, above)[0].attracting == "asymptotic"


def test_the_limit_cycle_under_smith() -> None:
    """Sandholm (2010), section 9.2: an attracting cycle; its extent, period and time average computed independently."""
    path = integrate(mean_dynamic(GAME, smith()), [0.5, 0.3, 0.2], t_end=60, options=IntegrationOptions(1e-9, 1e-11))
    late = path.shares[path.times > 40, 0]
    assert (late.min(), late.max()) == pytest.approx((0.174131, 0.507212), abs=1e-3)
    assert path.outcome.period == pytest.approx(2.53526, abs=1e-4)
    assert path.outcome.period is not None
    np.testing.assert_allclose(path.average(60 - 8 * path.outcome.period), MIDDLE, atol=5e-4)


@pytest.mark.parametrize("law", [smith(), brown_von_neumann_nash()], ids=str)
def test_good_rock_paper_scissors_settles(law: object) -> None:
    """Hofbauer and Sandholm (2009): in stable games both dynamics attract all states to the equilibrium."""
    field = mean_dynamic(GAME, law)  # type: ignore[arg-type]
    path = integrate(field, [0.6, 0.3, 0.1], {"a": 1, "b": 2}, t_end=60, options=IntegrationOptions(1e-8, 1e-10))
    np.testing.assert_allclose(path.final, MIDDLE, atol=0.02)
    assert find_rest_points(field, {"a": 1, "b": 2})[0].attracting == "asymptotic"
