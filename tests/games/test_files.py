"""Game files: what a file means, that games are read back equal, and which error stands where."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

from coopgame.errors import GameFileError
from coopgame.expressions import parse_expression
from coopgame.games.declarations import Parameter, Population
from coopgame.games.files import game_to_toml, parse_game, read_game, write_game
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.population import PopulationGame

INSPECTION = """
format = "coopgame-game/1"
name = "Inspection game"
zh = "监管博弈"
source = "an example"
assumptions = ["F > c", "g < F and 0 <= c"]

[parameters]
F = { meaning = "fine", zh = "罚金", unit = "million yuan", value = 5, range = [0, 10], assume = "> 0", source = "F07" }
c = { value = 0.1 }
g = {}

[[populations]]
name = "inspector"
zh = "监管者"
symbol = "x"
strategies = ["inspect", "rest"]

[[populations]]
name = "firm"
symbol = "y"
strategies = ["cheat", "comply"]

[payoffs]
kind = "profiles"
"inspect, cheat"  = ["F - c", "g - F"]
"inspect, comply" = ["-c", "0"]
"rest, cheat"     = [0, "g"]
"rest, comply"    = [0, 0.1]

[initial]
x = 0.5
y = "1/3"

[labels]
"inspect,comply" = "A"
"""

HEAD = """
format = "coopgame-game/1"
[[populations]]
name = "firm"
symbol = "x"
strategies = ["C", "D"]
"""
SECOND = """
[[populations]]
name = "bank"
strategies = ["lend", "wait", "leave"]
"""
THIRD = """
[[populations]]
name = "state"
symbol = "lambda"
strategies = ["act", "rest"]
"""
MATRIX = HEAD + '[payoffs]\nkind = "matrix"\nrows = [["b - c", "-c"], ["b", 0]]\n'
BIMATRIX = (
    HEAD
    + SECOND
    + '[payoffs]\nkind = "bimatrix"\n'
    + 'row = [["a", 1, 0.25], [0, "b", 2]]\ncolumn = [[3, "a/3", 0], [1, 1, "sqrt(b)"]]\n'
)
STRATEGIES = (
    HEAD
    + SECOND
    + """
