"""The document of an audit file to what it claims; every error names the path inside the document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coopgame.analysis.auditing.entries import EntryReader, Path_, optional_text, tables_at
from coopgame.analysis.published import (
    FORMAT,
    Published,
)
from coopgame.errors import GameFileError
from coopgame.games.document import identifier_at, only, path_of, shown, text_at
from coopgame.games.files import read_game
from coopgame.games.game import Game

_TOP = (
    "format",
    "title",
    "source",
    "note",
    "game",
    "coordinates",
    "values",
    "complete",
    "points",
    "cases",
    "outcomes",
    "effects",
)
_CASE = ("name", "source", "note", "values", "if", "complete", "points", "outcomes")
_FEWEST_POPULATIONS, _MOST_POPULATIONS = 2, 5


def published_of_document(document: Mapping[str, Any], folder: Path) -> Published:
    """Return what a document claims. Raises GameFileError, with the path inside the document."""
    if document.get("format") != FORMAT:
        raise GameFileError(f'got {shown(document.get("format"))}; write format = "{FORMAT}"', "format")
    only(document, _TOP)
    game = _game(document, folder)
    reader = EntryReader(game, _coordinates(document) if game is None else game.coordinates)
    values = reader.values(document, None)
    groups = [reader.group(document, "", (), values, None)]
    for number, table in enumerate(tables_at(document, "cases")):
        path: Path_ = ("cases", number)
        only(table, _CASE, *path)
        name = optional_text(table, "name", *path) or f"case {number + 1}"
        when = reader.premise(table, *path)
        groups.append(reader.group(table, name, path, reader.values(table, values, *path), when))
    effects = tuple(reader.effect(t, n, values) for n, t in enumerate(tables_at(document, "effects")))
    if not effects and not any(group.points or group.outcomes for group in groups):
        raise GameFileError("nothing is claimed; add [[points]], [[cases]], [[outcomes]] or [[effects]]")
    kept = tuple(group for group in groups if group.points or group.outcomes)
    title = optional_text(document, "title") or (game.name if game else "")
    return Published(title, optional_text(document, "source"), game, reader.coordinates, kept, effects)


def _game(document: Mapping[str, Any], folder: Path) -> Game | None:
    if ("game" in document) == ("coordinates" in document):
        raise GameFileError(
            'either game = "FILE.toml" is needed, or, where no payoffs are known, coordinates = ["x", "y"]', "game"
        )
    if "game" not in document:
        return None
    name = text_at(document, "game")
    try:
        return read_game(folder / name)
    except GameFileError as error:
        raise GameFileError(str(error), "game") from error


def _coordinates(document: Mapping[str, Any]) -> tuple[str, ...]:
    names = document["coordinates"]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        message = f'a list of names is needed, one for each population, such as ["x", "y"], got {shown(names)}'
        raise GameFileError(message, "coordinates")
    for number, name in enumerate(names):
        identifier_at(name, "coordinate", "coordinates", number)
        if name in names[:number]:
            raise GameFileError(
                f"{name!r} stands twice; give each population its own", path_of("coordinates", number)
            )
    if len(names) < _FEWEST_POPULATIONS:
        raise GameFileError(
            "one population plays against itself; without payoffs at least two are needed", "coordinates"
        )
    if len(names) > _MOST_POPULATIONS:
        raise GameFileError(
            f"{len(names)} populations; without payoffs at most {_MOST_POPULATIONS} are examined", "coordinates"
        )
    return tuple(names)
