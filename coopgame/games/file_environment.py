"""The [environment] table of a game file: variables that the shares move and the payoffs feel."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
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
        _check_ends(given, *path)
        if "rate" not in given:
            raise GameFileError("the key 'rate' is missing; give the time derivative", path_of(*path))
        rate = names.expression(given["rate"], *path, "rate")
        texts = {key: text_at(given, key, *path) for key in ("meaning", "zh") if key in given}
        try:
            found.append(Environment(name, rate, **texts))
        except CoopgameError as error:
            raise GameFileError(str(error), path_of(*path)) from error
    return tuple(found)


def _check_ends(given: Mapping[str, Any], *path: str) -> None:
    if "between" not in given:
        return
    ends = given["between"]
    if not isinstance(ends, list) or [number_at(end, *path, "between", i) for i, end in enumerate(ends)] != [0, 1]:
        message = f"an environment variable runs between [0, 1], got {shown(ends)}; measure it in units of its range"
        raise GameFileError(message, path_of(*path, "between"))


def initial_environment(document: Mapping[str, Any]) -> dict[str, Fraction]:
    """Return the starts that the table gives, name by name."""
    found = {}
    for name, given in table_at(document, "environment", {}).items():
        if isinstance(given, Mapping) and "initial" in given:
            found[name] = number_at(given["initial"], "environment", name, "initial")
            if not 0 <= found[name] <= 1:
                at = path_of("environment", name, "initial")
                raise GameFileError(f"an environment variable lies between 0 and 1, got {found[name]}", at)
    return found
