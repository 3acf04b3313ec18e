"""What trajectories in time and orbits over generations have in common: states in order, and a verdict."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from coopgame.analysis.verdicts import Outcome
from coopgame.dynamics.state import share_names, slices
from coopgame.errors import StateError
from coopgame.games.game import Game


class Course(ABC):
    """States in order, with an outcome; shares have shape (T, number of shares)."""

    game: Game
    shares: np.ndarray

    @property
    @abstractmethod
    def outcome(self) -> Outcome:
        """Where the states go, with evidence."""

    @property
    def verdict(self) -> Outcome:
        """The outcome."""
        return self.outcome

    @property
    def final(self) -> np.ndarray:
        """The last state; shape (number of shares,)."""
        last: np.ndarray = self.shares[-1]
        return last

    def coordinate(self, name: str) -> np.ndarray:
        """Return one share over time by its symbol or as `population.strategy`; shape (T,)."""
        names = share_names(self.game)
        for population, part in zip(self.game.blocks, slices(self.game), strict=True):
            if population.symbol == name:
                return self.shares[:, part.start]
        if name not in names:
            raise StateError(f"no share {name!r}; there are {', '.join((*self.game.coordinates, *names))}")
        return self.shares[:, names.index(name)]

    def _notes(self) -> tuple[object, ...]:
        """What is said below the table of shares."""
        return (self.outcome,)

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{a:.6g}</td><td>{b:.6g}</td></tr>"
            for name, a, b in zip(share_names(self.game), self.shares[0], self.shares[-1], strict=True)
        )
        notes = "".join(f"<p>{escape(str(note))}</p>" for note in self._notes())
        return f"<table><tr><th>share</th><th>start</th><th>end</th></tr>{rows}</table>{notes}"
