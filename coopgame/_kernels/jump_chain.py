"""The numbers of one of two types from change to change, without the time in between, until one type is left."""

from __future__ import annotations

import numba
import numpy as np

from coopgame._kernels.random_streams import next_word

AT, DONE, FIXED, CUT, JUMPS, OWN = range(6)  # places in the state of `run_jumps`
_11 = np.uint64(11)


def thresholds_of(up: np.ndarray) -> np.ndarray:
    """Return chances as whole numbers of 2**-53, to be compared with the upper 53 bits of a word: 0 never happens, 1 always."""
    return np.rint(up * 2.0**53).astype(np.uint64)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def run_jumps(
    thresholds: np.ndarray, ends: np.ndarray, runs: int, most: int, budget: int, stream: np.ndarray, state: np.ndarray
) -> bool:
    """Go on with runs from ends[1] until they reach ends[0] or ends[2]; return whether all are done.

    thresholds: by number, of the chance that the next change is upwards (`thresholds_of`). most: jumps of a run, which then is cut. budget: jumps of this call. state: at which
    number the present run is, runs done, of them fixed (at ends[2]) and cut, jumps of all, and of the present run; it begins with (ends[1], 0, 0, 0, 0, 0).
    """
    low, start, high = ends[0], ends[1], ends[2]
    first, second = stream[0], stream[1]
    k, done, own = state[AT], state[DONE], state[OWN]
    while done < runs and budget > 0:
        given = min(budget, most - own)
        left = given
        while low < k < high and left > 0:
            word, first, second = next_word(first, second)
            k += 1 if (word >> _11) < thresholds[k] else -1
            left -= 1
        state[JUMPS] += given - left
        own += given - left
        budget -= given - left
        if k <= low or k >= high or own == most:
            state[FIXED] += k >= high
            state[CUT] += low < k < high
            done += 1
            k, own = start, 0
    stream[0], stream[1] = first, second
    state[AT], state[DONE], state[OWN] = k, done, own
    return bool(done == runs)
