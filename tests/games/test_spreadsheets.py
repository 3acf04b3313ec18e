"""Payoff tables in CSV and Excel: the three layouts, exact numbers, Chinese files, and errors that name the cell."""

from __future__ import annotations

import datetime
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopgame import (
    GameFileError,
    MatrixGame,
    MissingExtraError,
    NormalFormGame,
    PopulationGame,
    UnsupportedError,
    parse_expression,
    read_game,
    read_payoff_table,
    write_game,
    write_long_table,
    write_payoff_table,
)
from coopgame.cli import cli
from coopgame.games.payoff_sheets import split_payoffs

F, c, g = sympy.symbols("F c g")


def written(tmp_path: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    file = tmp_path / name
    file.write_bytes(text.encode(encoding))
    return file


def refused(file: Path, match: str, **options: Any) -> None:
    with pytest.raises(GameFileError, match=match):
        read_payoff_table(file, **options)


INSPECTION = {
    ("inspect", "cheat"): (F - c, g - F),
    ("inspect", "comply"): (-c, 0),
    ("rest", "cheat"): (0, g),
    ("rest", "comply"): (0, sympy.Rational(1, 10)),
}


@pytest.mark.parametrize(
    "text",
    [
        'inspector \\ firm,cheat,comply\ninspect,"F - c, g - F","(-c, 0)"\nrest,0; g,"(0; 0.1)"\n',
        "inspector\\firm;cheat;comply\r\ninspect;(F - c, g - F);-c, 0\r\nrest;0, g;(0, 0.1)\r\n",
        "inspector＼firm\tcheat\tcomply\ninspect\tF - c，g - F\t（-c，0）\nrest\t0；g\t0, 0.1\n",
        'sep=;\n"inspector \\ firm";cheat;comply\ninspect;F - c, g - F;-c, 0\nrest;0, g;0, 1/10\n',
        '\n,,,\n,inspector \\ firm,cheat,comply,\n,inspect,"F - c, g - F","-c, 0",\n,rest,"0, g","0, 0.1",\n,,,\n',
        "inspector,firm,payoff of inspector,Payoff of firm\nrest,cheat,0,g\nrest,comply,0,0.1\ninspect,cheat,F - c,g - F\ninspect,comply,-c,0\n",
        "inspector,firm,u_inspector,firm的收益\ninspect,cheat,F - c,g - F\ninspect,comply,-c,0\nrest,cheat,0,g\nrest,comply,0,0.1\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_two_players_in_every_layout(text: str, encoding: str, tmp_path: Path) -> None:
    game = read_payoff_table(written(tmp_path, text, encoding=encoding), name="inspection", assumptions=["F > c"])
    assert isinstance(game, NormalFormGame)
    assert [p.name for p in game.populations] == ["inspector", "firm"]
    assert {profile: game.payoff(profile) for profile in game.profiles} == INSPECTION
    assert (game.name, game.assumption_texts) == ("inspection", ("F > c",))


def test_the_first_of_two_payoffs_is_the_row_players(tmp_path: Path) -> None:
    game = read_game(written(tmp_path, ',L,R\nU,"1, 2","3, 4"\n'))
    assert isinstance(game, NormalFormGame)
    assert [p.name for p in game.populations] == ["player1", "player2"]
    assert (game.payoff(("U", "L")), game.payoff(("U", "R"))) == ((1, 2), (3, 4))


def test_one_payoff_in_a_cell_is_row_against_column(tmp_path: Path) -> None:
    game = read_game(written(tmp_path, "firm,C,D\nC,b - c,-c\nD,b,0.1\n"))
    assert game == MatrixGame([["b - c", "-c"], ["b", "1/10"]], ["C", "D"], population="firm")
    # headings are names: their order does not matter
    assert read_game(written(tmp_path, "firm \\ firm,D,C\nC,-c,b - c\nD,0.1,b\n")) == game
    assert read_game(written(tmp_path, ",only\nonly,(a + b)*(c)\n")).coordinates == ("population.only",)


def test_three_players_have_a_line_for_each_profile(tmp_path: Path) -> None:
    lines = [
        f"{a},{b},{d},{n},{n}/7,-{n}"
        for n, (a, b, d) in enumerate((a, b, d) for a in "UD" for b in "LMR" for d in "WE")
    ]
    head = "A,B,C,payoff of A,payoff of B,payoff of C\n"
    game = read_game(written(tmp_path, head + "\n".join(lines)))
    assert isinstance(game, NormalFormGame)
    assert game.payoff(("D", "M", "E")) == (9, sympy.Rational(9, 7), -9)
    refused(written(tmp_path, head + "\n".join(lines[1:])), "no payoffs for the profiles U, L, W")
    refused(written(tmp_path, head + "\n".join([*lines, lines[3]])), r"cell A14: the profile 'U, M, E' stands twice")
    refused(
        written(tmp_path, head.replace("payoff of B", "payoff of D") + lines[0]),
        "headings .* payoff of D.* one column",
    )
    refused(written(tmp_path, "A,A,payoff of A,payoff of A\nx,y,1,2\n"), "not all different")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("1, 2", ["1", "2"]),
        ("(1, 2)", ["1", "2"]),
        ("((1; 2))", ["1", "2"]),
        ("min(a, b), max(c, d)", ["min(a, b)", "max(c, d)"]),
        ("min(a, b); (c)", ["min(a, b)", "(c)"]),
        ("(min(a, b), -c)", ["min(a, b)", "-c"]),
        ("min(a, b)", ["min(a, b)"]),
        ("(a + b)*(c + d)", ["(a + b)*(c + d)"]),
        ("(a), (b)", ["(a)", "(b)"]),
        ("where(x > 1, 2, 3)", ["where(x > 1, 2, 3)"]),
        ("（1，2）", ["1", "2"]),
        ("1, 2, 3", ["1", "2", "3"]),
    ],
)
def test_commas_split_payoffs_outside_brackets_only(text: str, parts: list[str]) -> None:
    assert split_payoffs(text) == parts


def test_an_error_names_the_cell(tmp_path: Path) -> None:
    def csv(text: str) -> Path:
        return written(tmp_path, text)

    refused(csv(",C,D\nC,1,\nD,2,3\n"), "table.csv, cell C2: is empty; write 0")
    refused(csv("\n\n,C,D\nC,1,2\nD,2,3+\n"), "table.csv, cell C5: a name, a number or a bracket is missing")
    refused(csv(',C,D\nC,1,"1, 2"\nD,2,3\n'), "one payoff at 'D, D', two at 'C, D'")
    refused(csv(',C,D\nC,1,2\nD,2,"1, 2, 3"\n'), "cell C3: '1, 2, 3' has 3 payoffs")
    refused(csv(",C,D\nC,1, 2,3, 4\nD,5, 6,7, 8\n"), "row 2: has 5 cells, the headings 3; put quotation marks")
    refused(csv(",C,D\nC,1,2\nE,2,3\n"), "same names; got rows C, E and columns C, D")
    refused(csv(",C,C\nC,1,2\nD,2,3\n"), "the column 'C' stands twice")
    refused(csv(",C,D\nC,1,2\nC,2,3\n"), "the row 'C' stands twice")
    refused(csv("a \\ b,C,D\nC,1,2\nD,2,3\n"), "cell A1: two populations need two payoffs in each cell")
    refused(csv('payoffs,C,D\nC,"1, 2","1, 2"\n'), "cell A1: 'payoffs' stands in the corner")
    refused(csv(",C,\nC,1,2\nD,2,3\n"), "row 2: has 3 cells")
    refused(csv(",C,D\n,1,2\nD,2,3\n"), "cell A2: is empty; a name")
    refused(csv(",1.5,D\n1.5,1,2\nD,2,3\n"), "the name '1.5' is not allowed")
    refused(csv("C\n1\n"), "its headings are one cell")
    refused(csv(",C\n"), "needs a row and a column of names")
    refused(csv("\n"), "its headings are one cell")
    refused(csv("sep=,\n,,\n"), "no filled cell")
    refused(csv(',C\nC,"1\n'), "not CSV: unexpected end of data")
    refused(tmp_path / "absent.csv", "no such file")


def test_numbers_with_commas_are_not_guessed(tmp_path: Path) -> None:
    refused(written(tmp_path, ";C;D\nC;1,5;2,5\nD;3,5;4,5\n"), "cell B2: '1,5' may be one number or two; write")
    refused(written(tmp_path, ',C\nC,"1,000"\n'), "'1,000' may be one number or two")
    lines = "A;B;payoff of A;payoff of B\nx;u;1,5;2\nx;v;0;1\n"
    refused(written(tmp_path, lines), "cell C2: '1,5' is one payoff with a comma in it; write 1.5 for decimals")
    refused(written(tmp_path, ";E;F\nC;2;1\nD;3;4\n"), "add a first row and a first column")
    game = read_game(written(tmp_path, ',L\nU,"1,5"\n'))  # commas separate the cells, so they are no decimal commas
    assert isinstance(game, NormalFormGame)
    assert game.payoff(("U", "L")) == (1, 5)


CHINESE = "政府 \\ 企业,合谋,守法\n监管,罚款 - c; g - 罚款,-c; 0\n不监管,0; g,0; 0\n"


def test_chinese_files_of_excel_are_read_in_their_encoding(tmp_path: Path) -> None:
    for encoding in ("gbk", "gb18030", "utf-16"):
        file = written(tmp_path, CHINESE, encoding=encoding)
        advised = "utf-16" if encoding == "utf-16" else "gb18030"
        refused(file, f'not UTF-8 text .* save it as UTF-8, or give encoding="{advised}"')
        game = read_game(file, encoding=advised)
        assert isinstance(game, NormalFormGame)
        assert [p.name for p in game.populations] == ["政府", "企业"]
        assert game.payoff(("监管", "合谋"))[0] == sympy.Symbol("罚款") - c
    assert read_game(written(tmp_path, CHINESE)) == game


def test_bytes_that_are_no_chinese_give_no_such_advice(tmp_path: Path) -> None:
    file = written(tmp_path, ",préavis\npréavis,1\n", encoding="latin-1")
    refused(file, "save it as UTF-8$")
    refused(written(tmp_path, CHINESE), "not ascii text", encoding="ascii")


def test_written_tables_are_read_back(tmp_path: Path) -> None:
    pair = NormalFormGame(INSPECTION, {"inspector": ["inspect", "rest"], "firm": ["cheat", "comply"]})
    matrix = MatrixGame([["-a", "b"], [0, "min(a, b)/3"]], ["合作", "=D"], population="企业")
    three = NormalFormGame(
        {(a, b, d): [f"{a}+1", "-1/3", 2] for a in "UD" for b in "LR" for d in "W"}, {"A": "UD", "B": "LR", "C": "W"}
    )
    for game in (pair, matrix, three):
        for name in ("t.csv", "t.tsv"):
            write_game(game, tmp_path / name)
            assert (tmp_path / name).read_bytes().startswith(b"\xef\xbb\xbf")
            assert read_game(tmp_path / name) == game
    write_long_table(pair, tmp_path / "long.csv")
    assert read_game(tmp_path / "long.csv") == pair
    assert (tmp_path / "long.csv").read_text(encoding="utf-8-sig").startswith("inspector,firm,payoff of inspector,")
    write_payoff_table(pair, tmp_path / "t.csv", {"F": 3, "c": 1})
    assert read_game(tmp_path / "t.csv") == pair.substitute({"F": 3, "c": 1})
    # Excel would take -a for a formula
    write_payoff_table(matrix, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "合作,(-a),b"


def test_what_is_no_table_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"a PopulationGame has no such table; write a game file"):
        write_game(PopulationGame({"firm": {"C": "x", "D": 0}}), tmp_path / "t.csv")
    with pytest.raises(GameFileError, match=r"\.pdf is no form of a table"):
        write_payoff_table(MatrixGame([[1]]), tmp_path / "t.pdf")
    with pytest.raises(GameFileError, match="cannot be written"):
        write_payoff_table(MatrixGame([[1]]), tmp_path / "absent" / "t.csv")
    named = NormalFormGame({("a", "b"): (1, 2)}, {"x\\y": ["a"], "z": ["b"]})
    with pytest.raises(UnsupportedError, match="a backslash"):
        write_payoff_table(named, tmp_path / "t.csv")


def test_the_command_line_reads_tables(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["analyse", str(written(tmp_path, ",C,D\nC,2,0\nD,0,1\n"))])
    assert done.exit_code == 0, done.output
    assert "1/3" in done.output
    done = CliRunner().invoke(cli, ["analyse", str(written(tmp_path, CHINESE, encoding="gbk"))])
    assert done.exit_code == 2 and "gb18030" in done.output


# Excel ----------------------------------------------------------------------------------------------------------


def workbook(tmp_path: Path, *sheets: list[list[Any]], at: tuple[int, int] = (1, 1)) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for n, rows in enumerate(sheets):
        sheet = book.worksheets[0] if n == 0 else book.create_sheet()
        sheet.title = f"table {n + 1}"
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                sheet.cell(i + at[0], j + at[1]).value = value
    book.save(tmp_path / "table.xlsx")
    return tmp_path / "table.xlsx"


def test_excel_tables_anywhere_on_the_sheet(tmp_path: Path) -> None:
    rows = [
        ["inspector \\ firm", "cheat", "comply"],
        ["inspect", "F - c, g - F", "-c, 0"],
        ["rest", "0; g", "(0, 0.1)"],
    ]
    game = read_game(workbook(tmp_path, rows, at=(3, 2)))
    assert isinstance(game, NormalFormGame)
    assert {profile: game.payoff(profile) for profile in game.profiles} == INSPECTION
    refused(workbook(tmp_path, [*rows[:2], ["rest", None, 1]], at=(3, 2)), r"table\.xlsx, cell C5: is empty")


def test_numbers_of_excel_are_exact_as_they_are_shown(tmp_path: Path) -> None:
    game = read_game(workbook(tmp_path, [[None, 1, 2], [1, 0.1, -3], [2, 1e-5, 12345678901234]]))
    assert isinstance(game, MatrixGame)
    exact = [[Fraction(int(u.p), int(u.q)) for u in row] for row in game.payoffs]
    assert exact == [[Fraction(1, 10), Fraction(-3)], [Fraction(1, 10**5), Fraction(12345678901234)]]
    assert game.populations[0].strategies == ("1", "2")


def test_of_a_formula_the_saved_value_is_taken(tmp_path: Path) -> None:
    zipfile = pytest.importorskip("zipfile")
    file = workbook(tmp_path, [[None, "C"], ["C", "=1/4"]])
    refused(file, "cell B2: a formula whose value is not saved; open and save")
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    assert b"<f>1/4</f><v" in parts[name]
    # what Excel does when it saves
    parts[name] = (
        parts[name].replace(b"<v></v>", b"<v/>").replace(b"<v/>", b"<v>0.25</v>").replace(b"<v />", b"<v>0.25</v>")
    )
    with zipfile.ZipFile(file, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    game = read_game(file)
    assert isinstance(game, MatrixGame) and game.payoffs == ((sympy.Rational(1, 4),),)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (True, "holds True; a number or a text"),
        (datetime.datetime(2026, 5, 3), "holds a date or time"),
        (datetime.time(3, 5), "holds a date or time"),
        ("#DIV/0!", "holds the error #DIV/0!"),
        ("1,5", "'1,5' may be one number or two"),
        ("b^2", "cell B2: unexpected '\\^'"),
    ],
)
def test_cells_of_excel_that_are_no_payoff(value: Any, message: str, tmp_path: Path) -> None:
    refused(workbook(tmp_path, [[None, "C"], ["C", value]]), message)


