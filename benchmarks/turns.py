"""Programs that do the same work in turn, on one thread: medians of processor time, and how long a fresh Python takes to do it once."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symbolic_engine import child

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
SLOW = 4.0
Make = Callable[[int], Callable[[], Any]]


@dataclass(frozen=True)
class Plan:
    """How much is measured: seconds of a round of a program, rounds, fresh starts; and whether all of it is only to see that everything runs."""

    seconds: float = 0.5
    rounds: int = 7
    starts: int = 3
    quick: bool = False


QUICK = Plan(0.05, 3, 1, True)


@dataclass(frozen=True)
class Entry:
    """A program: its name, its package, and what makes a call that does so many units of the work, at least `least` and at most `most` of them.

    What `make` does is not timed.
    """

    name: str
    package: str
    make: Make
    least: int = 1
    most: int = 10**9


@dataclass
class Measured:
    """Seconds of the processor of each round, units of a round, and what the last round found."""

    count: int
    seconds: list[float] = field(default_factory=list)
    found: list[Any] = field(default_factory=list)

    @property
    def each(self) -> float:
        """Seconds of a unit, the median of the rounds."""
        return statistics.median(self.seconds) / self.count

    @property
    def last(self) -> Any:
        """What the last round found."""
        return self.found[-1]


def on_one_thread() -> None:
    """Start this script again with one thread for every library, unless it has one."""
    wanted = dict.fromkeys(THREADS, "1")
    if any(os.environ.get(name) != "1" for name in wanted):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **wanted})


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of the processor that a call takes, and what it returns."""
    begin = time.process_time()
    found = call()
    return time.process_time() - begin, found


def in_turn(entries: Sequence[Entry], plan: Plan) -> dict[str, Measured]:
    """Run all programs in turn, several times, after runs that do not count; one that takes long for the least of its work runs once after that."""
    calls: dict[str, Callable[[], Any]] = {}
    measured: dict[str, Measured] = {}
    for entry in entries:
        call = entry.make(entry.least)
        call()  # loads and compiles
        seconds, found = timed(call)
        if seconds > SLOW:
            measured[entry.name] = Measured(entry.least, [seconds], [found])
            continue
        count = int(min(entry.most, max(entry.least, plan.seconds * entry.least / max(seconds, 1e-6))))
        measured[entry.name] = Measured(count)
        calls[entry.name] = entry.make(count)
        if (
            count > 2 * entry.least and count < entry.most
        ):  # the first guess, from little work, counts what every call costs
            seconds = max(timed(calls[entry.name])[0], 1e-6)
            if seconds < plan.seconds / 2:
                measured[entry.name].count = int(min(entry.most, count * plan.seconds / seconds))
                calls[entry.name] = entry.make(measured[entry.name].count)
    for _ in range(plan.rounds):
        for name, call in calls.items():
            seconds, found = timed(call)
            measured[name].seconds.append(seconds)
            measured[name].found.append(found)
    return measured


def first_calls(script: str, table: str, entries: Sequence[Entry], plan: Plan) -> dict[str, tuple[float, float]]:
    """Return for each program the seconds by the clock, medians, of a fresh Python that does the least of its work, and of one that only imports its package.

    The script is called with --once and the names of the table and the program.
    """
    times: dict[str, list[tuple[float, float]]] = {entry.name: [] for entry in entries}
    for _ in range(plan.starts):
        for entry in entries:
            whole = child([sys.executable, script, "--once", table, entry.name])[1]
            bare = child([sys.executable, "-c", f"import {MODULES.get(entry.package, entry.package)}"])[1]
            times[entry.name].append((whole, bare))
    return {name: tuple(map(statistics.median, zip(*rows, strict=True))) for name, rows in times.items()}  # type: ignore[misc]


MODULES = {"coopgame-egt": "coopgame"}


def do_once(tables: Mapping[str, Callable[[], Sequence[Entry]]], table: str, name: str) -> None:
    """Do the least of the work of a program."""
    entry = next(entry for entry in tables[table]() if entry.name == name)
    entry.make(entry.least)()


def verdicts(wanted: Sequence[tuple[str, float, float]]) -> Iterator[str]:
    """Yield lines of a table: what was to be shown, the ratio that was wanted, and the measured one."""
    for what, ratio, measured in wanted:
        yield f"| {what} | {ratio:g} | {three(measured)} | {'yes' if measured >= ratio else 'no'} |"


def three(number: float) -> str:
    """Return three digits of a number, without an exponent."""
    return f"{float(f'{number:.3g}'):.10g}"
