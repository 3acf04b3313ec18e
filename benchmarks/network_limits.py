"""What no simulation on a lattice of one byte a node can beat, for benchmarks/networks.py: its random numbers alone, and with the same places in memory read and written."""

from __future__ import annotations

import numba
import numpy as np

from coopgame._kernels.random_streams import next_word, uniform_of

_LOW = np.uint64(2047)  # the bits of a word that say no place


@numba.njit(nogil=True, error_model="numpy")
def draw(words: int, stream: np.ndarray) -> np.uint64:
    """Draw so many words."""
    first, second = stream[0], stream[1]
    mixed = np.uint64(0)
    for _ in range(words):
        word, first, second = next_word(first, second)
        mixed ^= word
    stream[0], stream[1] = first, second
    return mixed


@numba.njit(nogil=True, error_model="numpy")
def touch(
    packed: np.ndarray, rows: int, columns: int, differ: int, change: int, steps: int, stream: np.ndarray
) -> int:
    """Read a cell and one of its four neighbours at each step; where they differ draw again, and where the cell changes write it and all four.

    differ, change: chances as multiples of 1 / 2048. Nothing depends on what stands in the cells.
    """
    first, second = stream[0], stream[1]
    seen = 0
    for _ in range(steps):
        word, first, second = next_word(first, second)
        place = uniform_of(word) * rows
        row = int(place)
        place = (place - row) * columns
        column = int(place)
        k = int(4.0 * (place - column))
        start = row * columns
        up = (row - 1 if row > 0 else rows - 1) * columns + column
        left = start + (column - 1 if column > 0 else columns - 1)
        right = start + (column + 1 if column < columns - 1 else 0)
        down = (row + 1 if row < rows - 1 else 0) * columns + column
        node = start + column
        seen += packed[node] ^ packed[up if k == 0 else left if k == 1 else right if k == 2 else down]
        if (word & _LOW) >= np.uint64(differ):
            continue
        word, first, second = next_word(first, second)
        if (word & _LOW) < np.uint64(change):
            packed[node] ^= np.uint8(1)
            packed[up] += np.uint8(2)
            packed[left] += np.uint8(2)
            packed[right] += np.uint8(2)
            packed[down] += np.uint8(2)
    stream[0], stream[1] = first, second
    return seen
