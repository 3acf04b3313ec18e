"""The core of a coalitional game: what every player is sure of and what is left to bargain, or why no division satisfies all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from coopgame.coalitions.allocations import allocation_of, excesses
from coopgame.coalitions.game import CoalitionalGame, check_coalitional
from coopgame.coalitions.properties import CoalitionVerdict, coalition_text
from coopgame.coalitions.simplex import Column, Optimum, Vector, maximise
from coopgame.coalitions.tables import Table, Tabled, number_text
from coopgame.errors import GameError, UnsupportedError


@dataclass(frozen=True)
class BalancedCollection:
    """Coalitions with positive weights of which every player's add up to 1: how the players could divide their time among them.

    worth: what the coalitions earn in that time. Where it is more than all players are worth together, no division satisfies all coalitions.
    """

    game: CoalitionalGame = field(repr=False)
    weights: Mapping[tuple[str, ...], Fraction]

    @property
    def worth(self) -> Fraction:
        """The weighted sum of the worths."""
        return sum((w * self.game.worth(coalition) for coalition, w in self.weights.items()), Fraction(0))

    def verify(self) -> bool:
        """Return whether the weights are positive, add up to 1 for every player, and earn more than all together; exact."""
        shares = (sum(w for c, w in self.weights.items() if player in c) for player in self.game.players)
        positive = all(w > 0 for w in self.weights.values())
        return positive and all(share == 1 for share in shares) and self.worth > self.game.total

    def __str__(self) -> str:
        terms = [
            f"{number_text(w)}*v{coalition_text(c)}" if len(c) > 1 else f"{number_text(w)}*v({c[0]})"
            for c, w in self.weights.items()
        ]
        return f"{' + '.join(terms)} = {number_text(self.worth)} > {number_text(self.game.total)}"


@dataclass(frozen=True, eq=False)
class Core(Tabled):
    """All divisions of what the players are worth together that give every coalition at least what it is worth.

    ranges: the least and the most that each player gets in the core; empty where the core is. allocation: one division in it, the mean of those
    that give some player least or most. certificate: where the core is empty, the balanced collection that proves it (Bondareva 1963, Shapley 1967).
    """

    game: CoalitionalGame
    ranges: Mapping[str, tuple[Fraction, Fraction]]
    allocation: Mapping[str, Fraction] | None
    certificate: BalancedCollection | None
    known: Literal["exact"] = "exact"

    @property
    def empty(self) -> bool:
        """Whether no division satisfies all coalitions."""
        return self.certificate is not None

    @property
    def single(self) -> bool:
        """Whether the core is one division."""
        return not self.empty and not any(self.to_bargain.values())

    @property
    def guaranteed(self) -> dict[str, Fraction]:
        """What each player gets in every division of the core: competition alone gives it that."""
        return {player: low for player, (low, _) in self.ranges.items()}

    @property
    def to_bargain(self) -> dict[str, Fraction]:
        """How much of each player's payoff competition leaves open."""
        return {player: high - low for player, (low, high) in self.ranges.items()}

    def at_confidence(self, confidence: Any) -> dict[str, Fraction]:
        """Return what players expect who reckon with a part of what is left to bargain: the confidence index of biform games.

        confidence: a number from 0 (nothing of it) to 1 (all of it), or a mapping from player to number. The expectations need not add up.

        Raises GameError for other numbers, UnsupportedError where the core is empty.

        References: Brandenburger and Stuart (2007), Management Science 53, 537-549.
        """
        if self.empty:
            raise UnsupportedError(
                f"the core is empty ({self.certificate}), so it bounds no payoff; look at shapley_values() instead"
            )
        each = confidence if isinstance(confidence, Mapping) else dict.fromkeys(self.game.players, confidence)
        indices = dict(zip(self.game.players, allocation_of(self.game, each), strict=True))
        for player, index in indices.items():
            if not 0 <= index <= 1:
                raise GameError(f"the confidence of {player} is {index}; it lies between 0 and 1")
        return {player: low + indices[player] * (high - low) for player, (low, high) in self.ranges.items()}

    def table(self) -> Table:
        """Return what each player is worth alone and adds, its Shapley value, and what the core gives it."""
        known = self.game.table()
        rows = [
            (*row, *self.ranges.get(p, (None, None))) for p, row in zip(self.game.players, known.rows, strict=True)
        ]
        return Table(self.text(), (*known.heads, "core from", "core to"), tuple(rows))

    def text(self) -> str:
        """Return what is known of the core in a sentence."""
        head = f"{self.game.name or 'coalitional game'}, together worth {number_text(self.game.total)}"
        if self.empty:
            return f"{head}: the core is empty, for {self.certificate}"
        return f"{head}: the core is {'one division' if self.single else 'not empty'}"


