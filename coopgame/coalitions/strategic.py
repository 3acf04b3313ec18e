"""Coalitional games of games in normal form: what every coalition of players can claim when the others do their worst."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from coopgame.coalitions.game import CoalitionalGame
from coopgame.coalitions.matrix_value import Rows, mixed_maxmin
from coopgame.errors import UnsupportedError
from coopgame.games.exact_table import ExactTable, exact_table
from coopgame.games.game import Game

_MOST_PROFILES = 20_000


def coalitional_game_of(
    game: Game, values: Mapping[str, Any] | None = None, threat: Callable[[Rows], Fraction] = mixed_maxmin
) -> CoalitionalGame:
    """Return what every coalition of a game's players can claim of the sum of their payoffs, at values of all parameters.

    Payoffs are in one unit that players can hand over. A coalition acts as one player, and so do all others against it; threat turns the table of its joint
    payoff (rows: its joint strategies, columns: those of the others) into its worth. `mixed_maxmin`, the default, is von Neumann's and Morgenstern's
    characteristic function (alpha, with correlated mixtures); beta is the same, by the minimax theorem. `pure_maxmin` and `pure_minmax` are alpha and beta
    without mixing. All players together take the profile with the largest sum. A MatrixGame has two players, who stand for its population.

    Worths by threat assume that the others care for nothing but to harm; where that is far-fetched, give worths of your own to CoalitionalGame.

    Raises UnsupportedError for payoffs that are no table and for tables that are too large; ParameterError for missing values.

    References: von Neumann and Morgenstern (1944); Aumann and Peleg (1960), Bulletin of the American Mathematical Society 66, 173-179.

    >>> from coopgame import MatrixGame
    >>> dilemma = coalitional_game_of(MatrixGame([[3, 0], [5, 1]], population="firm"))
    >>> {player: str(value) for player, value in dilemma.shapley_values().items()}, dilemma.worth(["firm 1"])
    ({'firm 1': '3', 'firm 2': '3'}, Fraction(1, 1))
    """
    table = exact_table(game, values)
    if len(table.payoffs) > _MOST_PROFILES:
        raise UnsupportedError(
            f"{len(table.payoffs)} profiles are more than {_MOST_PROFILES}; leave out dominated strategies"
        )
    for player in table.players:
        if table.players.count(player) > 1:
            raise UnsupportedError(f"two players are called {player!r}; rename one")
    players = range(len(table.players))

    def worth(members: frozenset[str]) -> Fraction:
        inside = [p for p in players if table.players[p] in members]
        joint = _joint_payoffs(table, inside)
        return max(row[0] for row in joint) if len(inside) == len(players) else threat(joint)

    return CoalitionalGame(table.players, worth, name=game.name)


def _joint_payoffs(table: ExactTable, inside: Sequence[int]) -> list[list[Fraction]]:
    """Return the sum of the members' payoffs, their joint strategies in rows, those of the others in columns."""
    outside = [p for p in range(len(table.players)) if p not in inside]
    place = [0] * len(table.players)
    rows = []
    for own in product(*(range(table.shape[p]) for p in inside)):
        row = []
        for other in product(*(range(table.shape[p]) for p in outside)):
            for p, s in zip((*inside, *outside), (*own, *other), strict=True):
                place[p] = s
            payoffs = table.payoffs[tuple(place)]
            row.append(sum((payoffs[p] for p in inside), Fraction(0)))
        rows.append(row)
    return rows
