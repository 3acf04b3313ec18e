"""The one equilibrium on strategies on which a game is definite, and whether it is evolutionarily stable: in whole numbers, or floats with bounds."""

from __future__ import annotations

import numpy as np

from coopgame._kernels.ess_bounds import TINY, UNIT, compiled, sign_of

STABLE, TIED = 1, 2
_LARGEST = 4e18  # sums of whole numbers stay below


@compiled
def differences(chosen: np.ndarray, payoffs: np.ndarray) -> np.ndarray:
    """Return the equations of equal payoffs on `chosen`, and of the sum of the shares in the last row."""
    count = len(chosen)
    table = np.ones((count, count))
    for a in range(1, count):
        for b in range(count):
            table[a - 1, b] = payoffs[chosen[a], chosen[b]] - payoffs[chosen[0], chosen[b]]
    return table


@compiled
def inverse_of(table: np.ndarray) -> tuple[np.ndarray, float]:
    """Return an approximate inverse by Gauss and Jordan, and the size of the determinant, 0 when there is none."""
    count = len(table)
    left, right = table.copy(), np.eye(count)
    size = 1.0
    for column in range(count):
        best = column
        for i in range(column + 1, count):
            if abs(left[i, column]) > abs(left[best, column]):
                best = i
        pivot = left[best, column]
        if not (abs(pivot) > 0.0 and np.isfinite(pivot)):
            return right, 0.0
        size *= abs(pivot)
        for j in range(count):
            swap = left[column, j]
            left[column, j] = left[best, j] / pivot
            if best != column:
                left[best, j] = swap
            swap = right[column, j]
            right[column, j] = right[best, j] / pivot
            if best != column:
                right[best, j] = swap
        for i in range(count):
            factor = left[i, column]
            if i != column and factor != 0.0:
                for j in range(count):
                    left[i, j] -= factor * left[column, j]
                    right[i, j] -= factor * right[column, j]
    return right, size


@compiled
def _likely_support(reach: np.ndarray, payoffs: np.ndarray) -> np.ndarray:
    """Return what is probably the support of the equilibrium on `reach`, by principal pivoting; empty when it is not found."""
    count = len(reach)
    inside, wrong = np.ones(count, np.bool_), np.ones(count, np.bool_)
    fewest, patience = count + 1, 10
    for _ in range(100 + 10 * count):
        chosen, used = np.empty(count, np.int64), 0
        for a in range(count):
            if inside[a]:
                chosen[used] = reach[a]
                used += 1
        chosen = chosen[:used]
        number = _wrong_ones(reach, inside, chosen, payoffs, wrong)
        if number <= 0:
            return chosen if number == 0 else chosen[:0]
        if number < fewest:
            fewest, patience = number, 10
        elif patience > 0:
            patience -= 1
        else:
            number = 1
        for a in range(count):
            if wrong[a] and number > 0:
                inside[a] = not inside[a]
                number -= 1
    return reach[:0]


@compiled
def _wrong_ones(
    reach: np.ndarray, inside: np.ndarray, chosen: np.ndarray, payoffs: np.ndarray, wrong: np.ndarray
) -> int:
    """Mark strategies with negative shares among those chosen, and better replies among the others; return their number, -1 without a solution."""
    if len(chosen) == 0:
        wrong[:] = True
        return len(reach)
    inverse, size = inverse_of(differences(chosen, payoffs))
    if size == 0.0:
        return -1
    level, scale, place, number = 0.0, 0.0, 0, 0
    for b in range(len(chosen)):
        value = payoffs[chosen[0], chosen[b]] * inverse[b, -1]
        level += value
        scale += abs(value)
    for a in range(len(reach)):
        if inside[a]:
            wrong[a] = inverse[place, -1] < 1e-13
            place += 1
        else:
            earned = 0.0
            for b in range(len(chosen)):
                earned += payoffs[reach[a], chosen[b]] * inverse[b, -1]
            wrong[a] = earned > level + 1e-13 * scale
        number += wrong[a]
    return number


@compiled
def enclosed(
    chosen: np.ndarray, payoffs: np.ndarray, radii: np.ndarray, table: np.ndarray, inverse: np.ndarray
) -> float:
    """Return a bound of the error of the shares in the last column of an approximate inverse, -1 when there is none.

    With the true equations K and G = 1 - RK, |G| < 1, the error is at most |R| |residual| / (1 - |G|).
    """
    count = len(chosen)
    loose = np.zeros((count, count))
    for a in range(1, count):
        for b in range(count):
            loose[a - 1, b] = radii[chosen[a], chosen[b]] + radii[chosen[0], chosen[b]] + UNIT * abs(table[a - 1, b])
    rounding = (2 * count + 6) * UNIT
    residual = np.empty(count)
    for i in range(count):
        total, size, open_part = (1.0 if i == count - 1 else 0.0), 1.0, 0.0
        for j in range(count):
            total -= table[i, j] * inverse[j, count - 1]
            size += abs(table[i, j] * inverse[j, count - 1])
            open_part += loose[i, j] * abs(inverse[j, count - 1])
        residual[i] = abs(total) + rounding * size + open_part + TINY
    worst, error = 0.0, 0.0
    for i in range(count):
        row, bound = 0.0, 0.0
        for j in range(count):
            entry, size = (-1.0 if i == j else 0.0), 1.0
            for k in range(count):
                entry += inverse[i, k] * table[k, j]
                size += abs(inverse[i, k]) * abs(table[k, j])
                row += abs(inverse[i, k]) * loose[k, j]
            row += abs(entry) + rounding * size
            bound += abs(inverse[i, j]) * residual[j]
        worst, error = max(worst, row), max(error, bound)
    return 1.000001 * error / (1.0 - worst) + TINY if worst < 0.5 else -1.0


