"""Gambit's files of games in strategic form (.nfg): text to games and back, exactly."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from coopgame.errors import GameFileError, ParameterError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.declarations import RESERVED, Population
from coopgame.games.exact_table import exact_table
from coopgame.games.game import Game
from coopgame.games.normal_form import NormalFormGame

# A backslash escapes a quotation mark and nothing else, as in Gambit's own reader.
_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |"(?P<text>(?:\\"|[^"])*+)"
    |(?P<number>[+-]?(?:\d+/\d+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w./]))
    |(?P<word>[A-Za-z]+)
    |(?P<sign>[{},])""",
    re.ASCII | re.VERBOSE,
)
_SHOWN = 30


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int

    def __str__(self) -> str:
        return "the end of the file" if self.kind == "end" else repr(self.text[:_SHOWN])


class _Tokens:
    """The tokens of a file, taken one by one; what does not fit is an error that names the line."""

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self._all = list(self._split(text))
        self._next = 0

    def _split(self, text: str) -> Iterator[_Token]:
        position, line = 0, 1
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                piece = re.split(r"[\s{},]", text[position:], maxsplit=1)[0][:_SHOWN]
                closed = "; a quotation mark is missing at its end" if piece.startswith('"') else ""
                raise self.error(line, f"{piece!r} is no text, number or bracket of an .nfg file{closed}")
            if match.lastgroup != "space":
                content = match[str(match.lastgroup)]
                yield _Token(str(match.lastgroup), content.replace('\\"', '"'), line)
            line += match[0].count("\n")
            position = match.end()
        yield _Token("end", "", line)

    def error(self, line: int, message: str) -> GameFileError:
        """Return an error at a line."""
        return GameFileError(message, f"{self.where}, line {line}")

    @property
    def ahead(self) -> _Token:
        """The next token."""
        return self._all[self._next]

    @property
    def numbers_ahead(self) -> int:
        """How many numbers are left."""
        return sum(token.kind == "number" for token in self._all[self._next :])

    def take(self, kind: str, expected: str, text: str | None = None) -> _Token:
        """Return the next token, which has to be of a kind."""
        token = self.ahead
        if token.kind != kind or (text is not None and token.text != text):
            raise self.error(token.line, f"expected {expected}, got {token}")
        self._next += 1
        return token

    def accept(self, kind: str, text: str) -> bool:
        """Return whether the next token is this one, which is then taken."""
        found = (self.ahead.kind, self.ahead.text) == (kind, text)
        self._next += found
        return found

    def texts(self, what: str) -> list[str]:
        """Return the texts of a list in curly brackets."""
        self.take("sign", f"{{, which opens the list of {what}", "{")
        found = []
        while self.ahead.kind == "text":
            found.append(self.take("text", what).text)
        self.take("sign", f"a text in quotation marks for {what}, or }}", "}")
        return found

    def number(self, expected: str) -> Fraction:
        """Return a number exactly."""
        token = self.take("number", expected)
        try:
            return exact_number(token.text)
        except ParameterError:
            raise self.error(token.line, f"{token} is too long a number, or divides by zero") from None


def parse_nfg(text: str, where: str = "<text>") -> NormalFormGame:
    """Return the game that the text of a Gambit .nfg file describes; `where` is how errors call the text.

    Both versions of the format are read: payoffs one by one, and outcomes with their numbers. The title becomes the name, the comment the
    source. Names that coopgame does not allow are changed: an empty one to its number, commas and dots to underscores; where names repeat,
    _1, _2, … is appended, as Gambit does. A game that is symmetric stays a game of two players.

    Raises GameFileError, which names the line and what is expected there.

    References: Gambit documentation, "The strategic game (.nfg) file format, payoff version" and "outcome version".

    >>> game = parse_nfg('NFG 1 R "Matching" { "Ann" "Bob" } { 2 2 } 1 -1 -1 1 -1 1 1/2 -0.5')
    >>> game.payoff(("2", "2"))
    (1/2, -1/2)
    """
    tokens = _Tokens(text, where)
    title = _title(tokens)
    line = tokens.ahead.line
    players = tokens.texts("players")
    if not players:
        raise tokens.error(line, "the game has no players; name at least one")
    line = tokens.ahead.line
    strategies = _strategies(tokens, players)
    comment = tokens.take("text", "a comment").text if tokens.ahead.kind == "text" else ""
    empty = [player for player, own in zip(players, strategies, strict=True) if not own]
    if empty:
        raise tokens.error(line, f"player {empty[0]!r} has no strategies; give at least one")
    rows = (
        _outcomes(tokens, players, strategies) if tokens.ahead.text == "{" else _payoffs(tokens, players, strategies)
    )
    tokens.take("end", "the end of the file after the last profile")
    populations = _populations(names_of_labels(players, "player"), [names_of_labels(own) for own in strategies])
    profiles = product(*(population.strategies for population in reversed(populations)))
    table = {profile[::-1]: row for profile, row in zip(profiles, rows, strict=True)}
    return NormalFormGame(table, populations, name=title, source=comment or None)


EXTENSIVE = (
    "this is a game in extensive form (.efg), which is not read; convert it to strategic form with Gambit "
    "(`gambit-convert -O nfg`, or pygambit's read_efg(...).to_nfg()) and read the .nfg file"
)


def _title(tokens: _Tokens) -> str:
    if tokens.ahead.text == "EFG":
        raise tokens.error(tokens.ahead.line, EXTENSIVE)
    tokens.take("word", "NFG, with which every .nfg file begins", "NFG")
    tokens.take("number", "1, the version of the format", "1")
    if tokens.ahead.text not in ("R", "D"):
        raise tokens.error(tokens.ahead.line, f"expected R or D, the kind of numbers, got {tokens.ahead}")
    tokens.take("word", "R or D")
    return tokens.take("text", "the title in quotation marks").text


