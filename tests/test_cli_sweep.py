"""The command line of sweeps: dry runs, stores, resuming after a kill, errors; and the cache of kernels."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coopgame.cli import cli
from coopgame.codegen.kernel_cache import load_kernel
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
        (("seed", "seed"), ("--export", "x.xlsx"), "must end in .csv, .nc, .parquet"),
        (("seed", "seed"), ("--workers", "0"), "0 is not in the range"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(plan: Path, change: tuple[str, str], args: tuple[str, ...], words: str) -> None:
    plan.write_text(PLAN.replace(*change, 1), encoding="utf-8")
    result = run("sweep", plan, *args)
    assert result.exit_code == 2 and words in result.stderr and not result.stdout
    assert "Traceback" not in result.output
    assert len([line for line in result.stderr.splitlines() if line.startswith("Error")]) == 1


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
