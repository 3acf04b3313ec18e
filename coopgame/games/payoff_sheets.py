"""Payoff tables as sheets of cells: what rows, columns and entries mean, in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any, TypeVar

import sympy

from coopgame.errors import CoopgameError, GameFileError, UnsupportedError
from coopgame.expressions import format_expression, parse_expression
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame

Cell = str | Fraction | None
G = TypeVar("G", bound=Game)
_PLAIN = str.maketrans("，；（）", ",;()")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True)
class Sheet:
    """A rectangle of cells without empty border, and where its first one stands in the file.

    comma_separated: whether commas are what separates cells, so that one inside a cell is no decimal comma.
    """

    where: str
    cells: tuple[tuple[Cell, ...], ...]
    first: tuple[int, int] = (0, 0)
    comma_separated: bool = False

    def place(self, row: int, column: int) -> str:
        """Return how errors call a cell: the file and a name such as B3."""
        number, letters = self.first[1] + column + 1, ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{self.where}, cell {letters}{self.first[0] + row + 1}"

    def name(self, row: int, column: int) -> str:
        """Return a cell as a name. Raises GameFileError for an empty one."""
        cell = self.cells[row][column]
        if cell is None:
            raise GameFileError("is empty; a name is needed here", self.place(row, column))
        return str(cell)

    def payoff(self, row: int, column: int, text: Cell) -> sympy.Expr:
        """Return what stands in a cell, or a part of it, as an exact expression."""
        if text is None or text == "":
            raise GameFileError("is empty; write 0 if that is meant", self.place(row, column))
        if isinstance(text, str) and _DECIMAL_COMMA.fullmatch(text.strip()):
            message = (
                f"{text.strip()!r} is one payoff with a comma in it; write 1.5 for decimals and 1000 for thousands"
            )
            raise GameFileError(message, self.place(row, column))
        try:
            return parse_expression(text)
        except CoopgameError as error:
            raise GameFileError(str(error), self.place(row, column)) from None


def sheet_of_rows(where: str, rows: Sequence[Sequence[Cell]], comma_separated: bool = False) -> Sheet:
    """Return the sheet without the empty rows and columns around it. Raises GameFileError when nothing is left, or rows are too long."""
    filled = [i for i, row in enumerate(rows) if any(cell is not None for cell in row)]
    if not filled:
        raise GameFileError("has no filled cell; a payoff table is needed", where)
    width = max(map(len, rows))
    columns = [j for j in range(width) if any(j < len(row) and row[j] is not None for row in rows)]
    top, left = filled[0], columns[0]
    kept = [[*row, *[None] * (width - len(row))][left : columns[-1] + 1] for row in rows[top : filled[-1] + 1]]
    return Sheet(where, tuple(map(tuple, kept)), (top, left), comma_separated)


def game_of_sheet(sheet: Sheet, **common: Any) -> NormalFormGame | MatrixGame:
    """Return the game that a sheet describes: a table of entries, or one line for each profile."""
    heads = ["" if cell is None else " ".join(str(cell).split()) for cell in sheet.cells[0]]
    half = len(heads) // 2
    if len(heads) % 2 == 0 and all(
        b.casefold() in payoff_heads(a) for a, b in zip(heads, heads[half:], strict=False)
    ):
        return _from_lines(sheet, half, common)
    if any(re.match(r"payoff\b", head.casefold()) or head.endswith("收益") for head in heads[1:]):
        raise GameFileError(
            f"the headings {', '.join(heads)} are not those of a table with a line for each profile; write one column of strategies for "
            "each player, then as many of payoffs in the same order, headed `payoff of` and the player's name",
            sheet.where,
        )
    return _from_table(sheet, common)


def payoff_heads(player: str) -> frozenset[str]:
    """Return what may stand above a player's payoffs, in small letters."""
    if not player:
        return frozenset()
    forms = ("payoff of {}", "payoff {}", "{} payoff", "u_{}", "{}收益", "{} 收益", "{}的收益")
    return frozenset(form.format(player.casefold()) for form in forms)


def _from_lines(sheet: Sheet, players: int, common: Mapping[str, Any]) -> NormalFormGame:
    table: dict[tuple[str, ...], list[sympy.Expr]] = {}
    for i, row in enumerate(sheet.cells[1:], 1):
        profile = tuple(sheet.name(i, p) for p in range(players))
        if profile in table:
            raise GameFileError(f"the profile {', '.join(profile)!r} stands twice; keep one", sheet.place(i, 0))
        table[profile] = [sheet.payoff(i, p, row[p]) for p in range(players, 2 * players)]
    names = [sheet.name(0, p) for p in range(players)]
    if len(set(names)) != players:
        raise GameFileError(f"the players {', '.join(names)} are not all different; rename one", sheet.where)
    strategies = {name: list(dict.fromkeys(profile[p] for profile in table)) for p, name in enumerate(names)}
    return _made(sheet, lambda: NormalFormGame(table, strategies, **common))


