"""The limits that trajectories of a game can have, each with a code and a text, in a fixed order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from math import prod

import numpy as np

from coopgame.dynamics.field import VectorField
from coopgame.dynamics.laws import Rest
from coopgame.dynamics.state import slices
from coopgame.errors import UnsupportedError
from coopgame.games.declarations import Environment, Population

MOST_SUPPORTS = 1024  # more are not told apart
_MOST_LABELS = 30_000
_MOTIONS = {
    "cycle": "周期轨道",
    "heteroclinic cycle": "异宿环",
    "quasi-periodic": "拟周期",
    "chaotic": "混沌",
    "keeps moving": "持续变动",
    "at rest, eigenvalue zero": "静止，有零特征值",
    "undecided": "未判定",
}
_OUTCOMES = {
    "periodic": "cycle",
    "heteroclinic": "heteroclinic cycle",
    "quasi-periodic": "quasi-periodic",
    "chaotic": "chaotic",
    "undecided": "undecided",
}
KNOWN = ("certain", "numerical", "undecided")
KNOWN_ZH = ("确定", "数值", "未判定")


@dataclass(frozen=True, eq=False)
class Limits:
    """Where trajectories can go: pure profiles first (E1, E2, … as in `find_rest_points`), then mixed supports, then motions.

    Under dynamics whose rest points lie inside (logit, mutation) the first codes stand for limits in which the strategies of a profile have
    more than half of their populations, the next one for all other limits.
    """

    dynamics: VectorField

    @cached_property
    def inner(self) -> bool:
        """Whether rest points do not lie on the faces of absent strategies."""
        return any(law.rest == Rest.OWN for law in self.dynamics.laws)

    @cached_property
    def _blocks(self) -> tuple[Population | Environment, ...]:
        return self.dynamics.game.blocks

    @cached_property
    def _vertices(self) -> list[tuple[int, ...]]:
        """The pure profiles by the entry that is 1 in each block, in the order of E1, E2, …; -1 for a quantity without bound that is 0."""
        sizes = [len(block.strategies) for block in self._blocks]
        if not all(block.bounded for block in self._blocks):
            return list(
                product(*(range(n) if b.bounded else (-1,) for n, b in zip(sizes, self._blocks, strict=True)))
            )
        if len(sizes) == 1 and sizes != [2]:
            return [(i,) for i in range(sizes[0])]
        # as rest points are labelled: the last strategies first, the first population changing fastest
        return [v[::-1] for v in product(*(range(n - 1, -1, -1) for n in reversed(sizes)))]

    @cached_property
    def _subsets(self) -> list[list[tuple[int, ...]]]:
        """For each block the sets of entries that can be positive, small ones first."""
        found = []
        for block in self._blocks:
            sizes = range(1 if block.bounded else 0, len(block.strategies) + 1)
            found.append([c for k in sizes for c in combinations(range(len(block.strategies)), k)])
        return found

    @cached_property
    def separate(self) -> bool:
        """Whether every support has its own code."""
        return not self.inner and prod(2 ** len(b.strategies) for b in self._blocks) <= 4 * MOST_SUPPORTS

    @cached_property
    def _mixed(self) -> list[tuple[tuple[int, ...], ...]]:
        if not self.separate:
            return []
        pure = [tuple((i,) if i >= 0 else () for i in v) for v in self._vertices]
        supports = [s for s in product(*self._subsets) if s not in set(pure)]
        return sorted(supports, key=lambda support: sum(map(len, support)))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What each code stands for."""
        return (*self._place_texts("en"), *_MOTIONS)

    @cached_property
    def texts_zh(self) -> tuple[str, ...]:
        """What each code stands for, in Chinese."""
        return (*self._place_texts("zh"), *_MOTIONS.values())

    def motion(self, word: str) -> int:
        """Return the code of a limit that is no single state."""
        return self.texts.index(word)

    def outcome(self, kind: str, state: np.ndarray | None) -> int:
        """Return the code of a verdict on a single trajectory: its kind, and the state to which it converges."""
        if kind == "converged" and state is not None:
            return int(self.codes(state[None], state[None] > 1e-6)[0])
        return self.motion(_OUTCOMES[kind])

    def profile_codes(self) -> np.ndarray:
        """Return the code of each pure profile of the populations, in the order of `Batch.profile_names`."""
        sizes = [len(p.strategies) for p in self.dynamics.game.populations]
        place = {v: n for n, v in enumerate(self._vertices)}
        return np.array([place.get(p, -1) for p in product(*map(range, sizes))])

    def codes(self, states: np.ndarray, supports: np.ndarray) -> np.ndarray:
        """Return the codes of limits; states and what is positive there have the shape (n, number of shares)."""
        which = self._profile_of(states > 0.5 if self.inner else supports)
        if self.separate:
            return np.asarray(self._table[self._support_numbers(supports)])
        return np.where(which >= 0, which, len(self._vertices))

    def _profile_of(self, held: np.ndarray) -> np.ndarray:
        """Return the code of the profile where each block holds one entry (a quantity without bound none), else -1."""
        number, single, sizes = np.zeros(len(held), dtype=int), np.ones(len(held), dtype=bool), []
        for block, part in zip(self._blocks, slices(self.dynamics.game), strict=True):
            single &= held[:, part].sum(axis=1) == block.bounded
            number = number * len(block.strategies) + held[:, part].argmax(axis=1)
            sizes.append(len(block.strategies))
        order = np.full(prod(sizes), -1)
        for code, vertex in enumerate(self._vertices):
            order[int(np.ravel_multi_index([max(i, 0) for i in vertex], sizes))] = code
        return np.where(single, order[number], -1)

    @cached_property
    def _table(self) -> np.ndarray:
        """Code by number of the support."""
        pure = [tuple((i,) if i >= 0 else () for i in v) for v in self._vertices]
        width = slices(self.dynamics.game)[-1].stop
        table = np.full(2**width, -1)
        for code, support in enumerate([*pure, *self._mixed]):
            row = np.zeros((1, width), dtype=bool)
            for entries, part in zip(support, slices(self.dynamics.game), strict=True):
                row[0, [part.start + i for i in entries]] = True
            table[self._support_numbers(row)] = code
        return table

    def _support_numbers(self, supports: np.ndarray) -> np.ndarray:
        number = np.zeros(len(supports), dtype=int)
        for column in supports.T:
            number = 2 * number + column
        return number

    def _place_texts(self, language: str) -> list[str]:
        if len(self._vertices) > _MOST_LABELS:
            raise UnsupportedError(
                f"the game has {len(self._vertices)} pure profiles, too many to give each a code; use final_shares() for it"
            )
        labels = dict(self.dynamics.game.labels)
        between = "，" if language == "zh" else ", "
        texts = []
        for n, vertex in enumerate(self._vertices, start=1):
            words = [
                self._word(b, (i,) if i >= 0 else (), language) for b, i in zip(self._blocks, vertex, strict=True)
            ]
            english = ", ".join(b.strategies[i] for b, i in zip(self._blocks, vertex, strict=True) if i >= 0)
            label = labels.get(english, "" if self.dynamics.game.environment else f"E{n}")
            place = f"({between.join(words)})"
            mostly = {"en": "mostly ", "zh": "主要为"}[language] if self.inner else ""
            texts.append(mostly + place if self.inner else f"{label} {place}".strip())
        mixed = {"en": "mixed", "zh": "混合"}[language]
        if not self.separate:
            return [*texts, mixed]
        for support in self._mixed:
            words = [self._word(b, entries, language) for b, entries in zip(self._blocks, support, strict=True)]
            texts.append(f"{mixed} ({between.join(words)})")
        return texts

    def _word(self, block: Population | Environment, entries: tuple[int, ...], language: str) -> str:
        if isinstance(block, Population):
            return " + ".join(block.strategies_in(language)[i] for i in entries)
        if not block.bounded:
            return f"{block.name} > 0" if entries else f"{block.name} = 0"
        return f"0 < {block.name} < 1" if len(entries) == 2 else f"{block.name} = {1 - entries[0]}"
