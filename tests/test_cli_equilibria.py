"""The command line of equilibria, on games whose equilibria are known from textbooks."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coopgame.cli import cli

HAWK_DOVE = """
format = "coopgame-game/1"
populations = [{ name = "birds", strategies = ["hawk", "dove"] }]
payoffs = { kind = "matrix", rows = [["(V - C)/2", "V"], [0, "V/2"]] }
"""
SEXES = """football,opera
football,"2, 1","0, 0"
opera,"0, 0","1, 2"
"""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["equilibria", *map(str, arguments)])


@pytest.fixture
def birds(tmp_path: Path) -> Path:
    file = tmp_path / "birds.toml"
    file.write_text(HAWK_DOVE, encoding="utf-8")
    return file


def test_one_population_with_its_ess(birds: Path) -> None:
    result = run(birds, "--values", "V=4", "C=6")
    assert result.exit_code == 0, result.output
    assert "1. hawk = 2/3, dove = 1/3\ncomplete" in result.output
    assert "1. sink, asymptotic: " in result.output
    assert "hawk = 2/3, dove = 1/3\nESS: " in result.output


def test_two_players_as_csv_and_for_latex(tmp_path: Path) -> None:
    file = tmp_path / "sexes.csv"
    file.write_text("," + SEXES, encoding="utf-8")
    result = run(file, "--csv")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.output)))
    assert sorted(row["nearby states"] for row in rows) == ["asymptotic", "asymptotic", "unstable"]
    latex = run(file, "--latex")
    assert latex.exit_code == 0 and r"\toprule" in latex.output and "2/3" in latex.output


def test_sets_of_equilibria_are_said_to_be_connected(tmp_path: Path) -> None:
    file = tmp_path / "tied.csv"
    file.write_text(',left,right\nup,"1, 1","1, 1"\ndown,"0, 0","0, 0"\n', encoding="utf-8")
    result = run(file)
    assert "1, 2 are connected by equilibria; index 1" in result.output


def test_missing_numbers_and_contradicting_options_are_errors_in_words(birds: Path) -> None:
    missing = run(birds)
    assert missing.exit_code == 2 and "no value for C, V" in missing.output
    both = run(birds, "--values", "V=4", "C=6", "--csv", "--latex")
    assert both.exit_code == 2 and "choose one of them" in both.output
