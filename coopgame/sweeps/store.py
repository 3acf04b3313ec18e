"""Stores of sweeps: a folder in Zarr's format 3 that is written block by block and can be resumed after any end."""

from __future__ import annotations

import errno
import json
import os
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import MissingExtraError, OtherVersionsWarning, StoreError
from coopgame.sweeps.blocks import Blocks
from coopgame.sweeps.designs import Design
from coopgame.sweeps.journal import add_line, read_lines, rewrite, sync_folder, write_whole
from coopgame.sweeps.lock import locked
from coopgame.sweeps.outline import Outline, Result, merged

if TYPE_CHECKING:
    import xarray

# The files of coopgame stand in a group of their own, since Zarr warns of files in a group that it does not know.
_OWN = "manifest"
_FORMAT = 1
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass
class Progress:
    """What the journal of a store says: finished blocks, the number of failed points, first reasons, other versions that were used."""

    done: set[int] = field(default_factory=set)
    failures: int = 0
    reasons: dict[int, str] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take in a line of the journal."""
        if "versions" in entry:
            self.versions = list(dict.fromkeys((*self.versions, entry["versions"])))
            return
        self.done.update(range(*entry["blocks"]))
        self.failures += entry["failures"]
        if entry["reasons"]:
            self.reasons = merged(self.reasons, ((k, why) for k, why in entry["reasons"]))


@dataclass(eq=False)
class Store:
    """A store that is open for writing. A block counts only when the journal names it.

    Every block is one chunk of Zarr in every array, so that it is written once and whole, whatever the chunks of the sweep.
    """

    path: Path
    outline: Outline
    blocks: Blocks
    progress: Progress = field(default_factory=Progress)
    arrays: dict[str, Any] = field(default_factory=dict)

    def keep(self, first: int, last: int, result: Result) -> None:
        """Write the blocks from first to last - 1: first all data, then the line that makes them count."""
        begin = self.blocks.span(first)[0]
        for block in range(first, last):
            start, stop = (end - begin for end in self.blocks.span(block))
            self._write(block, {name: array[start:stop] for name, array in result.arrays.items()})
        entry = {"blocks": [first, last], "failures": result.failures, "reasons": sorted(result.reasons.items())}
        add_line(_journal(self.path), entry)
        self.progress.add(entry)

    @property
    def done(self) -> set[int]:
        """The finished blocks."""
        return self.progress.done

    def _write(self, block: int, arrays: Mapping[str, np.ndarray]) -> None:
        slices = self.blocks.slices(block)
        box = tuple(s.stop - s.start for s in slices)
        for part in self.outline.parts:
            if part.name not in self.arrays:
                self.arrays[part.name] = _zarr().open_array(self.path / part.name, mode="r+")
            tail = tuple(slice(None) for _ in part.shape)
            self.arrays[part.name][(*slices, *tail)] = arrays[part.name].reshape(*box, *part.shape)
            self._sync(part.name, (*self.blocks.places(block), *(0 for _ in part.shape)))

    def _sync(self, name: str, places: tuple[int, ...]) -> None:
        """Wait until a chunk is on the disk, which a loss of power would else take while the journal names it."""
        file = self.path.joinpath(name, "c", *map(str, places))
        if file.exists():  # Zarr leaves out chunks where all is missing
            with file.open("r+b") as opened:
                os.fsync(opened.fileno())
            sync_folder(file.parent)

    def dataset(self) -> xarray.Dataset:
        """Return the result; arrays are read from the store when they are used."""
        return _read(self.path, self.outline, self.progress)


@contextmanager
def opened_store(
    path: str | os.PathLike[str], outline: Outline, design: Design, said: Mapping[str, str], size: int, resume: bool
) -> Iterator[Store]:
    """Open a new store, or one of the same sweep to resume, alone among all processes.

    said: what the results depend on, by subject; kept, and compared when the sweep is resumed.

    Raises StoreError for a store that exists, is in use or of another sweep, and when the disk is full.
    """
    _zarr()
    where = Path(path)
    if where.exists() and not resume:
        raise StoreError(
            f"{where} exists; to go on with it give resume=True, to begin anew delete it, or choose another name"
        )
    store: Store | None = None
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        with locked(where):
            if not where.exists():
                _create(where, outline, design, said, Blocks(design.shape, size))
            store = _resumed(where, outline, said)
            yield store
    except OSError as error:
        raise _unwritten(where, store, error) from error


def open_sweep(path: str | os.PathLike[str]) -> xarray.Dataset:
    """Return the result of a finished sweep from its store, as `sweep` returned it; arrays are read when they are used.

    Raises StoreError for a folder that is no store of a sweep, and for a sweep that is not finished.

    >>> import tempfile
    >>> from coopgame import open_sweep, sweep
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = sweep(lambda b: b**2, {"b": [1, 2, 3]}, store=f"{folder}/squares.zarr")
    ...     open_sweep(f"{folder}/squares.zarr")["value"].values
    array([1., 4., 9.])
    """
    where = Path(path)
    header = _header(where)
    outline, blocks = Outline.from_json(header["outline"]), Blocks(tuple(header["outline"]["shape"]), header["size"])
    progress = _progress(read_lines(_journal(where))[0])
    if len(progress.done) < len(blocks):
        raise StoreError(
            f"{where} is not finished: {len(progress.done)} of {len(blocks)} blocks are there; run its sweep again with resume=True"
        )
    return _read(where, outline, progress)


def _zarr() -> Any:
    try:
        import zarr
    except ImportError:
        raise MissingExtraError("a store of a sweep", "store") from None
    return zarr


def _journal(path: Path) -> Path:
    return path / _OWN / "journal.txt"


def _header(path: Path) -> dict[str, Any]:
    file = path / _OWN / "header.json"
    if not file.exists():
        raise StoreError(
            f"{path} is {'no store of a sweep' if path.exists() else 'not there'}; give the folder that sweep(store=…) made"
        )
    header: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if header["format"] != _FORMAT:
        raise StoreError(
            f"{path} has the format {header['format']}, this coopgame reads {_FORMAT}; use the version that wrote it"
        )
    return header


def _create(path: Path, outline: Outline, design: Design, said: Mapping[str, str], blocks: Blocks) -> None:
    """Make a store without results beside its place, and move it there when it is whole."""
    part = path.with_name(path.name + ".part")
    if part.exists():  # left by a process that was killed here; the lock says that nobody else writes it
        shutil.rmtree(part)
    group = _zarr().create_group(part, zarr_format=3, attributes=dict(outline.attrs))
    for p in outline.parts:
        group.create_array(
            p.name,
            shape=(*design.shape, *p.shape),
            chunks=(*blocks.box, *p.shape),
            dtype=p.dtype,
            fill_value=p.missing,
            dimension_names=(*design.dims, *p.dims),
            attributes=dict(p.attrs),
        )
    for name, (dim, column) in design.coordinates.items():
        about = dict(outline.about.get(name, {}))
        _add_coordinate(group, name, dim, column, about)
    for dim, labels in outline.labels.items():
        _add_coordinate(group, dim, dim, np.array(labels), {})
    group.create_group(_OWN)
    header = {"format": _FORMAT, "size": blocks.size, "said": dict(said), "outline": outline.to_json()}
    write_whole(part / _OWN / "header.json", json.dumps(header, indent=1, ensure_ascii=False).encode())
    part.rename(path)
    sync_folder(path.parent)


def _add_coordinate(group: Any, name: str, dim: str, column: np.ndarray, about: Mapping[str, str]) -> None:
    dtype = str if column.dtype.kind == "U" else column.dtype
    array = group.create_array(
        name, shape=column.shape, dtype=dtype, chunks=column.shape, dimension_names=(dim,), attributes=dict(about)
    )
    array[:] = column


def _resumed(path: Path, outline: Outline, said: Mapping[str, str]) -> Store:
    """Open a store of the same sweep and count what is done; StoreError that says what changed."""
    header = _header(path)
    changes = _changes(header["said"], said)
    if changes:
        raise StoreError(
            f"{path} holds another sweep; what changed: {'; '.join(changes)}. Go back to what it was, or choose another store"
        )
    kept = Outline.from_json(header["outline"])
    blocks = Blocks(kept.shape, header["size"])
    entries, torn = read_lines(_journal(path))
    if torn:
        rewrite(_journal(path), entries)
    store = Store(path, kept, blocks, _progress(entries))
    if len(store.done) < len(blocks):
        _note_other_versions(store, outline)
    return store


def _note_other_versions(store: Store, outline: Outline) -> None:
    """Warn that libraries have changed since the sweep was begun, and keep which ones."""
    others = {
        name.removesuffix("_version"): (before, outline.attrs[name])
        for name, before in store.outline.attrs.items()
        if name.endswith("_version") and outline.attrs[name] != before
    }
    if others:
        entry = {"versions": ", ".join(f"{name} {now}" for name, (_, now) in others.items())}
        add_line(_journal(store.path), entry)
        store.progress.add(entry)
        shown = ", ".join(f"{name} {before}, now {now}" for name, (before, now) in others.items())
        warnings.warn(
            f"{store.path} was begun with other versions: {shown}; last digits may differ between its blocks",
            OtherVersionsWarning,
            stacklevel=5,
        )


def _progress(entries: list[dict[str, Any]]) -> Progress:
    progress = Progress()
    for entry in entries:
        progress.add(entry)
    return progress


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [
        f"{subject}: {before.get(subject, 'not there')}, now {now.get(subject, 'not there')}"
        for subject in dict.fromkeys((*before, *now))
        if before.get(subject) != now.get(subject)
    ]


def _read(path: Path, outline: Outline, progress: Progress) -> xarray.Dataset:
    import xarray

    # Attributes such as units = "days" are left alone: decoding would make dates of numbers.
    found = xarray.open_dataset(path, engine="zarr", chunks=None, decode_cf=False, consolidated=False)
    for name in found.variables:
        chunks = found[name].encoding.get("preferred_chunks", {})
        found[name].encoding = {"preferred_chunks": chunks}
    data = {part.name: found[part.name].variable for part in outline.parts}
    columns = {name: (str(found[name].dims[0]), found[name].variable) for name in outline.about}
    other = {"also_computed_with": "; ".join(progress.versions)} if progress.versions else {}
    return outline.dataset(data, columns, progress.reasons, failures=progress.failures, **other)


def _unwritten(path: Path, store: Store | None, error: OSError) -> StoreError:
    kept = f"{len(store.done)} of {len(store.blocks)} blocks are kept" if store else "nothing was computed"
    if error.errno in _FULL:
        return StoreError(f"the disk of {path} is full; {kept}. Make room, then run the sweep again with resume=True")
    return StoreError(f"{path} cannot be written: {error}; {kept}. Run the sweep again with resume=True when it can")
