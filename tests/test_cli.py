"""The command line: answers, exit codes, and errors that name the value and the remedy."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from coopgame.cli import cli
from coopgame.report.audit_record import audit_schema
from coopgame.report.record import analysis_schema
from tests.report import sample_games as games

ROOT = Path(__file__).parent.parent


@pytest.fixture
def inspection(tmp_path: Path) -> str:
    path = tmp_path / "inspection.toml"
    path.write_text(games.INSPECTION, encoding="utf-8")
    return str(path)


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, list(args), prog_name="coopgame")


@pytest.mark.parametrize("command", [(), ("analyse",), ("check",), ("simulate",), ("audit",), ("repro",)])
def test_help_teaches_by_example(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert f"coopgame {command[0] if command else 'analyse'} " in result.stdout


def test_version() -> None:
    import coopgame

    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, f"coopgame {coopgame.__version__}\n")


def test_analyse_in_words(inspection: str) -> None:
    result = run("analyse", inspection)
    assert result.exit_code == 0
    assert "Inspection game (监管博弈)" in result.stdout
    assert "R1" in result.stdout


@pytest.mark.parametrize(
    "values",
    [
        ("--values", "F=5", "g=1/2", "c=0.25"),
        ("--values", "F=5,g=1/2", "--values", "c=0.25"),
        ("--values=F=5", "--values", "g=1/2,c=0.25"),
    ],
)
def test_values_are_exact_and_given_in_any_way(inspection: str, values: tuple[str, ...]) -> None:
    for args in ((inspection, *values), (*values, inspection), (inspection, *values, "--json")):
        result = run("analyse", *(args if "--json" in args else (*args, "--json")))
        assert result.exit_code == 0, result.stderr
        record = json.loads(result.stdout)
        jsonschema.Draft202012Validator(analysis_schema()).validate(record)
        assert record["mode"] == "numeric"
        assert record["values"] == {"F": "5", "c": "1/4", "g": "1/2"}


def test_numbers_or_symbols(inspection: str) -> None:
    def mode(*args: str) -> str:
        result = run("analyse", inspection, "--json", *args)
        assert result.exit_code == 0, result.stderr
        return str(json.loads(result.stdout)["mode"])

    assert mode() == "symbolic"  # F has no value
    assert mode("--values", "F=5") == "numeric"  # c and g have defaults
    assert mode("--values", "F=5", "--symbolic") == "symbolic"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("analyse", "absent.toml"), "'absent.toml' does not exist"),
        (("analyse", "{file}", "--values", "F"), "'F' is not NAME=NUMBER, such as F=5"),
        (("analyse", "{file}", "--values", "F=five"), "F: got 'five'"),
        (("analyse", "{file}", "--values", "F=1,F=2"), "'F' is given twice"),
        (("analyse", "{file}", "--values", "f=5"), "unknown parameter 'f'"),
        (("analyse", "{file}", "--values", "F=nan"), "F: got 'nan'"),
        (("analyse", "{file}", "--values", "F=1/2"), "violates the assumption F > c"),  # c is 1
        (("analyse", "{file}", "--dynamics", "logit"), "'logit' is not"),
        (("simulate", "{file}", "--initial", "x=0.5"), "no value for F"),
        (
            ("simulate", "{file}", "--values", "F=5", "--initial", "x=1.5"),
            "--initial x=1.5: a share lies between 0 and 1",
        ),
        (("simulate", "{file}", "--values", "F=5", "--initial", "q=0.5"), "unknown share 'q'"),
        (("simulate", "{file}", "--values", "F=5", "--points", "1"), "1 is not in the range"),
        (("simulate", "{file}", "--values", "F=5", "--figure", "run.txt"), "must end in .pdf"),
        (("simulate", "{file}", "--values", "F=5", "--csv", "no/such/folder.csv"), "No such file"),
        (("audit", "absent.toml"), "'absent.toml' does not exist"),
        (("audit", "{file}"), 'write format = "coopgame-audit/1"'),
        (("repro", "no_such_folder"), "there is no claims.toml in no_such_folder"),
        (("analise",), "No such command 'analise'"),
    ],
)
def test_bad_input_is_one_clean_message(inspection: str, args: tuple[str, ...], message: str) -> None:
    result = run(*(arg.replace("{file}", inspection) for arg in args))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output and not result.stdout


def test_a_broken_game_file_names_the_place(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(games.INSPECTION.replace('"F - c"', '"F - __import__(0)"'), encoding="utf-8")
    result = run("analyse", str(path))
    assert result.exit_code == 2
    assert "bad.toml" in result.stderr and "inspect, cheat" in result.stderr


def test_simulate_writes_csv_and_says_where_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "pd.toml"
    path.write_text(games.DILEMMA, encoding="utf-8")
    args = ("simulate", str(path), "--values", "b=3", "c=1", "w=0", "--initial", "x=0.9", "--time", "50")
    result = run(*args, "--points", "6")
    assert result.exit_code == 0, result.stderr
    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert rows[0] == ["time", "x"]
    assert [row[0] for row in rows[1:]] == ["0", "10", "20", "30", "40", "50"]
    # dx/dt = -x (1 - x): the log ratio falls linearly, x(10) = 1 / (1 + e^10 / 9)
    assert float(rows[2][1]) == pytest.approx(9 / (9 + 2.718281828459045**10), rel=1e-7)
    assert "converged" in result.stderr
    written = tmp_path / "run.csv"
    again = run(*args, "--points", "6", "--csv", str(written))
    assert again.exit_code == 0 and not again.stdout
    assert written.read_text(encoding="utf-8") == result.stdout


def test_simulate_draws(inspection: str, tmp_path: Path) -> None:
    path = tmp_path / "run.png"
    result = run("simulate", inspection, "--values", "F=5", "--figure", str(path), "--csv", str(tmp_path / "run.csv"))
    assert result.exit_code == 0, result.stderr
    assert path.read_bytes().startswith(b"\x89PNG")
    assert "periodic" in result.stderr


AUDIT = """
format = "coopgame-audit/1"
game = "inspection.toml"
complete = false

