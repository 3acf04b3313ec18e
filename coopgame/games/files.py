"""Game files: TOML text to games and back, exactly; files of other programs by the end of their name."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import inf
from pathlib import Path
from typing import IO, Any, cast

import tomli_w

from coopgame.errors import GameError, GameFileError
from coopgame.expressions import format_expression
from coopgame.games.declarations import Environment, Parameter, Population
from coopgame.games.file_reader import FORMAT, PARAMETER_KEYS, game_of_document
from coopgame.games.game import Game
from coopgame.games.group import GroupGame
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.population import PopulationGame
from coopgame.games.rate_model import RateModel
from coopgame.games.substitution import with_numbers

TABLE_SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm")
_INSTEAD = {".xls": ".xlsx", ".ods": ".xlsx", ".gbt": ".nfg", ".agg": ".nfg", ".bagg": ".nfg"}
# a game of five populations with three strategies each needs a twentieth of this
_MOST_BYTES = 1_000_000
# the time that tomllib takes for a dotted key grows with the square of its length
_LONGEST_LINE = 25_000
_MOST_DOTS = 2_000


def read_game(path: str | Path | IO[str] | IO[bytes], *, encoding: str = "utf-8") -> Game:
    """Return the game that a file, or an open stream, describes.

    The name of the file tells what it is: .nfg of Gambit (`parse_nfg`), .csv, .tsv or .xlsx with a payoff table (`read_payoff_table`), and
    everything else, streams too, a game file in TOML. encoding: of text; "gb18030" for what Excel in Chinese writes as plain CSV.

    Raises GameFileError, which names the file, the place inside it, and what is accepted there.
    """
    suffix = Path(path).suffix.lower() if isinstance(path, str | Path) else ""
    if suffix in TABLE_SUFFIXES:
        from coopgame.games.spreadsheets import read_payoff_table

        return read_payoff_table(cast("str | Path", path), encoding=encoding)
    if suffix in (".nfg", ".efg"):
        from coopgame.games.nfg import EXTENSIVE, parse_nfg

        if suffix == ".efg":
            raise GameFileError(EXTENSIVE, str(path))
        return parse_nfg(*text_of(path, encoding))
    if suffix in _INSTEAD:
        raise GameFileError(f"files {suffix} are not read; save it as {_INSTEAD[suffix]}", str(path))
    return parse_game(*text_of(path, encoding))


def text_of(path: str | Path | IO[str] | IO[bytes], encoding: str = "utf-8") -> tuple[str, str]:
    """Return the text of a file or an open stream, and how errors call it. Raises GameFileError."""
    if not isinstance(path, str | Path):
        content = path.read(_MOST_BYTES + 1)
        if isinstance(content, str):
            return _decoded(content.encode("utf-8", "surrogatepass"), "<stream>", "utf-8")
        return _decoded(content, "<stream>", encoding)
    file = Path(path)
    try:
        with file.open("rb") as stream:
            return _decoded(stream.read(_MOST_BYTES + 1), str(path), encoding)
    except FileNotFoundError:
        raise GameFileError("there is no such file; check the path", str(path)) from None
    except (OSError, ValueError) as error:
        if isinstance(error, GameFileError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise GameFileError(f"cannot be read ({reason}); give the path of a game file", str(path)) from None


def _decoded(content: bytes, where: str, encoding: str) -> tuple[str, str]:
    if len(content) > _MOST_BYTES:
        raise GameFileError(f"more than {_MOST_BYTES} bytes; game files are smaller", where)
    try:
        name = codecs.lookup(encoding).name
        return content.decode("utf-8-sig" if name == "utf-8" else name), where
    except LookupError:
        raise GameFileError(f"{encoding!r} is no encoding of text; gb18030 and utf-8 are", where) from None
    except UnicodeDecodeError as error:
        told = f"not {'UTF-8' if name == 'utf-8' else name} text ({error.reason} at byte {error.start})"
        raise GameFileError(f"{told}; save it as UTF-8{_other_encoding(content, name)}", where) from None


def _other_encoding(content: bytes, name: str) -> str:
    """Return what may help to read text that is no UTF-8: Excel writes CSV in the encoding of the system."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ', or give encoding="utf-16", which its first bytes say'
    pairs = re.search(rb"[\xb0-\xf7][\xa1-\xfe]", content)  # where the usual Chinese characters stand
    guess = ', or give encoding="gb18030": it may be Chinese in GBK, which Excel writes as "CSV"'
    return f'{guess}; "CSV UTF-8" in Excel\'s list of formats is UTF-8' if pairs and name == "utf-8" else ""


def parse_game(text: str, where: str = "<text>") -> Game:
    """Return the game that a TOML text describes; `where` is how errors call the text.

    Raises GameFileError; its `where` is the path inside the document.

    >>> game = parse_game('''
    ... format = "coopgame-game/1"
    ... populations = [{ name = "shop", strategies = ["keep", "cut"] }]
    ... payoffs = { kind = "matrix", rows = [["b - c", "-c"], ["b", 0.1]] }''')
    >>> [parameter.name for parameter in game.parameters], game.payoffs[1][1]
    (['b', 'c'], 1/10)
    """
    document = toml_document(text, where)
    try:
        return game_of_document(document)
    except GameFileError as error:
        told = GameFileError(str(error), where)
        told.where = error.where
        raise told from error


