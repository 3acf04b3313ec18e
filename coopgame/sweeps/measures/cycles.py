"""The measure of period and amplitude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from coopgame.analysis.verdicts import Kind
from coopgame.batch.engine import BatchOptions
from coopgame.dynamics.field import VectorField
from coopgame.dynamics.state import share_names
from coopgame.errors import CoopgameError
from coopgame.games.game import Game
from coopgame.sweeps.measure import Found, Points, Variable
from coopgame.sweeps.measures.dynamic import OfTrajectories
from coopgame.sweeps.measures.following import followed
from coopgame.sweeps.measures.setting import Setting

KINDS: tuple[str, ...] = get_args(Kind)
_KINDS_ZH = ("收敛", "周期", "拟周期", "异宿", "混沌", "未判定")
_SAMPLES = 4001  # of a period: extrema are off by less than 1e-6 of the swing


def cycle(
    dynamics: VectorField | Game,
    values: Mapping[str, Any] | None = None,
    initial: Any = None,
    *,
    t_end: float = 500.0,
) -> Cycle:
    """Return the measure of the cycle on which a trajectory settles, by the verdict of `integrate` at every point.

    Variables: `period`, `amplitude` (largest minus smallest value of each share over the last period, with the dimension `share`) and
    `kind`, the verdict as a code. Period and amplitude are NaN where the trajectory does not close within t_end: where it converges, but
    also where it spirals for longer than that, which `kind` calls undecided. Starts around a centre give the closed orbit of that start.

    >>> import numpy as np
    >>> from coopgame import NormalFormGame
    >>> from coopgame.sweeps.measure import Points
    >>> pennies = NormalFormGame({"a, a": ["g", "-g"], "a, b": [-1, 1], "b, a": [-1, 1], "b, b": [1, -1]})
    >>> found = cycle(pennies, initial={"x": 0.49, "y": 0.5}).evaluate(Points({"g": np.array([1.0])}, np.arange(1)))
    >>> found.arrays["period"].round(2)  # 2 pi for small oscillations
    array([6.28])
    """
    return Cycle(Setting.of(dynamics, values, initial), t_end, BatchOptions())


@dataclass(frozen=True, eq=False)
class Cycle(OfTrajectories):
    """Period and amplitude; made by `cycle`."""

    name = "cycle"

    @property
    def variables(self) -> tuple[Variable, ...]:
        """`period`, `amplitude` and `kind`."""
        return (
            Variable("period", (), meaning="period", zh="周期"),
            Variable("amplitude", ("share",), meaning="largest minus smallest share", zh="振幅"),
            Variable("kind", (), "int16", "where the trajectory goes", "轨迹去向", labels=KINDS, labels_zh=_KINDS_ZH),
        )

    @property
    def coordinates(self) -> Mapping[str, Sequence[str] | np.ndarray]:
        """The names of the shares."""
        return {"share": list(share_names(self.setting.game))}

    def provenance(self) -> Mapping[str, str]:
        """Return game, dynamics, fixed values, start and last time; the solver is that of `integrate`."""
        told = {**super().provenance(), "solver": "one by one, by integrate()"}
        return {key: text for key, text in told.items() if key not in ("tolerance", "kernel")}

    def evaluate(self, points: Points) -> Found:
        """Return periods and amplitudes; see `cycle`."""
        given = self.setting.read(points)
        period, kind = np.full(len(given), np.nan), np.full(len(given), -1, dtype=np.int16)
        amplitude = np.full((len(given), len(self.coordinates["share"])), np.nan)
        for k in range(len(given)):
            try:
                path = followed(self.setting.dynamics, given.starts[k], given.at(k), float(self.t_end), stiff=False)
                outcome = path.outcome()
            except CoopgameError as error:
                given.failures[int(given.places[k])] = str(error)
                continue
            kind[k] = KINDS.index(outcome.kind)
            if outcome.kind == "periodic" and outcome.period is not None:
                period[k] = outcome.period
                last = path.solution.steps[-1]
                times = np.linspace(last - outcome.period, last, _SAMPLES)
                amplitude[k] = np.ptp(np.exp(path.solution(times)), axis=0)
        return self.found(len(points), given, {"period": period, "amplitude": amplitude, "kind": kind})
