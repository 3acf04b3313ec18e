"""The measure that a sweep file names: one of those that are built in, with its settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from coopgame.analysis.regimes import find_regimes
from coopgame.batch.engine import BatchOptions
from coopgame.dynamics.field import VectorField
from coopgame.errors import CoopgameError, GameFileError
from coopgame.games.document import close_match, number_at, path_of, shown, text_at
from coopgame.sweeps import measures
from coopgame.sweeps.measure import Measure

_TOGETHER = "together"
_OF_THE_FILE = (
    "dynamics",
    "game",
    "regimes",
    "values",
    "initial",
    "rng",
    "options",
)  # other parts of the file give these
_TOLERANCE = "tolerance"  # stands for options.tolerance


def built_in() -> dict[str, Callable[..., Measure]]:
    """Return the built-in measures that a file can name, by name."""
    found = {name: getattr(measures, name) for name in measures.__all__}
    return {name: value for name, value in found.items() if inspect.isfunction(value) and name != _TOGETHER}


@dataclass(frozen=True, eq=False)
class Common:
    """What a file says beside its measures, which each of them takes as far as it has use for it."""

    dynamics: VectorField
    values: Mapping[str, Any]
    initial: Mapping[str, Any] | None
    seed: int

    def subject(self, wanted: str) -> Any:
        """Return what a measure is of: the dynamics, the game, or the regimes of the game."""
        if wanted == "regimes":
            return find_regimes(self.dynamics.game)
        return self.dynamics.game if wanted == "game" else self.dynamics


def measure_of(given: Any, common: Common) -> Measure:
    """Return the measure of the key `measure` of a document: a name, a table with a name, or a list of tables.

    Raises GameFileError, with the path inside the document.
    """
    if not isinstance(given, list):
        return _one(given, common, "measure")
    if not given:
        raise GameFileError(f"the list is empty; known are {', '.join(built_in())}", "measure")
    found = [_one(one, common, "measure", place) for place, one in enumerate(given)]
    if len(found) == 1:
        return found[0]
    try:
        return measures.together(*found)
    except CoopgameError as error:
        raise GameFileError(str(error), "measure") from error


def _one(given: Any, common: Common, *path: str | int) -> Measure:
    known = built_in()
    if isinstance(given, str):
        given = {"name": given}
    if not isinstance(given, Mapping):
        raise GameFileError(f"a name or a table with a name is needed, got {shown(given)}", path_of(*path))
    name = text_at(given, "name", *path).strip().replace(" ", "_").replace("-", "_")
    if name not in known:
        raise GameFileError(f"unknown measure {name[:60]!r}{close_match(name, known)}", path_of(*path))
    accepted = inspect.signature(known[name]).parameters
    settings = _settings(given, accepted, *path)
    beside = {"values": dict(common.values), "initial": common.initial, "rng": common.seed}
    beside = {key: value for key, value in beside.items() if key in accepted}
    try:
        return known[name](common.subject(next(iter(accepted))), **beside, **settings)
    except CoopgameError as error:
        raise GameFileError(str(error), path_of(*path)) from error


def _settings(
    given: Mapping[str, Any], accepted: Mapping[str, inspect.Parameter], *path: str | int
) -> dict[str, Any]:
    """Return the arguments of a measure."""
    known = {key: parameter for key, parameter in accepted.items() if key not in _OF_THE_FILE}
    words = [*known, *([_TOLERANCE] if "options" in accepted else [])]
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key == "name":
            continue
        if key not in words:
            raise GameFileError(f"unknown key {key[:60]!r}{close_match(key, ['name', *words])}", path_of(*path, key))
        if key == _TOLERANCE:
            found["options"] = _options(value, *path, key)
        else:
            found[key] = _setting(value, known[key].default, *path, key)
    for key, parameter in known.items():
        if parameter.default is parameter.empty and key not in found:
            raise GameFileError(f"the key {key!r} is missing; this measure needs it", path_of(*path))
    return found


def _options(value: Any, *path: str | int) -> BatchOptions:
    try:
        return BatchOptions(tolerance=float(number_at(value, *path)))
    except GameFileError:
        raise
    except CoopgameError as error:
        raise GameFileError(str(error), path_of(*path)) from error


def _setting(value: Any, default: Any, *path: str | int) -> Any:
    """Return a value of the document as Python, of the same kind as the default where there is one."""
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise GameFileError(f"true or false is needed, got {shown(value)}", path_of(*path))
        return value
    if isinstance(default, int):
        if isinstance(value, bool) or not isinstance(value, int):
            raise GameFileError(f"a whole number is needed, got {shown(value)}", path_of(*path))
        return value
    return float(number_at(value, *path)) if isinstance(default, float) else plain(value)


def plain(value: Any) -> Any:
    """Return a value of a document with decimals as floats."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value
