"""The displayed equations of a publication: replicator equations, Jacobian, mixed rest points, abbreviations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import sympy

from coopgame.dynamics.mean import replicator
from coopgame.games.display import derivation
from coopgame.report.abbreviations import Abbreviations, rounded, sum_and_product
from coopgame.report.sections import Equation, Equations, Note, Part
from coopgame.report.terms import Language, term

if TYPE_CHECKING:
    from coopgame.analysis.points import RestPoint
    from coopgame.games.game import Game

_ROOM = 19.0  # cm for what cannot be broken on the right of an equation


def equations(game: Game, names: Abbreviations) -> Equations:
    """Return expected payoffs, mean payoffs and replicator equations."""
    lines = []
    for step in derivation(game).steps:
        left = sympy.Symbol(f"d{_named(game, step.symbol[1:-3])}/dt" if step.symbol.endswith("/dt") else step.symbol)
        right = dict.fromkeys(_shown(game, e, names) for e in step.expressions)
        lines.append(Equation(left, tuple(right)))
    return Equations(tuple(lines))


def jacobian(game: Game, names: Abbreviations) -> Equations:
    """Return the Jacobian on the tangent space, entry by entry."""
    matrix = replicator(game).jacobian_expressions
    size = matrix.shape[0]
    between = "" if size < 10 else "_"
    return Equations(
        tuple(
            Equation(sympy.Symbol(f"J_{i + 1}{between}{k + 1}"), (_shown(game, sympy.factor(matrix[i, k]), names),))
            for i in range(size)
            for k in range(size)
        )
    )


def mixed_points(game: Game, points: Sequence[RestPoint], names: Abbreviations, language: Language) -> Equations:
    """Return states and eigenvalues of mixed points, which are too long for a table."""
    mixed = [p for p in points if p.kind != "vertex"]
    return Equations(tuple(line for p in mixed for line in _mixed_point(game, p, names, language)))


def _mixed_point(game: Game, point: RestPoint, names: Abbreviations, language: Language) -> Iterator[Equation]:
    for name, value in point.coordinates.items():
        left = sympy.Symbol(_named(game, name))
        if value == sympy.Symbol(name):
            words = term("a root of its equation, which stands under \u201cexists if\u201d", language)
            yield Equation(left, label=point.label, words=words)
        else:
            yield Equation(left, (_shown(game, value, names),), point.label)
    yield from _eigenvalues(game, point, names)


def _eigenvalues(game: Game, point: RestPoint, names: Abbreviations) -> Iterator[Equation]:
    """Yield a line for each eigenvalue, one for two that differ by their sign; sum and product for long pairs."""
    values = list(point.eigenvalues)
    number = 1
    while values:
        first, *rest = values
        one, two = (sympy.Symbol(f"lambda_{number + i}") for i in (0, 1))
        pair = sum_and_product(game.ring, first, rest[0]) if rest else None
        if pair:
            total, product = (_shown(game, value, names) for value in pair)
            yield Equation(sympy.Add(one, two, evaluate=False), (total,), point.label)
            yield Equation(sympy.Mul(one, two, evaluate=False), (product,), point.label)
        elif rest and first == -rest[0] and first != 0:
            both = sympy.Symbol(f"lambda_{number},{number + 1}")
            yield Equation(both, (_shown(game, first, names),), point.label, both_signs=True)
        else:
            yield Equation(one, (_shown(game, first, names),), point.label)
            values, number = rest, number + 1
            continue
        values, number = rest[1:], number + 2


def _named(game: Game, name: str) -> str:
    """The share of a strategy goes without the name of the population when there is only one."""
    return f".{name.partition('.')[2]}" if "." in name and len(game.populations) == 1 else name


def _shown(game: Game, expression: sympy.Expr, names: Abbreviations) -> sympy.Expr:
    if not expression.free_symbols:
        return rounded(expression, _ROOM)
    short = names.shorten(expression, _ROOM)
    return short.xreplace({sympy.Symbol(n): sympy.Symbol(_named(game, n)) for n in game.coordinates})


def abbreviated(game: Game, names: Abbreviations, language: Language) -> Iterator[Part]:
    """Yield the definitions of the names that were given since the last time."""
    lines = []
    for symbol, total in names.untold():
        if isinstance(total, int):
            words = term("a sum of {} terms, in full in abbreviations.csv", language).format(total)
            lines.append(Equation(symbol, words=words))
        else:
            lines.append(Equation(symbol, (_shown(game, total, names),)))
    if lines:
        yield Note((term("Abbreviations:", language),))
        yield Equations(tuple(lines))
