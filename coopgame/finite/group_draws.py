"""Groups drawn without replacement from a population with any number of strategies: mean payoffs over all compositions of co-players."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

_BLOCK = 2_000_000  # weights of compositions that are computed at once, to bound the memory
_MOST_WHOLE = 2**51  # up to which whole numbers are computed with as floats


@dataclass(frozen=True, eq=False)
class GroupDraws:
    """The co-players of a member: size - 1 of all others, each set as likely.

    compositions: numbers of co-players by strategy, shape (M, n). scale: sets of k members are counted in units of scale**k, so that their numbers stay floats. sets: how many sets
    of co-players there are, in these units.
    """

    compositions: np.ndarray
    sets: Any
    scale: Any = 1

    def sums(self, members: np.ndarray, earned: np.ndarray) -> np.ndarray:
        """Return the sums over all sets of co-players of what one of i would earn as one of j; shape (..., n, n), 0 in rows of strategies that nobody plays.

        members: numbers of all members by strategy, floats or Fractions, shape (..., n). earned: of each strategy its payoffs by composition, shape (n, M). Sums of whole numbers are
        whole and, as long as floats hold them, exact.
        """
        flat = members.reshape(-1, members.shape[-1])
        found = np.empty((*flat.shape, flat.shape[-1]), dtype=np.result_type(flat, earned))
        block = max(1, _BLOCK // self.compositions.size)
        for first in range(0, len(flat), block):
            found[first : first + block] = self._sums(flat[first : first + block], earned)
        return found.reshape(*members.shape, members.shape[-1])

    def _sums(self, members: np.ndarray, earned: np.ndarray) -> np.ndarray:
        there = (members > 0).any(axis=0)
        rows = np.flatnonzero(~self.compositions[:, ~there].any(axis=1))
        met = self.compositions[rows]
        ways = subsets(members, int(met.max(initial=0)), self.scale)
        weights: Any = 1
        for strategy in np.flatnonzero(there):
            weights = weights * ways[:, strategy, met[:, strategy]]
        found = np.zeros((*members.shape, members.shape[-1]), dtype=np.result_type(members, earned))
        for i in np.flatnonzero(there):
            own = members[:, i, None]
            # sets of others among whom k play i are the share (n_i - k)/n_i of the sets of all members, and whole numbers
            whole = np.einsum("br,jr->bj", weights * (own - met[:, i]), earned[:, rows])
            found[:, i] = whole / np.maximum(own, 1)
        return found


def whole_draws(compositions: np.ndarray, size: int) -> GroupDraws:
    """Return the draws from a population of a size, counted one by one."""
    players = int(compositions[0].sum())
    return GroupDraws(compositions, math.comb(size - 1, players))


def scaled_draws(compositions: np.ndarray, size: int) -> GroupDraws:
    """Return the draws from a population of any size, counted in units in which there is about one set of co-players."""
    players = int(compositions[0].sum())
    scale = math.exp(math.log(math.comb(size - 1, players)) / players)
    return GroupDraws(compositions, float(subsets(np.array([size - 1.0]), players, scale)[0, -1]), scale)


def can_count(players: int, size: int) -> bool:
    """Return whether floats hold all numbers that occur while sets of so many co-players are counted one by one."""
    return players * math.comb(size, min(players, size // 2)) <= _MOST_WHOLE


def most_terms(players: int, size: int) -> int:
    """Return how many payoffs are added up at most, each as often as it occurs, before sums are divided by the number of members."""
    return size * math.comb(size - 1, players)


def subsets(members: np.ndarray, most: int, scale: Any = 1) -> np.ndarray:
    """Return the numbers of ways to choose 0, 1, ..., `most` of so many members, in units of scale**k; shape (..., most + 1)."""
    found = [members * 0 + 1]
    for k in range(1, most + 1):
        found.append(found[-1] * np.maximum(members - (k - 1), 0) / (k * scale))
    return np.stack(found, axis=-1)
