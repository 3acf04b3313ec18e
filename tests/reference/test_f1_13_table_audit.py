"""Published results checked: a table of vertex types for two parties, part of which no payoffs can give."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest

from coopgame import CoopgameError, Game, RestPoints, find_rest_points, format_expression, parse_game, read_game

FILE = Path(__file__).parent / "games" / "F1-13.toml"
GAME = read_game(FILE)
VERTICES = ("(0,0)", "(0,1)", "(1,0)", "(1,1)")
TABLE = {
    1: ("source", "saddle", "sink", "saddle"),
    2: ("source", "sink", "sink", "source"),
    3: ("saddle", "saddle", "sink", "saddle"),
    4: ("saddle", "saddle", "sink", "source"),
}


def condition(kind: str, one: str, other: str) -> str:
    """What the type of a vertex says about its two eigenvalues."""
    if kind == "saddle":
        return f"({one})*({other}) < 0"
    relation = "> 0" if kind == "source" else "< 0"
    return f"{one} {relation} and {other} {relation}"


def with_types(types: tuple[str, ...]) -> Game:
    """The general game under the assumption that its vertices have the given types."""
    points = find_rest_points(GAME)
    assumptions = [
        condition(kind, *(format_expression(e) for e in points[vertex].eigenvalues))
        for vertex, kind in zip(VERTICES, types, strict=True)
    ]
    text = FILE.read_text(encoding="utf-8")
    return parse_game(text.replace("\n[parameters]", f"\nassumptions = {json.dumps(assumptions)}\n\n[parameters]"))


def types_of(points: RestPoints) -> tuple[str, ...]:
    """Types of the four vertices, in the order of the table."""
    return tuple(str(points[vertex].stability) for vertex in VERTICES)


def interior(points: RestPoints) -> list[str]:
    """Types of the interior rest points that can exist."""
    return [str(p.stability) for p in points if p.kind == "interior" and p.exists.text() != "false"]


@pytest.mark.parametrize(("case", "expected"), [(1, []), (2, ["saddle"]), (4, [])])
def test_the_interior_point_is_a_saddle_or_absent(case: int, expected: list[str]) -> None:
    """Complexity 2021, 8956704, doi 10.1155/2021/8956704, table 6: its "central points" of cases 1, 2 and 4."""
    points = find_rest_points(with_types(TABLE[case]))
    assert interior(points) == expected
    if expected:
        (point,) = [p for p in points if p.kind == "interior"]
        assert point.exists.text() == "true"


def test_one_row_of_the_table_is_impossible() -> None:
    """Complexity 2021, 8956704, doi 10.1155/2021/8956704, table 6: no payoffs give the vertices of case 3."""
    with pytest.raises(CoopgameError, match="cannot hold together"):
        with_types(TABLE[3])


def test_eigenvalues_of_the_general_game() -> None:
    """Hofbauer and Sigmund (1998), chapter 10: transverse growth rates at the corners of the square."""
    points = find_rest_points(GAME)
    found = {vertex: tuple(map(str, points[vertex].eigenvalues)) for vertex in VERTICES}
    expected = {"(0,0)": ("f0", "g0"), "(1,0)": ("-f0", "g1"), "(0,1)": ("f1", "-g0"), "(1,1)": ("-f1", "-g1")}
    assert found == expected


def test_fifteen_patterns_of_vertex_types() -> None:
    """Complexity 2021, 8956704, doi 10.1155/2021/8956704, table 6: three of its rows are among 15 possible ones."""
    patterns: dict[tuple[str, ...], set[str]] = {}
    for signs in product((1, -1), repeat=4):
        magnitudes = {"f0": 2, "f1": 3, "g0": 5, "g1": 7}
        values = {name: sign * size for (name, size), sign in zip(magnitudes.items(), signs, strict=True)}
        points = find_rest_points(GAME, values)
        patterns.setdefault(types_of(points), set()).update(interior(points) or ["absent"])
    assert len(patterns) == 15
    saddles = ("saddle",) * 4
    assert {types for types, found in patterns.items() if "center" in found} == {saddles}
    assert patterns[saddles] == {"center"}
    assert {case for case, types in TABLE.items() if types in patterns} == {1, 2, 4}
    assert patterns[TABLE[1]] == patterns[TABLE[4]] == {"absent"}
    assert patterns[TABLE[2]] == {"saddle"}