@compiled
def _whole_shares(chosen: np.ndarray, shares: np.ndarray, size: float, whole: np.ndarray, most: float) -> np.ndarray:
    """Return whole numbers in the proportion of the shares, checked by exact arithmetic; empty when they are not found."""
    none = np.empty(0, np.int64)
    total = 0.0
    for share in shares:
        total += abs(share) * size
    if most == 0.0 or not 2.0 * most * (total + len(chosen)) < _LARGEST:
        return none
    numbers = np.empty(len(chosen), np.int64)
    for a in range(len(chosen)):
        numbers[a] = np.int64(np.rint(shares[a] * size))
        if numbers[a] < 0:
            return none
    if numbers.sum() <= 0:
        return none
    for a in range(1, len(chosen)):
        if _lead(chosen[a], chosen[0], chosen, numbers, whole) != 0:
            return none
    return numbers


@compiled
def _lead(i: int, k: int, chosen: np.ndarray, numbers: np.ndarray, whole: np.ndarray) -> int:
    """Return what strategy i earns more than k, times the sum of the numbers; exact."""
    total = 0
    for b in range(len(chosen)):
        total += (whole[i, chosen[b]] - whole[k, chosen[b]]) * numbers[b]
    return total


@compiled
def _lead_sign(
    i: int,
    chosen: np.ndarray,
    shares: np.ndarray,
    error: float,
    exact: np.ndarray,
    payoffs: np.ndarray,
    radii: np.ndarray,
    whole: np.ndarray,
) -> int:
    """Return the sign of what strategy i earns more than those chosen, by whole numbers or by shares known up to an error; 2 when it is open."""
    k = chosen[0]
    if len(exact) > 0:
        lead = _lead(i, k, chosen, exact, whole)
        return 1 if lead > 0 else (-1 if lead < 0 else 0)
    total, bound, size = 0.0, 0.0, 0.0
    for b in range(len(chosen)):
        j = chosen[b]
        gap = payoffs[i, j] - payoffs[k, j]
        total += gap * shares[b]
        size += abs(gap * shares[b])
        bound += (radii[i, j] + radii[k, j] + UNIT * abs(gap)) * (abs(shares[b]) + error) + abs(gap) * error
    return int(sign_of(total, 1.000001 * bound + (2 * len(chosen) + 4) * UNIT * size + TINY, 0.0))


@compiled
def settle(
    reach: np.ndarray,
    present: int,
    payoffs: np.ndarray,
    radii: np.ndarray,
    whole: np.ndarray,
    most: float,
    found: np.ndarray,
) -> int:
    """Decide the one equilibrium on `reach`, on which the game is proved definite, against all strategies.

    Returns STABLE for an ESS, TIED where it may be one but others seem to earn as much, 0 where there is none whose support holds the first
    `present` of reach, -1 where floats do not tell. found: gets, for every strategy, 0 where it is absent, a whole number in the proportion of its share, or
    -1 where that is not known.
    """
    n = len(payoffs)
    found[:] = 0
    chosen = _likely_support(reach, payoffs)
    if len(chosen) == 0:
        return -1
    table = differences(chosen, payoffs)
    inverse, size = inverse_of(table)
    shares, error = inverse[:, -1].copy(), 0.0
    exact = _whole_shares(chosen, shares, np.rint(size), whole, most)
    if len(exact) == 0:
        error = enclosed(chosen, payoffs, radii, table, inverse)
        if error < 0.0:
            return -1
    for b in range(len(chosen)):
        if len(exact) == 0 and not shares[b] > error:
            return -1
        found[chosen[b]] = exact[b] if len(exact) > 0 else -1
    for i in reach:  # only if none of them earns more is this their equilibrium
        if found[i] == 0 and _lead_sign(i, chosen, shares, error, exact, payoffs, radii, whole) > 0:
            return -1
    for a in range(present):
        if found[reach[a]] == 0:
            return 0
    kind = STABLE
    for i in range(n):
        if found[i] == 0:
            sign = _lead_sign(i, chosen, shares, error, exact, payoffs, radii, whole)
            if sign == 1:
                return 0
            if sign != -1:
                kind = TIED
    return kind
