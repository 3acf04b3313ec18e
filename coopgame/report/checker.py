"""Checks the record of an analysis from its text alone: no solver, no second run of the analysis."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from coopgame.errors import ParameterError, RecordError
from coopgame.report.check_game import StatedGame, stated_game
from coopgame.report.check_numbers import fraction_of
from coopgame.report.check_regimes import RegimeChecker
from coopgame.report.check_states import check_equations, check_mixed, check_vertices, generic_point

FORMAT = "coopgame-analysis/2"
_KEYS = ("name", "game", "mode", "values", "equations", "rest_points", "facts", "excluded", "regimes", "empty")
_MORE_KEYS = ("hypersurfaces", "undecided", "cover", "cover_because")


@dataclass(frozen=True)
class RecordCheck:
    """What checking a record found.

    failures: claims that are false or not proved by what the record has. on_solver: claims that rest on the word of
    a solver. open: sets of stable points that the record leaves undecided. verified: what was checked, in words.
    unchecked: what a record says besides and this check does not look at.
    """

    name: str
    verified: tuple[str, ...]
    failures: tuple[str, ...]
    on_solver: tuple[str, ...]
    open: tuple[str, ...]
    unchecked: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether no checked claim failed."""
        return not self.failures

    def __str__(self) -> str:
        verdict = "every claim that was checked holds" if self.ok else "NOT confirmed"
        lines = [f"Record of {self.name!r}: {verdict}"]
        parts = {
            "Wrong": self.failures,
            "Checked": self.verified,
            "Rests on a solver": self.on_solver,
            "Undecided in the record": self.open,
            "Not checked": self.unchecked,
        }
        for head, texts in parts.items():
            lines += [f"{head}:", *(f"  - {text}" for text in texts)] if texts else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def check_record(path: str | Path) -> RecordCheck:
    """Return what holds in the saved record of an analysis, derived again from the payoffs in it.

    Exact rational arithmetic throughout; neither Z3 nor the code that found the proofs is used. Witnesses are put into
    the payoffs, certificates are added up line by line, and the list of sets of stable points is gone through for
    gaps. Raises RecordError when the file is no record of this format.

    >>> import tempfile
    >>> from coopgame import MatrixGame, analyse
    >>> from coopgame.report.record import analysis_record, record_text
    >>> game = MatrixGame([["b - c", "-c"], ["b", "0"]], name="Donation", symbol="x", assumptions=["b > c", "c > 0"])
    >>> file = Path(tempfile.mkdtemp()) / "record.json"
    >>> _ = file.write_text(record_text(analysis_record(analyse(game))), encoding="utf-8")
    >>> check_record(file).ok
    True
    """
    return check_record_data(load_record(path), str(path))


def load_record(path: str | Path) -> Any:
    """Return the content of a JSON file; RecordError when it cannot be read."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{path} is not JSON: {error}") from None


def check_record_data(record: Any, where: str = "the record") -> RecordCheck:
    """Return what holds in a record that is already read from JSON."""
    found = record.get("format") if isinstance(record, dict) else None
    if found != FORMAT:
        raise RecordError(f"{where}: format is {found!r}, {FORMAT!r} is needed; make it with coopgame analyse --json")
    missing = [key for key in (*_KEYS, *_MORE_KEYS) if key not in record]
    if missing:
        raise RecordError(f"{where} has no {', '.join(missing)}")
    return _Checker(record).check()


@dataclass
class _Checker:
    record: Mapping[str, Any]
    failures: list[str] = field(default_factory=list)
    verified: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def check(self) -> RecordCheck:
        values = {n: fraction_of(v, f"value of {n}") for n, v in (self.record["values"] or {}).items()}
        game = stated_game(self.record["game"], values)
        numeric = self.record["mode"] == "numeric"
        if numeric != (not game.free):
            self.failures.append(
                f"mode {self.record['mode']!r} with free parameters {', '.join(game.free) or 'none'}"
            )
        points = [generic_point(game.free), *self._witnesses(game)]
        self._states(game, points, numeric)
        regimes = RegimeChecker(self.record, game)
        if self._has_partition() and not game.is_settled_by_signs:
            self.unchecked.append(
                "stability and regimes: this check derives them for several populations and up to three strategies of one, with "
                "payoffs linear in the shares and no environment"
            )
        elif self._has_partition():
            regimes.check()
        else:
            self._try("regimes", self._no_partition)
            self.unchecked.append(f"no regimes in the record: {self.record['cover_because']}")
        self.unchecked.append(
            "of mixed points: eigenvalues, type and conditions; components; that all rest points are listed; notes"
        )
        return RecordCheck(
            str(self.record["name"]),
            (*self.verified, *regimes.verified),
            (*self.failures, *regimes.failures),
            tuple(regimes.on_solver),
            tuple(regimes.open),
            (*self.unchecked, *regimes.unchecked),
        )

    def _try(self, where: str, check: Callable[[], None]) -> None:
        try:
            check()
        except (
            RecordError,
            ParameterError,
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
            ZeroDivisionError,
        ) as error:
            self.failures.append(f"{where}: {error}")

    def _has_partition(self) -> bool:
        return self.record["cover"] is not None

    def _no_partition(self) -> None:
        lists = ("regimes", "empty", "undecided", "excluded", "facts", "hypersurfaces")
        filled = [key for key in lists if self.record[key]]
        if filled:
            raise RecordError(f"cover is null, and there are {', '.join(filled)}")

    def _witnesses(self, game: StatedGame) -> Iterator[dict[str, Fraction]]:
        for regime in self.record["regimes"][:2]:
            witness = regime.get("witness") or {}
            if set(witness) == set(game.free):
                yield {name: fraction_of(value, f"witness of {regime['name']}") for name, value in witness.items()}

    def _states(self, game: StatedGame, points: Sequence[Mapping[str, Fraction]], numeric: bool) -> None:
        self._try("equations", lambda: check_equations(game, self.record["equations"], points))
        entries = self.record["rest_points"]
        vertices = [entry for entry in entries if entry["kind"] == "vertex"] if game.is_linear else []
        if game.is_linear:
            self._try("rest points", lambda: self.failures.extend(check_vertices(game, vertices, points, numeric)))
        still = 0
        for entry in (e for e in entries if e not in vertices):
            found: list[bool] = []
            self._try(entry["label"], lambda e=entry, f=found: f.append(check_mixed(game, e, points, numeric)))  # type: ignore[misc]
            still += sum(found)
            if found == [False]:
                self.unchecked.append(f"{entry['label']}: its coordinates are roots")
        self.verified.append(
            f"the equations, and {len(vertices)} pure states with their eigenvalues, at {len(points)} exact points"
            if vertices
            else f"the equations, at {len(points)} exact points"
        )
        if still:
            self.verified.append(f"{still} {'mixed ' if vertices else 'rest '}points do not move, at the same points")
