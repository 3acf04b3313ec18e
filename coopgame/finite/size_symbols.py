"""The population size and the mutation chance, as numbers or symbols, and expressions that are sorted by payoffs."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy

from coopgame.algebra.conditions import Condition
from coopgame.algebra.polynomials import Polynomial, Ring, to_fmpq, to_fraction
from coopgame.algebra.quotients import Quotient
from coopgame.errors import ParameterError, UnsupportedError
from coopgame.expressions import exact_number, parse_expression, to_sympy
from coopgame.games.game import Game
from coopgame.games.group import GroupGame
from coopgame.games.matrix import MatrixGame

_LARGEST = 10**9
Point = Mapping[sympy.Expr, sympy.Expr]


def population_size(size: Any, game: Game | None, least: int = 2) -> sympy.Expr:
    """Return the size as a whole number, or as a symbol that means any; None is the symbol N.

    Raises ParameterError for other numbers, and for a name that the game uses.
    """
    what = f"a whole number from {least} to {_LARGEST}, or a name for it"
    found = _named("N" if size is None else size, game, f"the population size is {size!r}; {what} is needed")
    if found.is_Symbol:
        return found
    if isinstance(size, bool) or not found.is_Integer or not least <= found <= _LARGEST:
        raise ParameterError(f"the population size is {size!r}; {what} is needed")
    return found


def mutation_chance(mutation: Any, game: Game | None, strategies: int) -> sympy.Expr:
    """Return the chance of another strategy as an exact number, or as a symbol; None is the symbol mu.

    Raises ParameterError for numbers below 0, and above (n - 1)/n, where offspring are less like their parents than strategies drawn at random are.
    """
    most = sympy.Rational(strategies - 1, strategies)
    what = f"a chance from 0 to {most}, where {strategies} strategies are equally likely, or a name for it, is needed"
    found = _named("mu" if mutation is None else mutation, game, f"mutation is {mutation!r}; {what}")
    if found.is_Symbol:
        return found
    if isinstance(mutation, bool) or not found.is_Rational or not 0 <= found <= most:
        raise ParameterError(f"mutation is {mutation!r}; {what}")
    return found


def _named(given: Any, game: Game | None, message: str) -> sympy.Expr:
    found = parse_expression(given, "the population")
    if not found.is_Symbol and found.free_symbols:
        raise ParameterError(message)
    if found.is_Symbol and game is not None and found.name in (*game.ring.names, *game.coordinates):
        raise ParameterError(f"{found.name!r} has a meaning in the game; give it another name here, such as 'Z'")
    return found


def constant_payoffs(game: Game) -> Game:
    """Return the game; UnsupportedError unless it is played by pairs or groups of one population at payoffs that do not depend on shares."""
    if not isinstance(game, MatrixGame | GroupGame) or game.environment:
        raise UnsupportedError(
            f"weak selection is worked out for pairs (MatrixGame) and groups (GroupGame) of one population, got {type(game).__name__}"
        )
    shares = {sympy.Symbol(name) for name in game.coordinates}
    if any(entry.free_symbols & shares for row in game.payoffs for entry in row):
        raise UnsupportedError("payoffs that depend on the shares have no expansion here; give constant payoffs")
    return game


def larger_ring(game: Game | None, *symbols: sympy.Expr, names: Iterable[str] = ()) -> Ring:
    """Return the ring of the game's parameters and of other names."""
    own = game.ring.names if game is not None else ()
    more = [s.name for s in symbols if s.is_Symbol] + sorted(names)
    return Ring((*own, *dict.fromkeys(name for name in more if name not in own)))


def weighted(ring: Ring, terms: Iterable[tuple[sympy.Expr, sympy.Expr]]) -> Quotient:
    """Return the sum of payoffs times weights."""
    return total_of(
        ring, [Quotient.of(ring, payoff) * Quotient.of(ring, weight, "weight") for payoff, weight in terms]
    )


def total_of(ring: Ring, terms: Iterable[Quotient]) -> Quotient:
    """Return the sum of quotients."""
    return sum(terms, Quotient(ring, ring.constant(0)))


def by_payoffs(
    quotient: Quotient, payoffs: Collection[str], scale: sympy.Expr, typical: Point | None = None
) -> sympy.Expr:
    """Return scale times the quotient, a sum over products of the parameters with factors in the other names, such as (a*(N - 2) + b*(2*N - 1))/(6*N).

    typical: numbers at which the factors in front are written as positive ones.
    """
    ring = quotient.ring
    groups = _by_payoffs(quotient, payoffs)
    if not groups:
        return sympy.Integer(0)
    common = reduce(lambda one, other: one.gcd(other), groups.values())
    factors = [factor / common for factor in groups.values()]
    number = _content(factors)
    parts = [_part(ring, own, factor / to_fmpq(number)) for own, factor in zip(groups, factors, strict=True)]
    below = Quotient(ring, quotient.denominator).expression()
    outside = turned(scale * to_sympy(number) * ring.to_expression(common) / below, typical or {})
    if outside == 0:
        return sympy.Integer(0)
    inside = sympy.Add(*parts)
    return sympy.Mul(outside, inside, evaluate=not (outside.is_Rational and outside != 1 and inside.is_Add))


