"""The nucleolus: the division under which the coalition with most to complain about has as little as possible, then the next, and so on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from coopgame.algebra.affine import solve_linear
from coopgame.coalitions.allocations import excesses
from coopgame.coalitions.game import CoalitionalGame, check_coalitional
from coopgame.coalitions.simplex import Column, Optimum, Vector, maximise
from coopgame.coalitions.subsets import subset_sums
from coopgame.coalitions.tables import number_text
from coopgame.errors import UnsupportedError

_MOST_PLAYERS = 16


def find_nucleolus(game: CoalitionalGame) -> dict[str, Fraction]:
    """Return the nucleolus: among divisions that give every player what it is worth alone, the one whose excesses are least, the largest first.

    The excess of a coalition is what it is worth more than it gets. One linear program after the other makes the largest excess small and fixes
    the payoffs of the coalitions where it is reached in every solution, until all payoffs are fixed; each is solved in rational arithmetic. The
    nucleolus lies in the core where there is one.

    Raises UnsupportedError where players are worth more alone than together, and for more than 16 players.

    References: Schmeidler (1969), SIAM Journal on Applied Mathematics 17, 1163-1170; Kopelowitz (1967); Kohlberg (1971).

    >>> estate = CoalitionalGame(["A", "B", "C"], {"B, C": 100, "A, B, C": 200}, others=0)
    >>> {player: str(payoff) for player, payoff in find_nucleolus(estate).items()}
    {'A': '50', 'B': '75', 'C': '75'}
    """
    check_coalitional(game)
    n = len(game.players)
    if n > _MOST_PLAYERS:
        raise UnsupportedError(f"the nucleolus of {n} players takes too long; at most {_MOST_PLAYERS} are allowed")
    alone = sum((game.worth_of(1 << i) for i in range(n)), Fraction(0))
    if alone > game.total:
        raise UnsupportedError(
            f"alone the players are worth {number_text(alone)} in sum, together {number_text(game.total)}: no division satisfies every player"
        )
    stage = _Stage(game)
    while len(stage.fixed) < n:
        stage.fix(stage.solve())
    return dict(zip(game.players, stage.payoffs(), strict=True))


class _Stage:
    """What is fixed so far: independent coalitions with their payoffs, and which coalitions are still free."""

    def __init__(self, game: CoalitionalGame) -> None:
        self.game = game
        self.fixed: list[tuple[int, Fraction]] = [(game.everyone, game.total)]
        self.free = np.ones(len(game.scaled), dtype=bool)
        self._release()

    def column(self, mask: int, *, objecting: bool) -> Column:
        """Return a coalition as a column: with its excess, or as a single player who gets at least what it is worth alone."""
        n = len(self.game.players)
        return Column(
            mask if objecting else -mask,
            (*(mask >> i & 1 for i in range(n)), int(objecting)),
            self.game.worth_of(mask),
        )

    def solve(self) -> Optimum:
        """Return the solution of the program that makes the largest excess of free coalitions as small as possible."""
        n = len(self.game.players)
        mask = int(np.argmax(self.free))
        last = mask.bit_length() - 1
        basis = [self.column(mask, objecting=True), self._bound(self.game.everyone, self.game.total, -1)]
        basis += [self.column(1 << i, objecting=False) for i in range(n) if i != last]
        optimum = maximise(basis, [*[0] * n, 1], self._better)
        assert optimum is not None  # some division gives every player what it is worth alone
        return optimum

    def _bound(self, mask: int, payoff: Fraction, sign: int) -> Column:
        n = len(self.game.players)
        # keys of the bounds come after those of all coalitions, and play no part in what follows
        key = (2 + (sign > 0)) * len(self.game.scaled) + mask
        return Column(key, (*(sign * (mask >> i & 1) for i in range(n)), 0), sign * payoff)

    def _better(self, prices: Vector) -> Column | None:
        *payoffs, most = prices
        for mask, payoff in self.fixed:
            got = sum((p for i, p in enumerate(payoffs) if mask >> i & 1), Fraction(0))
            if got != payoff:
                return self._bound(mask, payoff, 1 if got < payoff else -1)
        for i, payoff in enumerate(payoffs):
            if payoff < self.game.worth_of(1 << i):
                return self.column(1 << i, objecting=False)
        gaps, unit = excesses(self.game, payoffs)
        candidates = np.flatnonzero(self.free)
        mask = int(candidates[int(gaps[candidates].argmax())])
        return self.column(mask, objecting=True) if Fraction(int(gaps[mask]), unit) > most else None

    def fix(self, optimum: Optimum) -> None:
        """Fix the coalitions with a positive weight: their payoffs are the same in all solutions (complementary slackness)."""
        most = optimum.prices[-1]
        size = len(self.game.scaled)
        for key in optimum.variables:
            mask = abs(key)
            if mask >= size or not self._is_free(mask):
                continue
            self.fixed.append((mask, self.game.worth_of(mask) - (most if key > 0 else 0)))
            self._release()

    def _is_free(self, mask: int) -> bool:
        """Return whether the payoff of a coalition does not follow from those that are fixed."""
        return any(sum(int(z) for i, z in enumerate(v) if mask >> i & 1) for v in self._directions())

    def _directions(self) -> list[list[int]]:
        """Return a basis of the changes of payoffs that leave all fixed coalitions what they get, in whole numbers."""
        n = len(self.game.players)
        rows = [[Fraction(mask >> i & 1) for i in range(n)] for mask, _ in self.fixed]
        solutions = solve_linear(rows, [Fraction(0)] * len(rows))
        assert solutions is not None
        return [whole(direction) for direction in solutions.directions]

    def _release(self) -> None:
        """Take the coalitions out whose payoff is determined by now; the empty one is among them."""
        self.free = np.zeros(len(self.game.scaled), dtype=bool)
        for direction in self._directions():
            self.free |= subset_sums(direction) != 0

    def payoffs(self) -> list[Fraction]:
        """Return the only division that gives the fixed coalitions what is fixed."""
        n = len(self.game.players)
        rows = [[Fraction(mask >> i & 1) for i in range(n)] for mask, _ in self.fixed]
        solution = solve_linear(rows, [payoff for _, payoff in self.fixed])
        assert solution is not None and not solution.directions
        return list(solution.origin)


def whole(direction: Sequence[Fraction]) -> list[int]:
    """Return a vector times the least number that makes its entries whole."""
    factor = math.lcm(*(entry.denominator for entry in direction))
    return [int(entry * factor) for entry in direction]
