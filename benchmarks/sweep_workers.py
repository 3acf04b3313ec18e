"""Processes in which benchmarks/sweeps.py runs solvers: one for each, on one core, ended when it does not answer in time."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import tempfile
import time
import warnings
from dataclasses import dataclass, field
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np
from sweep_problems import PROBLEMS, Problem
from sweep_solvers import ATTRACTORS, SOLVERS, TWO_CORES, SolveSweep, SweepSolver

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


@dataclass(frozen=True, eq=False)
class Run:
    """What one call took, in seconds of the processor and by the clock, and the states that it found."""

    processor: float
    clock: float
    found: np.ndarray


class NoAnswer(Exception):
    """A solver did not answer in time, or its process ended; the text says which."""


@dataclass
class Worker:
    """A process that solves the first trajectories of a problem when it is asked to; started when it is first needed."""

    solver: SweepSolver
    _process: BaseProcess | None = field(default=None, init=False)
    _connection: Connection | None = field(default=None, init=False)
    _log: IO[str] | None = field(default=None, init=False)

    def run(self, problem: str, count: int, tolerance: float, limit: float) -> Run:
        """Return the result for some trajectories, or raise NoAnswer; the process is ended then."""
        if self._connection is None:
            self._start()
        assert self._connection is not None
        try:
            self._connection.send((problem, count, tolerance))
            if not self._connection.poll(limit):
                self.stop()
                raise NoAnswer(f"no answer in {limit:g} s for {count} trajectories at {tolerance:.0e}")
            answer = self._connection.recv()
        except (EOFError, BrokenPipeError, ConnectionResetError) as error:
            self.stop()
            raise NoAnswer(f"its process ended: {self._last_words()}") from error
        return Run(*answer)

    def stop(self) -> None:
        """End the process."""
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
        self._process = self._connection = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def _last_words(self) -> str:
        lines = self._log.read().split("\n") if self._log else []
        return next((line for line in reversed(lines) if line.strip()), "it said nothing")

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, other = context.Pipe()
        self._log = tempfile.NamedTemporaryFile(prefix="sweeps-", mode="r", encoding="utf-8")  # noqa: SIM115
        arguments = (other, self.solver.name, self._log.name)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        before = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update(ONE_THREAD)
        self._process.start()
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
        other.close()


def _serve(connection: Connection, solver_name: str, log: str) -> None:
    solver = next(known for known in (*SOLVERS, TWO_CORES, *ATTRACTORS) if known.name == solver_name)
    warnings.simplefilter("ignore")  # solvers that miss a tolerance warn at every trajectory
    if solver.cores == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with Path(log).open("a", encoding="utf-8") as said:
        for stream in (1, 2):  # liblsoda writes there itself
            os.dup2(said.fileno(), stream)

    @cache
    def prepared(name: str) -> tuple[Problem, SolveSweep]:
        problem = PROBLEMS[name]()
        return problem, solver.prepare(problem)

    with contextlib.suppress(EOFError):  # the other side has ended
        while True:
            name, count, tolerance = connection.recv()
            problem, solve = prepared(name)
            chosen = problem.first(count)
            clock, processor = time.perf_counter(), time.process_time()
            found = solve(chosen.parameters, chosen.starts, tolerance)
            processor, clock = time.process_time() - processor, time.perf_counter() - clock
            connection.send((processor, clock, found if count <= len(problem.starts) else found[:1]))
