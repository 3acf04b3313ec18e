"""PopulationGame: payoffs as free expressions of the shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sympy

from coopgame.errors import GameError
from coopgame.expressions import symbols_of
from coopgame.games.declarations import Population
from coopgame.games.game import Game, read_payoff


class PopulationGame(Game):
    """A game whose strategies earn given expressions of the shares and the parameters.

    payoffs: {population: {strategy: expression}}. Shares are named by the populations' symbols (two strategies), or
    `population.strategy`. Made from `from_advantages`, only differences are known and the second strategy earns 0.
    """

    kind = "strategies"

    def __init__(
        self,
        payoffs: Mapping[str, Mapping[str, Any]],
        populations: Iterable[Population] | None = None,
        *,
        from_differences: bool = False,
        **common: Any,
    ) -> None:
        groups = (
            tuple(populations)
            if populations is not None
            else tuple(Population(name, tuple(row)) for name, row in payoffs.items())
        )
        self.from_differences = from_differences
        _check_keys(payoffs, groups)
        dotted = [f"{p.name}.{s}" for p in groups for s in p.strategies]
        self.payoffs: tuple[tuple[sympy.Expr, ...], ...] = tuple(
            tuple(_read(payoffs[p.name][s], dotted, f"of {p.name}.{s}") for s in p.strategies) for p in groups
        )
        used = frozenset().union(*(symbols_of(u) for row in self.payoffs for u in row))
        super().__init__(groups, used, **common)
        self._resolve_dotted()

    def _resolve_dotted(self) -> None:
        """Write shares of two-strategy populations with their symbol, however they were given."""
        replaced = {
            sympy.Symbol(f"{p.name}.{s}"): self.share(i, j)
            for i, p in enumerate(self.populations)
            if p.symbol
            for j, s in enumerate(p.strategies)
        }
        self.payoffs = tuple(tuple(u.xreplace(replaced) for u in row) for row in self.payoffs)

    def _check_names(self, used: set[str] | frozenset[str], shares: set[str]) -> None:
        written = {f"{p.name}.{s}" for p in self.populations for s in p.strategies}
        self.parameters = tuple(p for p in self.parameters if p.name not in written)
        super()._check_names(frozenset(used) - written, shares)

    @classmethod
    def from_advantages(
        cls, advantages: Mapping[str, Any], populations: Iterable[Population] | None = None, **common: Any
    ) -> PopulationGame:
        """Return a game of two-strategy populations from payoff differences, first minus second strategy.

        advantages: {symbol: expression}; what papers print as dx/dt divided by x(1 - x).
        """
        groups = (
            tuple(populations)
            if populations is not None
            else tuple(Population(name, ("1", "2"), name) for name in advantages)
        )
        symbols = {p.symbol or "": p for p in groups}
        if set(symbols) != set(advantages):
            raise GameError(
                f"advantages name {', '.join(advantages)}; the populations' symbols are {', '.join(symbols)}"
            )
        for p in groups:
            if len(p.strategies) != 2:
                raise GameError(f"population {p.name!r} has {len(p.strategies)} strategies; an advantage needs two")
        payoffs = {p.name: {p.strategies[0]: advantages[s], p.strategies[1]: 0} for s, p in symbols.items()}
        return cls(payoffs, groups, from_differences=True, **common)

    def expected_payoff(self, p: int, s: int) -> sympy.Expr:
        return self.payoffs[p][s]

    def _content(self) -> tuple[Any, ...]:
        return (self.from_differences, *self.payoffs)

    def _with_payoffs(self, substitution: Mapping[sympy.Symbol, sympy.Expr], **common: Any) -> PopulationGame:
        table = {
            p.name: {s: u.xreplace(dict(substitution)) for s, u in zip(p.strategies, row, strict=True)}
            for p, row in zip(self.populations, self.payoffs, strict=True)
        }
        return PopulationGame(table, self.populations, from_differences=self.from_differences, **common)


def _check_keys(payoffs: Mapping[str, Mapping[str, Any]], groups: Sequence[Population]) -> None:
    names = [p.name for p in groups]
    if set(payoffs) != set(names):
        raise GameError(f"payoffs are given for {', '.join(payoffs)}; the populations are {', '.join(names)}")
    for p in groups:
        if set(payoffs[p.name]) != set(p.strategies):
            given = ", ".join(payoffs[p.name])
            raise GameError(
                f"population {p.name!r} has payoffs for {given}; its strategies are {', '.join(p.strategies)}"
            )


def _read(value: Any, dotted: Sequence[str], where: str) -> sympy.Expr:
    """Read an expression in which `population.strategy` names a share."""
    return read_payoff(value, where, dotted)
