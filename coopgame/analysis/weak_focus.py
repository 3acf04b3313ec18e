"""A planar rest point with an imaginary pair of eigenvalues: centre of a separable field, or a weak focus."""

from __future__ import annotations

from math import prod
from typing import Any

import sympy

from coopgame.analysis.box import Box
from coopgame.analysis.places import Place
from coopgame.analysis.stability import Stability, Verdict

SEPARABLE_CENTRE = Verdict(
    Stability.CENTER,
    "lyapunov",
    "variables separate, so a conserved quantity with an extremum there makes the orbits around it closed",
)


def is_separable(box: Box) -> bool:
    """Return whether each rate is a product of a function of one coordinate and one of the other.

    Then dx/dy separates too, and the field has the first integral that the two quadratures give.
    """
    return all(_product_of_single(rate, box.names) for rate in box.rates)


def _product_of_single(rate: sympy.Expr, names: tuple[str, ...]) -> bool:
    symbols = {sympy.Symbol(name) for name in names}
    _, factors = sympy.factor_list(sympy.numer(sympy.together(rate)))
    _, below = sympy.factor_list(sympy.denom(sympy.together(rate)))
    return all(len(factor.free_symbols & symbols) <= 1 for factor, _ in (*factors, *below))


def lyapunov_coefficient(box: Box, place: Place) -> Any:
    """Return a ball for the first Lyapunov coefficient of a planar point with an imaginary pair.

    Negative: a weak attracting focus, the Hopf bifurcation there is supercritical. Coordinates u = x and
    v = -(a x + b y)/w bring the linear part to u' = -w v, v' = w u.

    References: Guckenheimer and Holmes (1983), equation (3.4.11).
    """
    x, y = (sympy.Symbol(name) for name in box.names)
    f, g = box.rates

    def ball(expression: sympy.Expr) -> Any:
        return place.ball(box, expression)

    a, b, c = ball(sympy.diff(f, x)), ball(sympy.diff(f, y)), ball(sympy.diff(g, x))
    w = (-(a * a) - b * c).sqrt()
    to_u, to_v = -a / b, -w / b  # d/du = d/dx + to_u d/dy, d/dv = to_v d/dy

    def along(*orders: int) -> tuple[Any, Any]:
        """The derivative by u and v, orders[0] and orders[1] times, of both transformed rates."""
        by_u, by_v = orders
        totals = [0, 0]
        for k in range(by_u + 1):
            weight = sympy.binomial(by_u, k)
            for i, rate in enumerate((f, g)):
                derivative = sympy.diff(rate, x, by_u - k, y, k + by_v)
                # by products: a power of a ball around 0 has no bound
                totals[i] = totals[i] + int(weight) * prod([to_u] * k) * prod([to_v] * by_v) * ball(derivative)
        return totals[0], -(a * totals[0] + b * totals[1]) / w

    (fuu, guu), (fuv, guv), (fvv, gvv) = along(2, 0), along(1, 1), along(0, 2)
    cubic = along(3, 0)[0] + along(1, 2)[0] + along(2, 1)[1] + along(0, 3)[1]
    square = fuv * (fuu + fvv) - guv * (guu + gvv) - fuu * guu + fvv * gvv
    return (cubic + square / w) / 16
