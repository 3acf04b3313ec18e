"""All equilibria of many games of three players with two strategies each, in closed form."""

from __future__ import annotations

import math

import numba
import numpy as np

MOST = 9  # equilibria of a nondegenerate game
_TIE = 2.0**-40  # of the largest payoff: a smaller difference may be due to rounding
_LOOSE = 1e-5  # of the terms: two smaller sums leave a share open
_NEAR = 1e-10  # of the terms of a sum: a smaller sum has no certain sign


@numba.njit(cache=True, nogil=True, error_model="numpy")
def equilibria_of_2x2x2(
    payoffs: np.ndarray, shares: np.ndarray, index: np.ndarray, counts: np.ndarray, degenerate: np.ndarray
) -> None:
    """Fill in the equilibria of every game.

    payoffs: (N, 3, 2, 2, 2). shares: (N, MOST, 3), the probability of each player's first strategy; index: (N, MOST), 0 where ties leave it open;
    counts: (N,); degenerate: (N,), whether a sign was too close to call, or the indices do not add up to 1.
    """
    gains = np.zeros((3, 3, 2, 2))
    tied = np.zeros((3, 3, 2, 2), dtype=np.bool_)
    point = np.empty(3)
    for n in range(payoffs.shape[0]):
        _gains(payoffs[n], gains, tied)
        near = _ties_matter(gains, tied)
        count = _pure(gains, shares[n], index[n])
        count, near = _pairs(gains, shares[n], index[n], count, near)
        count, near = _inside(gains, point, shares[n], index[n], count, near)
        total = 0
        for m in range(count):
            total += index[n, m]
        counts[n] = count
        degenerate[n] = near or total != 1


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _gains(payoffs: np.ndarray, gains: np.ndarray, tied: np.ndarray) -> None:
    """Set gains[i, j, b, c]: what i's first strategy earns more than the second where j plays b and the third player c; and which are ties.

    Each player's gains are divided by the largest of them.
    """
    for i in range(3):
        j, k = (1 if i == 0 else 0), (1 if i == 2 else 2)
        largest = np.abs(payoffs[i]).max()
        shrink = 0.25 if largest > 1e307 else 1.0
        top = 0.0
        for b in range(2):
            for c in range(2):
                first = payoffs[i, 0, b, c] if i == 0 else (payoffs[i, b, 0, c] if i == 1 else payoffs[i, b, c, 0])
                second = payoffs[i, 1, b, c] if i == 0 else (payoffs[i, b, 1, c] if i == 1 else payoffs[i, b, c, 1])
                gain = shrink * first - shrink * second
                gains[i, j, b, c] = gain
                top = max(top, abs(gain))
                tied[i, j, b, c] = tied[i, k, c, b] = abs(gain) <= _TIE * shrink * largest
        for b in range(2):
            for c in range(2):
                if top > 0.0:
                    gains[i, j, b, c] /= top
                gains[i, k, c, b] = gains[i, j, b, c]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _ties_matter(gains: np.ndarray, tied: np.ndarray) -> bool:
    """Return whether a player's tie can be met in equilibrium: neither of the others surely leaves what they do there."""
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        for b in range(2):
            for c in range(2):
                if tied[i, j, b, c] and _may_stay(gains, tied, j, i, b, c) and _may_stay(gains, tied, k, i, c, b):
                    return True
    return False


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _may_stay(gains: np.ndarray, tied: np.ndarray, j: int, i: int, b: int, c: int) -> bool:
    """Return whether b is a best reply of player j, or nearly, to one of i's strategies where the third player plays c."""
    first = tied[j, i, 0, c] or (1 - 2 * b) * gains[j, i, 0, c] > 0.0
    second = tied[j, i, 1, c] or (1 - 2 * b) * gains[j, i, 1, c] > 0.0
    return bool(first or second)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _pure(gains: np.ndarray, shares: np.ndarray, index: np.ndarray) -> int:
    count = 0
    for a in range(2):
        for b in range(2):
            for c in range(2):
                g0, g1, g2 = gains[0, 1, b, c], gains[1, 0, a, c], gains[2, 0, a, b]
                if (1 - 2 * a) * g0 >= 0.0 and (1 - 2 * b) * g1 >= 0.0 and (1 - 2 * c) * g2 >= 0.0:
                    shares[count, 0], shares[count, 1], shares[count, 2] = 1.0 - a, 1.0 - b, 1.0 - c
                    index[count] = 1 if g0 != 0.0 and g1 != 0.0 and g2 != 0.0 else 0
                    count += 1
    return count


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _pairs(gains: np.ndarray, shares: np.ndarray, index: np.ndarray, count: int, near: bool) -> tuple[int, bool]:
    """Equilibria in which player k plays a, and i and j mix: each share follows from one linear equation."""
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        for a in range(2):
            i0, i1 = gains[i, j, 0, a], gains[i, j, 1, a]  # gain of i where j plays 0, 1
            j0, j1 = gains[j, i, 0, a], gains[j, i, 1, a]
            if not (i0 * i1 < 0.0 and j0 * j1 < 0.0):
                continue
            x0, x1, y0, y1 = abs(j1), abs(j0), abs(i1), abs(i0)  # odds of the strategies of i, and of j
            t00, t01 = gains[k, i, 0, 0] * x0 * y0, gains[k, i, 0, 1] * x0 * y1
            t10, t11 = gains[k, i, 1, 0] * x1 * y0, gains[k, i, 1, 1] * x1 * y1
            lead = t00 + t01 + t10 + t11
            unclear = abs(lead) <= _NEAR * (abs(t00) + abs(t01) + abs(t10) + abs(t11))
            near = near or unclear
            if (1 - 2 * a) * lead >= 0.0 and count < MOST:
                shares[count, k], shares[count, i], shares[count, j] = 1.0 - a, x0 / (x0 + x1), y0 / (y0 + y1)
                index[count] = 0 if unclear else (1 if i0 * j0 < 0.0 else -1)
                count += 1
    return count, near


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _dependence(gains: np.ndarray, i: int, j: int) -> float:
    """Return how much the gain of player i depends on what player j does."""
    zero = abs(gains[i, j, 0, 0] - gains[i, j, 1, 0])
    one = abs(gains[i, j, 0, 1] - gains[i, j, 1, 1])
    return float(max(zero, one))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _inside(
    gains: np.ndarray, point: np.ndarray, shares: np.ndarray, index: np.ndarray, count: int, near: bool
) -> tuple[int, bool]:
    """Equilibria in which all mix: a quadratic equation for the share of the player p from whom the other two follow best."""
    p, best = 0, -1.0
    for candidate in range(3):
        q, r = (candidate + 1) % 3, (candidate + 2) % 3
        depends = min(_dependence(gains, r, q), _dependence(gains, q, r))
        if depends > best:
            p, best = candidate, depends
    if best < _TIE:
        return _around(gains, point, shares, index, count, near)
    q, r = (p + 1) % 3, (p + 2) % 3
    q0, q1, q2, size = _quadratic(gains, p, q, r)
    if max(abs(q0), abs(q1), abs(q2)) <= _NEAR * size:
        return count, True
    square, product = q1 * q1, 4.0 * q0 * q2
    discriminant = square - product
    near = near or (abs(discriminant) <= _NEAR * (square + abs(product)) and q1 * q2 < 0.0)
    if discriminant < 0.0:
        return count, near
    h = -0.5 * (q1 + math.copysign(math.sqrt(discriminant), q1))
    for m in range(2):
        above, below = (h, q2) if m == 0 else (q0, h)  # odds of p's first strategy
        if not above * below > 0.0:
            if abs(above) + abs(below) > 0.0 and min(abs(above), abs(below)) <= _NEAR * size:
                end = 1.0 if abs(above) > abs(below) else 0.0
                inside, unclear = _complete(gains, p, end, 1.0 - end, point)
                near = near or inside or unclear
            continue
        u, v = above / (above + below), below / (above + below)
        inside, unclear = _complete(gains, p, u, v, point)
        near = near or unclear or (inside and min(u, v) <= _NEAR)
        if inside and count < MOST:
            near = _keep(gains, point, shares, index, count, near)
            count += 1
    return count, near


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _quadratic(gains: np.ndarray, p: int, q: int, r: int) -> tuple[float, float, float, float]:
    """Return the coefficients of v**2, u*v, u**2 where p's strategies have probability u and v = 1 - u, and the size of their terms."""
    q0 = q1 = q2 = size = 0.0
    for b in range(2):
        for c in range(2):
            weight = gains[p, q, b, c] * (1.0 if b == c else -1.0)
            # the odds of q's strategy b are what r gains where q plays the other, and likewise for r
            r0, r1 = gains[r, q, 1 - b, 0], gains[r, q, 1 - b, 1]
            s0, s1 = gains[q, r, 1 - c, 0], gains[q, r, 1 - c, 1]
            q2 += weight * r0 * s0
            q1 += weight * (r0 * s1 + r1 * s0)
            q0 += weight * r1 * s1
            size += abs(weight) * (abs(r0) + abs(r1)) * (abs(s0) + abs(s1))
    return q0, q1, q2, size


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _complete(gains: np.ndarray, p: int, u: float, v: float, point: np.ndarray) -> tuple[bool, bool]:
    """Set the point that follows from p's shares u, v; tell whether all shares are inside, and whether that is too close to call.

    Where the equation of one player vanishes for every share of another, that share follows from p's own equation.
    """
    point[p] = u
    inside, unclear, free = True, False, -1
    for m in range(1, 3):
        other, judge = (p + m) % 3, (p + 3 - m) % 3
        zero, one = _ends(gains, judge, other, u, v)
        size = abs(gains[judge, other, 0, 0]) * u + abs(gains[judge, other, 0, 1]) * v
        size += abs(gains[judge, other, 1, 0]) * u + abs(gains[judge, other, 1, 1]) * v
        if abs(zero) + abs(one) <= _LOOSE * size:
            if free >= 0:
                return False, True
            free = other
            continue
        small = min(abs(zero), abs(one)) <= _NEAR * size
        if zero * one > 0.0 and not small:
            return False, False
        inside, unclear = inside and zero * one < 0.0, unclear or small
        point[other] = abs(one) / (abs(zero) + abs(one))
    if free >= 0:
        share = point[3 - p - free]
        zero, one = _ends(gains, p, free, share, 1.0 - share)
        small = min(abs(zero), abs(one)) <= _NEAR
        inside, unclear = inside and zero * one < 0.0, unclear or small
        point[free] = abs(one) / (abs(zero) + abs(one)) if inside else 0.5
        if zero * one > 0.0 and not small:
            return False, False
    return inside, unclear


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _ends(gains: np.ndarray, i: int, j: int, u: float, v: float) -> tuple[float, float]:
    """Return the gain of i where j plays the first strategy, and the second, and the third player mixes u : v."""
    return gains[i, j, 0, 0] * u + gains[i, j, 0, 1] * v, gains[i, j, 1, 0] * u + gains[i, j, 1, 1] * v


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _around(
    gains: np.ndarray, point: np.ndarray, shares: np.ndarray, index: np.ndarray, count: int, near: bool
) -> tuple[int, bool]:
    """Everyone's gain depends on one other player, around the circle: one linear equation for each share."""
    for step in range(1, 3):
        inside = True
        for i in range(3):
            j = (i + step) % 3
            zero, one = gains[i, j, 0, 0], gains[i, j, 1, 0]
            if zero * one < 0.0 and _dependence(gains, i, 3 - i - j) < _TIE:
                point[j] = abs(one) / (abs(zero) + abs(one))
            else:
                inside = False
        if inside and count < MOST:
            return count + 1, _keep(gains, point, shares, index, count, near)
    return count, near


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _slope(gains: np.ndarray, i: int, j: int, point: np.ndarray) -> float:
    """Return the derivative of i's gain by j's share."""
    share = point[3 - i - j]
    zero = gains[i, j, 0, 0] - gains[i, j, 1, 0]
    one = gains[i, j, 0, 1] - gains[i, j, 1, 1]
    return float(share * zero + (1.0 - share) * one)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _value(gains: np.ndarray, i: int, point: np.ndarray) -> float:
    j = 1 if i == 0 else 0
    k = 3 - i - j
    zero = gains[i, j, 0, 0] * point[k] + gains[i, j, 0, 1] * (1.0 - point[k])
    one = gains[i, j, 1, 0] * point[k] + gains[i, j, 1, 1] * (1.0 - point[k])
    return float(zero * point[j] + one * (1.0 - point[j]))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _keep(
    gains: np.ndarray, point: np.ndarray, shares: np.ndarray, index: np.ndarray, count: int, near: bool
) -> bool:
    """Write a point inside after one step of Newton's method, with its index; tell whether the point is nearly singular."""
    s01, s02 = _slope(gains, 0, 1, point), _slope(gains, 0, 2, point)
    s10, s12 = _slope(gains, 1, 0, point), _slope(gains, 1, 2, point)
    s20, s21 = _slope(gains, 2, 0, point), _slope(gains, 2, 1, point)
    forward, backward = s01 * s12 * s20, s02 * s10 * s21
    determinant = forward + backward
    unclear = abs(determinant) <= _NEAR * (abs(forward) + abs(backward))
    g0, g1, g2 = _value(gains, 0, point), _value(gains, 1, point), _value(gains, 2, point)
    if not unclear:  # the inverse of a matrix without diagonal, times the gains
        d0 = (-s12 * s21 * g0 + s02 * s21 * g1 + s01 * s12 * g2) / determinant
        d1 = (s12 * s20 * g0 - s02 * s20 * g1 + s02 * s10 * g2) / determinant
        d2 = (s10 * s21 * g0 + s01 * s20 * g1 - s01 * s10 * g2) / determinant
        if max(abs(d0), abs(d1), abs(d2)) < 1e-4:
            for m in range(3):
                moved = point[m] - (d0 if m == 0 else d1 if m == 1 else d2)
                if 0.0 < moved < 1.0:
                    point[m] = moved
    for m in range(3):
        shares[count, m] = point[m]
    index[count] = 0 if unclear else (1 if determinant < 0.0 else -1)
    return near or unclear
