"""The measure of final shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coopgame.batch.engine import BatchOptions
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import share_names
from coopgame.games.game import Game
from coopgame.sweeps.measure import Found, Points, Variable
from coopgame.sweeps.measures.dynamic import OfTrajectories, failed
from coopgame.sweeps.measures.following import has_lanes, states_at
from coopgame.sweeps.measures.setting import Setting


def final_shares(
    dynamics: VectorField | Game,
    values: Mapping[str, Any] | None = None,
    initial: Any = None,
    *,
    t_end: float = 200.0,
    options: BatchOptions | None = None,
) -> FinalShares:
    """Return the measure of all shares at a time.

    values, initial: fixed parameters and a fixed start in any form that `as_state` takes; the points of a sweep override both, and the game's own
    defaults stand in. Of a population's shares points give all or all but one. Variables: `shares` and `log_shares`, which keep
    what is below 1e-308, with the dimension `share`. A state at a time says nothing about what is stable: see `attractor_reached`.

    Values that violate an assumption of the game are no failures; a payoff that is no number, or a start that is no state, is.

    >>> from coopgame import MatrixGame
    >>> from coopgame.sweeps.measure import Points
    >>> import numpy as np
    >>> measure = final_shares(MatrixGame([["b", 0], [0, 1]], symbol="x"), initial={"x": 0.5}, t_end=50)
    >>> found = measure.evaluate(Points({"b": np.array([0.5, 2.0])}, np.arange(2)))
    >>> found.arrays["shares"].round(6)[:, 0]
    array([0., 1.])
    """
    setting = Setting.of(dynamics, values, initial)
    return FinalShares(setting, t_end, options or BatchOptions(), has_lanes(setting.dynamics))


@dataclass(frozen=True, eq=False)
class FinalShares(OfTrajectories):
    """Shares at a time; made by `final_shares`."""

    compiled: bool
    name = "final_shares"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """`shares` and `log_shares`."""
        when = f"t = {self.t_end:g}"
        return (
            Variable("shares", ("share",), meaning=f"shares at {when}", zh=f"{when} 时的比例"),
            Variable(
                "log_shares",
                ("share",),
                meaning=f"logarithms of shares at {when}",
                zh=f"{when} 时比例的对数",
            ),
        )

    @property
    def coordinates(self) -> Mapping[str, Sequence[str] | np.ndarray]:
        """The names of the shares."""
        return {"share": list(share_names(self.setting.game))}

    def evaluate(self, points: Points) -> Found:
        """Return final shares; see `final_shares`."""
        given = self.setting.read(points)
        states = states_at(self.setting, given, np.array([float(self.t_end)]), self.options)
        failed(given, states.failures)
        logs = states.log_shares[:, -1]
        return self.found(len(points), given, {"shares": np.exp(logs), "log_shares": logs})
