"""Named games with feedback: rates and mixed points beside a derivation of their own."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from coopgame import catalog, find_rest_points, replicator

NUMBERS = dict(zip(("R0", "S0", "T0", "P0", "R1", "S1", "T1", "P1"), (3.5, 1, 2, 0.75, 4, 1, 4.5, 1.25), strict=True))


def rates(x: float, n: float, growth: float, eps: float) -> list[float]:
    """The two rates from the payoff tables, written for these numbers."""
    depleted, replete = np.array([[3.5, 1], [2, 0.75]]), np.array([[4, 1], [4.5, 1.25]])
    earned = ((1 - n) * depleted + n * replete) @ [x, 1 - x]
    return [x * (1 - x) * (earned[0] - earned[1]), eps * growth]


@pytest.mark.parametrize(("x", "n"), [(0.3, 0.6), (0.9, 0.2), (0.5, 0.5)])
def test_the_fields_are_the_published_ones(x: float, n: float) -> None:
    """Weitz et al. (2016), and the renewable resource after Tilman et al. (2020)."""
    commons = catalog.commons_feedback(**NUMBERS, theta=2, eps="0.1")
    found = replicator(commons)({"x": x, "n": n})
    assert found[[0, 2]] == pytest.approx(rates(x, n, n * (1 - n) * (2 * x - (1 - x)), 0.1))
    resource = catalog.renewable_resource(**NUMBERS, a="0.1", b="0.8", eps="0.05")
    found = replicator(resource)({"x": x, "n": n})
    assert found[[0, 2]] == pytest.approx(rates(x, n, n * (1 - n) - n * (0.1 * x + 0.8 * (1 - x)), 0.05))


def test_the_mixed_point_of_the_commons_in_symbols() -> None:
    """Weitz et al. (2016): trace and determinant of the Jacobian at x* = 1/(1 + theta), here by sympy alone."""
    game = catalog.commons_feedback()
    x, n, theta, eps = sympy.symbols("x n theta eps")
    r0, s0, t0, p0, r1, s1, t1, p1 = sympy.symbols("R0 S0 T0 P0 R1 S1 T1 P1")
    gain = (1 - n) * (x * (r0 - t0) + (1 - x) * (s0 - p0)) - n * (x * (t1 - r1) + (1 - x) * (p1 - s1))
    field = sympy.Matrix([x * (1 - x) * gain, eps * n * (1 - n) * (theta * x - (1 - x))])
    trace = field.jacobian([x, n]).trace()
    mixed = next(p for p in find_rest_points(game) if p.kind == "interior")
    at = {x: mixed.coordinates["x"], n: mixed.coordinates["n"]}
    assert sympy.simplify(at[x] - 1 / (1 + theta)) == 0 and sympy.simplify(gain.subs(at)) == 0
    top, bottom = sympy.fraction(sympy.together(trace.subs(at)))
    stated = (p1 - s1) * (r0 - t0) - (s0 - p0) * (t1 - r1)
    assert sympy.simplify(sympy.rem(sympy.expand(top), sympy.expand(stated), r0)) == 0 and bottom != 0
    total = sum(mixed.eigenvalues)
    numbers = {**NUMBERS, "theta": 2, "eps": 1}
    point = {sympy.Symbol(k): sympy.nsimplify(v) for k, v in numbers.items()}
    assert sympy.simplify((total - trace.subs(at)).subs(point)) == 0
