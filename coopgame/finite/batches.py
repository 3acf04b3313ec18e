"""Runs numbered parts of a simulation, here or in threads, and yields their results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import TypeVar

Result = TypeVar("Result")
_AHEAD = 2  # parts for each worker that are begun or wait, so that none idles


def in_order(
    part: Callable[[int, Callable[[], bool]], Result], count: int, workers: int
) -> Generator[Result, None, None]:
    """Yield the results of the parts 0 … count - 1 in this order.

    part: function of the number of the part and of a function that says whether to stop, to be asked every second or so; the result of a part that was stopped is not used. When the
    caller has enough and closes the generator, or an error or interrupt comes, what runs is told to stop and what has not begun is cancelled.
    """
    if workers == 1:
        for k in range(count):
            yield part(k, _never)
        return
    stop = Event()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="coopgame")
    waiting: deque[Future[Result]] = deque()
    try:
        for k in range(count):
            waiting.append(pool.submit(part, k, stop.is_set))
            if len(waiting) == _AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _never() -> bool:
    return False
