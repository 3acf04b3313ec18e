"""The search for supports of evolutionarily stable states in floats with error bounds: what it says is proved, the rest it hands back."""

from __future__ import annotations

import numba
import numpy as np

_UNIT = 1.2e-16  # a little more than the relative error of one rounding
_TINY = 1e-290  # more than any sum of underflows
_LARGEST = 4e18  # sums of whole numbers stay below
_DEEPEST = 64  # of supports that are grown one by one; what lies deeper is handed back
PRESENT, OPEN = 1, 2
STABLE, TIED = 1, 2

_compiled = numba.njit(cache=True, nogil=True, error_model="numpy")


@_compiled
def sign_of(value: float, radius: float, step: float) -> int:
    """Return the sign of a number within `radius` of value, 2 when it is open.

    step: not 0 where the number is a multiple of some number as large as this at least.
    """
    if value > radius:
        return 1
    if value < -radius:
        return -1
    if (value == 0.0 and radius == 0.0) or abs(value) + radius < step:
        return 0
    return 2


@_compiled
def tangent_form(
    base: int, others: np.ndarray, payoffs: np.ndarray, radii: np.ndarray, exact: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the matrix of -2 v·Av in the shares of `others`, with the base as the rest, and bounds of its errors.

    The diagonal of the payoffs is 0. exact: whether they are whole numbers, small enough that sums are exact.
    """
    m = len(others)
    form, errors = np.empty((m, m)), np.zeros((m, m))
    for i in range(m):
        for j in range(m):
            p, q = others[i], others[j]
            form[i, j] = (payoffs[base, p] + payoffs[p, base]) + (payoffs[base, q] + payoffs[q, base])
            form[i, j] -= payoffs[p, q] + payoffs[q, p]
            if not exact:
                size = abs(payoffs[base, p]) + abs(payoffs[p, base]) + abs(payoffs[base, q]) + abs(payoffs[q, base])
                size += abs(payoffs[p, q]) + abs(payoffs[q, p])
                error = radii[base, p] + radii[p, base] + radii[base, q] + radii[q, base] + radii[p, q] + radii[q, p]
                errors[i, j] = 1.001 * error + 6 * _UNIT * size + _TINY
    return form, errors


@_compiled
def eliminate(
    form: np.ndarray, errors: np.ndarray, places: np.ndarray, pivot: int, to: np.ndarray, bounds: np.ndarray
) -> None:
    """Write the Schur complement of a pivot, proved positive, on `places`, with bounds of its errors."""
    low = form[pivot, pivot] - errors[pivot, pivot]
    for a in range(len(places)):
        i = places[a]
        factor = form[i, pivot] / form[pivot, pivot]
        loose = (errors[i, pivot] + abs(factor) * errors[pivot, pivot]) / low + _UNIT * abs(factor) + _TINY
        for b in range(a, len(places)):
            j = places[b]
            other = form[j, pivot]
            change = factor * other
            value = form[i, j] - change
            error = errors[i, j] + loose * (abs(other) + errors[j, pivot]) + abs(factor) * errors[j, pivot]
            error += _UNIT * (abs(change) + abs(value)) + _TINY
            to[i, j] = to[j, i] = value
            bounds[i, j] = bounds[j, i] = error * 1.0000001


@_compiled
def obstacle(form: np.ndarray, errors: np.ndarray, places: np.ndarray, work: np.ndarray, bounds: np.ndarray) -> int:
    """Return the number of a place that keeps the form on `places` from being proved definite, -1 when it is proved."""
    count = len(places)
    worst, most = -1, 0
    for a in range(count):
        i, conflicts = places[a], 0
        for b in range(count):
            j = places[b]
            if a != b and form[i, j] * form[i, j] >= form[i, i] * form[j, j]:
                conflicts += 1
        if conflicts > most:
            worst, most = a, conflicts
    if worst >= 0:
        return worst
    for a in range(count):
        for b in range(count):
            work[places[a], places[b]] = form[places[a], places[b]]
            bounds[places[a], places[b]] = errors[places[a], places[b]]
    for a in range(count):
        pivot = places[a]
        if not work[pivot, pivot] > bounds[pivot, pivot]:
            return a
        eliminate(work, bounds, places[a + 1 :], pivot, work, bounds)
    return -1


@_compiled
def _differences(chosen: np.ndarray, payoffs: np.ndarray) -> np.ndarray:
    """Return the equations of equal payoffs on `chosen`, and of the sum of the shares in the last row."""
    count = len(chosen)
    table = np.ones((count, count))
    for a in range(1, count):
        for b in range(count):
            table[a - 1, b] = payoffs[chosen[a], chosen[b]] - payoffs[chosen[0], chosen[b]]
    return table


@_compiled
def _inverse(table: np.ndarray) -> tuple[np.ndarray, float]:
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


@_compiled
def _likely_support(reach: np.ndarray, payoffs: np.ndarray) -> np.ndarray:
    """Return what is probably the support of the equilibrium on `reach`, by principal pivoting; empty when it is not found."""
    count = len(reach)
    inside = np.ones(count, np.bool_)
    fewest, patience = count + 1, 10
    for _ in range(100 + 10 * count):
        chosen = reach[inside]
        wrong = np.ones(count, np.bool_)
        if len(chosen) > 0:
            inverse, size = _inverse(_differences(chosen, payoffs))
            if size == 0.0:
                break
            shares = inverse[:, -1]
            level, scale = 0.0, 0.0
            for b in range(len(chosen)):
                level += payoffs[chosen[0], chosen[b]] * shares[b]
                scale += abs(payoffs[chosen[0], chosen[b]] * shares[b])
            place = 0
            for a in range(count):
                if inside[a]:
                    wrong[a] = shares[place] < 1e-13
                    place += 1
                    continue
                earned = 0.0
                for b in range(len(chosen)):
                    earned += payoffs[reach[a], chosen[b]] * shares[b]
                wrong[a] = earned > level + 1e-13 * scale
        number = wrong.sum()
        if number == 0:
            return chosen
        if number < fewest:
            fewest, patience = number, 10
        elif patience > 0:
            patience -= 1
        else:
            first = np.argmax(wrong)
            wrong[first + 1 :] = False
        inside ^= wrong
    return reach[:0]


@_compiled
def _enclosed(
    chosen: np.ndarray, payoffs: np.ndarray, radii: np.ndarray, table: np.ndarray, inverse: np.ndarray
) -> float:
    """Return a bound of the error of the shares in the last column of an approximate inverse, -1 when there is none.

    With the true equations K and G = 1 - RK, |G| < 1, the error is at most |R| |residual| / (1 - |G|).
    """
    count = len(chosen)
    loose = np.zeros((count, count))
    for a in range(1, count):
        for b in range(count):
            loose[a - 1, b] = radii[chosen[a], chosen[b]] + radii[chosen[0], chosen[b]] + _UNIT * abs(table[a - 1, b])
    rounding = (2 * count + 6) * _UNIT
    residual = np.empty(count)
    for i in range(count):
        total, size, open_part = (1.0 if i == count - 1 else 0.0), 1.0, 0.0
        for j in range(count):
            total -= table[i, j] * inverse[j, count - 1]
            size += abs(table[i, j] * inverse[j, count - 1])
            open_part += loose[i, j] * abs(inverse[j, count - 1])
        residual[i] = abs(total) + rounding * size + open_part + _TINY
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
    return 1.000001 * error / (1.0 - worst) + _TINY if worst < 0.5 else -1.0


@_compiled
def _whole_shares(chosen: np.ndarray, shares: np.ndarray, size: float, whole: np.ndarray, most: float) -> np.ndarray:
    """Return whole numbers in the proportion of the shares, checked by exact arithmetic; empty when they are not found."""
    none = np.empty(0, np.int64)
    total = 0.0
    for share in shares:
        total += abs(share) * size
    if not 2.0 * most * (total + len(chosen)) < _LARGEST:
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


@_compiled
def _lead(i: int, k: int, chosen: np.ndarray, numbers: np.ndarray, whole: np.ndarray) -> int:
    """Return what strategy i earns more than k, times the sum of the numbers; exact."""
    total = 0
    for b in range(len(chosen)):
        total += (whole[i, chosen[b]] - whole[k, chosen[b]]) * numbers[b]
    return total


@_compiled
def _lead_sign(
    i: int, k: int, chosen: np.ndarray, shares: np.ndarray, error: float, payoffs: np.ndarray, radii: np.ndarray
) -> int:
    """Return the sign of what strategy i earns more than k at shares known up to an error, 2 when it is open."""
    total, bound, size = 0.0, 0.0, 0.0
    for b in range(len(chosen)):
        j = chosen[b]
        gap = payoffs[i, j] - payoffs[k, j]
        total += gap * shares[b]
        size += abs(gap * shares[b])
        bound += (radii[i, j] + radii[k, j] + _UNIT * abs(gap)) * (abs(shares[b]) + error) + abs(gap) * error
    return sign_of(total, 1.000001 * bound + (2 * len(chosen) + 4) * _UNIT * size + _TINY, 0.0)


@_compiled
def settle(
    reach: np.ndarray,
    present: int,
    payoffs: np.ndarray,
    radii: np.ndarray,
    whole: np.ndarray,
    most: float,
    numbers: np.ndarray,
) -> tuple[int, np.ndarray]:
    """Decide the one equilibrium on `reach`, on which the game is proved definite, against all strategies.

    Returns (kind, support). kind: STABLE for an ESS, TIED where it may be one but others seem to earn as much, 0 where there is none whose support
    holds the first `present` of reach, -1 where floats do not tell. numbers: gets whole numbers in the proportion of the shares, or zeros.
    """
    count, n = len(reach), len(payoffs)
    numbers[:] = 0
    chosen = _likely_support(reach, payoffs)
    if len(chosen) == 0:
        return -1, chosen
    table = _differences(chosen, payoffs)
    inverse, size = _inverse(table)
    shares = inverse[:, -1].copy()
    exact = np.empty(0, np.int64)
    if most > 0.0:
        exact = _whole_shares(chosen, shares, np.rint(size), whole, most)
    error = 0.0
    if len(exact) == 0:
        error = _enclosed(chosen, payoffs, radii, table, inverse)
        if error < 0.0:
            return -1, chosen
    is_in = np.zeros(n, np.bool_)
    for b in range(len(chosen)):
        if len(exact) == 0 and not shares[b] > error:
            return -1, chosen
        is_in[chosen[b]] = len(exact) == 0 or exact[b] > 0
    kind = STABLE
    for step in range(
        2
    ):  # the strategies of `reach` first: only if none of them earns more, this is their equilibrium
        for a in range(count if step == 0 else n):
            i = reach[a] if step == 0 else a
            if is_in[i]:
                continue
            if len(exact) > 0:
                lead = _lead(i, chosen[0], chosen, exact, whole)
                sign = 1 if lead > 0 else (-1 if lead < 0 else 0)
            else:
                sign = _lead_sign(i, chosen[0], chosen, shares, error, payoffs, radii)
            if step == 0 and sign > 0:  # more, or open
                return -1, chosen
            if sign == 1:
                return 0, chosen
            if sign != -1:
                kind = TIED
        if step == 0:
            for a in range(present):
                if not is_in[reach[a]]:
                    return 0, chosen
    for b in range(len(exact)):
        numbers[chosen[b]] = exact[b]
    return kind, np.nonzero(is_in)[0]


@_compiled
def _contained(small: np.ndarray, large: np.ndarray) -> bool:
    more = np.uint64(0)
    for word in range(len(small)):
        more |= small[word] & ~large[word]
    return bool(more == 0)


@_compiled
def _add(strategies: np.ndarray, mask: np.ndarray) -> None:
    for i in strategies:
        mask[i >> 6] |= np.uint64(1) << np.uint64(i & 63)


@_compiled
def _room(rows: np.ndarray, used: int) -> np.ndarray:
    """Return the rows with room for one more."""
    if used < len(rows):
        return rows
    longer = np.zeros((2 * len(rows), rows.shape[1]), rows.dtype)
    longer[: len(rows)] = rows
    return longer


@_compiled
def _left_out(
    present: np.ndarray, remaining: np.ndarray, known: np.ndarray, mask: np.ndarray, wide: np.ndarray
) -> bool:
    """Return whether a known support lies in all supports of this family, or they all lie in it."""
    mask[:] = 0
    _add(present, mask)
    wide[:] = mask
    _add(remaining, wide)
    out = False
    for q in range(len(known)):
        out = out or _contained(known[q], mask) or _contained(wide, known[q])
    return out


@_compiled
def _hand_back(back: np.ndarray, returned: int, present: np.ndarray, remaining: np.ndarray) -> np.ndarray:
    back = _room(back, returned)
    back[returned, remaining] = OPEN
    back[returned, present] = PRESENT
    return back


@_compiled
def _admit(
    form: np.ndarray,
    errors: np.ndarray,
    step: float,
    places: np.ndarray,
    others: np.ndarray,
    present: np.ndarray,
    back: np.ndarray,
    returned: int,
) -> tuple[int, np.ndarray, int]:
    """Move the places that can stand beside those present to the front; hand back the families of those for which that is open."""
    count = 0
    for a in range(len(places)):
        i = places[a]
        sign = sign_of(form[i, i], errors[i, i], step)
        if sign == 1:
            places[count] = i
            count += 1
        elif sign == 2:
            remaining = np.concatenate((others[places[:count]], others[places[a + 1 :]]))
            back = _hand_back(back, returned, np.append(present, others[i]), remaining)
            returned += 1
    return count, back, returned


@_compiled
def search(
    base: int,
    others: np.ndarray,
    payoffs: np.ndarray,
    radii: np.ndarray,
    whole: np.ndarray,
    most: float,
    known: np.ndarray,
    known_count: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Search all supports that hold `base` and strategies of `others`.

    payoffs: less those of the diagonal's column, shape (n, n); radii: bounds of their errors. whole: the same numbers where they are whole and
    exact, with `most` the largest size, which is 0 otherwise. known: supports of ESS as bits, shape (room, words), with their number in known_count;
    supports above and below are left out (Bishop and Cannings 1976), and new ones are added while there is room.

    Returns (kinds, supports, numbers, handed back, visited). A row of `supports` tells which strategies are present; kinds and numbers as in `settle`. A row of
    `handed back` has PRESENT and OPEN for strategies that are and that may be present, and stands for all these supports, which floats do not decide.
    """
    n, m = len(payoffs), len(others)
    deepest = min(m + 1, _DEEPEST)
    forms, errors, sizes = np.empty((deepest, m, m)), np.empty((deepest, m, m)), np.ones(deepest)
    places, counts = np.empty((deepest, m), np.int64), np.zeros(deepest, np.int64)
    path, own = np.empty(deepest, np.int64), np.zeros(n, np.int64)
    work, bounds = np.empty((m, m)), np.empty((m, m))
    mask, wide = np.zeros(known.shape[1], np.uint64), np.zeros(known.shape[1], np.uint64)
    kinds, supports, numbers = np.zeros((16, 1), np.int8), np.zeros((16, n), np.bool_), np.zeros((16, n), np.int64)
    back = np.zeros((4, n), np.int8)
    found = returned = visited = level = 0
    forms[0], errors[0] = tangent_form(base, others, payoffs, radii, most > 0.0)
    path[0], places[0], counts[0], fresh = base, np.arange(m), m, True
    while level >= 0:
        present = path[: level + 1]
        if fresh:  # a strategy has been taken in
            step = 1.0 / sizes[level] if most > 0.0 else 0.0
            counts[level], back, returned = _admit(
                forms[level], errors[level], step, places[level, : counts[level]], others, present, back, returned
            )
        fresh = False
        remaining = places[level, : counts[level]]
        if _left_out(present, others[remaining], known[: known_count[0]], mask, wide):
            level -= 1
            continue
        place = obstacle(forms[level], errors[level], remaining, work, bounds)
        if place < 0 or level + 1 == deepest:
            reach, kind = np.concatenate((present, others[remaining])), -1
            visited += 1
            if place < 0:
                kind, chosen = settle(reach, level + 1, payoffs, radii, whole, most, own)
            if kind > 0:
                kinds, supports, numbers = _room(kinds, found), _room(supports, found), _room(numbers, found)
                kinds[found, 0], numbers[found], supports[found, chosen] = kind, own, True
                if kind == STABLE and known_count[0] < len(known):
                    _add(chosen, known[known_count[0]])
                    known_count[0] += 1
                found += 1
            elif kind < 0:
                back = _hand_back(back, returned, present, others[remaining])
                returned += 1
            level -= 1
            continue
        pivot = places[level, place]
        places[level, place : counts[level] - 1] = remaining[place + 1 :].copy()
        counts[level] -= 1
        remaining = places[level, : counts[level]]
        counts[level + 1], places[level + 1, : counts[level]] = counts[level], remaining
        eliminate(forms[level], errors[level], remaining, pivot, forms[level + 1], errors[level + 1])
        sizes[level + 1] = sizes[level] * (forms[level, pivot, pivot] + errors[level, pivot, pivot]) * 1.0000001
        path[level + 1] = others[pivot]
        level, fresh = level + 1, True
    return kinds[:found, 0], supports[:found], numbers[:found], back[:returned], visited
