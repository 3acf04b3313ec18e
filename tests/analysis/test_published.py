"""Audit files: what is read, and the errors that name the place and the remedy."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

from coopgame import GameFileError, Published, read_published
from coopgame.analysis.published import Claim, SignClaim, parse_published
from tests.analysis.audit_files import BARE, GAME, HEAD


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inspection.toml").write_text(GAME, encoding="utf-8")
    return tmp_path


def test_everything_that_a_file_can_say(folder: Path) -> None:
    text = f"""{HEAD}
title = "A table"
source = "somewhere"
values = {{ g = "1/2" }}

[[points]]
name = "A"
at = {{ x = 0, y = 0 }}
eigenvalues = {{ inspector = "-c", y = "g" }}
signs = {{ x = "-", firm = "+-" }}
trace = "g - c"
determinant = "-"
type = "Saddle point"
stable_if = ["c > 0 and g < 0", "g < c"]
exists = "F > g"

[[points]]
at = "interior"
eigenvalues = ["±0.98i"]
signs = ["0", "0"]
type = "centre"
values = {{ F = 7 }}

[[cases]]
name = "low fine"
if = "F < g"
complete = false
values = {{ g = 9 }}
points = [{{ at = [1, "1/3"], type = "ESS" }}]
outcomes = [{{ initial = [0.5, 0.5], ends = "cycling", t_end = 50 }}]

[[outcomes]]
initial = {{ x = 0.1, y = 0.2 }}
ends = [0, 1]

