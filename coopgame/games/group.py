"""GroupGame: groups of n drawn from one population with two strategies, payoffs by what the co-players do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import comb
from typing import Any

import sympy

from coopgame.errors import ExpressionError, GameError
from coopgame.expressions import exact_number, symbols_of
from coopgame.games.declarations import Parameter, Population, declared
from coopgame.games.game import Game, read_payoff

SIZE = "size"
Rule = Any  # an expression of the numbers of co-players, or a tuple with one entry for each number
_LARGEST = 400


class GroupGame(Game):
    """A game of groups of `size` members who meet at random; two strategies in one population.

    payoffs: for each of the two strategies, what it earns: either `size` entries, by the number 0 … size - 1 of
    co-players who play the first strategy; or one expression of `k_<strategy>`, the numbers of co-players, such as
    `where(k_commit + 1 >= M, b - K/(k_commit + 1), -f0)`; or a function of the number of co-players who play the first
    strategy. Signs other than letters and digits in a strategy's name become `_` there. integers: names for whole
    numbers in the expressions, such as a threshold `M`; `size` is the size of the group. A name in `integers` is not
    a parameter: the degree of the dynamics depends on it.

    `game.payoffs[s][k]` is what strategy s earns with k co-players who play the first strategy.

    Raises GameError for other than two strategies, tables of a wrong length, and payoffs that are no number.

    References: Broom, Cannings and Vickers (1997), Bulletin of Mathematical Biology 59; Gokhale and Traulsen (2010),
    Proceedings of the National Academy of Sciences 107.

    >>> game = GroupGame({"volunteer": "b - c", "wait": "where(k_volunteer >= 1, b, 0)"}, 3)
    >>> game.payoffs[1], game.gains
    ((0, b, b), (b - c, -c, -c))
    """

    kind = "group"

    def __init__(
        self,
        payoffs: Mapping[str, Any],
        size: int,
        *,
        integers: Mapping[str, int] | None = None,
        population: str | Population = "population",
        symbol: str | None = None,
        **common: Any,
    ) -> None:
        self.size = checked_size(size)
        if not isinstance(payoffs, Mapping):
            raise GameError("payoffs of a group game are a mapping: strategy to its payoffs")
        group = (
            population
            if isinstance(population, Population)
            else Population(population, tuple(str(name) for name in payoffs), symbol)
        )
        _check_strategies(group, payoffs)
        if common.get("parameters") is not None:
            common["parameters"] = declared(common["parameters"])
        self.integers = _integers(integers or {}, counters(group), common.get("parameters") or ())
        self.rules: tuple[Rule, ...] = tuple(self._rule(s, payoffs[s], group) for s in group.strategies)
        self.payoffs = tuple(
            tuple(self._entry(rule, k, s, group) for k in range(self.size))
            for s, rule in zip(group.strategies, self.rules, strict=True)
        )
        used = frozenset().union(
            *(symbols_of(entry) for row in self.payoffs for entry in row), self._rule_names(group)
        )
        super().__init__([group], used, **common)
        if self.coordinates[0] in used:
            raise GameError(
                f"the payoffs of a group game contain {self.coordinates[0]!r}, which is the share of the first strategy; rename "
                "the parameter, or give the population another symbol"
            )

    def _rule(self, strategy: str, given: Any, group: Population) -> Rule:
        """Return the payoffs of one strategy as an expression, or as one entry for each number of co-players."""
        where = f"of {strategy!r}"
        if callable(given) and not isinstance(given, sympy.Basic):
            given = _called(given, self.size)
        if isinstance(given, str | sympy.Expr) or not hasattr(given, "__iter__"):
            return read_payoff(given, where)
        entries = tuple(read_payoff(entry, f"{where} [{k}]") for k, entry in enumerate(given))
        if len(entries) != self.size:
            raise GameError(
                f"{strategy!r} has {len(entries)} payoffs; groups of {self.size} need {self.size}, for 0 to {self.size - 1} "
                f"co-players who play {group.strategies[0]!r}"
            )
        return entries

    def _entry(self, rule: Rule, k: int, strategy: str, group: Population) -> sympy.Expr:
        """Return the payoff with k co-players who play the first strategy."""
        if isinstance(rule, tuple):
            return rule[k]
        first, second = counters(group)
        numbers = {first: k, second: self.size - 1 - k, SIZE: self.size, **dict(self.integers)}
        entry = rule.xreplace({sympy.Symbol(name): sympy.Integer(value) for name, value in numbers.items()})
        if entry.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
            raise GameError(
                f"the payoff of {strategy!r} is no number with {k} co-players who play {group.strategies[0]!r}; put the case "
                "aside by where(…, …, …)"
            )
        return entry

    def _rule_names(self, group: Population) -> frozenset[str]:
        """Return the parameters in the rules; one that no number of co-players brings into play is one of them too."""
        own = {*counters(group), SIZE, *(name for name, _ in self.integers)}
        rules = [rule for rule in self.rules if not isinstance(rule, tuple)]
        return frozenset().union(*(symbols_of(rule) for rule in rules)) - own

    @cached_property
    def gains(self) -> tuple[sympy.Expr, ...]:
        """What a switch to the first strategy gains with 0, 1, …, size - 1 co-players who play it.

        They are the Bernstein coefficients of the advantage of the first strategy.
        """
        return tuple(sympy.expand(a - b) for a, b in zip(*self.payoffs, strict=True))

    def expected_payoff(self, p: int, s: int) -> sympy.Expr:
        return self._mean(self.payoffs[s])

    def advantage(self, p: int) -> sympy.Expr:
        return self._mean(self.gains)

    def _mean(self, entries: Sequence[sympy.Expr]) -> sympy.Expr:
        """Return the mean over binomial co-players, in Bernstein form; a constant where all entries are equal."""
        if len(set(entries)) == 1:
            return entries[0]
        x, m = self.share(0, 0), self.size - 1
        return sympy.Add(*(comb(m, k) * x**k * (1 - x) ** (m - k) * entry for k, entry in enumerate(entries)))

    def _content(self) -> tuple[Any, ...]:
        return (self.size, self.integers, self.rules)

    def _with_payoffs(self, substitution: Mapping[sympy.Symbol, sympy.Expr], **common: Any) -> GroupGame:
        def put(rule: Rule) -> Any:
            if isinstance(rule, tuple):
                return [entry.xreplace(dict(substitution)) for entry in rule]
            return rule.xreplace(dict(substitution))

        group = self.populations[0]
        rules = {s: put(rule) for s, rule in zip(group.strategies, self.rules, strict=True)}
        return GroupGame(rules, self.size, integers=dict(self.integers), population=group, **common)


def counters(group: Population) -> tuple[str, ...]:
    """Return the names of the numbers of co-players who play each strategy, such as `k_commit`."""
    return tuple("k_" + re.sub(r"\W", "_", unicodedata.normalize("NFKC", name)) for name in group.strategies)


def checked_size(size: Any) -> int:
    """Return the size of a group; GameError when it is no whole number of at least 2."""
    if isinstance(size, bool) or not hasattr(size, "__index__") or not 2 <= int(size) <= _LARGEST:
        raise GameError(f"the size of a group is {size!r}; a whole number from 2 to {_LARGEST} is needed")
    return int(size)


def _check_strategies(group: Population, payoffs: Mapping[str, Any]) -> None:
    if len(group.strategies) != 2:
        raise GameError(
            f"population {group.name!r} has {len(group.strategies)} strategies; group games have two here: write payoffs of "
            "more as expressions of the shares (PopulationGame)"
        )
    if set(payoffs) != set(group.strategies):
        given = ", ".join(map(str, payoffs))
        raise GameError(f"payoffs are given for {given}; the strategies are {', '.join(group.strategies)}")
    first, second = counters(group)
    if first == second:
        raise GameError(f"the strategies {', '.join(map(repr, group.strategies))} both count as {first}; rename one")


def _integers(
    given: Mapping[str, int], taken: Sequence[str], parameters: Sequence[Parameter]
) -> tuple[tuple[str, int], ...]:
    """Return the named whole numbers in order; refuse names that mean something else."""
    names = {parameter.name for parameter in parameters}
    for name in (*taken, SIZE, *given):
        if name in names:
            raise GameError(f"{name!r} is a parameter and a whole number of the group; rename one of them")
    found = []
    for name, value in given.items():
        if not isinstance(name, str) or not name.isidentifier() or name in (*taken, SIZE):
            raise GameError(f"{name!r} cannot name a whole number; use letters, digits and _, and not {SIZE!r}")
        number = exact_number(value, name)
        if number.denominator != 1:
            raise GameError(f"{name} = {value}; a whole number is needed")
        found.append((name, int(number)))
    return tuple(found)


def _called(function: Callable[[int], Any], size: int) -> list[Any]:
    try:
        return [function(k) for k in range(size)]
    except ArithmeticError as error:
        raise ExpressionError(f"the function of payoffs fails for some number of co-players: {error}") from error
