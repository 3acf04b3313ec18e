"""All neutrally stable states of a game played in pairs inside one population, single ones and connected sets of them; exact at values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from coopgame.algebra.copositive import is_partly_copositive
from coopgame.analysis.equilibrium_cells import (
    Cell,
    Ends,
    Piece,
    StateSet,
    borders,
    components,
    connected,
    ends_of,
    extreme_equilibria,
    inner_state,
    largest,
    own_ends,
)
from coopgame.analysis.es_sets import piece_text
from coopgame.analysis.ess import Matrix, exact_payoffs, form_of_replies
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game
from coopgame.games.matrix import MatrixGame
from coopgame.listed import Listed

DEFINITION = (
    "NSS: a Nash equilibrium x with u(x, y) >= u(y, y) for every other best reply y to it (Maynard Smith 1982)"
)


@dataclass(frozen=True, eq=False)
class NeutralSet(StateSet):
    """Neutrally stable states that hang together; none outside is next to them.

    pieces: the convex sets that it is made of, each by its extreme points, as shares of all strategies. without: parts of their borders, given in the
    same way, whose states are Nash equilibria and no longer neutrally stable. ess: whether it is a single state that is evolutionarily stable.
    """

    game: Game = field(repr=False)
    pieces: tuple[Piece, ...]
    without: tuple[Piece, ...]
    ess: bool
    cells: frozenset[Cell] = field(repr=False)

    def __str__(self) -> str:
        shown = "; ".join(map(piece_text, self.pieces))
        if self.without:
            shown += f"; without {'; '.join(map(piece_text, self.without))}"
        return f"{shown} (ESS)" if self.ess else shown


@dataclass(frozen=True, eq=False)
class NeutralStates(Listed[NeutralSet]):
    """The neutrally stable states of a game, by connected sets; a single state is a set of its own."""

    game: Game = field(repr=False)
    sets: tuple[NeutralSet, ...]

    entries_in = "sets"

    def __str__(self) -> str:
        return "\n".join([*(map(str, self.sets) if self.sets else ["no NSS"]), DEFINITION])

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(str(s))}</td><td>{'one state' if s.is_point else 'a continuum'}</td></tr>"
            for s in self.sets
        )
        head = "<thead><tr><th>neutrally stable states</th><th>kind</th></tr></thead>"
        return f"<table>{head}<tbody>{rows}</tbody></table><p>{escape(DEFINITION)}</p>"


def find_nss(game: Game, values: Mapping[str, Any] | None = None) -> NeutralStates:
    """Return all neutrally stable states of a game with a payoff matrix at values of all parameters.

    No best reply does better against itself than such a state does against it, so that mutants may drift in and cannot grow by selection. Every ESS is one.
    The others often form continua, so that the list is of connected sets: single states, or unions of segments, triangles and so on, given by their
    extreme points. Neutral stability is the same all over a cell, the states with the same strategies present and the same best replies, and is decided
    there by copositivity in rational arithmetic; the set need not be closed, and says what its borders lack.

    Raises UnsupportedError for several populations and for more than fourteen strategies, ParameterError for missing values.

    References: Maynard Smith (1982), Evolution and the Theory of Games; Bomze and Weibull (1995), Games and Economic Behavior 11, 173-192.

    >>> from coopgame import MatrixGame, find_nss
    >>> game = MatrixGame([[-1, 2, -1], [0, 1, 1], [-1, 1, 1]], ["hawk", "dove", "retaliator"])
    >>> print(find_nss(game)[1])
    between (retaliator = 1) and (dove = 2/3, retaliator = 1/3); without dove = 2/3, retaliator = 1/3
    """
    if not isinstance(game, MatrixGame):
        raise UnsupportedError(
            "neutrally stable states are found for one population with a payoff matrix (MatrixGame)"
        )
    fixed = game.substitute(game.values(values))
    assert isinstance(fixed, MatrixGame), "substitution keeps the kind of game"
    payoffs = exact_payoffs(fixed, {})
    ends = extreme_equilibria(payoffs)
    found = [judged for cells in components(ends) for judged in _neutral(fixed, payoffs, cells, ends)]
    return NeutralStates(fixed, tuple(sorted(found, key=lambda s: not s.ess)))


def _neutral(game: MatrixGame, payoffs: Matrix, cells: frozenset[Cell], ends: Ends) -> Iterator[NeutralSet]:
    """Yield the connected sets of neutrally stable states among connected equilibria."""
    own = own_ends(cells, ends)
    neutral, stable = [], set()
    for cell in sorted(cells):
        form, free = form_of_replies(payoffs, inner_state(cell, own), cell[1])
        if is_partly_copositive(form, free, strictly=False):
            neutral.append(cell)
            if is_partly_copositive(form, free):
                stable.add(cell)
    names = game.populations[0].strategies
    for group in connected(neutral):
        lost = [c for c in cells if c not in group and any(borders(c, kept) for kept in group)]
        pieces, without = (
            tuple(tuple(dict(zip(names, end, strict=True)) for end in ends_of(c, own)) for c in largest(list(part)))
            for part in (group, lost)
        )
        yield NeutralSet(game, pieces, without, group <= stable, group)