[[points]]
at = [0, 0]
eigenvalues = { x = "-c", y = "g" }
"""


@pytest.mark.parametrize(
    ("changed", "code"), [("", 0), ('"-c"=>"c"', 3), ('y = "g"=>y = 5', 3), ('{ x = "-c", y = "g" }=>[-7, 5]', 4)]
)
def test_audit_tells_by_its_exit_code(inspection: str, tmp_path: Path, changed: str, code: int) -> None:
    old, _, new = changed.partition("=>")
    path = tmp_path / "table.toml"
    path.write_text(AUDIT.replace(old, new) if changed else AUDIT, encoding="utf-8")
    result = run("audit", str(path))
    assert result.exit_code == code, result.output
    assert "2 cells" in result.stdout
    record = run("audit", str(path), "--json")
    assert record.exit_code == code
    jsonschema.Draft202012Validator(audit_schema()).validate(json.loads(record.stdout))


def test_a_broken_audit_file_names_the_place(inspection: str, tmp_path: Path) -> None:
    path = tmp_path / "table.toml"
    path.write_text(AUDIT.replace("\nat =", "\natt ="), encoding="utf-8")
    result = run("audit", str(path))
    assert result.exit_code == 2 and not result.stdout
    assert "table.toml: points[0].att" in result.stderr and "did you mean 'at'?" in result.stderr
    path.write_text(AUDIT.replace("inspection.toml", "absent.toml"), encoding="utf-8")
    assert "there is no such file" in run("audit", str(path)).stderr


def test_a_start_on_a_face_is_warned_of(inspection: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coopgame", "simulate", inspection, "--values", "F=5", "--initial", "x=0"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning: the start has no inspector.inspect" in done.stderr
    assert "cli.py" not in done.stderr


def test_as_a_process_with_a_narrow_encoding(inspection: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "coopgame", "analyse", inspection],
        capture_output=True,
        cwd=ROOT,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "监管博弈" in done.stdout.decode("utf-8")


def claims_folder(tmp_path: Path, study: str) -> str:
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "only.py").write_text(study, encoding="utf-8")
    claim = '[[claims]]\nid = "A1"\nsection = "1"\nstatement = "it holds"\nstudy = "only:judge"\n'
    waiting = '[[claims]]\nid = "A2"\nsection = "1"\nstatement = "later"\nwaits_for = ["M9"]\n'
    text = f'format = "coopgame-claims/1"\ntitle = "One claim"\n\n{claim}\n{waiting}'
    (tmp_path / "claims.toml").write_text(text, encoding="utf-8")
    return str(tmp_path)


STUDY = """
from coopgame.report.repro import ClaimResult

def judge(context):
    return ClaimResult("holds iff b > c")
"""


def test_repro_ends_with_the_table_and_the_path(tmp_path: Path) -> None:
    result = run("repro", claims_folder(tmp_path, STUDY))
    assert result.exit_code == 0, result.stderr
    assert "A1     holds iff b > c" in result.stdout
    assert "A2     not yet modelled" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Report: ")
    assert (tmp_path / "output" / "report.html").is_file()


def test_repro_with_a_broken_study_says_which_claim(tmp_path: Path) -> None:
    result = run("repro", claims_folder(tmp_path, "def judge(context):\n    raise ValueError('no data')\n"))
    assert result.exit_code == 1
    assert "Error: claim A1: study only:judge: ValueError: no data" in result.stderr
    assert "A1     study failed" in result.stdout
    assert "A2     not yet modelled" in result.stdout


def test_a_record_is_checked(inspection: str, tmp_path: Path) -> None:
    """Exit code 0 for a true record, 1 for a changed one, 2 for what is no record."""
    file = tmp_path / "record.json"
    file.write_text(run("analyse", inspection, "--json").stdout, encoding="utf-8")
    result = run("check", str(file), "--proofs")
    assert result.exit_code == 0, result.stderr
    assert "every claim that was checked holds" in result.stdout
    record = json.loads(file.read_text(encoding="utf-8"))
    record["regimes"][0]["stable"] = ["E1"]
    file.write_text(json.dumps(record), encoding="utf-8")
    result = run("check", str(file))
    assert result.exit_code == 1
    assert "NOT confirmed" in result.stdout and "Wrong:" in result.stdout
    file.write_text("{}", encoding="utf-8")
    result = run("check", str(file))
    assert result.exit_code == 2 and "coopgame-analysis/2" in result.stderr