def _from_table(sheet: Sheet, common: Mapping[str, Any]) -> NormalFormGame | MatrixGame:
    """Rows: strategies of the first player; columns: those of the second, or of the same population."""
    count = len(sheet.cells[0]) - 1
    if count < 1 or len(sheet.cells) < 2:
        raise GameFileError(
            "needs a row and a column of names and at least one entry; a table of one column was perhaps not split into cells",
            sheet.where,
        )
    columns = [sheet.name(0, j) for j in range(1, count + 1)]
    rows = [sheet.name(i, 0) for i in range(1, len(sheet.cells))]
    for what, names in (("row", rows), ("column", columns)):
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise GameFileError(f"the {what} {twice[0]!r} stands twice; rename one", sheet.where)
    entries = {(a, b): _entry(sheet, i, j) for i, a in enumerate(rows, 1) for j, b in enumerate(columns, 1)}
    sizes = {len(entry): profile for profile, entry in entries.items()}
    if len(sizes) > 1:
        few, many = (", ".join(sizes[size]) for size in sorted(sizes)[:2])
        message = f"one payoff at {few!r}, two at {many!r}; give one everywhere (one population) or two (two players)"
        raise GameFileError(message, sheet.where)
    populations = [part.strip() for part in re.split(r"[\\＼]", str(sheet.cells[0][0] or ""))]
    if sizes.keys() == {1}:
        return _one_population(sheet, entries, populations, common)
    if len(populations) != 2 and populations != [""]:
        message = f"{sheet.cells[0][0]!r} stands in the corner of a table of two players; write `row player \\ column player`, or nothing"
        raise GameFileError(message, sheet.place(0, 0))
    first, second = populations if len(populations) == 2 else ("player1", "player2")
    return _made(sheet, lambda: NormalFormGame(entries, {first: rows, second: columns}, **common))


def _one_population(
    sheet: Sheet, entries: Mapping[tuple[str, str], list[sympy.Expr]], corner: list[str], common: Mapping[str, Any]
) -> MatrixGame:
    rows = list(dict.fromkeys(row for row, _ in entries))
    columns = list(dict.fromkeys(column for _, column in entries))
    if set(rows) != set(columns):
        raise GameFileError(
            f"one payoff in each cell is a game inside one population, whose rows and columns have the same names; got rows {', '.join(rows)} "
            f"and columns {', '.join(columns)}. Of two players write both payoffs, as (a, b); where there are no names, add a first row and a first column with them",
            sheet.where,
        )
    if len(set(corner)) > 1:
        message = "two populations need two payoffs in each cell, as (a, b); one population has one name here"
        raise GameFileError(message, sheet.place(0, 0))
    payoffs = [[entries[row, column][0] for column in rows] for row in rows]
    return _made(sheet, lambda: MatrixGame(payoffs, rows, population=corner[0] or "population", **common))


def _made(sheet: Sheet, make: Callable[[], G]) -> G:
    """Return the game; what is wrong with names is told with the file."""
    try:
        return make()
    except CoopgameError as error:
        raise GameFileError(str(error), sheet.where) from error


def _entry(sheet: Sheet, row: int, column: int) -> list[sympy.Expr]:
    """Return the one or two payoffs in a cell."""
    cell = sheet.cells[row][column]
    parts: list[Cell] = [cell]
    if isinstance(cell, str):
        bare = cell.strip()
        if _THOUSANDS.fullmatch(bare) or (_DECIMAL_COMMA.fullmatch(bare) and not sheet.comma_separated):
            message = f"{bare!r} may be one number or two; write (3, 5) for two payoffs, and 3.5 or 1000 for one"
            raise GameFileError(message, sheet.place(row, column))
        parts = list(split_payoffs(bare))
    if len(parts) > 2:
        message = f"{cell!r} has {len(parts)} payoffs; one or two are read. More players need a table with a line for each profile"
        raise GameFileError(message, sheet.place(row, column))
    return [sheet.payoff(row, column, part) for part in parts]


def split_payoffs(text: str) -> list[str]:
    """Return the payoffs that `a, b`, `a; b` or `(a, b)` holds; commas inside functions and brackets do not split.

    >>> split_payoffs("(min(a, b), -c)"), split_payoffs("(a + b)*(c + d)")
    (['min(a, b)', '-c'], ['(a + b)*(c + d)'])
    """
    plain = text.translate(_PLAIN).strip()
    for separator in ";,":
        parts = _at_top(plain, separator)
        if len(parts) > 1:
            return parts
    if plain.startswith("(") and plain.endswith(")"):
        inner = split_payoffs(plain[1:-1])
        if len(inner) > 1 and all(part.count("(") == part.count(")") for part in inner):
            return inner
    return [text]


def _at_top(text: str, separator: str) -> list[str]:
    depth, parts = 0, [""]
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def sheet_of_game(game: Game) -> list[list[str | sympy.Expr]]:
    """Return a game as rows of names and entries: one payoff in a cell as an expression, two as a text.

    Raises UnsupportedError for games that have no payoff table, and for names that would not be read back.
    """
    if isinstance(game, MatrixGame):
        population = game.populations[0]
        rows = [list[str | sympy.Expr]([s, *row]) for s, row in zip(population.strategies, game.payoffs, strict=True)]
        return [[population.name, *population.strategies], *rows]
    if not isinstance(game, NormalFormGame) or len(game.populations) != 2:
        return lines_of_game(game)
    first, second = game.populations
    if any(mark in population.name for population in game.populations for mark in "\\＼"):
        raise UnsupportedError("a backslash in the name of a population separates names in a table; rename it")
    found: list[list[str | sympy.Expr]] = [[f"{first.name} \\ {second.name}", *second.strategies]]
    for row in first.strategies:
        pairs = [game.payoff((row, column)) for column in second.strategies]
        found.append([row, *(f"({', '.join(map(format_expression, pair))})" for pair in pairs)])
    return found


def lines_of_game(game: Game) -> list[list[str | sympy.Expr]]:
    """Return a game as one line for each profile: the strategies, then the payoffs."""
    if not isinstance(game, NormalFormGame):
        raise UnsupportedError(
            f"a {type(game).__name__} has no such table; write a game file (.toml), which holds every game"
        )
    names = [population.name for population in game.populations]
    profiles = product(*(population.strategies for population in game.populations))
    return [[*names, *(f"payoff of {name}" for name in names)], *([*p, *game.payoff(p)] for p in profiles)]
