"""What a study is given and gives back, and how the studies of a folder are loaded and run."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import ClaimsError
from coopgame.report.claims import Fact
from coopgame.report.tables import Table

if TYPE_CHECKING:
    from coopgame.games.game import Game

_LOG = logging.getLogger("coopgame")
_PACKAGE = "_coopgame_studies"
VERDICTS = (
    "holds always",
    "holds iff",
    "fails",
    "built in",
    "depends on the model",
    "numerical only",
    "untestable",
)


@dataclass(frozen=True)
class ClaimResult:
    """What a study found about a claim.

    verdict: one of VERDICTS, with its completion (`holds iff q < A - v`, `built in: k > 0`, `untestable: why`).
    detail: the finding in a few sentences. evidence: proofs, witnesses, measured shares, one text each. figures:
    file name without ending -> matplotlib Figure. tables: file name without ending -> Table, or a list of records
    (mappings). captions: file name -> caption.

    Raises ClaimsError when the verdict is not in the vocabulary, or a file name is not plain.
    """

    verdict: str
    detail: str = ""
    evidence: Sequence[str] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.verdict.startswith(VERDICTS):
            raise ClaimsError(
                f"verdict {self.verdict!r} is not one of: {', '.join(VERDICTS)} (each may be completed, e.g. "
                "'holds iff q < A - v', 'built in: k > 0')"
            )
        for name in (*self.figures, *self.tables):
            if not name.replace("_", "").replace("-", "").isalnum() or not name.isascii():
                raise ClaimsError(f"{name!r} is not a plain file name; use letters, digits, '-' and '_'")
        evidence = (self.evidence,) if isinstance(self.evidence, str) else tuple(self.evidence)
        object.__setattr__(self, "evidence", evidence)
        tables = {n: t if isinstance(t, Table) else Table.from_records(t) for n, t in self.tables.items()}
        object.__setattr__(self, "tables", tables)


def _silent(text: str) -> None:
    """Take a progress text and do nothing."""


@dataclass(frozen=True)
class StudyContext:
    """What a study is given.

    folder: the folder of the claims; output: where the report goes; facts: the facts by id; language: `en` or
    `zh`, the wanted language of figure labels; cache: results shared by the studies of one run, keyed by name
    (`cached` fills it); progress: called with a short text before long work.
    """

    folder: Path
    output: Path
    seed: int = 0
    language: str = "en"
    facts: Mapping[str, Fact] = field(default_factory=dict)
    cache: dict[str, Any] = field(default_factory=dict)
    progress: Callable[[str], None] = field(default=_silent, repr=False)

    def game(self, name: str) -> Game:
        """Return the game of FOLDER/models/NAME.toml, read once per run."""
        from coopgame.games.files import read_game

        path = self.folder / "models" / f"{name}.toml"
        game: Game = self.cached(f"models/{name}.toml", lambda: read_game(path))
        return game

    def cached(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return what the cache holds under a name; computes and stores it the first time."""
        if name not in self.cache:
            self.cache[name] = compute()
        return self.cache[name]

    def rng(self, *key: str | int) -> np.random.Generator:
        """Return a random generator that depends on the seed and the key, not on the order of the studies."""
        words = [zlib.crc32(str(part).encode("utf-8")) for part in key]
        return np.random.default_rng([self.seed, *words])


class StudyFailure(ClaimsError):
    """A study raised an error or gave back something else than a ClaimResult."""


@contextmanager
def study_modules(folder: Path) -> Iterator[None]:
    """Make FOLDER/studies importable as a private package while the context is open.

    The studies are the user's own programs and run with the user's rights, as any Python script does. Only files
    of FOLDER/studies are imported, under the names that claims.toml gives; studies share code by relative imports
    (`from .common import ...`). `sys.path` stays as it is.
    """
    studies = folder / "studies"
    _forget()
    initial = studies / "__init__.py"
    if initial.is_file():
        where = [str(studies)]
        spec = importlib.util.spec_from_file_location(_PACKAGE, initial, submodule_search_locations=where)
    else:
        spec = ModuleSpec(_PACKAGE, None, is_package=True)
        spec.submodule_search_locations = [str(studies)]
    if spec is None:
        raise ClaimsError(f"{initial} cannot be imported as a Python package")
    package = importlib.util.module_from_spec(spec)
    sys.modules[_PACKAGE] = package
    importlib.invalidate_caches()
    try:
        if spec.loader is not None:
            spec.loader.exec_module(package)
        yield
    finally:
        _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name == _PACKAGE or name.startswith(f"{_PACKAGE}.")]:
        del sys.modules[name]


def run_study(study: str, context: StudyContext) -> ClaimResult:
    """Return what the study `module:function` finds; call it inside `study_modules`.

    Raises StudyFailure, with the error of the study as its cause, whatever goes wrong in it.
    """
    module_name, function_name = study.split(":")
    path = context.folder / "studies" / f"{module_name}.py"
    if not path.is_file():
        raise StudyFailure(f"study {study}: there is no file studies/{module_name}.py")
    try:
        module = importlib.import_module(f"{_PACKAGE}.{module_name}")
        function = getattr(module, function_name, None)
        if not callable(function):
            raise StudyFailure(f"study {study}: studies/{module_name}.py has no function {function_name!r}")
        result = function(context)
    except StudyFailure:
        raise
    except Exception as error:  # whatever a user's program raises belongs in the report, under its claim
        _LOG.debug("study %s failed", study, exc_info=True)
        message = " ".join(str(error).split()).replace(str(context.folder), ".")  # reports name no machine's paths
        raise StudyFailure(f"study {study}: {type(error).__name__}: {message}") from error
    if not isinstance(result, ClaimResult):
        raise StudyFailure(f"study {study} must return a ClaimResult, it returned {type(result).__name__}")
    return result
