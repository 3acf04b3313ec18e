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
        left = sympy.Symbol(f"d{named(game, step.symbol[1:-3])}/dt" if step.symbol.endswith("/dt") else step.symbol)
        right = dict.fromkeys(_shown(game, e, names) for e in step.expressions)
        lines.append(Equation(left, tuple(right)))
    return Equations(tuple(lines))


def rate_equations(game: Game, names: Abbreviations) -> Equations:
    """Return the rates of a model of quantities."""
    return Equations(
        tuple(
            Equation(sympy.Symbol(f"d{named(game, variable.name)}/dt"), (_shown(game, variable.rate, names),))
            for variable in game.environment
        )
    )


def jacobian(game: Game, names: Abbreviations) -> Equations:
    """Return the Jacobian on the tangent space, entry by entry."""
    matrix = replicator(game).jacobian_expressions
    size = matrix.shape[0]
    between = "" if size < 10 else "_"
    return Equations(
        tuple(
            Equation(
                sympy.Symbol(f"J_{i + 1}{between}{k + 1}"), (_shown(game, _arranged(game, matrix[i, k]), names),)
            )
            for i in range(size)
            for k in range(size)
        )
    )


def _arranged(game: Game, entry: sympy.Expr) -> sympy.Expr:
    """Return an entry as a product, or with parameters collected by shares where it is none."""
    factored = sympy.factor(entry)
    shares = [sympy.Symbol(name) for name in game.coordinates]
    if factored.as_coeff_Mul()[1].is_Add and entry.is_polynomial(*shares):
        return sympy.collect(sympy.expand(entry), shares)
    return factored


def mixed_points(game: Game, points: Sequence[RestPoint], names: Abbreviations, language: Language) -> Equations:
    """Return states and eigenvalues of mixed points, which are too long for a table."""
    mixed = [p for p in points if p.kind != "vertex"]
    return Equations(tuple(line for p in mixed for line in _mixed_point(game, p, names, language)))


def _mixed_point(game: Game, point: RestPoint, names: Abbreviations, language: Language) -> Iterator[Equation]:
    for name, value in point.coordinates.items():
        left = sympy.Symbol(named(game, name))
        if value == sympy.Symbol(name):
            yield Equation(left, label=point.label, words=term(_root(point, name), language))
        else:
            yield Equation(left, (_shown(game, value, names),), point.label)
    yield from _eigenvalues(game, point, names)


def _root(point: RestPoint, name: str) -> str:
    """Return in words where the equation stands whose root a coordinate is."""
    equations = [sign for sign in point.exists.signs() if sign.relation == "="]
    if any(sympy.Symbol(name) in sign.expression().free_symbols for sign in equations):
        return "a root of its equation, which stands under \u201cexists if\u201d"
    return "a root of the replicator equation, for which there is no formula here"


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


def named(game: Game, name: str) -> str:
    """Return the name of a share, without the name of the population when there is only one."""
    return f".{name.partition('.')[2]}" if "." in name and len(game.populations) == 1 else name


def _shown(game: Game, expression: sympy.Expr, names: Abbreviations) -> sympy.Expr:
    if not expression.free_symbols:
        return rounded(expression, _ROOM)
    return renamed(game, names.shorten(expression, _ROOM))


def renamed(game: Game, expression: sympy.Expr) -> sympy.Expr:
    """Return an expression with the shares of the only population without its name."""
    return expression.xreplace({sympy.Symbol(n): sympy.Symbol(named(game, n)) for n in game.coordinates})


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
