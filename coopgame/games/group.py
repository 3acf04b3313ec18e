"""GroupGame: groups of n drawn from one population, payoffs by what the co-players do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from math import comb, factorial, prod
from typing import Any

import sympy

from coopgame.errors import ExpressionError, GameError
from coopgame.expressions import exact_number, symbols_of
from coopgame.games.declarations import Parameter, Population, declared
from coopgame.games.game import Game, read_payoff

SIZE = "size"
Rule = Any  # an expression of the numbers of co-players, or a tuple with one entry for each composition of co-players
Composition = tuple[int, ...]
_LARGEST = 400
_MOST_COMPOSITIONS = 100_000


class GroupGame(Game):
    """A game of groups of `size` members who meet at random in one population, with two or more strategies.

    payoffs: for each strategy, what it earns by what its size - 1 co-players do. Either one expression of `k_<strategy>`, the numbers of co-players, such as
    `where(k_commit + 1 >= M, b - K/(k_commit + 1), -f0)`; signs other than letters and digits in a strategy's name become `_` there. Or one entry for each of
    `game.compositions`. Or a function: with two strategies of the number of co-players who play the first, with more of the tuple of the numbers of co-players, in the order of the
    strategies. integers: names for whole numbers in the expressions, such as a threshold `M`; `size` is the size of the group. A name in `integers` is not a parameter: the degree
    of the dynamics depends on it.

    `game.payoffs[s][m]` is what strategy s earns with the co-players `game.compositions[m]`. With two strategies m is the number of co-players who play the first.

    Raises GameError for fewer than two strategies, more than 100 000 compositions, tables of a wrong length, and payoffs that are no number.

    References: Broom, Cannings and Vickers (1997), Bulletin of Mathematical Biology 59; Gokhale and Traulsen (2010),
    Proceedings of the National Academy of Sciences 107.

    >>> game = GroupGame({"volunteer": "b - c", "wait": "where(k_volunteer >= 1, b, 0)"}, 3)
    >>> game.payoffs[1], game.gains
    ((0, b, b), (b - c, -c, -c))
    >>> game = GroupGame({"hunt": "b*k_hunt", "watch": "k_hunt - k_rest", "rest": lambda k: k[2]}, 3)
    >>> game.compositions
    ((0, 0, 2), (0, 1, 1), (0, 2, 0), (1, 0, 1), (1, 1, 0), (2, 0, 0))
    >>> game.payoffs[1]
    (-2, -1, 0, 0, 1, 2)
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
        self.compositions = compositions(self.size - 1, len(group.strategies))
        self.integers = _integers(integers or {}, counters(group), common.get("parameters") or ())
        self.rules: tuple[Rule, ...] = tuple(self._rule(s, payoffs[s], group) for s in group.strategies)
        self.payoffs = tuple(
            rule if isinstance(rule, tuple) else tuple(self._entry(rule, met, s, group) for met in self.compositions)
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
        """Return the payoffs of one strategy as an expression, or as one entry for each composition of co-players."""
        where = f"of {strategy!r}"
        if callable(given) and not isinstance(given, sympy.Basic):
            given = _called(given, self.compositions)
        if isinstance(given, str | sympy.Expr) or not hasattr(given, "__iter__"):
            return read_payoff(given, where)
        entries = tuple(read_payoff(entry, f"{where} [{m}]") for m, entry in enumerate(given))
        if len(entries) != len(self.compositions):
            raise GameError(f"{strategy!r} has {len(entries)} payoffs; {entries_needed(self.size, group.strategies)}")
        return entries

    def _entry(self, rule: sympy.Expr, met: Composition, strategy: str, group: Population) -> sympy.Expr:
        """Return the payoff with co-players of a composition."""
        numbers = {**dict(zip(counters(group), met, strict=True)), SIZE: self.size, **dict(self.integers)}
        entry = rule.xreplace({sympy.Symbol(name): sympy.Integer(value) for name, value in numbers.items()})
        if entry.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo):
            shown = [f"{k} co-players who play {name!r}" for k, name in zip(met, group.strategies, strict=True)]
            text = shown[0] if len(met) == 2 else ", ".join(shown)
            raise GameError(
                f"the payoff of {strategy!r} is no number with {text}; put the case aside by where(…, …, …)"
            )
        return entry

    def _rule_names(self, group: Population) -> frozenset[str]:
        """Return the parameters in the rules; one that no number of co-players brings into play is one of them too."""
        own = {*counters(group), SIZE, *(name for name, _ in self.integers)}
        rules = [rule for rule in self.rules if not isinstance(rule, tuple)]
        return frozenset().union(*(symbols_of(rule) for rule in rules)) - own

    @cached_property
    def gains(self) -> tuple[sympy.Expr, ...]:
        """What a switch to the first of two strategies gains with 0, 1, …, size - 1 co-players who play it.

        They are the Bernstein coefficients of the advantage of the first strategy. Raises GameError for more than two strategies.
        """
        if len(self.payoffs) != 2:
            raise GameError(
                f"gains are what the first of two strategies earns more than the second; this game has {len(self.payoffs)}: compare expected_payoff(0, s), or game.payoffs"
            )
        return tuple(sympy.expand(a - b) for a, b in zip(*self.payoffs, strict=True))

    def expected_payoff(self, p: int, s: int) -> sympy.Expr:
        return self._means[s]

    def advantage(self, p: int) -> sympy.Expr:
        return self._mean(self.gains) if len(self.payoffs) == 2 else super().advantage(p)

    @cached_property
    def _means(self) -> tuple[sympy.Expr, ...]:
        return tuple(self._mean(entries) for entries in self.payoffs)

    def _mean(self, entries: Sequence[sympy.Expr]) -> sympy.Expr:
        """Return the mean over multinomial co-players, with two strategies in Bernstein form; a constant where all entries are equal.

        More strategies: where a payoff is linear in the numbers of co-players, so is its mean in the shares, as in games of pairs.
        """
        if len(set(entries)) == 1:
            return entries[0]
        shares = [self.share(0, s) for s in range(len(self.payoffs))]
        if len(shares) > 2 and (row := self._pair_row(entries)) is not None:
            return sympy.Add(*(share * entry for share, entry in zip(shares, row, strict=True)))
        terms = []
        for met, entry in zip(self.compositions, entries, strict=True):
            orders = factorial(self.size - 1) // prod(map(factorial, met))
            terms.append(sympy.Mul(orders, *(share**k for share, k in zip(shares, met, strict=True)), entry))
        return sympy.Add(*terms)

    @cached_property
    def pair_payoffs(self) -> tuple[tuple[sympy.Expr, ...], ...] | None:
        """What each strategy earns among co-players who all play one, by strategy of theirs; None unless all payoffs are linear in the numbers of co-players.

        In large populations the game is that of pairs with these payoffs then.
        """
        rows = [self._pair_row(entries) for entries in self.payoffs]
        found = tuple(row for row in rows if row is not None)
        return found if len(found) == len(rows) else None

    def _pair_row(self, entries: Sequence[sympy.Expr]) -> tuple[sympy.Expr, ...] | None:
        players = self.size - 1
        alike = {met.index(players): u for met, u in zip(self.compositions, entries, strict=True) if players in met}
        row = tuple(alike[s] for s in range(len(alike)))
        for met, entry in zip(self.compositions, entries, strict=True):
            mixed = sympy.Add(*(k * one for k, one in zip(met, row, strict=True)))
            if sympy.expand(players * entry - mixed) != 0:
                return None
        return row

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


