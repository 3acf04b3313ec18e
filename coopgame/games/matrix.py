"""MatrixGame: pairs drawn from one population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy

from coopgame.errors import GameError
from coopgame.expressions import symbols_of, sympy_values
from coopgame.games.declarations import Population
from coopgame.games.document import misnamed
from coopgame.games.game import Game, read_payoff
from coopgame.games.substitution import check_denominators


class MatrixGame(Game):
    """A symmetric two-player game: `payoffs[i][j]` is what strategy i earns against strategy j.

    payoffs: nested lists, a numpy array, a SymPy matrix, or nested mappings {row strategy: {column strategy: payoff}};
    entries are numbers, texts or expressions. strategies: names, by default C, D, … as 1, 2, ….
    """

    kind = "matrix"

    def __init__(
        self,
        payoffs: Any,
        strategies: Sequence[str] | None = None,
        *,
        population: str | Population = "population",
        symbol: str | None = None,
        **common: Any,
    ) -> None:
        if isinstance(payoffs, Mapping):
            strategies = tuple(payoffs) if strategies is None else tuple(strategies)
            payoffs = _from_mapping(payoffs, strategies)
        rows = _rows(payoffs)
        if isinstance(population, Population):
            strategies, symbol, population_name = population.strategies, population.symbol, population.name
            group = population
        else:
            strategies = tuple(strategies) if strategies is not None else tuple(str(i + 1) for i in range(len(rows)))
            population_name = population
            group = Population(population_name, strategies, symbol)
        if len(rows) != len(group.strategies) or any(len(row) != len(rows) for row in rows):
            shape = " + ".join(str(len(row)) for row in rows)
            raise GameError(
                f"{len(group.strategies)} strategies need a square table of that size, got rows of {shape or 'no'} entries"
            )
        names = group.strategies
        self.payoffs: tuple[tuple[sympy.Expr, ...], ...] = tuple(
            tuple(read_payoff(v, f"of {names[i]!r} against {names[j]!r}") for j, v in enumerate(row))
            for i, row in enumerate(rows)
        )
        symbols = frozenset().union(*(symbols_of(entry) for row in self.payoffs for entry in row))
        super().__init__([group], symbols, **common)

    def expected_payoff(self, p: int, s: int) -> sympy.Expr:
        return sympy.Add(*(self.share(0, j) * entry for j, entry in enumerate(self.payoffs[s])))

    def payoff_matrix(self, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Return the payoffs at values as floats, shape (n, n); row strategy against column strategy."""
        exact = self.values(values)
        check_denominators(self.denominators, exact)
        point = sympy_values(exact)
        return np.array([[float(entry.xreplace(point)) for entry in row] for row in self.payoffs])

    def _content(self) -> tuple[Any, ...]:
        return self.payoffs

    def _with_payoffs(self, substitution: Mapping[sympy.Symbol, sympy.Expr], **common: Any) -> MatrixGame:
        rows = [[entry.xreplace(dict(substitution)) for entry in row] for row in self.payoffs]
        return MatrixGame(rows, population=self.populations[0], **common)


def _from_mapping(payoffs: Mapping[str, Mapping[str, Any]], strategies: Sequence[str]) -> list[list[Any]]:
    for row in payoffs.values():
        unknown = [name for name in row if name not in strategies] if isinstance(row, Mapping) else ["?"]
        missing = [name for name in strategies if name not in row]
        if unknown or missing:
            raise GameError(f"every row needs a payoff against {', '.join(strategies)}; {misnamed(unknown, missing)}")
    return [[payoffs[i][j] for j in strategies] for i in strategies]


def _rows(payoffs: Any) -> list[list[Any]]:
    if isinstance(payoffs, sympy.MatrixBase):
        return [[payoffs[i, j] for j in range(payoffs.cols)] for i in range(payoffs.rows)]
    if isinstance(payoffs, str) or not hasattr(payoffs, "__iter__"):
        raise GameError(f"payoffs are {payoffs!r}; a square table is needed, such as [['b - c', '-c'], ['b', 0]]")
    rows = []
    for row in payoffs:
        if isinstance(row, str) or not hasattr(row, "__iter__"):
            raise GameError(f"a row of payoffs is {row!r}; a list of payoffs is needed")
        rows.append(list(row))
    return rows
