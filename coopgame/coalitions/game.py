"""CoalitionalGame: what every coalition of players is worth, and the values that follow from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from coopgame.coalitions.subsets import SAFE, largest, subset_sums, whole_numbers
from coopgame.coalitions.tables import Table, Tabled, number_text
from coopgame.errors import GameError, UnsupportedError
from coopgame.expressions import exact_number
from coopgame.games.document import shown

_MOST_PLAYERS = 1000
_MOST_TABULATED = 20

Coalition = Iterable[str]


@dataclass(frozen=True, init=False, eq=False, repr=False)
class CoalitionalGame(Tabled):
    """A game with transferable worth: every coalition is worth a number that its members may divide.

    players: names. worth: a mapping from coalition to exact number, or a function of the frozenset of its members. Coalitions are written as
    ("A", "B"), frozensets, or "A, B". others: what coalitions are worth that the mapping does not name; without it all have to be there, except
    the empty one, which is worth 0. Up to 20 players every worth is kept in a table; with more there are `worth` and `added_value` only.

    Raises GameError for coalitions that are missing, unknown or named twice, ParameterError for worths that are no numbers.

    References: von Neumann and Morgenstern (1944), chapter VI; Shapley (1953); Brandenburger and Stuart (1996) for added values.

    >>> gloves = CoalitionalGame(["L", "R1", "R2"], {"L, R1": 1, "L, R2": 1, "L, R1, R2": 1}, others=0)
    >>> gloves.shapley_values()["L"], gloves.added_value("L"), gloves.added_value("R1")
    (Fraction(2, 3), Fraction(1, 1), Fraction(0, 1))
    """

    players: tuple[str, ...]
    name: str
    _rule: Callable[[int], Fraction] | None
    _table: tuple[np.ndarray, int] | None

    def __init__(
        self,
        players: Sequence[str],
        worth: Mapping[Any, Any] | Callable[[frozenset[str]], Any],
        *,
        others: Any = None,
        name: str = "",
    ) -> None:
        object.__setattr__(self, "players", _players(players))
        object.__setattr__(self, "name", name)
        if callable(worth):
            rule = self._from_function(worth)
        elif isinstance(worth, Mapping):
            rule = self._from_mapping(worth, others)
        else:
            raise GameError(f"worth is {worth!r}; a mapping from coalitions to numbers, or a function, is needed")
        table = _tabulated(rule, len(self.players))
        object.__setattr__(self, "_table", table)
        object.__setattr__(self, "_rule", rule if table is None else None)

    def _from_function(self, worth: Callable[[frozenset[str]], Any]) -> Callable[[int], Fraction]:
        def rule(mask: int) -> Fraction:
            members = self.members(mask)
            return exact_number(worth(frozenset(members)), f"worth of {', '.join(members)}") if mask else Fraction(0)

        return rule

    def _from_mapping(self, worth: Mapping[Any, Any], others: Any) -> Callable[[int], Fraction]:
        given: dict[int, Fraction] = {}
        for coalition, value in worth.items():
            mask = self.mask(coalition)
            if mask in given:
                raise GameError(f"the coalition {', '.join(self.members(mask))} stands twice; keep one")
            given[mask] = exact_number(value, f"worth of {', '.join(self.members(mask)) or 'nobody'}")
        if given.setdefault(0, Fraction(0)):
            raise GameError(f"the empty coalition is worth {given[0]}; it has to be worth 0")
        if others is not None:
            rest = exact_number(others, "others")
            return lambda mask: given.get(mask, rest)
        count = 2 ** len(self.players) - len(given)
        if count:
            missing = list(islice((mask for mask in range(2 ** len(self.players)) if mask not in given), 5))
            shown = "; ".join(", ".join(self.members(mask)) for mask in missing)
            more = f" and {count - 5} more" if count > 5 else ""
            raise GameError(f"no worth of {shown}{more}; give it, or others=0 for all that are not named")
        return given.__getitem__

    # coalitions as binary numbers ---------------------------------------------------------------------------------

    def members(self, mask: int) -> tuple[str, ...]:
        """Return the players whose bits are set, in the order of the players."""
        return tuple(player for i, player in enumerate(self.players) if mask >> i & 1)

    def mask(self, coalition: Coalition) -> int:
        """Return a coalition as the number whose bit i says whether player i is in. Raises GameError for unknown players."""
        if isinstance(coalition, str):
            whole = coalition.strip()
            coalition = (
                [whole] if whole in self.players else [part.strip() for part in whole.split(",") if part.strip()]
            )
        mask = 0
        for player in coalition:
            if player not in self.players:
                raise GameError(f"{player!r} is no player; the players are {', '.join(self.players)}")
            bit = 1 << self.players.index(player)
            if mask & bit:
                raise GameError(f"{player!r} stands twice in a coalition; keep one")
            mask |= bit
        return mask

    @property
    def everyone(self) -> int:
        """The grand coalition as a binary number."""
        return (1 << len(self.players)) - 1

    def worth_of(self, mask: int) -> Fraction:
        """Return the worth of a coalition given as a binary number."""
        if self._rule is not None:
            return self._rule(mask)
        return Fraction(int(self.scaled[mask]), self.unit)

    @property
    def scaled(self) -> np.ndarray:
        """The worths of all coalitions as whole numbers of 1/unit, indexed by the coalition in binary."""
        return self._tabulated()[0]

    @property
    def unit(self) -> int:
        """The denominator of all worths."""
        return self._tabulated()[1]

    def _tabulated(self) -> tuple[np.ndarray, int]:
        if self._table is None:
            raise UnsupportedError(
                f"{len(self.players)} players have too many coalitions for this; it is for at most {_MOST_TABULATED}. Put players who are alike "
                "together as one"
            )
        return self._table

    # worths and values --------------------------------------------------------------------------------------------

    def worth(self, coalition: Coalition) -> Fraction:
        """Return what a coalition is worth."""
        return self.worth_of(self.mask(coalition))

    @property
    def total(self) -> Fraction:
        """What all players together are worth."""
        return self.worth_of(self.everyone)

    def added_value(self, player: str) -> Fraction:
        """Return by how much less all players are worth without this one: the most it can get where no group of the others accepts less than it is worth.

        References: Brandenburger and Stuart (1996), Journal of Economics and Management Strategy 5, 5-24; Brandenburger and Nalebuff (1996).
        """
        return self.total - self.worth_of(self.everyone & ~self.mask([player]))

    def added_values(self) -> dict[str, Fraction]:
        """Return the added value of every player."""
        return {player: self.added_value(player) for player in self.players}

    def shapley_values(self) -> dict[str, Fraction]:
        """Return every player's mean contribution to those before it, over all orders in which players may arrive; exact.

        The worths are added up by size of the coalition for those with and without the player, so 2^n n additions suffice.

        References: Shapley (1953), Contributions to the Theory of Games II, 307-317.
        """
        n = len(self.players)
        scaled = self.scaled if largest(self.scaled) << n < SAFE else self.scaled.astype(object)
        sizes = subset_sums([1] * n)
        order = np.argsort(sizes, kind="stable")
        starts = np.concatenate([[0], np.cumsum([math.comb(n, s) for s in range(n)])])
        by_size = [int(total) for total in np.add.reduceat(scaled[order], starts)]
        weights = [Fraction(math.factorial(s) * math.factorial(n - s - 1), math.factorial(n)) for s in range(n)]
        values = {}
        for i, player in enumerate(self.players):
            inside = np.where(np.arange(2**n) >> i & 1 == 1, scaled, 0)
            own = [int(total) for total in np.add.reduceat(inside[order], starts)]
            gained = sum((weights[s] * (own[s + 1] - (by_size[s] - own[s])) for s in range(n)), Fraction(0))
            values[player] = gained / self.unit
        return values

    def banzhaf_values(self) -> dict[str, Fraction]:
        """Return every player's mean contribution over all coalitions of the others; they need not add up to the total.

        References: Banzhaf (1965), Rutgers Law Review 19, 317-343.
        """
        scaled = self.scaled.astype(object)
        found = {}
        for i, player in enumerate(self.players):
            inside = np.arange(len(scaled)) >> i & 1 == 1
            gained = int(scaled[inside].sum()) - int(scaled[~inside].sum())
            found[player] = Fraction(gained, self.unit * len(scaled) // 2)
        return found

    # identity and display -----------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CoalitionalGame) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[Any, ...]:
        worths = self._rule if self._table is None else (self.unit, tuple(self.scaled.tolist()))
        return (self.players, self.name, worths)

    def __repr__(self) -> str:
        return f"<CoalitionalGame {self.name!r}: {len(self.players)} players>"

    def table(self) -> Table:
        """Return what each player is worth alone, its added value and its Shapley value."""
        added, shapley = self.added_values(), self.shapley_values() if self._table else {}
        rows = [(p, self.worth([p]), added[p], shapley.get(p), kept(shapley.get(p), added[p])) for p in self.players]
        caption = f"{self.name or 'coalitional game'}: {len(self.players)} players, together worth {number_text(self.total)}"
        return Table(
            caption, ("player", "alone", "added value", "Shapley value", "Shapley / added value"), tuple(rows)
        )


def kept(value: Fraction | None, added: Fraction) -> Fraction | None:
    """Return the part of its added value that a player gets; None where there is no added value."""
    return value / added if value is not None and added else None


def _tabulated(rule: Callable[[int], Fraction], players: int) -> tuple[np.ndarray, int] | None:
    if players > _MOST_TABULATED:
        return None
    worths = [rule(mask) for mask in range(2**players)]
    unit = math.lcm(*(value.denominator for value in worths))
    scaled = whole_numbers([int(value * unit) for value in worths])
    scaled.flags.writeable = False
    return scaled, unit


def check_coalitional(game: object) -> None:
    """Raise GameError for what is no game of coalitions, such as one in normal form."""
    if not isinstance(game, CoalitionalGame):
        raise GameError(
            f"{shown(game)} says nothing of what coalitions are worth; give a CoalitionalGame, or coalitional_game_of(game, values) for a game in normal form"
        )


def _players(players: Sequence[str]) -> tuple[str, ...]:
    if isinstance(players, str):
        raise GameError(f"players are {players!r}; a list of names is needed")
    found = tuple(players)
    if not 1 <= len(found) <= _MOST_PLAYERS:
        raise GameError(f"{len(found)} players; there may be 1 to {_MOST_PLAYERS}")
    for player in found:
        if not isinstance(player, str) or not player.strip() or player != player.strip() or "," in player:
            raise GameError(
                f"{player!r} is no name of a player; give a text without commas and without spaces at its ends"
            )
    if len(set(found)) != len(found):
        raise GameError(f"players repeat: {', '.join(found)}; rename one")
    return found
