"""Checking records: true ones pass, and every single change of a number, a relation or a list is noticed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopgame import (
    MatrixGame,
    NormalFormGame,
    PopulationGame,
    Prover,
    analyse,
    check_record,
    find_rest_points,
    parse_game,
    read_game,
)
from coopgame.analysis import regimes as regimes_module
from coopgame.errors import RecordError
from coopgame.games.game import Game
from coopgame.report.check_game import stated_game
from coopgame.report.check_points import stable_at
from coopgame.report.checker import RecordCheck, check_record_data
from coopgame.report.proof_text import proof_text
from coopgame.report.record import analysis_record, analysis_schema, record_text
from tests.report import sample_games as games

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests/reference/games"
VALIDATOR = jsonschema.Draft202012Validator(analysis_schema())

# at F = firm's first strategy the regulator's advantage is a square: only a solver says that it is not negative
SQUARE = NormalFormGame(
    {"a, a": ["g*g + c*c", "F - g"], "a, b": ["F - c", "0"], "b, a": ["2*g*c", "0"], "b, b": ["0", "g - c"]},
    parameters={"F": "> 0", "c": "> 0", "g": "> 0"},
    name="A square",
)
SHARED = NormalFormGame(
    {
        "s, s": ["phi*v + d - c", "v/k - c"],
        "s, n": ["phi*d - d", "phi*v"],
        "n, s": ["v", "-c*d"],
        "n, n": ["0", "d*v"],
    },
    parameters={"phi": {"range": [0, 1]}, "v": "> 1/2", "c": "> 0", "d": "> 0", "k": "> 1"},
    assumptions=["c < d"],
    name="Products and quotients",
)
THREE = MatrixGame([["0", "a", "-b"], ["-c", "0", "a"], ["a", "-b", "0"]], parameters=dict.fromkeys("abc", "> 0"))


def record_of(game: Game, values: dict[str, Any] | None = None, *, symbolic: bool = True) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(record_text(analysis_record(analyse(game, values, symbolic=symbolic))))
    return record


def check(record: dict[str, Any]) -> RecordCheck:
    return check_record_data(record)


@pytest.mark.parametrize("file", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_records_of_published_games_hold(file: Path) -> None:
    if file.stem == "F4-08a":
        pytest.skip("its payoffs are exponentials; there is no exact record to check")
    record = record_of(read_game(file))
    VALIDATOR.validate(record)
    checked = check(record)
    assert checked.ok, str(checked)
    assert checked.open == ()


@pytest.mark.parametrize("model", ["m1", "m3"])
def test_records_of_the_reproduced_models_hold(model: str) -> None:
    checked = check(record_of(read_game(ROOT / f"paper_repro/models/{model}.toml")))
    assert checked.ok and not checked.on_solver, str(checked)


@pytest.mark.parametrize(
    ("game", "values", "symbolic"),
    [
        (parse_game(games.INSPECTION), {"c": "1/3"}, True),
        (parse_game(games.INSPECTION), {"F": 5}, False),
        (parse_game(games.ROCK_PAPER_SCISSORS), {}, False),
        (parse_game(games.DILEMMA), {}, True),
        (SHARED, {}, True),
        (SHARED, {"phi": "1/3", "d": 4}, True),
        (THREE, {}, True),
        (MatrixGame([["1", "1"], ["1", "0"]]), {}, True),
        (MatrixGame([["1", "a"], ["1", "0"]], parameters={"a": "> 0"}), {}, True),
        (MatrixGame([["0", "0"], ["0", "0"]]), {}, True),
        (MatrixGame([["0", "0"], ["0", "0"]], parameters={"a": 1}), {}, True),
        (MatrixGame([["7"]]), {}, True),
    ],
)
def test_records_hold_with_values_quotients_and_ties(game: Game, values: dict[str, Any], symbolic: bool) -> None:
    record = record_of(game, values, symbolic=symbolic)
    VALIDATOR.validate(record)
    checked = check(record)
    assert checked.ok, str(checked)


def test_what_rests_on_a_solver_is_listed() -> None:
    record = record_of(SQUARE)
    checked = check(record)
    assert checked.ok, str(checked)
    assert checked.on_solver and all("z3" in claim for claim in checked.on_solver)
    entry = next(e for e in record["excluded"] if e["proof"]["kind"] == "solver")
    assert entry["proof"]["solver"]["steps"] > 0
    entry["proof"]["kind"] = "identity"
    entry["proof"]["known"] = "exact"
    entry["proof"]["solver"] = None
    assert any("no contradiction of signs" in failure for failure in check(record).failures)


def test_what_is_undecided_is_listed_and_not_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regimes_module, "Prover", lambda assumptions, **_: Prover(assumptions, samples=40, steps=1))
    # the third player's condition needs a*b > 900 and a + b < 59.9..., which samples between 0.1 and 10 never meet
    table = {
        "a, a": ["u*v - 900", "u + v - 61"],
        "a, b": ["u*v - 900", "0"],
        "b, a": ["0", "u*u*u - v"],
        "b, b": ["0", "0"],
    }
    game = NormalFormGame(table, parameters={"u": "> 0", "v": "> 0"}, assumptions=["u < 40", "v < 40"])
    record = record_of(game)
    assert record["undecided"] and record["cover"] is False
    checked = check(record)
    assert checked.ok and len(checked.open) == len(record["undecided"]), str(checked)
    assert "Undecided" in str(checked)
    record["cover"] = True
    assert not check(record).ok


# changes --------------------------------------------------------------------------------------------------------

# what the checker does not look at, and says so; the name; what the solver was allowed, which nothing can confirm
FREE = re.compile(
    r"/(name|note|happens|complete|complete_because|cover_because|attracting_known|exists|type_if|known|samples|steps"
    r"|version|program|components|dead_parameters|unused_parameters|dynamics)(/|$)|/changes/\d+/(text|everywhere|points)"
)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield from leaves(part, f"{path}/{key}")
    if not isinstance(value, dict | list):
        yield path, value


def changed(record: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    copy = deepcopy(record)
    *parents, last = path.strip("/").split("/")
    target: Any = copy
    for key in parents:
        target = target[int(key)] if isinstance(target, list) else target[key]
    key = int(last) if isinstance(target, list) else last
    if value is None:
        del target[key]
    else:
        target[key] = value
    return copy


def mutations(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield a changed value for every number and every comparison in the texts of a record."""
    mixed = {k for k, entry in enumerate(record["rest_points"]) if entry["kind"] != "vertex"}
    for path, value in leaves(record):
        own = re.match(r"/rest_points/(\d+)/(eigenvalues|stability|attracting)", path)
        text_of_proof = path.endswith("/proof/text") and not path.startswith("/regimes")
        steps_text = "/shortening/" in path and path.endswith("/text")
        skipped = FREE.search(path) or path == "/game" or text_of_proof or steps_text
        if skipped or (own and int(own[1]) in mixed):
            continue
        if isinstance(value, bool):
            yield path, not value
        elif isinstance(value, int | float):
            yield path, value + 1
        elif isinstance(value, str):
            for found in re.finditer(r"(?<![A-Za-z_])\d+", value):
                yield path, f"{value[: found.start()]}{int(found[0]) + 1}{value[found.end() :]}"
            for found in re.finditer(r" (>=?|<=?|=) ", value):
                turned = {">": "<", "<": ">", ">=": "<", "<=": ">", "=": ">"}[found[1]]
                yield path, f"{value[: found.start()]} {turned} {value[found.end() :]}"