def find_core(game: CoalitionalGame) -> Core:
    """Return the core: every player's least and most in it, or a proof that it is empty. Exact.

    Linear programs over the weights of coalitions are solved by a simplex method in rational arithmetic that looks for the coalition which
    objects most to the prices so far; the prices in the end are a division in the core, the weights the proof (duality). 2n + 1 programs for n players.

    References: Gillies (1959), Contributions to the Theory of Games IV; Bondareva (1963); Shapley (1967), Naval Research Logistics Quarterly
    14, 453-460; Brandenburger and Stuart (2007) for what it says about bargaining.

    >>> majority = CoalitionalGame(["A", "B", "C"], lambda members: int(len(members) >= 2))
    >>> print(find_core(majority).certificate)
    1/2*v(A, B) + 1/2*v(A, C) + 1/2*v(B, C) = 3/2 > 1
    """
    check_coalitional(game)
    n = len(game.players)
    if n == 1:
        player = game.players[0]
        return Core(game, {player: (game.total, game.total)}, {player: game.total}, None)
    search = _Search(game)
    demanded = maximise(search.singles(), [1] * n, search.without_everyone)
    assert demanded is not None  # weights are at most 1
    if demanded.value > game.total:
        weights = {game.members(mask): weight for mask, weight in sorted(demanded.variables.items())}
        certificate = BalancedCollection(game, weights)
        assert certificate.verify()
        return Core(game, {}, None, certificate)
    lowest = [_solved(maximise(search.singles(), _unit(n, i, 1), search.with_everyone)) for i in range(n)]
    highest = [_solved(maximise(search.singles_but(i), _unit(n, i, -1), search.with_everyone)) for i in range(n)]
    ranges = {
        p: (low.prices[i], high.prices[i])
        for i, (p, low, high) in enumerate(zip(game.players, lowest, highest, strict=True))
    }
    found = [optimum.prices for optimum in (*lowest, *highest)]
    mean = [sum(payoffs, Fraction(0)) / len(found) for payoffs in zip(*found, strict=True)]
    allocation = dict(zip(game.players, mean, strict=True))
    assert is_in_core(game, allocation)
    return Core(game, ranges, allocation, None)


def _solved(optimum: Optimum | None) -> Optimum:
    assert optimum is not None  # the core is not empty
    return optimum


def _unit(size: int, place: int, value: int) -> list[int]:
    return [value if i == place else 0 for i in range(size)]


class _Search:
    """Looks for the coalition that objects most to prices of the players."""

    def __init__(self, game: CoalitionalGame) -> None:
        self.game = game

    def column(self, mask: int) -> Column:
        """Return a coalition as a column of the program."""
        entries = tuple(mask >> i & 1 for i in range(len(self.game.players)))
        return Column(mask, entries, self.game.worth_of(mask))

    def singles(self) -> list[Column]:
        """Return the columns of single players."""
        return [self.column(1 << i) for i in range(len(self.game.players))]

    def _everyone_less(self) -> Column:
        """All players' division may not exceed what they are worth."""
        return Column(-1, (-1,) * len(self.game.players), -self.game.total)

    def singles_but(self, player: int) -> list[Column]:
        """Return the columns of single players, with the bound on all of them in one's place."""
        return [self._everyone_less() if i == player else column for i, column in enumerate(self.singles())]

    def without_everyone(self, prices: Vector) -> Column | None:
        """Return a coalition, other than that of all, that is worth more than it gets."""
        return self._best(prices, self.game.everyone)

    def with_everyone(self, prices: Vector) -> Column | None:
        """Return a coalition that is worth more than it gets, or the bound on all players where they get more than they are worth."""
        if sum(prices) > self.game.total:
            return self._everyone_less()
        return self._best(prices, 0)

    def _best(self, prices: Vector, left_out: int) -> Column | None:
        gaps, _ = excesses(self.game, prices)
        gaps[left_out] = 0
        mask = int(gaps.argmax())
        return self.column(mask) if gaps[mask] > 0 else None


def is_in_core(game: CoalitionalGame, allocation: Mapping[str, Any] | Sequence[Any]) -> CoalitionVerdict:
    """Return whether a division gives all that the players are worth, and every coalition at least what it is worth; exact.

    allocation: a mapping from player to payoff, or payoffs in the order of the players. coalitions of the verdict: the one that is worth most more
    than it gets, gap: by how much.

    >>> gloves = CoalitionalGame(["L", "R1", "R2"], {"L, R1": 1, "L, R2": 1, "L, R1, R2": 1}, others=0)
    >>> print(is_in_core(gloves, {"L": "1/2", "R1": "1/2", "R2": 0}))
    no: (L, R2) gets 1/2 and is worth 1
    """
    check_coalitional(game)
    payoffs = allocation_of(game, allocation)
    given = sum(payoffs, Fraction(0))
    if given != game.total:
        because = (
            f"the payoffs add up to {number_text(given)}, all players together are worth {number_text(game.total)}"
        )
        return CoalitionVerdict(False, because, (game.players,), game.total - given)
    gaps, unit = excesses(game, payoffs)
    mask = int(gaps.argmax())
    if gaps[mask] <= 0:
        return CoalitionVerdict(True, "no coalition is worth more than it gets")
    gap = Fraction(int(gaps[mask]), unit)
    members = game.members(mask)
    worth = game.worth_of(mask)
    because = f"{coalition_text(members)} gets {number_text(worth - gap)} and is worth {number_text(worth)}"
    return CoalitionVerdict(False, because, (members,), gap)
