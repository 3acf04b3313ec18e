"""The signs of the vertices of a simple polytope with labelled facets."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _running(word: Any) -> Any:
    """Return for every bit of a word whether an odd number of bits are set up to there."""
    for shift in (1, 2, 4, 8, 16, 32):
        word ^= word << np.uint64(shift)
    return word


@numba.njit(cache=True, nogil=True, error_model="numpy")
def signs_of(keys: Any, parents: Any, count: int) -> Any:
    """Return the signs of the determinants of the normals of the facets of the first bases, in the order of labels; 1 of base 0.

    parents: for each basis one that was met before and is at the other end of an edge. There one normal is in the place of another that points to
    the other side of those in common, and to be in order it passes those of them with labels between the two.
    """
    signs, last = np.ones(count, np.int8), np.uint64(63)
    for k in range(1, count):
        p = parents[k, 0]
        low, high = _running(keys[k, 0] ^ keys[p, 0]), _running(keys[k, 1] ^ keys[p, 1])
        high = ~high if low >> last else high  # the labels from the lower of the two on
        passed = (low & keys[k, 0] & keys[p, 0]) ^ (high & keys[k, 1] & keys[p, 1])
        signs[k] = signs[p] if _running(passed) >> last else -signs[p]
    return signs
