"""What nearby states do where eigenvalues do not decide: centre manifolds, conserved quantities, weak foci."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy

from coopgame.analysis.box import Box
from coopgame.analysis.places import Place, ball_sign
from coopgame.analysis.spectrum import Spectrum
from coopgame.analysis.stability import Stability, Verdict
from coopgame.analysis.weak_focus import SEPARABLE_CENTRE, is_separable, lyapunov_coefficient
from coopgame.expressions import to_sympy

_HIGHEST_ORDER = 9


def beyond_eigenvalues(box: Box, place: Place, spectrum: Spectrum, verdict: Verdict) -> Verdict:
    """Return what is known of a point without eigenvalues to the right of the imaginary axis and some on it."""
    if None in spectrum.signs:
        return verdict
    zeros = spectrum.signs.count(0)
    if spectrum.imaginary and box.size == 2:
        return _imaginary_pair(box, place, verdict)
    if zeros != 1:
        return verdict
    if not place.mixed:
        return _along_edge(box, place, spectrum.signs.index(0), verdict)
    if box.size == 2 and place.exact is not None:
        return _centre_manifold(box, place, verdict)
    return verdict


def _verdict(attracting: bool, how: str) -> Verdict:
    if attracting:
        return Verdict(Stability.NON_HYPERBOLIC, "asymptotic", f"{how}; there states come nearer")
    return Verdict(Stability.NON_HYPERBOLIC, "unstable", f"{how}; there states move away")


def _along_edge(box: Box, place: Place, i: int, verdict: Verdict) -> Verdict:
    """A vertex with one zero eigenvalue: the edge in its direction is invariant, hence a centre manifold.

    References: Carr (1981), Applications of Centre Manifold Theory, chapter 2.
    """
    edge = tuple(None if j == i else value for j, value in enumerate(place.face))
    u = sympy.Symbol(box.names[i])
    drive = box.on(edge, box.drives[i])
    if sympy.cancel(drive) == 0:
        because = "one edge at the vertex consists of rest points and the other eigenvalues are negative"
        return Verdict(Stability.NON_HYPERBOLIC, "lyapunov", because)
    end = place.face[i]
    inward = sympy.Symbol("inward")
    expansion = drive.xreplace({u: inward if end == 0 else 1 - inward})
    leading = _leading(expansion, inward)
    if leading is None:
        return verdict
    return _verdict(
        (leading < 0) if end == 0 else (leading > 0), "the edge at rest in first order is a centre manifold"
    )


def _leading(expression: sympy.Expr, symbol: sympy.Symbol) -> Fraction | None:
    """Return the first coefficient of a power series at 0 that does not vanish, None when it is not found."""
    for order in range(_HIGHEST_ORDER + 1):
        value = expression.xreplace({symbol: sympy.Integer(0)})
        if not value.is_Rational:
            return None
        if value != 0:
            return Fraction(int(value.p), int(value.q))
        expression = sympy.diff(expression, symbol) / (order + 1)
    return None


def _imaginary_pair(box: Box, place: Place, verdict: Verdict) -> Verdict:
    if is_separable(box):
        return SEPARABLE_CENTRE
    coefficient = lyapunov_coefficient(box, place)
    side = ball_sign(coefficient)
    if not side:
        return verdict
    how = f"weak focus, first Lyapunov coefficient {float(coefficient.mid()):.4g}"
    outcome = "asymptotic" if side < 0 else "unstable"
    return Verdict(Stability.NON_HYPERBOLIC, outcome, how)  # type: ignore[arg-type]


def _centre_manifold(box: Box, place: Place, verdict: Verdict) -> Verdict:
    """A planar point with eigenvalues 0 and l < 0, by the power series of its centre manifold in exact numbers.

    References: Carr (1981), Applications of Centre Manifold Theory, section 2.5; Perko (2001), section 2.12.
    """
    reduced = _reduced_flow(box, place)
    if reduced is None:
        return verdict
    order, coefficient = reduced
    on_boundary = any(value is not None for value in place.face)
    if on_boundary:  # only the half of the manifold inside the state space counts
        return _verdict(coefficient < 0, f"the flow on the centre manifold is {coefficient}*u**{order} with u >= 0")
    return _verdict(
        order % 2 == 1 and coefficient < 0, f"the flow on the centre manifold is {coefficient}*u**{order}"
    )


def _reduced_flow(box: Box, place: Place) -> tuple[int, sympy.Rational] | None:
    """Return order and coefficient of the first term of the flow on the centre manifold, None when none is found."""
    assert place.exact is not None
    u, v = sympy.symbols("u_centre v_fast")
    x, y = (sympy.Symbol(name) for name in box.names)
    start = [to_sympy(value) for value in place.exact]
    shifted = [rate.xreplace({x: start[0] + x, y: start[1] + y}) for rate in box.rates]
    jacobian = sympy.Matrix([[sympy.diff(f, s).xreplace({x: 0 * x, y: 0 * y}) for s in (x, y)] for f in shifted])
    if not all(entry.is_Rational for entry in jacobian):
        return None
    fast = jacobian.trace()
    slow_vector = _kernel(jacobian)
    fast_vector = _kernel(jacobian - fast * sympy.eye(2))
    fixed = [i for i, value in enumerate(place.face) if value is not None]
    if fixed:  # u grows into the state space
        inward = 1 if place.face[fixed[0]] == 0 else -1
        if slow_vector[fixed[0]] * inward < 0:
            slow_vector = -slow_vector
    basis = sympy.Matrix.hstack(slow_vector, fast_vector)
    state = basis * sympy.Matrix([u, v])
    moved = basis.inv() * sympy.Matrix([f.xreplace({x: state[0], y: state[1]}) for f in shifted])
    return _series(moved, u, v, fast)


def _kernel(matrix: sympy.Matrix) -> sympy.Matrix:
    """Return a vector that a singular 2x2 matrix other than 0 sends to 0."""
    row = matrix.row(0) if any(matrix.row(0)) else matrix.row(1)
    return sympy.Matrix([-row[1], row[0]])


def _series(
    field: Sequence[sympy.Expr], u: sympy.Symbol, v: sympy.Symbol, fast: sympy.Rational
) -> tuple[int, sympy.Rational] | None:
    """Find v = h(u) term by term, and stop at the first term of u' = f(u, h(u))."""
    centre, stable = (_polynomial(f, u, v) for f in field)
    if centre is None or stable is None:
        return None
    h = sympy.Integer(0)
    for order in range(2, _HIGHEST_ORDER + 1):
        flow = sympy.expand(centre.xreplace({v: h}))
        coefficient = flow.coeff(u, order)
        if coefficient != 0:
            return order, coefficient
        # while u' has no term up to this order, h' u' has none either: 0 = l h + g(u, h)
        rest = sympy.expand(stable.xreplace({v: h}) - fast * h).coeff(u, order)
        h = h - rest / fast * u**order
    return None


def _polynomial(expression: sympy.Expr, u: sympy.Symbol, v: sympy.Symbol) -> sympy.Expr | None:
    """Return a rational function of small u and v as a polynomial up to the highest order; None for other functions."""
    top, bottom = sympy.fraction(sympy.cancel(expression))
    if not (top.is_polynomial(u, v) and bottom.is_polynomial(u, v)):
        return None
    if not bottom.free_symbols:
        return sympy.expand(top / bottom)
    t = sympy.Symbol("t_order")
    series = sympy.series((top / bottom).xreplace({u: t * u, v: t * v}), t, 0, _HIGHEST_ORDER + 1).removeO()
    return sympy.expand(series.xreplace({t: sympy.Integer(1)}))
