"""The command line of sweeps: dry runs, stores, resuming after a kill, errors; and the cache of kernels."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from coopgame import integrate, parse_game, read_sweep
from coopgame.cli import cli
from coopgame.codegen.kernel_cache import load_kernel
from coopgame.sweeps.measures.shares import FinalShares
from coopgame.sweeps.store import open_sweep
from tests.report import sample_games as games

ROOT = Path(__file__).parent.parent
PLAN = """
format = "coopgame-sweep/1"
game = "inspection.toml"
seed = 7
measure = { name = "final shares", t_end = 20 }

[values]
c = 1
g = 2

[initial]
y = 0.5

[over]
F = { from = 1.0, to = 4.0, points = 31 }
x = { from = 0.05, to = 0.95, points = 20 }
"""

needs_store = pytest.mark.skipif(find_spec("zarr") is None, reason="needs the extra store")


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "inspection.toml").write_text(games.INSPECTION, encoding="utf-8")
    path = tmp_path / "fines.toml"
    path.write_text(PLAN, encoding="utf-8")
    return path


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args], prog_name="coopgame")


@pytest.mark.parametrize(
    ("command", "example"),
    [
        ("sweep", "coopgame sweep fines.toml --dry-run"),
        ("cache", "coopgame cache clear"),
        ("warm-up", "coopgame warm-up"),
    ],
)
def test_help_teaches_by_example(command: str, example: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0 and example in result.stdout


def test_a_dry_run_says_what_it_takes_and_writes_nothing(plan: Path) -> None:
    before = sorted(plan.parent.iterdir())
    result = run("sweep", plan, "--dry-run", "--out", plan.parent / "x.zarr")
    assert result.exit_code == 0, result.stderr
    for words in ("620 points", "variable: ", "time: about", "random points", "warm-up", "memory: ", "disk: at most"):
        assert words in result.stdout
    assert sorted(plan.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("change", "args", "words"),
    [
        (("F = {", "FF = {"), ("--dry-run",), "over.FF: unknown parameter or share 'FF'; did you mean 'F'"),
        (("final shares", "finel shares"), ("--dry-run",), "measure: unknown measure 'finel_shares'; did you mean 'final_shares'"),
        (("inspection.toml", "inspektion.toml"), ("--dry-run",), "there is no such file"),
        (("seed", "sead"), ("--dry-run",), "sead: unknown key 'sead'; did you mean 'seed'"),
        (("seed", "seed"), (), "give --out runs/x.zarr or --export x.csv"),
        (("seed", "seed"), ("--resume", "--export", "x.csv"), "--resume needs the store"),
        (("seed", "seed"), ("--export", "x.xlsx"), "choose one of .csv, .parquet, .nc"),
        (("seed", "seed"), ("--workers", "0"), "0 is not in the range"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(plan: Path, change: tuple[str, str], args: tuple[str, ...], words: str) -> None:
    plan.write_text(PLAN.replace(*change, 1), encoding="utf-8")
    result = run("sweep", plan, *args)
    assert result.exit_code == 2 and words in result.stderr and not result.stdout
    assert "Traceback" not in result.output
    assert len([line for line in result.stderr.splitlines() if line.startswith("Error")]) == 1


@needs_store
def test_a_sweep_is_stored_and_exported(plan: Path, tmp_path: Path) -> None:
    """The export holds, point by point, what single trajectories give."""
    table, store = tmp_path / "x.csv", tmp_path / "runs" / "x.zarr"
    result = run("sweep", plan, "--out", store, "--export", table)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"620 points: {store}\n620 points: {table}\n"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == 620 and rows[20]["F"] == "1.1"
    game = parse_game(games.INSPECTION)
    for row in (rows[3], rows[317]):
        start = {"x": float(row["x"]), "y": 0.5}
        path = integrate(game, start, {"F": row["F"], "c": 1, "g": 2}, t_end=20)
        assert float(row["shares[inspector.inspect]"]) == pytest.approx(path.shares[-1, 0], abs=1e-6)
    again = run("sweep", plan, "--out", store)
    assert again.exit_code == 2 and "--resume" in again.stderr and "resume=True" not in again.stderr
    assert run("sweep", plan, "--export", table).exit_code == 2


@needs_store
def test_a_changed_plan_does_not_resume(plan: Path, tmp_path: Path) -> None:
    store = tmp_path / "x.zarr"
    assert run("sweep", plan, "--out", store).exit_code == 0
    plan.write_text(PLAN.replace("c = 1", "c = 1.5"), encoding="utf-8")
    result = run("sweep", plan, "--out", store, "--resume")
    assert result.exit_code == 2 and "values" in result.stderr and "Traceback" not in result.output


@needs_store
def test_a_killed_sweep_is_resumed_to_the_same_arrays(plan: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle; the rest points of 300 points take seconds, one by one."""
    text = PLAN.replace('{ name = "final shares", t_end = 20 }', '"rest points"')
    text = text.replace("x = { from = 0.05, to = 0.95, points = 20 }", "g = [1, 2, 3]").replace(
        "points = 31", "points = 100"
    )
    plan.write_text(text.replace("g = 2\n", ""), encoding="utf-8")
    store = tmp_path / "x.zarr"
    command = [sys.executable, "-m", "coopgame", "sweep", str(plan), "--out", str(store), "--chunk", "10"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline and _kept(store) < 3:
            time.sleep(0.01)
        assert process.poll() is None, "it ended before it could be killed"
    finally:
        process.kill()
        process.wait()
    kept = _kept(store)
    assert 3 <= kept < 30
    refused = run("sweep", plan, "--out", store)
    assert refused.exit_code == 2 and "--resume" in refused.stderr
    done = subprocess.run(
        [*command, "--resume"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    resumed, whole = open_sweep(store), read_sweep(plan).run()
    assert set(resumed.data_vars) == set(whole.data_vars) and resumed.sizes == whole.sizes == {**resumed.sizes}
    for name in (*whole.data_vars, *whole.coords):
        np.testing.assert_array_equal(resumed[name].to_numpy(), whole[name].to_numpy())


def _kept(store: Path) -> int:
    """How many blocks the journal of a store names."""
    journal = next(iter(store.rglob("journal.txt")), None) if store.is_dir() else None
    return 0 if journal is None else len(journal.read_text(encoding="utf-8").splitlines())


@needs_store
def test_an_interrupt_says_how_to_go_on(plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt from the keyboard while points are computed."""

    def stopped(self: object, points: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FinalShares, "evaluate", stopped)
    store = tmp_path / "x.zarr"
    result = run("sweep", plan, "--out", store)
    assert (
        result.exit_code == 130
        and f"{store} keeps what is done; the same command with --resume goes on" in result.stderr
    )
    bare = run("sweep", plan, "--export", tmp_path / "x.csv")
    assert bare.exit_code == 130 and "nothing is kept; with --out a sweep can be resumed" in bare.stderr
    monkeypatch.undo()
    assert run("sweep", plan, "--out", store, "--resume").exit_code == 0


def test_the_cache_is_shown_and_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOPGAME_CACHE_DIR", str(tmp_path))
    assert run("cache", "show").stdout == f"nothing in {tmp_path / 'kernels'}\n"
    assert load_kernel("def kernel(x):\n    return x + 1\n")(1) == 2
    shown = run("cache", "show")
    assert shown.exit_code == 0 and "KiB in" in shown.stdout
    assert "freed" in run("cache", "clear").stdout
    assert not (tmp_path / "kernels").exists() and run("cache", "show").stdout.startswith("nothing")


def test_warm_up_compiles_what_the_sweep_of_a_game_needs(
    plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COOPGAME_CACHE_DIR", str(tmp_path / "cache"))
    result = run("warm-up", plan.parent / "inspection.toml")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("2 kernels are ready: ") and str(tmp_path / "cache") in result.stdout
    assert sorted((tmp_path / "cache" / "kernels").glob("*/*.py"))
    assert run("warm-up", "absent.toml").exit_code == 2
