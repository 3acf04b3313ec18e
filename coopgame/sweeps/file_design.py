"""The points that a sweep file describes: grid, lists side by side, random and quasi-random points, random starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import CoopgameError, GameFileError
from coopgame.games.document import close_match, number_at, only, path_of, shown, table_at, text_at
from coopgame.sweeps.designs import Design, grid, paired, quasi_random, random_points, random_states

if TYPE_CHECKING:
    from coopgame.games.game import Game

_AXIS_KEYS = ("from", "to", "points", "spacing")
_RANGE_KEYS = ("from", "to")
_NORMAL_KEYS = ("mean", "deviation")
_PAIRED_KEYS = ("dim", "over")
_SAMPLE_KEYS = ("method", "points", "seed", "dim", "over")
_START_KEYS = ("points", "seed", "dim", "concentration")
_MOST_POINTS = 10**9
METHODS = ("random", "sobol", "halton", "latin hypercube")


def design_of(document: Mapping[str, Any], game: Game, seed: int, names: Sequence[str]) -> Design:
    """Return the design of a document: every combination of its parts. Raises GameFileError with the path inside the document."""
    parts: list[Design] = []
    if "over" in document:
        over = table_at(document, "over")
        _check_names(over, names, "over")
        axes = {name: _axis(given, "over", name) for name, given in over.items()}
        parts.append(_made(lambda: grid(axes), "over"))
    for key, make in (("paired", _paired), ("samples", _sample), ("starts", _starts)):
        for number, table in enumerate(_tables(document, key)):
            parts.append(make(table, game, seed, names, key, number))
    if not parts:
        raise GameFileError("the sweep has no points; write a table [over], such as F = [1, 2, 3]", "over")
    whole = parts[0]
    for number, part in enumerate(parts[1:], 1):
        whole = _made(lambda: whole * part, f"part {number + 1} of the design")  # noqa: B023 - called at once
    if len(whole) > _MOST_POINTS:
        raise GameFileError(
            f"the design has {len(whole)} points, at most {_MOST_POINTS} are taken; make it coarser", "over"
        )
    return whole


def whole_at(value: Any, least: int, *path: str | int) -> int:
    """Return a whole number of the document that is at least so large."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise GameFileError(f"a whole number of at least {least} is needed, got {shown(value)}", path_of(*path))
    return value


