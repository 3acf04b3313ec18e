"""Sets of labels as the bits of two words: which are distinct, and which two hold all labels together."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from coopgame._kernels.label_tables import doubled, hash_of, slot_of


@numba.njit(cache=True, nogil=True, error_model="numpy")
def distinct(sets: Any) -> Any:
    """Return the numbers of the sets that differ from all before them, and for every set the place of its like among these."""
    count = 0
    first, place = np.empty(len(sets), np.int64), np.empty(len(sets), np.int64)
    kept = np.empty_like(sets)
    slots = hash_of(sets, 0, 2 * len(sets) + 2)
    for n in range(len(sets)):
        slot = slot_of(slots, kept, sets[n, 0], sets[n, 1])
        if slots[slot] == 0:
            kept[count, 0], kept[count, 1] = sets[n, 0], sets[n, 1]
            first[count] = n
            count += 1
            slots[slot] = count
        place[n] = slots[slot] - 1
    return first[:count], place


@numba.njit(cache=True, nogil=True, error_model="numpy")
def exact_partners(sets: Any, others: Any, everything: Any) -> Any:
    """Return pairs of places, (pairs, 2), of sets and others that part the labels between them, each label in one; the others are distinct."""
    slots = hash_of(others, len(others), 2 * len(others) + 2)
    found, count = np.empty((len(sets), 2), np.int64), 0
    for n in range(len(sets)):
        slot = slot_of(slots, others, sets[n, 0] ^ everything[0], sets[n, 1] ^ everything[1])
        if slots[slot] > 0:
            found[count, 0], found[count, 1] = n, slots[slot] - 1
            count += 1
    return found[:count]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def partners(sets: Any, others: Any, parts: Any, starts: Any, everything: Any) -> Any:
    """Return pairs of places, (pairs, 2), of sets and others that hold all labels together.

    The others come in groups: those from starts[g] on have the labels parts[g] of their lower word in common, and more only outside the labels that any
    part has, so that a group whose part lacks something is passed over.
    """
    inside = np.uint64(0)
    for part in parts:
        inside |= part
    found, count = np.empty((64, 2), np.int64), 0
    for n in range(len(sets)):
        low, high = everything[0] & ~sets[n, 0], everything[1] & ~sets[n, 1]
        for g in range(len(parts)):
            if low & inside & ~parts[g]:
                continue
            for k in range(starts[g], starts[g + 1]):
                if low & ~others[k, 0] == 0 and high & ~others[k, 1] == 0:
                    if count == len(found):
                        found = doubled(found)
                    found[count, 0], found[count, 1] = n, k
                    count += 1
    return found[:count]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def sizes(sets: Any) -> Any:
    """Return how many labels each set holds."""
    counts = np.zeros(len(sets), np.int64)
    for n in range(len(sets)):
        for w in range(2):
            rest = sets[n, w]
            while rest:
                rest &= rest - np.uint64(1)
                counts[n] += 1
    return counts
