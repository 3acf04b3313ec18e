"""Published results reproduced: rock-paper-scissors with stakes."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from coopgame import IntegrationOptions, catalog, find_regimes, find_rest_points, integrate, is_ess, replicator

GAME = catalog.rock_paper_scissors()
FIELD = replicator(GAME)
THIRD = sympy.Rational(1, 3)
# stakes, real and imaginary part of the eigenvalues, linear type, what nearby states do
PUBLISHED = [
    ((1, 2), -1 / 6, 0.8660254, "sink", "asymptotic"),
    ((2, 1), 1 / 6, 0.8660254, "source", "unstable"),
    ((1, 1), 0.0, 0.5773503, "center", "lyapunov"),
]
STARTS = [(0.6, 0.3, 0.1), (0.01, 0.01, 0.98), (0.3, 0.35, 0.35)]


def stakes(pair: tuple[int, int]) -> dict[str, int]:
    """Cost of a defeat and gain of a victory by name."""
    return dict(zip("ab", pair, strict=True))


@pytest.mark.parametrize(("pair", "real", "imaginary", "kind", "attracting"), PUBLISHED)
def test_eigenvalues_of_the_centre(
    pair: tuple[int, int], real: float, imaginary: float, kind: str, attracting: str
) -> None:
    """Zeeman (1980); Hofbauer and Sigmund (1998), theorem 7.7.2: eigenvalues (a - b)/6 and their imaginary parts."""
    point = find_rest_points(GAME, stakes(pair))["I1"]
    assert list(point.coordinates.values()) == [THIRD] * 3
    eigenvalues = sorted((complex(v) for v in point.eigenvalues), key=lambda v: v.imag)
    assert [v.real for v in eigenvalues] == pytest.approx([real, real], abs=1e-6)
    assert [v.imag for v in eigenvalues] == pytest.approx([-imaginary, imaginary], abs=1e-6)
    assert (point.stability, point.attracting) == (kind, attracting)
    assert bool(is_ess(GAME, ["1/3", "1/3", "1/3"], stakes(pair))) == (kind == "sink")


def test_the_sign_of_the_determinant_decides() -> None:
    """Hofbauer and Sigmund (1998), theorem 7.7.2: the mixture is stable iff b**3 - a**3 > 0, in symbols."""
    a, b = sympy.symbols("a b", positive=True)
    point = find_rest_points(GAME)["I1"]
    expected = (a - b) / 6 + sympy.sqrt(3) * (a + b) / 6 * sympy.I
    found = [v.subs({"a": a, "b": b}) for v in point.eigenvalues]
    assert any(sympy.simplify(v - expected) == 0 for v in found)
    assert point.exists.text() == "true"
    regimes = {regime.stable: regime.condition.text() for regime in find_regimes(GAME)}
    assert regimes == {("I1",): "a < b", (): "a > b"}


@pytest.mark.parametrize("start", STARTS)
def test_large_gains_lead_to_the_mixture(start: tuple[float, float, float]) -> None:
    """Hofbauer and Sigmund (1998), theorem 7.7.2: with a < b the mixture attracts every interior state."""
    path = integrate(FIELD, start, stakes((1, 2)), t_end=400)
    assert (path.outcome.kind, path.outcome.label) == ("converged", "I1")
    assert path.final == pytest.approx([1 / 3] * 3, abs=1e-8)


@pytest.mark.parametrize(("start", "t_end"), [((0.6, 0.3, 0.1), 150), ((0.3, 0.35, 0.35), 100)])
def test_large_losses_lead_to_a_heteroclinic_cycle(start: tuple[float, float, float], t_end: float) -> None:
    """Hofbauer and Sigmund (1998), theorem 7.7.2: with a > b the product of shares falls, and turns last longer."""
    path = integrate(FIELD, start, stakes((2, 1)), t_end=t_end, options=IntegrationOptions(points=4001))
    assert path.outcome.kind == "heteroclinic"
    assert path.outcome.growth is not None and 2 < path.outcome.growth < 8
    product = path.log_shares.sum(axis=1)
    assert (np.diff(product) < 0).all()
    # d/dt log(x1 x2 x3) = (a - b)/2 * (1 - 3 |x|**2), integrated here with the trapezoidal rule
    rate = 0.5 * (1 - 3 * (path.shares**2).sum(axis=1))
    gained = np.concatenate([[0], np.cumsum((rate[1:] + rate[:-1]) / 2 * np.diff(path.times))])
    assert product - product[0] == pytest.approx(gained, abs=0.01)