def toml_document(text: str, where: str) -> dict[str, Any]:
    """Return the document of a TOML text, decimals as they are written; GameFileError for what cannot be read safely."""
    if not isinstance(text, str):
        raise GameFileError(f"got {type(text).__name__}, the text of a game file is needed", where)
    if len(text) > _MOST_BYTES:
        raise GameFileError(f"more than {_MOST_BYTES} characters; game files are smaller", where)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _LONGEST_LINE or line.count(".") > _MOST_DOTS:
            message = f"line {number} has more than {_LONGEST_LINE} characters or {_MOST_DOTS} dots; break it up"
            raise GameFileError(message, where)
    surrogate = next((i for i, character in enumerate(text) if "\ud800" <= character <= "\udfff"), None)
    if surrogate is not None:
        raise GameFileError(f"half a character (a lone surrogate) at position {surrogate}; take it out", where)
    try:
        return tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except RecursionError:
        raise GameFileError("not TOML: lists or tables nest too deep", where) from None
    except ValueError as error:
        raise GameFileError(f"not TOML: {error}", where) from None


def write_game(game: Game, path: str | Path, values: Mapping[str, Any] | None = None) -> None:
    """Write a game to a file, in the form that the name of the file tells as in read_game.

    A game file in TOML is read back to an equal game; values are put in first. Payoffs in an .nfg file are exact fractions at values of all
    parameters. Tables (.csv, .tsv, .xlsx) keep symbols, but no assumptions or meanings (`write_payoff_table`).
    """
    suffix = Path(path).suffix.lower()
    if suffix in TABLE_SUFFIXES:
        from coopgame.games.spreadsheets import write_payoff_table

        write_payoff_table(game, path, values)
        return
    if suffix in (".efg", *_INSTEAD):
        raise GameFileError(f"files {suffix} are not written; take {_INSTEAD.get(suffix, '.nfg')}", str(path))
    if suffix == ".nfg":
        from coopgame.games.nfg import game_to_nfg

        write_text(game_to_nfg(game, values), path)
    else:
        write_text(game_to_toml(with_numbers(game, values or {})), path)


def write_text(text: str, path: str | Path) -> None:
    """Write a text as UTF-8. Raises GameFileError."""
    try:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise GameFileError(f"cannot be written ({error.strerror})", str(path)) from None


def game_to_toml(game: Game) -> str:
    """Return a game as the text of a game file."""
    document: dict[str, Any] = {"format": FORMAT, "name": game.name}
    document |= {key: value for key, value in (("zh", game.zh), ("source", game.source)) if value is not None}
    document["assumptions"] = list(game.assumption_texts)
    document["parameters"] = {p.name: _parameter_table(p) for p in game.parameters}
    if game.populations:
        document["populations"] = [_population_table(p) for p in game.populations]
    document["payoffs"] = _payoffs_table(game)
    initial = {key: _number_text(value) for key, value in game.initial}
    if game.environment:
        document["environment"] = {e.name: _environment_table(e, initial.pop(e.name, None)) for e in game.environment}
    if initial:
        document["initial"] = initial
    if game.labels:
        document["labels"] = dict(game.labels)
    return tomli_w.dumps(document, multiline_strings=False)


def _number_text(value: Fraction) -> int | str:
    return int(value) if value.denominator == 1 else str(value)


def _parameter_table(parameter: Parameter) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key in PARAMETER_KEYS:
        value = getattr(parameter, key)
        if value is None:
            continue
        if key == "value":
            value = _number_text(value)
        elif key == "range":
            value = [_number_text(end) for end in value]
        table[key] = value
    return table


def _population_table(population: Population) -> dict[str, Any]:
    table: dict[str, Any] = {"name": population.name}
    table |= {key: v for key, v in (("zh", population.zh), ("symbol", population.symbol)) if v is not None}
    table["strategies"] = list(population.strategies)
    if population.strategies_zh is not None:
        table["strategies_zh"] = list(population.strategies_zh)
    return table


def _environment_table(variable: Environment, initial: int | str | None) -> dict[str, Any]:
    between = [0, 1] if variable.bounded else [0, inf]
    table = {"initial": initial, "rate": format_expression(variable.rate), "between": between}
    table |= {"meaning": variable.meaning, "zh": variable.zh}
    return {key: value for key, value in table.items() if value is not None}


def _payoffs_table(game: Game) -> dict[str, Any]:
    if isinstance(game, MatrixGame):
        return {"kind": "matrix", "rows": [[format_expression(entry) for entry in row] for row in game.payoffs]}
    if isinstance(game, NormalFormGame):
        lines = {", ".join(p): [format_expression(u) for u in game.payoff(p)] for p in game.profiles}
        return {"kind": "profiles", **lines}
    if isinstance(game, PopulationGame) and game.from_differences:
        rows = zip(game.populations, game.payoffs, strict=True)
        return {"kind": "advantages", **{str(p.symbol): format_expression(row[0]) for p, row in rows}}
    if isinstance(game, PopulationGame):
        table: dict[str, Any] = {"kind": "strategies"}
        for p, row in zip(game.populations, game.payoffs, strict=True):
            table[p.name] = {s: format_expression(u) for s, u in zip(p.strategies, row, strict=True)}
        return table
    if isinstance(game, GroupGame):
        return _group_table(game)
    if isinstance(game, RateModel):
        return {"kind": game.kind}
    raise GameError(f"{type(game).__name__} has no game file form")


def _group_table(game: GroupGame) -> dict[str, Any]:
    table: dict[str, Any] = {"kind": "group", "size": game.size}
    if game.integers:
        table["integers"] = dict(game.integers)
    table["payoff"] = {
        s: [format_expression(entry) for entry in rule] if isinstance(rule, tuple) else format_expression(rule)
        for s, rule in zip(game.populations[0].strategies, game.rules, strict=True)
    }
    return table