def caught(record: dict[str, Any]) -> bool:
    try:
        return not check(record).ok
    except RecordError:
        return True


def still_true(game: Game, record: dict[str, Any], path: str) -> bool:
    """Whether a changed meeting point of two regimes is another one of the same two, by the library's conditions."""
    at = re.match(r"/hypersurfaces/(\d+)/between/(\d+)/witness", path)
    if not at:
        return False
    surface = record["hypersurfaces"][int(at[1])]
    crossing = surface["between"][int(at[2])]
    point = {name: Fraction(value) for name, value in crossing["witness"].items()}
    found = analyse(game, symbolic=True).regimes
    assert found is not None
    own = next(s for s in found.hypersurfaces if s.text == surface["equation"])
    if not (own.condition.holds(point) and game.assumptions.contains(point)):
        return False
    met = set()
    for name in own.condition.parameters():
        for step in (-1, 1):
            near = {**point, name: point[name] + Fraction(step, 10**6)}
            met |= {r.name for r in found if r.definition.holds(near)}
    return met == {crossing["below"], crossing["above"]}


MUTATED = [
    parse_game(games.INSPECTION),
    parse_game(games.DILEMMA),
    SHARED,
    THREE,
    read_game(CASES / "F2-02.toml"),
    read_game(CASES / "F1-14a.toml"),
]


