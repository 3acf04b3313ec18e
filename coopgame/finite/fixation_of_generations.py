"""Fixation where generations are replaced at once: states are eliminated one by one, without subtraction, in logarithms."""

from __future__ import annotations

import numpy as np

from coopgame.errors import UnsupportedError
from coopgame.finite.monomorphic import Place, line_counts
from coopgame.finite.population import ProcessAt

_MOST_MEMBERS = 1000


def fixation_of_generations(
    process: ProcessAt, place: Place, mutant: int, initial: int
) -> tuple[float, float, float]:
    """Return the log fixation probability of so many mutants, and the logarithms of the mean time to an end and of fixation where it happens."""
    logs = _log_rows(process, place, mutant)
    success, times = _ends(logs)
    if success[initial] == -np.inf:
        return -np.inf, float(times[initial]), np.nan
    with np.errstate(invalid="ignore"):
        certain = np.where(success[:, None] > -np.inf, logs + success - success[:, None], -np.inf)
    _, conditional = _ends(certain)
    return float(success[initial]), float(times[initial]), float(conditional[initial])


def _log_rows(process: ProcessAt, place: Place, mutant: int) -> np.ndarray:
    """Return the log chances that k mutants have l in the next generation; shape (N + 1, N + 1)."""
    from scipy.special import gammaln

    size = process.population.sizes[0]
    if size > _MOST_MEMBERS:
        raise UnsupportedError(f"{size} members; fixation of generations is computed for up to {_MOST_MEMBERS}")
    numbers = np.arange(size + 1.0)
    parents = process.log_parents(line_counts(process, place, 0, mutant, numbers)[0], mutation=False)
    ways = gammaln(size + 1) - gammaln(numbers + 1) - gammaln(size - numbers + 1)
    with np.errstate(invalid="ignore"):
        own = np.where(numbers > 0, numbers * parents[:, [mutant]], 0.0)
        others = np.where(numbers < size, (size - numbers) * parents[:, [place[0]]], 0.0)
    return np.asarray(ways + own + others)


def _ends(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for every state the log probability to end at the last one, and the log mean time to an end, the first or the last.

    logs: log chances from row to column; the diagonal is not read. Eliminating a state sends those who would go there on to where it leads; leaving chances are sums, as in
    Grassmann, Taksar and Heyman (1985), so that no digits are lost.
    """
    rows, last = logs.copy(), len(logs) - 1
    spent = np.zeros(last + 1)
    for k in range(last - 1, 0, -1):
        left = [*range(k), last]
        leaves = np.logaddexp.reduce(rows[k, left])
        if leaves == -np.inf:
            continue
        rows[k, left] -= leaves
        spent[k] -= leaves
        into = rows[1:k, k]
        spent[1:k] = np.logaddexp(spent[1:k], into + spent[k])
        rows[1:k, left] = np.logaddexp(rows[1:k, left], into[:, None] + rows[k, left])
    success, times = np.full(last + 1, -np.inf), np.full(last + 1, -np.inf)
    success[last] = 0.0
    for k in range(1, last):
        left = [*range(k), last]
        success[k] = np.logaddexp.reduce(rows[k, left] + success[left])
        times[k] = np.logaddexp(spent[k], np.logaddexp.reduce(rows[k, left] + times[left]))
    return success, times
