"""Gambit's .nfg files: both versions mean what Gambit's documentation says, games come back equal, errors name the line."""

from __future__ import annotations

import io
import math
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopgame import (
    GameError,
    GameFileError,
    MatrixGame,
    NormalFormGame,
    ParameterError,
    Population,
    PopulationGame,
    UnsupportedError,
    parse_nfg,
    read_game,
    write_game,
)
from coopgame.cli import cli
from coopgame.games.nfg import game_to_nfg, names_of_labels

# The sample of Gambit's documentation: Selten (1975, International Journal of Game Theory 4), Figure 2, normal form.
HEAD = 'NFG 1 R "Selten (IJGT, 75), Figure 2, normal form"\n{ "Player 1" "Player 2" } '
PAYOFFS = HEAD + "{ 3 2 }\n\n1 1 0 2 0 2 1 1 0 3 2 0\n"
OUTCOMES = (
    HEAD
    + '{\n{ "1" "2" "3" }\n{ "1" "2" }\n}\n\n{\n{ "" 1, 1 }\n{ "" 0, 2 }\n{ "" 0, 2 }\n{ "" 1, 1 }\n{ "" 0, 3 }\n{ "" 2, 0 }\n}\n1 2 3 4 5 6\n'
)
# "The strategy of the first player is incremented" first.
SELTEN = {
    ("1", "1"): (1, 1),
    ("2", "1"): (0, 2),
    ("3", "1"): (0, 2),
    ("1", "2"): (1, 1),
    ("2", "2"): (0, 3),
    ("3", "2"): (2, 0),
}


@pytest.mark.parametrize("text", [PAYOFFS, OUTCOMES, PAYOFFS.replace("\n", "\r\n"), "\ufeff" + PAYOFFS])
def test_the_sample_of_gambits_documentation(text: str, tmp_path: Path) -> None:
    file = tmp_path / "selten.NFG"
    file.write_text(text, encoding="utf-8", newline="")
    game = read_game(file)
    assert isinstance(game, NormalFormGame)
    assert game.name == "Selten (IJGT, 75), Figure 2, normal form"
    assert [p.name for p in game.populations] == ["Player 1", "Player 2"]
    assert {profile: game.payoff(profile) for profile in game.profiles} == SELTEN


def test_numbers_are_exact_however_they_are_written() -> None:
    game = parse_nfg('NFG 1 D "" {"a" "b"} {2 2} 1/3 -0.1 +2 .5 1. 1e-3 2.5E2 -7/2')
    found = [payoff for profile in ("1, 1", "2, 1", "1, 2", "2, 2") for payoff in game.payoff(profile.split(", "))]
    expected = [Fraction(1, 3), Fraction(-1, 10), 2, Fraction(1, 2), 1, Fraction(1, 1000), 250, Fraction(-7, 2)]
    assert [Fraction(int(x.p), int(x.q)) for x in found] == expected


def test_an_outcome_may_serve_many_profiles_and_outcome_0_pays_nothing() -> None:
    game = parse_nfg('NFG 1 R "t" {"a" "b"} {{"U" "D"}{"L" "R"}} "why" {{"win" 2 -2}{"loss" -1/2, 1/2}} 1 0 2 1')
    table = {profile: game.payoff(profile) for profile in game.profiles}
    half = Fraction(1, 2)
    expected = {("U", "L"): (2, -2), ("D", "L"): (0, 0), ("U", "R"): (-half, half), ("D", "R"): (2, -2)}
    assert {k: tuple(Fraction(int(x.p), int(x.q)) for x in v) for k, v in table.items()} == expected
    assert (game.name, game.source) == ("t", "why")


def test_texts_keep_quotation_marks_backslashes_and_lines() -> None:
    game = parse_nfg('NFG 1 R "say \\"yes\\" \\or no\n}" {"甲" "乙"} {{"合作"}{"a\\b"}} "" 1 2')
    assert game.name == 'say "yes" \\or no\n}'
    assert [(p.name, p.strategies) for p in game.populations] == [("甲", ("合作",)), ("乙", ("a\\b",))]
    assert parse_nfg(game_to_nfg(game)) == game