def test_a_worksheet_is_chosen_by_name(tmp_path: Path) -> None:
    first, second = [[None, "C"], ["C", 1]], [[None, "C"], ["C", 2]]
    assert read_game(workbook(tmp_path, [], second)) == MatrixGame([[2]], ["C"])
    file = workbook(tmp_path, first, second)
    refused(file, r"several worksheets are filled \(table 1, table 2\); name one")
    refused(file, "no worksheet 'x'; there are table 1, table 2", sheet="x")
    assert read_payoff_table(file, sheet="table 2") == MatrixGame([[2]], ["C"])
    refused(workbook(tmp_path, []), "no filled cell")


def test_files_that_are_no_excel(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    refused(written(tmp_path, "no archive", "x.xlsx"), "not an Excel file")
    refused(tmp_path / "absent.xlsx", "no such file")
    zipfile = pytest.importorskip("zipfile")
    with zipfile.ZipFile(tmp_path / "y.xlsx", "w") as archive:
        archive.writestr("a", "b")
    refused(tmp_path / "y.xlsx", "not an Excel file")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(60_000_000))
    refused(tmp_path / "bomb.xlsx", "unpacks to more than 50 MB")


def test_excel_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    file = written(tmp_path, "", "t.xlsx")
    with pytest.raises(MissingExtraError, match=r"reading t\.xlsx needs the extra 'excel'"):
        read_game(file)
    with pytest.raises(MissingExtraError, match=r"writing t\.xlsx needs the extra 'excel'"):
        write_game(MatrixGame([[1]]), file)


