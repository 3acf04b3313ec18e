"""What a simulation on a lattice of one byte a node can hardly beat, for benchmarks/networks.py: its random numbers alone, and with the same places in memory read and written."""

from __future__ import annotations

import numba
import numpy as np

from coopgame._kernels.random_streams import next_word

_LOW = np.uint64(2047)  # the bits of a word that say no place
_11 = np.uint64(11)
_AHEAD = 64  # steps whose places are known before the first one is done, so that none waits for another


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

    differ, change: chances as multiples of 1 / 2048. Nothing depends on what stands in the cells, so that places can be drawn ahead.
    """
    words = np.empty(_AHEAD, np.uint64)
    at, there = np.empty((2, _AHEAD), np.int64), np.empty(_AHEAD, np.int64)
    seen = 0
    for _ in range(-(-steps // _AHEAD)):
        first, second = stream[0], stream[1]
        for j in range(_AHEAD):
            words[j], first, second = next_word(first, second)
        for j in range(_AHEAD):
            place = np.int64(words[j] >> _11) * 2.0**-53 * rows
            row = int(place)
            place = (place - row) * columns
            column = int(place)
            k = int(4.0 * (place - column))
            at[0, j], at[1, j] = row, column
            up_or_down = row + (k == 3) - (k == 0)
            beside = column + (k == 2) - (k == 1)
            up_or_down = rows - 1 if up_or_down < 0 else 0 if up_or_down == rows else up_or_down
            beside = columns - 1 if beside < 0 else 0 if beside == columns else beside
            there[j] = up_or_down * columns + beside
        for j in range(_AHEAD):
            row, column = at[0, j], at[1, j]
            node = row * columns + column
            seen += packed[node] ^ packed[there[j]]
            if (words[j] & _LOW) >= np.uint64(differ):
                continue
            word, first, second = next_word(first, second)
            if (word & _LOW) < np.uint64(change):
                packed[node] ^= np.uint8(1)
                packed[(row - 1 if row > 0 else rows - 1) * columns + column] += np.uint8(2)
                packed[row * columns + (column - 1 if column > 0 else columns - 1)] += np.uint8(2)
                packed[row * columns + (column + 1 if column < columns - 1 else 0)] += np.uint8(2)
                packed[(row + 1 if row < rows - 1 else 0) * columns + column] += np.uint8(2)
        stream[0], stream[1] = first, second
    return seen