def test_labels_that_are_no_names_are_changed_as_documented() -> None:
    assert names_of_labels(["", "a", ""], "player") == ("player1", "a", "player3")
    assert names_of_labels(["x", "x", "x_1"]) == ("x_2", "x_3", "x_1")
    assert names_of_labels(["1.5", "2,5", " b  c ", "row"]) == ("1_5", "2_5", "b c", "row_1")
    assert names_of_labels(["1,5", "1.5"]) == ("1_5_1", "1_5_2")


def test_many_players_with_two_strategies_get_symbols() -> None:
    players = " ".join(f'"p{i}"' for i in range(7))
    game = parse_nfg(f'NFG 1 R "" {{{players}}} {{{"2 " * 7}}} {"0 " * 7 * 2**7}')
    assert [p.symbol for p in game.populations] == [f"x{i}" for i in range(1, 8)]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "expected NFG.*got the end of the file"),
        ("GAME 1 R", 1, "expected NFG.*got 'GAME'"),
        ('EFG 2 R "tree" {"a"}', 1, "extensive form.*gambit-convert"),
        ('NFG 2 R "t"', 1, "expected 1, the version"),
        ('NFG 1 X "t"', 1, "expected R or D"),
        ("NFG 1 R {", 1, "expected the title"),
        ('NFG 1 R "t" {}', 1, "no players"),
        ('NFG 1 R "t"\n{ "a", "b" }', 2, "expected a text in quotation marks for players, or }, got ','"),
        ('NFG 1 R "t"\n{ "a" "b" }\n{ 2 }', 3, "'2' strategies of 'a'.*a payoff for each profile"),
        (
            'NFG 1 R "t"\n{ "a" "b" }\n{ 2 } 1 2 3 4',
            3,
            "expected {, which opens the list of strategies of 'b', got '}'",
        ),
        ('NFG 1 R "t"\n{ "a" "b" }\n{ 2 0 } 1 2 3 4', 3, "'0' strategies of 'b'"),
        ('NFG 1 R "t"\n{ "a" "b" }\n{ 2 1.5 } 1 2 3 4', 3, "'1.5' strategies of 'b'"),
        ('NFG 1 R "t" {"a" "b"} {999999999 999999999} 1 2', 1, "'999999999' strategies"),
        ('NFG 1 R "t" {"a" "b"} {{"x"}{}} 1 2', 1, "player 'b' has no strategies"),
        (
            'NFG 1 R "t" {"a" "b"} {2 2}\n1 2 3',
            2,
            r"8 payoffs are needed \(2 x 2 profiles, 2 players each\), 3 follow",
        ),
        ('NFG 1 R "t" {"a" "b"} {1 1}\n1 2 3', 2, "2 payoffs are needed.* 3 follow"),
        ('NFG 1 R "t" {"a" "b"} {1 1}\n1, 2', 2, "expected a payoff of 'b', got ','"),
        ('NFG 1 R "t" {"a" "b"} {1 1}\n1\n1/0', 3, "'1/0' is too long a number, or divides by zero"),
        ('NFG 1 R "t" {"a" "b"} {1 1}\n1 1e999', 2, "too long a number"),
        ('NFG 1 R "t" {"a" "b"} {1 1}\n1 2x', 2, "'2x' is no text, number or bracket"),
        ('NFG 1 R "t" {"a" "b"} {1 1}\n1 c', 2, "expected a payoff of 'b', got 'c'|2 payoffs are needed"),
        ('NFG 1 R "t" {"a" "b"} {1 1}\n1 "2"', 2, "2 payoffs are needed|expected a payoff"),
        ('NFG 1 R "t" {"a" "b}', 1, "a quotation mark is missing"),
        ('NFG 1 R "t" {"a" "b"} {1 1} {{ 1 2 }} 1', 1, "name of an outcome"),
        ('NFG 1 R "t" {"a" "b"} {1 1} {{"" 1 }} 1', 1, "expected a payoff of 'b', got '}'"),
        ('NFG 1 R "t" {"a" "b"} {1 1} {{"" 1 2 3}} 1', 1, "expected } after 2 payoffs"),
        ('NFG 1 R "t" {"a" "b"} {1 1}\n{{"" 1 2}}\n2', 3, "'2' is no outcome; there are 1 to 1, and 0"),
        ('NFG 1 R "t" {"a" "b"} {1 1}\n{{"" 1 2}}\n1 1', 3, "1 numbers of outcomes are needed.* 2 follow"),
        ('NFG 1 R "t" {"a" "b"} {2 1}\n{{"" 1 2}}\n1 -1', 3, "'-1' is no outcome"),
        ('NFG 1 R "t" {"a" "b"} {1 1} 1 2 "end"', 1, "expected the end of the file"),
    ],
)
def test_an_error_names_the_line_and_what_is_expected(text: str, line: int, message: str) -> None:
    with pytest.raises(GameFileError, match=message) as caught:
        parse_nfg(text, "game.nfg")
    assert str(caught.value).startswith(f"game.nfg, line {line}: ")


