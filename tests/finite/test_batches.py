"""Numbered parts of work: their results in order, and how they stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from coopgame.finite.batches import in_order


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_order(workers: int) -> None:
    def part(number: int, stop: Callable[[], bool]) -> int:
        time.sleep(0.01 if number % 3 == 0 else 0)
        return number**2

    assert list(in_order(part, 20, workers)) == [k**2 for k in range(20)]
    assert list(in_order(part, 0, workers)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_who_has_enough_stops_what_runs(workers: int) -> None:
    begun = []

    def part(number: int, stop: Callable[[], bool]) -> int:
        begun.append(number)
        while number > 0 and workers > 1 and not stop():
            time.sleep(0.001)
        return number

    with closing(in_order(part, 100, workers)) as results:
        assert next(results) == 0
    assert len(begun) <= 5


@pytest.mark.parametrize("workers", [1, 2])
def test_errors_come_through(workers: int) -> None:
    def part(number: int, stop: Callable[[], bool]) -> int:
        if number == 3:
            raise RuntimeError("part 3")
        return number

    results = in_order(part, 10, workers)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(RuntimeError, match="part 3"):
        next(results)
    assert not [t for t in threading.enumerate() if t.name.startswith("coopgame_")]
