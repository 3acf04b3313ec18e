"""The catalogue as a whole: files, names, numbers, records, the list, a light import."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sympy

from coopgame import AssumptionError, GameError, ParameterError, analyse, catalog, parse_game, read_game, replicator
from coopgame.games.catalog import CatalogEntry
from coopgame.report.checker import check_record_data
from coopgame.report.record import analysis_record, record_text

ROOT = Path(__file__).resolve().parents[3]
ENTRIES = list(catalog.list_games())
FILES = ROOT / "tests/reference/games"
# numbers that the games admit, most from their sources
NUMBERS: dict[str, dict[str, Any]] = {
    "two_strategies": {"a": 3, "b": 0, "c": 5, "d": 1},
    "prisoners_dilemma": {"T": 5, "R": 3, "P": 1, "S": 0},
    "donation_game": {"b": 3, "c": 1},
    "stag_hunt": {"T": 3, "R": 4, "P": 3, "S": 1},
    "snowdrift": {"b": "1.5", "c": 1},
    "harmony": {"T": 3, "R": 4, "P": 1, "S": 3},
    "coordination": {"a": 2, "b": 1},
    "language_game": {"a": "0.5"},
    "hawk_dove": {"V": 4, "C": 6},
    "hawk_dove_retaliator": {"V": 2, "C": 4, "e": "0.1"},
    "hawk_dove_bourgeois": {"V": 2, "C": 4},
    "rock_paper_scissors": {"a": 1, "b": 2},
    "rock_paper_scissors_with_twin": {"a": 2, "b": 1, "d": "0.1"},
    "hypercycle": {"k": 1},
    "asymmetric_matching_pennies": {"X": 9},
    "battle_of_the_sexes": {"a": 2, "b": 1},
    "dawkins_sexes": {"G": 15, "C": 20, "E": 3},
    "rock_paper_scissors_between_two": {"ex": "1/2", "ey": "-1/2"},
    "iterated_prisoners_dilemma": {"T": 5, "R": 3, "P": 1, "S": "0.1", "m": 10, "c": "0.8"},
    "tacit_collusion": {"pm": 10, "pc": 1, "d": "0.8"},
    "ultimatum_minigame": {"h": "0.4", "l": "0.1"},
    "linear_public_good": {"r": 3, "c": 1},
    "threshold_public_good": {"b": 1, "K": 2, "fee": "0.4", "f0": "0.1"},
    "volunteers_dilemma": {"b": 2, "c": 1},
    "collective_risk": {"b": 1, "c": "0.1", "r": "0.9"},
    "group_snowdrift": {"b": 2, "c": 1},
    "optional_public_goods": {"r": 3, "c": 1, "sigma": 1},
    "public_goods_with_punishment": {"r": 3, "c": 1, "sigma": 1, "beta": 1, "gamma": "0.3"},
    "commons_feedback": {
        **dict(
            zip(("R0", "S0", "T0", "P0", "R1", "S1", "T1", "P1"), (3.5, 1, 2, 0.75, 4, 1, 4.5, 1.25), strict=True)
        ),
        "theta": 2,
        "eps": "0.1",
    },
    "renewable_resource": {
        **dict(
            zip(("R0", "S0", "T0", "P0", "R1", "S1", "T1", "P1"), (3.5, 1, 2, 0.75, 4, 1, 4.5, 1.25), strict=True)
        ),
        "a": "0.1",
        "b": "0.8",
        "eps": "0.05",
    },
    "symbiosis": {"r1": "0.5", "r2": "0.4", "K1": 1, "K2": 1, "s12": "0.5", "s21": "0.4"},
    "enterprise_cluster": dict.fromkeys(("r1", "r2"), "0.5")
    | {"K1": 10, "K2": 10, "al": "0.05", "be": "0.05", "c1": 1, "c2": 1},
    "predator_prey": {"a": 1, "b": 1, "c": 1, "d": 2},
    "cyclic_competition": {"al": "0.8", "be": "1.3"},
    "cournot_duopoly": {"a": 10, "b": 1, "c": 1},
    "bertrand_duopoly": {"a": 10, "b": 1, "c": 1},
    "entry_deterrence": {"m": 5, "d": 2, "o": 1},
    "inspection_game": {"F": 5, "c": 1, "g": 2},
    "footloose_entrepreneur": {"mu": "0.4", "sg": 5, "phi": "0.5"},
    "platform_supervision": {"Cg": 1, "Cp": 1, "Ch": 2, "F": 3, "K": 1, "P": 1, "A": 1},
}
# kinds whose records the checker does not read, and payoffs without formulas
WITHOUT_RECORD = {"footloose_entrepreneur"}
RECORDED = [e for e in ENTRIES if e.game.kind != "group" and e.name not in WITHOUT_RECORD]


def called(entry: CatalogEntry, **values: Any) -> Any:
    """The game of an entry with numbers for parameters."""
    sizes = [int(number) for number in re.findall(r"\d+", entry.call.partition("(")[2])]
    return getattr(catalog, entry.name)(*sizes, **values)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_files_hold_every_game(entry: CatalogEntry, tmp_path: Path) -> None:
    """A catalogue game is an ordinary game: what is written is read back equal."""
    assert parse_game(entry.game.to_toml()) == entry.game
    entry.game.write(tmp_path / "game.toml")
    assert read_game(tmp_path / "game.toml") == entry.game


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_every_game_names_itself_in_two_languages_and_its_source(entry: CatalogEntry) -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    game = entry.game
    assert game.name and game.zh and chinese.search(game.zh)
    assert game.source and (re.search(r"\b(1[89]|20)\d\d\b", game.source) or entry.name == "platform_supervision")
    for population in game.populations:
        assert population.zh and chinese.search(population.zh)
    for parameter in game.parameters:
        assert parameter.meaning and parameter.zh and chinese.search(parameter.zh)
    function = getattr(catalog, entry.name)
    assert "References:" in function.__doc__ or "Designed for this catalogue" in function.__doc__
    for name in entry.parameters:
        assert re.search(rf"\b{name}\b", function.__doc__ + str(game.parameters)), f"{name} is not explained"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_numbers_replace_symbols(entry: CatalogEntry) -> None:
    """The field with numbers in the game is the field with the same numbers as values."""
    numbers = NUMBERS.get(entry.name, {})
    assert set(numbers) == set(entry.parameters)
    game = called(entry, **numbers)
    assert game.parameters == () and game.name == entry.game.name and game.source == entry.game.source
    state = {name: 0.3 for name in game.coordinates if "." not in name}
    for population in game.populations:
        if not population.symbol:
            weights = range(1, len(population.strategies) + 1)
            state |= {
                f"{population.name}.{s}": w / sum(weights)
                for s, w in zip(population.strategies, weights, strict=True)
            }
    expected = replicator(entry.game)(state, numbers)
    assert replicator(game)(state) == pytest.approx(expected, abs=1e-12)
    assert abs(expected).max() > 1e-4 or entry.name == "hypercycle"


def test_wrong_numbers_are_refused() -> None:
    with pytest.raises(ParameterError, match="unknown parameter 'W'"):
        catalog.hawk_dove(W=3)
    with pytest.raises(AssumptionError, match="T > R"):
        catalog.prisoners_dilemma(T=1, R=3)
    with pytest.raises(ParameterError, match="V"):
        catalog.hawk_dove(V=float("nan"))


def test_some_numbers_leave_the_others_as_symbols() -> None:
    game = catalog.prisoners_dilemma(R=3, S=0)
    assert [p.name for p in game.parameters] == ["T", "P"]
    assert game.payoffs == ((3, 0), (sympy.Symbol("T"), sympy.Symbol("P")))


@pytest.mark.parametrize("function", [catalog.language_game, catalog.hypercycle])
@pytest.mark.parametrize("size", [1, 51, 2.5, True, "3", None])
def test_numbers_of_strategies_are_checked(function: Any, size: Any) -> None:
    with pytest.raises(GameError, match="a whole number from 2 to 50 is needed"):
        function(size)


@pytest.mark.parametrize("entry", RECORDED, ids=lambda e: e.name)
def test_the_analysis_of_every_game_stands_up_to_the_checker(entry: CatalogEntry) -> None:
    """The checker derives eigenvalues, witnesses and certificates again, without the code that found them."""
    checked = check_record_data(json.loads(record_text(analysis_record(analyse(entry.game)))))
    assert checked.ok, str(checked)


SAME = {
    "F2-01a": catalog.hawk_dove(),
    "F2-02": catalog.two_strategies(),
    "F2-03a": catalog.rock_paper_scissors(),
    "F2-04a": catalog.zeeman_game(),
    "F2-07": catalog.skyrms_chaos(),
    "F2-09a": catalog.matching_pennies(),
    "F2-13a": catalog.rock_paper_scissors_with_twin(a=2, b=1),
    "F4-01a": catalog.commons_feedback(),
    "F4-02": catalog.renewable_resource(),
    "F4-04a": catalog.tacit_collusion(),
    "F4-08a": catalog.footloose_entrepreneur(),
    "F1-14a": catalog.inspection_game(),
}


@pytest.mark.parametrize("name", SAME)
def test_games_of_published_cases_are_those_of_the_catalogue(name: str) -> None:
    """The game files of the published cases were written apart from the catalogue."""
    case, game = read_game(FILES / f"{name}.toml"), SAME[name]
    assert [p.symbol for p in case.populations] == [p.symbol for p in game.populations]
    for p, population in enumerate(game.populations):
        for s in range(len(population.strategies)):
            own, other = game.expected_payoff(p, s), case.expected_payoff(p, s)
            shares = {
                sympy.Symbol(a): sympy.Symbol(b) for a, b in zip(case.coordinates, game.coordinates, strict=True)
            }
            assert sympy.expand(own - other.xreplace(shares)) == 0
    for e, variable in enumerate(case.environment):
        assert sympy.expand(variable.rate - game.environment[e].rate) == 0
    assert {p.name for p in case.parameters} == {p.name for p in game.parameters}


def test_the_list_holds_every_game_once() -> None:
    names = [entry.name for entry in ENTRIES]
    functions = {name for name in catalog.__all__ if name not in ("CatalogEntry", "GameList", "list_games")}
    assert set(names) == functions and len(names) == len(functions)
    table = catalog.list_games()._repr_html_()
    for entry in ENTRIES:
        assert entry.game.zh is not None and entry.game.zh in table and entry.call in str(catalog.list_games())
    assert table.count("<tr>") == len(names) + 1 + len({entry.family for entry in ENTRIES})


def test_games_are_found_by_words() -> None:
    games = catalog.list_games()
    assert {e.name for e in games.matching("猎物")} == {"predator_prey"}
    assert {e.name for e in games.matching("quantities: N1, N2")} == {"symbiosis", "cyclic_competition"}
    assert {e.name for e in games.matching("鹰")} == {"hawk_dove", "hawk_dove_retaliator", "hawk_dove_bourgeois"}
    assert {e.name for e in games.matching("NOWAK")} >= {"donation_game", "language_game", "ultimatum_minigame"}
    assert len(games.matching("no such game")) == 0 and str(games.matching("no such game")) == ""
    assert games["snowdrift"].game == catalog.snowdrift() and games["snowdrift"].parameters == ("b", "c")
    with pytest.raises(GameError, match="no game 'chess' in this list"):
        games["chess"]


def test_the_catalogue_is_loaded_when_it_is_named() -> None:
    code = """
import sys, coopgame
assert "coopgame.games.catalog" not in sys.modules and "catalog" in dir(coopgame)
from coopgame import catalog
catalog.list_games()
print(sorted({m.partition(".")[0] for m in sys.modules} & {"matplotlib", "scipy", "nashpy", "z3", "numba"}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
