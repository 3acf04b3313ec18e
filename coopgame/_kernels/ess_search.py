"""The search for supports of evolutionarily stable states in floats with error bounds: what it says is proved, the rest it hands back."""

from __future__ import annotations

import numpy as np

from coopgame._kernels.ess_bounds import compiled, eliminate, obstacle, sign_of, tangent_form
from coopgame._kernels.ess_candidates import STABLE, settle

_DEEPEST = 64  # of supports that are grown one by one; what lies deeper is handed back
PRESENT, OPEN = 1, 2


@compiled
def _add(strategies: np.ndarray, mask: np.ndarray) -> None:
    for i in strategies:
        mask[i >> 6] |= np.uint64(1) << np.uint64(i & 63)


@compiled
def _room(rows: np.ndarray, used: int) -> np.ndarray:
    """Return the rows with room for one more."""
    if used < len(rows):
        return rows
    longer = np.zeros((2 * len(rows), rows.shape[1]), np.int64)
    for a in range(len(rows)):
        for b in range(rows.shape[1]):
            longer[a, b] = rows[a, b]
    return longer


@compiled
def _left_out(present: np.ndarray, reach: np.ndarray, known: np.ndarray, count: int) -> bool:
    """Return whether one of the known supports lies in all supports of this family, or they all lie in it."""
    words = known.shape[1]
    inner, outer = np.zeros(words, np.uint64), np.zeros(words, np.uint64)
    _add(present, inner)
    _add(reach, outer)
    for q in range(count):
        above = below = True
        for word in range(words):
            above = above and (known[q, word] & ~inner[word]) == 0
            below = below and (outer[word] & ~known[q, word]) == 0
        if above or below:
            return True
    return False


@compiled
def _hand_back(back: np.ndarray, returned: int, reach: np.ndarray, present: int) -> np.ndarray:
    """Return the rows with one more: the first of reach are present, the others may be."""
    back = _room(back, returned)
    for a in range(len(reach)):
        back[returned, reach[a]] = PRESENT if a < present else OPEN
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
    count, own = 0, len(present)
    for a in range(len(places)):
        i = places[a]
        sign = sign_of(form[i, i], errors[i, i], step)
        if sign == 1:
            places[count] = i
            count += 1
        elif sign == 2:
            reach = np.empty(own + 1 + count + len(places) - a - 1, np.int64)
            for b in range(own):
                reach[b] = present[b]
            reach[own] = others[i]
            for b in range(count):
                reach[own + 1 + b] = others[places[b]]
            for b in range(a + 1, len(places)):
                reach[own + count + b - a] = others[places[b]]
            back = _hand_back(back, returned, reach, own + 1)
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
) -> tuple[np.ndarray, np.ndarray, int]:
    """Search all supports that hold `base` and strategies of `others`.

    payoffs: less those of the diagonal's column, shape (n, n); radii: bounds of their errors. whole: the same numbers where they are whole and
    exact, with `most` the largest size, which is 0 otherwise. known: supports of ESS as bits, shape (room, words), with their number in known_count;
    supports above and below are left out (Bishop and Cannings 1976), and new ones are added while there is room.

    Returns (found, handed back, visited). A row of `found` has for every strategy 0 where it is absent, a whole number in the proportion of its share, or
    -1 where that is not known; and the kind at the end, as in `settle`. A row of `handed back` has PRESENT and OPEN for strategies that are and that
    may be present, and stands for all these supports, which floats do not decide.
    """
    n, m = len(payoffs), len(others)
    deepest = min(m + 1, _DEEPEST)
    forms, errors, sizes = np.empty((deepest, m, m)), np.empty((deepest, m, m)), np.ones(deepest)
    places, counts, path = np.empty((deepest, m), np.int64), np.zeros(deepest, np.int64), np.empty(n, np.int64)
    work, bounds, own = np.empty((m, m)), np.empty((m, m)), np.zeros(n, np.int64)
    found, back = np.zeros((16, n + 1), np.int64), np.zeros((4, n), np.int64)
    count = returned = visited = level = 0
    tangent_form(base, others, payoffs, radii, most > 0.0, forms[0], errors[0])
    path[0], counts[0], fresh = base, m, True
    for a in range(m):
        places[0, a] = a
    while level >= 0:
        if fresh:  # a strategy has been taken in
            step = 1.0 / sizes[level] if most > 0.0 else 0.0
            counts[level], back, returned = _admit(
                forms[level],
                errors[level],
                step,
                places[level, : counts[level]],
                others,
                path[: level + 1],
                back,
                returned,
            )
        fresh = False
        remaining = places[level, : counts[level]]
        for a in range(counts[level]):
            path[level + 1 + a] = others[remaining[a]]
        reach = path[: level + 1 + counts[level]]
        if _left_out(path[: level + 1], reach, known, known_count[0]):
            level -= 1
            continue
        place = obstacle(forms[level], errors[level], remaining, work, bounds)
        if place < 0 or level + 1 == deepest:
            visited += 1
            kind = settle(reach, level + 1, payoffs, radii, whole, most, own) if place < 0 else -1
            if kind > 0:
                found = _room(found, count)
                for i in range(n):
                    found[count, i] = own[i]
                found[count, n] = kind
                count += 1
                if kind == STABLE and known_count[0] < len(known):
                    _add(np.flatnonzero(own), known[known_count[0]])
                    known_count[0] += 1
            elif kind < 0:
                back = _hand_back(back, returned, reach, level + 1)
                returned += 1
            level -= 1
            continue
        pivot = places[level, place]
        for a in range(place, counts[level] - 1):
            places[level, a] = places[level, a + 1]
        counts[level] -= 1
        for a in range(counts[level]):
            places[level + 1, a] = places[level, a]
        counts[level + 1] = counts[level]
        eliminate(
            forms[level], errors[level], places[level, : counts[level]], pivot, forms[level + 1], errors[level + 1]
        )
        sizes[level + 1] = sizes[level] * (forms[level, pivot, pivot] + errors[level, pivot, pivot]) * 1.0000001
        path[level + 1] = others[pivot]
        level, fresh = level + 1, True
    return found[:count], back[:returned], visited
