"""Stored sweeps: killed anywhere they resume to what an uninterrupted run gives, and refuse what does not belong together."""

from __future__ import annotations

import errno
import json
import os
import platform
import subprocess
import sys
import threading
import warnings
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

from coopgame import (
    FailedPointsWarning,
    OtherVersionsWarning,
    ParameterError,
    StoreError,
    SweepInterrupted,
    open_sweep,
    sweep,
)
from coopgame.sweeps import outline, store
from coopgame.sweeps.lock import locked
from tests.sweeps.killed import CHUNK, DESIGN, POINTS
from tests.sweeps.small_measures import Payoff, noisy

pytest.importorskip("zarr")

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"b": [1.0, 2.0, 3.0], "c": [0.25, 0.5]}


def _quiet(*args: Any, **kwargs: Any) -> xarray.Dataset:
    with pytest.warns(FailedPointsWarning):
        return sweep(*args, **kwargs)


@pytest.fixture(scope="module")
def uninterrupted() -> xarray.Dataset:
    return _quiet(Payoff(), DESIGN)


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_sweep_resumes_to_the_same_result(point: str, tmp_path: Path, uninterrupted: xarray.Dataset) -> None:
    path = tmp_path / "x.zarr"
    killed = subprocess.run(
        [sys.executable, "-m", "tests.sweeps.killed", point, str(path)], cwd=ROOT, check=False, capture_output=True
    )
    assert killed.returncode == 9, killed.stderr
    assert (tmp_path / "x.zarr.lock").exists() == (point != "at the very end")
    done = len((path / "manifest/journal.txt").read_bytes().splitlines()) if path.exists() else 0
    assert done < 14 or point == "at the very end"
    if done and point != "at the very end":
        with pytest.raises(StoreError, match=r"is not finished: [345] of 14 blocks"):
            open_sweep(path)
        _damage_what_does_not_count(path)
    resumed = _quiet(Payoff(), DESIGN, store=path, resume=True, chunk=2 * CHUNK)
    xarray.testing.assert_identical(resumed, uninterrupted)
    xarray.testing.assert_identical(open_sweep(path), uninterrupted)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.zarr"]


def _damage_what_does_not_count(path: Path) -> None:
    """Cut off the files of blocks that the journal does not name, as an old Zarr or a loss of power would."""
    entries, _ = store.read_lines(path / "manifest/journal.txt")
    done = {block for entry in entries for block in range(*entry["blocks"])}
    for block in set(range(14)) - done:
        for file in path.glob(f"*/c/{block // 2}/{block % 2}*"):
            if file.is_file():
                file.write_bytes(file.read_bytes()[:5])


def test_only_what_is_missing_is_computed(tmp_path: Path) -> None:
    calls: list[float] = []

    def counted(b: float) -> float:
        calls.append(b)
        if b == 25 and calls.count(25) == 1:
            raise KeyboardInterrupt
        return b / 2

    path = tmp_path / "x.zarr"
    with pytest.raises(SweepInterrupted, match=r"stopped after 2 of 4 blocks, which .* keeps; .* resume=True"):
        sweep(counted, {"b": range(40)}, chunk=10, store=path)
    calls.clear()
    calls.append(25)
    found = sweep(counted, {"b": range(40)}, chunk=10, store=path, resume=True)
    assert calls[2:] == list(range(20, 40))  # after the mark and the probe at the first point
    assert found["counted"].values.tolist() == [b / 2 for b in range(40)]


