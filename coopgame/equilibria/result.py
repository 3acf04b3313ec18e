"""Result types of the search for Nash equilibria: equilibria, the connected components that they form, and whether the list is complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, overload

import numpy as np

from coopgame.analysis.points import Known
from coopgame.games.game import Game

Number = Fraction | float
Mixture = Mapping[str, Number]  # strategy -> probability, all strategies of a player in order


@dataclass(frozen=True, eq=False)
class NashEquilibrium:
    """Mutual best replies: no player gains by changing alone.

    strategies: one mapping from strategy to probability per player, in player order; of a game in one population (MatrixGame) a single mapping,
    the state. Probabilities and payoffs are Fractions where they are exact, else floats that lie within `radius` of the true ones.
    strict: whether every change of one player loses. quasi_strict: whether every strategy that is a best reply is used. index: +1, -1 or 0; of a
    member of a larger component its share of the component's index is not defined, so it is None there; None also where it was not computed.
    """

    game: Game = field(repr=False)
    strategies: tuple[Mixture, ...]
    payoffs: tuple[Number, ...]
    known: Known = "exact"
    strict: bool = False
    quasi_strict: bool = False
    index: int | None = None
    radius: float = 0.0

    @property
    def support(self) -> tuple[tuple[str, ...], ...]:
        """The strategies that each player uses."""
        return tuple(tuple(name for name, p in own.items() if p > 0) for own in self.strategies)

    @property
    def pure(self) -> bool:
        """Whether every player uses one strategy."""
        return all(len(own) == 1 for own in self.support)

    @property
    def state(self) -> np.ndarray:
        """All probabilities as floats, player after player; shape (number of strategies in all,)."""
        state = np.array([float(p) for own in self.strategies for p in own.values()])
        state.flags.writeable = False
        return state

    def text(self) -> str:
        """Return the equilibrium on one line."""
        return "; ".join(", ".join(f"{n} = {shown(p)}" for n, p in own.items() if p > 0) for own in self.strategies)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True)
class NashComponent:
    """A connected set of equilibria that no other equilibrium touches.

    pieces: the maximal Nash subsets that it is the union of, each as the numbers of its extreme equilibria in the list; such a subset is the product of the
    convex hulls of its players' mixtures. index: the sum over the component; 1 over all components of a game (None where not computed).
    """

    pieces: tuple[tuple[int, ...], ...]
    index: int | None = None

    @property
    def members(self) -> tuple[int, ...]:
        """The numbers of all extreme equilibria of the component."""
        return tuple(sorted({n for piece in self.pieces for n in piece}))

    @property
    def is_point(self) -> bool:
        """Whether the component is one equilibrium."""
        return len(self.members) == 1


@dataclass(frozen=True, eq=False)
class NashEquilibria(Sequence[NashEquilibrium]):
    """The equilibria of a game; of two players the extreme ones, which span all others.

    complete: whether no equilibrium is missing. because: how that is known, or what was left undone. known: how sure the
    statement on completeness is.
    """

    game: Game = field(repr=False)
    equilibria: tuple[NashEquilibrium, ...]
    components: tuple[NashComponent, ...]
    complete: bool
    because: str
    known: Known

    def __len__(self) -> int:
        return len(self.equilibria)

    @overload
    def __getitem__(self, key: int) -> NashEquilibrium: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[NashEquilibrium]: ...
    def __getitem__(self, key: int | slice) -> NashEquilibrium | Sequence[NashEquilibrium]:
        return self.equilibria[key]

    def __iter__(self) -> Iterator[NashEquilibrium]:
        return iter(self.equilibria)

    def __str__(self) -> str:
        head = "complete" if self.complete else "may be incomplete"
        lines = [f"{n + 1}. {e.text()}" for n, e in enumerate(self.equilibria)]
        return "\n".join([*(lines or ["no equilibrium found"]), f"{head}: {self.because}"])


def shown(value: Any) -> str:
    """Return a probability or payoff as people read it: a short fraction exactly, else six digits."""
    if isinstance(value, Fraction) and value.denominator <= 1000:
        return str(value)
    return f"{float(value):.6g}"
