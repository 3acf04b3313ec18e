"""Sweep files: a TOML text beside a game file to what is swept, over which points, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from coopgame.errors import CoopgameError, GameFileError
from coopgame.games.document import close_match, number_at, only, path_of, shown, table_at, text_at
from coopgame.games.files import read_game, text_of, toml_document
from coopgame.games.game import Game
from coopgame.sweeps.designs import Design
from coopgame.sweeps.file_design import design_of, whole_at
from coopgame.sweeps.file_dynamics import dynamics_of
from coopgame.sweeps.file_measure import Common, measure_of
from coopgame.sweeps.measure import Measure
from coopgame.sweeps.sweep import sweep

if TYPE_CHECKING:
    import xarray

FORMAT = "coopgame-sweep/1"
_KEYS = ("format", "game", "dynamics", "seed", "measure", "values", "initial", "over", "paired", "samples", "starts")


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """What a sweep file says: a measure, the points at which it is computed, and the seed of random numbers.

    text: of the file; it goes into the result, so that the sweep can be made again.
    """

    measure: Measure = field(repr=False)
    design: Design
    seed: int
    game: Game = field(repr=False)
    text: str = field(repr=False)

    def __len__(self) -> int:
        return len(self.design)

    def run(self, **options: Any) -> xarray.Dataset:
        """Return the result of the sweep; options are those of `sweep`, such as workers."""
        result = sweep(self.measure, self.design, rng=self.seed, **options)
        return result.assign_attrs(sweep_file=self.text)

    def __str__(self) -> str:
        return f"{self.measure.name} of {self.game.name or 'a game'} at {self.design}"


def read_sweep(path: str | Path | IO[str] | IO[bytes]) -> SweepPlan:
    '''Return the plan that a sweep file describes; the path of the game in it counts from the folder of the file.

    Raises GameFileError, which names the file, the path inside the document, and what is accepted there.

    >>> import tempfile
    >>> from coopgame import MatrixGame, read_sweep
    >>> text = """format = "coopgame-sweep/1"
    ... game = "hunt.toml"
    ... measure = "final shares"
    ... over = { b = [1, 2, 3], x = { from = 0.1, to = 0.9, points = 5 } }"""
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     MatrixGame([["b", 0], [0, 1]], symbol="x").write(f"{folder}/hunt.toml")
    ...     _ = Path(folder, "sweep.toml").write_text(text, encoding="utf-8")
    ...     plan = read_sweep(f"{folder}/sweep.toml")
    >>> plan.design.shape, plan.run().sizes["b"]
    ((3, 5), 3)
    '''
    folder = Path(path).parent if isinstance(path, str | Path) else Path()
    text, where = text_of(path)
    return parse_sweep(text, where, folder)


def parse_sweep(text: str, where: str = "<text>", folder: str | Path = ".") -> SweepPlan:
    """Return the plan that a TOML text describes; `where` is how errors call the text, `folder` that of the game.

    Raises GameFileError; its `where` is the path inside the document.
    """
    document = toml_document(text, where)
    try:
        return _plan(document, Path(folder), text)
    except GameFileError as error:
        told = GameFileError(str(error), where)
        told.where = error.where
        raise told from error


def _plan(document: Mapping[str, Any], folder: Path, text: str) -> SweepPlan:
    only(document, _KEYS)
    if document.get("format") != FORMAT:
        raise GameFileError(f'got {shown(document.get("format"))}; write format = "{FORMAT}"', "format")
    game = read_game(folder / text_at(document, "game"))
    dynamics = dynamics_of(document.get("dynamics", "replicator"), game)
    seed = whole_at(document.get("seed", 0), 0, "seed")
    values = _values(document, game)
    initial = _initial(document)
    if "measure" not in document:
        raise GameFileError("the key 'measure' is missing; write for instance measure = \"final_shares\"", "measure")
    names = list(dict.fromkeys([*game.ring.names, *game.coordinates, *_entries(game)]))
    design = design_of(document, game, seed, names)
    twice = sorted(set(values) & set(design.names))
    if twice:
        raise GameFileError(f"{twice[0]} is also swept over; keep one of them", path_of("values", twice[0]))
    measure = measure_of(document["measure"], Common(dynamics, values, initial, seed))
    try:
        measure.check(design.names)
    except CoopgameError as error:
        raise GameFileError(str(error)) from error
    return SweepPlan(measure, design, seed, game, text)


def _entries(game: Game) -> list[str]:
    """Return the shares of all strategies by their long names."""
    return [f"{p.name}.{s}" for p in game.populations for s in p.strategies]


def _values(document: Mapping[str, Any], game: Game) -> dict[str, Fraction]:
    table = table_at(document, "values", {})
    for name in table:
        if name not in game.ring.names:
            known = close_match(name, game.ring.names)
            raise GameFileError(f"unknown parameter {name[:60]!r}{known}", path_of("values", name))
    return {name: number_at(value, "values", name) for name, value in table.items()}


def _initial(document: Mapping[str, Any]) -> dict[str, float] | None:
    """Return the fixed start; None where the file has none, for that of the game."""
    if "initial" not in document:
        return None
    found: dict[str, float] = {}
    for key, given in table_at(document, "initial").items():
        if isinstance(given, Mapping):  # firm.comply = 0.5 without quotes is a table inside the table
            found |= {f"{key}.{s}": float(number_at(value, "initial", key, s)) for s, value in given.items()}
        else:
            found[key] = float(number_at(given, "initial", key))
    return found
