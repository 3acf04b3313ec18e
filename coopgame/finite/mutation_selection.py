"""Mean shares of strategies under weak selection and any mutation, in a well-mixed population of any size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sympy

from coopgame.algebra.conditions import FALSE, Condition
from coopgame.algebra.polynomials import Ring
from coopgame.algebra.quotients import Quotient
from coopgame.dynamics.laws import Law
from coopgame.errors import ParameterError, ProtocolError, StateError, UnsupportedError
from coopgame.finite.size_symbols import (
    by_payoffs,
    constant_payoffs,
    larger_ring,
    mutation_chance,
    population_size,
    sign_of,
    total_of,
    turned,
    typical,
    value_at,
)
from coopgame.finite.weak_rules import WeakRule, weak_rule
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame

if TYPE_CHECKING:
    import pandas

Weights = tuple[sympy.Expr, sympy.Expr, sympy.Expr]


@dataclass(frozen=True, eq=False)
class MutationSelection:
    """The mean shares of strategies in the long run, 1/n + w coefficient + O(w^2) each, and what follows from their first order.

    size, mutation: numbers, or symbols for any; mutation is the chance that a strategy is replaced by one of the others, each as likely. All fields are exact, one entry for
    each strategy in the order of the game.
    """

    game: MatrixGame = field(repr=False)
    size: sympy.Expr
    mutation: sympy.Expr
    rule: WeakRule
    _weights: Weights = field(repr=False)

    @property
    def strategies(self) -> tuple[str, ...]:
        """Their names."""
        return self.game.populations[0].strategies

    @cached_property
    def low(self) -> tuple[sympy.Expr, ...]:
        """L of each strategy: what decides where mutation is rare."""
        return tuple(self._expression(part) for part in self._low)

    @cached_property
    def high(self) -> tuple[sympy.Expr, ...]:
        """H of each strategy: what decides where mutation is frequent."""
        return tuple(self._expression(part) for part in self._high)

    @cached_property
    def low_limit(self) -> tuple[sympy.Expr, ...]:
        """The limit of L in a large population: the mean over j of a_kk + a_kj - a_jk - a_jj."""
        return tuple(self._expression(self._sum(k, 1, 1, -1, -1, 0)) for k in range(len(self.strategies)))

    @cached_property
    def high_limit(self) -> tuple[sympy.Expr, ...]:
        """The limit of H in a large population: the mean payoff in an even mixture, less that of all strategies."""
        return tuple(self._expression(self._sum(k, 0, 1, 0, 0, -1)) for k in range(len(self.strategies)))

    @cached_property
    def scaled_mutation(self) -> sympy.Expr:
        """Theta, the weight of H beside 1 for L; N times the chance of a new strategy in large populations under the Moran process."""
        _, low, high = self._weights
        return turned(high / low, typical(self.size, self.mutation))

    @cached_property
    def coefficients(self) -> tuple[sympy.Expr, ...]:
        """The derivatives of the mean shares at w = 0; they sum to 0."""
        factor, n = self._weights[0], len(self.strategies)
        point = typical(self.size, self.mutation)
        return tuple(by_payoffs(part, self.game.ring.names, factor / n, point) for part in self._totals)

    @cached_property
    def favoured(self) -> Mapping[str, Condition]:
        """For each strategy under which its mean share is above 1/n."""
        return {name: self._sign(part) for name, part in zip(self.strategies, self._totals, strict=True)}

    def more_abundant(self, strategy: str, other: str) -> Condition:
        """Return the condition under which the mean share of one strategy is larger than that of another."""
        for name in (strategy, other):
            if name not in self.strategies:
                raise StateError(f"no strategy {name!r}; strategies are {', '.join(self.strategies)}")
        one, two = (self._totals[self.strategies.index(name)] for name in (strategy, other))
        return self._sign(one - two)

    def values(
        self, values: Mapping[str, Any] | None = None, *, size: int | None = None, mutation: Any = None
    ) -> dict[str, Fraction]:
        """Return the coefficients at numbers for all parameters, exactly. size, mutation: where they are symbols; the settings of the rule go with the values."""
        symbols = symbols_at(self.game, (self.size, size, 2), (self.mutation, mutation, len(self.strategies)))
        found = [value_at(e, self.game, symbols, values, self.rule.settings) for e in self.coefficients]
        return dict(zip(self.strategies, found, strict=True))

    def ranking(
        self, values: Mapping[str, Any] | None = None, *, size: int | None = None, mutation: Any = None
    ) -> tuple[tuple[str, ...], ...]:
        """Return the strategies from the most to the least abundant at numbers for all parameters; those with exactly equal coefficients stand together."""
        found = self.values(values, size=size, mutation=mutation)
        order = sorted(found, key=lambda name: -found[name])
        return tuple(tuple(same) for _, same in groupby(order, key=lambda name: found[name]))

    # the sums of payoffs --------------------------------------------------------------------------------------

    @cached_property
    def _ring(self) -> Ring:
        return larger_ring(self.game, self.size, self.mutation, names=self.rule.settings)

    def _sum(self, k: int, own: Any, row: Any, column: Any, diagonal: Any, all_pairs: Any) -> Quotient:
        """Return the weighted sum of a_kk and of the means of row k, column k, the diagonal and all payoffs."""
        table, rows, columns, mean_diagonal, mean = self._means
        parts = (table[k][k], own), (rows[k], row), (columns[k], column), (mean_diagonal, diagonal), (mean, all_pairs)
        terms = [
            part * Quotient.of(self._ring, weight * sympy.Integer(1), "weight")
            for part, weight in parts
            if weight != 0
        ]
        return total_of(self._ring, terms)

    @cached_property
    def _means(self) -> tuple[list[list[Quotient]], list[Quotient], list[Quotient], Quotient, Quotient]:
        ring, n = self._ring, Fraction(1, len(self.game.payoffs))
        table = [[Quotient.of(ring, entry) for entry in row] for row in self.game.payoffs]
        rows = [total_of(ring, row) * n for row in table]
        columns = [total_of(ring, column) * n for column in zip(*table, strict=True)]
        diagonal = total_of(ring, [row[k] for k, row in enumerate(table)]) * n
        return table, rows, columns, diagonal, total_of(ring, rows) * n

    @cached_property
    def _low(self) -> tuple[Quotient, ...]:
        rest = (self.size - 2) / self.size
        return tuple(self._sum(k, rest, 1, -1, -rest, 0) for k in range(len(self.strategies)))

    @cached_property
    def _high(self) -> tuple[Quotient, ...]:
        size = self.size
        return tuple(
            self._sum(k, 0, (size - 1) / size, -1 / size, 0, -(size - 2) / size) for k in range(len(self.strategies))
        )

    @cached_property
    def _totals(self) -> tuple[Quotient, ...]:
        low, high = (Quotient.of(self._ring, weight, "weight") for weight in self._weights[1:])
        return tuple(one * low + other * high for one, other in zip(self._low, self._high, strict=True))

    def _expression(self, part: Quotient) -> sympy.Expr:
        return by_payoffs(part, self.game.ring.names, sympy.Integer(1))

    def _sign(self, part: Quotient) -> Condition:
        if sympy.cancel(self._weights[0]) == 0:
            return FALSE
        if not self.rule.favours(self.size):
            part = part * Quotient.of(self._ring, self._weights[0], "strength")
        n = len(self.strategies)
        fresh = self.mutation * sympy.Rational(n, n - 1)
        return sign_of(part * Quotient.of(self._ring, self.size), self.game.ring.names, (self.size, 2), fresh)

    # display --------------------------------------------------------------------------------------------------

    def to_dataframe(self) -> pandas.DataFrame:
        """Return a pandas table with one row for each strategy: L, H, the coefficient and the condition."""
        import pandas

        rows = zip(self.strategies, self.low, self.high, self.coefficients, self.favoured.values(), strict=True)
        return pandas.DataFrame(
            [{"strategy": s, "L": x, "H": y, "coefficient": c, "favoured": str(f)} for s, x, y, c, f in rows]
        )

    def __str__(self) -> str:
        lines = [f"mean shares 1/{len(self.strategies)} + w*coefficient, {self.rule.name}; coefficient ~ L + theta*H"]
        lines += [f"theta = {self.scaled_mutation}"]
        rows = zip(self.strategies, self.low, self.high, strict=True)
        return "\n".join(lines + [f"{name}: L = {low}, H = {high}" for name, low, high in rows])

    def _repr_html_(self) -> str:
        rows = zip(self.strategies, self.low, self.high, self.coefficients, strict=True)
        body = "".join(
            f"<tr><td>{escape(name)}</td>"
            + "".join(f"<td>${escape(sympy.latex(e))}$</td>" for e in entries)
            + "</tr>"
            for name, *entries in rows
        )
        return f"<table><tr><th>strategy</th><th>$L$</th><th>$H$</th><th>coefficient</th></tr>{body}</table>"


def mutation_selection(
    game: MatrixGame, *, size: Any = None, mutation: Any = None, rule: Law | WeakRule | None = None
) -> MutationSelection:
    """Return the mean shares of all strategies in the long run to first order in the intensity of selection, as formulas.

    size: of the population, a whole number or the name of a symbol, N by default. mutation: the chance that offspring, or a member whose turn it is, takes one of the other
    strategies, each as likely; a number, or the name of a symbol, mu by default. rule: a law of smooth imitation or replacement, or a WeakRule; the Moran
    process by default. The intensity w is the law's own setting of that name, whatever its value, or a factor on payoffs.

    A mean share is 1/n + w A (L + theta H)/n with a factor A > 0 (see `coefficients`), where L decides for rare and H for frequent mutation; theta grows from 0 with mutation. Exact for
    every size and every mutation chance; L, H and theta = N u of Antal and others are the limits for large N, with u = mu n/(n - 1) the chance of a strategy drawn from all.

    Raises UnsupportedError for other games than MatrixGame with constant payoffs and at least two strategies, and for rules without an expansion; ParameterError for sizes and chances that
    are none.

    References: Antal, Traulsen, Ohtsuki, Tarnita and Nowak (2009), Journal of Theoretical Biology 258, 614-622; Antal, Nowak and Traulsen (2009), Journal of Theoretical Biology 257.

    >>> from coopgame import MatrixGame, mutation_selection
    >>> dilemma = MatrixGame([["b - c", "-c"], ["b", "0"]], ["share", "keep"])
    >>> found = mutation_selection(dilemma)
    >>> found.low[0], found.high[0]
    (-(b + c*(N - 1))/N, -(b + c*(N - 1))/(2*N))
    >>> print(found.favoured["share"])
    c*N + b < c
    """
    if not isinstance(game, MatrixGame):
        raise UnsupportedError(
            f"mean shares under mutation are worked out for pairs (MatrixGame), got {type(game).__name__}"
        )
    constant_payoffs(game)
    n = len(game.payoffs)
    if n < 2:
        raise UnsupportedError("a game with one strategy has nothing to select; give at least two")
    count, chance, expansion = population_size(size, game), mutation_chance(mutation, game, n), weak_rule(rule)
    weights = cleared(checked_weights(expansion, count, chance, n))
    return MutationSelection(game, count, chance, expansion, weights)


def symbols_at(
    game: Game, size: tuple[sympy.Expr, Any, int], mutation: tuple[sympy.Expr, Any, int]
) -> dict[str, Any]:
    """Return the numbers for the symbols of size and mutation, None for those that were not given.

    size: the symbol or number of the result, what was given, and the least size. mutation: the same with the number of strategies.
    """
    found: dict[str, Any] = {}
    for (symbol, given, bound), what in ((size, "size"), (mutation, "mutation")):
        if given is not None and not symbol.is_Symbol:
            raise ParameterError(f"{what} is {symbol} here already; leave it out")
        if given is not None:
            (population_size if what == "size" else mutation_chance)(given, game, bound)
        if symbol.is_Symbol:
            found[symbol.name] = given
    return found


def checked_weights(rule: WeakRule, size: sympy.Expr, mutation: sympy.Expr, strategies: int) -> Weights:
    """Return the weights of low and high mutation; errors where names collide, and where rates of copying are no chances."""
    if size == mutation:
        raise ParameterError(f"size and mutation are both {size}; give them two names")
    if rule.copying.is_number and rule.copying > 1:
        raise ProtocolError(
            f"{rule.name}: without selection a member copies at the rate {rule.copying}, which is no chance; give weak_rule(law, step=...) with a step of at most "
            f"{1 / rule.copying}"
        )
    return rule.mutation_weights(size, mutation, strategies)


def cleared(weights: Weights) -> Weights:
    """Return a factor and two weights that are polynomials without a common factor."""
    factor, low, high = weights
    low, high = sympy.together(low), sympy.together(high)
    below = sympy.lcm(sympy.denom(low), sympy.denom(high))
    return factor / below, sympy.expand(sympy.cancel(low * below)), sympy.expand(sympy.cancel(high * below))
