"""Boxes of a grid: each is one stretch of its points, and together they are all of it."""

from __future__ import annotations

import numpy as np
import pytest

from coopgame.sweeps.blocks import Blocks


@pytest.mark.parametrize("shape", [(1,), (10,), (7, 5), (3, 1, 4), (2, 13, 3), (5, 4, 3, 2)])
@pytest.mark.parametrize("size", [1, 2, 5, 6, 40, 1000])
def test_boxes_are_stretches_that_cover_the_grid_once(shape: tuple[int, ...], size: int) -> None:
    blocks = Blocks(shape, size)
    numbers = np.arange(np.prod(shape)).reshape(shape)
    end = 0
    for block in range(len(blocks)):
        start, stop = blocks.span(block)
        assert start == end and 1 <= stop - start <= size
        box = numbers[blocks.slices(block)]
        assert box.ravel().tolist() == list(range(start, stop))
        assert all(s.start % width == 0 for s, width in zip(blocks.slices(block), blocks.box, strict=True))
        end = stop
    assert end == numbers.size


def test_runs_are_neighbouring_blocks_of_about_the_wanted_size() -> None:
    blocks = Blocks((100,), 10)
    assert list(blocks.runs(range(10), 35)) == [(0, 3), (3, 6), (6, 9), (9, 10)]
    assert list(blocks.runs([0, 1, 4, 5, 6, 9], 20)) == [(0, 2), (4, 6), (6, 7), (9, 10)]
    assert list(blocks.runs([2, 3], 1)) == [(2, 3), (3, 4)]
    assert list(blocks.runs([], 10)) == []
