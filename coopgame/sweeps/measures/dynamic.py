"""What measures of a dynamic have in common: their setting, checks, descriptions and provenance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coopgame.batch.engine import BatchOptions
from coopgame.batch.warm_up import compile_for
from coopgame.errors import IntegrationError
from coopgame.sweeps.measure import Found, Measure
from coopgame.sweeps.measures.following import has_lanes, solver_of
from coopgame.sweeps.measures.setting import Given, Setting


@dataclass(frozen=True, eq=False)
class OfSetting(Measure):
    """A measure of a game or a dynamic with fixed values; see `Setting`."""

    setting: Setting

    def check(self, names: Sequence[str]) -> None:
        """Raise ParameterError or StateError when names are unknown, or something has no value."""
        self.setting.check(names)

    def describe(self, name: str) -> Mapping[str, str]:
        """Return the meaning of a parameter or a share."""
        return self.setting.describe(name)

    def provenance(self) -> Mapping[str, str]:
        """Return game, dynamics, fixed values and start."""
        return {"measure": self.name, **self.setting.provenance()}

    def found(self, count: int, given: Given, arrays: Mapping[str, np.ndarray]) -> Found:
        """Return results of the points that were computed in arrays for all of them; `arrays` has one row for each computed point."""
        whole = {}
        for variable in self.variables:
            part = arrays[variable.name]
            whole[variable.name] = np.full((count, *part.shape[1:]), variable.missing, dtype=variable.dtype)
            whole[variable.name][given.places] = part
        return Found(whole, dict(sorted(given.failures.items())))


@dataclass(frozen=True, eq=False)
class OfTrajectories(OfSetting):
    """A measure that follows a trajectory at every point to `t_end`."""

    t_end: float
    options: BatchOptions

    def __post_init__(self) -> None:
        last = self.t_end
        if isinstance(last, bool) or not isinstance(last, int | float | np.number) or not 0 < last < np.inf:
            raise IntegrationError(f"t_end must be a positive number, got {last!r}; time runs forwards from 0")

    def prepare(self, tell: Callable[[str], object]) -> None:
        """Compile the kernel of the dynamic."""
        if has_lanes(self.setting.dynamics):
            compile_for(self.setting.dynamics, self.options, tell)

    def provenance(self) -> Mapping[str, str]:
        """Return game, dynamics, fixed values, start, last time, solver and tolerance."""
        solver = solver_of(self.setting.dynamics, self.options)
        return {**super().provenance(), "t_end": f"{self.t_end:g}", **solver}


def failed(given: Given, failures: Mapping[int, str]) -> None:
    """Record failures that are numbered as the computed points are."""
    for k, reason in failures.items():
        given.failures[int(given.places[k])] = reason
