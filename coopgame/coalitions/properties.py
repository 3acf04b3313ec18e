"""Whether it pays to join: superadditive and convex coalitional games, with the coalitions that show where not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from coopgame.coalitions.game import CoalitionalGame
from coopgame.coalitions.tables import number_text
from coopgame.errors import UnsupportedError

_MOST_PAIRED = 16


@dataclass(frozen=True)
class CoalitionVerdict:
    """Whether a statement on coalitions holds, and why; true when it does.

    coalitions: those that show that it does not. gap: by how much it fails there.
    """

    holds: bool
    because: str
    coalitions: tuple[tuple[str, ...], ...] = ()
    gap: Fraction = Fraction(0)

    def __bool__(self) -> bool:
        return self.holds

    def __str__(self) -> str:
        return f"{'yes' if self.holds else 'no'}: {self.because}"


def is_superadditive(game: CoalitionalGame) -> CoalitionVerdict:
    """Return whether any two coalitions without common members are together worth at least the sum of what each is worth.

    All pairs are compared, exactly; of a game that fails, the pair that loses most by joining is shown.

    Raises UnsupportedError for more than 16 players.

    >>> print(is_superadditive(CoalitionalGame(["A", "B"], {"A": 2, "B": 1, "A, B": 1})))
    no: apart A and B are worth 3, together 1
    """
    if len(game.players) > _MOST_PAIRED:
        raise UnsupportedError(
            f"{len(game.players)} players have too many pairs of coalitions; at most {_MOST_PAIRED} are compared"
        )
    worst = (0, 0, 0)
    for first, others in _pairs(len(game.players)):
        gaps = game.scaled[others] + game.scaled[first] - game.scaled[others | first]
        place = int(gaps.argmax())
        worst = max(worst, (int(gaps[place]), first, int(others[place])))
    return _verdict(
        game,
        worst,
        "no two coalitions without common members lose by joining",
        "apart {} and {} are worth {}, together {}",
    )


def _pairs(players: int) -> Iterator[tuple[int, np.ndarray]]:
    """Yield every coalition with all those of players outside it that come after its first one."""
    for first in range(1, 2**players):
        others = np.zeros(1, dtype=np.int64)
        for i in range((first & -first).bit_length(), players):
            if not first >> i & 1:
                others = np.concatenate([others, others | 1 << i])
        if len(others) > 1:
            yield first, others[1:]


def is_convex(game: CoalitionalGame) -> CoalitionVerdict:
    """Return whether a player adds the more to a coalition the larger it is.

    It is enough to compare what two players add to a coalition together with what each adds alone (Shapley 1971); all are compared,
    exactly. A convex game has a core, and its Shapley value lies in it.

    References: Shapley (1971), International Journal of Game Theory 1, 11-26.

    >>> print(is_convex(CoalitionalGame(["A", "B", "C"], lambda members: len(members) ** 2)))
    yes: every player adds the more to a coalition the larger it is
    """
    everyone = np.arange(len(game.scaled))
    worst = (0, 0, 0)
    for j in range(len(game.players)):
        for i in range(j):
            base = everyone[everyone & (1 << i | 1 << j) == 0]
            gaps = (
                game.scaled[base | 1 << i]
                + game.scaled[base | 1 << j]
                - game.scaled[base]
                - game.scaled[base | 1 << i | 1 << j]
            )
            place = int(gaps.argmax())
            worst = max(worst, (int(gaps[place]), int(base[place]) | 1 << i, int(base[place]) | 1 << j))
    return _verdict(
        game,
        worst,
        "every player adds the more to a coalition the larger it is",
        "the sum over {} and {} is {}, that over what they have in common and all of them {}",
    )


def _verdict(game: CoalitionalGame, worst: tuple[int, int, int], holds: str, fails: str) -> CoalitionVerdict:
    gap, first, second = worst
    if not gap:
        return CoalitionVerdict(True, holds)
    coalitions = game.members(first), game.members(second)
    apart = game.worth_of(first) + game.worth_of(second)
    together = game.worth_of(first | second) + game.worth_of(first & second)
    names = [coalition_text(coalition) for coalition in coalitions]
    because = fails.format(*names, number_text(apart), number_text(together))
    return CoalitionVerdict(False, because, coalitions, Fraction(gap, game.unit))


def coalition_text(members: tuple[str, ...]) -> str:
    """Return a coalition as text: one name, or names in brackets."""
    return members[0] if len(members) == 1 else f"({', '.join(members)})"
