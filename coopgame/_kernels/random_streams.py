"""Random numbers for compiled loops: xoroshiro128++ in two words, one independent stream for each replicate of a seed."""

from __future__ import annotations

import math

import numba
import numpy as np

from coopgame._kernels.course import FOREVER

_MANTISSA = 2.0**-53
_LOW = np.uint64(0xFFFFFFFF)
_ONE, _11, _17, _21, _28, _32, _36, _47, _49, _15 = (np.uint64(k) for k in (1, 11, 17, 21, 28, 32, 36, 47, 49, 15))


def streams(seed: int, replicates: np.ndarray | range) -> np.ndarray:
    """Return the first states of streams, one row of two words for each replicate; shape (replicates, 2).

    The words are numpy's `SeedSequence(seed, spawn_key=(replicate,)).generate_state(2, numpy.uint64)`, so they depend on the seed and on the replicate's own number alone,
    and streams of two replicates or two seeds meet with a chance of about their lengths over 2**128.
    """
    words = np.empty((len(replicates), 2), dtype=np.uint64)
    for k, replicate in enumerate(replicates):
        words[k] = np.random.SeedSequence(seed, spawn_key=(int(replicate),)).generate_state(2, np.uint64)
    return words


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def next_word(first: np.uint64, second: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """Return 64 random bits and the next state, for loops that keep the state in two local variables.

    References: Blackman and Vigna (2021), ACM Transactions on Mathematical Software 47, "Scrambled linear pseudorandom number generators", xoroshiro128++ 1.0.
    """
    total = first + second
    word = ((total << _17) | (total >> _47)) + first
    mixed = second ^ first
    return word, ((first << _49) | (first >> _15)) ^ mixed ^ (mixed << _21), (mixed << _28) | (mixed >> _36)


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def uniform_of(word: np.uint64) -> float:
    """Return the upper 53 bits of a word as a number in [0, 1)."""
    return (word >> _11) * _MANTISSA


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def draw_word(stream: np.ndarray) -> np.uint64:
    """Return 64 random bits; the stream, two words, moves on."""
    word, stream[0], stream[1] = next_word(stream[0], stream[1])
    return word


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def draw_uniform(stream: np.ndarray) -> float:
    """Return a number in [0, 1), a multiple of 2**-53, each as likely."""
    return uniform_of(draw_word(stream))


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def draw_chance(stream: np.ndarray, chance: float) -> bool:
    """Return whether an event of a given chance happens: always for 1, never for 0."""
    return draw_uniform(stream) < chance


@numba.njit(cache=True, nogil=True, error_model="numpy")
def draw_below(stream: np.ndarray, count: int) -> int:
    """Return a whole number from 0 to count - 1, each exactly as likely; count from 1 to 2**32.

    32 bits times count: the upper half is the number, and the few lower halves that would favour some are refused.

    References: Lemire (2019), ACM Transactions on Modeling and Computer Simulation 29, "Fast random integer generation in an interval".
    """
    wide = np.uint64(count)
    product = (draw_word(stream) >> _32) * wide
    if product & _LOW < wide:
        refused = ((_ONE << _32) - wide) % wide
        while product & _LOW < refused:
            product = (draw_word(stream) >> _32) * wide
    return int(np.int64(product >> _32))


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="always")
def draw_wait(stream: np.ndarray, log_none: float) -> int:
    """Return the number of steps up to and with the first event, from the logarithm of the chance that a step has none: geometric, at least 1.

    By inversion of one uniform number. Where events never happen, log_none = 0, and for times beyond 2**62 steps it is 2**62; where each step has one, log_none = -inf, it is 1.
    """
    waited = math.log1p(-draw_uniform(stream)) / log_none
    return int(waited) + 1 if waited < FOREVER else FOREVER


@numba.njit(cache=True, nogil=True, error_model="numpy")
def draw_steps(stream: np.ndarray, chance: float) -> int:
    """Return the number of steps up to and with the first event, when one happens in each step with a given chance: geometric, at least 1.

    By inversion of one uniform number. A chance of 0, and a time beyond 2**62 steps, give 2**62.
    """
    return draw_wait(stream, math.log1p(-min(chance, 1.0)))
