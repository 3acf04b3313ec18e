"""Runs the studies of a folder of claims and writes its report."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.errors import ClaimsError
from coopgame.report.claims import NOT_YET_MODELLED, Claim, ClaimsFile, Compatible, Fact, read_claims
from coopgame.report.tables import Table

if TYPE_CHECKING:
    from coopgame.games.game import Game

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

    verdict: one of VERDICTS, with its completion (`holds iff q < A - v`, `built in: k > 0`, `untestable: why`);
    detail: the finding in a few sentences; evidence: proofs, witnesses, measured shares, one text each; figures:
    file name without ending -> matplotlib Figure; tables: file name without ending -> Table or list of records;
    captions: file name -> caption.

    Raises ClaimsError when the verdict is not in the vocabulary.
    """

    verdict: str
    detail: str
    evidence: Sequence[str] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.verdict.startswith(VERDICTS):
            raise ClaimsError(f"verdict {self.verdict!r} is not one of: {', '.join(VERDICTS)} (each may be completed)")
        object.__setattr__(self, "evidence", (self.evidence,) if isinstance(self.evidence, str) else tuple(self.evidence))
        tables = {n: t if isinstance(t, Table) else Table.from_records(t) for n, t in self.tables.items()}
        object.__setattr__(self, "tables", tables)


@dataclass(frozen=True)
class StudyContext:
    """What a study is given: the folder, the seed, the facts, and a cache shared by all studies of one run.

    cache: results that several studies need, keyed by name; `cached` fills it. language: `en` or `zh`, the wanted
    language of figure labels. progress: call it with a short text before long work.
    """

    folder: Path
    output: Path
    seed: int = 0
    language: str = "en"
    facts: Mapping[str, Fact] = field(default_factory=dict)
    cache: dict[str, Any] = field(default_factory=dict)
    progress: Callable[[str], None] = field(default=lambda text: None, repr=False)

    def game(self, name: str) -> Game:
        """Return the game of FOLDER/models/NAME.toml, read once per run."""
        from coopgame.games.files import read_game

        return self.cached(f"models/{name}.toml", lambda: read_game(self.folder / "models" / f"{name}.toml"))

    def cached(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return what the cache holds under a name; computes and stores it the first time."""
        if name not in self.cache:
            self.cache[name] = compute()
        return self.cache[name]

    def rng(self, *key: str | int) -> np.random.Generator:
        """Return a random generator that depends on the seed and the key only, not on the order of studies."""
        words = [zlib.crc32(str(part).encode("utf-8")) for part in key]
        return np.random.default_rng([self.seed, *words])
