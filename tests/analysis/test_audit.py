"""Audits as a whole: lists, cases, broken assumptions, other kinds of games, display."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopgame import audit, parse_game
from coopgame.analysis.published import Published, parse_published
from tests.analysis.audit_files import GAME, HEAD, audited, cell, head_of, write_games


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("games")
    write_games(path)
    return path


def test_a_stable_point_that_is_left_out(folder: Path) -> None:
    found = audited('values = { g = 9 }\n[[points]]\nat = [0, 0]\ntype = "saddle"\n', folder)
    assert [(c.what, c.verdict) for c in found] == [("type", "confirmed"), ("omitted", "differs")]
    assert found[1].place == "point (x = 1, y = 1)" and found[1].path == ""
    extract = audited('complete = false\nvalues = { g = 9 }\n[[points]]\nat = [0, 0]\ntype = "saddle"\n', folder)
    assert len(extract) == 1
    symbolic = cell('[[points]]\nat = [0, 0]\ntype = "saddle"\n', folder, "omitted")
    assert symbolic.ours == "stable if F < g"


def test_cases_are_decided_under_their_condition(folder: Path) -> None:
    text = """
[[cases]]
name = "low"
if = "F < g"
points = [{ at = [1, 1], type = "ESS" }, { at = [1, 0], type = "saddle" }]
[[cases]]
name = "high"
if = "F > g"
complete = false
points = [{ at = [1, 1], type = "ESS" }, { at = [1, 1], name = "again", type = "saddle" }]
"""
    found = audited(text, folder)
    assert [(c.place, c.what, c.verdict) for c in found] == [
        ("low, point (1, 1)", "type", "confirmed"),
        ("low, point (1, 0)", "type", "differs"),
        ("low", "together", "differs"),
        ("high, point (1, 1)", "type", "differs"),
        ("high, point again", "type", "confirmed"),
        ("high", "together", "differs"),
    ]


def test_types_that_exclude_each_other_for_any_payoffs(folder: Path) -> None:
    text = """
[[cases]]
complete = false
points = [{ at = [1, 1], type = "ESS" }, { at = [1, 0], type = "ESS" }]
"""
    found = cell(text, folder, "together")
    assert found.verdict == "impossible" and "opposite" in found.because


def test_a_condition_that_never_holds(folder: Path) -> None:
    found = audited('[[cases]]\nif = "F < c"\npoints = [{ at = [1, 1], type = "ESS" }]\n', folder)
    assert [(c.what, c.verdict) for c in found] == [("condition", "differs"), ("type", "undecidable")]


def test_values_that_break_an_assumption_are_told_and_used(folder: Path) -> None:
    text = "values = { F = 1, c = 2, g = 1 }\ncomplete = false\n[[points]]\nat = [0, 0]\neigenvalues = { x = -2, y = 1 }\n"
    found = audited(text, folder)
    assert [(c.what, c.verdict) for c in found] == [
        ("values", "differs"),
        ("eigenvalue x", "confirmed"),
        ("eigenvalue y", "confirmed"),
    ]
    assert "F > c" in found[0].because


@pytest.mark.parametrize(
    ("values", "at", "claim", "verdict"),
    [
        ("", "['V/C']", "ESS", "confirmed"),
        ("if = 'V < C'", "['V/C']", "ESS", "confirmed"),
        ("if = 'V < C'", "[1]", "ESS", "differs"),
        ("if = 'V > C'", "[1]", "ESS", "confirmed"),
        ("values = {}", "['2/3']", "ESS", "confirmed"),
        ("values = {}", "[0.667]", "ESS", "confirmed"),
        ("values = {}", "[0]", "ESS", "differs"),
        ("values = { V = 6 }", "[1]", "ESS", "confirmed"),
    ],
)
def test_one_population(folder: Path, values: str, at: str, claim: str, verdict: str) -> None:
    """Hawk and dove (Maynard Smith 1982): V/C is the ESS where V < C, hawk where V >= C."""
    text = f'complete = false\n[[points]]\nname = "P"\nat = {at}\n{values}\ntype = "{claim}"\n'
    result = audited(text, folder, head_of("hawk_dove"))
    (found,) = [c for c in result if c.what == "type"]
    assert found.verdict == verdict, found
    assert "Maynard Smith" in result.definition


@pytest.mark.parametrize(
    ("a", "claim", "verdict"),
    [
        (2, "ESS", "confirmed"),
        (1, "ESS", "differs"),
        (1, "centre", "confirmed"),
        ("'1/2'", "ESS", "differs"),
        ("'1/2'", "source", "confirmed"),
    ],
)
def test_rock_scissors_paper(folder: Path, a: object, claim: str, verdict: str) -> None:
    """Zeeman (1980); Hofbauer and Sigmund (1998), section 7.7: stable where the determinant is positive, a > 1."""
    text = f'values = {{ a = {a} }}\n[[points]]\nname = "P"\nat = "interior"\ntype = "{claim}"\n'
    assert cell(text, folder, "type", head_of("three")).verdict == verdict
    listed = text.replace('"interior"', "['1/3', '1/3', '1/3']")
    assert cell(listed, folder, "type", head_of("three")).verdict == verdict
    rounded = text.replace('"interior"', "[0.33, 0.33, 0.33]")
    assert cell(rounded, folder, "type", head_of("three")).verdict == verdict


def test_shares_that_do_not_sum_to_one(folder: Path) -> None:
    text = "values = { a = 2 }\ncomplete = false\n[[points]]\nat = [0.5, 0.4, 0.3]\n"
    assert cell(text, folder, "rest point", head_of("three")).verdict == "impossible"


def test_payoffs_that_depend_on_the_own_share(folder: Path) -> None:
    """Inspection with a fine that grows: (sqrt(c/F) and g/(F y)) is a stable focus, -0.683772 +- 0.733296i."""
    text = """
