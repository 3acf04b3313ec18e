"""All states of finite populations, and the chances of all changes of one member from each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, prod

import numpy as np

from coopgame.finite.population import ProcessAt

_BLOCK = 500_000  # entries of the tables of chances that are computed at once, to bound the memory


@dataclass(frozen=True, eq=False)
class Face:
    """The states in which none but the live strategies are played.

    live: of every population the places of these strategies. starts: where the strategies of each population begin among all. moves: all changes of one member
    as (from, to) in the order in which chances are read, each pair of strategies both ways in turn; shape (m, 2).
    """

    sizes: tuple[int, ...]
    live: tuple[tuple[int, ...], ...]
    starts: tuple[int, ...]
    strategies: int
    moves: np.ndarray

    @property
    def states(self) -> int:
        """How many there are."""
        return prod(comb(size + len(own) - 1, len(own) - 1) for size, own in zip(self.sizes, self.live, strict=True))

    def counts(self) -> np.ndarray:
        """Return the numbers of members of all strategies in every state, in the order of `places`; shape (states, strategies)."""
        table = np.zeros((1, self.strategies), dtype=np.int64)
        for size, own, start in zip(self.sizes, self.live, self.starts, strict=True):
            parts = compositions(size, len(own))
            table = np.repeat(table, len(parts), axis=0)
            table[:, [start + s for s in own]] = np.tile(parts, (len(table) // len(parts), 1))
        return table

    def places(self, counts: np.ndarray) -> np.ndarray:
        """Return the places of states among all; shape (...)."""
        found = np.zeros(counts.shape[:-1], dtype=np.int64)
        for size, own, start in zip(self.sizes, self.live, self.starts, strict=True):
            parts = len(own)
            found = found * comb(size + parts - 1, parts - 1) + place_of(counts[..., [start + s for s in own]], size)
        return found


def face_of(process: ProcessAt, counts: np.ndarray, *, mutation: bool = True) -> Face:
    """Return the states that can follow a state: those of the strategies in play, and of all where mutants arise or the law brings strategies back."""
    population = process.population
    starts = [part.start for part in population.game.parts]
    live = []
    for law, chance, part in zip(population.laws, process.mutations, population.game.parts, strict=True):
        own = counts[part]
        mutants = mutation and chance > 0
        live.append(tuple(int(s) for s in np.flatnonzero((own > 0) | mutants | (not law.relative))))
    return Face(population.sizes, tuple(live), tuple(starts), len(counts), moves_of(starts, live))


def moves_of(starts: Sequence[int], live: Sequence[Sequence[int]]) -> np.ndarray:
    """Return all changes of one member among the live strategies of each population, as (from, to) among all strategies; shape (m, 2)."""
    moves = [
        (start + a, start + b)
        for start, own in zip(starts, live, strict=True)
        for i, j in combinations(own, 2)
        for a, b in ((i, j), (j, i))
    ]
    return np.array(moves, dtype=np.int64).reshape(-1, 2)


def move_chances(process: ProcessAt, face: Face, counts: np.ndarray, *, mutation: bool = True) -> np.ndarray:
    """Return the chances of all moves of a face in one step from each of some states; shape (..., m).

    counts: shape (..., number of strategies).
    """
    parts = process.population.game.parts
    split = [counts[..., part].astype(float) for part in parts]
    found = np.zeros((*counts.shape[:-1], len(face.moves)))
    for p, part in enumerate(parts):
        if len(face.live[p]) < 2:
            continue
        own = (face.moves[:, 0] >= part.start) & (face.moves[:, 0] < part.stop)
        chances = np.exp(process.log_chances(p, split, mutation=mutation))
        i, j = (face.moves[own] - part.start).T
        found[..., own] = chances[..., i, j]
    return found


def table_of(process: ProcessAt, face: Face, *, mutation: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of all states of a face the numbers of members, the chances of all moves, and the places to which moves lead.

    Shapes (states, strategies), (states, m) and (states, m); a move that cannot happen leads to its own state.
    """
    counts = face.counts()
    chances = np.zeros((len(counts), len(face.moves)))
    block = max(1, _BLOCK // max(1, face.strategies**2))
    for first in range(0, len(counts), block):
        chances[first : first + block] = move_chances(process, face, counts[first : first + block], mutation=mutation)
    targets = np.repeat(np.arange(len(counts))[:, None], len(face.moves), axis=1)
    for m, (i, j) in enumerate(face.moves):
        possible = np.flatnonzero(chances[:, m] > 0)
        moved = counts[possible]
        moved[:, i] -= 1
        moved[:, j] += 1
        targets[possible, m] = face.places(moved)
    return counts, chances, targets


def compositions(total: int, parts: int) -> np.ndarray:
    """Return all ways to write a total as an ordered sum of numbers from 0 on, in lexicographic order; shape (ways, parts)."""
    if parts == 1:
        return np.array([[total]], dtype=np.int64)
    rows = np.arange(total + 1)[:, None]
    for _ in range(parts - 2):
        left = total - rows.sum(axis=1)
        repeated = np.repeat(rows, left + 1, axis=0)
        firsts = np.repeat(np.cumsum(left + 1) - (left + 1), left + 1)
        rows = np.column_stack([repeated, np.arange(len(repeated)) - firsts])
    return np.column_stack([rows, total - rows.sum(axis=1)]).astype(np.int64)


def place_of(counts: np.ndarray, total: int) -> np.ndarray:
    """Return the places of compositions of a total in lexicographic order; shape (...).

    Before those that begin with c stand C(t + k, k) - C(t - c + k, k) others, of t in k + 1 parts; and so on within the rest.
    """
    parts = counts.shape[-1]
    ways = np.array([[comb(t + k, k) for t in range(total + 1)] for k in range(1, parts)], dtype=np.int64).reshape(
        parts - 1, total + 1
    )
    found, left = np.zeros(counts.shape[:-1], dtype=np.int64), np.full(counts.shape[:-1], total)
    for s in range(parts - 1):
        row: Sequence[int] | np.ndarray = ways[parts - 2 - s]
        after = left - counts[..., s]
        found += np.asarray(row)[left] - np.asarray(row)[after]
        left = after
    return found
