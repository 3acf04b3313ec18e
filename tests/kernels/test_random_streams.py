"""Random numbers of compiled loops: published outputs, the streams' keys, and the laws of what is drawn."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from scipy import stats

from coopgame._kernels.random_streams import (
    FOREVER,
    draw_below,
    draw_chance,
    draw_steps,
    draw_uniform,
    draw_word,
    next_word,
    streams,
    uniform_of,
)

_WORD = 2**64 - 1


def _rotated(x: int, k: int) -> int:
    return ((x << k) | (x >> (64 - k))) & _WORD


def _published(s0: int, s1: int) -> tuple[int, int, int]:
    """Return one output and the next state as in the authors' C code, in Python's whole numbers."""
    result = (_rotated((s0 + s1) & _WORD, 17) + s0) & _WORD
    s1 ^= s0
    return result, _rotated(s0, 49) ^ s1 ^ ((s1 << 21) & _WORD), _rotated(s1, 28)


def test_outputs_are_those_of_the_published_algorithm() -> None:
    """The state (1, 2): outputs of the authors' xoroshiro128plusplus.c as listed in the tests of the Rust crate rand_xoshiro."""
    stream = np.array([1, 2], dtype=np.uint64)
    expected = [
        393217,
        669327710093319,
        1732421326133921491,
        11394790081659126983,
        9555452776773192676,
        3586421180005889563,
        1691397964866707553,
        10735626796753111697,
        15216282715349408991,
        14247243556711267923,
    ]
    assert [int(draw_word(stream)) for _ in expected] == expected


@pytest.mark.parametrize("state", [(1, 0), (0, 2**64 - 1), (2**63, 2**63), (0x123456789ABCDEF, 0xFEDCBA987654321)])
def test_both_forms_follow_the_published_code(state: tuple[int, int]) -> None:
    stream = np.array(state, dtype=np.uint64)
    first, second = (np.uint64(word) for word in state)
    s0, s1 = state
    for _ in range(200):
        word, s0, s1 = _published(s0, s1)
        scalar, first, second = (np.uint64(part) for part in _next(first, second))
        assert int(draw_word(stream)) == int(scalar) == word
        assert stream.tolist() == [int(first), int(second)] == [s0, s1]
        assert _uniform(scalar) == (word >> 11) / 2**53


@numba.njit
def _next(first: np.uint64, second: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    return next_word(first, second)


@numba.njit
def _uniform(word: np.uint64) -> float:
    return uniform_of(word)


def test_streams_are_keyed_by_seed_and_replicate() -> None:
    found = streams(7, range(5))
    for k in range(5):
        expected = np.random.SeedSequence(7, spawn_key=(k,)).generate_state(2, np.uint64)
        assert (found[k] == expected).all()
    assert (streams(7, range(3, 5)) == found[3:]).all()
    assert (streams(7, np.array([4, 0])) == found[[4, 0]]).all()
    assert not (streams(8, range(5)) == found).any()
    assert len(np.unique(streams(0, range(1000)))) == 2000


@numba.njit
def _uniforms(stream: np.ndarray, count: int) -> np.ndarray:
    return np.array([draw_uniform(stream) for _ in range(count)])


@numba.njit
def _belows(stream: np.ndarray, below: int, count: int) -> np.ndarray:
    return np.array([draw_below(stream, below) for _ in range(count)])


@numba.njit
def _steps(stream: np.ndarray, chance: float, count: int) -> np.ndarray:
    return np.array([draw_steps(stream, chance) for _ in range(count)])


@numba.njit
def _chances(stream: np.ndarray, chance: float, count: int) -> int:
    happened = 0
    for _ in range(count):
        happened += draw_chance(stream, chance)
    return happened


def test_uniform_numbers_are_uniform_and_independent() -> None:
    drawn = _uniforms(streams(1, range(1))[0], 400_000)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert stats.kstest(drawn, "uniform").pvalue > 1e-3
    pairs = np.histogram2d(drawn[0::2], drawn[1::2], bins=20, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(pairs.ravel()).pvalue > 1e-3
    other = _uniforms(streams(1, range(1, 2))[0], 400_000)
    assert abs(np.corrcoef(drawn, other)[0, 1]) < 5 / np.sqrt(len(drawn))


@pytest.mark.parametrize("below", [1, 2, 3, 6, 100, 1000])
def test_whole_numbers_are_equally_likely(below: int) -> None:
    drawn = _belows(streams(2, range(1))[0], below, 200_000)
    counts = np.bincount(drawn, minlength=below)
    assert len(counts) == below
    assert below == 1 or stats.chisquare(counts).pvalue > 1e-3


def test_whole_numbers_below_three_quarters_of_the_range_are_not_biased() -> None:
    """Without refusal, multiples of 3 would come twice as often as others here."""
    below = 3 * 2**30
    drawn = _belows(streams(3, range(1))[0], below, 90_000)
    assert drawn.max() < below
    assert stats.chisquare(np.bincount(drawn % 3)).pvalue > 1e-3


def test_whole_numbers_reach_the_whole_range() -> None:
    stream = streams(4, range(1))[0]
    copy = [int(word) for word in stream]
    word, *_ = _published(*copy)
    assert draw_below(stream, 2**32) == word >> 32


@pytest.mark.parametrize("chance", [0.9, 0.3, 0.01])
def test_holding_times_are_geometric(chance: float) -> None:
    drawn = _steps(streams(5, range(1))[0], chance, 100_000)
    law = stats.geom(chance)
    last = int(law.ppf(1 - 1e-3))
    counts = np.bincount(np.minimum(drawn, last + 1), minlength=last + 2)[1:]
    expected = np.append(law.pmf(np.arange(1, last + 1)), law.sf(last)) * len(drawn)
    assert stats.chisquare(counts, expected).pvalue > 1e-3


def test_holding_times_of_rare_events_and_their_limits() -> None:
    stream = streams(6, range(1))[0]
    drawn = _steps(stream, 1e-12, 40_000)
    assert stats.kstest(drawn * 1e-12, "expon").pvalue > 1e-3
    assert (_steps(stream, 1.0, 10) == 1).all()
    assert (_steps(stream, 0.0, 10) == FOREVER).all()
    assert (_steps(stream, 1e-300, 10) == FOREVER).all()


@pytest.mark.parametrize("chance", [0.0, 1.0, 0.25, 1 / 3])
def test_events_happen_with_their_chance(chance: float) -> None:
    happened = _chances(streams(8, range(1))[0], chance, 200_000)
    assert abs(happened - 200_000 * chance) <= 5 * np.sqrt(200_000 * chance * (1 - chance))