values = {}
[[points]]
name = "rounded"
at = [0.632, 0.316]
eigenvalues = ["-0.683772±0.733296i"]
type = "ESS"
trace = "-"
[[points]]
name = "exact"
at = ["g/F/sqrt(c/F)", "sqrt(c/F)"]
eigenvalues = ["-0.683772±0.733296i"]
type = "ESS"
[[points]]
name = "off"
at = [0.61, 0.316]
[[points]]
at = [1, 1]
eigenvalues = { x = "c - F", y = "F - g" }
type = "saddle"
"""
    found = audited(text, folder, head_of("own"))
    wrong = [c for c in found if c.verdict != "confirmed"]
    assert [(c.place, c.what, c.verdict) for c in wrong] == [("point off", "rest point", "differs")]
    assert {c.known for c in found if c.place == "point rounded" and c.what == "type"} == {"numerical"}
    assert "depend on the own population" in found.definition


def test_payoffs_that_are_no_quotients(folder: Path) -> None:
    text = "values = {{}}\ncomplete = false\n[[points]]\nat = [0, 0]\neigenvalues = { x = {} }\n"
    right, wrong = (text.replace("{{}}", "{ c = 2 }").replace("{}", v) for v in ("-1.414", "-1.415"))
    assert audited(right, folder, head_of("root"))[0].verdict == "confirmed"
    assert audited(wrong, folder, head_of("root"))[0].verdict == "differs"
    formula = '[[points]]\nat = [0, 0]\neigenvalues = { x = "-sqrt(c)", y = "g" }\n'
    assert [c.verdict for c in audited(formula, folder, head_of("root"))] == ["confirmed", "confirmed"]


def test_an_audit_reads_well(folder: Path) -> None:
    found = audited('complete = false\n[[points]]\nat = [0, 0]\neigenvalues = { x = "c", y = "g" }\n', folder)
    assert found.summary == "2 cells: 1 confirmed, 1 differing, 0 impossible, 0 undecidable"
    assert "reading: the sign of the whole is turned" in str(found)
    assert str(found[0]).endswith("[differs]; ours: -c; the sign of the whole is turned")
    assert found.wrong == (found[0],) and list(found[1:]) == [found[1]]
    assert "<td>differs</td>" in found._repr_html_()


def test_what_is_printed_is_escaped(folder: Path) -> None:
    found = audited("[[points]]\nname = '<b>'\nat = [0, 0]\ntype = 'saddle'\n", folder)
    assert "<b>" not in found._repr_html_()


def test_a_game_is_accepted_as_it_was_read(folder: Path) -> None:
    published = parse_published(HEAD + "[[points]]\nat = [0, 0]\ntype = 'saddle'\n", folder=folder)
    assert isinstance(published, Published) and published.game == parse_game(GAME)
    assert audit(published)[0].verdict == "confirmed"
