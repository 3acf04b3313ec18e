"""All states of finite populations, and the chances of all changes of one member from each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from coopgame.finite.population import ProcessAt
from coopgame.finite.states import CountStates

_BLOCK = 500_000  # entries of the tables of chances that are computed at once, to bound the memory


@dataclass(frozen=True, eq=False)
class Face:
    """The states in which none but the live strategies are played.

    live: of every population the places of these strategies. starts: where the strategies of each population begin among all. moves: all changes of one member
    as (from, to) in the order in which chances are read, each pair of strategies both ways in turn; shape (m, 2).
    """

    states: CountStates
    live: tuple[tuple[int, ...], ...]
    starts: tuple[int, ...]
    strategies: int
    moves: np.ndarray

    @property
    def columns(self) -> list[int]:
        """The places of the live strategies among all."""
        return [start + s for start, own in zip(self.starts, self.live, strict=True) for s in own]

    def counts(self) -> np.ndarray:
        """Return the numbers of members of all strategies in every state; shape (states, strategies)."""
        table = np.zeros((len(self.states), self.strategies), dtype=np.int64)
        table[:, self.columns] = self.states.counts
        return table

    def places(self, counts: np.ndarray) -> np.ndarray:
        """Return the places of states among all; shape (...)."""
        return self.states.places(counts[..., self.columns])


def face_of(process: ProcessAt, counts: np.ndarray, *, mutation: bool = True) -> Face:
    """Return the states that can follow a state: those of the strategies in play, and of all where mutants arise or the law brings strategies back."""
    population = process.population
    starts = [part.start for part in population.game.parts]
    live = []
    for law, chance, part in zip(population.laws, process.mutations, population.game.parts, strict=True):
        own = counts[part]
        mutants = mutation and chance > 0
        live.append(tuple(int(s) for s in np.flatnonzero((own > 0) | mutants | (not law.relative))))
    states = CountStates(population.sizes, tuple(len(own) for own in live))
    return Face(states, tuple(live), tuple(starts), len(counts), moves_of(starts, live))


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