@pytest.mark.parametrize("game", MUTATED, ids=lambda game: game.name or "three strategies")
def test_every_changed_number_or_relation_is_caught(game: Game) -> None:
    record = record_of(game)
    assert check(record).ok
    tried = 0
    for path, value in mutations(record):
        tried += 1
        tampered = changed(record, path, value)
        assert caught(tampered) or still_true(game, tampered, path), f"{path}: {value!r} went through"
    assert tried > 15


def test_changed_numbers_of_a_large_record_are_caught() -> None:
    """A sample of all changes to a record with products of assumptions and short conditions."""
    record = record_of(read_game(CASES / "F1-12.toml"))
    everything = [m for m in mutations(record) if "/hypersurfaces/" not in m[0]]
    proofs = [m for m in everything if "certificates" in m[0]]
    rng = np.random.default_rng(0)
    chosen = [pool[k] for pool in (everything, proofs) for k in rng.choice(len(pool), 40, replace=False)]
    for path, value in chosen:
        assert caught(changed(record, path, value)), f"{path}: {value!r} went through"


@pytest.mark.parametrize("game", [MUTATED[0], THREE, MUTATED[5]], ids=["inspection", "three", "F1-14a"])
def test_every_entry_that_is_missing_is_caught(game: Game) -> None:
    """Without a regime, an exclusion, a proof's line, a step, a hypersurface: the rest does not stand."""
    record = record_of(game)
    lists = [
        *(
            f"/{key}/{k}"
            for key in ("excluded", "regimes", "empty", "hypersurfaces")
            for k in range(len(record[key]))
        ),
        *(f"/rest_points/{k}" for k, e in enumerate(record["rest_points"]) if e["kind"] == "vertex"),
        *(
            f"/regimes/{i}/shortening/{k}"
            for i, r in enumerate(record["regimes"])
            for k in range(len(r["shortening"]))
        ),
        *(f"/regimes/{i}/stable/{k}" for i, r in enumerate(record["regimes"]) for k in range(len(r["stable"]))),
        *(f"/regimes/{i}/{key}" for i in range(len(record["regimes"])) for key in ("definition", "witness", "proof")),
    ]
    for path in lists:
        assert caught(changed(record, path, None)), f"{path} is missing and nothing was said"


def test_payoffs_that_are_not_those_of_the_analysis_are_caught() -> None:
    record = record_of(parse_game(games.INSPECTION))
    lines = re.findall(r'^ {4}"[^"]*",$', record["game"], re.MULTILINE)
    assert len(lines) >= 6
    for old, new in (('"F - c"', '"F - 2*c"'), ('"-c"', '"c"'), ('"g - F"', '"g - F/2"'), ('"g"', '"2*g"')):
        assert old in record["game"]
        assert caught({**record, "game": record["game"].replace(old, new)})


def test_a_dropped_assumption_is_caught_where_a_proof_needs_it() -> None:
    record = record_of(parse_game(games.INSPECTION))
    assert '"F > c"' in record["game"]
    assert caught({**record, "game": record["game"].replace('"F > c"', '"F > 0"')})


