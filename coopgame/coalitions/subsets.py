"""Sums over subsets, indexed by the subset in binary, in 64 bits where they fit and in Python's numbers where not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

SAFE = 2**62  # sums below it fit into 64 bits


def whole_numbers(values: Sequence[int]) -> np.ndarray:
    """Return whole numbers as an array, of 64 bits where sums of a few of them fit, else of Python's numbers."""
    small = max(map(abs, values), default=0) < SAFE >> 3
    return np.array(values, dtype=np.int64 if small else object)


def largest(array: np.ndarray) -> int:
    """Return the largest absolute value in an array."""
    return max(int(array.max()), -int(array.min()))


def subset_sums(weights: Sequence[int]) -> np.ndarray:
    """Return the sum of the weights over every subset, indexed by the subset in binary."""
    small = sum(map(abs, weights)) < SAFE
    sums = np.zeros(1, dtype=np.int64 if small else object)
    for weight in weights:
        sums = np.concatenate([sums, sums + weight])
    return sums
