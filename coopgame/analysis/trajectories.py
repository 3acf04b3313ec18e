"""Integrates a trajectory in coordinates that cannot leave the state space, and says where it goes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from coopgame.analysis.outcomes import Outcome, judge
from coopgame.analysis.solution import Chart, IntegrationOptions, solve
from coopgame.dynamics.mean import VectorField, replicator
from coopgame.dynamics.state import as_state, share_names, slices
from coopgame.errors import FaceStartWarning, IntegrationError, StateError
from coopgame.games.game import Game

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, eq=False)
class Trajectory:
    """A solution of the dynamics.

    times: shape (T,). shares: all shares, shape (T, number of shares), order of `share_names`. log_shares: their
    natural logarithms, exact where the share itself underflows; -inf for strategies absent from the start.
    outcome: where the trajectory goes, with evidence.
    """

    game: Game = field(repr=False)
    values: Mapping[str, Fraction]
    times: np.ndarray
    shares: np.ndarray
    log_shares: np.ndarray
    outcome: Outcome

    @property
    def verdict(self) -> Outcome:
        """The outcome: converged, cycling or undecided."""
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

    def to_xarray(self) -> xarray.Dataset:
        """Return shares and log shares with dimensions time and share."""
        import xarray

        coordinates = {"time": self.times, "share": list(share_names(self.game))}
        dims = ("time", "share")
        data = {"shares": (dims, self.shares), "log_shares": (dims, self.log_shares)}
        return xarray.Dataset(data, coordinates, {"game": self.game.name, "outcome": str(self.outcome)})

    def __str__(self) -> str:
        return f"trajectory to t = {self.times[-1]:g}: {self.outcome}"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{a:.6g}</td><td>{b:.6g}</td></tr>"
            for name, a, b in zip(share_names(self.game), self.shares[0], self.shares[-1], strict=True)
        )
        return f"<table><tr><th>share</th><th>start</th><th>end</th></tr>{rows}</table><p>{escape(str(self.outcome))}</p>"


def integrate(
    dynamics: VectorField | Game,
    initial: Any,
    values: Mapping[str, Any] | None = None,
    *,
    t_end: float = 200.0,
    options: IntegrationOptions | None = None,
) -> Trajectory:
    """Return the trajectory from a state, with a verdict on where it goes.

    Inside, the logarithms of share ratios are integrated, so shares stay positive, sum to 1, and are kept down to
    1e-300 and far below. Strategies absent from the start stay absent. values are merged with the game's defaults. A game
    stands for its replicator dynamics.

    Raises StateError for a bad start, ParameterError for bad values, IntegrationError when the solution stops.
    """
    options = options or IntegrationOptions()
    if isinstance(dynamics, Game):
        dynamics = replicator(dynamics)
    if isinstance(t_end, bool) or not isinstance(t_end, int | float | np.number) or not 0 < t_end < np.inf:
        raise IntegrationError(f"t_end must be a positive number, got {t_end!r}")
    game = dynamics.game
    exact = game.values(values)
    start = as_state(game, initial)
    if start.ndim != 1:
        raise StateError(f"one start is needed, got an array of shape {start.shape}; call integrate for each")
    _warn_on_face(game, start)
    chart = Chart(dynamics, start, dynamics.numbers(exact))
    times = np.linspace(0.0, float(t_end), options.points)
    solution = solve(chart, times, options)
    logs = solution(times)
    shares = np.exp(logs)
    for array in (times, shares, logs):
        array.flags.writeable = False
    outcome = judge(dynamics, exact, logs, solution)
    return Trajectory(game, exact, times, shares, logs, outcome)


def _warn_on_face(game: Game, start: np.ndarray) -> None:
    names = np.array(share_names(game))
    strategies = sum(len(population.strategies) for population in game.populations)
    absent = [str(name) for name, share in zip(names[:strategies], start, strict=False) if share == 0]
    if absent:
        text = f"the start has no {', '.join(absent)}; under imitation absent strategies never appear"
        warnings.warn(text, FaceStartWarning, stacklevel=3)