entries = (
    st.fractions(max_denominator=10**8)
    | st.decimals(-(10**6), 10**6, places=4)
    | st.sampled_from(["a", "-a/3", "a*b", "min(a, b)"])
)
words = st.text(
    st.characters(codec="utf-8", exclude_characters=",.\\＼", exclude_categories=["Cc", "Z"]), min_size=1, max_size=5
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(words, min_size=2, max_size=3, unique=True), data=st.data())
def test_any_game_comes_back_from_excel(names: list[str], data: st.DataObject, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    table = [[data.draw(entries) for _ in names] for _ in names]
    matrix = MatrixGame(table, names, population="p")
    pair = NormalFormGame(
        {(a, b): [table[i][j], table[j][i]] for i, a in enumerate(names) for j, b in enumerate(names)},
        {"p": names, "q": names},
    )
    for game in (matrix, pair):
        write_game(game, tmp_path / "t.xlsx")
        assert read_game(tmp_path / "t.xlsx") == game
        write_game(game, tmp_path / "t.csv")
        assert read_game(tmp_path / "t.csv") == game
    write_long_table(pair, tmp_path / "t.xlsx")
    assert read_game(tmp_path / "t.xlsx") == pair


def test_excel_keeps_numbers_as_numbers_where_it_can(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    write_game(MatrixGame([["1/4", "1/3"], [10**20, "=a".replace("=", "-")]], ["=1+1", "D"]), tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["=1+1", 0.25, "1/3"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "s"]
    assert [cell.value for cell in sheet[3]] == ["D", str(10**20), "-a"]
    assert parse_expression("-a") == -sympy.Symbol("a")