def sign_of(
    quotient: Quotient, payoffs: Collection[str], size: tuple[sympy.Expr, int], fresh: sympy.Expr | None = None
) -> Condition:
    """Return the condition that a quotient is positive, without a factor in size and mutation that is proved positive.

    size: its symbol and the least number it stands for. fresh: the chance of a new strategy, as a multiple of the symbol of mutation; it stands for
    numbers from 0 to below 1.
    """
    ring = quotient.ring
    common = reduce(lambda one, other: one.gcd(other), _by_payoffs(quotient, payoffs).values(), ring.constant(0))
    if common.is_zero() or common.is_constant():
        return quotient.sign(">")
    number, more = size
    s, t = sympy.symbols("_s _t")
    point = {number: more + s} if number.is_Symbol else {}
    for symbol in fresh.free_symbols if fresh is not None else ():
        point[symbol] = symbol / fresh * t / (1 + t)
    expanded = sympy.numer(sympy.together(ring.to_expression(common).subs(point)))
    if expanded.free_symbols <= {s, t}:
        polynomial = sympy.Poly(expanded, s, t)
        first = polynomial.eval((0, 0))
        if first != 0 and all(c * first >= 0 for c in polynomial.coeffs()):  # one sign throughout
            quotient = Quotient(ring, quotient.numerator / (common if first > 0 else -common), quotient.denominator)
    return quotient.sign(">")


def _by_payoffs(quotient: Quotient, payoffs: Collection[str]) -> dict[tuple[int, ...], Polynomial]:
    """Return the numerator by products of the parameters: their exponents, and the factor in the other names."""
    ring = quotient.ring
    zero: Any = ring.constant(0)
    groups: dict[tuple[int, ...], Polynomial] = {}
    for exponents, coefficient in quotient.numerator.terms():
        own = tuple(int(e) if name in payoffs else 0 for name, e in zip(ring.names, exponents, strict=True))
        rest = tuple(int(e) - k for e, k in zip(exponents, own, strict=True))
        groups[own] = groups.get(own, zero) + ring.context.from_dict({rest: coefficient})
    return groups


def typical(size: sympy.Expr, mutation: sympy.Expr) -> Point:
    """Return a large population and a small chance of mutation for their symbols."""
    chosen = {size: sympy.Integer(10**6), mutation: sympy.Rational(1, 10**12)}
    return {symbol: number for symbol, number in chosen.items() if symbol.is_Symbol}


def turned(expression: sympy.Expr, typical: Point) -> sympy.Expr:
    """Return a product of factors, those that are sums written such that they are positive at typical numbers."""
    factors = []
    for factor in sympy.Mul.make_args(sympy.factor(expression)):
        base, power = factor.as_base_exp()
        value = base.subs(typical)
        turn = base.is_Add and value.is_number and value < 0
        factors += [(-1) ** power, sympy.expand(-base) ** power] if turn else [factor]
    return sympy.Mul(*factors)


def _part(ring: Ring, own: tuple[int, ...], factor: Polynomial) -> sympy.Expr:
    """Return a product of parameters times its factor, written with a positive leading term."""
    number = _content([factor])
    product = ring.to_expression(ring.context.from_dict({own: 1}))
    return sympy.Mul(to_sympy(number), product, sympy.factor(ring.to_expression(factor / to_fmpq(number))))


def _content(polynomials: Sequence[Polynomial]) -> Fraction:
    """Return the number that leaves coprime whole coefficients; it is negative where all leading ones are."""
    numbers = [to_fraction(c) for polynomial in polynomials for c in polynomial.coeffs()]
    size = Fraction(math.gcd(*(n.numerator for n in numbers)), math.lcm(*(n.denominator for n in numbers)))
    return -size if all(polynomial.leading_coefficient() < 0 for polynomial in polynomials) else size


def value_at(
    expression: sympy.Expr,
    game: Game,
    symbols: Mapping[str, Any],
    values: Mapping[str, Any] | None,
    settings: Collection[str] = (),
) -> Fraction:
    """Return an expression at numbers for all parameters, for symbols that stand for sizes and chances, and for the settings of a rule.

    symbols: name to number, None where it was not given.
    """
    own = {name: value for name, value in (values or {}).items() if name in game.ring.names or name not in settings}
    numbers = game.values(own)
    for name, given in {**{n: (values or {}).get(n) for n in settings if n not in numbers}, **symbols}.items():
        if given is None:
            raise ParameterError(f"no value for {name}; give one")
        numbers[name] = exact_number(given, name)
    point = {sympy.Symbol(name): to_sympy(number) for name, number in numbers.items()}
    found = expression.subs(point)
    if not found.is_Rational:
        raise ParameterError(
            f"the formula is {found} at these values, which is no number; a denominator vanishes there"
        )
    return Fraction(int(found.p), int(found.q))
