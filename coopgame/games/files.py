"""Game files: TOML text to games and back, exactly."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import tomli_w

from coopgame.errors import AssumptionError, CoopgameError, ExpressionError, GameError, GameFileError, ParameterError
from coopgame.expressions import exact_number, format_expression, parse_condition, parse_expression
from coopgame.games.game import Game, Parameter, Population
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.population import PopulationGame

FORMAT = "coopgame-game/1"
KINDS = ("profiles", "matrix", "bimatrix", "strategies", "advantages")
_LATER_KINDS = ("group",)
_TOP_KEYS = ("format", "name", "zh", "source", "assumptions", "parameters", "populations", "payoffs", "initial", "labels")
_PARAMETER_KEYS = ("meaning", "zh", "unit", "value", "range", "assume", "source")
_POPULATION_KEYS = ("name", "zh", "symbol", "strategies")
_MOST_BYTES = 2_000_000


def read_game(path: str | Path) -> Game:
    """Return the game that a file describes; GameFileError names what is wrong and where."""
    file = Path(path)
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise GameFileError(f"the file has {file.stat().st_size} bytes; game files of up to {_MOST_BYTES} are read", str(file))
        text = file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise GameFileError("there is no such file; check the path", str(file)) from None
    except UnicodeDecodeError as error:
        raise GameFileError(f"not UTF-8 text ({error.reason} at byte {error.start}); save it as UTF-8", str(file)) from None
    except OSError as error:
        raise GameFileError(f"cannot be read: {error.strerror}", str(file)) from None
    return parse_game(text, str(file))


def parse_game(text: str, where: str = "<text>") -> Game:
    """Return the game that a TOML text describes; `where` is how errors call the text."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise GameFileError(f"not TOML: {error}", where) from None
    try:
        return _Reader(document).game()
    except GameFileError as error:
        raise GameFileError(str(error), where) from None
    except (GameError, ParameterError, AssumptionError, ExpressionError) as error:
        raise GameFileError(str(error), where) from error


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def game(self) -> Game:
        document = self.document
        if "environment" in document:
            raise GameFileError("environment variables are not read by this version; leave the table out", "environment")
        _only(document, _TOP_KEYS, "")
        if document.get("format") != FORMAT:
            raise GameFileError(f"format is {document.get('format')!r}; write format = {FORMAT!r}", "format")
        populations = self._populations()
        payoffs = _table(document, "payoffs")
        kind = payoffs.get("kind")
        if kind in _LATER_KINDS:
            raise GameFileError(f"kind = {kind!r} is not read by this version; it reads {', '.join(KINDS)}", "payoffs.kind")
        if kind not in KINDS:
            raise GameFileError(f"kind is {kind!r}; it is one of {', '.join(KINDS)}{_close(kind, KINDS)}", "payoffs.kind")
        common = self._common()
        entries = {key: value for key, value in payoffs.items() if key != "kind"}
        makers: dict[str, Callable[..., Game]] = {
            "profiles": _profiles,
            "matrix": _matrix,
            "bimatrix": _bimatrix,
            "strategies": _strategies,
            "advantages": _advantages,
        }
        return makers[kind](entries, populations, common)

    def _common(self) -> dict[str, Any]:
        document = self.document
        common: dict[str, Any] = {key: _text(document, key, key) for key in ("name", "zh", "source") if key in document}
        assumptions = document.get("assumptions", [])
        if not isinstance(assumptions, list) or not all(isinstance(text, str) for text in assumptions):
            raise GameFileError("a list of texts is needed, such as ['F > c', 'g < F']", "assumptions")
        for number, text in enumerate(assumptions):
            parse_condition(text, f"assumptions[{number}]")
        common["assumptions"] = assumptions
        common["initial"] = {
            key: _number(value, f"initial.{key}") for key, value in _table(document, "initial", {}).items()
        }
        common["labels"] = {key: _text(self.document["labels"], key, f"labels.{key}") for key in document.get("labels", {})}
        if "parameters" in document:
            table = _table(document, "parameters")
            common["parameters"] = [self._parameter(name, table[name]) for name in table]
        return common

    def _parameter(self, name: str, given: Any) -> Parameter:
        at = f"parameters.{name}"
        if not isinstance(given, Mapping):
            raise GameFileError(f"a table is needed, such as {{ value = {given!r} }}", at)
        if not name.isidentifier():
            raise GameFileError(f"{name!r} is not an identifier; use letters, digits and _", at)
        _only(given, _PARAMETER_KEYS, at)
        fields = {key: _text(given, key, f"{at}.{key}") for key in given if key not in ("value", "range")}
        if "value" in given:
            fields["value"] = _number(given["value"], f"{at}.value")
        if "range" in given:
            ends = given["range"]
            if not isinstance(ends, list) or len(ends) != 2:
                raise GameFileError("two numbers are needed, such as [0, 1]", f"{at}.range")
            fields["range"] = tuple(_number(end, f"{at}.range") for end in ends)
        try:
            parameter = Parameter(name, **fields)
            parameter.inequalities()
        except CoopgameError as error:
            raise GameFileError(str(error), at) from None
        return parameter

    def _populations(self) -> tuple[Population, ...]:
        given = self.document.get("populations")
        if not isinstance(given, list) or not given or not all(isinstance(p, Mapping) for p in given):
            raise GameFileError("at least one [[populations]] table is needed", "populations")
        found = []
        for number, table in enumerate(given):
            at = f"populations[{number}]"
            _only(table, _POPULATION_KEYS, at)
            strategies = table.get("strategies")
            if not isinstance(strategies, list) or not all(isinstance(s, str) for s in strategies):
                raise GameFileError("a list of strategy names is needed", f"{at}.strategies")
            optional = {key: _text(table, key, f"{at}.{key}") for key in ("symbol", "zh") if key in table}
            if "symbol" in optional and not optional["symbol"].isidentifier():
                raise GameFileError(f"{optional['symbol']!r} is not an identifier", f"{at}.symbol")
            try:
                found.append(Population(_text(table, "name", f"{at}.name"), tuple(strategies), **optional))
            except GameError as error:
                raise GameFileError(str(error), at) from None
        return tuple(found)