def test_files_that_are_not_read_say_what_to_do(tmp_path: Path) -> None:
    for name, remedy in [
        ("tree.efg", "convert it to strategic form"),
        ("a.gbt", r"save it as \.nfg"),
        ("a.xls", "xlsx"),
    ]:
        (tmp_path / name).write_bytes(b"\xd0\xcf")
        with pytest.raises(GameFileError, match=remedy):
            read_game(tmp_path / name)
        with pytest.raises(GameFileError, match="are not written"):
            write_game(MatrixGame([[1]]), tmp_path / name)
    with pytest.raises(GameFileError, match="no such file"):
        read_game(tmp_path / "absent.nfg")
    (tmp_path / "bad.nfg").write_bytes('NFG 1 R "囚徒" {"甲"} {1} 1'.encode("gbk"))
    with pytest.raises(GameFileError, match='encoding="gb18030"'):
        read_game(tmp_path / "bad.nfg")
    assert read_game(tmp_path / "bad.nfg", encoding="gb18030").name == "囚徒"
    with pytest.raises(GameFileError, match="'martian' is no encoding"):
        read_game(tmp_path / "bad.nfg", encoding="martian")


def names(codec: str) -> st.SearchStrategy[str]:
    reserved = {"kind", "rows", "row", "column", "size", "payoff"}
    characters = st.characters(codec=codec, exclude_characters=",.\\", exclude_categories=["Cc", "Z"])
    return st.text(characters, min_size=1, max_size=6).filter(lambda name: name not in reserved)


numbers = st.fractions(max_denominator=10**6) | st.integers(-(10**30), 10**30).map(Fraction)


@st.composite
def games(draw: st.DrawFn, codec: str = "utf-8") -> NormalFormGame:
    good = names(codec)
    players = draw(st.lists(good, min_size=1, max_size=3, unique=True))
    populations = [Population(p, tuple(draw(st.lists(good, min_size=1, max_size=3, unique=True)))) for p in players]
    profiles = list(product(*(p.strategies for p in populations)))
    table = {profile: draw(st.lists(numbers, min_size=len(players), max_size=len(players))) for profile in profiles}
    return NormalFormGame(table, populations, name=draw(good), source=draw(good))


@settings(max_examples=60)
@given(games())
def test_written_games_are_read_back_equal(game: NormalFormGame) -> None:
    assert parse_nfg(game_to_nfg(game)) == game


