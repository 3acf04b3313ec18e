"""Payoff tables in CSV and Excel files, to games and back."""

from __future__ import annotations

import csv
import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import sympy

from coopgame.errors import GameFileError, MissingExtraError
from coopgame.expressions import format_expression
from coopgame.games.files import text_of
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.payoff_sheets import Cell, game_of_sheet, lines_of_game, sheet_of_game, sheet_of_rows
from coopgame.games.substitution import with_numbers

_EXCEL = (".xlsx", ".xlsm")
_MOST_UNPACKED = 50_000_000
_MOST_CELLS = 200_000
_MOST_DIGITS = 15  # what Excel keeps of a number


def read_payoff_table(
    path: str | Path, *, sheet: str | None = None, encoding: str = "utf-8", **common: Any
) -> NormalFormGame | MatrixGame:
    """Return the game that a payoff table in a CSV or Excel file describes.

    Three layouts are told apart by what stands in the cells. Names of strategies in the first column and row, and in each cell one payoff: a
    game inside one population (row strategy against column strategy). Two payoffs, as `a, b`, `a; b` or `(a, b)`: two players, the row player's
    first; the corner may hold `row player \\ column player`. A line for each profile: a column of strategies for every player, then their payoffs in
    the same order, headed `payoff of` and the player's name; any number of players. Payoffs are numbers or expressions; decimals are exact as
    written, also those of Excel. Of a formula in a cell the value is taken that Excel saved with it.

    sheet: the name of the worksheet, needed where several are filled. encoding: of CSV; "gb18030" for what Excel in Chinese saves as plain CSV.
    common: what the game gets besides, such as name, parameters and assumptions. Excel files need the extra `excel`.

    Raises GameFileError, which names file and cell; MissingExtraError.
    """
    suffix = Path(path).suffix.lower()
    if suffix in _EXCEL:
        rows = _excel_rows(path, sheet)
        return game_of_sheet(sheet_of_rows(str(path), rows), **common)
    text, where = text_of(path, encoding)
    delimiter, text = _delimiter(text, suffix, where)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise GameFileError(f"not CSV: {error}; a quotation mark inside a cell is written twice", where) from None
    cells: list[list[Cell]] = [[cell.strip() or None for cell in line] for line in lines]
    _check_widths(cells, where)
    return game_of_sheet(sheet_of_rows(where, cells, comma_separated=delimiter == ","), **common)


def _delimiter(text: str, suffix: str, where: str) -> tuple[str, str]:
    """Return what separates cells, by a first line `sep=;` or by the headings, and the text behind that line."""
    first, _, rest = text.partition("\n")
    named = re.fullmatch(r"sep=(.)\r?", first)
    if named:
        return named[1], f"\n{rest}"  # the line still counts
    heads = re.sub(r'"(?:[^"]|"")*"', "", next((line for line in text.splitlines() if line.strip(" ,;\t")), ""))
    if suffix == ".tsv" or "\t" in heads:
        return "\t", text
    found = next((mark for mark in ",;" if mark in heads), None)
    if found is None:
        raise GameFileError("its headings are one cell; separate the cells by commas, semicolons or tabs", where)
    return found, text


def _check_widths(cells: Sequence[Sequence[Cell]], where: str) -> None:
    filled = [
        (i, max((j + 1 for j, cell in enumerate(row) if cell is not None), default=0)) for i, row in enumerate(cells)
    ]
    width = next((length for _, length in filled if length), 0)
    for i, length in filled:
        if length > width:
            raise GameFileError(
                f"has {length} cells, the headings {width}; put quotation marks around two payoffs in a cell, or write them as a; b",
                f"{where}, row {i + 1}",
            )


def _excel_rows(path: str | Path, sheet: str | None) -> list[list[Cell]]:
    """Return the cells of a worksheet."""
    where = str(path)
    openpyxl = _openpyxl(f"reading {Path(path).name}")
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
                raise GameFileError("unpacks to more than 50 MB; payoff tables are smaller", where)
        values = openpyxl.load_workbook(path, data_only=True)
        formulas = openpyxl.load_workbook(path)
    except FileNotFoundError:
        raise GameFileError("there is no such file; check the path", where) from None
    except OSError as error:
        raise GameFileError(f"cannot be read ({error.strerror or error})", where) from None
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError) as error:
        if isinstance(error, GameFileError):
            raise
        raise GameFileError(f"not an Excel file .xlsx ({error}); save it anew", where) from None
    chosen = _worksheet(values, sheet, where)
    written = formulas[chosen.title]
    return [
        [_excel_cell(cell, written[cell.coordinate], f"{where}, cell {cell.coordinate}") for cell in row]
        for row in chosen.iter_rows()
    ]


