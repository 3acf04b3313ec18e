"""The folder of kernels: private, content-addressed, bounded, and of no harm when it cannot be written to."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from coopgame.codegen import kernel_cache
from coopgame.codegen.kernel_cache import clear_kernels, kernel_cache_size, kernel_folder, load_kernel
from coopgame.errors import CacheError

SOURCE = '"""A kernel."""\n\nimport numba\n\n\n@numba.njit("i8(i8)", cache=True)\ndef kernel(n):\n    return n + {}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COOPGAME_CACHE_DIR", str(tmp_path))
    return tmp_path / "kernels"


def test_a_kernel_is_written_once_compiled_and_kept(folder: Path) -> None:
    assert kernel_folder() == folder
    assert kernel_cache_size() == 0
    assert load_kernel(SOURCE.format(101))(1) == 102
    (module,) = folder.glob("*/*.py")
    assert module.read_text(encoding="utf-8") == SOURCE.format(101)
    assert list(module.parent.rglob("*.nbc")), "numba kept no machine code"
    assert kernel_cache_size() > 0
    assert clear_kernels() > 0
    assert not folder.exists()
    assert clear_kernels() == 0


def test_another_process_finds_the_machine_code(folder: Path) -> None:
    program = (
        "from coopgame.codegen.kernel_cache import load_kernel\n"
        f"kernel = load_kernel({SOURCE.format(102)!r})\n"
        "print(kernel(1), sum(kernel.stats.cache_hits.values()), sum(kernel.stats.cache_misses.values()))\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True, encoding="utf-8"
        ).stdout
        for _ in range(2)
    ]
    assert runs == ["103 0 1\n", "103 1 0\n"]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="permissions are those of POSIX")
def test_the_folder_belongs_to_the_user_alone(folder: Path) -> None:
    load_kernel(SOURCE.format(103))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o770)
    with pytest.raises(CacheError, match="chmod 700"):
        load_kernel(SOURCE.format(104))
    folder.chmod(0o702)
    with pytest.raises(CacheError, match="COOPGAME_CACHE_DIR"):
        load_kernel(SOURCE.format(104))


def test_where_nothing_can_be_written_kernels_live_for_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("COOPGAME_CACHE_DIR", str(blocked))
    with caplog.at_level(logging.INFO, logger="coopgame"):
        assert load_kernel(SOURCE.format(105))(1) == 106
    assert "compiled anew in every process" in caplog.text


def test_the_name_depends_on_source_and_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    import llvmlite.binding

    first = kernel_cache._fingerprint("a")
    assert first != kernel_cache._fingerprint("b")
    monkeypatch.setattr(llvmlite.binding, "get_host_cpu_name", lambda: "another")
    assert kernel_cache._fingerprint("a") != first


def test_the_kernels_used_longest_ago_go_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_kernel(SOURCE.format(106))
    (old,) = folder.iterdir()
    os.utime(old, (1, 1))
    load_kernel(SOURCE.format(107))
    both = set(folder.iterdir())
    monkeypatch.setattr(kernel_cache, "_LARGEST", kernel_cache_size() - 1)
    load_kernel(SOURCE.format(108))
    left = set(folder.iterdir())
    assert old not in left
    assert both - {old} < left


def test_a_changed_file_is_not_run(folder: Path) -> None:
    load_kernel(SOURCE.format(109))
    (module,) = folder.glob("*/*.py")
    module.write_text(SOURCE.format(110), encoding="utf-8")
    kernel_cache._load.cache_clear()
    sys.modules.pop(module.stem)
    assert load_kernel(SOURCE.format(109))(1) == 110
