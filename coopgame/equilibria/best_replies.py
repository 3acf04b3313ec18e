"""Best replies of two players with two strategies each, as curves in the square of their shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from coopgame.equilibria.tables import payoff_tables
from coopgame.errors import UnsupportedError
from coopgame.games.game import Game

Segment = tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]


@dataclass(frozen=True, eq=False)
class BestReplies:
    """Best replies in a game of two players with two strategies each; where the curves of both players meet are the Nash equilibria.

    A point (x, y) holds the shares of the first strategies. curves: for each player the segments of the curve, from the opponent's share 0 to 1,
    exact. indifferent: for each player whether everything is a best reply to everything, so that the curve is the whole square and has no segments.
    """

    game: Game = field(repr=False)
    curves: tuple[tuple[Segment, ...], tuple[Segment, ...]]
    indifferent: tuple[bool, bool]

    def __str__(self) -> str:
        names = [population.name for population in self.game.populations]
        lines = ["shares of first strategies, x of the first player and y of the second"]
        for k, (curve, free) in enumerate(zip(self.curves, self.indifferent, strict=True)):
            corners = dict.fromkeys(point for segment in curve for point in segment)
            path = " to ".join(f"({x}, {y})" for x, y in corners)
            name = names[k] if len(names) == 2 else f"player {k + 1}"
            lines.append(f"best replies of {name}: {'everything to everything' if free else path}")
        return "\n".join(lines)


def find_best_replies(game: Game, values: Mapping[str, Any] | None = None) -> BestReplies:
    """Return the best replies of two players with two strategies each at values, exact.

    A MatrixGame stands for two players drawn from its population.

    Raises UnsupportedError for other numbers of players or strategies, ParameterError for missing values.

    >>> from coopgame import NormalFormGame, find_best_replies
    >>> pennies = NormalFormGame.from_bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    >>> [tuple(map(float, point)) for segment in find_best_replies(pennies).curves[0] for point in segment]
    [(0.0, 0.0), (0.0, 0.5), (0.0, 0.5), (1.0, 0.5), (1.0, 0.5), (1.0, 1.0)]
    """
    tables = payoff_tables(game, values)
    if tables.sizes != (2, 2):
        raise UnsupportedError(
            f"best replies are curves for two players with two strategies each, this game has {' x '.join(map(str, tables.sizes))}; "
            "use nash_equilibria"
        )
    first, second = tables.exact
    gains = (
        [first[0, j] - first[1, j] for j in (1, 0)],
        [second[i, 0] - second[i, 1] for i in (1, 0)],
    )
    curves = []
    for player, (low, high) in enumerate(gains):
        steps = _steps(low, high)
        flipped = [((b, a) if player else (a, b)) for a, b in steps]
        curves.append(tuple(pairwise(flipped)))
    return BestReplies(tables.game, (curves[0], curves[1]), (gains[0] == [0, 0], gains[1] == [0, 0]))


def _steps(low: Fraction, high: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Return corners (own share, opponent's share) of the curve, from what the first strategy earns more at both ends."""
    zero, one = Fraction(0), Fraction(1)
    if not low and not high:
        return []
    ends = [one if gain > 0 else zero for gain in (low, high)]
    if not low:
        return [(one - ends[1], zero), (ends[1], zero), (ends[1], one)]
    if not high:
        return [(ends[0], zero), (ends[0], one), (one - ends[0], one)]
    if ends[0] == ends[1]:
        return [(ends[0], zero), (ends[0], one)]
    tie = low / (low - high)
    return [(ends[0], zero), (ends[0], tie), (ends[1], tie), (ends[1], one)]
