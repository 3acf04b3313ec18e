"""The document of a game file to a game; every error names the path inside the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from coopgame.algebra.assumptions import Assumptions
from coopgame.algebra.polynomials import Ring
from coopgame.errors import CoopgameError, GameFileError
from coopgame.expressions import Inequality, parse_condition, symbols_of
from coopgame.games.declarations import Parameter, Population
from coopgame.games.document import (
    Names,
    close_match,
    identifier_at,
    number_at,
    only,
    path_of,
    shown,
    table_at,
    text_at,
)
from coopgame.games.file_environment import environment_of, initial_environment, ranges
from coopgame.games.file_payoffs import MAKERS, profile_at
from coopgame.games.game import Game

FORMAT = "coopgame-game/1"
PARAMETER_KEYS = ("meaning", "zh", "unit", "value", "range", "assume", "source")
_TOP_KEYS = (
    "format",
    "name",
    "zh",
    "source",
    "assumptions",
    "parameters",
    "populations",
    "payoffs",
    "environment",
    "initial",
    "labels",
)
_POPULATION_KEYS = ("name", "zh", "symbol", "strategies", "strategies_zh")


def game_of_document(document: Mapping[str, Any]) -> Game:
    """Return the game that a document describes. Raises GameFileError, with the path inside the document."""
    kinds = ", ".join(MAKERS)
    only(document, _TOP_KEYS)
    if document.get("format") != FORMAT:
        raise GameFileError(f'got {shown(document.get("format"))}; write format = "{FORMAT}"', "format")
    payoffs = table_at(document, "payoffs")
    kind = payoffs.get("kind")
    if not isinstance(kind, str) or kind not in MAKERS:
        hint = close_match(kind, MAKERS) if isinstance(kind, str) else f"; known are {kinds}"
        raise GameFileError(f"unknown kind {shown(kind)}{hint}", "payoffs.kind")
    populations = _no_populations(document) if kind == "rates" else _populations(document)
    parameters = _parameters(document)
    declared = None if parameters is None else tuple(p.name for p in parameters)
    names = Names(kind, populations, declared, ranges(document, kind))
    names.check()
    common: dict[str, Any] = {key: text_at(document, key) for key in ("name", "zh", "source") if key in document}
    common |= {"parameters": parameters, "assumptions": _assumptions(document, names, parameters or [])}
    common |= {
        "initial": _initial(document, names) | initial_environment(document, names),
        "labels": _labels(document, populations),
    }
    common |= {"environment": environment_of(document, names)}
    entries = {key: value for key, value in payoffs.items() if key != "kind"}
    try:
        return MAKERS[kind](entries, names, common)
    except GameFileError:
        raise
    except CoopgameError as error:
        raise GameFileError(str(error)) from error
    except OverflowError as error:
        raise GameFileError("a number is beyond 1e308 in absolute value; choose other units") from error


def _no_populations(document: Mapping[str, Any]) -> tuple[Population, ...]:
    if "populations" in document:
        message = (
            'kind = "rates" is a model of quantities alone; leave the populations out, or choose a kind with payoffs'
        )
        raise GameFileError(message, "populations")
    return ()


def _populations(document: Mapping[str, Any]) -> tuple[Population, ...]:
    given = document.get("populations")
    if not isinstance(given, list) or not given or not all(isinstance(p, Mapping) for p in given):
        raise GameFileError("at least one [[populations]] table is needed", "populations")
    found = []
    for number, table in enumerate(given):
        path = ("populations", number)
        only(table, _POPULATION_KEYS, *path)
        strategies = _strategy_names(table, "strategies", *path)
        optional: dict[str, Any] = {key: text_at(table, key, *path) for key in ("symbol", "zh") if key in table}
        if "strategies_zh" in table:
            optional["strategies_zh"] = _strategy_names(table, "strategies_zh", *path)
        name = text_at(table, "name", *path)
        try:
            found.append(Population(name, strategies, **optional))
        except CoopgameError as error:
            raise GameFileError(str(error), path_of(*path)) from error
    return tuple(found)


def _strategy_names(table: Mapping[str, Any], key: str, *path: str | int) -> tuple[str, ...]:
    names = table.get(key)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        message = f'a list of strategy names is needed, such as ["cooperate", "defect"], got {shown(names)}'
        raise GameFileError(message, path_of(*path, key))
    return tuple(names)


def _parameters(document: Mapping[str, Any]) -> list[Parameter] | None:
    if "parameters" not in document:
        return None
    table = table_at(document, "parameters")
    return [_parameter(name, given) for name, given in table.items()]


def _parameter(name: str, given: Any) -> Parameter:
    path = ("parameters", name)
    at = path_of(*path)
    identifier_at(name, "parameter", *path)
    if not isinstance(given, Mapping):
        raise GameFileError(f"a table is needed, such as {{ value = 1 }}, got {shown(given)}", at)
    only(given, PARAMETER_KEYS, *path)
    fields: dict[str, Any] = {key: text_at(given, key, *path) for key in given if key not in ("value", "range")}
    if "value" in given:
        fields["value"] = number_at(given["value"], *path, "value")
    if "range" in given:
        ends = given["range"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise GameFileError(f"two numbers are needed, such as [0, 1], got {shown(ends)}", f"{at}.range")
        fields["range"] = tuple(number_at(end, *path, "range", i) for i, end in enumerate(ends))
    try:
        parameter = Parameter(name, **fields)
    except CoopgameError as error:
        raise GameFileError(str(error), at) from error
    try:
        parameter.inequalities()
    except CoopgameError as error:
        raise GameFileError(str(error), f"{at}.assume") from error
    return parameter


def _assumptions(document: Mapping[str, Any], names: Names, parameters: Sequence[Parameter]) -> list[str]:
    texts = document.get("assumptions", [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        message = f'a list of texts is needed, such as ["F > c", "g < F"], got {shown(texts)}'
        raise GameFileError(message, "assumptions")
    stated = [inequality for parameter in parameters for inequality in parameter.inequalities()]
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
        stated += found
    _check_bounds(stated)
    return texts


def _check_bounds(stated: Sequence[Inequality]) -> None:
    """Refuse an empty interval for a single parameter; the game itself looks at the assumptions together."""
    named = {name for i in stated for name in symbols_of(i.left) | symbols_of(i.right)}
    try:
        together = Assumptions(Ring(sorted(named)), stated)
        bounds = {name: together.bounds(name) for name in sorted(named)}
    except CoopgameError as error:
        raise GameFileError(str(error), "assumptions") from error
    for name, (low, high) in bounds.items():
        if low is not None and high is not None and low > high:
            message = f"{name} is assumed to be at least {low} and at most {high}; correct `assume`, `range`"
            raise GameFileError(f"{message} or `assumptions`", path_of("parameters", name))


def _initial(document: Mapping[str, Any], names: Names) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for key, given in table_at(document, "initial", {}).items():
        # firm.comply = 0.5 without quotes is a table inside the table
        nested = isinstance(given, Mapping)
        for strategy, value in given.items() if nested else [(None, given)]:
            coordinate = key if strategy is None else f"{key}.{strategy}"
            path = ("initial", key) if strategy is None else ("initial", key, strategy)
            if coordinate not in names.shares():
                hint = close_match(coordinate, names.shares())
                raise GameFileError(f"{coordinate!r} is not a coordinate{hint}", path_of(*path))
            found[coordinate] = number_at(value, *path)
            names.check_start(coordinate, found[coordinate], *path)
    for p in names.populations:
        shares = [found.get(f"{p.name}.{s}") for s in p.strategies] if len(p.strategies) != 2 else []
        total = sum(share for share in shares if share is not None)
        if total > 1 or (shares and None not in shares and total != 1):
            message = f"the shares of population {p.name!r} sum to {total}, not 1; divide by the sum first"
            raise GameFileError(message, path_of("initial", p.name))
    return found


def _labels(document: Mapping[str, Any], populations: Sequence[Population]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in (table := table_at(document, "labels", {})):
        profile = ", ".join(profile_at(key, populations, "labels"))
        label = text_at(table, key, "labels")
        if profile in found or label in found.values():
            raise GameFileError(f"the profile or its label {label!r} stands twice; keep one", path_of("labels", key))
        found[profile] = label
    return found
