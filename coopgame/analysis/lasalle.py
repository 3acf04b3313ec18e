"""LaSalle's principle at a neutrally stable state: does any other orbit stay where the Lyapunov function is constant?"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy

from coopgame.algebra.affine import solve_linear
from coopgame.analysis.ess import Matrix, form_of_replies
from coopgame.expressions import to_sympy

_MOST_DERIVATIVES = 3
_MOST_DIMENSIONS = 4


def attracts_by_lasalle(b: Matrix, x: Sequence[Fraction]) -> bool:
    """Return whether the set where sum of x* ln x stays constant holds no orbit near the state besides the state.

    x is neutrally stable and all its best replies are present. On the face of the support the derivative of the Lyapunov function is a
    quadratic form that vanishes on a linear space. An orbit in it makes the derivatives of the linear equations of that space vanish
    too; these are polynomials, and a Gröbner basis says whether their common zeros are isolated. False also where a bound
    on dimensions or derivatives is reached.
    """
    support = [i for i, share in enumerate(x) if share > 0]
    form, free = form_of_replies(b, x, support)
    if len(form) > free:
        return False
    flat = solve_linear(form, [Fraction(0)] * len(form))
    assert flat is not None, "homogeneous equations have a solution"
    if not 0 < flat.dimension <= _MOST_DIMENSIONS:
        return False
    shares = sympy.symbols(f"x0:{len(support)}")
    payoffs = [
        sympy.Add(*(to_sympy(b[i][j]) * share for j, share in zip(support, shares, strict=True))) for i in support
    ]
    mean = sympy.Add(*(share * payoff for share, payoff in zip(shares, payoffs, strict=True)))
    rates = [sympy.expand(share * (payoff - mean)) for share, payoff in zip(shares, payoffs, strict=True)]
    steps = sympy.symbols(f"t0:{flat.dimension}")
    moved = [
        sympy.Add(*(t * to_sympy(direction[i]) for t, direction in zip(steps, flat.directions, strict=True)))
        for i in range(free)
    ]
    offsets = [-sympy.Add(*moved), *moved]
    place = {share: to_sympy(x[i]) + step for share, i, step in zip(shares, support, offsets, strict=True)}
    current = [sympy.Add(*(to_sympy(q) * s for q, s in zip(row, shares[1:], strict=True))) for row in form]
    equations: list[sympy.Expr] = []
    for _ in range(_MOST_DERIVATIVES):
        current = [_along(g, shares, rates) for g in current]
        equations += [value for g in current if (value := sympy.expand(g.xreplace(place))) != 0]
        if equations and sympy.groebner(equations, *steps, order="grevlex").is_zero_dimensional:
            return True
    return False


def _along(function: sympy.Expr, shares: Sequence[sympy.Symbol], rates: Sequence[sympy.Expr]) -> sympy.Expr:
    return sympy.expand(
        sympy.Add(*(sympy.diff(function, share) * rate for share, rate in zip(shares, rates, strict=True)))
    )
