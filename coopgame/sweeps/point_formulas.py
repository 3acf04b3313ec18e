"""Quantities of a rest point as formulas in the parameters: coordinates, eigenvalues of vertices, payoffs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import sympy

from coopgame.algebra.quotients import Quotient
from coopgame.analysis.comparative import derivative, vertex_directions
from coopgame.analysis.points import RestPoint, RestPoints
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import sympy_values
from coopgame.games.document import close_match
from coopgame.games.game import Game

_REMEDY = "give a measure or a function instead, whose elasticities are numerical"


def point_formula(points: RestPoints, label: str, quantity: str) -> sympy.Expr:
    """Return a quantity of a rest point in the parameters alone.

    quantity: a coordinate; `eigenvalue x` of a vertex; `payoff firm` or `payoff firm.comply`, what a population or a strategy earns
    there. Raises ParameterError for unknown names, UnsupportedError where there is no formula.
    """
    labels = [point.label for point in points]
    if label not in labels:
        raise ParameterError(f"no rest point {label!r}{close_match(label, labels)}")
    point = points[label]
    known = dict(_quantities(point))
    if quantity not in known:
        raise ParameterError(f"{label} has no quantity {quantity!r}{close_match(quantity, known)}")
    value = known[quantity]
    unsolved = sorted({symbol.name for symbol in value.free_symbols} - set(point.game.ring.names))
    if unsolved or value.has(sympy.Float):
        what = f"{', '.join(unsolved)} of {label}" if unsolved else f"{quantity} of {label}"
        raise UnsupportedError(f"{what} is a root of an equation, without a formula; {_REMEDY}")
    return Quotient.of(point.game.ring, value).expression() if _is_rational(value) else value


def _quantities(point: RestPoint) -> Iterator[tuple[str, sympy.Expr]]:
    game = point.game
    yield from point.coordinates.items()
    if point.kind == "vertex":
        for name, value in zip(vertex_directions(point), point.eigenvalues, strict=True):
            yield f"eigenvalue {name}", value
    # both at once: a coordinate may itself be a formula in other names
    there = {sympy.Symbol(name): value for name, value in point.coordinates.items()}
    for p, population in enumerate(game.populations):
        yield f"payoff {population.name}", game.mean_payoff(p).xreplace(there)
        for s, strategy in enumerate(population.strategies):
            yield f"payoff {population.name}.{strategy}", game.expected_payoff(p, s).xreplace(there)


def slope(game: Game, value: sympy.Expr, parameter: str) -> sympy.Expr:
    """Return the derivative of a formula with respect to a parameter, factored where it is a rational function."""
    if not _is_rational(value):
        return sympy.diff(value, sympy.Symbol(parameter))
    return derivative(Quotient.of(game.ring, value), parameter).expression()


def _is_rational(value: sympy.Expr) -> bool:
    """Return whether a formula holds sums, products and whole powers of rational numbers and parameters only."""
    whole = all(node.exp.is_Integer for node in value.atoms(sympy.Pow))
    return whole and not value.atoms(sympy.Function, sympy.NumberSymbol, sympy.Piecewise)


def number(value: sympy.Expr, at: Mapping[str, Fraction]) -> sympy.Expr:
    """Return the exact number that a formula is at some values; not finite where it divides by zero."""
    exact = sympy_values(at)
    return value.xreplace(exact)
