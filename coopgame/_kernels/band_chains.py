"""The stationary law of a chain whose states lead to near ones only, by elimination without subtraction."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from coopgame._kernels.fixation import log_sum

_LEAST = 1e-280  # beside it what is below _LOST does not count
_LOST = 1e-300
_WIDE = 600.0  # of logarithms whose exponentials floats hold beside each other


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _loses_products(into: float, goes: np.ndarray, row: np.ndarray) -> bool:
    """Return whether floats do not hold a product that counts in the entry to which it is added."""
    for j in range(len(goes)):
        product = into * goes[j]
        if goes[j] > 0.0 and product < _LOST and row[j] < _LEAST:
            return True
    return False


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _log_dot(logs: np.ndarray, band: np.ndarray, k: int, width: int) -> float:
    """Return the logarithm of the mass of state k, from those of the states before it and what they lead to it."""
    low = max(0, k - width)
    most, least = -np.inf, np.inf
    for i in range(low, k):
        if band[i, k - i + width] > 0.0:
            most, least = max(most, logs[i]), min(least, logs[i])
    if most - least > _WIDE:
        total = -np.inf
        for i in range(low, k):
            if band[i, k - i + width] > 0.0:
                total = log_sum(total, logs[i] + math.log(band[i, k - i + width]))
        return float(total)
    total = 0.0
    for i in range(low, k):
        if band[i, k - i + width] > 0.0:
            total += math.exp(logs[i] - most) * band[i, k - i + width]
    return float(most + math.log(total))


@numba.njit(cache=True, nogil=True, error_model="numpy")
def log_law_of_band(data: Any, columns: Any, starts: Any, width: int) -> tuple[Any, bool]:
    """Return the log stationary law of an irreducible chain given by its sparse rows, and whether floats held all that counts; no state leads further than `width` places.

    States are eliminated from the last on; what leaves a state is the sum of its entries, never 1 minus the diagonal (Grassmann, Taksar and Heyman 1985). The masses themselves
    are kept in logarithms, since those of neighbours along the order may differ by more than floats hold. A product of chances below 1e-300 may count however
    small it is, where nothing else leads from one state to the other: the elimination ends there, and so where a state is left with less than 1e-280.
    """
    count = len(starts) - 1
    band = np.zeros((count, 2 * width + 1))  # entry [row, column - row + width]
    for row in range(count):
        for place in range(starts[row], starts[row + 1]):
            if columns[place] != row:
                band[row, columns[place] - row + width] = data[place]
    for k in range(count - 1, 0, -1):
        low = max(0, k - width)
        length = k - low
        goes = band[k, low - k + width : width]
        leaving, least = 0.0, 1.0
        for j in range(length):
            leaving += goes[j]
            if goes[j] > 0.0:
                least = min(least, goes[j])
        if leaving < _LEAST:
            return np.full(count, np.nan), False
        for i in range(low, k):
            into = band[i, k - i + width] / leaving
            if into == 0.0:
                continue
            band[i, k - i + width] = into
            begin = low - i + width
            row_of_i = band[i, begin : begin + length]
            if into * least < _LOST and _loses_products(into, goes, row_of_i):
                return np.full(count, np.nan), False
            for j in range(length):  # the diagonal is changed too, and not read
                row_of_i[j] += into * goes[j]
    logs = np.zeros(count)
    for k in range(1, count):
        logs[k] = _log_dot(logs, band, k, width)
    most, total = logs.max(), 0.0
    for k in range(count):
        total += math.exp(logs[k] - most)
    return logs - most - math.log(total), True


@numba.njit(cache=True, nogil=True, error_model="numpy")
def log_law_of_log_band(logs: Any, columns: Any, starts: Any, width: int) -> Any:
    """Return what `log_law_of_band` does from the logarithms of the entries, for chances that floats do not hold."""
    count = len(starts) - 1
    band = np.full((count, 2 * width + 1), -np.inf)
    for row in range(count):
        for place in range(starts[row], starts[row + 1]):
            if columns[place] != row:
                band[row, columns[place] - row + width] = logs[place]
    for k in range(count - 1, 0, -1):
        low = max(0, k - width)
        leaving = -np.inf
        for j in range(low, k):
            leaving = log_sum(leaving, band[k, j - k + width])
        for i in range(low, k):
            into = band[i, k - i + width]
            if into == -np.inf:
                continue
            into -= leaving
            band[i, k - i + width] = into
            for j in range(low, k):
                if band[k, j - k + width] > -np.inf:
                    band[i, j - i + width] = log_sum(band[i, j - i + width], into + band[k, j - k + width])
    law = np.full(count, -np.inf)
    law[0], total = 0.0, 0.0
    for k in range(1, count):
        for i in range(max(0, k - width), k):
            if band[i, k - i + width] > -np.inf:
                law[k] = log_sum(law[k], law[i] + band[i, k - i + width])
        total = log_sum(total, law[k])
    return law - total
