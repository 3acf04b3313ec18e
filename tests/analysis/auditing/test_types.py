"""Cells with types, conditions and places of points."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from tests.analysis.audit_files import audited, cell, write_games


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("games")
    write_games(path)
    return path


@pytest.mark.parametrize(
    ("at", "claim", "verdict", "ours"),
    [
        ("[0, 0]", "saddle", "confirmed", "saddle, unstable"),
        ("[0, 0]", "ESS", "differs", "saddle, unstable"),
        ("[1, 0]", "ESS", "differs", "unstable"),
        ("[1, 1]", "ESS", "undecidable", "ESS if and only if F < g"),
        ("[1, 1]", "saddle", "undecidable", "saddle if and only if F > g"),
        ("[1, 1]", "source", "differs", "never source"),
        ("[0, 1]", "center", "impossible", ""),
        ("[0, 1]", "not an equilibrium", "impossible", "a rest point"),
        ("['g/F', 'c/F']", "ESS", "impossible", "center, lyapunov"),
        ("['g/F', 'c/F']", "center", "confirmed", "center, lyapunov"),
        ("['g/F', 'c/F']", "stable", "confirmed", "center, lyapunov"),
        ("['g/F', 'c/F']", "saddle", "differs", "center, lyapunov"),
        ("'interior'", "central point", "confirmed", "center, lyapunov"),
        ("['g/F', 'g/F']", "center", "differs", "not at rest"),
        ("['g/F', 'g/F']", "not an equilibrium", "confirmed", "not at rest"),
        ("[1.5, 0]", "ESS", "differs", "not at rest"),
    ],
)
def test_types_for_all_parameters(folder: Path, at: str, claim: str, verdict: str, ours: str) -> None:
    """The inspection game with F > c > 0 and g > 0: a centre where F > g, and (1, 1) stable where F < g."""
    text = f'complete = false\n[[points]]\nname = "P"\nat = {at}\ntype = "{claim}"\n'
    found = cell(text, folder, "type")
    assert found.verdict == verdict, found
    assert ours in found.ours


def test_a_type_under_its_own_condition(folder: Path) -> None:
    text = 'complete = false\n[[points]]\nat = [1, 1]\ntype = "ESS"\nstable_if = "{}"\n'
    right = audited(text.format("F < g"), folder)
    assert [c.verdict for c in right] == ["confirmed", "confirmed"]
    wide = {c.what: c for c in audited(text.format("F < 2*g"), folder)}
    assert [wide[what].verdict for what in ("type", "stable if")] == ["differs", "differs"]
    assert "not enough" in wide["stable if"].because and "not necessary" not in wide["stable if"].because
    narrow = {c.what: c for c in audited(text.format("2*F < g"), folder)}
    assert narrow["type"].verdict == "confirmed"
    assert "not necessary" in narrow["stable if"].because and "not enough" not in narrow["stable if"].because


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        ("F < g", "confirmed"),
        ("g - F > 0 and c > 0", "confirmed"),
        ("F < g and g < 100", "differs"),
        ("F <= g", "differs"),
        ("g > F/2", "differs"),
        ("H < g", "undecidable"),
        ("sqrt(F) < g", "undecidable"),
    ],
)
def test_a_stability_condition_has_witnesses_where_it_is_wrong(folder: Path, stated: str, verdict: str) -> None:
    text = f'complete = false\n[[points]]\nat = [1, 1]\nstable_if = "{stated}"\n'
    found = cell(text, folder, "stable if")
    assert found.verdict == verdict
    for side, point in re.findall(r"(not enough|not necessary); at ([^;]*?)(?=, and not|$)", found.because):
        at = {n: Fraction(v) for n, v in (part.split(" = ") for part in point.split(", "))}
        assert at["F"] > at["c"] > 0 and at["g"] > 0  # admissible
        printed = {
            "F < g and g < 100": at["F"] < at["g"] < 100,
            "F <= g": at["F"] <= at["g"],
            "g > F/2": at["g"] > at["F"] / 2,
        }[stated]
        stable = at["F"] < at["g"]
        assert (printed, stable) == ((True, False) if side == "not enough" else (False, True))
    assert bool(re.search("not enough|not necessary", found.because)) == (verdict == "differs")


def test_a_condition_of_existence(folder: Path) -> None:
    text = "complete = false\n[[points]]\nat = ['g/F', 'c/F']\nexists = '{}'\n"
    assert cell(text.format("g < F"), folder, "exists if").verdict == "confirmed"
    assert "not necessary" in cell(text.format("2*g < F"), folder, "exists if").because
    alternatives = "complete = false\n[[points]]\nat = [1, 1]\nstable_if = ['F < g and g < 9', 'F < g and g > 5']\n"
    assert cell(alternatives, folder, "stable if").verdict == "confirmed"


@pytest.mark.parametrize(
    ("at", "verdict", "text"),
    [
        ("[0.4, 0.2]", "confirmed", "I1"),
        ("[0.42, 0.2]", "differs", "the nearest rest point is I1 (x = 0.4, y = 0.2)"),
        ("['2/5', '1/5']", "confirmed", "I1"),
        ("[1.2, 0.5]", "impossible", "lies outside of 0 to 1"),
        ("[0, 0.5]", "differs", "dy/dt"),
        ("'interior'", "confirmed", "I1"),
        ("['g/F', 'c/F']", "confirmed", "I1"),
    ],
)
def test_printed_coordinates(folder: Path, at: str, verdict: str, text: str) -> None:
    found = cell(f"values = {{ g = 2 }}\n[[points]]\nname = 'P'\nat = {at}\n", folder, "rest point")
    assert found.verdict == verdict
    assert text in found.ours + found.because


def test_misprinted_coordinates_are_read(folder: Path) -> None:
    found = cell("complete = false\n[[points]]\nat = ['g/F', 'g/F']\n", folder, "rest point")
    assert found.verdict == "differs"
    assert (
        found.reading == "y: g is printed where c belongs, throughout"
        or "g is printed where c belongs" in found.reading
    )


def test_a_point_on_a_line_of_rest_points(folder: Path) -> None:
    """With g = F the edge x = 1 is at rest."""
    text = 'values = { g = 5 }\n[[points]]\nat = [1, 0.5]\ntype = "ESS"\neigenvalues = [0, -1.5]\n'
    found = {c.what: c for c in audited(text, folder)}
    assert found["rest point"].verdict == "confirmed" and "line of rest points x = 1" in found["rest point"].ours
    assert found["type"].verdict == "impossible"
    assert found["eigenvalue 1"].verdict == "confirmed"
    assert found["eigenvalue 2"].verdict == "confirmed"


def test_no_interior_point(folder: Path) -> None:
    found = audited("values = { g = 9 }\ncomplete = false\n[[points]]\nat = 'interior'\ntype = 'center'\n", folder)
    assert [(c.what, c.verdict) for c in found] == [("rest point", "differs"), ("type", "differs")]
