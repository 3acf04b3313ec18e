"""Runs a function over chunks and yields results as they come: here, in threads, in processes, on a cluster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import Any, TypeVar

from coopgame.errors import MissingExtraError, ParameterError, SweepError

_AHEAD = 2  # chunks for each worker that are begun or wait, so that none idles and few lie in memory

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


class Executor(ABC):
    """Where chunks are computed.

    To add a place, give `run`. Results come in any order with the place of their chunk; chunks are taken from the iterable
    as they are needed, so that few exist at once. When the caller stops early, or an error or interrupt comes, what has not begun is cancelled.
    """

    @abstractmethod
    def run(
        self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield the place of each chunk among the chunks and its result, as they come."""


@dataclass(frozen=True)
class Here(Executor):
    """One chunk after the other in this thread."""

    def run(
        self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield the results in order."""
        for place, chunk in enumerate(chunks):
            yield place, function(chunk)


@dataclass(frozen=True)
class Threads(Executor):
    """Threads of this process, for functions that leave Python's lock."""

    workers: int

    def run(
        self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield the results as they come."""
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="coopgame")
        try:
            yield from _as_they_come(lambda chunk: pool.submit(function, chunk), chunks, _AHEAD * self.workers)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class Processes(Executor):
    """Processes of this machine, started afresh by loky and not forked; the function and the chunks are pickled by cloudpickle.

    A script needs no `if __name__ == "__main__"` for them.
    """

    workers: int

    def run(
        self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield the results as they come; SweepError when a worker dies."""
        from loky.process_executor import BrokenProcessPool, ProcessPoolExecutor

        task = partial(_unpickled, _pickled(function))
        pool = ProcessPoolExecutor(max_workers=self.workers)
        finished = False
        try:
            yield from _as_they_come(lambda chunk: pool.submit(task, chunk), chunks, _AHEAD * self.workers)
            finished = True
        except BrokenProcessPool as error:
            raise SweepError(
                f"a worker process died ({' '.join(str(error).split())[:300]}); if memory ran out, take fewer workers or smaller chunks"
            ) from None
        finally:
            pool.shutdown(wait=True, kill_workers=not finished)


@dataclass(frozen=True)
class Cluster(Executor):
    """A cluster of Dask, given by the address of its scheduler or a Client; one task for each chunk.

    retries: how often a task is tried again after an error. A chunk whose worker is lost goes to another one.
    """

    scheduler: Any
    retries: int = 2

    def run(
        self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        """Yield the results as they come; SweepError when no scheduler answers or chunks are lost."""
        client, own = _client(self.scheduler)
        try:
            yield from self._run(client, function, chunks)
        finally:
            if own:
                client.close()

    def _run(
        self, client: Any, function: Callable[[Chunk], Result], chunks: Iterable[Chunk]
    ) -> Generator[tuple[int, Result], None, None]:
        from distributed import KilledWorker, as_completed

        task = partial(_unpickled, _pickled(function))
        source = enumerate(chunks)
        places: dict[str, tuple[int, Any]] = {}

        def submitted(least: int) -> list[Any]:
            """Keep every thread that the cluster has now busy; workers may come and go."""
            wanted = max(least, _AHEAD * sum(client.nthreads().values()) - len(places))
            new = [(p, client.submit(task, c, pure=False, retries=self.retries)) for p, c in islice(source, wanted)]
            places.update({future.key: (place, future) for place, future in new})
            return [future for _, future in new]

        stream: Any = as_completed(submitted(_AHEAD))  # type: ignore[no-untyped-call]
        try:
            for future in stream:
                result = future.result()
                place, _ = places.pop(future.key)
                stream.update(submitted(1))
                future.release()
                yield place, result
        except (KilledWorker, CancelledError) as error:
            raise SweepError(f"the cluster lost a chunk: {error}; look at the logs of its workers") from None
        finally:
            client.cancel([future for _, future in places.values()])


def executor_for(*, compiled: bool, workers: int, scheduler: Any = None) -> Executor:
    """Return where to compute: on a cluster if one is named, else in threads what is compiled and in processes what is not.

    Raises ParameterError when workers is no number from 1 on, or stands beside a cluster.

    >>> executor_for(compiled=True, workers=2)
    Threads(workers=2)
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise ParameterError(f"workers = {workers!r}; a whole number of at least 1 is needed")
    if scheduler is not None:
        if workers != 1:
            raise ParameterError(
                f"workers = {workers} beside a scheduler; the cluster has its own workers, leave one out"
            )
        return Cluster(scheduler)
    if workers == 1:
        return Here()
    return Threads(workers) if compiled else Processes(workers)


def _as_they_come(
    submit: Callable[[Any], Future[Any]], chunks: Iterable[Any], most: int
) -> Generator[tuple[int, Any], None, None]:
    """Yield results as they come, with at most so many chunks begun or waiting."""
    source = enumerate(chunks)
    running = {submit(chunk): place for place, chunk in islice(source, most)}
    while running:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            place = running.pop(future)
            result = future.result()
            running |= {submit(chunk): later for later, chunk in islice(source, 1)}
            yield place, result


def _pickled(function: Callable[..., Any]) -> bytes:
    import pickle

    import cloudpickle

    try:
        pickled: bytes = cloudpickle.dumps(function)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise SweepError(f"what is computed cannot be sent to other processes: {error}; use workers=1") from None
    return pickled


def _unpickled(pickled: bytes, chunk: Any) -> Any:
    """Call a pickled function; it is unpickled once in each process, not once for each chunk."""
    return _loads(pickled)(chunk)


@lru_cache(maxsize=8)
def _loads(pickled: bytes) -> Callable[[Any], Any]:
    import cloudpickle

    function: Callable[[Any], Any] = cloudpickle.loads(pickled)
    return function


def _client(scheduler: Any) -> tuple[Any, bool]:
    """Return a client of a cluster, and whether it was made here."""
    try:
        from distributed import Client
    except ImportError:
        raise MissingExtraError("a sweep on a cluster", "cluster") from None
    if isinstance(scheduler, Client):
        if scheduler.asynchronous:
            raise ParameterError("the client is asynchronous; give one made with asynchronous=False")
        return scheduler, False
    if not isinstance(scheduler, str):
        raise ParameterError(
            f"scheduler = {scheduler!r}; give an address such as 'tcp://127.0.0.1:8786' or a distributed.Client"
        )
    try:
        return Client(scheduler, set_as_default=False), True  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise SweepError(
            f"no scheduler answers at {scheduler!r}: {error}; start one by the command `dask scheduler`"
        ) from None