def test_an_invented_fact_is_caught() -> None:
    record = record_of(parse_game(games.INSPECTION))
    proof = {"kind": "identity", "known": "exact", "text": "-", "certificates": [], "solver": None}
    record["facts"].append({"statement": "c > g", "proof": proof})
    assert any("c > g" in failure for failure in check(record).failures)


def test_a_regime_that_swallows_another_is_caught() -> None:
    """Two regimes become one whose condition is true everywhere."""
    record = record_of(SHARED)
    assert len(record["regimes"]) > 1
    record["regimes"] = record["regimes"][:1]
    record["regimes"][0] |= {"condition": "true", "definition": "true", "shortening": []}
    failures = check(record).failures
    assert any("definition" in failure for failure in failures) and any("nothing is said" in f for f in failures)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda surface: surface.update(kind="pitchfork"), "its first change is of another kind"),
        (lambda surface: surface["changes"][0].update(where=["x = 0"], everywhere=True), "and they move"),
        (lambda surface: surface["between"][0].update(below="R1", above="R1"), "do not meet"),
        (lambda surface: surface["between"][0].update(within=["0", "1"]), "value of its own"),
    ],
)
def test_what_is_invented_of_a_hypersurface_is_caught(change: Callable[[dict[str, Any]], None], message: str) -> None:
    record = record_of(
        PopulationGame.from_advantages({"x": "f0 + (f1 - f0)*y", "y": "g0 + (g1 - g0)*x"}, assumptions=["f1 > f0"])
    )
    assert check(record).ok and all(surface["kind"] == "line of rest points" for surface in record["hypersurfaces"])
    change(next(surface for surface in record["hypersurfaces"] if surface["equation"] == "f0 = 0"))
    failures = check(record).failures
    assert failures and any(message in failure for failure in failures), failures


# the checker's derivation beside the library's -------------------------------------------------------------------


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_stable_points_at_values_agree_with_the_analysis(seed: int) -> None:
    rng = np.random.default_rng(seed)
    three = MatrixGame([[str(v) for v in row] for row in rng.integers(-4, 5, (3, 3))])
    table = {p: [str(v) for v in rng.integers(-4, 5, 3)] for p in product("ab", repeat=3)}
    for game in (three, NormalFormGame(table)):
        stable, undecided = stable_at(stated_game(game.to_toml(), {}), {})
        points = find_rest_points(game)
        attracting = {p.label for p in points if p.attracting == "asymptotic"}
        assert stable <= attracting <= stable | undecided


def test_nothing_of_the_prover_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record_of(SHARED)), encoding="utf-8")
    code = f"""
import sys, coopgame
assert coopgame.check_record({str(file)!r}).ok
forbidden = ("z3", "coopgame.algebra", "coopgame.analysis", "coopgame.games", "coopgame.dynamics")
found = [name for name in sys.modules if name.startswith(forbidden)]
assert not found, found
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ("[]", "format is None"),
        ('{"format": "coopgame-analysis/1"}', "'coopgame-analysis/2' is needed"),
        ('{"format": "coopgame-analysis/2"}', "has no name, game"),
    ],
)
def test_files_that_are_no_record_are_refused(text: str, message: str, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=message):
        check_record(file)
    with pytest.raises(RecordError, match="cannot be read"):
        check_record(tmp_path / "absent.json")


def test_a_record_without_its_game_is_refused() -> None:
    record = record_of(parse_game(games.INSPECTION))
    with pytest.raises(RecordError, match="no text of its game"):
        check({**record, "game": None})
    with pytest.raises(RecordError, match="cannot be read"):
        check({**record, "game": "format = 1"})


def test_certificates_are_printed_as_lines_that_add_up() -> None:
    record = record_of(SHARED)
    text = proof_text(record)
    assert "the sum, which is false" in text
    assert text.count("Impossible") == sum(
        len(entry["proof"]["certificates"]) for key in ("facts", "excluded", "empty") for entry in record[key]
    ) + sum(len(s["proof"]["certificates"]) for r in record["regimes"] for s in r["shortening"])
