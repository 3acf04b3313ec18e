"""Keeps two processes from writing one store: a file beside it that names the process."""

from __future__ import annotations

import json
import os
import platform
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coopgame.errors import StoreError

# A file that is linked into place instead of a lock of the system: network file systems know links, and it shows who holds it.


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Hold the lock of a store; that of a process of this machine that has ended is taken over.

    Raises StoreError when another sweep holds it.
    """
    path = store.with_name(store.name + ".lock")
    mine = json.dumps({"host": platform.node(), "process": os.getpid(), "token": uuid.uuid4().hex})
    if not _made(path, mine):
        _take_over(path)
        if not _made(path, mine):
            raise _in_use(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _made(path: Path, text: str) -> bool:
    """Whether the lock file could be made; it appears with its content."""
    own = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    own.write_text(text, encoding="utf-8")
    try:
        if os.name == "nt":
            own.rename(path)  # refuses there what exists
        else:
            os.link(own, path)
    except FileExistsError:
        return False
    finally:
        own.unlink(missing_ok=True)
    return True


def _take_over(path: Path) -> None:
    """Remove the lock of a process that has ended; StoreError when it may still run."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return  # released just now
    if not _ended(text):
        raise _in_use(path)
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        path.replace(aside)
    except FileNotFoundError:
        return
    taken = aside.read_text(encoding="utf-8")
    if taken != text:  # a third process was faster: give its lock back
        aside.replace(path)
        raise _in_use(path)
    aside.unlink()


def _ended(text: str) -> bool:
    holder = json.loads(text)
    if holder["host"] != platform.node() or os.name == "nt":  # no way to ask without doing harm
        return False
    try:
        os.kill(holder["process"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _in_use(path: Path) -> StoreError:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        who = f"process {holder['process']} on {holder['host']}"
    except (OSError, ValueError):
        who = "another process"
    return StoreError(
        f"{who} writes {path.name.removesuffix('.lock')}; wait for it, or choose another store. If no such process runs, delete {path}"
    )
