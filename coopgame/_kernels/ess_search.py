"""The search for supports of evolutionarily stable states in floats with error bounds: what it says is proved, the rest it hands back."""

from __future__ import annotations

import numpy as np

from coopgame._kernels.ess_bounds import compiled, eliminate, obstacle, sign_of, tangent_form
from coopgame._kernels.ess_candidates import STABLE, settle

_DEEPEST = 64  # of supports that are grown one by one; what lies deeper is handed back
PRESENT, OPEN = 1, 2


@compiled
def _contained(small: np.ndarray, large: np.ndarray) -> bool:
    more = np.uint64(0)
    for word in range(len(small)):
        more |= small[word] & ~large[word]
    return bool(more == 0)


@compiled
def _add(strategies: np.ndarray, mask: np.ndarray) -> None:
    for i in strategies:
        mask[i >> 6] |= np.uint64(1) << np.uint64(i & 63)


@compiled
def _room(rows: np.ndarray, used: int) -> np.ndarray:
    """Return the rows with room for one more."""
    if used < len(rows):
        return rows
    longer = np.zeros((2 * len(rows), rows.shape[1]), rows.dtype)
    longer[: len(rows)] = rows
    return longer


@compiled
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


@compiled
def _hand_back(back: np.ndarray, returned: int, present: np.ndarray, remaining: np.ndarray) -> np.ndarray:
    back = _room(back, returned)
    back[returned, remaining] = OPEN
    back[returned, present] = PRESENT
    return back


@compiled
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


@compiled
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
