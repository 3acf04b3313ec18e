"""Checks of the entries and names of a TOML document; every error names the path inside the document."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sympy

from coopgame.errors import CoopgameError, GameFileError, ParameterError
from coopgame.expressions import FUNCTION_NAMES, exact_number, parse_expression, symbols_of
from coopgame.games.declarations import Population

# words of conditions and values, which no expression reads as names
_GRAMMAR_WORDS = ("and", "or", "not", "if", "else", "True", "False", "None")
_MOST_BITS = 1300
_DEFAULT_SYMBOLS = ("x", "y", "z", "w", "u", "v")


def path_of(*parts: str | int) -> str:
    """Return a path inside a document, e.g. `payoffs."inspect, cheat"[1]`."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            bare = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            path += ("." if path else "") + (part if bare else f'"{part[:60]}"')
    return path


def close_match(key: object, known: Iterable[str]) -> str:
    """Return a hint that names the closest known word, or all of them."""
    known = list(known)
    close = difflib.get_close_matches(str(key)[:60], known, 1)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known) or 'none'}"


def misnamed(unknown: Iterable[object], missing: Iterable[object]) -> str:
    """Return which names of a mapping are unknown and which are missing."""
    both = (("unknown", list(unknown)), ("missing", list(missing)))
    return ", ".join(f"{word} {', '.join(map(repr, names))}" for word, names in both if names)


def shown(value: object) -> str:
    """Return a value as errors show it, never long."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        text = f"a very large {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def only(table: Mapping[str, Any], known: Iterable[str], *path: str | int) -> None:
    """Refuse keys that are not known."""
    for key in table:
        if key not in known:
            raise GameFileError(f"unknown key {key[:60]!r}{close_match(key, known)}", path_of(*path, key))


def table_at(
    document: Mapping[str, Any], key: str, default: Mapping[str, Any] | None = None, path: tuple[str, ...] = ()
) -> Mapping[str, Any]:
    """Return a table of the document or of the table at a path, the default when it is absent."""
    found = document.get(key, default)
    if not isinstance(found, Mapping):
        at = path_of(*path, key)
        got = f", got {shown(found)}" if key in document else ""
        raise GameFileError(f"a table [{at}] is needed{got}", at)
    return found


def text_at(table: Mapping[str, Any], key: str, *path: str | int) -> str:
    """Return a text of a table."""
    if key not in table:
        raise GameFileError(f"the key {key!r} is missing; a text is needed", path_of(*path))
    value = table[key]
    if not isinstance(value, str):
        raise GameFileError(f"a text is needed, got {shown(value)}", path_of(*path, key))
    return value


def number_at(value: Any, *path: str | int) -> Fraction:
    """Return a number of the document exactly."""
    try:
        if isinstance(value, int) and value.bit_length() > _MOST_BITS:
            raise ParameterError(f"got {shown(value)}, a number of at most 390 digits is needed")
        return exact_number(value)
    except ParameterError as error:
        raise GameFileError(str(error), path_of(*path)) from error


def identifier_at(name: str, what: str, *path: str | int) -> None:
    """Refuse a name that no expression could read."""
    at = path_of(*path)
    plain = unicodedata.normalize("NFKC", name)
    if not plain.isidentifier():
        raise GameFileError(f"{what} {name!r} is not an identifier; use letters, digits and _", at)
    if plain != name:
        raise GameFileError(f"{what} {name!r} is read as {plain!r} in expressions; write it so here", at)
    if name in FUNCTION_NAMES:
        raise GameFileError(f"{what} {name!r} has the name of the function {name}(); rename it", at)
    if name in _GRAMMAR_WORDS:
        raise GameFileError(f"{what} {name!r} is a word of conditions; rename it", at)


@dataclass(frozen=True)
class Names:
    """What expressions of a file may speak of; parameters is None where the file has no such table.

    environment: the range of every environment variable, by name.
    """

    kind: str
    populations: tuple[Population, ...]
    parameters: tuple[str, ...] | None
    environment: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def dotted(self) -> list[str]:
        """Return the `population.strategy` that expressions may name: for two strategies in free payoffs only."""
        free = self.kind in ("strategies", "advantages")
        return [f"{p.name}.{s}" for p in self.populations for s in p.strategies if free or len(p.strategies) != 2]

    def shares(self) -> list[str]:
        """Return the names of the coordinates; those that the game will choose itself are among them."""
        named: list[str] = []
        for p in self.populations:
            if len(p.strategies) != 2:
                named += [f"{p.name}.{s}" for s in p.strategies]
            else:
                named += [p.symbol] if p.symbol else [s for s in _DEFAULT_SYMBOLS if s not in (self.parameters or ())]
        return list(dict.fromkeys([*named, *self.environment]))

    def check(self) -> None:
        """Refuse populations of one name, and symbols that are also something else."""
        seen: dict[str, str] = {}
        owner: dict[str, str] = {}
        for number, p in enumerate(self.populations):
            if p.name in seen:
                message = f"{p.name!r} is also the name of {seen[p.name]}; rename one of them"
                raise GameFileError(message, path_of("populations", number, "name"))
            seen[p.name] = path_of("populations", number)
            at = path_of("populations", number, "symbol")
            if p.symbol is None:
                continue
            if len(p.strategies) != 2:
                message = f"a symbol is the share of the first of two strategies; {p.name!r} has {len(p.strategies)}"
                raise GameFileError(f"{message}, whose shares are {p.name}.{p.strategies[0]}, …: leave it out", at)
            identifier_at(p.symbol, "symbol", "populations", number, "symbol")
            if p.symbol in owner:
                message = f"symbol {p.symbol!r} of population {p.name!r} is also that of population"
                raise GameFileError(f"{message} {owner[p.symbol]!r}; give each its own", at)
            owner[p.symbol] = p.name
        for name in self.environment:
            if name in owner or name in seen or name in (self.parameters or ()):
                message = f"{name!r} is also the name of a parameter, a symbol or a population; rename one of them"
                raise GameFileError(message, path_of("environment", name))
        for name in self.parameters or ():
            if name in owner:
                message = f"parameter {name!r} has the name of the symbol {name!r} of population {owner[name]!r}"
                raise GameFileError(f"{message}; rename one of them", path_of("parameters", name))

    def check_start(self, name: str, value: Fraction, *path: str | int) -> None:
        """Refuse a start outside the range of a share or an environment variable."""
        low, high = self.environment.get(name, (0, 1))
        if not low <= value <= high:
            what = "an environment variable" if name in self.environment else "a share"
            lies = "lies between 0 and 1" if high == 1 else "without an upper bound is at least 0"
            raise GameFileError(f"{what} {lies}, got {value}", path_of(*path))

    def expression(self, value: Any, *path: str | int) -> sympy.Expr:
        """Return the payoff that stands at a path."""
        at = path_of(*path)
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise GameFileError(f"a payoff is a number or an expression in quotes, got {shown(value)}", at)
        if not isinstance(value, str):
            value = str(number_at(value, *path))
        try:
            found = parse_expression(value, names=self.dotted())
        except CoopgameError as error:
            raise GameFileError(str(error), at) from error
        self.check_known(symbols_of(found), at)
        return found

    def check_known(self, used: Iterable[str], at: str) -> None:
        """Refuse names that are neither declared parameters nor coordinates."""
        if self.parameters is None:
            return
        known = [*self.parameters, *self.shares(), *self.dotted()]
        for name in sorted(set(used) - set(known)):
            hint = f"{close_match(name, known)}; a new parameter needs a line in [parameters]"
            raise GameFileError(f"unknown parameter {name!r}{hint}", at)
