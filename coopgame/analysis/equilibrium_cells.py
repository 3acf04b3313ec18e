"""The symmetric equilibria of a matrix as cells: states with the same strategies present and the same best replies; exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

from coopgame.algebra.affine import Vector, corners, solve_linear
from coopgame.analysis.ess import Matrix, best_replies, exact_payoffs, shares_of
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame

MOST_STRATEGIES = 14
Cell = tuple[tuple[int, ...], tuple[int, ...]]  # strategies present, best replies
Piece = tuple[Mapping[str, Fraction], ...]  # a convex set by its extreme points, as shares of all strategies
Ends = Mapping[Cell, Vector]  # extreme equilibria by their cells, each of which has no other state


class StateSet:
    """A connected set of states that consists of whole cells; a subclass has the game at numbers, its pieces and its cells as fields."""

    game: Game
    pieces: tuple[Piece, ...]
    cells: frozenset[Cell]

    @property
    def is_point(self) -> bool:
        """Whether the set is one state."""
        return len(self.pieces) == 1 and len(self.pieces[0]) == 1

    def contains(self, state: Sequence[Any] | Mapping[str, Any]) -> bool:
        """Return whether a state, given as for `is_ess`, lies in the set; exact."""
        assert isinstance(self.game, MatrixGame), "sets are found for MatrixGame alone"
        return cell_of(exact_payoffs(self.game, {}), shares_of(self.game, state)) in self.cells


def cell_of(payoffs: Matrix, x: Sequence[Fraction]) -> Cell | None:
    """Return the cell of a state, None when it is no equilibrium."""
    replies = best_replies(payoffs, x)
    return None if isinstance(replies, int) else (tuple(i for i, s in enumerate(x) if s > 0), tuple(replies))


def extreme_equilibria(payoffs: Matrix) -> Ends:
    """Return the extreme points of all sets of equilibria with a given support at most, smaller supports first.

    Raises UnsupportedError for more than fourteen strategies.
    """
    n = len(payoffs)
    if n > MOST_STRATEGIES:
        raise UnsupportedError(
            f"sets of equilibria are found for up to {MOST_STRATEGIES} strategies, the game has {n}; leave some out"
        )
    above = [[sum(1 << j for j in range(n) if payoffs[k][j] > payoffs[i][j]) for k in range(n)] for i in range(n)]
    found: dict[Cell, Vector] = {}
    for size in range(1, n + 1):
        for support in combinations(range(n), size):
            bits = _bits(support)
            if any(bits & ~better == 0 for i in support for better in above[i]):
                continue  # a strategy earns more than one of these against all of them
            for end in _ends_on(payoffs, support):
                cell = cell_of(payoffs, end)
                assert cell is not None, "its strategies are best replies"
                found[cell] = end
    return found


def _ends_on(payoffs: Matrix, support: Sequence[int]) -> Iterator[Vector]:
    """Yield the extreme states with this support at which all its strategies are best replies."""
    n, size = len(payoffs), len(support)
    others = [k for k in range(n) if k not in support]
    first = support[0]
    rows = [[payoffs[i][j] - payoffs[first][j] for j in support] + [Fraction(0)] * len(others) for i in support[1:]]
    for place, k in enumerate(others):  # what k earns less than the face is one more unknown, not negative
        lacks = [Fraction(int(place == other)) for other in range(len(others))]
        rows.append([payoffs[k][j] - payoffs[first][j] for j in support] + lacks)
    rows.append([Fraction(1)] * size + [Fraction(0)] * len(others))
    solutions = solve_linear(rows, [*[Fraction(0)] * (n - 1), Fraction(1)])
    if solutions is None or solutions.dimension > len(others):
        return
    for end in corners(
        solutions, range(size, n)
    ):  # shares are positive, so only best replies outside make it extreme
        if min(end[:size]) > 0:
            whole = [Fraction(0)] * n
            for i, share in zip(support, end[:size], strict=True):
                whole[i] = share
            yield tuple(whole)


def components(ends: Ends) -> list[frozenset[Cell]]:
    """Return the cells of all equilibria, by connected component; a cell is the inside of what its extreme points span."""
    corners_bits = [(_bits(support), _bits(replies)) for support, replies in ends]
    known = dict.fromkeys(corners_bits)
    waiting = list(corners_bits)
    while waiting:
        support, replies = waiting.pop()
        for more, also in corners_bits:
            cell = support | more, replies & also
            if cell[0] & ~cell[1] == 0 and cell not in known:
                known[cell] = None
                waiting.append(cell)
    return connected((_numbers(support), _numbers(replies)) for support, replies in known)


def connected(cells: Iterable[Cell]) -> list[frozenset[Cell]]:
    """Return cells in groups that hang together, where one lies in the closure of another."""
    left = {cell: (_bits(cell[0]), _bits(cell[1])) for cell in cells}
    groups = []
    while left:
        waiting, group = [left.popitem()], []
        while waiting:
            cell, (support, replies) = waiting.pop()
            group.append(cell)
            close = [
                item
                for item in left.items()
                if (item[1][0] & ~support == 0 and replies & ~item[1][1] == 0)
                or (support & ~item[1][0] == 0 and item[1][1] & ~replies == 0)
            ]
            for other, _ in close:
                del left[other]
            waiting.extend(close)
        groups.append(frozenset(group))
    return sorted(groups, key=min)


def _bits(strategies: Sequence[int]) -> int:
    return sum(1 << i for i in strategies)


def _numbers(bits: int) -> tuple[int, ...]:
    return tuple(i for i in range(bits.bit_length()) if bits >> i & 1)


def borders(one: Cell, other: Cell) -> bool:
    """Return whether a cell lies in the closure of another: fewer strategies present, more best replies."""
    return set(one[0]) <= set(other[0]) and set(one[1]) >= set(other[1])


def own_ends(cells: Iterable[Cell], ends: Ends) -> Ends:
    """Return the extreme equilibria that are among some cells, smaller supports first."""
    inside = (cell for cell in cells if cell in ends)
    return {cell: ends[cell] for cell in sorted(inside, key=lambda cell: (len(cell[0]), cell))}


def ends_of(cell: Cell, ends: Ends) -> list[Vector]:
    """Return the extreme points of the closure of a cell."""
    return [end for at, end in ends.items() if borders(at, cell)]


def inner_state(cell: Cell, ends: Ends) -> Vector:
    """Return a state of a cell: the mean of its extreme points."""
    inside = ends_of(cell, ends)
    return tuple(sum(column, Fraction(0)) / len(inside) for column in zip(*inside, strict=True))


def largest(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells that lie in the closure of no other, in order."""
    return sorted(c for c in cells if not any(c != other and borders(c, other) for other in cells))
