"""Which strategies equilibria of any number of players can use: supports that survive conditional dominance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

Support = tuple[tuple[int, ...], ...]


def possible_supports(tables: Sequence[np.ndarray]) -> Iterator[Support]:
    """Yield every choice of supports in which no strategy is dominated given what the others use.

    tables: whole numbers, one array per player. Supports are chosen player by player; after each choice, strategies of the players to come
    that earn less than another against everything the others can still use are left out, and a choice that uses such a strategy ends. In the end,
    where the others use all of their supports, a strategy that never earns more than another, and once less, is dominated too.

    References: Porter, Nudelman and Shoham (2008), Games and Economic Behavior 63, 642-662, algorithm 2.
    """
    sizes = tables[0].shape
    dominance = _Dominance(tables)
    everything = dominance.remaining([tuple(range(n)) for n in sizes], 0)
    if everything is not None:
        yield from _choices(dominance, everything, 0)


def _choices(dominance: _Dominance, domains: list[tuple[int, ...]], player: int) -> Iterator[Support]:
    if player == len(domains):
        if not any(dominance.weakly(p, domains) for p in range(player)):
            yield tuple(domains)
        return
    for size in range(1, len(domains[player]) + 1):
        for chosen in combinations(domains[player], size):
            rest = dominance.remaining([*domains[:player], chosen, *domains[player + 1 :]], player + 1)
            if rest is not None:
                yield from _choices(dominance, rest, player + 1)


class _Dominance:
    """Which strategies earn less than another against everything the others may use; remembered."""

    def __init__(self, tables: Sequence[np.ndarray]) -> None:
        self.tables = tables
        self.known: dict[Any, frozenset[int]] = {}

    def remaining(self, domains: list[tuple[int, ...]], fixed: int) -> list[tuple[int, ...]] | None:
        """Return the domains without dominated strategies; None when one of the first `fixed`, which are chosen, holds one."""
        domains = list(domains)
        changed = True
        while changed:
            changed = False
            for player, domain in enumerate(domains):
                dominated = self.dominated(player, domains)
                if dominated.isdisjoint(domain):
                    continue
                if player < fixed:
                    return None
                domains[player] = tuple(s for s in domain if s not in dominated)
                changed = True
        return domains

    def dominated(self, player: int, domains: Sequence[tuple[int, ...]]) -> frozenset[int]:
        """Return the strategies of a player that are dominated, by any strategy, while the others stay in their domains."""
        key = (player, *domains[:player], *domains[player + 1 :])
        if key not in self.known:
            lines = self._lines(player, domains)
            worse = np.array([(lines > line).all(axis=1).any() for line in lines])
            self.known[key] = frozenset(int(s) for s in np.flatnonzero(worse))
        return self.known[key]

    def weakly(self, player: int, domains: Sequence[tuple[int, ...]]) -> bool:
        """Return whether a strategy in a player's domain never earns more than some other, and once less."""
        lines = self._lines(player, domains)
        return any(((lines >= lines[s]).all(axis=1) & (lines > lines[s]).any(axis=1)).any() for s in domains[player])

    def _lines(self, player: int, domains: Sequence[tuple[int, ...]]) -> np.ndarray:
        """Return what every strategy of a player earns against all that the others may use; shape (strategies, profiles)."""
        own = tuple(range(self.tables[player].shape[player]))
        places = np.ix_(*domains[:player], own, *domains[player + 1 :])
        return np.moveaxis(self.tables[player][places], player, 0).reshape(len(own), -1)


class SupportGains:
    """The equations and inequalities of equilibria with given supports, in whole numbers.

    mixing: the players who use several strategies. equal[i]: what a mixing player's other strategies in use earn more than the first, shape
    (k - 1, numbers of strategies in use of the mixing players); they vanish at an equilibrium. outside: the same for strategies that are not in use, of
    all players, one array each; they are at most 0. Along the axis of the player who earns them nothing changes.
    """

    def __init__(self, tables: Sequence[np.ndarray], support: Support) -> None:
        self.support = support
        self.mixing = tuple(p for p, chosen in enumerate(support) if len(chosen) > 1)
        self.shape = tuple(len(support[p]) for p in self.mixing)
        self.tables = tables

    @cached_property
    def equal(self) -> dict[int, np.ndarray]:
        """What strategies in use earn more than the first in use, by mixing player."""
        return {p: self._gains(p, self.support[p][1:]) for p in self.mixing}

    @cached_property
    def outside(self) -> dict[int, np.ndarray]:
        """What strategies that are not in use earn more than the first in use, by player."""
        sizes = self.tables[0].shape
        rest = {p: tuple(s for s in range(n) if s not in self.support[p]) for p, n in enumerate(sizes)}
        return {p: self._gains(p, others) for p, others in rest.items() if others}

    def _gains(self, player: int, others: tuple[int, ...]) -> np.ndarray:
        table = self.tables[player]
        places = list(self.support)
        places[player] = (places[player][0],)
        first = table[np.ix_(*places)]
        places[player] = others
        gains = np.moveaxis(table[np.ix_(*places)] - first, player, 0)
        gains = np.expand_dims(gains, player + 1)
        kept = [len(chosen) if p != player else 1 for p, chosen in enumerate(self.support) if p in self.mixing]
        whole = gains.reshape(len(others), *kept)
        return np.broadcast_to(whole, (len(others), *self.shape)) if player in self.mixing else whole