def _strategies(tokens: _Tokens, players: Sequence[str]) -> list[list[str]]:
    """Read names of strategies in nested brackets, or their numbers."""
    tokens.take("sign", "{, which opens the strategies", "{")
    found, most = [], tokens.numbers_ahead
    for player in players:
        if tokens.ahead.kind == "number":
            token = tokens.take("number", f"the number of strategies of {player!r}")
            if not token.text.isdecimal() or not 0 < int(token.text) <= most:
                message = f"{token} strategies of {player!r}; a whole number is needed, and a payoff for each profile"
                raise tokens.error(token.line, message)
            most //= int(token.text)  # as many profiles at most as there are numbers left
            found.append([str(s + 1) for s in range(int(token.text))])
        else:
            found.append(tokens.texts(f"strategies of {player!r}"))
    tokens.take("sign", f"}} after the strategies of {len(players)} players", "}")
    return found


def _payoffs(tokens: _Tokens, players: Sequence[str], strategies: Sequence[Sequence[str]]) -> list[list[Fraction]]:
    count = math.prod(map(len, strategies))
    sizes = " x ".join(str(len(own)) for own in strategies)
    if tokens.ahead.kind == "number" and tokens.numbers_ahead != count * len(players):
        raise tokens.error(
            tokens.ahead.line,
            f"{count * len(players)} payoffs are needed ({sizes} profiles, {len(players)} players each), {tokens.numbers_ahead} follow",
        )
    return [[tokens.number(f"a payoff of {player!r}") for player in players] for _ in range(count)]


def _outcomes(tokens: _Tokens, players: Sequence[str], strategies: Sequence[Sequence[str]]) -> list[list[Fraction]]:
    """Read outcomes with payoffs, then the number of an outcome for every profile; 0 is the outcome that pays nothing."""
    tokens.take("sign", "{, which opens the outcomes", "{")
    known = [[Fraction(0)] * len(players)]
    while tokens.accept("sign", "{"):
        tokens.take("text", "the name of an outcome in quotation marks")
        row = []
        for player in players:
            row.append(tokens.number(f"a payoff of {player!r}"))
            tokens.accept("sign", ",")
        tokens.take("sign", f"}} after {len(players)} payoffs", "}")
        known.append(row)
    tokens.take("sign", "{ before a further outcome, or } after the last", "}")
    count = math.prod(map(len, strategies))
    if tokens.ahead.kind == "number" and tokens.numbers_ahead != count:
        message = f"{count} numbers of outcomes are needed, one for each profile, {tokens.numbers_ahead} follow"
        raise tokens.error(tokens.ahead.line, message)
    rows = []
    for _ in range(count):
        token = tokens.take("number", "the number of an outcome")
        if not token.text.isdecimal() or int(token.text) >= len(known):
            raise tokens.error(token.line, f"{token} is no outcome; there are 1 to {len(known) - 1}, and 0 for none")
        rows.append(known[int(token.text)])
    return rows


def names_of_labels(labels: Sequence[str], kind: str = "") -> tuple[str, ...]:
    """Return labels of another program as names: none empty, none twice, without commas and dots."""
    cleaned = [re.sub(r"[,.]", "_", " ".join(label.split())) or f"{kind}{i + 1}" for i, label in enumerate(labels)]
    names: list[str] = []
    for name in cleaned:
        numbered = (f"{name}_{n}" for n in range(1, len(labels) + 2))
        alone = cleaned.count(name) == 1 and name not in RESERVED
        names.append(name if alone else next(n for n in numbered if n not in cleaned and n not in names))
    return tuple(names)


def _populations(players: Sequence[str], strategies: Sequence[Sequence[str]]) -> list[Population]:
    """Return populations; where the usual symbols x, y, … do not suffice, the symbols are x1, x2, …."""
    pairs = [len(own) == 2 for own in strategies]
    symbols = [f"x{i + 1}" if pair and sum(pairs) > 6 else None for i, pair in enumerate(pairs)]
    return [Population(p, tuple(own), s) for p, own, s in zip(players, strategies, symbols, strict=True)]


def game_to_nfg(game: Game, values: Mapping[str, Any] | None = None) -> str:
    """Return a game as the text of a Gambit .nfg file, payoffs at values of all parameters as exact fractions.

    A MatrixGame becomes the symmetric game of two players. The name becomes the title, the source the comment.

    Raises ParameterError that names parameters without a value, UnsupportedError for payoffs that are no table or irrational.

    >>> from coopgame import MatrixGame
    >>> print(game_to_nfg(MatrixGame([["b - c", "-c"], ["b", 0]], ["C", "D"], population="firm"), {"b": 1, "c": "1/3"}))
    NFG 1 R "" { "firm 1" "firm 2" }
    <BLANKLINE>
    { { "C" "D" }
      { "C" "D" } }
    ""
    <BLANKLINE>
    2/3 2/3
    1 -1/3
    -1/3 1
    0 0
    <BLANKLINE>
    """
    table = exact_table(game, values)
    players = " ".join(map(_quoted, table.players))
    lists = "\n  ".join("{ " + " ".join(map(_quoted, own)) + " }" for own in table.strategies)
    head = f"NFG 1 R {_quoted(game.name)} {{ {players} }}\n\n{{ {lists} }}\n{_quoted(game.source or '')}\n\n"
    return head + "".join(" ".join(map(str, row)) + "\n" for row in table.column_major())


def _quoted(text: str) -> str:
    if text.endswith("\\"):
        raise UnsupportedError(
            f"{text!r} ends with a backslash, which Gambit reads as part of the quotation mark; rename it"
        )
    return '"' + text.replace('"', '\\"') + '"'
