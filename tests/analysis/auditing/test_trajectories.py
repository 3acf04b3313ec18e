"""Cells for trajectories and for effects of parameters."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.audit_files import GAME, audited, write_games


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("games")
    write_games(path)
    return path


@pytest.mark.parametrize(
    ("g", "ends", "verdict"),
    [
        (9, "[1, 1]", "confirmed"),
        (9, "[1, 0.99]", "differs"),
        (9, "[1, 1.0]", "confirmed"),
        (9, '"P"', "confirmed"),
        (9, '"Q"', "undecidable"),
        (9, '"cycling"', "differs"),
        (2, '"cycling"', "confirmed"),
        (2, "[0.4, 0.2]", "differs"),
    ],
)
def test_trajectories(folder: Path, g: int, ends: str, verdict: str) -> None:
    text = f"values = {{ g = {g} }}\n[[points]]\nname = 'P'\nat = [1, 1]\n[[outcomes]]\ninitial = [0.5, 0.5]\nends = {ends}\n"
    (found,) = [c for c in audited(text, folder) if c.what.startswith("trajectory")]
    assert found.verdict == verdict
    assert found.known == ("" if ends == '"Q"' else "numerical")


def test_a_trajectory_needs_numbers_and_time(folder: Path) -> None:
    symbolic = audited("[[outcomes]]\ninitial = [0.5, 0.5]\nends = [1, 1]\n", folder)
    assert symbolic[0].verdict == "undecidable" and "give them values" in symbolic[0].because
    short = audited("values = { g = 5.01 }\n[[outcomes]]\ninitial = [0.1, 0.1]\nends = [1, 1]\nt_end = 0.5\n", folder)
    assert short[0].verdict == "undecidable" and "longer t_end" in short[0].because


def test_effects_of_parameters(folder: Path, tmp_path: Path) -> None:
    dead = (
        GAME.replace('["F - c", "g - F"]', '["F - c + w", "g - F"]')
        .replace('"rest, cheat"     = ["0", "g"]', '"rest, cheat"     = ["w", "g"]')
        .replace("[parameters]\n", "[parameters]\nw = {}\nq = {}\n")
    )
    (tmp_path / "inspection.toml").write_text(dead, encoding="utf-8")
    text = "\n".join(
        f'[[effects]]\nparameter = "{name}"\nclaim = "{claim}"'
        for name, claim in (
            ("w", "matters"),
            ("w", "does not matter"),
            ("q", "matters"),
            ("F", "matters"),
            ("F", "does not matter"),
        )
    )
    found = audited(text, tmp_path)
    assert [c.verdict for c in found] == ["differs", "confirmed", "differs", "confirmed", "differs"]
    assert "cancels" in found[0].because and "no payoff" in found[2].because


def test_an_effect_at_values(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "inspection.toml").write_text(
        GAME.replace('"F - c"', '"h*F - c"').replace("[parameters]\n", "[parameters]\nh = {}\n"), encoding="utf-8"
    )
    text = '[[effects]]\nparameter = "h"\nclaim = "does not matter"\nvalues = {{ F = {}, c = -1 }}\n'
    assert audited(text.format(0), tmp_path)[0].verdict == "confirmed"
    assert audited(text.format(1), tmp_path)[0].verdict == "differs"


def test_a_knife_edge_is_remarked_once(folder: Path) -> None:
    text = 'values = { g = 5 }\n[[points]]\nat = [1, 1]\ntype = "ESS"\n[[outcomes]]\ninitial = [0.5, 0.5]\nends = [1, 1]\n'
    found = audited(text, folder)
    (remark,) = found.remarks
    assert "F = g" in remark.text and "line x = 1" in remark.text
    assert not audited(text.replace("g = 5", "g = 6"), folder).remarks
