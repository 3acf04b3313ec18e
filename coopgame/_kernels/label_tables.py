"""Sets of labels as the bits of two words, and hash tables of them."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np


@numba.njit(cache=True, nogil=True, error_model="numpy")
def bits_of(labels: Any) -> Any:
    """Return the set of each label alone, as the bits of two words."""
    bits = np.zeros((len(labels), 2), np.uint64)
    for v in range(len(labels)):
        bits[v, labels[v] >> 6] = np.uint64(1) << np.uint64(labels[v] & 63)
    return bits


@numba.njit(cache=True, nogil=True, error_model="numpy")
def first_slot(low: Any, high: Any, last: int) -> Any:
    """Return where the search for a set of labels begins in a hash table with slots up to `last`."""
    x = (low ^ (high * np.uint64(0xD6E8FEB86659FD93))) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64(x ^ (x >> np.uint64(32))) & last


@numba.njit(cache=True, nogil=True, error_model="numpy")
def slot_of(slots: Any, keys: Any, low: Any, high: Any) -> Any:
    """Return the slot of a set of labels in a hash table of row numbers plus 1, or the free slot that it would take."""
    last = len(slots) - 1
    slot = first_slot(low, high, last)
    while slots[slot] != 0 and (keys[slots[slot] - 1, 0] != low or keys[slots[slot] - 1, 1] != high):
        slot = (slot + 1) & last
    return slot


@numba.njit(cache=True, nogil=True, error_model="numpy")
def doubled(array: Any) -> Any:
    """Return an array with as many rows again, of zeros."""
    longer = np.zeros((2 * array.shape[0], array.shape[1]), array.dtype)
    for i in range(array.shape[0]):
        for j in range(array.shape[1]):
            longer[i, j] = array[i, j]
    return longer


@numba.njit(cache=True, nogil=True, error_model="numpy")
def hash_of(keys: Any, count: int, size: int) -> Any:
    """Return a hash table of the first sets of labels, with at least `size` slots."""
    length = 1
    while length < size:
        length *= 2
    slots = np.zeros(length, np.int64)
    for row in range(count):
        slots[slot_of(slots, keys, keys[row, 0], keys[row, 1])] = row + 1
    return slots
