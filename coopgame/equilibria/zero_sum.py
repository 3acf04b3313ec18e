"""Two-player games with constant sum: the value and all optimal strategies, exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.algebra.affine import Vector, solve_linear
from coopgame.algebra.extreme_rays import extreme_points
from coopgame.algebra.ordered_lp import maximise
from coopgame.analysis.points import Known
from coopgame.equilibria.pure import whole_numbers
from coopgame.equilibria.result import Mixture, Number, shown
from coopgame.equilibria.tables import PayoffTables, payoff_tables
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

if TYPE_CHECKING:
    import pandas

Matrix = list[list[Fraction]]

_MOST_EXACT = 200  # strategies of both players together; larger games are solved in floating point
_CLEAR = 1e-9


@dataclass(frozen=True, eq=False)
class OptimalStrategies:
    """The value of a game with constant sum, and the optimal strategies of both players.

    value: what the first player gets; the second gets `total` minus it. strategies: for each player the extreme optimal strategies, as mappings from strategy to
    probability; all their mixtures are optimal, and no others (where known is "exact"). Every pair of optimal strategies is an equilibrium, and every
    equilibrium is such a pair. known: "exact", or "numerical" for large games, with one strategy of each player and no claim on others.
    """

    game: Game = field(repr=False)
    value: Number
    total: Number
    strategies: tuple[tuple[Mixture, ...], tuple[Mixture, ...]]
    known: Known
    because: str

    @property
    def unique(self) -> bool:
        """Whether each player has one optimal strategy; False too where that is not known."""
        return self.known == "exact" and all(len(own) == 1 for own in self.strategies)

    def __str__(self) -> str:
        lines = [f"value {shown(self.value)}" + (f" of {shown(self.total)} in all" if self.total else "")]
        for population, own in zip(self._players, self.strategies, strict=True):
            for n, mixture in enumerate(own):
                text = ", ".join(f"{name} = {shown(p)}" for name, p in mixture.items() if p > 0)
                lines.append(f"{population}{f' {n + 1}' if len(own) > 1 else ''}: {text}")
        return "\n".join([*lines, f"{self.known}: {self.because}"])

    @property
    def _players(self) -> tuple[str, str]:
        names = [population.name for population in self.game.populations]
        return (
            (names[0], names[1]) if len(names) == 2 else (f"{names[0]}, first player", f"{names[0]}, second player")
        )

    def to_dataframe(self) -> pandas.DataFrame:
        """Return a pandas table with one row for each extreme optimal strategy and strategy in it."""
        import pandas

        rows = [
            {"player": player, "optimum": n + 1, "strategy": name, "probability": float(p)}
            for player, own in zip(self._players, self.strategies, strict=True)
            for n, mixture in enumerate(own)
            for name, p in mixture.items()
        ]
        return pandas.DataFrame(rows)

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(player)}</td>"
            f"<td>{escape(', '.join(f'{name} = {shown(p)}' for name, p in mixture.items() if p > 0))}</td></tr>"
            for player, own in zip(self._players, self.strategies, strict=True)
            for mixture in own
        )
        head = "<thead><tr><th>player</th><th>optimal strategy</th></tr></thead>"
        return f"<p>value {escape(shown(self.value))} ({self.known})</p><table>{head}<tbody>{rows}</tbody></table>"


def find_optimal_strategies(game: Game, values: Mapping[str, Any] | None = None) -> OptimalStrategies:
    """Return the value of a two-player game with constant sum and all optimal strategies of both players, exactly.

    A linear program in floating point (HiGHS) tells which strategies are used and which constraints are tight; the strategies that these determine are
    computed in fractions, and checked: what one player secures is what the other concedes, so that both are optimal (the minimax
    theorem). Where ties mislead the first step, the program is solved in whole numbers. The optimal strategies of a player are then a polytope,
    whose extreme points are found exactly. Games with more than 200 strategies in all are solved in floating point, and say so. A MatrixGame
    counts as the game of two members of its population.

    Raises UnsupportedError for games of other than two players, and for payoffs whose sum is not constant, naming a profile.

    References: von Neumann (1928), Mathematische Annalen 100, 295-320; Shapley and Snow (1950), Contributions to the Theory of Games 1, 27-35.

    >>> from coopgame import MatrixGame, find_optimal_strategies
    >>> print(find_optimal_strategies(MatrixGame([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ["rock", "paper", "scissors"])))
    value 0
    population, first player: rock = 1/3, paper = 1/3, scissors = 1/3
    population, second player: rock = 1/3, paper = 1/3, scissors = 1/3
    exact: each player's optimal strategies guarantee the value, checked in fractions
    """
    tables = payoff_tables(game, values)
    total = constant_sum(tables)
    matrix = tables.exact[0]
    if sum(matrix.shape) > _MOST_EXACT:
        return _numerical(tables, total)
    scale = math.lcm(*(entry.denominator for entry in matrix.flat))
    rows = [[Fraction(int(v)) for v in row] for row in whole_numbers(matrix)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    value, x, y = _solved(rows, columns)
    strategies = [_optimal(rows, value, y), _optimal(_negative(columns), -value, x)]
    one, other = (
        tuple(dict(zip(names, point, strict=True)) for point in points)
        for names, points in zip(tables.names, strategies, strict=True)
    )
    because = "each player's optimal strategies guarantee the value, checked in fractions"
    return OptimalStrategies(game, value / scale, total, (one, other), "exact", because)


def constant_sum(tables: PayoffTables) -> Fraction:
    """Return what the payoffs of both players add up to. Raises UnsupportedError when that depends on the profile."""
    if len(tables.exact) != 2:
        raise UnsupportedError(
            f"optimal strategies are defined for two players, got {len(tables.exact)}; use nash_equilibria"
        )
    sums = tables.exact[0] + tables.exact[1]
    first = Fraction(sums[0, 0])
    for place in np.argwhere(sums != first):
        i, j = (int(s) for s in place)
        names, start = (tables.names[0][i], tables.names[1][j]), (tables.names[0][0], tables.names[1][0])
        raise UnsupportedError(
            f"the payoffs at {', '.join(names)} add up to {shown(sums[i, j])}, at {', '.join(start)} to {shown(first)}; "
            "optimal strategies need a constant sum, so use nash_equilibria"
        )
    return first


def _solved(rows: Matrix, columns: Matrix) -> tuple[Fraction, Vector, Vector]:
    """Return the value of a matrix and one optimal strategy of each player, checked."""
    floats = _floats(rows)
    first, second = _guess(floats, columns), _guess(-floats.T, _negative(rows))
    if first is None or second is None or _secured(first, columns) != -_secured(second, _negative(rows)):
        first, second = _by_simplex(columns), _by_simplex(_negative(rows))
    return _secured(first, columns), first, second


def _guess(matrix: np.ndarray, columns: Matrix) -> Vector | None:
    """Return the strategy that is determined by what a solution in floating point uses and where it is tight."""
    x, slack = _by_highs(matrix)
    used = [i for i, share in enumerate(x) if share > _CLEAR]
    tight = [j for j, gap in enumerate(slack) if gap < _CLEAR]
    return _determined(columns, used, tight)


def _negative(lines: Matrix) -> Matrix:
    return [[-value for value in line] for line in lines]


def _floats(rows: Matrix) -> np.ndarray:
    """Return the matrix divided by its largest entry."""
    top = max(abs(value) for row in rows for value in row) or Fraction(1)
    return np.array([[float(value / top) for value in row] for row in rows])


def _secured(x: Sequence[Fraction], columns: Matrix) -> Fraction:
    """Return what a strategy gets at the least, against every column."""
    return min(sum((a * b for a, b in zip(x, column, strict=True)), Fraction(0)) for column in columns)


def _by_highs(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return a strategy that secures the most, and by how much it is above that against each column; in floating point."""
    from scipy.optimize import linprog

    size, width = matrix.shape
    result = linprog(
        np.append(np.zeros(size), -1.0),
        A_ub=np.column_stack([-matrix.T, np.ones(width)]),
        b_ub=np.zeros(width),
        A_eq=np.append(np.ones(size), 0.0)[None],
        b_eq=[1.0],
        bounds=[(0, None)] * size + [(None, None)],
        method="highs-ds",
    )
    if result.x is None:
        return np.zeros(size), np.ones(width)
    return result.x[:size], result.slack


def _determined(columns: Matrix, used: Sequence[int], tight: Sequence[int]) -> Vector | None:
    """Return the strategy that uses some rows and gets the same against some columns, when there is one and only one."""
    if not used or not tight:
        return None
    equations = [[*(columns[j][i] for i in used), Fraction(-1)] for j in tight]
    equations.append([Fraction(1)] * len(used) + [Fraction(0)])
    solutions = solve_linear(equations, [Fraction(0)] * len(tight) + [Fraction(1)])
    if solutions is None or solutions.dimension or min(solutions.origin[:-1]) < 0:
        return None
    x = [Fraction(0)] * len(columns[0])
    for i, share in zip(used, solutions.origin, strict=False):
        x[i] = share
    return tuple(x)


def _by_simplex(columns: Matrix) -> Vector:
    """Return a strategy that secures the most, by the simplex method in whole numbers."""
    lowest = min(int(value) for column in columns for value in column)
    width = len(columns)
    rows = []
    for j, column in enumerate(columns):
        slack = [-int(j == k) for k in range(width)]
        rows.append([*(int(value) - lowest for value in column), -1, *slack])
    size = len(columns[0])
    rows.append([1] * size + [0] * (width + 1))
    best = maximise([0] * size + [1] + [0] * width, rows, [0] * width + [1])
    return tuple(Fraction(share, best.scale) for share in best.solution[:size])


def _optimal(rows: Matrix, value: Fraction, other: Vector) -> list[Vector]:
    """Return the extreme strategies that secure the value, given an optimal one of the other player.

    Rows that get less than the value against it are not used, and against its columns exactly the value is got.
    """
    kept = [
        i for i, row in enumerate(rows) if sum((a * b for a, b in zip(row, other, strict=True)), Fraction(0)) == value
    ]
    above = [[rows[i][j] - value for i in kept] for j in range(len(other))]
    equal = [line for line, share in zip(above, other, strict=True) if share > 0]
    better = [line for line, share in zip(above, other, strict=True) if share == 0]
    points = []
    for point in extreme_points(len(kept), equal, better):
        x = [Fraction(0)] * len(rows)
        for i, share in zip(kept, point, strict=True):
            x[i] = share
        points.append(tuple(x))
    return sorted(points, reverse=True)


def _numerical(tables: PayoffTables, total: Fraction) -> OptimalStrategies:
    """Return the value and one optimal strategy of each player in floating point."""
    matrix = tables.exact[0]
    top = max(abs(entry) for entry in matrix.flat) or Fraction(1)
    floats = np.array([[float(entry / top) for entry in row] for row in matrix])
    (x, _), (y, _) = _by_highs(floats), _by_highs(-floats.T)
    low, high = float((x @ floats).min()), float((floats @ y).max())
    one, other = (
        ({name: float(p) for name, p in zip(names, shares, strict=True)},)
        for names, shares in zip(tables.names, (x, y), strict=True)
    )
    scale = float(top)
    because = f"linear programs in floating point, whose bounds differ by {(high - low) * scale:.1e}; up to {_MOST_EXACT} strategies in all are solved exactly"
    return OptimalStrategies(tables.game, (low + high) / 2 * scale, total, (one, other), "numerical", because)
