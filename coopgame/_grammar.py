"""Text to a checked syntax tree: words, numbers and signs are told apart here, with the place of each."""

from __future__ import annotations

import ast
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from coopgame.errors import ExpressionError

FUNCTION_NAMES = frozenset({"min", "max", "sqrt", "exp", "log", "where", "binomial"})
GRAMMAR_WORDS = frozenset({"and", "or", "not", "if", "else", "True", "False", "None"})
ACCEPTED = "accepted are names, numbers, + - * / ** ( ) and the functions " + ", ".join(sorted(FUNCTION_NAMES))
MOST_DIGITS = 400
_MOST_CHARACTERS = 20_000
_MOST_TOKENS = 4_000
_DEEPEST = 40

_NUMBER = re.compile(r"(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?", re.ASCII)
_SIGN = re.compile(r"\*\*|//|<=|>=|!=|==|[-+*/(),<>]")
_WORD_HINTS = {
    "or": "conditions are joined by `and` only; treat the cases as separate games",
    "not": "write the opposite comparison, a <= b for not a > b",
    "if": "write where(condition, value, other)",
    "else": "write where(condition, value, other)",
    "True": "write 1, or leave the condition out",
    "False": "write 0",
    "None": "write 0, or leave the entry out",
}
_SIGN_HINTS = {
    "^": "write ** for a power",
    "=": "an expression has no `=`; conditions compare with > >= < <= !=",
    "!": "write != for unequal",
    ".": "a dot stands inside a decimal number only; names have none",
    "/": "write / for a quotient",
    "%": "write percentages as decimals, 0.05 for 5%",
    "[": "write round brackets",
    "]": "write round brackets",
    "{": "write round brackets",
    "}": "write round brackets",
    "&": "conditions are joined by `and`",
    ":": "functions and assignments are not arithmetic",
    ";": "write one expression only",
    "；": "write one expression only",
    "，": "a full-width comma; write an ASCII comma",
    "、": "a Chinese comma; write an ASCII comma",
    "。": "a Chinese full stop; write a dot in decimals",
    "（": "a full-width bracket; write (",
    "）": "a full-width bracket; write )",
    "＋": "a full-width sign; write +",
    "－": "a full-width sign; write -",
    "＊": "a full-width sign; write *",
    "／": "a full-width sign; write /",
    "＞": "a full-width sign; write >",
    "＜": "a full-width sign; write <",
    "＝": "a full-width sign; conditions compare with > >= < <= !=",
    "×": "write *",
    "·": "write *",
    "÷": "write /",
    "−": "this is not the ASCII minus sign; write -",
    "–": "this is not the ASCII minus sign; write -",
    "≥": "write >=",
    "≤": "write <=",
    "≠": "write !=",
    "\u3000": "a full-width space; write an ASCII space",
    "\xa0": "a no-break space; write an ASCII space",
    "\ufeff": "a byte order mark; take it out",
}


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign, and where it starts in the text."""

    kind: str
    text: str
    position: int


@dataclass(frozen=True)
class Source:
    """A text in its tokens. What `ast` sees has the placeholder _i for token i: no word or number of the user's."""

    text: str
    where: str
    tokens: tuple[Token, ...]
    offsets: tuple[int, ...]

    def token(self, node: ast.AST) -> Token:
        """Return the token at which a node starts."""
        return self.tokens[max(0, bisect_right(self.offsets, getattr(node, "col_offset", 0)) - 1)]

    def error(self, place: ast.AST | int, message: str) -> ExpressionError:
        """Return an error that points at a node, or at a position in the text."""
        position = place if isinstance(place, int) else self.token(place).position
        at = f"{self.where}: " if self.where else ""
        # lone surrogates and control characters would break the terminal that shows the error
        shown = "".join(
            c if c.isprintable() else ("?" if unicodedata.category(c) == "Cs" else " ") for c in self.text
        )
        return ExpressionError(f"{at}{message}", shown, position)


def parse_tree(text: object, where: str, names: Collection[str]) -> tuple[ast.expr, Source]:
    """Return the syntax tree of a text, its names and numbers replaced by placeholders, and the key to them.

    names: further texts that are one name each, such as `firm.comply`. Raises ExpressionError.
    """
    at = f"{where}: " if where else ""
    if not isinstance(text, str):
        raise ExpressionError(f"{at}got {type(text).__name__}, a text is needed")
    if len(text) > _MOST_CHARACTERS:
        raise ExpressionError(f"{at}a text of {len(text)} characters; at most {_MOST_CHARACTERS} are read")
    plain = Source(text, where, (), ())
    tokens: list[Token] = []
    depth = 0
    for token in _tokens(plain, names):
        if len(tokens) == _MOST_TOKENS:
            raise plain.error(token.position, f"more than {_MOST_TOKENS} names, numbers and signs; split it up")
        _check_neighbours(plain, tokens[-1] if tokens else None, token)
        depth += (token.text == "(") - (token.text == ")")
        if depth > _DEEPEST:
            raise plain.error(token.position, f"brackets nest more than {_DEEPEST} deep; split it up")
        if depth < 0:
            raise plain.error(token.position, "a closing bracket without an opening one; take it out")
        tokens.append(token)
    if not tokens:
        raise plain.error(0, "an empty text; write 0 if that is meant")
    if tokens[-1].kind == "sign" and tokens[-1].text != ")":
        raise plain.error(len(text.rstrip()), f"a name, a number or a bracket is missing here; {ACCEPTED}")
    if depth:
        raise plain.error(len(text), f"{depth} bracket(s) not closed; add `)`")
    return _parsed(Source(text, where, tuple(tokens), ()))