INTERRUPTED = """
import os, signal, sys, time
from coopgame import sweep
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in what a shell starts in the background
parent = os.getpid()
def stops(b):
    if b == 30:
        os.kill(parent, signal.SIGINT)
        time.sleep(600)
    return b / 2
sweep(stops, {"b": range(40)}, chunk=5, workers=2, store=sys.argv[1])
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_an_interrupt_from_the_keyboard_stops_worker_processes_and_says_how_to_go_on(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(INTERRUPTED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "x.zarr")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("coopgame.errors.SweepInterrupted: stopped after ") and "resume=True" in last
    assert done.stderr.count("Traceback") == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["script.py", "x.zarr"]
    with pytest.raises(StoreError, match=r"is not finished: [1-7] of 8 blocks"):
        open_sweep(tmp_path / "x.zarr")


@pytest.mark.parametrize(("chunk", "workers"), [(1000, 1), (10_000, 2)])
def test_stores_hold_the_same_for_all_chunks_and_workers(tmp_path: Path, chunk: int, workers: int) -> None:
    over = {"b": np.linspace(0, 2, 100), "c": np.linspace(0, 1, 200)}
    kept = _quiet(noisy, over, store=tmp_path / "x.zarr", chunk=chunk, workers=workers)
    xarray.testing.assert_identical(kept, _quiet(noisy, over))


def test_the_result_of_a_store_is_read_when_it_is_used(tmp_path: Path) -> None:
    kept = sweep(lambda b, c: b * c, SMALL, store=tmp_path / "deep/x.zarr")
    assert not kept["value"].variable._in_memory and not kept["failed"].variable._in_memory
    assert kept["value"].sel(b=2, c=0.5).item() == 1.0


def test_other_programs_can_read_a_store(tmp_path: Path) -> None:
    import zarr

    path = tmp_path / "x.zarr"
    kept = _quiet(Payoff(), SMALL, store=path)
    group = zarr.open_group(path, mode="r")
    assert group["gain"].metadata.dimension_names == ("b", "c")
    assert np.array_equal(group["gain"][:], kept["gain"].values, equal_nan=True)
    plain = xarray.open_zarr(path, consolidated=False, chunks=None)
    assert plain["b"].values.tolist() == SMALL["b"] and plain["power"].values.tolist() == ["first", "second"]
    assert plain.attrs["scale"] == "1.0"


@pytest.mark.parametrize(
    ("measure", "over", "rng", "message"),
    [
        (Payoff(), {**SMALL, "b": [1.0, 2.0, 2.5, 3.0]}, 0, r"the values of b: 3 from 1 to 3 .*, now 4 from 1 to 3"),
        (
            Payoff(),
            {**SMALL, "b": [1.0, 2.0 + 1e-9, 3.0]},
            0,
            r"the values of b: 3 from 1 to 3 .*, now 3 from 1 to 3",
        ),
        (Payoff(), dict(reversed(SMALL.items())), 0, r"the dimensions: b \(3\), c \(2\), now c \(2\), b \(3\)"),
        (Payoff(scale=2), SMALL, 0, r"of the measure, scale: 1\.0, now 2"),
        (Payoff(name="other"), SMALL, 0, "the measure: payoff, now other"),
        (Payoff(), SMALL, 5, "the seed: 0, now 5"),
        (lambda b, c: b, SMALL, 0, "the variable gain: float64, now not there"),
    ],
)
def test_another_sweep_is_not_mixed_in(
    tmp_path: Path, measure: Any, over: dict[str, Any], rng: int, message: str
) -> None:
    path = tmp_path / "x.zarr"
    _quiet(Payoff(), SMALL, store=path)
    before = {p: p.read_bytes() for p in path.rglob("*") if p.is_file()}
    with pytest.raises(StoreError, match=message):
        sweep(measure, over, rng=rng, store=path, resume=True)
    assert {p: p.read_bytes() for p in path.rglob("*") if p.is_file()} == before


def test_a_function_is_known_by_what_it_does_not_by_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "x.zarr"
    first = sweep(lambda b: [b + 1, 7], {"b": [1, 2]}, store=path)
    again = sweep(
        lambda b: [b + 1, 7],  # a remark
        {"b": [1, 2]}, store=path, resume=True,
    )  # fmt: skip
    xarray.testing.assert_identical(again, first)
    one, other = lambda b: [b + 1, 8], lambda b: [b + 1, 7]
    sweep(other, {"b": [1, 2]}, store=path, resume=True)
    with pytest.raises(StoreError, match="function_sha256"):
        sweep(one, {"b": [1, 2]}, store=path, resume=True)


def test_a_changed_function_is_not_mixed_in(tmp_path: Path) -> None:
    sweep(lambda b: b + 1, {"b": [1, 2]}, store=tmp_path / "x.zarr")
    with pytest.raises(StoreError, match="function_sha256"):
        sweep(lambda b: b + 2, {"b": [1, 2]}, store=tmp_path / "x.zarr", resume=True)


def test_other_versions_of_libraries_warn_and_another_coopgame_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, over = tmp_path / "x.zarr", {"b": range(4)}

    def halves(b: int) -> float:
        if b == 3 and not again:
            raise KeyboardInterrupt
        return b / 2

    again = False
    with pytest.raises(SweepInterrupted):
        sweep(halves, over, store=path, chunk=2)
    again = True
    versions = {"numpy": "0.1", "numba": "0.2", "coopgame-egt": "99"}
    monkeypatch.setattr(outline, "version", versions.__getitem__)
    with pytest.raises(StoreError, match=r"the version of coopgame: .*, now 99"):
        sweep(halves, over, store=path, resume=True)
    versions["coopgame-egt"] = metadata.version("coopgame-egt")
    with pytest.warns(OtherVersionsWarning, match=r"numpy .*, now 0\.1, numba .*, now 0\.2"):
        found = sweep(halves, over, store=path, resume=True)
    assert found["halves"].values.tolist() == [0.0, 0.5, 1.0, 1.5]
    assert found.attrs["numpy_version"] == np.__version__
    assert found.attrs["also_computed_with"] == "numpy 0.1, numba 0.2"
    xarray.testing.assert_identical(sweep(halves, over, store=path, resume=True), found)


def test_an_output_that_exists_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.zarr"
    path.mkdir()
    (path / "precious.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match=r"exists; to go on with it give resume=True, to begin anew delete it"):
        sweep(lambda b: b, {"b": [1]}, store=path)
    with pytest.raises(StoreError, match="is no store of a sweep"):
        sweep(lambda b: b, {"b": [1]}, store=path, resume=True)
    with pytest.raises(StoreError, match="is no store of a sweep"):
        open_sweep(path)
    assert [p.name for p in path.iterdir()] == ["precious.txt"]
    with pytest.raises(StoreError, match="is not there"):
        open_sweep(tmp_path / "nothing.zarr")


def test_a_finished_sweep_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "x.zarr"
    first = sweep(lambda b: b, {"b": [1, 2]}, store=path, resume=True)
    xarray.testing.assert_identical(sweep(lambda b: b, {"b": [1, 2]}, store=path, resume=True), first)


@pytest.mark.parametrize("where", ["data", "journal", "creation"])
def test_a_full_disk_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    path = tmp_path / "x.zarr"

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def later(function: Any, calls: int) -> Any:
        counted = iter(range(calls))
        return lambda *a, **k: function(*a, **k) if next(counted, None) is not None else full()

    with monkeypatch.context() as patch:
        if where == "data":
            import zarr

            patch.setattr(zarr.Array, "__setitem__", later(zarr.Array.__setitem__, 12))
        elif where == "journal":
            patch.setattr(store, "add_line", later(store.add_line, 2))
        else:
            patch.setattr(store, "write_whole", full)
        kept = "nothing was computed" if where == "creation" else r"[12] of 4 blocks are kept"
        with pytest.raises(StoreError, match=rf"the disk of .* is full; {kept}\. Make room, .* resume=True"):
            sweep(Payoff(), {"b": range(40), "c": [0.0]}, chunk=10, store=path)
    resumed = sweep(Payoff(), {"b": range(40), "c": [0.0]}, chunk=10, store=path, resume=True)
    xarray.testing.assert_identical(resumed, sweep(Payoff(), {"b": range(40), "c": [0.0]}))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match=r"cannot be written: .*; nothing was computed"):
        sweep(lambda b: b, {"b": [1]}, store=tmp_path / "file" / "x.zarr")


def test_a_second_sweep_on_one_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zarr"
    began, go_on = threading.Event(), threading.Event()

    thread = threading.Thread(target=lambda: sweep(Slow(began, go_on), {"b": [1, 2]}, store=path))
    thread.start()
    assert began.wait(60)
    with pytest.raises(StoreError, match=rf"process {os.getpid()} on .* writes x\.zarr; wait for it"):
        sweep(Slow(began, go_on), {"b": [1, 2]}, store=path, resume=True)
    go_on.set()
    thread.join()
    assert open_sweep(path)["gain"].values.tolist() == [1.0, 2.0]


class Slow(Payoff):
    """A measure that waits until it may go on."""

    def __init__(self, began: threading.Event, go_on: threading.Event) -> None:
        super().__init__()
        object.__setattr__(self, "events", (began, go_on))

    @property
    def variables(self) -> Any:
        return super().variables[:1]

    def evaluate(self, points: Any) -> Any:
        from coopgame import Found

        began, go_on = self.events  # type: ignore[attr-defined]
        began.set()
        go_on.wait(60)
        return Found({"gain": points.values["b"]})


def test_the_lock_of_a_process_that_ended_is_taken_over_but_not_that_of_another_machine(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    lock = tmp_path / "x.zarr.lock"
    lock.write_text(json.dumps({"host": platform.node(), "process": ended.pid, "token": "a"}), encoding="utf-8")
    with locked(tmp_path / "x.zarr"):
        assert json.loads(lock.read_text(encoding="utf-8"))["process"] == os.getpid()
    assert list(tmp_path.iterdir()) == []
    lock.write_text(json.dumps({"host": "elsewhere", "process": ended.pid, "token": "a"}), encoding="utf-8")
    with (
        pytest.raises(StoreError, match=rf"process {ended.pid} on elsewhere .* delete .*x\.zarr\.lock"),
        locked(tmp_path / "x.zarr"),
    ):
        raise AssertionError("the lock was given twice")
    assert [p.name for p in tmp_path.iterdir()] == ["x.zarr.lock"]


def test_many_failures_keep_the_first_reasons_whatever_the_chunks(tmp_path: Path) -> None:
    def fails(b: int) -> float:
        if b % 3:
            raise ValueError(f"no value at {b}")
        return b

    over = {"b": range(18_000)}
    one = _quiet(fails, over, chunk=10_000)
    assert one.attrs["failures"] == 12_000 and one["failure_index"].size == 10_000
    assert one["failure_reason"].values[-1] == "ValueError: no value at 14999"
    kept = _quiet(fails, over, chunk=1000, store=tmp_path / "x.zarr")
    xarray.testing.assert_identical(kept, one)


def test_no_warning_comes_from_a_store(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sweep(lambda b: [b, 2 * b], {"b": [1, 2, 3]}, store=tmp_path / "x.zarr")


def test_resume_needs_the_name_of_a_store() -> None:
    with pytest.raises(ParameterError, match="resume=True needs the store"):
        sweep(lambda b: b, {"b": [1]}, resume=True)
