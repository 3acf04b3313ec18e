"""The entries of an audit file: values, conditions, points, trajectories, effects; errors name the path inside the document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

from coopgame.analysis.auditing.printed import Printed, pairs_apart, plain_signs, read_printed
from coopgame.analysis.published import (
    SIGN_WORDS,
    TYPE_WORDS,
    Conditional,
    Place,
    PublishedEffect,
    PublishedGroup,
    PublishedOutcome,
    PublishedPoint,
    SignClaim,
    Values,
)
from coopgame.errors import CoopgameError, GameFileError
from coopgame.expressions import parse_condition, symbols_of
from coopgame.games.document import close_match, number_at, only, path_of, shown, table_at, text_at
from coopgame.games.game import Game

Path_ = tuple[str | int, ...]
_POINT = (
    *("name", "source", "note", "at", "values", "if", "eigenvalues", "signs", "trace", "determinant", "type"),
    *("stable_if", "exists"),
)
_OUTCOME = ("name", "source", "note", "values", "initial", "ends", "t_end")
_EFFECT = ("parameter", "claim", "values", "source", "note")
_EFFECTS = {"matters": True, "does not matter": False}
CYCLING = "cycling"


def tables_at(table: Mapping[str, Any], key: str, *path: str | int) -> list[Mapping[str, Any]]:
    """Return a list of tables, empty when it is absent."""
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(entry, Mapping) for entry in found):
        raise GameFileError(f"a list of tables [[{key}]] is needed, got {shown(found)}", path_of(*path, key))
    return found


def optional_text(table: Mapping[str, Any], key: str, *path: str | int) -> str:
    """Return a text, empty when it is absent."""
    return text_at(table, key, *path) if key in table else ""


def _fail(message: str, *path: str | int) -> NoReturn:
    raise GameFileError(message, path_of(*path))


@dataclass(frozen=True, eq=False)
class EntryReader:
    """Reads entries that speak of the coordinates and the parameters of one game."""

    game: Game | None
    coordinates: tuple[str, ...]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of parameters, none where no payoffs are known."""
        return self.game.ring.names if self.game else ()

    def values(self, table: Mapping[str, Any], outer: Values | None, *path: str | int) -> Values | None:
        """Return numbers of parameters, put over those of the table around; None where there are none at all."""
        if "values" not in table:
            return outer
        found = dict(outer or {})
        for name, given in table_at(table, "values", path=tuple(map(str, path))).items():
            if self.game and name not in self.parameters:
                _fail(f"unknown parameter {name!r}{close_match(name, self.parameters)}", *path, "values", name)
            found[name] = number_at(given, *path, "values", name)
        return found

    def condition(self, table: Mapping[str, Any], key: str, *path: str | int) -> Conditional | None:
        """Return a condition, or a list of alternatives; None when it is absent."""
        if key not in table:
            return None
        given = table[key]
        texts = given if isinstance(given, list) and given else [given]
        if not all(isinstance(text, str) for text in texts):
            message = (
                f'a condition such as "F > c and g < F" is needed, or a list of alternatives, got {shown(given)}'
            )
            _fail(message, *path, key)
        try:
            alternatives = tuple(parse_condition(plain_signs(text)) for text in texts)
        except CoopgameError as error:
            raise GameFileError(str(error), path_of(*path, key)) from error
        for part in (part for alternative in alternatives for part in alternative):
            for name in sorted((symbols_of(part.left) | symbols_of(part.right)) & set(self.coordinates)):
                _fail(f"{name!r} is a share; conditions speak of parameters", *path, key)
        return Conditional(" or ".join(texts), alternatives)

    def premise(self, table: Mapping[str, Any], *path: str | int) -> Conditional | None:
        """Return the condition under which claims are made: one conjunction."""
        found = self.condition(table, "if", *path)
        if found is not None and len(found.alternatives) > 1:
            _fail("one condition is needed; write a case for each alternative", *path, "if")
        for part in found.alternatives[0] if found is not None and self.game else ():
            for name in sorted((symbols_of(part.left) | symbols_of(part.right)) - set(self.parameters)):
                _fail(f"unknown parameter {name!r}{close_match(name, self.parameters)}", *path, "if")
        return found

    def printed(self, given: Any, *path: str | int) -> Printed:
        """Return what is printed at a path."""
        try:
            return read_printed(given, (*self.parameters, *self.coordinates))
        except CoopgameError as error:
            raise GameFileError(str(error), path_of(*path)) from error

    def place(self, given: Any, *path: str | int) -> Place:
        """Return coordinates, given by name or as a list in the order of the coordinates."""
        names = self.coordinates
        if isinstance(given, list):
            if len(given) != len(names):
                _fail(f"{len(names)} numbers are needed, for {', '.join(names)}; got {len(given)}", *path)
            entries = {name: (value, number) for number, (name, value) in enumerate(zip(names, given, strict=True))}
        elif isinstance(given, Mapping):
            entries = {key: (value, key) for key, value in given.items()}
            for key in entries:
                if key not in names:
                    _fail(f"{key!r} is not a coordinate{close_match(key, names)}", *path, key)
            missing = [name for name in names if name not in entries]
            if missing:
                _fail(f"no value for {', '.join(missing)}; give every coordinate", *path)
        else:
            _fail(f"coordinates are needed, such as {{ {names[0]} = 0 }} or [0, 1], got {shown(given)}", *path)
        found = {name: self.printed(entries[name][0], *path, entries[name][1]) for name in names}
        for name, printed in found.items():
            unknown = sorted(symbols_of(printed.value) - set(self.parameters)) if self.game else []
            if unknown:
                _fail(f"unknown parameter {unknown[0]!r}{close_match(unknown[0], self.parameters)}", *path, name)
            if printed.is_number and not printed.is_real:
                _fail(f"a share is a real number, got {printed}", *path, name)
        return found

    def group(
        self, table: Mapping[str, Any], name: str, path: Path_, values: Values | None, when: Conditional | None
    ) -> PublishedGroup:
        """Return the points and outcomes of the whole file or of a case."""
        complete = table.get("complete", True)
        if not isinstance(complete, bool):
            _fail(f"true or false is needed, got {shown(complete)}", *path, "complete")
        points: list[PublishedPoint] = []
        for number, entry in enumerate(tables_at(table, "points", *path)):
            at = (*path, "points", number)
            point = self.point(entry, at, values, when)
            if point.name in {known.name for known in points}:
                _fail(f"the point {point.name!r} stands twice; give each its own name", *at, "name")
            points.append(point)
        outcomes = tuple(
            self.outcome(entry, (*path, "outcomes", number), values)
            for number, entry in enumerate(tables_at(table, "outcomes", *path))
        )
        return PublishedGroup(name, path_of(*path), tuple(points), outcomes, values, when, complete)

    def point(
        self, table: Mapping[str, Any], path: Path_, values: Values | None, when: Conditional | None
    ) -> PublishedPoint:
        """Return a row of a table."""
        only(table, _POINT, *path)
        if "at" not in table:
            _fail("the key 'at' is missing; give coordinates, or \"interior\" for a state with all strategies", *path)
        interior = table["at"] == "interior"
        at = None if interior else self.place(table["at"], *path, "at")
        name = optional_text(table, "name", *path) or (
            "interior" if at is None else f"({', '.join(map(str, at.values()))})"
        )
        type_text = optional_text(table, "type", *path)
        if type_text and type_text.lower() not in TYPE_WORDS:
            _fail(f"unknown type {type_text!r}{close_match(type_text.lower(), TYPE_WORDS)}", *path, "type")
        own = self.premise(table, *path)
        return PublishedPoint(
            name=name,
            path=path_of(*path),
            at=at,
            values=self.values(table, values, *path),
            when=_both(when, own),
            eigenvalues=self.eigenvalues(table, path),
            signs=self.signs(table, path),
            trace=self.value_or_sign(table, "trace", path),
            determinant=self.value_or_sign(table, "determinant", path),
            type=TYPE_WORDS[type_text.lower()] if type_text else None,
            type_text=type_text,
            stable_if=self.condition(table, "stable_if", *path),
            exists=self.condition(table, "exists", *path),
        )

    def direction(self, key: str, *path: str | int) -> str:
        """Return the coordinate that a coordinate, or a population's name, stands for."""
        if key in self.coordinates:
            return key
        if self.game:
            for population in self.game.populations:
                if population.name == key and population.symbol:
                    return population.symbol
        _fail(
            f"{key!r} is not a direction{close_match(key, self.coordinates)}; or give a list, in any order",
            *path,
            key,
        )

    def eigenvalues(self, table: Mapping[str, Any], path: Path_) -> Mapping[str, Printed] | tuple[Printed, ...]:
        """Return eigenvalues by direction, or in any order."""
        given = table.get("eigenvalues", [])
        if isinstance(given, Mapping):
            at = (*path, "eigenvalues")
            return {self.direction(key, *at): self.printed(value, *at, key) for key, value in given.items()}
        if not isinstance(given, list):
            _fail(f"a table by direction or a list is needed, got {shown(given)}", *path, "eigenvalues")
        found = []
        for number, value in enumerate(given):
            for text in pairs_apart(value) if isinstance(value, str) else [value]:
                found.append(self.printed(text, *path, "eigenvalues", number))
        return tuple(found)

    def signs(self, table: Mapping[str, Any], path: Path_) -> Mapping[str, SignClaim] | tuple[SignClaim, ...]:
        """Return signs by direction, or in any order."""
        given = table.get("signs", [])
        at = (*path, "signs")
        if isinstance(given, Mapping):
            return {self.direction(key, *at): _sign(value, *at, key) for key, value in given.items()}
        if not isinstance(given, list):
            _fail(f'a table by direction or a list such as ["+", "-"] is needed, got {shown(given)}', *at)
        return tuple(_sign(value, *at, number) for number, value in enumerate(given))

    def value_or_sign(self, table: Mapping[str, Any], key: str, path: Path_) -> Printed | SignClaim | None:
        """Return a trace or a determinant: a value, or its sign."""
        if key not in table:
            return None
        given = table[key]
        if isinstance(given, str) and plain_signs(given.strip()) in SIGN_WORDS:
            return _sign(given, *path, key)
        return self.printed(given, *path, key)

    def outcome(self, table: Mapping[str, Any], path: Path_, values: Values | None) -> PublishedOutcome:
        """Return a trajectory."""
        only(table, _OUTCOME, *path)
        name = optional_text(table, "name", *path) or f"outcome {int(path[-1]) + 1}"
        start = table.get("initial")
        if start is None and self.game and self.game.initial:
            initial: dict[str, Fraction] = dict(self.game.initial)
        else:
            initial = self._start(start, *path, "initial")
        if "ends" not in table:
            _fail(f"the key 'ends' is missing; give coordinates, the name of a point, or \"{CYCLING}\"", *path)
        ends = table["ends"] if isinstance(table["ends"], str) else self.place(table["ends"], *path, "ends")
        t_end = float(number_at(table.get("t_end", 200), *path, "t_end"))
        if t_end <= 0:
            _fail(f"a positive time is needed, got {t_end:g}", *path, "t_end")
        return PublishedOutcome(name, path_of(*path), initial, ends, self.values(table, values, *path), t_end)

    def _start(self, given: Any, *path: str | int) -> dict[str, Fraction]:
        if given is None:
            _fail("the key 'initial' is missing; give coordinates, such as { x = 0.5, y = 0.5 }", *path[:-1])
        found: dict[str, Fraction] = {}
        for name, printed in self.place(given, *path).items():
            if not printed.value.is_Rational or not 0 <= printed.value <= 1:
                _fail(f"a share between 0 and 1 is needed, got {printed}", *path, name)
            found[name] = Fraction(int(printed.value.p), int(printed.value.q))
        return found

    def effect(self, table: Mapping[str, Any], number: int, values: Values | None) -> PublishedEffect:
        """Return what is said of a parameter."""
        path = ("effects", number)
        only(table, _EFFECT, *path)
        parameter = text_at(table, "parameter", *path)
        if self.game and parameter not in self.parameters:
            _fail(f"unknown parameter {parameter!r}{close_match(parameter, self.parameters)}", *path, "parameter")
        claim = text_at(table, "claim", *path)
        if claim not in _EFFECTS:
            _fail(f"unknown claim {claim!r}{close_match(claim, _EFFECTS)}", *path, "claim")
        return PublishedEffect(path_of(*path), parameter, _EFFECTS[claim], self.values(table, values, *path))


def _both(one: Conditional | None, other: Conditional | None) -> Conditional | None:
    """Both premises together."""
    if one is None or other is None:
        return one or other
    return Conditional(f"{one.text} and {other.text}", ((*one.alternatives[0], *other.alternatives[0]),))


def _sign(given: Any, *path: str | int) -> SignClaim:
    word = plain_signs(str(given).strip()) if isinstance(given, str | int | Decimal) else ""
    if isinstance(given, bool) or word not in SIGN_WORDS:
        _fail(f'a sign is needed, one of "+", "-", "0" and "+-" (depends), got {shown(given)}', *path)
    return SignClaim(word.replace("±", "+-"), SIGN_WORDS[word])