[[effects]]
parameter = "F"
claim = "does not matter"
"""
    path = folder / "table.toml"
    path.write_text(text, encoding="utf-8")
    published = read_published(path)
    assert (published.title, published.source, published.coordinates) == ("A table", "somewhere", ("x", "y"))
    whole, case = published.groups
    first, second = whole.points
    assert first.name == "A" and first.path == "points[0]" and first.type is Claim.SADDLE
    assert isinstance(first.eigenvalues, dict) and set(first.eigenvalues) == {"x", "y"}
    assert isinstance(first.signs, dict) and first.signs["y"].sign is None
    assert isinstance(first.determinant, SignClaim) and first.determinant.sign == -1
    assert first.trace is not None and first.trace.text == "g - c"
    assert first.stable_if is not None and len(first.stable_if.alternatives) == 2
    assert first.values == {"g": Fraction(1, 2)}
    assert second.at is None and second.name == "interior" and second.type is Claim.CENTER
    assert isinstance(second.eigenvalues, tuple)
    assert [p.value for p in second.eigenvalues] == [
        sympy.Rational(49, 50) * sympy.I,
        -sympy.Rational(49, 50) * sympy.I,
    ]
    assert second.values == {"g": Fraction(1, 2), "F": 7}
    assert case.name == "low fine" and not case.complete and case.values == {"g": 9}
    assert case.points[0].name == "(1, 1/3)" and case.points[0].when is not None
    assert case.points[0].when.text == "F < g"
    assert case.outcomes[0].ends == "cycling" and case.outcomes[0].t_end == 50
    assert whole.outcomes[0].initial == {"x": Fraction(1, 10), "y": Fraction(1, 5)}
    assert [(e.parameter, e.matters) for e in published.effects] == [("F", False)]


def test_without_values_parameters_stay_symbols_and_an_empty_table_means_defaults(folder: Path) -> None:
    point = '[[points]]\nat = [0, 0]\ntype = "saddle"\n'
    assert parse_published(HEAD + point, folder=folder).groups[0].points[0].values is None
    assert parse_published(f"{HEAD}values = {{}}\n{point}", folder=folder).groups[0].points[0].values == {}


def test_an_open_stream_is_read() -> None:
    content = (BARE + '[[points]]\nat = [0, 0]\ntype = "ESS"\n').encode()
    published = read_published(io.BytesIO(content))
    assert isinstance(published, Published) and published.game is None


POINT = "[[points]]\nat = [0, 0]\n"


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ('format = "coopgame-game/1"', "format", 'write format = "coopgame-audit/1"'),
        ('format = "coopgame-audit/1"', "game", "coordinates = "),
        (HEAD + 'coordinates = ["x"]', "game", "either game"),
        ('format = "coopgame-audit/1"\ngame = "absent.toml"', "game", "no such file"),
        ('format = "coopgame-audit/1"\ngame = 3', "game", "a text is needed"),
        (HEAD, "", "nothing is claimed"),
        (HEAD + "titel = 'x'", "titel", "did you mean 'title'?"),
        (HEAD + POINT + "eigenvalue = []", "points[0].eigenvalue", "did you mean 'eigenvalues'?"),
        (HEAD + "points = 3", "points", "a list of tables [[points]]"),
        (HEAD + "[[points]]\ntype = 'ESS'", "points[0]", "the key 'at' is missing"),
        (HEAD + "[[points]]\nat = [0]", "points[0].at", "2 numbers are needed, for x, y; got 1"),
        (HEAD + "[[points]]\nat = { x = 0 }", "points[0].at", "no value for y"),
        (HEAD + "[[points]]\nat = { x = 0, z = 0 }", "points[0].at.z", "'z' is not a coordinate"),
        (HEAD + "[[points]]\nat = 'inside'", "points[0].at", "coordinates are needed"),
        (HEAD + "[[points]]\nat = [0, '0.3i']", "points[0].at.y", "a share is a real number"),
        (HEAD + "[[points]]\nat = [0, 'c/f']", "points[0].at.y", "unknown parameter 'f'"),
        (HEAD + POINT + "type = 'stabel'", "points[0].type", "did you mean 'stable'?"),
        (HEAD + POINT + "eigenvalues = { z = 1 }", "points[0].eigenvalues.z", "'z' is not a direction"),
        (HEAD + POINT + "eigenvalues = 3", "points[0].eigenvalues", "a table by direction or a list"),
        (HEAD + POINT + "eigenvalues = { x = 'F +' }", "points[0].eigenvalues.x", "is missing here"),
        (HEAD + POINT + "eigenvalues = { x = '±1' }", "points[0].eigenvalues.x", "as a list"),
        (HEAD + POINT + "eigenvalues = { x = true }", "points[0].eigenvalues.x", "write 1 or 0"),
        (HEAD + POINT + "eigenvalues = [nan]", "points[0].eigenvalues[0]", "finite number"),
        (HEAD + POINT + "signs = ['plus']", "points[0].signs[0]", "a sign is needed"),
        (HEAD + POINT + "signs = '+'", "points[0].signs", "a table by direction or a list"),
        (HEAD + POINT + "stable_if = 'F >'", "points[0].stable_if", "is missing here"),
        (HEAD + POINT + "stable_if = 3", "points[0].stable_if", "a condition such as"),
        (HEAD + POINT + "stable_if = 'x > 0'", "points[0].stable_if", "'x' is a share"),
        (HEAD + POINT + "if = ['F > 1', 'c > 1']", "points[0].if", "a case for each alternative"),
        (HEAD + POINT + "if = 'f > 1'", "points[0].if", "unknown parameter 'f'"),
        (HEAD + POINT + "values = { f = 1 }", "points[0].values.f", "unknown parameter 'f'"),
        (HEAD + POINT + "values = { F = 'five' }", "points[0].values.F", "a finite number is needed"),
        (HEAD + POINT + POINT, "points[1].name", "stands twice"),
        (HEAD + "[[cases]]\ncomplete = 1", "cases[0].complete", "true or false"),
        (HEAD + "[[cases]]\nnam = 'a'", "cases[0].nam", "did you mean 'name'?"),
        (HEAD + "[[outcomes]]\nends = 'cycling'", "outcomes[0]", "the key 'initial' is missing"),
        (HEAD + "[[outcomes]]\ninitial = [0.5, 0.5]", "outcomes[0]", "the key 'ends' is missing"),
        (HEAD + "[[outcomes]]\ninitial = [0.5, 1.5]\nends = [0, 0]", "outcomes[0].initial.y", "between 0 and 1"),
        (HEAD + "[[outcomes]]\ninitial = [0.5, 0.5]\nends = [0, 0]\nt_end = 0", "outcomes[0].t_end", "positive time"),
        (HEAD + "[[effects]]\nparameter = 'f'\nclaim = 'matters'", "effects[0].parameter", "unknown parameter 'f'"),
        (HEAD + "[[effects]]\nparameter = 'F'\nclaim = 'matter'", "effects[0].claim", "did you mean 'matters'?"),
        ('format = "coopgame-audit/1"\ncoordinates = "x"', "coordinates", "a list of names"),
        ('format = "coopgame-audit/1"\ncoordinates = ["x", "x"]', "coordinates[1]", "stands twice"),
        ('format = "coopgame-audit/1"\ncoordinates = ["x"]', "coordinates", "at least two"),
        ('format = "coopgame-audit/1"\ncoordinates = ["a", "b", "c", "d", "e", "f"]', "coordinates", "at most 5"),
        ('format = "coopgame-audit/1"\ncoordinates = ["x", "1"]', "coordinates[1]", "not an identifier"),
        ("a = ", "", "not TOML"),
    ],
)
def test_errors_name_the_place_and_the_remedy(folder: Path, text: str, where: str, message: str) -> None:
    with pytest.raises(GameFileError) as raised:
        parse_published(text, "table.toml", folder)
    assert message in str(raised.value)
    assert str(raised.value).startswith("table.toml")
    if message != "not TOML":
        assert raised.value.where == where


def test_an_absent_file_and_one_that_is_no_text() -> None:
    with pytest.raises(GameFileError, match="no such file"):
        read_published("no_such_file.toml")
    with pytest.raises(GameFileError, match="not UTF-8"):
        read_published(io.BytesIO(b"\xff\xfe\xff"))
