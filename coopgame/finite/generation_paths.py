"""Populations in which one step replaces all members: chances of the next generation, and paths."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from coopgame._kernels.course import CHANGES, FOREVER, LAST, NEXT
from coopgame.finite.path import MOST_KNOWN, Follower, Path
from coopgame.finite.population import ProcessAt


def offspring_chances(process: ProcessAt, counts: np.ndarray, *, mutation: bool = True) -> np.ndarray:
    """Return the chances of each strategy for a member of the next generation; shape (..., n).

    counts: numbers of members by strategy, shape (..., n). mutation: whether newborn members mutate.
    """
    parents = np.exp(process.log_parents(counts, mutation=mutation))
    return np.asarray(parents / parents.sum(axis=-1, keepdims=True))


def generator_of(seed: int, replicate: int) -> np.random.Generator:
    """Return numpy's generator keyed by the seed and the replicate's own number."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(replicate,))))


class GenerationPath(Path):
    """A path of generations, with a generator of its own."""

    def __init__(
        self, counts: np.ndarray, marks: np.ndarray, stream: np.ndarray, *, random: np.random.Generator
    ) -> None:
        super().__init__(counts, marks, stream)
        self.random = random


@dataclass(frozen=True, eq=False)
class GenerationFollower(Follower):
    """Draws all members of each generation at once; the chances in states that were seen are kept."""

    process: ProcessAt
    mutation: bool = True
    known: dict[bytes, np.ndarray] = field(default_factory=dict)

    def follow(self, path: Path, budget: int) -> bool:
        """Go on for at most so many generations."""
        from coopgame._kernels.event_skipping import pass_marks

        if not isinstance(path, GenerationPath):
            raise TypeError(f"{type(path).__name__} has no generator for generations")
        counts, marks, _, clock, since, sums, shown, summed = path.course
        size = int(counts.sum())
        if not path.begun:
            clock[NEXT] = FOREVER if self._at_rest(counts, size) else 1
        while not pass_marks(marks, counts, clock, since, sums, shown, summed):
            if budget == 0:
                return False
            budget -= 1
            drawn = path.random.multinomial(size, self._chances(counts))
            now = clock[NEXT]
            sums += counts * (now - since).astype(float)
            since[:] = now
            if (drawn != counts).any():
                clock[CHANGES] += 1
                clock[LAST] = now
                counts[:] = drawn
            clock[NEXT] = FOREVER if self._at_rest(counts, size) else now + 1
        return True

    def _at_rest(self, counts: np.ndarray, size: int) -> bool:
        """Whether the next generation can only be like this one."""
        return bool(counts.max() == size and self._chances(counts)[counts.argmax()] == 1.0)

    def _chances(self, counts: np.ndarray) -> np.ndarray:
        key = counts.tobytes()
        found = self.known.get(key)
        if found is None:
            found = offspring_chances(self.process, counts, mutation=self.mutation)
            if len(self.known) < MOST_KNOWN:
                self.known[key] = found
        return found
