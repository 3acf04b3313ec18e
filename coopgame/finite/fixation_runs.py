"""Runs of a population with two strategies until one is left: jumps of single members, or generations."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from coopgame.finite.generations import generator_of, offspring_chances
from coopgame.finite.population import ProcessAt

_SLICE = 100_000_000  # jumps between two looks at whether to stop
_BLOCK = 50_000  # states whose chances are computed at once, to bound the memory

# number of the batch, runs, most jumps of a run, whether to stop -> runs, fixed, extinct, stuck, unfinished, jumps
Part = Callable[[int, int, int, Callable[[], bool]], np.ndarray]


def jumps_of(process: ProcessAt, pair: tuple[int, int], start: int, seed: int) -> Part:
    """Return how batches of runs are done where single members change.

    pair: resident and mutant, of one population. start: mutants at first.
    """
    from coopgame._kernels.jump_chain import CUT, DONE, FIXED, JUMPS, run_jumps, thresholds_of
    from coopgame._kernels.random_streams import streams

    resident, mutant = pair
    size = process.population.size
    logs = [process.log_chances(0, [counts], mutation=False) for counts in _counts(process, pair)]
    more = np.concatenate([block[:, resident, mutant] for block in logs])
    fewer = np.concatenate([block[:, mutant, resident] for block in logs])
    rest = np.flatnonzero(np.isneginf(more) & np.isneginf(fewer))
    low, high = int(rest[rest <= start].max()), int(rest[rest >= start].min())
    thresholds = thresholds_of(upward_chances(more, fewer))
    ends = np.array([low, start, high])

    def part(number: int, runs: int, most: int, stop: Callable[[], bool]) -> np.ndarray:
        if low == high:  # the start is at rest
            return np.array([runs, 0, 0, runs, 0, 0])
        stream = streams(seed, range(number, number + 1))[0]
        state = np.array([start, 0, 0, 0, 0, 0])
        while not run_jumps(thresholds, ends, runs, most, _SLICE, stream, state) and not stop():
            continue
        up, cut = int(state[FIXED]), int(state[CUT])
        down = int(state[DONE]) - up - cut
        fixed, extinct = up if high == size else 0, down if low == 0 else 0
        return np.array([state[DONE], fixed, extinct, up + down - fixed - extinct, cut, state[JUMPS]])

    return part


def upward_chances(more: np.ndarray, fewer: np.ndarray) -> np.ndarray:
    """Return the chances that the next change is upwards, from the logarithms of those of a step up and down; 0 where there is none."""
    from scipy.special import expit

    with np.errstate(invalid="ignore"):
        up = expit(more - fewer)
    return np.where(np.isneginf(more), 0.0, up)


def generations_of(process: ProcessAt, pair: tuple[int, int], start: int, seed: int) -> Part:
    """Return how batches of runs are done where generations are replaced at once."""
    size = process.population.size
    chances = np.concatenate(
        [offspring_chances(process, counts, mutation=False)[:, pair[1]] for counts in _counts(process, pair)]
    )

    def part(number: int, runs: int, most: int, stop: Callable[[], bool]) -> np.ndarray:
        random = generator_of(seed, number)
        mutants, left, jumps = np.full(runs, start), np.arange(runs), 0
        for _ in range(most):
            mutants[left] = random.binomial(size, chances[mutants[left]])
            jumps += len(left)
            left = left[(mutants[left] > 0) & (mutants[left] < size)]
            if not len(left) or stop():
                break
        fixed, extinct = int((mutants == size).sum()), int((mutants == 0).sum())
        return np.array([runs, fixed, extinct, 0, runs - fixed - extinct, jumps])

    return part


def _counts(process: ProcessAt, pair: tuple[int, int]) -> Iterator[np.ndarray]:
    """Yield the numbers of all strategies with 0, 1, … mutants, in blocks; shape (…, n)."""
    size, n = process.population.size, len(process.population.game.populations[0].strategies)
    for first in range(0, size + 1, _BLOCK):
        mutants = np.arange(first, min(first + _BLOCK, size + 1))
        counts = np.zeros((len(mutants), n))
        counts[:, pair[1]], counts[:, pair[0]] = mutants, size - mutants
        yield counts
