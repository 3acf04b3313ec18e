"""The record of finished blocks of a stored sweep: lines that are only ever added, each with a checksum."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Adding a line costs the same for the first and the ten-thousandth chunk, where a manifest written anew would cost more and
# more. A line that was cut off by a kill has a wrong checksum: what it would have named does not count.


def read_lines(path: Path) -> tuple[list[dict[str, Any]], bool]:
    """Return the valid entries of a journal, and whether there was anything else in it."""
    if not path.exists():
        return [], False
    entries, torn = [], False
    for line in path.read_bytes().splitlines(keepends=True):
        checksum, _, text = line.rstrip(b"\n").partition(b" ")
        if line.endswith(b"\n") and checksum == _checksum(text):
            entries.append(json.loads(text))
        else:
            torn = True
    return entries, torn


def rewrite(path: Path, entries: list[dict[str, Any]]) -> None:
    """Replace a journal by these entries, all at once."""
    write_whole(path, b"".join(map(_line, entries)))


def add_line(path: Path, entry: Mapping[str, Any]) -> None:
    """Add an entry and wait until it is on the disk."""
    with path.open("ab") as file:
        file.write(_line(entry))
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that at any moment either the old or the new content is there."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; where a system cannot, it is left to it."""
    if os.name == "nt":  # a folder cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _line(entry: Mapping[str, Any]) -> bytes:
    text = json.dumps(entry, ensure_ascii=True, sort_keys=True).encode()
    return _checksum(text) + b" " + text + b"\n"


def _checksum(text: bytes) -> bytes:
    return f"{zlib.crc32(text):08x}".encode()