def compositions(players: int, strategies: int) -> tuple[Composition, ...]:
    """Return all numbers of players by strategy that sum to `players`: numbers rise, those of the first strategy slowest.

    Raises GameError for more than 100 000.
    """
    count = comb(players + strategies - 1, strategies - 1) if strategies else 0
    if count > _MOST_COMPOSITIONS:
        raise GameError(
            f"{players} co-players with {strategies} strategies have {count} compositions; up to {_MOST_COMPOSITIONS} are listed: take smaller groups or fewer strategies"
        )

    def of(left: int, parts: int) -> list[Composition]:
        if parts == 1:
            return [(left,)]
        return [(first, *rest) for first in range(left + 1) for rest in of(left - first, parts - 1)]

    return tuple(of(players, strategies)) if strategies else ()


def entries_needed(size: int, strategies: Sequence[str]) -> str:
    """Return how many entries a table of payoffs has, and for what, as errors say it."""
    if len(strategies) == 2:
        return f"groups of {size} need {size} payoffs, for 0 to {size - 1} co-players who play {strategies[0]!r}"
    count = comb(size + len(strategies) - 2, len(strategies) - 1)
    return (
        f"groups of {size} with {len(strategies)} strategies need {count} payoffs, one for each of game.compositions"
    )


def checked_size(size: Any) -> int:
    """Return the size of a group; GameError when it is no whole number of at least 2."""
    if isinstance(size, bool) or not hasattr(size, "__index__") or not 2 <= int(size) <= _LARGEST:
        raise GameError(f"the size of a group is {size!r}; a whole number from 2 to {_LARGEST} is needed")
    return int(size)


def _check_strategies(group: Population, payoffs: Mapping[str, Any]) -> None:
    if len(group.strategies) < 2:
        raise GameError(f"population {group.name!r} has one strategy; a group game needs two or more")
    if set(payoffs) != set(group.strategies):
        given = ", ".join(map(str, payoffs))
        raise GameError(f"payoffs are given for {given}; the strategies are {', '.join(group.strategies)}")
    names: dict[str, str] = {}
    for strategy, name in zip(group.strategies, counters(group), strict=True):
        if name in names:
            raise GameError(f"the strategies {names[name]!r}, {strategy!r} both count as {name}; rename one")
        names[name] = strategy


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


def _called(function: Callable[[Any], Any], met: Sequence[Composition]) -> list[Any]:
    try:
        return [function(one[0] if len(one) == 2 else one) for one in met]
    except ArithmeticError as error:
        raise ExpressionError(f"the function of payoffs fails for some number of co-players: {error}") from error