def _tables(document: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = document.get(key, [])
    if not isinstance(found, list) or not all(isinstance(table, Mapping) for table in found):
        raise GameFileError(f"tables [[{key}]] are needed, got {shown(found)}", key)
    return found


def _made(make: Callable[[], Design], at: str) -> Design:
    try:
        return make()
    except GameFileError:
        raise
    except CoopgameError as error:
        raise GameFileError(str(error), at) from error


def _check_names(table: Mapping[str, Any], names: Sequence[str], *path: str | int) -> None:
    if not table:
        raise GameFileError("the table is empty; give at least one name with its numbers", path_of(*path))
    for name in table:
        if name not in names:
            raise GameFileError(
                f"unknown parameter or share {name[:60]!r}{close_match(name, names)}", path_of(*path, name)
            )


def _axis(given: Any, *path: str | int) -> Any:
    """Return the numbers of one name: a list, or equally spaced ones between two ends."""
    if isinstance(given, list):
        numbers = [number_at(value, *path, place) for place, value in enumerate(given)]
        whole = all(isinstance(value, int) for value in given)
        return [int(number) if whole else float(number) for number in numbers]
    if not isinstance(given, Mapping):
        raise GameFileError(
            f"a list such as [0, 1, 2] or a table such as {{ from = 0, to = 10, points = 101 }} is needed, got {shown(given)}; one fixed "
            "number belongs into [values]",
            path_of(*path),
        )
    only(given, _AXIS_KEYS, *path)
    low, high = _ends(given, *path)
    count = whole_at(_needed(given, "points", *path), 2, *path, "points")
    spacing = text_at(given, "spacing", *path) if "spacing" in given else "linear"
    if spacing == "linear":
        step = (high - low) / (count - 1)
        return [
            float(low + k * step) for k in range(count)
        ]  # exact, then rounded once: 0.3 and not 0.30000000000000004
    if spacing != "geometric":
        known = close_match(spacing, ("linear", "geometric"))
        raise GameFileError(f"unknown spacing {spacing[:60]!r}{known}", path_of(*path, "spacing"))
    if low <= 0:
        raise GameFileError(f"geometric spacing needs ends above 0, got {low}", path_of(*path, "from"))
    return np.geomspace(float(low), float(high), count)


def _needed(table: Mapping[str, Any], key: str, *path: str | int) -> Any:
    if key not in table:
        raise GameFileError(f"the key {key!r} is missing", path_of(*path))
    return table[key]


def _ends(table: Mapping[str, Any], *path: str | int) -> tuple[Fraction, Fraction]:
    low, high = (number_at(_needed(table, key, *path), *path, key) for key in _RANGE_KEYS)
    if not low < high:
        raise GameFileError(f"from = {low} must be less than to = {high}", path_of(*path))
    return low, high


def _paired(table: Mapping[str, Any], game: Game, seed: int, names: Sequence[str], *path: str | int) -> Design:
    only(table, _PAIRED_KEYS, *path)
    over = table_at(table, "over", path=_texts(path))
    _check_names(over, names, *path, "over")
    columns = {name: _axis(given, *path, "over", name) for name, given in over.items()}
    dim = text_at(table, "dim", *path) if "dim" in table else "case"
    return _made(lambda: paired(columns, dim), path_of(*path))


def _texts(path: tuple[str | int, ...]) -> tuple[str, ...]:
    return tuple(str(part) for part in path)


def _sample(table: Mapping[str, Any], game: Game, seed: int, names: Sequence[str], *path: str | int) -> Design:
    only(table, _SAMPLE_KEYS, *path)
    over = table_at(table, "over", path=_texts(path))
    _check_names(over, names, *path, "over")
    ranges = {name: _range(given, *path, "over", name) for name, given in over.items()}
    count = whole_at(_needed(table, "points", *path), 1, *path, "points")
    own = whole_at(table.get("seed", seed), 0, *path, "seed")
    dim = text_at(table, "dim", *path) if "dim" in table else "sample"
    method = text_at(table, "method", *path) if "method" in table else METHODS[0]
    if method not in METHODS:
        raise GameFileError(f"unknown method {method[:60]!r}{close_match(method, METHODS)}", path_of(*path, "method"))
    if method == METHODS[0]:
        return _made(lambda: random_points(ranges, count, own, dim), path_of(*path))
    from scipy.stats import qmc

    sequence = {"sobol": qmc.Sobol, "halton": qmc.Halton, "latin hypercube": qmc.LatinHypercube}[method]
    return _made(lambda: quasi_random(ranges, count, own, sequence, dim), path_of(*path))


def _range(given: Any, *path: str | int) -> Any:
    """Return a range, or a normal distribution."""
    if not isinstance(given, Mapping):
        message = "a table such as { from = 0, to = 10 } or { mean = 1, deviation = 0.1 } is needed"
        raise GameFileError(f"{message}, got {shown(given)}", path_of(*path))
    if not set(given) & set(_NORMAL_KEYS):
        only(given, _RANGE_KEYS, *path)
        low, high = _ends(given, *path)
        return float(low), float(high)
    only(given, _NORMAL_KEYS, *path)
    from scipy import stats

    mean, deviation = (number_at(_needed(given, key, *path), *path, key) for key in _NORMAL_KEYS)
    if deviation <= 0:
        raise GameFileError(f"a number above 0 is needed, got {deviation}", path_of(*path, "deviation"))
    return stats.norm(float(mean), float(deviation))


def _starts(table: Mapping[str, Any], game: Game, seed: int, names: Sequence[str], *path: str | int) -> Design:
    only(table, _START_KEYS, *path)
    count = whole_at(_needed(table, "points", *path), 1, *path, "points")
    own = whole_at(table.get("seed", seed), 0, *path, "seed")
    dim = text_at(table, "dim", *path) if "dim" in table else "start"
    given: int | Decimal = table.get("concentration", 1)
    concentration = float(number_at(given, *path, "concentration"))
    return _made(lambda: random_states(game, count, own, dim, concentration), path_of(*path))
