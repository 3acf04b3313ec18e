"""What every game has: populations, strategies, parameters with assumptions, and expected payoffs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

import sympy

from coopgame.algebra.assumptions import Assumptions
from coopgame.algebra.polynomials import Ring
from coopgame.errors import ExpressionError, GameError, ParameterError
from coopgame.expressions import (
    FUNCTION_NAMES,
    exact_number,
    parse_condition,
    parse_expression,
    symbols_of,
    sympy_values,
)
from coopgame.games.declarations import (
    Environment,
    Parameter,
    Population,
    check_labels,
    declared,
    environments,
    with_symbols,
)
from coopgame.games.substitution import check_denominators, denominators, remaining_assumptions

_OWN_LABEL = re.compile(r"[EFITQ]\d+")


class Game:
    """Base of all games: immutable, hashable, equal when the content is equal.

    A kind of game adds its payoffs and says what a strategy earns at a state (`expected_payoff`).
    """

    kind = "game"

    def __init__(
        self,
        populations: Iterable[Population],
        payoff_symbols: frozenset[str],
        *,
        name: str = "",
        zh: str | None = None,
        source: str | None = None,
        parameters: Mapping[str, Any] | Iterable[Parameter] | None = None,
        assumptions: Iterable[str] | str = (),
        labels: Mapping[str, str] | None = None,
        initial: Mapping[str, Any] | None = None,
        environment: Mapping[str, Any] | Iterable[Environment] = (),
    ) -> None:
        self.name, self.zh, self.source = name, zh, source
        self.assumption_texts = (assumptions,) if isinstance(assumptions, str) else tuple(assumptions)
        stated = None if parameters is None else declared(parameters)
        assumed = [i for n, t in enumerate(self.assumption_texts) for i in parse_condition(t, f"assumptions[{n}]")]
        self.environment = environments(environment)
        payoff_symbols = payoff_symbols.union(*(symbols_of(e.rate) for e in self.environment))
        used = payoff_symbols | {s for i in assumed for s in symbols_of(i.left) | symbols_of(i.right)}
        taken = {e.name for e in self.environment}
        given = {p.name for p in stated} if stated is not None else set(used) - taken
        self.populations = with_symbols(tuple(populations), taken | (given if stated is not None else set()))
        shares = set(self.coordinates)
        self.parameters = stated if stated is not None else tuple(Parameter(n) for n in sorted(used - shares))
        self._check_names(used, shares)
        inequalities = [i for p in self.parameters for i in p.inequalities()] + assumed
        self.assumptions = Assumptions(self.ring, inequalities)
        self.assumptions.check()
        self.labels = tuple((labels or {}).items())
        check_labels(self.populations, self.labels)
        self.initial = tuple((key, exact_number(value, f"initial.{key}")) for key, value in (initial or {}).items())
        for key, value in self.initial:
            if key not in shares:
                raise GameError(f"initial names {key!r}; the coordinates are {', '.join(self.coordinates)}")
            if value < 0 or (value > 1 and key not in self.unbounded):
                lies = "is at least 0" if key in self.unbounded else "lies between 0 and 1"
                raise GameError(
                    f"initial {key} = {value}; a {'quantity' if key in self.unbounded else 'share'} {lies}"
                )

    def _check_names(self, used: set[str] | frozenset[str], shares: set[str]) -> None:
        names = [p.name for p in self.blocks]
        if len(set(names)) != len(names):
            raise GameError(f"populations repeat: {', '.join(names)}; rename one")
        self._check_populations()
        parameters = {p.name for p in self.parameters}
        for name in sorted(parameters, key=str):
            if not isinstance(name, str) or not name.isidentifier():
                raise ParameterError(
                    f"{name!r} is not a name for a parameter; use letters, digits and _, such as C_g"
                )
        symbols = [p.symbol for p in self.blocks if p.symbol]
        if len(set(symbols)) != len(symbols):
            raise GameError(f"the populations' symbols repeat: {', '.join(symbols)}; give each its own")
        for name in sorted(parameters & shares):
            raise GameError(f"parameter {name!r} collides with the share symbol {name!r}; rename one of them")
        for name in sorted((parameters | shares) & FUNCTION_NAMES):
            raise GameError(f"{name!r} collides with the function {name}(); rename it")
        for name in sorted(used - parameters - shares):
            close = difflib.get_close_matches(name, parameters | shares, 1)
            hint = f"; did you mean {close[0]!r}?" if close else "; declare it, or correct the payoff"
            raise ParameterError(f"unknown parameter {name!r}{hint}")

    def _check_populations(self) -> None:
        if not self.populations:
            raise GameError("a game needs at least one population; RateModel holds quantities alone")

    # what a kind of game says ---------------------------------------------------------------------------------

    def expected_payoff(self, p: int, s: int) -> sympy.Expr:
        """Return what strategy s of population p earns at a state, in share symbols and parameters."""
        raise AssertionError(f"{type(self).__name__} must say what a strategy earns")

    def _content(self) -> tuple[Any, ...]:
        """Return the payoffs as a hashable value."""
        raise AssertionError(f"{type(self).__name__} must give its payoffs")

    def _with_payoffs(self, substitution: Mapping[sympy.Symbol, sympy.Expr], **common: Any) -> Game:
        """Return the game with symbols in its payoffs replaced."""
        raise AssertionError(f"{type(self).__name__} must replace symbols")

    # what follows from it -------------------------------------------------------------------------------------

    @cached_property
    def ring(self) -> Ring:
        """Polynomials in the parameters, in their order."""
        return Ring([parameter.name for parameter in self.parameters])

    @cached_property
    def coordinates(self) -> tuple[str, ...]:
        """Names of the shares: the symbol of a two-strategy population, else `population.strategy` for every strategy;
        after them the environment variables.
        """
        return tuple(
            name
            for p in self.blocks
            for name in ([p.symbol] if p.symbol else [f"{p.name}.{s}" for s in p.strategies])
        )

    @property
    def blocks(self) -> tuple[Population | Environment, ...]:
        """What a state consists of: the populations, then the environment variables, bounded ones with what they miss to 1."""
        return (*self.populations, *self.environment)

    @property
    def unbounded(self) -> frozenset[str]:
        """The environment variables without an upper bound."""
        return frozenset(variable.name for variable in self.environment if not variable.bounded)

    @cached_property
    def parts(self) -> tuple[slice, ...]:
        """Where the shares of each block stand in a state."""
        ends = list(accumulate(len(block.strategies) for block in self.blocks))
        return tuple(slice(start, stop) for start, stop in zip((0, *ends), ends, strict=False))

    @cached_property
    def tangent_entries(self) -> tuple[int, ...]:
        """Where the independent entries stand in a state: of shares that sum to 1 the last is left out."""
        return tuple(
            i
            for block, part in zip(self.blocks, self.parts, strict=True)
            for i in range(part.start, part.stop - block.bounded)
        )

    def share(self, p: int, s: int) -> sympy.Expr:
        """Return the share of strategy s in population p (or block p of a state), in coordinates."""
        population = self.blocks[p]
        if population.symbol:
            first = sympy.Symbol(population.symbol)
            return first if s == 0 else 1 - first
        return sympy.Symbol(f"{population.name}.{population.strategies[s]}")

    def mean_payoff(self, p: int) -> sympy.Expr:
        """Return the mean payoff of a population at a state."""
        count = len(self.populations[p].strategies)
        return sympy.Add(*(self.share(p, s) * self.expected_payoff(p, s) for s in range(count)))

    def environment_rate(self, p: int) -> tuple[sympy.Expr, bool]:
        """Return what moves environment variable p, and whether it is a relative one.

        Where both ends 0 and 1 are at rest, n(1 - n) is divided out of the rate and the variable moves like the share of a
        population with that payoff advantage; without an upper end, n is divided out where 0 is at rest, which leaves the growth rate.
        Elsewhere the rate itself comes back.
        """
        variable = self.environment[p]
        n = sympy.Symbol(variable.name)
        ends = (0, 1) if variable.bounded else (0,)
        quotient = variable.rate / sympy.Mul(n, *([1 - n] if variable.bounded else []))
        if quotient.is_rational_function() or sympy.denom(quotient).has(n):
            quotient = sympy.cancel(quotient)  # of exp(-n) it would make a fraction with exp(n)
        below = sympy.denom(quotient)
        relative = all(sympy.expand(below.xreplace({n: sympy.Integer(end)})) != 0 for end in ends)
        return (quotient, True) if relative else (variable.rate, False)

    def advantage(self, p: int) -> sympy.Expr:
        """Return what the first of two strategies earns more than the second at a state."""
        if len(self.populations[p].strategies) != 2:
            raise GameError(
                f"population {self.populations[p].name!r} has other than two strategies, so no single advantage"
            )
        return self.expected_payoff(p, 0) - self.expected_payoff(p, 1)

    def values(self, overrides: Mapping[str, Any] | None = None) -> dict[str, Fraction]:
        """Return a number for every parameter: the given ones, defaults for the rest.

        Raises ParameterError for unknown names, for values that are not finite numbers, and when some are missing.
        """
        result = {p.name: p.value for p in self.parameters}
        for name, value in (overrides or {}).items():
            if name not in result:
                close = difflib.get_close_matches(name, result, 1)
                hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(result) or 'none'}"
                raise ParameterError(f"unknown parameter {name!r}; {hint}")
            result[name] = exact_number(value, name)
        missing = [name for name, value in result.items() if value is None]
        if missing:
            raise ParameterError(
                f"no value for {', '.join(missing)}; give one to each of them, by values or as a default"
            )
        return {name: value for name, value in result.items() if value is not None}

    @cached_property
    def denominators(self) -> tuple[sympy.Expr, ...]:
        """What payoffs and rates divide by, as far as it depends on parameters alone."""
        if not self.ring.names:
            return ()
        payoffs = [
            self.expected_payoff(p, s) for p, q in enumerate(self.populations) for s in range(len(q.strategies))
        ]
        return denominators([*payoffs, *(e.rate for e in self.environment)], self.ring.names)

    def check_values(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the assumptions that values for all parameters violate, as they were written."""
        return self.assumptions.violated(self.values(values))

    def substitute(self, values: Mapping[str, Any]) -> Game:
        """Return the game with some parameters replaced by exact numbers; they are no parameters any more.

        Raises GameError when a payoff divides by zero then, AssumptionError when the numbers violate an assumption.
        """
        known = {p.name for p in self.parameters}
        for name in values:
            if name not in known:
                self.values({name: 0})
        exact = {name: exact_number(value, name) for name, value in values.items()}
        check_denominators(self.denominators, exact)
        numbers = sympy_values(exact)
        kept = tuple(p for p in self.parameters if p.name not in exact)
        texts = tuple(remaining_assumptions(self.parameters, self.assumption_texts, exact))
        rates = tuple(replace(e, rate=e.rate.xreplace(numbers)) for e in self.environment)
        changed = {"parameters": kept, "assumptions": texts, "environment": rates}
        return self._with_payoffs(numbers, **{**self.common(), **changed})

    def assuming(self, *texts: str) -> Game:
        """Return the game under further assumptions. Raises AssumptionError when they cannot hold together."""
        return self._with_payoffs({}, **{**self.common(), "assumptions": (*self.assumption_texts, *texts)})

    def without_assumptions(self) -> Game:
        """Return the game with the same payoffs in which a parameter may be any number."""
        free = tuple(replace(p, assume=None, range=None) for p in self.parameters)
        return self._with_payoffs({}, **{**self.common(), "parameters": free, "assumptions": ()})

    def common(self) -> dict[str, Any]:
        """Return what games of all kinds are made from besides their payoffs, as keyword arguments."""
        return {
            "name": self.name,
            "zh": self.zh,
            "source": self.source,
            "parameters": self.parameters,
            "assumptions": self.assumption_texts,
            "labels": dict(self.labels),
            "initial": dict(self.initial),
            "environment": self.environment,
        }

    # identity and display -------------------------------------------------------------------------------------

    def _identity(self) -> tuple[Any, ...]:
        common = (self.name, self.zh, self.source, *self.blocks, self.parameters, self.assumption_texts)
        return (type(self).__name__, *common, self.labels, self.initial, self._content())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Game) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        from coopgame.games.files import parse_game

        return parse_game, (self.to_toml(),)

    @cached_property
    def _hash(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        sizes = " x ".join(str(len(p.strategies)) for p in self.populations)
        return f"<{type(self).__name__} {self.name!r}: {sizes} strategies, {len(self.parameters)} parameters>"

    def to_toml(self) -> str:
        """Return the game as the text of a game file."""
        from coopgame.games.files import game_to_toml

        return game_to_toml(self)

    def write(self, path: str | Path) -> None:
        """Write the game to a file that read_game reads back to an equal game."""
        from coopgame.games.files import write_game

        write_game(self, path)

    def payoff_table(self, language: str = "en") -> Any:
        """Return the payoff table for display, with its orientation."""
        from coopgame.games.display import payoff_table

        return payoff_table(self, language)

    def derivation(self) -> Any:
        """Return expected payoffs, mean payoffs and replicator equations, written out step by step."""
        from coopgame.games.display import derivation

        return derivation(self)

    def _repr_html_(self) -> str:
        return str(self.payoff_table()._repr_html_())

    def latex(self) -> str:
        """Return the payoff table as LaTeX."""
        return str(self.payoff_table().latex())


def read_payoff(value: Any, where: str, dotted: Iterable[str] = ()) -> sympy.Expr:
    """Return a payoff exactly; GameError naming the place when it is not a finite number or an expression."""
    try:
        return parse_expression(value, where, names=tuple(dotted))
    except ParameterError as error:
        raise GameError(f"payoff {error}") from None
    except ExpressionError as error:
        raise GameError(f"payoff {error}") from error