def _tokens(source: Source, names: Collection[str]) -> Iterator[Token]:
    text, position = source.text, 0
    # strategies may be called 1, 2, …; 1.2 stays a number
    known = sorted((name for name in names if not _NUMBER.fullmatch(name)), key=len, reverse=True)
    while position < len(text):
        if text[position] in " \t\r\n":
            position += 1
            continue
        name = next((n for n in known if text.startswith(n, position) and _ends(text, position + len(n))), None)
        if name is not None:
            yield Token("name", name, position)
            position += len(name)
        elif text[position].isidentifier():
            end = position + 1
            while end < len(text) and f"a{text[end]}".isidentifier():
                end += 1
            yield _word(source, text[position:end], position)
            position = end
        elif match := _NUMBER.match(text, position):
            yield Token("number", match[0].replace("_", ""), position)
            position = match.end()
        elif (match := _SIGN.match(text, position)) and match[0] not in ("==", "//"):
            yield Token("sign", match[0], position)
            position = match.end()
        else:
            power = unicodedata.normalize("NFKC", text[position]).isdecimal()
            hint = _SIGN_HINTS.get(text[position], "write ** for a power" if power else ACCEPTED)
            raise source.error(position, f"unexpected {text[position]!r}; {hint}")


def _ends(text: str, end: int) -> bool:
    """Return whether a name may end here: it must not be the beginning of a longer one."""
    return end == len(text) or not (text[end] == "." or text[end].isalnum() or text[end] == "_")


def _word(source: Source, text: str, position: int) -> Token:
    # as in Python: a name written in full-width letters is the name in plain ones
    name = unicodedata.normalize("NFKC", text)
    if name in _WORD_HINTS:
        raise source.error(position, f"{name!r} is not read here; {_WORD_HINTS[name]}")
    return Token("sign" if name == "and" else "name", name, position)


def _check_neighbours(source: Source, before: Token | None, token: Token) -> None:
    """Refuse two operands without an operator between them, and an operator without its operand."""
    if before is None or (before.kind == "sign" and before.text != ")"):
        empty = before is not None and before.text == "(" and token.text == ")"
        if token.kind == "sign" and token.text not in ("(", "+", "-") and not empty:
            raise source.error(token.position, f"a name, a number or a bracket is missing here; {ACCEPTED}")
    elif before.kind == "number" and token.kind == "name":
        shown = f"{before.text}*{token.text}"[:60]
        raise source.error(token.position, f"an operator is missing; write the multiplication sign, {shown}")
    elif token.kind != "sign":
        shown = repr(token.text[:40])
        raise source.error(token.position, f"an operator is missing before {shown}; write * for a product")
    elif token.text == "(" and before.kind != "name":
        raise source.error(token.position, "an operator is missing before the bracket; write * for a product")


def _parsed(source: Source) -> tuple[ast.expr, Source]:
    pieces, offsets, length = [], [], 0
    for number, token in enumerate(source.tokens):
        piece = token.text if token.kind == "sign" else f"_{number}"
        pieces.append(piece)
        offsets.append(length)
        length += len(piece) + 1
    source = Source(source.text, source.where, source.tokens, tuple(offsets))
    try:
        return ast.parse(" ".join(pieces), mode="eval").body, source
    except SyntaxError:
        raise source.error(0, f"not an expression; {ACCEPTED}") from None
    except (MemoryError, RecursionError):
        raise source.error(0, "signs or powers nest too deep; split the expression up") from None


def number_from_text(text: str) -> Fraction:
    """Return the number that a decimal or a quotient of whole numbers means; ValueError for anything else."""
    if len(text) > 2 * MOST_DIGITS:
        raise ValueError("too many digits")
    match = re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE]([+-]?\d{1,4}))?\s*(/\s*\d+\s*)?", text, re.ASCII)
    if match is None or abs(int(match[3] or 0)) > MOST_DIGITS:
        raise ValueError("not a number")
    number, _, divisor = text.partition("/")
    return Fraction(Decimal(number.strip())) / int(divisor or 1)
