"""How wide text and formulas are in print, estimated from their LaTeX, so that they can be fitted to a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

_POINT = 2.54 / 72.27  # cm
_TOKEN = re.compile(r"\\[A-Za-z]+\s?|\\.|[{}_^$]|.", re.DOTALL)
_SCRIPT = 0.8
# widths in points at 10 pt of Computer Modern
_OPERATOR, _RELATION, _TEXT_LETTER, _WIDE_CHARACTER = 12.2, 13.3, 5.2, 10.0
_TEXT = (
    dict.fromkeys("ijl.,:;'| ", 3.2)
    | dict.fromkeys("frst()[]", 4.0)
    | dict.fromkeys("mw", 8.4)
    | dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ", 7.6)
    | dict.fromkeys("MW", 10.0)
)
_CHARACTERS = (
    dict.fromkeys("ijlft", 4.2)
    | dict.fromkeys("mwMW", 9.6)
    | dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ", 7.6)
    | dict.fromkeys("0123456789", 5.0)
    | dict.fromkeys("()[]", 4.0)
    | dict.fromkeys("+-", _OPERATOR)
    | dict.fromkeys("=<>", _RELATION)
    | {",": 4.5, ".": 2.8, " ": 0.0, "/": 5.0}
)
_COMMANDS = (
    {
        r"\qquad": 20.0,
        r"\quad": 10.0,
        r"\ ": 3.4,
        r"\,": 1.7,
        r"\;": 2.8,
        r"\cdot": 7.2,
        r"\pm": _OPERATOR,
        r"\overline": 0.0,
    }
    | dict.fromkeys([r"\geq", r"\leq", r"\neq", r"\approx"], _RELATION)
    | dict.fromkeys([r"\left", r"\right", r"\newline", r"\arraybackslash"], 0.6)
)


def latex_width(text: str) -> float:
    """Return about how many centimetres a line of LaTeX takes at 10 pt; mathematics stands between dollar signs.

    Knows what the formulas of this package use: fractions, roots, indices, brackets that grow, and text.
    """
    parts = text.split("$")
    points = sum(_math(part) if i % 2 else _prose(part) for i, part in enumerate(parts))
    return points * _POINT


def math_width(formula: str) -> float:
    """Return about how many centimetres a formula without dollar signs takes at 10 pt."""
    return _math(formula) * _POINT


def _prose(text: str) -> float:
    plain = re.sub(r"\\text[a-z]+(\{\}|\s)|\\(.)", lambda m: m.group(2) or "x", text)
    return sum(_text_letter(character) for character in plain if character not in "{}")


def _text_letter(character: str) -> float:
    return _WIDE_CHARACTER if ord(character) > 0x2E7F else _TEXT.get(character, _TEXT_LETTER)


def _math(formula: str) -> float:
    return _row(iter(_TOKEN.findall(formula)))


def _row(tokens: Iterator[str]) -> float:
    """Read up to the brace that closes, or to the end."""
    total, sign_is_unary = 0.0, True
    for token in tokens:
        if token == "}":
            break
        if token in "+-" and sign_is_unary:
            total += 7.8
        else:
            total += _token(token, tokens)
        sign_is_unary = token in "(=<>+-{" or (sign_is_unary and token.strip() in ("", r"\left"))
    return total


def _token(token: str, tokens: Iterator[str]) -> float:
    name = token.strip() if len(token) > 2 else token
    if name == "{":
        return _row(tokens)
    if name in "_^":
        return _SCRIPT * _argument(tokens)
    if name in (r"\frac", r"\tfrac", r"\dfrac"):
        return max(_argument(tokens), _argument(tokens)) + 2.4
    if name == r"\sqrt":
        return _argument(tokens) + 8.4
    if name in (r"\text", r"\mathit", r"\mathrm", r"\operatorname"):
        return _text_argument(tokens)
    if name.startswith("\\"):
        return _COMMANDS.get(name, 6.0)
    return _CHARACTERS.get(name, 5.4 if name.isascii() else _WIDE_CHARACTER)


def _argument(tokens: Iterator[str]) -> float:
    token = next(tokens, "")
    while token == " ":
        token = next(tokens, "")
    return _token(token, tokens) if token else 0.0


def _text_argument(tokens: Iterator[str]) -> float:
    depth, found = 0, ""
    for token in tokens:
        depth += (token == "{") - (token == "}")
        if depth == 0:
            break
        found += token
    return _prose(found.removeprefix("{"))
