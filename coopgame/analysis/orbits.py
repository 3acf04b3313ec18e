"""Iterates a map from generation to generation, and says where the orbit goes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.analysis.courses import Course
from coopgame.analysis.generation_path import GenerationPath, follow_generations
from coopgame.analysis.orbit_outcomes import judge_orbit
from coopgame.analysis.verdicts import Outcome
from coopgame.dynamics.discrete import GenerationMap
from coopgame.dynamics.state import as_state, share_names
from coopgame.errors import FaceStartWarning, IntegrationError, StateError, UnsupportedError
from coopgame.games.game import Game

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, eq=False)
class Orbit(Course):
    """The generations of a population, one after the other.

    generations: 0 to T, shape (T + 1,). shares: all shares, shape (T + 1, number of shares), order of `share_names`. log_shares: their natural
    logarithms, exact where the share itself underflows; -inf for absent strategies. judgement: gives the outcome, which is found when it is first asked
    for. dynamics: by name.
    """

    game: Game = field(repr=False)
    values: Mapping[str, Fraction]
    generations: np.ndarray
    shares: np.ndarray
    log_shares: np.ndarray
    judgement: Callable[[], Outcome] = field(repr=False)
    dynamics: str
    solution: GenerationPath = field(repr=False)

    @cached_property
    def outcome(self) -> Outcome:
        """Where the orbit goes, with evidence; see `Outcome` for the kinds. Periods are in generations."""
        return self.judgement()

    def average(self, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Return the mean of all shares over the generations from start to stop, both among them; shape (number of shares,).

        Raises IntegrationError for generations outside the orbit.
        """
        last = int(self.generations[-1]) if stop is None else stop
        if not 0 <= start <= last <= self.generations[-1]:
            raise IntegrationError(
                f"an average needs generations between 0 and {self.generations[-1]}, the first not above the last, got {start} and {last}"
            )
        return np.asarray(self.shares[start : last + 1].mean(axis=0))

    def to_xarray(self) -> xarray.Dataset:
        """Return shares and log shares with dimensions generation and share."""
        import xarray

        coordinates = {"generation": self.generations, "share": list(share_names(self.game))}
        dims = ("generation", "share")
        data = {"shares": (dims, self.shares), "log_shares": (dims, self.log_shares)}
        return xarray.Dataset(data, coordinates, {"game": self.game.name, "outcome": str(self.outcome)})

    def __str__(self) -> str:
        return f"orbit to generation {self.generations[-1]}: {self.outcome}"


def iterate(
    dynamics: GenerationMap,
    initial: Any,
    values: Mapping[str, Any] | None = None,
    *,
    generations: int = 1000,
) -> Orbit:
    """Return the orbit of a state under the map from one generation to the next, with a verdict on where it goes.

    Logarithms of shares are iterated, so shares are kept down to 1e-300 and far below, and sum to 1. values are merged with the game's defaults.

    Raises StateError for a bad start, ParameterError for bad values, UnsupportedError for dynamics in continuous time, IntegrationError when a
    state has no next generation because a strategy would leave negative offspring; its `partial` is the orbit up to there.

    >>> from coopgame import MatrixGame, difference_replicator, discrete_dynamic
    >>> game = MatrixGame([[0, "k"], ["k", 0]], symbol="x", parameters={"k": 5})
    >>> orbit = iterate(discrete_dynamic(game, difference_replicator()), {"x": 0.3})
    >>> orbit.outcome.kind, orbit.outcome.period
    ('periodic', 2.0)
    """
    if not isinstance(dynamics, GenerationMap):
        raise UnsupportedError(
            f"{dynamics!r} is no map of generations; give discrete_dynamic(game, rule), or follow continuous time with integrate()"
        )
    if isinstance(generations, bool) or not isinstance(generations, int | np.integer) or generations < 1:
        raise IntegrationError(f"generations must be a whole number of at least 1, got {generations!r}")
    exact = dynamics.game.values(values)
    start = as_state(dynamics.game, initial)
    if start.ndim != 1:
        raise StateError(f"one start is needed, got an array of shape {start.shape}; call iterate for each")
    absent = [name for name, share in zip(share_names(dynamics.game), start, strict=True) if share == 0]
    if absent:
        text = f"the start has no {', '.join(absent)}; without mutation absent strategies never appear"
        warnings.warn(text, FaceStartWarning, stacklevel=2)
    path = follow_generations(dynamics, start, dynamics.numbers(exact), int(generations))
    orbit = _orbit(path, exact)
    if path.stopped is None:
        return orbit
    error = IntegrationError(
        f"generation {path.last} has no next one: {path.stopped} (the orbit up to generation {path.last} is kept in `partial`)"
    )
    error.partial = orbit
    raise error from path.stopped


def _orbit(path: GenerationPath, values: Mapping[str, Fraction]) -> Orbit:
    count = np.arange(path.last + 1)
    count.flags.writeable = False
    judgement = partial(judge_orbit, path, values)
    dynamics = path.dynamics
    return Orbit(dynamics.game, values, count, path.shares, path.log_shares, judgement, dynamics.name, path)
