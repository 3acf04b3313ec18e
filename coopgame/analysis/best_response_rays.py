"""Solutions of the best-response inclusion from tie to tie: straight rays whose ends are roots of polynomials."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from flint import ctx, fmpq, fmpq_mat

from coopgame.algebra.polynomials import to_fmpq, to_fraction
from coopgame.analysis.exact_payoffs import ExactPayoffs, Number, Numbers
from coopgame.analysis.straight_directions import Directions, Tied, find_directions
from coopgame.errors import IntegrationError

_MOST_BITS = 3000  # numbers of more digits are rounded on their set of ties
_KEPT_BITS = 512
_ROOT_BITS = 160
_SAME = Fraction(1, 1 << 120)  # roots nearer than that are one
_EQUAL = Fraction(1, 1 << 60)  # beside an irrational tie payoffs are known to about 2^-120
_SMALL = 1_000_000
_NOTHING = fmpq(0)


@dataclass(frozen=True, eq=False)
class Ray:
    """A straight piece of a solution: target + (start - target) exp(-(t - time)).

    tied: the best replies of each population at the start. directions: the targets among which this one was chosen. left: the part
    exp(-length) of the distance to the target that is left at the next tie, 0 when there is none. entering: who becomes a best reply then.
    within: how far the solution is from this ray at most, in units of exp(-(t - time)); above 0 only where rapid turns are replaced
    by their mean. infinitely: whether infinitely many turns in ever shorter time lead to its start.
    """

    time: float
    start: Numbers
    target: Numbers
    tied: Tied
    directions: Directions
    left: Number = _NOTHING
    entering: tuple[int, ...] = ()
    within: float = 0.0
    infinitely: bool = False

    @property
    def rests(self) -> bool:
        """Whether the state stays where it is."""
        return bool(self.start == self.target)

    @property
    def end(self) -> Numbers:
        """The state at the next tie, exact where ties are hyperplanes."""
        return tuple(b + (a - b) * self.left for a, b in zip(self.start, self.target, strict=True))

    @property
    def length(self) -> float:
        """How long the ray lasts; infinite when it meets no tie."""
        return minus_log(self.left)

    @property
    def key(self) -> tuple[object, ...]:
        """What two rays have in common that meet the same ties on the way to the same target."""
        return self.target, self.tied, self.entering


def minus_log(left: Number) -> float:
    """Return -log of a rational number between 0 and 1, accurate near 1; infinite at 0."""
    if left == 0:
        return math.inf
    if left > fmpq(1, 2):
        return -math.log1p(-float(to_fraction(1 - left)))
    return math.log(int(left.q)) - math.log(int(left.p))


def best_replies(payoffs: ExactPayoffs, state: Numbers) -> Tied:
    """Return the best replies of each population to a state."""
    earned = payoffs.at(state)
    return tuple(
        tuple(i for i in range(part.start, part.stop) if earned[i] == max(earned[part])) for part in payoffs.parts
    )


def rays_from(payoffs: ExactPayoffs, start: Numbers, time: float = 0.0, begins: bool = True) -> Iterator[Ray]:
    """Yield the rays of the selected solution from a state; the last one meets no further tie.

    Where several rays keep to best replies: a start that is a Nash equilibrium stays. Later a strict target is taken, from which all other
    tied strategies fall behind; else the state stays, if it is an equilibrium; else the target with fewest strategies is taken. Among equals
    the first in the order of strategies counts.

    begins: whether the solution starts there, and did not come from elsewhere.

    Raises IntegrationError where ties would have to be followed along a curve.
    """
    state, tied, exact = start, best_replies(payoffs, start), True
    known: dict[Tied, Directions] = {}
    while True:
        directions = known.get(tied) or find_directions(*payoffs.linear_at(state), tied)
        if payoffs.affine:
            known[tied] = directions
        ray, exact = _next_ray(payoffs, Ray(time, state, state, tied, directions), exact, begins)
        begins = False
        yield ray
        if ray.left == 0:
            return
        time += ray.length
        state = ray.end
        if payoffs.affine:
            tied = best_replies(payoffs, state)
            state = rounded(payoffs, state, tied)
        else:
            tied = _tied_after(payoffs, ray)
            state, exact = _short_state(payoffs, state, exact)


def _next_ray(payoffs: ExactPayoffs, here: Ray, exact: bool, begins: bool) -> tuple[Ray, bool]:
    """Return the ray that starts at a tie, and whether its end is known exactly."""
    stays = _stays(here)
    targets = [*here.directions.strict, *(t for t in here.directions.targets if t not in here.directions.strict)]
    if stays and (begins or not here.directions.strict):
        return here, exact
    for target in targets:
        if payoffs.affine:
            return _until_tie(payoffs, replace(here, target=target)), True
        if _close(target, here.start, exact):
            return here, exact
        paths = payoffs.along(here.start, target)
        if _keeps_to_ties(here.tied, target, paths, exact):
            ray, rational = _until_root(payoffs, replace(here, target=target), paths, exact)
            return ray, exact and rational
    raise IntegrationError(
        f"at t = {here.time:.6g} the best replies stay tied along a curve, which is not followed; follow logit() with a small noise instead"
    )


def _stays(here: Ray) -> bool:
    """Return whether only best replies are present, so that staying is a solution."""
    best = {i for own in here.tied for i in own}
    return all(share == 0 or i in best for i, share in enumerate(here.start))


def _until_tie(payoffs: ExactPayoffs, ray: Ray) -> Ray:
    """Return a ray with its end: payoffs are linear, and so is what another strategy lacks to the best."""
    now, then = payoffs.at(ray.start), payoffs.at(ray.target)
    last, entering = fmpq(0), []
    for part, own in zip(payoffs.parts, ray.tied, strict=True):
        leader = next(i for i in own if ray.target[i] != 0)
        for j in range(part.start, part.stop):
            ahead = then[j] - then[leader]
            if j in own or ahead <= 0:
                continue
            left = ahead / (ahead + now[leader] - now[j])
            if left > last:
                last, entering = left, [j]
            elif left == last:
                entering.append(j)
    return replace(ray, left=last, entering=tuple(entering))


def rounded(payoffs: ExactPayoffs, state: Numbers, tied: Tied) -> Numbers:
    """Return a state of fewer digits with the same ties, the same absent strategies, and shares that sum to 1.

    Digits grow with every tie. The set of states with these ties is flat: its free coordinates are rounded, each by a relative 2^-512,
    and the others follow exactly.
    """
    if max(int(v.q).bit_length() for v in state) <= _MOST_BITS:
        return state
    order = sorted(range(len(state)), key=lambda i: state[i], reverse=True)
    rows, constants = payoffs.table
    equations = []
    for part, own in zip(payoffs.parts, tied, strict=True):
        equations.append([fmpq(int(part.start <= i < part.stop)) for i in order] + [fmpq(1)])
        for j in own[1:]:
            equations.append([rows[j][i] - rows[own[0]][i] for i in order] + [constants[own[0]] - constants[j]])
    equations += [[fmpq(int(i == k)) for i in order] + [fmpq(0)] for k in order if state[k] == 0]
    table, rank = fmpq_mat(equations).rref()
    pivots = [next(j for j in range(len(order)) if table[r, j] != 0) for r in range(rank)]
    shares = dict.fromkeys(range(len(order)), fmpq(0))
    for k in set(range(len(order))) - set(pivots):
        shares[k] = _shortened(state[order[k]])
    for r, pivot in enumerate(pivots):
        shares[pivot] = table[r, len(order)] - sum(
            (table[r, k] * shares[k] for k in range(len(order)) if k not in pivots), fmpq(0)
        )
    result = [fmpq(0)] * len(order)
    for k, i in enumerate(order):
        result[i] = shares[k]
    return tuple(result) if min(result) >= 0 else state


def _shortened(value: Number, bits: int = _KEPT_BITS) -> Number:
    scale = int(value.q).bit_length() - int(value.p).bit_length() + bits
    if scale >= 0:
        return fmpq((int(value.p) << scale) // int(value.q), 1 << scale)
    return value


# payoffs that are no linear functions of the shares -------------------------------------------------------------


def _close(target: Numbers, state: Numbers, exact: bool) -> bool:
    if exact:
        return bool(target == state)
    return all(abs(to_fraction(a - b)) < _EQUAL for a, b in zip(target, state, strict=True))


def _keeps_to_ties(tied: Tied, target: Numbers, paths: list[Any], exact: bool) -> bool:
    """Return whether what a target uses stays a best reply for a while: decided at the first derivative that is not 0."""
    for own in tied:
        used = [i for i in own if target[i] != 0]
        for j in own:
            gap = paths[used[0]] - paths[j]
            if j in used and len(used) > 1:
                if _ahead(gap, exact) != 0:
                    return False
            elif j != used[0] and _ahead(gap, exact) not in (0, 1):
                return False
    return True


def _ahead(gap: Any, exact: bool) -> int | None:
    """Return the sign of a polynomial in s just below s = 1, where it is 0; None when rounding could decide it."""
    if gap.degree() <= 0:
        return 0
    sign, derivative = -1, gap.derivative()
    scale = max(abs(to_fraction(c)) for c in gap.coeffs())
    while True:
        value = to_fraction(derivative(fmpq(1)))
        if value and (exact or abs(value) > _EQUAL * scale):
            return sign if value > 0 else -sign
        if not exact:
            return None
        if derivative.degree() <= 0:
            return 0
        sign, derivative = -sign, derivative.derivative()


def _until_root(payoffs: ExactPayoffs, ray: Ray, paths: list[Any], exact: bool) -> tuple[Ray, bool]:
    """Return a ray with its end where payoffs are polynomials, and whether the root is rational.

    Roots of even multiplicity are passed: the other strategy touches the best payoff and falls back.
    """
    meetings: list[tuple[Fraction, bool, int]] = []
    for part, own in zip(payoffs.parts, ray.tied, strict=True):
        leader = next(i for i in own if ray.target[i] != 0)
        for j in range(part.start, part.stop):
            gap = paths[leader] - paths[j]
            if ray.target[j] != 0 or gap == 0:
                continue
            # the tie at the start may have moved inside by rounding
            last = 1 - _EQUAL if j in own and not exact else Fraction(1)
            meetings += [(root, rational, j) for root, rational in _crossings(gap) if 0 < root < last]
    if not meetings:
        return ray, True
    first, rational, _ = max(meetings)
    entering = tuple(sorted({j for root, _, j in meetings if first - root < _SAME}))
    return replace(ray, left=to_fmpq(first), entering=entering), rational


def _crossings(polynomial: Any) -> Iterator[tuple[Fraction, bool]]:
    """Yield the real roots at which a polynomial changes its sign, within 2^-120 by interval arithmetic, and whether each is rational."""
    with ctx.workprec(_ROOT_BITS):
        for factor, power in polynomial.factor_squarefree()[1]:
            if power % 2 == 0:
                continue
            for root, _ in factor.numer().complex_roots():
                if root.imag != 0:
                    continue
                mantissa, exponent = (int(part) for part in root.real.mid().man_exp())
                middle = Fraction(mantissa) * Fraction(2) ** exponent
                near = middle.limit_denominator(_SMALL)
                rational = factor(to_fmpq(near)) == 0 and abs(near - middle) < _SAME
                yield (near if rational else middle), rational


def _short_state(payoffs: ExactPayoffs, state: Numbers, exact: bool) -> tuple[Numbers, bool]:
    """Return a state of fewer digits, and whether it is still exact: beside a root that is not rational more digits mean nothing."""
    if exact and max(int(v.q).bit_length() for v in state) <= _KEPT_BITS:
        return state, True
    shares = [_shortened(v, _ROOT_BITS) if v != 0 else v for v in state]
    for part in payoffs.parts:
        total = sum(shares[part], fmpq(0))
        shares[part] = [v / total for v in shares[part]]
    return tuple(shares), False


def _tied_after(payoffs: ExactPayoffs, ray: Ray) -> Tied:
    """Return the best replies at the end of a ray whose end may be rounded: who stayed tied, and who enters."""
    paths = payoffs.along(ray.start, ray.target)
    result = []
    for part, own in zip(payoffs.parts, ray.tied, strict=True):
        leader = next(i for i in own if ray.target[i] != 0)
        stayed = [i for i in own if paths[i] == paths[leader]]
        result.append(tuple(sorted({*stayed, *(j for j in ray.entering if part.start <= j < part.stop)})))
    return tuple(result)
