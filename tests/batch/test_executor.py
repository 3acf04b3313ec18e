"""Chunks computed here, in threads, in processes and on a cluster give what a loop gives, and stop when told to."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from coopgame import ParameterError, SweepError, sweep
from coopgame.batch.executor import Cluster, Executor, Here, Processes, Threads, executor_for

CHUNKS = [list(range(k, k + 5)) for k in range(0, 60, 5)]
WANTED = {place: sum(v * v for v in chunk) for place, chunk in enumerate(CHUNKS)}


def _squares(chunk: list[int]) -> int:
    return sum(v * v for v in chunk)


@pytest.mark.parametrize("executor", [Here(), Threads(3), Processes(2)])
def test_every_chunk_comes_once_with_its_place(executor: Executor) -> None:
    found = list(executor.run(_squares, CHUNKS))
    assert len(found) == len(CHUNKS) and dict(found) == WANTED


def test_lambdas_run_in_processes_that_are_not_forks() -> None:
    offset = 7
    marker = object()
    threading.main_thread().marker = marker  # type: ignore[attr-defined]
    found = dict(
        Processes(2).run(
            lambda n: (n + offset, os.getpid(), hasattr(threading.main_thread(), "marker")), [1, 2, 3, 4]
        )
    )
    del threading.main_thread().marker  # type: ignore[attr-defined]
    assert [found[k][0] for k in range(4)] == [8, 9, 10, 11]
    assert all(pid != os.getpid() and not inherited for _, pid, inherited in found.values())


@pytest.mark.parametrize("executor", [Here(), Threads(2)])
def test_chunks_are_taken_as_they_are_needed(executor: Executor) -> None:
    taken: list[int] = []

    def source() -> Iterator[int]:
        for k in range(1000):
            taken.append(k)
            yield k

    with closing(executor.run(lambda k: k, source())) as results:
        next(results)
    assert len(taken) <= 6


@pytest.mark.parametrize("executor", [Here(), Threads(2), Processes(2)])
def test_an_error_stops_the_run(executor: Executor) -> None:
    def fails(k: int) -> int:
        if k == 3:
            raise LookupError("not at 3")
        return k

    with pytest.raises(LookupError, match="not at 3"):
        list(executor.run(fails, range(1000)))


def test_a_worker_that_dies_is_an_error_that_says_so() -> None:
    def dies(k: int) -> int:
        if k == 2:
            os._exit(1)
        time.sleep(0.01)
        return k

    with pytest.raises(SweepError, match=r"a worker process died .*; if memory ran out, take fewer workers"):
        list(Processes(2).run(dies, range(50)))


def test_what_cannot_be_pickled_is_named() -> None:
    lock = threading.Lock()
    with pytest.raises(SweepError, match=r"cannot be sent to other processes: .*; use workers=1"):
        list(Processes(2).run(lambda k: lock.locked() + k, [1]))


def test_where_to_compute_is_chosen_by_what_is_computed() -> None:
    assert executor_for(compiled=True, workers=1) == Here()
    assert executor_for(compiled=True, workers=2) == Threads(2)
    assert executor_for(compiled=False, workers=2) == Processes(2)
    assert executor_for(compiled=False, workers=1, scheduler="tcp://127.0.0.1:1") == Cluster("tcp://127.0.0.1:1")


def test_a_cluster_gives_the_same_and_tries_again() -> None:
    distributed = pytest.importorskip("distributed")

    def failing_at_first(run: int) -> Callable[[list[int]], int]:
        tries = {-1: run}  # travels with the function, which the one thread of the worker unpickles once

        def sometimes(chunk: list[int]) -> int:
            tries[chunk[0]] = tries.get(chunk[0], 0) + 1
            if chunk[0] % 10 == 0 and tries[chunk[0]] < 3:
                raise OSError("a hiccup")
            return _squares(chunk)

        return sometimes

    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0", protocol="inproc://"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert dict(Cluster(client).run(failing_at_first(1), CHUNKS)) == WANTED
        with pytest.raises(OSError, match="a hiccup"):
            list(Cluster(client, retries=1).run(failing_at_first(2), CHUNKS))
        here = sweep(lambda b, rng: b * rng.random(), {"b": range(300)}, chunk=20)
        there = sweep(lambda b, rng: b * rng.random(), {"b": range(300)}, chunk=50, scheduler=client)
    assert here["value"].values.tolist() == there["value"].values.tolist()


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")

    def no_answer(*_: object, **__: object) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", type("Client", (), {"__init__": no_answer}))
    with pytest.raises(SweepError, match=r"no scheduler answers at 'tcp://127\.0\.0\.1:9': timed out"):
        list(Cluster("tcp://127.0.0.1:9").run(_squares, CHUNKS))
    with pytest.raises(ParameterError, match="scheduler = 3"):
        list(Cluster(3).run(_squares, CHUNKS))
