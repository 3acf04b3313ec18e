"""The commands that write files: what they write and list, and errors that name the value and the remedy."""

from __future__ import annotations

import csv
import importlib.util
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coopgame.cli import cli
from coopgame.games.files import read_game
from coopgame.report.matlab import matlab_function, matlab_script
from tests.report import sample_games as games

WORD = importlib.util.find_spec("pypandoc") is not None
TABLES = [
    "tables.tex",
    "tables.md",
    "tables.html",
    "parameters.csv",
    "payoffs.csv",
    "eigenvalues.csv",
    "stability.csv",
]


@pytest.fixture
def inspection(tmp_path: Path) -> str:
    path = tmp_path / "inspection.toml"
    path.write_text(games.INSPECTION, encoding="utf-8")
    return str(path)


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, list(args), prog_name="coopgame")


@pytest.mark.parametrize("command", ["tables", "export"])
def test_help_teaches_by_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"coopgame {command} inspection.toml --out " in result.stdout


def test_tables_lists_the_files_that_it_writes(inspection: str, tmp_path: Path) -> None:
    out = tmp_path / "new" / "tables"
    result = run("tables", inspection, "--out", str(out))
    assert result.exit_code == 0, result.stderr
    listed = [Path(line) for line in result.stdout.splitlines()]
    assert sorted(listed) == sorted(out.iterdir())
    assert [path.name for path in listed][: len(TABLES)] == TABLES
    assert "asymptotically stable" in (out / "tables.md").read_text(encoding="utf-8")


def test_values_symbols_and_language(inspection: str, tmp_path: Path) -> None:
    assert run("tables", inspection, "--values", "F=5", "c=1", "g=2", "--out", str(tmp_path / "a")).exit_code == 0
    rows = list(csv.reader((tmp_path / "a" / "eigenvalues.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [sorted(map(float, row[2:])) for row in rows[1:3]] == [[-1, 2], [-3, 1]]  # -c, g; g - F, c
    args = ("--values", "F=5", "--symbolic", "--language", "zh")
    assert run("tables", inspection, *args, "--out", str(tmp_path / "b")).exit_code == 0
    text = (tmp_path / "b" / "tables.html").read_text(encoding="utf-8")
    assert "复制动态方程" in text and "监管博弈" in text
    cells = (tmp_path / "b" / "eigenvalues.csv").read_text(encoding="utf-8-sig")
    assert "F" not in cells and "c" in cells


def test_an_existing_folder_keeps_its_other_files(inspection: str, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    (out / "tables.md").write_text("old", encoding="utf-8")
    assert run("tables", inspection, "--values", "F=5", "--out", str(out)).exit_code == 0
    assert (out / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (out / "tables.md").read_text(encoding="utf-8") != "old"


@pytest.mark.skipif(not WORD, reason="needs the extra word")
def test_word_is_one_file_more(inspection: str, tmp_path: Path) -> None:
    result = run("tables", inspection, "--values", "F=5", "--word", "--out", str(tmp_path / "a"))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[-1] == str(tmp_path / "a" / "tables.docx")


def test_a_missing_extra_is_told_before_anything_is_written(
    inspection: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pypandoc", None)
    result = run("tables", inspection, "--word", "--out", str(tmp_path / "a"))
    assert result.exit_code == 2
    assert "pip install 'coopgame-egt[word]'" in result.stderr
    assert not (tmp_path / "a").exists()


def test_export_writes_the_texts_of_the_library(inspection: str, tmp_path: Path) -> None:
    args = ("--values", "F=5", "g=1/3", "--initial", "x=0.25", "y=0.5", "--time", "30", "--name", "inspection")
    result = run("export", inspection, *args, "--out", str(tmp_path / "m"))
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [str(tmp_path / "m" / f"{name}.m") for name in ("inspection", "simulate")]
    game, start = read_game(inspection), {"x": 0.25, "y": 0.5}
    script = matlab_script(game, start, {"F": 5, "g": "1/3"}, t_end=30, name="inspection")
    assert (tmp_path / "m" / "simulate.m").read_text(encoding="ascii") == script
    assert (tmp_path / "m" / "inspection.m").read_text(encoding="ascii") == matlab_function(game, "inspection")


def test_the_start_in_the_file_includes_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "feedback.toml"
    path.write_text(
        'format = "coopgame-game/1"\n'
        'populations = [{ name = "users", symbol = "x", strategies = ["spare", "take"] }]\n'
        'payoffs = { kind = "advantages", x = "1 - 2*e" }\n'
        'environment = { e = { rate = "e*(1 - e)*(x - 1/2)", initial = 0.75 } }\n'
        "initial = { x = 0.25 }\n",
        encoding="utf-8",
    )
    result = run("export", str(path), "--out", str(tmp_path / "m"))
    assert result.exit_code == 0, result.stderr
    followed = run("simulate", str(path), "--time", "1", "--points", "2")
    assert followed.stdout.splitlines()[1] == "0,0.25,0.75", followed.stderr
    assert "x0 = [0.25; 0.75];" in (tmp_path / "m" / "simulate.m").read_text(encoding="ascii")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("tables", "absent.toml", "--out", "{out}"), "'absent.toml' does not exist"),
        (("tables", "{file}"), "Missing option '--out'"),
        (("tables", "{file}", "--out", "{file}"), "is a file"),
        (("tables", "{file}", "--out", "{file}/below"), "inspection.toml/below"),
        (("tables", "{file}", "--out", "{out}", "--language", "fr"), "'fr' is not"),
        (("tables", "{file}", "--out", "{out}", "--values", "Z=5"), "unknown parameter 'Z'"),
        (("export", "absent.toml", "--out", "{out}"), "'absent.toml' does not exist"),
        (("export", "{file}", "--values", "F=5"), "Missing option '--out'"),
        (("export", "{file}", "--values", "F=5", "--out", "{file}/below"), "inspection.toml/below"),
        (("export", "{file}", "--out", "{out}"), "no value for F"),
        (("export", "{file}", "--values", "F=5", "--out", "{out}", "--initial", "q=0.5"), "unknown share 'q'"),
        (
            ("export", "{file}", "--values", "F=5", "--out", "{out}", "--initial", "x=2"),
            "a share lies between 0 and 1",
        ),
        (("export", "{file}", "--values", "F=5", "--out", "{out}", "--name", "a b"), "'a b' is no name for a MATLAB"),
        (("export", "{file}", "--values", "F=5", "--out", "{out}", "--name", "Simulate"), "choose another name"),
        (("export", "{file}", "--values", "F=5", "--out", "{out}", "--time", "0"), "0 is not in the range"),
    ],
)
def test_bad_input_is_one_clean_message_and_writes_nothing(
    inspection: str, tmp_path: Path, args: tuple[str, ...], message: str
) -> None:
    out = tmp_path / "out"
    result = run(*(arg.replace("{file}", inspection).replace("{out}", str(out)) for arg in args))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output and not result.stdout
    assert not out.exists() or not list(out.iterdir())


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_that_may_not_be_written_is_named(inspection: str, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    for command in ("tables", "export"):
        result = run(command, inspection, "--values", "F=5", "--out", str(closed / "in"))
        assert result.exit_code == 2
        assert "Permission denied" in result.stderr and "closed" in result.stderr
