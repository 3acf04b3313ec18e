"""Infinitely many turns of best response taken together: to a state in finite time, or fading like exp(-t) around one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from flint import fmpq, fmpq_mat

from coopgame.algebra.polynomials import to_fmpq, to_fraction
from coopgame.analysis.best_response_rays import Ray, best_replies, rays_from
from coopgame.analysis.best_response_turns import Turn, final_turn_of, kernel, turn_of
from coopgame.analysis.exact_payoffs import ExactPayoffs, Number, Numbers
from coopgame.analysis.straight_directions import Directions, find_directions

_SHORT = 1e-13  # a turn that lasts less is one of infinitely many
_PATIENCE = 2000  # rays that are followed before slower turns are asked, too
_PATIENCE_ON_CURVES = 800  # the same where each tie is a root to be found


@dataclass(frozen=True, eq=False)
class Summary:
    """A ray that stands for infinitely many turns, and the rays after it."""

    ray: Ray
    beyond: Iterator[Ray]


def summarise_turns(payoffs: ExactPayoffs, rays: Sequence[Ray], repeats: int | None) -> Summary | None:
    """Return what becomes of turns that are too many to be followed; None as long as they are followed.

    Where the exact map of a turn that was made several times contracts to a state, the solution waits there, by less than the
    1e-13 that a turn lasts, and goes on from there. After every two thousand rays, eight hundred where ties are curved, also
    slower turns are asked: those that fade, because the map says so or because the game is zero-sum with one equilibrium,
    are replaced by the ray to the equilibrium, their mean. There the distance to the equilibrium is exp(-t) times that at
    the start, as for the turns themselves.

    References: Hofbauer (1995): along best-response paths of zero-sum games max F - x . F decays like exp(-t).
    """
    patience = len(rays) % (_PATIENCE if payoffs.affine else _PATIENCE_ON_CURVES) == 0
    lasted = math.fsum(ray.length for ray in rays[-repeats:]) if repeats else math.inf
    if not patience and lasted > _SHORT:
        return None
    turn = turn_of(payoffs, rays[-repeats:]) if repeats else None
    if turn and turn.shrinks:
        return _at_limit(payoffs, turn, rays[-1])
    centre = _centre(payoffs, rays, repeats) if patience else None
    return None if centre is None else _towards(rays, centre)


def _centre(payoffs: ExactPayoffs, rays: Sequence[Ray], repeats: int | None) -> Numbers | None:
    """Return the Nash equilibrium around which turns fade."""
    turn = final_turn_of(payoffs, rays[-repeats:]) if repeats else None
    centre = turn.centre() if turn and turn.fades else None
    if centre is None:
        return _only_equilibrium(payoffs) if payoffs.affine else None
    best = {i for own in best_replies(payoffs, centre) for i in own}
    return centre if all(share == 0 or i in best for i, share in enumerate(centre)) else None


def _at_limit(payoffs: ExactPayoffs, turn: Turn, last: Ray) -> Summary:
    state, lasting = turn.limit()
    now, then = last.time + last.length, turn.rays[0].time + lasting
    remaining = to_fmpq(Fraction(max(then - now, 0.0)))
    # shares move by less than the time that is left
    waiting = Ray(now, state, state, last.tied, Directions(()), 1 - remaining, within=float(then - now))
    return Summary(waiting, _marked(rays_from(payoffs, state, max(then, now), begins=False)))


def _marked(rays: Iterator[Ray]) -> Iterator[Ray]:
    for count, ray in enumerate(rays):
        yield replace(ray, infinitely=count == 0)


def _towards(rays: Sequence[Ray], centre: Numbers) -> Summary:
    last = rays[-1]
    late = rays[-max(1, len(rays) // 10) :]
    within = max(abs(float(to_fraction(a - b))) for ray in late for a, b in zip(ray.start, centre, strict=True))
    ray = Ray(last.time + last.length, last.end, centre, last.tied, Directions(()), within=2 * within)
    return Summary(ray, iter(()))


def _only_equilibrium(payoffs: ExactPayoffs) -> Numbers | None:
    """Return the Nash equilibrium of a zero-sum game that has one only."""
    if zero_sum_weights(payoffs) is None:
        return None
    everything = tuple(tuple(range(part.start, part.stop)) for part in payoffs.parts)
    equilibria = find_directions(*payoffs.table, everything)
    alone = equilibria.complete and len(equilibria.targets) == 1
    return equilibria.targets[0] if alone else None


def zero_sum_weights(payoffs: ExactPayoffs) -> tuple[Number, ...] | None:
    """Return positive weights of populations by which the game is zero-sum for best replies, None when there are none.

    Zero-sum means that for all changes of state u the weighted sum of u . DF u vanishes. Then the weighted sum W of
    max F - x . F decays exactly like exp(-t) along every best-response path.
    """
    rows = payoffs.table[0]
    pairs = [(p, i) for p, part in enumerate(payoffs.parts) for i in range(part.start + 1, part.stop)]
    equations = []
    for (p, i), (q, j) in [*combinations(pairs, 2), *((own, own) for own in pairs)]:
        a, b = payoffs.parts[p].start, payoffs.parts[q].start
        equation = [fmpq(0)] * len(payoffs.parts)
        equation[p] += rows[i][j] - rows[i][b] - rows[a][j] + rows[a][b]
        equation[q] += rows[j][i] - rows[j][a] - rows[b][i] + rows[b][a]
        equations.append(equation)
    if not equations:
        return tuple(fmpq(1) for _ in payoffs.parts)
    free = kernel(fmpq_mat(equations))
    total = [sum((abs(free[p, k]) for k in range(free.ncols())), fmpq(0)) for p in range(len(payoffs.parts))]
    check = fmpq_mat(equations) * fmpq_mat([[t] for t in total])
    zero = all(check[r, 0] == 0 for r in range(check.nrows()))
    return tuple(total) if zero and min(total) > 0 else None
