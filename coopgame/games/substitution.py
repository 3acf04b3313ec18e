"""What is left of a game's assumptions when some parameters become numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar, cast

import sympy

from coopgame.algebra.polynomials import Ring
from coopgame.errors import AssumptionError, GameError
from coopgame.expressions import Inequality, parse_condition, symbols_of, sympy_values
from coopgame.games.declarations import Parameter

if TYPE_CHECKING:
    from coopgame.games.game import Game

G = TypeVar("G", bound="Game")


def remaining_assumptions(
    parameters: Sequence[Parameter], texts: Sequence[str], exact: Mapping[str, Fraction]
) -> Iterator[str]:
    """Yield the assumptions on the parameters that stay, with the numbers put in.

    Raises AssumptionError when the numbers violate an assumption that speaks of them alone.
    """
    numbers = sympy_values(exact)
    own = {p.name: p.inequalities() for p in parameters}
    for name, value in exact.items():
        for inequality in own[name]:
            _must_hold(inequality, numbers, f"{name} = {value}")
    for text in texts:
        for inequality in parse_condition(text):
            names = symbols_of(inequality.left) | symbols_of(inequality.right)
            if not names & set(exact):
                yield str(inequality)
            elif names <= set(exact):
                shown = ", ".join(f"{n} = {exact[n]}" for n in sorted(names))
                _must_hold(inequality, numbers, shown)
            else:
                left, right = inequality.left.xreplace(numbers), inequality.right.xreplace(numbers)
                yield str(replace(inequality, left=left, right=right))


def _must_hold(inequality: Inequality, numbers: Mapping[sympy.Symbol, sympy.Expr], shown: str) -> None:
    ring = Ring(())
    numerator, denominator = ring.fraction(inequality.difference.xreplace(dict(numbers)), f"assumption {inequality}")
    value = ring.evaluate(numerator, {}) / ring.evaluate(denominator, {})
    holds = {">": value > 0, ">=": value >= 0, "<": value < 0, "<=": value <= 0, "!=": value != 0}
    if not holds[inequality.relation]:
        raise AssumptionError(f"{shown} violates the assumption {inequality}; change the value or the assumption")


def denominators(expressions: Iterable[sympy.Expr], names: Iterable[str]) -> tuple[sympy.Expr, ...]:
    """Return what expressions divide by, as far as it depends on the names alone; each once."""
    symbols = {sympy.Symbol(name) for name in names}
    nodes = (node for expression in expressions for node in sympy.preorder_traversal(expression))
    bases = (node.base for node in nodes if isinstance(node, sympy.Pow) and node.exp.is_negative)
    return tuple(dict.fromkeys(base for base in bases if base.free_symbols and base.free_symbols <= symbols))


def check_denominators(bases: Collection[sympy.Expr], exact: Mapping[str, Fraction]) -> None:
    """Raise GameError when numbers make a denominator vanish."""
    if not bases:
        return
    numbers = sympy_values(exact)
    for base in bases:
        if sympy.expand(base.xreplace(numbers)) == 0:
            shown = ", ".join(f"{name} = {exact[name]}" for name in sorted(symbols_of(base) & set(exact)))
            raise GameError(f"a payoff divides by zero at {shown}, where {base} is 0; change the values")


def with_numbers(game: G, values: Mapping[str, Any]) -> G:
    """Return the game with the named parameters replaced by exact numbers; the game itself when none is named."""
    return cast("G", game.substitute(values)) if values else game
