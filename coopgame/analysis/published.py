"""What a publication claims: points, types, conditions, outcomes and effects, as an audit file has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import IO

from coopgame.analysis.auditing.printed import Printed
from coopgame.errors import GameFileError
from coopgame.expressions import Inequality
from coopgame.games.files import text_of, toml_document
from coopgame.games.game import Game

FORMAT = "coopgame-audit/1"


class Claim(StrEnum):
    """What a publication calls a point."""

    ESS = "ESS"
    ASYMPTOTIC = "asymptotically stable"
    SINK = "sink"
    STABLE = "stable"
    UNSTABLE = "unstable"
    SOURCE = "source"
    SADDLE = "saddle"
    CENTER = "center"
    NO_REST_POINT = "not an equilibrium"


TYPE_WORDS = {
    "ess": Claim.ESS,
    "evolutionarily stable": Claim.ESS,
    "evolutionarily stable strategy": Claim.ESS,
    "evolutionary stable strategy": Claim.ESS,
    "evolutionarily stable state": Claim.ESS,
    "asymptotically stable": Claim.ASYMPTOTIC,
    "sink": Claim.SINK,
    "stable": Claim.STABLE,
    "stable point": Claim.STABLE,
    "unstable": Claim.UNSTABLE,
    "unstable point": Claim.UNSTABLE,
    "source": Claim.SOURCE,
    "saddle": Claim.SADDLE,
    "saddle point": Claim.SADDLE,
    "center": Claim.CENTER,
    "centre": Claim.CENTER,
    "center point": Claim.CENTER,
    "centre point": Claim.CENTER,
    "central point": Claim.CENTER,
    "not an equilibrium": Claim.NO_REST_POINT,
    "not an equilibrium point": Claim.NO_REST_POINT,
}
SIGN_WORDS = {"+": 1, "-": -1, "0": 0, "±": None}
SIGN_TEXTS = {1: "+", -1: "-", 0: "0", None: "+-"}
Values = Mapping[str, Fraction]
Place = Mapping[str, Printed]


@dataclass(frozen=True, eq=False)
class Conditional:
    """A condition as printed: alternatives, each a conjunction of inequalities."""

    text: str
    alternatives: tuple[tuple[Inequality, ...], ...]


@dataclass(frozen=True, eq=False)
class SignClaim:
    """A printed sign: +1, -1, 0, or None where both are said to occur."""

    text: str
    sign: int | None


@dataclass(frozen=True, eq=False)
class PublishedPoint:
    """A published equilibrium and what is said of it.

    at: coordinates; None for "interior", the state with all strategies present whose coordinates are not given. eigenvalues and signs: by the
    direction that they belong to, or in any order. trace, determinant: a value or a sign. values None: the parameters stay
    symbols. when: the condition under which all this is claimed. path: where it stands in the audit file.
    """

    name: str
    path: str
    at: Place | None
    values: Values | None = None
    when: Conditional | None = None
    eigenvalues: Mapping[str, Printed] | tuple[Printed, ...] = ()
    signs: Mapping[str, SignClaim] | tuple[SignClaim, ...] = ()
    trace: Printed | SignClaim | None = None
    determinant: Printed | SignClaim | None = None
    type: Claim | None = None
    type_text: str = ""
    stable_if: Conditional | None = None
    exists: Conditional | None = None


@dataclass(frozen=True, eq=False)
class PublishedOutcome:
    """A published trajectory: from where, at which values, and where it ends: at a state, at a named point, or cycling."""

    name: str
    path: str
    initial: Values
    ends: Place | str
    values: Values | None = None
    t_end: float = 200.0

    @property
    def ends_text(self) -> str:
        """The end as text."""
        if isinstance(self.ends, str):
            return self.ends
        return ", ".join(f"{name} = {printed}" for name, printed in self.ends.items())


@dataclass(frozen=True, eq=False)
class PublishedEffect:
    """A published statement that a parameter matters to the dynamics, or does not."""

    path: str
    parameter: str
    matters: bool
    values: Values | None = None


@dataclass(frozen=True, eq=False)
class PublishedGroup:
    """Points and outcomes that belong together: the whole table, or one case of it. complete: no stable point is left out."""

    name: str
    path: str
    points: tuple[PublishedPoint, ...]
    outcomes: tuple[PublishedOutcome, ...] = ()
    values: Values | None = None
    when: Conditional | None = None
    complete: bool = True


@dataclass(frozen=True, eq=False)
class Published:
    """The content of an audit file. game is None where no payoffs are known; groups: the points outside of cases first."""

    title: str
    source: str
    game: Game | None = field(repr=False)
    coordinates: tuple[str, ...]
    groups: tuple[PublishedGroup, ...]
    effects: tuple[PublishedEffect, ...] = ()

    def value_tables(self) -> Iterator[tuple[str, Values]]:
        """Yield every set of values that the publication uses, with its place."""
        for group in self.groups:
            for point in group.points:
                if point.values is not None:
                    yield point.path, point.values
            for outcome in group.outcomes:
                if outcome.values is not None:
                    yield outcome.path, outcome.values


def read_published(path: str | Path | IO[str] | IO[bytes]) -> Published:
    """Return what an audit file holds; `game` in it is looked for beside the file.

    Raises GameFileError, which names the file, the path inside the document, and what is accepted there.
    """
    folder = Path(path).parent if isinstance(path, str | Path) else Path()
    text, where = text_of(path)
    return parse_published(text, where, folder)


def parse_published(text: str, where: str = "<text>", folder: str | Path = ".") -> Published:
    """Return what the text of an audit file holds; `folder` is where its game file is looked for.

    Raises GameFileError; its `where` is the path inside the document.

    >>> published = parse_published('''
    ... format = "coopgame-audit/1"
    ... coordinates = ["x", "y"]
    ... points = [{ at = [1, 0], type = "ESS" }]''')
    >>> published.groups[0].points[0].name
    '(1, 0)'
    """
    from coopgame.analysis.auditing.reader import published_of_document

    document = toml_document(text, where)
    try:
        return published_of_document(document, Path(folder))
    except GameFileError as error:
        told = GameFileError(str(error), where)
        told.where = error.where
        raise told from error
