"""The document of a game file to a game; every error names the path inside the document."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import islice, product
from math import prod
from typing import Any

import sympy

from coopgame._grammar import FUNCTION_NAMES, GRAMMAR_WORDS
from coopgame.errors import CoopgameError, GameFileError, ParameterError
from coopgame.expressions import Inequality, exact_number, parse_condition, parse_expression, symbols_of
from coopgame.games.game import Game, Parameter, Population
from coopgame.games.matrix import MatrixGame
from coopgame.games.normal_form import NormalFormGame
from coopgame.games.population import PopulationGame

FORMAT = "coopgame-game/1"
PARAMETER_KEYS = ("meaning", "zh", "unit", "value", "range", "assume", "source")
_TOP_KEYS = (
    *("format", "name", "zh", "source", "assumptions", "parameters", "populations", "payoffs", "initial", "labels"),
)
_POPULATION_KEYS = ("name", "zh", "symbol", "strategies")
_DEFAULT_SYMBOLS = ("x", "y", "z", "w", "u", "v")
_MOST_BITS = 1400


def path_of(*parts: str | int) -> str:
    """Return a path inside a document, e.g. `payoffs."inspect, cheat"[1]`."""
    shown = ""
    for part in parts:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            shown += ("." if shown else "") + (part if bare else f'"{part}"')
    return shown


def close_match(key: object, known: Iterable[str]) -> str:
    """Return a hint that names the closest known word, or all of them."""
    known = list(known)
    close = difflib.get_close_matches(str(key), known, 1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known) or 'none'}"


def game_of_document(document: Mapping[str, Any]) -> Game:
    """Return the game that a document describes. Raises GameFileError, with the path inside the document."""
    kinds = ", ".join(_MAKERS)
    if "environment" in document:
        message = f"this version does not read environments; it reads payoffs of the kinds {kinds}, without any"
        raise GameFileError(message, "environment")
    _only(document, _TOP_KEYS)
    if document.get("format") != FORMAT:
        raise GameFileError(f'got {_shown(document.get("format"))}; write format = "{FORMAT}"', "format")
    payoffs = _table(document, "payoffs")
    kind = payoffs.get("kind")
    if kind == "group":
        raise GameFileError(f'this version does not read kind = "group"; it reads {kinds}', "payoffs.kind")
    if not isinstance(kind, str) or kind not in _MAKERS:
        hint = close_match(kind, _MAKERS) if isinstance(kind, str) else f"; known are {kinds}"
        raise GameFileError(f"unknown kind {_shown(kind)}{hint}", "payoffs.kind")
    populations = _populations(document)
    parameters = _parameters(document)
    names = _Names(populations, None if parameters is None else tuple(p.name for p in parameters))
    names.check()
    common: dict[str, Any] = {key: _text(document, key) for key in ("name", "zh", "source") if key in document}
    common |= {"parameters": parameters, "assumptions": _assumptions(document, names)}
    common |= {"initial": _initial(document, names), "labels": _labels(document, populations)}
    entries = {key: value for key, value in payoffs.items() if key != "kind"}
    try:
        return _MAKERS[kind](entries, names, common)
    except GameFileError:
        raise
    except CoopgameError as error:
        raise GameFileError(str(error)) from error


@dataclass(frozen=True)
class _Names:
    """What expressions of a file may speak of; parameters is None where the file has no such table."""

    populations: tuple[Population, ...]
    parameters: tuple[str, ...] | None

    def dotted(self) -> list[str]:
        """Return the `population.strategy` of every strategy."""
        return [f"{p.name}.{s}" for p in self.populations for s in p.strategies]

    def shares(self) -> list[str]:
        """Return the names of the coordinates; those that the game will choose itself are among them."""
        named: list[str] = []
        for p in self.populations:
            if len(p.strategies) != 2:
                named += [f"{p.name}.{s}" for s in p.strategies]
            else:
                named += [p.symbol] if p.symbol else [s for s in _DEFAULT_SYMBOLS if s not in (self.parameters or ())]
        return list(dict.fromkeys(named))

    def check(self) -> None:
        """Refuse populations of one name, and symbols that are also something else."""
        seen: dict[str, str] = {}
        owner: dict[str, str] = {}
        for number, p in enumerate(self.populations):
            if p.name in seen:
                message = f"{p.name!r} is also the name of {seen[p.name]}; rename one of them"
                raise GameFileError(message, path_of("populations", number, "name"))
            seen[p.name] = path_of("populations", number)
            at = path_of("populations", number, "symbol")
            if p.symbol is None:
                continue
            if len(p.strategies) != 2:
                message = f"a symbol is the share of the first of two strategies; {p.name!r} has {len(p.strategies)}"
                raise GameFileError(f"{message}, whose shares are {p.name}.{p.strategies[0]}, …: leave it out", at)
            _check_identifier(p.symbol, "symbol", at)
            if p.symbol in owner:
                message = f"symbol {p.symbol!r} of population {p.name!r} is also that of population"
                raise GameFileError(f"{message} {owner[p.symbol]!r}; give each its own", at)
            owner[p.symbol] = p.name
        for name in self.parameters or ():
            if name in owner:
                message = f"parameter {name!r} has the name of the symbol {name!r} of population {owner[name]!r}"
                raise GameFileError(f"{message}; rename one of them", path_of("parameters", name))

    def expression(self, value: Any, *path: str | int) -> sympy.Expr:
        """Return the payoff that stands at a path."""
        at = path_of(*path)
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise GameFileError(f"a payoff is a number or an expression in quotes, got {_shown(value)}", at)
        if not isinstance(value, str):
            value = str(_number(value, *path))
        try:
            found = parse_expression(value, names=self.dotted())
        except CoopgameError as error:
            raise GameFileError(str(error), at) from error
        self.check_known(symbols_of(found), at)
        return found

    def check_known(self, used: Iterable[str], at: str) -> None:
        """Refuse names that are neither declared parameters nor coordinates."""
        if self.parameters is None:
            return
        known = [*self.parameters, *self.shares(), *self.dotted()]
        for name in sorted(set(used) - set(known)):
            hint = f"{close_match(name, known)}; a new parameter needs a line in [parameters]"
            raise GameFileError(f"unknown parameter {name!r}{hint}", at)


def _populations(document: Mapping[str, Any]) -> tuple[Population, ...]:
    given = document.get("populations")
    if not isinstance(given, list) or not given or not all(isinstance(p, Mapping) for p in given):
        raise GameFileError("at least one [[populations]] table is needed", "populations")
    found = []
    for number, table in enumerate(given):
        path = ("populations", number)
        _only(table, _POPULATION_KEYS, *path)
        strategies = table.get("strategies")
        if not isinstance(strategies, list) or not all(isinstance(s, str) for s in strategies):
            message = f'a list of strategy names is needed, such as ["cooperate", "defect"], got {_shown(strategies)}'
            raise GameFileError(message, path_of(*path, "strategies"))
        optional = {key: _text(table, key, *path) for key in ("symbol", "zh") if key in table}
        name = _text(table, "name", *path)
        try:
            found.append(Population(name, tuple(strategies), **optional))
        except CoopgameError as error:
            raise GameFileError(str(error), path_of(*path)) from error
    return tuple(found)


def _parameters(document: Mapping[str, Any]) -> list[Parameter] | None:
    if "parameters" not in document:
        return None
    table = _table(document, "parameters")
    return [_parameter(name, given) for name, given in table.items()]


def _parameter(name: str, given: Any) -> Parameter:
    path = ("parameters", name)
    at = path_of(*path)
    _check_identifier(name, "parameter", at)
    if not isinstance(given, Mapping):
        raise GameFileError(f"a table is needed, such as {{ value = 1 }}, got {_shown(given)}", at)
    _only(given, PARAMETER_KEYS, *path)
    fields: dict[str, Any] = {key: _text(given, key, *path) for key in given if key not in ("value", "range")}
    if "value" in given:
        fields["value"] = _number(given["value"], *path, "value")
    if "range" in given:
        ends = given["range"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise GameFileError(f"two numbers are needed, such as [0, 1], got {_shown(ends)}", f"{at}.range")
        fields["range"] = tuple(_number(end, *path, "range", i) for i, end in enumerate(ends))
    try:
        parameter = Parameter(name, **fields)
    except CoopgameError as error:
        raise GameFileError(str(error), at) from error
    try:
        parameter.inequalities()
    except CoopgameError as error:
        raise GameFileError(str(error), f"{at}.assume") from error
    return parameter


def _assumptions(document: Mapping[str, Any], names: _Names) -> list[str]:
    texts = document.get("assumptions", [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        message = f'a list of texts is needed, such as ["F > c", "g < F"], got {_shown(texts)}'
        raise GameFileError(message, "assumptions")
    for number, text in enumerate(texts):
        at = path_of("assumptions", number)
        try:
            found: tuple[Inequality, ...] = parse_condition(text)
        except CoopgameError as error:
            raise GameFileError(str(error), at) from error
        used = {name for i in found for name in symbols_of(i.left) | symbols_of(i.right)}
        shares = sorted(used & {p.symbol for p in names.populations if p.symbol})
        if shares:
            raise GameFileError(f"{shares[0]!r} is a share; assumptions speak of parameters only", at)
        names.check_known(used, at)
    return texts


def _initial(document: Mapping[str, Any], names: _Names) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for key, given in _table(document, "initial", {}).items():
        # firm.comply = 0.5 without quotes is a table inside the table
        nested = isinstance(given, Mapping)
        for strategy, value in given.items() if nested else [(None, given)]:
            coordinate = key if strategy is None else f"{key}.{strategy}"
            path = ("initial", key) if strategy is None else ("initial", key, strategy)
            if coordinate not in names.shares():
                hint = close_match(coordinate, names.shares())
                raise GameFileError(f"{coordinate!r} is not a coordinate{hint}", path_of(*path))
            found[coordinate] = _number(value, *path)
            if not 0 <= found[coordinate] <= 1:
                raise GameFileError(f"a share lies between 0 and 1, got {found[coordinate]}", path_of(*path))
    for p in names.populations:
        shares = [found.get(f"{p.name}.{s}") for s in p.strategies] if len(p.strategies) != 2 else []
        given = [share for share in shares if share is not None]
        if given and (len(given) < len(shares) or sum(given) != 1):
            message = f"the shares of population {p.name!r} must be given for all strategies and sum to 1"
            raise GameFileError(f"{message}; got {len(given)} of {len(shares)} with sum {sum(given)}", "initial")
    return found


def _labels(document: Mapping[str, Any], populations: Sequence[Population]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in (table := _table(document, "labels", {})):
        profile = ", ".join(_profile(key, populations, "labels"))
        label = _text(table, key, "labels")
        if profile in found or label in found.values():
            raise GameFileError(f"the profile or its label {label!r} stands twice; keep one", path_of("labels", key))
        found[profile] = label
    return found


def _profile(key: str, populations: Sequence[Population], *path: str) -> tuple[str, ...]:
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