def _worksheet(workbook: Any, sheet: str | None, where: str) -> Any:
    names = [own.title for own in workbook.worksheets]
    if sheet is not None and sheet not in names:
        raise GameFileError(f"there is no worksheet {sheet!r}; there are {', '.join(names)}", where)
    large = [own.title for own in workbook.worksheets if own.max_row * own.max_column > _MOST_CELLS]
    if large and (sheet is None or sheet in large):
        raise GameFileError(
            f"the worksheet {large[0]!r} has more than {_MOST_CELLS} cells; delete what is no payoff table", where
        )
    if sheet is not None:
        return workbook[sheet]
    filled = [
        own
        for own in workbook.worksheets
        if any(v is not None for row in own.iter_rows(values_only=True) for v in row)
    ]
    if len(filled) > 1:
        shown = ", ".join(own.title for own in filled)
        raise GameFileError(
            f"several worksheets are filled ({shown}); name one, read_payoff_table(path, sheet=…)", where
        )
    return filled[0] if filled else workbook.worksheets[0]


def _excel_cell(cell: Any, written: Any, where: str) -> Cell:
    value = cell.value
    if value is None and written.data_type == "f":
        raise GameFileError(
            "a formula whose value is not saved; open and save the file in Excel, or write the number", where
        )
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if cell.data_type == "e":
        raise GameFileError(f"holds the error {value}; correct the formula", where)
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise GameFileError(f"holds a date or time ({value}); format the cell as text and type it anew", where)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise GameFileError(f"holds {value!r}; a number or a text is needed", where)
    return Fraction(Decimal(repr(value)))


def _openpyxl(feature: str) -> Any:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError(feature, "excel") from None
    return openpyxl


def write_payoff_table(game: Game, path: str | Path, values: Mapping[str, Any] | None = None) -> None:
    """Write the payoff table of a game to a .csv, .tsv or .xlsx file that read_payoff_table reads back.

    One population: one payoff in each cell; two players: two; any other number: a line for each profile. Payoffs keep their symbols, exactly;
    values are put in first. Meanings, assumptions and defaults of parameters are left out: a game file (.toml) holds them.

    Raises UnsupportedError for games without a payoff table.
    """
    _write(sheet_of_game(with_numbers(game, values or {})), Path(path))


def write_long_table(game: Game, path: str | Path, values: Mapping[str, Any] | None = None) -> None:
    """Write a game to a .csv, .tsv or .xlsx file with one line for each profile: the strategies, then the payoffs.

    Arguments and errors are those of `write_payoff_table`.
    """
    _write(lines_of_game(with_numbers(game, values or {})), Path(path))


def _write(rows: Sequence[Sequence[str | sympy.Expr]], path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".tsv", ".xlsx"):
        raise GameFileError(f"{suffix or 'no ending'} is no form of a table; take .csv, .tsv or .xlsx", str(path))
    try:
        if suffix == ".xlsx":
            _write_excel(rows, path)
            return
        # with a byte order mark, by which Excel knows UTF-8
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream, delimiter="\t" if suffix == ".tsv" else ",", lineterminator="\n")
            writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    except OSError as error:
        raise GameFileError(f"cannot be written ({error.strerror})", str(path)) from None


def _csv_cell(cell: str | sympy.Expr) -> str:
    if isinstance(cell, str):
        return cell
    text = format_expression(cell)
    # Excel takes a text with a minus sign in front for a formula
    return f"({text})" if text.startswith("-") and not cell.is_Rational else text


def _write_excel(rows: Sequence[Sequence[str | sympy.Expr]], path: Path) -> None:
    workbook = _openpyxl(f"writing {path.name}").Workbook()
    for i, row in enumerate(rows, 1):
        for j, entry in enumerate(row, 1):
            cell = workbook.active.cell(i, j)
            cell.value = entry if isinstance(entry, str) else _excel_number(entry)
            if isinstance(cell.value, str):
                cell.data_type = "s"  # also with = in front: no formula
    workbook.save(path)


def _excel_number(entry: sympy.Expr) -> int | float | str:
    """Return a payoff as a number where Excel keeps it exactly, else as a text."""
    if entry.is_Rational:
        number = Fraction(int(entry.p), int(entry.q))
        if abs(number) < 10**_MOST_DIGITS and number.denominator == 1:
            return int(number)
        near = float(number) if abs(number) < 10**_MOST_DIGITS else 0.0
        shown = Decimal(repr(near))
        if Fraction(shown) == number and len(shown.as_tuple().digits) <= _MOST_DIGITS:
            return near
    return format_expression(entry)