@settings(max_examples=60)
@given(games("ascii"))
def test_gambit_reads_what_is_written(game: NormalFormGame) -> None:
    pygambit = pytest.importorskip("pygambit")
    # it first calls players and strategies 1, 2, …, and refuses a name that a later one has by then
    assume(not any(name.isdigit() for p in game.populations for name in (p.name, *p.strategies)))
    theirs = pygambit.read_nfg(io.BytesIO(game_to_nfg(game).encode()))
    for place in product(*(range(len(p.strategies)) for p in game.populations)):
        profile = [p.strategies[s] for p, s in zip(game.populations, place, strict=True)]
        outcome = theirs[place]
        for p, payoff in zip(game.populations, game.payoff(profile), strict=True):
            assert Fraction(str(outcome[p.name])) == Fraction(int(payoff.p), int(payoff.q))


def test_parameters_need_values_and_payoffs_a_table(tmp_path: Path) -> None:
    game = MatrixGame([["b - c", "-c"], ["b", 0]], ["C", "D"], population="firm", parameters={"b": None, "c": 1})
    with pytest.raises(ParameterError, match="no value for b"):
        write_game(game, tmp_path / "pd.nfg")
    write_game(game, tmp_path / "pd.nfg", {"b": 3})
    back = read_game(tmp_path / "pd.nfg")
    assert isinstance(back, NormalFormGame)
    assert [p.name for p in back.populations] == ["firm 1", "firm 2"]
    assert {p: back.payoff(p) for p in back.profiles} == {
        ("C", "C"): (2, 2),
        ("C", "D"): (-1, 3),
        ("D", "C"): (3, -1),
        ("D", "D"): (0, 0),
    }
    with pytest.raises(UnsupportedError, match=r"sqrt\(2\) at '1, 1' is no rational number"):
        game_to_nfg(MatrixGame([["sqrt(2)"]]))
    crowded = PopulationGame({"firm": {"C": "x", "D": 0}, "bank": {"A": 1, "B": 0}})
    with pytest.raises(UnsupportedError, match="depends on the own share"):
        game_to_nfg(crowded)
    with pytest.raises(UnsupportedError, match="ends with a backslash"):
        game_to_nfg(MatrixGame([[1]], ["a\\"]))


def test_a_toml_file_is_written_at_values(tmp_path: Path) -> None:
    game = MatrixGame([["b - c", "-c"], ["b", 0]])
    write_game(game, tmp_path / "game.toml", {"b": 3})
    assert read_game(tmp_path / "game.toml") == game.substitute({"b": 3})


def test_the_command_line_reads_nfg_files(tmp_path: Path) -> None:
    file = tmp_path / "coordination.nfg"
    file.write_text('NFG 1 R "c" {"a" "b"} {2 2} 2 2 0 0 0 0 1 1', encoding="utf-8")
    done = CliRunner().invoke(cli, ["analyse", str(file)])
    assert done.exit_code == 0, done.output
    assert "1/3" in done.output
    done = CliRunner().invoke(cli, ["analyse", str(file.with_name("x.efg"))])
    assert done.exit_code == 2
    file.with_name("x.efg").write_text("EFG 2 R", encoding="utf-8")
    done = CliRunner().invoke(cli, ["analyse", str(file.with_name("x.efg"))])
    assert done.exit_code == 2 and "extensive form" in done.output


def test_large_tables_are_read() -> None:
    shape = (12, 11, 5)
    payoffs = range(3 * math.prod(shape))
    game = parse_nfg(f'NFG 1 R "" {{"a" "b" "c"}} {{{" ".join(map(str, shape))}}} {" ".join(map(str, payoffs))}')
    assert game.payoff(("3", "4", "5")) == tuple(3 * (2 + 12 * 3 + 132 * 4) + p for p in range(3))


def test_errors_of_ragged_arrays_name_the_entry() -> None:
    with pytest.raises(GameError, match=r"payoff array 2 is not rectangular.*\[0\], which is \[1, 2\]"):
        NormalFormGame([[[1, 2], [3, 4]], [[1, 2], [3]]])
    with pytest.raises(GameError, match=r"array 1 has shape \(2,\)"):
        NormalFormGame([[1, 2], [3, 4]])
    with pytest.raises(GameError, match="one array per player"):
        NormalFormGame(3)  # type: ignore[arg-type]
