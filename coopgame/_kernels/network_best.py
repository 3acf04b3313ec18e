"""Two strategies on a lattice that closes on itself, all cells at once taking what the best of their neighbours plays."""

from __future__ import annotations

import numpy as np

from coopgame._kernels.network_forms import compiled

_BLOCK = 2048  # cells that the fastest memory holds with all that is reckoned of them


@compiled
def _close(cells: np.ndarray, reach: int) -> None:
    """Copy the borders of a lattice to the frame on the opposite side."""
    rows, columns = cells.shape[0] - 2 * reach, cells.shape[1] - 2 * reach
    for row in range(reach, rows + reach):
        for k in range(reach):
            cells[row, k] = cells[row, columns + k]
            cells[row, columns + reach + k] = cells[row, reach + k]
    for k in range(reach):
        _copy(cells[rows + k], cells[k])
        _copy(cells[reach + k], cells[rows + reach + k])


@compiled
def _fill(cells: np.ndarray) -> None:
    for j in range(len(cells)):
        cells[j] = 0


@compiled
def _copy(there: np.ndarray, here: np.ndarray) -> None:
    for j in range(len(here)):
        here[j] = there[j]


@compiled
def _add(total: np.ndarray, cells: np.ndarray) -> None:
    for j in range(len(total)):
        total[j] += cells[j]


@compiled
def _raise(most: np.ndarray, cells: np.ndarray) -> None:
    for j in range(len(most)):
        most[j] = max(most[j], cells[j])


@compiled
def _mark(second: np.ndarray, number: np.uint8, rank: np.uint8, ranks: np.ndarray) -> None:
    for j in range(len(second)):
        ranks[j] = rank if second[j] == number else ranks[j]


@compiled
def _part(own: np.ndarray, of_first: np.ndarray, of_second: np.ndarray) -> None:
    """Leave the rank of each cell's payoff beside its strategy, and 0 beside the other one."""
    for j in range(len(own)):
        of_first[j] *= np.uint8(1) - own[j]
        of_second[j] *= own[j]


@compiled
def _choose(cells: np.ndarray, first: np.ndarray, second: np.ndarray) -> None:
    """Write the strategy that is paid best around each cell, its own where both are."""
    for j in range(len(cells)):
        cells[j] = (second[j] > first[j]) | ((second[j] == first[j]) & cells[j])


@compiled
def _generation(
    cells: np.ndarray,
    of_first: np.ndarray,
    of_second: np.ndarray,
    offsets: np.ndarray,
    reach: int,
    ranks: np.ndarray,
) -> None:
    """Let all cells change once; arrays have a frame of as many cells as neighbours reach, offsets lead to the neighbours in rows laid one after the other.

    The columns of the frame take part between the rows, which makes blocks longer than a row, and are copied anew before anyone reads them.
    """
    rows, width = cells.shape[0] - 2 * reach, cells.shape[1]
    first, last = reach * width + reach, (rows + reach) * width - reach
    played, here, there = cells.reshape(-1), of_first.reshape(-1), of_second.reshape(-1)
    one, two = np.empty(_BLOCK, np.uint8), np.empty(_BLOCK, np.uint8)
    _close(cells, reach)
    for start in range(first, last, _BLOCK):
        end = min(start + _BLOCK, last)
        second = one[: end - start]
        _fill(second)
        for offset in offsets:
            _add(second, played[start + offset : end + offset])
        for number in range(ranks.shape[1]):
            _mark(second, np.uint8(number), ranks[0, number], here[start:end])
            _mark(second, np.uint8(number), ranks[1, number], there[start:end])
        _part(played[start:end], here[start:end], there[start:end])
    _close(of_first, reach)
    _close(of_second, reach)
    for start in range(first, last, _BLOCK):
        end = min(start + _BLOCK, last)
        best_here, best_there = one[: end - start], two[: end - start]
        _copy(here[start:end], best_here)
        _copy(there[start:end], best_there)
        for offset in offsets:
            _raise(best_here, here[start + offset : end + offset])
            _raise(best_there, there[start + offset : end + offset])
        _choose(played[start:end], best_here, best_there)


@compiled
def play_best(
    states: np.ndarray,
    down: np.ndarray,
    right: np.ndarray,
    reach: int,
    ranks: np.ndarray,
    every: int,
    shares: np.ndarray,
) -> None:
    """Let several runs go on; states move on, and the numbers of cells by strategy are written.

    states: strategies by run, row and column, uint8. down, right: offsets of the neighbours; reach: the largest of them. ranks: of payoffs, from 1 on, equal ones alike, by
    strategy and the number of second-strategy neighbours, uint8. every: generations between two records. shares: the numbers, shape (runs, records, 2), int64.

    A cell keeps its strategy where one that plays it, itself included, is among the best paid.
    """
    runs, rows, columns = states.shape
    offsets = down * (columns + 2 * reach) + right
    shape = (rows + 2 * reach, columns + 2 * reach)
    cells, of_first, of_second = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    for run in range(runs):
        for row in range(rows):
            _copy(states[run, row], cells[reach + row, reach : reach + columns])
        for record in range(shares.shape[1]):
            for _ in range(every):
                _generation(cells, of_first, of_second, offsets, reach, ranks)
            second = 0
            for row in range(reach, rows + reach):
                for column in range(reach, columns + reach):
                    second += int(cells[row, column])
            shares[run, record, 0] = rows * columns - second
            shares[run, record, 1] = second
        for row in range(rows):
            _copy(cells[reach + row, reach : reach + columns], states[run, row])
