"""Evolutionarily stable sets of a game played in pairs inside one population, decided exactly at values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, combinations
from typing import Any

from coopgame.algebra.affine import Vector, corners, solve_linear
from coopgame.algebra.copositive import is_partly_copositive
from coopgame.analysis.equilibrium_cells import (
    Cell,
    Ends,
    Piece,
    StateSet,
    components,
    ends_of,
    extreme_equilibria,
    inner_state,
    largest,
    own_ends,
)
from coopgame.analysis.ess import Matrix, exact_payoffs, form_of_replies
from coopgame.analysis.support_numbers import earned
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.listed import Listed

DEFINITION = (
    "ES set: a closed set of equilibria x with u(x, y) >= u(y, y) for every best reply y to x close by, equality only in the set "
    "(Thomas 1985)"
)


@dataclass(frozen=True, eq=False)
class EquilibriumSet(StateSet):
    """A connected set of symmetric Nash equilibria, whole: no other equilibrium is close to it.

    pieces: the convex sets that it is made of, each by its extreme points, as shares of all strategies. es: whether it is an
    evolutionarily stable set; because: how that is known. It is one for a single ESS.
    """

    game: Game = field(repr=False)
    pieces: tuple[Piece, ...]
    es: bool
    because: str
    cells: frozenset[Cell] = field(repr=False)

    def __str__(self) -> str:
        return "; ".join(piece_text(piece) for piece in self.pieces)


@dataclass(frozen=True, eq=False)
class EsSets(Listed[EquilibriumSet]):
    """The smallest evolutionarily stable sets of a game; every other one is a union of them.

    others: the connected sets of symmetric equilibria that are none, each with its reason.
    """

    game: Game = field(repr=False)
    sets: tuple[EquilibriumSet, ...]
    others: tuple[EquilibriumSet, ...]

    entries_in = "sets"

    def __str__(self) -> str:
        return "\n".join([*(map(str, self.sets) if self.sets else ["no ES set"]), DEFINITION])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(str(s))}</td><td>{'yes' if s.es else 'no'}</td><td>{escape(s.because)}</td></tr>"
            for s in (*self.sets, *self.others)
        )
        head = "<thead><tr><th>connected equilibria</th><th>ES set</th><th>because</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table><p>{escape(DEFINITION)}</p>"


def find_es_sets(game: Game, values: Mapping[str, Any] | None = None) -> EsSets:
    """Return the smallest evolutionarily stable sets of a game with a payoff matrix at values of all parameters.

    Single ESS are among them; larger ones arise where strategies are alike or do equally well together. Close to a
    state of an ES set all symmetric equilibria belong to it, so the candidates are the connected components of the
    symmetric equilibria. These consist of finitely many cells of states with the same strategies present and the
    same best replies, and each cell is decided as a whole: its states have to be neutrally stable, and where a close best reply does as
    well against itself as they do, it has to be an equilibrium again. Everything is exact.

    Raises UnsupportedError for several populations and for more than fourteen strategies, ParameterError for missing values.

    References: Thomas (1985); Weibull (1995), section 2.4; Balkenborg and Schlag (2001); Cressman (2003).

    >>> from coopgame import MatrixGame, find_es_sets
    >>> twins = MatrixGame([[-1, 4, 4], [0, 2, 2], [0, 2, 2]], ["hawk", "dove", "pigeon"])
    >>> print(find_es_sets(twins)[0])
    between (hawk = 2/3, dove = 1/3) and (hawk = 2/3, pigeon = 1/3)
    """
    if not isinstance(game, MatrixGame):
        raise UnsupportedError("ES sets are found for one population with a payoff matrix (MatrixGame)")
    fixed = game.substitute(game.values(values))
    assert isinstance(fixed, MatrixGame), "substitution keeps the kind of game"
    payoffs = exact_payoffs(fixed, {})
    ends = extreme_equilibria(payoffs)
    found = [_judged(fixed, payoffs, cells, ends) for cells in components(ends)]
    return EsSets(fixed, tuple(s for s in found if s.es), tuple(s for s in found if not s.es))


def _judged(game: MatrixGame, payoffs: Matrix, cells: frozenset[Cell], ends: Ends) -> EquilibriumSet:
    names = game.populations[0].strategies
    own = own_ends(cells, ends)
    pieces = [ends_of(cell, own) for cell in largest(list(cells))]
    shown = tuple(tuple(dict(zip(names, end, strict=True)) for end in piece) for piece in pieces)
    for cell in sorted(cells):
        x = inner_state(cell, own)
        against = _against(payoffs, x, cell)
        if against:
            place = _state_text(dict(zip(names, x, strict=True)))
            return EquilibriumSet(game, shown, False, f"at {place} {against}", cells)
    because = "an ESS"
    if len(cells) > 1:
        because = (
            "all its states are neutrally stable, and close best replies that do as well against themselves lie in it"
        )
    return EquilibriumSet(game, shown, True, because, cells)


def _against(payoffs: Matrix, x: Vector, cell: Cell) -> str:
    """Return why a state and all of its cell are in no ES set, nothing when they may be."""
    support, replies = cell
    if not is_partly_copositive(*form_of_replies(payoffs, x, replies), strictly=False):
        return "a best reply close by does better against itself: not neutrally stable"
    outside = [i for i in replies if i not in support]
    for extra in chain.from_iterable(combinations(outside, size) for size in range(len(outside) + 1)):
        for direction in _level_directions(payoffs, x, extra):
            gains = {i: earned(payoffs, i, direction) - earned(payoffs, support[0], direction) for i in replies}
            if any(gains[i] for i in (*support, *extra)) or any(gain > 0 for gain in gains.values()):
                return "a best reply close by does as well against itself and is no equilibrium"
    return ""


def _level_directions(payoffs: Matrix, x: Vector, extra: Sequence[int]) -> Iterator[Vector]:
    """Yield generators of the directions v in which strategies `extra` enter and u(x, x + v) = u(x + v, x + v).

    x is neutrally stable, so the form is nonnegative on directions into the face; where it vanishes at one in which all of `extra`
    enter, it vanishes exactly on the kernel of its matrix. Directions along the face itself come with both signs.
    """
    support = [i for i, share in enumerate(x) if share > 0]
    form, free = form_of_replies(payoffs, x, [*support, *extra])
    size = len(form)
    units = [[Fraction(int(i == j)) for j in range(size)] for i in range(free, size)]

    def solved(entering: Sequence[Fraction]) -> Any:
        rows = [*form, *units]
        return solve_linear(rows, [*[Fraction(0)] * size, *entering]) if rows else None

    def whole(vector: Sequence[Fraction]) -> Vector:
        full = [Fraction(0)] * len(x)
        for i, step in zip([*support[1:], *extra], vector, strict=True):
            full[i] = step
        full[support[0]] = -sum(vector, Fraction(0))
        return tuple(full)

    entries = _entering(form, free) if extra else [()]
    if not entries:
        return
    for entering in entries:
        if extra:
            yield whole(solved(entering).origin)
    along = solved([Fraction(0)] * len(extra))
    for direction in along.directions if along is not None else ():
        yield whole(direction)
        yield whole([-step for step in direction])


def _entering(form: Matrix, free: int) -> list[Vector]:
    """Return the extreme ways, as shares of 1, in which the strategies after the free ones enter along the kernel; none unless all can."""
    size = len(form)
    kernel = solve_linear(form, [Fraction(0)] * size)
    assert kernel is not None, "homogeneous equations have a solution"
    parts = [direction[free:] for direction in kernel.directions]
    if not any(any(part) for part in parts):
        return []
    across = solve_linear(parts, [Fraction(0)] * len(parts))
    assert across is not None, "homogeneous equations have a solution"
    rows = [*across.directions, (Fraction(1),) * (size - free)]
    ways = solve_linear(rows, [*[Fraction(0)] * len(across.directions), Fraction(1)])
    found = corners(ways, range(size - free)) if ways is not None else ()
    return list(found) if found and all(any(way[k] > 0 for way in found) for k in range(size - free)) else []


def _state_text(shares: Mapping[str, Fraction]) -> str:
    return ", ".join(f"{name} = {share}" for name, share in shares.items() if share)


def piece_text(piece: Sequence[Mapping[str, Fraction]]) -> str:
    """Return a convex set of states by its extreme points on one line."""
    shown = [_state_text(end) for end in piece]
    return shown[0] if len(shown) == 1 else "between " + " and ".join(f"({end})" for end in shown)