[payoffs]
kind = "strategies"
firm.C = "bank.lend*b - 2*c*x"
firm.D = "firm.D*0.5"
bank.lend = "min(x, N) - bank.wait"
bank.wait = "where(x > 1/2, 1, 0)"
bank.leave = 0
[initial]
bank.lend = 0.5
bank.wait = 0.5
bank.leave = 0
"""
)
ADVANTAGES = HEAD + THIRD + '[payoffs]\nkind = "advantages"\nx = "F*lambda - c"\nlambda = "g - F*x"\n'
ALL_KINDS = [INSPECTION, MATRIX, BIMATRIX, STRATEGIES, ADVANTAGES]


def test_a_file_of_profiles() -> None:
    game = parse_game(INSPECTION)
    assert isinstance(game, NormalFormGame)
    assert (game.name, game.zh, game.source) == ("Inspection game", "监管博弈", "an example")
    assert game.populations == (
        Population("inspector", ("inspect", "rest"), "x", "监管者"),
        Population("firm", ("cheat", "comply"), "y"),
    )
    fine = Parameter("F", "fine", "罚金", "million yuan", Fraction(5), (Fraction(0), Fraction(10)), "> 0", "F07")
    assert game.parameters == (fine, Parameter("c", value=Fraction(1, 10)), Parameter("g"))
    assert game.payoff(("inspect", "cheat")) == (parse_expression("F - c"), parse_expression("g - F"))
    assert game.payoff(("rest", "comply")) == (0, sympy.Rational(1, 10))
    assert game.assumption_texts == ("F > c", "g < F and 0 <= c")
    assert dict(game.initial) == {"x": Fraction(1, 2), "y": Fraction(1, 3)}
    assert game.labels == (("inspect, comply", "A"),)


def test_a_file_of_a_matrix_is_row_against_column() -> None:
    game = parse_game(MATRIX)
    b, c = sympy.symbols("b c")
    assert isinstance(game, MatrixGame)
    assert game.payoffs == ((b - c, -c), (b, 0))
    assert [p.name for p in game.parameters] == ["b", "c"]


def test_a_file_of_a_bimatrix_is_row_strategy_then_column_strategy() -> None:
    game = parse_game(BIMATRIX)
    assert isinstance(game, NormalFormGame)
    assert game.payoff(("C", "wait")) == (1, sympy.Symbol("a") / 3)
    assert game.payoff(("D", "leave")) == (2, sympy.sqrt(sympy.Symbol("b")))
    assert game.coordinates == ("x", "bank.lend", "bank.wait", "bank.leave")


def test_a_file_of_free_payoffs_names_shares_by_symbol_or_with_a_dot() -> None:
    game = parse_game(STRATEGIES)
    x, b, c = sympy.symbols("x b c")
    assert isinstance(game, PopulationGame)
    assert game.expected_payoff(0, 0) == sympy.Symbol("bank.lend") * b - 2 * c * x
    assert game.expected_payoff(0, 1) == (1 - x) / 2
    assert game.expected_payoff(1, 0) == sympy.Min(x, sympy.Symbol("N")) - sympy.Symbol("bank.wait")
    assert [p.name for p in game.parameters] == ["N", "b", "c"]
    assert dict(game.initial) == {"bank.lend": Fraction(1, 2), "bank.wait": Fraction(1, 2), "bank.leave": 0}


def test_a_file_of_advantages() -> None:
    game = parse_game(ADVANTAGES)
    assert isinstance(game, PopulationGame)
    assert game.advantage(0) == parse_expression("F*lambda - c")
    assert game.advantage(1) == parse_expression("g - F*x")


@pytest.mark.parametrize("text", ALL_KINDS)
def test_what_is_written_is_read_back_equal(text: str, tmp_path: Path) -> None:
    game = parse_game(text)
    assert parse_game(game_to_toml(game)) == game
    assert game_to_toml(parse_game(game_to_toml(game))) == game_to_toml(game)
    write_game(game, tmp_path / "game.toml")
    assert read_game(tmp_path / "game.toml") == game
    assert (tmp_path / "game.toml").read_bytes().decode("utf-8") == game.to_toml()


@pytest.mark.parametrize(
    "game",
    [
        MatrixGame([["lambda", "罚金"], [1, "0.1*is"]], ['quoted "name"', "back\\slash"], name="a\nb\t\"'\\ 中"),
        MatrixGame([[1]], ["only"]),
        NormalFormGame({("a", "1"): [1, "x1"], ("b", "1"): ["-x1/7", "1e-3"]}, parameters={"x1": "> 0", "q": 0.5}),
        PopulationGame({"local gov": {"a b": "1 - local gov.c", "c": "q", "d-e": 0}}),
        PopulationGame.from_advantages({"u": "exp(-u)*k", "v": "max(u, v, 1/3)**2"}),
    ],
    ids=lambda game: type(game).__name__,
)
def test_games_made_in_python_are_written_and_read_back_equal(game: Game) -> None:
    assert parse_game(game.to_toml()) == game


def test_files_may_begin_with_a_byte_order_mark_and_be_open_streams(tmp_path: Path) -> None:
    game = parse_game(MATRIX)
    file = tmp_path / "game.toml"
    file.write_bytes(b"\xef\xbb\xbf" + MATRIX.replace("\n", "\r\n").encode())
    assert read_game(file) == read_game(str(file)) == game
    assert read_game(io.StringIO(MATRIX)) == read_game(io.BytesIO(MATRIX.encode())) == game
    assert parse_game("\ufeff" + MATRIX) == game


def test_chinese_names_of_strategies_are_kept() -> None:
    text = INSPECTION.replace(
        'strategies = ["inspect", "rest"]', 'strategies = ["inspect", "rest"]\nstrategies_zh = ["监管", "不监管"]'
    )
    game = parse_game(text)
    assert parse_game(game.to_toml()) == game != parse_game(INSPECTION)
    assert game.populations[0].strategies_in("zh") == ("监管", "不监管")
    assert game.populations[0].strategies_in("en") == ("inspect", "rest")
    assert game.populations[1].strategies_in("zh") == ("cheat", "comply")


@pytest.mark.parametrize("names", ['["监管"]', '["监管", "监管"]', '["监管", " "]', '"监管"', "[1, 2]"])
def test_chinese_names_of_strategies_that_do_not_fit_are_refused(names: str) -> None:
    with pytest.raises(GameFileError, match=r"populations\[0\].*(strategies_zh|a list of strategy names)"):
        parse_game(INSPECTION.replace('symbol = "x"', f'symbol = "x"\nstrategies_zh = {names}', 1))


# replaced in INSPECTION, put in its place, path inside the document, words of the message
WRONG = [
    ('name = "Ins', 'nam = "Ins', "nam", "unknown key 'nam'; did you mean 'name'"),
    ("value = 5", "vaule = 5", "parameters.F.vaule", "unknown key 'vaule'; did you mean 'value'"),
    ('zh = "监管者"', "colour = 1", "populations[0].colour", "unknown key 'colour'; known are name"),
    ("-game/1", "-game/2", "format", "got 'coopgame-game/2'; write format = \"coopgame-game/1\""),
    ('"Inspection game"', "3", "name", "a text is needed, got 3"),
    ('"g - F"', '"g - G"', 'payoffs."inspect, cheat"[1]', "unknown parameter 'G'"),
    ('"g - F"', '"g - FF"', 'payoffs."inspect, cheat"[1]', "unknown parameter 'FF'; did you mean 'F'"),
    ('"g - F"', '"2g"', 'payoffs."inspect, cheat"[1]', "write the multiplication sign, 2*g"),
    ('"g - F"', "\"__import__('os')\"", 'payoffs."inspect, cheat"[1]', 'unexpected "\'"'),
    ('"g - F"', '"g.__class__"', 'payoffs."inspect, cheat"[1]', "a dot stands inside"),
    ('"g - F"', "true", 'payoffs."inspect, cheat"[1]', "a payoff is a number or an expression"),
    ('"g - F"', "nan", 'payoffs."inspect, cheat"[1]', "a finite number is needed"),
    ('"g - F"', "-inf", 'payoffs."inspect, cheat"[1]', "a finite number is needed"),
    ('"g - F"', "1e999999999", 'payoffs."inspect, cheat"[1]', "a finite number is needed"),
    ('"g - F"', "0x" + "f" * 5000, 'payoffs."inspect, cheat"[1]', "at most 390 digits"),
    ('["-c", "0"]', '["-c"]', 'payoffs."inspect, comply"', "2 payoffs are needed, one per population"),
    ('["-c", "0"]', '"-c"', 'payoffs."inspect, comply"', "2 payoffs are needed, one per population, got '-c'"),
    ('"rest, cheat"', '"rest, cheet"', 'payoffs."rest, cheet"', "'cheet' is not a strategy of population 'firm'"),
    ('"rest, cheat"', '"rest, cheet"', 'payoffs."rest, cheet"', "did you mean 'cheat'"),
    ('"rest, cheat"', '"cheat, rest"', 'payoffs."cheat, rest"', "'cheat' is not a strategy of population 'insp"),
    ('"rest, cheat"', '"rest"', "payoffs.rest", "2 strategies are needed, one per population"),
    ('"rest, cheat"', '"inspect,cheat"', 'payoffs."inspect,cheat"', "stands twice"),
    ('"rest, cheat"     = [0, "g"]\n', "", "payoffs", 'no payoffs for "rest, cheat"; give every profile a line'),
    ('"profiles"', '"profile"', "payoffs.kind", "unknown kind 'profile'; did you mean 'profiles'"),
    ('"profiles"', '"group"', "populations", "played in one population of two or more strategies"),
    ('"profiles"', "[1]", "payoffs.kind", "unknown kind [1]"),
    ("[labels]", "[environment]\nn = 1\n[labels]", "environment.n", "a table is needed"),
    ("c = { v", "x = { v", "parameters.x", "'x' has the name of the symbol 'x' of population 'inspector'"),
    ("c = { v", "min = { v", "parameters.min", "has the name of the function min()"),
    ("c = { v", "and = { v", "parameters.and", "a word of conditions"),
    ("c = { v", '"a b" = { v', 'parameters."a b"', "not an identifier"),
    ("c = { v", '"ｃ" = { v', 'parameters."ｃ"', "is read as 'c' in expressions"),
    ("c = { value = 0.1 }", "c = 0.1", "parameters.c", "a table is needed, such as { value = 1 }"),
    ("value = 5", "value = 50", "parameters.F", "F = 50 lies outside its range [0, 10]"),
    ("[0, 10]", "[10, 0]", "parameters.F", "its ends must rise"),
    ("[0, 10]", "[0]", "parameters.F.range", "two numbers are needed"),
    ("[0, 10]", '[0, "z"]', "parameters.F.range[1]", "a finite number is needed"),
    ("value = 5", "value = inf", "parameters.F.value", "a finite number is needed"),
    ("value = 5", "value = false", "parameters.F.value", "a number is needed"),
    ("value = 5", "value = 1979-05-27", "parameters.F.value", "a number is needed"),
    ('assume = "> 0"', 'assume = "> c"', "parameters.F.assume", "may speak of F only"),
    ('assume = "> 0"', 'assume = ">"', "parameters.F.assume", "missing here"),
    ('assume = "> 0"', 'assume = "> 11"', "parameters.F", "at least 11 and at most 10"),
    ('"F > c"', '"F > H"', "assumptions[0]", "unknown parameter 'H'"),
    ('"F > c"', '"F = c"', "assumptions[0]", "conditions compare with"),
    ('"F > c"', '"F > x"', "assumptions[0]", "'x' is a share"),
    ('["F > c", "g < F and 0 <= c"]', '"F > c"', "assumptions", "a list of texts is needed"),
    ('["F > c", "g < F and 0 <= c"]', '["F < c", "c < F"]', "", "cannot hold together"),
    ('symbol = "y"', 'symbol = "x"', "populations[1].symbol", "is also that of population 'inspector'"),
    ('symbol = "y"', 'symbol = "log"', "populations[1].symbol", "has the name of the function log()"),
    ('symbol = "y"', 'symbol = "y z"', "populations[1].symbol", "not an identifier"),
    ('name = "firm"', 'name = "inspector"', "populations[1].name", "also the name of populations[0]"),
    ('name = "firm"', 'name = "a.b"', "populations[1]", "no comma, no dot"),
    ('name = "firm"', "", "populations[1]", "the key 'name' is missing"),
    ('["cheat", "comply"]', '["cheat", "cheat"]', "populations[1]", "repeat"),
    ('["cheat", "comply"]', '["kind", "comply"]', "populations[1]", "'kind' is not allowed"),
    ('["cheat", "comply"]', '["a, b", "comply"]', "populations[1]", "'a, b' is not allowed"),
    ('["cheat", "comply"]', "[]", "populations[1]", "has no strategies; give it at least one"),
    ('["cheat", "comply"]', '"cheat"', "populations[1].strategies", "a list of strategy names"),
    ('["cheat", "comply"]', '["cheat", "comply", "z"]', "populations[1].symbol", "has 3"),
    ("x = 0.5", "z = 0.5", "initial.z", "'z' is not a coordinate; known are x, y"),
    ("x = 0.5", "x = 1.5", "initial.x", "a share lies between 0 and 1, got 3/2"),
    ("x = 0.5", "firm.cheat = 0.5", "initial.firm.cheat", "not a coordinate"),
    ('comply" = "A"', 'complain" = "A"', 'labels."inspect,complain"', "'complain' is not a strategy"),
    ('comply" = "A"', 'comply" = 1', 'labels."inspect,comply"', "a text is needed, got 1"),
]


@pytest.mark.parametrize(("old", "new", "path", "message"), WRONG, ids=[f"{w[2]}: {w[3]}"[:60] for w in WRONG])
def test_what_is_wrong_in_a_file_is_named_with_its_path(old: str, new: str, path: str, message: str) -> None:
    assert old in INSPECTION
    with pytest.raises(GameFileError) as caught:
        parse_game(INSPECTION.replace(old, new, 1), "inspection.toml")
    assert message in str(caught.value)
    assert caught.value.where == path
    assert str(caught.value).startswith(f"inspection.toml: {path}")


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (HEAD, "payoffs", "a table [payoffs] is needed"),
        ('format = "coopgame-game/1"\n[payoffs]\nkind = "matrix"', "populations", "at least one [[populations]]"),
        (MATRIX.replace(', "-c"]', "]"), "payoffs.rows[0]", "2 payoffs are needed, one per column strategy, got 1"),
        (MATRIX.replace('["b", 0]', '["b", 0], [1, 2]'), "payoffs.rows", "2 rows are needed"),
        (MATRIX.replace('"b - c"', '"b -"'), "payoffs.rows[0][0]", "missing here"),
        (MATRIX.replace("rows", "row"), "payoffs.row", "did you mean 'rows'"),
        (MATRIX.replace('[["b - c", "-c"], ["b", 0]]', "3"), "payoffs.rows", "a list of rows is needed"),
        (MATRIX.replace('"matrix"', '"bimatrix"'), "payoffs.rows", "unknown key 'rows'; did you mean 'row'"),
        (MATRIX.replace("[payoffs]", SECOND + "[payoffs]"), "populations", 'for two write kind = "bimatrix"'),
        (BIMATRIX.replace("[[3,", "[[3, 3,"), "payoffs.column[0]", "3 payoffs are needed"),
        (BIMATRIX.replace("column", "columns"), "payoffs.columns", "did you mean 'column'"),
        (STRATEGIES.replace("firm.C", "farm.C"), "payoffs.farm", "did you mean 'firm'"),
        (STRATEGIES.replace("firm.C", "firm.E"), "payoffs.firm.E", "unknown key 'E'; known are C, D"),
        (STRATEGIES.replace("bank.leave = 0\n[", "["), "payoffs.bank", "no payoff for strategy 'leave'"),
        (STRATEGIES.replace("bank.lend = 0.5", "bank.lend = 0.6"), "initial.bank", "sum to 11/10"),
        (STRATEGIES.replace("- bank.wait", "- bank.wiat"), "payoffs.bank.lend", "a dot stands"),
        (ADVANTAGES.replace('x = "F', 'y = "F'), "payoffs.y", "unknown key 'y'"),
        (ADVANTAGES.replace('x = "F*lambda - c"\n', ""), "payoffs", "no payoff for symbol 'x'"),
        (ADVANTAGES.replace('symbol = "lambda"\n', ""), "populations[1]", "needs two strategies and a symbol"),
    ],
)
def test_what_is_wrong_in_the_other_kinds(text: str, path: str, message: str) -> None:
    assert text not in ALL_KINDS
    with pytest.raises(GameFileError) as caught:
        parse_game(text)
    assert caught.value.where == path
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = ", "not TOML: Invalid value (at end of document)"),
        ("a = 1\na = 2", "not TOML: Cannot overwrite a value (at "),
        ("a = " + "[" * 5000, "nest too deep"),
        (".".join("a" * 3000) + " = 1", "line 1 has more than"),
        ("#" * 30_000, "line 1 has more than 25000 characters"),
        ("a = '\ud800'", "lone surrogate) at position 5"),
        ("\n" * 1_000_001, "game files are smaller"),
        ("a = " + "1" * 5000, "not TOML"),
        ("a = '\x00'", "not TOML"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_document(text: str, message: str) -> None:
    with pytest.raises(GameFileError) as caught:
        parse_game(text, "game.toml")
    assert str(caught.value).startswith("game.toml: ")
    assert message in str(caught.value)


def test_missing_profiles_of_a_huge_game_are_not_all_listed() -> None:
    populations = "".join(
        f'[[populations]]\nname = "p{i}"\nsymbol = "s{i}"\nstrategies = ["a", "b"]\n' for i in range(60)
    )
    with pytest.raises(GameFileError, match=r"and 1152921504606846971 more; give every profile a line"):
        parse_game(f'format = "coopgame-game/1"\n{populations}[payoffs]\nkind = "profiles"\n')


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.toml", None, "there is no such file; check the path"),
        ("latin.toml", 'name = "Spiel für zwei"'.encode("latin-1"), "not UTF-8 text"),
        ("utf16.toml", "\ufeffname = 'a'".encode("utf-16-le"), "not UTF-8 text"),
        ("large.toml", b"#" * 1_000_001, "more than 1000000 bytes"),
        (".", None, "cannot be read"),
        ("null\x00byte", None, "cannot be read"),
    ],
)
def test_files_that_cannot_be_read(name: str, content: bytes | None, message: str, tmp_path: Path) -> None:
    path = f"{tmp_path}/{name}"
    if content is not None:
        Path(path).write_bytes(content)
    with pytest.raises(GameFileError) as caught:
        read_game(path)
    assert str(caught.value).startswith(path)
    assert message in str(caught.value)


def test_a_folder_is_not_written_over(tmp_path: Path) -> None:
    with pytest.raises(GameFileError, match="cannot be written"):
        write_game(parse_game(MATRIX), tmp_path)


def test_a_text_is_needed() -> None:
    with pytest.raises(GameFileError, match="got bytes, the text of a game file is needed"):
        parse_game(b"name = 'a'")  # type: ignore[arg-type]
