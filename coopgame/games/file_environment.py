"""The [environment] table of a game file: variables that the shares move and the payoffs feel."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import inf
from typing import Any

from coopgame.errors import CoopgameError, GameFileError
from coopgame.games.declarations import Environment
from coopgame.games.document import Names, number_at, only, path_of, shown, table_at, text_at

_KEYS = ("initial", "rate", "between", "meaning", "zh")


def environment_of(document: Mapping[str, Any], names: Names) -> tuple[Environment, ...]:
    """Return the environment variables of a document, none when it has no such table."""
    found = []
    for name, given in table_at(document, "environment", {}).items():
        path = ("environment", name)
        if not isinstance(given, Mapping):
            message = f'a table is needed, such as {{ initial = 0.5, rate = "n*(1 - n)*x" }}, got {shown(given)}'
            raise GameFileError(message, path_of(*path))
        only(given, _KEYS, *path)
        if "rate" not in given:
            raise GameFileError("the key 'rate' is missing; give the time derivative", path_of(*path))
        rate = names.expression(given["rate"], *path, "rate")
        texts = {key: text_at(given, key, *path) for key in ("meaning", "zh") if key in given}
        try:
            found.append(Environment(name, rate, between=names.environment[name], **texts))
        except CoopgameError as error:
            raise GameFileError(str(error), path_of(*path)) from error
    return tuple(found)


def ranges(document: Mapping[str, Any], kind: str) -> dict[str, tuple[float, float]]:
    """Return the range of every environment variable: what the file gives, else (0, inf) for kind "rates" and (0, 1) for games."""
    usual = (0, inf) if kind == "rates" else (0, 1)
    variables = table_at(document, "environment", {})
    return {
        name: _ends(given["between"], "environment", name)
        if isinstance(given, Mapping) and "between" in given
        else usual
        for name, given in variables.items()
    }


def _ends(ends: Any, *path: str) -> tuple[float, float]:
    if isinstance(ends, list):
        read = [inf if e == Decimal("inf") else number_at(e, *path, "between", i) for i, e in enumerate(ends)]
        for known in ((0, 1), (0, inf)):
            if read == list(known):
                return known
    message = f"an environment variable runs between [0, 1] or [0, inf], got {shown(ends)}; measure it in units of its range"
    raise GameFileError(message, path_of(*path, "between"))


def initial_environment(document: Mapping[str, Any], names: Names) -> dict[str, Fraction]:
    """Return the starts that the table gives, name by name."""
    found = {}
    for name, given in table_at(document, "environment", {}).items():
        if isinstance(given, Mapping) and "initial" in given:
            found[name] = number_at(given["initial"], "environment", name, "initial")
            names.check_start(name, found[name], "environment", name, "initial")
    return found
