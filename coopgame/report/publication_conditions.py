"""Conditions and places as cells of a publication."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sympy

from coopgame.algebra.conditions import FALSE, TRUE, And, Condition, Or, Sign
from coopgame.errors import CoopgameError
from coopgame.expressions import parse_condition, parse_expression
from coopgame.report.abbreviations import Abbreviations
from coopgame.report.cells import Cell, Lines, Short
from coopgame.report.publication_equations import renamed
from coopgame.report.terms import Language, term

if TYPE_CHECKING:
    from coopgame.games.game import Game

_WIDEST_COMPARISON = 14.0  # cm; longer ones get a name


def between(cells: Sequence[Cell], joint: str) -> list[Cell]:
    """Return cells with a text between each two."""
    found: list[Cell] = []
    for cell in cells:
        found += [joint, cell] if found else [cell]
    return found


def place_cell(game: Game, where: str, language: Language) -> Cell:
    """Return where a continuum lies: equations and inequalities as mathematics, words as they are."""
    parts: list[Cell] = []
    for text in where.split(" and "):
        left, equal, right = text.partition(" = ")
        try:
            sides = [parse_expression(side, names=game.coordinates) for side in ((left, right) if equal else ())]
            found = [sympy.Eq(*sides, evaluate=False)] if equal else relations(text, game.coordinates)
            parts += [Short(relation, renamed(game, relation)) for relation in found]
        except CoopgameError:
            parts.append(term(text, language))
    return tuple(between(parts, f" {term('and', language)} "))


def relations(text: str, names: Sequence[str] = ()) -> list[sympy.Basic]:
    """Return the inequalities that a text states."""
    return [sympy.Rel(part.left, part.right, part.relation) for part in parse_condition(text, names=names)]


def condition_cell(condition: Condition, names: Abbreviations, language: Language) -> Cell:
    """Return a condition as mathematics, its parts below each other, each in brackets when it has parts itself."""
    if condition in (TRUE, FALSE):
        return term("always" if condition == TRUE else "never", language)
    if not isinstance(condition, And | Or):
        return _comparison(condition, names)
    joint = term("and" if isinstance(condition, And) else "or", language)
    return Lines(tuple(_inner(part, names, language, "[]") for part in condition.parts), joint)


def _inner(condition: Condition, names: Abbreviations, language: Language, brackets: str = "()") -> Cell:
    if not isinstance(condition, And | Or):
        return _comparison(condition, names)
    word = term("and" if isinstance(condition, And) else "or", language)
    parts = [_inner(part, names, language) for part in condition.parts]
    if all(isinstance(part, Sign) for part in condition.parts):
        brackets = "()"
    return (brackets[0], *between(parts, f" {word} "), brackets[1])


def _comparison(leaf: Condition, names: Abbreviations) -> Short:
    assert isinstance(leaf, Sign)  # constants do not stand inside other conditions
    return Short(leaf.expression(), names.relation(leaf, _WIDEST_COMPARISON))