def _only(table: Mapping[str, Any], known: Iterable[str], at: str) -> None:
    for key in table:
        if key not in known:
            raise GameFileError(f"unknown key {key!r}{_close(key, known)}", f"{at}.{key}" if at else key)


def _close(key: Any, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(str(key), list(known), 1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"


def _table(document: Mapping[str, Any], key: str, default: Any = None) -> Mapping[str, Any]:
    table = document.get(key, default)
    if not isinstance(table, Mapping):
        raise GameFileError(f"a table [{key}] is needed", key)
    return table


def _text(table: Mapping[str, Any], key: str, at: str) -> str:
    value = table.get(key)
    if not isinstance(value, str):
        raise GameFileError(f"a text is needed, got {value!r}", at)
    return value


def _number(value: Any, at: str) -> Fraction:
    try:
        return exact_number(value)
    except ParameterError as error:
        raise GameFileError(str(error), at) from None


def _payoff(value: Any, at: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise GameFileError(f"a payoff is a number or an expression in quotes, got {value!r}", at)
    try:
        return parse_expression(value)
    except CoopgameError as error:
        raise GameFileError(str(error), at) from None


def _rows(value: Any, at: str) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise GameFileError('a list of rows is needed, such as [["b - c", "-c"], ["b", "0"]]', at)
    return [[_payoff(v, f"{at}[{i}][{j}]") for j, v in enumerate(row)] for i, row in enumerate(value)]


def _profiles(entries: Mapping[str, Any], populations: Sequence[Population], common: Mapping[str, Any]) -> Game:
    table = {}
    for key, row in entries.items():
        at = f'payoffs."{key}"'
        if not isinstance(row, list) or len(row) != len(populations):
            raise GameFileError(f"{len(populations)} payoffs are needed, one per population, got {row!r}", at)
        profile = tuple(part.strip() for part in key.split(","))
        if profile in table:
            raise GameFileError("the profile stands twice; keep one", at)
        table[profile] = [_payoff(value, f"{at}[{i}]") for i, value in enumerate(row)]
    return NormalFormGame(table, populations, **common)


def _matrix(entries: Mapping[str, Any], populations: Sequence[Population], common: Mapping[str, Any]) -> Game:
    _only(entries, ("rows",), "payoffs")
    if len(populations) != 1:
        raise GameFileError(f"kind = 'matrix' is played in one population, got {len(populations)}", "populations")
    return MatrixGame(_rows(entries.get("rows"), "payoffs.rows"), population=populations[0], **common)


def _bimatrix(entries: Mapping[str, Any], populations: Sequence[Population], common: Mapping[str, Any]) -> Game:
    _only(entries, ("row", "column"), "payoffs")
    if len(populations) != 2:
        raise GameFileError(f"kind = 'bimatrix' is played by two populations, got {len(populations)}", "populations")
    row, column = (_rows(entries.get(key), f"payoffs.{key}") for key in ("row", "column"))
    for key, rows in (("row", row), ("column", column)):
        wanted = [len(populations[1].strategies)] * len(populations[0].strategies)
        if [len(r) for r in rows] != wanted:
            raise GameFileError(f"{len(wanted)} rows of {wanted[0]} payoffs are needed", f"payoffs.{key}")
    return NormalFormGame.from_bimatrix(row, column, populations, **common)


def _strategies(entries: Mapping[str, Any], populations: Sequence[Population], common: Mapping[str, Any]) -> Game:
    table: dict[str, dict[str, Any]] = {}
    for name, row in entries.items():
        if not isinstance(row, Mapping):
            raise GameFileError("payoffs by strategy are needed, such as firm.comply = 'b - c'", f"payoffs.{name}")
        table[name] = {s: _plain(value, f"payoffs.{name}.{s}") for s, value in row.items()}
    return PopulationGame(table, populations, **common)


def _advantages(entries: Mapping[str, Any], populations: Sequence[Population], common: Mapping[str, Any]) -> Game:
    table = {symbol: _plain(value, f"payoffs.{symbol}") for symbol, value in entries.items()}
    return PopulationGame.from_advantages(table, populations, **common)


def _plain(value: Any, at: str) -> Any:
    """Return a payoff as it stands: free payoffs may name shares with a dot, which the game reads itself."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise GameFileError(f"a payoff is a number or an expression in quotes, got {value!r}", at)
    return value


def write_game(game: Game, path: str | Path) -> None:
    """Write a game to a file that read_game reads back to an equal game."""
    Path(path).write_text(game_to_toml(game), encoding="utf-8")


def game_to_toml(game: Game) -> str:
    """Return a game as the text of a game file."""
    document: dict[str, Any] = {"format": FORMAT, "name": game.name}
    document |= {key: value for key, value in (("zh", game.zh), ("source", game.source)) if value is not None}
    document["assumptions"] = list(game.assumption_texts)
    document["parameters"] = {p.name: _parameter_table(p) for p in game.parameters}
    document["populations"] = [_population_table(p) for p in game.populations]
    document["payoffs"] = _payoffs_table(game)
    if game.initial:
        document["initial"] = {key: _number_text(value) for key, value in game.initial}
    if game.labels:
        document["labels"] = dict(game.labels)
    return tomli_w.dumps(document, multiline_strings=False)


def _number_text(value: Fraction) -> int | str:
    return int(value) if value.denominator == 1 else str(value)


def _parameter_table(parameter: Parameter) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for key in _PARAMETER_KEYS:
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
    return table


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
    raise GameError(f"{type(game).__name__} has no game file form")
