"""Keeps generated kernels in the user's cache folder, so that a kernel is compiled once and loaded afterwards."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from coopgame.errors import CacheError

_LOG = logging.getLogger("coopgame")
_LARGEST = 200 * 2**20
_LOCK = Lock()
_PREFIX = "coopgame_lanes_"


def kernel_folder() -> Path:
    """Return the folder of generated kernels: in COOPGAME_CACHE_DIR where that is set, else in the user's cache folder."""
    import platformdirs

    root = os.environ.get("COOPGAME_CACHE_DIR") or platformdirs.user_cache_dir("coopgame", appauthor=False)
    return Path(root) / "kernels"


def load_kernel(source: str) -> Callable[..., Any]:
    """Return the function `kernel` of a generated module, compiled when it is first called and kept for later processes.

    The name of the module is the SHA-256 of its source, of the kernels' own source, of versions and of the processor, so that nothing
    stale can be loaded. Where the folder cannot be written to, the module lives in a private temporary folder until the process ends.

    Raises CacheError when others than the user can write to the folder, since its content is run as code.
    """
    kernel: Callable[..., Any] = _load(source)
    return kernel


@cache
def _load(source: str) -> Callable[..., Any]:
    with _LOCK:
        name = f"{_PREFIX}{_fingerprint(source)}"
        module = sys.modules.get(name) or _import(name, _written(name, source))
        found: Callable[..., Any] = module.kernel
        return found


def kernel_is_kept(source: str) -> bool:
    """Return whether a kernel was compiled before on this machine, so that loading it takes no time."""
    name = f"{_PREFIX}{_fingerprint(source)}"
    return name in sys.modules or any((kernel_folder() / name).rglob("*.nbc"))


def clear_kernels() -> int:
    """Delete all kept kernels and return the number of bytes that this freed."""
    folder = kernel_folder()
    if not folder.is_dir():
        return 0
    freed = _size(folder)
    shutil.rmtree(folder)
    return freed


def kernel_cache_size() -> int:
    """Return the size of all kept kernels in bytes."""
    folder = kernel_folder()
    return _size(folder) if folder.is_dir() else 0


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _fingerprint(source: str) -> str:
    import llvmlite
    import llvmlite.binding
    import numba
    import numpy as np

    from coopgame._kernels import lane_math

    own = Path(lane_math.__file__).read_text(encoding="utf-8")
    versions = f"{sys.version} {numba.__version__} {llvmlite.__version__} {np.__version__}"
    processor = f"{llvmlite.binding.get_host_cpu_name()} {llvmlite.binding.get_host_cpu_features().flatten()}"
    return hashlib.sha256("\0".join((source, own, versions, processor)).encode()).hexdigest()[:32]


def _written(name: str, source: str) -> Path:
    """Return the file of a module with exactly this source, written by renaming so that no other process sees a part of it."""
    folder = _private(kernel_folder()) / name
    path = folder / f"{name}.py"
    if path.is_file() and path.read_text(encoding="utf-8") == source:
        return path
    _make_room(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(source)
    Path(part).replace(path)
    return path


def _private(folder: Path) -> Path:
    """Return the folder, made for the user alone; a temporary one where none can be made or written to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        _LOG.info("kernels are compiled anew in every process: %s", error)
        return _temporary()
    status = folder.stat()
    foreign = hasattr(os, "getuid") and status.st_uid != os.getuid()
    if foreign or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise CacheError(
            f"others than you can write to {folder}, whose content is run as code; run chmod 700 on it, delete it, or set "
            "COOPGAME_CACHE_DIR to a folder of your own"
        )
    if not os.access(folder, os.W_OK):
        _LOG.info("kernels are compiled anew in every process: %s is read-only", folder)
        return _temporary()
    return folder


@cache
def _temporary() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="coopgame-", ignore_cleanup_errors=True)
    _KEPT.append(folder)
    return Path(folder.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends


def _make_room(folder: Path) -> None:
    """Delete the kernels that were used longest ago while all together are too large."""
    entries = sorted((e for e in folder.iterdir() if e.is_dir()), key=lambda e: e.stat().st_mtime)
    total = sum(map(_size, entries))
    for entry in entries:
        if total <= _LARGEST:
            return
        total -= _size(entry)
        shutil.rmtree(entry, ignore_errors=True)


def _import(name: str, path: Path) -> ModuleType:
    os.utime(path.parent)  # when it was last used
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module
