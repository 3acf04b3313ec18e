"""Cells with values and signs: formulas, numbers, trace and determinant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.analysis.audit_files import audited, cell, write_games


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("games")
    write_games(path)
    return path


@pytest.mark.parametrize(
    ("eigenvalues", "verdicts", "readings"),
    [
        ('{ x = "-c", y = "g" }', "confirmed confirmed", ["", ""]),
        ('{ inspector = "-c", firm = "g" }', "confirmed confirmed", ["", ""]),
        ('["g", "-c"]', "confirmed confirmed", ["", ""]),
        ('{ x = "c" }', "differs", ["the sign of the whole is turned"]),
        ('{ x = "g", y = "-c" }', "differs differs", ["exchanged with", "exchanged with"]),
        ('{ x = "-C" }', "differs", ["-C is printed where -c belongs: the letter of c"]),
        ('["-c"]', "confirmed", [""]),
        ('["-c", "g", "0"]', "confirmed confirmed differs", ["", "", ""]),
        ("{ x = -1, y = 0 }", "undecidable undecidable", ["", ""]),
        ('{ x = -1, y = "g" }', "differs confirmed", ["-1 is printed where -c belongs", ""]),
    ],
)
def test_formulas_at_a_vertex(folder: Path, eigenvalues: str, verdicts: str, readings: list[str]) -> None:
    """At (0, 0) the eigenvalues are -c and g."""
    found = audited(f"[[points]]\nat = [0, 0]\neigenvalues = {eigenvalues}\n", folder)
    cells = [c for c in found if c.what != "omitted"]
    assert [c.verdict for c in cells] == verdicts.split()
    for c, reading in zip(cells, readings, strict=True):
        assert c.reading.startswith(reading) and bool(c.reading) == bool(reading)


@pytest.mark.parametrize(
    ("eigenvalues", "verdicts"),
    [
        ("{ x = -1, y = 0.5 }", "confirmed confirmed"),
        ('{ x = "-c", y = "g" }', "confirmed confirmed"),
        ("{ x = -1.0, y = 0.4 }", "confirmed differs"),
        ("[0.5, -1]", "confirmed confirmed"),
        ("[0.4, -1]", "differs confirmed"),
        ("{ x = 1, y = 0.5 }", "differs confirmed"),
    ],
)
def test_numbers_at_values(folder: Path, eigenvalues: str, verdicts: str) -> None:
    text = f"values = {{ g = 0.5 }}\ncomplete = false\n[[points]]\nat = [0, 0]\neigenvalues = {eigenvalues}\n"
    assert [c.verdict for c in audited(text, folder)] == verdicts.split()


def test_numbers_are_wrong_in_a_readable_way(folder: Path) -> None:
    text = "values = { g = '1.238' }\n[[points]]\nat = [0, 0]\neigenvalues = {{ x = 1, y = {} }}\n"
    turned, cut = audited(text.replace("{{", "{").replace("}}", "}").replace("{}", "1.23"), folder)[:2]
    assert turned.reading == "the sign is turned"
    assert cut.verdict == "differs" and "cut off" in cut.reading
    exchanged = audited("values = { g = 3 }\n[[points]]\nat = [0, 0]\neigenvalues = { x = 3, y = -1 }\n", folder)[:2]
    assert ["exchanged with" in c.reading for c in exchanged] == [True, True]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ('trace = "g - c"', "confirmed"),
        ('trace = "g + c"', "differs"),
        ('trace = "+"', "undecidable"),
        ('determinant = "-"', "confirmed"),
        ('determinant = "+"', "differs"),
        ('determinant = "-c*g"', "confirmed"),
        ('signs = ["+", "-"]', "confirmed"),
        ('signs = ["-", "-"]', "differs"),
        ('signs = ["+"]', "differs"),
        ('signs = { x = "-", y = "+" }', "confirmed confirmed"),
        ('signs = { x = "+-", y = "-" }', "differs differs"),
    ],
)
def test_signs_trace_and_determinant(folder: Path, claim: str, verdict: str) -> None:
    found = audited(f"complete = false\n[[points]]\nat = [0, 0]\n{claim}\n", folder)
    assert [c.verdict for c in found] == verdict.split()


def test_a_sign_that_depends(folder: Path) -> None:
    """At (1, 0) the second eigenvalue is g - F."""
    text = 'complete = false\n[[points]]\nat = [1, 0]\nsigns = {{ x = "+", y = "{}" }}\n'
    assert [c.verdict for c in audited(text.format("+-"), folder)] == ["confirmed", "confirmed"]
    depends = audited(text.format("-"), folder)[1]
    assert depends.verdict == "undecidable" and "negative if and only if F > g" in depends.because
    listed = cell('complete = false\n[[points]]\nat = [1, 0]\nsigns = ["+", "-"]\n', folder, "signs")
    assert listed.verdict == "undecidable"


def test_the_trace_inside_is_zero_for_any_payoffs(folder: Path) -> None:
    text = 'values = { g = 2 }\n[[points]]\nat = [0.4, 0.2]\ntrace = "-"\ndeterminant = "+"\n'
    verdicts = {c.what: c.verdict for c in audited(text, folder)}
    assert verdicts == {"rest point": "confirmed", "trace": "impossible", "determinant": "confirmed"}
    assert (
        cell("values = { g = 2 }\n[[points]]\nat = [0.4, 0.2]\ntrace = 0\n", folder, "trace").verdict == "confirmed"
    )
