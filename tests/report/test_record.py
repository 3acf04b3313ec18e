"""Records of analyses: valid against the shipped schema, exact, finite, in a fixed order."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import sympy

from coopgame.analysis.analyse import analyse
from coopgame.errors import UnsupportedError
from coopgame.expressions import parse_expression
from coopgame.games.files import parse_game
from coopgame.report.record import analysis_record, analysis_schema, plain_number, record_text
from tests.report import sample_games as games

VALIDATOR = jsonschema.Draft202012Validator(analysis_schema())


def record_of(text: str, values: dict[str, Any] | None = None, *, symbolic: bool = False) -> dict[str, Any]:
    return analysis_record(analyse(parse_game(text), values, symbolic=symbolic))


def numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, float):
        yield value


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(analysis_schema())


@pytest.mark.parametrize(
    ("text", "values", "mode"),
    [
        (games.INSPECTION, {}, "symbolic"),
        (games.INSPECTION, {"c": "1/2"}, "symbolic"),
        (games.INSPECTION, {"F": 5}, "numeric"),
        (games.DILEMMA, {}, "symbolic"),
        (games.DILEMMA, {"b": 3, "c": 1, "w": 0}, "numeric"),
        (games.ROCK_PAPER_SCISSORS, {}, "numeric"),
    ],
)
def test_records_meet_the_schema(text: str, values: dict[str, Any], mode: str) -> None:
    record = record_of(text, values)
    again = json.loads(record_text(record))
    VALIDATOR.validate(again)
    assert again == record
    assert record["mode"] == mode
    assert all(math.isfinite(number) for number in numbers_in(record))


def test_numeric_record_of_the_inspection_game() -> None:
    record = record_of(games.INSPECTION, {"F": 5})
    assert record["values"] == {"F": "5", "c": "1", "g": "2"}
    points = {point["label"]: point for point in record["rest_points"]}
    # hand: D_x = 5y - 1, D_y = 2 - 5x; at (0, 0) the eigenvalues are D_x(0) = -1 and D_y(0) = 2
    assert points["E1"]["coordinates"] == {"x": 0.0, "y": 0.0}
    assert sorted(points["E1"]["eigenvalues"]) == [-1.0, 2.0]
    inner = next(point for point in points.values() if point["kind"] == "interior")
    assert inner["coordinates"] == {"x": 0.4, "y": 0.2}
    # eigenvalues: plus and minus i sqrt(x (1 - x) y (1 - y) F F) = i sqrt(0.96)
    assert inner["eigenvalues"] == [[0.0, pytest.approx(0.96**0.5)], [0.0, pytest.approx(-(0.96**0.5))]]
    assert (inner["stability"], inner["attracting"]) == ("center", "lyapunov")
    assert record["regimes"] == [] and record["cover"] is None and record["cover_because"]


def test_symbolic_record_keeps_exact_texts() -> None:
    record = record_of(games.DILEMMA)
    assert record["values"] is None
    assert record["unused_parameters"] == ["w"]
    first = {tuple(point["profile"]): point for point in record["rest_points"] if point["profile"]}
    # against D, C earns -c less than 0: the eigenvalue at all-D is -c, at all-C it is c
    assert parse_expression(first[("D",)]["eigenvalues"][0]) == parse_expression("-c")
    assert parse_expression(first[("C",)]["eigenvalues"][0]) == parse_expression("c")
    assert first[("D",)]["stability"] == "sink"
    assert [regime["status"] for regime in record["regimes"]] == ["realised"]
    assert record["regimes"][0]["condition"] == "true"
    assert record["cover"] is True


def test_partial_values_substitute_exactly() -> None:
    record = record_of(games.INSPECTION, {"c": "1/3"})
    assert record["values"] == {"c": "1/3"}
    inner = next(point for point in record["rest_points"] if point["kind"] == "interior")
    assert parse_expression(inner["coordinates"]["y"]).equals(parse_expression("1/(3*F)"))


def test_keys_come_in_the_order_of_the_schema() -> None:
    record = record_of(games.INSPECTION)
    schema = analysis_schema()
    assert list(record) == list(schema["properties"])
    assert list(record["rest_points"][0]) == list(schema["$defs"]["rest_point"]["properties"])


def test_the_schema_refuses_text_for_numbers_and_unknown_keys() -> None:
    record = record_of(games.INSPECTION, {"F": 5})
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**record, "extra": 1})
    record["rest_points"][0]["eigenvalues"] = ["1"]
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(record)


def test_plain_numbers() -> None:
    assert plain_number(sympy.Rational(1, 3), "x") == pytest.approx(1 / 3)
    assert plain_number(sympy.I * sympy.sqrt(2), "x") == [0.0, pytest.approx(2**0.5)]
    # a real number whose radicals are complex: 2 cos(pi / 9), root of x**3 - 3x - 1
    root = max(sympy.roots(sympy.Symbol("x") ** 3 - 3 * sympy.Symbol("x") - 1), key=lambda r: sympy.re(r.evalf()))
    assert plain_number(root, "x") == pytest.approx(2 * math.cos(math.pi / 9))
    with pytest.raises(UnsupportedError, match="finite"):
        plain_number(sympy.zoo, "the eigenvalue")
    with pytest.raises(UnsupportedError, match="depends on b"):
        plain_number(sympy.Symbol("b"), "the eigenvalue")
