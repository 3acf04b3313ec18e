"""The [payoffs] table of a game file to a game, one reader for each kind; errors name the path inside the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from math import comb, prod
from typing import Any

import sympy

from coopgame.errors import GameFileError
from coopgame.games.declarations import Population
from coopgame.games.document import Names, close_match, only, path_of, shown, table_at
from coopgame.games.game import Game
from coopgame.games.group import SIZE, GroupGame, checked_size, counters, entries_needed
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.population import PopulationGame
from coopgame.games.rate_model import RateModel


def profile_at(key: str, populations: Sequence[Population], *path: str) -> tuple[str, ...]:
    """Return the pure profile that a key writes, one strategy per population."""
    profile = tuple(part.strip() for part in key.split(","))
    at = path_of(*path, key)
    if len(profile) != len(populations):
        message = f"{len(populations)} strategies are needed, one per population, joined by commas"
        raise GameFileError(f"{message}, got {len(profile)}", at)
    for name, p in zip(profile, populations, strict=True):
        if name not in p.strategies:
            hint = close_match(name, p.strategies)
            raise GameFileError(f"{name!r} is not a strategy of population {p.name!r}{hint}", at)
    return profile


def _profiles(entries: Mapping[str, Any], names: Names, common: Mapping[str, Any]) -> Game:
    table: dict[tuple[str, ...], list[sympy.Expr]] = {}
    for key, row in entries.items():
        profile = profile_at(key, names.populations, "payoffs")
        if not isinstance(row, list) or len(row) != len(names.populations):
            message = f"{len(names.populations)} payoffs are needed, one per population, got {shown(row)}"
            raise GameFileError(message, path_of("payoffs", key))
        if profile in table:
            raise GameFileError("the profile stands twice; keep one line", path_of("payoffs", key))
        table[profile] = [names.expression(value, "payoffs", key, i) for i, value in enumerate(row)]
    count = prod(len(p.strategies) for p in names.populations)
    if len(table) < count:
        # there may be very many: never list them all
        profiles = (", ".join(p) for p in product(*(p.strategies for p in names.populations)) if p not in table)
        missing = "; ".join(f'"{profile}"' for profile in islice(profiles, 5))
        more = f" and {count - len(table) - 5} more" if count - len(table) > 5 else ""
        raise GameFileError(f"no payoffs for {missing}{more}; give every profile a line", "payoffs")
    return NormalFormGame(table, names.populations, **common)


def _rows(value: Any, names: Names, shape: tuple[int, int], *path: str | int) -> list[list[sympy.Expr]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        message = f'a list of rows is needed, such as [["b - c", "-c"], ["b", "0"]], got {shown(value)}'
        raise GameFileError(message, path_of(*path))
    if len(value) != shape[0]:
        message = f"{shape[0]} rows are needed, one per row strategy, got {len(value)}"
        raise GameFileError(message, path_of(*path))
    for i, row in enumerate(value):
        if len(row) != shape[1]:
            message = f"{shape[1]} payoffs are needed, one per column strategy, got {len(row)}"
            raise GameFileError(message, path_of(*path, i))
    return [[names.expression(v, *path, i, j) for j, v in enumerate(row)] for i, row in enumerate(value)]


def _matrix(entries: Mapping[str, Any], names: Names, common: Mapping[str, Any]) -> Game:
    only(entries, ("rows",), "payoffs")
    if len(names.populations) != 1:
        message = f'kind = "matrix" is played in one population, got {len(names.populations)}'
        raise GameFileError(f'{message}; for two write kind = "bimatrix"', "populations")
    size = len(names.populations[0].strategies)
    rows = _rows(entries.get("rows"), names, (size, size), "payoffs", "rows")
    return MatrixGame(rows, population=names.populations[0], **common)


def _bimatrix(entries: Mapping[str, Any], names: Names, common: Mapping[str, Any]) -> Game:
    only(entries, ("row", "column"), "payoffs")
    if len(names.populations) != 2:
        message = f'kind = "bimatrix" is played by two populations, got {len(names.populations)}'
        raise GameFileError(f'{message}; for more write kind = "profiles"', "populations")
    shape = (len(names.populations[0].strategies), len(names.populations[1].strategies))
    row, column = (_rows(entries.get(key), names, shape, "payoffs", key) for key in ("row", "column"))
    return NormalFormGame.from_bimatrix(row, column, names.populations, **common)


def _complete(entries: Mapping[str, Any], known: Sequence[str], what: str, *path: str) -> None:
    only(entries, known, *path)
    missing = [name for name in known if name not in entries]
    if missing:
        raise GameFileError(f"no payoff for {what} {', '.join(map(repr, missing))}; add a line", path_of(*path))


def _strategies(entries: Mapping[str, Any], names: Names, common: Mapping[str, Any]) -> Game:
    _complete(entries, [p.name for p in names.populations], "population", "payoffs")
    table: dict[str, dict[str, sympy.Expr]] = {}
    for p in names.populations:
        row = table_at(entries, p.name, path=("payoffs",))
        _complete(row, p.strategies, "strategy", "payoffs", p.name)
        table[p.name] = {s: names.expression(row[s], "payoffs", p.name, s) for s in p.strategies}
    return PopulationGame(table, names.populations, **common)


def _advantages(entries: Mapping[str, Any], names: Names, common: Mapping[str, Any]) -> Game:
    for number, p in enumerate(names.populations):
        if len(p.strategies) != 2 or p.symbol is None:
            message = f'kind = "advantages" needs two strategies and a symbol; population {p.name!r} has not'
            raise GameFileError(message, path_of("populations", number))
    symbols = [str(p.symbol) for p in names.populations]
    _complete(entries, symbols, "symbol", "payoffs")
    table = {symbol: names.expression(entries[symbol], "payoffs", symbol) for symbol in symbols}
    return PopulationGame.from_advantages(table, names.populations, **common)


def _group(entries: Mapping[str, Any], names: Names, common: Mapping[str, Any]) -> Game:
    if len(names.populations) != 1 or len(names.populations[0].strategies) < 2:
        message = 'kind = "group" is played in one population of two or more strategies'
        raise GameFileError(f'{message}; for others write kind = "strategies"', "populations")
    only(entries, (SIZE, "integers", "payoff"), "payoffs")
    group = names.populations[0]
    size = _whole_at(entries.get(SIZE), "payoffs", SIZE)
    checked_size(size)
    integers = {
        key: _whole_at(value, "payoffs", "integers", key)
        for key, value in table_at(entries, "integers", {}, ("payoffs",)).items()
    }
    for name in (*counters(group), SIZE, *integers):
        if name in (names.parameters or ()):
            message = f"{name!r} is also a whole number of the group; rename one of them"
            raise GameFileError(message, path_of("parameters", name))
    if names.parameters is not None:
        names = replace(names, parameters=(*names.parameters, *counters(group), SIZE, *integers))
    rules = table_at(entries, "payoff", path=("payoffs",))
    _complete(rules, group.strategies, "strategy", "payoffs", "payoff")
    payoffs: dict[str, Any] = {}
    for s in group.strategies:
        path = ("payoffs", "payoff", s)
        if not isinstance(rules[s], list):
            payoffs[s] = names.expression(rules[s], *path)
            continue
        if len(rules[s]) != comb(size + len(group.strategies) - 2, len(group.strategies) - 1):
            message = f"{entries_needed(size, group.strategies)}, got {len(rules[s])}"
            raise GameFileError(message, path_of(*path))
        payoffs[s] = [names.expression(value, *path, k) for k, value in enumerate(rules[s])]
    return GroupGame(payoffs, size, integers=integers, population=group, **common)


def _rates(entries: Mapping[str, Any], names: Names, common: Mapping[str, Any]) -> Game:
    only(entries, (), "payoffs")
    if not names.environment:
        message = 'kind = "rates" needs a table [environment], such as N = { rate = "r*N*(1 - N/K)" }'
        raise GameFileError(message, "environment")
    return RateModel(common["environment"], **{key: v for key, v in common.items() if key != "environment"})


def _whole_at(value: Any, *path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise GameFileError(f"a whole number is needed, got {shown(value)}", path_of(*path))
    return value


MAKERS: dict[str, Callable[[Mapping[str, Any], Names, Mapping[str, Any]], Game]] = {
    "profiles": _profiles,
    "matrix": _matrix,
    "bimatrix": _bimatrix,
    "strategies": _strategies,
    "advantages": _advantages,
    "group": _group,
    "rates": _rates,
}
