"""Runs a stored sweep in a process that ends at a named point without any cleaning up: python -m tests.sweeps.killed POINT STORE."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from coopgame import random_points, sweep
from coopgame.sweeps import journal, store
from tests.sweeps.small_measures import Payoff

DESIGN = {"b": np.linspace(0, 2, 7)} * random_points({"c": (0, 1)}, 60, rng=2)
CHUNK = 30


def _die(*_: Any, **__: Any) -> None:
    os._exit(9)


def _after(calls: int, function: Callable[..., Any], then: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does something else from its so many-th call on."""
    left = [calls]

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        return (function if left[0] >= 0 else then)(*args, **kwargs)

    return wrapped


def _torn_line(path: Path, entry: Mapping[str, Any]) -> None:
    line = journal._line(entry)
    with path.open("ab") as file:
        file.write(line[: len(line) // 2])
    os._exit(9)


def _torn_file(path: Path, content: bytes) -> None:
    path.with_name(path.name + ".part").write_bytes(content[: len(content) // 2])
    os._exit(9)


def prepare(point: str) -> None:
    """Make this process end at a point."""
    if point == "in a chunk":
        Payoff.evaluate = _after(5, Payoff.evaluate, _die)  # type: ignore[method-assign]
    elif point == "between the arrays of a block":
        store.Store._sync = _after(20, store.Store._sync, _die)  # type: ignore[method-assign]
    elif point == "after data, before the journal":
        store.add_line = _after(4, store.add_line, _die)
    elif point == "in a line of the journal":
        store.add_line = _after(4, store.add_line, _torn_line)
    elif point == "after a line of the journal":
        store.Store.keep = _after(5, store.Store.keep, _die)  # type: ignore[method-assign]
    elif point == "in the header":
        store.write_whole = _torn_file
    elif point == "before a new store is in its place":
        store.write_whole = _after(0, store.write_whole, _die)
    elif point == "at the very end":
        store.Store.dataset = _die  # type: ignore[assignment, method-assign]


POINTS = (
    "in a chunk",
    "between the arrays of a block",
    "after data, before the journal",
    "in a line of the journal",
    "after a line of the journal",
    "in the header",
    "before a new store is in its place",
    "at the very end",
)

if __name__ == "__main__":
    prepare(sys.argv[1])
    warnings.simplefilter("ignore")
    sweep(Payoff(), DESIGN, chunk=CHUNK, store=sys.argv[2])
